"""The month's market: one spatial price equilibrium over pools, routes and refineries, in every world.

Each pool's holders are content with a stock s at the price p = k / s^3: the price at which people hold what
there is. Each arc carries what its margin pays for: flow = (yield x price at its end - price at its start -
cost) / slope, between zero and its capacity. Users draw q x (1 - p / choke). A price vector at which every pool
balances exists and is unique (Samuelson 1952; Takayama and Judge 1971); it minimises a convex dual, which Newton
steps with a line search per world find. Above the scarcity price holders let go of anything, so a market
without supply ends in rationing at a finite price.

Worlds go through a fixed number of lanes; a lane that has converged takes the next world, so the cost is the mean
number of steps, not the worst. Lanes never touch each other: a world's bits do not depend on its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.compiled import kernel
from sim.network import Network, Vector

LANES = 136
MOST_STEPS = 3000
LARGEST_MOVE = 1.0
"""Largest rise of a price in one step, as a share; it falls by half that share at most."""
TOLERANCE = 1e-6
"""Largest imbalance of a pool accepted, as a share of (1 t W + its stock)."""
SCARCITY_PRICE = 20_000.0
"""USD/mtu above which holders let go: their stock falls in a straight line to nothing at HIGHEST_PRICE."""
HIGHEST_PRICE = 4.0 * SCARCITY_PRICE
ALMOST_HIGHEST = HIGHEST_PRICE * (1.0 - 1e-13)


@dataclass(frozen=True)
class Cleared:
    """The market after clearing."""

    price: Vector
    """USD/mtu, shape (pools, worlds)."""
    level: Vector
    """Stock at which holders are content, t W, shape (pools, worlds); next month's first guess."""
    flow: Vector
    """t W/month that leave an arc's origin, shape (arcs, worlds)."""
    use: Vector
    """t W/month taken by users, shape (users, worlds)."""
    rent: Vector
    """Shadow price of an arc's capacity, USD/mtu, shape (arcs, worlds)."""
    steps: Vector
    """Newton steps, shape (worlds,)."""


def clear(
    network: Network,
    available: Vector,
    stiffness: Vector,
    demand: Vector,
    cost: Vector,
    capacity: Vector,
    start: Vector,
) -> Cleared:
    """Find the prices and flows at which every pool balances.

    Args:
        network: the market's shape.
        available: stock at the start of the month plus what comes in from outside, t W, shape (pools, worlds).
        stiffness: k of each pool's price k / s^3, USD/mtu (t W)^3, > 0, shape (pools, worlds).
        demand: use at a price of zero, t W/month, shape (users, worlds).
        cost: cost of the first tonne on each arc, USD/mtu, shape (arcs, worlds).
        capacity: largest flow, t W/month, >= 0, shape (arcs, worlds).
        start: first guess of the stocks, t W, > 0, shape (pools, worlds), such as last month's `level`.

    Returns:
        The cleared market; a world that needs MOST_STEPS stopped short of the tolerance.
    """
    pools, worlds = available.shape
    level, price = np.empty((pools, worlds)), np.empty((pools, worlds))
    flow, steps = np.empty((len(network.arcs), worlds)), np.empty(worlds)
    shape = network.elimination
    _solve(
        (available, stiffness, start, demand, cost, capacity),
        (network.user_pool, 1.0 / network.choke),
        (network.origin, network.destination, network.yield_, 1.0 / network.slope, network.entry),
        (shape.start, shape.row, shape.update_start, shape.left, shape.right, shape.target, shape.on_diagonal),
        (level, price, flow, steps),
        min(LANES, worlds),
    )
    use = demand * np.maximum(0.0, 1.0 - price[network.user_pool] / network.choke[:, None])
    margin = network.yield_[:, None] * price[network.destination] - price[network.origin] - cost
    rent = np.maximum(0.0, margin - network.slope[:, None] * capacity)
    return Cleared(price, level, flow, use, rent, steps)


@kernel
def _load(lane, world, inputs, inside):  # type: ignore[no-untyped-def]
    """Put a world's numbers into a lane."""
    available, stiffness, start, demand, cost, capacity = inputs
    have, per_k, base, trial, stock, root, step, q, c, most = inside
    for i in range(available.shape[0]):
        s = start[i, world]
        p = min(stiffness[i, world] / (s * s * s), SCARCITY_PRICE)
        have[i, lane] = available[i, world]
        per_k[i, lane] = 1.0 / stiffness[i, world]
        base[i, lane] = p
        trial[i, lane] = p
        stock[i, lane] = s
        root[i, lane] = s
        step[i, lane] = 0.0
    for d in range(demand.shape[0]):
        q[d, lane] = demand[d, world]
    for a in range(cost.shape[0]):
        c[a, lane] = cost[a, world]
        most[a, lane] = capacity[a, world]


