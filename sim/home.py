"""What middle powers spend at home, and what comes of it: skills, readiness for winter, and plants."""

from __future__ import annotations

from typing import Any

from sim.bare import bare
from sim.compiled import inline
from sim.lanes import LANES, give_to, take, take_from, within
from sim.network import Index, Vector
from sim.settling import affordable

HOME_PURPOSES = ("skills_investment", "power_readiness", "refinery_investment", "carbide_investment", "diplomacy")
"""What middle powers spend money on at home."""
PURPOSES = len(HOME_PURPOSES)
APT, CARBIDE = HOME_PURPOSES.index("refinery_investment"), HOME_PURPOSES.index("carbide_investment")


@inline
def invest_at_home(
    schools: float, grid: float, refinery: float, carbide: float, talks_china: float, talks_us: float,
    talks_europe: float, talks_russia: float, purse: float, spent: float, skills: float, power: float,
    skills_per_million: float, skills_decay: float, power_per_million: float, power_decay: float,
) -> tuple[float, float, float, float, float, float, float, float, float]:  # fmt: skip
    """A month's spending of a middle power at home, as far as its purse goes, and what comes of it.

    Args:
        schools, grid, refinery, carbide: wished for skills, power, and plants for APT and for carbide, million USD/year.
        talks_china, talks_us, talks_europe, talks_russia: diplomacy, million USD/year.
        purse, spent: million USD that may be spent, and spent so far.
        skills, power: 0 to 1.
        skills_per_million, skills_decay, power_per_million, power_decay: what money adds to what is lacking, 1/million
            USD, and share lost in a month.

    Returns:
        Million USD for each of HOME_PURPOSES; skills, power, purse and spending after it.
    """
    schools, grid, refinery, carbide = schools / 12.0, grid / 12.0, refinery / 12.0, carbide / 12.0
    talks = (talks_china + talks_us + talks_europe + talks_russia) / 12.0
    asked = 0.0 + schools + grid + refinery + carbide + talks
    share = affordable(purse, asked)
    paid = asked * share
    schools, grid = schools * share, grid * share
    learnt = skills_per_million * schools * (1.0 - skills)
    built = power_per_million * grid * (1.0 - power)
    return (
        schools, grid, refinery * share, carbide * share, talks * share,
        skills + learnt - skills_decay * skills, power + built - power_decay * power, purse - paid, spent + max(paid, 0.0),
    )  # fmt: skip


@bare
def develop(
    rows: Index, wishes: Any, pace: Any, purse: Vector, spent: Vector, skills: Vector, power: Vector, spending: Vector
) -> None:
    """A month's spending of all middle powers at home.

    Args:
        rows: of the middle powers among the roles, (hosts,).
        wishes: of each middle power for each of HOME_PURPOSES, million USD/year, (worlds,) each, and diplomacy last,
            (4, worlds).
        pace: what money adds to skills and to readiness, and share of each lost in a month, (worlds,) each, in the order
            of `invest_at_home`.
        purse, spent: million USD that may be spent, and spent so far, (roles, worlds), in place.
        skills, power: 0 to 1, (hosts, worlds), in place.
        spending: to be filled with million USD by middle power and purpose, (hosts * PURPOSES, worlds).
    """
    skills_per_million, skills_decay, power_per_million, power_decay = pace
    worlds = spending.shape[1]
    for h in range(len(wishes)):
        schools, grid, refinery, carbide, talks = wishes[h]
        row, first = rows[h], h * PURPOSES
        for k in range(0, worlds, LANES):
            here = within(k, worlds)
            done = invest_at_home(
                take(schools, k, here), take(grid, k, here), take(refinery, k, here), take(carbide, k, here),
                take_from(talks, 0, k, here), take_from(talks, 1, k, here), take_from(talks, 2, k, here),
                take_from(talks, 3, k, here), take_from(purse, row, k, here), take_from(spent, row, k, here),
                take_from(skills, h, k, here), take_from(power, h, k, here), take(skills_per_million, k, here),
                take(skills_decay, k, here), take(power_per_million, k, here), take(power_decay, k, here),
            )  # fmt: skip
            for purpose in range(PURPOSES):
                give_to(spending, first + purpose, k, here, done[purpose])
            give_to(skills, h, k, here, done[PURPOSES])
            give_to(power, h, k, here, done[PURPOSES + 1])
            give_to(purse, row, k, here, done[PURPOSES + 2])
            give_to(spent, row, k, here, done[PURPOSES + 3])


@inline
def readiness(power: float, skills: float) -> float:
    """Share of the plan's pace at which plants are built that power and skills, 0 to 1 each, allow."""
    return 0.25 + 0.5 * power + 0.5 * skills


@bare
def build_plants(
    rows: Index, costs: tuple[float, float], completion: Vector, skills: Vector, power: Vector, spending: Vector,
    funded: Vector, carbide_funded: Vector, capacity: Vector, carbide: Vector,
) -> None:  # fmt: skip
    """Put a month's money into plants of the middle powers, and into work what is done.

    Args:
        rows: of the middle powers among the regions of refineries, (hosts,).
        costs: of a t W/month of APT, and of powder and carbide, million USD.
        completion: share of the money at hand that is built up in a month if all is ready, (worlds,).
        skills, power: 0 to 1, (hosts, worlds).
        spending: million USD by middle power and purpose, (hosts * PURPOSES, worlds).
        funded, carbide_funded: million USD put into plants not yet working, (hosts, worlds), in place.
        capacity: t W/month of concentrate taken in, (regions, worlds), in place.
        carbide: t W/month of powder and carbide made, (hosts, worlds), in place.
    """
    of_apt, of_carbide = costs
    worlds = capacity.shape[1]
    for h in range(rows.size):
        for k in range(0, worlds, LANES):
            here = within(k, worlds)
            pace = take(completion, k, here) * readiness(take_from(power, h, k, here), take_from(skills, h, k, here))
            money = take_from(funded, h, k, here) + take_from(spending, h * PURPOSES + APT, k, here)
            more = take_from(carbide_funded, h, k, here) + take_from(spending, h * PURPOSES + CARBIDE, k, here)
            done, made = pace * money, pace * more
            give_to(funded, h, k, here, money - done)
            give_to(carbide_funded, h, k, here, more - made)
            give_to(capacity, rows[h], k, here, take_from(capacity, rows[h], k, here) + done / of_apt)
            give_to(carbide, h, k, here, take_from(carbide, h, k, here) + made / of_carbide)
