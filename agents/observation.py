"""What a role may know at the start of a month: public news, statistics that come late, and its own affairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from sim.network import Vector

STATISTICS_LAG = 3
"""Months until an official statistic is published."""


class Observation(Mapping[str, Vector]):
    """Named vectors over worlds, read-only; last axis worlds.

    `month` counts from the scenario's start, `calendar_month` is 1 to 12, `mines` names the rows of everything
    that has a row for each mine, `projects` those that still need capital, `own_mines` those in the role's country.
    """

    def __init__(
        self,
        role: str,
        month: int,
        calendar_month: int,
        worlds: int,
        year: int,
        mines: tuple[str, ...],
        projects: tuple[str, ...],
        own_mines: tuple[str, ...],
        known: Mapping[str, Vector],
    ) -> None:
        self.role = role
        self.month = month
        self.calendar_month = calendar_month
        self.worlds = worlds
        self.year = year
        self.mines = mines
        self.projects = projects
        self.own_mines = own_mines
        self._known = known

    def __getitem__(self, name: str) -> Vector:
        try:
            return self._known[name]
        except KeyError:
            raise KeyError(f"{self.role} may not know '{name}'") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return _rows_of(self.mines)

    @cached_property
    def _temperament(self) -> NDArray[np.int64]:
        return self["temperament"].astype(np.int64)

    def choose(self, *values: float) -> Vector:
        """One number for each world by the temperament of the rule in this seat, in the order of temperaments."""
        return np.array(values, float)[self._temperament]

    def pick(self, table: Vector) -> Vector:
        """The rows of projects, the targets of loans and offtakes, out of a table with a row for each mine."""
        return table[[self._rows[project] for project in self.projects]]

    def pick_own(self, table: Vector) -> Vector:
        """The rows of the role's own mines, the targets of awards, out of a table with a row for each mine."""
        return table[[self._rows[mine] for mine in self.own_mines]]

    def row(self, mine: str) -> int:
        """Row of a mine."""
        return self._rows[mine]


@cache
def _rows_of(mines: tuple[str, ...]) -> dict[str, int]:
    """Row of each mine."""
    return {mine: row for row, mine in enumerate(mines)}
