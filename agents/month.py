"""One month, in order: the phases stand here once, as data, and a test pins them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from agents.deciding import decide, enact
from agents.judgement import judge
from agents.learning import learn_from_trade
from agents.projects_month import advance, produce, sign, strike
from agents.record import record
from agents.trade_month import clear, settle

if TYPE_CHECKING:
    from agents.market import Market


def learn(market: Market) -> None:
    """Expectations, trust, fear and the wish for safe origins are learned."""
    learn_from_trade(market)
    judge(market)


MONTH: tuple[Callable[[Market], None], ...] = (
    strike,
    enact,
    decide,
    sign,
    advance,
    produce,
    clear,
    settle,
    learn,
    record,
)
"""The phases of a month, in order."""
