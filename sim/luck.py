"""Luck as a pure function of (world's seed, purpose, names, month, index, branch).

Nothing is drawn in order: asking for one more number, or adding one more member, changes no other
number. Two policies under the same seeds therefore meet the same luck, and a look-ahead asks with
a branch of its own, whose luck says nothing about what will happen.

Generator: Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, Parallel random numbers: as easy as
1, 2, 3). Key: the world's seed. Counter: the stream (64 bits), month (16), index (16), branch (32).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.compiled import inline, kernel
from sim.exact import central_normal_quantile, normal_quantile

Vector = NDArray[np.float64]
Seeds = NDArray[np.uint64]
Streams = np.uint64 | NDArray[np.uint64]

OTHER = np.uint64(0x9E3779B97F4A7C15)
"""The golden ratio's odd multiplier spreads neighbours over all 64 bits, and wraps around."""

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_STEP_0 = np.uint64(0x9E3779B9)
_STEP_1 = np.uint64(0xBB67AE85)
_ONE_BITS = np.uint64(0x3FF0000000000000)
_DROPPED = np.uint64(12)
# 1 - 2**-53: takes [1, 2) to the open interval (0, 1), exactly
_JUST_BELOW_ONE = 0.9999999999999999
_HAPPENS = np.zeros(1, np.uint64)
# worlds handled together: their keys and results stay in the processor's nearest memory
_WORLDS = 512


def other(seeds: Seeds, numbers: Vector) -> Seeds:
    """Seeds of another luck by its number in each world, the seed itself for 0; however wide the block, the same."""
    return seeds + numbers.astype(np.uint64) * OTHER


