"""What one side's users, mines, exporters and purse pay and earn, month by month, for worlds set beside others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.projects_month import mine_prices
from sim.levers import PARTNERS
from sim.network import Vector
from sim.sums import grouped, total, weighted
from sim.units import million_dollars

if TYPE_CHECKING:
    from agents.market import Market

SIDES = {
    "china": (("china",), "china"),
    "united_states": (("north_america",), "us"),
    "european_union": (("europe",), "europe"),
    "japan_korea": (("japan", "korea"), ""),
    "kazakhstan": (("kazakhstan",), ""),
    "uzbekistan": (("uzbekistan",), ""),
}
"""Sides, their regions, and the code of PARTNERS under which they hold deposits abroad."""

PARTS = ("users", "mines", "exporters", "public")


def users_loss(use_before: Vector, use_after: Vector, price_before: Vector, price_after: Vector) -> Vector:
    """What users lose when a price rises, million USD: the area to the left of a demand curve that is a straight line.

    Use that finds nothing at the new price, because stocks are empty, is not in it.

    Args:
        use_before, use_after: t W used at the two prices.
        price_before, price_after: USD/mtu.

    Source: change in consumer surplus (Marshall 1890), exact for linear demand.
    """
    return million_dollars(0.5 * (use_before + use_after), price_after - price_before)


def owners(market: Market) -> Vector:
    """Place in SIDES of whoever earns what a mine earns, its partner or else its country, -1 for others; (mines, worlds)."""
    mines, names = market.mines, market.exchange.regions
    at_home = np.full((len(mines.names), market.worlds), -1.0)
    for place, (regions, _) in enumerate(SIDES.values()):
        for region in regions:
            at_home[mines.region == names.index(region)] = place
    held = at_home
    for place, (_, code) in enumerate(SIDES.values()):
        if code:
            held = np.where(mines.partner == PARTNERS.index(code), float(place), held)
    return held


class Accounts:
    """Sums of what each side pays and earns since a start; a block's worlds are compared with its first ones.

    Args:
        market: a block of worlds: `lucks` worlds, then as many for each thing that is compared with them.
        lucks: worlds that each of them has.
    """

    def __init__(self, market: Market, lucks: int) -> None:
        self.market = market
        self.lucks = lucks
        self.loss = {part: np.zeros((len(SIDES), market.worlds)) for part in PARTS}
        self.unmet = np.zeros((len(SIDES), market.worlds))
        self.forgone = np.zeros((len(SIDES), market.worlds))
        exchange = market.exchange
        side_of = {region: place for place, (regions, _) in enumerate(SIDES.values()) for region in regions}
        pools = exchange.network.user_pool
        side = np.array([side_of.get(exchange.pools[i].region, len(SIDES)) for i in pools])
        self._side = side
        self._roles = [market.states.place[role] for role in SIDES]
        self._spent = market.states.spent

    def add(self) -> None:
        """Add the month that was just played."""
        market, exchange = self.market, self.market.exchange
        used, unmet = exchange.used, exchange.unmet
        price = exchange.price[exchange.network.user_pool]
        lost = users_loss(self._first(used), used, self._first(price), price)
        self._take("users", grouped(lost, self._side, len(SIDES) + 1)[:-1])
        self._take("mines", -self._earned())
        licensed = list(market.licensing.controlled)
        exported = weighted(exchange.flow[licensed], million_dollars(exchange.rent[licensed], 1.0))
        rents = np.zeros((len(SIDES), market.worlds))
        rents[list(SIDES).index("china")] = exported
        self._take("exporters", -rents)
        spent = market.states.spent
        self._take("public", (spent - self._spent)[self._roles] - self._royalties())
        self._spent = spent
        self.unmet = self.unmet + self._more(grouped(unmet, self._side, len(SIDES) + 1)[:-1])
        self.forgone = self.forgone - self._more(grouped(used + unmet, self._side, len(SIDES) + 1)[:-1])

    def _earned(self) -> Vector:
        """Million USD that mines earn for each side after royalty, cash cost and wear, (sides, worlds).

        What was spent on building wears away in a straight line over the years in which investors want it back.
        """
        market, mines = self.market, self.market.mines
        price = mine_prices(market)[mines.pool_place]
        earned = million_dollars(mines.output, price * market.keep[mines.sites.host] - mines.cash_cost)
        for table in market.finance.offtakes:
            short = np.where(table.floor > 0, np.maximum(table.floor * mines.payable - price, 0.0), 0.0)
            earned = earned + million_dollars(table.share * mines.output, short)
        earned = earned - mines.spent / (12 * mines.life)
        held = owners(market)
        return np.array([total(np.where(held == place, earned, 0.0)) for place in range(len(SIDES))])

    def _royalties(self) -> Vector:
        """Million USD of royalties that hosts' purses take in, (sides, worlds)."""
        market, mines = self.market, self.market.mines
        paid = million_dollars(mines.output, mine_prices(market)[mines.pool_place] * (1 - market.keep[mines.sites.host]))
        taken = np.zeros((len(SIDES), market.worlds))
        for place, role in enumerate(SIDES):
            if role in mines.rows_in and mines.rows_in[role].size and role in market.states.place:
                taken[place] = total(paid[mines.rows_in[role]])
        return taken

    def _take(self, part: str, amount: Vector) -> None:
        self.loss[part] = self.loss[part] + (amount if part == "users" else self._more(amount))

    def _first(self, table: Vector) -> Vector:
        """The first worlds' values, beside each of the others."""
        return np.tile(table[:, : self.lucks], (1, self.market.worlds // self.lucks))

    def _more(self, table: Vector) -> Vector:
        """What is more than in the first worlds."""
        return table - self._first(table)
