"""Replays verify every month; a what-if differs by what was left out alone."""

from __future__ import annotations

import json

import numpy as np
import pytest

import main
from agents.bookmarks import state_hash
from agents.replay import Variant, against_the_rule, compare, replay, what_if
from agents.session import Refused, Session
from tests.session_games import game, random_game, scenario_of
from tests.test_saves import forged, other_hash

PEOPLE = ("china", "kazakhstan")
PRICE = "price.apt.rotterdam"


@pytest.fixture(scope="module")
def played():
    """Eighteen months with random decisions in two seats; tests must leave it where it is."""
    return random_game(18, PEOPLE, seed=6, luck=4)


@pytest.fixture(scope="module")
def saved(played, tmp_path_factory):
    path = tmp_path_factory.mktemp("replays") / "game.json"
    played.save(path)
    return path


# --- replays --------------------------------------------------------------------------------------


def test_a_replay_comes_out_as_it_was_saved(played, saved):
    told = []
    done = replay(saved, told.append)
    assert done.is_verified
    assert done.session.hashes == played.hashes
    assert told == list(range(1, played.month + 1))


def test_a_replay_says_from_which_month_on_it_differs(saved, tmp_path):
    done = replay(forged(saved, tmp_path, lambda session: other_hash(session, 7)))
    assert not done.is_verified
    assert done.differs_from == 7


# --- what if --------------------------------------------------------------------------------------


def test_without_a_decision_the_world_is_the_one_in_which_it_was_never_taken(played):
    left_out = next(d for d in played.log if d.month == 8)
    found = what_if(played, left_out.number)
    other = Session.new(scenario_of("licence_squeeze"), played.seed, PEOPLE)
    for decision in played.log:
        if decision != left_out:
            other.arrange(decision.role, decision.lever, decision.target, decision.value, decision.month)
    other.play(played.month)
    assert found.decisions == (left_out,)
    assert found.start == 8
    for row, name in enumerate(found.outcomes):
        assert np.array_equal(found.without[row], other.series(name)), name
        assert np.array_equal(found.happened[row], played.series(name)), name
    assert not np.any(found.difference[:, :8])
    assert state_hash(played.market) == played.hashes[-1]


def test_taking_the_same_decision_again_makes_no_difference_at_all():
    session = game(2)
    session.decide("kazakhstan", "kazakhstan.royalty", "", 0.3)
    session.play(3)
    again = session.decide("kazakhstan", "kazakhstan.royalty", "", 0.3)
    session.play(4)
    assert what_if(session, again.number).is_nothing
    assert not what_if(session, session.log[0].number).is_nothing


def test_many_what_ifs_at_once_are_each_the_same_as_alone(played):
    numbers = [d.number for d in played.log]
    variants = [Variant((number,)) for number in numbers[::5]]
    variants += [Variant(tuple(numbers)), Variant(roles=("china",)), Variant(roles=PEOPLE)]
    together = compare(played, variants)
    for variant, found in zip(variants, together, strict=True):
        alone = compare(played, [variant])[0]
        assert found.without.tobytes() == alone.without.tobytes(), variant
        assert found.start == alone.start


def test_the_rule_in_the_same_seat_meets_the_same_luck(played):
    found = against_the_rule(played, "china")
    other = Session.new(scenario_of("licence_squeeze"), played.seed, ("kazakhstan",))
    for decision in played.log:
        if decision.role != "china":
            other.arrange(decision.role, decision.lever, decision.target, decision.value, decision.month)
    other.play(played.month)
    assert np.array_equal(found.without[found.outcomes.index("score.china")], other.series("score.china"))


def test_a_decision_of_the_scenario_can_be_left_out_too():
    session = game(8, (), scenario="central_asia_2025")
    found = compare(session, [Variant(scripted=((1, "china.licence_approval", "us"),))])[0]
    assert found.start == 1
    assert [d.source for d in found.decisions] == ["scenario"]
    assert found.of("price.apt.us")[3] > 0


@pytest.mark.parametrize("variant", [Variant((999,)), Variant(roles=("turkey",)),
                                     Variant(scripted=((1, "china.mining_quota", ""),))])  # fmt: skip
def test_what_never_was_cannot_be_left_out(played, variant):
    with pytest.raises(Refused):
        compare(played, [variant])


# --- on the command line --------------------------------------------------------------------------


@pytest.fixture
def say(capsys):
    """Runs a command line: exit code, output and errors."""

    def run(*words):
        code = main.main([*map(str, words)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_a_run_can_be_saved_replayed_and_compared(say, tmp_path):
    path = tmp_path / "run.json"
    settings = ("--set", "china.licence_approval[us]=0.2@2025-04", "--set", "kazakhstan.royalty=0.2")
    code, out, _ = say("run", "central_asia_2025", "--until", "2025-07", *settings, "--save", path)
    assert code == 0
    assert "Rotterdam" in out
    session = Session.load(path)
    plain = json.loads(say("run", "central_asia_2025", "--until", "2025-07", *settings, "--json", "--outcome", PRICE)[1])
    assert session.series(PRICE)[-1] == pytest.approx(plain["outcomes"][PRICE]["values"]["2025-07"], rel=1e-11)
    code, out, _ = say("replay", path)
    assert code == 0
    assert "every month came out as it was saved" in out
    assert "china.licence_approval[us]" in out
    data = json.loads(say("replay", path, "--json")[1])
    assert data["verified"]
    assert data["hashes"] == session.hashes
    number = next(d["number"] for d in data["decisions"] if d["role"] == "china")
    code, out, _ = say("whatif", path, "--without", number)
    assert code == 0
    assert PRICE in out
    named = say("whatif", path, "--without", "china.licence_approval[us]@2025-04", "--json", "--outcome", PRICE)[1]
    found = json.loads(named)["outcomes"][PRICE]
    assert found["happened"][:3] == found["without"][:3]
    assert found["happened"][-1] != found["without"][-1]
    assert say("whatif", path, "--without", "china.licence_approval[europe]@2025-02")[0] == 0


def test_a_replay_that_differs_ends_with_two(say, saved, tmp_path):
    code, out, err = say("replay", forged(saved, tmp_path, lambda session: other_hash(session, 7)))
    assert code == 2
    assert "does not come out as it was saved" in err
    assert "18 months played again" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("replay", "nothing.json"), "nothing.json cannot be loaded: No such file or directory."),
        (("replay", "main.py"), "not a saved game of Heavystone"),
        (("whatif", "{saved}"), "Missing option"),
        (("whatif", "{saved}", "--without", "999"), "No decision 999 has taken effect"),
        (("whatif", "{saved}", "--without", "royalty"), "the number of a decision"),
        (("whatif", "{saved}", "--without", "china.quota@2025-03"), "did you mean china.mining_quota"),
        (("whatif", "{saved}", "--without", "china.mining_quota@2025-03"), "The scenario decides nothing"),
        (("whatif", "{saved}", "--without", "china.mining_quota@2041-03"), "lies outside the run"),
        (("whatif", "{saved}", "--without", "1", "--outcome", "price.gold"), "unknown outcome 'price.gold'"),
        (("run", "--save", "main.py"), "is not a saved game of Heavystone; it was left alone"),
        (("run", "--save", "nowhere/game.json"), "there is no folder nowhere"),
        (("run", "--save", "game.json", "--worlds", "2"), "holds one world"),
    ],
)
def test_bad_input_ends_with_two_and_one_sentence(say, saved, words, said):
    code, out, err = say(*(word.format(saved=saved) for word in words))
    assert code == 2
    assert said in err
    assert len(err.strip().splitlines()) == 1
    assert out == ""
