"""What the market is offered in a month: the stocks that holders wish for, and cost and capacity of every arc."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled import inline, kernel
from sim.levers import UNLIMITED

_WORLDS = 256
"""Worlds handled together, so that what is being summed stays in the processor's nearest memory."""

# What decides an arc's capacity and adds to its cost.
PLAIN, CONTROLLED, FORMS, REFINERY, PORT, CARBIDE, SWITCH, RUSSIAN = range(8)

NOBODY = -1
"""Row of what an arc has none of: a gateway, a contract, a tariff on what it carries."""


# --- pools ---------------------------------------------------------------------------------------


@inline
def wished_stock(usual: float, months: float, passing: float, passing_at_start: float, least: float) -> float:
    """Stock that holders would be content with at the anchor price and usual cover, t W.

    Args:
        usual: stock at the start, t W.
        months: months of what passes through that are held.
        passing: t W/month that pass through lately.
        passing_at_start: the same at the start.
        least: t W that are wished for in any case.
    """
    return max(usual + months * (passing - passing_at_start), least)


@kernel
def add_rows(table: Any, place: Any, sums: Any, start: int, width: int) -> None:
    """Add each row of a table, over some worlds, to the sums of its place."""
    for member in range(place.size):
        row, here = table[member, start : start + width], sums[place[member]]
        for k in range(width):
            here[k] += row[k]


@kernel
def post_stocks(pools: Any, arcs: Any, entering: Any, contracts: Any, cover: Any, state: Any, out: Any) -> None:
    """What lies in the pools before the market clears, and how holders value it.

    Args:
        pools: price and stock at the start, least stock, months held, throughput at the start, bloc whose cover
            holds (NOBODY: the usual one), (pools,) each.
        arcs: origin, destination and yield of each arc.
        entering: (t W by member, pool of each member) of mines, scrap, traders and stockpiles; the last two take.
        contracts: arcs that contracts use, and t W sent along them, (those arcs, worlds).
        cover: months of stock that each bloc's seat wishes over the usual ones, and share held in common,
            (blocs, worlds) each.
        state: stock, throughput, level, stock wished for last month, (pools, worlds) each; anchor (worlds,).
        out: added, available, stiffness, guess of the level, and stock wished for, (pools, worlds) each.
    """
    price, usual, least, months, passing_at_start, bloc = pools
    origin, destination, yield_ = arcs
    mined, mine_pool, scrap, scrap_pool, bought, trader_pool, piled, pile_pool = entering
    bound, contract = contracts
    relative, pooling = cover
    stock, throughput, level, wished, anchor = state
    added_out, available, stiffness, guess, wish_out = out
    count, worlds = stock.shape
    sums = np.empty((6, count, _WORLDS))
    for start in range(0, worlds, _WORLDS):
        width = min(_WORLDS, worlds - start)
        stop = start + width
        sums[:] = 0.0
        add_rows(mined, mine_pool, sums[0], start, width)
        add_rows(scrap, scrap_pool, sums[1], start, width)
        add_rows(bought, trader_pool, sums[2], start, width)
        add_rows(piled, pile_pool, sums[3], start, width)
        for c in range(bound.size):
            flow, rate = contract[c, start:stop], yield_[bound[c]]
            gone, come = sums[4, origin[bound[c]]], sums[5, destination[bound[c]]]
            for k in range(width):
                gone[k] += flow[k]
                come[k] += rate * flow[k]
        for i in range(count):
            plus, lying, before = added_out[i, start:stop], available[i, start:stop], stock[i, start:stop]
            dug, back, hidden, kept = sums[0, i], sums[1, i], sums[2, i], sums[3, i]
            gone, come = sums[4, i], sums[5, i]
            for k in range(width):
                plus[k] = dug[k] + back[k] - hidden[k] - kept[k]
            # a pool that is drained still holds a gram, so that it has a price
            for k in range(width):
                lying[k] = max(before[k] + plus[k] - gone[k] + come[k], 1e-6)
            wish, passing = wish_out[i, start:stop], throughput[i, start:stop]
            for k in range(width):
                wish[k] = wished_stock(usual[i], months[i], passing[k], passing_at_start[i], least[i])
            if bloc[i] != NOBODY:
                asked, shared = relative[bloc[i], start:stop], pooling[bloc[i], start:stop]
                for k in range(width):
                    # stock held in common gives the same safety with less
                    wish[k] = wish[k] * (asked[k] * (1.0 - 0.15 * shared[k]))
            stiff, slow = stiffness[i, start:stop], anchor[start:stop]
            for k in range(width):
                stiff[k] = price[i] * slow[k] * (wish[k] * wish[k] * wish[k])
            # the stocks at which last month's prices would hold
            first, held, last = guess[i, start:stop], level[i, start:stop], wished[i, start:stop]
            for k in range(width):
                first[k] = held[k] * (wish[k] / last[k])


