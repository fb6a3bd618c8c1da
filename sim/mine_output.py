"""Kernels that apply the rules of mining to a month's ore, all mines in one pass."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim import mining
from sim.compiled import kernel
from sim.hazards import Harms, spoil_output
from sim.luck import Seeds, Streams, draw, to_normal
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


_WORLDS = 256
# rows of the tile through which a mine's numbers pass, worlds side by side
_SPEED, _STAGE, _RAMP, _NAMEPLATE, _UTILISATION, _ORE, _FACTOR, _MOVED, _MINED, _ROWS = range(10)


@kernel
def mine_ore(
    sites: Sites, pits: Pits, harms: Harms, operates: NDArray[np.bool_], unopened: NDArray[np.bool_], month: int,
    seeds: Seeds, streams: Streams, spread: Vector, price: Vector, allowed: Vector, readiness: Vector, struck: Vector,
    shocked: Vector, target: Vector, stage: Vector, ramp: Vector, nameplate: Vector, utilisation: Vector,
    output: Vector, ore: Vector, opened: Vector, found: Vector,
) -> tuple[Vector, ...]:  # fmt: skip
    """Mine a month's ore.

    Args:
        sites, pits, harms: what never changes, and what may strike.
        operates: whether a mine operates in any world.
        unopened: whether a mine has not opened yet in some world.
        month: months since the start.
        seeds, streams: the worlds' seeds, and the luck of each mine's output.
        spread: standard deviation of a mine's monthly output, (worlds,); nobody needs luck if it is empty.
        price: USD/mtu in each pool, (pools, worlds).
        allowed: Chinese quota with what passes above it, t W/month, (worlds,).
        readiness: of the middle powers, 0 to 1, (hosts, worlds).
        struck, shocked, target: months that events and opening shocks still last, and mines struck.
        stage to opened: state of the mines, (mines, worlds).
        found: ore found by those that explore, t W, (rows, worlds), filled.

    Returns:
        utilisation, output, ore left, and month of opening; and whether a mine has still to open in some world.
    """
    mines, worlds = stage.shape
    new_utilisation, mined, left = np.empty_like(stage), np.empty_like(stage), np.empty_like(stage)
    first, is_copy, to_open = opened, False, np.zeros_like(unopened)
    tile, under, nothing = np.empty((_ROWS, _WORLDS)), np.empty(_WORLDS), np.zeros(_WORLDS)
    for start in range(0, worlds, _WORLDS):
        end = min(start + _WORLDS, worlds)
        size = end - start
        under[:] = 0.0
        for k in range(size):
            tile[_SPEED, k] = pits.speed[start + k]
        for m in range(mines):
            deliver, low, high = price[sites.pool[m], start:end], sites.cost_low[m], sites.cost_high[m]
            used, reserve, taken = utilisation[m, start:end], ore[m, start:end], mined[m, start:end]
            for k in range(size):
                tile[_UTILISATION, k] = used[k]
            for k in range(size):
                tile[_FACTOR, k] = deliver[k]
            if not operates[m]:
                # what it would run at follows the market all the same
                for k in range(size):
                    wish = mining.utilisation_wish(tile[_FACTOR, k], low, high)
                    tile[_MOVED, k] = mining.moved_utilisation(tile[_UTILISATION, k], wish, tile[_SPEED, k])
                moved, after = new_utilisation[m, start:end], left[m, start:end]
                for k in range(size):
                    moved[k] = tile[_MOVED, k]
                taken[:] = 0.0
                after[:] = reserve
                continue
            for k in range(size):
                tile[_MOVED, k] = mining.utilisation_wish(tile[_FACTOR, k], low, high)
            factor = tile[_FACTOR, :size]
            if spread.size > 0:
                draw(seeds[start:end], streams[m], np.uint64(month), np.uint64(0), factor)
                to_normal(factor)
                for k in range(size):
                    factor[k] = max(1.0 + spread[start + k] * factor[k], 0.5)
            else:
                factor[:] = 1.0
            spoil_output(m, harms, struck, shocked, target, readiness, output[m], start, factor)
            now, ramped, plate = stage[m, start:end], ramp[m, start:end], nameplate[m, start:end]
            ceiling = pits.ceiling[m, start:end]
            for k in range(size):
                tile[_STAGE, k] = now[k]
            for k in range(size):
                tile[_RAMP, k] = ramped[k]
            for k in range(size):
                tile[_NAMEPLATE, k] = plate[k]
            for k in range(size):
                tile[_ORE, k] = reserve[k]
            for k in range(size):
                tile[_MINED, k] = ceiling[k]
            for k in range(size):
                tile[_MOVED, k], tile[_MINED, k] = mining.work_the_mine(
                    tile[_STAGE, k], tile[_RAMP, k], tile[_MINED, k], tile[_NAMEPLATE, k], tile[_UTILISATION, k],
                    tile[_MOVED, k], tile[_SPEED, k], tile[_FACTOR, k], tile[_ORE, k],
                )  # fmt: skip
            moved = new_utilisation[m, start:end]
            for k in range(size):
                moved[k] = tile[_MOVED, k]
            for k in range(size):
                taken[k] = tile[_MINED, k]
            if pits.under_quota[m] > 0.0:
                for k in range(size):
                    under[k] += tile[_MINED, k]
        for k in range(size):
            under[k] = min(1.0, allowed[start + k] / max(under[k], 1e-9))
        for m in range(mines):
            explored = nothing[:size]
            if pits.exploring[m] >= 0:
                explored = found[pits.exploring[m], start:end]
                explored[:] = 0.0
            if not operates[m]:
                continue
            taken, before, after = mined[m, start:end], ore[m, start:end], left[m, start:end]
            if pits.under_quota[m] > 0.0:
                for k in range(size):
                    taken[k] = taken[k] * under[k]
            if pits.exploring[m] >= 0:
                for k in range(size):
                    explored[k] = pits.replacement[start + k] * taken[k]
            for k in range(size):
                after[k] = max(before[k] - taken[k], 0.0) + explored[k]
            if not unopened[m]:
                continue
            was, plate, opens = opened[m, start:end], nameplate[m, start:end], 0
            for k in range(size):
                opens += 1 if (was[k] < 0.0) & (taken[k] > 0.1 * plate[k]) else 0
            if opens > 0:
                if not is_copy:
                    first, is_copy = opened.copy(), True
                for k in range(size):
                    if was[k] < 0.0 and taken[k] > 0.1 * plate[k]:
                        first[m, start + k] = month
    for m in range(mines):
        if unopened[m]:
            for k in range(worlds):
                if first[m, k] < 0.0:
                    to_open[m] = True
                    break
    return new_utilisation, mined, left, first, to_open


@kernel
def any_world(stage: Vector, least: float, most: float) -> NDArray[np.bool_]:
    """Rows in which some world lies between two values, (rows,)."""
    found = np.zeros(stage.shape[0], np.bool_)
    for m in range(stage.shape[0]):
        for start in range(0, stage.shape[1], 64):
            some = 0
            for value in stage[m, start : start + 64]:
                some += 1 if (value >= least) & (value <= most) else 0
            if some > 0:
                found[m] = True
                break
    return found
