"""What is calibrated: names of behaviour parameters, their ranges from the scenario, and sets of them in files."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lab.options import InputError
from sim.quantity import FrozenDict
from sim.scenario import Scenario
from sim.scenario_errors import suggestion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

FREE = (
    "fear.refusal", "fear.tightening", "fear.momentum_china", "fear.momentum_abroad", "fear.alarm", "fear.rise",
    "fear.fall", "fear.memory", "fear.fast", "fear.slow", "fear.most", "traders.size_china", "traders.size_west",
    "traders.hold_on", "traders.switching", "traders.extrapolation", "traders.reversion", "anchor.adjustment",
    "anchor.long_run_elasticity", "mines.adjustment", "demand.world_noise", "demand.cycle_persistence",
)  # fmt: skip
"""Parameters that no literature gives for tungsten; the others keep the value of their source."""


@dataclass(frozen=True)
class Space:
    """Ranges of some parameters."""

    names: tuple[str, ...]
    low: Vector
    high: Vector
    start: Vector
    """The scenario's own values."""

    def values(self, unit: Vector) -> Vector:
        """Parameters at places of the unit cube, shape (sets, parameters)."""
        return self.low + np.clip(unit, 0.0, 1.0) * (self.high - self.low)

    def unit(self, values: Vector) -> Vector:
        """Places in the unit cube."""
        return (values - self.low) / (self.high - self.low)


def every_name(scenario: Scenario) -> tuple[str, ...]:
    """All parameters of behaviour with a range, "group.name"."""
    return tuple(
        f"{group}.{name}"
        for group, members in scenario.behaviour.items()
        for name, quantity in members.items()
        if quantity.low is not None and quantity.high is not None and quantity.low < quantity.high
    )


def space(scenario: Scenario, names: Sequence[str] = FREE) -> Space:
    """The ranges that the scenario gives to these parameters.

    Raises:
        InputError: a parameter that it does not have, or that has no range.
    """
    known = every_name(scenario)
    for name in names:
        if name not in known:
            raise InputError(f"{scenario.name}: parameter '{name}' is not known or has no range{suggestion(name, known)}.")
    found = [scenario.behaviour[name.split(".")[0]][name.split(".")[1]] for name in names]
    low, high, start = (np.array([getattr(q, field) for q in found], float) for field in ("low", "high", "value"))
    return Space(tuple(names), low, high, start)


def checked(scenario: Scenario, name: str, values: Vector, place: str) -> Vector:
    """Values of a parameter, all within its range.

    Raises:
        InputError: the parameter is not known, or a value lies outside.
    """
    ranges = space(scenario, [name])
    slack = 1e-9 * (ranges.high[0] - ranges.low[0])
    bad = values[~((values >= ranges.low[0] - slack) & (values <= ranges.high[0] + slack))]
    if bad.size:
        raise InputError(f"{place}: {name}: {bad[0]:g} is not allowed; allowed is {ranges.low[0]:g} to {ranges.high[0]:g}.")
    return np.clip(values, ranges.low[0], ranges.high[0])


def read_sets(path: Path, scenario: Scenario) -> dict[str, Vector]:
    """Parameter sets of a CSV file: "group.name" to the values of all sets; other columns are left out.

    Raises:
        InputError: the file cannot be read, has no set, or has a value outside its parameter's range.
    """
    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: the parameter sets cannot be read: {error}.") from None
    rows = list(csv.DictReader(lines))
    names = [name for name in (rows[0] if rows else ()) if name and "." in name]
    if not names:
        raise InputError(f"{path.name}: there is no parameter set; a line of names such as fear.rise and one of values.")
    sets = {}
    for name in names:
        try:
            values = np.array([float(row[name]) for row in rows])
        except (TypeError, ValueError):
            raise InputError(f"{path.name}: {name}: a value is missing or no number.") from None
        sets[name] = checked(scenario, name, values, path.name)
    return sets


def written_sets(sets: Mapping[str, Vector], notes: Sequence[str]) -> str:
    """The text of such a file: notes, names, one line a set; four significant digits."""
    out = io.StringIO()
    for note in notes:
        out.write(f"# {note}\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(sets)
    for row in zip(*sets.values(), strict=True):
        writer.writerow([f"{value:.4g}" for value in row])
    return out.getvalue()


def with_values(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """The scenario with other values of some parameters.

    Raises:
        InputError: a parameter that is not known, or a value outside its range.
    """
    groups = {group: dict(members) for group, members in scenario.behaviour.items()}
    for name, value in values.items():
        checked(scenario, name, np.array([value]), scenario.name)
        group, own = name.split(".")
        groups[group][own] = groups[group][own].model_copy(update={"value": float(value)})
    frozen = FrozenDict({group: FrozenDict(members) for group, members in groups.items()})
    return scenario.model_copy(update={"behaviour": frozen})