@kernel
def _move(old, new, tables, numbers):  # type: ignore[no-untyped-def]
    """Give a world another lane."""
    for table in tables:
        for row in range(table.shape[0]):
            table[row, new] = table[row, old]
    for number in numbers:
        number[new] = number[old]


@kernel
def _evaluate(lanes, users, arcs, inside, excess, diagonal, lower, flow, open_):  # type: ignore[no-untyped-def]
    """Stocks at the trial prices, each pool's imbalance, and the system of the next Newton step."""
    have, per_k, _, price, stock, root, _, q, c, most = inside
    user_pool, per_choke = users
    origin, destination, yield_, per_slope, entry = arcs
    top = SCARCITY_PRICE
    for i in range(have.shape[0]):
        for w in range(lanes):
            p = price[i, w]
            held_at = min(p, top)
            per_cube = held_at * per_k[i, w]
            # two of Halley's steps from the last cube root; near the solution it moves little
            s = root[i, w]
            z = s * s * s * per_cube
            s = s * (z + 2.0) / (2.0 * z + 1.0)
            z = s * s * s * per_cube
            s = s * (z + 2.0) / (2.0 * z + 1.0)
            root[i, w] = s
            diagonal[i, w] = s / (3.0 * held_at)
            s = s * (1.0 - max(p / top - 1.0, 0.0) / 3.0)
            stock[i, w] = s
            excess[i, w] = s - have[i, w]
    for e in range(lower.shape[0]):
        for w in range(lanes):
            lower[e, w] = 0.0
    for d in range(user_pool.shape[0]):
        n = user_pool[d]
        r = per_choke[d]
        for w in range(lanes):
            share = 1.0 - price[n, w] * r
            wish = q[d, w] if share > 0.0 else 0.0
            excess[n, w] += wish * share
            diagonal[n, w] += wish * r
    for a in range(origin.shape[0]):
        f = origin[a]
        g = destination[a]
        y = yield_[a]
        y2 = y * y
        r = per_slope[a]
        e = entry[a]
        for w in range(lanes):
            x = (y * price[g, w] - price[f, w] - c[a, w]) * r
            open_[w] = r if (x > 0.0 and x < most[a, w]) else 0.0
            x = max(x, 0.0)
            flow[a, w] = min(x, most[a, w])
        for w in range(lanes):
            excess[f, w] += flow[a, w]
            diagonal[f, w] += open_[w]
        for w in range(lanes):
            excess[g, w] -= y * flow[a, w]
            diagonal[g, w] += y2 * open_[w]
            lower[e, w] -= y * open_[w]


@kernel
def _factorise(lanes, shape, diagonal, lower, right, pivot):  # type: ignore[no-untyped-def]
    """Solve (lower, diagonal) x = right in place of right, by LDL in the fixed order."""
    start, row, update_start, left, other, target, on_diagonal = shape
    pools = diagonal.shape[0]
    for c in range(pools):
        for w in range(lanes):
            pivot[w] = 1.0 / diagonal[c, w]
        for u in range(update_start[c], update_start[c + 1]):
            a = left[u]
            b = other[u]
            t = target[u]
            if on_diagonal[u] == 1:
                for w in range(lanes):
                    diagonal[t, w] -= lower[a, w] * lower[b, w] * pivot[w]
            else:
                for w in range(lanes):
                    lower[t, w] -= lower[a, w] * lower[b, w] * pivot[w]
        for e in range(start[c], start[c + 1]):
            r = row[e]
            for w in range(lanes):
                x = lower[e, w] * pivot[w]
                right[r, w] -= x * right[c, w]
                lower[e, w] = x
    for back in range(pools):
        c = pools - 1 - back
        for w in range(lanes):
            pivot[w] = right[c, w] / diagonal[c, w]
        for e in range(start[c], start[c + 1]):
            r = row[e]
            for w in range(lanes):
                pivot[w] -= lower[e, w] * right[r, w]
        for w in range(lanes):
            right[c, w] = pivot[w]


