"""The press: what the trade's papers would quote, and the premium of safe goods over ordinary ones."""

from __future__ import annotations

import numpy as np

from agents.exchange import Exchange
from agents.licensing import Licensing
from sim import lessons
from sim.network import Vector

SAFE_MARKETS = ("europe", "north_america", "japan", "korea")
"""Regions whose users can choose between safe goods and any."""


class Press:
    """Asks around for prices."""

    def __init__(self, exchange: Exchange, licensing: Licensing, cost: float) -> None:
        """Find who is asked; `cost` is what bringing APT from a Chinese port to a user costs, USD/mtu."""
        self.exchange = exchange
        self.cost = cost
        place = exchange.place
        arcs = np.array(list(licensing.controlled), np.int64)
        american = [exchange.arcs[arc].destination.startswith("north_america") for arc in arcs]
        self._licensed = (arcs, exchange.network.destination[arcs], np.array(american, np.int64))
        self._home, self._rotterdam = place["china.apt.any"], place["europe.apt.any"]
        self._safe = np.array([place[f"{region}.apt.eligible"] for region in SAFE_MARKETS])
        self._plain = np.array([place[f"{region}.apt.any"] for region in SAFE_MARKETS])

    def ask(self, tariff: Vector) -> Vector:
        """Prices of the day: FOB China and Rotterdam, USD/mtu, (quotes, worlds).

        Args:
            tariff: American tariff on goods from China, share, (worlds,).
        """
        exchange = self.exchange
        quotes = np.empty((2, tariff.size))
        market = (exchange.price, exchange.flow)
        lessons.ask_around(self._licensed, self._home, self._rotterdam, self.cost, tariff, market, quotes)
        return quotes

    def premium(self) -> Vector:
        """Secure premium: price of safe goods over ordinary ones, USD/mtu, (worlds,)."""
        exchange = self.exchange
        premium = np.empty(exchange.anchor.size)
        lessons.secure_premium(self._safe, self._plain, exchange.price, exchange.throughput, premium)
        return premium
