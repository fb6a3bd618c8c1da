"""Kernels of events: which begin in a month, and what those under way take from output and from building works."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.bare import bare, bare_inline
from sim.compiled import inline
from sim.lanes import LANES, everywhere, give, give_to, somewhere, take, take_from, where, within
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


@inline
def border_exposure(trust: float) -> float:
    """Factor on the chance that a border is closed, by trust between its two sides, -1 to 1."""
    return 1.0 + 5.0 * max(0.2 - trust, 0.0)


@bare
def strike(
    seeds: Seeds, month: int, branch: int, streams: Seeds, accidents: Seeds, mines: int, chance: Vector,
    exposed: Index, trust: Vector, duration: Vector, left: Vector, target: Vector, told: Any, drawn: Vector,
) -> None:  # fmt: skip
    """Draw a month's events.

    Args:
        seeds: the worlds' seeds.
        month, branch: of the luck drawn.
        streams, accidents: luck of each event, and of the mine that it strikes.
        mines: how many there are.
        chance: of each event in this month, (events,).
        exposed: 1 for events whose chance trust changes, (events,).
        trust: between the two sides of their border, -1 to 1, (worlds,).
        duration: months, (events,).
        left: months that each event still lasts, (events, worlds), in place.
        target: mine struck by each event, (events, worlds), changed where one begins.
        told: whether an event begins, (events, worlds), and 1 for events that begin in any world, (events,), to be filled.
        drawn: working memory, (worlds,).
    """
    struck, begun = told
    events, worlds = left.shape
    when, branched = np.uint64(month), np.uint64(branch)
    for e in range(events):
        may, begun[e] = chance[e] > 0.0, 0
        if may:
            draw(seeds, streams[e], when, branched, drawn)
        for w in range(worlds):
            struck[e, w] = False
        for k in range(0, worlds, LANES):
            here = within(k, worlds)
            before = take_from(left, e, k, here)
            lasts, after = before > 0.0, max(before - 1.0, 0.0)
            if somewhere(lasts):
                give_to(left, e, k, here, after)
            if not may:
                continue
            likely = everywhere(chance[e])
            if exposed[e]:
                likely = likely * border_exposure(take(trust, k, here))
            comes = here & (take(drawn, k, here) < likely) & ~lasts
            if somewhere(comes):
                begun[e] = 1
                give_to(left, e, k, here, where(comes, duration[e], after))
                give(drawn, k, here, where(comes, 1.0, 0.0))
                for w in range(k, min(k + LANES, worlds)):
                    if drawn[w] > 0.0:
                        struck[e, w] = True
                        target[e, w] = np.floor(uniform_of(seeds[w], accidents[e], when, branched) * mines)


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
