"""Use of tungsten: what each region and segment wants in a month, and how much of it must be safe."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled import inline, kernel


@inline
def next_cycle(cycle: float, draw: float, common: float, persistence: float, noise: float, shared: float) -> float:
    """Business cycle of a region's use one month on, factor.

    Args:
        cycle: the month before.
        draw, common: standard normal numbers, the region's and the world's.
        persistence: share of the deviation that is left after a month.
        noise, shared: standard deviations of what either adds in a month.
    """
    return 1.0 + persistence * (cycle - 1.0) + noise * draw + shared * common


@inline
def use_now(trend: float, saved: float, cycle: float, shock: float) -> float:
    """What users want this month, t W: trend use less what thrift has saved, with the cycle and shocks."""
    return trend * (1.0 - saved) * cycle * shock


@inline
def civil_share(eligible: float, wish: float, flexible: float) -> float:
    """Share of civilian use that is wanted from safe origins; flexible users want none.

    Args:
        eligible: share of it at the start.
        wish: the bloc's wish over that of the start.
        flexible: 1 for users that take any goods.
    """
    return min(eligible * wish, 0.9) * (1.0 - flexible)


@kernel
def want(uses: Any, places: Any, blocs: Any, cycle_law: Any, harms: Any, state: Any, decided: Any, out: Any) -> None:
    """What users want this month, and what of it must be safe.

    Args:
        uses: trend use (t W/month), eligible share, 1 for defence, 1 for flexible users, 1 where a pool of safe
            goods is there, (uses,) each.
        places: region, bloc, user group of any goods and of safe goods of each use, and 1 - price / choke of each
            user group at the start.
        blocs: safe share of civilian use at the start, (blocs,).
        cycle_law: persistence of the business cycle, noise of each region and of all together, (worlds,) each, and
            whether it moves.
        harms: first of each use in the list that follows (uses + 1,), and this list: rows of events, opening shocks
            after them, that change it, and share of use left while they last.
        state: cycle (regions, worlds), its draws, those of the world (worlds,), saved share (uses, worlds), and months
            that each event and each opening shock still lasts, (rows, worlds).
        decided: share of civilian and of defence use wanted safe, (blocs, worlds) each.
        out: cycle (regions, worlds), wanted (uses, worlds), demand at a price of zero (users, worlds), safe
            civilian use by bloc and by region, use by region.
    """
    trend, eligible, is_defence, flexible, has_pool = uses
    region, bloc, user_any, user_safe, margin = places
    persistence, noise, shared, moves = cycle_law
    cycle, draw, common, saved, events, openings = state
    secure, defence = decided
    cycle_out, wanted, demand, safe_of_bloc, safe_of_region, use_of_region = out
    worlds = saved.shape[1]
    sheltered, wish = np.zeros((margin.size, worlds)), np.empty((blocs.size, worlds))
    first, which, left = harms
    safe, shock = np.empty(worlds), np.empty(worlds)
    for r in range(cycle.shape[0]):
        for k in range(worlds):
            if moves:
                cycle_out[r, k] = next_cycle(cycle[r, k], draw[r, k], common[k], persistence[k], noise[k], shared[k])
            else:
                cycle_out[r, k] = cycle[r, k]
            safe_of_region[r, k] = 0.0
            use_of_region[r, k] = 0.0
    for b in range(blocs.size):
        for k in range(worlds):
            wish[b, k] = secure[b, k] / max(blocs[b], 1e-9)
            safe_of_bloc[b, k] = 0.0
    for u in range(margin.size):
        for k in range(worlds):
            demand[u, k] = 0.0
    for d in range(trend.size):
        r, b, u, v = region[d], bloc[d], user_any[d], user_safe[d]
        for k in range(worlds):
            shock[k] = 1.0
        for each in range(first[d], first[d + 1]):
            e = which[each]
            lasting, row = (events, e) if e < events.shape[0] else (openings, e - events.shape[0])
            for k in range(worlds):
                shock[k] = shock[k] * (left[each] if lasting[row, k] != 0.0 else 1.0)
        for k in range(worlds):
            wanted[d, k] = use_now(trend[d], saved[d, k], cycle_out[r, k], shock[k])
            use_of_region[r, k] += wanted[d, k]
        if is_defence[d] > 0.0:
            for k in range(worlds):
                safe[k] = wanted[d, k] * max(eligible[d], defence[b, k]) * has_pool[d]
        else:
            for k in range(worlds):
                safe[k] = wanted[d, k] * civil_share(eligible[d], wish[b, k], flexible[d]) * has_pool[d]
                safe_of_bloc[b, k] += safe[k]
                safe_of_region[r, k] += safe[k]
        for k in range(worlds):
            demand[u, k] += wanted[d, k] - safe[k]
            sheltered[v, k] += safe[k]
    for u in range(margin.size):
        for k in range(worlds):
            demand[u, k] = (demand[u, k] + sheltered[u, k]) / margin[u]
