"""Cash of a month: mines sell and repay, floors are made up, purses pay; sums for the books."""

from __future__ import annotations

from typing import Any

from sim.bare import bare, bare_inline
from sim.blocks import copy
from sim.compiled import inline
from sim.holders import MILLION_PER_TONNE
from sim.holders import within as between
from sim.lanes import LANES, everywhere, give_to, somewhere, take, take_from, where, within
from sim.ledger import post
from sim.mining import short_of_floor
from sim.network import Index, Vector

# Rows of the month's sums over mines, which come first among its amounts; PERMITS are the rents of export permits that
# mines were paid with their sales.
MINED, PERMITS, SALES, COST, EQUITY, GRANTS, SPENT, REPAID = range(8)
MINE_SUMS = 8
# Rows of the month's sums over the trade.
USED, LOST, SCRAP, HIDDEN, BILL, RENT, FREIGHT, SCRAP_BILL = range(8)
TRADE_SUMS = 8


@inline
def repayment(owed: float, earnings: float, months: float, is_producing: bool) -> float:
    """Million USD repaid this month: an equal part by month, at most half of what was earned."""
    due = where(is_producing, owed / months, 0.0)
    return between(min(due, 0.5 * earnings), 0.0, owed)


@inline
def affordable(purse: float, asked: float) -> float:
    """Share of what a role asks to spend this month that its purse holds."""
    return between(purse / max(asked, 1e-9), 0.0, 1.0)


@inline
def permit_rent(rents: float, mined: float) -> float:
    """What a host's export permits earn for each tonne mined there, USD/mtu.

    A permit to sell abroad belongs to the mine whose concentrate it is; without it, one that may sell seven tenths
    abroad would be paid for all of it as for the three tenths that nobody at home can use.

    Args:
        rents: t W/month that pass each port times the rent of its permits, USD/mtu, summed.
        mined: t W mined in the host last month.
    """
    return rents / max(mined, 1.0)


@bare
def price_at_mines(
    pools: Index, hosts: Any, price: Vector, flow: Vector, rent: Vector, mined: Vector, earned: Vector
) -> None:  # fmt: skip
    """Fill in what a tonne of concentrate earns at the mine before royalty, by the pool it goes to, USD/mtu.

    Args:
        pools: those that mines deliver to.
        hosts: of each country whose permits belong to its mines the place of its pool among these, the row in `mined`,
            the arcs that permits let through, and the share that must be refined at home, without which there are no
            permits, (worlds,).
        price: USD/mtu by pool.
        flow, rent: t W/month and USD/mtu by arc.
        mined: t W/month by region.
        earned: table to be filled, (pools that mines deliver to, worlds).
    """
    worlds = earned.shape[1]
    for i in range(pools.size):
        for k in range(0, worlds, LANES):
            here = within(k, worlds)
            give_to(earned, i, k, here, take_from(price, pools[i], k, here))
    for h in range(len(hosts)):
        place, region, ports, required = hosts[h]
        for k in range(0, worlds, LANES):
            here = within(k, worlds)
            asked = take(required, k, here) > 0.0
            if somewhere(asked):
                rents = everywhere(0.0)
                for arc in ports:
                    rents = rents + take_from(flow, arc, k, here) * take_from(rent, arc, k, here)
                more = where(asked, permit_rent(rents, take_from(mined, region, k, here)), 0.0)
                give_to(earned, place, k, here, take_from(earned, place, k, here) + more)


