"""The one seam through which every decision goes: a value for each lever, target and world, or the role's own rule."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from agents.contracts import SparseTable
from agents.government import Decisions
from agents.held import Held
from agents.observation import Observation
from agents.tenders import OFFERS, Tables, invite
from sim.levers import Lever, Levers
from sim.network import Index, Vector
from sim.offers import in_force, lay_over, rows_above_zero
from sim.state import states


@dataclass(frozen=True)
class Order:
    """A decision that takes effect in a month and holds until the next one for the same lever and target."""

    lever: str
    target: str
    value: float | Sequence[float]
    """In the lever's unit; NaN gives the decision back to the role's rule; one for each world, or one for all."""
    month: int
    """Months since the scenario's start."""
    source: str = "person"


class Seats:
    """Who decides what: orders in force, and rules for everything else."""

    ordered = states("orders that hold, NaN where the rule decides, by lever, (targets, worlds) or (worlds,)")
    ruled = states("what the roles' rules decided last, by lever, (targets, worlds) or (worlds,)")

    def __init__(self, levers: Levers, orders: Sequence[Order], worlds: int) -> None:
        self.levers = levers
        self.worlds = worlds
        for order in orders:
            self._check(order)
        self.orders = sorted(orders, key=lambda order: order.month)
        self.ordered = {}
        self.ruled = {}
        self.taken: list[tuple[int, str, str, Vector, str]] = []
        self.held = Held()
        self._tables: Tables | None = None
        self._offered: dict[str, Vector] = {}
        self._rows_of_offers = {name: row for row, name in enumerate(OFFERS)}
        self._most = np.array([float(levers[name].high) for name in OFFERS])
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._default: dict[str, Vector] = {}
        self._holding: tuple[dict[str, Vector], dict[str, Vector], frozenset[str]] | None = None
        self._ordered_rows: dict[str, tuple[Vector, Index]] = {}
        self._laid: dict[str, SparseTable] = {}
        self._settled: dict[str, tuple[Vector | None, Vector | None, Vector]] = {}

    def _check(self, order: Order) -> None:
        """Raises ValueError, with one sentence, for an order that nobody can follow."""
        self.levers.check(order.lever, order.target, np.ravel(order.value).tolist())
        count = np.size(order.value)
        if count not in (1, self.worlds):
            raise ValueError(f"an order for {order.lever} gives {count} values, but there are {self.worlds} worlds")

    def give(self, order: Order) -> None:
        """Add an order for a month still to come.

        Raises:
            ValueError: an unknown lever or target, or a value that is none of its choices.
        """
        self._check(order)
        self.orders = sorted([*self.orders, order], key=lambda each: each.month)

    def open_month(self, month: int) -> None:
        """Let this month's orders take effect."""
        for order in self.orders[bisect_left(self.orders, month, key=lambda order: order.month) :]:
            if order.month > month:
                break
            lever = self.levers[order.lever]
            value = np.clip(np.broadcast_to(np.asarray(order.value, float), (self.worlds,)), lever.low, lever.high)
            held = self.ordered.get(order.lever)
            table = np.full(self._shape(lever), np.nan) if held is None else held.copy()
            table[lever.targets.index(order.target) if order.target else ...] = value
            self.ordered = {**self.ordered, order.lever: table}
            self.taken.append((month, order.lever, order.target, value, order.source))

    def cut(self, month: int) -> None:
        """Forget that orders of this month and later have taken effect."""
        self.taken = [taken for taken in self.taken if taken[0] < month]

    def invite(self, views: Mapping[str, Observation]) -> None:
        """Let states offer to projects; what they offered last is forgotten, so that its tables can be used again.

        Args:
            views: what each role that may offer something knows.
        """
        ruled, self._offered = self.ruled.copy(), {}
        for name in OFFERS:
            ruled.pop(name, None)
            self._settled.pop(name, None)
        self.ruled = ruled
        projects = len(self.levers[OFFERS[0]].targets)
        self._tables = Tables(projects, self.worlds) if self._tables is None else self._tables.free()
        self._offered = invite(views, self._most, self._tables)

    def rule(self, decided: Iterable[Decisions]) -> None:
        """Take in what the roles' rules decide; all of it holds at once, when everyone has decided."""
        ruled = {**self.ruled}
        for decisions in decided:
            for name, value in decisions.items():
                if isinstance(name, tuple):
                    ruled.update(zip(name, value, strict=True))  # type: ignore[arg-type]
                else:
                    ruled[name] = self._whole(name, value)
        self.ruled = ruled

    def __getitem__(self, name: str) -> Vector:
        """Value in force of a lever, (targets, worlds), or (worlds,) for a lever without targets."""
        ordered, ruled = self._orders()[0].get(name), self.ruled.get(name)
        if ordered is None and ruled is not None and name not in self.held.decisions:
            return ruled
        found = self._settled.get(name)
        if found is None or found[0] is not ordered or found[1] is not ruled:
            found = self._settled[name] = ordered, ruled, self.held.decide(name, self._settle(name, ordered, ruled))
        return found[2]

    def _orders(self) -> tuple[dict[str, Vector], frozenset[str]]:
        """Orders that hold in any world, and the levers for which there is one in every world, for every target."""
        known, ordered = self._holding, self.ordered
        if known is None or known[0] is not ordered:
            free = {name: np.isnan(table) for name, table in ordered.items()}
            hold = {name: table for name, table in ordered.items() if not free[name].all()}
            known = self._holding = ordered, hold, frozenset(name for name in hold if not free[name].any())
        return known[1:]

    def several(self, names: Iterable[str]) -> list[Vector]:
        """Values in force of some levers, (targets, worlds), or (worlds,) for levers without targets."""
        if self.held.decisions:
            return [self[name] for name in names]
        ordered, ruled = self._orders()[0], self.ruled
        return [ruled[name] if name in ruled and name not in ordered else self[name] for name in names]

    def offers(self, name: str) -> tuple[Vector, Index]:
        """Value in force of a lever that offers something, (targets, worlds), and 1 for targets that are offered any.

        Targets that an order offers nothing may be marked too.
        """
        table = self[name]
        has, laid = self._offered_to(name, table), self._laid.get(name)
        if laid is not None and laid.table is table:
            has = laid.has
        if has is not None:
            return table, has
        table = np.ascontiguousarray(table)
        return table, rows_above_zero(table).astype(np.int64)

    def hold(self, held: Held) -> None:
        """Pin decisions in some worlds from now on."""
        self.held, self._settled = held, {}

    def _settle(self, name: str, ordered: Vector | None, ruled: Vector | None) -> Vector:
        """What rule and orders come to, within the lever's range."""
        if ruled is None:
            ruled = self._default.get(name)
            if ruled is None:
                lever = self.levers[name]
                ruled = self._default[name] = np.full(self._shape(lever), float(lever.default))
        if ordered is None:
            return ruled
        if name in self._orders()[1]:
            return ordered
        has = self._offered_to(name, ruled)
        if has is None:
            table = np.empty(ordered.shape)
            in_force(ordered.ravel(), ruled.ravel(), table.reshape(-1))
            return table
        return self._laid_over(name, ordered, ruled, has)

    def _offered_to(self, name: str, table: Vector) -> Index | None:
        """1 for targets that are offered any in a table of offers, if that is known."""
        if self._tables is not None and self._offered.get(name) is table:
            return self._tables.has[self._rows_of_offers[name]]
        return None

    def _laid_over(self, name: str, ordered: Vector, ruled: Vector, has: Index) -> Vector:
        """Orders to offer something to some targets over what the rule offers; other targets are not looked at."""
        known, found = self._ordered_rows.get(name), self._laid.get(name)
        if known is None or known[0] is not ordered:
            known = self._ordered_rows[name] = ordered, np.asarray(~np.isnan(ordered).all(axis=1), np.int64)
        if found is None or not found.is_free():
            found = self._laid[name] = SparseTable(*ordered.shape)
        lay_over(ordered, known[1], np.ascontiguousarray(ruled), has, found.table, found.has)
        return found.table

    def _shape(self, lever: Lever) -> tuple[int, ...]:
        return (len(lever.targets), self.worlds) if lever.targets else (self.worlds,)

    def _whole(self, name: str, value: ArrayLike) -> Vector:
        """What a rule decided for a lever, in every world; rules keep within the ranges of levers by themselves."""
        shape = self._shapes.get(name)
        if shape is None:
            shape = self._shapes[name] = self._shape(self.levers[name])
        if isinstance(value, np.ndarray) and value.shape == shape:
            return value
        table = np.ascontiguousarray(value, float)
        if len(shape) == 2 and table.shape == (self.worlds,) and self.worlds != shape[0]:
            table = table[None, :]
        return np.array(np.broadcast_to(table, shape))
