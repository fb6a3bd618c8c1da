"""The backtest: 2025 with its decisions and without its prices, held against what prices and trade really did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lab import months
from lab.validation import observed
from lab.validation.play import Played, Task
from lab.validation.targets import Part, Table
from sim import units
from sim.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

MONTHS = 13
WATCHED = (
    "price.apt.rotterdam", "price.apt.china_domestic", "price.concentrate.china", "price.apt.fob_china",
    "supply.mine.china", "exports.china.controlled", "exports.china.uncontrolled",
)  # fmt: skip
REAL = {
    "price.apt.rotterdam": "rotterdam",
    "price.apt.china_domestic": "apt_china",
    "price.concentrate.china": "concentrate_china",
}
MINED_2025 = 67_000.0
"""China's mine output of 2025, t W (USGS MCS 2026)."""


def task(scenario: Scenario, seeds: range, key: str = "backtest", **more: object) -> Task:
    """The worlds of 2025."""
    return Task(key, scenario, tuple(seeds), MONTHS, WATCHED, **more)  # type: ignore[arg-type]


def real(scenario: Scenario, outcome: str) -> Vector:
    """Monthly means of the real price behind an outcome, USD/mtu without VAT, (months,)."""
    return observed.monthly(REAL[outcome], scenario.start, MONTHS)


def error(median: Vector, wanted: Vector) -> float:
    """Mean absolute error, share."""
    return float(np.abs(median / wanted - 1).mean())


def gap(rotterdam: Vector, domestic: Vector) -> Vector:
    """Rotterdam over the Chinese price with VAT, less one."""
    return rotterdam / (domestic * (1 + units.CHINESE_VAT)) - 1


def at_start(scenario: Scenario, form: str) -> float:
    """China's exports of a form at the start, t W/month."""
    pools = {pool.key: pool for pool in scenario.pools}
    return sum(
        arc.flow.value / 12
        for arc in scenario.arcs
        if arc.form == form and arc.kind in ("route", "forms")
        and pools[arc.origin].region == "china" and pools[arc.destination].region != "china"
    )  # fmt: skip


def judge(played: Played) -> Part:
    """All targets of the backtest."""
    part = Part("backtest")
    scenario = played.task.scenario
    west, home, ore = (real(scenario, name) for name in REAL)
    values = {name: played.of(name) for name in WATCHED}
    median = {name: np.median(v, axis=1) for name, v in values.items()}
    for key, name, wanted in (
        ("rotterdam", "price.apt.rotterdam", west),
        ("domestic", "price.apt.china_domestic", home),
        ("concentrate", "price.concentrate.china", ore),
    ):
        part.judge(key, error(median[name], wanted))
    quotes = observed.series("fob_china")
    dated = [(months.count(q.date[:7]) - months.count(scenario.start), q.value) for q in quotes]
    ours = [median["price.apt.fob_china"][place] for place, _ in dated]
    said = ", ".join(f"{mine:.0f} for {value:.0f}" for mine, (_, value) in zip(ours, dated, strict=True))
    part.judge("fob", np.mean([abs(mine / value - 1) for mine, (_, value) in zip(ours, dated, strict=True)]), said)
    for key, name, wanted in (
        ("inside", "price.apt.rotterdam", west),
        ("inside_domestic", "price.apt.china_domestic", home),
    ):
        low, high = np.quantile(values[name], [0.1, 0.9], axis=1)
        part.judge(key, ((low <= wanted) & (wanted <= high)).mean())
        if key == "inside":
            part.judge("band", high[-1] / low[-1])
    ours_gap = gap(median["price.apt.rotterdam"], median["price.apt.china_domestic"])
    apart = np.abs(ours_gap - gap(west, home))
    part.judge("gap", apart.max(), f"in {months.at(scenario.start, int(apart.argmax()))}; mean {apart.mean():.3f}")
    payable = np.median(values["price.concentrate.china"] / values["price.apt.china_domestic"], axis=1)
    part.judge("payable_low", payable.min())
    part.judge("payable_high", payable.max())
    part.judge("mined", np.median(values["supply.mine.china"][:12].sum(axis=0)) / MINED_2025 - 1)
    usual, free = at_start(scenario, "controlled"), at_start(scenario, "uncontrolled")
    controlled = np.median(values["exports.china.controlled"][:11].sum(axis=0)) / (11 * usual) - 1
    together = (values["exports.china.controlled"] + values["exports.china.uncontrolled"])[:8].sum(axis=0)
    part.judge("controlled", controlled)
    part.judge("products", np.median(together) / (8 * (usual + free)) - 1)
    part.text.append(
        f"{len(played.task.seeds):,} worlds started in {scenario.start} with the decisions that governments took and no"
        " price after the start. The table shows their median beside what was quoted."
    )
    rows = []
    for i in range(MONTHS):
        cells = [months.at(scenario.start, i)]
        for name, wanted in zip(REAL, (west, home, ore), strict=True):
            cells += [f"{wanted[i]:,.0f}", f"{median[name][i]:,.0f}"]
        rows.append((*cells, f"{100 * gap(west, home)[i]:.0f} %", f"{100 * ours_gap[i]:.0f} %"))
    head = ("month", "Rotterdam", "model", "China APT", "model", "China concentrate", "model", "gap", "model")
    part.tables.append(Table("Prices of 2025, USD/mtu without VAT", head, tuple(rows), "gap: Rotterdam over China with VAT"))
    part.figures["backtest"] = {
        "months": [months.at(scenario.start, i) for i in range(MONTHS)],
        "real": [west, home, ore],
        "titles": ["Rotterdam APT", "Chinese APT, without VAT", "Chinese concentrate, without VAT"],
        "bands": [np.quantile(values[name], [0.1, 0.25, 0.5, 0.75, 0.9], axis=1) for name in REAL],
    }
    return part
