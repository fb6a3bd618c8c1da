"""Refineries: capacity that turns concentrate into APT, and APT into powder and carbide; new ones can be built."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np

from agents.exchange import Exchange, column
from agents.member import Member, Population
from agents.parameters import law
from sim import luck
from sim.dates import months_since
from sim.home import build_plants
from sim.network import Vector
from sim.scenario import Scenario
from sim.state import derived, state, to_change

HOSTS = ("kazakhstan", "uzbekistan")


class Refinery(Member):
    """The refineries of one region."""


class Refineries(Population):
    """Refining capacity by region, and plants under construction in the two middle powers."""

    capacity = state("t W/month of concentrate taken in, (regions, worlds)")
    carbide = state("t W/month of powder and carbide made at home, (hosts, worlds)")
    funded = state("million USD put into APT plants not yet working, (hosts, worlds)")
    carbide_funded = state("million USD put into carbide works not yet working, (hosts, worlds)")
    projects = state("million USD put into named plants, (plants, worlds)")

    def __init__(self, scenario: Scenario, exchange: Exchange, worlds: int, parameters: SimpleNamespace) -> None:
        self.exchange = exchange
        self.parameters = parameters.refining
        self.rows = exchange.arcs_where(kind="refine")
        self.names = tuple(exchange.arcs[row].origin.split(".")[0] for row in self.rows)
        self._host_rows = np.array([self.names.index(host) for host in HOSTS])
        self.capacity = exchange.capacity[self.rows] * np.ones(worlds)
        zero = np.zeros((len(HOSTS), worlds))
        self.carbide = self.funded = self.carbide_funded = zero
        plants = [p for p in scenario.refinery_projects if p.region not in HOSTS and p.product == "apt"]
        self.plants = tuple(p.key for p in plants)
        self.plant_region = [self.names.index(p.region) for p in plants]
        self.plant_capacity = column([p.capacity.value / 12 for p in plants])
        self.plant_start = [months_since(scenario.start, p.start) for p in plants]
        self.luck_of_plants = luck.streams("plant", self.plants)
        self._drawn: tuple[luck.Seeds, Vector] | None = None
        self.plant_cost = column([p.capex.value for p in plants])
        self.projects = np.zeros((len(plants), worlds))
        home = [p for p in scenario.refinery_projects if p.region in HOSTS]
        of_apt, of_carbide = (
            _ratio([(p.capex.value, p.capacity.value / 12) for p in home if p.product == product])
            for product in ("apt", "carbide")
        )
        self._costs = of_apt, of_carbide
        (self._completion,) = law(worlds, self.parameters.completion)

    def build(
        self, spending: Vector, skills: Vector, power: Vector, month: int, seeds: luck.Seeds,
        mined_in: Callable[[str], Vector],
    ) -> None:  # fmt: skip
        """Spend a month's investment and put into work what is done.

        Args:
            spending: public and private money this month, million USD, (hosts * HOME_PURPOSES, worlds).
            skills, power: of the middle powers, 0 to 1, (hosts, worlds).
            month: months since the start.
            seeds: the worlds' seeds.
            mined_in: t W/month that the mines of a region deliver, (worlds,).
        """
        changed = tuple([to_change(self, name) for name in ("funded", "carbide_funded", "capacity", "carbide")])
        build_plants(self._host_rows, self._costs, self._completion, skills, power, spending, *changed)
        self.funded, self.carbide_funded, capacity, self.carbide = changed
        for i, row in enumerate(self.plant_region):
            if month < self.plant_start[i] or self._opened()[i]:
                continue
            start = self.plant_start[i] + 24 * self._late(seeds)[i]
            fed = mined_in(self.names[row]) > 0.2 * self.plant_capacity[i]
            opens = (month >= start) & (self.projects[i] == 0) & fed
            capacity[row] = capacity[row] + np.where(opens, self.plant_capacity[i], 0.0)
            projects = self.projects.copy()
            projects[i] = np.where(opens, self.plant_cost[i], projects[i])
            self.projects = projects
        self.capacity = capacity

    @derived("projects")
    def _opened(self) -> list[bool]:
        """Whether each plant has opened in every world."""
        return [bool(paid.all()) for paid in self.projects]

    def _late(self, seeds: luck.Seeds) -> Vector:
        """How late plants are, as a share of the longest delay, (plants, worlds); drawn once for the same seeds."""
        if self._drawn is None or self._drawn[0] is not seeds:
            self._drawn = seeds, luck.uniform(seeds, self.luck_of_plants, 0)
        return self._drawn[1]


def _ratio(pairs: list[tuple[float, float]]) -> float:
    """Money per t W/month of capacity over several plants, million USD."""
    money, tonnes = 0.0, 0.0
    for cost, capacity in pairs:
        money, tonnes = money + cost, tonnes + capacity
    return money / tonnes if tonnes else 1.0
