"""Keeps tables of numbers within a range, and copies nothing that lies in it already."""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.network import Vector


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
