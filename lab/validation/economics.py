"""Economics that can fail, as a part of the validation: each claim is a target with its least size and its measured one."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lab.economics.measure import Measured
from lab.economics.page import told, unit_of
from lab.validation.targets import Part, Result, Table, Target

UNITS = {"left": "of the first"}


def judge(found: Sequence[Measured]) -> Part:
    """All claims, in the order of the table of experiments."""
    part = Part("economics")
    worlds = found[0].worlds
    part.text.append(
        f"Each experiment plays the same {worlds} worlds with a change and without it, with the same luck. What must"
        " follow, and how large it must be at least, stands in lab/economics/table.py. Effects are medians over worlds,"
        " or means where only some worlds show anything; 80 % of worlds lie within the brackets."
    )
    for number, measured in enumerate(found):
        part.results.append(_result(measured, number))
    changes = {}
    for measured in found:
        experiment = measured.experiment
        changes[experiment.key] = (
            experiment.title, experiment.setting, "; ".join(told(change) for change in experiment.changes).replace("`", ""),
        )  # fmt: skip
    part.tables.append(Table("What is changed", ("experiment", "setting", "change"), tuple(changes.values())))
    return part


def _result(measured: Measured, number: int) -> Result:
    claim, experiment = measured.claim, measured.experiment
    low = -math.inf if claim.at_least is None else claim.at_least
    high = math.inf if claim.at_most is None else claim.at_most
    title = f"{experiment.title}: {claim.says}"
    source = experiment.source or "economics of storable goods"
    target = Target(
        f"{experiment.key}.{number}", "economics", title, UNITS.get(claim.unit, claim.unit), low, high, source, "E"
    )
    note = f"{measured.low:.3g} to {measured.high:.3g}{unit_of(claim)}"
    if not measured.holds and claim.known_miss:
        note += f"; {claim.known_miss}"
    return Result(target, measured.effect, note)
