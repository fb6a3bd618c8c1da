"""The session: the same decisions give the same world in every door, and every month can be gone back to."""

from __future__ import annotations

import numpy as np
import pytest

from agents.bookmarks import state_hash
from agents.observation import STATISTICS_LAG
from agents.session import Refused, Session
from tests.session_games import decide_at_random, game, headless, random_game, scenario_of

ROYALTY = ("kazakhstan", "kazakhstan.royalty", "")
PEOPLE = ("china", "kazakhstan", "buyers.europe")


@pytest.fixture(scope="module")
def played():
    """Forty months with random decisions in three seats; tests must leave it where it is."""
    return random_game(40, PEOPLE)


@pytest.fixture(scope="module")
def session():
    """A game at its start, for what is refused."""
    return game()


# --- one world, every door ------------------------------------------------------------------------


def test_random_decisions_give_the_state_of_a_headless_run_in_every_month(played):
    market = headless(played)
    hashes = [state_hash(market)]
    for _ in range(played.month):
        market.step()
        hashes.append(state_hash(market))
    assert len(played.log) > 30
    assert played.hashes == hashes


def test_looking_at_a_world_changes_nothing(played):
    before, at = played.hashes, state_hash(played.market)
    for role in played.roles:
        played.observe(role)
        played.known_series(role)
    assert state_hash(played.market) == at
    assert played.hashes == before


def test_other_luck_gives_another_world():
    assert game(2, seed=4).hashes[-1] != game(2, seed=5).hashes[-1]


def test_a_temperament_chosen_at_the_start_is_how_the_rule_plays():
    session = game(3, temperaments={"china": "open"})
    assert session.market.seats["china.temperament"][0] == 2
    assert session.hashes != game(3).hashes


# --- decisions ------------------------------------------------------------------------------------


def test_a_decision_holds_from_the_month_to_be_played_until_the_next():
    session = game(2)
    decision = session.decide(*ROYALTY, 0.2)
    assert session.pending("kazakhstan") == (decision,)
    assert session.value("kazakhstan.royalty") == 0.2
    session.play(3)
    assert session.market.seats["kazakhstan.royalty"][0] == 0.2
    session.decide(*ROYALTY, None)
    session.play()
    assert session.decided_by("kazakhstan.royalty") == "rule"
    assert [(d.month, d.value) for d in session.log] == [(2, 0.2), (5, None)]


def test_a_decision_that_is_undone_leaves_no_trace():
    session = game(2)
    session.undo(session.decide(*ROYALTY, 0.4))
    session.play(2)
    assert session.hashes == game(4).hashes
    assert session.log == ()


def test_deciding_again_before_the_month_is_played_takes_the_place_of_the_first():
    session = game()
    first, second = session.decide(*ROYALTY, 0.1), session.decide(*ROYALTY, 0.3)
    assert session.pending("kazakhstan") == (second,)
    with pytest.raises(Refused, match="cannot be undone"):
        session.undo(first)


def test_a_decision_that_has_taken_effect_cannot_be_undone():
    session = game()
    decision = session.decide(*ROYALTY, 0.1)
    session.play()
    with pytest.raises(Refused, match="has taken effect"):
        session.undo(decision)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("france", "kazakhstan.royalty", "", 0.1), "'france' is not a role; roles are china"),
        (("kazakhstan", "kazakhstan.royalties", "", 0.1), "did you mean kazakhstan.royalty"),
        (("kazakhstan", "kazakhstan.royalty", "bakuta", 0.1), "takes no target"),
        (("kazakhstan", "kazakhstan.award", "", 1), "needs a target; allowed: bakuta"),
        (("kazakhstan", "kazakhstan.award", "bakuta", 1.5), "allowed: none, china, us"),
        (("kazakhstan", "kazakhstan.award", "bakuta", "france"), "'france' is not a choice"),
        (("kazakhstan", "kazakhstan.royalty", "", 0.5), "allowed: 0 to 0.4 share"),
        (("kazakhstan", "kazakhstan.royalty", "", float("nan")), "allowed: 0 to 0.4 share"),
        (("kazakhstan", "china.mining_quota", "", 0), "is for china to decide"),
        (("china", "china.mining_quota", "", 0), "Nobody sits in the seat of china"),
        (("kazakhstan", "kazakhstan.temperament", "", 0), "chosen when a game begins"),
    ],
)
def test_what_is_not_allowed_is_refused_in_one_sentence(session, words, said):
    with pytest.raises(Refused, match=said.replace("(", r"\(")) as refusal:
        session.decide(*words)
    assert str(refusal.value).count(". ") == 0
    assert str(refusal.value)[-1] in ".?"
    assert session.coming == ()


