"""Tables of what is offered to projects: rows that are not empty, sums over rows that qualify; and purchases."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.bare import bare
from sim.blocks import BLOCK
from sim.compiled import inline, kernel
from sim.lanes import LANES, everywhere, give, give_to, somewhere, take, take_from, where, within
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


@bare
def _total_where(values: Vector, marks: Vector, rows: Rows, low: float, high: float, out: Vector) -> None:
    for start in range(0, out.size, BLOCK):
        end = min(start + BLOCK, out.size)
        for k in range(start, end):
            out[k] = 0.0
        for row in rows:
            for k in range(start, end, LANES):
                here = within(k, end)
                mark = take_from(marks, row, k, here)
                counts = here & (mark >= low) & (mark <= high)
                if somewhere(counts):
                    value = where(counts, take_from(values, row, k, here), 0.0)
                    give(out, k, here, take(out, k, here) + value)


def total_where(values: Vector, marks: Vector, rows: Rows, low: float, high: float) -> Vector:
    """Sum of some rows of a table where their marks lie in a range, in the order of the rows.

    Args:
        values, marks: tables (members, worlds).
        rows: rows that count.
        low, high: least and greatest mark.

    Returns:
        Shape (worlds,).
    """
    out = np.empty(values.shape[1])
    _total_where(values, marks, rows, float(low), float(high), out)
    return out


@bare
def shares_of(values: Vector, marks: Vector, rows: Rows, codes: Vector, last: float, shares: Vector) -> None:
    """Fill in the share that members with each mark have in some rows of a table.

    Args:
        values, marks: tables (members, worlds).
        rows: rows that count.
        codes: marks that are asked for, (marks,).
        last: the largest mark; members with another have no part in anything.
        shares: to be filled, 0 to 1, (marks, worlds).
    """
    worlds = shares.shape[1]
    for i in range(codes.size):
        for k in range(0, worlds, LANES):
            here = within(k, worlds)
            every = have = everywhere(0.0)
            for row in rows:
                value, mark = take_from(values, row, k, here), take_from(marks, row, k, here)
                every = every + where((mark >= 0.0) & (mark <= last), value, 0.0)
                have = have + where(mark == codes[i], value, 0.0)
            give_to(shares, i, k, here, have / max(every, 1e-9))


@lru_cache(maxsize=8)
def nothing(projects: int, worlds: int) -> Vector:
    """No offer to any project, always the same table, (projects, worlds)."""
    return np.zeros((projects, worlds))


@kernel
def in_force(ordered: Vector, ruled: Vector, values: Vector) -> None:
    """Fill in what is ordered, and what a rule decided where that is NaN, (numbers,) each."""
    for k in range(values.size):
        values[k] = ruled[k] if np.isnan(ordered[k]) else ordered[k]


@kernel
def lay_over(ordered: Vector, is_ordered: Rows, ruled: Vector, has: Rows, table: Vector, marks: Rows) -> None:
    """Write what is ordered, and where nothing is what a rule offers, into a table of zeros but for marked rows.

    Args:
        ordered: NaN where the rule decides, (projects, worlds).
        is_ordered: 1 for projects for which anything is ordered, (projects,).
        ruled: what the rule offers, (projects, worlds).
        has: 1 for projects that the rule offers anything, (projects,).
        table: (projects, worlds), in place.
        marks: 1 for projects of which the table holds anything, (projects,), in place.
    """
    for row in range(marks.size):
        if has[row] or is_ordered[row]:
            marks[row] = 1
            for k in range(table.shape[1]):
                wish = ordered[row, k]
                table[row, k] = ruled[row, k] if np.isnan(wish) else wish
        elif marks[row]:
            marks[row] = 0
            table[row, :] = 0.0


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
