"""What governments own: purses, stockpiles, and at home in the middle powers skills and readiness for winter."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from agents.exchange import Exchange
from agents.parameters import law
from agents.refineries import HOSTS
from agents.seats import Seats
from agents.turns import Turn, whole
from sim import bookkeeping
from sim.home import HOME_PURPOSES, PURPOSES, develop
from sim.network import Vector
from sim.scenario import Scenario
from sim.state import state, to_change, to_fill

AT_HOME = tuple(tuple(f"{host}.{purpose}" for purpose in HOME_PURPOSES) for host in HOSTS)
"""Levers by which each middle power spends money at home."""

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
        self._host_rows = np.array([self.place[host] for host in HOSTS])
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
        """Invest at home in the middle powers; gives million USD spent this month, (hosts * HOME_PURPOSES, worlds)."""
        wishes = tuple([tuple([whole(wish) for wish in seats.several(levers)]) for levers in AT_HOME])
        spending = np.empty((len(HOSTS) * PURPOSES, self.purse.shape[1]))
        purse, spent, skills, power = (to_change(self, name) for name in ("purse", "spent", "skills", "power"))
        develop(self._host_rows, wishes, self._pace, purse, spent, skills, power, spending)
        self.skills, self.power, self.purse, self.spent = skills, power, purse, spent
        return spending