@bare
def settle(
    mines: Any, trade: Any, purses: Any, books: Any, worlds: Any, rows: Any, room: Any, told: Any, still_owes: Any
) -> None:  # fmt: skip
    """A month's cash: mines sell, goods are paid for, purses take in and pay; all of it is posted to the books.

    The month's amounts of a few worlds lie in one table, which the passes fill and from which the books are posted.

    Args:
        mines: see `_sell`.
        trade: the month's sums over the trade, as from `sum_trade`, (rows, worlds).
        purses: see `_pay`.
        books: entries of tonnes and of dollars, and their accounts, see `sim.ledger.post`.
        worlds: how many there are.
        rows: first row of each part of the amounts, and how many rows there are.
        told: filled with t W mined and used, (2, worlds).
        room: working memory, so many rows and one for each host, (rows, worlds of a block).
        still_owes: zeros, filled with 1 for mines that owe in any world after the month, (mines,).
    """
    found, royalties, by_state, by_users, loans, goods, bought, paid, home, support, effort, last = rows
    tonne_entries, tonnes, dollar_entries, dollars = books
    amounts, earned = room[:last], room[last:]
    for lo in range(0, worlds, room.shape[1]):
        hi = min(lo + room.shape[1], worlds)
        amounts[:] = 0.0
        _earn(mines[1], mines[4], lo, hi, earned)
        over_mines = (
            amounts[:MINE_SUMS], amounts[royalties:by_state], amounts[by_state:by_users], amounts[by_users:loans],
            amounts[loans:goods],
        )  # fmt: skip
        _sell(mines, earned, lo, hi, over_mines, still_owes)
        copy(mines[8][lo:hi], amounts[found])
        for row in range(TRADE_SUMS):
            copy(trade[row, lo:hi], amounts[goods + row])
        over_purses = (
            amounts[royalties:by_state], amounts[by_state:by_users], amounts[bought:paid], amounts[paid:home],
            amounts[home:support], amounts[support:effort], amounts[effort:last],
        )  # fmt: skip
        _pay(purses, lo, hi, over_purses)
        copy(amounts[MINED, : hi - lo], told[0, lo:hi])
        copy(amounts[goods + USED, : hi - lo], told[1, lo:hi])
        post(tonne_entries, amounts, lo, hi, tonnes)
        post(dollar_entries, amounts, lo, hi, dollars)


@bare_inline
def _add(table: Any, row: Any, place: Any, here: Any, value: Any) -> None:
    """Add to LANES numbers of a table's row."""
    give_to(table, row, place, here, take_from(table, row, place, here) + value)


@bare
def _earn(hosts: Any, sold: Any, lo: Any, hi: Any, earned: Any) -> None:
    """What concentrate earns at the mines of each host, in worlds `lo` to `hi`, as `price_at_mines` says."""
    price, flow, rent, mined = sold
    for h in range(len(hosts)):
        pool, region, ports, required = hosts[h]
        for k in range(lo, hi, LANES):
            here = within(k, hi)
            at, asked = take_from(price, pool, k, here), take(required, k, here) > 0.0
            if somewhere(asked):
                rents = everywhere(0.0)
                for arc in ports:
                    rents = rents + take_from(flow, arc, k, here) * take_from(rent, arc, k, here)
                at = at + where(asked, permit_rent(rents, take_from(mined, region, k, here)), 0.0)
            give_to(earned, h, k - lo, here, at)