# --- contracts -----------------------------------------------------------------------------------


@kernel
def send_contracts(routes: Any, runs: Any, tables: Any, hosts: Any, gates: Any, sent: Any) -> None:
    """t W/month that contracts and hosts' reservations send along the arcs that they use, (those arcs, worlds).

    Args:
        routes: buyer, mine, row in `sent`, host (NOBODY: elsewhere) and gateway (NOBODY: none) of each way over which
            a contract may deliver.
        runs: whether a contract of a buyer with a mine runs in any world, (buyers, mines).
        tables: share under contract and the same at the start (buyers, mines, worlds), share free and output
            (mines, worlds).
        hosts: share that each host reserves for each buyer (hosts x buyers, worlds), and share of concentrate that
            must stay (hosts, worlds).
        gates: share open of each gateway (gateways, worlds), and whether it is narrowed in any world.
        sent: filled with the result.
    """
    buyer, mine, row, host, gate = routes
    share, at_start, free, output = tables
    reserved, required = hosts
    open_share, is_narrowed = gates
    buyers, _, worlds = share.shape
    portion = np.empty(worlds)
    sent[:] = 0.0
    for i in range(buyer.size):
        b, m, h = buyer[i], mine[i], host[i]
        if h == NOBODY and not runs[b, m]:
            continue
        held, before, mined, flow = share[b, m], at_start[b, m], output[m], sent[row[i]]
        for k in range(worlds):
            portion[k] = max(held[k] - before[k], 0.0)
        if h != NOBODY:
            kept, left = reserved[h * buyers : (h + 1) * buyers], free[m]
            for k in range(worlds):
                all_kept = kept[0, k]
                for other in range(1, buyers):
                    all_kept = all_kept + kept[other, k]
                portion[k] = portion[k] + kept[b, k] / max(all_kept, 1.0) * left[k]
        for k in range(worlds):
            portion[k] = 0.9 * portion[k] * mined[k]
        if h != NOBODY:
            stay = required[h]
            for k in range(worlds):
                portion[k] = portion[k] * (1.0 - stay[k])
        if gate[i] != NOBODY and is_narrowed[gate[i]]:
            passing = open_share[gate[i]]
            for k in range(worlds):
                portion[k] = portion[k] * passing[k]
        for k in range(worlds):
            flow[k] += portion[k]


# --- arcs ----------------------------------------------------------------------------------------


@inline
def licensed(share: float) -> float:
    """Licences over usual trade: as granted, and with room to grow once nearly everything is granted."""
    return share + max(share - 0.9, 0.0) * 30.0


@inline
def uncontrolled(usual: float, scope: float, granted: float) -> float:
    """Largest flow of powder and carbide as far as China's controls reach them, t W/month."""
    return usual * (1.0 - scope + scope * granted) * 1.5 if scope > 0.0 else UNLIMITED


@inline
def permitted(usual: float, all_usual: float, mined: float, required: float) -> float:
    """Largest export of concentrate where part of it must be refined at home, t W/month.

    Args:
        usual: weight of this way among the host's, by last year's trade.
        all_usual: sum of these weights.
        mined: concentrate mined this month, t W.
        required: share that must be refined at home.
    """
    return (1.0 - required) * mined * (usual / all_usual) if required > 0.0 else UNLIMITED


@inline
def narrowed(capacity: float, open_share: float, usual: float) -> float:
    """Capacity of an arc through a gateway of which only a share is open, t W/month."""
    return min(capacity, open_share * max(1.2 * usual, 20.0)) if open_share < 1.0 else capacity


@inline
def landed_cost(fixed: float, tariff: float, price: float, extra: float) -> float:
    """Cost of the first tonne on an arc: freight and the like, tariff on the value at origin, delay, USD/mtu."""
    return fixed + tariff * price + extra


