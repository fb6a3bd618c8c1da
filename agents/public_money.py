"""Which projects states look at before they lend, sign or grant."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from agents.deposits import REGION
from agents.observation import Observation
from sim.levers import OFFTAKERS
from sim.network import Vector
from sim.outcomes import STAGES
from sim.prospects import Prospects, everybody, find

EARLY_HELP = {
    "north_america": ("pre_feasibility", "feasibility"),
    "kazakhstan": ("resource", "financing"),
    "uzbekistan": ("resource", "financing"),
    "africa": ("resource", "feasibility"),
    "hemerdon": ("feasibility", "financing"),
}
"""First and last stage in which a state may help a project, or those of a region, that seeks no money yet."""
EARLY_LETTERS = ("northern_katpar", "upper_kairakty", "hemerdon")
"""Projects that a state may lend to, and buy from, on a letter from before they seek money."""
NEVER = ("financing", "feasibility")
"""No stage at all."""
PRODUCTION = float(STAGES.index("production"))


def prospects(seen: Observation, to_production: bool = False) -> Prospects:
    """Projects that any state might offer something, world by world: those that lack money, and those helped early.

    All others change no world's decision.

    Args:
        seen: what a role knows; what is found is kept for all who know the same news.
        to_production: look at all projects up to production.
    """
    return seen.worked_out(f"prospects {to_production}", lambda: _prospects(seen, to_production))


def _prospects(seen: Observation, to_production: bool) -> Prospects:
    first, places, worlds, missing, signed, partner, stage, capex, free = find(
        seen.project_rows, *looked_at_in(seen.projects, to_production), seen["missing"], seen["loan.signed"],
        seen["partner"], seen["stage"], seen["capex"], *(seen[f"offtake.{buyer}"] for buyer in OFFTAKERS),
    )  # fmt: skip
    incentive = seen.at("incentive", seen.project_rows[places], worlds)
    return Prospects(
        len(seen.projects), seen.worlds, first, places, worlds, missing, signed, partner, stage, capex, free, incentive
    )


@cache
def looked_at_in(projects: tuple[str, ...], to_production: bool) -> tuple[Vector, Vector, NDArray[np.bool_]]:
    """Codes of the first and last stage in which each project is looked at though it lacks no money, (projects,).

    And the projects to which loans or contracts may be offered even then.
    """
    if to_production:
        return np.zeros(len(projects)), np.full(len(projects), PRODUCTION), everybody(len(projects))
    stages = [EARLY_HELP.get(project, EARLY_HELP.get(REGION.get(project, ""), NEVER)) for project in projects]
    since, until = np.array([[STAGES.index(first), STAGES.index(last)] for first, last in stages], float).T.copy()
    return since, until, np.array([project in EARLY_LETTERS for project in projects])
