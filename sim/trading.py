"""A month's trade, block after block of worlds: wishes and offers are posted, the market clears, goods move."""

from __future__ import annotations

from typing import Any

from sim.bare import bare_inline
from sim.blocks import copy_rows
from sim.clearing import clear_worlds
from sim.compiled import inline, kernel
from sim.holders import collect, fill_piles, trade
from sim.lanes import LANES, everywhere, give, give_to, take, take_from, within
from sim.lessons import grant
from sim.schedules import post_arcs, post_stocks, rows_of_sending, rows_of_ways, send_contracts
from sim.settling import sum_trade
from sim.shipping import lie_here, move
from sim.use import rows_of_want, want


@inline
def _table(room: Any, place: Any, rows: Any, n: Any) -> Any:
    """Rows of n worlds side by side in a stretch of memory, from a row on."""
    return room[place * n : (place + rows) * n].reshape((rows, n))


def rows_of_room(
    pools: int, arcs: int, groups: int, regions: int, hosts: int, sends: int, levers: int, blocs: int, buyers: int,
    longest: int,
) -> tuple[int, int]:  # fmt: skip
    """Rows that the working tables of `play_trade` take, and how many of them each stage has for itself, see there.

    Args:
        pools, arcs, groups, regions, hosts, sends, levers: of the market, groups of users, regions of use, arcs on which
            contracts send.
        blocs, buyers: of users, and under contracts.
        longest: months that goods are under way at most.
    """
    stages = (rows_of_want(groups, blocs), rows_of_sending(hosts, buyers), rows_of_ways(arcs, hosts), longest + 1)
    spare = max(stages)
    return 7 * pools + 4 * arcs + 2 * groups + 2 * regions + hosts + sends + levers + 1 + spare, spare


