"""Newton's method on the dual of the month's market, on tables of LANES worlds at once.

Worlds side by side take whole steps together until all of them are solved: that costs their worst number of steps,
but they are read and written in stretches, TILES tables at once. A searched step costs more: there a lane whose world
is solved takes the next one. No lane reads another: a world's bits do not depend on its neighbours, nor on the width
of its block.

Two things keep Newton's steps from cycling at the kinks of the arcs. An arc that a step has taken from shut to full,
or back, answers the next steps by its mean answer over that jump, a quarter as strong after each step. Worlds that
PATIENCE whole steps leave unsolved are gathered, and take a length only where the dual falls and is nearly flat along
the step.
"""

from __future__ import annotations

import numpy as np

from sim.bare import bare, bare_inline
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
TILES = 8
"""Tables of LANES worlds that lie near together: their rows are read and written in stretches, once."""


@inline
def _stock_at(per_cube, s):  # type: ignore[no-untyped-def]
    """Cube root of 1 / per_cube from a smaller guess, by Halley's method."""
    while s * s * s * per_cube < 1.0 / 64.0:
        s *= 4.0
    for _ in range(5):
        z = s * s * s * per_cube
        s = s * (z + 2.0) / (2.0 * z + 1.0)
    return s


@bare
def _approach(first, count, inputs, members, near):  # type: ignore[no-untyped-def]
    """Lay the inputs of some worlds, from one on, in tables of lanes; stiffness goes where the inverse price will."""
    available, stiffness, start, demand, cost, capacity = inputs
    user, arc = members
    pools, users, arcs, tables = available.shape[0], user.shape[0], arc.shape[0], -(-count // LANES)
    for i in range(pools):
        for t in range(tables):
            fetch(available, i, first + t * LANES, near[t], i)
        for t in range(tables):
            fetch(start, i, first + t * LANES, near[t], pools + i)
        for t in range(tables):
            fetch(stiffness, i, first + t * LANES, near[t], 2 * pools + i)
    place = 3 * pools
    for d in range(users):
        for t in range(tables):
            fetch(demand, user[d], first + t * LANES, near[t], place + d)
    place += users
    for a in range(arcs):
        for t in range(tables):
            fetch(cost, arc[a], first + t * LANES, near[t], place + a)
        for t in range(tables):
            fetch(capacity, arc[a], first + t * LANES, near[t], place + arcs + a)


@bare
def _leave(first, count, members, near, outputs):  # type: ignore[no-untyped-def]
    """Bring what was found for these worlds where it belongs."""
    level, price, steps, use, flow, rent = outputs
    user, arc = members
    pools, users, arcs, tables = level.shape[0], user.shape[0], arc.shape[0], -(-count // LANES)
    place = 3 * pools + users + 2 * arcs
    for i in range(pools):
        for t in range(tables):
            bring(near[t], place + i, level, i, first + t * LANES)
        for t in range(tables):
            bring(near[t], place + pools + i, price, i, first + t * LANES)
    place += 2 * pools
    for a in range(arcs):
        for t in range(tables):
            bring(near[t], place + a, flow, arc[a], first + t * LANES)
        for t in range(tables):
            bring(near[t], place + arcs + a, rent, arc[a], first + t * LANES)
    place += 2 * arcs
    for d in range(users):
        for t in range(tables):
            bring(near[t], place + d, use, user[d], first + t * LANES)
    for t in range(tables):
        bring(near[t], place + users, steps, 0, first + t * LANES)


@bare
def _begin(tile, active):  # type: ignore[no-untyped-def]
    """Start worlds at prices that hold the first guess; no price begins in scarcity."""
    _, root, price, inverse, _, _, _, _, _, _, chord, _ = tile
    for i in range(root.shape[0]):
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
    for a in range(chord.shape[0]):
        if active[a] > 0:
            put(chord, a, 0.0)
            active[a] = 0


@bare
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


@bare
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


@bare_inline
def _unsolved(tile, excess):  # type: ignore[no-untyped-def]
    """1 for lanes in which a pool is out of balance, 0 for those whose every pool balances."""
    worst, stock = everywhere(-1.0), tile[5]
    for i in range(excess.shape[0]):
        worst = larger(worst, size_of(get(excess, i)) - TOLERANCE * (1.0 + get(stock, i)))
    return where(worst <= 0.0, 0.0, everywhere(1.0))


@bare_inline
def _answer(users, arcs, tile, use, rent):  # type: ignore[no-untyped-def]
    """Use and rents at the prices in the lanes."""
    _, _, price, _, _, _, q, c, most, _, _, _ = tile
    user_start, per_choke, _ = users
    arc_start, destination, yield_, _, _, slope = arcs
    for i in range(price.shape[0]):
        p = get(price, i)
        for d in range(user_start[i], user_start[i + 1]):
            put(use, d, get(q, d) * larger(1.0 - p * per_choke[d], 0.0))
        for a in range(arc_start[i], arc_start[i + 1]):
            margin = yield_[a] * get(price, destination[a]) - p - get(c, a)
            put(rent, a, larger(margin - slope[a] * get(most, a), 0.0))


@bare
def _step(users, arcs, shape, space, answers):  # type: ignore[no-untyped-def]
    """Take LANES worlds whole steps to their solution, or as far as PATIENCE leads.

    Args:
        users: first place of each pool, 1 / choke and choke by place.
        arcs: first place of each pool; destination, yield, 1 / slope, row in the matrix and slope by place.
        shape: start, row and target of the elimination.
        space: tables of lanes, the linear system and scratch.
        answers: use, rent and steps, to be filled; flows are those evaluated last, and `stock` holds the level.

    Returns:
        Whether any stopped short of its solution; those that did are marked as moving.
    """
    tile, excess, matrix, _, _, _, active = space
    root, stock, moving = tile[1], tile[5], tile[11]
    use, rent, steps = answers
    _begin(tile, active)
    put(moving, 0, 0.0)
    put(steps, 0, 0.0)
    for made in range(PATIENCE + 1):
        evaluate(users, arcs, tile, excess, matrix, active)
        unsolved = _unsolved(tile, excess)
        put(moving, 0, unsolved)
        if made == PATIENCE or not somewhere(unsolved > 0.0):
            break
        put(steps, 0, get(steps, 0) + unsolved)
        factorise(shape, matrix, excess)
        advance(tile, excess, unsolved)
    short = get(moving, 0) > 0.0
    for i in range(excess.shape[0]):
        put(stock, i, where(short, get(root, i), get(stock, i)))
    _answer(users, arcs, tile, use, rent)
    return somewhere(short)


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
    space = np.empty(rows * LANES + 8)
    shift = (-space.ctypes.data // 8) % 8
    return space[shift : shift + rows * LANES].reshape(rows, LANES)


@inline
def _parted(rows, before, chord, moving, n, u, m):  # type: ignore[no-untyped-def]
    """The rows of one table of lanes by what they hold, and those for use, rents and steps; see `_approach`."""
    have, root, inverse = rows[:n], rows[n : 2 * n], rows[2 * n : 3 * n]
    rest = rows[3 * n :]
    q, c, most, rest = rest[:u], rest[u : u + m], rest[u + m : u + 2 * m], rest[u + 2 * m :]
    stock, price, rest = rest[:n], rest[n : 2 * n], rest[2 * n :]
    flow, rent, rest = rest[:m], rest[m : 2 * m], rest[2 * m :]
    tile = (have, root, price, inverse, before, stock, q, c, most, flow, chord, moving)
    return tile, (rest[:u], rent, rest[u : u + 1])


@kernel
def solve(inputs, users, arcs, shape, members, outputs):  # type: ignore[no-untyped-def]
    """Clear every world: whole steps first, and searched steps for worlds that these leave unsolved.

    Args:
        inputs: available, stiffness, start, demand, cost, capacity as in `sim.clearing.clear`.
        users: see `_step`; so are arcs, shape and members.
        outputs: level, price, shape (pools, worlds), steps, shape (1, worlds), use, flow and rent, to be filled; use,
            flow and rent are left to be filled in worlds that were searched.

    Returns:
        Worlds that whole steps left unsolved.
    """
    available, _, _, demand, cost, capacity = inputs
    level, price, steps = outputs[:3]
    n, worlds = level.shape
    u, m = members[0].shape[0], members[1].shape[0]
    count = 5 * n + 2 * u + 4 * m + 1
    near = _tables(TILES * count).reshape(TILES, count, LANES)
    rows = _tables(4 * n + m + shape[1].shape[0] + n + 2)
    own = [rows[i * n : (i + 1) * n] for i in range(4)]
    chord, rest = rows[4 * n : 4 * n + m], rows[4 * n + m :]
    moving, scratch, matrix = rest[:1], rest[1:2], rest[2:]
    active = np.ones(m, np.int64)
    stopped, short = np.empty(worlds, np.int64), 0
    for first in range(0, worlds, TILES * LANES):
        here = min(TILES * LANES, worlds - first)
        _approach(first, here, inputs, members, near)
        for t in range(-(-here // LANES)):
            tile, answers = _parted(near[t], own[0], chord, moving, n, u, m)
            space = (tile, own[1], matrix, own[2], own[3], scratch, active)
            if _step(users, arcs, shape, space, answers):
                for w in range(min(LANES, here - t * LANES)):
                    if moving[0, w] > 0.0:
                        stopped[short] = first + t * LANES + w
                        short += 1
        _leave(first, here, members, near, outputs)
    if short > 0:
        tile, _ = _parted(near[0], own[0], chord, moving, n, u, m)
        space = (tile, own[1], matrix, own[2], own[3], scratch, active)
        tables = ((available, level, price), demand, (cost, capacity))
        _search(stopped[:short], tables, users, arcs, shape, members, steps, space)
    return stopped[:short]
