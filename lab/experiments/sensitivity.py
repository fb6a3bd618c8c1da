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
    "pawn": "PAWN index: median, range over parts of the input; dot: by chance",
}


EXPLAINED = {
    "sobol": "Sobol's indices: the share of a measure's variance that goes with an input.",
    "morris": "Morris's method: by how much a measure changes, in its unit, when one input alone goes through its range.",
    "pawn": "PAWN indices: how far a measure's distribution lies from its usual one where an input is held in one part of"
    " its range; 0 is not at all, 1 is apart altogether.",
}

MOST_SHUFFLED = 5000
"""Worlds by which inputs that move nothing are judged; with fewer worlds chance shows a little more."""

SHUFFLES = 19
"""Inputs that move nothing, tried beside each kind of input: the largest of their indices is what chance may show."""


@dataclass(frozen=True)
class Index:
    """How much an input moves a measure."""

    kind: str
    """sobol, morris or pawn."""
    value: Estimate
    also: float = float("nan")
    """Sobol: index of the input alone; Morris: spread of effects, which tells interaction and bends; PAWN: what chance
    alone may show."""

    @property
    def is_seen(self) -> bool:
        """Whether the input is seen to move the measure: more than chance, and with an interval that leaves zero out."""
        return self.value.value > self.also if self.kind == "pawn" else self.value.low > 0.0


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
    return _pawn(data, design, measure)


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


def _pawn(data: Any, design: Design, measure: str) -> dict[str, Index]:
    """PAWN indices, beside those that inputs show which move nothing."""
    values = data[measure].to_numpy(float)
    if values.std() == 0:
        return {}
    generator, levers = np.random.default_rng(1), {lever.name for lever in design.experiment.levers}
    some, indices = generator.permutation(len(data))[:MOST_SHUFFLED], {}
    varied = [name for name in inputs(design) if data[name].nunique() > 1]
    for kind in ("cell", "future"):
        names = [name for name in varied if (name in levers) == (kind == "cell")]
        if not names:
            continue
        fewest = min(data[name].nunique() for name in names)
        parts = 8 if fewest >= 8 else 4 if fewest >= 4 else 2  # shares that are exact; the package stumbles over others
        found = _indices([data[name].to_numpy(float) for name in names], values, parts)
        shuffled = [_shuffled(data.iloc[some], design, kind, generator) for _ in range(SHUFFLES)]
        chance = float(np.max(_indices(shuffled, values[some], parts)["median"]))
        for name, *three in zip(names, found["median"], found["minimum"], found["maximum"], strict=True):
            indices[name] = Index("pawn", Estimate(*map(float, three)), chance)
    return indices


def _shuffled(data: Any, design: Design, kind: str, generator: np.random.Generator) -> Any:
    """An input that moves nothing: all futures, or settings of the levers, numbered anew.

    Where every setting is tried in every world (full_factorial), settings change places within each world.
    """
    settings = len(design.cells) // max(1, len(design.experiment.policies))
    place = data["future"].to_numpy() if kind == "future" else data["cell"].to_numpy() % settings
    if kind == "future" or design.experiment.sampling.method != "full_factorial":
        return generator.permutation(place.max() + 1)[place].astype(float)
    world = data.groupby(["policy", "future", "replication"]).ngroup().to_numpy()
    changed = np.empty(len(place))
    changed[np.argsort(world, kind="stable")] = place[np.lexsort((generator.random(len(place)), world))]
    return changed


def _indices(columns: list[Any], values: Any, parts: int) -> Any:
    """PAWN indices of some inputs, each cut into so many parts, as SALib gives them."""
    from SALib.analyze import pawn

    described = {
        "num_vars": len(columns),
        "names": [str(i) for i in range(len(columns))],
        "bounds": [[float(column.min()), float(column.max())] for column in columns],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # conditioning on few distinct values
        return pawn.analyze(described, np.column_stack(columns), values, S=parts, seed=1)