@bare
def _sell(mines: Any, at_hosts: Any, lo: Any, hi: Any, sums: Any, still_owes: Any) -> None:
    """Mines sell, pay royalty and cost, are paid up to their floors, and repay loans, in worlds `lo` to `hi`.

    Rows of zeros are not read, and numbers that are alike in all worlds are read once.

    Args:
        mines: nine groups of
            places: pool, row of the region whose royalties are summed, row among the hosts whose permits belong to its
                mines (-1: none), and row of the middle power that levies a royalty (-1: none), (4, mines);
            hosts: see `price_at_mines`, with the pool itself;
            payable: worth of a tonne over APT's, (mines,);
            law: months over which a loan is repaid, stage of production, first stage at which a loan is lost;
            market: price (pools, worlds), flow and rent (arcs, worlds), t W mined (regions, worlds);
            sold: whether a mine works in any world, has a cash cost of its own in each world, owes in any world, and is
                paid for or built in any, (mines,) each; output (mines, worlds), share kept after royalty (a row for each
                middle power and one elsewhere, worlds), cash cost, and stage, (mines, worlds) each;
            contracts: whether one with a floor runs in any world, (buyers, mines); for each buyer share, floor, and 1
                where a government stands behind it, (mines, worlds) each;
            capital: owed and cash, which change, equity paid in, capital spent and grants, million USD, (mines, worlds)
                each; lent by each lender (mines, worlds) each; which mines got loans (lenders, mines), and grants
                (mines,);
            found: t W of ore found, (worlds,).
        at_hosts: price at the mines of each host, (hosts, these worlds).
        sums: over all mines (see the rows above), royalties by region, what governments and users pay up to floors
            (buyers, these worlds) each, and loans by lender.
        still_owes: 1 for mines that owe in any world after the month, (mines,).
    """
    places, _, payable, law, (price, _, _, _), sold, contracts, capital, _ = mines
    months, production, lost_from = law
    works, differs, owes, builds, output, keep, cash_cost, stage = sold
    runs, share, floor, public = contracts
    owed, cash, equity, spent, grants, lent, (lends, granted) = capital
    over_all, royalties, by_state, by_users, loans = sums
    for m in range(payable.size):
        pool, region, host, levying = places[0, m], places[1, m], places[2, m], places[3, m]
        borrows = False
        for lender in range(len(lent)):
            borrows |= lends[lender, m] > 0
        if not (works[m] or builds[m] or borrows or granted[m] or owes[m]):
            continue
        cost, taken, some = everywhere(cash_cost[m, lo]), everywhere(1.0 - keep[keep.shape[0] - 1, lo]), False
        for k in range(lo, hi, LANES):
            here, j = within(k, hi), k - lo
            in_hand, earned, received = take_from(cash, m, k, here), everywhere(0.0), everywhere(0.0)
            if works[m]:
                local, mined = take_from(price, pool, k, here), take_from(output, m, k, here)
                at = take_from(at_hosts, host, j, here) if host >= 0 else local
                if differs[m]:
                    cost = take_from(cash_cost, m, k, here)
                if levying >= 0:
                    taken = 1.0 - take_from(keep, levying, k, here)
                    _add(over_all, PERMITS, j, here, mined * (at - local) * MILLION_PER_TONNE)
                tonnes = mined * MILLION_PER_TONNE
                sales, paid = tonnes * at, tonnes * cost
                royalty = sales * taken
                earned = sales - royalty - paid
                _add(over_all, MINED, j, here, mined)
                _add(over_all, SALES, j, here, sales)
                _add(over_all, COST, j, here, paid)
                _add(royalties, region, j, here, royalty)
                for b in range(len(share)):
                    if runs[b, m]:
                        short = short_of_floor(take_from(floor[b], m, k, here), payable[m], at)
                        due = take_from(share[b], m, k, here) * mined * short * MILLION_PER_TONNE
                        backed = due * take_from(public[b], m, k, here)
                        received = received + due
                        _add(by_state, b, j, here, backed)
                        _add(by_users, b, j, here, due - backed)
                in_hand = in_hand + earned + received
            if builds[m]:
                raised = take_from(equity, m, k, here)
                in_hand = in_hand + raised
                _add(over_all, EQUITY, j, here, raised)
            fresh = everywhere(0.0)
            if borrows:
                for lender in range(len(lent)):
                    if lends[lender, m]:
                        new = take_from(lent[lender], m, k, here)
                        fresh = fresh + new
                        _add(loans, lender, j, here, new)
                in_hand = in_hand + fresh
            if granted[m]:
                given = take_from(grants, m, k, here)
                in_hand = in_hand + given
                _add(over_all, GRANTS, j, here, given)
            if builds[m]:
                outlay = take_from(spent, m, k, here)
                in_hand = in_hand - outlay
                _add(over_all, SPENT, j, here, outlay)
            if owes[m]:
                debt, now = take_from(owed, m, k, here), take_from(stage, m, k, here)
                repaid = repayment(debt, max(earned + received, 0.0), months, now == production)
                left = debt - repaid
                left = left - where(now >= lost_from, left, 0.0)
                in_hand = in_hand - repaid
                _add(over_all, REPAID, j, here, repaid)
                fresh = left + fresh
            if owes[m] or borrows:
                give_to(owed, m, k, here, fresh)
                some |= somewhere(fresh > 0.0)
            give_to(cash, m, k, here, in_hand)
        if some:
            still_owes[m] = 1


