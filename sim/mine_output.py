"""Kernels that apply the rules of mining to a month's ore, all mines in one pass."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim import mining
from sim.bare import bare
from sim.blocks import BLOCK, copy
from sim.compiled import kernel
from sim.hazards import Harms, spoiled
from sim.lanes import LANES, everywhere, give, somewhere, take, where, within
from sim.luck import Seeds, draw, to_normal
from sim.network import Index, Vector


class Pits(NamedTuple):
    """How the mines are run; one number for each, and behaviour."""

    pool: Index
    """Place of the pool that each mine delivers to, among those that mines deliver to."""
    cost_low: Vector
    cost_high: Vector
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


@bare
def mine_ore(
    pits: Pits, harms: Harms, rows: Any, month: int, seeds: Seeds, spread: float, calm: Vector, market: Any,
    readiness: Vector, under_way: Any, state: Any, given: Any, totals: Any, near: Vector,
) -> None:  # fmt: skip
    """Mine a month's ore, in place.

    Args:
        pits, harms: what never changes, and what may strike.
        rows: which mines run, as in `Running`; 1 for mines that have not opened yet in some world, for mines whose
            nameplate is the same in every world, and for those that mined anything last month.
        month: months since the start.
        seeds: the worlds' seeds.
        spread: standard deviation of a mine's monthly output.
        calm: 1 in worlds where output has no luck of its own, (worlds,), or empty if there are none.
        market: price (USD/mtu in each pool, (pools, worlds)); which mines hold floors, and what these pay on top of the
            price, as for `mine_life.advance`; Chinese quota with what passes above it, t W/month, (worlds,).
        readiness: of the middle powers, 0 to 1, (hosts, worlds).
        under_way: months that events and opening shocks still last, and mines struck.
        state: utilisation, output, ore, month of opening, (mines, worlds) each; the month leaves them as they are after it.
        given: stage, ramp, nameplate, (mines, worlds) each.
        totals: filled with what is mined by region (regions, worlds), what is found (worlds,), and what mines that run
            can bring up under the Chinese quota, and nine tenths of that elsewhere (2, worlds), t W/month; and with 1 for
            mines that have not opened yet in some world after the month.
        near: working memory, (5, BLOCK).
    """
    works, produces, unopened, one_size, mined = rows
    price, floored, topped, allowed = market
    struck, shocked, target = under_way
    stage, ramp, nameplate = given
    utilisation, output, ore, opened = state
    by_region, all_found, standing, still_closed = totals
    mines, worlds = output.shape
    when, nobody = np.uint64(month), np.uint64(0)
    luck, under, found, chinese, elsewhere = near[0], near[1], near[2], near[3], near[4]
    for m in range(mines):
        still_closed[m] = 0 if works[m] else unopened[m]
        if mined[m] and not works[m]:
            output[m] = 0.0
    for lo in range(0, worlds, BLOCK):
        n = min(BLOCK, worlds - lo)
        near[1:, :n] = 0.0
        by_region[:, lo : lo + n] = 0.0
        for is_last in range(2):
            # what is under the quota comes first: its sum says what all others of them may bring up
            for m in range(mines):
                limited = pits.under_quota[m] > 0.0
                if is_last or limited:
                    if works[m] and spread > 0.0 and limited != (is_last > 0):
                        draw(seeds[lo : lo + n], pits.streams[m], when, nobody, luck[:n])
                        to_normal(luck[:n])
                    for k in range(0, n, LANES):
                        here, at = within(k, n), lo + k
                        if limited and is_last:
                            if works[m]:
                                taken = take(output[m], at, here) * take(under, k, here)
                                give(output[m], at, here, taken)
                        else:
                            deliver, before = take(price[pits.pool[m]], at, here), take(utilisation[m], at, here)
                            if floored[m] >= 0:
                                deliver = deliver + take(topped[floored[m]], at, here)
                            # what a mine would run at follows the market all the same while it stands still
                            wish = mining.utilisation_wish(deliver, pits.cost_low[m], pits.cost_high[m])
                            moved = mining.adjusted(before, wish, take(pits.speed, at, here))
                            if somewhere(~(moved == before)):
                                give(utilisation[m], at, here, moved)
                            if works[m]:
                                if one_size[m] and pits.one_ceiling[m]:
                                    can = everywhere(nameplate[m, 0] * pits.ceiling[m, 0])
                                else:
                                    can = take(nameplate[m], at, here) * take(pits.ceiling[m], at, here)
                                if not produces[m]:
                                    now = take(stage[m], at, here)
                                    can = mining.capacity_at_work(now, take(ramp[m], at, here), 1.0, can)
                                if limited:
                                    give(chinese, k, here, take(chinese, k, here) + can)
                                else:
                                    give(elsewhere, k, here, take(elsewhere, k, here) + can * 0.9)
                                factor = everywhere(1.0)
                                if spread > 0.0:
                                    drawn = take(luck, k, here)
                                    if calm.size > 0:
                                        drawn = where(take(calm, at, here) > 0.0, 0.0, drawn)
                                    factor = max(1.0 + spread * drawn, 0.5)
                                factor = spoiled(
                                    m, harms, struck, shocked, target, readiness, output, at, here, factor
                                )
                                taken = mining.brought_up(can, moved, factor, take(ore[m], at, here))
                                give(output[m], at, here, taken)
                                if limited:
                                    give(under, k, here, take(under, k, here) + taken)
                        if works[m] and is_last:
                            taken = take(output[m], at, here)
                            region = by_region[pits.region[m]]
                            give(region, at, here, take(region, at, here) + taken)
                            left = max(take(ore[m], at, here) - taken, 0.0)
                            if pits.exploring[m]:
                                new = take(pits.replacement, at, here) * taken
                                give(found, k, here, take(found, k, here) + new)
                                left = left + new
                            give(ore[m], at, here, left)
                            if unopened[m]:
                                closed = here & (take(opened[m], at, here) < 0.0)
                                opens = closed & (taken > 0.1 * take(nameplate[m], at, here))
                                if somewhere(opens):
                                    give(opened[m], at, opens, everywhere(month))
                                if somewhere(closed & ~opens):
                                    still_closed[m] = 1
            if not is_last:
                for k in range(n):
                    under[k] = min(1.0, allowed[lo + k] / max(under[k], 1e-9))
        copy(found[:n], all_found[lo : lo + n])
        copy(chinese[:n], standing[0, lo : lo + n])
        copy(elsewhere[:n], standing[1, lo : lo + n])

