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
def lie_in(projects: tuple[str, ...], *regions: str, elsewhere: bool = False) -> NDArray[np.bool_]:
    """Which projects lie in the regions, or which lie elsewhere, (projects,)."""
    return np.array([(REGION.get(project) in regions) != elsewhere for project in projects], bool)


@cache
def marks(projects: tuple[str, ...], *regions: str) -> NDArray[np.float64]:
    """1 for projects that lie in the regions, 0 for others, (projects,)."""
    return lie_in(projects, *regions) * 1.0


@cache
def rows(
    mines: tuple[str, ...], projects: tuple[str, ...], *regions: str, elsewhere: bool = False
) -> NDArray[np.int64]:
    """Rows, among all mines, of the projects that lie in the regions, or of those that lie elsewhere."""
    here = np.flatnonzero(lie_in(projects, *regions, elsewhere=elsewhere))
    found = [mines.index(projects[i]) for i in here]
    return np.array(found, np.int64)
