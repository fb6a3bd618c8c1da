"""Use of tungsten: what each region and segment wants in a month, and how much of it must be safe."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.blocks import BLOCK, add, copy
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
    first, which, left = harms
    sheltered, wish = np.empty((margin.size, BLOCK)), np.empty((blocs.size, BLOCK))
    safe, shock, rest = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    for lo in range(0, worlds, BLOCK):
        hi = min(lo + BLOCK, worlds)
        n = hi - lo
        for r in range(cycle.shape[0]):
            before, now, own, shared_draw = cycle[r, lo:hi], cycle_out[r, lo:hi], draw[r, lo:hi], common[lo:hi]
            if moves:
                keeps, alone, together = persistence[lo:hi], noise[lo:hi], shared[lo:hi]
                for k in range(n):
                    rest[k] = next_cycle(before[k], own[k], shared_draw[k], keeps[k], alone[k], together[k])
                copy(rest[:n], now)
            else:
                copy(before, now)
        for table in (safe_of_bloc, safe_of_region, use_of_region, demand):
            table[:, lo:hi] = 0.0
        sheltered[:] = 0.0
        for b in range(blocs.size):
            wished, at_start = secure[b, lo:hi], max(blocs[b], 1e-9)
            for k in range(n):
                wish[b, k] = wished[k] / at_start
        for d in range(trend.size):
            r, b = region[d], bloc[d]
            usual, share, loose, here = trend[d], eligible[d], flexible[d], has_pool[d]
            shock[:] = 1.0
            for each in range(first[d], first[d + 1]):
                e = which[each]
                lasting = events[e, lo:hi] if e < events.shape[0] else openings[e - events.shape[0], lo:hi]
                kept = left[each]
                for k in range(n):
                    shock[k] = shock[k] * (kept if lasting[k] != 0.0 else 1.0)
            wants, spared, turn = wanted[d, lo:hi], saved[d, lo:hi], cycle_out[r, lo:hi]
            for k in range(n):
                wants[k] = use_now(usual, spared[k], turn[k], shock[k])
            add(wants, use_of_region[r, lo:hi])
            if is_defence[d] > 0.0:
                banned = defence[b, lo:hi]
                for k in range(n):
                    safe[k] = wants[k] * max(share, banned[k]) * here
            else:
                for k in range(n):
                    safe[k] = wants[k] * civil_share(share, wish[b, k], loose) * here
                add(safe[:n], safe_of_bloc[b, lo:hi])
                add(safe[:n], safe_of_region[r, lo:hi])
            for k in range(n):
                rest[k] = wants[k] - safe[k]
            add(rest[:n], demand[user_any[d], lo:hi])
            add(safe, sheltered[user_safe[d]])
        for u in range(margin.size):
            asked, left_over = demand[u, lo:hi], margin[u]
            for k in range(n):
                asked[k] = (asked[k] + sheltered[u, k]) / left_over
