"""China: licences that answer offence and the fear of new mines, a quota, a reserve, money abroad."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from agents.deposits import places, rows
from agents.government import Decisions, Government
from agents.observation import Observation
from agents.public_money import affordable, dearness, within
from sim import sums
from sim.levers import PARTNERS
from sim.network import Vector
from sim.outcomes import STAGES

# Where there are three numbers, they are for the temperaments measured, hardline, open.
# All are estimates; what they were fitted to by eye stands with them.

RETALIATION = (0.4, 0.9, 0.05)
"""Share of licences refused for one unit of grievance."""
USUAL_APPROVAL = (1.0, 0.8, 1.0)
"""Share approved for a bloc that gives no offence; a hard line keeps a fifth back to remind users of it."""
LEAST_APPROVAL = (0.3, 0.05, 0.85)
"""Share approved at the height of a quarrel (controlled exports fell by 60 to 70 % in 2025)."""
TARIFF_GRIEVANCE = 2.0
"""Grievance of a tariff of 100 %; with 25 % and trust of -0.5, a measured China approves about 0.6."""
BAN_GRIEVANCE = 0.4
"""Grievance of a ban from all defence use."""
DISTRUST_GRIEVANCE = 0.8
"""Grievance of full distrust."""
AWARD_GRIEVANCE = 0.7
"""Grievance if Western partners hold all Central Asian deposits."""
ALIGNMENT = np.array([1.0, 0.3, 0.3, 0.25, 0.1]).reshape(-1, 1)
"""Part of the grievance against American measures that each bloc feels; in the order of the lever."""
TIGHTEN = (0.04, 0.15, 0.1)
"""Largest fall of an approval in a month: a measured China takes about a year to its full answer."""
EASE = (0.03, 0.015, 0.1)
"""Largest rise of an approval in a month (from about 0.1 in February to 0.4 in November 2025)."""
RECALL = (0.25, 0.05, 0.0)
"""Approval given back, at most, when foreign mines that are being paid for or built threaten its share."""
HARMLESS, ALARMING = 0.03, 0.12
"""Capacity of such mines, over world use: where unease begins, and where it is complete."""
WORLD_USE = 119_000.0
"""World use in 2024, t W/year, for as long as nothing newer is published."""
REFUSED_MILITARY = (0.8, 1.0, 0.3)
"""Share of military requests refused at one unit of grievance (MOFCOM No. 46 of December 2024)."""
DELAY = (2.0, 4.0, 0.5)
"""Months that a licence takes under a full regime: 45 days by law, longer in practice (2025)."""
SCOPE = (0.0, 0.6, 0.0)
"""Share of free forms put under licence too, at one unit of grievance."""

USUAL_QUOTA = (58_800.0, 56_000.0, 62_000.0)
"""Mining quota when prices are ordinary, t W/year (2024: 58,800)."""
QUOTA_RESPONSE = (0.08, 0.04, 0.2)
"""Share added when the domestic price is double its ordinary level: it never chases the price in full."""
QUOTA_MONTHS = (4, 11)
"""Months in which the two batches of a year are published (2025: April, and quietly by November)."""
QUOTA_STEP = 0.06
"""Largest change between two batches (April 2025: -6.45 %)."""
ENFORCEMENT = (0.7, 0.85, 0.6)
"""Enforcement in quiet times (2024: about 14 % mined above the quota; unenforced, 55 %)."""
CAMPAIGN = 0.1
"""Enforcement added where all licences are refused: campaigns follow controls (May, July 2025)."""

HOME_DISCOUNT = 0.88
"""Ordinary domestic price of APT, without VAT, over the long-run price in Rotterdam (January 2025)."""
RESERVE_BUYS_BELOW = (0.85, 1.0, 0.75)
"""Domestic price, over its ordinary level, below which the reserve buys (as at the lows of 2016 and 2019)."""
RESERVE_SELLS_ABOVE = (1.6, 2.4, 1.4)
"""Domestic price, over its ordinary level, above which it sells."""
RESERVE_PACE = 12_000.0
"""Purchases for each unit of price below the first threshold, t W/year; sales above the second."""
RESERVE_MOST = 4_000.0
"""Most that is bought or sold, t W/year; besides, no more than a third of the stock is sold in a year."""
RESERVE_MONEY = 0.4
"""Share of the budget that the reserve may spend."""

HOST_TRUST = (0.15, 0.0, 0.4)
"""Least trust of a host in which it invests."""
AFRICAN_TRUST = 0.3
"""Trust of African hosts, who have no seat of their own."""
OVERSEAS_APPETITE = (1.15, 1.4, 0.9)
"""Dearest project it backs: incentive price over the long-run price; state producers accept thin returns."""
OWN_APPETITE = 0.5
"""Added to that for a deposit awarded to China: it has been won, and is not to be lost."""
OVERSEAS_SHARE = 0.7
"""Share of capital cost offered before the project's own search for money shows what it lacks."""
OVERSEAS_YEARS = 2.0
"""Budgets that may be promised at once."""

