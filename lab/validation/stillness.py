"""The still world: without luck, trend, projects and policy, prices must stay where they are and swings must die out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from lab.validation.observed import DATA
from sim.levers import BUYER_BLOCS, registry
from sim.scenario import Scenario
from sim.scenario_files import load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

YEARS = 14
FILE = "still.toml"


@cache
def scenario() -> Scenario:
    """The world in which nothing happens."""
    return load(DATA / FILE)


@cache
def orders() -> tuple[tuple[str, str, float, int], ...]:
    """Lever, target, value and month that keep every lever where it is at the start."""
    from agents.market import Market

    market = Market(scenario())
    held = []
    for lever in registry(scenario()):
        value = lever.default
        for bloc in BUYER_BLOCS:
            if lever.name == f"buyers.{bloc}.secure_share":
                value = float(market.buyers.secure_base[market.buyers.blocs.index(bloc), 0])
        held += [(lever.name, target, value, 0) for target in (lever.targets or ("",))]
    return tuple(held)


def unrest(price: Vector) -> Vector:
    """Largest change over a year in the last three years, share, (worlds,), of monthly prices (months, worlds)."""
    last = price[-37:]
    return np.abs(last[12:] / last[:-12] - 1).max(axis=0)
