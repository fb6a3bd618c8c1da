"""The loss of a parameter set: how far its worlds lie from 2025, from three squeezes and from the habits of prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lab.validation import history, moments, observed, stillness
from sim import units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lab.calibration.space import Space
    from sim.scenario import Scenario

    Vector = NDArray[np.float64]

WATCHED = ("price.apt.rotterdam", "price.apt.china_domestic", "stock.china")
MONTHS_2025 = 13
MONTHS_AFTER = 48
"""Months played from January 2025, so that the end of the boom is seen."""

PAST_LUCK = 4
"""Worlds of each set in ordinary times and in the squeezes."""

GAP_WEIGHT = 0.6
HABIT_WEIGHT = 0.05
END_WEIGHT = 0.1
PRIOR_WEIGHT = 0.03
STILL_WEIGHT = 0.1
SQUEEZE_WEIGHT = 0.3
STOCK_WEIGHT = 0.3

HABITS = {"deviation": 0.06, "persistence": 0.2, "worst": 0.15, "drift": 0.1}
"""Tolerance of each moment of annual prices in ordinary times: about a standard error over 22 years."""

CALM = 0.0005
"""Unrest of the still world that asks for no penalty; each tenfold costs the weight."""

SEPTEMBER, STOCK_LEFT = 8, 0.85
"""Month of 2025 in which Chinese commercial stock should be no more than this share of January's; a weak source says
that visible stocks fell by three quarters (facts, section 3)."""

FLOOR, CEILING = 190.0, 600.0
"""USD/mtu: annual price in Rotterdam in the fourth year that asks for no penalty; half of all producers were under
cash cost at 190 (2016), and at 600 mines pay for themselves everywhere (facts, sections 4 and 10)."""


@dataclass(frozen=True)
class Target:
    """What a calibration may see."""

    months: int
    """Months of 2025 and January 2026, 0 to 13."""
    key: str
    """Short name."""


TARGETS = {
    "december_2024": Target(0, "december_2024"),
    "august_2025": Target(8, "august_2025"),
    "all": Target(13, "all"),
}


@dataclass(frozen=True)
class Judged:
    """Parts of the loss of each set, all of shape (sets,)."""

    loss: Vector
    rotterdam: Vector
    domestic: Vector
    gap: Vector
    end: Vector
    habits: Vector
    prior: Vector
    still: Vector
    squeezes: Vector
    stock: Vector
    moments: dict[str, Vector]


def judge(
    space: Space, sets: Vector, target: Target, scenario: Scenario, ordinary: Scenario, luck: int, seed: int
) -> Judged:
    """Play worlds of every set, all sets under the same luck, and compare.

    Args:
        space: names of the parameters.
        sets: their values, shape (sets, parameters).
        target: what may be seen.
        scenario: the world of 2025 with the decisions of then.
        ordinary: ordinary times.
        luck: worlds of each set.
        seed: first seed.
    """
    real = observed.yearly()[1]
    past = min(luck, PAST_LUCK)
    path = _play(ordinary, space, sets, past, seed, None)[:, 0]
    found = {name: _over(values, past) for name, values in moments.of_annual(moments.annual(path)).items()}
    wanted = moments.of_annual(real[:, None])
    drift = np.log(_over(path.mean(axis=0), past) / path[0].mean())
    apart = [(found[name] - wanted[name][0]) / HABITS[name] for name in ("deviation", "persistence", "worst")]
    habits = np.mean(np.square([*apart, drift / HABITS["drift"]]), axis=0)
    zero = np.zeros(len(sets))
    rotterdam = domestic = gap = end = stock = zero
    if target.months:
        after = _play(scenario, space, sets, luck, seed, MONTHS_AFTER)
        values = np.median(after.reshape(MONTHS_AFTER, len(WATCHED), -1, luck), axis=3)
        west = observed.monthly("rotterdam", scenario.start, MONTHS_2025)[: target.months, None]
        home = observed.monthly("apt_china", scenario.start, MONTHS_2025)[: target.months, None]
        ours = values[: target.months]
        rotterdam = np.abs(np.log(ours[:, 0] / west)).mean(axis=0)
        domestic = np.abs(np.log(ours[:, 1] / home)).mean(axis=0)
        apart = (ours[:, 0] / ours[:, 1] - west / home) / (1 + units.CHINESE_VAT)
        gap = np.sqrt(np.square(apart).mean(axis=0))
        last = values[-12:, 0].mean(axis=0)
        end = np.maximum(np.log(FLOOR / last), 0) + np.maximum(np.log(last / CEILING), 0)
        if target.months > SEPTEMBER:
            held = sum(pool.stock.value for pool in scenario.pools if pool.region == "china")
            stock = np.maximum(np.log(values[SEPTEMBER, 2] / held / STOCK_LEFT), 0)
    quiet = _play(stillness.scenario(), space, sets, 1, seed, 12 * stillness.YEARS, stillness.orders())
    still = np.log10(np.maximum(stillness.unrest(quiet[:, 1]) / CALM, 1.0))
    prior = np.square(2 * space.unit(sets) - 1).mean(axis=1)
    loss = rotterdam + domestic + GAP_WEIGHT * gap + END_WEIGHT * end + HABIT_WEIGHT * habits + PRIOR_WEIGHT * prior
    squeezes = np.mean([_squeeze(file, space, sets, past, seed) for file in history.SQUEEZES.values()], axis=0)
    loss = loss + STILL_WEIGHT * still + SQUEEZE_WEIGHT * squeezes + STOCK_WEIGHT * stock
    loss = np.where(np.isfinite(loss), loss, 1e3)
    return Judged(loss, rotterdam, domestic, gap, end, habits, prior, still, squeezes, stock, found | {"drift": drift})


def _squeeze(file: str, space: Space, sets: Vector, luck: int, seed: int) -> Vector:
    """Mean absolute log error, year by year, of the median world of each set in a squeeze of the past, (sets,)."""
    scenario = history.scenario_of(file)
    price = moments.annual(_play(scenario, space, sets, luck, seed, None)[:, 0])
    median = np.median((price / price[0]).reshape(len(price), -1, luck), axis=2)
    return history.error(median, history.index_of(scenario, len(price)))


def _play(
    scenario: Scenario, space: Space, sets: Vector, luck: int, seed: int, months: int | None, orders: tuple = ()
) -> Vector:
    """Prices, shape (months, series, sets * luck); the worlds of a set lie side by side."""
    from agents.market import Market, Order, Plan

    own = {name: np.repeat(sets[:, i], luck) for i, name in enumerate(space.names)}
    seeds = list(range(seed, seed + luck)) * len(sets)
    market = Market(scenario, seeds=seeds, orders=[Order(*one) for one in orders], own=own, record=Plan(outcomes=WATCHED))
    for _ in range(months or market.months):
        market.step()
    return market.record.values


def _over(values: Vector, luck: int) -> Vector:
    """Mean over the worlds of each set."""
    return values.reshape(-1, luck).mean(axis=1)
