"""Kernels of events: which begin in a month, and what those under way take from output and from building works."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.bare import bare_inline
from sim.compiled import inline, kernel
from sim.lanes import everywhere, somewhere, take, where
from sim.luck import Seeds, draw, uniform_of
from sim.network import Index, Vector

PLAIN, WINTER, POWER_CUT, ACCIDENT, ACCIDENT_ANYWHERE = 0, 1, 2, 3, 4


class Harms(NamedTuple):
    """What may strike each mine: entries `start[m]` to `start[m + 1]`, in the order in which they take effect."""

    start: Index
    which: Index
    """Row among the events and, after them, the opening shocks."""
    kind: Index
    host: Index
    """Row of the middle power whose readiness softens it, -1 if none does."""
    lost: Vector
    """Share of output lost."""
    building: Vector
    """Share of a month's building lost, before readiness."""
    capacity: Vector
    """t W/year, by mine."""


@inline
def harm_left(readiness: float) -> float:
    """Share of the harm of winters and power cuts that a country's readiness (0 to 1) leaves."""
    return 1.3 - 0.8 * readiness


@inline
def after_accident(loss: float, mined: float, capacity: float) -> float:
    """Factor on output after an accident, which shuts one mine: a block of many small ones loses one of them.

    Args:
        loss: share of that mine's output lost.
        mined: the block's output, t W/month.
        capacity: the block's, t W/year.
    """
    size = max(max(12.0 * mined, capacity), 1.0)
    return 1.0 - loss * min(1.0, 2000.0 / size)


@kernel
def strike(
    seeds: Seeds, month: int, branch: int, streams: Seeds, accidents: Seeds, mines: int, chance: Vector,
    exposed: Index, exposure: Vector, duration: Vector, left: Vector, target: Vector,
) -> tuple[Vector, Vector, Vector, Index]:  # fmt: skip
    """Draw a month's events.

    Args:
        seeds: the worlds' seeds.
        month, branch: of the luck drawn.
        streams, accidents: luck of each event, and of the mine that it strikes.
        mines: how many there are.
        chance: of each event in this month, (events,).
        exposed: 1 for events whose chance relations change, (events,).
        exposure: factor on their chance, (worlds,).
        duration: months, (events,).
        left: months that each event still lasts, (events, worlds).
        target: mine struck, (events, worlds).

    Returns:
        1 where an event begins, months left and mines struck, (events, worlds) each; worlds in which each begins,
        (events,).
    """
    events, worlds = left.shape
    begun = np.zeros(events, np.int64)
    when, branched = np.uint64(month), np.uint64(branch)
    struck, still = np.empty((events, worlds)), np.empty((events, worlds))
    drawn, where = np.empty(worlds), np.empty(worlds, np.int64)
    aimed, is_copy = target, False
    for e in range(events):
        before, after, begins = left[e], still[e], struck[e]
        if chance[e] <= 0.0:
            for k in range(worlds):
                begins[k] = 0.0
                after[k] = max(before[k] - 1.0, 0.0)
            continue
        likely = chance[e]
        draw(seeds, streams[e], when, branched, drawn)
        if exposed[e]:
            for k in range(worlds):
                begins[k] = 1.0 if (drawn[k] < likely * exposure[k]) & (before[k] <= 0.0) else 0.0
        else:
            for k in range(worlds):
                begins[k] = 1.0 if (drawn[k] < likely) & (before[k] <= 0.0) else 0.0
        for k in range(worlds):
            after[k] = duration[e] if begins[k] > 0.0 else max(before[k] - 1.0, 0.0)
        some = 0
        for k in range(worlds):
            where[some] = k
            some += 1 if begins[k] > 0.0 else 0
        begun[e] = some
        if some > 0 and not is_copy:
            aimed, is_copy = target.copy(), True
        for k in where[:some]:
            aimed[e, k] = np.floor(uniform_of(seeds[k], accidents[e], when, branched) * mines)
    return struck, still, aimed, begun


@bare_inline
def spoiled(
    mine: int, harms: Harms, left: Vector, shock_left: Vector, target: Vector, readiness: Vector, mined: Vector, first: int,
    here: Any, factor: Any,
) -> Any:  # fmt: skip
    """Factor on this month's output of a mine once what is under way strikes it, by lane.

    Args:
        mine: its row.
        harms: what may strike.
        left, shock_left: months that events and opening shocks still last, (rows, worlds).
        target: mine struck by each event, (events, worlds).
        readiness: of the middle powers, 0 to 1, (hosts, worlds).
        mined: last month's output, t W, (mines, worlds).
        first: the world in the first lane.
        here: lanes that hold a world.
        factor: on this month's output otherwise.
    """
    events = left.shape[0]
    for i in range(harms.start[mine], harms.start[mine + 1]):
        row, kind, lost, host = harms.which[i], harms.kind[i], harms.lost[i], harms.host[i]
        if row < events:
            hit = take(left[row], first, here) > 0.0
        else:
            hit = take(shock_left[row - events], first, here) > 0.0
        if kind == ACCIDENT_ANYWHERE:
            hit = hit & (take(target[row], first, here) == mine)
        if somewhere(hit):
            share = everywhere(1.0 - lost)
            if kind == ACCIDENT_ANYWHERE or kind == ACCIDENT:
                share = after_accident(lost, take(mined[mine], first, here), harms.capacity[mine])
            elif host >= 0 and kind != PLAIN:
                share = 1.0 - lost * harm_left(take(readiness[host], first, here))
            factor = where(hit, factor * share, factor)
    return factor


@bare_inline
def building_pace(
    mine: int, harms: Harms, left: Vector, shock_left: Vector, readiness: Vector, first: int, here: Any
) -> Any:
    """Share of a month's planned building that winters and power cuts leave at a mine, by lane, from a world on.

    Arguments as for `spoiled`.
    """
    events, pace = left.shape[0], everywhere(1.0)
    for i in range(harms.start[mine], harms.start[mine + 1]):
        row, kind, slowed, host = harms.which[i], harms.kind[i], harms.building[i], harms.host[i]
        if slowed > 0.0 and (kind == WINTER or kind == POWER_CUT):
            if row < events:
                lasting = take(left[row], first, here) > 0.0
            else:
                lasting = take(shock_left[row - events], first, here) > 0.0
            if somewhere(lasting):
                part = 0.5 if kind == POWER_CUT else 1.0
                harm = everywhere(part)
                if host >= 0:
                    harm = part * harm_left(take(readiness[host], first, here))
                pace = where(lasting, pace * (1.0 - slowed * harm), pace)
    return pace
