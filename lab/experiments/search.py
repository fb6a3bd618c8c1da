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
    """Share of the final hypervolume that the settings of each generation and those before it cover.

    Args:
        values: objectives of all settings in their order, lower is better.
        generations: how many settings each generation holds.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from platypus import Hypervolume, Problem, Solution

    low, high = values.min(axis=0), values.max(axis=0)
    problem = Problem(1, values.shape[1])
    measure = Hypervolume(minimum=(low - 1e-9).tolist(), maximum=(high + 1e-9).tolist())

    def volume(some: Vector) -> float:
        solutions = []
        for row in some[unbeaten(some)]:
            solution = Solution(problem)
            solution.objectives[:] = row.tolist()
            solution.constraint_violation, solution.feasible, solution.evaluated = 0.0, True, True
            solutions.append(solution)
        return float(measure.calculate(solutions))

    ends = np.cumsum(generations)
    volumes = [volume(values[:end]) for end in ends]
    return [each / volumes[-1] if volumes[-1] > 0 else 1.0 for each in volumes]
