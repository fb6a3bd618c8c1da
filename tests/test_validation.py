"""The validation: real prices, moments, targets, parameter sets, and how it refuses bad input."""

import json

import numpy as np
import pytest

import main
from agents.market import Market, Plan
from agents.parameters import SAME_FOR_ALL
from lab.calibration.space import FREE, every_name, read_sets, space, with_values, written_sets
from lab.economics.table import EXPERIMENTS
from lab.options import InputError
from lab.validation import (
    backtest,
    card,
    command,
    history,
    honesty,
    moments,
    numbers,
    observed,
    play,
    plots,
    sets,
    targets,
)
from sim.quantity import FrozenDict, Quantity
from sim.scenario_files import load
from tests.market_runs import differing, played


@pytest.fixture(scope="module")
def world():
    return load("central_asia_2025")


# --- real prices ------------------------------------------------------------------------------


def test_domestic_prices_are_taken_without_vat_and_month_by_month():
    price = observed.monthly("apt_china", "2025-01", 13)
    assert price[0] == pytest.approx(210_500 / (88.5 * 7.2 * 1.13), rel=0.01)
    assert 222_300 < price[:6].mean() * 88.5 * 7.2 * 1.13 < 222_900
    assert (np.diff(price) > 0).all()


def test_concentrate_was_paid_at_91_to_95_per_cent_of_apt():
    payable = observed.monthly("concentrate_china", "2025-01", 13) / observed.monthly("apt_china", "2025-01", 13)
    assert payable.min() > 0.91
    assert payable.max() < 0.95


def test_every_quote_has_a_source_and_none_is_later_than_mid_january_2026():
    for rows in observed.quotes().values():
        assert all(row.source and row.confidence and row.date <= "2026-01-16" for row in rows)


def test_a_missing_series_is_named():
    with pytest.raises(InputError, match="'apt_moon' is missing"):
        observed.series("apt_moon")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rotterdam,2026-02,900,USD/mtu,press,F", "later than"),
        ("rotterdam,2025-02,much,USD/mtu,press,F", "line 2"),
        ("rotterdam,2025-02,900,EUR/t,press,F", "EUR/t"),
        ("rotterdam,2025-02,900,USD/mtu,,F", "source"),
    ],
)
def test_a_wrong_line_of_prices_is_named(tmp_path, line, said):
    path = tmp_path / "prices.csv"
    path.write_text(f"series,date,value,unit,source,confidence\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=said):
        observed.quotes(path)


def test_a_month_without_a_value_is_named(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text("series,date,value,unit,source,confidence\nx,2025-01,900,USD/mtu,press,F\n", encoding="utf-8")
    with pytest.raises(InputError, match="no value for 2025-02"):
        observed.monthly("x", "2025-01", 2, path)


# --- moments ----------------------------------------------------------------------------------


def test_booms_and_busts_are_counted_between_turning_points():
    price = np.array([[100, 200, 400, 380, 200, 100, 105, 210]], float).T
    found = {name: value[0] for name, value in moments.of_annual(price).items()}
    assert found["boom"] == pytest.approx((np.log(4) + np.log(2.1)) / 2)
    assert found["bust"] == pytest.approx(np.log(4))
    assert found["boom_years"] == 2
    assert found["bust_years"] == 3


def test_a_random_walk_has_no_persistence_and_a_slow_wave_has_much():
    rng = np.random.default_rng(1)
    walk = np.exp(np.cumsum(rng.normal(0, 0.3, (2000, 1)), axis=0))
    wave = np.exp(np.sin(np.arange(200) / 3))[:, None]
    assert abs(moments.of_annual(walk)["persistence"][0]) < 0.1
    assert moments.of_annual(walk)["deviation"][0] == pytest.approx(0.3, rel=0.05)
    assert moments.of_annual(wave)["persistence"][0] > 0.8


def test_the_intervals_of_the_real_moments_hold_them():
    for low, value, high in moments.intervals(observed.yearly()[1], draws=200).values():
        assert low <= value + 1e-12
        assert value <= high + 1e-12


# --- targets and the card ---------------------------------------------------------------------


def test_every_target_belongs_to_a_part_and_has_a_range_and_a_source():
    for target in targets.read().values():
        assert target.part in targets.PARTS
        assert target.low < target.high
        assert target.source


def test_a_figure_outside_its_range_fails_the_card():
    part = targets.Part("backtest")
    part.judge("rotterdam", 0.1)
    assert card.data([part], {})["passed"]
    part.judge("domestic", 0.3)
    said = card.data([part], {})
    assert not said["passed"]
    assert [one["passed"] for one in said["targets"]] == [True, False]
    part.judge("gap", float("nan"))
    assert said != card.data([part], {})
    assert card.data([part], {})["targets"][2]["measured"] is None


def test_skill_is_none_for_the_simple_forecast_itself_and_full_for_the_truth():
    real, flat = np.array([1.0, 2.0, 3.0]), np.ones(3)
    assert honesty.skill(flat, real, flat) == 0
    assert honesty.skill(real, real, flat) == 1


# --- parameter sets ---------------------------------------------------------------------------


def test_what_is_calibrated_has_a_range_around_its_value(world):
    ranges = space(world)
    assert set(FREE) <= set(every_name(world))
    assert (ranges.low < ranges.high).all()
    assert np.allclose(ranges.values(ranges.unit(ranges.start)), ranges.start)


@pytest.mark.parametrize("path", sets.FILES.values(), ids=lambda path: path.stem)
def test_the_stored_sets_lie_within_their_ranges(world, path):
    stored = read_sets(path, world)
    assert {len(values) for values in stored.values()} != {0}


def test_sets_survive_being_written_and_read(tmp_path, world):
    path = tmp_path / "sets.csv"
    table = {"fear.rise": np.array([0.1, 0.2]), "loss": np.array([1.0, 2.0])}
    path.write_text(written_sets(table, ["a note"]), encoding="utf-8")
    found = read_sets(path, world)
    assert list(found) == ["fear.rise"]
    assert found["fear.rise"] == pytest.approx([0.1, 0.2])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fear.rise\n9\n", "fear.rise: 9 is not allowed; allowed is"),
        ("fear.rice\n0.1\n", "did you mean"),
        ("fear.rise\nnan\n", "is not allowed"),
        ("fear.rise,fear.fall\n0.1,\n", "fear.fall: a value is missing"),
        ("", "no parameter set"),
    ],
)
def test_a_wrong_parameter_set_is_named(tmp_path, world, text, said):
    path = tmp_path / "sets.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_sets(path, world)


