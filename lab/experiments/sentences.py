"""The answer of a study in sentences, with numbers and intervals."""

from __future__ import annotations

from typing import Any

from lab.experiments import analysis
from lab.experiments.analysis import Box, Estimate
from lab.experiments.design import Design


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


def answer(data: Any, plan: Design, titles: dict[str, str]) -> list[str]:
    """A sentence or two for each measure that says which way is better."""
    return _of_policies(data, plan, titles) if len(titles) > 1 else _of_levers(data, plan)


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
            text += f" In the same worlds it is {between(gap)} away from the next, “{titles[second]}”."
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
    for measure in plan.experiment.measures:
        indices = analysis.sensitivity(data, plan, measure.name)
        if not indices:
            said.append(f"{measure.title}: nothing that was varied moves it.")
            continue
        strongest = max(indices, key=lambda name: indices[name][1].value)
        values = data[measure.name].to_numpy(float)
        whole = analysis.mean(values, analysis.clusters(data))
        low, high = data[strongest].quantile([0.25, 0.75])
        bottom = data[data[strongest] <= low][measure.name].mean()
        top = data[data[strongest] >= high][measure.name].mean()
        said.append(
            f"{measure.title}: {between(whole)} over all worlds. Of {', '.join(names)}, {strongest} moves it most:"
            f" {figure(bottom)} on average where it is at most {figure(low)},"
            f" {figure(top)} where it is at least {figure(high)}."
        )
    share = analysis.satisficing(data, plan.experiment.measures, by="cell")
    every = {cell: each["all"] for cell, each in share.items() if each["all"] == each["all"]}
    if every:
        cell = max(every, key=lambda key: every[key])
        setting = data[data.cell == cell].iloc[0]
        words = ", ".join(f"{lever.name} {figure(float(setting[lever.name]))}" for lever in plan.experiment.levers)
        if every[cell] == 0:
            said.append("No setting satisfies every measure at once in any world.")
        else:
            said.append(f"Every measure at once is satisfied most often, in {every[cell]:.0%} of worlds, with {words}.")
    return said


def box_in_words(box: Box, plan: Design, titles: dict[str, str]) -> str:
    """Where a policy breaks, with coverage and density."""
    measure = next(m for m in plan.experiment.measures if m.name == box.measure)
    side = "below" if measure.prefer == "high" else "above"
    limits = " and ".join(f"{name} lies between {figure(low)} and {figure(high)}" for name, low, high in box.limits)
    where = f"“{titles[box.policy]}”: " if len(titles) > 1 else ""
    return (
        f"{where}{measure.title} comes out {side} {figure(measure.enough or 0.0)} where {limits}:"
        f" {box.density:.0%} of those worlds, which are {box.coverage:.0%} of all such worlds."
    )
