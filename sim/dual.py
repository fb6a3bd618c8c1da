"""The dual of the month's market by lane: its slopes, the matrix of a Newton step, and how prices move along a step.

The dual is a convex function of the prices, whose slopes are the imbalances of the pools. Along a step each price
follows a saturating curve, at most eightfold up and 27-fold down, and the stock at which holders are content follows
exactly: both are powers of one growth factor, so no step needs a cube root.
"""

from __future__ import annotations

import numpy as np

from sim.bare import bare
from sim.compiled import inline, kernel
from sim.lanes import LANES, everywhere, get, larger, put, size_of, smaller, somewhere, where
from sim.network import HIGHEST_PRICE, SCARCITY_PRICE

MOST_TRIES = 60
"""Lengths tried along one step."""
FLAT = 0.3
"""Slope of the dual along a step, as a share of the slope at its start, that counts as flat."""
FADING = 0.25
"""Share of an arc's answer to a jump that is left after another step."""
ALMOST_HIGHEST = HIGHEST_PRICE * (1.0 - 1e-13)


# --- laws of one pool --------------------------------------------------------------------------


@inline
def _cube_root(x):  # type: ignore[no-untyped-def]
    """Cube root by lane, for 1 <= x <= 8, by Halley's method."""
    g = 0.86 + 0.14 * x
    for _ in range(3):
        cube = g * g * g
        g = g * (cube + 2.0 * x) / (2.0 * cube + x)
    return g


@inline
def _held(price, root, inverse):  # type: ignore[no-untyped-def]
    """Stock at which holders are content, its fall per USD/mtu, and the stock at the scarcity price.

    Args:
        price: USD/mtu.
        root: stock by the law that holds below the scarcity price, t W.
        inverse: 1 / price.
    """
    stock = root
    bend = root * inverse * (1.0 / 3.0)
    edge = root
    scarce = price > SCARCITY_PRICE
    if somewhere(scarce):
        over = where(scarce, price * (1.0 / SCARCITY_PRICE), 1.0)
        edge = root * _cube_root(over)
        stock = where(scarce, edge * (1.0 - (over - 1.0) * (1.0 / 3.0)), stock)
        bend = where(scarce, edge * (1.0 / (3.0 * SCARCITY_PRICE)), bend)
    return stock, bend, edge


@inline
def _moved(price, root, inverse, wanted):  # type: ignore[no-untyped-def]
    """Price, root and inverse (see `_held`) after a step that wants so many thirds of the price."""
    z = larger(wanted, -0.4)
    up, down = 1.0 + 2.0 * z, 1.0 + z
    both = 1.0 / (up * down)
    up, down = up * up * both, down * down * both
    price = price * (up * up * up)
    root = root * down
    inverse = inverse * (down * down * down)
    beyond = price > ALMOST_HIGHEST
    if somewhere(beyond):
        over = where(beyond, price * (1.0 / ALMOST_HIGHEST), 1.0)
        root = where(beyond, root * _cube_root(over), root)
        inverse = where(beyond, 1.0 / ALMOST_HIGHEST, inverse)
        price = smaller(price, ALMOST_HIGHEST)
    return price, root, inverse


# --- one step ----------------------------------------------------------------------------------


