"""The one seam through which every decision goes: a value for each lever, target and world, or the role's own rule."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from agents.contracts import SparseTable
from agents.government import Decisions
from agents.held import Held
from sim import ranges
from sim.levers import Lever, Levers
from sim.network import Index, Vector
from sim.offers import Offers, rows_above_zero
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
        self._taken_in: dict[str, tuple[Vector, Vector]] = {}
        self.held = Held()
        self._offered: dict[str, list[SparseTable]] = {}
        self._ends: dict[tuple[str, ...], Vector] = {}
        self._default: dict[str, Vector] = {}
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

    def rule(self, decided: Iterable[Decisions]) -> None:
        """Take in what the roles' rules decide; all of it holds at once, when everyone has decided."""
        ruled, offers = {**self.ruled}, list[tuple[str, Offers]]()
        for decisions in decided:
            for name, value in decisions.items():
                if isinstance(name, tuple):
                    ruled.update(zip(name, self._within(name, np.asarray(value)), strict=True))
                elif isinstance(value, Offers):
                    offers.append((name, value))
                else:
                    ruled[name] = self._wide(self.levers[name], value)
        for name, _ in offers:
            # if nobody else remembers what was offered last, its table can be used again
            ruled.pop(name, None)
            self._settled.pop(name, None)
        self.ruled = ruled
        self.ruled = ruled | {name: self._laid_out(self.levers[name], value) for name, value in offers}

    def __getitem__(self, name: str) -> Vector:
        """Value in force of a lever, (targets, worlds), or (worlds,) for a lever without targets."""
        ordered, ruled = self.ordered.get(name), self.ruled.get(name)
        found = self._settled.get(name)
        if found is None or found[0] is not ordered or found[1] is not ruled:
            found = self._settled[name] = ordered, ruled, self.held.decide(name, self._settle(name, ordered, ruled))
        return found[2]

    def several(self, names: Iterable[str]) -> list[Vector]:
        """Values in force of some levers without targets, (worlds,) each."""
        if self.held.decisions:
            return [self[name] for name in names]
        ordered, ruled = self.ordered, self.ruled
        return [ruled[name] if name in ruled and name not in ordered else self[name] for name in names]

    def offers(self, name: str) -> tuple[Vector, Index]:
        """Value in force of a lever that offers something, (targets, worlds), and 1 for targets that are offered any."""
        table = self[name]
        for offered in self._offered.get(name, ()):
            if offered.table is table:
                return table, offered.has
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
        return ruled if ordered is None else np.where(np.isnan(ordered), ruled, ordered)

    def _shape(self, lever: Lever) -> tuple[int, ...]:
        return (len(lever.targets), self.worlds) if lever.targets else (self.worlds,)

    def _within(self, names: tuple[str, ...], table: Vector) -> Vector:
        """What a rule decided for levers without targets, within their ranges, (levers, worlds)."""
        ends = self._ends.get(names)
        if ends is None:
            levers = [self.levers[name] for name in names]
            ends = self._ends[names] = np.array([[float(x.low), float(x.high)] for x in levers])
        return ranges.within_rows(table, ends)

    def _wide(self, lever: Lever, value: ArrayLike) -> Vector:
        """What a rule decided for a lever, within its range, in every world."""
        before = self._taken_in.get(lever.name)
        if before is not None and before[0] is value:
            return before[1]
        table, shape = np.ascontiguousarray(value, float), self._shape(lever)
        if table.shape != shape:
            if lever.targets and table.shape == (self.worlds,) and self.worlds != len(lever.targets):
                table = table[None, :]
            table = np.array(np.broadcast_to(table, shape))
        table = ranges.within(table, lever.low, lever.high)
        if isinstance(value, np.ndarray):
            self._taken_in[lever.name] = value, table
        return table

    def _laid_out(self, lever: Lever, offers: Offers) -> Vector:
        """What a rule offers, within the lever's range, in a table that nobody else holds any more."""
        tables = self._offered.get(lever.name, [])
        found = next((each for each in tables if each.is_free()), None)
        if found is None:
            found = SparseTable(len(lever.targets), self.worlds)
            # the others hold what was decided last, and perhaps what is still remembered
            self._offered[lever.name] = [*tables[-1:], found]
        found.take(offers, float(lever.low), float(lever.high))
        return found.table
