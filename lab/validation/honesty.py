"""Honesty: calibrations that saw less, skill over simple forecasts, and the model without its mechanisms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lab.options import InputError
from lab.validation import backtest, observed, sets
from lab.validation.play import Played, Task
from lab.validation.targets import Part, Table
from sim.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

BLOCS = ("us", "europe", "japan", "korea", "rest")
LICENCES = ("china.licence_approval", "china.licence_military", "china.processing_delay", "china.controlled_scope")
NONE = {
    "without Chinese hoarding": ("fear.tightening", "fear.momentum_china", "traders.hold_on", "traders.size_china"),
    "without fear abroad": ("fear.refusal", "fear.momentum_abroad", "fear.alarm"),
}
"""Parameters set to zero."""
SEEN = {"all": "everything (in sample)", "august_2025": "August 2025", "december_2024": "December 2024"}


def without_licences(scenario: Scenario) -> tuple[Scenario, tuple[tuple[str, str, float, int], ...]]:
    """The scenario without decisions on licences, and orders that grant all of them."""
    kept = tuple(decision for decision in scenario.decisions if decision.lever not in LICENCES)
    orders = [("china.licence_approval", bloc, 1.0, 0) for bloc in BLOCS]
    orders += [
        ("china.licence_military", "", 1.0, 0),
        ("china.processing_delay", "", 0.0, 0),
        ("china.controlled_scope", "", 0.0, 0),
    ]
    return scenario.model_copy(update={"decisions": kept}), tuple(orders)


def ablations(scenario: Scenario, seeds: range) -> list[Task]:
    """2025 without one mechanism each."""
    free, orders = without_licences(scenario)
    tasks = [backtest.task(free, seeds, "without licences", orders=orders)]
    for key, names in NONE.items():
        tasks.append(backtest.task(scenario, seeds, key, own={name: np.zeros(len(seeds)) for name in names}))
    still = scenario.model_copy(update={"mechanisms": scenario.mechanisms.model_copy(update={"traders": False})})
    return [*tasks, backtest.task(still, seeds, "without traders")]


def held_out(scenario: Scenario, seeds: range) -> list[Task]:
    """2025 with the parameter sets of each calibration, one drawn by each world."""
    return [
        backtest.task(scenario, seeds, f"seen {key}", own=sets.drawn(scenario, seeds, path))
        for key, path in sets.FILES.items()
    ]


def skill(median: Vector, wanted: Vector, simple: Vector) -> float:
    """Share of a simple forecast's mean absolute log error that the model saves; below 0 it is worse."""
    ours, theirs = (np.abs(np.log(x / wanted)).mean() for x in (median, simple))
    return float(1 - ours / theirs)


def drift(start: float, count: int) -> Vector:
    """A price that goes on rising as it did from 2003 to 2024, from the first month."""
    years, price = observed.yearly()
    monthly = np.log(price[-1] / price[0]) / (12 * (years[-1] - years[0]))
    return start * np.exp(monthly * np.arange(count))


