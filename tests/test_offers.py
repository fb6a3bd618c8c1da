"""Offers: made and answered, with reasons; agreements bind both sides until they end."""

from __future__ import annotations

import numpy as np
import pytest

from agents import deals, envoys, haggling, motives, offers, terms, weighing
from agents.offers import Offer, Term
from agents.session import Refused
from agents.weighing import Weighing
from tests.session_games import game

MINE = (Term("kazakhstan.reserved_share", "us", 0.3),)
KAIRAKTY = "upper_kairakty"
YOURS = (Term("united_states.offtake_share", KAIRAKTY, 0.4), Term("united_states.floor_price", KAIRAKTY, 300.0))


@pytest.fixture
def short(monkeypatch):
    """Weighing in few worlds and months."""
    for name, value in {"AHEAD": 4, "FAR_AHEAD": 6, "WORLDS": 4, "FEW": 2, "MOST": 5}.items():
        monkeypatch.setattr(weighing, name, value)


def made(session, until=None, **changed):
    wanted = {"maker": "kazakhstan", "taker": "united_states", "mine": MINE, "yours": YOURS} | changed
    return offers.make(session, wanted["maker"], wanted["taker"], wanted["mine"], wanted["yours"], until, "offtake")


def test_an_accepted_offer_decides_for_both_seats_until_it_ends():
    session = game(2)
    before = session.value("united_states.offtake_share", "upper_kairakty")
    agreed = offers.accept(session, made(session, until=5))
    assert agreed.state == "accepted"
    assert session.offers == (agreed,) == offers.standing(session)
    session.play()
    assert session.decided_by("kazakhstan.reserved_share", "us") == "offer"
    assert session.value("united_states.offtake_share", "upper_kairakty") == 0.4
    assert {(d.lever, d.source) for d in session.log} == {
        ("kazakhstan.reserved_share", "offer"),
        ("united_states.offtake_share", "offer"),
        ("united_states.floor_price", "offer"),
    }
    session.play(3)
    assert session.decided_by("united_states.offtake_share", "upper_kairakty") == "rule"
    assert session.value("united_states.offtake_share", "upper_kairakty") != 0.4 or before == 0.4
    assert offers.standing(session) == ()


def test_what_a_person_had_decided_before_an_agreement_holds_again_after_it():
    session = game()
    session.decide("kazakhstan", *("kazakhstan.reserved_share", "us"), 0.1)
    session.play()
    offers.accept(session, made(session, until=3))
    session.play(2)
    assert session.market.seats["kazakhstan.reserved_share"][1, 0] == 0.3
    session.play()
    assert session.market.seats["kazakhstan.reserved_share"][1, 0] == 0.1


def test_what_was_promised_cannot_be_decided_otherwise_nor_promised_again():
    session = game(1)
    offers.accept(session, made(session, until=4))
    with pytest.raises(Refused, match="bound by an agreement with united_states until 2025-05"):
        session.decide("kazakhstan", "kazakhstan.reserved_share", "us", 0.0)
    with pytest.raises(Refused, match="bound by an agreement"):
        made(session)
    session.play(3)
    session.decide("kazakhstan", "kazakhstan.reserved_share", "us", 0.0)


def test_an_agreement_outlives_the_person_who_made_it_and_the_scenario_s_plans():
    session = game(2, ("united_states",), scenario="central_asia_2025")
    terms = {"maker": "united_states", "taker": "china", "mine": (Term("united_states.tariff_china", "", 0.1),),
             "yours": (Term("china.licence_approval", "us", 0.9),)}  # fmt: skip
    offers.accept(session, made(session, until=8, **terms))
    session.leave("united_states")
    session.play(4)  # in May 2025 the scenario's China would decide otherwise
    assert session.value("china.licence_approval", "us") == 0.9
    assert session.value("united_states.tariff_china") == 0.1


def test_an_offer_nobody_answers_lapses_with_the_month():
    session = game()
    offer = made(session)
    session.play()
    assert [o.state for o in session.offers] == ["lapsed"]
    with pytest.raises(Refused, match="lapsed"):
        offers.accept(session, offer)