@kernel
def _weigh_ports(ports: Any, carried: Any, weight: Any, all_weight: Any) -> None:
    """How a host's export permits are shared among its routes: by last year's trade, some for every route."""
    arc, host = ports
    worlds = carried.shape[1]
    all_carried = np.zeros(all_weight.shape)
    for p in range(arc.size):
        usual, every = carried[arc[p]], all_carried[host[p]]
        for k in range(worlds):
            every[k] += usual[k]
    all_weight[:] = 0.0
    for p in range(arc.size):
        usual, every, mine, all_mine = carried[arc[p]], all_carried[host[p]], weight[p], all_weight[host[p]]
        for k in range(worlds):
            mine[k] = usual[k] + 0.05 * every[k] + 0.1
            all_mine[k] += mine[k]


@kernel
def post_arcs(arcs: Any, ports: Any, contracts: Any, law: Any, mined: Any, gates: Any, state: Any, out: Any) -> None:
    """Cost and capacity of every arc for what the market may still decide: what contracts send is taken off.

    Args:
        arcs: what decides each arc, and which row of it; origin; whether it leads to America from China, gateway
            (NOBODY: none); fixed cost, tariff, capacity, usual flow and slope, (arcs,) each.
        ports: arcs by which the hosts' concentrate leaves, and the host of each.
        contracts: arcs that contracts use, and t W/month sent along them, (those arcs, worlds).
        law: licences granted (blocs, worlds), scope, delay (worlds,), cost of a month's delay as a share of price,
            American tariff above the start's, Russian exports allowed (worlds,), processing required and duty above
            the start's (hosts, worlds), refining capacity (refineries, worlds), carbide made on each arc (hosts,
            worlds), wished safe use and accepted premium (switches, worlds).
        mined: t W mined this month in each host (hosts, worlds).
        gates: share open of each gateway (gateways, worlds), and whether it is narrowed in any world.
        state: price (pools, worlds), slow mean of the flow (arcs, worlds).
        out: cost and capacity, (arcs, worlds).
    """
    kind, which, origin, to_america, gate, fixed, tariff, ceiling, usual, slope = arcs
    bound, contract = contracts
    (granted, scope, delay, delay_cost, american, russian, required, duty, refining, carbide, safe, premium) = law
    open_share, is_narrowed = gates
    price, carried = state
    cost_out, capacity_out = out
    worlds = price.shape[1]
    weight, all_weight = np.empty((ports[0].size, worlds)), np.empty((required.shape[0], worlds))
    _weigh_ports(ports, carried, weight, all_weight)
    port = 0
    for a in range(kind.size):
        cost, capacity, at = cost_out[a], capacity_out[a], price[origin[a]]
        rule, row = kind[a], which[a]
        if rule == SWITCH:
            for k in range(worlds):
                cost[k] = premium[row, k]
        elif to_america[a]:
            for k in range(worlds):
                extra = delay_cost * delay[k] * at[k] if rule == CONTROLLED else 0.0
                cost[k] = landed_cost(fixed[a], tariff[a] + american[k], at[k], extra)
        elif rule == CONTROLLED:
            for k in range(worlds):
                cost[k] = landed_cost(fixed[a], tariff[a], at[k], delay_cost * delay[k] * at[k])
        elif rule == PORT:
            for k in range(worlds):
                cost[k] = landed_cost(fixed[a], tariff[a] + duty[row, k], at[k], 0.0)
        else:
            for k in range(worlds):
                cost[k] = landed_cost(fixed[a], tariff[a], at[k], 0.0)
        if rule == CONTROLLED:
            for k in range(worlds):
                capacity[k] = usual[a] * licensed(granted[row, k])
        elif rule == FORMS:
            for k in range(worlds):
                capacity[k] = uncontrolled(usual[a], scope[k], granted[row, k])
        elif rule == REFINERY:
            capacity[:] = refining[row]
        elif rule == PORT:
            for k in range(worlds):
                capacity[k] = permitted(weight[port, k], all_weight[row, k], mined[row, k], required[row, k])
            port += 1
        elif rule == CARBIDE:
            capacity[:] = carbide[row]
        elif rule == SWITCH:
            capacity[:] = safe[row]
        elif rule == RUSSIAN:
            for k in range(worlds):
                capacity[k] = usual[a] * 1.5 * russian[k]
        else:
            capacity[:] = ceiling[a]
        if gate[a] != NOBODY and is_narrowed[gate[a]]:
            passing, lately = open_share[gate[a]], carried[a]
            for k in range(worlds):
                capacity[k] = narrowed(capacity[k], passing[k], lately[k])
    for c in range(bound.size):
        a = bound[c]
        cost, capacity, sent = cost_out[a], capacity_out[a], contract[c]
        for k in range(worlds):
            cost[k] = cost[k] + slope[a] * sent[k]
            capacity[k] = max(capacity[k] - sent[k], 0.0)
