"""Strategies of people played against the rules: the file, the machinery, and one small matrix."""

import json

import numpy as np
import pytest

import main
from lab.options import InputError
from lab.strategies import judge
from lab.strategies.book import Act, Strategy, book
from lab.strategies.contest import contest, settings
from lab.strategies.play import Game, played
from lab.strategies.policies import Constant, Dice, Planned, Rule, Turn, condition, names, place_of, slots
from sim.levers import registry
from sim.outcomes import SCORED
from sim.scenario_files import load


@pytest.fixture(scope="module")
def world():
    return load("central_asia_2025")


@pytest.fixture(scope="module")
def levers(world):
    return registry(world)


def turn(date="2027-01", number=8, seeds=(1, 2), **known):
    return Turn(date, number, lambda name: np.array(known[name], float), np.array(seeds))


def empty(levers, role, worlds=2):
    return np.full((len(slots(levers, role)), worlds), np.nan)


# --- the file ---------------------------------------------------------------------------------------


def test_every_scored_seat_has_eight_strategies_that_can_be_followed(levers):
    for role in SCORED:
        strategies = book().of(role)
        assert len({strategy.name for strategy in strategies}) == len(strategies) == 8
        for strategy in strategies:
            assert Planned(strategy, levers).acts


def test_strategies_ask_only_for_what_their_seat_may_know(world):
    from agents.market import Market

    market = Market(world)
    for strategy in book().strategies:
        seen = market.briefing.view(strategy.role, market.briefing.news())
        for act in strategy.acts:
            for text in act.when:
                for name in text.split()[:-2:2]:
                    plain, row = place_of(name)
                    assert np.ndim(seen[plain]) == (1 if row is None else 2), (strategy.name, text)


def test_profiles_name_a_temperament_of_every_government(world):
    known = {government.key: [t.name for t in government.temperaments] for government in world.governments}
    for profile in book().profiles:
        assert profile.temperaments.keys() == known.keys()
        assert all(name in known[role] for role, name in profile.temperaments.items())


@pytest.mark.parametrize(
    "act", [Act(lever="covr", value=1.0), Act(lever="cover", value=99), Act(lever="cover", value=3, when=("fear = 1",)),
            Act(lever="cover", value=3, to=("us",)), Act(lever="cover", value=3, since="soon")],
)  # fmt: skip
def test_a_strategy_that_nobody_can_follow_is_refused_by_name(levers, act):
    with pytest.raises(InputError, match=r"'Muddle' of buyers[.]us"):
        Planned(Strategy(role="buyers.us", name="Muddle", says="", acts=(act,)), levers)


# --- who sits there -----------------------------------------------------------------------------------


def test_the_last_act_that_applies_decides_and_the_rule_where_none_does(levers):
    acts = (
        Act(lever="cover", value=2.0, until="2028-01"),
        Act(lever="cover", value=8.0, when=("refused > 0.4",)),
        Act(lever="cover", value="rule", since="2029-01"),
    )
    policy = Planned(Strategy(role="buyers.us", name="", says="", acts=acts), levers)
    row = slots(levers, "buyers.us").index(("buyers.us.cover", ""))

    def cover(date):
        table = empty(levers, "buyers.us")
        policy.decide(turn(date, refused=(0.2, 0.6)), table)
        assert np.isnan(np.delete(table, row, axis=0)).all()
        return table[row].tolist()

    assert cover("2027-12") == [2.0, 8.0]
    assert np.isnan(cover("2028-01")[0])
    assert np.isnan(cover("2029-01")).all()


def test_a_condition_compares_one_number_or_the_ratio_of_two():
    look = {"a": np.array([1.0, 3.0]), "b": np.array([2.0, 2.0])}.__getitem__
    assert condition("a < 2")(look).tolist() == [True, False]
    assert condition("a / b > 1.2")(look).tolist() == [False, True]


def test_dice_stay_within_range_and_fall_alike_for_one_seed_and_turn(levers):
    first, again = empty(levers, "kazakhstan"), empty(levers, "kazakhstan")
    Dice(levers, "kazakhstan").decide(turn(seeds=(3, 4)), first)
    Dice(levers, "kazakhstan").decide(turn(seeds=(4, 3)), again)
    assert np.array_equal(first, again[:, ::-1])
    for (name, _), values in zip(slots(levers, "kazakhstan"), first, strict=True):
        assert (levers[name].low <= values).all()
        assert (values <= levers[name].high).all()
        assert not levers[name].choices or (values == np.floor(values)).all()


