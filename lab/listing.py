"""Lists of what there is: scenarios, levers and outcomes, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.levers import Lever
from sim.outcomes import Outcome
from sim.scenario_files import Summary

FEW = 8
"""Targets that are listed again at each lever."""

INDENT = (0, 0, 0, 4)


def scenarios_table(scenarios: Iterable[Summary]) -> Table:
    """Name, months and description of scenarios."""
    table = _table("Scenario", "Months", "What it is")
    for item in scenarios:
        text = f"[bold]{escape(item.title)}[/bold]\n{escape(item.description)}"
        table.add_row(item.name, f"{item.start} to\n{item.end}", text)
    return table


def scenarios_data(scenarios: Iterable[Summary]) -> list[dict[str, Any]]:
    """The same as plain data."""
    return [asdict(item) for item in scenarios]


def levers_text(levers: Iterable[Lever]) -> Group:
    """Levers by role, with range, default, help, targets and choices."""
    by_role: dict[str, list[Lever]] = {}
    for lever in levers:
        by_role.setdefault(lever.role, []).append(lever)
    lines: list[RenderableType] = []
    listed: dict[tuple[str, ...], str] = {}
    for role, own in by_role.items():
        lines += [Text()] if lines else []
        lines.append(Text(role.replace("_", " ").replace(".", ", "), "bold underline"))
        for lever in own:
            bracket = ("[TARGET]" if lever.targets else "", "dim")
            allowed = (f"  {lever.range()}; default {default(lever)}", "cyan")
            lines.append(Text.assemble((lever.name, "bold"), bracket, allowed))
            lines.append(Padding(Text(lever.help), INDENT))
            if lever.targets:
                targets = listed.get(lever.targets, ", ".join(lever.targets))
                lines.append(Padding(Text(f"target: {targets}", "dim"), INDENT))
            if len(lever.targets) > FEW:
                listed.setdefault(lever.targets, f"as for {lever.name}")
    return Group(*lines)


def default(lever: Lever) -> str:
    """Default of a lever in words."""
    return lever.choices[int(lever.default)] if lever.choices else f"{lever.default:g}"


def levers_data(levers: Iterable[Lever]) -> list[dict[str, Any]]:
    """Levers as plain data; low, high and default of a choice are positions in its choices."""
    return [asdict(lever) for lever in levers]


def outcomes_table(outcomes: Iterable[Outcome]) -> Table:
    """Name, unit and help of outcomes."""
    table = _table("Outcome", "Unit", "What it measures")
    group = ""
    for outcome in outcomes:
        first = outcome.name.split(".")[0]
        if group and first != group:
            table.add_section()
        group = first
        table.add_row(outcome.name, outcome.unit, escape(outcome.help))
    return table


def outcomes_data(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """The same as plain data."""
    return [asdict(outcome) for outcome in outcomes]


def _table(*titles: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for i, title in enumerate(titles):
        table.add_column(title, overflow="fold", no_wrap=i == 0)
    return table
