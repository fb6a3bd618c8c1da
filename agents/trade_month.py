"""The month's trade: schedules are posted, the market clears, and what was traded is paid and booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.projects_month import mine_prices
from agents.refineries import HOSTS
from agents.settlement import SUPPORTERS
from sim.levers import BUYER_BLOCS
from sim.network import Vector
from sim.units import million_dollars

if TYPE_CHECKING:
    from agents.market import Market

SAFE_BUYERS = {"north_america": "us", "europe": "europe", "japan": "japan_korea", "korea": "japan_korea"}
"""Buyers whose civilian users may switch to safe goods, by region."""


def clear(market: Market) -> None:
    """Buyers, traders, recyclers and refiners post their schedules; the market clears; goods move."""
    seats, exchange, mines, buyers = market.seats, market.exchange, market.mines, market.buyers
    _post_use(market)
    if market.scenario.mechanisms.traders:
        market.traders.trade(tightening(market), exchange.on_hand()[market.traders.pool], market.held.traders)
    market.recyclers.collect(buyers.use_at_home, _money_for_scrap(market))
    market.bought, market.paid = market.states.fill(seats)
    market.licensing.grant(seats)
    gates = market.licensing.gates(market.nature)
    contracts = market.deliveries.send(seats, gates)
    shut = market.held.shut
    if shut:
        contracts = contracts._replace(sent=market.held.close(contracts.arcs, contracts.sent))
    cost, capacity = market.licensing.arcs(
        seats, gates, market.refineries, _mined_by_hosts(market), *_safe_wish(market), contracts
    )
    if shut:
        capacity = market.held.close(np.arange(len(capacity)), capacity)
    entering = (mines.output, market.recyclers.recovered, market.traders.bought, market.bought)
    posted = exchange.post(entering, contracts, _cover(market), buyers.cover_of_pool)
    exchange.clear(posted, buyers.demand, cost, capacity, contracts)


def by_bloc(market: Market, lever: str, otherwise: Vector | float = 0.0) -> Vector:
    """A lever of the three groups of buyers by bloc; `otherwise` by bloc where nobody sits, (blocs, worlds)."""
    blocs = market.buyers.blocs
    table = np.empty((len(blocs), market.worlds))
    table[:] = otherwise
    for bloc in BUYER_BLOCS:
        table[blocs.index(bloc)] = market.seats[f"buyers.{bloc}.{lever}"]
    return table


def tightening(market: Market) -> Vector:
    """How far China cuts its own mining quota below that of the year before the start, share."""
    usual = market.levers["china.mining_quota"].default
    return np.maximum(1 - market.seats["china.mining_quota"] / usual, 0.0)


def premium_support(market: Market) -> Vector:
    """Public money towards the premium that users pay, USD/mtu, (blocs, worlds)."""
    table = np.zeros((len(market.buyers.blocs), market.worlds))
    for bloc, role in SUPPORTERS.items():
        table[market.buyers.blocs.index(bloc)] = market.seats[f"{role}.premium_support"]
    return table


def _post_use(market: Market) -> None:
    """Users say what they want, and how much of it must be safe."""
    seats, buyers = market.seats, market.buyers
    mechanisms = market.scenario.mechanisms
    secure = by_bloc(market, "secure_share", buyers.secure_wish)
    refused = np.maximum(1 - seats["china.licence_military"], 0.0) * market.parameters.licences.military_weight
    military = 0.5 * np.maximum(refused - market.licensing.start_military, 0.0)
    defence = np.zeros(secure.shape)
    for bloc in BUYER_BLOCS:
        defence[buyers.blocs.index(bloc)] = military
    us = buyers.blocs.index("us")
    defence[us] = np.maximum(seats["united_states.sourcing_ban"], military)
    nature = market.nature
    buyers.want(
        market.month, market.seeds, mechanisms.noise, nature.left, nature.shock_left, secure, defence,
        calm=market.held.nature,
    )  # fmt: skip


def _cover(market: Market) -> tuple[Vector, Vector]:
    """Months of stock that blocs wish over the usual ones, and share held in common, (blocs, worlds) each."""
    usual = market.parameters.usual_cover
    return by_bloc(market, "cover", usual * (1 + market.buyers.fear)) / usual, by_bloc(market, "pooling")


def _money_for_scrap(market: Market) -> Vector:
    """Public and private money for collection, million USD/month, by region of scrap."""
    seats, recyclers = market.seats, market.recyclers
    money = np.zeros(recyclers.recovered.shape)
    for region, bloc in (("north_america", "us"), ("europe", "europe"), ("japan", "japan_korea")):
        row = recyclers.names.index(region)
        money[row] = seats[f"buyers.{bloc}.recycling_effort"]
        if bloc == "us":
            money[row] = seats["united_states.recycling_support"] + money[row]
    return money / 12


def _mined_by_hosts(market: Market) -> Vector:
    """Concentrate mined this month in each middle power, t W, (hosts, worlds)."""
    mines = market.mines
    return np.array([mines.mined_in(host) for host in HOSTS])


def _safe_wish(market: Market) -> tuple[Vector, Vector]:
    """t W that civilians wish from safe origins, and the premium that they accept, USD/mtu, (switches, worlds) each."""
    seats, exchange, buyers = market.seats, market.exchange, market.buyers
    regions = market.licensing.switch_regions
    premium = np.empty((len(regions), market.worlds))
    for i, region in enumerate(regions):
        bloc = SAFE_BUYERS[region]
        premium[i] = seats[f"buyers.{bloc}.premium_ceiling"] * exchange.at(f"{region}.apt.any")
        if bloc in SUPPORTERS:
            premium[i] = premium[i] + seats[f"{SUPPORTERS[bloc]}.premium_support"]
    return buyers.safe_at_home[[buyers.using.index(region) for region in regions]], premium


def settle(market: Market) -> None:
    """Stocks, contracts and cash settle."""
    books = market.settlement
    books.sell(market.keep, market.equity_paid, market.granted, mine_prices(market))
    books.pay(market.paid, _support_asked(market))
    books.trade(market.bought, market.paid, market.home_spending, _effort(market))


def _support_asked(market: Market) -> Vector:
    """Public money for scrap collection and for safe goods, million USD, (supports, worlds)."""
    seats, buyers = market.seats, market.buyers
    asked = np.empty((1 + len(SUPPORTERS), market.worlds))
    asked[0] = seats["united_states.recycling_support"] / 12
    for i, (bloc, role) in enumerate(SUPPORTERS.items(), start=1):
        # paid on every tonne of safe material that civilians use
        safe = buyers.civil_safe[buyers.blocs.index(bloc)]
        asked[i] = million_dollars(safe, seats[f"{role}.premium_support"])
    return asked


def _effort(market: Market) -> Vector:
    """What groups of buyers pay for collection and thrift, million USD, (groups, worlds)."""
    effort = np.empty((len(BUYER_BLOCS), market.worlds))
    for i, bloc in enumerate(BUYER_BLOCS):
        seat = f"buyers.{bloc}"
        effort[i] = market.seats[f"{seat}.recycling_effort"] + market.seats[f"{seat}.substitution_effort"]
    return effort / 12
