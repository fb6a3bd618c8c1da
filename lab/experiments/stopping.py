"""Whether the order of policies, or of levers, would come out the same with other luck."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.experiments.design import Design

RESAMPLES = 400


def is_stable(design: Design, data: Any) -> bool:
    """Whether resampled luck gives the same order in the share of resamples that the experiment asks for.

    Args:
        design: the worlds.
        data: a frame of those played so far.
    """
    stopping = design.experiment.stopping
    luck = data["replication"].to_numpy()
    values = data[stopping.measure].to_numpy(float)
    if len(design.experiment.policies) > 1:
        codes = data["policy"].astype("category").cat.codes.to_numpy()
        table = np.zeros((luck.max() + 1, codes.max() + 1))
        count = np.zeros_like(table)
        np.add.at(table, (luck, codes), values)
        np.add.at(count, (luck, codes), 1.0)
        table /= np.maximum(count, 1.0)
    else:
        table = _strengths(data[[lever.name for lever in design.experiment.levers]].to_numpy(float), luck, values)
    return share_of_same_order(table, design.experiment.sampling.seed) >= stopping.confidence


def share_of_same_order(table: NDArray[np.float64], seed: int) -> float:
    """Share of resamples of the rows whose column means have the order of the whole table.

    Args:
        table: (replications, items).
        seed: of the resampling.
    """
    order = np.argsort(table.mean(axis=0), kind="stable")
    generator = np.random.default_rng(seed)
    picks = generator.integers(0, len(table), (RESAMPLES, len(table)))
    same = [np.array_equal(np.argsort(table[rows].mean(axis=0), kind="stable"), order) for rows in picks]
    return float(np.mean(same))


def _strengths(levers: NDArray[np.float64], luck: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Absolute rank correlation of each lever with the measure, for each replication, (replications, levers)."""
    from scipy.stats import spearmanr

    found = []
    for replication in np.unique(luck):
        mine = luck == replication
        row = [abs(spearmanr(levers[mine, j], values[mine]).statistic) for j in range(levers.shape[1])]
        found.append(np.nan_to_num(row))
    return np.array(found)
