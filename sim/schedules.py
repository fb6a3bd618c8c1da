"""What the market is offered in a month: the stocks that holders wish for, and cost and capacity of every arc."""

from __future__ import annotations

from typing import Any

from sim.bare import bare, bare_inline
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
from sim.lanes import LANES, everywhere, give_to, somewhere, take, take_from, where, within
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


@bare
def post_stocks(
    pools: Any, entering: Any, contracts: Any, levers: Any, lo: Any, hi: Any, sent: Any, offers: Any, cover: Any,
) -> None:  # fmt: skip
    """What lies in the pools of worlds `lo` to `hi` before the market clears, and how holders value it.

    Args:
        pools: four groups of
            holders: price and stock at the start, least stock, months held, throughput at the start, bloc whose cover
                holds (NOBODY: the usual one), (pools,) each;
            blocs: row of each bloc's seat (NOBODY: none), usual months of stock, and fear (blocs, worlds);
            ways: yield of each arc;
            state: stock, throughput, level, stock wished for last month, (pools, worlds) each; anchor (worlds,);
            out: stock wished for, (pools, worlds), which may be that of last month itself.
        entering: for mines, scrap, traders and stockpiles (the last two take): t W by member, first member of each
            pool in the list (pools + 1,), and this list.
        contracts: see agents.exchange.Contracts.
        levers: see sim.decided, (levers, these worlds).
        sent: t W that contracts send, (arcs of contracts, these worlds).
        offers: filled in these worlds: added, available, stiffness, guess of the level, (pools, these worlds) each.
        cover: working memory, a row for each bloc at least, (rows, these worlds).
    """
    holders, blocs, ways, state, wish = pools
    price, usual, least, months, passing_at_start, bloc = holders
    mined, scrap, bought, piled = entering
    stock, throughput, level, wished, anchor = state
    added, available, stiffness, guess = offers
    arcs, first_out, leaving, first_in, reaching = contracts
    _weigh_cover(blocs, levers, lo, hi, cover)
    for i in range(stock.shape[0]):
        before, held, flow_then, floor, value, b = usual[i], months[i], passing_at_start[i], least[i], price[i], bloc[i]
        for k in range(lo, hi, LANES):
            near, here = k - lo, within(k, hi)
            more = _sum_here(mined, i, k, here) + _sum_here(scrap, i, k, here)
            more = more - _sum_here(bought, i, k, here) - _sum_here(piled, i, k, here)
            gone, come = everywhere(0.0), everywhere(0.0)
            for each in range(first_out[i], first_out[i + 1]):
                gone = gone + take_from(sent, leaving[each], near, here)
            for each in range(first_in[i], first_in[i + 1]):
                c = reaching[each]
                come = come + ways[arcs[c]] * take_from(sent, c, near, here)
            give_to(added, i, near, here, more)
            # a pool that is drained still holds a gram, so that it has a price
            give_to(available, i, near, here, max(take_from(stock, i, k, here) + more - gone + come, 1e-6))
            content = wished_stock(before, held, take_from(throughput, i, k, here), flow_then, floor)
            if b != NOBODY:
                content = content * take_from(cover, b, near, here)
            # the stocks at which last month's prices would hold
            expected = take_from(level, i, k, here) * (content / take_from(wished, i, k, here))
            give_to(guess, i, near, here, expected)
            firm = value * take(anchor, k, here) * (content * content * content)
            give_to(stiffness, i, near, here, firm)
            give_to(wish, i, k, here, content)


@bare_inline
def _weigh_cover(blocs: Any, levers: Any, lo: Any, hi: Any, cover: Any) -> None:
    """Stock that each bloc wishes for over the usual one: a seat's choice, or what its fear asks for."""
    seat, usual, fear = blocs
    for b in range(seat.size):
        s = seat[b]
        for k in range(lo, hi, LANES):
            near, here = k - lo, within(k, hi)
            if s == NOBODY:
                covered = relative_cover(usual * (1.0 + take_from(fear, b, k, here)), usual)
            else:
                # stock held in common gives the same safety with less
                pooled = take_from(levers, POOLED + s, near, here)
                covered = relative_cover(take_from(levers, COVER + s, near, here), usual) * (1.0 - 0.15 * pooled)
            give_to(cover, b, near, here, covered)


@bare_inline
def _sum_here(members: Any, place: Any, world: Any, here: Any) -> Any:
    """Sum of what the members of a place have in LANES worlds, from one on."""
    table, first, listed = members
    total = everywhere(0.0)
    for each in range(first[place], first[place + 1]):
        total = total + take_from(table, listed[each], world, here)
    return total


