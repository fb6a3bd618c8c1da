"""The one seam through which every decision goes: a value for each lever, target and world, or the role's own rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from agents.held import Held
from sim.levers import Levers
from sim.network import Vector


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

    def __init__(self, levers: Levers, orders: Sequence[Order], worlds: int) -> None:
        self.levers = levers
        self.worlds = worlds
        self.orders = sorted(orders, key=lambda order: order.month)
        for order in self.orders:
            levers.slot(order.lever, order.target)
        self._held: dict[str, dict[str, Vector]] = {}
        self._ruled: Mapping[str, ArrayLike] = {}
        self.taken: list[tuple[int, str, str, Vector, str]] = []
        self._in_force: dict[str, Vector] = {}
        self.held = Held()

    def give(self, order: Order) -> None:
        """Add an order for a month still to come."""
        self.levers.slot(order.lever, order.target)
        self.orders = sorted([*self.orders, order], key=lambda each: each.month)

    def open_month(self, month: int) -> None:
        """Let this month's orders take effect."""
        for order in self.orders:
            if order.month == month:
                lever = self.levers[order.lever]
                value = np.clip(np.broadcast_to(np.asarray(order.value, float), (self.worlds,)), lever.low, lever.high)
                self._held.setdefault(order.lever, {})[order.target] = value
                self.taken.append((month, order.lever, order.target, value, order.source))
                self._in_force.pop(order.lever, None)

    def rule(self, decisions: Mapping[str, ArrayLike]) -> None:
        """Take in what the roles' rules decide."""
        self._ruled = {**self._ruled, **decisions}
        for name in decisions:
            self._in_force.pop(name, None)

    def __getitem__(self, name: str) -> Vector:
        """Value in force of a lever, (targets, worlds), or (worlds,) for a lever without targets."""
        value = self._in_force.get(name)
        if value is None:
            value = self._in_force[name] = self.held.decide(name, self._settle(name))
        return value

    def _settle(self, name: str) -> Vector:
        """What rule and orders come to, within the lever's range."""
        lever = self.levers[name]
        shape = (len(lever.targets), self.worlds) if lever.targets else (self.worlds,)
        value = np.asarray(self._ruled.get(name, lever.default), float)
        if lever.targets and value.shape == (self.worlds,) and self.worlds != len(lever.targets):
            value = value[None, :]
        value = np.maximum(value, lever.low)
        value = np.minimum(value, lever.high, out=value if value.shape else None)
        if value.shape != shape:
            value = np.array(np.broadcast_to(value, shape))
        for target, chosen in self._held.get(name, {}).items():
            row = lever.targets.index(target) if target else ...
            value[row] = np.where(np.isnan(chosen), value[row], chosen)
        return value
