"""A month happens in one order; decisions go through seats; and nobody's decision changes anybody's luck."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from agents.market import Market, Order
from agents.month import MONTH
from sim.levers import registry
from sim.scenario_files import load
from tests.market_runs import differing, play, played
from tests.source_reading import ROOT

SEEDS = (1, 2, 3)
SCENARIO = "thaw"
ALL_ROLES = tuple(dict.fromkeys(lever.role for lever in registry(load(SCENARIO))))


def market(**wanted):
    """Three worlds without a history, in which rules decide what is not ordered."""
    return Market(SCENARIO, seeds=SEEDS, seats=ALL_ROLES, **wanted)


@pytest.fixture(scope="module")
def undisturbed():
    """Fifteen months that no person interferes with."""
    return play(market(), 15)


def test_a_month_happens_in_this_order():
    assert [phase.__name__ for phase in MONTH] == [
        "strike",
        "enact",
        "decide",
        "sign",
        "advance",
        "produce",
        "clear",
        "settle",
        "learn",
        "record",
    ]


def test_every_phase_says_what_happens_in_it():
    assert [phase.__name__ for phase in MONTH if not phase.__doc__] == []


WATCHED = """
import sys
seen = []
def watch(event, arguments):
    if event == "open" and str(arguments[0]).endswith(".toml"):
        seen.append(arguments[0])
    if event in ("subprocess.Popen", "socket.connect"):
        seen.append(event)