def judge(played: dict[str, Played], scenario: Scenario) -> Part:
    """Held-out fits, skill and ablations."""
    part = Part("honesty")
    west, home = backtest.real(scenario, "price.apt.rotterdam"), backtest.real(scenario, "price.apt.china_domestic")
    flat, rising = np.full(len(west), west[0]), drift(west[0], len(west))

    def median(key: str, outcome: str) -> Vector:
        return np.median(played[key].of(outcome), axis=1)

    base = median("backtest", "price.apt.rotterdam")
    part.judge("skill_no_change", skill(base[1:], west[1:], flat[1:]))
    part.judge("skill_drift", skill(base[1:], west[1:], rising[1:]))
    rows, bands = [], {}
    for key, title in SEEN.items():
        run = played[f"seen {key}"]
        ours, inside = median(f"seen {key}", "price.apt.rotterdam"), median(f"seen {key}", "price.apt.china_domestic")
        low, high = np.quantile(run.of("price.apt.rotterdam"), [0.1, 0.9], axis=1)
        contained = ((low <= west) & (west <= high)).mean()
        seen = {"all": 13, "august_2025": 8, "december_2024": 0}[key]
        later = slice(max(seen, 1), None) if seen < 13 else slice(1, None)
        at_seen = np.full(len(west), west[max(seen - 1, 0)]) if seen < 13 else flat
        over = skill(ours[later], west[later], at_seen[later])
        rows.append((
            title, f"{100 * backtest.error(ours, west):.1f} %", f"{100 * backtest.error(inside, home):.1f} %",
            f"{100 * backtest.error(ours[later], west[later]):.1f} %", f"{100 * over:.0f} %",
            f"{100 * contained:.0f} %", f"{high[-1] / low[-1]:.2f}",
        ))  # fmt: skip
        bands[title] = np.quantile(run.of("price.apt.rotterdam"), [0.1, 0.5, 0.9], axis=1)
        if key == "all":
            part.judge("ensemble_inside", contained)
            part.judge("ensemble_band", high[-1] / low[-1])
        elif key == "august_2025":
            part.judge("held_out_august", over, f"against the price of August, {west[7]:.0f} USD/mtu")
        else:
            part.judge("held_out_december", over, f"against the price of January 2025, {west[0]:.0f} USD/mtu")
    head = (
        "calibration saw prices until",
        "Rotterdam",
        "China",
        "Rotterdam, unseen months",
        "skill there",
        "inside band",
        "band",
    )
    note = (
        "Errors are mean absolute ones of the median world; each world draws an accepted parameter set. The decisions of"
        " 2025 are in the seats in all three, and every run starts in January 2025. The ranges of parameters, the choice of"
        " mechanisms and estimated decisions were made knowing 2025, so even the shortest calibration is not blind."
    )
    part.tables.append(Table("Calibrations that saw less", head, tuple(rows), note))
    rows = [_ablation("as it is", base, median("backtest", "price.apt.china_domestic"), west, home)]
    for key in ("without licences", *NONE, "without traders"):
        rows.append(_ablation(key, median(key, "price.apt.rotterdam"), median(key, "price.apt.china_domestic"), west, home))
    head = ("model", "Rotterdam, error", "China, error", "Rotterdam, January 2026", "China, January 2026", "mean gap")
    note = "Median worlds under the same luck and the scenario's own parameters; nothing is calibrated again."
    part.tables.append(Table("The model without its mechanisms", head, tuple(rows), note))
    simple = [
        ("model", f"{100 * backtest.error(base[1:], west[1:]):.1f} %"),
        ("no change since January 2025", f"{100 * backtest.error(flat[1:], west[1:]):.1f} %"),
        ("drift of 2003 to 2024", f"{100 * backtest.error(rising[1:], west[1:]):.1f} %"),
    ]
    part.tables.append(
        Table("Rotterdam, February 2025 to January 2026: simple forecasts", ("forecast", "error"), tuple(simple))
    )
    part.figures["held_out"] = {"real": west, "bands": bands, "start": scenario.start}
    part.figures["ablations"] = {
        "real": west,
        "start": scenario.start,
        "paths": {"as it is": base}
        | {key: median(key, "price.apt.rotterdam") for key in ("without licences", *NONE, "without traders")},
    }
    return part


def _ablation(title: str, ours: Vector, inside: Vector, west: Vector, home: Vector) -> tuple[str, ...]:
    return (
        title, f"{100 * backtest.error(ours, west):.1f} %", f"{100 * backtest.error(inside, home):.1f} %",
        f"{ours[-1]:,.0f}", f"{inside[-1]:,.0f}", f"{100 * backtest.gap(ours, inside).mean():.1f} %",
    )  # fmt: skip


def require_sets() -> None:
    """Refuse to go on without the stored calibrations.

    Raises:
        InputError: a file is missing.
    """
    for path in sets.FILES.values():
        if not path.is_file():
            raise InputError(f"{path.name}: the parameter sets are missing; `main.py calibrate` makes them.")
