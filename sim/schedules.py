"""What the market is offered in a month: the stocks that holders wish for, and cost and capacity of every arc."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled import inline, kernel
from sim.levers import UNLIMITED

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
def post_stocks(pools: Any, ways: Any, entering: Any, contracts: Any, cover: Any, state: Any, out: Any) -> None:
    """What lies in the pools before the market clears, and how holders value it.

    Args:
        pools: price and stock at the start, least stock, months held, throughput at the start, bloc whose cover
            holds (NOBODY: the usual one), (pools,) each.
        ways: yield of each arc.
        entering: for mines, scrap, traders and stockpiles (the last two take): t W by member, first member of each
            pool in the list (pools + 1,), and this list.
        contracts: what they send, and which of them leave and reach each pool; see agents.exchange.Contracts.
        cover: months of stock that each bloc's seat wishes over the usual ones, and share held in common,
            (blocs, worlds) each.
        state: stock, throughput, level, stock wished for last month, (pools, worlds) each; anchor (worlds,).
        out: added, available, stiffness, guess of the level, and stock wished for, (pools, worlds) each.
    """
    price, usual, least, months, passing_at_start, bloc = pools
    mined, scrap, bought, piled = entering
    relative, pooling = cover
    stock, throughput, level, wished, anchor = state
    added, available, stiffness, guess, wish = out
    count, worlds = stock.shape
    sums = np.empty((6, worlds))
    for i in range(count):
        _sum_here(mined, i, sums[0])
        _sum_here(scrap, i, sums[1])
        _sum_here(bought, i, sums[2])
        _sum_here(piled, i, sums[3])
        for k in range(worlds):
            sums[4, k] = 0.0
            sums[5, k] = 0.0
        for each in range(contracts.first_out[i], contracts.first_out[i + 1]):
            c = contracts.leaving[each]
            for k in range(worlds):
                sums[4, k] += contracts.sent[c, k]
        for each in range(contracts.first_in[i], contracts.first_in[i + 1]):
            c = contracts.reaching[each]
            rate = ways[contracts.arcs[c]]
            for k in range(worlds):
                sums[5, k] += rate * contracts.sent[c, k]
        for k in range(worlds):
            plus = sums[0, k] + sums[1, k] - sums[2, k] - sums[3, k]
            added[i, k] = plus
            # a pool that is drained still holds a gram, so that it has a price
            available[i, k] = max(stock[i, k] + plus - sums[4, k] + sums[5, k], 1e-6)
        for k in range(worlds):
            wish[i, k] = wished_stock(usual[i], months[i], throughput[i, k], passing_at_start[i], least[i])
        b = bloc[i]
        if b != NOBODY:
            for k in range(worlds):
                # stock held in common gives the same safety with less
                wish[i, k] = wish[i, k] * (relative[b, k] * (1.0 - 0.15 * pooling[b, k]))
        for k in range(worlds):
            w = wish[i, k]
            stiffness[i, k] = price[i] * anchor[k] * (w * w * w)
            # the stocks at which last month's prices would hold
            guess[i, k] = level[i, k] * (w / wished[i, k])


@kernel
def _sum_here(members: Any, place: int, sums: Any) -> None:
    """Sum over the members of a place."""
    table, first, listed = members
    for k in range(sums.size):
        sums[k] = 0.0
    for each in range(first[place], first[place + 1]):
        m = listed[each]
        for k in range(sums.size):
            sums[k] += table[m, k]


# --- contracts -----------------------------------------------------------------------------------


@kernel
def send_contracts(routes: Any, runs: Any, tables: Any, hosts: Any, gates: Any, sent: Any) -> None:
    """t W/month that contracts and hosts' reservations send along the arcs that they use, (those arcs, worlds).

    Args:
        routes: buyer, mine, row in `sent`, host (NOBODY: elsewhere) and gateway (NOBODY: none) of each way over which
            a contract may deliver.
        runs: whether a contract of a buyer with a mine runs in any world, (buyers, mines).
        tables: share under contract with each buyer (mines, worlds) each, the same at the start (buyers, mines,
            worlds), output (mines, worlds).
        hosts: share that each host reserves for each buyer (hosts, buyers, worlds), and share of concentrate that
            must stay (hosts, worlds).
        gates: share open of each gateway (gateways, worlds), and whether it is narrowed in any world.
        sent: filled with the result.
    """
    buyer, mine, row, host, gate = routes
    share, at_start, output = tables
    reserved, required = hosts
    open_share, is_narrowed = gates
    worlds = sent.shape[1]
    portion = np.empty(worlds)
    kept = np.empty(reserved.shape)
    for h in range(reserved.shape[0]):
        for b in range(reserved.shape[1]):
            for k in range(worlds):
                every = reserved[h, 0, k]
                for other in range(1, reserved.shape[1]):
                    every = every + reserved[h, other, k]
                kept[h, b, k] = reserved[h, b, k] / max(every, 1.0)
    for c in range(sent.shape[0]):
        for k in range(worlds):
            sent[c, k] = 0.0
    for i in range(buyer.size):
        b, m, h, c, g = buyer[i], mine[i], host[i], row[i], gate[i]
        if h == NOBODY and not runs[b, m]:
            continue
        if h == NOBODY:
            for k in range(worlds):
                portion[k] = 0.9 * max(share[b][m, k] - at_start[b, m, k], 0.0) * output[m, k]
        else:
            for k in range(worlds):
                sold = share[0][m, k]
                for other in range(1, len(share)):
                    sold = sold + share[other][m, k]
                part = max(share[b][m, k] - at_start[b, m, k], 0.0) + kept[h, b, k] * max(1.0 - sold, 0.0)
                portion[k] = 0.9 * part * output[m, k] * (1.0 - required[h, k])
        if g != NOBODY and is_narrowed[g]:
            for k in range(worlds):
                portion[k] = portion[k] * open_share[g, k]
        for k in range(worlds):
            sent[c, k] += portion[k]


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
    every = np.zeros(all_weight.shape)
    for p in range(arc.size):
        for k in range(worlds):
            every[host[p], k] += carried[arc[p], k]
    for h in range(all_weight.shape[0]):
        for k in range(worlds):
            all_weight[h, k] = 0.0
    for p in range(arc.size):
        for k in range(worlds):
            weight[p, k] = carried[arc[p], k] + 0.05 * every[host[p], k] + 0.1
            all_weight[host[p], k] += weight[p, k]


@kernel
def post_arcs(arcs: Any, ports: Any, contracts: Any, law: Any, mined: Any, gates: Any, state: Any, out: Any) -> None:
    """Cost and capacity of every arc for what the market may still decide: what contracts send is taken off.

    Args:
        arcs: what decides each arc, and which row of it; origin; whether it leads to America from China, gateway
            (NOBODY: none); fixed cost, tariff, capacity, usual flow and slope, (arcs,) each.
        ports: arcs by which the hosts' concentrate leaves, and the host of each.
        contracts: what they send; see agents.exchange.Contracts.
        law: licences granted (blocs, worlds), scope, delay (worlds,), cost of a month's delay as a share of price,
            American tariff and Russian exports allowed (worlds,), processing required and duty above the start's
            (hosts, worlds), refining capacity (refineries, worlds), carbide made on each arc (hosts, worlds), wished
            safe use and accepted premium (switches, worlds).
        mined: t W mined this month in each host (hosts, worlds).
        gates: share open of each gateway (gateways, worlds), and whether it is narrowed in any world.
        state: price (pools, worlds), slow mean of the flow (arcs, worlds).
        out: cost and capacity, (arcs, worlds).
    """
    kind, which, origin, to_america, gate, fixed, tariff, ceiling, usual, slope = arcs
    (granted, scope, delay, delay_cost, american, russian, required, duty, refining, carbide, safe, premium) = law
    open_share, is_narrowed = gates
    price, carried = state
    cost, capacity = out
    worlds = price.shape[1]
    weight, all_weight = np.empty((ports[0].size, worlds)), np.empty((required.shape[0], worlds))
    _weigh_ports(ports, carried, weight, all_weight)
    duties, extra = np.empty(worlds), np.empty(worlds)
    port = 0
    for a in range(kind.size):
        rule, row, at, g = kind[a], which[a], origin[a], gate[a]
        for k in range(worlds):
            duties[k] = tariff[a]
            extra[k] = 0.0
        if to_america[a]:
            for k in range(worlds):
                duties[k] = tariff[a] + american[k]
        if rule == CONTROLLED:
            for k in range(worlds):
                extra[k] = delay_cost * delay[k] * price[at, k]
                capacity[a, k] = usual[a] * licensed(granted[row, k])
        elif rule == FORMS:
            for k in range(worlds):
                capacity[a, k] = uncontrolled(usual[a], scope[k], granted[row, k])
        elif rule == REFINERY:
            for k in range(worlds):
                capacity[a, k] = refining[row, k]
        elif rule == PORT:
            for k in range(worlds):
                duties[k] = tariff[a] + duty[row, k]
                capacity[a, k] = permitted(weight[port, k], all_weight[row, k], mined[row, k], required[row, k])
            port += 1
        elif rule == CARBIDE:
            for k in range(worlds):
                capacity[a, k] = carbide[row, k]
        elif rule == SWITCH:
            for k in range(worlds):
                capacity[a, k] = safe[row, k]
        elif rule == RUSSIAN:
            for k in range(worlds):
                capacity[a, k] = usual[a] * 1.5 * russian[k]
        else:
            for k in range(worlds):
                capacity[a, k] = ceiling[a]
        if rule == SWITCH:
            for k in range(worlds):
                cost[a, k] = premium[row, k]
        else:
            for k in range(worlds):
                cost[a, k] = landed_cost(fixed[a], duties[k], price[at, k], extra[k])
        if g != NOBODY and is_narrowed[g]:
            for k in range(worlds):
                capacity[a, k] = narrowed(capacity[a, k], open_share[g, k], carried[a, k])
    for c in range(contracts.arcs.size):
        a = contracts.arcs[c]
        for k in range(worlds):
            cost[a, k] = cost[a, k] + slope[a] * contracts.sent[c, k]
            capacity[a, k] = max(capacity[a, k] - contracts.sent[c, k], 0.0)
