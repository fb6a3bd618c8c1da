"""What governments own: purses, stockpiles, and at home in the middle powers skills and readiness for winter."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from agents.exchange import Exchange
from agents.parameters import law
from agents.refineries import HOSTS
from agents.seats import Seats
from agents.turns import Turn
from sim import bookkeeping
from sim.equations import by_world
from sim.network import Vector
from sim.scenario import Scenario
from sim.settling import affordable
from sim.state import state, to_change, to_fill

HOME_PURPOSES = ("skills_investment", "power_readiness", "refinery_investment", "carbide_investment", "diplomacy")
"""What middle powers spend money on at home."""

PILES = {
    "united_states": ("us_stockpile",),
    "china": ("china_reserve",),
    "european_union": ("europe_stockpile",),
    "japan_korea": ("japan_stockpile", "korea_stockpile"),
}
PILE_POOL = {
    "united_states": "north_america.apt.eligible",
    "china": "china.apt.any",
    "european_union": "europe.apt.any",
    "japan_korea": "japan.apt.any",
}


class States:
    """Purses, stockpiles and home conditions of all governments."""

    pile = state("t W in state stockpiles, (owners, worlds)")
    purse = state("million USD that may be spent, (roles, worlds)")
    spent = state("million USD spent so far, loans not counted, (roles, worlds)")
    spent_lately = state("million USD/month spent, slow mean, (roles, worlds)")
    skills = state("engineering skill of each host, 0 to 1, (hosts, worlds)")
    power = state("readiness of grid and winter supplies of each host, 0 to 1, (hosts, worlds)")

    def __init__(self, scenario: Scenario, exchange: Exchange, worlds: int, parameters: SimpleNamespace) -> None:
        self.exchange = exchange
        self.parameters = parameters.states
        self.roles = tuple(g.key for g in scenario.governments)
        self.place = {role: i for i, role in enumerate(self.roles)}
        self.owners = tuple(PILES)
        self.pile_pool = np.array([exchange.place[PILE_POOL[role]] for role in self.owners])
        self.role_of_owner = np.array([self.place[role] for role in self.owners])
        amount: dict[str, float] = {s.key: s.amount.value for s in scenario.stocks}
        opening = []
        for parts in PILES.values():
            held = 0.0
            for key in parts:
                held = held + amount.get(key, 0.0)
            opening.append([held])
        self.pile = np.array(opening) * np.ones(worlds)
        self.budget = np.array([[g.budget.value] for g in scenario.governments])
        self.purse = self.budget * np.ones(worlds)
        self.spent = self.spent_lately = 0 * self.purse
        p, wide = self.parameters, np.ones(worlds)
        self._pace = law(worlds, p.skills_per_million, p.skills_decay, p.power_per_million, p.power_decay)
        self.skills = np.array([p.skills_kazakhstan * wide, p.skills_uzbekistan * wide])
        self.power = np.array([p.power_kazakhstan * wide, p.power_uzbekistan * wide])

    def affordable(self, role: str, asked: Vector) -> Vector:
        """Share of what a role asks to spend this month that its purse holds, (worlds,)."""
        return np.clip(self.purse[self.place[role]] / np.maximum(asked, 1e-9), 0.0, 1.0)

    def fill(self) -> Turn:
        """Buy for or release from stockpiles.

        It is left with t W bought and million USD paid by each owner (negative: released, received), and with its piles.
        """
        tables = {"bought": np.empty(self.pile.shape), "paid": np.empty(self.pile.shape), **to_fill(self, "pile")}
        owners = (self.pile_pool, self.role_of_owner)
        return Turn(self, (owners, (self.exchange.price, self.pile, self.purse)), tables)

    def close_month(self, spent_before: Vector, granted: Vector) -> None:
        """Grant next month's budget and remember spending.

        Args:
            spent_before: million USD spent up to last month, (roles, worlds).
            granted: table for the budgets granted, million USD, (roles, worlds).
        """
        lately, purse = to_change(self, "spent_lately"), to_change(self, "purse")
        bookkeeping.grant_budgets(self.budget, self.spent, spent_before, lately, purse, granted)
        self.spent_lately, self.purse = lately, purse

    def develop(self, seats: Seats) -> Vector:
        """Invest at home in the middle powers; gives million USD spent this month, (hosts, HOME_PURPOSES, worlds)."""
        worlds = self.purse.shape[1]
        purse, total = to_change(self, "purse"), self.spent.copy()
        skills, power = np.empty(self.skills.shape), np.empty(self.power.shape)
        spent = np.empty((len(HOSTS), len(HOME_PURPOSES), worlds))
        for i, host in enumerate(HOSTS):
            row, talks = self.place[host], seats[f"{host}.diplomacy"]
            wishes = (seats[f"{host}.{purpose}"] for purpose in HOME_PURPOSES[:-1])
            done = invest_at_home(*wishes, *talks, purse[row], total[row], self.skills[i], self.power[i], *self._pace)
            spent[i] = done[:-4]
            skills[i], power[i], purse[row], total[row] = done[-4:]
        self.skills, self.power, self.purse, self.spent = skills, power, purse, total
        return spent


@by_world(9)
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
