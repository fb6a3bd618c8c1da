"""Goods move: what leaves each pool, what is under way, what arrives, and what users find there."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled import inline, kernel


@inline
def slow_mean(mean: float, value: float, pace: float) -> float:
    """A mean that moves a share `pace` of its gap to the value."""
    return mean + pace * (value - mean)


@inline
def share_served(lying: float, wanted: float) -> float:
    """Share of what users want of a pool that lies there, 0 to 1."""
    return min(max(max(lying, 0.0) / max(wanted, 1e-9), 0.0), 1.0)


@kernel
def lie(stock: Any, inbound: Any) -> Any:
    """t W lying in each pool, without what is under way to it, (pools, worlds)."""
    lying = np.empty(stock.shape)
    for i in range(stock.shape[0]):
        for k in range(stock.shape[1]):
            afloat = inbound[0, i, k]
            for month in range(1, inbound.shape[0]):
                afloat = afloat + inbound[month, i, k]
            lying[i, k] = stock[i, k] - afloat
    return lying


@kernel
def move(ways: Any, pools: Any, contracts: Any, cleared: Any, state: Any, pace: Any, out: Any) -> None:
    """Ship a month's flows, let users take what lies on hand, and move goods under way one month on.

    Args:
        ways: yield of each arc and months that its goods are under way.
        pools: for each pool the first of its arcs out, arcs in and users in the lists that follow (pools + 1,) each,
            and these lists: rows of arcs out, of arcs in, of user groups.
        contracts: what they send; see agents.exchange.Contracts.
        cleared: flow beyond contracts (arcs, worlds), to which what contracts send is added, and use (users, worlds).
        state: stock, lying on hand, added (pools, worlds), inbound (months, pools, worlds), throughput (pools,
            worlds), carried (arcs, worlds), all before the month.
        pace: share of its gap that a slow mean moves in a month, (worlds,).
        out: stock, inbound, throughput, carried, used, unmet after the month.
    """
    yield_, transit = ways
    first_out, first_in, first_user, arcs_out, arcs_in, users = pools
    flow, use = cleared
    stock, on_hand, added, inbound, throughput, carried = state
    stock_out, inbound_out, throughput_out, carried_out, used, unmet = out
    months, count, worlds = inbound.shape
    leaving, entering, share, taken = np.empty(worlds), np.empty(worlds), np.empty(worlds), np.empty(worlds)
    arriving = np.empty((months + 1, worlds))
    for c in range(contracts.arcs.size):
        a = contracts.arcs[c]
        for k in range(worlds):
            flow[a, k] += contracts.sent[c, k]
    for i in range(count):
        for k in range(worlds):
            leaving[k] = 0.0
            entering[k] = 0.0
            share[k] = 0.0
            taken[k] = 0.0
        for m in range(months + 1):
            for k in range(worlds):
                arriving[m, k] = 0.0
        for each in range(first_out[i], first_out[i + 1]):
            a = arcs_out[each]
            for k in range(worlds):
                leaving[k] += flow[a, k]
                carried_out[a, k] = slow_mean(carried[a, k], flow[a, k], pace[k])
        for each in range(first_in[i], first_in[i + 1]):
            a = arcs_in[each]
            m = transit[a]
            for k in range(worlds):
                come = yield_[a] * flow[a, k]
                entering[k] += come
                arriving[m, k] += come
        for each in range(first_user[i], first_user[i + 1]):
            u = users[each]
            for k in range(worlds):
                share[k] += use[u, k]
        for k in range(worlds):
            lying = on_hand[i, k] + added[i, k] + inbound[0, i, k] - leaving[k] + arriving[0, k]
            share[k] = share_served(lying, share[k])
        for each in range(first_user[i], first_user[i + 1]):
            u = users[each]
            for k in range(worlds):
                used[u, k] = use[u, k] * share[k]
                unmet[u, k] = use[u, k] * (1.0 - share[k])
                taken[k] += use[u, k] * share[k]
        for k in range(worlds):
            stock_out[i, k] = stock[i, k] + added[i, k] - leaving[k] + entering[k] - taken[k]
            passing = entering[k] + max(added[i, k], 0.0)
            throughput_out[i, k] = slow_mean(throughput[i, k], passing, pace[k])
        for m in range(1, months):
            for k in range(worlds):
                inbound_out[m - 1, i, k] = inbound[m, i, k] + arriving[m, k]
        for k in range(worlds):
            inbound_out[months - 1, i, k] = arriving[months, k]
