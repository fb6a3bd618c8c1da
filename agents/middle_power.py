"""What the two middle powers share: whom to choose, what to ask of mines, how to divide a purse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any

import numpy as np

from agents.government import Decisions
from agents.observation import Observation
from sim.bare import bare, bare_inline
from sim.compiled import inline, rule
from sim.equations import by_world
from sim.holders import within as within_range
from sim.lanes import LANES, everywhere, get, give_to, put, somewhere, take, take_from, where, within
from sim.levers import OFFTAKERS, PARTNERS
from sim.network import Vector
from sim.offers import Rows, nothing, total_where
from sim.outcomes import STAGES
from sim.ranges import clip

SUITORS = {"china": "china", "us": "united_states", "europe": "european_union", "turkey": "turkey"}
"""Government behind each foreign partner, in the order of their codes."""

TRUST = tuple(f"trust.{role}" for role in SUITORS.values())
"""Trust in each of these governments."""

DIPLOMATS = ("china", "united_states", "european_union", "russia")
"""Targets of diplomacy, in the order of the lever."""

MONEY_BEHIND = (0.15, 0.1, 0.05, 0.0)
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

    @cached_property
    def numbers(self) -> Vector:
        """All numbers in this order, (numbers, temperaments)."""
        return np.array([getattr(self, field.name) for field in fields(self) if field.name != "claims"])


AWARDING = ("state_first", "reserve", "balance", "patience")
"""Numbers of a manner that concern awards; they come first."""
STATE_FIRST, RESERVE, BALANCE, PATIENCE = range(len(AWARDING))


def govern(manner: Manner, seen: Observation) -> Decisions:
    """A month's decisions, by the names of the role's levers."""
    numbers = seen.choose_each(manner.numbers)
    coming = total_where(seen["nameplate"], seen["stage"], seen.own_rows, FINANCING, RAMP_UP)
    decided = rule_of_a_middle_power(
        seen["home_refining"], seen["home_mining"], coming, *seen.several(ASKED), *numbers[len(AWARDING) :]
    )
    kept = decided[len(DECIDED) :]
    return {
        _levers_of(seen.role): decided[: len(DECIDED)],
        f"{seen.role}.reserved_share": kept[: len(OFFTAKERS)],
        f"{seen.role}.diplomacy": kept[len(OFFTAKERS) :],
        f"{seen.role}.award": award_deposits(manner, seen, numbers[: len(AWARDING)]),
    }


ASKED = ("skills", "power", "budget", "treasury", "price.apt.rotterdam", "price.long_run", "trust.china",
         "trust.united_states", "trust.european_union", "trust.japan_korea", "trust.russia")  # fmt: skip
"""What `rule_of_a_middle_power` is told as it is seen, after what is mined and refined."""
DECIDED = (
    "processing_requirement",
    "royalty",
    "export_duty",
    "refinery_investment",
    "carbide_investment",
    "skills_investment",
    "local_workforce",
    "power_readiness",
)
"""What `rule_of_a_middle_power` decides before what it keeps for each offtaker and spends on each diplomat."""


@cache
def _levers_of(role: str) -> tuple[str, ...]:
    """The levers of DECIDED in a role's seat."""
    return tuple(f"{role}.{name}" for name in DECIDED)


