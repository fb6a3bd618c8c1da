"""The past as a role knows it: single figures of its observations, each at the month that it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from agents.observation import STATISTICS_LAG, Observation
from sim.network import Vector

LATE = "statistic."
"""Start of the names of official statistics."""

Layout = tuple[tuple[str, tuple[int, ...], int], ...]


@dataclass(frozen=True)
class Known:
    """What one observation of one world tells, packed tightly: games keep one for each role and month."""

    layout: Layout
    """Names, shapes, () for a figure and (rows,) for a table, and sizes, in the order of the figures."""
    figures: Vector


@cache
def _shared(layout: Layout) -> Layout:
    """The layout, one for all that are equal."""
    return layout


def known_here(seen: Observation) -> Known:
    """What one observation of one world tells."""
    values = [(name, np.asarray(value, float)[..., 0]) for name, value in seen.items()]
    layout = _shared(tuple((name, value.shape, value.size) for name, value in values))
    return Known(layout, np.concatenate([value.reshape(-1) for _, value in values]))


def series(known: Sequence[Known]) -> dict[str, np.ndarray]:
    """Figures by month, (months,) or (months, rows) each.

    Args:
        known: what was known at the start and after each month.

    Returns:
        Element i belongs to month i; official statistics, which come late, end with NaN.
    """
    months, layout = len(known) - 1, known[-1].layout
    table = np.array([each.figures for each in known[1:]]).reshape(months, known[-1].figures.size)
    found, first = {}, 0
    for name, shape, size in layout:
        values = table[:, first : first + size].reshape(months, *shape)
        if name.startswith(LATE) and months:
            late = np.full_like(values, np.nan)
            late[: max(months - STATISTICS_LAG, 0)] = values[STATISTICS_LAG:]
            values = late
        found[name], first = values, first + size
    return found
