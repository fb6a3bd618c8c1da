"""Kernels that apply the rules of mining to a month's ore, all mines in one pass."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim import mining
from sim.blocks import BLOCK, add, copy
from sim.compiled import kernel
from sim.hazards import Harms, spoil_output
from sim.luck import Seeds, draw, to_normal
from sim.mine_life import Sites
from sim.network import Index, Vector


class Pits(NamedTuple):
    """How the mines are run; one number for each, and behaviour."""

    under_quota: Vector
    """1 for mines under the Chinese quota."""
    exploring: Index
    """1 for mines that find most of what they take out."""
    region: Index
    """Region that each mine lies in."""
    ceiling: Vector
    """Share of nameplate that the plant can reach, (mines, worlds)."""
    one_ceiling: Index
    """1 for mines whose ceiling is the same in every world."""
    speed: Vector
    """Share of the gap to the wished utilisation closed in a month, (worlds,)."""
    replacement: Vector
    """Share of what is mined that is found anew, (worlds,)."""
    streams: Seeds
    """Luck of each mine's monthly output."""


class Running(NamedTuple):
    """Which mines run, (mines,) each."""

    works: Index
    """1 for mines that ramp up or produce in any world."""
    produces: Index
    """1 for mines that produce in every world."""


@kernel
def any_world(table: Vector, least: float, most: float) -> Index:
    """1 for rows in which some world lies between two values, (rows,)."""
    found = np.zeros(table.shape[0], np.int64)
    for m in range(table.shape[0]):
        for start in range(0, table.shape[1], 64):
            some = 0
            for value in table[m, start : start + 64]:
                some += 1 if (value >= least) & (value <= most) else 0
            if some > 0:
                found[m] = 1
                break
    return found


@kernel
def alike(table: Vector) -> Index:
    """1 for rows whose numbers are the same in every world, (rows,)."""
    same = np.ones(table.shape[0], np.int64)
    for m in range(table.shape[0]):
        one = table[m, 0]
        for start in range(0, table.shape[1], 64):
            others = 0
            for value in table[m, start : start + 64]:
                others += 1 if value != one else 0
            if others > 0:
                same[m] = 0
                break
    return same


