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

from sim.compiled import inline, kernel
from sim.exact import exp, log
from sim.network import HIGHEST_PRICE, SCARCITY_PRICE, Network, Vector

LANES = 136
MOST_STEPS = 200
PATIENCE = 6
"""Whole steps taken before a step ends where the dual stops falling; most worlds are done by then."""
MOST_TRIES = 60
"""Lengths tried along one step."""
FLAT = 0.3
"""Slope of the dual along a step, as a share of the slope at its start, that counts as flat."""
TOLERANCE = 1e-6
"""Largest imbalance of a pool accepted, as a share of (1 t W + its stock)."""
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
    have, per_k, price, stock, root, q, c, most = inside
    for i in range(available.shape[0]):
        s = start[i, world]
        p = min(stiffness[i, world] / (s * s * s), SCARCITY_PRICE)
        have[i, lane] = available[i, world]
        per_k[i, lane] = 1.0 / stiffness[i, world]
        price[i, lane] = p
        stock[i, lane] = s
        root[i, lane] = s
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
    """Stocks at the prices reached, each pool's imbalance, and the system of the next Newton step."""
    have, per_k, price, stock, root, q, c, most = inside
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


@inline
def _growth(wanted):  # type: ignore[no-untyped-def]
    """Cube root of a price's rise over a step of `wanted` thirds of it: at most twofold up, threefold down."""
    z = max(wanted, -0.4)
    return (1.0 + 2.0 * z) / (1.0 + z)


@kernel
def _length(lane, users, arcs, inside, step, scratch):  # type: ignore[no-untyped-def]
    """Share of a lane's step to take so that the dual falls and is flat along the step, in (0, 1]."""
    have, _, before, _, root, q, c, most = inside
    user_pool, per_choke = users
    origin, destination, yield_, per_slope, _ = arcs
    edge, held, change, price, rate = scratch
    top = SCARCITY_PRICE
    pools = have.shape[0]
    rounding = 0.0
    for i in range(pools):
        p = before[i, lane]
        change[i] = step[i, lane] / (3.0 * p)
        # stock at the scarcity price, and stock at this price by the law that holds below it
        edge[i], held[i] = root[i, lane], root[i, lane]
        if 8.0 * p > top:
            third = exp(log(p / top) / 3.0)
            edge[i] *= min(third, 1.0)
            held[i] *= 1.0 / max(third, 1.0)
        rounding += 1e-14 * (have[i, lane] + root[i, lane]) * p
    low, high, size, slope_first, dual_first = 0.0, 1.0, 0.0, 0.0, 0.0
    for tries in range(MOST_TRIES):
        slope, bend, dual = 0.0, 0.0, 0.0
        for i in range(pools):
            wanted = size * change[i]
            z = max(wanted, -0.4)
            per = 1.0 / ((1.0 + z) * (1.0 + 2.0 * z))
            g = (1.0 + 2.0 * z) * (1.0 + 2.0 * z) * per
            p = before[i, lane] * (g * g * g)
            speed = 0.0 if z > wanted or p > ALMOST_HIGHEST else change[i] * per
            p = min(p, ALMOST_HIGHEST)
            # USD/mtu per unit of length
            r = 3.0 * p * speed
            if p > top:
                u = p / top - 1.0
                s = edge[i] * (1.0 - u / 3.0)
                dual += have[i, lane] * p - edge[i] * top * (1.5 + u - u * u / 6.0)
                bend += edge[i] / (3.0 * top) * r * r
            else:
                s = held[i] * (1.0 + z) * (1.0 + z) * per
                dual += p * (have[i, lane] - 1.5 * s)
                bend += s * speed * r
            price[i] = p
            rate[i] = r
            slope += (s - have[i, lane]) * r
        for d in range(user_pool.shape[0]):
            n = user_pool[d]
            share = max(0.0, 1.0 - price[n] * per_choke[d])
            wish = q[d, lane] if share > 0.0 else 0.0
            slope += wish * share * rate[n]
            bend += wish * per_choke[d] * rate[n] * rate[n]
            dual += 0.5 * wish * share * share / per_choke[d]
            if tries == 0:
                rounding += 1e-14 * wish / per_choke[d]
        for a in range(origin.shape[0]):
            r = per_slope[a]
            x = (yield_[a] * price[destination[a]] - price[origin[a]] - c[a, lane]) * r
            widening = yield_[a] * rate[destination[a]] - rate[origin[a]]
            flow = min(max(x, 0.0), most[a, lane])
            slope -= flow * widening
            bend += r * widening * widening if flow == x else 0.0
            dual += flow * (x - 0.5 * flow) / r
        if tries == 0:
            slope_first, dual_first, size = slope, dual + rounding, 1.0
            continue
        falls = dual <= dual_first
        if falls and slope >= -FLAT * slope_first and (tries == 1 or slope <= FLAT * slope_first):
            break
        if slope < 0.0 or not falls:
            high = size
        else:
            low = size
        # Newton along the step, if that halves the bracket or a bisection came before
        middle = 0.5 * (low + high)
        reach = size + slope / bend
        inner = low < reach and reach < (high if tries % 2 == 1 else middle)
        size = reach if slope < 0.0 and inner else middle
    return size


