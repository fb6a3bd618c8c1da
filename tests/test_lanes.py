"""Numbers of several worlds in one register."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import njit

from sim.lanes import LANES, give, give_to, somewhere, take, take_from, where, within

SPECIAL = np.array([0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 5e-324, 1e308])


def _numbers(random: np.random.Generator, worlds: int) -> np.ndarray:
    return np.where(random.random(worlds) < 0.3, random.choice(SPECIAL, worlds), random.normal(size=worlds))


@njit(error_model="numpy")
def _by_lanes(a, b, c, out):  # type: ignore[no-untyped-def]
    n = a.size
    for k in range(0, n, LANES):
        here = within(k, n)
        x, y, z = take(a, k, here), take(b, k, here), take(c, k, here)
        chosen = where((x > y) & ~(z < 0.5) | (x == 2.0), -x / y - z, 3.0 * x + 1.0)
        give(out, k, here, max(min(chosen, z), max(0.0, x)))


@njit(error_model="numpy")
def _by_world(a, b, c, out):  # type: ignore[no-untyped-def]
    for k in range(a.size):
        x, y, z = a[k], b[k], c[k]
        chosen = -x / y - z if (x > y and not z < 0.5) or x == 2.0 else 3.0 * x + 1.0
        out[k] = max(min(chosen, z), max(0.0, x))


@pytest.mark.parametrize("worlds", [1, 7, LANES, LANES + 1, 3 * LANES - 1])
def test_lanes_give_the_bits_of_single_worlds(worlds: int) -> None:
    random = np.random.default_rng(worlds)
    for _ in range(20):
        a, b, c = (_numbers(random, worlds) for _ in range(3))
        wide, alone = np.empty(worlds), np.empty(worlds)
        _by_lanes(a, b, c, wide)
        _by_world(a, b, c, alone)
        assert wide.tobytes() == alone.tobytes()


def test_nothing_beyond_a_row_is_read_or_written() -> None:
    @njit
    def double(row, n):  # type: ignore[no-untyped-def]
        found = 0
        for k in range(0, n, LANES):
            here = within(k, n)
            x = take(row, k, here)
            found += 1 if somewhere(x == 9.0) else 0
            give(row, k, here, 2.0 * x)
        return found

    row = np.concatenate([np.ones(LANES + 3), np.full(LANES, 9.0)])
    assert double(row, LANES + 3) == 0
    assert np.array_equal(row, np.concatenate([np.full(LANES + 3, 2.0), np.full(LANES, 9.0)]))


@pytest.mark.parametrize("worlds", [1, LANES + 5])
def test_a_row_of_a_table_is_taken_and_written_like_a_row_alone(worlds: int) -> None:
    @njit
    def swap(table, n):  # type: ignore[no-untyped-def]
        for k in range(0, n, LANES):
            here = within(k, n)
            x, y = take_from(table, 0, k, here), take_from(table, 2, k, here)
            give_to(table, 0, k, here, y)
            give_to(table, 2, k, here, x)

    before = _numbers(np.random.default_rng(worlds), 3 * worlds).reshape(3, worlds)
    after = before.copy()
    swap(after, worlds)
    assert after.tobytes() == before[::-1].tobytes()
