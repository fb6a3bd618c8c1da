"""The United States: loans, offtakes with floors, a stockpile and a tariff, against a Chinese refusal."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from agents.deposits import lie_in, places, rows
from agents.government import Decisions, Government
from agents.observation import Observation
from agents.public_money import Mask, candidates, cheapest, dearness, refill, unspent, within
from sim.levers import OFFTAKERS, PARTNERS
from sim.network import Vector
from sim.outcomes import STAGES

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


class UnitedStates(Government):
    """Competes for mines, or buys what is available."""

    role: ClassVar[str] = "united_states"

    def decide(self, seen: Observation) -> Decisions:
        loan, backed = loans(seen)
        share, floor = offtakes(seen, backed)
        price = dearness(seen, "price.apt.us")
        refused = 1.0 - seen["licence.approval"][0]
        ban = seen.choose(*BAN) if seen.year >= BAN_YEAR else np.zeros(seen.worlds)
        tariff = seen.choose(*TARIFF) + seen.choose(*TARIFF_ANSWER) * np.clip(refused, 0.0, 1.0)
        return {
            "united_states.loan": loan,
            "united_states.offtake_share": share,
            "united_states.floor_price": floor,
            "united_states.mine_support": study_grants(seen),
            "united_states.stockpile_purchases": stockpile_purchases(seen, price),
            "united_states.tariff_china": tariff,
            "united_states.sourcing_ban": ban,
            "united_states.recycling_support": seen.choose(*RECYCLING) * np.clip(price - 0.5, 0.0, 1.5),
            "united_states.advocacy": seen.choose(*ADVOCACY),
        }


def loans(seen: Observation) -> tuple[Vector, Mask]:
    """Loans to the best projects that lack money, and to those that hold a letter of interest.

    Returns:
        Million USD, and whether a project is backed, both of shape (projects, worlds).
    """
    needy = candidates(seen, "china", "russia")
    lettered = np.array([[seen.projects[i] in LETTERS] for i in needy.index], bool).reshape(-1, 1)
    affordable = needy.incentive <= seen.choose(*DEAREST_LOAN) * seen["price.long_run"]
    allowed = (needy.missing > 0.0) & (needy.partner != CHINA) & affordable & (needy.free > 0.1) & ~lettered
    # output that others have already bought makes a project no safer for American users
    chosen = cheapest(needy.incentive / np.maximum(needy.free, 0.25), allowed, seen.choose(*LOANS))
    lent = np.minimum(seen.choose(*LOAN_SHARE) * (needy.missing + needy.lent), LARGEST_LOAN)
    offers = needy.table(seen.projects, np.where(chosen, lent, 0.0))
    for i, project in enumerate(seen.projects):
        if project in LETTERS:
            offers[i] = letter(seen, project)
    offers = within(offers, seen.choose(*LENDING_YEARS) * seen["budget"])
    return offers, offers > 0.0


def letter(seen: Observation, project: str) -> Vector:
    """Loan on a letter of interest, million USD; in Central Asia it stands once the deposit is American."""
    row = seen.row(project)
    partner, stage, missing = seen["partner"][row], seen["stage"][row], seen["missing"][row]
    central = bool(lie_in((project,), "kazakhstan", "uzbekistan")[0, 0])
    stands = partner == US if central else partner != CHINA
    early = (stage >= FEASIBILITY) & (stage <= FINANCING)
    before = np.where(early, seen.choose(*LETTER_SHARE) * seen["capex"][row], 0.0)
    wanted = np.where(missing > 0.0, missing + seen["loan.signed"][row], before)
    return np.where(stands, np.minimum(wanted, LETTERS[project]), 0.0)


def offtakes(seen: Observation, backed: Mask) -> tuple[Vector, Vector]:
    """Shares of output wanted, and floors: for backed projects, or for a pragmatist, those about to deliver.

    Returns:
        Share and USD/mtu, both of shape (projects, worlds).
    """
    share, floor = np.zeros(backed.shape), np.zeros(backed.shape)
    where = places(seen.projects, "china", "russia", elsewhere=True)
    here = rows(seen.mines, seen.projects, "china", "russia", elsewhere=True)
    stage = seen["stage"][here]
    delivering = (stage >= CONSTRUCTION) & (stage <= PRODUCTION) & (seen["partner"][here] != CHINA)
    buys = backed[where] | (delivering & (seen.choose(0.0, 1.0) > 0.0))
    free = 1.0 - seen["offtake.china"][here]
    for buyer in OFFTAKERS[1:]:
        free = free - seen[f"offtake.{buyer}"][here]
    share[where] = np.where(buys, np.clip(np.minimum(free, seen.choose(*OFFTAKE)), 0.0, 1.0), 0.0)
    floor[where] = np.where(buys, np.clip(seen.choose(*FLOOR) * seen["incentive"][here], 0.0, 1_000.0), 0.0)
    return share, floor


def study_grants(seen: Observation) -> Vector:
    """Grants to studies in North America and of deposits awarded to American partners, million USD/year."""
    grants = np.zeros((len(seen.projects), seen.worlds))
    near = ("north_america", "kazakhstan", "uzbekistan")
    where, here = places(seen.projects, *near), rows(seen.mines, seen.projects, *near)
    stage = seen["stage"][here]
    studied = (stage >= PRE_FEASIBILITY) & (stage <= FEASIBILITY)
    promising = seen["incentive"][here] <= STUDY_CEILING * seen["price.long_run"]
    ours = lie_in(seen.projects, "north_america")[where] | (seen["partner"][here] == US)
    grants[where] = np.where(studied & promising & ours, seen.choose(*STUDY_GRANT), 0.0)
    return within(grants, GRANTS_SHARE * seen["budget"])


def stockpile_purchases(seen: Observation, price: Vector) -> Vector:
    """Purchases towards the wartime use to be covered, fewer when dear; a pragmatist's releases; t W/year.

    Args:
        seen: what the United States knows.
        price: American over long-run price.
    """
    short = (seen.choose(*COVER) * WARTIME - seen["cover"]) * seen["defence_use"]
    fair = np.clip(4.0 * (1.0 - price / seen.choose(*FAIR_PRICE)), 0.0, 1.0)
    money = seen.choose(*STOCKPILE_MONEY) * unspent(seen)
    bought = fair * refill(short, seen.choose(*FILL_YEARS), MOST_BOUGHT, money, seen["price.apt.us"])
    surplus = np.clip(np.minimum(-short, seen["stockpile"]) / 2.0, 0.0, MOST_BOUGHT)
    sells = (price > RELEASE_PRICE) & (seen.choose(0.0, 1.0) > 0.0)
    return bought - np.where(sells, surplus, 0.0)
