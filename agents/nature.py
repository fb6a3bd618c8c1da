"""Luck and third parties: winters, power cuts, shortages, accidents, closed borders, shocks to use and supply."""

from __future__ import annotations

import numpy as np

from agents.mines import Mines
from sim import luck
from sim.network import Vector
from sim.scenario import Event, Opening, Scenario
from sim.state import state

WINTER = (12, 1, 2)


class Nature:
    """Events under way in every world; each is drawn by its own name, so that no decision reshuffles it."""

    left = state("months that each event still lasts, (events, worlds)")
    target = state("mine struck by an accident, row, (events, worlds)")
    shock_left = state("months that the opening shock still lasts, (openings, worlds)")

    def __init__(self, scenario: Scenario, mines: Mines, seeds: Vector, branch: int = 0) -> None:
        self.events = scenario.events
        self.openings = scenario.openings
        self.mines = mines
        self.names = tuple(e.key for e in self.events)
        self.streams = luck.streams("event", self.names)
        self.accident = luck.streams("accident", self.names)
        self.noise = luck.streams("output", mines.names)
        worlds = seeds.size
        self.left = np.zeros((len(self.events), worlds))
        self.target = -np.ones((len(self.events), worlds))
        self.struck = np.zeros((len(self.events), worlds))
        self.shock_left = np.zeros((len(self.openings), worlds))
        self._draw_opening(scenario, seeds)
        self.regions = tuple(r.key for r in scenario.regions)

    def _draw_opening(self, scenario: Scenario, seeds: Vector) -> None:
        """Which shock comes first, and when."""
        worlds = seeds.size
        self.opens = np.full((len(self.openings), worlds), -1.0)
        if not self.openings:
            return
        weight = 0.0
        for opening in self.openings:
            weight = weight + opening.weight.value
        pick = luck.uniform(seeds, luck.stream("opening", "which"), 0) * weight
        when = luck.uniform(seeds, luck.stream("opening", "when"), 0)
        below = 0.0
        rows = []
        for opening in self.openings:
            first, last = _months(opening.earliest, scenario.start), _months(opening.latest, scenario.start)
            chosen = (pick >= below) & (pick < below + opening.weight.value)
            month = np.floor(first + when * (last - first + 1))
            rows.append(np.where(chosen, month, -1.0))
            below = below + opening.weight.value
        self.opens = np.array(rows)

    def strike(self, month: int, calendar_month: int, seeds: Vector, exposure: Vector, branch: int = 0) -> None:
        """Draw this month's events.

        Args:
            month: months since the start.
            calendar_month: 1 to 12.
            seeds: the worlds' seeds.
            exposure: factor on the chance of each event from readiness and relations, (events, worlds).
            branch: luck of its own for a look-ahead.
        """
        draw = luck.uniform(seeds, self.streams, month, branch=branch)
        chance = np.array([[_chance(e, calendar_month)] for e in self.events]) * exposure
        starts = (draw < chance) & (self.left <= 0)
        duration = np.array([[e.duration.value] for e in self.events])
        self.struck = starts * 1.0
        self.left = np.where(starts, duration, np.maximum(self.left - 1, 0.0))
        hit = luck.uniform(seeds, self.accident, month, branch=branch) * len(self.mines.names)
        self.target = np.where(starts, np.floor(hit), self.target)
        opening = np.array([[o.duration.value] for o in self.openings]).reshape(-1, 1)
        self.shock_left = np.where(self.opens == month, opening, np.maximum(self.shock_left - 1, 0.0))

    def _under_way(self) -> list[tuple[Event | Opening, str, Vector, Vector]]:
        """(event, kind, 1 where it holds, row of the mine struck) of all events and opening shocks."""
        lasting = [(e, e.kind, (self.left[i] > 0) * 1.0, self.target[i]) for i, e in enumerate(self.events)]
        shocks = [(o, o.event, (self.shock_left[i] > 0) * 1.0, -1.0 + 0 * self.shock_left[i])
                  for i, o in enumerate(self.openings)]  # fmt: skip
        return lasting + shocks

    def on_mines(self, month: int, seeds: Vector, spread: float, winter: Vector, power: Vector, branch: int = 0) -> Vector:
        """Factor on each mine's output.

        Args:
            month: months since the start.
            seeds: the worlds' seeds.
            spread: standard deviation of a mine's monthly output.
            winter, power: share of those events' harm left after readiness, (regions, worlds).
            branch: luck of its own for a look-ahead.
        """
        mines = self.mines
        noise = 1 + spread * luck.normal(seeds, self.noise, month, branch=branch)
        factor = list(np.maximum(noise, 0.5))
        for event, kind, holds, row in self._under_way():
            harm = (1 - event.size.value) * holds
            for i, mine in enumerate(mines.mines):
                if kind == "winter" and mine.region == event.target and mine.winter.value > 0:
                    factor[i] = factor[i] * (1 - harm * mine.winter.value * winter[mines.region[i]])
                elif kind == "power_cut" and mine.region == event.target and mine.power.value > 0:
                    factor[i] = factor[i] * (1 - harm * mine.power.value * power[mines.region[i]])
                elif kind == "reagent_shortage" and mine.reagents.value > 0:
                    factor[i] = factor[i] * (1 - harm * mine.reagents.value)
                elif kind == "supply_shock" and event.target in (mine.key, mine.region):
                    factor[i] = factor[i] * (1 - harm)
                elif kind == "accident" and event.target in ("", mine.key):
                    here = holds if event.target else holds * (row == i)
                    # an accident shuts one mine; a block of many small ones loses one of them
                    share = min(1.0, 2000.0 / max(12 * mines.output[i, 0], mine.capacity.value, 1.0))
                    factor[i] = factor[i] * (1 - (1 - event.size.value) * here * share)
        return np.array(factor)

    def on_building(self, winter: Vector, power: Vector) -> Vector:
        """Share of a month's planned building done, by mine."""
        mines = self.mines
        pace = np.ones_like(mines.output)
        rows = list(pace)
        for event, kind, holds, _ in self._under_way():
            for i, mine in enumerate(mines.mines):
                if mine.region != event.target or mine.capex.value <= 0:
                    continue
                if kind == "winter":
                    rows[i] = rows[i] * (1 - holds * mine.winter.value * winter[mines.region[i]])
                elif kind == "power_cut":
                    rows[i] = rows[i] * (1 - 0.5 * holds * mine.power.value * power[mines.region[i]])
        return np.array(rows)

    def gateway(self, name: str) -> Vector:
        """Share of a gateway that is open, (worlds,)."""
        open_share = np.ones(self.left.shape[1])
        for event, kind, holds, _ in self._under_way():
            if kind == "border_closure" and event.target == name:
                open_share = open_share * (1 - (1 - event.size.value) * holds)
        return open_share

    def on_use(self, demands: tuple[object, ...]) -> Vector:
        """Factor on the use of each region and segment, (uses, worlds)."""
        rows = [np.ones(self.left.shape[1]) for _ in demands]
        for event, kind, holds, _ in self._under_way():
            if kind in ("demand_shock", "growth_cycle"):
                change = (event.size.value - 1) * holds
                for i, d in enumerate(demands):
                    if event.target in ("", d.segment, d.region):  # type: ignore[attr-defined]
                        rows[i] = rows[i] * (1 + change)
        return np.array(rows)

    def supply_shock_in(self, region: str) -> Vector:
        """1 where a supply shock or closed border is under way in a region, (worlds,)."""
        here = np.zeros(self.left.shape[1])
        for event, kind, holds, _ in self._under_way():
            if kind == "supply_shock" and event.target == region:
                here = np.maximum(here, holds)
        return here


def _chance(event: Event, calendar_month: int) -> float:
    """Chance that an event begins in a month; winters begin in winter."""
    yearly = event.probability.value
    if event.kind == "winter":
        return yearly / len(WINTER) if calendar_month in WINTER else 0.0
    return yearly / 12


def _months(date: str, start: str) -> int:
    year, month = (int(part) for part in date.split("-"))
    first_year, first_month = (int(part) for part in start.split("-"))
    return (year - first_year) * 12 + month - first_month
