"""What the worlds of a study say: means with intervals, comparisons under common luck, regret, shares good enough."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.experiments.design import Design
from lab.experiments.schema import Measure

Vector = NDArray[np.float64]

RESAMPLES = 1000
INTERVAL = (2.5, 97.5)
"""Percentiles between which an interval of 95 % lies."""

FEWEST_GROUPS = 4
"""Groups below which resampling says nothing about an interval."""


@dataclass(frozen=True)
class Estimate:
    """A number with its interval of 95 %."""

    value: float
    low: float
    high: float

    @property
    def is_certain(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def frame(path: Path, design: Design) -> Any:
    """The worlds as a pandas frame, without paths, read by DuckDB."""
    import duckdb

    columns = ["world", "cell", "future", "replication", "seed", "policy", *inputs(design)]
    columns += [measure.name for measure in design.experiment.measures]
    listed = ", ".join(f'"{column}"' for column in columns)
    with duckdb.connect() as base:
        return base.execute(f"select {listed} from read_parquet(?) order by world", [str(path)]).df()


def fan(path: Path, outcome: str) -> dict[str, Vector]:
    """Percentiles 10, 25, 50, 75 and 90 of a path by policy, (times, 5)."""
    import duckdb

    query = f"""
        with points as (
            select policy, unnest("path.{outcome}") as value, generate_subscripts("path.{outcome}", 1) as place
            from read_parquet(?))
        select policy, place, quantile_cont(value, [0.1, 0.25, 0.5, 0.75, 0.9]) as bands
        from points group by policy, place order by policy, place"""
    found: dict[str, list[Any]] = {}
    with duckdb.connect() as base:
        for policy, _, bands in base.execute(query, [str(path)]).fetchall():
            found.setdefault(policy, []).append(bands)
    return {policy: np.array(bands) for policy, bands in found.items()}


def inputs(design: Design) -> list[str]:
    """Columns of what is varied: levers and uncertain parameters."""
    experiment = design.experiment
    return [x.name for x in experiment.levers] + [x.parameter for x in experiment.uncertainties]


Groups = tuple[Vector, Vector]
"""The future and the luck of each world."""


def mean(values: Vector, groups: Groups, seed: int = 0) -> Estimate:
    """The mean, with an interval from resampling futures and runs of luck, each as a whole and both at once.

    Worlds of one future, or of one luck, hang together; resampling both ways keeps that (Owen 2007, the pigeonhole
    bootstrap). Where futures, or runs of luck, are fewer than four, they stay as they are.

    Args:
        values: one a world.
        groups: of each world.
        seed: of the resampling.

    Returns:
        The mean; its interval is NaN with too few groups to tell.
    """
    places = [np.unique(group, return_inverse=True)[1] for group in groups]
    shape = tuple(int(place.max()) + 1 for place in places)
    if max(shape) < FEWEST_GROUPS:
        return Estimate(float(values.mean()), float("nan"), float("nan"))
    cell = places[0] * shape[1] + places[1]
    total, size = (np.bincount(cell, weights, shape[0] * shape[1]).reshape(shape) for weights in (values, None))
    generator = np.random.default_rng(seed)
    often = [_times(generator, count) for count in shape]

    def drawn(table: Vector) -> Vector:
        return np.sum((often[0] @ table) * often[1], axis=1)

    counted = drawn(size)
    resampled = drawn(total)[counted > 0] / counted[counted > 0]
    low, high = np.percentile(resampled, INTERVAL)
    return Estimate(float(values.mean()), float(low), float(high))


def _times(generator: np.random.Generator, count: int) -> Vector:
    """How often each of some groups is drawn in each resample, (resamples, groups)."""
    if count < FEWEST_GROUPS:
        return np.ones((RESAMPLES, count))
    return generator.multinomial(count, np.full(count, 1 / count), RESAMPLES).astype(float)


def clusters(data: Any) -> Groups:
    """The groups of each world for resampling."""
    return data["future"].to_numpy(), data["replication"].to_numpy()


def compared(data: Any, measure: str, first: str, second: str) -> Estimate:
    """How much more the second policy has than the first in the same worlds: equal luck, future and levers."""
    keys = ["future", "replication", "slot"]
    data = data.assign(slot=data.groupby(["policy", "future", "replication"]).cumcount())
    a = data[data.policy == first].set_index(keys)[measure]
    b = data[data.policy == second].set_index(keys)[measure]
    paired = (b - a).dropna().reset_index()
    return mean(paired[measure].to_numpy(float), clusters(paired))


def is_enough(measure: Measure, values: Any) -> Any:
    """Whether each value satisfies a measure that says what is enough."""
    return values >= measure.enough if measure.prefer == "high" else values <= measure.enough


def satisficing(data: Any, measures: tuple[Measure, ...], by: str = "policy") -> dict[str, dict[str, float]]:
    """Share of worlds of each policy that satisfy each measure, and all of them at once ("all")."""
    asked = [measure for measure in measures if measure.enough is not None]
    found = {}
    for name, part in data.groupby(by, sort=False):
        good = {measure.name: is_enough(measure, part[measure.name]) for measure in asked}
        found[name] = {key: float(each.mean()) for key, each in good.items()}
        found[name]["all"] = float(np.logical_and.reduce(list(good.values())).mean()) if good else float("nan")
    return found


def regret(data: Any, measure: Measure, by: str = "policy") -> dict[Any, tuple[float, float]]:
    """Mean and largest regret of each policy, or cell: how far it stays behind the best one in the same world."""
    table = data.pivot_table(index=["future", "replication"], columns=by, values=measure.name, aggfunc="mean")
    best = table.max(axis=1) if measure.prefer == "high" else table.min(axis=1)
    lost = table.sub(best, axis=0).abs()
    return {name: (float(lost[name].mean()), float(lost[name].max())) for name in table.columns}


def best(data: Any, measure: Measure, by: str = "policy") -> list[tuple[str, Estimate]]:
    """Each policy's mean of a measure, best first; in the file's order if neither way is better."""
    rows = [
        (str(name), mean(part[measure.name].to_numpy(float), clusters(part)))
        for name, part in data.groupby(by, sort=False)
    ]
    if measure.prefer == "none":
        return rows
    return sorted(rows, key=lambda row: row[1].value, reverse=measure.prefer == "high")


def best_cells(data: Any, measures: tuple[Measure, ...], most: int) -> list[dict[str, Any]]:
    """Settings that are good enough most often, or behind the best ones least, with what they leave behind.

    Args:
        data: a frame of worlds.
        measures: of the experiment.
        most: how many settings are wanted.

    Returns:
        For each its cell, share of worlds in which all measures are enough, mean of each measure with its interval,
        and mean and largest regret of each measure of which one way is better.
    """
    shares = satisficing(data, measures, by="cell")
    wanted = [measure for measure in measures if measure.prefer != "none"]
    regrets = {measure.name: regret(data, measure, by="cell") for measure in wanted}
    scale = {measure.name: max(max(r for r, _ in regrets[measure.name].values()), 1e-12) for measure in wanted}

    def order(cell: int) -> tuple[float, float]:
        share = shares[cell]["all"]
        behind = sum(regrets[measure.name][cell][0] / scale[measure.name] for measure in wanted)
        return (-share if share == share else 0.0), behind

    found = []
    for cell in sorted(shares, key=order)[:most]:
        part = data[data.cell == cell]
        means = {m.name: mean(part[m.name].to_numpy(float), clusters(part)) for m in measures}
        behind = {m.name: regrets[m.name][cell] for m in wanted}
        found.append({"cell": int(cell), "share": shares[cell]["all"], "means": means, "regret": behind})
    return found