@by_world(len(DECIDED) + len(OFFTAKERS) + len(DIPLOMATS))
def rule_of_a_middle_power(
    refining: float, mining: float, coming: float, skills: float, power: float, budget: float, treasury: float,
    price: float, long_run: float, trust_china: float, trust_us: float, trust_europe: float, trust_east: float,
    trust_russia: float, requirement: float, least_requirement: float, royalty: float, windfall_royalty: float,
    export_duty: float, local_workforce: float, refineries: float, carbide: float, training: float, grid: float,
    diplomacy: float, kept: float, kept_for_china: float,
) -> tuple[float, ...]:  # fmt: skip
    """What is asked of mines, how the purse is divided, for whom output is kept, and who is courted.

    Args:
        refining, mining: capacity of plants and output of mines at home, t W/year.
        coming: capacity of mines at home that are being paid for, built or run up, t W/year.
        skills, power: of the country, 0 to 1.
        budget, treasury: million USD/year, and million USD at hand.
        price, long_run: of APT in Rotterdam, and the price to which holders expect it to return, USD/mtu.
        trust_china, trust_us, trust_europe, trust_east, trust_russia: -1 to 1; east is Japan and Korea.
        requirement and all that follow: the numbers of `Manner` after those that concern awards.
    """
    room = plant_room(refining, mining)
    money = purse(budget, treasury)
    wanted = plant_room_missing(refining, max(mining, coming))
    asked = max(requirement * room * (0.5 + 0.5 * skills), least_requirement)
    to_carbide = money * (carbide + 0.5 * refineries * (1.0 - wanted))
    china = kept_for_china * max(trust_china, 0.0)
    us, europe, east = kept * max(trust_us, 0.0), kept * max(trust_europe, 0.0), kept * max(trust_east, 0.0)
    together = china + us + europe + east
    # nobody gets it all
    cut = where(together > 0.9, 0.9 / max(together, 0.9), 1.0)
    # the less trust there is, the more is spent on it
    to_china, to_us = max(1.0 - trust_china, 0.05), max(1.0 - trust_us, 0.05)
    to_europe, to_russia = max(1.0 - trust_europe, 0.05), max(1.0 - trust_russia, 0.05)
    missing = to_china + to_us + to_europe + to_russia
    courting = money * diplomacy
    # purposes get no more than their levers allow
    return (
        clip(asked, 0.0, 1.0),
        royalty + windfall_royalty * windfall(price, long_run),
        export_duty * room,
        clip(money * refineries * wanted, 0.0, 300.0),
        where(refining > 0.0, clip(to_carbide, 0.0, 200.0), 0.0),
        clip(money * training * clip(1.2 - skills, 0.0, 1.0), 0.0, 100.0),
        clip(local_workforce + SKILLED_WORKFORCE * skills, 0.0, 1.0),
        clip(money * grid * clip(1.2 - power, 0.0, 1.0), 0.0, 100.0),
        china * cut,
        us * cut,
        europe * cut,
        east * cut,
        clip(courting * to_china / missing, 0.0, 20.0),
        clip(courting * to_us / missing, 0.0, 20.0),
        clip(courting * to_europe / missing, 0.0, 20.0),
        clip(courting * to_russia / missing, 0.0, 20.0),
    )


@rule
def plant_room(refining: float, mining: float) -> float:
    """Share of the country's concentrate that its own plants can take, 0 to 1; 0 while it has no plant."""
    return clip(refining / max(mining, 1.0), 0.0, 1.0)


@inline
def plant_room_missing(refining: float, dug: float) -> float:
    """Need for refining, 0 to 1: share of what is dug, or soon will be, that plants at home cannot take."""
    return clip(1.0 - refining / max(dug, 1.0), 0.0, 1.0)


@inline
def purse(budget: float, treasury: float) -> float:
    """Money for the sector, million USD/year: half the budget is safe, the rest comes with the treasury."""
    return budget * clip(0.5 + 0.5 * treasury / max(budget, 1.0), 0.25, 1.0)


@inline
def windfall(price: float, long_run: float) -> float:
    """Price of APT above 1.3 times its long-run level, 0 to 1: what a windfall royalty takes its share of."""
    return clip(price / max(long_run, 1.0) - 1.3, 0.0, 1.0)


