"""Sums over members add row after row, whatever the width of the block."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import sums

RNG = np.random.default_rng(3)


def wild(members: int, worlds: int) -> np.ndarray:
    """Values of such different sizes that any other order of adding shows."""
    return RNG.normal(0.0, 1.0, (members, worlds)) * 10.0 ** RNG.uniform(-8, 8, (members, worlds))


def added_in_plain_python(rows: np.ndarray) -> np.ndarray:
    out = np.zeros(rows.shape[1])
    for row in rows:
        out = out + row
    return out


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 40), st.integers(1, 70))
def test_sums_equal_adding_row_after_row(members, worlds):
    x, w = wild(members, worlds), wild(members, worlds)
    group = RNG.integers(0, 4, members)
    assert np.array_equal(sums.total(x), added_in_plain_python(x))
    assert np.array_equal(sums.weighted(x, w), added_in_plain_python(x * w))
    assert np.array_equal(sums.weighted(x, w[:, :1]), added_in_plain_python(x * w[:, :1]))
    assert np.array_equal(sums.weighted(x, w[:, 0]), added_in_plain_python(x * w[:, :1]))
    for each, row in enumerate(sums.grouped(x, group, 4)):
        assert np.array_equal(row, added_in_plain_python(x[group == each]))


@pytest.mark.parametrize("width", [1, 3, 64, 1000])
def test_a_world_has_the_same_sum_in_every_block(width):
    x, w, group = wild(37, 3000), wild(37, 3000), RNG.integers(0, 5, 37)
    whole = sums.total(x), sums.weighted(x, w), sums.grouped(x, group, 5)
    for start in range(0, 3000, max(width, 101)):
        here = slice(start, start + width)
        parts = (
            sums.total(x[:, here]),
            sums.weighted(x[:, here], w[:, here]),
            sums.grouped(x[:, here], group, 5),
        )
        for part, all_worlds in zip(parts, whole, strict=True):
            assert part.tobytes() == np.ascontiguousarray(all_worlds[..., here]).tobytes()


def test_sums_accept_what_may_not_be_written_and_what_is_not_contiguous():
    x = wild(5, 8)
    frozen = x.copy()
    frozen.flags.writeable = False
    assert np.array_equal(sums.total(frozen), sums.total(x))
    assert np.array_equal(sums.total(x.T), added_in_plain_python(x.T))
    assert np.array_equal(sums.total(x > 0), np.count_nonzero(x > 0, axis=0))


def test_wrong_shapes_and_groups_are_refused():
    x = wild(3, 4)
    with pytest.raises(ValueError, match="expected shape"):
        sums.total(x[0])
    with pytest.raises(ValueError, match="do not fit"):
        sums.weighted(x, x[:, :2])
    with pytest.raises(ValueError, match="do not fit"):
        sums.grouped(x, [0, 1], 2)
    with pytest.raises(ValueError, match="must lie"):
        sums.grouped(x, [0, 1, 2], 2)
    with pytest.raises(ValueError, match="must lie"):
        sums.grouped(x, [0, -1, 1], 2)
