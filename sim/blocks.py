"""Blocks of worlds that a kernel takes through all its rows before the next ones.

What a kernel sums or reads again then stays in the nearest cache. Rows that pass through small tables of BLOCK
columns have constant strides, so that LLVM sees that nothing overlaps and needs no check.
"""

from __future__ import annotations

from typing import Any

from sim.compiled import inline

BLOCK = 128
"""Worlds in a block."""


@inline
def copy(values: Any, place: Any) -> None:
    """Write values to the first places of a row."""
    for k in range(values.size):
        place[k] = values[k]


@inline
def add(values: Any, sums: Any) -> None:
    """Add values to the first places of a row."""
    for k in range(values.size):
        sums[k] += values[k]
