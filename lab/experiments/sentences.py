"""The answer of a study in sentences, with numbers and intervals."""

from __future__ import annotations

from typing import Any

import numpy as np

from lab.experiments import analysis
from lab.experiments.analysis import Estimate
from lab.experiments.design import Design
from lab.experiments.discovery import Box
from lab.experiments.search import covered, judged, objectives, unbeaten
from lab.experiments.sensitivity import sensitivity
from lab.experiments.words import amount, between, figure, inputs, named, setting, share, short_of_luck, unit_of
from sim import levers

NEVER = "Nothing that was tried satisfies every measure at once in any world."


Said = tuple[str, str]
"""What a part of the answer is about, "" for all measures, and its sentences."""


def apart(gap: Estimate, unit: str) -> str:
    """How far one lies below or above another, from the certain difference of the other to it."""
    low, high = sorted((abs(gap.low), abs(gap.high)))
    side = "below" if gap.value > 0 else "above"
    return f"{between(Estimate(abs(gap.value), low, high), unit)} {side} it"


def answer(data: Any, plan: Design, titles: dict[str, str]) -> list[Said]:
    """A sentence or two for each measure that says which way is better, and for all of them at once."""
    if plan.experiment.sampling.method == "search":
        said = _of_search(data, plan)
    else:
        said = _of_policies(data, plan, titles) if len(titles) > 1 else _of_levers(data, plan)
    short = short_of_luck(plan, data["future"].nunique(), data["replication"].nunique())
    return [*said, ("No intervals", short)] if short else said


def _of_search(data: Any, plan: Design) -> list[Said]:
    experiment = plan.experiment
    cells = sorted(data["cell"].unique())
    values = judged(experiment, data, cells)
    keep = unbeaten(values)
    sizes = np.unique([plan.cells[cell].generation for cell in cells], return_counts=True)[1]
    found = covered(values, sizes.tolist())
    text = (
        f"Of {len(cells):,} settings tried in {len(sizes)} generations, {int(keep.sum())} are beaten by no other in every"
        f" measure at once; a dozen of them are listed under “What is worth choosing from”. {share(found[0])} of"
        f" what they cover was found in the first generation, {share(found[len(found) // 2])} in the first half of the"
        f" search, and the last generation added {share(1 - found[-2] if len(found) > 1 else 1)}."
    )
    said = [("", text)]
    for j, measure in enumerate(objectives(experiment)):
        cell = cells[int(np.argmin(values[:, j]))]
        part = data[data.cell == cell]
        best = analysis.mean(part[measure.name].to_numpy(float), analysis.clusters(part))
        said.append((named(plan, measure), f"at best {between(best, unit_of(plan, measure))}, with {setting(plan, cell)}."))
    return said + _good_enough(data, plan)


def _good_enough(data: Any, plan: Design) -> list[Said]:
    """Which settings satisfy every measure at once most often, if the experiment says what is enough."""
    shares = analysis.satisficing(data, plan.experiment.measures, by="cell")
    every = {cell: each["all"] for cell, each in shares.items() if each["all"] == each["all"]}
    if not every:
        return []
    top = max(every.values())
    if top == 0:
        return [("", NEVER)]
    cells = [cell for cell, each in every.items() if each == top]
    if len(cells) == 1:
        text = f"Every measure at once is good enough most often, in {share(top)} of worlds, with"
    else:
        text = f"{len(cells):,} of {len(every):,} settings satisfy every measure at once in {share(top)} of their worlds;"
        text += " one is"
    return [("", f"{text} {setting(plan, cells[0])}.")]


