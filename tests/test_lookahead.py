"""Look-aheads: luck of their own, nothing that the role cannot know, and nobody waits for them."""

from __future__ import annotations

import time

import numpy as np
import pytest

from agents import deals, unknowns, weighing
from agents.bookmarks import state_hash
from agents.forecaster import Forecaster
from agents.lookahead import Fan, block, fan, played, question
from agents.session import Refused
from agents.terms import Term
from tests.session_games import game

PRICE, SCORE = "price.apt.rotterdam", "score.kazakhstan"
WORLDS, MONTHS = 12, 6
SHUT = (Term("china.licence_approval", "us", 0.0), Term("china.licence_approval", "europe", 0.0))
PATIENCE = 60.0


@pytest.fixture(scope="module")
def session():
    """A game after five months, with a block of worlds; tests must leave it where it is."""
    return game(5, ("china", "kazakhstan"), scenario="central_asia_2025")


def look(session, role="china", decisions=(), outcomes=(PRICE, SCORE), **wanted):
    return fan(session, role, decisions, **({"months": MONTHS, "worlds": WORLDS} | wanted), outcomes=outcomes)


def test_a_fan_has_a_band_for_each_month_and_outcome(session):
    found = look(session)
    assert found.dates == ("2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11")
    assert found.values.shape == (2, MONTHS, WORLDS)
    assert found.bands.shape == (2, 5, MONTHS)
    assert np.all(np.diff(found.bands, axis=1) >= 0)
    assert found.of(PRICE)[4, -1] > found.of(PRICE)[0, -1]
    assert not np.any(found.effect)


def test_looking_ahead_does_not_disturb_the_session(session):
    before = state_hash(session.market)
    look(session, decisions=SHUT)
    assert state_hash(session.market) == before == session.hashes[-1]


def test_a_fan_asked_for_again_is_the_same_and_shows_the_decision_alone(session):
    one, other = look(session), look(session, decisions=SHUT)
    assert np.array_equal(other.without, one.values)
    assert np.array_equal(look(session).values, one.values)
    assert np.all(other.effect[0, 0] > 0)  # fewer licences, a higher price, in nine worlds of ten


def test_a_decision_that_waits_is_held_against_not_taking_it(session):
    proposed = look(session, decisions=SHUT)
    taken = [session.decide("china", term.lever, term.target, term.value) for term in SHUT]
    try:
        waiting = look(session, decisions=SHUT)
    finally:
        for decision in taken:
            session.undo(decision)
    assert np.array_equal(waiting.values, proposed.values)
    assert np.array_equal(waiting.effect, proposed.effect)


def test_no_world_of_a_fan_is_the_one_that_will_be(session):
    market = block(session.scenario, session.seed, WORLDS)
    values = played(market, question(session, "china", (), MONTHS, WORLDS, (PRICE,)), ())
    ahead = game(5 + MONTHS, ("china", "kazakhstan"), scenario="central_asia_2025").series(PRICE)[5:]
    assert np.all(np.abs(values[0] - ahead[:, None]) > 0)
    assert session.seed not in unknowns.seeds(session.seed, 256)
    assert len(np.unique(unknowns.seeds(session.seed, 256))) == 256


def test_what_the_scenario_will_decide_later_is_not_foreseen():
    told, untold = game(0, (), seed=2, scenario="central_asia_2025"), game(0, (), seed=2, scenario="central_asia_2025")
    untold.scripted = tuple(d for d in untold.scripted if d.month == 0)
    assert np.array_equal(look(told).values, look(untold).values)


def test_plans_of_other_people_are_not_foreseen():
    session = game(1, ("china", "kazakhstan"))
    before = look(session, "kazakhstan").values
    session.decide("china", "china.licence_approval", "us", 0.0)
    assert np.array_equal(look(session, "kazakhstan").values, before)
    assert not np.array_equal(look(session, "china").values, before)


def test_what_lies_hidden_is_sampled(session):
    market = block(session.scenario, session.seed, WORLDS)
    asked = question(session, "kazakhstan", (), 1, WORLDS, (PRICE,))
    played(market, asked, ())
    hidden = market.traders.hidden[0]
    assert np.ptp(hidden) > 0.2 * session.market.traders.hidden[0, 0]
    unbuilt = market.mines.stage[:, 0] < 4
    assert np.all(np.ptp(market.mines.sites.need_true, axis=1)[unbuilt & (market.mines.need[:, 0] > 0)] > 0)
    working = unbuilt & (session.market.mines.work[:, 0] > 2)
    assert np.any(working)
    assert np.all(np.ptp(market.mines.work, axis=1)[working] > 0)


def test_a_first_shock_that_has_not_come_may_come_in_any_month_left():
    session = game(8, (), scenario="classroom_short", seed=5)
    truth = session.market.nature.opens[:, 0].max()
    market = block(session.scenario, session.seed, 64)
    played(market, question(session, "china", (), 1, 64, (PRICE,)), ())
    opens = market.nature.opens.max(axis=0)
    if truth < session.month:
        assert np.all(opens == -1)
    else:
        assert np.all((opens == -1) | (opens >= session.month))
        assert len(np.unique(opens)) > 5


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"role": "france"}, "not a role"),
        ({"outcomes": ("stock.hidden.china",)}, "hidden"),
        ({"outcomes": ("price.gold",)}, "unknown outcome"),
        ({"decisions": (Term("china.licence_approval", "us", 7),)}, "allowed: 0 to 1"),
        ({"decisions": (Term("kazakhstan.royalty", "", 0.1),)}, "is for kazakhstan to decide"),
        ({"months": 0}, "1 or more"),
    ],
)
def test_what_cannot_be_looked_at_is_refused(session, wanted, said):
    with pytest.raises(Refused, match=said):
        look(session, **wanted)


def answered(forecaster):
    """The next fan, waiting for it."""
    return until(forecaster.poll, forecaster)


def until(poll, forecaster):
    """The next answer, waiting for it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = poll()
        if found is not None or forecaster.fault:
            return found
        time.sleep(0.02)
    raise AssertionError("no answer")


def test_a_process_of_its_own_gives_the_same_answers_and_drops_what_is_stale(session, monkeypatch):
    monkeypatch.setattr(weighing, "FAR_AHEAD", 3)
    monkeypatch.setattr(weighing, "WORLDS", 2)
    wanted = {"months": MONTHS, "worlds": WORLDS, "outcomes": (PRICE,)}
    with Forecaster(session, WORLDS) as forecaster:
        for share in (0.9, 0.5, 0.1):
            ticket = forecaster.submit(session, "china", (Term("china.licence_approval", "us", share),), **wanted)
        assert forecaster.is_waiting
        found = answered(forecaster)
        assert isinstance(found, Fan), forecaster.fault
        here = look(session, decisions=(Term("china.licence_approval", "us", 0.1),), outcomes=(PRICE,))
        assert ticket == 3
        assert np.array_equal(found.values, here.values)
        assert np.array_equal(found.without, here.without)
        assert forecaster.poll() is None
        assert not forecaster.is_waiting
        offer = deals.possible(session, "kazakhstan", "united_states")[0]
        forecaster.weigh(session, [offer])
        forecaster.submit(session, "china", (), **wanted)
        assert answered(forecaster) is not None  # a fan comes first, and the offer is not forgotten
        assert until(forecaster.poll_weighed, forecaster) == weighing.weigh(session, [offer])
        forecaster._process.kill()
        forecaster._process.join()
        forecaster.submit(session, "china", (), **wanted)
        assert answered(forecaster) is None
        assert "has ended" in forecaster.fault