def stream(purpose: str, *names: str) -> np.uint64:
    """Stable 64-bit number of a source of luck, such as ("winter", "Verkhnee Kairakty").

    The same for ever, on every machine: BLAKE2b of the words, joined by a character that no word
    may hold.

    Raises:
        ValueError: a word holds the character U+001F.
    """
    words = (purpose, *names)
    if any("\x1f" in word for word in words):
        raise ValueError("a purpose or name must not hold the separator U+001F")
    digest = hashlib.blake2b("\x1f".join(words).encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def streams(purpose: str, names: Sequence[str]) -> NDArray[np.uint64]:
    """Streams of many members for one purpose, shape (members,)."""
    return np.array([stream(purpose, name) for name in names], np.uint64)


@inline
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Philox4x32-10: four 32-bit words from a counter of four and a key of two, all held in uint64."""
    for _ in range(10):
        product_0 = c0 * _MULTIPLIER_0
        product_1 = c2 * _MULTIPLIER_1
        c0 = (product_1 >> _HALF) ^ c1 ^ k0
        c2 = (product_0 >> _HALF) ^ c3 ^ k1
        c1 = product_1 & _LOW
        c3 = product_0 & _LOW
        k0 = (k0 + _STEP_0) & _LOW
        k1 = (k1 + _STEP_1) & _LOW
    return c0, c1, c2, c3


@inline
def uniform_of(seed: np.uint64, source: np.uint64, when: np.uint64, branch: np.uint64) -> float:
    """One uniform in (0, 1) with 52 bits."""
    low, high, _, _ = philox(source & _LOW, source >> _HALF, when, branch & _LOW, seed & _LOW, seed >> _HALF)
    bits = np.uint64(low | (high << _HALF)) >> _DROPPED
    return np.uint64(bits | _ONE_BITS).view(np.float64) - _JUST_BELOW_ONE


@kernel
def _fill(
    seeds: Seeds, sources: NDArray[np.uint64], when: np.uint64, branches: NDArray[np.uint64], out: Vector
) -> None:
    worlds = seeds.size
    for start in range(0, worlds, _WORLDS):
        keys = seeds[start : start + _WORLDS]
        for member in range(sources.size):
            source = sources[member]
            target = out[member, start : start + _WORLDS]
            if branches.size == 1:
                branch = branches[0]
                for k in range(keys.size):
                    target[k] = uniform_of(keys[k], source, when, branch)
            else:
                own = branches[start : start + _WORLDS]
                for k in range(keys.size):
                    target[k] = uniform_of(keys[k], source, when, own[k])


@kernel
def draw(seeds: Seeds, source: np.uint64, when: np.uint64, branch: np.uint64, out: Vector) -> None:
    """Uniform numbers of one stream, month and branch for all worlds, (worlds,), into `out`."""
    for k in range(seeds.size):
        out[k] = uniform_of(seeds[k], source, when, branch)


@kernel
def to_normal(row: Vector) -> None:
    """Turn uniform numbers into standard normal ones, (worlds,), in place.

    Most lie where the quantile is cheap; the others are packed together, so that both loops vectorise.
    """
    where, packed = np.empty(_WORLDS, np.int64), np.empty(_WORLDS)
    for start in range(0, row.size, _WORLDS):
        part = row[start : start + _WORLDS]
        count = 0
        for k in range(part.size):
            where[count], packed[count] = k, part[k]
            count += 1 if abs(part[k] - 0.5) > 0.425 else 0
        for k in range(part.size):
            part[k] = central_normal_quantile(part[k])
        for i in range(count):
            packed[i] = normal_quantile(packed[i])
        for i in range(count):
            part[where[i]] = packed[i]


@kernel
def draw_normal(seeds: Seeds, source: np.uint64, month: int, out: Vector) -> None:
    """Standard normal numbers of one stream and month for some worlds, as `normal` gives them."""
    draw(seeds, source, np.uint64(month), np.uint64(0), out)
    to_normal(out)


@kernel
def _to_normal(out: Vector) -> None:
    for member in range(out.shape[0]):
        to_normal(out[member])


def _branches(branch: int | NDArray[np.integer]) -> NDArray[np.uint64]:
    branches = np.atleast_1d(np.asarray(branch))
    if branches.dtype.kind not in "iu" or (branches.size and (branches.min() < 0 or branches.max() >> 32)):
        raise ValueError("a branch is a whole number in [0, 2**32)")
    return np.ascontiguousarray(branches, np.uint64)


def _draw(
    seeds: Seeds, source: Streams, month: int, index: int, branch: int | NDArray[np.integer], normal: bool
) -> Vector:
    if not (0 <= month < 65536 and 0 <= index < 65536):
        raise ValueError(f"month {month} and index {index} must lie in [0, 65536)")
    keys = np.ascontiguousarray(seeds, np.uint64)
    sources = np.asarray(source, np.uint64)
    branches = _HAPPENS if isinstance(branch, int) and branch == 0 else _branches(branch)
    if keys.ndim != 1 or sources.ndim > 1 or branches.shape not in ((1,), keys.shape):
        raise ValueError(
            f"seeds {keys.shape}, streams {sources.shape} and branch {np.shape(branch)} must be "
            "(worlds,), one or (members,), and one or (worlds,)"
        )
    out = np.empty((sources.size, keys.size))
    _fill(keys, sources.ravel(), np.uint64(month + 65536 * index), branches, out)
    if normal:
        _to_normal(out)
    return out if sources.ndim else out[0]


def uniform(
    seeds: Seeds,
    source: Streams,
    month: int,
    index: int = 0,
    branch: int | NDArray[np.integer] = 0,
) -> Vector:
    """Uniform numbers in the open interval (0, 1), 52 bits.

    Args:
        seeds: the worlds' seeds, uint64, shape (worlds,).
        source: one stream, or streams of shape (members,).
        month: months since the start, 0 to 65535.
        index: which of several numbers for the same stream and month, 0 to 65535.
        branch: 0 for what happens; 1 to 2**32 - 1 for look-aheads; one, or one for each world.

    Returns:
        Shape (worlds,) for one stream, (members, worlds) for several.

    Raises:
        ValueError: a shape, month, index or branch that does not fit.
    """
    return _draw(seeds, source, month, index, branch, False)


def normal(
    seeds: Seeds,
    source: Streams,
    month: int,
    index: int = 0,
    branch: int | NDArray[np.integer] = 0,
) -> Vector:
    """Standard normal numbers, the quantiles of `uniform` with the same arguments.

    Arguments, shapes and errors as for `uniform`.
    """
    return _draw(seeds, source, month, index, branch, True)