@bare
def evaluate(users, arcs, tile, excess, matrix, active):  # type: ignore[no-untyped-def]
    """Stocks and flows at the prices reached, each pool's imbalance, and the matrix of the next step."""
    have, root, price, inverse, before, stock, q, c, most, flow, chord, going = tile
    user_start, per_choke, _ = users
    arc_start, destination, yield_, per_slope, entry, _ = arcs
    pools = have.shape[0]
    # a world just loaded has made no step yet
    heeded = get(going, 0) * (1.0 / 0.999)
    for i in range(pools):
        put(excess, i, 0.0)
    for row in range(matrix.shape[0]):
        put(matrix, row, 0.0)
    for i in range(pools):
        p = get(price, i)
        held, bend, _ = _held(p, get(root, i), get(inverse, i))
        put(stock, i, held)
        total = held - get(have, i)
        for d in range(get(user_start, i), get(user_start, i + 1)):
            share = 1.0 - p * get(per_choke, d)
            wish = where(share > 0.0, get(q, d), 0.0)
            total = total + wish * share
            bend = bend + wish * get(per_choke, d)
        for a in range(get(arc_start, i), get(arc_start, i + 1)):
            g, y, r, e = get(destination, a), get(yield_, a), get(per_slope, a), get(entry, a)
            room = get(most, a)
            x = (y * get(price, g) - p - get(c, a)) * r
            f = smaller(larger(x, 0.0), room)
            opened = where(f == x, everywhere(r), 0.0)
            last = get(flow, a)
            put(flow, a, f)
            jump = size_of(f - last) * heeded > room
            if get(active, a) > 0 or somewhere(jump):
                way = size_of(x - (y * get(before, g) - get(before, i) - get(c, a)) * r)
                old = get(chord, a)
                kept = where(opened > 0.0, 0.0, where(old > 1e-3 * r, FADING * old, 0.0))
                kept = where(jump, r * smaller(room / way, 1.0), kept)
                put(chord, a, kept)
                put(active, a, 1 if somewhere(kept > 0.0) else 0)
                opened = larger(opened, kept)
            total = total + f
            bend = bend + opened
            answer = y * opened
            put(excess, g, get(excess, g) - y * f)
            put(matrix, g, get(matrix, g) + y * answer)
            put(matrix, e, get(matrix, e) - answer)
        put(excess, i, get(excess, i) + total)
        put(matrix, i, get(matrix, i) + bend)


@bare
def factorise(shape, matrix, right):  # type: ignore[no-untyped-def]
    """Solve matrix x = right in place of right, by LDL in the fixed order."""
    start, row, target = shape
    pools = right.shape[0]
    update = 0
    for c in range(pools):
        inverse = 1.0 / get(matrix, c)
        put(matrix, c, inverse)
        own = get(right, c)
        last = pools + get(start, c + 1)
        for e in range(pools + get(start, c), last):
            r = get(row, e - pools)
            here = get(matrix, e)
            x = here * inverse
            for other in range(e, last):
                t = get(target, update)
                update += 1
                put(matrix, t, get(matrix, t) - x * get(matrix, other))
            put(right, r, get(right, r) - x * own)
            put(matrix, e, x)
    for back in range(pools):
        c = pools - 1 - back
        value = get(right, c) * get(matrix, c)
        for e in range(get(start, c), get(start, c + 1)):
            value = value - get(matrix, pools + e) * get(right, get(row, e))
        put(right, c, value)


@bare
def _along(size, users, arcs, numbers, trial, rate):  # type: ignore[no-untyped-def]
    """The dual at a length of the step: its slope and bend along the step, its value, and the rounding of that.

    Args:
        size: length, share of the step; by lane, or of one world.
        users, arcs: see `sim.newton`.
        numbers: have, root, price, inverse, step, q, c, most; tables of lanes, or vectors of one world.
        trial, rate: scratch, a row or place for each pool.
    """
    have, root, before, inverse, step, q, c, most = numbers
    user_start, per_choke, choke = users
    arc_start, destination, yield_, per_slope, _, slope_of = arcs
    pools, nothing = have.shape[0], 0.0 * size
    slope, bend, dual, rounding = nothing, nothing, nothing, nothing
    for i in range(pools):
        p, have_here = get(before, i), get(have, i)
        rounding = rounding + 1e-14 * (have_here + get(root, i)) * p
        change = get(step, i) * get(inverse, i) * (1.0 / 3.0)
        wanted = size * change
        p, law, v = _moved(p, get(root, i), get(inverse, i), wanted)
        held, fall, edge = _held(p, law, v)
        z = larger(wanted, -0.4)
        moving = where(wanted < -0.4, 0.0, where(p < ALMOST_HIGHEST, change, 0.0))
        # USD/mtu per unit of length
        r = 3.0 * p * moving / ((1.0 + z) * (1.0 + 2.0 * z))
        u = larger(p * (1.0 / SCARCITY_PRICE) - 1.0, 0.0)
        below = p * (have_here - 1.5 * law)
        above = have_here * p - edge * SCARCITY_PRICE * (1.5 + u - u * u * (1.0 / 6.0))
        dual = dual + where(p > SCARCITY_PRICE, above, below)
        slope = slope + (held - have_here) * r
        bend = bend + fall * r * r
        for d in range(user_start[i], user_start[i + 1]):
            share = larger(1.0 - p * per_choke[d], 0.0)
            wish = where(share > 0.0, get(q, d), 0.0)
            slope = slope + wish * share * r
            bend = bend + wish * per_choke[d] * r * r
            dual = dual + 0.5 * wish * share * share * choke[d]
            rounding = rounding + 1e-14 * wish * choke[d]
        put(trial, i, p)
        put(rate, i, r)
    for i in range(pools):
        p, r = get(trial, i), get(rate, i)
        for a in range(arc_start[i], arc_start[i + 1]):
            g, y = destination[a], yield_[a]
            x = (y * get(trial, g) - p - get(c, a)) * per_slope[a]
            f = smaller(larger(x, 0.0), get(most, a))
            widening = y * get(rate, g) - r
            slope = slope - f * widening
            bend = bend + where(f == x, widening * widening * per_slope[a], 0.0)
            dual = dual + f * (x - 0.5 * f) * slope_of[a]
    return slope, bend, dual, rounding


