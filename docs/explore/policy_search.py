"""A search for policies that no other beats in every measure at once, stopped and gone on with.

Run as `python docs/explore/policy_search.py FOLDER [--short]` from the checkout.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from lab.experiments import analysis, report
from lab.experiments.design import design
from lab.experiments.files import load
from lab.experiments.results import TABLE, Study
from lab.experiments.run import cores, run
from lab.experiments.search import judged, objectives, unbeaten
from lab.experiments.sentences import setting


def searched(folder: Path, is_short: bool = False) -> list[str]:
    """Search, write the report, and give the settings that nothing beats, in words."""
    experiment, scenario = load("american_mix")
    if is_short:
        levers = tuple(lever.model_copy(update={"date": "start"}) for lever in experiment.levers)
        measures = tuple(m.model_copy(update={"first": "start"}) for m in experiment.measures[1:])
        sampling = experiment.sampling.model_copy(update={"cells": 4, "generations": 2})
        changed = {"until": "2025-03", "levers": levers, "measures": measures, "sampling": sampling, "replications": 2}
        experiment = experiment.model_copy(update=changed)
    plan, study = design(experiment, scenario), Study(folder)
    study.open(plan, resume=folder.exists())  # after a kill the same command goes on where the search stood
    run(plan, study, workers=1 if is_short else cores())
    print(f"Report: {report.write(folder)}")
    plan = report.planned(study)
    data = analysis.frame(folder / TABLE, plan)
    cells = sorted(data["cell"].unique())
    values = judged(experiment, data, cells)
    names = [measure.name for measure in objectives(experiment)]
    means = data.groupby("cell")[names].mean()
    said = []
    for i, cell in enumerate(cells):
        if unbeaten(values)[i]:
            reached = ", ".join(f"{name} {means.loc[cell, name]:.3g}" for name in names)
            said.append(f"{setting(plan, cell)}: {reached}")
    return said


if __name__ == "__main__":
    print(*searched(Path(sys.argv[1]), "--short" in sys.argv), sep="\n")
