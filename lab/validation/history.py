"""Ordinary times and history: moments of annual prices, three squeezes replayed, and how the boom of 2025 ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lab.validation import moments, observed, sets, stillness
from lab.validation.play import Played, Task
from lab.validation.targets import Part, Table
from sim.scenario import Scenario
from sim.scenario_files import load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

PRICE = ("price.apt.rotterdam", "price.apt.china_domestic", "price.long_run")
ORDINARY = "ordinary_times.toml"
SQUEEZES = {"squeeze_2004": "history_2003.toml", "squeeze_2010": "history_2009.toml", "squeeze_2017": "history_2016.toml"}
YEARS_AFTER_PEAK = 5


def scenario_of(file: str) -> Scenario:
    """A scenario of the past."""
    return load(observed.DATA / file)


def tasks(seeds: range) -> list[Task]:
    """Ordinary times and the three squeezes, all with the same parameter sets."""
    found = []
    for key, file in {"ordinary": ORDINARY, **SQUEEZES}.items():
        scenario = scenario_of(file)
        first, last = (int(text[:4]) for text in (scenario.start, scenario.end))
        own = sets.drawn(scenario, seeds)
        found.append(Task(key, scenario, tuple(seeds), 12 * (last - first + 1), PRICE, own=own))
    still = stillness.scenario()
    months = 12 * stillness.YEARS
    return [*found, Task("still", still, (1,), months, PRICE, orders=stillness.orders())]


def judge(played: dict[str, Played]) -> Part:
    """Moments, replays, and the end of the boom in the long run."""
    part = Part("history")
    part.text.append(
        "One set of rules and one ensemble of parameters serve 2025, the quiet and the squeezes before. The past is played"
        " on the structure of 2025, in shares: shocks are shares of the market of their time, and prices are compared as"
        " multiples of the first year, because no balance of those years by region is public. Shocks are estimates made in"
        " the knowledge of how it ended; what the replays test is whether prices then rise, stay and fall as they did."
    )
    _ordinary(part, played["ordinary"])
    unrest = stillness.unrest(played["still"].of("price.apt.china_domestic"))
    part.judge("still", float(unrest.max()), "the scenario's own parameters")
    for key in SQUEEZES:
        _squeeze(part, key, played[key])
    _boom(part, played["long"])
    return part


def _ordinary(part: Part, run: Played) -> None:
    price = moments.annual(run.of("price.apt.rotterdam"))
    ours = moments.of_annual(price)
    real = moments.intervals(observed.yearly()[1])
    rows = []
    for name, title in moments.NAMES.items():
        low, value, high = real[name]
        quantiles = np.nanquantile(ours[name], [0.1, 0.5, 0.9])
        rows.append(
            (
                title,
                f"{value:.2f}",
                f"{low:.2f} to {high:.2f}",
                f"{quantiles[1]:.2f}",
                f"{quantiles[0]:.2f} to {quantiles[2]:.2f}",
            )
        )
    for key in ("deviation", "persistence", "boom", "bust", "boom_years", "bust_years"):
        part.judge(key, float(np.nanmedian(ours[key])), f"real {real[key][1]:.2f}")
    part.judge("dear", float(np.mean(ours["dear"])), f"real {real['dear'][1]:.2f}")
    head = ("moment", "2003 to 2024", "80 % interval", "model", "80 % of worlds")
    note = (
        f"{len(run.task.seeds)} worlds of 22 years without licences, trend and projects. Intervals of the real moments"
        f" are from drawing blocks of {moments.BLOCK} years again (22 annual averages, most of them from memory)."
    )
    part.tables.append(Table("Annual prices in ordinary times", head, tuple(rows), note))
    part.figures["ordinary"] = {
        "real": observed.yearly(),
        "paths": run.of("price.apt.rotterdam")[:, :12],
        "band": np.quantile(run.of("price.apt.rotterdam"), [0.1, 0.5, 0.9], axis=1),
        "moments": {name: ours[name] for name in ("deviation", "persistence", "boom", "bust_years")},
        "wanted": {name: real[name] for name in ("deviation", "persistence", "boom", "bust_years")},
    }


def index_of(scenario: Scenario, years: int) -> Vector:
    """Real annual prices from a scenario's start on, over the first year's, (years,)."""
    known, price = observed.yearly()
    price = price[list(known).index(int(scenario.start[:4])) :][:years]
    return price / price[0]


def error(index: Vector, wanted: Vector) -> Vector:
    """Mean absolute log error of prices over the first year's, (years, ...), against the real ones, (years,)."""
    wanted = wanted.reshape(-1, *[1] * (index.ndim - 1))
    return np.abs(np.log(index[1:] / wanted[1:])).mean(axis=0)


