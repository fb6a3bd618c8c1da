"""Goods move: what leaves each pool, what is under way, what arrives, and what users find there."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.blocks import BLOCK, NEAR, add, copy
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
def lie(first: Any, stock: Any, inbound: Any) -> Any:
    """t W lying in each pool, without what is under way to it, (pools, worlds).

    Args:
        first: first row of each pool in `inbound`, (pools + 1,).
        stock: t W, (pools, worlds).
        inbound: what is under way, see `move`.
    """
    lying = np.empty(stock.shape)
    for lo in range(0, stock.shape[1], BLOCK):
        for i in range(stock.shape[0]):
            _lie(first[i], first[i + 1], stock[i, lo : lo + BLOCK], inbound, lo, lying[i, lo : lo + BLOCK])
    return lying


@kernel
def lie_here(asked: Any, first: Any, stock: Any, inbound: Any, lo: Any, hi: Any, lying: Any) -> None:
    """t W lying in some pools of worlds `lo` to `hi`, into their rows of a table (pools, these worlds); see `lie`."""
    for i in asked:
        _lie(first[i], first[i + 1], stock[i, lo:hi], inbound, lo, lying[i])


@inline
def _lie(first: Any, end: Any, stock: Any, inbound: Any, world: Any, lying: Any) -> None:
    """What lies in one pool, in some worlds from one on: its stock less the rows of what is under way."""
    for k in range(lying.size):
        lying[k] = 0.0
    for row in range(first, end):
        add(inbound[row, world : world + lying.size], lying)
    for k in range(lying.size):
        lying[k] = stock[k] - lying[k]


@kernel
def move(goods: Any, contracts: Any, lo: Any, hi: Any, cleared: Any) -> None:
    """Ship a month's flows in worlds `lo` to `hi`, let users take what lies on hand, and move goods under way on.

    Args:
        goods: four groups of
            ways: yield of each arc and months that its goods are under way;
            pools: for each pool the first of its arcs out, arcs in and users in the lists that follow and the first of
                its rows in `inbound` (pools + 1,) each, and these lists: rows of arcs out, of arcs in, of user groups;
            state: share of its gap that a slow mean moves in a month (worlds,), stock (pools, worlds), inbound (for
                each pool what arrives in 1, 2, ... months; worlds), throughput (pools, worlds), carried (arcs, worlds),
                all before the month;
            out: stock, inbound, throughput, carried, used, unmet and flow of all goods after the month.
        contracts: see agents.exchange.Contracts.
        cleared: of these worlds: t W added to each pool, t W that contracts send, flow beyond contracts (arcs), to which
            what contracts send is added, and use (users).
    """
    ways, pools, state, out = goods
    yield_, transit = ways
    first_out, first_in, first_user, first_afloat, arcs_out, arcs_in, users = pools
    pace, stock, inbound, throughput, carried = state
    stock_out, inbound_out, throughput_out, carried_out, used, unmet, flow_out = out
    added, sent, flows, uses = cleared
    n, speed = hi - lo, pace[lo:hi]
    arriving = np.empty((np.max(transit) + 1, NEAR))
    scratch = np.empty((4, NEAR))
    leaving, entering, share, taken = scratch[0, :n], scratch[1, :n], scratch[2, :n], scratch[3, :n]
    for c in range(contracts.arcs.size):
        add(sent[c], flows[contracts.arcs[c]])
    for i in range(stock.shape[0]):
        first, end = first_afloat[i], first_afloat[i + 1]
        scratch[:, :n] = 0.0
        arriving[: end - first + 1, :n] = 0.0
        for each in range(first_out[i], first_out[i + 1]):
            a = arcs_out[each]
            flow, mean, mean_out = flows[a], carried[a, lo:hi], carried_out[a, lo:hi]
            gone = flow_out[a, lo:hi]
            for k in range(n):
                leaving[k] += flow[k]
                gone[k] = flow[k]
            for k in range(n):
                mean_out[k] = slow_mean(mean[k], flow[k], speed[k])
        for each in range(first_in[i], first_in[i + 1]):
            a = arcs_in[each]
            rate, flow, come = yield_[a], flows[a], arriving[transit[a], :n]
            for k in range(n):
                reaching = rate * flow[k]
                entering[k] += reaching
                come[k] += reaching
        for each in range(first_user[i], first_user[i + 1]):
            add(uses[users[each]], share)
        here, more, lying = stock[i, lo:hi], added[i], taken
        _lie(first, end, here, inbound, lo, lying)
        add(more, lying)
        if end > first:
            add(inbound[first, lo:hi], lying)
        come = arriving[0, :n]
        for k in range(n):
            share[k] = share_served(lying[k] - leaving[k] + come[k], share[k])
            taken[k] = 0.0
        for each in range(first_user[i], first_user[i + 1]):
            u = users[each]
            use, use_out, unmet_out = uses[u], used[u, lo:hi], unmet[u, lo:hi]
            for k in range(n):
                use_out[k] = use[k] * share[k]
                taken[k] += use_out[k]
            for k in range(n):
                unmet_out[k] = use[k] * (1.0 - share[k])
        left, mean, mean_out = stock_out[i, lo:hi], throughput[i, lo:hi], throughput_out[i, lo:hi]
        for k in range(n):
            left[k] = here[k] + more[k] - leaving[k] + entering[k] - taken[k]
        for k in range(n):
            mean_out[k] = slow_mean(mean[k], entering[k] + max(more[k], 0.0), speed[k])
        for row in range(first, end):
            if row + 1 < end:
                add(inbound[row + 1, lo:hi], arriving[row - first + 1])
            copy(arriving[row - first + 1, :n], inbound_out[row, lo:hi])
