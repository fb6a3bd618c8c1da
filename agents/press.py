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
        place = exchange.place
        arcs = np.array(list(licensing.controlled), np.int64)
        american = [exchange.arcs[arc].destination.startswith("north_america") for arc in arcs]
        licensed = arcs, exchange.network.destination[arcs], np.array(american, np.int64)
        grades = ([place[f"{region}.apt.{grade}"] for region in SAFE_MARKETS] for grade in ("eligible", "any"))
        self.asked = (
            (licensed, place["china.apt.any"], place["europe.apt.any"], cost),
            tuple(np.array(pools) for pools in grades),
        )
        """Who is asked for the price of the day, and pools of safe and of ordinary goods."""

    def ask(self, tariff: Vector) -> Vector:
        """Prices of the day: FOB China and Rotterdam, USD/mtu, (quotes, worlds).

        Args:
            tariff: American tariff on goods from China, share, (worlds,).
        """
        quotes = np.empty((2, tariff.size))
        lessons.ask_around(self.asked[0], tariff, (self.exchange.price, self.exchange.flow), quotes)
        return quotes