FINANCING, CONSTRUCTION = STAGES.index("financing"), STAGES.index("construction")
CHINA, US = PARTNERS.index("china"), PARTNERS.index("us")
EUROPE, TURKEY = PARTNERS.index("europe"), PARTNERS.index("turkey")


class China(Government):
    """Licenses exports to keep leverage without calling rivals into being; how far depends on temperament."""

    role: ClassVar[str] = "china"

    def decide(self, seen: Observation) -> Decisions:
        against_us, grievance = grievances(seen)
        approval = licences(seen, grievance)
        strictness = 1.0 - approval[0]
        heat = np.clip(against_us, 0.0, 1.0)
        return {
            "china.licence_approval": approval,
            "china.licence_military": 1.0 - seen.choose(*REFUSED_MILITARY) * heat,
            "china.processing_delay": seen.choose(*DELAY) * np.clip(5.0 * strictness, 0.0, 1.0),
            "china.controlled_scope": seen.choose(*SCOPE) * heat,
            "china.mining_quota": mining_quota(seen),
            "china.quota_enforcement": np.clip(seen.choose(*ENFORCEMENT) + CAMPAIGN * strictness, 0.0, 1.0),
            "china.reserve_purchases": reserve_purchases(seen),
            "china.overseas_finance": overseas_finance(seen),
        }


def grievances(seen: Observation) -> tuple[Vector, Vector]:
    """What China holds against the United States and against each licence bloc.

    Returns:
        Grievance against the United States, shape (worlds,), and against the blocs, shape (blocs, worlds);
        0 is none, 1 serious.
    """
    measures = (
        TARIFF_GRIEVANCE * seen["tariff_china"]
        + BAN_GRIEVANCE * seen["sourcing_ban"]
        + AWARD_GRIEVANCE * lost_deposits(seen)
    )
    distrust = [
        np.maximum(-seen[f"trust.{role}"], 0.0) for role in ("united_states", "european_union", "japan_korea")
    ]
    us, europe, east = distrust
    own = DISTRUST_GRIEVANCE * np.stack([us, europe, east, east, np.zeros(seen.worlds)])
    blocs = own + ALIGNMENT * measures
    return blocs[0], blocs


def lost_deposits(seen: Observation) -> Vector:
    """Share of Central Asian capacity that is awarded to American or European partners, 0 to 1."""
    central = rows(seen.mines, seen.projects, "kazakhstan", "uzbekistan")
    partner, nameplate = seen["partner"][central], seen["nameplate"][central]
    lost = np.where((partner == US) | (partner == EUROPE), nameplate, 0.0)
    return sums.total(lost) / np.maximum(sums.total(nameplate), 1.0)


def rivals_called(seen: Observation) -> Vector:
    """Foreign capacity that is being paid for or built, over world use: what licences call into being."""
    abroad = rows(seen.mines, seen.projects, "china", elsewhere=True)
    stage = seen["stage"][abroad]
    coming = (stage >= FINANCING) & (stage <= CONSTRUCTION)
    # nothing is published in the first months of a game
    use = seen.get("statistic.use.world", np.full(seen.worlds, WORLD_USE / 12.0))
    return sums.total(np.where(coming, seen["nameplate"][abroad], 0.0)) / np.maximum(12.0 * use, 1.0)


