"""Which projects a state may lend to, and what it offers them."""

from __future__ import annotations

import numpy as np

from agents.deposits import lie_in
from agents.observation import Observation
from sim.levers import OFFTAKERS
from sim.network import Vector
from sim.offers import Rows, rows_above_zero


def candidates(seen: Observation, *avoided: str) -> tuple[Rows, Rows]:
    """Projects that lack money in at least one world, but for those in the regions avoided.

    Projects that lack none in any world are left out because they change no world's decision.

    Returns:
        Their places among all projects, and their rows among all mines.
    """
    rows = seen.project_rows
    welcome = ~lie_in(seen.projects, *avoided)[:, 0]
    places = np.flatnonzero(rows_above_zero(seen["missing"])[rows] & welcome)
    return places, rows[places]


def offtakes(seen: Observation) -> list[Vector]:
    """Share of each mine's output under contract to each buyer, a table (mines, worlds) for each."""
    return [seen[f"offtake.{buyer}"] for buyer in OFFTAKERS]
