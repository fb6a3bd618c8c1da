"""What the market is offered in a month: the stocks that holders wish for, and cost and capacity of every arc."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.blocks import NEAR, add, copy
from sim.compiled import inline, kernel
from sim.decided import (
    CEILING,
    COVER,
    DELAY,
    DUTY,
    NOBODY,
    POOLED,
    PREMIUM_SUPPORT,
    REQUIRED,
    RUSSIAN_EXPORTS,
    SCOPE,
    TARIFF,
)
from sim.levers import UNLIMITED

# What decides an arc's capacity and adds to its cost.
PLAIN, CONTROLLED, FORMS, REFINERY, PORT, CARBIDE, SWITCH, RUSSIAN = range(8)

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


@inline
def relative_cover(months: float, usual: float) -> float:
    """Months of stock that are wished for over the usual ones."""
    return months / usual


# Rows of one pool's numbers in the table that `post_stocks` works in.
MINED, SCRAP, BOUGHT, PILED, SENT, RECEIVED, ADDED, PASSING, ANCHOR = range(9)


@kernel
def post_stocks(pools: Any, entering: Any, contracts: Any, levers: Any, lo: Any, hi: Any, sent: Any, offers: Any) -> None:
    """What lies in the pools of worlds `lo` to `hi` before the market clears, and how holders value it.

    Args:
        pools: four groups of
            holders: price and stock at the start, least stock, months held, throughput at the start, bloc whose cover
                holds (NOBODY: the usual one), (pools,) each;
            blocs: row of each bloc's seat (NOBODY: none), usual months of stock, and fear (blocs, worlds);
            ways: yield of each arc;
            state: stock, throughput, level, stock wished for last month, (pools, worlds) each; anchor (worlds,);
            out: stock wished for, (pools, worlds).
        entering: for mines, scrap, traders and stockpiles (the last two take): t W by member, first member of each
            pool in the list (pools + 1,), and this list.
        contracts: see agents.exchange.Contracts.
        levers: see sim.decided, (levers, these worlds).
        sent: t W that contracts send, (arcs of contracts, these worlds).
        offers: filled in these worlds: added, available, stiffness, guess of the level, (pools, these worlds) each.
    """
    holders, blocs, ways, state, wish = pools
    price, usual, least, months, passing_at_start, bloc = holders
    mined, scrap, bought, piled = entering
    stock, throughput, level, wished, anchor = state
    added, available, stiffness, guess = offers
    near, cover = np.empty((ANCHOR + 1, NEAR)), np.empty((blocs[0].size, NEAR))
    n = hi - lo
    _weigh_cover(blocs, levers, lo, hi, cover)
    copy(anchor[lo:hi], near[ANCHOR])
    for i in range(stock.shape[0]):
        near[:ADDED, :n] = 0.0
        before, held, flow_then, floor, value = usual[i], months[i], passing_at_start[i], least[i], price[i]
        _sum_here(mined, i, lo, near[MINED, :n])
        _sum_here(scrap, i, lo, near[SCRAP, :n])
        _sum_here(bought, i, lo, near[BOUGHT, :n])
        _sum_here(piled, i, lo, near[PILED, :n])
        for each in range(contracts.first_out[i], contracts.first_out[i + 1]):
            add(sent[contracts.leaving[each]], near[SENT])
        for each in range(contracts.first_in[i], contracts.first_in[i + 1]):
            c = contracts.reaching[each]
            rate, goods = ways[contracts.arcs[c]], sent[c]
            for k in range(n):
                near[RECEIVED, k] += rate * goods[k]
        here, passing, more, lies = stock[i, lo:hi], throughput[i, lo:hi], added[i], available[i]
        for k in range(n):
            near[ADDED, k] = near[MINED, k] + near[SCRAP, k] - near[BOUGHT, k] - near[PILED, k]
        copy(near[ADDED, :n], more)
        for k in range(n):
            # a pool that is drained still holds a gram, so that it has a price
            lies[k] = max(here[k] + near[ADDED, k] - near[SENT, k] + near[RECEIVED, k], 1e-6)
        for k in range(n):
            near[PASSING, k] = wished_stock(before, held, passing[k], flow_then, floor)
        if bloc[i] != NOBODY:
            covered = cover[bloc[i]]
            for k in range(n):
                near[PASSING, k] = near[PASSING, k] * covered[k]
        then, wished_then, expected, firm = level[i, lo:hi], wished[i, lo:hi], guess[i], stiffness[i]
        for k in range(n):
            # the stocks at which last month's prices would hold
            expected[k] = then[k] * (near[PASSING, k] / wished_then[k])
        for k in range(n):
            w = near[PASSING, k]
            firm[k] = value * near[ANCHOR, k] * (w * w * w)
        copy(near[PASSING, :n], wish[i, lo:hi])


@inline
def _weigh_cover(blocs: Any, levers: Any, lo: Any, hi: Any, cover: Any) -> None:
    """Stock that each bloc wishes for over the usual one: a seat's choice, or what its fear asks for."""
    seat, usual, fear = blocs
    for b in range(seat.size):
        s, covered = seat[b], cover[b, : hi - lo]
        if s == NOBODY:
            frightened = fear[b, lo:hi]
            for k in range(covered.size):
                covered[k] = relative_cover(usual * (1.0 + frightened[k]), usual)
        else:
            chosen, pooled = levers[COVER + s], levers[POOLED + s]
            for k in range(covered.size):
                # stock held in common gives the same safety with less
                covered[k] = relative_cover(chosen[k], usual) * (1.0 - 0.15 * pooled[k])


