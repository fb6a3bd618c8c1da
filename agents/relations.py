"""Trust between governments: it moves with what they do to one another, and with summits, lists and memberships."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from sim.network import Vector
from sim.scenario import Scenario
from sim.state import state


class Relations:
    """Trust of each pair of governments, -1 to 1."""

    trust = state("trust of each pair, -1 to 1, (pairs, worlds)")

    def __init__(self, scenario: Scenario, worlds: int, parameters: SimpleNamespace) -> None:
        self.pairs = tuple((r.a, r.b) for r in scenario.relations)
        self.place = {pair: i for i, pair in enumerate(self.pairs)} | {
            (b, a): i for i, (a, b) in enumerate(self.pairs)
        }
        self.start = np.array([[r.trust.value] for r in scenario.relations])
        self.memberships = scenario.memberships
        self.begins = scenario.start
        self.parameters = parameters.relations
        self.trust = self.start * np.ones(worlds)

    def between(self, a: str, b: str) -> Vector:
        """Trust between two governments, 0 where nothing is known, (worlds,)."""
        if (a, b) not in self.place:
            return np.zeros(self.trust.shape[1])
        return self.trust[self.place[a, b]]

    def learn(self, date: str, deeds: dict[tuple[str, str], Vector]) -> None:
        """Move trust a part of the way to where the deeds of this month would bring it in time.

        Args:
            date: this month, "YYYY-MM"; memberships that begin later do not count yet.
            deeds: lasting effect of what a pair does to one another, index, (worlds,).
        """
        target = list(self.start * np.ones_like(self.trust))
        for membership in self.memberships:
            # what held at the start is part of the trust at the start
            if self.begins < membership.date <= date:
                for pair, i in self.place.items():
                    if pair in self.pairs and pair[0] in membership.members and pair[1] in membership.members:
                        target[i] = target[i] + membership.trust.value
        for pair, effect in deeds.items():
            if pair in self.place:
                i = self.place[pair]
                target[i] = target[i] + effect
        gap = np.clip(np.array(target), -1.0, 1.0) - self.trust
        self.trust = self.trust + np.where(gap < 0, self.parameters.loss, self.parameters.gain) * gap
