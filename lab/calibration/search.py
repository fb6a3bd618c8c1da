"""The search for parameter sets: CMA-ES (Hansen 2016, library cma) over the ranges, then a choice of accepted sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lab.calibration import loss as losses
from lab.calibration.loss import Judged, Target
from lab.calibration.space import Space
from sim.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

POPULATION = 32
LUCK = 8
"""Worlds of each set; all sets of all generations have the same luck, so that sets differ by parameters only."""
STEP, STEP_ON = 0.2, 0.08
"""First step, share of each range: from the middle, and from the best set of a search before."""
JUDGED_AGAIN = 32
"""Sets of a search before, which saw no more, that are judged again on the model as it is."""
TOLERANCE = 0.05
"""A set is accepted if its loss exceeds the best by no more: about what other worlds change."""


@dataclass(frozen=True)
class Settings:
    """How the search goes."""

    generations: int = 60
    seed: int = 1
    """Of the search and of the first world."""
    accepted: int = 64
    """Most sets kept."""


@dataclass
class Found:
    """What a search found."""

    space: Space
    target: Target
    settings: Settings
    sets: list[Vector] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)

    def _all(self, name: str) -> Vector:
        return np.concatenate([getattr(judged, name) for judged in self.judged])

    def accepted(self) -> dict[str, Vector]:
        """Accepted sets with the parts of their losses, best first; the others are drawn evenly from all accepted."""
        sets, loss = np.concatenate(self.sets), self._all("loss")
        order = np.argsort(loss, kind="stable")
        good = order[loss[order] <= loss[order[0]] + TOLERANCE]
        rng = np.random.default_rng(self.settings.seed)
        others = good[1:]
        if others.size > self.settings.accepted - 1:
            others = np.sort(rng.choice(others.size, self.settings.accepted - 1, replace=False))
            others = good[1:][others]
        chosen = np.concatenate([good[:1], others])
        table = {name: sets[chosen, i] for i, name in enumerate(self.space.names)}
        for part in ("loss", "rotterdam", "domestic", "gap", "end", "habits", "prior", "still", "squeezes", "stock"):
            table[part] = self._all(part)[chosen]
        return table


def search(
    space: Space,
    target: Target,
    scenario: Scenario,
    ordinary: Scenario,
    settings: Settings,
    first: Vector | None = None,
    tick: Callable[[int], None] = lambda step: None,
    say: Callable[[str], Any] = lambda text: None,
) -> Found:
    """Look for the least loss.

    Args:
        space: names and ranges.
        target: what the calibration may see.
        scenario: the world of 2025.
        ordinary: ordinary times.
        settings: length and seeds.
        first: sets of a search that saw no more, (sets, parameters): judged again, and the best is where this one
            starts; None to start in the middle of all ranges.
        tick: told of each generation.
        say: told of progress in words.
    """
    import cma

    found = Found(space, target, settings)
    best_before = np.full(len(space.names), 0.5)
    if first is not None:
        again = first[:JUDGED_AGAIN]
        judged = losses.judge(space, again, target, scenario, ordinary, LUCK, settings.seed)
        found.sets.append(again)
        found.judged.append(judged)
        best_before = space.unit(again[int(np.argmin(judged.loss))])
        say(f"sets of the search before: least loss {judged.loss.min():.3f}")
    start = np.clip(best_before, 0.02, 0.98)
    options = {"bounds": [0, 1], "popsize": POPULATION, "seed": settings.seed, "verbose": -9}
    strategy = cma.CMAEvolutionStrategy(start, STEP if first is None else STEP_ON, options)
    for generation in range(settings.generations):
        asked = strategy.ask()
        unit = np.array(asked)
        if generation == 0:
            asked[0] = unit[0] = start
        sets = space.values(unit)
        judged = losses.judge(space, sets, target, scenario, ordinary, LUCK, settings.seed)
        strategy.tell(asked, list(judged.loss))
        found.sets.append(sets)
        found.judged.append(judged)
        best = int(np.argmin(judged.loss))
        say(
            f"generation {generation + 1}: least loss {judged.loss[best]:.3f}, Rotterdam {judged.rotterdam[best]:.3f},"
            f" domestic {judged.domestic[best]:.3f}, habits {judged.habits[best]:.2f}, still {judged.still[best]:.2f},"
            f" squeezes {judged.squeezes[best]:.2f}, stock {judged.stock[best]:.3f}"
        )
        tick(1)
    return found