@inline
def _sum_here(members: Any, place: Any, world: Any, sums: Any) -> None:
    """Add what the members of a place have in some worlds, from one on."""
    table, first, listed = members
    for each in range(first[place], first[place + 1]):
        add(table[listed[each], world : world + sums.size], sums)


# --- contracts -----------------------------------------------------------------------------------


@kernel
def send_contracts(promises: Any, gates: Any, levers: Any, lo: Any, hi: Any, sent: Any) -> None:
    """t W/month that contracts and hosts' reservations send in worlds `lo` to `hi`.

    Args:
        promises: four groups of
            routes: buyer, mine, row in `sent`, host (NOBODY: elsewhere) and gateway (NOBODY: none) of each way over
                which a contract may deliver;
            runs: whether a contract of each buyer with a mine runs in any world, (mines,) each;
            tables: share under contract with each buyer (mines, worlds) each, the same at the start (buyers, mines,
                worlds), output (mines, worlds);
            reserved: share that each host reserves for each buyer, (buyers, worlds) each.
        gates: share open of each gateway (gateways, worlds), and whether it is narrowed in any world.
        levers: see sim.decided, (levers, these worlds).
        sent: filled with the result, (arcs of contracts, these worlds).
    """
    routes, runs, tables, reserved = promises
    buyer, mine, row, host, gate = routes
    share, at_start, output = tables
    open_share, is_narrowed = gates
    n = hi - lo
    hosts, buyers = len(reserved), len(share)
    kept, keeps = np.empty((hosts, buyers, NEAR)), np.zeros((hosts, buyers), np.int64)
    near = np.empty((2, NEAR))
    portion, part = near[0, :n], near[1, :n]
    for h in range(hosts):
        part[:] = 0.0
        for b in range(buyers):
            add(reserved[h][b, lo:hi], part)
        for b in range(buyers):
            wish, some = reserved[h][b, lo:hi], 0
            for k in range(n):
                kept[h, b, k] = wish[k] / max(part[k], 1.0)
            for k in range(n):
                some += 1 if wish[k] != 0.0 else 0
            keeps[h, b] = some
    sent[:] = 0.0
    for i in range(buyer.size):
        b, m, h, c, g = buyer[i], mine[i], host[i], row[i], gate[i]
        if not runs[b][m] and (h == NOBODY or keeps[h, b] == 0):
            continue
        own, before, made = share[b][m, lo:hi], at_start[b, m, lo:hi], output[m, lo:hi]
        for k in range(n):
            part[k] = max(own[k] - before[k], 0.0)
        if h != NOBODY:
            portion[:] = 0.0
            for other in range(buyers):
                add(share[other][m, lo:hi], portion)
            for k in range(n):
                part[k] = part[k] + kept[h, b, k] * max(1.0 - portion[k], 0.0)
        for k in range(n):
            portion[k] = 0.9 * part[k] * made[k]
        if h != NOBODY:
            stays = levers[REQUIRED + h]
            for k in range(n):
                portion[k] = portion[k] * (1.0 - stays[k])
        if g != NOBODY and is_narrowed[g]:
            opened = open_share[g, lo:hi]
            for k in range(n):
                portion[k] = portion[k] * opened[k]
        add(portion, sent[c])


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
def accepted(ceiling: float, price: float, support: float) -> float:
    """Premium that users accept for safe goods, USD/mtu: a share of the price, and what their government adds."""
    return ceiling * price + support