def _squeeze(part: Part, key: str, run: Played) -> None:
    first = int(run.task.scenario.start[:4])
    ours = moments.annual(run.of("price.apt.rotterdam"))
    count, index = len(ours), ours / ours[0]
    wanted = index_of(run.task.scenario, count)
    dollars = wanted * dict(zip(*observed.yearly(), strict=True))[first]
    median = np.median(index, axis=1)
    part.judge(key, float(error(median, wanted)), "mean absolute log error of price over the first year's")
    part.judge(f"{key}_peak", float(np.median(index.max(axis=0)) / wanted.max()))
    ours_at, real_at = int(median.argmax()), int(wanted.argmax())
    part.judge(f"{key}_year", ours_at - real_at, f"{first + ours_at} for {first + real_at}")
    low, high = np.quantile(index, [0.1, 0.9], axis=1)
    rows = tuple(
        (str(first + i), f"{dollars[i]:.0f}", f"{wanted[i]:.2f}", f"{median[i]:.2f}", f"{low[i]:.2f} to {high[i]:.2f}")
        for i in range(count)
    )
    head = ("year", "USD/mtu", "over the first year", "model, median", "80 % of worlds")
    part.tables.append(Table(run.task.scenario.title, head, rows, run.task.scenario.description))
    part.figures.setdefault("squeezes", {})[run.task.scenario.title] = {
        "years": first + np.arange(count), "real": wanted, "band": np.array([low, median, high]),
    }  # fmt: skip


def _spread(part: Part, price: Vector) -> None:
    """How far apart worlds are after two years, against how far real prices moved in two years."""
    ours = np.log(price[36:48].mean(axis=0) / price[12:24].mean(axis=0)).std()
    real = np.log(observed.yearly()[1])
    moved = (real[2:] - real[:-2]).std(ddof=1)
    note = (
        f"standard deviation of the log change from 2026 to 2028 over worlds {ours:.2f}, of real two-year changes of 2003"
        f" to 2024 {moved:.2f}; worlds differ by nature, demand, costs and parameters, not by what governments want"
    )
    part.judge("spread_ahead", float(ours / moved), note)


def _boom(part: Part, run: Played) -> None:
    price = run.of("price.apt.rotterdam")
    first = price[:36]
    peak, when = first.max(axis=0), first.argmax(axis=0)
    months = np.arange(len(price))[:, None]
    below = (price < 0.5 * peak) & (months > when)
    ended = np.where(below.any(axis=0), below.argmax(axis=0) - when, 10_000)
    over = ended <= 12 * YEARS_AFTER_PEAK
    part.judge("boom_ends", over.mean())
    years = ended[over] / 12
    part.judge("half_life", np.median(years) if years.size else np.nan)
    dates = 2025 + (when + ended)[over] / 12
    spread = np.quantile(dates, [0.1, 0.9]) if years.size else np.array([np.nan, np.nan])
    part.judge("ends_differ", spread[1] - spread[0], f"{spread[0]:.1f} to {spread[1]:.1f}")
    if len(price) >= 48:
        _spread(part, price)
    rows = []
    for year in range(min(len(price) // 12, 16)):
        block = price[12 * year : 12 * year + 12].mean(axis=0)
        anchor = np.median(run.of("price.long_run")[12 * year + 11])
        low, middle, high = np.quantile(block, [0.1, 0.5, 0.9])
        rows.append((str(2025 + year), f"{low:,.0f}", f"{middle:,.0f}", f"{high:,.0f}", f"{anchor:,.0f}"))
    head = ("year", "a tenth below", "median", "a tenth above", "price expected in the long run")
    note = "Not a forecast: after mid-2026 the rules of the roles decide, and nobody knows what governments will do."
    part.tables.append(Table("After 2025, Rotterdam, USD/mtu", head, tuple(rows), note))
    part.figures["after"] = {"band": np.quantile(price, [0.1, 0.25, 0.5, 0.75, 0.9], axis=1), "paths": price[:, :8]}
