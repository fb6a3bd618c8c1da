"""Luck and third parties: winters, power cuts, shortages, accidents, closed borders, shocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.exchange import column
from agents.mines import Mines
from sim import luck
from sim.network import Vector
from sim.scenario import Demand, Event, Opening, Scenario
from sim.state import derived, state

WINTER = (12, 1, 2)


@dataclass(frozen=True)
class Harm:
    """What an event or opening shock does while it lasts."""

    kind: str
    target: str
    loss: float
    """Share lost of what it strikes."""
    region: int
    """Row of the target among the regions, -1 if it is none."""
    mines: NDArray[np.int64]
    """Rows of the mines that it strikes."""
    exposure: Vector
    """How far each of them is struck, shape (mines struck, 1)."""
    building: Vector
    """The same for building works, 0 where nothing is left to be built."""


class Nature:
    """Events under way in every world; each is drawn by its own name, so that no decision reshuffles it."""

    left = state("months that each event still lasts, (events, worlds)")
    target = state("mine struck by an accident, row, (events, worlds)")
    shock_left = state("months that the opening shock still lasts, (openings, worlds)")

    def __init__(self, scenario: Scenario, mines: Mines, seeds: luck.Seeds, branch: int = 0) -> None:
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
        self.capacity = column([m.capacity.value for m in mines.mines])
        self.harms = tuple(self._harm(e, e.kind) for e in self.events)
        self.shocks = tuple(self._harm(o, o.event) for o in self.openings)
        self.dated = column([float(_months(e.month, scenario.start)) if e.month else -1.0 for e in self.events])
        self.duration = column([e.duration.value for e in self.events])
        self.shock_duration = column([o.duration.value for o in self.openings])
        self.chance = {month: column([_chance(e, month) for e in self.events]) for month in range(1, 13)}

    def _draw_opening(self, scenario: Scenario, seeds: luck.Seeds) -> None:
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

    def strike(
        self, month: int, calendar_month: int, seeds: luck.Seeds, exposure: dict[int, Vector], branch: int = 0
    ) -> None:
        """Draw this month's events.

        Args:
            month: months since the start.
            calendar_month: 1 to 12.
            seeds: the worlds' seeds.
            exposure: factor on the chance of events from readiness and relations, by row, (worlds,) each.
            branch: luck of its own for a look-ahead.
        """
        draw = luck.uniform(seeds, self.streams, month, branch=branch)
        starts = (draw < self.chance[calendar_month]) & (self.left <= 0)
        starts = starts | ((self.dated == month) & (self.left <= 0))
        for row, factor in exposure.items():
            starts[row] = (draw[row] < self.chance[calendar_month][row] * factor) & (self.left[row] <= 0)
        self.struck = starts * 1.0
        self.left = np.where(starts, self.duration, np.maximum(self.left - 1, 0.0))
        new = np.flatnonzero(starts.any(axis=1))
        if new.size:
            hit = luck.uniform(seeds, self.accident[new], month, branch=branch) * len(self.mines.names)
            target = self.target.copy()
            target[new] = np.where(starts[new], np.floor(hit), target[new])
            self.target = target
        if self.openings:
            left = np.maximum(self.shock_left - 1, 0.0)
            self.shock_left = np.where(self.opens == month, self.shock_duration, left)

    def _harm(self, event: Event | Opening, kind: str) -> Harm:
        """What an event does to whom."""
        mines = self.mines.mines
        exposure = {
            "winter": lambda m: m.winter.value if m.region == event.target else 0.0,
            "power_cut": lambda m: m.power.value if m.region == event.target else 0.0,
            "reagent_shortage": lambda m: m.reagents.value,
            "supply_shock": lambda m: float(event.target in (m.key, m.region)),
            "accident": lambda m: float(event.target in ("", m.key)),
        }.get(kind, lambda m: 0.0)
        struck = [i for i, m in enumerate(mines) if exposure(m) > 0]
        exposed = column([exposure(mines[i]) for i in struck])
        return Harm(
            kind,
            event.target,
            1 - event.size.value,
            self.regions.index(event.target) if event.target in self.regions else -1,
            np.array(struck, np.int64),
            exposed,
            exposed * column([float(mines[i].capex.value > 0) for i in struck]),
        )

    @derived("left", "shock_left")
    def under_way(self) -> list[tuple[Harm, NDArray[np.int64], int]]:
        """Harm, worlds in which it holds, and row of the event (-1: an opening shock), of all that lasts."""
        events = np.flatnonzero(self.left.any(axis=1)).tolist()
        shocks = np.flatnonzero(self.shock_left.any(axis=1)).tolist()
        lasting = [(self.harms[i], np.flatnonzero(self.left[i]), i) for i in events]
        return lasting + [(self.shocks[i], np.flatnonzero(self.shock_left[i]), -1) for i in shocks]

    def on_mines(
        self, month: int, seeds: luck.Seeds, spread: float, winter: Vector, power: Vector, branch: int = 0
    ) -> Vector:
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
        factor = np.maximum(noise, 0.5)
        left_over = {"winter": winter, "power_cut": power}
        for harm, worlds, row in self.under_way():
            if harm.kind == "accident":
                struck = self._struck_by_accident(harm, worlds, row)
                # an accident shuts one mine; a block of many small ones loses one of them
                size = np.maximum(np.maximum(12 * mines.output[struck], self.capacity[struck[0], 0]), 1.0)
                factor[struck] = factor[struck] * (1 - harm.loss * np.minimum(1.0, 2000.0 / size))
            elif harm.mines.size:
                lost = harm.loss * harm.exposure
                if harm.kind in left_over:
                    lost = lost * left_over[harm.kind][harm.region, worlds]
                where = harm.mines[:, None], worlds
                factor[where] = factor[where] * (1 - lost)
        return factor

    def _struck_by_accident(
        self, harm: Harm, worlds: NDArray[np.int64], row: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Mines and worlds in which an accident holds."""
        if harm.target:
            return np.repeat(harm.mines, worlds.size), np.tile(worlds, harm.mines.size)
        if row < 0:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        return self.target[row, worlds].astype(np.int64), worlds

    def on_building(self, winter: Vector, power: Vector) -> Vector:
        """Share of a month's planned building done, by mine."""
        pace = np.ones_like(self.mines.output)
        left_over = {"winter": winter, "power_cut": 0.5 * power}
        for harm, worlds, _ in self.under_way():
            if harm.kind in left_over and harm.mines.size:
                where = harm.mines[:, None], worlds
                pace[where] = pace[where] * (1 - harm.building * left_over[harm.kind][harm.region, worlds])
        return pace

    @derived("left", "shock_left")
    def narrowed(self) -> dict[str, Vector]:
        """Share open of each gateway that is not open in every world, (worlds,)."""
        gateways: dict[str, Vector] = {}
        for harm, worlds, _ in self.under_way():
            if harm.kind == "border_closure":
                open_share = gateways.setdefault(harm.target, np.ones(self.left.shape[1]))
                open_share[worlds] = open_share[worlds] * (1 - harm.loss)
        return gateways

    def gateway(self, name: str) -> Vector:
        """Share of a gateway that is open, (worlds,)."""
        return self.narrowed().get(name, np.ones(self.left.shape[1]))

    def on_use(self, demands: tuple[Demand, ...]) -> Vector:
        """Factor on the use of each region and segment, (uses, worlds)."""
        factor = np.ones((len(demands), self.left.shape[1]))
        for harm, worlds, _ in self.under_way():
            if harm.kind in ("demand_shock", "growth_cycle"):
                rows = [i for i, d in enumerate(demands) if harm.target in ("", d.segment, d.region)]
                where = np.array(rows, np.int64)[:, None], worlds
                factor[where] = factor[where] * (1 - harm.loss)
        return factor

    def supply_shock_in(self, region: str) -> Vector:
        """1 where a supply shock or closed border is under way in a region, (worlds,)."""
        here = np.zeros(self.left.shape[1])
        for harm, worlds, _ in self.under_way():
            if harm.kind == "supply_shock" and harm.target == region:
                here[worlds] = 1.0
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
