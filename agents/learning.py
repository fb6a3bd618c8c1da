"""What the month teaches: expectations, fear, the wish for safe origins, quotes and trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.buyers import SUPPORTERS
from agents.held import hold
from agents.parameters import law
from agents.trade_month import usual_quota
from agents.turns import whole
from sim.levers import BUYER_BLOCS
from sim.state import to_change
from sim.teaching import teach

if TYPE_CHECKING:
    from agents.market import Market

CONTRACTS = tuple(f"buyers.{bloc}.long_contracts" for bloc in BUYER_BLOCS)
SAVING = tuple(f"buyers.{bloc}.substitution_effort" for bloc in BUYER_BLOCS)
OWN = ("expected", "start_balance", "quotes_held", "premium", "expected_premium")
"""What the market itself remembers of a month."""
SUPPORT = tuple(f"{role}.premium_support" for role in SUPPORTERS.values())


class Lessons:
    """What everybody learns by, and never changes."""

    def __init__(self, market: Market) -> None:
        p, buyers, worlds = market.parameters, market.buyers, market.worlds
        anchor, projects, exchange = p.anchor, p.projects, market.exchange
        self.of_holders = (
            law(worlds, anchor.long_run_elasticity, anchor.adjustment, projects.spot_weight, projects.expectation,
                p.mines.quota_leak),
            float(exchange.reference_price[exchange.place["europe.apt.any"], 0]),
        )  # fmt: skip
        self.of_quotes = law(worlds, p.quotes.inertia, projects.expectation)
        contracts = np.array([float(market.levers[name].default) for name in CONTRACTS])
        self.usual = contracts, usual_quota(market)
        self.usual_use = buyers.use_of_bloc[:, 0].copy()
        self.europe = buyers.blocs.index("europe")


def learn_from_trade(market: Market) -> None:
    """Buyers, traders, recyclers, holders, investors and the press learn from the month's trade."""
    held = market.held
    hold(held.fear, market.buyers, lambda: hold(held.supply, market.recyclers, lambda: _learn(market)),
         "fear", "secure_wish")  # fmt: skip


def _learn(market: Market) -> None:
    """Let everybody write down what they learn."""
    seats, exchange, buyers, mines, traders = market.seats, market.exchange, market.buyers, market.mines, market.traders
    licensing, recyclers, lessons, mechanisms = (
        market.licensing, market.recyclers, market.lessons, market.scenario.mechanisms
    )  # fmt: skip
    contracts, saving, support = (tuple(map(whole, seats.several(names))) for names in (CONTRACTS, SAVING, SUPPORT))
    users, memory = buyers.learn(mechanisms.fear, lessons.usual)
    views, seen = traders.learn(mechanisms.traders)
    reach, heard = recyclers.learn()
    gates = licensing.hold_up(licensing.gates(market.nature), buyers.bloc_of_pool, lessons.usual_use)
    anchor, own = to_change(exchange, "anchor"), {name: to_change(market, name) for name in OWN}
    teach(
        gates,
        (users, tuple(memory.values())),
        (*views, tuple(seen.values())),
        (*reach, tuple(heard.values())),
        (
            lessons.of_holders, (mines.standing, buyers.wanted, recyclers.recovered), market.month == 0,
            lessons.europe, (anchor, own["expected"], own["start_balance"]),
        ),
        (lessons.of_quotes, market.press.asked, (own["quotes_held"], own["premium"], own["expected_premium"])),
        (exchange.price, exchange.throughput, exchange.flow, exchange.unmet, licensing.granted),
        (
            whole(seats["china.mining_quota"]), whole(seats["china.quota_enforcement"]),
            whole(seats["united_states.tariff_china"]), contracts, saving, support,
        ),
    )  # fmt: skip
    market.late, exchange.anchor = gates[-1], anchor
    for learner, learned in ((buyers, memory), (traders, seen), (recyclers, heard), (market, own)):
        learner.__dict__.update(learned)
