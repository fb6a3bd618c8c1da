"""The month's decisions: orders enter their seats, and rules decide what nobody has ordered."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from agents import buyer_rule
from agents.tenders import ROLES
from sim.levers import BUYER_BLOCS

if TYPE_CHECKING:
    from agents.market import Market


def enact(market: Market) -> None:
    """Events and law take effect: this month's orders enter their seats."""
    market.seats.open_month(market.month)


def decide(market: Market) -> None:
    """Everyone sees the same start of the month; governments and buyers decide."""
    seen = market.briefing.views(market.briefing.news())
    market.seats.invite({role: seen[role] for role in ROLES})
    governments = (each.decide(seen[each.role]) for each in market.governments)
    buyers = (buyer_rule.decide(bloc, seen[f"buyers.{bloc}"]) for bloc in BUYER_BLOCS)
    market.seats.rule(chain(governments, buyers))
    market.briefing.forget_views()
