"""The smaller seats: European Union, Japan and Korea, Turkey and Russia."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from agents.deposits import lie_in, places, rows
from agents.government import Decisions, Government
from agents.observation import Observation
from agents.public_money import candidates, cheapest, dearness, refill, unspent, within
from sim.levers import PARTNERS
from sim.network import Vector
from sim.outcomes import STAGES

# Numbers in brackets are for the temperaments of each role in their order. All are estimates.

EU_COVER = (2.0, 12.0)
"""Months of defence use in the stockpile: a pilot (RESourceEU, December 2025), or a year."""
EU_COVER_FROM = 2026
"""First year in which the cautious Union buys for its pilot."""
EU_LOANS = (1.0, 3.0)
"""Projects lent to at once."""
EU_LOAN_SHARE = (0.25, 0.6)
"""Share of the missing money lent."""
EU_LARGEST_LOAN = (40.0, 250.0)
"""Largest loan, million USD (KfW for Sangdong: 75)."""
EU_OFFTAKE = (0.1, 0.35)
"""Share of output of a backed project bought."""
EU_PREMIUM = (0.0, 0.5)
"""Part of the premium for secure supply that is paid, up to EU_MOST_PREMIUM."""
EU_MOST_PREMIUM = 60.0
"""Most premium support, USD/mtu."""

EASTERN_COVER = (4.5, 2.0)
"""Months of all use in public stocks: towards Japan's 180 days, or its 60 days of old."""
EASTERN_DEFENCE = 0.03
"""Defence in Japanese and Korean use: 350 of 11,500 t W/year in the scenario."""
EASTERN_LOAN_SHARE = (0.4, 0.15)
"""Share of the missing money lent by the agencies of both states."""
EASTERN_LARGEST_LOAN = 120.0
"""Largest loan, million USD."""
EASTERN_OFFTAKE = (0.25, 0.4)
"""Share of output of a backed project bought; trading houses left alone buy more."""
EASTERN_PREMIUM = 0.15
"""Part of the premium that a stockpiler pays in public."""

LENDING_YEARS = 2.0
"""Budgets that may be lent at once."""
DEAREST_LOAN = 1.2
"""Dearest project lent to: incentive price over the long-run price."""

TURKISH_LOAN = (60.0, 0.0)
"""Largest loan to a Turkish-held mine, million USD."""
TURKISH_INTEREST = 0.2
"""Least trust at which it backs a mine that no power holds."""

RUSSIAN_SHARE = (0.8, 0.4)
"""Share of a Russian mine's missing money that the state pays."""
RUSSIAN_EXPORTS = (0.45, 1.0)
"""Share of usual sales to China allowed."""
RUSSIAN_FRIENDSHIP = (0.3, 0.0)
"""Share added at full trust."""

NONE, CHINA = PARTNERS.index("none"), PARTNERS.index("china")
EUROPE, TURKEY = PARTNERS.index("europe"), PARTNERS.index("turkey")
PRODUCTION = STAGES.index("production")


class EuropeanUnion(Government):
    """Studies strategic projects with care, or puts money into mines, stockpiles and premiums."""

    role: ClassVar[str] = "european_union"

    def decide(self, seen: Observation) -> Decisions:
        needy = candidates(seen, "china", "russia")
        near = lie_in(seen.projects, "europe")[needy.index]
        ours = (near & (needy.partner != CHINA)) | (needy.partner == EUROPE)
        allowed = ours & (needy.missing > 0.0) & (needy.incentive <= DEAREST_LOAN * seen["price.long_run"])
        chosen = cheapest(needy.incentive, allowed, seen.choose(*EU_LOANS))
        lent = np.minimum(
            seen.choose(*EU_LOAN_SHARE) * (needy.missing + needy.lent), seen.choose(*EU_LARGEST_LOAN)
        )
        bought = np.where(chosen, np.minimum(seen.choose(*EU_OFFTAKE), needy.free), 0.0)
        short = (seen.choose(*EU_COVER) - seen["cover"]) * seen["defence_use"]
        waits = (seen.year < EU_COVER_FROM) & (seen.choose(0.0, 1.0) == 0.0)
        fair = np.clip(3.0 - dearness(seen, "price.apt.rotterdam"), 0.0, 1.0)
        purchases = refill(short, 2.0, 2_000.0, 0.5 * unspent(seen), seen["price.apt.rotterdam"])
        offers = needy.table(seen.projects, np.where(chosen, lent, 0.0))
        return {
            "european_union.stockpile_purchases": np.where(waits, 0.0, fair * purchases),
            "european_union.project_finance": within(offers, LENDING_YEARS * seen["budget"]),
            "european_union.offtake_share": needy.table(seen.projects, bought),
            "european_union.premium_support": premium_support(seen, seen.choose(*EU_PREMIUM)),
        }


