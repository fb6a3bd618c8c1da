"""Names, numbers and units of a study as a report says them."""

from __future__ import annotations

from dataclasses import dataclass

from lab.experiments.analysis import FEWEST_GROUPS, Estimate
from lab.experiments.design import Design
from lab.experiments.files import bounds
from lab.experiments.schema import Measure
from sim import levers, outcomes
from sim.scenario import Scenario

SILENT = ("share", "factor", "index", "stage", "choice", "")
"""Units that a number goes without."""

SPOKEN = {"1/year": "a year", "1/month": "a month", "month": "months", "year": "years", "person": "people"}
"""Units as they follow a number."""

SPACE = "\u00a0"
"""A space at which no line ends."""


def figure(value: float) -> str:
    """A number with three figures or so, without exponents, with a minus sign that is one."""
    if value != value:
        return "–"
    size = abs(value)
    if size >= 100 or size == int(size):
        text = f"{size:,.0f}"
    else:
        text = f"{size:.1f}" if size >= 10 else f"{size:.2f}" if size >= 0.1 else f"{size:.2g}"
    return f"−{text}" if value < 0 else text


def share(part: float) -> str:
    """A share of worlds in per cent."""
    return f"{100 * part:.0f}{SPACE}%"


def amount(value: float, unit: str) -> str:
    """A number with its unit, if it goes with one."""
    return f"{figure(value)}{SPACE}{spoken(unit)}" if unit not in SILENT else figure(value)


def spoken(unit: str) -> str:
    """A unit as it follows a number; tonnes and what they hold stay on one line."""
    return SPOKEN.get(unit, unit).replace("t W", f"t{SPACE}W")


def between(one: Estimate, unit: str = "") -> str:
    """A number with its interval, if there is one."""
    if one.low != one.low:
        return f"{amount(one.value, unit)} (no interval)"
    return f"{amount(one.value, unit)} (95{SPACE}%: {figure(one.low)} to {figure(one.high)})"


def unit_of(plan: Design, measure: Measure) -> str:
    """Unit of a measure: its outcome's, or what becomes of that where months are added up or counted."""
    unit = outcomes.registry(plan.scenario)[measure.outcome].unit
    if measure.how == "recovery":
        return "month"
    return unit.removesuffix("/month") if measure.how == "sum" else unit


def named(plan: Design, measure: Measure) -> str:
    """Title of a measure, without the unit if it ends in that."""
    unit = unit_of(plan, measure)
    title = measure.title.removesuffix(f", {unit}") if unit else measure.title
    return title.removesuffix(f", {SPOKEN[unit]}") if unit in SPOKEN else title


def headed(plan: Design, measure: Measure) -> str:
    """Title of a measure with its unit, for the head of a column or an axis."""
    unit = unit_of(plan, measure)
    return named(plan, measure) + (f", {spoken(unit)}" if unit not in SILENT else "")


def path_title(scenario: Scenario, outcome: str) -> str:
    """What a path shows, with mines and regions by their names."""
    text = outcomes.registry(scenario)[outcome].help
    for key, title in titles(scenario).items():
        if outcome.split(".")[-1] == key or f".{key}." in outcome:
            text = text.replace(key, title)
    return text


def titles(scenario: Scenario) -> dict[str, str]:
    """Names of mines, regions, governments and blocs of buyers, by their keys."""
    named = (*scenario.mines, *scenario.regions, *scenario.governments)
    return {"us": "the United States"} | {each.key: each.title for each in named}


def level(plan: Design, lever: str, value: float) -> str:
    """A value of a lever in words: a choice by its name, nothing decided as the role's own rule."""
    known = levers.registry(plan.scenario)[lever]
    if value != value:
        return "by the role's own rule"
    return known.choices[int(value)] if known.choices else figure(value)


def setting(plan: Design, cell: int) -> str:
    """The levers of a cell in words, with their units."""
    known, said = levers.registry(plan.scenario), []
    for lever, value in zip(plan.experiment.levers, plan.cells[cell].values, strict=True):
        about = known[lever.lever]
        is_plain = value == value and not about.choices
        said.append(f"{lever.name} {amount(value, about.unit) if is_plain else level(plan, lever.lever, value)}")
    return ", ".join(said)


def short_of_luck(plan: Design, futures: int, lucks: int) -> str:
    """What a study needs that has too few groups for intervals, "" if it has enough.

    Args:
        plan: its worlds.
        futures, lucks: how many of each its table holds.
    """
    if max(futures, lucks) >= FEWEST_GROUPS:
        return ""
    worlds = FEWEST_GROUPS * plan.worlds // plan.replications
    return (
        f"they take {FEWEST_GROUPS} runs of luck, and each setting met {lucks} here; explore with --worlds {worlds} or more,"
        " and another --out, gives them."
    )


@dataclass(frozen=True)
class Input:
    """What a study varies, as its report says it."""

    name: str
    """As in the table of worlds."""
    meaning: str
    unit: str
    tried: str
    """Range or values, with the unit."""
    since: str


def inputs(plan: Design) -> list[Input]:
    """Everything that differs between the worlds of a study, policies and luck apart."""
    known, called, found = levers.registry(plan.scenario), titles(plan.scenario), []
    for lever in plan.experiment.levers:
        about = known[lever.lever]
        if lever.values:
            tried = ", ".join(str(value) if isinstance(value, str) else figure(value) for value in lever.values)
        elif lever.low is not None and lever.high is not None:
            tried = f"{figure(lever.low)} to {figure(lever.high)}"
        else:
            tried = "as listed"
        target = f"{called.get(lever.target, lever.target)}: " if lever.target else ""
        since = "the start" if lever.date == "start" else lever.date
        found.append(Input(lever.name, f"{target}{about.help}", about.unit, _with(tried, about.unit), since))
    uncertain = plan.experiment.uncertainties if len(plan.futures) > 1 else ()
    for column, item in enumerate(uncertain):
        group, _, name = item.parameter.partition(".")
        about = plan.scenario.behaviour[group][name]
        low, high = bounds(plan.scenario, item)
        if plan.experiment.futures.method == "calibrated":
            low, high = plan.futures[:, column].min(), plan.futures[:, column].max()
        since = plan.root.date if plan.root else "the start"
        text = f"{group.capitalize()}: {name.replace('_', ' ')}. Source: {about.source} ({about.confidence})"
        tried = _with(f"{figure(low)} to {figure(high)}", about.unit)
        found.append(Input(item.parameter, text, about.unit, tried, since))
    return found


def _with(text: str, unit: str) -> str:
    return f"{text}{SPACE}{spoken(unit)}" if unit not in SILENT else text
