"""When projects were expected to open, month by month: told by looking ahead, and kept with the session."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from numpy.typing import NDArray

if TYPE_CHECKING:
    from agents.session import Session

NOTICEABLE = 3.0
"""Months by which an expectation must move to be told."""
RAMP_UP, CARE = 5.0, 7.0
"""Stages between which a mine produces: from ramp-up until it is idle again."""
SPREAD = 18.0
"""Months after the middle that stand for a late date beyond what was looked ahead."""


def opening(stages: NDArray) -> float:
    """Months until a mine digs, given its stage month by month; NaN if it does not."""
    there = ((stages >= RAMP_UP) & (stages < CARE)).nonzero()[0]
    return float(there[0]) + 1 if len(there) else math.nan


def first_output(stages: NDArray, month: int) -> tuple[float, float, float]:
    """Early, middle and late month of first output; NaN beyond the reach of what was looked ahead.

    Where the upper quarter of worlds is in ramp-up, a quarter of them produces.

    Args:
        stages: quantiles 10, 25, 50, 75, 90 of a project's stage, (5, months).
        month: months played before the first of them.
    """
    early, middle, late = (month + opening(stages[i]) for i in (3, 2, 1))
    if math.isnan(middle):
        return early, math.nan, math.nan
    return (min(early, middle) if math.isfinite(early) else middle), middle, late if math.isfinite(late) else middle + SPREAD


def keep(session: Session, stages: Mapping[str, NDArray]) -> None:
    """Keep with the month where the session stands what is expected of projects that do not produce.

    Args:
        session: where it stands.
        stages: by project, quantiles as for `first_output`.
    """
    mines = session.market.mines
    expected = {key: first_output(found, session.month)[1] for key, found in stages.items()}
    session.at.expected = {
        key: month
        for key, month in expected.items()
        if math.isfinite(month) and float(mines.stage[mines.names.index(key), 0]) < RAMP_UP
    }


def told(session: Session) -> dict[str, list[tuple[int, float]]]:
    """By project, when it was looked at and what month was expected then, where that moved by a quarter or more."""
    found: dict[str, list[tuple[int, float]]] = {}
    for node in session.at.line():
        for key, month in node.expected.items():
            kept = found.setdefault(key, [])
            if not kept or abs(kept[-1][1] - month) >= NOTICEABLE:
                kept.append((node.month, month))
    return found
