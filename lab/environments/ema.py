"""An experiment as a model of the EMA Workbench, so that its samplers, evaluators and optimisers run it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from lab.experiments.design import Block, Cell, Design, design
from lab.experiments.files import bounds, load, number
from lab.experiments.play import Build, market, measured
from sim import levers

POLICY = "whole_policy"
"""Name of the choice among an experiment's policies; the workbench keeps the word policy for itself."""


def column(name: str) -> str:
    """A name as the workbench wants it: without dots."""
    return name.replace(".", "_")


class Player:
    """Plays one world of an experiment for the settings that the workbench asks for; can be sent to a process.

    Args:
        experiment: name or path.
        build: makes the model.
    """

    def __init__(self, experiment: str, build: Build = market) -> None:
        self.name, self.build = experiment, build
        self.plan: Design = design(*load(experiment), worlds=1)

    def __call__(self, **given: Any) -> dict[str, float]:
        experiment, plan = self.plan.experiment, self.plan
        known = levers.registry(plan.scenario)
        policy = 0
        if experiment.policies:
            policy = [p.name for p in experiment.policies].index(given.get(POLICY, experiment.policies[0].name))
        values = tuple(number(known[x.lever], given[column(x.name)]) for x in experiment.levers)
        own = plan.futures[0]
        future = [given.get(column(x.parameter), own[i]) for i, x in enumerate(experiment.uncertainties)]
        one = Design(experiment, plan.scenario, (Cell(policy, values),), np.array([future], float), 1, 1)
        model = self.build(one, Block(0, 0, ((0, 0, int(given.get("luck", 0))),)))
        for _ in range(one.months):
            model.step()
        row = {name: i for i, name in enumerate(model.record.outcomes)}
        recorded = np.asarray(model.record.values)
        return {m.name: float(measured(one, m, recorded[:, row[m.outcome]])[0]) for m in experiment.measures}


def model(experiment: str, build: Build = market) -> Any:
    """The workbench's model of an experiment: policies and levers, uncertain parameters and luck, and measures."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # packages that the workbench would use if they were there
        from ema_workbench import CategoricalParameter, IntegerParameter, Model, RealParameter, ScalarOutcome

    player = Player(experiment, build)
    definition, scenario = player.plan.experiment, player.plan.scenario
    made = Model(column(definition.name).replace("_", ""), function=player)
    made.uncertainties = [
        *(RealParameter(column(x.parameter), *bounds(scenario, x)) for x in definition.uncertainties),
        IntegerParameter("luck", 0, 1_000_000),
    ]
    varied = [
        CategoricalParameter(x.name, list(x.values)) if x.values else RealParameter(x.name, x.low, x.high)
        for x in definition.levers
    ]
    if definition.policies:
        varied.append(CategoricalParameter(POLICY, [p.name for p in definition.policies]))
    made.levers = varied
    ways = {"high": ScalarOutcome.MAXIMIZE, "low": ScalarOutcome.MINIMIZE, "none": ScalarOutcome.INFO}
    made.outcomes = [ScalarOutcome(m.name, kind=ways[m.prefer]) for m in definition.measures]
    return made
