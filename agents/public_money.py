"""Which projects states look at before they lend, sign or grant."""

from __future__ import annotations

from functools import cache

import numpy as np

from agents.deposits import REGION
from agents.observation import Observation
from sim.levers import OFFTAKERS
from sim.network import Vector
from sim.outcomes import STAGES
from sim.prospects import Prospects, find

EARLY_HELP = ("kazakhstan", "uzbekistan", "africa", "north_america")
"""Regions in which a state may help a project before it seeks money."""
EARLY_LETTERS = ("northern_katpar", "upper_kairakty", "hemerdon")
"""Projects that a state has written to before they seek money."""
FINANCING, PRODUCTION = float(STAGES.index("financing")), float(STAGES.index("production"))


def prospects(seen: Observation, to_production: bool = False) -> Prospects:
    """Projects that any state might offer something, world by world: those that lack money, and those helped early.

    All others change no world's decision.

    Args:
        seen: what a role knows; what is found is kept for all who know the same news.
        to_production: look at all projects up to production.
    """
    return seen.worked_out(f"prospects {to_production}", lambda: _prospects(seen, to_production))


def _prospects(seen: Observation, to_production: bool) -> Prospects:
    last = looked_at_until(seen.projects, to_production)
    first, places, worlds, rows, figures = find(
        seen.project_rows, last, seen["missing"], seen["loan.signed"], seen["partner"], seen["stage"], seen["capex"],
        *(seen[f"offtake.{buyer}"] for buyer in OFFTAKERS),
    )  # fmt: skip
    return Prospects(len(seen.projects), first, places, worlds, figures, seen.at("incentive", rows, worlds))


@cache
def looked_at_until(projects: tuple[str, ...], to_production: bool) -> Vector:
    """Code of the last stage in which each project is looked at though it lacks no money, (projects,)."""
    if to_production:
        return np.full(len(projects), PRODUCTION)
    early = [REGION.get(project) in EARLY_HELP or project in EARLY_LETTERS for project in projects]
    return np.where(early, FINANCING, -1.0)
