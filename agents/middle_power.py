"""What the two middle powers share: whom to choose, what to ask of mines, how to divide a purse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from agents.observation import Observation
from agents.public_money import dearness
from sim import sums
from sim.levers import PARTNERS
from sim.network import Vector
from sim.outcomes import STAGES

SUITORS = {"china": "china", "us": "united_states", "europe": "european_union", "turkey": "turkey"}
"""Government behind each foreign partner, in the order of their codes."""

DIPLOMATS = ("china", "united_states", "european_union", "russia")
"""Targets of diplomacy, in the order of the lever."""

MONEY_BEHIND = np.array([0.15, 0.1, 0.05, 0.0]).reshape(-1, 1)
"""Appeal of a suitor's purse, in the order of SUITORS: estimate from budgets and who has built."""

TRUST_APPEAL = 0.5
"""Appeal of full trust: estimate."""

DEAR_APPEAL = 0.3
"""Readiness to award at double the long-run price, when suitors bid and the window is open: estimate."""

SKILLED_WORKFORCE = 0.3
"""Share of jobs that skills, once complete, add to those reserved for local people: estimate."""

FINANCING, RAMP_UP = STAGES.index("financing"), STAGES.index("ramp_up")
NONE, STATE = PARTNERS.index("none"), PARTNERS.index("state")

Numbers = tuple[float, ...]
"""One number for each temperament."""


@dataclass(frozen=True)
class Manner:
    """How a middle power governs, in each of its temperaments."""

    claims: Mapping[str, str]
    """Partner who already holds a licence or company at a deposit, and keeps it."""
    state_first: Numbers
    """1 if the state takes every other deposit itself."""
    reserve: Numbers
    """Appeal asked of a suitor at once and at the long-run price; full trust alone has 0.5."""
    balance: Numbers
    """Appeal that a suitor loses if it holds every deposit."""
    patience: Numbers
    """Appeal by which a year of waiting lowers what is asked."""
    requirement: Numbers
    """Required share of processing over what plants at home can take, with full skills."""
    least_requirement: Numbers
    """Required from the first day, plants or not."""
    royalty: Numbers
    """Royalty in ordinary times."""
    windfall_royalty: Numbers
    """Royalty added at more than 2.3 times the long-run price."""
    export_duty: Numbers
    """Duty on concentrate once plants at home can take it all."""
    local_workforce: Numbers
    """Share of jobs reserved before skills add to it."""
    refineries: Numbers
    """Share of the purse for APT plants; half of what they do not need goes to carbide."""
    carbide: Numbers
    """Share for powder and carbide once there is APT at home."""
    skills: Numbers
    """Share for skills while there are none."""
    power: Numbers
    """Share for power and winter readiness while there is none."""
    diplomacy: Numbers
    """Share for relations."""
    kept: Numbers
    """Free output kept for each Western group that is fully trusted."""
    kept_for_china: Numbers
    """Free output kept for China if fully trusted."""


def govern(manner: Manner, seen: Observation) -> dict[str, Vector]:
    """A month's decisions, by the names of the role's levers."""
    room, skills, money = plant_room(seen), seen["skills"], purse(seen)
    wanted, refineries = plants_wanted(seen), seen.choose(*manner.refineries)
    carbide = money * (seen.choose(*manner.carbide) + 0.5 * refineries * (1.0 - wanted))
    asked = seen.choose(*manner.requirement) * room * (0.5 + 0.5 * skills)
    asked = np.maximum(asked, seen.choose(*manner.least_requirement))
    local = seen.choose(*manner.local_workforce) + SKILLED_WORKFORCE * skills
    kept, kept_for_china = seen.choose(*manner.kept), seen.choose(*manner.kept_for_china)
    decisions = {
        "award": award_deposits(manner, seen),
        "processing_requirement": np.clip(asked, 0.0, 1.0),
        "royalty": seen.choose(*manner.royalty) + seen.choose(*manner.windfall_royalty) * windfall(seen),
        "export_duty": seen.choose(*manner.export_duty) * room,
        "refinery_investment": money * refineries * wanted,
        "carbide_investment": np.where(seen["home_refining"] > 0.0, carbide, 0.0),
        "skills_investment": money * seen.choose(*manner.skills) * np.clip(1.2 - skills, 0.0, 1.0),
        "local_workforce": np.clip(local, 0.0, 1.0),
        "power_readiness": money * seen.choose(*manner.power) * np.clip(1.2 - seen["power"], 0.0, 1.0),
        "reserved_share": kept_for_friends(seen, kept, kept_for_china),
        "diplomacy": courtship(seen, money * seen.choose(*manner.diplomacy)),
    }
    return {f"{seen.role}.{name}": value for name, value in decisions.items()}


