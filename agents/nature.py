"""Luck and third parties: winters, power cuts, shortages, accidents, closed borders, shocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.exchange import column
from agents.mines import Mines
from agents.refineries import HOSTS
from sim import hazards, luck
from sim.dates import months_since
from sim.hazards import Harms
from sim.network import Vector
from sim.scenario import Demand, Event, Opening, Scenario
from sim.state import derived, state, to_change

WINTER = (12, 1, 2)
KINDS = {"winter": hazards.WINTER, "power_cut": hazards.POWER_CUT, "accident": hazards.ACCIDENT}


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
    """Share of building works lost at each of them, 0 where nothing is left to be built."""


class Nature:
    """Events under way in every world; each is drawn by its own name, so that no decision reshuffles it."""

    left = state("months that each event still lasts, (events, worlds)")
    target = state("mine struck by an accident, row, (events, worlds)")
    shock_left = state("months that the opening shock still lasts, (openings, worlds)")

    def __init__(self, scenario: Scenario, mines: Mines, seeds: luck.Seeds, branch: int = 0) -> None:
        self.scenario = scenario
        self.events = scenario.events
        self.openings = scenario.openings
        self.mines = mines
        self.names = tuple(e.key for e in self.events)
        self.streams = luck.streams("event", self.names)
        self.accident = luck.streams("accident", self.names)
        worlds = seeds.size
        self.left = np.zeros((len(self.events), worlds))
        self.target = -np.ones((len(self.events), worlds))
        self.struck = np.zeros((len(self.events), worlds), bool)
        """Whether an event begins this month, (events, worlds); the next month is written over it."""
        self.begun: NDArray[np.int64] = np.zeros(len(self.events), np.int64)
        """1 for events that begin in any world."""
        self.shock_left = np.zeros((len(self.openings), worlds))
        self.never = self.shock_left > 0
        self.opened = self.never
        self._opening_months: tuple[Vector, frozenset[float]] | None = None
        self._drawn = np.empty(worlds)
        self.drawn = self.opens = self._draw_opening(seeds)
        self.regions = tuple(r.key for r in scenario.regions)
        self.capacity = column([m.capacity.value for m in mines.mines])
        self.harms = tuple(self._harm(e, e.kind) for e in self.events)
        self.shocks = tuple(self._harm(o, o.event) for o in self.openings)
        self.dated = np.array([months_since(scenario.start, e.month) if e.month else -1 for e in self.events])
        self.dates = frozenset(self.dated.tolist())
        self.exposed = np.array([e.target == "khorgos" for e in self.events], np.int64)
        self.duration = np.array([e.duration.value for e in self.events])
        self.shock_duration = column([o.duration.value for o in self.openings])
        self.chance = {month: np.array([_chance(e, month) for e in self.events]) for month in range(1, 13)}
        self.table = self._table()

    def _draw_opening(self, seeds: luck.Seeds) -> Vector:
        """Month in which each shock comes, -1 for never, (openings, worlds)."""
        if not self.openings:
            return np.zeros((0, seeds.size))
        start = self.scenario.start
        weight = 0.0
        for opening in self.openings:
            weight = weight + opening.weight.value
        pick = luck.uniform(seeds, luck.stream("opening", "which"), 0) * weight
        when = luck.uniform(seeds, luck.stream("opening", "when"), 0)
        below = 0.0
        rows = []
        for opening in self.openings:
            first, last = months_since(start, opening.earliest), months_since(start, opening.latest)
            chosen = (pick >= below) & (pick < below + opening.weight.value)
            month = np.floor(first + when * (last - first + 1))
            rows.append(np.where(chosen, month, -1.0))
            below = below + opening.weight.value
        return np.array(rows)

    def opens_again(self, seeds: luck.Seeds, month: int) -> Vector:
        """Months in which shocks come, drawn again in worlds where none has come yet, (openings, worlds).

        Args:
            seeds: the worlds' seeds from now on.
            month: months since the start; a shock drawn for an earlier month comes in this one.
        """
        known = ((self.opens >= 0) & (self.opens < month)).any(axis=0)
        again = self._draw_opening(seeds)
        return np.where(known, self.opens, np.where(again >= 0, np.maximum(again, float(month)), -1.0))

    def strike(
        self, month: int, calendar_month: int, seeds: luck.Seeds, trust: Vector, branch: int = 0,
        calm: NDArray[np.bool_] | None = None,
    ) -> None:  # fmt: skip
        """Draw this month's events.

        Args:
            month: months since the start.
            calendar_month: 1 to 12.
            seeds: the worlds' seeds.
            trust: between the two sides of the border at Khorgos, -1 to 1, (worlds,).
            branch: luck of its own for a look-ahead.
            calm: worlds in which nothing begins, (worlds,).
        """
        # nobody else may hold what is to be changed in place
        before: tuple[Vector, ...] = () if calm is None else (self.left, self.target)
        chance = self.chance[calendar_month]
        if month in self.dates:
            chance = np.where(self.dated == month, 1.0, chance)
        left, target = to_change(self, "left"), to_change(self, "target")
        hazards.strike(
            seeds, month, branch, self.streams, self.accident, len(self.mines.names), chance,
            self.exposed, trust, self.duration, left, target, (self.struck, self.begun), self._drawn,
        )  # fmt: skip
        self.left, self.target = left, target
        if calm is not None:
            self.struck = self.struck & ~calm
            self.begun = np.asarray(self.struck.any(axis=1), np.int64)
            self.left = np.where(calm, np.maximum(before[0] - 1.0, 0.0), self.left)
            self.target = np.where(calm, before[1], self.target)
        if self.openings:
            left = np.maximum(self.shock_left - 1, 0.0) if self._is_shocked() else self.shock_left
            self.opened = self.never
            if month in self._openings_of(self.opens):
                self.opened = self.opens == month if calm is None else (self.opens == month) & ~calm
                left = np.where(self.opened, self.shock_duration, left)
            self.shock_left = left

    @derived("shock_left")
    def _is_shocked(self) -> bool:
        """Whether an opening shock lasts in any world."""
        return bool(self.shock_left.any())

    def _openings_of(self, opens: Vector) -> frozenset[float]:
        """Months in which a shock comes in any world; counted once for the same worlds."""
        if self._opening_months is None or self._opening_months[0] is not opens:
            self._opening_months = opens, frozenset(opens.ravel().tolist())
        return self._opening_months[1]

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
            (1 - event.size.value) * exposed * column([float(mines[i].capex.value > 0) for i in struck]),
        )

    def _table(self) -> Harms:
        """What may strike each mine, as the kernels read it."""
        start, entries = [0], []
        for m in range(len(self.mines.names)):
            for row, harm in enumerate((*self.harms, *self.shocks)):
                kind = KINDS.get(harm.kind, hazards.PLAIN)
                host = HOSTS.index(harm.target) if harm.target in HOSTS else -1
                if kind == hazards.ACCIDENT and not harm.target:
                    if row < len(self.events):
                        entries.append((row, hazards.ACCIDENT_ANYWHERE, -1, harm.loss, 0.0))
                    continue
                for at in np.flatnonzero(harm.mines == m).tolist():
                    softened = kind in (hazards.WINTER, hazards.POWER_CUT)
                    lost = harm.loss if kind == hazards.ACCIDENT else harm.loss * harm.exposure[at, 0]
                    entries.append((row, kind, host if softened else -1, lost, harm.building[at, 0]))
            start.append(len(entries))
        which, kinds, hosts, lost, building = zip(*entries, strict=True) if entries else ([], [], [], [], [])
        return Harms(
            np.array(start), np.array(which, np.int64), np.array(kinds, np.int64), np.array(hosts, np.int64),
            np.array(lost, float), np.array(building, float), self.capacity[:, 0].copy(),
        )  # fmt: skip

    def on_gateways(self, gateways: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], Vector]:
        """Closures of gateways: which of them, row of the harm (opening shocks after events), and share left open."""
        closures = [
            (gateways.index(harm.target), row, 1 - harm.loss)
            for row, harm in enumerate((*self.harms, *self.shocks))
            if harm.kind == "border_closure" and harm.target in gateways
        ]
        which, rows, left = zip(*closures, strict=True) if closures else ((), (), ())
        return np.array(which, np.int64), np.array(rows, np.int64), np.array(left, float)

    def on_use(self, demands: tuple[Demand, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64], Vector]:
        """What changes each use while it lasts: first of each use in the lists, rows of harms, share of use left."""
        first, which, left = [0], [], []
        for d in demands:
            for row, harm in enumerate((*self.harms, *self.shocks)):
                if harm.kind in ("demand_shock", "growth_cycle") and harm.target in ("", d.segment, d.region):
                    which.append(row)
                    left.append(1 - harm.loss)
            first.append(len(which))
        return np.array(first, np.int64), np.array(which, np.int64), np.array(left, float)


def _chance(event: Event, calendar_month: int) -> float:
    """Chance that an event begins in a month; winters begin in winter."""
    yearly = event.probability.value
    if event.kind == "winter":
        return yearly / len(WINTER) if calendar_month in WINTER else 0.0
    return yearly / 12
