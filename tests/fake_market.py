"""A market without economics that looks like the real one from outside, for tests of what records it."""

from collections import namedtuple
from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np

from lab.options import PERIODS, Job
from sim import outcomes
from sim.scenario import Scenario

LEVELS = {"USD/mtu": 300.0, "t W/month": 600.0, "t W": 9_000.0, "share": 0.5, "index": 50.0, "month": 4.0}
Decision = namedtuple("Decision", "month lever target values source")


class FakeMarket:
    """Every outcome is a wave of its own, shifted by the seed; every third project opens in most worlds."""

    fails_in_month = -1

    def __init__(self, scenario: Scenario, seeds: Sequence[int], settings, recorded, every: str, flows: bool):
        self.scenario, self.every = scenario, every
        self.seeds = np.array(seeds, float)
        self.recorded = tuple(recorded)
        self.arcs = scenario.arcs
        self.month = 0
        self.settings = settings
        self.decisions_taken = []
        self.events_seen = []
        self._units = {name: outcome.unit for name, outcome in outcomes.registry(scenario).items()}
        self._projects = [mine.key for mine in scenario.mines]
        self._values, self._flows, self._times, self._with_flows = [], [], [], flows

    @property
    def record(self):
        flows = np.array(self._flows) if self._with_flows else None
        return SimpleNamespace(
            times=self._times, outcomes=self.recorded, values=np.array(self._values), flows=flows
        )

    def step(self) -> None:
        if self.month == self.fails_in_month:
            raise RuntimeError("the fake market fails on purpose")
        month = self.month
        for item in self.settings:
            if item.month == month:
                values = np.full(len(self.seeds), item.value)
                self.decisions_taken.append(Decision(month, item.lever, item.target, values, "set"))
        if month % 6 == 0:
            values = 0.1 * (month // 6 % 2) * (self.seeds % 2)
            self.decisions_taken.append(Decision(month, "china.retaliation", "", values, "rule"))
        if month % 12 == 0:
            self.events_seen.append((month, "hard_winter", "", 0.5 * ((self.seeds + month // 12) % 3 == 0)))
        if (month + 1) % PERIODS[self.every] == 0:
            self._times.append(month)
            self._values.append([self._value(i, name, month) for i, name in enumerate(self.recorded)])
            self._flows.append([np.full(len(self.seeds), i + month / 100.0) for i in range(len(self.arcs))])
        self.month += 1

    def _value(self, i: int, name: str, month: int):
        unit = self._units[name]
        if name.startswith("balance."):
            return np.full(len(self.seeds), 1e-10)
        if unit == "stage":
            key = name.split(".")[1]
            start = outcomes.STAGES.index(next(m.stage for m in self.scenario.mines if m.key == key))
            place = self._projects.index(key)
            opening = 20 + 7 * (place % 9) + self.seeds % 7
            opens = (place % 3 == 0) & (self.seeds % 5 != 4)
            return np.where(opens & (month >= opening), max(start, 6.0), float(start))
        shape = len(name) % 7
        rally = 1.5 * np.exp(-(((month - 18) / 14) ** 2))
        wave = 1 + 0.3 * np.sin(month / 11 + shape + self.seeds / 3) + rally
        calm = 1 + 0.4 * np.sin(month / 20 + shape + self.seeds / 50)
        return LEVELS.get(unit, 10.0) * (wave if unit == "USD/mtu" else calm)


def build(job: Job, seeds: Sequence[int], recorded: Sequence[str]) -> FakeMarket:
    """Stands in for lab.run.build."""
    return FakeMarket(job.scenario, seeds, job.settings, recorded, job.every, job.out is not None)