@bare
def _shortened(found, users, arcs, numbers, trial, rate):  # type: ignore[no-untyped-def]
    """Share of a step too long at which the dual of one world falls and is nearly flat along the step.

    Args:
        found: slope, bend and value of the dual at the end of the step; slope and value at its start.
    """
    slope, bend, dual, slope_first, dual_first = found
    low, high, size = 0.0, 1.0, 1.0
    for tries in range(1, MOST_TRIES):
        if tries > 1:
            slope, bend, dual, _ = _along(size, users, arcs, numbers, trial, rate)
            if dual <= dual_first and -FLAT * slope_first <= slope <= FLAT * slope_first:
                break
        if slope < 0.0 or dual > dual_first:
            high = size
        else:
            low = size
        # Newton along the step, if that halves the bracket or a bisection came before
        middle = 0.5 * (low + high)
        reach = size + slope / bend
        furthest = high if tries % 2 == 1 else middle
        size = reach if slope < 0.0 and low < reach < furthest else middle
    return size


@kernel
def lengths(moves, users, arcs, tile, step, trial, rate):  # type: ignore[no-untyped-def]
    """Share of its step for each lane that moves so that the dual falls and is flat along the step, in (0, 1].

    Few steps are too long, and these are shortened world by world.
    """
    have, root, before, inverse, _, _, q, c, most, _, _, _ = tile
    numbers = (have, root, before, inverse, step, q, c, most)
    slope_first, _, dual_first, rounding = _along(everywhere(0.0), users, arcs, numbers, trial, rate)
    dual_first = dual_first + rounding
    slope, bend, dual, _ = _along(everywhere(1.0), users, arcs, numbers, trial, rate)
    fits = (dual <= dual_first) & (slope >= -FLAT * slope_first)
    size = where(moves > 0.0, where(fits, 1.0, everywhere(2.0)), 0.0)
    if somewhere(size > 1.0):
        found = np.empty((6, LANES))
        put(found, 0, slope)
        put(found, 1, bend)
        put(found, 2, dual)
        put(found, 3, slope_first)
        put(found, 4, dual_first)
        put(found, 5, size)
        pools = have.shape[0]
        one_trial, one_rate = np.empty(pools), np.empty(pools)
        for w in range(LANES):
            if found[5, w] > 1.0:
                at_ends = (found[0, w], found[1, w], found[2, w], found[3, w], found[4, w])
                one = (
                    have[:, w].copy(), root[:, w].copy(), before[:, w].copy(), inverse[:, w].copy(),
                    step[:, w].copy(), q[:, w].copy(), c[:, w].copy(), most[:, w].copy(),
                )  # fmt: skip
                found[5, w] = _shortened(at_ends, users, arcs, one, one_trial, one_rate)
        size = get(found, 5)
    return size


@bare
def advance(tile, step, size):  # type: ignore[no-untyped-def]
    """Move prices along their steps, and the stocks that answer them."""
    _, root, price, inverse, before, _, _, _, _, _, _, _ = tile
    share = size * (1.0 / 3.0)
    for i in range(root.shape[0]):
        p, v = get(price, i), get(inverse, i)
        put(before, i, p)
        p, s, v = _moved(p, get(root, i), v, share * get(step, i) * v)
        put(price, i, p)
        put(root, i, s)
        put(inverse, i, v)