@kernel
def _solve(inputs, users, arcs, shape, outputs, lanes):  # type: ignore[no-untyped-def]
    """Newton's method on the dual, one world a lane, with a bracketing line search along each step."""
    available, _, _, demand, cost, _ = inputs
    level, price_out, flow_out, steps_out = outputs
    pools, worlds = available.shape
    arc_count = cost.shape[0]
    rows = (pools, lanes)
    base, trial, step = np.ones(rows), np.ones(rows), np.zeros(rows)
    q, c, most = np.zeros((demand.shape[0], lanes)), np.zeros((arc_count, lanes)), np.zeros((arc_count, lanes))
    stock = np.ones(rows)
    inside = (np.ones(rows), np.ones(rows), base, trial, stock, np.ones(rows), step, q, c, most)
    excess, first, diagonal = np.empty(rows), np.empty(rows), np.empty(rows)
    lower, flow = np.empty((shape[1].shape[0], lanes)), np.empty((arc_count, lanes))
    scratch, gap, slope_here = np.empty(lanes), np.empty(lanes), np.empty(lanes)
    size, slope_start = np.zeros(lanes), np.zeros(lanes)
    low, slope_low, high, slope_high, tries = (
        np.zeros(lanes),
        np.zeros(lanes),
        np.zeros(lanes),
        np.zeros(lanes),
        np.zeros(lanes),
    )
    verdict, done = np.zeros(lanes), np.zeros(lanes)
    world = np.empty(lanes, np.int64)
    waiting = 0
    for w in range(lanes):
        world[w] = waiting
        _load(w, waiting, inputs, inside)
        waiting += 1
    numbers = (size, slope_start, low, slope_low, high, slope_high, tries, done)
    while lanes > 0:
        _evaluate(lanes, users, arcs, inside, excess, diagonal, lower, flow, scratch)
        for w in range(lanes):
            gap[w] = -1.0
            slope_here[w] = 0.0
        for i in range(pools):
            for w in range(lanes):
                gap[w] = max(gap[w], abs(excess[i, w]) - TOLERANCE * (1.0 + stock[i, w]))
                slope_here[w] += excess[i, w] * step[i, w]
                first[i, w] = excess[i, w]
        # verdict: 1 a new step from here, 0 the same step at another length, -1 a world just loaded or an empty lane
        for w in range(lanes):
            verdict[w] = -1.0
            if world[w] < 0:
                continue
            if gap[w] <= 0.0 or done[w] >= MOST_STEPS:
                here = world[w]
                for i in range(pools):
                    level[i, here] = stock[i, w]
                    price_out[i, here] = trial[i, w]
                for a in range(arc_count):
                    flow_out[a, here] = flow[a, w]
                steps_out[here] = done[w]
                done[w] = 0.0
                slope_start[w] = 0.0
                high[w] = 0.0
                tries[w] = 0.0
                if waiting < worlds:
                    world[w] = waiting
                    _load(w, waiting, inputs, inside)
                    waiting += 1
                else:
                    world[w] = -1
                continue
            done[w] += 1.0
            too_far = slope_here[w] < -0.5 * slope_start[w]
            too_near = slope_here[w] > 0.5 * slope_start[w] and high[w] > 0.0
            verdict[w] = 0.0 if (too_far or too_near) and tries[w] < 8.0 else 1.0
        _factorise(lanes, shape, diagonal, lower, excess, scratch)
        for w in range(lanes):
            if verdict[w] > 0.0:
                size[w] = 1.0
                low[w] = 0.0
                high[w] = 0.0
                tries[w] = 0.0
            elif verdict[w] == 0.0:
                tries[w] += 1.0
                if slope_here[w] < 0.0:
                    high[w] = size[w]
                    slope_high[w] = slope_here[w]
                else:
                    low[w] = size[w]
                    slope_low[w] = slope_here[w]
                part = slope_low[w] / (slope_low[w] - slope_high[w])
                size[w] = low[w] + (high[w] - low[w]) * max(0.1, min(0.9, part))
            slope_here[w] = 0.0
        for i in range(pools):
            for w in range(lanes):
                anew = verdict[w] > 0.0
                base[i, w] = trial[i, w] if anew else base[i, w]
                # no price more than doubles or halves in one step
                most_up = LARGEST_MOVE * trial[i, w]
                bounded = min(max(excess[i, w], -0.5 * most_up), most_up)
                step[i, w] = bounded if anew else step[i, w]
                slope_here[w] += first[i, w] * step[i, w]
        for w in range(lanes):
            if verdict[w] > 0.0:
                if slope_here[w] <= 0.0:
                    # bounds have turned the step away from the solution: let each price follow its own pool
                    slope_here[w] = 0.0
                    for i in range(pools):
                        step[i, w] = 0.5 * base[i, w] * first[i, w] / (abs(first[i, w]) + stock[i, w])
                        slope_here[w] += first[i, w] * step[i, w]
                slope_start[w] = slope_here[w]
                slope_low[w] = slope_here[w]
        for i in range(pools):
            for w in range(lanes):
                # straight in price, so that arcs stay exact
                moved = base[i, w] + size[w] * step[i, w]
                trial[i, w] = min(moved, ALMOST_HIGHEST) if verdict[w] >= 0.0 else trial[i, w]
        # once no world waits, the lanes close up, so that stragglers do not keep empty ones busy
        w = 0
        while waiting == worlds and w < lanes:
            if world[w] >= 0:
                w += 1
                continue
            lanes -= 1
            _move(lanes, w, inside, numbers)
            world[w] = world[lanes]
