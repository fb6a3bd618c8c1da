"""China: licences that answer offence and the fear of new mines, a quota, a reserve, money abroad."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from agents.deposits import rows
from agents.government import Decisions, Government
from agents.observation import Observation
from agents.tenders import offers_of
from sim.compiled import inline
from sim.equations import by_world
from sim.lanes import where
from sim.levers import PARTNERS
from sim.network import Vector
from sim.offers import affordable, total_where
from sim.outcomes import STAGES
from sim.ranges import clip, of_three

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
ALIGNMENT = (1.0, 0.3, 0.3, 0.25, 0.1)
"""Part of the grievance against American measures that each bloc feels; in the order of the lever."""
TIGHTEN = (0.04, 0.15, 0.1)
"""Largest fall of an approval in a month: a measured China takes about a year to its full answer."""
EASE = (0.03, 0.015, 0.1)
"""Largest rise of an approval in a month (from about 0.1 in February to 0.4 in November 2025)."""
RECALL = (0.25, 0.05, 0.0)
"""Approval given back, at most, when foreign mines that are being paid for or built threaten its share."""
HARMLESS, ALARMING = 0.03, 0.12
"""Capacity of such mines, over world use: where unease begins, and where it is complete."""
REFUSED_MILITARY = (0.8, 1.0, 0.3)
"""Share of military requests refused at one unit of grievance (MOFCOM No. 46 of December 2024)."""
DELAY = (2.0, 4.0, 0.5)
"""Months that a licence takes under a full regime: 45 days by law, longer in practice (2025)."""
SCOPE = (0.0, 0.8, 0.0)
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

FINANCING, CONSTRUCTION = STAGES.index("financing"), STAGES.index("construction")
NONE, STATE = PARTNERS.index("none"), PARTNERS.index("state")
US, EUROPE = PARTNERS.index("us"), PARTNERS.index("europe")


class China(Government):
    """Licenses exports to keep leverage without calling rivals into being; how far depends on temperament."""

    role: ClassVar[str] = "china"

    def decide(self, seen: Observation) -> Decisions:
        approval = seen["licence.approval"]
        temper, tariff, ban, *trust, price, long_run, quota, budget, stock = seen.several(ASKED)
        decided = rule_of_china(
            temper, tariff, ban, lost_deposits(seen), *trust, rivals_called(seen), *approval, price, long_run, quota,
            seen.every(seen.calendar_month in QUOTA_MONTHS), budget, stock,
        )  # fmt: skip
        blocs = len(approval)
        return {
            "china.licence_approval": decided[:blocs],
            DECIDED: decided[blocs:],
            **offers_of(seen),
        }


ASKED = ("temperament", "tariff_china", "sourcing_ban", "trust.united_states", "trust.european_union", "trust.japan_korea",
         "price.apt.china_domestic", "price.long_run", "mining_quota", "budget", "stockpile")  # fmt: skip
"""What `rule_of_china` is told as it is seen."""
DECIDED = (
    "china.licence_military",
    "china.processing_delay",
    "china.controlled_scope",
    "china.mining_quota",
    "china.quota_enforcement",
    "china.reserve_purchases",
)
"""What `rule_of_china` decides after the approvals of the five blocs."""


def lost_deposits(seen: Observation) -> Vector:
    """Share of Central Asian capacity that is awarded to American or European partners, 0 to 1."""
    central = seen.remembered("central", lambda: rows(seen.mines, seen.projects, "kazakhstan", "uzbekistan"))

    def lost(nameplate: Vector, partner: Vector) -> Vector:
        western = total_where(nameplate, partner, central, US, EUROPE)
        return western / np.maximum(total_where(nameplate, partner, central, NONE, STATE), 1.0)

    share: Vector = seen.remembered("lost", lost, seen["nameplate"], seen["partner"])
    return share


def rivals_called(seen: Observation) -> Vector:
    """Foreign capacity that is being paid for or built, over world use: what licences call into being."""
    abroad = seen.remembered("abroad", lambda: rows(seen.mines, seen.projects, "china", elsewhere=True))
    coming = total_where(seen["nameplate"], seen["stage"], abroad, FINANCING, CONSTRUCTION)
    return coming / np.maximum(12.0 * seen["statistic.use.world"], 1.0)


@by_world(5 + len(DECIDED))
def rule_of_china(
    temper: float, tariff: float, ban: float, lost: float, trust_us: float, trust_europe: float, trust_east: float,
    rivals: float, us: float, europe: float, japan: float, korea: float, rest: float, price: float, long_run: float,
    quota: float, is_published: float, budget: float, stock: float,
) -> tuple[float, ...]:  # fmt: skip
    """Licences answer grievances and the fear of rivals; quota and reserve lean against the balance at home.

    Args:
        temper: temperament.
        tariff, ban: American tariff on tungsten, and share of defence use from which China is banned.
        lost: share of Central Asian capacity awarded to Western partners.
        trust_us, trust_europe, trust_east: trust, -1 to 1; east is Japan and Korea.
        rivals: foreign capacity that is being paid for or built, over world use.
        us, europe, japan, korea, rest: approvals of last month, share of usual trade.
        price, long_run: domestic price of APT, and price to which holders expect Rotterdam's to return, USD/mtu.
        quota: t W/year, as last published.
        is_published: 1 in months in which a new quota is published.
        budget: million USD/year.
        stock: of the reserve, t W.
    """
    measures = TARIFF_GRIEVANCE * tariff + BAN_GRIEVANCE * ban + AWARD_GRIEVANCE * lost
    east = distrust(trust_east)
    against_us = distrust(trust_us) + ALIGNMENT[0] * measures
    alarm = clip((rivals - HARMLESS) / (ALARMING - HARMLESS), 0.0, 1.0)
    us = approval(temper, us, against_us, alarm)
    europe = approval(temper, europe, distrust(trust_europe) + ALIGNMENT[1] * measures, alarm)
    japan = approval(temper, japan, east + ALIGNMENT[2] * measures, alarm)
    korea = approval(temper, korea, east + ALIGNMENT[3] * measures, alarm)
    rest = approval(temper, rest, ALIGNMENT[4] * measures, alarm)
    heat = clip(against_us, 0.0, 1.0)
    strictness = 1.0 - us
    military = 1.0 - of_three(temper, REFUSED_MILITARY) * heat
    delay = of_three(temper, DELAY) * clip(5.0 * strictness, 0.0, 1.0)
    scope = of_three(temper, SCOPE) * heat
    enforcement = clip(of_three(temper, ENFORCEMENT) + CAMPAIGN * strictness, 0.0, 1.0)
    dear = price / max(long_run, 1.0) / HOME_DISCOUNT
    fresh = mining_quota(temper, quota, dear)
    quota = where(is_published > 0.0, fresh, quota)
    reserve = reserve_purchases(temper, dear, price, budget, stock)
    return us, europe, japan, korea, rest, military, delay, scope, quota, enforcement, reserve


@inline
def distrust(trust: float) -> float:
    """Grievance that distrust is by itself; 0 is none, 1 serious."""
    return DISTRUST_GRIEVANCE * max(-trust, 0.0)


@inline
def approval(temper: float, last: float, grievance: float, alarm: float) -> float:
    """Share of usual trade approved, moving in bounded steps towards what grievance and fear of rivals ask for.

    Args:
        temper: temperament.
        last: share approved last month.
        grievance: against this bloc.
        alarm: unease about rivals, 0 to 1.
    """
    usual = of_three(temper, USUAL_APPROVAL)
    wished = usual - of_three(temper, RETALIATION) * grievance + of_three(temper, RECALL) * alarm
    wished = min(max(wished, of_three(temper, LEAST_APPROVAL)), usual)
    return clip(last + clip(wished - last, -of_three(temper, TIGHTEN), of_three(temper, EASE)), 0.0, 1.0)


@inline
def mining_quota(temper: float, last: float, dear: float) -> float:
    """Quota that leans against the balance at home, t W/year.

    Args:
        temper: temperament.
        last: quota published last, t W/year.
        dear: domestic price over its ordinary level.
    """
    scarcity = clip(dear - 1.0, -1.0, 1.0)
    wished = of_three(temper, USUAL_QUOTA) * (1.0 + of_three(temper, QUOTA_RESPONSE) * scarcity)
    return clip(wished, last * (1.0 - QUOTA_STEP), last * (1.0 + QUOTA_STEP))


@inline
def reserve_purchases(temper: float, dear: float, price: float, budget: float, stock: float) -> float:
    """State reserve: bought when cheap, as money allows; sold when dear, as stock allows; t W/year.

    Args:
        temper: temperament.
        dear: domestic price over its ordinary level.
        price: domestic price, USD/mtu.
        budget: million USD/year.
        stock: t W in the reserve.
    """
    bought = clip(RESERVE_PACE * (of_three(temper, RESERVE_BUYS_BELOW) - dear), 0.0, RESERVE_MOST)
    bought = min(bought, affordable(RESERVE_MONEY * budget, price))
    sold = clip(RESERVE_PACE * (dear - of_three(temper, RESERVE_SELLS_ABOVE)), 0.0, RESERVE_MOST)
    return bought - min(sold, max(stock, 0.0) / 3.0)
