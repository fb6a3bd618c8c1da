"""The month's market: one spatial price equilibrium over pools, routes and refineries, in every world.

Each pool's holders are content with a stock s at the price p = k / s^3: the price at which people hold what
there is. Each arc carries what its margin pays for: flow = (yield x price at its end - price at its start -
cost) / slope, between zero and its capacity. Users draw q x (1 - p / choke). A price vector at which every pool
balances exists and is unique (Samuelson 1952; Takayama and Judge 1971); it minimises a convex dual, which the Newton
steps of `sim.newton` find. Above the scarcity price holders let go of anything, so a market without supply ends in
rationing at a finite price.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.bare import bare
from sim.compiled import kernel
from sim.network import Network, Vector
from sim.newton import solve


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
        The cleared market; a world that needs `sim.newton.MOST_STEPS` stopped short of the tolerance.
    """
    pools, worlds = available.shape
    level, price, steps = np.empty((pools, worlds)), np.empty((pools, worlds)), np.empty((1, worlds))
    flow, rent = np.empty((len(network.arcs), worlds)), np.empty((len(network.arcs), worlds))
    use = np.empty((len(network.choke), worlds))
    inputs = (available, stiffness, start, demand, cost, capacity)
    clear_worlds(laid_out(network), inputs, (level, price, steps, use, flow, rent))
    return Cleared(price, level, flow, use, rent, steps[0])


def laid_out(network: Network) -> tuple[Any, ...]:
    """A market's shape as `clear_worlds` reads it."""
    leaving, drawing, shape = network.leaving, network.drawing, network.elimination
    slope, choke = network.slope[leaving.member], network.choke[drawing.member]
    return (
        (drawing.start, 1.0 / choke, choke),
        (
            leaving.start,
            network.destination[leaving.member],
            network.yield_[leaving.member],
            1.0 / slope,
            len(network.pools) + network.entry[leaving.member],
            slope,
        ),
        (shape.start, shape.row, shape.target),
        (drawing.member, leaving.member),
        (network.user_pool, network.choke),
        (network.origin, network.destination, network.yield_, network.slope),
    )


@kernel
def clear_worlds(market, inputs, outputs):  # type: ignore[no-untyped-def]
    """Clear every world of some tables that lie in one stretch each.

    Args:
        market: see `laid_out`.
        inputs: available, stiffness, start, demand, cost, capacity as in `clear`.
        outputs: level, price, steps (1, worlds), use, flow and rent, filled.
    """
    users, arcs, shape, members, of_users, of_arcs = market
    _, _, _, demand, cost, capacity = inputs
    _, price, _, use, flow, rent = outputs
    searched = solve(inputs, users, arcs, shape, members, outputs)
    _quantities(searched, of_users, of_arcs, (price, demand, cost, capacity), (use, flow, rent))


@bare
def _quantities(worlds, users, arcs, inputs, outputs):  # type: ignore[no-untyped-def]
    """Use, flows and rents at the prices found, in some worlds."""
    price, demand, cost, capacity = inputs
    use, flow, rent = outputs
    user_pool, choke = users
    origin, destination, yield_, slope = arcs
    for d in range(user_pool.shape[0]):
        r = 1.0 / choke[d]
        for w in worlds:
            use[d, w] = demand[d, w] * max(0.0, 1.0 - price[user_pool[d], w] * r)
    for a in range(origin.shape[0]):
        rise = slope[a]
        r = 1.0 / rise
        for w in worlds:
            most = capacity[a, w]
            margin = yield_[a] * price[destination[a], w] - price[origin[a], w] - cost[a, w]
            flow[a, w] = min(max(margin * r, 0.0), most)
            rent[a, w] = max(margin - rise * most, 0.0)
