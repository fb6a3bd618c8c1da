"""Memory for tables that kernels read and write by whole registers."""

from __future__ import annotations

import numpy as np

from sim.network import Vector

_LINE = 64
"""Bytes that a processor moves at once: a register's worth that lies across two of them costs two moves."""


def unfilled(*shape: int) -> Vector:
    """An array that holds nothing yet and begins where a line of memory does, as NumPy's own need not."""
    size = 1
    for length in shape:
        size = size * length
    room = np.empty(size + _LINE // 8)
    first = -room.ctypes.data % _LINE // 8
    return room[first : first + size].reshape(shape)


def same(table: Vector) -> Vector:
    """A copy of a table in such memory."""
    copy = unfilled(*table.shape)
    copy[...] = table
    return copy
