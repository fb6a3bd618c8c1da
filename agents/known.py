"""The past as a role knows it: single figures of its observations, each at the month that it tells of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agents.observation import STATISTICS_LAG, Observation
from sim.network import Vector

LATE = "statistic."
"""Start of the names of official statistics."""


def known_here(seen: Observation) -> dict[str, Vector]:
    """What one observation of one world tells, by name: () for a figure, (rows,) for a table."""
    return {name: np.asarray(value, float)[..., 0] for name, value in seen.items()}


def series(known: Sequence[dict[str, Vector]]) -> dict[str, np.ndarray]:
    """Figures by month, (months,) or (months, rows) each.

    Args:
        known: what was known at the start and after each month.

    Returns:
        Element i belongs to month i; official statistics, which come late, end with NaN.
    """
    months = len(known) - 1
    found = {}
    for name in known[-1]:
        values = np.array([each[name] for each in known[1:]])
        if name.startswith(LATE) and months:
            late = np.full_like(values, np.nan)
            late[: max(months - STATISTICS_LAG, 0)] = values[STATISTICS_LAG:]
            values = late
        found[name] = values
    return found
