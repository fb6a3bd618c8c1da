"""What the month teaches: expectations, fear, the wish for safe origins, quotes and trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.held import hold
from agents.parameters import law
from agents.trade_month import by_bloc, premium_support, tightening
from sim import lessons
from sim.levers import BUYER_BLOCS
from sim.network import Vector
from sim.outcomes import STAGES

if TYPE_CHECKING:
    from agents.market import Market

RAMP_UP, PRODUCTION = float(STAGES.index("ramp_up")), float(STAGES.index("production"))


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
    exchange, buyers, p = market.exchange, market.buyers, market.parameters
    ratio = _use_over_supply(market)
    if market.month == 0:
        market.start_balance = ratio
    anchor, expected = np.empty(market.worlds), np.empty(market.worlds)
    a, b = p.anchor, p.projects
    lessons.teach_holders(
        law(market.worlds, a.long_run_elasticity, a.adjustment, b.spot_weight, b.expectation),
        float(exchange.reference_price[exchange.place["europe.apt.any"], 0]),
        (ratio, market.start_balance),
        (exchange.anchor, market.expected, buyers.slow_price[buyers.blocs.index("europe")]),
        (anchor, expected),
    )
    exchange.anchor, market.expected = anchor, expected


def _use_over_supply(market: Market) -> Vector:
    """Trend use over what standing mines and scrap can supply, (worlds,)."""
    mines, seats = market.mines, market.seats
    ratio = np.empty(market.worlds)
    (leak,) = law(market.worlds, market.parameters.mines.quota_leak)
    lessons.weigh_supply(
        mines.quota[:, 0],
        RAMP_UP,
        PRODUCTION,
        (mines.nameplate, mines.ceiling, mines.stage, mines.ramp),
        (market.buyers.wanted, market.recyclers.recovered),
        (seats["china.mining_quota"], seats["china.quota_enforcement"], leak),
        ratio,
    )
    return ratio


def _print_quotes(market: Market) -> None:
    """Quotes trail deals a little; the premium is what users choose between."""
    inertia = market.parameters.quotes.inertia
    fresh = market.press.ask(market.seats["united_states.tariff_china"])
    market.quotes_held = inertia * market.quotes_held + (1 - inertia) * fresh
    market.premium = market.press.premium()
    pace = market.parameters.projects.expectation
    market.expected_premium = market.expected_premium + pace * (market.premium - market.expected_premium)
