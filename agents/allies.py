"""The smaller seats: European Union, Japan and Korea, Turkey and Russia."""

from __future__ import annotations

from typing import ClassVar

from agents.government import Decisions, Government
from agents.observation import Observation
from agents.tenders import offers_of
from sim.compiled import inline
from sim.equations import by_world
from sim.lanes import where
from sim.offers import refill
from sim.ranges import clip, of_two

# Numbers in brackets are for the temperaments of each role in their order. All are estimates.

EU_COVER = (2.0, 12.0)
"""Months of defence use in the stockpile: a pilot (RESourceEU, December 2025), or a year."""
EU_COVER_FROM = 2026
"""First year in which the cautious Union buys for its pilot."""
EU_PREMIUM = (0.0, 0.5)
"""Part of the premium for secure supply that is paid, up to EU_MOST_PREMIUM."""
EU_MOST_PREMIUM = 60.0
"""Most premium support, USD/mtu."""

EASTERN_COVER = (4.5, 2.0)
"""Months of all use in public stocks: towards Japan's 180 days, or its 60 days of old."""
EASTERN_DEFENCE = 0.03
"""Defence in Japanese and Korean use: 350 of 11,500 t W/year in the scenario."""
EASTERN_PREMIUM = (0.15, 0.0)
"""Part of the premium that is paid in public."""
EASTERN_ANSWER = (1.5, 0.0)
"""Months of all use added to the stocks when China refuses every licence."""
EASTERN_ENDS = (4.0, 1.3)
"""Price over the long-run price at which purchases end."""
EASTERN_YEARS = (5.0, 3.0)
"""Time in which the gap is closed."""
EASTERN_MONEY = (0.7, 0.2)
"""Share of what the budget has left that goes to the stocks."""
EASTERN_RELEASE = (3.0, 2.0)
"""Price over the long-run price above which what stands above the target is sold."""

RUSSIAN_EXPORTS = (0.45, 1.0)
"""Share of usual sales to China allowed."""
RUSSIAN_FRIENDSHIP = (0.3, 0.0)
"""Share added at full trust."""

MARKET = ("price.apt.rotterdam", "price.long_run", "premium.secure", "cover", "defence_use")
"""What both stockpiling seats look at first."""


class EuropeanUnion(Government):
    """Studies strategic projects with care, or puts money into mines, stockpiles and premiums."""

    role: ClassVar[str] = "european_union"

    def decide(self, seen: Observation) -> Decisions:
        decided = rule_of_the_union(
            seen["temperament"], seen.every(seen.year < EU_COVER_FROM), *seen.several((*MARKET, "budget", "spent"))
        )
        return {
            ("european_union.stockpile_purchases", "european_union.premium_support"): decided,
            **offers_of(seen),
        }


@by_world(2)
def rule_of_the_union(
    temper: float, is_early: float, price: float, long_run: float, premium: float, cover: float, use: float,
    budget: float, spent: float,
) -> tuple[float, float]:  # fmt: skip
    """Stockpile purchases, t W/year, and support of the premium for secure supply, USD/mtu.

    Args:
        temper: temperament.
        is_early: 1 while the cautious Union does not buy yet.
        price, long_run, premium: USD/mtu, in Rotterdam.
        cover: months of defence use in the stockpile.
        use: defence use, t W/month.
        budget, spent: million USD/year.
    """
    unspent = max(budget - spent, 0.0)
    short = (of_two(temper, EU_COVER) - cover) * use
    fair = clip(3.0 - price / max(long_run, 1.0), 0.0, 1.0)
    purchases = fair * refill(short, 2.0, 2_000.0, 0.5 * unspent, price)
    waits = (is_early > 0.0) & (temper == 0.0)
    return where(waits, 0.0, purchases), premium_support(of_two(temper, EU_PREMIUM), premium, unspent, budget)


@inline
def premium_support(part: float, premium: float, unspent: float, budget: float) -> float:
    """Public part of the premium for secure supply, less once the budget is spent, USD/mtu."""
    return clip(part * max(premium, 0.0) * (unspent / max(budget, 1.0)), 0.0, EU_MOST_PREMIUM)


class JapanKorea(Government):
    """Fills public stocks early and through the cycle, or leaves supply to trading houses."""

    role: ClassVar[str] = "japan_korea"

    def decide(self, seen: Observation) -> Decisions:
        approval = seen["licence.approval"]
        decided = rule_of_the_east(
            seen["temperament"], approval[2], approval[3], *seen.several((*MARKET, "stockpile", "budget", "spent"))
        )
        return {
            ("japan_korea.stockpile_purchases", "japan_korea.premium_support"): decided,
            **offers_of(seen),
        }


@by_world(2)
def rule_of_the_east(
    temper: float, japan: float, korea: float, price: float, long_run: float, premium: float, cover: float,
    use: float, stock: float, budget: float, spent: float,
) -> tuple[float, float]:  # fmt: skip
    """Japanese and Korean purchases, t W/year, and support of the premium for secure supply, USD/mtu.

    A stockpiler buys through the cycle and answers refusals with more; others buy when it is cheap. What stands
    above the target is released when prices soar.

    Args:
        temper: temperament.
        japan, korea: share of usual trade that China approves.
        price, long_run, premium: USD/mtu, in Rotterdam.
        cover: months of defence use in the stockpiles.
        use: defence use, t W/month.
        stock: of the stockpiles, t W.
        budget, spent: million USD/year.
    """
    unspent = max(budget - spent, 0.0)
    refused = 1.0 - 0.5 * (japan + korea)
    target = of_two(temper, EASTERN_COVER) + of_two(temper, EASTERN_ANSWER) * clip(refused, 0.0, 1.0)
    short = (target / EASTERN_DEFENCE - cover) * use
    dear = price / max(long_run, 1.0)
    appetite = clip(of_two(temper, EASTERN_ENDS) - dear, 0.0, 1.0)
    money = of_two(temper, EASTERN_MONEY) * unspent
    bought = refill(short, of_two(temper, EASTERN_YEARS), 1_000.0, money, price)
    surplus = clip(min(-short, stock) / 3.0, 0.0, 1_000.0)
    released = where(dear > of_two(temper, EASTERN_RELEASE), surplus, 0.0)
    support = premium_support(of_two(temper, EASTERN_PREMIUM), premium, unspent, budget)
    return appetite * bought - released, support


class Turkey(Government):
    """Backs Turkish companies in Central Asia, or stays away."""

    role: ClassVar[str] = "turkey"

    def decide(self, seen: Observation) -> Decisions:
        return offers_of(seen)


class Russia(Government):
    """Keeps its tungsten for its own industry, or sells it."""

    role: ClassVar[str] = "russia"

    def decide(self, seen: Observation) -> Decisions:
        exports = russian_exports(seen["temperament"], seen["trust.china"])[0]
        return {"russia.exports_to_china": exports, **offers_of(seen)}


@by_world(1)
def russian_exports(temper: float, trust_of_china: float) -> tuple[float]:
    """Share of usual sales to China allowed."""
    share = of_two(temper, RUSSIAN_EXPORTS) + of_two(temper, RUSSIAN_FRIENDSHIP) * max(trust_of_china, 0.0)
    return (clip(share, 0.0, 1.0),)
