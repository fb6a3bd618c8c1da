"""Newton's method on the dual of the month's market, on tables of LANES worlds at once.

Worlds side by side take whole steps together until all of them are solved: that costs their worst number of steps,
but they are read and written in stretches. A searched step costs more: there a lane whose world is solved takes the
next one. No lane reads another: a world's bits do not depend on its neighbours, nor on the width of its block.

Two things keep Newton's steps from cycling at the kinks of the arcs. An arc that a step has taken from shut to full,
or back, answers the next steps by its mean answer over that jump, a quarter as strong after each step. Worlds that
PATIENCE whole steps leave unsolved are gathered, and take a length only where the dual falls and is nearly flat along
the step.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import inline, kernel
from sim.dual import advance, evaluate, factorise, lengths
from sim.lanes import LANES, bring, everywhere, fetch, get, larger, put, size_of, somewhere, where
from sim.network import SCARCITY_PRICE

MOST_STEPS = 200
PATIENCE = 6
"""Whole steps taken before a step ends where the dual stops falling; most worlds are done by then."""
TOLERANCE = 1e-6
"""Largest imbalance of a pool accepted, as a share of (1 t W + its stock)."""
LOADED = 64
"""Worlds read at once, so that each row is read in stretches."""


@inline
def _stock_at(per_cube, s):  # type: ignore[no-untyped-def]
    """Cube root of 1 / per_cube from a smaller guess, by Halley's method."""
    while s * s * s * per_cube < 1.0 / 64.0:
        s *= 4.0
    for _ in range(5):
        z = s * s * s * per_cube
        s = s * (z + 2.0) / (2.0 * z + 1.0)
    return s


@kernel
def _begin(first, inputs, members, tile, active):  # type: ignore[no-untyped-def]
    """Fill the lanes with worlds from one on, at prices that hold the first guess; no price begins in scarcity."""
    available, stiffness, start, demand, cost, capacity = inputs
    have, root, price, inverse, _, _, q, c, most, _, chord, _ = tile
    user, arc = members
    for i in range(have.shape[0]):
        fetch(available, i, first, have, i)
        fetch(start, i, first, root, i)
        fetch(stiffness, i, first, inverse, i)
        s = larger(get(root, i), 1e-12)
        p = get(inverse, i) / (s * s * s)
        put(root, i, s)
        put(price, i, p)
        if somewhere(p > SCARCITY_PRICE):
            for w in range(LANES):
                if price[i, w] > SCARCITY_PRICE:
                    price[i, w] = SCARCITY_PRICE
                    root[i, w] = _stock_at(SCARCITY_PRICE / inverse[i, w], root[i, w])
        put(inverse, i, 1.0 / get(price, i))
    for d in range(user.shape[0]):
        fetch(demand, user[d], first, q, d)
    for a in range(arc.shape[0]):
        fetch(cost, arc[a], first, c, a)
        fetch(capacity, arc[a], first, most, a)
        if active[a] > 0:
            put(chord, a, 0.0)
            active[a] = 0


@kernel
def _read(chosen, tables, members, waiting):  # type: ignore[no-untyped-def]
    """Lay out the numbers of chosen worlds world by world."""
    by_pool, demand, by_arc = tables
    user, arc = members
    place = 0
    for table in by_pool:
        for i in range(table.shape[0]):
            row = table[i]
            for w in range(chosen.shape[0]):
                waiting[w, place] = row[chosen[w]]
            place += 1
    for d in range(user.shape[0]):
        row = demand[user[d]]
        for w in range(chosen.shape[0]):
            waiting[w, place] = row[chosen[w]]
        place += 1
    for table in by_arc:
        for a in range(arc.shape[0]):
            row = table[arc[a]]
            for w in range(chosen.shape[0]):
                waiting[w, place] = row[chosen[w]]
            place += 1


