"""Recyclers: scrap comes back one to two years after the price that called for it, up to a ceiling."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from agents.exchange import Exchange, column
from agents.member import Member, Population
from sim import exact
from sim.network import Vector
from sim.scenario import Scenario
from sim.state import state


class Recycler(Member):
    """The scrap trade of one region."""


class Recyclers(Population):
    """Scrap trade of all regions."""

    recovered = state("t W/month recovered")
    slow_price = state("price that collectors answer to, late, USD/mtu")
    slower_price = state("the same after a second delay, USD/mtu")
    programmes = state("t W/month more, thanks to public programmes")

    def __init__(self, scenario: Scenario, exchange: Exchange, worlds: int, parameters: SimpleNamespace) -> None:
        self.names = tuple(r.region for r in scenario.recycling)
        self.exchange = exchange
        self.parameters = parameters
        self.pool = np.array([exchange.place[f"{region}.apt.any"] for region in self.names])
        self.base = column([r.scrap.value / 12 for r in scenario.recycling])
        self.elasticity = column([r.elasticity.value for r in scenario.recycling])
        # two delays in a row, each half of the lag, make a hump-shaped answer
        self.pace = column([2 / r.lag.value for r in scenario.recycling])
        self.ceiling = column([r.ceiling.value for r in scenario.recycling])
        self.reference = exchange.reference_price[self.pool]
        self.recovered = self.base * np.ones(worlds)
        self.slow_price = self.slower_price = self.reference * np.ones(worlds)
        self.programmes = np.zeros((len(self.names), worlds))

    def collect(self, use: Vector, start_use: Vector, support: Vector) -> None:
        """Scrap of this month.

        Args:
            use: use of each region lately, t W/month, (regions, worlds).
            start_use: the same at the start.
            support: public money for collection, million USD/month, (regions, worlds).
        """
        per_million = self.parameters.recycling.tonnes_per_million / 12
        worn = self.parameters.recycling.programme_decay
        self.programmes = self.programmes * (1 - worn) + support * per_million
        answer = exact.power(np.maximum(self.slower_price / self.reference, 0.2), self.elasticity)
        wanted = self.base * (use / start_use) * answer + self.programmes
        self.recovered = np.minimum(wanted, self.ceiling * use)

    def learn(self) -> None:
        """Let the price reach the collectors."""
        price = self.exchange.price[self.pool]
        self.slower_price = self.slower_price + self.pace * (self.slow_price - self.slower_price)
        self.slow_price = self.slow_price + self.pace * (price - self.slow_price)
