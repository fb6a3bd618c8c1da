"""Sensitivity in two steps: Morris's method leaves out what does nothing, Sobol's indices share the variance of the rest.

Run as `python docs/explore/sensitivity.py FOLDER [--short]` from the checkout.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from lab.experiments import analysis
from lab.experiments.design import Design, design
from lab.experiments.files import load
from lab.experiments.results import TABLE, Study
from lab.experiments.run import cores, run
from lab.experiments.schema import Experiment
from lab.experiments.sensitivity import Index, sensitivity

SCREENED = "whose_levers"
KEPT = 4
"""Levers that go on to the second step."""


def screened(folder: Path, is_short: bool = False) -> tuple[dict[str, Index], dict[str, Index]]:
    """Indices of Morris of all levers of the shipped experiment, and of Sobol of those that move the price most."""
    experiment, scenario = load(SCREENED)
    if is_short:
        cells, date = 2, {"date": "start"}
        levers = tuple(lever.model_copy(update=date) for lever in experiment.levers[:3])
        measures = tuple(m.model_copy(update={"first": "start"}) for m in experiment.measures[:1])
        experiment = experiment.model_copy(
            update={"until": "2025-03", "levers": levers, "measures": measures, "paths": (), "replications": 1}
        )
    else:
        cells = 64
    first = played(folder / "morris", design(experiment, scenario))
    strongest = sorted(first, key=lambda name: -first[name].value.value)[: 2 if is_short else KEPT]
    second = with_levers(experiment, strongest, cells)
    return first, played(folder / "sobol", design(second, scenario))


def with_levers(experiment: Experiment, names: list[str], cells: int) -> Experiment:
    """The same question asked of fewer levers, sampled for Sobol's indices."""
    levers = tuple(lever for lever in experiment.levers if lever.name in names)
    sampling = experiment.sampling.model_copy(update={"method": "sobol", "cells": cells})
    return experiment.model_copy(update={"levers": levers, "sampling": sampling})


def played(folder: Path, plan: Design) -> dict[str, Index]:
    """Run a study and give the indices of its first measure."""
    study = Study(folder)
    study.open(plan, resume=folder.exists())
    run(plan, study, workers=cores() if plan.months > 12 else 1)
    return sensitivity(analysis.frame(folder / TABLE, plan), plan, plan.experiment.measures[0].name)


if __name__ == "__main__":
    for found in screened(Path(sys.argv[1]), "--short" in sys.argv):
        for name, index in sorted(found.items(), key=lambda item: -item[1].value.value):
            one = index.value
            print(f"{index.kind}  {name}: {one.value:.3g} ({one.low:.3g} to {one.high:.3g}), also {index.also:.3g}")
