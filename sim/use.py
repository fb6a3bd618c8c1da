"""Use of tungsten: what each region and segment wants in a month, and how much of it must be safe."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import luck
from sim.blocks import NEAR, add, copy
from sim.compiled import inline, kernel
from sim.decided import BAN, MILITARY, NOBODY, SECURE


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


@inline
def alarm(approved: float, weight: float, at_start: float) -> float:
    """Share of defence use that users want safe since China refuses military users, 0 to 1.

    Args:
        approved: share of military requests that China approves.
        weight: weight of military users in the trade under licence.
        at_start: the share refused at the start, to which users are used.
    """
    return 0.5 * max(max(1.0 - approved, 0.0) * weight - at_start, 0.0)


# Rows of the table in which `want` works on one use after another.
SAFE, SHOCK, REST, COMMON, DRAWN, ALARM, WANTS, ALL = range(8)


@kernel
def want(users: Any, levers: Any, lo: Any, hi: Any, wishes: Any) -> None:
    """What users want this month in worlds `lo` to `hi`, and what of it must be safe.

    Args:
        users: seven groups of
            uses: use at the start (t W/month), its growth a month, eligible share, 1 for defence, 1 for flexible
                users, 1 where a pool of safe goods is there, (uses,) each;
            places: region, bloc, user group of any goods and of safe goods of each use, and 1 - price / choke of each
                user group at the start;
            blocs: safe share of civilian use at the start, and row of each bloc's seat (NOBODY: none); the American
                seat; weight of military users, and share of them refused at the start;
            chance: persistence of the business cycle, noise of each region and of all together, (worlds,) each;
                streams of the regions' luck and of the world's; seeds, month, worlds without such luck, and whether
                the cycle moves at all;
            harms: first of each use in the list that follows (uses + 1,), and this list: rows of events, opening
                shocks after them, that change it, and share of use left while they last;
            state: cycle (regions, worlds), saved share (uses, worlds), share of civilian use that each bloc has
                learned to want safe, and months that each event and each opening shock still lasts, (rows, worlds);
            out: cycle (regions, worlds), wanted by all together (1, worlds), safe civilian use by bloc.
        levers: see sim.decided, (levers, these worlds).
        wishes: filled in these worlds: demand at a price of zero (users, worlds), safe civilian use by region, and use
            by region.
    """
    uses, places, blocs, chance, harms, state, out = users
    usual, growth, eligible, is_defence, flexible, has_pool = uses
    region, bloc, user_any, user_safe, margin = places
    secure_at_start, seat, american, weight, refused = blocs
    first, which, left = harms
    _, _, _, _, _, _, month, _, _ = chance
    _, saved, learned, events, openings = state
    cycle_out, wanted, safe_of_bloc = out
    demand, safe_of_region, use_of_region = wishes
    n = hi - lo
    sheltered, near = np.empty((margin.size, NEAR)), np.empty((ALL + 1, NEAR))
    wish, guarded = np.empty((seat.size, NEAR)), np.empty((seat.size, NEAR))
    safe, shock, rest, wants = near[SAFE, :n], near[SHOCK, :n], near[REST, :n], near[WANTS, :n]
    _turn(chance, state, lo, hi, near, cycle_out)
    near[ALL, :n] = 0.0
    demand[:] = 0.0
    safe_of_region[:] = 0.0
    use_of_region[:] = 0.0
    safe_of_bloc[:, lo:hi] = 0.0
    sheltered[:, :n] = 0.0
    approved = levers[MILITARY]
    for k in range(n):
        near[ALARM, k] = alarm(approved[k], weight, refused)
    for b in range(seat.size):
        at_start, s = max(secure_at_start[b], 1e-9), seat[b]
        wished = learned[b, lo:hi] if s == NOBODY else levers[SECURE + s]
        for k in range(n):
            wish[b, k] = wished[k] / at_start
        guarded[b, :n] = 0.0
        if s == american:
            banned = levers[BAN]
            for k in range(n):
                guarded[b, k] = max(banned[k], near[ALARM, k])
        elif s != NOBODY:
            copy(near[ALARM, :n], guarded[b])
    for d in range(usual.size):
        r, b = region[d], bloc[d]
        trend = usual[d] * (1.0 + growth[d] * month)
        share, loose, here = eligible[d], flexible[d], has_pool[d]
        shock[:] = 1.0
        for each in range(first[d], first[d + 1]):
            e = which[each]
            lasting = events[e, lo:hi] if e < events.shape[0] else openings[e - events.shape[0], lo:hi]
            kept = left[each]
            for k in range(n):
                shock[k] = shock[k] * (kept if lasting[k] != 0.0 else 1.0)
        spared, turn = saved[d, lo:hi], cycle_out[r, lo:hi]
        for k in range(n):
            wants[k] = use_now(trend, spared[k], turn[k], shock[k])
        add(wants, near[ALL])
        add(wants, use_of_region[r])
        if is_defence[d] > 0.0:
            for k in range(n):
                safe[k] = wants[k] * max(share, guarded[b, k]) * here
        else:
            for k in range(n):
                safe[k] = wants[k] * civil_share(share, wish[b, k], loose) * here
            add(safe, safe_of_bloc[b, lo:hi])
            add(safe, safe_of_region[r])
        for k in range(n):
            rest[k] = wants[k] - safe[k]
        add(rest, demand[user_any[d]])
        add(safe, sheltered[user_safe[d]])
    copy(near[ALL, :n], wanted[0, lo:hi])
    for u in range(margin.size):
        asked, left_over = demand[u], margin[u]
        for k in range(n):
            asked[k] = (asked[k] + sheltered[u, k]) / left_over


@inline
def _turn(chance: Any, state: Any, lo: Any, hi: Any, near: Any, cycle_out: Any) -> None:
    """The business cycle of each region, in some worlds, turns by a month."""
    persistence, noise, shared, regions, world, seeds, month, is_calm, moves = chance
    cycle = state[0]
    if not moves:
        for r in range(cycle.shape[0]):
            copy(cycle[r, lo:hi], cycle_out[r, lo:hi])
        return
    n = hi - lo
    keys, calm, common, drawn = seeds[lo:hi], is_calm[lo:hi], near[COMMON, :n], near[DRAWN, :n]
    luck.draw_normal(keys, world, month, common)
    for k in range(n):
        common[k] = 0.0 if calm[k] else common[k]
    keeps, alone, together = persistence[lo:hi], noise[lo:hi], shared[lo:hi]
    for r in range(cycle.shape[0]):
        before, now = cycle[r, lo:hi], cycle_out[r, lo:hi]
        luck.draw_normal(keys, regions[r], month, drawn)
        for k in range(n):
            drawn[k] = 0.0 if calm[k] else drawn[k]
        for k in range(n):
            drawn[k] = next_cycle(before[k], drawn[k], common[k], keeps[k], alone[k], together[k])
        copy(drawn, now)
