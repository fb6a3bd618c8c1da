"""The United States: loans, offtakes with floors, a stockpile and a tariff, against a Chinese refusal."""

from __future__ import annotations

import math
from functools import cache
from typing import ClassVar

import numpy as np

from agents.deposits import marks, places
from agents.government import Decisions, Government
from agents.observation import Observation
from agents.public_money import prospects
from sim.compiled import inline
from sim.equations import by_world
from sim.levers import PARTNERS
from sim.network import Vector
from sim.offers import Offers, refill
from sim.outcomes import STAGES
from sim.prospects import by_prospect
from sim.ranges import clip, of_two

# Where there are two numbers, they are for the temperaments competitor, pragmatist. All are estimates.

LETTERS = {"northern_katpar": 900.0, "upper_kairakty": 700.0, "hemerdon": 95.0}
"""Letters of interest of EXIM and DFC, million USD (2025); an offer, no loan yet."""
LETTER_SHARE = (0.8, 0.4)
"""Share of capital cost offered on a letter before the project knows what it lacks."""
LOANS = (3.0, 1.0)
"""Projects without a letter that are lent to at once."""
LOAN_SHARE = (0.8, 0.35)
"""Share of the missing money lent."""
LARGEST_LOAN = 600.0
"""Largest loan without a letter, million USD."""
DEAREST_LOAN = (1.4, 0.95)
"""Dearest project lent to: incentive price over the long-run price; a competitor pays for security."""
LENDING_YEARS = (2.5, 0.5)
"""Budgets that may be lent at once, since loans come back."""

OFFTAKE = (0.6, 0.3)
"""Share of output bought from a backed project, as far as it is free."""
FLOOR = (0.8, 0.0)
"""Floor over the project's incentive price (Almonty and Tungsten Parts Wyoming: USD 235 against some 300)."""

STUDY_GRANT = (8.0, 2.0)
"""Grant to a promising study, at home or of American partners, million USD/year (6 to 16 in 2024-25)."""
STUDY_CEILING = 1.5
"""Dearest project whose study is paid: incentive price over the long-run price."""
GRANTS_SHARE = 0.15
"""Most of the budget spent on studies."""

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

PRE_FEASIBILITY, FEASIBILITY = STAGES.index("pre_feasibility"), STAGES.index("feasibility")
FINANCING, CONSTRUCTION = STAGES.index("financing"), STAGES.index("construction")
PRODUCTION = STAGES.index("production")
CHINA, US = PARTNERS.index("china"), PARTNERS.index("us")
PRAGMATIST = 1.0


class UnitedStates(Government):
    """Competes for mines, or buys what is available."""

    role: ClassVar[str] = "united_states"

    def decide(self, seen: Observation) -> Decisions:
        loan, share, floor = loans_and_contracts(seen)
        decided = rule_of_the_states(
            seen["temperament"],
            seen.every(seen.year >= BAN_YEAR),
            seen["price.apt.us"],
            seen["price.long_run"],
            seen["licence.approval"][0],
            seen["cover"],
            seen["defence_use"],
            seen["stockpile"],
            seen["budget"],
            seen["spent"],
        )
        return {
            "united_states.loan": loan,
            "united_states.offtake_share": share,
            "united_states.floor_price": floor,
            "united_states.mine_support": study_grants(seen),
            DECIDED: decided,
        }


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
    ban = of_two(temper, BAN) if ban_holds > 0.0 else 0.0
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
    return bought - (surplus if dear > RELEASE_PRICE and temper == PRAGMATIST else 0.0)


def loans_and_contracts(seen: Observation) -> tuple[Offers, Offers, Offers]:
    """Loans, and for backed projects, or for a pragmatist those about to deliver, contracts.

    Loans go to the best projects that lack money, and to those that hold a letter of interest; a project with a loan
    is backed.

    Returns:
        Loans, million USD; shares of output wanted; floors, USD/mtu.
    """
    late = bool((seen["temperament"] == PRAGMATIST).any())
    found, letter = prospects(seen, to_production=late), letters(seen.projects)
    lettered = letter > 0.0
    abroad = places(seen.projects, "china", "russia", elsewhere=True)
    lent_to, (loan,) = lending(
        found, abroad, letter, marks(seen.projects, "kazakhstan", "uzbekistan"), seen["temperament"],
        seen["price.long_run"], early=lettered, most=seen.choose(*LOANS),
        limit=seen.choose(*LENDING_YEARS) * seen["budget"],
    )  # fmt: skip
    backing = np.zeros(found.places.size)
    backing[lent_to] = loan.values
    _, (share, floor) = contract(found, abroad, backing, seen["temperament"], early=None if late else lettered)
    return loan, share, floor


