"""Parameter sets that calibrations left behind, and the set that each world of an ensemble draws."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lab.calibration.space import read_sets
from sim import luck
from sim.scenario import Scenario
from sim.scenario_files import SCENARIOS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

FOLDER = SCENARIOS / "central_asia_2025"
FILES = {
    "all": FOLDER / "calibrated.csv",
    "august_2025": FOLDER / "calibrated_august_2025.csv",
    "december_2024": FOLDER / "calibrated_december_2024.csv",
}
"""Accepted sets of the calibration that saw everything, and of those that stopped earlier."""


def drawn(scenario: Scenario, seeds: Sequence[int], path: Path = FILES["all"]) -> dict[str, Vector]:
    """Parameters of each world: one of the file's sets, drawn by the world's seed.

    Raises:
        InputError: the file is at fault.
    """
    sets = read_sets(path, scenario)
    count = len(next(iter(sets.values())))
    pick = luck.uniform(np.array(seeds, np.uint64), luck.stream("parameters", "set"), 0)
    rows = np.minimum((pick * count).astype(int), count - 1)
    return {name: values[rows] for name, values in sets.items()}