sys.addaudithook(watch)
import agents.market
print(*seen, end="")
"""


def test_importing_the_model_does_nothing():
    command = [sys.executable, "-c", WATCHED]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_time_runs_from_the_scenario_s_first_month_to_its_last():
    clock = market()
    scenario = clock.scenario
    assert (clock.month, clock.date) == (0, scenario.start)
    assert clock.month_of(scenario.end) == clock.months - 1
    play(clock, 13)
    assert clock.month == 13
    first_year, first_month = (int(part) for part in scenario.start.split("-"))
    assert (clock.year, clock.calendar_month) == (first_year + 1, first_month % 12 + 1)


# --- decisions and luck ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lever", "target", "value"),
    [
        ("china.mining_quota", "", 30_000.0),
        ("united_states.stockpile_purchases", "", -5_000.0),
        ("kazakhstan.award", "upper_kairakty", 5.0),
        ("buyers.europe.cover", "", 9.0),
    ],
)
def test_a_decision_changes_nothing_before_its_month(undisturbed, lever, target, value):
    month = 11
    with_it = play(market(orders=[Order(lever, target, value, month)]), month)
    assert differing(with_it, play(market(), month)) == []
    play(with_it, 15 - month)
    assert differing(with_it, undisturbed) != []


def test_a_decision_about_stocks_changes_nobody_s_luck(undisturbed):
    steered = play(market(orders=[Order("buyers.us.cover", "", 12.0, 0)]), 15)
    assert undisturbed.events_seen
    assert news(steered) == news(undisturbed)
    assert differing(steered, undisturbed) != []
    assert "nature.left" not in differing(steered, undisturbed)
    assert "buyers.cycle" not in differing(steered, undisturbed)


def test_other_seeds_give_other_luck(undisturbed):
    assert news(played(15, SCENARIO, seeds=[4, 5, 6])) != news(undisturbed)


def test_events_are_told_with_the_worlds_in_which_they_happen(undisturbed):
    keys = {e.key for e in undisturbed.scenario.events} | {o.key for o in undisturbed.scenario.openings}
    for month, key, target, size in undisturbed.events_seen:
        assert 0 <= month < 15 and key in keys and isinstance(target, str)
        assert size.shape == (len(SEEDS),) and size.max() > 0


def news(of):
    """What happened, when and in which worlds."""
    return [(month, key, target, size.tolist()) for month, key, target, size in of.events_seen]


# --- seats -------------------------------------------------------------------------------------

QUIET = ("kazakhstan.refinery_investment", "uzbekistan.skills_investment", "buyers.us.cover",
         "japan_korea.stockpile_purchases", "united_states.advocacy")  # fmt: skip


def test_ordering_what_the_rule_would_decide_anyway_changes_nothing():
    watched = market()
    orders = []
    for month in range(9):
        watched.step()
        orders += [Order(name, "", watched.seats[name].copy(), month) for name in QUIET]
    assert differing(watched, play(market(orders=orders), 9)) == []


def test_nan_gives_a_decision_back_to_the_rule():
    name, target = "buyers.europe.cover", ""
    never_taken = market(orders=[Order(name, target, np.nan, 0)])
    assert differing(play(market(), 8), play(never_taken, 8)) == []
    given_back = market(orders=[Order(name, target, 9.0, 2), Order(name, target, np.nan, 5)])
    values = []
    for _ in range(8):
        given_back.step()
        values.append(given_back.seats[name].tolist())
    assert values[2:5] == [[9.0] * 3] * 3
    assert all(x < 9.0 for month in (*values[:2], *values[5:]) for x in month)


def test_an_order_may_hold_in_one_world_and_leave_the_others_to_the_rule(undisturbed):
    order = Order("china.licence_approval", "us", [np.nan, 0.0, np.nan], 2)
    one = play(market(orders=[order]), 15)
    assert one.seats["china.licence_approval"][0, 1] == 0.0
    assert differing(one, undisturbed, of=[0, 2], against=[0, 2]) == []
    assert differing(one, undisturbed, of=[1], against=[1]) != []


def test_an_order_holds_until_the_next_one_for_its_target():
    orders = [Order("kazakhstan.royalty", "", 0.2, 1), Order("kazakhstan.royalty", "", 0.1, 4)]
    steered = market(orders=orders)
    seen = []
    for _ in range(6):
        steered.step()
        seen.append(float(steered.seats["kazakhstan.royalty"][0]))
    assert seen[1:] == [0.2, 0.2, 0.2, 0.1, 0.1]


def test_an_order_given_in_the_game_is_the_same_as_one_given_before_it():
    order = Order("united_states.tariff_china", "", 1.0, 4)
    before = play(market(orders=[order]), 8)
    late = play(market(), 3)
    late.seats.give(order)
    assert differing(before, play(late, 5)) == []
    for each in (before, late):
        [(month, lever, target, value, _)] = [taken for taken in each.decisions_taken if taken[4] == "person"]
        assert (month, lever, target, value.tolist()) == (4, order.lever, "", [1.0] * 3)


def test_a_person_in_a_seat_is_free_of_the_scenario_s_history():
    free = played(12, "central_asia_2025", seats=("china",))
    bound = played(12, "central_asia_2025")
    taken = {lever for _, lever, *_ in free.decisions_taken}
    assert {lever.split(".")[0] for lever in taken - temperaments(free)} == {
        lever.split(".")[0] for _, lever, *_ in bound.decisions_taken if lever not in temperaments(bound)
    } - {"china"}
    assert differing(free, bound) != []


def test_history_holds_in_the_seats_of_those_who_do_not_play():
    bound = played(12, "central_asia_2025", seats=("buyers.us",))
    dated = {(bound.month_of(d.date), d.lever, d.target) for d in bound.scenario.decisions}
    taken = {(month, lever, target) for month, lever, target, *_ in bound.decisions_taken}
    assert {each for each in dated if each[0] < 12} <= taken


def temperaments(of):
    return {f"{government.key}.temperament" for government in of.scenario.governments}


def test_an_order_for_what_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"did you mean china\.mining_quota"):
        market(orders=[Order("china.mining_quotas", "", 1.0, 0)])
    with pytest.raises(ValueError, match="allowed: bakuta"):
        market(orders=[Order("kazakhstan.award", "atlantis", 1.0, 0)])
    with pytest.raises(ValueError, match="needs a target"):
        market().seats.give(Order("china.licence_approval", "", 1.0, 3))
    with pytest.raises(ValueError, match=r"award = 1\.5 is no choice; allowed: 0 none, 1 china"):
        market().seats.give(Order("kazakhstan.award", "bakuta", [1.0, 1.5, np.nan], 3))
    with pytest.raises(ValueError, match="2 values, but there are 3 worlds"):
        market().seats.give(Order("china.mining_quota", "", [1.0, 2.0], 3))


def test_every_decision_in_force_lies_in_its_lever_s_range():
    # a rule may ask for anything, and so may a person
    orders = [Order("china.licence_approval", "us", 7.0, 1), Order("china.mining_quota", "", -5.0, 1),
              Order("united_states.tariff_china", "", [1e9, np.nan, -1.0], 2)]  # fmt: skip
    steered = play(market(orders=orders), 5)
    for lever in steered.levers:
        value = steered.seats[lever.name]
        assert value.shape == ((len(lever.targets), 3) if lever.targets else (3,))
        assert lever.low <= value.min() and value.max() <= lever.high, lever.name
    assert steered.seats["united_states.tariff_china"].tolist()[::2] == [2.0, 0.0]