@kernel
def _load(count, lanes, places, waiting, tile, active):  # type: ignore[no-untyped-def]
    """Put the numbers of some worlds into lanes, row by row."""
    have, root, price, inverse, _, _, q, c, most, _, chord, _ = tile
    pools, users, arcs = have.shape[0], q.shape[0], c.shape[0]
    for i in range(pools):
        for n in range(count):
            w, from_ = lanes[n], waiting[places[n]]
            have[i, w] = from_[i]
            root[i, w] = from_[pools + i]
            price[i, w] = from_[2 * pools + i]
            inverse[i, w] = 1.0 / from_[2 * pools + i]
    at = 3 * pools
    for d in range(users):
        for n in range(count):
            q[d, lanes[n]] = waiting[places[n], at + d]
    at += users
    for a in range(arcs):
        for n in range(count):
            c[a, lanes[n]] = waiting[places[n], at + a]
            most[a, lanes[n]] = waiting[places[n], at + arcs + a]
        if active[a] > 0:
            for n in range(count):
                chord[a, lanes[n]] = 0.0


@inline
def _unsolved(tile, excess):  # type: ignore[no-untyped-def]
    """1 for lanes in which a pool is out of balance, 0 for those whose every pool balances."""
    worst, stock = everywhere(-1.0), tile[5]
    for i in range(excess.shape[0]):
        worst = larger(worst, size_of(get(excess, i)) - TOLERANCE * (1.0 + get(stock, i)))
    return where(worst <= 0.0, 0.0, everywhere(1.0))


@kernel
def _step(first, inputs, users, arcs, shape, members, space, outputs, stopped):  # type: ignore[no-untyped-def]
    """Take LANES worlds, from one on, whole steps to their solution, or as far as PATIENCE leads.

    Args:
        first: the first of these worlds.
        inputs, outputs: see `solve`.
        users: first place of each pool, 1 / choke and choke by place.
        arcs: first place of each pool; destination, yield, 1 / slope, row in the matrix and slope by place.
        shape: start, row and target of the elimination.
        members: users and arcs by place.
        space: tables of lanes, the linear system and scratch.
        stopped: filled with the worlds that stopped short of their solution.

    Returns:
        How many did.
    """
    level, price_out, steps = outputs
    tile, excess, matrix, _, _, scratch, active = space
    root, price, stock, moving = tile[1], tile[2], tile[5], tile[11]
    _begin(first, inputs, members, tile, active)
    put(moving, 0, 0.0)
    put(scratch, 0, 0.0)
    for made in range(PATIENCE + 1):
        evaluate(users, arcs, tile, excess, matrix, active)
        unsolved = _unsolved(tile, excess)
        put(moving, 0, unsolved)
        if made == PATIENCE or not somewhere(unsolved > 0.0):
            break
        put(scratch, 0, get(scratch, 0) + unsolved)
        factorise(shape, matrix, excess)
        advance(tile, excess, unsolved)
    unsolved = get(moving, 0) > 0.0
    for i in range(excess.shape[0]):
        put(stock, i, where(unsolved, get(root, i), get(stock, i)))
        bring(stock, i, level, i, first)
        bring(price, i, price_out, i, first)
    bring(scratch, 0, steps, 0, first)
    short = 0
    if somewhere(unsolved):
        for w in range(min(LANES, level.shape[1] - first)):
            if moving[0, w] > 0.0:
                stopped[short] = first + w
                short += 1
    return short


