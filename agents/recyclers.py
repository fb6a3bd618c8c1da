"""Recyclers: scrap comes back one to two years after the price that called for it, up to a ceiling."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from agents.exchange import Exchange, column
from agents.member import Member, Population
from agents.turns import Turn
from sim.decided import NOBODY
from sim.levers import BUYER_BLOCS
from sim.network import Vector
from sim.scenario import Scenario
from sim.state import state, to_change, to_fill

PAYERS = {"north_america": "us", "europe": "europe", "japan": "japan_korea"}
"""Buyers who pay for collection, by region of scrap."""


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

    def prepare(self, using: tuple[str, ...], start_use: Vector) -> None:
        """Learn where scrap comes from.

        Args:
            using: regions of use.
            start_use: use of each of them at the start, t W/month, (regions, 1).
        """
        rows = [using.index(region) for region in self.names]
        of_scrap = (self.base, start_use[rows], self.elasticity, self.reference, self.ceiling)
        payers = [BUYER_BLOCS.index(PAYERS[region]) if region in PAYERS else NOBODY for region in self.names]
        numbers = (table[:, 0].copy() for table in of_scrap)
        self._regions = (*numbers, np.array(rows), np.array(payers), BUYER_BLOCS.index("us"))
        p = self.parameters.recycling
        self._law = (p.tonnes_per_million / 12, float(p.programme_decay))
        self._pace = self.pace[:, 0].copy()

    def collect(self) -> Turn:
        """Scrap of this month."""
        leaves = to_fill(self, "recovered", "programmes")
        return Turn(self, (self._law, self._regions, (self.slower_price, self.programmes)), leaves)

    def learn(self) -> tuple[tuple[Any, ...], dict[str, Vector]]:
        """How the price reaches the collectors, and how far it has come, to be written to."""
        return (self._pace, self.pool), {name: to_change(self, name) for name in ("slow_price", "slower_price")}
