"""Choosing among projects that seek money: what is left of their output, and the few best of each world, by lane.

What is here takes single numbers, and numbers by lane: see `sim.lanes`.
"""

from __future__ import annotations

import math

from sim.compiled import inline
from sim.lanes import everywhere, get, put, where
from sim.network import Vector

FEW = 3
"""Most projects of a world that one lender chooses at once."""


@inline
def free_output(china: float, us: float, europe: float, east: float) -> float:
    """Share of a mine's output that is not sold under contract to any of four buyers, 0 to 1."""
    return min(max(1.0 - china - us - europe - east, 0.0), 1.0)


@inline
def for_two(category: float, numbers: tuple[float, float]) -> float:
    """`sim.ranges.of_two`, by lane."""
    return where(category < 0.5, numbers[0], numbers[1])


@inline
def for_three(category: float, numbers: tuple[float, float, float]) -> float:
    """`sim.ranges.of_three`, by lane."""
    return where(category < 0.5, numbers[0], where(category < 1.5, numbers[1], numbers[2]))


@inline
def cut(offer: float, together: float, limit: float) -> float:
    """An offer, less in proportion if all of a world together pass a limit; all in one unit."""
    return where(together > limit, offer * (max(limit, 0.0) / max(together, 1e-9)), offer)


@inline
def open_list(best: Vector, which: Vector, lender: int) -> None:
    """Begin a list of the few best: ranks and places by lane, FEW rows for each lender."""
    for j in range(lender * FEW, lender * FEW + FEW):
        put(best, j, math.inf)
        put(which, j, -1.0)


@inline
def enlist(best: Vector, which: Vector, lender: int, rank: float, place: float) -> None:
    """Enter a project into a lender's list if it ranks below one of the few there; of equals the first stays ahead.

    Args:
        best, which: see `open_list`.
        lender: number of the list.
        rank: the lower the better; infinity never enters.
        place: of the project.
    """
    who = everywhere(place)
    pushed = rank < get(best, lender * FEW)
    for j in range(lender * FEW, lender * FEW + FEW):
        standing, holder = get(best, j), get(which, j)
        pushed = pushed | (rank < standing)
        put(best, j, where(pushed, rank, standing))
        put(which, j, where(pushed, who, holder))
        rank, who = where(pushed, standing, rank), where(pushed, holder, who)


@inline
def is_chosen(which: Vector, lender: int, place: float, most: float) -> bool:
    """Whether a project is among the first `most`, FEW at the most, of a lender's list."""
    chosen = (get(which, lender * FEW) == place) & (most > 0.0)
    for j in range(1, FEW):
        chosen = chosen | ((get(which, lender * FEW + j) == place) & (most > float(j)))
    return chosen
