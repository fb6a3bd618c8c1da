"""Trust between governments: it moves with what they do to one another, and with summits, lists and memberships."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from agents.parameters import law
from sim.compiled import rule
from sim.holders import within
from sim.lanes import where
from sim.network import Index, Vector
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
        self.begins = scenario.start
        self.law = law(worlds, parameters.relations.loss, parameters.relations.gain)
        self.deposits: tuple[Vector, Vector, Vector] | None = None
        """Nameplate and partners of all mines when hosts last counted who holds how much, and what they found."""
        self._rows: dict[tuple[tuple[str, str], ...], Index] = {}
        self.trust = self.start * np.ones(worlds)

    def between(self, a: str, b: str) -> Vector:
        """Trust between two governments, 0 where nothing is known, (worlds,)."""
        if (a, b) not in self.place:
            return np.zeros(self.trust.shape[1])
        return self.trust[self.place[a, b]]

    def rows(self, pairs: tuple[tuple[str, str], ...]) -> Index:
        """Row of each of these pairs, -1 where nothing is known."""
        found = self._rows.get(pairs)
        if found is None:
            found = self._rows[pairs] = np.array([self.place.get(pair, -1) for pair in pairs])
        return found

    def goal(self, date: str) -> Vector:
        """Trust to which each pair would come without deeds, (pairs,).

        Args:
            date: this month, "YYYY-MM"; memberships that begin later do not count yet.
        """
        # what held at the start is part of the trust at the start
        begun = tuple(m for m in self.memberships if self.begins < m.date <= date)
        goal = self._goals.get(len(begun))
        if goal is None:
            goal = self.start[:, 0].copy()
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
    gap = within(goal + effect, -1.0, 1.0) - trust
    return trust + where(gap < 0.0, loss, gain) * gap
