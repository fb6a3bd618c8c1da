"""Keeps what is measured: chosen outcomes at the end of each month, quarter or year, and flows if asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.network import Vector
from sim.state import states

if TYPE_CHECKING:
    from agents.market import Market

EVERY = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Plan:
    """What a run records."""

    outcomes: tuple[str, ...] = ()
    """Names of outcomes; all if empty."""
    every: Literal["month", "quarter", "year"] = "month"
    flows: bool = False


class Record:
    """Values recorded so far."""

    running = states("flows of the period so far, t W, (arcs, worlds), and how many months they are, (worlds,)")

    def __init__(self, plan: Plan, outcomes: tuple[str, ...], start_month: int) -> None:
        self.plan = plan
        self.outcomes = outcomes
        self.start_month = start_month
        self.times: list[int] = []
        self._values: list[Vector] = []
        self._flows: list[Vector] = []
        self.running = {}

    def is_due(self, month: int) -> bool:
        """Whether a period ends with this month (months since the start; calendar periods)."""
        return (self.start_month - 1 + month + 1) % EVERY[self.plan.every] == 0

    def carry(self, flow: Vector) -> None:
        """Add a month's flows to the period's mean."""
        if self.plan.flows:
            months = np.ones(flow.shape[1])
            if self.running:
                flow, months = self.running["flow"] + flow, self.running["months"] + months
            self.running = {"flow": flow, "months": months}

    def add(self, month: int, values: list[Vector]) -> None:
        """Keep the outcomes of the period that ends with this month."""
        self.times.append(month)
        self._values.append(np.array(values))
        if self.plan.flows:
            self._flows.append(self.running["flow"] / self.running["months"])
        self.running = {}

    def cut(self, month: int) -> None:
        """Forget what was recorded in this month and later."""
        kept = bisect_left(self.times, month)
        self.times, self._values, self._flows = self.times[:kept], self._values[:kept], self._flows[:kept]

    @property
    def values(self) -> Vector:
        """Shape (times, outcomes, worlds)."""
        return np.array(self._values)

    @property
    def flows(self) -> Vector | None:
        """t W/month, mean of each period, shape (times, arcs, worlds); None if not recorded."""
        return np.array(self._flows) if self._flows else None


def record(market: Market) -> None:
    """The month is booked; outcomes and scores are recorded."""
    market.briefing.collect()
    market.states.close_month(market.spent_before, market.settlement.granted)
    market.spent_before = market.states.spent
    market.settlement.dollars.close_month(market.settlement.granted)
    market.record.carry(market.exchange.flow)
    market.measure.forget()
    if market.record.is_due(market.month):
        market.record.add(market.month, [market.measure(name) for name in market.record.outcomes])
    if market.datacollector.model_reporters:
        market.datacollector.collect(market)


def reporter(name: str) -> Callable[[Market], float | Vector]:
    """A reporter of an outcome for Mesa's DataCollector: a number for one world, an array for many."""

    def report(market: Market) -> float | Vector:
        values = market.outcome(name)
        return float(values[0]) if market.worlds == 1 else values

    return report