def test_a_game_ends_with_its_scenario():
    session = game(scenario=scenario_of("licence_squeeze").model_copy(update={"end": "2025-06"}))
    assert len(session.play(10_000)) == session.months == 6
    assert session.is_over
    assert session.play() == []
    with pytest.raises(Refused, match="The game ended"):
        session.decide(*ROYALTY, 0.1)


@pytest.mark.parametrize("wanted", [{"people": ("france",)}, {"seed": -1}, {"temperaments": {"china": "sweet"}},
                                    {"temperaments": {"buyers.us": "open"}}])  # fmt: skip
def test_a_game_that_cannot_begin_is_refused(wanted):
    with pytest.raises(Refused):
        Session.new(scenario_of("licence_squeeze"), **({"seed": 1} | wanted))


# --- seats ----------------------------------------------------------------------------------------


def test_sitting_down_and_getting_up_does_not_disturb_the_world():
    session = game(3, (), scenario="central_asia_2025")
    for role in ("turkey", "uzbekistan"):
        session.take(role)
    session.play(2)
    session.leave("turkey")
    session.take("china")
    session.leave("china")
    session.play(4)
    assert session.hashes == game(9, (), scenario="central_asia_2025").hashes


def test_who_sits_down_finds_what_is_in_force_and_is_free_from_then_on():
    session = game(2, (), scenario="central_asia_2025")
    approval = session.value("china.licence_approval", "us")
    session.take("china")
    assert approval < 0.5
    session.play(3)  # in May 2025 the scenario's China would approve more
    assert session.value("china.licence_approval", "us") == approval
    assert [d for report in session.reports[2:] for d in report.decisions
            if d.role == "china" and d.source == "scenario"] == []  # fmt: skip


def test_who_gets_up_leaves_the_seat_to_scenario_and_rule():
    session = game(2, ("china",), scenario="central_asia_2025")
    session.decide("china", "china.licence_approval", "us", 1.0)
    session.decide("china", "china.processing_delay", "", 12)
    session.decide("china", "china.controlled_scope", "", 1.0)
    session.play(2)
    session.leave("china")
    session.play()
    alone = game(5, (), scenario="central_asia_2025")
    for lever in ("china.licence_approval", "china.mining_quota", "china.processing_delay"):
        assert np.array_equal(session.market.seats[lever], alone.market.seats[lever]), lever
    assert session.decided_by("china.controlled_scope") == "rule"
    session.play(6)  # and its later decisions come
    assert session.value("china.mining_quota") == 54000.0


def test_a_seat_can_be_taken_once_and_left_only_by_who_sits_there():
    session = game()
    with pytest.raises(Refused, match="taken"):
        session.take("kazakhstan")
    with pytest.raises(Refused, match="Nobody sits"):
        session.leave("china")


# --- going back -----------------------------------------------------------------------------------


def test_a_month_gone_back_to_and_played_again_is_the_same_to_the_last_bit(played):
    session = random_game(12, PEOPLE)
    hashes, log = session.hashes, session.log
    for month in (11, 3, 0, 7):
        session.rewind(month)
        assert session.month == month
        assert session.hashes == hashes[: month + 1]
        assert state_hash(session.market) == hashes[month]
    session.rewind(0)
    for decision in log:
        session.arrange(decision.role, decision.lever, decision.target, decision.value, decision.month)
    session.play(12)
    assert session.hashes == hashes
    assert session.is_practice


