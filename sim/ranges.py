"""Numbers kept within a range, and numbers picked by a category: small things that rules need.

They take single numbers, and numbers by lane: see `sim.lanes`.
"""

from __future__ import annotations

from sim.compiled import inline
from sim.lanes import where


@inline
def clip(x: float, low: float, high: float) -> float:
    """The number, or the end of the range beyond which it lies; NaN stays NaN. For use in rules."""
    x = where(x < low, low, x)
    return where(x > high, high, x)


@inline
def of_two(category: float, numbers: tuple[float, float]) -> float:
    """The number that belongs to category 0 or 1. For use in rules."""
    return where(category < 0.5, numbers[0], numbers[1])


@inline
def of_three(category: float, numbers: tuple[float, float, float]) -> float:
    """The number that belongs to category 0, 1 or 2. For use in rules."""
    return where(category < 0.5, numbers[0], where(category < 1.5, numbers[1], numbers[2]))