def test_every_world_draws_its_own_set_by_its_seed(world):
    drawn = sets.drawn(world, range(1, 40))
    again = sets.drawn(world, range(20, 40))
    assert all((values[19:] == again[name]).all() for name, values in drawn.items())


def test_a_parameter_of_its_own_gives_a_world_what_the_scenario_s_number_would(world):
    names = (
        "fear.rise", "traders.size_china", "states.skills_kazakhstan", "mines.adjustment", "projects.equity_pace",
        "anchor.throughput", "mines.quota_leak", "demand.world_noise", "premium.learning",
    )  # fmt: skip
    low = {name: float(space(world, [name]).low[0]) for name in names}
    own = {name: np.array([space(world, [name]).start[0], value]) for name, value in low.items()}
    both = played(18, world, seeds=[3, 3], own=own, record=Plan(every="quarter"))
    assert differing(played(18, world, seeds=[3], record=Plan(every="quarter")), both, against=[0]) == []
    assert differing(played(18, with_values(world, low), seeds=[3], record=Plan(every="quarter")), both, against=[1]) == []


def test_a_parameter_that_does_not_exist_is_refused(world):
    with pytest.raises(KeyError, match=r"fear\.rice"):
        Market(world, own={"fear.rice": np.ones(1)})
    with pytest.raises(KeyError, match="one number for all worlds"):
        Market(world, seeds=(1, 2), own={"finance.base_odds": np.array([0.1, 0.2])})


# --- the command ------------------------------------------------------------------------------


