"""Kernels of events: which begin in a month, and what those under way take from output and from building works."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.compiled import inline, kernel
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


@kernel
def spoil_output(
    mine: int, harms: Harms, left: Vector, shock_left: Vector, target: Vector, readiness: Vector, mined: Vector,
    first: int, factor: Vector,
) -> None:  # fmt: skip
    """Let what is under way strike a mine's output, in some worlds, in place.

    Args:
        mine: its row.
        harms: what may strike.
        left, shock_left: months that events and opening shocks still last, (rows, all worlds).
        target: mine struck by each event, (events, all worlds).
        readiness: of the middle powers, 0 to 1, (hosts, all worlds).
        mined: last month's output, t W, (all worlds,).
        first: the first of these worlds.
        factor: on this month's output, (these worlds,).
    """
    events, end = left.shape[0], first + factor.size
    before = mined[first:end]
    for i in range(harms.start[mine], harms.start[mine + 1]):
        row, kind, lost, host = harms.which[i], harms.kind[i], harms.lost[i], harms.host[i]
        lasting = left[row, first:end] if row < events else shock_left[row - events, first:end]
        if kind == ACCIDENT_ANYWHERE:
            hit = target[row, first:end]
            for k in range(factor.size):
                if lasting[k] > 0.0 and hit[k] == mine:
                    factor[k] = factor[k] * after_accident(lost, before[k], harms.capacity[mine])
        elif kind == ACCIDENT:
            for k in range(factor.size):
                if lasting[k] > 0.0:
                    factor[k] = factor[k] * after_accident(lost, before[k], harms.capacity[mine])
        elif host >= 0 and kind != PLAIN:
            ready = readiness[host, first:end]
            for k in range(factor.size):
                factor[k] = factor[k] * (1.0 - lost * harm_left(ready[k])) if lasting[k] > 0.0 else factor[k]
        else:
            for k in range(factor.size):
                factor[k] = factor[k] * (1.0 - lost) if lasting[k] > 0.0 else factor[k]


@kernel
def slow_building(
    mine: int, harms: Harms, left: Vector, shock_left: Vector, readiness: Vector, pace: Vector
) -> None:
    """Let winters and power cuts slow a mine's building works, (worlds,), in place.

    Arguments as for `spoil_output`; pace: share of a month's planned building done.
    """
    events, worlds = left.shape
    for i in range(harms.start[mine], harms.start[mine + 1]):
        row, kind, slowed, host = harms.which[i], harms.kind[i], harms.building[i], harms.host[i]
        if slowed <= 0.0 or (kind != WINTER and kind != POWER_CUT):
            continue
        lasting = left[row] if row < events else shock_left[row - events]
        part = 0.5 if kind == POWER_CUT else 1.0
        for k in range(worlds):
            harm = part * (harm_left(readiness[host, k]) if host >= 0 else 1.0)
            pace[k] = pace[k] * (1.0 - slowed * harm) if lasting[k] > 0.0 else pace[k]