def test_constant_settings_hold_every_lever_at_both_ends(levers):
    found = {setting.name for setting in settings(levers, "china")}
    own = [name.removeprefix("china.") for name in names(levers, "china")]
    assert {f"{name} at its {end}" for name in own for end in ("least", "most")} < found


# --- judging ------------------------------------------------------------------------------------------


def test_the_equilibrium_of_stone_scissors_paper_is_a_third_each():
    rows, columns, value = judge.equilibrium(np.array([[0.0, 1.0, -1.0], [-1.0, 0.0, 1.0], [1.0, -1.0, 0.0]]))
    assert rows == pytest.approx([1 / 3] * 3)
    assert columns == pytest.approx([1 / 3] * 3)
    assert value == pytest.approx(0.0, abs=1e-9)


def test_a_strategy_that_is_best_against_everybody_carries_the_whole_equilibrium():
    payoff = np.array([[5.0, 9.0], [4.0, 8.0], [1.0, 8.5]])
    assert judge.equilibrium(judge.regret(payoff))[0] == pytest.approx([1, 0, 0])


def test_decisions_luck_and_others_explain_what_they_move():
    decisions, others, luck = np.array([0.0, 2.0]), np.array([0.0, 6.0]), np.array([0.0, 4.0])
    found = judge.shares(decisions[:, None, None] + others[:, None] + luck)
    assert (found.decisions, found.luck, found.others) == (2.0, 8.0, 18.0)


def test_the_constant_that_is_hardest_to_beat_is_the_one_with_the_smallest_defeat():
    scores = np.array([[[5.0, 5.1], [1.0, 1.0]], [[4.0, 4.0], [4.0, 4.2]], [[6.0, 6.2], [4.5, 4.4]]])
    found = judge.hardest_to_beat(scores, slice(0, 2))
    assert (found.row, found.profile, found.by) == (1, 0, 2)
    assert found.points == pytest.approx(2.1)
    assert found.is_sure


# --- one small matrix ---------------------------------------------------------------------------------


def test_a_game_scores_the_same_alone_as_among_others(levers):
    profiles = book().profiles[1:3]
    full = Constant("", levers, "buyers.us", {"buyers.us.cover": 1.0})
    policies = [Planned(book().of("buyers.us")[0], levers), Rule(), full]
    games = [Game(policy, profile, seed) for policy in policies for profile in profiles for seed in (1, 2)]
    together, parts = played("buyers.us", games, "2026-03")
    alone, _ = played("buyers.us", games[2:3], "2026-03")
    assert alone[0] == together[2]
    assert sum(parts.values()) == pytest.approx(together)
    assert together[0] != together[4] != together[8]


def test_a_contest_plays_strategies_constants_rules_and_dice(world, levers, monkeypatch, capsys):
    from lab.strategies import command
    from lab.strategies.contest import Size

    monkeypatch.setattr("lab.strategies.contest.SPREAD", 2)
    found = contest("buyers.europe", book(), world, levers, "2025-06", Size(2, 2, 4))
    assert found.payoff.shape == (8, 6)
    assert found.mixture.sum() == pytest.approx(1.0)
    assert list(found.rules) == ["rule"]
    assert len(found.verdicts) == 5
    monkeypatch.setattr(command.contest, "contest", lambda *_: found)
    code = main.main(["strategies", "buyers.europe", "--seeds", "2", "--until", "2025-06", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == (0 if all(found.verdicts.values()) else 1)
    assert told[0]["equilibrium"] == pytest.approx(found.mixture, abs=1e-4)


@pytest.mark.parametrize("words", [("turkey",), ("--seeds", "1"), ("--until", "2050-01")])
def test_a_contest_that_cannot_be_played_is_refused_in_a_sentence(words, capsys):
    assert main.main(["strategies", *words]) == 2
    err = capsys.readouterr().err
    assert "allowed" in err
    assert len(err.splitlines()) == 1
