"""The month's trade: schedules are posted, the market clears, and what was traded is paid and booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.held import marked
from sim.trading import play_trade

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
    room = exchange.room(len(buyers.using), len(buyers.blocs), len(promised[1]), contracts)
    play_trade(decided, posted, shaped, gates, held.closed(worlds), room, found, market.settlement.traded)
    for turn in (users, traders, scrap, piles, licences, stocks, goods, cleared):
        turn.end()
    market.bought, market.paid = piles.leaves["bought"], piles.leaves["paid"]


def usual_quota(market: Market) -> float:
    """China's mining quota of the year before the start, t W/year."""
    return float(market.levers["china.mining_quota"].default)


def settle(market: Market) -> None:
    """Stocks, contracts and cash settle."""
    market.settlement.settle(
        market.keep, market.equity_paid, market.capital_spent, market.granted, market.bought, market.paid,
        market.home_spending,
    )  # fmt: skip
