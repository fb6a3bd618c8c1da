"""Many-objective search for policies: NSGA-II of Platypus proposes settings of the levers, blocks of worlds judge them."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.experiments.schema import Experiment, Measure

Vector = NDArray[np.float64]
Judge = Callable[[Vector], Vector]
"""Objectives, lower is better, (settings, objectives), of settings, shares from 0 to 1, (settings, levers)."""

TAIL = 0.1
"""Share of worlds, the worst ones, that count where a setting is judged by its tail."""


POINTS = 4000
"""Points from which the volume that settings cover is estimated."""


def objectives(experiment: Experiment) -> list[Measure]:
    """Measures of which one way is better: what is searched for."""
    return [measure for measure in experiment.measures if measure.prefer != "none"]


def search(experiment: Experiment, judge: Judge) -> None:
    """Propose settings generation after generation; the same judgements lead to the same proposals.

    Args:
        experiment: its sampling says how many settings and generations, and from which seed.
        judge: plays the settings of a generation and gives their objectives.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from platypus import NSGAII, Problem, Real
        from platypus.evaluator import Evaluator

    class Blocks(Evaluator):
        """Hands a whole generation over at once."""

        def evaluate_all(self, jobs: Sequence[Any], **_: Any) -> Sequence[Any]:
            if jobs:
                found = judge(np.array([job.solution.variables for job in jobs], float))
                for job, row in zip(jobs, found, strict=True):
                    job.solution.objectives[:] = row.tolist()
                    job.solution.constraint_violation = 0.0
                    job.solution.feasible = job.solution.evaluated = True
            return jobs

    problem = Problem(len(experiment.levers), len(objectives(experiment)))
    problem.types[:] = [Real(0.0, 1.0) for _ in experiment.levers]
    with _seeded(experiment.sampling.seed):
        algorithm = NSGAII(problem, population_size=experiment.sampling.cells, evaluator=Blocks())
        for _ in range(experiment.sampling.generations):
            algorithm.step()


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Python's own generator, which the package draws from, seeded meanwhile and left as it was."""
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)


def judged(experiment: Experiment, data: Any, cells: Sequence[int]) -> Vector:
    """Objectives of some cells from the rows of their worlds; a cell without all its worlds is as bad as can be.

    Args:
        experiment: says by what its settings are judged.
        data: a frame of worlds.
        cells: their numbers.
    """
    table = np.full((len(cells), len(objectives(experiment))), 1e30)
    if not len(data):
        return table
    whole = data.groupby("cell").size().max()
    groups = dict(list(data.groupby("cell")))
    for i, cell in enumerate(cells):
        part = groups.get(cell)
        if part is not None and len(part) == whole:
            for j, measure in enumerate(objectives(experiment)):
                sign = -1.0 if measure.prefer == "high" else 1.0
                worst_first = np.sort(-sign * part[measure.name].to_numpy(float))
                count = max(1, round(TAIL * whole)) if experiment.sampling.judged_by == "tail" else whole
                table[i, j] = -worst_first[:count].mean()
    return table


def unbeaten(values: Vector) -> NDArray[np.bool_]:
    """Which rows no other row beats in one objective without losing in another; lower is better."""
    keep = np.ones(len(values), bool)
    for i, row in enumerate(values):
        keep[i] = not np.any(np.all(values <= row, axis=1) & np.any(values < row, axis=1))
    return keep


def covered(values: Vector, generations: Sequence[int]) -> list[float]:
    """Share of what all settings cover (their hypervolume) that each generation and those before it cover.

    Args:
        values: objectives of all settings in their order, lower is better.
        generations: how many settings each generation holds.

    Volumes are estimated from points drawn in the box between the best and the worst that was met.
    """
    low, high = values.min(axis=0), values.max(axis=0)
    points = low + np.random.default_rng(1).random((POINTS, values.shape[1])) * (high - low)
    first = np.full(POINTS, len(values))
    for i, row in enumerate(values):
        first[np.all(row <= points, axis=1) & (first > i)] = i
    found = [float(np.mean(first < end)) for end in np.cumsum(generations)]
    return [each / found[-1] if found[-1] > 0 else 1.0 for each in found]
