"""The month's trade: schedules are posted, the market clears, and what was traded is paid and booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.held import marked
from agents.projects_month import mine_prices
from agents.settlement import SUPPORTERS
from sim.holders import supply_cut
from sim.levers import BUYER_BLOCS
from sim.network import Vector
from sim.trading import play_trade
from sim.units import million_dollars

if TYPE_CHECKING:
    from agents.market import Market


def clear(market: Market) -> None:
    """Buyers, traders, recyclers and refiners post their schedules; the market clears; goods move."""
    exchange, buyers, states, held, worlds = market.exchange, market.buyers, market.states, market.held, market.worlds
    licensing, nature, seats, mechanisms = market.licensing, market.nature, market.seats, market.scenario.mechanisms
    # each takes its own tables to fill before others read what they still hold
    cleared, goods = exchange.clear(), exchange.ship()
    stocks = exchange.hold(buyers.cover_of_pool, (buyers.seat, market.parameters.usual_cover, buyers.fear))
    users = buyers.want(
        market.month, market.seeds, mechanisms.noise, (nature.left, nature.shock_left), licensing.military,
        marked(held.nature),
    )  # fmt: skip
    traders = market.traders.trade(usual_quota(market), marked(held.traders), mechanisms.traders)
    scrap, piles, licences = market.recyclers.collect(), states.fill(), licensing.grant(seats)
    shape, found = cleared.part
    entering = (market.mines.output, scrap.leaves["recovered"], traders.leaves["bought"], piles.leaves["bought"])
    decided, promised, ways = market.decided.rows(), market.deliveries.promise(seats), licensing.ways(market.refineries)
    posted = (
        users.part, traders.part, piles.part, scrap.part, (*licences.brings, licences.leaves["granted"]), promised,
        (*stocks.brings, stocks.leaves["wished"]), ways, goods.part, exchange.entering(*entering),
    )  # fmt: skip
    contracts, gates = market.deliveries.contracts, licensing.gates(nature)
    shaped = (shape, exchange.dealt_in, market.deliveries.mines_in, contracts)
    play_trade(decided, posted, shaped, gates, held.closed(worlds), exchange.room(len(buyers.using), contracts), found)
    for turn in (users, traders, scrap, piles, licences, stocks, goods, cleared):
        turn.end()
    market.bought, market.paid = piles.leaves["bought"], piles.leaves["paid"]


def by_bloc(market: Market, lever: str) -> Vector:
    """A lever of the three groups of buyers by bloc, zero where nobody sits, (blocs, worlds)."""
    blocs = market.buyers.blocs
    table = np.zeros((len(blocs), market.worlds))
    for bloc in BUYER_BLOCS:
        table[blocs.index(bloc)] = market.seats[f"buyers.{bloc}.{lever}"]
    return table


def usual_quota(market: Market) -> float:
    """China's mining quota of the year before the start, t W/year."""
    return float(market.levers["china.mining_quota"].default)


def tightening(market: Market) -> Vector:
    """How far China cuts its own mining quota below that of the year before the start, share."""
    return supply_cut(market.seats["china.mining_quota"], usual_quota(market))


def premium_support(market: Market) -> Vector:
    """Public money towards the premium that users pay, USD/mtu, (blocs, worlds)."""
    table = np.zeros((len(market.buyers.blocs), market.worlds))
    for bloc, role in SUPPORTERS.items():
        table[market.buyers.blocs.index(bloc)] = market.seats[f"{role}.premium_support"]
    return table


def settle(market: Market) -> None:
    """Stocks, contracts and cash settle."""
    books = market.settlement
    books.sell(market.keep, market.equity_paid, market.capital_spent, market.granted, mine_prices(market))
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
