"""A world of a study as a scenario file of its own, so that any door can open it."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from lab import months
from lab.experiments.design import Design
from lab.experiments.play import market
from lab.experiments.results import MANIFEST, Study
from lab.options import InputError
from sim import levers


def write(plan: Design, study: Study, world: int) -> str:
    """Write a world beside the study's table, and say how to open it.

    Raises:
        InputError: there is no such world, or the folder cannot be written.
    """
    if (study.folder / MANIFEST).is_file():
        from lab.experiments.report import planned

        plan = planned(study)
    try:
        seed, text = scenario_of(plan, world)
    except ValueError as error:
        raise InputError(f"--world: {error}.") from None
    path = study.folder / "worlds" / f"world_{world}.toml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise InputError(f"{path}: the world cannot be written: {error.strerror or error}.") from error
    return f"World {world} is in {path}; open it with: main.py run {path} --seed {seed} (or play)"


def scenario_of(plan: Design, world: int) -> tuple[int, str]:
    """Seed of a world, and a scenario file that extends the study's with its parameters and decisions."""
    block, place = plan.block_of(world)
    cell, replication = block.pairs[place]
    seed = plan.experiment.seed + replication
    scenario = plan.in_future(block.future)
    known = levers.registry(scenario)
    orders = plan.decisions((cell,))
    replaced = {(lever, target) for lever, target, _, _ in orders}
    header: dict[str, Any] = {
        "name": f"{plan.experiment.name}_world_{world}",
        "title": f"{plan.experiment.title}, world {world}",
        "description": f"World {world} of a study; it is played with seed {seed}.",
        "extends": plan.experiment.scenario,
        "inherit_decisions": False,
    }
    lines = [f"# World {world} of the study {plan.experiment.name}, seed {seed}.", "", "[scenario]"]
    lines += [f"{key} = {_toml(value)}" for key, value in header.items()]
    for item in plan.experiment.uncertainties:
        group, _, name = item.parameter.partition(".")
        quantity = scenario.behaviour[group][name].model_dump(exclude_none=True)
        quantity["source"] = f"future {block.future} of the study"
        lines += ["", f"[behaviour.{group}.{name}]", *(f"{key} = {_toml(value)}" for key, value in quantity.items())]
    decisions = [d.model_dump(exclude_none=True) for d in scenario.decisions if (d.lever, d.target) not in replaced]
    for lever, target, month, values in orders:
        value: Any = float(np.ravel(values)[0])
        if math.isnan(value):
            value = "rule"
        elif known[lever].choices:
            value = known[lever].choices[int(value)]
        date = months.at(scenario.start, month)
        row = {"date": date, "lever": lever, "target": target, "value": value}
        decisions.append(row | {"source": "decided by the study", "confidence": "E"})
    for decision in decisions:
        lines += ["", "[[decision]]", *(f"{key} = {_toml(value)}" for key, value in decision.items())]
    return seed, "\n".join(lines) + "\n"


def replayed(plan: Design, world: int) -> Any:
    """The market of one world of a study, alone, at its start."""
    block, place = plan.block_of(world)
    one = type(block)(block.number, block.future, world, (block.pairs[place],))
    return market(plan, one)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
