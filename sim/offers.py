"""Money and contracts offered to projects: sums over rows that qualify, the cheapest few, cuts to a budget."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sim.compiled import inline, kernel
from sim.network import Vector
from sim.ranges import clip
from sim.units import MTU_PER_TONNE_W

Rows = NDArray[np.int64]


@kernel
def _rows_above_zero(table: Vector, found: NDArray[np.bool_]) -> None:
    rows, worlds = table.shape
    for row in range(rows):
        some = False
        for k in range(worlds):
            some |= table[row, k] > 0.0
        found[row] = some


def rows_above_zero(table: Vector) -> NDArray[np.bool_]:
    """Whether a row of a table (rows, worlds) is above zero in any world, (rows,)."""
    found = np.empty(table.shape[0], bool)
    _rows_above_zero(table, found)
    return found


@kernel
def _total_where(values: Vector, marks: Vector, rows: Rows, low: float, high: float, out: Vector) -> None:
    for row in rows:
        value, mark = values[row], marks[row]
        for k in range(out.size):
            out[k] += value[k] if low <= mark[k] <= high else 0.0


def total_where(values: Vector, marks: Vector, rows: Rows, low: float, high: float) -> Vector:
    """Sum of some rows of a table where their marks lie in a range, in the order of the rows.

    Args:
        values, marks: tables (members, worlds).
        rows: rows that count.
        low, high: least and greatest mark.

    Returns:
        Shape (worlds,).
    """
    out = np.zeros(values.shape[1])
    _total_where(values, marks, rows, low, high, out)
    return out


@kernel
def _cheapest(rank: Vector, count: Vector, chosen: Vector) -> None:
    rows, worlds = rank.shape
    most = 0.0
    for k in range(worlds):
        most = max(most, count[k])
    # the best so far in each world, in order
    best, place = np.full((int(most) + 1, worlds), np.inf), np.empty((int(most) + 1, worlds), np.int64)
    chosen[:] = 0.0
    for row in range(rows):
        for k in range(worlds):
            if rank[row, k] < np.inf:
                at = int(count[k])
                while at > 0 and rank[row, k] < best[at - 1, k]:
                    best[at, k], place[at, k] = best[at - 1, k], place[at - 1, k]
                    at -= 1
                best[at, k], place[at, k] = rank[row, k], row
    for at in range(int(most)):
        for k in range(worlds):
            if at < count[k] and best[at, k] < np.inf:
                chosen[place[at, k], k] = 1.0


def cheapest(rank: Vector, count: Vector) -> Vector:
    """The few with the lowest rank; of equals, the first.

    Args:
        rank: what they are ranked by, inf for those that may not be chosen, (candidates, worlds).
        count: how many are wanted, (worlds,).

    Returns:
        1 where chosen, 0 elsewhere, (candidates, worlds).
    """
    chosen = np.empty(rank.shape)
    _cheapest(rank, count, chosen)
    return chosen


@lru_cache(maxsize=8)
def nothing(projects: int, worlds: int) -> Vector:
    """No offer to any project, always the same table, (projects, worlds)."""
    return np.zeros((projects, worlds))


@dataclass(frozen=True, eq=False)
class Offers:
    """What some projects are offered; all others are offered nothing. As an array it is a table (projects, worlds)."""

    places: Rows
    """Place of each among all projects, ascending."""
    values: Vector
    """Offer to each, (some projects, worlds)."""
    projects: int
    """How many projects there are."""

    def __array__(self, dtype: DTypeLike = float, copy: bool | None = None) -> NDArray[Any]:
        whole = np.zeros((self.projects, self.values.shape[1]), dtype)
        whole[self.places] = self.values
        return whole


_ALL, _UNLIMITED = np.empty((0, 0)), np.empty(0)


@kernel
def _spread(values: Vector, chosen: Vector, order: Rows, limit: Vector, given: Vector, kept: Rows) -> int:
    """Fill in the offers that somebody gets in any world, and which of the projects they go to; gives their number."""
    worlds, count = values.shape[1], 0
    share = np.zeros(worlds)
    for i in order:
        row, some = given[count], False
        if chosen.shape[0] > 0:
            for k in range(worlds):
                row[k] = values[i, k] * chosen[i, k]
        else:
            for k in range(worlds):
                row[k] = values[i, k]
        for k in range(worlds):
            some |= row[k] > 0.0
        if some:
            for k in range(worlds):
                share[k] += row[k]
            kept[count] = i
            count += 1
    if limit.size > 0:
        for k in range(worlds):
            left = max(limit[k], 0.0) / max(share[k], 1e-9)
            share[k] = left if share[k] > limit[k] else 1.0
        for i in range(count):
            for k in range(worlds):
                given[i, k] *= share[k]
    return count


def spread(
    values: Vector, places: Rows, projects: int, limit: Vector | None = None, chosen: Vector | None = None
) -> Offers:
    """Offers to some projects.

    Args:
        values: >= 0, (some projects, worlds).
        places: place of each among all projects.
        projects: how many there are.
        limit: what they may come to together; beyond it they are cut in proportion, (worlds,).
        chosen: 1 for those that do get an offer, 0 for others, (some projects, worlds); all if left out.
    """
    given, kept = np.empty((len(values) + 1, values.shape[1])), np.empty(len(values), np.int64)
    among, most = _ALL if chosen is None else chosen, _UNLIMITED if limit is None else limit
    count = _spread(values, among, np.argsort(places), most, given, kept)
    return Offers(places[kept[:count]], given[:count], projects)


@inline
def affordable(money: float, price: float) -> float:
    """Tungsten that money buys, t W/year, for million USD/year at USD/mtu. For use in rules."""
    return max(money, 0.0) * 1.0e6 / (MTU_PER_TONNE_W * max(price, 1.0))


@inline
def refill(short: float, years: float, most: float, money: float, price: float) -> float:
    """Stockpile purchases that close a gap in some years, as far as money goes, t W/year, >= 0. For use in rules.

    Args:
        short: tonnes below the target, t W; above it if negative, which buys nothing.
        years: time in which the gap is to close, years.
        most: largest purchases, t W/year.
        money: million USD/year.
        price: USD/mtu of APT.
    """
    return min(clip(short / years, 0.0, most), affordable(money, price))