class JapanKorea(Government):
    """Fills public stocks early and through the cycle, or leaves supply to trading houses."""

    role: ClassVar[str] = "japan_korea"

    def decide(self, seen: Observation) -> Decisions:
        needy = candidates(seen, "china", "russia")
        affordable = needy.incentive <= DEAREST_LOAN * seen["price.long_run"]
        allowed = (needy.missing > 0.0) & affordable & (needy.partner != CHINA) & (needy.free > 0.2)
        chosen = cheapest(needy.incentive, allowed, seen.choose(2.0, 1.0))
        lent = np.minimum(
            seen.choose(*EASTERN_LOAN_SHARE) * (needy.missing + needy.lent), EASTERN_LARGEST_LOAN
        )
        bought = np.where(chosen, np.minimum(seen.choose(*EASTERN_OFFTAKE), needy.free), 0.0)
        offers = needy.table(seen.projects, np.where(chosen, lent, 0.0))
        return {
            "japan_korea.stockpile_purchases": eastern_stockpile(seen),
            "japan_korea.project_finance": within(offers, LENDING_YEARS * seen["budget"]),
            "japan_korea.offtake_share": needy.table(seen.projects, bought),
            "japan_korea.premium_support": premium_support(seen, seen.choose(EASTERN_PREMIUM, 0.0)),
        }


class Turkey(Government):
    """Backs Turkish companies in Central Asia, or stays away."""

    role: ClassVar[str] = "turkey"

    def decide(self, seen: Observation) -> Decisions:
        offers = np.zeros((len(seen.projects), seen.worlds))
        for host in ("kazakhstan", "uzbekistan"):
            here = rows(seen.mines, seen.projects, host)
            partner, missing = seen["partner"][here], seen["missing"][here]
            welcome = (partner == NONE) & (seen[f"trust.{host}"] >= TURKISH_INTEREST)
            backed = (missing > 0.0) & ((partner == TURKEY) | welcome)
            wanted = np.minimum(missing + seen["loan.signed"][here], seen.choose(*TURKISH_LOAN))
            offers[places(seen.projects, host)] = np.where(backed, wanted, 0.0)
        return {"turkey.project_finance": within(offers, LENDING_YEARS * seen["budget"])}


class Russia(Government):
    """Keeps its tungsten for its own industry, or sells it."""

    role: ClassVar[str] = "russia"

    def decide(self, seen: Observation) -> Decisions:
        offers = np.zeros((len(seen.projects), seen.worlds))
        here = rows(seen.mines, seen.projects, "russia")
        missing = seen["missing"][here]
        wanted = seen.choose(*RUSSIAN_SHARE) * (missing + seen["loan.signed"][here])
        offers[places(seen.projects, "russia")] = np.where(missing > 0.0, np.minimum(wanted, 500.0), 0.0)
        friendship = np.maximum(seen["trust.china"], 0.0)
        exports = seen.choose(*RUSSIAN_EXPORTS) + seen.choose(*RUSSIAN_FRIENDSHIP) * friendship
        return {
            "russia.state_finance": within(offers, 3.0 * seen["budget"]),
            "russia.exports_to_china": np.clip(exports, 0.0, 1.0),
        }


def premium_support(seen: Observation, part: Vector) -> Vector:
    """Public part of the premium for secure supply, less once the budget is spent, USD/mtu."""
    left = unspent(seen) / np.maximum(seen["budget"], 1.0)
    return np.clip(part * np.maximum(seen["premium.secure"], 0.0) * left, 0.0, EU_MOST_PREMIUM)


def eastern_stockpile(seen: Observation) -> Vector:
    """Japanese and Korean purchases: a stockpiler's through the cycle, the market's when cheap; t W/year.

    A stockpiler answers refusals with more; what stands above the target is released when prices soar.
    """
    cover, use = seen["cover"], seen["defence_use"]
    refused = 1.0 - 0.5 * (seen["licence.approval"][2] + seen["licence.approval"][3])
    target = seen.choose(*EASTERN_COVER) + seen.choose(1.5, 0.0) * np.clip(refused, 0.0, 1.0)
    short = (target / EASTERN_DEFENCE - cover) * use
    price = dearness(seen, "price.apt.rotterdam")
    appetite = np.clip(seen.choose(4.0, 1.3) - price, 0.0, 1.0)
    years = seen.choose(5.0, 3.0)
    bought = refill(short, years, 1_000.0, seen.choose(0.7, 0.2) * unspent(seen), seen["price.apt.rotterdam"])
    surplus = np.clip(np.minimum(-short, seen["stockpile"]) / 3.0, 0.0, 1_000.0)
    return appetite * bought - np.where(price > seen.choose(3.0, 2.0), surplus, 0.0)