@inline
def _weigh_ports(ports: Any, carried: Any, lo: Any, hi: Any, weight: Any, all_weight: Any, every: Any) -> None:
    """How a host's export permits are shared among its routes, in worlds `lo` to `hi`.

    By last year's trade, some for every route.
    """
    arc, host = ports
    all_weight[:, : hi - lo] = 0.0
    every[:, : hi - lo] = 0.0
    for p in range(arc.size):
        add(carried[arc[p], lo:hi], every[host[p]])
    for p in range(arc.size):
        usual, of_host, own = carried[arc[p], lo:hi], every[host[p]], weight[p, : hi - lo]
        for k in range(own.size):
            own[k] = usual[k] + 0.05 * of_host[k] + 0.1
        add(own, all_weight[host[p]])


@kernel
def post_arcs(ways: Any, licences: Any, contracts: Any, gates: Any, levers: Any, lo: Any, hi: Any, near: Any) -> None:
    """Cost and capacity of every arc in worlds `lo` to `hi`: what contracts send is taken off.

    Args:
        ways: four groups of
            arcs: what decides each arc, and which row of it; origin; whether it leads to America from China, gateway
                (NOBODY: none); fixed cost, tariff, capacity, usual flow and slope, (arcs,) each;
            ports: arcs by which the hosts' concentrate leaves, and the host of each;
            rules: cost of a month's delay as a share of price, duty at the start and arcs of carbide of each host, and
                pool, region of use and buyers of each switch to safe goods;
            state: price (pools, worlds), slow mean of the flow (arcs, worlds), refining capacity (refineries, worlds),
                carbide made (hosts, worlds).
        licences: share of usual trade granted, (blocs, worlds).
        contracts: see agents.exchange.Contracts.
        gates: share open of each gateway (gateways, worlds), and whether it is narrowed in any world.
        levers: see sim.decided, (levers, these worlds).
        near: of these worlds: t W mined in each host, t W that contracts send, and t W that civilians of each region
            wish from safe origins; cost and capacity, (arcs, these worlds), are filled.
    """
    arcs, ports, rules, state = ways
    kind, which, origin, to_america, gate, fixed, tariff, ceiling, usual, slope = arcs
    delay_cost, start_duty, carbide_ways, switch_pool, switch_region, switch_buyers = rules
    open_share, is_narrowed = gates
    price, carried, refining, carbide = state
    mined, sent, safe, cost, capacity = near
    n, hosts = hi - lo, start_duty.size
    weight, all_weight, every = np.empty((ports[0].size, NEAR)), np.empty((hosts, NEAR)), np.empty((hosts, NEAR))
    tiles = np.empty((2, NEAR))
    duties, extra = tiles[0, :n], tiles[1, :n]
    _weigh_ports(ports, carried, lo, hi, weight, all_weight, every)
    port = 0
    for a in range(kind.size):
        rule, row, g = kind[a], which[a], gate[a]
        then, duty_here, carriage = usual[a], tariff[a], fixed[a]
        here, room, first = price[origin[a], lo:hi], capacity[a], cost[a]
        if rule == PLAIN:
            room[:] = ceiling[a]
        elif rule == CONTROLLED:
            share = licences[row, lo:hi]
            for k in range(n):
                room[k] = then * licensed(share[k])
        elif rule == FORMS:
            share, scoped = licences[row, lo:hi], levers[SCOPE]
            for k in range(n):
                room[k] = uncontrolled(then, scoped[k], share[k])
        elif rule == REFINERY:
            copy(refining[row, lo:hi], room)
        elif rule == PORT:
            dug, stays = mined[row], levers[REQUIRED + row]
            for k in range(n):
                room[k] = permitted(weight[port, k], all_weight[row, k], dug[k], stays[k])
            port += 1
        elif rule == CARBIDE:
            made, ways_out = carbide[row, lo:hi], carbide_ways[row]
            for k in range(n):
                room[k] = made[k] / ways_out
        elif rule == SWITCH:
            copy(safe[switch_region[row]], room)
        elif rule == RUSSIAN:
            passes = levers[RUSSIAN_EXPORTS]
            for k in range(n):
                room[k] = then * 1.5 * passes[k]
        if rule == SWITCH:
            there, b = price[switch_pool[row], lo:hi], switch_buyers[row]
            most, support = levers[CEILING + b], levers[PREMIUM_SUPPORT + b]
            for k in range(n):
                first[k] = accepted(most[k], there[k], support[k])
        elif rule == PORT or rule == CONTROLLED or to_america[a]:
            duties[:] = duty_here
            extra[:] = 0.0
            if to_america[a]:
                add(levers[TARIFF], duties)
            if rule == PORT:
                above, then_paid = levers[DUTY + row], start_duty[row]
                for k in range(n):
                    duties[k] += above[k] - then_paid
            if rule == CONTROLLED:
                late = levers[DELAY]
                for k in range(n):
                    extra[k] = delay_cost * late[k] * here[k]
            for k in range(n):
                first[k] = landed_cost(carriage, duties[k], here[k], extra[k])
        else:
            for k in range(n):
                first[k] = landed_cost(carriage, duty_here, here[k], 0.0)
        if g != NOBODY and is_narrowed[g]:
            opened, passing = open_share[g, lo:hi], carried[a, lo:hi]
            for k in range(n):
                room[k] = narrowed(room[k], opened[k], passing[k])
    for c in range(contracts.arcs.size):
        a = contracts.arcs[c]
        rise = slope[a]
        goods, room, first = sent[c], capacity[a], cost[a]
        for k in range(n):
            first[k] = first[k] + rise * goods[k]
        for k in range(n):
            room[k] = max(room[k] - goods[k], 0.0)


@kernel
def open_gates(closures: Any, left: Any, shock_left: Any, open_share: Any, is_narrowed: Any) -> None:
    """Share open of each gateway, (gateways, worlds), and whether it is narrowed in any world.

    Args:
        closures: gateway of each closure that may last, its row among events, opening shocks after them, and share of
            the gateway that it leaves open.
        left, shock_left: months that each event and each opening shock still lasts, (rows, worlds).
        open_share, is_narrowed: filled with the result.
    """
    gateway, which, share = closures
    open_share[:] = 1.0
    is_narrowed[:] = 0
    for i in range(gateway.size):
        e, opened, kept, shut = which[i], open_share[gateway[i]], share[i], 0
        lasting = left[e] if e < left.shape[0] else shock_left[e - left.shape[0]]
        for k in range(opened.size):
            shut += 1 if lasting[k] != 0.0 else 0
        if shut > 0:
            is_narrowed[gateway[i]] = 1
            for k in range(opened.size):
                opened[k] = opened[k] * (kept if lasting[k] != 0.0 else 1.0)
