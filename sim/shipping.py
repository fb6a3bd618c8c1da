"""Goods move: what leaves each pool, what is under way, what arrives, and what users find there."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.bare import bare, bare_inline
from sim.blocks import add_row
from sim.compiled import inline, kernel
from sim.lanes import LANES, everywhere, give_to, take, take_from, within


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
    for i in range(stock.shape[0]):
        for k in range(0, stock.shape[1], LANES):
            here = within(k, stock.shape[1])
            stocked = take_from(stock, i, k, here)
            give_to(lying, i, k, here, _lying(first[i], first[i + 1], stocked, inbound, k, here))
    return lying


@bare
def lie_here(asked: Any, first: Any, stock: Any, inbound: Any, lo: Any, hi: Any, lying: Any) -> None:
    """t W lying in some pools of worlds `lo` to `hi`, into their rows of a table (pools, these worlds); see `lie`."""
    for each in range(asked.size):
        i = asked[each]
        for k in range(lo, hi, LANES):
            here = within(k, hi)
            stocked = take_from(stock, i, k, here)
            give_to(lying, i, k - lo, here, _lying(first[i], first[i + 1], stocked, inbound, k, here))


@bare_inline
def _lying(first: Any, end: Any, stock: Any, inbound: Any, world: Any, here: Any) -> Any:
    """What lies in one pool, in LANES worlds from one on: its stock less the rows of what is under way."""
    afloat = everywhere(0.0)
    for row in range(first, end):
        afloat = afloat + take_from(inbound, row, world, here)
    return stock - afloat


@bare
def move(goods: Any, contracts: Any, lo: Any, hi: Any, cleared: Any, arriving: Any) -> None:
    """Ship a month's flows in worlds `lo` to `hi`, let users take what lies on hand, and move goods under way on.

    Args:
        goods: four groups of
            ways: yield of each arc and months that its goods are under way;
            pools: for each pool the first of its arcs out, arcs in and users in the lists that follow and the first of
                its rows in `inbound` (pools + 1,) each, and these lists: rows of arcs out, of arcs in, of user groups;
            state: share of its gap that a slow mean moves in a month (worlds,), stock (pools, worlds), inbound (for
                each pool what arrives in 1, 2, ... months; worlds), throughput (pools, worlds), carried (arcs, worlds),
                all before the month;
            out: stock, inbound, throughput, carried, used, unmet and flow of all goods after the month; these may be the
                tables of the state themselves.
        contracts: see agents.exchange.Contracts.
        cleared: of these worlds: t W added to each pool, t W that contracts send, flow beyond contracts (arcs), to which
            what contracts send is added, and use (users).
        arriving: working memory, one row more than the longest way takes months, (rows, these worlds).
    """
    ways, pools, state, out = goods
    yield_, transit = ways
    first_out, first_in, first_user, first_afloat, arcs_out, arcs_in, users = pools
    pace, stock, inbound, throughput, carried = state
    stock_out, inbound_out, throughput_out, carried_out, used, unmet, flow_out = out
    added, sent, flows, uses = cleared
    promised = contracts.arcs
    for c in range(promised.size):
        add_row(sent, c, hi - lo, flows, promised[c])
    for i in range(stock.shape[0]):
        first, end = first_afloat[i], first_afloat[i + 1]
        for k in range(lo, hi, LANES):
            near, here = k - lo, within(k, hi)
            speed = take(pace, k, here)
            for months in range(end - first + 1):
                give_to(arriving, months, near, here, 0.0)
            leaving, entering, wanted, taken = everywhere(0.0), everywhere(0.0), everywhere(0.0), everywhere(0.0)
            for each in range(first_out[i], first_out[i + 1]):
                a = arcs_out[each]
                flow = take_from(flows, a, near, here)
                leaving = leaving + flow
                give_to(flow_out, a, k, here, flow)
                give_to(carried_out, a, k, here, slow_mean(take_from(carried, a, k, here), flow, speed))
            for each in range(first_in[i], first_in[i + 1]):
                a = arcs_in[each]
                reaching = yield_[a] * take_from(flows, a, near, here)
                entering = entering + reaching
                months = transit[a]
                give_to(arriving, months, near, here, take_from(arriving, months, near, here) + reaching)
            for each in range(first_user[i], first_user[i + 1]):
                wanted = wanted + take_from(uses, users[each], near, here)
            stocked, more = take_from(stock, i, k, here), take_from(added, i, near, here)
            if first_user[i] < first_user[i + 1]:
                lying = _lying(first, end, stocked, inbound, k, here) + more
                if end > first:
                    lying = lying + take_from(inbound, first, k, here)
                share = share_served(lying - leaving + take_from(arriving, 0, near, here), wanted)
                for each in range(first_user[i], first_user[i + 1]):
                    u = users[each]
                    use = take_from(uses, u, near, here)
                    found = use * share
                    taken = taken + found
                    give_to(used, u, k, here, found)
                    give_to(unmet, u, k, here, use * (1.0 - share))
            give_to(stock_out, i, k, here, stocked + more - leaving + entering - taken)
            passing = slow_mean(take_from(throughput, i, k, here), entering + max(more, 0.0), speed)
            give_to(throughput_out, i, k, here, passing)
            for row in range(first, end):
                coming = take_from(arriving, row - first + 1, near, here)
                if row + 1 < end:
                    coming = coming + take_from(inbound, row + 1, k, here)
                give_to(inbound_out, row, k, here, coming)