@cache
def letters(projects: tuple[str, ...]) -> Vector:
    """Amount of the letter of interest that each project holds, 0 for none, million USD, (projects,)."""
    return np.array([LETTERS.get(project, 0.0) for project in projects])


@by_prospect(places=2, ranked=True)
def lending(
    missing: float, signed: float, partner: float, stage: float, capex: float, free: float, incentive: float,
    letter: float, is_central: float, temper: float, long_run: float,
) -> tuple[float, float]:  # fmt: skip
    """Rank of a project among those lent to, inf if it is none, and the loan that it would get, million USD.

    Letters stand besides the few that are chosen: their rank is minus infinity.

    Args:
        missing, signed: money it lacks and loans it has, million USD; a loan counts what has been signed already.
        partner, stage: codes.
        capex: million USD.
        free: share of its output that is not sold.
        incentive: price at which it earns its hurdle, USD/mtu.
        letter: amount of its letter of interest, million USD, 0 if it has none.
        is_central: 1 in Central Asia.
        temper: temperament.
        long_run: price to which holders expect APT to return, USD/mtu.
    """
    if letter > 0.0:
        lent = lettered_loan(partner, stage, missing, signed, capex, temper, letter, is_central)
        return -math.inf if lent > 0.0 else math.inf, lent
    if not missing > 0.0:
        return math.inf, 0.0
    affordable = incentive <= of_two(temper, DEAREST_LOAN) * long_run
    allowed = partner != CHINA and affordable and free > 0.1
    # output that others have already bought makes a project no safer for American users
    rank = incentive / max(free, 0.25) if allowed else math.inf
    return rank, min(of_two(temper, LOAN_SHARE) * (missing + signed), LARGEST_LOAN)


@inline
def lettered_loan(
    partner: float, stage: float, missing: float, signed: float, capex: float, temper: float, most: float,
    is_central: float,
) -> float:  # fmt: skip
    """Loan that a letter stands for, million USD; in Central Asia it stands once the deposit is American.

    Args:
        partner, stage: codes.
        missing, signed, capex: money it lacks, loans it has, and its capital cost, million USD.
        temper: temperament.
        most: amount of the letter, million USD.
        is_central: 1 in Central Asia.
    """
    stands = partner == US if is_central > 0.0 else partner != CHINA
    before = of_two(temper, LETTER_SHARE) * capex if FEASIBILITY <= stage <= FINANCING else 0.0
    wanted = missing + signed if missing > 0.0 else before
    return min(wanted, most) if stands else 0.0


@by_prospect(own=1, offers=2)
def contract(
    loan: float, stage: float, partner: float, incentive: float, free: float, temper: float
) -> tuple[float, float]:
    """Share and floor of a contract with a project, 0 if none is wanted.

    Args:
        loan: million USD.
        stage, partner: codes.
        incentive: price at which it earns its hurdle, USD/mtu.
        free: share of its output that is not sold.
        temper: temperament.

    Returns:
        Share, and USD/mtu.
    """
    delivers = CONSTRUCTION <= stage <= PRODUCTION and partner != CHINA
    if not (loan > 0.0 or (delivers and temper == PRAGMATIST)):
        return 0.0, 0.0
    return min(free, of_two(temper, OFFTAKE)), clip(of_two(temper, FLOOR) * incentive, 0.0, 1_000.0)


def study_grants(seen: Observation) -> Offers:
    """Grants to studies in North America and of deposits awarded to American partners, million USD/year."""
    found, projects = prospects(seen), seen.projects
    _, (grant,) = study_grant(
        found, places(projects, "north_america", "kazakhstan", "uzbekistan"), marks(projects, "north_america"),
        seen["temperament"], seen["price.long_run"], limit=GRANTS_SHARE * seen["budget"],
    )  # fmt: skip
    return grant


@by_prospect(places=1)
def study_grant(
    stage: float, partner: float, incentive: float, is_home: float, temper: float, long_run: float
) -> tuple[float]:
    """Grant to one study, million USD/year.

    Args:
        stage, partner: codes.
        incentive: price at which the project earns its hurdle, USD/mtu.
        is_home: 1 in North America.
        temper: temperament.
        long_run: price to which holders expect APT to return, USD/mtu.
    """
    studied = PRE_FEASIBILITY <= stage <= FEASIBILITY
    ours = is_home > 0.0 or partner == US
    return (of_two(temper, STUDY_GRANT) if studied and ours and incentive <= STUDY_CEILING * long_run else 0.0,)
