"""How states spend on supply: which projects get a loan, and how fast a stockpile is filled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.deposits import places
from agents.observation import Observation
from sim import sums
from sim.levers import OFFTAKERS
from sim.network import Vector
from sim.units import MTU_PER_TONNE_W

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Candidates:
    """Projects that lack money in at least one world; every table has shape (candidates, worlds)."""

    index: list[int]
    """Position of each among the projects."""
    missing: Vector
    """Money still lacking, million USD; 0 in worlds where none is."""
    lent: Vector
    """Loans signed by anybody, million USD; an offer counts what its lender has signed already."""
    incentive: Vector
    """USD/mtu of APT at which each earns its hurdle."""
    partner: Vector
    """Code of the partner."""
    free: Vector
    """Share of output under no offtake."""

    def table(self, projects: tuple[str, ...], values: Vector) -> Vector:
        """Values of the candidates, set among zeros for all projects; shape (projects, worlds)."""
        whole = np.zeros((len(projects), values.shape[1]))
        whole[self.index] = values
        return whole


def candidates(seen: Observation, *avoided: str) -> Candidates:
    """Projects that lack money, but for those in the regions avoided.

    Projects that lack none in any world are left out because they change no world's decision.
    """
    needy = np.asarray((seen["missing"] > 0.0).any(axis=1))
    welcome = places(seen.projects, *avoided, elsewhere=True)
    index = [i for i in welcome if needy[seen.row(seen.projects[i])]]
    rows = [seen.row(seen.projects[i]) for i in index]
    free = np.ones((len(rows), seen.worlds))
    for buyer in OFFTAKERS:
        free = free - seen[f"offtake.{buyer}"][rows]
    return Candidates(
        index,
        seen["missing"][rows],
        seen["loan.signed"][rows],
        seen["incentive"][rows],
        seen["partner"][rows],
        np.clip(free, 0.0, 1.0),
    )


def cheapest(cost: Vector, allowed: Mask, count: Vector) -> Mask:
    """The few cheapest of those allowed; of equals, the first.

    Args:
        cost: what they are ranked by, shape (candidates, worlds).
        allowed: who may be chosen, same shape.
        count: how many are wanted, shape (worlds,).

    Returns:
        Chosen or not, shape (candidates, worlds).
    """
    chosen = np.zeros(allowed.shape, bool)
    places = np.arange(len(cost)).reshape(-1, 1)
    for already in range(min(len(cost), int(count.max()))):
        left = np.where(allowed & ~chosen, cost, np.inf)
        best = left.argmin(axis=0)
        chosen = chosen | ((places == best) & (left < np.inf) & (already < count))
    return chosen


def within(offers: Vector, limit: Vector) -> Vector:
    """Offers, cut in proportion so that together they stay within a limit.

    Args:
        offers: million USD, >= 0, shape (projects, worlds).
        limit: million USD, shape (worlds,).
    """
    together = sums.total(offers)
    return offers * np.where(together > limit, np.maximum(limit, 0.0) / np.maximum(together, 1e-9), 1.0)


def affordable(money: Vector, price: Vector) -> Vector:
    """Tungsten that money buys, t W/year, for million USD/year at USD/mtu."""
    return np.maximum(money, 0.0) * 1e6 / (MTU_PER_TONNE_W * np.maximum(price, 1.0))


def refill(short: Vector, years: Vector | float, most: float, money: Vector, price: Vector) -> Vector:
    """Stockpile purchases that close a gap in some years, as far as money goes.

    Args:
        short: tonnes below the target, t W; above it if negative, which buys nothing.
        years: time in which the gap is to close, years.
        most: largest purchases, t W/year.
        money: million USD/year.
        price: USD/mtu of APT.

    Returns:
        t W/year, >= 0.
    """
    return np.minimum(np.clip(short / years, 0.0, most), affordable(money, price))


def unspent(seen: Observation) -> Vector:
    """Part of the yearly budget that the last twelve months left, million USD, >= 0."""
    return np.maximum(seen["budget"] - seen["spent"], 0.0)


def dearness(seen: Observation, price: str) -> Vector:
    """A price over the price to which holders expect APT to return."""
    return seen[price] / np.maximum(seen["price.long_run"], 1.0)