def test_what_lay_ahead_is_kept_as_a_branch_when_another_month_is_played():
    session = game(6)
    hashes = session.hashes
    session.rewind(2)
    session.decide(*ROYALTY, 0.4)
    session.play(3)
    assert session.branches == ("main", "main 2")
    assert session.hashes[:3] == hashes[:3]
    assert session.hashes[3] != hashes[3]
    tree = {branch.name: (branch.parent, branch.start, branch.end) for branch in session.tree}
    assert tree == {"main": ("", 0, 5), "main 2": ("main", 2, 6)}
    session.go("main 2")
    assert session.hashes == hashes
    assert session.log == ()
    assert session.series("price.apt.rotterdam").shape == (6,)


def test_a_branch_with_the_same_decisions_keeps_its_luck_exactly():
    session = game(3)
    session.decide(*ROYALTY, 0.3)
    session.play(4)
    hashes = session.hashes
    session.rewind(3)
    session.branch("again")
    session.decide(*ROYALTY, 0.3)
    session.play(4)
    assert session.current_branch == "again"
    assert session.hashes == hashes


def test_a_month_that_was_not_played_cannot_be_gone_back_to():
    session = game(2)
    for month in (-1, 3):
        with pytest.raises(Refused, match="allowed: 0 to 2"):
            session.rewind(month)
    with pytest.raises(Refused, match="no branch 'x'"):
        session.go("x")
    with pytest.raises(Refused, match="must be new"):
        session.branch("main")


def test_a_session_that_wanders_about_stays_a_tree_of_exact_worlds():
    session, rng = game(people=PEOPLE), np.random.default_rng(5)
    for step in range(8):
        session.rewind(int(rng.integers(session.month + 1)))
        if step % 3 == 2:
            session.branch(f"try {step}")
        decide_at_random(session, rng)
        session.play(int(rng.integers(1, 4)))
    for name in session.branches:
        session.go(name)
        market = headless(session)
        for _ in range(session.month):
            market.step()
        assert state_hash(market) == session.hashes[-1], name


# --- what is known, and what is told --------------------------------------------------------------


def test_past_values_are_those_that_were_measured(played):
    known = played.known_series("kazakhstan")
    for name in ("price.apt.rotterdam", "price.apt.us", "premium.secure", "price.long_run"):
        assert np.array_equal(known[name], played.series(name)), name
    assert known["stage"].shape == (played.month, len(played.market.mines.names))


def test_official_statistics_come_late(played):
    late = played.known_series("china")["statistic.mine.china"]
    assert np.all(np.isnan(late[-STATISTICS_LAG:]))
    known = late[:-STATISTICS_LAG]
    assert np.array_equal(known, played.series("supply.mine.china")[:-STATISTICS_LAG])


def test_no_role_is_told_what_others_hide(played):
    for role in played.roles:
        names = [*played.observe(role), *played.known_series(role)]
        assert [name for name in names if "hidden" in name or (name.endswith("cover") and role.startswith("buyers"))] == []
    told = [d.lever for report in played.reports for d in report.seen_by("china").decisions]
    assert "buyers.europe.cover" not in told
    assert "buyers.europe.cover" in [d.lever for report in played.reports for d in report.decisions]


def test_reports_tell_events_by_the_titles_of_the_scenario(played):
    titles = {event.key: event.title for event in played.scenario.events}
    told = [(report.month, event) for report in played.reports for event in report.events]
    assert told
    assert len(told) == len([seen for seen in played.market.events_seen if seen[3][0] > 0])
    for month, event in told:
        assert event.title == titles.get(event.key, event.title)
        assert played.reports[month].date == played.date_of(month)


def test_reports_name_every_decision_with_its_source():
    session = game(2, scenario="central_asia_2025")
    mine = session.decide(*ROYALTY, 0.2)
    session.play()
    report = session.reports[-1]
    assert mine in report.decisions
    assert "rule" in {d.source for d in report.decisions}
    assert "scenario" in {d.source for d in session.reports[0].decisions}


def test_reports_tell_what_became_of_projects(played):
    stages = {c.subject: c.after for report in played.reports for c in report.changes if c.kind == "stage"}
    assert stages
    for mine, stage in stages.items():
        assert played.series(f"project.{mine}.stage")[-1] == stage


def test_an_unknown_role_knows_nothing(played):
    for ask in (played.observe, played.known_series):
        with pytest.raises(Refused, match="not a role"):
            ask("france")