def licences(seen: Observation, grievance: Vector) -> Vector:
    """Approvals, moving in bounded steps towards what grievance and fear of rivals ask for.

    Args:
        seen: what China knows.
        grievance: against each bloc, shape (blocs, worlds).

    Returns:
        Share of usual trade, shape (blocs, worlds).
    """
    usual = seen.choose(*USUAL_APPROVAL)
    alarm = np.clip((rivals_called(seen) - HARMLESS) / (ALARMING - HARMLESS), 0.0, 1.0)
    wished = usual - seen.choose(*RETALIATION) * grievance + seen.choose(*RECALL) * alarm
    wished = np.minimum(np.maximum(wished, seen.choose(*LEAST_APPROVAL)), usual)
    last = seen["licence.approval"]
    return last + np.clip(wished - last, -seen.choose(*TIGHTEN), seen.choose(*EASE))


def home_price(seen: Observation) -> Vector:
    """Domestic price of APT over its ordinary level."""
    return dearness(seen, "price.apt.china_domestic") / HOME_DISCOUNT


def mining_quota(seen: Observation) -> Vector:
    """Quota that leans against the balance at home, in the months when batches are published; t W/year."""
    last = seen["mining_quota"]
    if seen.calendar_month not in QUOTA_MONTHS:
        return last
    scarcity = np.clip(home_price(seen) - 1.0, -1.0, 1.0)
    wished = seen.choose(*USUAL_QUOTA) * (1.0 + seen.choose(*QUOTA_RESPONSE) * scarcity)
    return np.clip(wished, last * (1.0 - QUOTA_STEP), last * (1.0 + QUOTA_STEP))


def reserve_purchases(seen: Observation) -> Vector:
    """State reserve: bought when cheap, as money allows; sold when dear, as stock allows; t W/year."""
    price = home_price(seen)
    bought = np.clip(RESERVE_PACE * (seen.choose(*RESERVE_BUYS_BELOW) - price), 0.0, RESERVE_MOST)
    bought = np.minimum(bought, affordable(RESERVE_MONEY * seen["budget"], seen["price.apt.china_domestic"]))
    sold = np.clip(RESERVE_PACE * (price - seen.choose(*RESERVE_SELLS_ABOVE)), 0.0, RESERVE_MOST)
    return bought - np.minimum(sold, np.maximum(seen["stockpile"], 0.0) / 3.0)


def overseas_finance(seen: Observation) -> Vector:
    """Money for mines of friendly hosts that no rival holds, million USD, shape (projects, worlds)."""
    offers = np.zeros((len(seen.projects), seen.worlds))
    least, appetite = seen.choose(*HOST_TRUST), seen.choose(*OVERSEAS_APPETITE)
    trust = {
        "kazakhstan": seen["trust.kazakhstan"],
        "uzbekistan": seen["trust.uzbekistan"],
        "africa": np.full(seen.worlds, AFRICAN_TRUST),
    }
    for host in trust:
        here = rows(seen.mines, seen.projects, host)
        partner, missing = seen["partner"][here], seen["missing"][here]
        taken = (partner == US) | (partner == EUROPE) | (partner == TURKEY)
        early = np.where(seen["stage"][here] < FINANCING, OVERSEAS_SHARE * seen["capex"][here], 0.0)
        wanted = np.where(missing > 0.0, missing + seen["loan.signed"][here], early)
        dearest = (appetite + OWN_APPETITE * (partner == CHINA)) * seen["price.long_run"]
        willing = (trust[host] >= least) & ~taken & (seen["incentive"][here] <= dearest)
        offers[places(seen.projects, host)] = np.where(willing, wanted, 0.0)
    return within(offers, OVERSEAS_YEARS * seen["budget"])
