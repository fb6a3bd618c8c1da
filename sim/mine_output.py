"""Kernels that apply the rules of mining to a month's ore, all mines in one pass."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim import mining
from sim.compiled import kernel
from sim.hazards import Harms, spoil_output
from sim.mine_life import Sites
from sim.network import Index, Vector


class Pits(NamedTuple):
    """How the mines are run; one number for each, and behaviour."""

    under_quota: Vector
    """1 for mines under the Chinese quota."""
    exploring: Index
    """Row in what is found for mines that find most of what they take out, -1 for the others."""
    ceiling: Vector
    """Share of nameplate that the plant can reach, (mines, worlds)."""
    speed: Vector
    """Share of the gap to the wished utilisation closed in a month, (worlds,)."""
    replacement: Vector
    """Share of what is mined that is found anew, (worlds,)."""


@kernel
def mine_ore(
    sites: Sites, pits: Pits, harms: Harms, operating: Index, unopened: Vector, month: int, spread: float,
    noise: Vector, price: Vector, floored: Index, topped: Vector, allowed: Vector, readiness: Vector, struck: Vector,
    shocked: Vector, target: Vector, stage: Vector, ramp: Vector, nameplate: Vector, utilisation: Vector, output: Vector,
    ore: Vector, opened: Vector, found: Vector,
) -> tuple[Vector, ...]:  # fmt: skip
    """Mine a month's ore.

    Args:
        sites, pits, harms: what never changes, and what may strike.
        operating: row in `noise` of mines that operate in any world, -1 for the others.
        unopened: 1 for mines that have not opened yet in some world.
        month: months since the start.
        spread: standard deviation of a mine's monthly output.
        noise: standard normal luck of the mines that operate, (rows, worlds).
        price: USD/mtu in each pool, (pools, worlds).
        floored, topped: which mines hold floors, and what these pay on top of the price, as for `mine_life.advance`.
        allowed: Chinese quota with what passes above it, t W/month, (worlds,).
        readiness: of the middle powers, 0 to 1, (hosts, worlds).
        struck, shocked, target: months that events and opening shocks still last, and mines struck.
        stage to opened: state of the mines, (mines, worlds).
        found: ore found by those that explore, t W, (rows, worlds), filled.

    Returns:
        utilisation, output, ore left, and month of opening.
    """
    mines, worlds = stage.shape
    new_utilisation, mined, left = np.empty_like(stage), np.empty_like(stage), np.empty_like(stage)
    first, is_copy = opened, False
    factor, under, nothing, blend = np.empty(worlds), np.zeros(worlds), np.zeros(worlds), np.empty(worlds)
    for m in range(mines):
        taken, deliver, low, high = mined[m], price[sites.pool[m]], sites.cost_low[m], sites.cost_high[m]
        if floored[m] >= 0:
            more = topped[floored[m]]
            for k in range(worlds):
                blend[k] = deliver[k] + more[k]
            deliver = blend
        if operating[m] < 0:
            _stand_still(deliver, low, high, utilisation[m], pits.speed, ore[m], new_utilisation[m], taken, left[m])
            continue
        factor[:] = 1.0
        if spread > 0.0:
            luck = noise[operating[m]]
            for k in range(worlds):
                factor[k] = max(1.0 + spread * luck[k], 0.5)
        spoil_output(m, harms, struck, shocked, target, readiness, output[m], factor)
        _work_the_mine(
            deliver, low, high, stage[m], ramp[m], pits.ceiling[m], nameplate[m], utilisation[m], pits.speed, factor,
            ore[m], new_utilisation[m], taken,
        )  # fmt: skip
        if pits.under_quota[m] > 0.0:
            for k in range(worlds):
                under[k] += taken[k]
    for k in range(worlds):
        under[k] = min(1.0, allowed[k] / max(under[k], 1e-9))
    for m in range(mines):
        if operating[m] < 0:
            continue
        taken, explored = mined[m], nothing
        if pits.under_quota[m] > 0.0:
            for k in range(worlds):
                taken[k] = taken[k] * under[k]
        if pits.exploring[m] >= 0:
            explored = found[pits.exploring[m]]
            for k in range(worlds):
                explored[k] = pits.replacement[k] * taken[k]
        before, after = ore[m], left[m]
        for k in range(worlds):
            after[k] = max(before[k] - taken[k], 0.0) + explored[k]
        if unopened[m] == 0.0:
            continue
        for k in range(worlds):
            if opened[m, k] < 0.0 and taken[k] > 0.1 * nameplate[m, k]:
                if not is_copy:
                    first, is_copy = opened.copy(), True
                first[m, k] = month
    return new_utilisation, mined, left, first


@kernel
def _stand_still(
    price: Vector, cost_low: float, cost_high: float, utilisation: Vector, speed: Vector, ore: Vector, moved: Vector,
    mined: Vector, left: Vector,
) -> None:  # fmt: skip
    """A month of a mine that operates in no world; what it would run at follows the market all the same."""
    for k in range(price.size):
        wish = mining.utilisation_wish(price[k], cost_low, cost_high)
        moved[k] = mining.work_the_mine(mining.CARE, 0.0, 0.0, 0.0, utilisation[k], wish, speed[k], 1.0, 0.0)[0]
        mined[k] = 0.0
        left[k] = ore[k]


@kernel
def any_world(stage: Vector, least: float, most: float) -> Vector:
    """1 for rows in which some world lies between two values, (rows,)."""
    found = np.zeros(stage.shape[0])
    for m in range(stage.shape[0]):
        for start in range(0, stage.shape[1], 64):
            some = 0
            for value in stage[m, start : start + 64]:
                some += 1 if (value >= least) & (value <= most) else 0
            if some > 0:
                found[m] = 1.0
                break
    return found


@kernel
def _work_the_mine(
    price: Vector, cost_low: float, cost_high: float, stage: Vector, ramp: Vector, ceiling: Vector, nameplate: Vector,
    utilisation: Vector, speed: Vector, factor: Vector, ore: Vector, moved: Vector, mined: Vector,
) -> None:  # fmt: skip
    """What a mine would bring up without a quota."""
    for k in range(price.size):
        wish = mining.utilisation_wish(price[k], cost_low, cost_high)
        moved[k], mined[k] = mining.work_the_mine(
            stage[k], ramp[k], ceiling[k], nameplate[k], utilisation[k], wish, speed[k], factor[k], ore[k]
        )
