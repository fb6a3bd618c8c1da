"""Numbers kept within a range, and numbers picked by a category: small things that rules and tables need."""

from __future__ import annotations

import numpy as np

from sim.compiled import inline, kernel
from sim.network import Vector


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


@kernel
def _leaves(values: Vector, low: float, high: float) -> bool:
    outside = False
    for k in range(values.size):
        outside |= (values[k] < low) | (values[k] > high)
    return outside


def within(table: Vector, low: float, high: float) -> Vector:
    """The table, or a copy in which what lies below or above the range lies at its end; NaN stays NaN.

    Args:
        table: any shape.
        low, high: ends of the range, in the table's unit.
    """
    if _leaves(table.reshape(-1), low, high):
        return np.minimum(np.maximum(table, low), high)
    return table


@kernel
def _rows_leave(table: Vector, ends: Vector) -> bool:
    outside = False
    for row in range(table.shape[0]):
        low, high = ends[row, 0], ends[row, 1]
        for k in range(table.shape[1]):
            outside |= (table[row, k] < low) | (table[row, k] > high)
    return outside


def within_rows(table: Vector, ends: Vector) -> Vector:
    """The same for a table (rows, worlds) whose rows have ranges of their own, (rows, 2)."""
    if _rows_leave(table, ends):
        return np.minimum(np.maximum(table, ends[:, :1]), ends[:, 1:])
    return table