@kernel
def play_trade(decided: Any, posted: Any, market: Any, gates: Any, shut: Any, room: Any, out: Any, books: Any) -> None:
    """Play a month's trade in every world.

    What stages hand on to one another lies in working tables of a few worlds, which are used again for the next ones.

    Args:
        decided: the levers of `sim.decided`, (worlds,) each.
        posted: what users, traders, stockpiles, recyclers, licences, contracts, holders of stocks, arcs and goods under
            way bring along: see `sim.use.want`, `sim.holders.trade`, `fill_piles` and `collect`, `sim.lessons.grant`,
            `sim.schedules.send_contracts`, `post_stocks` and `post_arcs`, and `sim.shipping.move`; and what enters the
            pools, see `post_stocks`.
        market: the market's shape, see `sim.clearing.laid_out`; pools of which it is asked what lies there before; first
            mine of each host in the list that follows, and this list; arcs of contracts, see agents.exchange.Contracts.
        gates: share open of each gateway (gateways, worlds), and whether it is narrowed in any world.
        shut: arcs on which nothing travels, and where that holds, (those arcs, worlds).
        room: working memory, worlds that it holds at once, and rows that each stage has for itself; see `rows_of_room`.
        out: level, price (pools, worlds), steps (worlds,) and rent (arcs, worlds) of the cleared market.
        books: places and sums of what is traded, see `sim.settling.sum_trade`.
    """
    users, dealers, piles, scrap, licences, promises, stocks, ways, goods, entering = posted
    shape, asked, mines_in, contracts = market
    level_out, price_out, steps_out, rent_out = out
    pools, arcs, worlds = level_out.shape[0], rent_out.shape[0], steps_out.size
    groups, regions, hosts, sends = users[1][4].size, users[5][0].shape[0], mines_in[0].size - 1, contracts.arcs.size
    memory, most, rows = room
    for lo in range(0, worlds, most):
        hi = min(lo + most, worlds)
        n = hi - lo
        at = 0
        lying, at = _table(memory, at, pools, n), at + pools
        available, at = _table(memory, at, pools, n), at + pools
        stiffness, at = _table(memory, at, pools, n), at + pools
        guess, at = _table(memory, at, pools, n), at + pools
        level, at = _table(memory, at, pools, n), at + pools
        price, at = _table(memory, at, pools, n), at + pools
        added, at = _table(memory, at, pools, n), at + pools
        cost, at = _table(memory, at, arcs, n), at + arcs
        capacity, at = _table(memory, at, arcs, n), at + arcs
        flow, at = _table(memory, at, arcs, n), at + arcs
        rent, at = _table(memory, at, arcs, n), at + arcs
        demand, at = _table(memory, at, groups, n), at + groups
        use, at = _table(memory, at, groups, n), at + groups
        safe, at = _table(memory, at, regions, n), at + regions
        use_at_home, at = _table(memory, at, regions, n), at + regions
        mined, at = _table(memory, at, hosts, n), at + hosts
        sent, at = _table(memory, at, sends, n), at + sends
        levers, at = _table(memory, at, len(decided), n), at + len(decided)
        steps, at = _table(memory, at, 1, n), at + 1
        spare = _table(memory, at, rows, n)
        for i in range(len(decided)):
            lever = decided[i]
            for k in range(lo, hi, LANES):
                here = within(k, hi)
                give_to(levers, i, k - lo, here, take(lever, k, here))

        want(users, levers, lo, hi, (demand, safe, use_at_home), spare)
        lie_here(asked, goods[1][3], goods[2][1], goods[2][2], lo, hi, lying)
        trade(dealers, levers, lo, hi, lying, spare)
        collect(scrap, levers, lo, hi, use_at_home, spare)
        fill_piles(piles, levers, lo, hi, lying)
        grant(licences, levers, lo, hi)
        send_contracts(promises, gates, levers, lo, hi, sent, spare)
        _close(contracts.arcs, shut, lo, hi, sent)
        _mine(mines_in, promises[2][2], lo, hi, mined)
        post_stocks(stocks, entering, contracts, levers, lo, hi, sent, (added, available, stiffness, guess), spare)
        post_arcs(ways, licences[4], contracts, gates, levers, lo, hi, (mined, sent, safe, cost, capacity), spare)
        for i in range(shut[0].size):
            _empty(shut[1], i, lo, hi, capacity, shut[0][i])
        clear_worlds(shape, (available, stiffness, guess, demand, cost, capacity), (level, price, steps, use, flow, rent))
        copy_rows(level, level_out, lo, hi)
        copy_rows(price, price_out, lo, hi)
        copy_rows(rent, rent_out, lo, hi)
        for k in range(lo, hi, LANES):
            here = within(k, hi)
            give(steps_out, k, here, take_from(steps, 0, k - lo, here))
        move(goods, contracts, lo, hi, (added, sent, flow, use), spare)
        sum_trade(books[0], (flow, rent, price), (goods[3][4], scrap[3][0], dealers[4][0]), lo, hi, books[1])


@bare_inline
def _mine(mines_in: Any, output: Any, lo: Any, hi: Any, mined: Any) -> None:
    """Concentrate mined this month in each middle power, in worlds `lo` to `hi`."""
    first, listed = mines_in
    for host in range(mined.shape[0]):
        for k in range(lo, hi, LANES):
            here, dug = within(k, hi), everywhere(0.0)
            for each in range(first[host], first[host + 1]):
                dug = dug + take_from(output, listed[each], k, here)
            give_to(mined, host, k - lo, here, dug)


@bare_inline
def _close(arcs: Any, shut: Any, lo: Any, hi: Any, flows: Any) -> None:
    """Let nothing travel where an arc is shut; `flows` holds a row for each of some arcs, in worlds `lo` to `hi`."""
    closed, where_shut = shut
    for i in range(closed.size):
        for row in range(arcs.size):
            if closed[i] == arcs[row]:
                _empty(where_shut, i, lo, hi, flows, row)


@bare_inline
def _empty(where_shut: Any, i: Any, lo: Any, hi: Any, flows: Any, row: Any) -> None:
    """Let nothing travel in a row of flows where the arc is shut, in worlds `lo` to `hi`."""
    for k in range(lo, hi):
        flows[row, k - lo] = 0.0 if where_shut[i, k] else flows[row, k - lo]
