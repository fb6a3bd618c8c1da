"""Where the world's tungsten projects lie: geography that every role knows."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

REGION = {
    "bakuta": "kazakhstan",
    "northern_katpar": "kazakhstan",
    "upper_kairakty": "kazakhstan",
    "k_tungsten": "uzbekistan",
    "sarykul": "uzbekistan",
    "ingichka": "uzbekistan",
    "sangdong": "korea",
    "hemerdon": "europe",
    "panasqueira": "europe",
    "la_parrilla": "europe",
    "los_santos": "europe",
    "valtreixal": "europe",
    "san_juan": "europe",
    "santa_comba": "europe",
    "el_moto": "europe",
    "mactung": "north_america",
    "sisson": "north_america",
    "pilot_mountain": "north_america",
    "ima": "north_america",
    "browns_lake": "north_america",
    "fostung": "north_america",
    "cantung": "north_america",
    "dolphin": "australia",
    "watershed": "australia",
    "molyhil": "australia",
    "hatches_creek": "australia",
    "nyakabingo": "africa",
    "tyrnyauz": "russia",
    "dahutang": "china",
    "zhuxi": "china",
    "boluo": "china",
    "youmakeng": "china",
    "xinjiang": "china",
}
"""Region of each project; a project that a scenario adds lies in none of them, and abroad for everyone."""


@cache
def places(projects: tuple[str, ...], *regions: str, elsewhere: bool = False) -> NDArray[np.int64]:
    """Places of the projects that lie in the regions, or of those that lie elsewhere, ascending."""
    here = [i for i, project in enumerate(projects) if (REGION.get(project) in regions) != elsewhere]
    return np.array(here, np.int64)


@cache
def marks(projects: tuple[str, ...], *regions: str) -> NDArray[np.float64]:
    """1 for projects that lie in the regions, 0 for others, (projects,)."""
    return np.array([float(REGION.get(project) in regions) for project in projects])


@cache
def rows(
    mines: tuple[str, ...], projects: tuple[str, ...], *regions: str, elsewhere: bool = False
) -> NDArray[np.int64]:
    """Rows, among all mines, of the projects that `places` finds, in the same order."""
    found = [mines.index(projects[i]) for i in places(projects, *regions, elsewhere=elsewhere)]
    return np.array(found, np.int64)