# --- contracts -----------------------------------------------------------------------------------


def rows_of_sending(hosts: int, buyers: int) -> int:
    """Rows that the working memory of `send_contracts` takes for so many hosts and buyers."""
    return 2 * hosts * buyers


@bare
def send_contracts(promises: Any, gates: Any, levers: Any, lo: Any, hi: Any, sent: Any, spare: Any) -> None:
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
        spare: working memory, (rows_of_sending, these worlds).
    """
    routes, runs, tables, reserved = promises
    buyer, mine, row, host, gate = routes
    share, at_start, output = tables
    open_share, is_narrowed = gates
    n = hi - lo
    hosts, buyers = len(reserved), len(share)
    # share that a host keeps for a buyer; and in as many rows more, first number, whether it keeps any
    kept, keeps = 0, hosts * buyers
    spare[keeps : 2 * keeps] = 0.0
    for h in range(hosts):
        for k in range(lo, hi, LANES):
            near, here, part = k - lo, within(k, hi), everywhere(0.0)
            for b in range(buyers):
                part = part + take_from(reserved[h], b, k, here)
            for b in range(buyers):
                wish = take_from(reserved[h], b, k, here)
                if somewhere(~(wish == 0.0)):
                    spare[keeps + h * buyers + b, 0] = 1.0
                give_to(spare, kept + h * buyers + b, near, here, wish / max(part, 1.0))
    for c in range(sent.shape[0]):
        for k in range(0, n, LANES):
            give_to(sent, c, k, within(k, n), 0.0)
    for i in range(buyer.size):
        b, m, h, c, g = buyer[i], mine[i], host[i], row[i], gate[i]
        if not runs[b][m] and (h == NOBODY or spare[keeps + h * buyers + b, 0] == 0.0):
            continue
        owned, before = share[b], at_start[b]
        for k in range(lo, hi, LANES):
            near, here = k - lo, within(k, hi)
            part = max(take_from(owned, m, k, here) - take_from(before, m, k, here), 0.0)
            if h != NOBODY:
                together = everywhere(0.0)
                for other in range(buyers):
                    together = together + take_from(share[other], m, k, here)
                part = part + take_from(spare, kept + h * buyers + b, near, here) * max(1.0 - together, 0.0)
            portion = 0.9 * part * take_from(output, m, k, here)
            if h != NOBODY:
                portion = portion * (1.0 - take_from(levers, REQUIRED + h, near, here))
            if g != NOBODY and is_narrowed[g]:
                portion = portion * take_from(open_share, g, k, here)
            give_to(sent, c, near, here, take_from(sent, c, near, here) + portion)


# --- arcs ----------------------------------------------------------------------------------------


@inline
def licensed(share: float) -> float:
    """Licences over usual trade: as granted, and with room to grow once nearly everything is granted."""
    return share + max(share - 0.9, 0.0) * 30.0


@inline
def uncontrolled(usual: float, scope: float, granted: float) -> float:
    """Largest flow of powder and carbide as far as China's controls reach them, t W/month."""
    return where(scope > 0.0, usual * (1.0 - scope + scope * granted) * 1.5, UNLIMITED)


@inline
def permitted(usual: float, all_usual: float, mined: float, required: float) -> float:
    """Largest export of concentrate where part of it must be refined at home, t W/month.

    Args:
        usual: weight of this way among the host's, by last year's trade.
        all_usual: sum of these weights.
        mined: concentrate mined this month, t W.
        required: share that must be refined at home.
    """
    return where(required > 0.0, (1.0 - required) * mined * (usual / all_usual), UNLIMITED)


@inline
def narrowed(capacity: float, open_share: float, usual: float) -> float:
    """Capacity of an arc through a gateway of which only a share is open, t W/month."""
    return where(open_share < 1.0, min(capacity, open_share * max(1.2 * usual, 20.0)), capacity)


@inline
def landed_cost(fixed: float, tariff: float, price: float, extra: float) -> float:
    """Cost of the first tonne on an arc: freight and the like, tariff on the value at origin, delay, USD/mtu."""
    return fixed + tariff * price + extra


@inline
def accepted(ceiling: float, price: float, support: float) -> float:
    """Premium that users accept for safe goods, USD/mtu: a share of the price, and what their government adds."""
    return ceiling * price + support


