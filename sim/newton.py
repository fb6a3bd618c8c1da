"""Newton's method on the dual of the month's market, on tables of LANES worlds at once.

A lane whose world has converged takes the next world, so the cost is the mean number of steps, not the worst. No
lane reads another: a world's bits do not depend on its neighbours, nor on the width of its block.

Two things keep Newton's steps from cycling at the kinks of the arcs. An arc that a step has taken from shut to full,
or back, answers the next steps by its mean answer over that jump, a quarter as strong after each step. Worlds that
PATIENCE whole steps leave unsolved are gathered, and take a length only where the dual falls and is nearly flat along
the step.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import inline, kernel
from sim.dual import advance, evaluate, factorise, lengths
from sim.lanes import LANES, everywhere, get, larger, put, size_of
from sim.network import SCARCITY_PRICE

MOST_STEPS = 200
PATIENCE = 6
"""Whole steps taken before a step ends where the dual stops falling; most worlds are done by then."""
TOLERANCE = 1e-6
"""Largest imbalance of a pool accepted, as a share of (1 t W + its stock)."""
LOADED = 64
"""Worlds read at once, so that each row is read in stretches."""


@kernel
def _begin(stiffness, start, level, price):  # type: ignore[no-untyped-def]
    """Prices at which the first guess of the stocks is held, and these stocks; no price begins in scarcity."""
    for i in range(start.shape[0]):
        k, guess, held, p = stiffness[i], start[i], level[i], price[i]
        for w in range(guess.shape[0]):
            s = max(guess[w], 1e-12)
            held[w] = s
            p[w] = k[w] / (s * s * s)
        for w in range(guess.shape[0]):
            if p[w] > SCARCITY_PRICE:
                p[w] = SCARCITY_PRICE
                held[w] = _stock_at(SCARCITY_PRICE / k[w], held[w])


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


@kernel
def _play(chosen, limit, searching, tables, users, arcs, shape, members, steps, space):  # type: ignore[no-untyped-def]
    """Take the chosen worlds to their solution, or as far as so many steps lead.

    Args:
        chosen: worlds to play.
        limit: steps after which a world stops where it is.
        searching: whether the length of each step is searched.
        tables: (available, level, price), demand, (cost, capacity); level and price begin at the first guess, as the
            stock by the law that holds below the scarcity price, and end at the solution.
        users: first place of each pool, 1 / choke and choke by place.
        arcs: first place of each pool; destination, yield, 1 / slope, row in the matrix and slope by place.
        shape: start, row and target of the elimination.
        members: users and arcs by place.
        steps: steps made by each world, added to.
        space: tables of lanes, the linear system and scratch.

    Returns:
        Worlds that stopped short of their solution.
    """
    _, level, price_out = tables[0]
    tile, excess, matrix, trial, rate, scratch, waiting = space
    root, price, stock, moving = tile[1], tile[2], tile[5], tile[11]
    pools = excess.shape[0]
    # arcs whose `chord` may differ from zero in some lane
    active = np.ones(arcs[1].shape[0], np.int64)
    world, done = np.full(LANES, -1), np.zeros(LANES, np.int64)
    lanes, places = np.zeros(LANES, np.int64), np.zeros(LANES, np.int64)
    stopped = np.empty(chosen.shape[0], np.int64)
    short, read, taken, playing = 0, 0, 0, 0
    started = False
    while playing > 0 or not started:
        if started:
            evaluate(users, arcs, tile, excess, matrix, active)
            worst = everywhere(-1.0)
            for i in range(pools):
                worst = larger(worst, size_of(get(excess, i)) - TOLERANCE * (1.0 + get(stock, i)))
            put(scratch, 0, worst)
            factorise(shape, matrix, excess)
        new = 0
        for w in range(LANES):
            here = world[w]
            moving[0, w] = 1.0
            if here >= 0:
                solved = scratch[0, w] <= 0.0
                if not solved and done[w] < limit:
                    done[w] += 1
                    continue
                if not solved:
                    stopped[short] = here
                    short += 1
                reached = stock if solved or searching else root
                for i in range(pools):
                    level[i, here] = reached[i, w]
                    price_out[i, here] = price[i, w]
                steps[here] += done[w]
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
            size = get(moving, 0)
            if searching:
                size = lengths(size, users, arcs, tile, excess, trial, rate)
            advance(tile, excess, size)
        started = True
    return stopped[:short]


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
        users: see `_play`; so are arcs, shape and members.
        outputs: level, price, shape (pools, worlds), and steps, shape (worlds,), to be filled.
    """
    available, stiffness, start, demand, cost, capacity = inputs
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
    waiting = np.empty((LOADED, 3 * pools + user_count + 2 * arc_count))
    space = (tile, own[6], matrix, own[7], own[8], scratch, waiting)
    tables = ((available, level, price), demand, (cost, capacity))
    _begin(stiffness, start, level, price)
    steps[:] = 0.0
    chosen = _play(np.arange(worlds), PATIENCE, False, tables, users, arcs, shape, members, steps, space)
    if chosen.shape[0] > 0:
        chosen = _play(chosen, MOST_STEPS - PATIENCE, True, tables, users, arcs, shape, members, steps, space)
