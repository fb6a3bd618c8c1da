"""Blocks of worlds that a kernel takes through all its rows before the next ones.

What a kernel sums or reads again then stays near, and rows are still read in stretches long enough to be fetched ahead.
Rows that pass through one small table of BLOCK columns have constant strides, so that LLVM sees that nothing overlaps.
"""

from __future__ import annotations

from typing import Any

from sim.compiled import inline
from sim.lanes import LANES, give_to, take_from, within

BLOCK = 504
"""Worlds in a block: nearly a page of memory a row, but no power of two, or all rows would want the same places."""

NEAR = 224
"""Worlds in a block whose every table stays in the processor's second memory, from the first stage to the last."""


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


@inline
def add_row(table: Any, row: Any, worlds: Any, sums: Any, place: Any) -> None:
    """Add the first worlds of a table's row to a row of sums."""
    for k in range(0, worlds, LANES):
        here = within(k, worlds)
        give_to(sums, place, k, here, take_from(sums, place, k, here) + take_from(table, row, k, here))


@inline
def copy_rows(near: Any, table: Any, lo: Any, hi: Any) -> None:
    """Write rows of worlds `lo` to `hi` to a table of all worlds."""
    for row in range(near.shape[0]):
        for k in range(lo, hi, LANES):
            here = within(k, hi)
            give_to(table, row, k, here, take_from(near, row, k - lo, here))
