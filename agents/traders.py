"""Traders, smelters and mines that hold back: two views of the price, and a hidden stock that comes back.

Some expect the price to return to cost, some expect the trend to go on, and they move to the view that has paid
(Brock and Hommes 1998).
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from agents.exchange import Exchange, column
from agents.member import Member, Population
from agents.parameters import law
from agents.turns import Turn
from sim.network import Vector
from sim.scenario import Scenario
from sim.state import state, to_change, to_fill

PLACES = ("china", "west")
POOLS = {"china": "china.apt.any", "west": "europe.apt.any"}
STOCKS = {"china": "china_hidden", "west": "west_hidden"}

VIEWS = ("last_price", "trend", "trend_view_gain", "cost_view_gain")
"""What a month of prices teaches about both views."""


class TraderGroup(Member):
    """Those who hold hidden stock in one market."""


class Traders(Population):
    """Holders of hidden stock, in China and in the West."""

    hidden = state("t W held back, (groups, worlds)")
    bought = state("t W bought this month (negative: sold), (groups, worlds)")
    trend = state("smoothed monthly growth of price, share, (groups, worlds)")
    cost_view_gain = state("what expecting a return to cost has earned lately, (groups, worlds)")
    trend_view_gain = state("what expecting the trend to go on has earned lately, (groups, worlds)")
    last_price = state("price a month ago, USD/mtu, (groups, worlds)")

    def __init__(self, scenario: Scenario, exchange: Exchange, worlds: int, parameters: SimpleNamespace) -> None:
        self.names = PLACES
        self.parameters = parameters.traders
        self.exchange = exchange
        self.pool = np.array([exchange.place[POOLS[p]] for p in PLACES])
        stocks: dict[str, float] = {s.key: s.amount.value for s in scenario.stocks}
        self.base = column([stocks.get(STOCKS[p], 0.0) for p in PLACES])
        most = self.parameters
        use = dict.fromkeys(PLACES, 0.0)
        for d in scenario.demands:
            use["china" if d.region == "china" else "west"] += d.use.value / 12
        wide = np.ones(worlds)
        self.most = np.array([most.most_china * use["china"] * wide, most.most_west * use["west"] * wide])
        self.sensitivity = np.array([most.size_china * use["china"] * wide, most.size_west * use["west"] * wide])
        self.hidden = self.base * wide
        self.bought = self.trend = self.cost_view_gain = self.trend_view_gain = 0 * self.hidden
        self.last_price = exchange.price[self.pool]
        self._prepare()

    def _prepare(self) -> None:
        """What the passes over groups read and never changes."""
        p, worlds = self.parameters, self.hidden.shape[1]
        self._groups = (
            self.pool,
            self.base[:, 0].copy(),
            self.exchange.reference_price[self.pool, 0],
            self.sensitivity,
            self.most,
            # Chinese holders hold on while their supply is being cut
            np.array([(p.hold_on if place == "china" else 0.0) * np.ones(worlds) for place in PLACES]),
        )
        self._trade_law = law(worlds, p.reversion, p.extrapolation, p.switching, p.pace)
        self._judge_law = law(worlds, p.reversion, p.extrapolation, p.memory, p.smoothing)

    def trade(self, usual_quota: float, still: Vector, trades: bool) -> Turn:
        """Buy or sell a part of the gap to the stock that the mixture of views asks for.

        Args:
            usual_quota: of Chinese mining, t W/year.
            still: 1 in worlds in which nobody trades, (worlds,); empty if somebody trades in all.
            trades: whether anybody trades at all.
        """
        leaves = to_fill(self, "bought", "hidden")
        views = (self.last_price, self.trend, self.trend_view_gain, self.cost_view_gain)
        return Turn(
            self,
            (
                self._trade_law,
                self._groups,
                (usual_quota, still, trades),
                (self.exchange.anchor, *views, self.hidden, self.bought),
            ),
            leaves,
        )

    def learn(self, trades: bool) -> tuple[tuple[Any, ...], dict[str, Vector]]:
        """How both views are judged, and what is remembered of them, to be written to; see `sim.holders.judge_views`."""
        return (trades, self._judge_law, self._groups[2], self.pool), {name: to_change(self, name) for name in VIEWS}
