"""Goods move: what leaves each pool, what is under way, what arrives, and what users find there."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled import inline, kernel

_WORLDS = 256
"""Worlds handled together, so that what is being summed stays in the processor's nearest memory."""


@inline
def slow_mean(mean: float, value: float, pace: float) -> float:
    """A mean that moves a share `pace` of its gap to the value."""
    return mean + pace * (value - mean)


@inline
def share_served(lying: float, wanted: float) -> float:
    """Share of what users want of a pool that lies there, 0 to 1."""
    return min(max(max(lying, 0.0) / max(wanted, 1e-9), 0.0), 1.0)


@kernel
def move(arcs: Any, user_pool: Any, contracts: Any, cleared: Any, state: Any, pace: float, out: Any) -> None:
    """Ship a month's flows, let users take what lies on hand, and move goods under way one month on.

    Args:
        arcs: origin, destination, months under way and yield of each arc.
        user_pool: pool of each group of users.
        contracts: arcs that contracts use, and t W/month sent along them, (those arcs, worlds).
        cleared: flow above contracts (arcs, worlds) and use (users, worlds).
        state: stock, lying on hand, added (pools, worlds), inbound (months, pools, worlds), throughput (pools,
            worlds), carried (arcs, worlds), all before the month.
        pace: share of its gap that a slow mean moves in a month.
        out: flow, stock, inbound, throughput, carried, used, unmet after the month.
    """
    origin, destination, transit, yield_ = arcs
    bound, contract = contracts
    open_flow, use = cleared
    stock, on_hand, added, inbound, throughput, carried = state
    flow_out, stock_out, inbound_out, throughput_out, carried_out, used_out, unmet_out = out
    months, pools, worlds = inbound.shape
    leaving, entering = np.empty((pools, _WORLDS)), np.empty((pools, _WORLDS))
    arriving = np.empty((months + 1, pools, _WORLDS))
    wanted, taken = np.empty((pools, _WORLDS)), np.empty((pools, _WORLDS))
    for start in range(0, worlds, _WORLDS):
        width = min(_WORLDS, worlds - start)
        stop = start + width
        for table in (leaving, entering, wanted, taken):
            table[:] = 0.0
        arriving[:] = 0.0
        for a in range(origin.size):
            flow_out[a, start:stop] = open_flow[a, start:stop]
        for c in range(bound.size):
            flow, sent = flow_out[bound[c], start:stop], contract[c, start:stop]
            for k in range(width):
                flow[k] += sent[k]
        for a in range(origin.size):
            flow, usual, anew = flow_out[a, start:stop], carried[a, start:stop], carried_out[a, start:stop]
            for k in range(width):
                anew[k] = slow_mean(usual[k], flow[k], pace)
            gone, come, there = leaving[origin[a]], entering[destination[a]], arriving[transit[a], destination[a]]
            rate = yield_[a]
            for k in range(width):
                gone[k] += flow[k]
                come[k] += rate * flow[k]
                there[k] += rate * flow[k]
        for u in range(user_pool.size):
            asked, here = use[u, start:stop], wanted[user_pool[u]]
            for k in range(width):
                here[k] += asked[k]
        for i in range(pools):
            lying, plus, first = on_hand[i, start:stop], added[i, start:stop], inbound[0, i, start:stop]
            gone, there, asked = leaving[i], arriving[0, i], wanted[i]
            for k in range(width):
                asked[k] = share_served(lying[k] + plus[k] + first[k] - gone[k] + there[k], asked[k])
        for u in range(user_pool.size):
            asked, share = use[u, start:stop], wanted[user_pool[u]]
            used, unmet, here = used_out[u, start:stop], unmet_out[u, start:stop], taken[user_pool[u]]
            for k in range(width):
                used[k] = asked[k] * share[k]
                unmet[k] = asked[k] * (1.0 - share[k])
                here[k] += used[k]
        for i in range(pools):
            held, plus, anew = stock[i, start:stop], added[i, start:stop], stock_out[i, start:stop]
            gone, come, drawn = leaving[i], entering[i], taken[i]
            for k in range(width):
                anew[k] = held[k] + plus[k] - gone[k] + come[k] - drawn[k]
            usual, passing = throughput[i, start:stop], throughput_out[i, start:stop]
            for k in range(width):
                passing[k] = slow_mean(usual[k], come[k] + max(plus[k], 0.0), pace)
            for m in range(months - 1):
                later, sent, queue = inbound[m + 1, i, start:stop], arriving[m + 1, i], inbound_out[m, i, start:stop]
                for k in range(width):
                    queue[k] = later[k] + sent[k]
            inbound_out[months - 1, i, start:stop] = arriving[months, i, :width]
