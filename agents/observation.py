"""What a role may know at the start of a month: public news, statistics that come late, and its own affairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from functools import cache, cached_property, lru_cache
from operator import is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.network import Vector

STATISTICS_LAG = 3
"""Months until an official statistic is published."""


class _Found(dict[str, Vector]):
    """Vectors that have been asked for, or that wider news had found before; others are found when they are asked for."""

    def __init__(self, sources: Mapping[str, Callable[[], Vector]], wider: Mapping[str, Vector]) -> None:
        super().__init__(wider if isinstance(wider, _Found) else ())
        self.sources, self.wider = sources, wider

    def __missing__(self, name: str) -> Vector:
        source = self.sources.get(name)
        found = self[name] = self.wider[name] if source is None else source()
        return found


class News(Mapping[str, Vector]):
    """Named vectors over worlds, each computed when it is first asked for.

    It is right only while the state that it reads stays as it is; `dict(news)` keeps it for good.
    """

    def __init__(
        self,
        sources: Mapping[str, Callable[[], Vector]],
        wider: Mapping[str, Vector] | None = None,
        parts: Callable[[], tuple[Vector, ...]] | None = None,
    ) -> None:
        self._sources = sources
        self._wider: Mapping[str, Vector] = {} if wider is None else wider
        self.parts = parts
        """Where what incentive prices are worked out from comes from."""
        self.conclusions: dict[str, Any]
        """What has been worked out from the widest news, which all who see them share."""
        if isinstance(wider, News):
            self.found: _Found = _Found(sources, wider.found)
            self.parts, self.conclusions = wider.parts, wider.conclusions
        else:
            self.found, self.conclusions = _Found(sources, self._wider), {}

    def renew(self, wider: News) -> None:
        """Forget what has been found, and go on from other news."""
        self._wider, self.parts, self.conclusions = wider, wider.parts, wider.conclusions
        found = self.found
        found.clear()
        found.update(wider.found)
        found.wider = wider.found

    def forget(self) -> None:
        """Let go of all that has been found, here and by the wider news, and of what was worked out from it."""
        self.found.clear()
        self.conclusions.clear()
        if isinstance(self.found.wider, _Found):
            self.found.wider.clear()

    def __getitem__(self, name: str) -> Vector:
        return self.found[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._wider
        yield from self._sources

    def __len__(self) -> int:
        return len(self._wider) + len(self._sources)


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
        choices: dict[Any, tuple[tuple[Vector, ...], Any]] | None = None,
    ) -> None:
        self.role = role
        self.month = month
        self.calendar_month = calendar_month
        self.worlds = worlds
        self.year = year
        self.mines = mines
        self.projects = projects
        self.own_mines = own_mines
        self._choices = {} if choices is None else choices
        self._know(known)

    def _know(self, known: Mapping[str, Vector]) -> None:
        self._known = known
        self._found: Mapping[str, Vector] = known
        self._conclusions: dict[str, Any] = {}
        if isinstance(known, News):
            self._found, self._conclusions = known.found, known.conclusions

    def at(self, month: int, calendar_month: int, year: int, known: Mapping[str, Vector]) -> Observation:
        """What the same role knows at another time."""
        other = copy(self)
        other.turn_to(month, calendar_month, year, known)
        return other

    def turn_to(self, month: int, calendar_month: int, year: int, known: Mapping[str, Vector]) -> None:
        """Become what the same role knows at another time."""
        self.month, self.calendar_month, self.year = month, calendar_month, year
        self._know(known)

    def __getitem__(self, name: str) -> Vector:
        try:
            return self._found[name]
        except KeyError:
            raise KeyError(f"{self.role} may not know '{name}'") from None

    def several(self, names: Iterable[str]) -> list[Vector]:
        """What is known by these names, one after the other."""
        found = self._found
        try:
            return [found[name] for name in names]
        except KeyError as error:
            raise KeyError(f"{self.role} may not know {error}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def parts_of_incentive(self) -> tuple[Vector, ...]:
        """What `sim.mining.incentive_price` makes "incentive" of: its arguments but for "capex"."""
        known = self._known
        if isinstance(known, News) and known.parts is not None:
            return known.parts()
        price, one = self["incentive"], np.ones(len(self.mines))
        return price, 0.0 * price, one, 0.0 * price, 0.0 * price, one

    def worked_out(self, name: str, work: Callable[[], Any]) -> Any:
        """What follows from news that everybody has, worked out when it is first asked for."""
        found = self._conclusions.get(name)
        if found is None:
            found = self._conclusions[name] = work()
        return found

    @cached_property
    def _rows(self) -> dict[str, int]:
        return _rows_of(self.mines)

    @cached_property
    def project_rows(self) -> NDArray[np.int64]:
        """Row of each project among all mines, (projects,)."""
        return _rows_among(self.mines, self.projects)

    @cached_property
    def own_rows(self) -> NDArray[np.int64]:
        """Row of each of the role's own mines among all mines, (own mines,)."""
        return _rows_among(self.mines, self.own_mines)

    def every(self, number: float) -> Vector:
        """The same number in every world, (worlds,)."""
        return constant(self.worlds, float(number))

    def choose(self, *values: float) -> Vector:
        """One number for each world by the temperament of the rule in this seat, in the order of temperaments."""
        return self._chosen(values, values)

    def choose_each(self, table: Vector) -> Vector:
        """The same for a table of numbers, (numbers, temperaments); gives (numbers, worlds)."""
        return self._chosen(id(table), table)

    def _chosen(self, key: Any, numbers: Any) -> Vector:
        """The numbers of each world's temperament, the same array as long as these are the same."""

        def choose(temperament: Vector) -> Vector:
            return np.take(np.array(numbers, float), temperament.astype(np.int64), axis=-1)

        return self.remembered(("choice", key), choose, self["temperament"])

    def remembered(self, name: Any, work: Callable[..., Any], *known: Vector) -> Any:
        """What follows from some vectors alone, the same as long as these are the same."""
        before = self._choices.get(name)
        if before is None or not all(map(is_, before[0], known)):
            before = self._choices[name] = known, work(*known)
        return before[1]

    def pick(self, table: Vector) -> Vector:
        """The rows of projects, the targets of loans and offtakes, out of a table with a row for each mine."""
        return table[[self._rows[project] for project in self.projects]]

    def pick_own(self, table: Vector) -> Vector:
        """The rows of the role's own mines, the targets of awards, out of a table with a row for each mine."""
        return table[[self._rows[mine] for mine in self.own_mines]]

    def row(self, mine: str) -> int:
        """Row of a mine."""
        return self._rows[mine]


@lru_cache(maxsize=64)
def constant(worlds: int, number: float) -> Vector:
    """A number in every world, (worlds,), always the same array: it must not be written to."""
    return np.full(worlds, number)


@cache
def _rows_among(mines: tuple[str, ...], some: tuple[str, ...]) -> NDArray[np.int64]:
    """Row of each of some mines."""
    return np.array([mines.index(mine) for mine in some], np.int64)


@cache
def _rows_of(mines: tuple[str, ...]) -> dict[str, int]:
    """Row of each mine."""
    return {mine: row for row, mine in enumerate(mines)}
