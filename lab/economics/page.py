"""Writes what experiments on the model's economics found as a page of Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from lab.economics.experiment import Change, Claim
from lab.economics.measure import Measured

HEAD = """# Economics that can fail

Each experiment plays the same {worlds} worlds with a change and without it, with the same luck. What must follow, and how
large it must be at least, stands in `lab/economics/table.py`; the tests play all of it in fewer worlds. Effects are medians
over worlds, or means where only some worlds show anything, with the tenth and the ninetieth per cent in brackets.

This page is written by `main.py validate --document docs`, which plays and judges them all. {score}
"""


def page(found: Sequence[Measured]) -> str:
    """The page.

    Args:
        found: measured claims, experiment after experiment.
    """
    held = sum(measured.holds for measured in found)
    score = f"{held} of {len(found)} claims hold."
    lines = [HEAD.format(worlds=found[0].worlds, score=score)]
    last = None
    for measured in found:
        experiment = measured.experiment
        if experiment is not last:
            changes = "; ".join(told(change) for change in experiment.changes)
            source = f" Known from: {experiment.source}." if experiment.source else ""
            lines += [
                f"## {experiment.title}", "", f"Setting: {experiment.setting}. Change: {changes}.{source}", "",
                "| what must follow | in | bound | found | |", "|---|---|---|---|---|",
            ]  # fmt: skip
        last = experiment
        lines.append(_row(measured))
        if found[-1] is measured or found[found.index(measured) + 1].experiment is not experiment:
            lines.append("")
    misses = [measured for measured in found if not measured.holds]
    if misses:
        lines += ["## What is missed, and why", ""]
        lines += [f"- {m.claim.says}: {m.claim.known_miss or 'not known yet'}." for m in misses]
        lines.append("")
    return "\n".join(lines)


def _row(measured: Measured) -> str:
    claim = measured.claim
    unit = unit_of(claim)
    size = f"{measured.effect:.3g}{unit} [{measured.low:.3g}, {measured.high:.3g}]"
    when = f"{claim.window[0]} to {claim.window[1]}" if claim.window[0] != claim.window[1] else claim.window[0]
    verdict = "" if measured.holds else "missed"
    return f"| {claim.says} (`{claim.outcome}`) | {when} | {claim.bound}{unit} | {size} | {verdict} |"


def unit_of(claim: Claim) -> str:
    """What stands behind an effect."""
    return {"%": " %", "left": " of the first"}.get(claim.unit, f" {claim.unit}")


def told(change: Change) -> str:
    """A change in words."""
    until = f" until {change.until}" if change.until else ""
    if change.event:
        return f"`{change.event}` from {change.date}{until}"
    target = f" {change.target}" if change.target else ""
    return f"`{change.lever}`{target} = {change.value:g} from {change.date}{until}"
