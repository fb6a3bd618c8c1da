"""What governments own: purses, stockpiles, and at home in the middle powers skills and readiness for winter."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from agents.exchange import Exchange
from agents.refineries import HOSTS
from agents.seats import Seats
from agents.turns import Turn
from sim.network import Vector
from sim.scenario import Scenario
from sim.state import state

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
        self.skills = np.array([p.skills_kazakhstan * wide, p.skills_uzbekistan * wide])
        self.power = np.array([p.power_kazakhstan * wide, p.power_uzbekistan * wide])

    def affordable(self, role: str, asked: Vector) -> Vector:
        """Share of what a role asks to spend this month that its purse holds, (worlds,)."""
        return np.clip(self.purse[self.place[role]] / np.maximum(asked, 1e-9), 0.0, 1.0)

    def pay(self, role: str, amount: Vector) -> None:
        """Spend from a purse (negative: take in)."""
        row = self.place[role]
        purse, spent = self.purse.copy(), self.spent.copy()
        purse[row] = purse[row] - amount
        spent[row] = spent[row] + np.maximum(amount, 0.0)
        self.purse, self.spent = purse, spent

    def fill(self) -> Turn:
        """Buy for or release from stockpiles.

        It is left with t W bought and million USD paid by each owner (negative: released, received), and with its piles.
        """
        tables = {name: np.empty(self.pile.shape) for name in ("bought", "paid", "pile")}
        owners = (self.pile_pool, self.role_of_owner)
        return Turn(self, (owners, (self.exchange.price, self.pile, self.purse)), tables)

    def close_month(self, spent_before: Vector) -> None:
        """Grant next month's budget and remember spending."""
        self.spent_lately = self.spent_lately + (1 / 12) * (self.spent - spent_before - self.spent_lately)
        topped = np.minimum(self.purse + self.budget / 12, np.maximum(1.5 * self.budget, self.purse))
        self.granted = topped - self.purse
        self.purse = topped

    def develop(self, seats: Seats) -> dict[str, dict[str, Vector]]:
        """Invest at home in the middle powers; gives million USD spent this month by host and purpose."""
        p = self.parameters
        skills, power = list(self.skills), list(self.power)
        spent: dict[str, dict[str, Vector]] = {}
        for i, host in enumerate(HOSTS):
            wishes = {
                purpose: seats[f"{host}.{purpose}"] / 12
                for purpose in ("skills_investment", "power_readiness", "refinery_investment", "carbide_investment")
            }
            talks = seats[f"{host}.diplomacy"]
            wishes["diplomacy"] = (talks[0] + talks[1] + talks[2] + talks[3]) / 12
            asked = np.zeros(self.purse.shape[1])
            for wish in wishes.values():
                asked = asked + wish
            share = self.affordable(host, asked)
            spent[host] = {purpose: wish * share for purpose, wish in wishes.items()}
            learnt = p.skills_per_million * spent[host]["skills_investment"] * (1 - skills[i])
            skills[i] = skills[i] + learnt - p.skills_decay * skills[i]
            built = p.power_per_million * spent[host]["power_readiness"] * (1 - power[i])
            power[i] = power[i] + built - p.power_decay * power[i]
            self.pay(host, asked * share)
        self.skills, self.power = np.array(skills), np.array(power)
        return spent