def test_an_offer_can_be_withdrawn_or_refused_once():
    session = game()
    assert offers.withdraw(session, made(session)).state == "withdrawn"
    refused = offers.refuse(session, made(session), "Not now.")
    assert (refused.state, refused.reason) == ("refused", "Not now.")
    for settle in (offers.accept, offers.refuse, offers.withdraw):
        with pytest.raises(Refused, match="answered"):
            settle(session, refused)
    assert session.coming == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"taker": "kazakhstan"}, "to itself"),
        ({"taker": "france"}, "not a role"),
        ({"mine": YOURS}, "is for united_states to decide"),
        ({"yours": (Term("united_states.offtake_share", "upper_kairakty", 2.0),)}, "allowed: 0 to 1"),
        ({"yours": (*YOURS, YOURS[0])}, "each decision once"),
        ({"mine": (), "yours": ()}, "at least one side"),
        ({"until": 0}, "allowed: 1 to"),
        ({"until": 9999}, "allowed: 1 to"),
    ],
)
def test_an_offer_that_cannot_be_meant_is_refused(fresh, changed, said):
    with pytest.raises(Refused, match=said):
        made(fresh, **changed)
    assert fresh.offers == ()


@pytest.fixture(scope="module")
def fresh():
    """A game at its start, for what is refused."""
    return game()


# --- how rules answer -----------------------------------------------------------------------------


def test_a_rule_takes_what_serves_it_and_asks_more_of_those_it_distrusts(fresh):
    def answer(gain, maker="kazakhstan"):
        weighed = Weighing({"united_states": gain}, {})
        return offers.verdict(fresh, Offer(1, 0, "offtake", maker, "united_states", (), YOURS, 12), weighed)

    trust = offers.trust_between(fresh, "kazakhstan", "united_states")
    asked = offers.GAIN_ASKED - offers.FOR_TRUST * trust
    assert answer(asked + 0.1)[0]
    assert not answer(asked - 0.1)[0]
    assert not answer(asked + 0.1, maker="china")[0]
    willing, reason = answer(9.0, maker="russia")
    assert willing == (offers.trust_between(fresh, "russia", "united_states") >= offers.NOT_WITH)
    assert reason.endswith(".")


def test_a_rule_answers_in_words_and_the_same_question_the_same_way(short):
    answers = []
    for _ in range(2):
        session = game(1)
        answers.append(offers.answer(session, made(session, until=9)))
    assert answers[0] == answers[1]
    assert answers[0].state in ("accepted", "refused")
    assert "our score" in answers[0].reason
    assert "trust of" in answers[0].reason


def test_a_person_is_not_answered_for(short):
    session = game(0, ("kazakhstan", "united_states"))
    with pytest.raises(Refused, match="answers for it"):
        offers.answer(session, made(session))


def test_an_offer_that_changes_nothing_weighs_nothing(short):
    session = game(1)
    session.decide("kazakhstan", "kazakhstan.royalty", "", 0.2)
    session.play()
    same = Offer(1, 2, "other", "kazakhstan", "china", (Term("kazakhstan.royalty", "", 0.2),), (), 30)
    kind = Offer(1, 2, "other", "kazakhstan", "china", (Term("kazakhstan.export_duty", "", 0.4),), (), 30)
    nothing, something = weighing.weigh(session, [same, kind])
    assert not any((*nothing.score.values(), *nothing.effects.values()))
    assert something.score["kazakhstan"] != 0
    assert np.isfinite(list(something.effects.values())).all()


def test_the_deals_on_the_table_are_all_allowed(fresh):
    kinds = set()
    for maker in fresh.roles:
        for taker in fresh.roles:
            if maker != taker:
                for offer in deals.possible(fresh, maker, taker):
                    kinds.add(offer.kind)
                    open_ = offers.make(fresh, maker, taker, offer.mine, offer.yours, offer.until, offer.kind)
                    offers.withdraw(fresh, open_)
    fresh.keep_offers(())
    assert {"offtake", "loan", "licence", "pooling"} <= kinds