@bare_inline
def _weigh_ports(ports: Any, carried: Any, lo: Any, hi: Any, hosts: Any, spare: Any) -> None:
    """How a host's export permits are shared among its routes, in worlds `lo` to `hi`.

    By last year's trade, some for every route. Rows of `spare` are filled with the weight of each route, then the sum
    of these and the sum of that trade by host.
    """
    arc, host = ports
    all_weight = arc.size
    every = all_weight + hosts
    for k in range(lo, hi, LANES):
        near, here = k - lo, within(k, hi)
        for h in range(hosts):
            give_to(spare, every + h, near, here, 0.0)
            give_to(spare, all_weight + h, near, here, 0.0)
        for p in range(arc.size):
            usual = take_from(carried, arc[p], k, here)
            give_to(spare, every + host[p], near, here, take_from(spare, every + host[p], near, here) + usual)
        for p in range(arc.size):
            own = take_from(carried, arc[p], k, here) + 0.05 * take_from(spare, every + host[p], near, here) + 0.1
            give_to(spare, p, near, here, own)
            total = all_weight + host[p]
            give_to(spare, total, near, here, take_from(spare, total, near, here) + own)


def rows_of_ways(ports: int, hosts: int) -> int:
    """Rows that the working memory of `post_arcs` takes for so many ways out of so many hosts."""
    return ports + 2 * hosts


@bare
def post_arcs(
    ways: Any, licences: Any, contracts: Any, gates: Any, levers: Any, lo: Any, hi: Any, near: Any, spare: Any,
) -> None:  # fmt: skip
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
        spare: working memory, (rows_of_ways, these worlds).
    """
    arcs, ports, rules, state = ways
    kind, which, origin, to_america, gate, fixed, tariff, ceiling, usual, slope = arcs
    delay_cost, start_duty, carbide_ways, switch_pool, switch_region, switch_buyers = rules
    open_share, is_narrowed = gates
    price, carried, refining, carbide = state
    mined, sent, safe, cost, capacity = near
    n, hosts = hi - lo, start_duty.size
    _weigh_ports(ports, carried, lo, hi, hosts, spare)
    port, all_weight = 0, ports[0].size
    for a in range(kind.size):
        rule, row, g, at = kind[a], which[a], gate[a], origin[a]
        then, duty_here, carriage, fixed_room = usual[a], tariff[a], fixed[a], ceiling[a]
        is_narrow, taxed = g != NOBODY and is_narrowed[g] != 0, to_america[a] != 0
        for k in range(lo, hi, LANES):
            near, here = k - lo, within(k, hi)
            value = take_from(price, at, k, here)
            room, duties, extra = everywhere(fixed_room), everywhere(duty_here), everywhere(0.0)
            if taxed:
                duties = duties + take_from(levers, TARIFF, near, here)
            if rule == CONTROLLED:
                room = then * licensed(take_from(licences, row, k, here))
                extra = delay_cost * take_from(levers, DELAY, near, here) * value
            elif rule == FORMS:
                scope = take_from(levers, SCOPE, near, here)
                room = uncontrolled(then, scope, take_from(licences, row, k, here))
            elif rule == REFINERY:
                room = take_from(refining, row, k, here)
            elif rule == PORT:
                own, of_host = take_from(spare, port, near, here), take_from(spare, all_weight + row, near, here)
                required = take_from(levers, REQUIRED + row, near, here)
                room = permitted(own, of_host, take_from(mined, row, near, here), required)
                duties = duties + (take_from(levers, DUTY + row, near, here) - start_duty[row])
            elif rule == CARBIDE:
                room = take_from(carbide, row, k, here) / carbide_ways[row]
            elif rule == RUSSIAN:
                room = then * 1.5 * take_from(levers, RUSSIAN_EXPORTS, near, here)
            first = landed_cost(carriage, duties, value, extra)
            if rule == SWITCH:
                room = take_from(safe, switch_region[row], near, here)
                most = take_from(levers, CEILING + switch_buyers[row], near, here)
                support = take_from(levers, PREMIUM_SUPPORT + switch_buyers[row], near, here)
                first = accepted(most, take_from(price, switch_pool[row], k, here), support)
            if is_narrow:
                room = narrowed(room, take_from(open_share, g, k, here), take_from(carried, a, k, here))
            give_to(capacity, a, near, here, room)
            give_to(cost, a, near, here, first)
        if rule == PORT:
            port += 1
    for c in range(contracts.arcs.size):
        a = contracts.arcs[c]
        rise = slope[a]
        for k in range(0, n, LANES):
            here = within(k, n)
            goods = take_from(sent, c, k, here)
            give_to(cost, a, k, here, take_from(cost, a, k, here) + rise * goods)
            give_to(capacity, a, k, here, max(take_from(capacity, a, k, here) - goods, 0.0))


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
