"""What the market is offered in a month: the stocks that holders wish for, and cost and capacity of every arc."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.blocks import BLOCK, add, copy
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


# Rows of one pool's numbers in the table that `post_stocks` works in.
MINED, SCRAP, BOUGHT, PILED, SENT, RECEIVED, STOCK, PASSING, LEVEL, WISHED, ADDED, COVER, POOLED, ANCHOR = range(14)


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
    near = np.empty((ANCHOR + 1, BLOCK))
    for lo in range(0, anchor.size, BLOCK):
        hi = min(lo + BLOCK, anchor.size)
        n = hi - lo
        copy(anchor[lo:hi], near[ANCHOR])
        for i in range(stock.shape[0]):
            near[:STOCK] = 0.0
            before, held, flow_then, floor, value = usual[i], months[i], passing_at_start[i], least[i], price[i]
            _sum_here(mined, i, lo, near[MINED, :n])
            _sum_here(scrap, i, lo, near[SCRAP, :n])
            _sum_here(bought, i, lo, near[BOUGHT, :n])
            _sum_here(piled, i, lo, near[PILED, :n])
            for each in range(contracts.first_out[i], contracts.first_out[i + 1]):
                add(contracts.sent[contracts.leaving[each], lo:hi], near[SENT])
            for each in range(contracts.first_in[i], contracts.first_in[i + 1]):
                c = contracts.reaching[each]
                rate, sent = ways[contracts.arcs[c]], contracts.sent[c, lo:hi]
                for k in range(n):
                    near[RECEIVED, k] += rate * sent[k]
            copy(stock[i, lo:hi], near[STOCK])
            copy(throughput[i, lo:hi], near[PASSING])
            copy(level[i, lo:hi], near[LEVEL])
            copy(wished[i, lo:hi], near[WISHED])
            for k in range(n):
                plus = near[MINED, k] + near[SCRAP, k] - near[BOUGHT, k] - near[PILED, k]
                # a pool that is drained still holds a gram, so that it has a price
                near[STOCK, k] = max(near[STOCK, k] + plus - near[SENT, k] + near[RECEIVED, k], 1e-6)
                near[ADDED, k] = plus
                near[PASSING, k] = wished_stock(before, held, near[PASSING, k], flow_then, floor)
            b = bloc[i]
            if b != NOBODY:
                copy(relative[b, lo:hi], near[COVER])
                copy(pooling[b, lo:hi], near[POOLED])
                for k in range(n):
                    # stock held in common gives the same safety with less
                    near[PASSING, k] = near[PASSING, k] * (near[COVER, k] * (1.0 - 0.15 * near[POOLED, k]))
            for k in range(n):
                w = near[PASSING, k]
                # the stocks at which last month's prices would hold
                near[LEVEL, k] = near[LEVEL, k] * (w / near[WISHED, k])
                near[WISHED, k] = value * near[ANCHOR, k] * (w * w * w)
            copy(near[ADDED, :n], added[i, lo:hi])
            copy(near[STOCK, :n], available[i, lo:hi])
            copy(near[WISHED, :n], stiffness[i, lo:hi])
            copy(near[LEVEL, :n], guess[i, lo:hi])
            copy(near[PASSING, :n], wish[i, lo:hi])


@inline
def _sum_here(members: Any, place: Any, world: Any, sums: Any) -> None:
    """Add what the members of a place have in some worlds, from one on."""
    table, first, listed = members
    for each in range(first[place], first[place + 1]):
        add(table[listed[each], world : world + sums.size], sums)


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
    kept, portion, part = np.empty((reserved.shape[0], reserved.shape[1], BLOCK)), np.empty(BLOCK), np.empty(BLOCK)
    for lo in range(0, worlds, BLOCK):
        hi = min(lo + BLOCK, worlds)
        n = hi - lo
        for h in range(reserved.shape[0]):
            part[:] = 0.0
            for b in range(reserved.shape[1]):
                add(reserved[h, b, lo:hi], part)
            for b in range(reserved.shape[1]):
                wish = reserved[h, b, lo:hi]
                for k in range(n):
                    kept[h, b, k] = wish[k] / max(part[k], 1.0)
        for c in range(sent.shape[0]):
            sent[c, lo:hi] = 0.0
        for i in range(buyer.size):
            b, m, h, c, g = buyer[i], mine[i], host[i], row[i], gate[i]
            if h == NOBODY and not runs[b, m]:
                continue
            own, before, made = share[b][m, lo:hi], at_start[b, m, lo:hi], output[m, lo:hi]
            for k in range(n):
                part[k] = max(own[k] - before[k], 0.0)
            if h != NOBODY:
                portion[:] = 0.0
                for other in range(len(share)):
                    add(share[other][m, lo:hi], portion)
                for k in range(n):
                    part[k] = part[k] + kept[h, b, k] * max(1.0 - portion[k], 0.0)
            for k in range(n):
                portion[k] = 0.9 * part[k] * made[k]
            if h != NOBODY:
                stays = required[h, lo:hi]
                for k in range(n):
                    portion[k] = portion[k] * (1.0 - stays[k])
            if g != NOBODY and is_narrowed[g]:
                opened = open_share[g, lo:hi]
                for k in range(n):
                    portion[k] = portion[k] * opened[k]
            add(portion[:n], sent[c, lo:hi])


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


@inline
def _weigh_ports(ports: Any, carried: Any, world: Any, weight: Any, all_weight: Any, every: Any) -> None:
    """How a host's export permits are shared among its routes, in a block of worlds from one on.

    By last year's trade, some for every route.
    """
    arc, host = ports
    all_weight[:] = 0.0
    every[:] = 0.0
    for p in range(arc.size):
        add(carried[arc[p], world : world + BLOCK], every[host[p]])
    for p in range(arc.size):
        usual, of_host = carried[arc[p], world : world + BLOCK], every[host[p]]
        for k in range(usual.size):
            weight[p, k] = usual[k] + 0.05 * of_host[k] + 0.1
        add(weight[p], all_weight[host[p]])


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
    worlds, hosts = price.shape[1], required.shape[0]
    weight, all_weight, every = np.empty((ports[0].size, BLOCK)), np.empty((hosts, BLOCK)), np.empty((hosts, BLOCK))
    duties, extra = np.empty(BLOCK), np.empty(BLOCK)
    for lo in range(0, worlds, BLOCK):
        hi = min(lo + BLOCK, worlds)
        n = hi - lo
        _weigh_ports(ports, carried, lo, weight, all_weight, every)
        scoped, late, tariffs = scope[lo:hi], delay[lo:hi], american[lo:hi]
        port = 0
        for a in range(kind.size):
            rule, row, g = kind[a], which[a], gate[a]
            then, duty_here, carriage = usual[a], tariff[a], fixed[a]
            here, room, first = price[origin[a], lo:hi], capacity[a, lo:hi], cost[a, lo:hi]
            duties[:] = duty_here
            extra[:] = 0.0
            if to_america[a]:
                for k in range(n):
                    duties[k] = duty_here + tariffs[k]
            if rule == CONTROLLED:
                share = granted[row, lo:hi]
                for k in range(n):
                    extra[k] = delay_cost * late[k] * here[k]
                for k in range(n):
                    room[k] = then * licensed(share[k])
            elif rule == FORMS:
                share = granted[row, lo:hi]
                for k in range(n):
                    room[k] = uncontrolled(then, scoped[k], share[k])
            elif rule == REFINERY:
                copy(refining[row, lo:hi], room)
            elif rule == PORT:
                add(duty[row, lo:hi], duties)
                dug, stays = mined[row, lo:hi], required[row, lo:hi]
                for k in range(n):
                    room[k] = permitted(weight[port, k], all_weight[row, k], dug[k], stays[k])
                port += 1
            elif rule == CARBIDE:
                copy(carbide[row, lo:hi], room)
            elif rule == SWITCH:
                copy(safe[row, lo:hi], room)
            elif rule == RUSSIAN:
                for k in range(n):
                    room[k] = then * 1.5 * russian[lo + k]
            else:
                room[:] = ceiling[a]
            if rule == SWITCH:
                copy(premium[row, lo:hi], first)
            else:
                for k in range(n):
                    first[k] = landed_cost(carriage, duties[k], here[k], extra[k])
            if g != NOBODY and is_narrowed[g]:
                opened, passing = open_share[g, lo:hi], carried[a, lo:hi]
                for k in range(n):
                    room[k] = narrowed(room[k], opened[k], passing[k])
        for c in range(contracts.arcs.size):
            a = contracts.arcs[c]
            rise = slope[a]
            sent, room, first = contracts.sent[c, lo:hi], capacity[a, lo:hi], cost[a, lo:hi]
            for k in range(n):
                first[k] = first[k] + rise * sent[k]
            for k in range(n):
                room[k] = max(room[k] - sent[k], 0.0)