def test_rules_make_offers_with_reasons_and_no_more_than_a_person_can_read(short, monkeypatch):
    monkeypatch.setattr(envoys, "BEARABLE", -100.0)
    monkeypatch.setattr(envoys, "SERVED", -100.0)
    session = game(2, ("buyers.us",))
    first = envoys.rules_offer(session, "buyers.us")
    assert 0 < len(first) <= envoys.AT_ONCE
    for offer in first:
        assert (offer.taker, offer.state) == ("buyers.us", "open") and offer.maker != "buyers.us"
        assert offer.why.endswith(".") and offer.until > offer.answer_by > session.month
        assert deals.changes(session, offer.mine) and deals.changes(session, offer.yours)
    assert len({offer.maker for offer in first}) == len(first)
    again = game(2, ("buyers.us",))
    assert envoys.rules_offer(again, "buyers.us") == first
    assert again.hashes == session.hashes == game(2, ("buyers.us",)).hashes
    for _ in range(3):
        envoys.rules_offer(session, "buyers.us")
    assert envoys.room(session, "buyers.us") == 0


def test_an_offer_of_a_rule_waits_some_months_and_is_not_repeated_soon(short, monkeypatch):
    monkeypatch.setattr(envoys, "BEARABLE", -100.0)
    monkeypatch.setattr(envoys, "SERVED", -100.0)
    session = game(2, ("kazakhstan",))
    offer = envoys.rules_offer(session, "kazakhstan")[0]
    session.play(offer.answer_by - session.month - 1)
    assert offer in session.offers
    declined = offers.refuse(session, offer)
    kinds = [(o.maker, o.kind) for o in envoys.thinkable(session, "kazakhstan")]
    assert kinds and (offer.maker, offer.kind) not in kinds
    assert offers.goodwill(session, offer.maker, "kazakhstan") == -offers.GOODWILL
    assert offers.asked_gain(session, offer.maker, "kazakhstan") > offers.asked_gain(game(2), offer.maker, "kazakhstan")
    session.keep_offers((*session.offers, *[declined] * (envoys.SULKING - 1)))
    assert all(o.maker != offer.maker for o in envoys.thinkable(session, "kazakhstan"))


def test_every_kind_of_offer_has_a_reason_in_every_mind_that_may_make_it(fresh):
    minds, told = {}, set()
    for maker in fresh.roles:
        for taker in fresh.roles:
            for offer in deals.possible(fresh, maker, taker) if maker != taker else ():
                reason = motives.motive(fresh, offer, minds)
                assert 0 <= reason.urgency <= 1 and reason.why.endswith(".") and "nan" not in reason.why
                told.add(offer.kind)
    assert told == set(terms.KINDS) - {"other", "processing"}


def weighed_as(*gains):
    """Weighing by which the United States gain so much from each offer."""
    return lambda _, tried: [Weighing({"united_states": gain}, {}) for gain in gains[: len(tried)]]


def test_a_rule_that_refuses_names_terms_that_it_would_take(short, monkeypatch):
    session = game(2)
    offer = made(session, mine=(Term("kazakhstan.reserved_share", "us", 0.05),))
    refused = offers.refuse(session, offer)
    monkeypatch.setattr(haggling, "weigh", weighed_as(0.0, -0.1, 99.0, 99.0, 99.0, 99.0, 99.0))
    countered = haggling.counter(session, refused)
    assert (countered.maker, countered.taker, countered.state) == ("united_states", "kazakhstan", "open")
    assert countered.yours == haggling.better(session, offer, "united_states", haggling.STEPS[2]).mine
    offers.accept(session, countered)
    session.play()
    assert session.decided_by("kazakhstan.reserved_share", "us") == "offer"


def test_a_rule_that_is_pressed_goes_no_further_than_half_of_its_gain_and_only_once(short, monkeypatch):
    session = game(2)
    offer = made(session, maker="united_states", taker="kazakhstan", mine=YOURS, yours=MINE)
    monkeypatch.setattr(haggling, "weigh", weighed_as(8.0, 7.0, 5.0, 4.5, 3.9, 3.0, 2.0, 1.0))
    last = haggling.press(session, offer)
    assert last.yours[0].value < MINE[0].value and last.mine[0].value > YOURS[0].value
    assert last in session.offers and last.state == "open"
    with pytest.raises(Refused, match="last word"):
        haggling.press(session, last)
