"""Parameters of behaviour, read once from the scenario; in an ensemble each world may have its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np

from sim.network import Vector
from sim.scenario import Scenario

Own = Mapping[str, Vector]
"""Values of "group.name" in each world, (worlds,), in place of the scenario's single value."""

SAME_FOR_ALL = (
    "finance", "licences", "recycling", "demand.saving_per_million", "mines.spread", "quotes.fob_cost",
)  # fmt: skip
"""Groups and names of parameters that are one number for all worlds of a block."""


def read(scenario: Scenario, own: Own | None = None) -> SimpleNamespace:
    """Groups of behaviour as attributes: `read(scenario).fear.refusal` is a number, or one for each world.

    Raises:
        KeyError: a parameter that the scenario does not have, or one that must be the same in all worlds and is not.
    """
    groups = {
        group: SimpleNamespace(**{name: quantity.value for name, quantity in members.items()})
        for group, members in scenario.behaviour.items()
    }
    for key, values in (own or {}).items():
        group, name = key.split(".")
        if name not in scenario.behaviour.get(group, {}):
            raise KeyError(f"there is no parameter '{key}'")
        given = np.asarray(values, float)
        if not is_by_world(key) and np.any(given != given[0]):
            raise KeyError(f"parameter '{key}' is one number for all worlds")
        setattr(groups[group], name, given if is_by_world(key) else float(given[0]))
    return SimpleNamespace(usual_cover=2.8, **groups)


def is_by_world(key: str) -> bool:
    """Whether the parameter "group.name" may differ between the worlds of a block."""
    return key not in SAME_FOR_ALL and key.partition(".")[0] not in SAME_FOR_ALL


def law(worlds: int, *values: float | Vector) -> tuple[Vector, ...]:
    """Each value for every world, (worlds,), as compiled passes read it."""
    return tuple(value * np.ones(worlds) for value in values)
