"""Trust between governments: it moves with what they do to one another, and with summits, lists and memberships."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from sim.compiled import rule
from sim.network import Index, Vector
from sim.ranges import clip
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
        self._goals: dict[int, Vector] = {}
        self._pairs_of: dict[tuple[tuple[str, ...], tuple[str, ...]], Index] = {}
        self.begins = scenario.start
        self.parameters = parameters.relations
        self.trust = self.start * np.ones(worlds)

    def between(self, a: str, b: str) -> Vector:
        """Trust between two governments, 0 where nothing is known, (worlds,)."""
        if (a, b) not in self.place:
            return np.zeros(self.trust.shape[1])
        return self.trust[self.place[a, b]]

    def pairs_of(self, roles: tuple[str, ...], others: tuple[str, ...]) -> Index:
        """Row in `trust` of each of some roles with each of the others, role after role; -1 where nothing is known."""
        found = self._pairs_of.get((roles, others))
        if found is None:
            found = np.array([self.place.get((role, other), -1) for role in roles for other in others])
            self._pairs_of[roles, others] = found
        return found

    def learn(self, date: str, deeds: dict[tuple[str, str], Vector]) -> None:
        """Move trust a part of the way to where the deeds of this month would bring it in time.

        Args:
            date: this month, "YYYY-MM"; memberships that begin later do not count yet.
            deeds: lasting effect of what a pair does to one another, index, (worlds,).
        """
        effect = np.zeros(self.trust.shape)
        for pair, deed in deeds.items():
            if pair in self.place:
                effect[self.place[pair]] = deed
        self.trust = moved(self.trust, self._goal(date), effect, self.parameters.loss, self.parameters.gain)

    def _goal(self, date: str) -> Vector:
        """Trust to which each pair would come without deeds, (pairs, 1)."""
        # what held at the start is part of the trust at the start
        begun = tuple(m for m in self.memberships if self.begins < m.date <= date)
        goal = self._goals.get(len(begun))
        if goal is None:
            goal = self.start.copy()
            for membership in begun:
                for i, (a, b) in enumerate(self.pairs):
                    if a in membership.members and b in membership.members:
                        goal[i] = goal[i] + membership.trust.value
            self._goals[len(begun)] = goal
        return goal


@rule
def moved(trust: float, goal: float, effect: float, loss: float, gain: float) -> float:
    """Trust after a month: a part of the way to where lasting deeds would bring it, faster down than up.

    Args:
        trust, goal: -1 to 1; goal is where it would come without deeds.
        effect: of deeds on that, index.
        loss, gain: part of the way made in a month, down and up, share.
    """
    gap = clip(goal + effect, -1.0, 1.0) - trust
    return trust + (loss if gap < 0.0 else gain) * gap