@kernel
def _solve(inputs, users, arcs, shape, outputs, lanes):  # type: ignore[no-untyped-def]
    """Newton's method on the dual, one world a lane."""
    available, _, _, demand, cost, _ = inputs
    level, price_out, flow_out, steps_out = outputs
    pools, worlds = available.shape
    arc_count = cost.shape[0]
    rows = (pools, lanes)
    have, per_k, price, stock, root = np.ones(rows), np.ones(rows), np.ones(rows), np.ones(rows), np.ones(rows)
    q, c, most = np.zeros((demand.shape[0], lanes)), np.zeros((arc_count, lanes)), np.zeros((arc_count, lanes))
    inside = (have, per_k, price, stock, root, q, c, most)
    excess, diagonal = np.empty(rows), np.empty(rows)
    lower, flow = np.empty((shape[1].shape[0], lanes)), np.empty((arc_count, lanes))
    scratch, gap, size, done = np.empty(lanes), np.empty(lanes), np.empty(lanes), np.zeros(lanes)
    along = (np.empty(pools), np.empty(pools), np.empty(pools), np.empty(pools), np.empty(pools))
    world = np.empty(lanes, np.int64)
    waiting = 0
    for w in range(lanes):
        world[w] = waiting
        _load(w, waiting, inputs, inside)
        waiting += 1
    while lanes > 0:
        _evaluate(lanes, users, arcs, inside, excess, diagonal, lower, flow, scratch)
        for w in range(lanes):
            gap[w] = -1.0
        for i in range(pools):
            for w in range(lanes):
                gap[w] = max(gap[w], abs(excess[i, w]) - TOLERANCE * (1.0 + stock[i, w]))
        # turns the imbalances into the step of the prices
        _factorise(lanes, shape, diagonal, lower, excess, scratch)
        for w in range(lanes):
            size[w] = 0.0
            if gap[w] > 0.0 and done[w] < MOST_STEPS:
                done[w] += 1.0
                size[w] = _length(w, users, arcs, inside, excess, along) if done[w] > PATIENCE else 1.0
                continue
            here = world[w]
            for i in range(pools):
                level[i, here] = stock[i, w]
                price_out[i, here] = price[i, w]
            for a in range(arc_count):
                flow_out[a, here] = flow[a, w]
            steps_out[here] = done[w]
            done[w] = 0.0
            world[w] = -1
            if waiting < worlds:
                world[w] = waiting
                _load(w, waiting, inputs, inside)
                waiting += 1
        for i in range(pools):
            for w in range(lanes):
                g = _growth(size[w] * excess[i, w] / (3.0 * price[i, w]))
                root[i, w] = root[i, w] if price[i, w] > SCARCITY_PRICE else root[i, w] / g
                price[i, w] = min(price[i, w] * (g * g * g), ALMOST_HIGHEST)
        # once no world waits, the lanes close up, so that stragglers do not keep empty ones busy
        w = 0
        while waiting == worlds and w < lanes:
            if world[w] >= 0:
                w += 1
                continue
            lanes -= 1
            _move(lanes, w, inside, (done,))
            world[w] = world[lanes]