def _of_policies(data: Any, plan: Design, titles: dict[str, str]) -> list[Said]:
    said: list[Said] = []
    for measure in plan.experiment.measures:
        if measure.prefer == "none":
            continue
        order = analysis.best(data, measure)
        (first, mean), (second, _) = order[0], order[1]
        gap, unit = analysis.compared(data, measure.name, second, first), unit_of(plan, measure)
        text = f"best is “{titles[first]}” with {between(mean, unit)}."
        if gap.value == gap.low == gap.high == 0.0:
            text += f" “{titles[second]}” does not differ from it in any world."
        elif gap.is_certain:
            text += f" In the same worlds the next, “{titles[second]}”, lies {apart(gap, unit)}."
        else:
            away = Estimate(-gap.value, -gap.high, -gap.low)
            sign = "+" if away.value > 0 else ""
            difference = f"in the same worlds it differs by {sign}{between(away, unit)}"
            text += f" “{titles[second]}” cannot be told from it: {difference}."
        said.append((named(plan, measure), text))
    shares = analysis.satisficing(data, plan.experiment.measures)
    if any(share["all"] == share["all"] for share in shares.values()):
        ordered = sorted(shares, key=lambda name: -shares[name]["all"])
        top = shares[ordered[0]]["all"]
        if top == 0:
            said.append(("", NEVER))
        else:
            least = f"“{titles[ordered[-1]]}” in {share(shares[ordered[-1]]['all'])}"
            text = f"“{titles[ordered[0]]}” satisfies every measure at once in {share(top)} of its worlds"
            said.append(("", f"{text}, {least}."))
    return said


def _of_levers(data: Any, plan: Design) -> list[Said]:
    said: list[Said] = []
    units = {each.name: each.unit for each in inputs(plan)}
    count = len(analysis.inputs(plan))
    varied = f"Of the {count} inputs, " if count > 1 else ""
    for measure in plan.experiment.measures:
        indices = sensitivity(data, plan, measure.name)
        about, unit = named(plan, measure), unit_of(plan, measure)
        whole = analysis.mean(data[measure.name].to_numpy(float), analysis.clusters(data))
        overall = f"{between(whole, unit)} over all worlds."
        if measure.enough is not None:
            good = share(float(analysis.is_enough(measure, data[measure.name]).mean()))
            side = "least" if measure.prefer == "high" else "most"
            overall = f"{overall[:-1]}, and at {side} {amount(measure.enough, unit)} in {good} of them."
        indices = {name: index for name, index in indices.items() if index.is_seen}
        strongest = max(indices, key=lambda name: indices[name].value.value, default="")
        if not strongest:
            said.append((about, f"{overall} Nothing that was varied is seen to move it more than chance would."))
            continue
        low, high = data[strongest].quantile([0.25, 0.75])
        bottom = data[data[strongest] <= low][measure.name].mean()
        top = data[data[strongest] >= high][measure.name].mean()
        rest = [name for name in indices if indices[name].value.high >= indices[strongest].value.low]
        doubt = "moves it most" if len(rest) < 2 or indices[strongest].kind == "pawn" else "seems to move it most"
        least = "" if low == data[strongest].min() else "at most "
        most = "" if high == data[strongest].max() else "at least "
        text = (
            f"{overall} {varied}{strongest} {doubt}: {amount(bottom, unit)} on average where it is {least}"
            f"{amount(low, units[strongest])}, {amount(top, unit)} where it is {most}{amount(high, units[strongest])}."
        )
        said.append((about, text))
    return said + _good_enough(data, plan)


def _side(data: Any, plan: Design, name: str, unit: str, low: float, high: float) -> str:
    """A limit in words, choices by their names, without the end that limits nothing."""
    known = levers.registry(plan.scenario)
    choices = next((known[lever.lever].choices for lever in plan.experiment.levers if lever.name == name), ())
    if choices:
        return f"{name} is {' or '.join(choice for i, choice in enumerate(choices) if low <= i <= high)}"
    if low <= data[name].min():
        return f"{name} is at most {amount(high, unit)}"
    if high >= data[name].max():
        return f"{name} is at least {amount(low, unit)}"
    return f"{name} lies between {figure(low)} and {amount(high, unit)}"


def box_in_words(box: Box, data: Any, plan: Design, titles: dict[str, str]) -> str:
    """Where a policy breaks, with coverage and density."""
    measure = next(m for m in plan.experiment.measures if m.name == box.measure)
    side = "below" if measure.prefer == "high" else "above"
    units = {each.name: each.unit for each in inputs(plan)}
    limits = " and ".join(_side(data, plan, name, units[name], *limit) for name, *limit in box.limits)
    where = f"“{titles[box.policy]}”: " if len(titles) > 1 else ""
    enough = amount(measure.enough or 0.0, unit_of(plan, measure))
    return (
        f"{where}{named(plan, measure)} comes out {side} {enough} where {limits}: in {share(box.density)} of the worlds"
        f" of this box (density), against {share(box.usual)} of all. It holds {share(box.coverage)} of"
        " such worlds (coverage)."
    )
