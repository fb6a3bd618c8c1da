"""What is known of each project for good: which states may offer it anything, from what stage on, and where it lies."""

from __future__ import annotations

from functools import cache

import numpy as np

from agents.deposits import marks
from agents.lenders import FEASIBILITY, FINANCING, LETTERS, PRE_FEASIBILITY
from sim.network import Vector

BY_CHINA, BY_US, BY_STUDIES, BY_EUROPE, BY_EAST, BY_TURKEY, BY_RUSSIA = range(7)
"""Rows of the traits that tell who may offer a project anything; of the United States, loans or grants to studies."""
KAZAKH, UZBEK, AMERICAN, EUROPEAN, LETTER, SINCE, UNTIL = range(7, 14)
"""Where it lies, the amount of its letter of interest, and the stages in which it may be helped before it seeks money."""

CENTRAL_ASIA = ("kazakhstan", "uzbekistan")
RESOURCE, NEVER = 0.0, -1.0


@cache
def traits(projects: tuple[str, ...], roles: tuple[str, ...]) -> Vector:
    """What is known of projects, (traits, projects); roles that are not among those asked offer nothing."""
    abroad = 1.0 - marks(projects, "china", "russia")
    known = np.zeros((UNTIL + 1, len(projects)))
    for row, role, where in (
        (BY_CHINA, "china", marks(projects, *CENTRAL_ASIA, "africa")),
        (BY_US, "united_states", abroad),
        (BY_STUDIES, "united_states", marks(projects, "north_america", *CENTRAL_ASIA)),
        (BY_EUROPE, "european_union", abroad),
        (BY_EAST, "japan_korea", abroad),
        (BY_TURKEY, "turkey", marks(projects, *CENTRAL_ASIA)),
        (BY_RUSSIA, "russia", marks(projects, "russia")),
    ):
        known[row] = where * (role in roles)
    known[KAZAKH], known[UZBEK] = marks(projects, "kazakhstan"), marks(projects, "uzbekistan")
    known[AMERICAN], known[EUROPEAN] = marks(projects, "north_america"), marks(projects, "europe")
    known[LETTER] = [LETTERS.get(project, 0.0) for project in projects]
    known[SINCE], known[UNTIL] = np.inf, NEVER
    for helped, first, last in (
        (known[BY_CHINA], RESOURCE, FEASIBILITY),
        (known[BY_STUDIES], PRE_FEASIBILITY, FEASIBILITY),
        (known[BY_US] * known[LETTER], FEASIBILITY, FINANCING),
    ):
        known[SINCE] = np.where(helped > 0.0, np.minimum(known[SINCE], first), known[SINCE])
        known[UNTIL] = np.where(helped > 0.0, np.maximum(known[UNTIL], last), known[UNTIL])
    return known