def award_deposits(manner: Manner, seen: Observation, numbers: Vector) -> Vector:
    """Awards of deposits held by nobody but the state, one after the other, each weighing those before.

    A suitor appeals by trust and money, and loses appeal with the capacity it already holds. The best one
    wins when its appeal passes what is asked, which falls with high prices and with time.

    Args:
        manner: of the role.
        seen: what it knows.
        numbers: the manner's numbers on awards by world, in the order of AWARDING, (numbers, worlds).

    Returns:
        Codes of PARTNERS, 0 where things stay as they are, shape (own mines, worlds).
    """
    rows, partner, stage = seen.own_rows, seen["partner"], seen["stage"]
    awards, room = np.empty((rows.size, seen.worlds)), np.empty((len(SUITORS), LANES))
    claims = _codes(tuple(manner.claims.get(mine, "none") for mine in seen.own_mines))
    given = _award(
        rows, claims, partner, stage, seen["nameplate"], tuple(seen.several(TRUST)),
        seen["price.apt.rotterdam"], seen["price.long_run"], seen.month / 12.0, numbers, awards, room,
    )  # fmt: skip
    return awards if given else nothing(*awards.shape)


@cache
def _codes(partners: tuple[str, ...]) -> Vector:
    return np.array([float(PARTNERS.index(partner)) for partner in partners])


@bare
def _award(
    rows: Rows, claims: Vector, partner: Vector, stage: Vector, nameplate: Vector, trust: tuple[Vector, ...],
    price: Vector, long_run: Vector, years: float, numbers: Vector, awards: Vector, held: Vector,
) -> bool:  # fmt: skip
    """Fill in the awards; False if there is none in any world. `held` is working memory, (suitors, LANES)."""
    worlds, given = price.size, False
    for k in range(0, worlds, LANES):
        here, some = within(k, worlds), False
        for i in range(rows.size):
            some = some or somewhere(here & _is_free(rows[i], claims[i], partner, stage, k, here))
        if not some:
            for i in range(rows.size):
                give_to(awards, i, k, here, 0.0)
            continue
        capacity = everywhere(0.0)
        for suitor in range(len(trust)):
            put(held, suitor, 0.0)
        for row in rows:
            size, holder = take_from(nameplate, row, k, here), take_from(partner, row, k, here)
            capacity = capacity + size
            for suitor in range(len(trust)):
                put(held, suitor, get(held, suitor) + where(holder == suitor + 1.0, size, 0.0))
        dear = within_range(take(price, k, here) / max(take(long_run, k, here), 1.0) - 1.0, 0.0, 1.0)
        asked = take_from(numbers, RESERVE, k, here) - DEAR_APPEAL * dear - take_from(numbers, PATIENCE, k, here) * years
        weight = take_from(numbers, BALANCE, k, here) / max(capacity, 1.0)
        for i in range(rows.size):
            free = here & _is_free(rows[i], claims[i], partner, stage, k, here)
            won, best = everywhere(float(NONE)), everywhere(-np.inf)
            for suitor in range(len(trust)):
                appeal = TRUST_APPEAL * take(trust[suitor], k, here) + MONEY_BEHIND[suitor] - weight * get(held, suitor)
                better = appeal > best
                best = where(better, appeal, best)
                won = where(better, where(appeal >= asked, suitor + 1.0, float(NONE)), won)
            won = where(take_from(numbers, STATE_FIRST, k, here) > 0.0, float(STATE), won)
            if claims[i] != NONE:
                won = everywhere(claims[i])
            won = where(free, won, 0.0)
            give_to(awards, i, k, here, won)
            given = given or somewhere(~(won == float(NONE)))
            size = take_from(nameplate, rows[i], k, here)
            for suitor in range(len(trust)):
                put(held, suitor, get(held, suitor) + where(won == suitor + 1.0, size, 0.0))
    return given


@bare_inline
def _is_free(row: int, claim: float, partner: Vector, stage: Vector, first: int, here: Any) -> Any:
    """Whether a deposit may be awarded, by lane: nobody has it, or the state for want of anybody with a claim."""
    holder, now = take_from(partner, row, first, here), take_from(stage, row, first, here)
    free = holder == float(NONE)
    if claim == NONE:
        free = free | (holder == float(STATE))
    return free & (now <= float(FINANCING))