@kernel
def _search(chosen, tables, users, arcs, shape, members, steps, space):  # type: ignore[no-untyped-def]
    """Take the chosen worlds to their solution by steps whose length is searched.

    Args:
        chosen: worlds to play.
        tables: available, level, price; demand; cost, capacity; level and price begin where whole steps ended, as
            the stock by the law that holds below the scarcity price, and end at the solution.
        users: see `_step`; so are arcs, shape, members and space.
        steps: steps made by each world, (1, worlds), added to.
    """
    _, level, price_out = tables[0]
    tile, excess, matrix, trial, rate, scratch, active = space
    price, stock, moving = tile[2], tile[5], tile[11]
    pools, width = excess.shape[0], members[0].shape[0] + 2 * members[1].shape[0]
    waiting = np.empty((LOADED, 3 * pools + width))
    active[:] = 1
    world, done = np.full(LANES, -1), np.zeros(LANES, np.int64)
    lanes, places = np.zeros(LANES, np.int64), np.zeros(LANES, np.int64)
    read, taken, playing = 0, 0, 0
    started = False
    while playing > 0 or not started:
        if started:
            evaluate(users, arcs, tile, excess, matrix, active)
            put(scratch, 0, _unsolved(tile, excess))
            factorise(shape, matrix, excess)
        new = 0
        for w in range(LANES):
            here = world[w]
            moving[0, w] = 1.0
            if here >= 0:
                if scratch[0, w] > 0.0 and done[w] < MOST_STEPS - PATIENCE:
                    done[w] += 1
                    continue
                for i in range(pools):
                    level[i, here] = stock[i, w]
                    price_out[i, here] = price[i, w]
                steps[0, here] += done[w]
                world[w] = -1
                playing -= 1
            moving[0, w] = 0.0
            if taken == read and read < chosen.shape[0]:
                _load(new, lanes, places, waiting, tile, active)
                new = 0
                read = min(chosen.shape[0], taken + LOADED)
                _read(chosen[taken:read], tables, members, waiting)
            if taken < read:
                lanes[new], places[new] = w, taken % LOADED
                new += 1
                world[w] = chosen[taken]
                done[w] = 0
                taken += 1
                playing += 1
            elif not started:
                # lanes without a world play the first one along
                lanes[new], places[new] = w, 0
                new += 1
        _load(new, lanes, places, waiting, tile, active)
        if started:
            size = lengths(get(moving, 0), users, arcs, tile, excess, trial, rate)
            advance(tile, excess, size)
        started = True


@kernel
def _tables(rows):  # type: ignore[no-untyped-def]
    """Rows of lanes that begin at a boundary of the cache."""
    space = np.ones(rows * LANES + 8)
    shift = (-space.ctypes.data // 8) % 8
    return space[shift : shift + rows * LANES].reshape(rows, LANES)


@kernel
def solve(inputs, users, arcs, shape, members, outputs):  # type: ignore[no-untyped-def]
    """Clear every world: whole steps first, and searched steps for worlds that these leave unsolved.

    Args:
        inputs: available, stiffness, start, demand, cost, capacity as in `sim.clearing.clear`.
        users: see `_step`; so are arcs, shape and members.
        outputs: level, price, shape (pools, worlds), and steps, shape (1, worlds), to be filled.
    """
    available, _, _, demand, cost, capacity = inputs
    level, price, steps = outputs
    pools, worlds = level.shape
    user_count, arc_count = members[0].shape[0], members[1].shape[0]
    n, m = pools, arc_count
    rows = _tables(10 * n + user_count + 4 * m + shape[1].shape[0] + 2)
    own = [rows[i * n : (i + 1) * n] for i in range(9)]
    rest = rows[9 * n :]
    by_arc = [rest[i * m : (i + 1) * m] for i in range(4)]
    rest = rest[4 * m :]
    q, rest = rest[:user_count], rest[user_count:]
    moving, scratch, matrix = rest[:1], rest[1:2], rest[2:]
    c, most, flow, chord = by_arc[0], by_arc[1], by_arc[2], by_arc[3]
    tile = (own[0], own[1], own[2], own[3], own[4], own[5], q, c, most, flow, chord, moving)
    space = (tile, own[6], matrix, own[7], own[8], scratch, np.ones(m, np.int64))
    stopped, short = np.empty(worlds, np.int64), 0
    for first in range(0, worlds, LANES):
        short += _step(first, inputs, users, arcs, shape, members, space, outputs, stopped[short:])
    if short > 0:
        tables = ((available, level, price), demand, (cost, capacity))
        _search(stopped[:short], tables, users, arcs, shape, members, steps, space)
