"""Numbers kept within a range, and numbers picked by a category: small things that rules need."""

from __future__ import annotations

from sim.compiled import inline


@inline
def clip(x: float, low: float, high: float) -> float:
    """The number, or the end of the range beyond which it lies; NaN stays NaN. For use in rules."""
    x = low if x < low else x
    return high if x > high else x


@inline
def of_two(category: float, numbers: tuple[float, float]) -> float:
    """The number that belongs to category 0 or 1. For use in rules."""
    return numbers[0] if category < 0.5 else numbers[1]


@inline
def of_three(category: float, numbers: tuple[float, float, float]) -> float:
    """The number that belongs to category 0, 1 or 2. For use in rules."""
    return numbers[0] if category < 0.5 else (numbers[1] if category < 1.5 else numbers[2])