def award_deposits(manner: Manner, seen: Observation) -> Vector:
    """Awards of deposits held by nobody but the state, one after the other, each weighing those before.

    A suitor appeals by trust and money, and loses appeal with the capacity it already holds. The best one
    wins when its appeal passes what is asked, which falls with high prices and with time.

    Returns:
        Codes of PARTNERS, 0 where things stay as they are, shape (own mines, worlds).
    """
    partner, stage = seen.pick_own(seen["partner"]), seen.pick_own(seen["stage"])
    nameplate = seen.pick_own(seen["nameplate"])
    capacity = np.maximum(sums.total(nameplate), 1.0)
    trust = np.stack([seen[f"trust.{role}"] for role in SUITORS.values()])
    appeal = TRUST_APPEAL * trust + MONEY_BEHIND
    dear = np.clip(dearness(seen, "price.apt.rotterdam") - 1.0, 0.0, 1.0)
    waited = seen.choose(*manner.patience) * (seen.month / 12.0)
    asked = seen.choose(*manner.reserve) - DEAR_APPEAL * dear - waited
    weight = seen.choose(*manner.balance) / capacity
    state_first = seen.choose(*manner.state_first) > 0.0

    codes = np.array([PARTNERS.index(name) for name in SUITORS])
    held = np.stack([sums.total(np.where(partner == code, nameplate, 0.0)) for code in codes])
    awards = np.zeros(partner.shape)
    for i, mine in enumerate(seen.own_mines):
        offer = appeal - weight * held
        won = np.where(offer.max(axis=0) >= asked, codes[offer.argmax(axis=0)], NONE)
        won = np.where(state_first, STATE, won)
        is_open = (partner[i] == NONE) | (partner[i] == STATE)
        if mine in manner.claims:
            won, is_open = np.full(seen.worlds, PARTNERS.index(manner.claims[mine])), partner[i] == NONE
        awards[i] = np.where(is_open & (stage[i] <= FINANCING), won, NONE)
        held = held + np.where(awards[i] == codes.reshape(-1, 1), nameplate[i], 0.0)
    return awards


def plant_room(seen: Observation) -> Vector:
    """Share of the country's concentrate that its own plants can take, 0 to 1; 0 while it has no plant."""
    return np.clip(seen["home_refining"] / np.maximum(seen["home_mining"], 1.0), 0.0, 1.0)


def purse(seen: Observation) -> Vector:
    """Money for the sector, million USD/year: half the budget is safe, the rest comes with the treasury."""
    budget = seen["budget"]
    return budget * np.clip(0.5 + 0.5 * seen["treasury"] / np.maximum(budget, 1.0), 0.25, 1.0)


def plants_wanted(seen: Observation) -> Vector:
    """Need for refining, 0 to 1: share of what is dug, or soon will be, that plants at home cannot take."""
    stage, nameplate = seen.pick_own(seen["stage"]), seen.pick_own(seen["nameplate"])
    coming = sums.total(np.where((stage >= FINANCING) & (stage <= RAMP_UP), nameplate, 0.0))
    dug = np.maximum(seen["home_mining"], coming)
    return np.clip(1.0 - seen["home_refining"] / np.maximum(dug, 1.0), 0.0, 1.0)


def windfall(seen: Observation) -> Vector:
    """Price of APT above 1.3 times its long-run level, 0 to 1: what a windfall royalty takes its share of."""
    return np.clip(dearness(seen, "price.apt.rotterdam") - 1.3, 0.0, 1.0)


def courtship(seen: Observation, money: Vector) -> Vector:
    """Diplomacy divided by how much trust is missing, million USD/year, shape (4, worlds)."""
    missing = np.stack([np.maximum(1.0 - seen[f"trust.{role}"], 0.05) for role in DIPLOMATS])
    return np.clip(money * missing / sums.total(missing), 0.0, 20.0)


def kept_for_friends(seen: Observation, share: Vector, china_share: Vector) -> Vector:
    """Output kept for each offtaker, by trust, so that nobody gets it all.

    Args:
        seen: what the role knows.
        share: kept for each Western group that is fully trusted.
        china_share: kept for China if fully trusted.

    Returns:
        Shares in the order of OFFTAKERS, shape (4, worlds), together at most 0.9.
    """
    kept = np.stack(
        [
            china_share * np.maximum(seen["trust.china"], 0.0),
            share * np.maximum(seen["trust.united_states"], 0.0),
            share * np.maximum(seen["trust.european_union"], 0.0),
            share * np.maximum(seen["trust.japan_korea"], 0.0),
        ]
    )
    together = sums.total(kept)
    return kept * np.where(together > 0.9, 0.9 / np.maximum(together, 0.9), 1.0)