@kernel
def mine_ore(
    sites: Sites, pits: Pits, harms: Harms, rows: Any, month: int, seeds: Seeds, spread: float, calm: Any, market: Any,
    readiness: Vector, under_way: Any, state: Any, totals: Any,
) -> tuple[Vector, ...]:  # fmt: skip
    """Mine a month's ore.

    Args:
        sites, pits, harms: what never changes, and what may strike.
        rows: which mines run, as in `Running`; 1 for mines that have not opened yet in some world, and for mines whose
            nameplate is the same in every world.
        month: months since the start.
        seeds: the worlds' seeds.
        spread: standard deviation of a mine's monthly output.
        calm: True in worlds where output has no luck of its own, (worlds,), or empty if there are none.
        market: price (USD/mtu in each pool, (pools, worlds)); which mines hold floors, and what these pay on top of the
            price, as for `mine_life.advance`; Chinese quota with what passes above it, t W/month, (worlds,).
        readiness: of the middle powers, 0 to 1, (hosts, worlds).
        under_way: months that events and opening shocks still last, and mines struck.
        state: stage, ramp, nameplate, utilisation, output, ore, month of opening, (mines, worlds) each.
        totals: filled with what is mined by region (regions, worlds), what is found (worlds,), and what mines that run
            can bring up under the Chinese quota, and nine tenths of that elsewhere (2, worlds), t W/month.

    Returns:
        utilisation, output, ore left, and month of opening.
    """
    works, produces, unopened, one_size = rows
    price, floored, topped, allowed = market
    struck, shocked, target = under_way
    stage, ramp, nameplate, utilisation, output, ore, opened = state
    by_region, all_found, standing = totals
    mines, worlds = stage.shape
    new_utilisation, mined, left = np.empty_like(stage), np.empty_like(stage), np.empty_like(stage)
    first, is_copy = opened, False
    near, when, nobody = np.empty((8, BLOCK)), np.uint64(month), np.uint64(0)
    deliver, factor, at_work, under = near[0], near[1], near[2], near[3]
    found, chinese, elsewhere, new = near[4], near[5], near[6], near[7]
    for lo in range(0, worlds, BLOCK):
        n = min(BLOCK, worlds - lo)
        hi = lo + n
        speed = pits.speed[lo:hi]
        near[3:7, :n] = 0.0
        by_region[:, lo:hi] = 0.0
        for m in range(mines):
            low, high = sites.cost_low[m], sites.cost_high[m]
            before, moved, taken, lying = utilisation[m, lo:hi], new_utilisation[m, lo:hi], mined[m, lo:hi], ore[m, lo:hi]
            copy(price[sites.pool[m], lo:hi], deliver)
            if floored[m] >= 0:
                add(topped[floored[m], lo:hi], deliver)
            # what a mine would run at follows the market all the same while it stands still
            for k in range(n):
                moved[k] = mining.adjusted(before[k], mining.utilisation_wish(deliver[k], low, high), speed[k])
            if not works[m]:
                taken[:] = 0.0
                copy(lying, left[m, lo:hi])
                continue
            _capacity(
                produces[m] > 0, one_size[m] > 0 and pits.one_ceiling[m] > 0, stage[m, lo:hi], ramp[m, lo:hi],
                pits.ceiling[m, lo:hi], nameplate[m, lo:hi], at_work[:n],
            )  # fmt: skip
            if pits.under_quota[m] > 0.0:
                add(at_work[:n], chinese)
            else:
                for k in range(n):
                    elsewhere[k] += at_work[k] * 0.9
            factor[:n] = 1.0
            if spread > 0.0:
                luck = factor[:n]
                draw(seeds[lo:hi], pits.streams[m], when, nobody, luck)
                to_normal(luck)
                if calm.size > 0:
                    for k in range(n):
                        factor[k] = 0.0 if calm[lo + k] else factor[k]
                for k in range(n):
                    factor[k] = max(1.0 + spread * factor[k], 0.5)
            spoil_output(m, harms, struck, shocked, target, readiness, output[m], lo, factor[:n])
            for k in range(n):
                new[k] = mining.brought_up(at_work[k], moved[k], factor[k], lying[k])
            copy(new[:n], taken)
            if pits.under_quota[m] > 0.0:
                add(taken, under)
        for k in range(n):
            under[k] = min(1.0, allowed[lo + k] / max(under[k], 1e-9))
        for m in range(mines):
            if not works[m]:
                continue
            taken, lying, after = mined[m, lo:hi], ore[m, lo:hi], left[m, lo:hi]
            if pits.under_quota[m] > 0.0:
                for k in range(n):
                    taken[k] = taken[k] * under[k]
            add(taken, by_region[pits.region[m], lo:hi])
            if pits.exploring[m]:
                again = pits.replacement[lo:hi]
                for k in range(n):
                    new[k] = again[k] * taken[k]
                add(new[:n], found)
                for k in range(n):
                    after[k] = max(lying[k] - taken[k], 0.0) + new[k]
            else:
                for k in range(n):
                    after[k] = max(lying[k] - taken[k], 0.0)
            if unopened[m]:
                since, size, some = opened[m, lo:hi], nameplate[m, lo:hi], 0
                for k in range(n):
                    some |= 1 if (since[k] < 0.0) & (taken[k] > 0.1 * size[k]) else 0
                if some > 0:
                    if not is_copy:
                        first, is_copy = opened.copy(), True
                    for k in range(n):
                        first[m, lo + k] = month if (since[k] < 0.0) & (taken[k] > 0.1 * size[k]) else since[k]
        copy(found[:n], all_found[lo:hi])
        copy(chinese[:n], standing[0, lo:hi])
        copy(elsewhere[:n], standing[1, lo:hi])
    return new_utilisation, mined, left, first


@kernel
def _capacity(
    produces: bool, is_one: bool, stage: Vector, ramp: Vector, ceiling: Vector, nameplate: Vector, at_work: Vector
) -> None:
    """What a mine can bring up in some worlds, t W/month; only what differs from world to world is read."""
    if is_one:
        at_work[:] = nameplate[0] * ceiling[0]
    else:
        for k in range(at_work.size):
            at_work[k] = nameplate[k] * ceiling[k]
    if not produces:
        for k in range(at_work.size):
            at_work[k] = mining.capacity_at_work(stage[k], ramp[k], 1.0, at_work[k])
