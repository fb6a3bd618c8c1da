"""Sums over members in a fixed order, so that a world's sum does not depend on the other worlds.

Every sum starts from zero and adds row after row, exactly as a loop in Python would; `np.sum` and
its relatives regroup with the width of the block.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.compiled import kernel

Vector = NDArray[np.float64]

# worlds handled together, so that what is being summed stays in the processor's nearest memory
_WORLDS = 1024


@kernel
def _total(x: Vector, out: Vector) -> None:
    members, worlds = x.shape
    for start in range(0, worlds, _WORLDS):
        sums = out[start : start + _WORLDS]
        sums[:] = 0.0
        for member in range(members):
            row = x[member, start : start + _WORLDS]
            for k in range(sums.size):
                sums[k] += row[k]


@kernel
def _weighted(x: Vector, weight: Vector, out: Vector) -> None:
    members, worlds = x.shape
    for start in range(0, worlds, _WORLDS):
        sums = out[start : start + _WORLDS]
        sums[:] = 0.0
        for member in range(members):
            row = x[member, start : start + _WORLDS]
            if weight.shape[1] == 1 and worlds > 1:
                single = weight[member, 0]
                for k in range(sums.size):
                    sums[k] += row[k] * single
            else:
                factor = weight[member, start : start + _WORLDS]
                for k in range(sums.size):
                    sums[k] += row[k] * factor[k]


@kernel
def _grouped(x: Vector, group: NDArray[np.int64], out: Vector) -> bool:
    members, worlds = x.shape
    for member in range(members):
        if group[member] < 0 or group[member] >= out.shape[0]:
            return False
    for start in range(0, worlds, _WORLDS):
        for each in range(out.shape[0]):
            out[each, start : start + _WORLDS] = 0.0
        for member in range(members):
            row = x[member, start : start + _WORLDS]
            sums = out[group[member], start : start + _WORLDS]
            for k in range(sums.size):
                sums[k] += row[k]
    return True


def _table(x: ArrayLike) -> Vector:
    table = np.ascontiguousarray(x, np.float64)
    if table.ndim != 2:
        raise ValueError(f"expected shape (members, worlds), got {table.shape}")
    return table


def total(x: ArrayLike) -> Vector:
    """Sum over members.

    Args:
        x: shape (members, worlds).

    Returns:
        Shape (worlds,); zero if there are no members.

    Raises:
        ValueError: x has not two axes.
    """
    table = _table(x)
    out = np.empty(table.shape[1])
    _total(table, out)
    return out


@kernel
def _total_of(table: Vector, rows: NDArray[np.int64], out: Vector) -> None:
    worlds = out.size
    for start in range(0, worlds, _WORLDS):
        sums = out[start : start + _WORLDS]
        sums[:] = 0.0
        for row in rows:
            members = table[row, start : start + _WORLDS]
            for k in range(sums.size):
                sums[k] += members[k]


def total_of(table: Vector, rows: NDArray[np.int64]) -> Vector:
    """Sum of some rows of a table (rows, worlds) of one stretch, in their order, (worlds,)."""
    out = np.empty(table.shape[1])
    _total_of(table, rows, out)
    return out


def weighted(x: ArrayLike, weight: ArrayLike) -> Vector:
    """Sum over members of x times weight.

    Args:
        x: shape (members, worlds).
        weight: shape (members, worlds), or (members,) or (members, 1) for weights alike in all worlds.

    Returns:
        Shape (worlds,), equal to total(x * weight).

    Raises:
        ValueError: another shape.
    """
    table = _table(x)
    factor = np.ascontiguousarray(weight, np.float64)
    if factor.ndim == 1:
        factor = factor.reshape(-1, 1)
    if factor.shape not in (table.shape, (table.shape[0], 1)):
        raise ValueError(f"weights of shape {np.shape(weight)} do not fit values of shape {table.shape}")
    out = np.empty(table.shape[1])
    _weighted(table, factor, out)
    return out


def grouped(x: ArrayLike, group: Sequence[int] | NDArray[np.integer], size: int) -> Vector:
    """Sum over the members of each group.

    Args:
        x: shape (members, worlds).
        group: each member's group, 0 <= group < size, shape (members,).
        size: number of groups; a group without members gets zero.

    Returns:
        Shape (size, worlds).

    Raises:
        ValueError: another shape, or a group out of range.
    """
    table = _table(x)
    index = np.ascontiguousarray(group, np.int64)
    if index.shape != table.shape[:1]:
        raise ValueError(f"groups of shape {index.shape} do not fit values of shape {table.shape}")
    out = np.empty((size, table.shape[1]))
    if not _grouped(table, index, out):
        raise ValueError(f"groups must lie in [0, {size})")
    return out
