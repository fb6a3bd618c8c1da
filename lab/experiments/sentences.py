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
from sim import levers

MOST_NAMED = 5
"""Inputs that are named one by one."""


def figure(value: float) -> str:
    """A number with three figures or so, without exponents."""
    if value != value:
        return "–"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}" if size >= 0.1 or value == 0 else f"{value:.2g}"


def between(one: Estimate) -> str:
    """A number with its interval, if there is one."""
    if one.low != one.low:
        return f"{figure(one.value)} (too few runs of luck for an interval)"
    return f"{figure(one.value)} (95 %: {figure(one.low)} to {figure(one.high)})"


def apart(gap: Estimate) -> str:
    """How far one lies below or above another, from the certain difference of the other to it."""
    ends = sorted((abs(gap.low), abs(gap.high)))
    side = "below" if gap.value > 0 else "above"
    return f"{figure(abs(gap.value))} (95 %: {figure(ends[0])} to {figure(ends[1])}) {side} it"


def answer(data: Any, plan: Design, titles: dict[str, str]) -> list[str]:
    """A sentence or two for each measure that says which way is better."""
    if plan.experiment.sampling.method == "search":
        return _of_search(data, plan)
    return _of_policies(data, plan, titles) if len(titles) > 1 else _of_levers(data, plan)


def _of_search(data: Any, plan: Design) -> list[str]:
    experiment = plan.experiment
    cells = sorted(data["cell"].unique())
    values = judged(experiment, data, cells)
    keep = unbeaten(values)
    sizes = np.unique([plan.cells[cell].generation for cell in cells], return_counts=True)[1]
    share = covered(values, sizes.tolist())
    said = [
        f"Of {len(cells):,} settings tried in {len(sizes)} generations, {int(keep.sum())} are beaten by no other in every"
        f" measure at once; a dozen of them are listed under “What is worth choosing from”. {share[0]:.0%} of what they"
        " cover was"
        f" found in the first generation, {share[len(share) // 2]:.0%} in the first half of the search, and the last"
        f" generation added {1 - share[-2] if len(share) > 1 else 1:.1%}."
    ]
    for j, measure in enumerate(objectives(experiment)):
        cell = cells[int(np.argmin(values[:, j]))]
        part = data[data.cell == cell]
        found = analysis.mean(part[measure.name].to_numpy(float), analysis.clusters(part))
        said.append(f"{measure.title}: at best {between(found)}, with {setting(plan, cell)}.")
    shares = analysis.satisficing(data, experiment.measures, by="cell")
    top = max(shares, key=lambda each: np.nan_to_num(shares[each]["all"], nan=-1.0))
    if shares[top]["all"] > 0:
        said.append(
            f"Every measure at once is good enough most often, in {shares[top]['all']:.0%} of worlds,"
            f" with {setting(plan, top)}."
        )
    elif shares[top]["all"] == 0:
        said.append("No setting satisfies every measure at once in any world.")
    return said


def setting(plan: Design, cell: int) -> str:
    """The levers of a cell in words."""
    pairs = zip(plan.experiment.levers, plan.cells[cell].values, strict=True)
    return ", ".join(f"{lever.name} {level(plan, lever.lever, value)}" for lever, value in pairs)


def level(plan: Design, lever: str, value: float) -> str:
    """A value of a lever in words: a choice by its name, nothing decided as the role's own rule."""
    choices = levers.registry(plan.scenario)[lever].choices
    if value != value:
        return "by the role's own rule"
    return choices[int(value)] if choices else figure(value)


def _of_policies(data: Any, plan: Design, titles: dict[str, str]) -> list[str]:
    said = []
    for measure in plan.experiment.measures:
        if measure.prefer == "none":
            continue
        order = analysis.best(data, measure)
        (first, mean), (second, _) = order[0], order[1]
        gap = analysis.compared(data, measure.name, second, first)
        text = f"{measure.title}: best is “{titles[first]}” with {between(mean)}."
        if gap.is_certain:
            text += f" In the same worlds the next, “{titles[second]}”, lies {apart(gap)}."
        else:
            text += f" “{titles[second]}” cannot be told from it: in the same worlds they differ by {between(gap)}."
        said.append(text)
    shares = analysis.satisficing(data, plan.experiment.measures)
    if any(share["all"] == share["all"] for share in shares.values()):
        ordered = sorted(shares, key=lambda name: -shares[name]["all"])
        top = shares[ordered[0]]["all"]
        if top == 0:
            said.append("No policy satisfies every measure at once in any world.")
        else:
            said.append(
                f"“{titles[ordered[0]]}” satisfies every measure at once in {top:.0%} of its worlds,"
                f" “{titles[ordered[-1]]}” in {shares[ordered[-1]]['all']:.0%}."
            )
    return said


def _of_levers(data: Any, plan: Design) -> list[str]:
    said = []
    names = analysis.inputs(plan)
    varied = ", ".join(names) if len(names) <= MOST_NAMED else f"{len(names)} inputs"
    for measure in plan.experiment.measures:
        indices = sensitivity(data, plan, measure.name)
        if not indices:
            said.append(f"{measure.title}: nothing that was varied moves it.")
            continue
        strongest = max(indices, key=lambda name: indices[name].value.value)
        values = data[measure.name].to_numpy(float)
        whole = analysis.mean(values, analysis.clusters(data))
        low, high = data[strongest].quantile([0.25, 0.75])
        bottom = data[data[strongest] <= low][measure.name].mean()
        top = data[data[strongest] >= high][measure.name].mean()
        rest = [name for name in indices if indices[name].value.high >= indices[strongest].value.low]
        doubt = "moves it most" if len(rest) < 2 or indices[strongest].kind == "pawn" else "seems to move it most"
        said.append(
            f"{measure.title}: {between(whole)} over all worlds. Of {varied}, {strongest} {doubt}:"
            f" {figure(bottom)} on average where it is at most {figure(low)},"
            f" {figure(top)} where it is at least {figure(high)}."
        )
    share = analysis.satisficing(data, plan.experiment.measures, by="cell")
    every = {cell: each["all"] for cell, each in share.items() if each["all"] == each["all"]}
    if every:
        cell = max(every, key=lambda key: every[key])
        if every[cell] == 0:
            said.append("No setting satisfies every measure at once in any world.")
        else:
            where = setting(plan, cell)
            said.append(f"Every measure at once is satisfied most often, in {every[cell]:.0%} of worlds, with {where}.")
    return said


def _side(data: Any, name: str, low: float, high: float) -> str:
    """A limit in words, without the end that limits nothing."""
    if low <= data[name].min():
        return f"{name} is at most {figure(high)}"
    if high >= data[name].max():
        return f"{name} is at least {figure(low)}"
    return f"{name} lies between {figure(low)} and {figure(high)}"


def box_in_words(box: Box, data: Any, plan: Design, titles: dict[str, str]) -> str:
    """Where a policy breaks, with coverage and density."""
    measure = next(m for m in plan.experiment.measures if m.name == box.measure)
    side = "below" if measure.prefer == "high" else "above"
    limits = " and ".join(_side(data, *limit) for limit in box.limits)
    where = f"“{titles[box.policy]}”: " if len(titles) > 1 else ""
    return (
        f"{where}{measure.title} comes out {side} {figure(measure.enough or 0.0)} where {limits}:"
        f" in {box.density:.0%} of those worlds (density), which are {box.coverage:.0%} of all such worlds (coverage)."
    )
