"""The United States: loans, offtakes with floors, a stockpile and a tariff, against a Chinese refusal."""

from __future__ import annotations

from typing import ClassVar

from agents.government import Decisions, Government
from agents.lenders import PRAGMATIST
from agents.observation import Observation
from agents.tenders import offers_of
from sim.compiled import inline
from sim.equations import by_world
from sim.lanes import where
from sim.offers import refill
from sim.ranges import clip, of_two

# Where there are two numbers, they are for the temperaments competitor, pragmatist. All are estimates.

COVER = (18.0, 12.0)
"""Months of wartime use that the stockpile should cover."""
WARTIME = 6.0
"""Wartime over peacetime defence use; the stockpile covers less than half of a shortfall (CRS R47833)."""
FILL_YEARS = (3.0, 6.0)
"""Time in which the gap is closed."""
MOST_BOUGHT = 2_041.0
"""Most bought, t W/year (plan of the stockpile's managers for 2025)."""
STOCKPILE_MONEY = (0.7, 0.4)
"""Share of what the budget has left that goes to the stockpile."""
FAIR_PRICE = (3.0, 1.15)
"""Price over the long-run price at which purchases end; they begin to shrink below three quarters of it."""
RELEASE_PRICE = 2.5
"""Price over the long-run price above which a pragmatist sells what it has above its target."""

TARIFF = (0.25, 0.1)
"""Tariff in ordinary times (section 301: 25 % from January 2025)."""
TARIFF_ANSWER = (0.1, 0.0)
"""Tariff added when China refuses every licence."""
BAN_YEAR = 2027
"""First year of the sourcing ban on mining and refining (DFARS 225.7018, final rule of May 2024)."""
BAN = (1.0, 0.8)
"""Share of defence use under that ban; a pragmatist waives goods off the shelf."""
RECYCLING = (20.0, 8.0)
"""Support of scrap collection when the price is double its long-run level, million USD/year."""
ADVOCACY = (1.0, 0.2)
"""Diplomatic weight behind Central Asian projects."""


class UnitedStates(Government):
    """Competes for mines, or buys what is available."""

    role: ClassVar[str] = "united_states"

    def decide(self, seen: Observation) -> Decisions:
        decided = rule_of_the_states(
            seen["temperament"], seen.every(seen.year >= BAN_YEAR), seen["price.apt.us"], seen["price.long_run"],
            seen["licence.approval"][0], *seen.several(("cover", "defence_use", "stockpile", "budget", "spent")),
        )  # fmt: skip
        return {DECIDED: decided, **offers_of(seen)}


DECIDED = (
    "united_states.stockpile_purchases",
    "united_states.tariff_china",
    "united_states.sourcing_ban",
    "united_states.recycling_support",
    "united_states.advocacy",
)
"""What `rule_of_the_states` decides."""


@by_world(len(DECIDED))
def rule_of_the_states(
    temper: float, ban_holds: float, price: float, long_run: float, approval: float, cover: float, use: float,
    stock: float, budget: float, spent: float,
) -> tuple[float, ...]:  # fmt: skip
    """Stockpile, tariff and ban against a Chinese refusal; support of scrap when tungsten is dear.

    Args:
        temper: temperament.
        ban_holds: 1 once the law on sourcing is in force.
        price, long_run: American price of APT, and price to which holders expect APT to return, USD/mtu.
        approval: share of usual trade that China approves.
        cover: months of defence use in the stockpile.
        use: defence use, t W/month.
        stock: of the stockpile, t W.
        budget, spent: million USD/year.
    """
    dear = price / max(long_run, 1.0)
    tariff = of_two(temper, TARIFF) + of_two(temper, TARIFF_ANSWER) * clip(1.0 - approval, 0.0, 1.0)
    ban = where(ban_holds > 0.0, of_two(temper, BAN), 0.0)
    recycling = of_two(temper, RECYCLING) * clip(dear - 0.5, 0.0, 1.5)
    purchases = stockpile_purchases(temper, dear, price, cover, use, stock, max(budget - spent, 0.0))
    return purchases, tariff, ban, recycling, of_two(temper, ADVOCACY)


@inline
def stockpile_purchases(
    temper: float, dear: float, price: float, cover: float, use: float, stock: float, unspent: float
) -> float:
    """Purchases towards the wartime use to be covered, fewer when dear; a pragmatist's releases; t W/year.

    Args:
        temper: temperament.
        dear: American over long-run price.
        price: American price, USD/mtu.
        cover, use, stock: months covered, t W/month of defence use, t W held.
        unspent: part of the yearly budget that is left, million USD.
    """
    short = (of_two(temper, COVER) * WARTIME - cover) * use
    fair = clip(4.0 * (1.0 - dear / of_two(temper, FAIR_PRICE)), 0.0, 1.0)
    money = of_two(temper, STOCKPILE_MONEY) * unspent
    bought = fair * refill(short, of_two(temper, FILL_YEARS), MOST_BOUGHT, money, price)
    surplus = clip(min(-short, stock) / 2.0, 0.0, MOST_BOUGHT)
    return bought - where((dear > RELEASE_PRICE) & (temper == PRAGMATIST), surplus, 0.0)
