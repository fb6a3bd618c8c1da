"""What makes a good game, measured: the equilibrium of a role's strategies, and what skill, others and luck explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def regret(payoff: Vector) -> Vector:
    """What each strategy leaves on the table against each profile, (strategies, profiles), 0 for the best."""
    return payoff.max(axis=0) - payoff


def equilibrium(loss: Vector) -> tuple[Vector, Vector, float]:
    """Mixed equilibrium of the zero-sum game in which the row loses what the table says and the column gains it.

    Args:
        loss: (rows, columns).

    Returns:
        Mixture of rows, mixture of columns, and the loss.

    Source: von Neumann 1928, as a linear programme (Dantzig 1951).
    """
    from scipy.optimize import linprog

    rows, columns = loss.shape
    found = linprog(
        np.r_[np.zeros(rows), 1.0],
        A_ub=np.c_[loss.T, -np.ones(columns)],
        b_ub=np.zeros(columns),
        A_eq=np.r_[np.ones(rows), 0.0][None],
        b_eq=[1.0],
        bounds=[(0.0, 1.0)] * rows + [(None, None)],
        method="highs",
    )
    return found.x[:rows], -found.ineqlin.marginals, float(found.fun)


@dataclass(frozen=True)
class Shares:
    """Variance of the score among some strategies that one cause explains together with all others, points squared."""

    decisions: float
    """Mean over worlds and profiles of the variance over strategies."""
    luck: float
    """Mean over strategies and profiles of the variance over seeds."""
    others: float
    """Mean over strategies and seeds of the variance over profiles."""


def shares(scores: Vector) -> Shares:
    """Total effects of decisions, luck and other people's temperaments.

    Args:
        scores: (strategies, profiles, seeds), the same seeds everywhere.

    Source: Homma and Saltelli 1996.
    """
    return Shares(*(float(scores.var(axis=axis, ddof=1).mean()) for axis in (0, 2, 1)))


@dataclass(frozen=True)
class Beaten:
    """Where a setting of levers that never moves comes off worst."""

    row: int
    """The setting."""
    profile: int
    by: int
    """The row that beats it there by most."""
    points: float
    """By how much, mean over seeds."""
    error: float
    """Standard error of that, under common luck."""

    @property
    def is_sure(self) -> bool:
        """Whether it is more than chance."""
        return self.points > 2 * self.error


def hardest_to_beat(scores: Vector, constants: slice) -> Beaten:
    """The constant setting whose worst defeat is smallest.

    Args:
        scores: of all settings and strategies, (rows, profiles, seeds).
        constants: rows of the settings.
    """
    mean = scores.mean(axis=2)
    found = []
    for row in range(*constants.indices(len(scores))):
        others = mean.copy()
        others[row] = -np.inf
        best = others.argmax(axis=0)
        profile = int((others.max(axis=0) - mean[row]).argmax())
        by = int(best[profile])
        gap = scores[by, profile] - scores[row, profile]
        error = gap.std(ddof=1) / np.sqrt(gap.size)
        found.append(Beaten(row, profile, by, float(gap.mean()), float(error)))
    return min(found, key=lambda beaten: beaten.points)
