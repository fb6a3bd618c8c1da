"""How much each varied input moves a measure: Sobol, Morris or PAWN indices of SALib, with their intervals."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from lab.experiments.analysis import Estimate, inputs
from lab.experiments.design import LEVELS, Design, problem, spread

LABELS = {
    "sobol": "share of variance, alone and together with others (Sobol's total index, 95 %); dot: alone",
    "morris": "mean size of elementary effects (Morris, 95 %); dot: their spread",
    "pawn": "PAWN index: median, and range over parts of the input",
}


@dataclass(frozen=True)
class Index:
    """How much an input moves a measure."""

    kind: str
    """sobol, morris or pawn."""
    value: Estimate
    also: float = float("nan")
    """Sobol: index of the input alone; Morris: spread of effects, which tells interaction and bends."""


def sensitivity(data: Any, design: Design, measure: str) -> dict[str, Index]:
    """Index of each varied input, by name; nothing if nothing moves the measure.

    The index is that for which the levers were sampled, or else PAWN (Pianosi and Wagener 2015), for which any sample
    will do.
    """
    method = design.experiment.sampling.method
    if method in ("sobol", "morris") and len(design.experiment.policies) <= 1:
        by_cell = data.groupby("cell")[measure].mean()
        if by_cell.std() == 0 or len(by_cell) != len(design.cells):
            return {}
        return (_sobol if method == "sobol" else _morris)(design, by_cell.sort_index().to_numpy(float))
    return _pawn(data, [name for name in inputs(design) if data[name].nunique() > 1], measure)


def _sobol(design: Design, values: Any) -> dict[str, Index]:
    from SALib.analyze import sobol

    experiment = design.experiment
    found = sobol.analyze(problem(experiment), values, calc_second_order=False, seed=experiment.sampling.seed)
    rows = zip(experiment.levers, found["ST"], found["ST_conf"], found["S1"], strict=True)
    return {lever.name: Index("sobol", _around(value, width), float(alone)) for lever, value, width, alone in rows}


def _morris(design: Design, values: Any) -> dict[str, Index]:
    from SALib.analyze import morris

    experiment = design.experiment
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = morris.analyze(
            problem(experiment), spread(experiment), values, num_levels=LEVELS, seed=experiment.sampling.seed
        )
    rows = zip(experiment.levers, found["mu_star"], found["mu_star_conf"], found["sigma"], strict=True)
    return {lever.name: Index("morris", _around(value, width), float(sigma)) for lever, value, width, sigma in rows}


def _around(value: float, width: float) -> Estimate:
    return Estimate(float(value), float(value - width), float(value + width))


def _pawn(data: Any, names: list[str], measure: str) -> dict[str, Index]:
    from SALib.analyze import pawn

    if not names or data[measure].std() == 0:
        return {}
    x = data[names].to_numpy(float)
    edges = [[float(column.min()), float(column.max())] for column in x.T]
    described = {"num_vars": len(names), "names": names, "bounds": edges}
    fewest = min(len(np.unique(column)) for column in x.T)
    parts = 8 if fewest >= 8 else 4 if fewest >= 4 else 2  # shares that are exact; the package stumbles over others
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # conditioning on few distinct values
        found = pawn.analyze(described, x, data[measure].to_numpy(float), S=parts, seed=1)
    rows = zip(names, found["median"], found["minimum"], found["maximum"], strict=True)
    return {name: Index("pawn", Estimate(float(m), float(low), float(high))) for name, m, low, high in rows}
