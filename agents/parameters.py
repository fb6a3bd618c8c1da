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
        KeyError: a parameter that the scenario does not have, or that is one number for all worlds.
    """
    groups = {
        group: SimpleNamespace(**{name: quantity.value for name, quantity in members.items()})
        for group, members in scenario.behaviour.items()
    }
    for key, values in (own or {}).items():
        group, name = key.split(".")
        if name not in scenario.behaviour.get(group, {}):
            raise KeyError(f"there is no parameter '{key}'")
        if group in SAME_FOR_ALL or key in SAME_FOR_ALL:
            raise KeyError(f"parameter '{key}' is one number for all worlds")
        setattr(groups[group], name, np.asarray(values, float))
    return SimpleNamespace(usual_cover=2.8, **groups)


def law(worlds: int, *values: float | Vector) -> tuple[Vector, ...]:
    """Each value for every world, (worlds,), as compiled passes read it."""
    return tuple(value * np.ones(worlds) for value in values)
