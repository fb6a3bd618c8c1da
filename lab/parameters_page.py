"""Every number of a scenario with unit, range, source and confidence: as data and as docs/parameters.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.quantity import Part, Quantity
from sim.scenario import Scenario
from sim.scenario_files import LISTS

CONFIDENCE = {
    "S": "leading article",
    "F": "public page",
    "F-low": "weak page",
    "K": "named source, from memory",
    "E": "estimate",
}
"""Marks of confidence in words."""


@dataclass(frozen=True)
class Number:
    """One number of a scenario."""

    group: str
    """List or group of behaviour it stands in."""
    entry: str
    """Entry of the list, "" for behaviour."""
    name: str
    value: float
    unit: str
    low: float | None
    high: float | None
    source: str
    confidence: str


def numbers(scenario: Scenario) -> Iterator[Number]:
    """Every number, behaviour first, then the lists in the order of the schema; what holds by default is left out."""
    for group, members in scenario.behaviour.items():
        for name, quantity in members.items():
            yield _number(f"behaviour.{group}", "", name, quantity)
    for kind, about in LISTS.items():
        for entry in getattr(scenario, about.field):
            key = " ".join(str(getattr(entry, part)) for part in about.key if getattr(entry, part))
            yield from _of(kind, key, entry)


def _of(kind: str, key: str, entry: Part) -> Iterator[Number]:
    for name, info in type(entry).model_fields.items():
        value = getattr(entry, name)
        if isinstance(value, Quantity) and name in entry.model_fields_set:
            yield _number(kind, key, info.alias or name, value)
        elif kind == "decision" and name == "value" and isinstance(value, float):
            yield Number(kind, key, name, value, "lever's", None, None, entry.source, entry.confidence)  # type: ignore[attr-defined]


def _number(group: str, entry: str, name: str, quantity: Quantity) -> Number:
    return Number(
        group, entry, name, quantity.value, quantity.unit, quantity.low, quantity.high, quantity.source, quantity.confidence
    )


def page(scenario: Scenario) -> str:
    """The text of docs/parameters.md."""
    every = list(numbers(scenario))
    lines = [
        "# Numbers of the scenario",
        "",
        f"Written by `main.py parameters --document docs` from the scenario {scenario.name}; do not edit."
        f" {len(every):,} numbers: value, unit, plausible range where one is given, confidence and source. "
        + _counted(every),
        "",
        "Parameters of behaviour marked as calibrated were fitted as [validation.md](validation.md) says;"
        " their accepted sets stand in `scenarios/central_asia_2025/calibrated.csv`. A source that is not"
        " repeated is that of the line above.",
    ]
    group = entry = source = ""
    for number in every:
        if number.group != group:
            group, entry, source = number.group, "", ""
            lines += [
                "",
                f"## {group}",
                "",
                "| entry | number | value | unit | range | confidence | source |",
                "|---|---|---|---|---|---|---|",
            ]
        said = "" if number.source == source else number.source.replace("|", "/")
        source = number.source
        shown = "" if number.entry == entry else number.entry
        entry = number.entry
        spread = "" if number.low is None or number.high is None else f"{number.low:g} to {number.high:g}"
        lines.append(
            f"| {shown} | {number.name} | {number.value:g} | {number.unit} | {spread} | {number.confidence} | {said} |"
        )
    return "\n".join(lines) + "\n"


def _counted(every: list[Number]) -> str:
    counts = {mark: len([n for n in every if n.confidence == mark]) for mark in CONFIDENCE}
    return "Confidence: " + ", ".join(f"{mark} ({CONFIDENCE[mark]}) {count:,}" for mark, count in counts.items()) + "."


def data(scenario: Scenario) -> list[dict[str, object]]:
    """The same for programs."""
    return [vars(number) for number in numbers(scenario)]
