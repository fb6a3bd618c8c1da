"""Unit and meaning of each column of a study's table."""

from __future__ import annotations

from lab.experiments.design import Design
from lab.experiments.words import unit_of
from sim import levers, outcomes

NUMBERED = {
    "world": "Number of the world in the study",
    "cell": "Number of the setting of the levers under one policy",
    "future": "Number of the set of uncertain parameters; 0 is the scenario's own",
    "replication": "Number of the run of luck",
    "seed": "Seed of the world, or number of its luck in a study from a saved game",
    "policy": "Name of the policy",
    "state": "Fingerprint of the last state",
    "generation": "Generation of the search that proposed the setting",
}
"""Columns that count worlds and what they are made of."""


def described(design: Design) -> dict[str, tuple[str, str]]:
    """Unit ("" if there is none) and meaning of each column, by its name, in the order of the table."""
    experiment, scenario = design.experiment, design.scenario
    searched = experiment.sampling.method == "search"
    found = {name: ("", text) for name, text in NUMBERED.items() if searched or name != "generation"}
    known, results = levers.registry(scenario), outcomes.registry(scenario)
    for lever in experiment.levers:
        about, target = known[lever.lever], f"[{lever.target}]" if lever.target else ""
        text = f"{lever.lever}{target} from {lever.date}. {about.help} Empty (NaN): by the role's own rule."
        if about.choices:
            text += f" {', '.join(f'{i}: {choice}' for i, choice in enumerate(about.choices))}."
        found[lever.name] = about.unit, text
    for item in experiment.uncertainties:
        group, _, name = item.parameter.partition(".")
        own = scenario.behaviour[group][name]
        found[item.parameter] = own.unit, f"Parameter of behaviour; {own.value:g} in the scenario"
    for measure in experiment.measures:
        months = "" if (measure.first, measure.last) == ("start", "end") else f" from {measure.first} to {measure.last}"
        found[measure.name] = unit_of(design, measure), f"{measure.title} ({measure.how} of {measure.outcome}{months})"
    for path in experiment.paths:
        found[f"path.{path}"] = results[path].unit, f"{results[path].help} Values at the ends of years."
    return found
