"""What the month teaches: expectations, fear, the wish for safe origins, quotes and trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.held import hold
from agents.trade_month import by_bloc, premium_support, tightening
from sim import lessons
from sim.levers import BUYER_BLOCS

if TYPE_CHECKING:
    from agents.market import Market

NOT_YET = np.zeros(0)


def learn_from_trade(market: Market) -> None:
    """Buyers, traders, recyclers, holders, investors and the press learn from the month's trade."""
    _teach_buyers(market)
    if market.scenario.mechanisms.traders:
        market.traders.learn()
    hold(market.held.supply, market.recyclers, market.recyclers.learn)
    _teach_holders(market)
    _print_quotes(market)


def _teach_buyers(market: Market) -> None:
    """Fear, the wish for safe origins and thrift."""
    buyers, licensing = market.buyers, market.licensing
    market.late = licensing.late(licensing.gates(market.nature), buyers.bloc_of_pool, buyers.use_of_bloc[:, 0])
    usual = np.zeros((len(buyers.blocs), 1))
    for bloc in BUYER_BLOCS:
        usual[buyers.blocs.index(bloc)] = market.levers[f"buyers.{bloc}.long_contracts"].default
    hold(market.held.fear, buyers, lambda: buyers.learn(
        licensing.granted,
        tightening(market),
        market.late,
        market.premium,
        premium_support(market),
        by_bloc(market, "long_contracts") - usual,
        by_bloc(market, "substitution_effort") / 12,
        market.scenario.mechanisms.fear,
    ), "fear", "secure_wish")  # fmt: skip


def _teach_holders(market: Market) -> None:
    """The slow anchor of prices follows full cost; investors' long-run price follows the anchor."""
    exchange, buyers, mines, seats = market.exchange, market.buyers, market.mines, market.seats
    ratio, anchor, expected = (np.empty(market.worlds) for _ in range(3))
    lessons.teach_holders(
        market.law_of_holders,
        float(exchange.reference_price[exchange.place["europe.apt.any"], 0]),
        (mines.standing, buyers.wanted, market.recyclers.recovered),
        (seats["china.mining_quota"], seats["china.quota_enforcement"]),
        NOT_YET if market.month == 0 else market.start_balance,
        (exchange.anchor, market.expected, buyers.slow_price[buyers.blocs.index("europe")]),
        (ratio, anchor, expected),
    )
    if market.month == 0:
        market.start_balance = ratio
    exchange.anchor, market.expected = anchor, expected


def _print_quotes(market: Market) -> None:
    """Quotes trail deals a little; the premium is what users choose between."""
    fresh, premium = market.press.ask(market.seats["united_states.tariff_china"]), market.press.premium()
    quotes, expected = np.empty(fresh.shape), np.empty(premium.shape)
    lessons.print_quotes(
        market.law_of_quotes, fresh, premium, (market.quotes_held, market.expected_premium), (quotes, expected)
    )
    market.quotes_held, market.premium, market.expected_premium = quotes, premium, expected