def test_the_short_form_writes_its_report_and_ends_with_one_if_a_target_is_missed(tmp_path, capsys):
    code = main.main(["validate", "--short", "--worlds", "8", "--workers", "1", "--json", "--out", str(tmp_path)])
    said = json.loads(capsys.readouterr().out)
    assert code == (0 if said["passed"] else 1)
    keys = [one["key"] for one in said["targets"]]
    assert set(targets.read()) < set(keys)
    claims = [one for one in said["targets"] if one["part"] == "economics"]
    assert len(claims) == len(keys) - len(targets.read()) == sum(len(e.claims) for e in EXPERIMENTS)
    assert all(one["low"] is not None or one["high"] is not None for one in claims)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") == len(plots.PLOTS) - 2  # no sensitivity
    assert all(experiment.title in page for experiment in EXPERIMENTS)
    assert "http" not in page.replace("http://www.w3.org", "")
    assert json.loads((tmp_path / "card.json").read_text(encoding="utf-8")) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fear.rise\n9\n", "bad.csv: fear.rise: 9 is not allowed; allowed is 0.05 to 0.4."),
        ("fear.rise\n0.1\n0.2\n", "bad.csv: 2 parameter sets are given; allowed is one."),
    ],
)
def test_a_wrong_parameter_file_ends_the_command_with_two_and_one_sentence(tmp_path, capsys, text, said):
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    assert main.main(["validate", "--parameters", str(path), "--out", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# --- sensitivity ------------------------------------------------------------------------------


def test_every_number_with_a_range_is_varied_by_itself_or_in_a_group(world):
    members = {member for group in numbers.GROUPS.values() for member in group}
    for section in type(world).model_fields:
        entries = getattr(world, section)
        for entry in entries if isinstance(entries, tuple) else ():
            for name in getattr(type(entry), "model_fields", ()):
                number = getattr(entry, name)
                if isinstance(number, Quantity) and number.low is not None and number.low < (number.high or 0.0):
                    assert f"{section}.{name}" in members
    for name in every_name(world):
        group = name.split(".")[0]
        alone = name not in SAME_FOR_ALL and group not in SAME_FOR_ALL
        assert alone or {f"behaviour.{name}", f"behaviour.{group}"} & members


def test_a_group_moves_its_own_numbers_only_and_within_their_ranges(world):
    low = numbers.moved(world, {"capital cost of mines": 0.0, "answer of scrap to price": 0.4})
    for before, after in zip(world.mines, low.mines, strict=True):
        assert after.capex.value == (before.capex.value if before.capex.low is None else before.capex.low)
        assert after.capacity == before.capacity
    for before, after in zip(world.recycling, low.recycling, strict=True):
        assert before.lag.low <= after.lag.value <= before.lag.high
        assert after.lag.value == int(after.lag.value)
    assert low.demands == world.demands


# --- worlds -----------------------------------------------------------------------------------


def test_what_was_decided_before_the_start_holds_at_the_start():
    market = played(1, history.scenario_of("history_2009.toml"), seeds=[1])
    assert (market.seats["china.licence_approval"] == 1).all()
    assert (market.seats["united_states.tariff_china"] == 0).all()


def test_a_dated_event_comes_in_its_month_in_every_world():
    scenario = history.scenario_of("history_2009.toml")
    market = played(20, scenario, seeds=[1, 2, 3])
    seen = {(month, key): size for month, key, _, size in market.events_seen}
    assert (seen[0, "crisis"] == 1).all()
    assert (seen[18, "export_quota"] == 1).all()


def test_the_backtest_measures_every_target_of_its_part(world):
    run = play.play([backtest.task(world, range(1, 4))])["backtest"]
    part = backtest.judge(run)
    assert {result.target.key for result in part.results} == {
        key for key, target in targets.read().items() if target.part == "backtest"
    }
    assert "<svg" in plots.draw("backtest", part.figures["backtest"])


def test_without_licences_nothing_is_refused(world):
    free, orders = honesty.without_licences(world)
    assert not [d for d in free.decisions if d.lever in honesty.LICENCES]
    task = play.Task("free", free, (1, 2), 6, ("exports.china.controlled", "price.apt.rotterdam"), orders=orders)
    as_it_is = play.Task("real", world, (1, 2), 6, task.outcomes)
    found = play.play([task, as_it_is])
    exports = {key: run.of("exports.china.controlled")[3:].sum() for key, run in found.items()}
    assert exports["free"] > 1.5 * exports["real"]


def test_a_market_without_a_solution_is_named(world):
    groups = dict(world.behaviour)
    broken = groups["fear"]["rise"].model_copy(update={"value": float("nan")})
    groups["fear"] = FrozenDict({**groups["fear"], "rise": broken})
    scenario = world.model_copy(update={"behaviour": FrozenDict(groups)})
    with pytest.raises(InputError, match="no solution in month"):
        play.play([play.Task("broken", scenario, (1,), 6, ("price.apt.rotterdam",))])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"worlds": 0}, "--worlds: 0"),
        ({"workers": 99}, "--workers: 99"),
        ({"short": True, "document": "here"}, "--document"),
    ],
)
def test_the_command_refuses_in_one_sentence(options, said):
    request = {"worlds": None, "short": False, "workers": 1, "parameters": None, "out": None, "document": None}
    with pytest.raises(InputError, match=said):
        command.read_request(**request | options)
