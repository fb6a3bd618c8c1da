"""What the worlds of a study say: comparisons under common luck, regret, sensitivity and discovered boxes."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.experiments.design import Design, problem
from lab.experiments.schema import Measure

Vector = NDArray[np.float64]

RESAMPLES = 1000
INTERVAL = (2.5, 97.5)
"""Percentiles between which an interval of 95 % lies."""

FEWEST_GROUPS = 4
"""Groups below which resampling says nothing about an interval."""

FEWEST_BREAKS = 10
"""Worlds that must break a policy before a box is looked for."""


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


@dataclass(frozen=True)
class Box:
    """Where a policy breaks, in words that can be checked."""

    policy: str
    measure: str
    limits: tuple[tuple[str, float, float], ...]
    """Name, lowest and highest value of each restricted column."""
    coverage: float
    """Share of the broken worlds that lie in it."""
    density: float
    """Share of its worlds that are broken."""


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


def mean(values: Vector, groups: Vector, seed: int = 0) -> Estimate:
    """The mean, with an interval from resampling whole groups: worlds of one future, or of one luck, hang together.

    Args:
        values: one a world.
        groups: the group of each.
        seed: of the resampling.

    Returns:
        The mean; its interval is NaN with too few groups to tell.
    """
    names, place = np.unique(groups, return_inverse=True)
    if len(names) < FEWEST_GROUPS:
        return Estimate(float(values.mean()), float("nan"), float("nan"))
    total = np.bincount(place, values)
    size = np.bincount(place)
    picks = np.random.default_rng(seed).integers(0, len(names), (RESAMPLES, len(names)))
    drawn = total[picks].sum(axis=1) / size[picks].sum(axis=1)
    low, high = np.percentile(drawn, INTERVAL)
    return Estimate(float(values.mean()), float(low), float(high))


def clusters(data: Any) -> Vector:
    """The group of each world for resampling: its future if there are enough, else its luck."""
    column = "future" if data["future"].nunique() >= FEWEST_GROUPS else "replication"
    return np.asarray(data[column].to_numpy())


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


def regret(data: Any, measure: Measure, by: str = "policy") -> dict[str, tuple[float, float]]:
    """Mean and largest regret of each policy: how far it stays behind the best one in the same world."""
    table = data.pivot_table(index=["future", "replication"], columns=by, values=measure.name, aggfunc="mean")
    best = table.max(axis=1) if measure.prefer == "high" else table.min(axis=1)
    lost = table.sub(best, axis=0).abs()
    return {str(name): (float(lost[name].mean()), float(lost[name].max())) for name in table.columns}


def sensitivity(data: Any, design: Design, measure: str) -> dict[str, tuple[str, Estimate]]:
    """How much each varied input moves a measure: kind of index, value and interval, by input.

    Sobol's total index where the levers were sampled for it; else the PAWN index of Pianosi and Wagener (2015),
    for which any sample will do. Both by SALib.
    """
    names = inputs(design)
    experiment = design.experiment
    if experiment.sampling.method == "sobol" and len(design.futures) == 1 and len(experiment.policies) <= 1:
        from SALib.analyze import sobol

        by_cell = data.groupby("cell")[measure].mean().to_numpy(float)
        if by_cell.std() == 0 or len(by_cell) != len(design.cells):
            return {}
        found = sobol.analyze(problem(experiment), by_cell, calc_second_order=False, seed=experiment.sampling.seed)
        pairs = zip(names, found["ST"], found["ST_conf"], strict=True)
        return {name: ("total", Estimate(float(v), float(v - c), float(v + c))) for name, v, c in pairs}
    from SALib.analyze import pawn

    spread = [name for name in names if data[name].nunique() > 1]
    if not spread or data[measure].std() == 0:
        return {}
    x = data[spread].to_numpy(float)
    edges = [[float(column.min()), float(column.max())] for column in x.T]
    y = data[measure].to_numpy(float)
    described = {"num_vars": len(spread), "names": spread, "bounds": edges}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # conditioning on few distinct values
        found = pawn.analyze(described, x, y, S=min(8, max(2, min(len(np.unique(c)) for c in x.T))), seed=1)
    return {
        name: ("PAWN", Estimate(float(m), float(low), float(high)))
        for name, m, low, high in zip(spread, found["median"], found["minimum"], found["maximum"], strict=True)
    }


def discovered(data: Any, design: Design, measure: Measure) -> list[Box]:
    """Where each policy misses a measure, found by PRIM (Friedman and Fisher 1999) of the EMA Workbench."""
    names = [name for name in inputs(design) if data[name].nunique() > 1]
    if measure.enough is None or not names:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # packages that the workbench would use if they were there
        from ema_workbench.analysis import prim
    boxes = []
    for policy, part in data.groupby("policy", sort=False):
        broken = ~np.asarray(is_enough(measure, part[measure.name]))
        if broken.sum() < FEWEST_BREAKS or broken.mean() > 0.95:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                search = prim.Prim(part[names].reset_index(drop=True), broken, threshold=0.5, peel_alpha=0.1)
                box = search.find_box()
            except Exception:  # the search has no box to offer, and says so in several ways
                continue
        if box is None:
            continue
        limits = box.box_lims[-1]
        whole = box.box_lims[0]
        kept = tuple(
            (name, float(limits[name].iloc[0]), float(limits[name].iloc[1]))
            for name in names
            if list(limits[name]) != list(whole[name])
        )
        if kept:
            boxes.append(Box(str(policy), measure.name, kept, float(box.coverage), float(box.density)))
    return boxes


def best(data: Any, measure: Measure, by: str = "policy") -> list[tuple[str, Estimate]]:
    """Each policy's mean of a measure, best first; in the file's order if neither way is better."""
    rows = [
        (str(name), mean(part[measure.name].to_numpy(float), clusters(part)))
        for name, part in data.groupby(by, sort=False)
    ]
    if measure.prefer == "none":
        return rows
    return sorted(rows, key=lambda row: row[1].value, reverse=measure.prefer == "high")
