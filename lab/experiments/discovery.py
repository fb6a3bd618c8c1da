"""Where policies break: boxes of PRIM and leaves of a tree, both of the EMA Workbench."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from lab.experiments.analysis import inputs, is_enough
from lab.experiments.design import Design
from lab.experiments.schema import Measure

FEWEST_BREAKS = 10
"""Worlds that must break a policy before a box is looked for."""

MAJORITY = 0.5
"""Share of broken worlds above which a leaf of a tree is told."""

LEAST_LEAF = 0.1
"""Share of worlds that a leaf must hold."""

LEAST_GAIN = 0.1
"""How much more of its worlds must be broken in a box than in all, unless it halves those that are not: less than
that says nothing."""

MOST_LEAVES = 2
"""Leaves told of one tree."""


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
    usual: float
    """Share of all worlds of the policy that are broken."""
    by: str = "PRIM"
    """PRIM, or tree."""


def discovered(data: Any, design: Design, measure: Measure) -> list[Box]:
    """Where each policy misses a measure, by patient rule induction (Friedman and Fisher 1999) and by trees."""
    names = [name for name in inputs(design) if data[name].nunique() > 1]
    if measure.enough is None or not names:
        return []
    boxes = []
    for policy, part in data.groupby("policy", sort=False):
        broken = ~np.asarray(is_enough(measure, part[measure.name]))
        if broken.sum() < FEWEST_BREAKS or broken.mean() > 0.95:
            continue
        table = part[names].reset_index(drop=True).astype(float)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # packages that the workbench would use if they were there
            found = _by_prim(table, broken) + _by_tree(table, broken)
        usual = float(broken.mean())
        told = set()
        for limits, coverage, density, by in found:
            is_telling = density >= usual + LEAST_GAIN or 1 - density <= (1 - usual) / 2
            if limits and is_telling and limits not in told:
                told.add(limits)
                boxes.append(Box(str(policy), measure.name, limits, coverage, density, usual, by))
    return boxes


def _by_prim(table: Any, broken: Any) -> list[tuple[Any, ...]]:
    from ema_workbench.analysis import prim

    try:
        box = prim.Prim(table, broken, threshold=MAJORITY, peel_alpha=0.1).find_box()
    except Exception:  # the search has no box to offer, and says so in several ways
        return []
    if box is None:
        return []
    return [(_limits(box.box_lims[-1], box.box_lims[0]), float(box.coverage), float(box.density), "PRIM")]


def _by_tree(table: Any, broken: Any) -> list[tuple[Any, ...]]:
    from ema_workbench.analysis import cart
    from sklearn.tree import DecisionTreeClassifier

    tree = cart.CART(table, broken, mass_min=LEAST_LEAF)
    leaf = max(1, int(LEAST_LEAF * len(table)))  # grown here, as the workbench would let ties fall as they may
    tree.clf = DecisionTreeClassifier(min_samples_leaf=leaf, random_state=1).fit(table.to_numpy(), broken)
    if tree.clf.get_n_leaves() < 2:
        return []
    whole = {name: (float(table[name].min()), float(table[name].max())) for name in table}
    found = []
    for lims, stats in zip(tree.boxes, tree.stats, strict=True):
        if stats["density"] > MAJORITY:
            limits = tuple(
                (name, low, high)
                for name, edges in whole.items()
                for low, high in [(float(lims[name].iloc[0]), float(lims[name].iloc[1]))]
                if (low, high) != edges
            )
            found.append((limits, float(stats["coverage"]), float(stats["density"]), "tree"))
    return sorted(found, key=lambda each: -each[1])[:MOST_LEAVES]


def _limits(last: Any, first: Any) -> tuple[tuple[str, float, float], ...]:
    restricted = [name for name in last.columns if list(last[name]) != list(first[name])]
    return tuple((name, float(last[name].iloc[0]), float(last[name].iloc[1])) for name in restricted)
