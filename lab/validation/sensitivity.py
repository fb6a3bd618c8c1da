"""Which parameters matter: Morris' elementary effects (SALib) over every parameter of behaviour with a range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lab.calibration.space import Space, every_name, space
from lab.validation.play import Played, Task
from lab.validation.structure import new_mines
from lab.validation.targets import Part, Table
from sim.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

LEVELS = 4
HORIZON = 72
SEED = 1
SHOWN = 15
"""Parameters in the plot and the table."""
HEADLINES = {
    "rotterdam": "Rotterdam, January 2026",
    "peak": "highest price to 2027",
    "after": "Rotterdam, mean of 2029",
    "gap": "mean gap between Rotterdam and China, 2025",
    "additions": "output of new mines outside China, 2030",
    "refined": "China's share of refining, 2030",
    "central_asia": "Central Asia's share of mining, 2030",
}
"""Outcomes that are explained, by short name."""
WATCHED = ("price.apt.rotterdam", "price.apt.china_domestic", "share.china.refined", "share.central_asia.mine")


def task(scenario: Scenario, trajectories: int, luck: int, months: int = HORIZON) -> tuple[Task, Space, Vector]:
    """A world for each point of Morris' design and each luck; the same luck at all points.

    Returns:
        The task, the ranges, and the design in units of the parameters, (points, parameters).
    """
    from SALib.sample import morris

    from agents.parameters import SAME_FOR_ALL

    names = [name for name in every_name(scenario) if name not in SAME_FOR_ALL and name.split(".")[0] not in SAME_FOR_ALL]
    ranges = space(scenario, names)
    design = morris.sample(_problem(ranges), trajectories, num_levels=LEVELS, seed=SEED)
    own = {name: np.repeat(design[:, i], luck) for i, name in enumerate(ranges.names)}
    seeds = tuple(range(1, luck + 1)) * len(design)
    outcomes = (*WATCHED, *(f"project.{mine.key}.output" for mine in new_mines(scenario)))
    return Task("sensitivity", scenario, seeds, months, outcomes, own=own), ranges, design


def _problem(ranges: Space) -> dict[str, Any]:
    bounds = [[float(a), float(b)] for a, b in zip(ranges.low, ranges.high, strict=True)]
    return {"num_vars": len(ranges.names), "names": list(ranges.names), "bounds": bounds}


def headlines(run: Played, luck: int) -> dict[str, Vector]:
    """Outcomes at each point, means over luck; prices in logarithms."""
    west, home = run.of("price.apt.rotterdam"), run.of("price.apt.china_domestic")
    additions = sum(run.of(name) for name in run.task.outcomes if name.startswith("project."))
    last = slice(-12, None)
    found = {
        "rotterdam": np.log(west[12]),
        "peak": np.log(west[:36].max(axis=0)),
        "after": np.log(west[-24:-12].mean(axis=0)),
        "gap": (west[1:12] / home[1:12] - 1).mean(axis=0),
        "additions": additions[last].sum(axis=0),
        "refined": run.of("share.china.refined")[last].mean(axis=0),
        "central_asia": run.of("share.central_asia.mine")[last].mean(axis=0),
    }
    return {name: values.reshape(-1, luck).mean(axis=1) for name, values in found.items()}


def judge(run: Played, ranges: Space, design: Vector, luck: int) -> Part:
    """Indices with intervals, in standard deviations of each outcome."""
    from SALib.analyze import morris

    part = Part("sensitivity")
    found = headlines(run, luck)
    effects: dict[str, Any] = {}
    for name, values in found.items():
        scale = max(float(values.std()), 1e-12)
        effects[name] = morris.analyze(_problem(ranges), design, values / scale, num_levels=LEVELS, seed=SEED)
    star = np.array([np.asarray(effects[name]["mu_star"]) for name in found])
    wide = np.array([np.asarray(effects[name]["mu_star_conf"]) for name in found])
    order = np.argsort(-star.max(axis=0))[:SHOWN]
    rows = [(ranges.names[i], *(f"{star[k, i]:.2f} ± {wide[k, i]:.2f}" for k in range(len(found)))) for i in order]
    head = ("parameter", *(HEADLINES[name] for name in found))
    note = (
        f"Mean absolute elementary effects over the whole range of each of {len(ranges.names)} parameters, in standard"
        f" deviations of the outcome, with 95 % intervals; {len(design)} points, {luck} worlds each under the same luck."
        " The first parameters are those whose largest effect is largest."
    )
    part.tables.append(Table("Parameters that matter most", head, tuple(rows), note))
    part.figures["sensitivity"] = {
        "names": [ranges.names[i] for i in order],
        "titles": [HEADLINES[name] for name in found],
        "star": star[:, order],
        "wide": wide[:, order],
    }
    return part