@bare
def sum_trade(places: Any, near: Any, left: Any, lo: Any, hi: Any, sums: Any) -> None:
    """Tonnes that leave the trade, and what users, carriers and holders of licences pay and receive.

    Args:
        places: share of a tonne lost and freight (USD/mtu) on each arc, pool of each group of users, and pool of each
            region's scrap.
        near: of worlds `lo` to `hi`: flow and rent (arcs, these worlds), price (pools, these worlds).
        left: used (users, worlds), recovered (regions, worlds), bought for hidden stock (groups, worlds).
        sums: filled in these worlds, see the rows above, t W and million USD, (rows, worlds).
    """
    (lost, freight, user_pool, scrap_pool), (flow, rent, price), (used, recovered, hidden) = places, near, left
    for k in range(lo, hi, LANES):
        here, j, none = within(k, hi), k - lo, everywhere(0.0)
        gone, rents, carriage = none, none, none
        for a in range(lost.size):
            sent = take_from(flow, a, j, here)
            if lost[a] != 0.0:
                gone = gone + sent * lost[a]
            rents = rents + sent * take_from(rent, a, j, here)
            carriage = carriage + sent * freight[a]
        taken, bill = none, none
        for u in range(user_pool.size):
            use = take_from(used, u, k, here)
            taken = taken + use
            bill = bill + use * take_from(price, user_pool[u], j, here)
        scrap, scrap_bill = none, none
        for r in range(scrap_pool.size):
            back = take_from(recovered, r, k, here)
            scrap = scrap + back
            scrap_bill = scrap_bill + back * take_from(price, scrap_pool[r], j, here) * MILLION_PER_TONNE
        kept = none
        for g in range(hidden.shape[0]):
            kept = kept + take_from(hidden, g, k, here)
        give_to(sums, USED, k, here, taken)
        give_to(sums, LOST, k, here, gone)
        give_to(sums, SCRAP, k, here, scrap)
        give_to(sums, HIDDEN, k, here, kept)
        give_to(sums, BILL, k, here, bill * MILLION_PER_TONNE)
        give_to(sums, RENT, k, here, rents * MILLION_PER_TONNE)
        give_to(sums, FREIGHT, k, here, carriage * MILLION_PER_TONNE)
        give_to(sums, SCRAP_BILL, k, here, scrap_bill)


@bare_inline
def _spend(purse: Any, spent: Any, role: Any, k: Any, here: Any, amount: Any) -> None:
    """Spend from a role's purse (negative: take in)."""
    give_to(purse, role, k, here, take_from(purse, role, k, here) - amount)
    give_to(spent, role, k, here, take_from(spent, role, k, here) + max(amount, 0.0))


@bare
def _pay(purses: Any, lo: Any, hi: Any, amounts: Any) -> None:
    """Royalties come in; floors, stockpiles and support of users are paid, in worlds `lo` to `hi`.

    Args:
        purses: three groups of
            state: million USD in each purse and spent so far, which change, (roles, worlds) each;
            roles: that get the royalties of each region (-1: none of ours), pay for floors, for stockpiles and for
                support;
            tables: t W bought into stockpiles and million USD paid for them, (owners, worlds) each, million USD spent at
                home by hosts, (rows, worlds), what the United States pay for recycling, million USD/year, (worlds,), row
                in the next of each that supports the premium, t W that civilians want from safe origins (blocs, worlds),
                support of the premium by each of these, USD/mtu, (worlds,) each, and what groups of buyers pay for
                collection and for thrift, million USD/year, (worlds,) each.
        lo, hi: worlds.
        amounts: royalties and floors; filled with what is bought, paid for it, spent at home, paid as support, and paid
            for collection and thrift.
    """
    (purse, spent), (receiver, floors, piles, supporter), tables = purses
    bought, paid, home, recycling, helped, safe, premium, collection, saving = tables
    royalties, by_state, bought_out, paid_out, home_out, support_out, effort_out = amounts
    for k in range(lo, hi, LANES):
        here, j = within(k, hi), k - lo
        for i in range(receiver.size):
            r = receiver[i]
            if r >= 0:
                give_to(purse, r, k, here, take_from(purse, r, k, here) + take_from(royalties, i, j, here))
        for i in range(floors.size):
            _spend(purse, spent, floors[i], k, here, take_from(by_state, i, j, here))
        for i in range(piles.size):
            cost = take_from(paid, i, k, here)
            _spend(purse, spent, piles[i], k, here, cost)
            give_to(paid_out, i, j, here, cost)
            give_to(bought_out, i, j, here, take_from(bought, i, k, here))
        for i in range(home.shape[0]):
            give_to(home_out, i, j, here, take_from(home, i, k, here))
        asked = take(recycling, k, here) / 12.0
        give_to(support_out, 0, j, here, asked * affordable(take_from(purse, supporter[0], k, here), asked))
        for i in range(helped.size):
            # paid on every tonne of safe material that civilians use
            asked = take_from(safe, helped[i], k, here) * take(premium[i], k, here) * MILLION_PER_TONNE
            give_to(support_out, 1 + i, j, here, asked * affordable(take_from(purse, supporter[1 + i], k, here), asked))
        for i in range(supporter.size):
            _spend(purse, spent, supporter[i], k, here, take_from(support_out, i, j, here))
        for i in range(len(collection)):
            give_to(effort_out, i, j, here, (take(collection[i], k, here) + take(saving[i], k, here)) / 12.0)
