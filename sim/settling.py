"""Cash of a month: mines sell and repay, floors are made up, purses pay; sums for the books."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.blocks import BLOCK, add, copy
from sim.compiled import inline, kernel
from sim.holders import MILLION_PER_TONNE, within
from sim.mining import short_of_floor
from sim.network import Vector

# Rows of the month's sums over mines; PERMITS are the rents of export permits that mines were paid with their sales.
MINED, PERMITS, SALES, COST, EQUITY, GRANTS, SPENT, REPAID = range(8)
MINE_SUMS = 8
# Rows of the month's sums over the trade; see `settle_trade`.
USED, LOST, SCRAP, HIDDEN, BILL, RENT, FREIGHT, SCRAP_BILL = range(8)
TRADE_SUMS = 8


@inline
def repayment(owed: float, earnings: float, months: float, is_producing: bool) -> float:
    """Million USD repaid this month: an equal part by month, at most half of what was earned."""
    due = owed / months if is_producing else 0.0
    return within(min(due, 0.5 * earnings), 0.0, owed)


@inline
def affordable(purse: float, asked: float) -> float:
    """Share of what a role asks to spend this month that its purse holds."""
    return within(purse / max(asked, 1e-9), 0.0, 1.0)


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


@kernel
def price_at_mines(hosts: Any, price: Vector, flow: Vector, rent: Vector, mined: Vector) -> Vector:
    """What a tonne of concentrate earns at the mine before royalty, by the pool it goes to, USD/mtu, (pools, worlds).

    Args:
        hosts: of each country whose permits belong to its mines the pool, the row in `mined`, the arcs that permits
            let through, and the share that must be refined at home, without which there are no permits, (worlds,).
        price: USD/mtu by pool.
        flow, rent: t W/month and USD/mtu by arc.
        mined: t W/month by region.

    Returns:
        The same table as `price` if nobody asks for permits.
    """
    earned, is_copy = price, False
    rents = np.empty(price.shape[1])
    for h in range(len(hosts)):
        pool, region, ports, required = hosts[h]
        asked = False
        for k in range(required.size):
            asked |= required[k] > 0.0
        if not asked:
            continue
        if not is_copy:
            earned, is_copy = price.copy(), True
        rents[:] = 0.0
        for arc in ports:
            sent, each = flow[arc], rent[arc]
            for k in range(rents.size):
                rents[k] += sent[k] * each[k]
        here, dug = earned[pool], mined[region]
        for k in range(rents.size):
            here[k] = here[k] + (permit_rent(rents[k], dug[k]) if required[k] > 0.0 else 0.0)
    return earned


@kernel
def settle_mines(
    mines: Any, rows: Any, runs: Any, law: Any, sold: Any, contracts: Any, capital: Any, out: Any, sums: Any
) -> Any:
    """Mines sell, pay royalty and cost, are paid up to their floors, and repay loans.

    Rows of zeros are not read, and numbers that are alike in all worlds are read once.

    Args:
        mines: pool, row of the region whose royalties are summed, worth of a tonne over APT's, (mines,) each.
        rows: whether a mine works in any world, row of the middle power in which it lies (-1 elsewhere), whether it has
            a cash cost of its own in each world, owes in any world, and is paid for or built in any, (mines,) each.
        runs: whether a contract with a floor runs in any world, (buyers, mines).
        law: months over which a loan is repaid, stage of production, first stage at which a loan is lost.
        sold: output (mines, worlds), share kept after royalty (a row for each middle power and one elsewhere, worlds),
            cash cost, stage (mines, worlds), price at the mine and on the spot (pools, worlds).
        contracts: for each buyer share, floor, and 1 where a government stands behind it, (mines, worlds) each.
        capital: owed, cash, equity paid in, capital spent, grants, million USD, (mines, worlds) each; lent by each
            lender (mines, worlds) each; which mines got loans (lenders, mines), and grants (mines,).
        out: owed and cash after the month, (mines, worlds).
        sums: over all mines (see the rows above), royalties by region, what governments and users pay up to floors
            (buyers, worlds) each, and loans by lender.

    Returns:
        1 for mines that owe in any world after the month, (mines,).
    """
    pool, region, payable = mines
    works, host, differs, owes, is_built = rows
    months, production, lost_from = law
    output, keep, cash_cost, stage, price, spot = sold
    share, floor, public = contracts
    owed, cash, equity, spent, grants, lent, (lends, granted) = capital
    owed_out, cash_out = out
    over_all, royalties, by_state, by_users, loans = sums
    worlds = output.shape[1]
    still_owes = np.zeros(pool.size, np.int64)
    for table in (over_all, royalties, by_state, by_users, loans):
        for row in range(table.shape[0]):
            table[row, :] = 0.0
    near = np.empty((8, BLOCK))
    cost, royalty, earned, received, repaid = near[0], near[1], near[2], near[3], near[4]
    fresh, debt, left = near[5], near[6], near[7]
    together = np.empty((MINE_SUMS, BLOCK))
    for lo in range(0, worlds, BLOCK):
        n = min(BLOCK, worlds - lo)
        hi = lo + n
        together[:, :n] = 0.0
        for m in range(pool.size):
            in_hand, held = cash_out[m, lo:hi], cash[m, lo:hi]
            receives = False
            if works[m]:
                at, local, mined = price[pool[m], lo:hi], spot[pool[m], lo:hi], output[m, lo:hi]
                if differs[m]:
                    copy(cash_cost[m, lo:hi], cost)
                else:
                    cost[:n] = cash_cost[m, lo]
                if host[m] >= 0:
                    kept = keep[host[m], lo:hi]
                    for k in range(n):
                        royalty[k] = mined[k] * MILLION_PER_TONNE * at[k] * (1.0 - kept[k])
                    for k in range(n):
                        together[PERMITS, k] += mined[k] * (at[k] - local[k]) * MILLION_PER_TONNE
                else:
                    taken = 1.0 - keep[host[m], lo]
                    for k in range(n):
                        royalty[k] = mined[k] * MILLION_PER_TONNE * at[k] * taken
                for k in range(n):
                    tonnes = mined[k] * MILLION_PER_TONNE
                    sales, paid = tonnes * at[k], tonnes * cost[k]
                    earned[k] = sales - royalty[k] - paid
                    together[MINED, k] += mined[k]
                    together[SALES, k] += sales
                    together[COST, k] += paid
                add(royalty[:n], royalties[region[m], lo:hi])
                received[:n] = 0.0
                for b in range(len(share)):
                    if runs[b, m]:
                        receives = True
                        part, least, behind = share[b][m, lo:hi], floor[b][m, lo:hi], public[b][m, lo:hi]
                        for k in range(n):
                            short = short_of_floor(least[k], payable[m], at[k])
                            repaid[k] = part[k] * mined[k] * short * MILLION_PER_TONNE
                        add(repaid[:n], received)
                        for k in range(n):
                            left[k] = repaid[k] * behind[k]
                        add(left[:n], by_state[b, lo:hi])
                        for k in range(n):
                            left[k] = repaid[k] - left[k]
                        add(left[:n], by_users[b, lo:hi])
                for k in range(n):
                    in_hand[k] = held[k] + earned[k]
                if receives:
                    for k in range(n):
                        in_hand[k] = in_hand[k] + received[k]
            else:
                copy(held, in_hand)
                earned[:n] = 0.0
                received[:n] = 0.0
            if is_built[m]:
                add(equity[m, lo:hi], in_hand)
                add(equity[m, lo:hi], together[EQUITY])
            borrows = False
            for lender in range(len(lent)):
                if lends[lender, m]:
                    if not borrows:
                        fresh[:n] = 0.0
                    borrows = True
                    add(lent[lender][m, lo:hi], fresh)
                    add(lent[lender][m, lo:hi], loans[lender, lo:hi])
            if borrows:
                add(fresh[:n], in_hand)
            if granted[m]:
                add(grants[m, lo:hi], in_hand)
                add(grants[m, lo:hi], together[GRANTS])
            if is_built[m]:
                outlay = spent[m, lo:hi]
                for k in range(n):
                    in_hand[k] = in_hand[k] - outlay[k]
                add(outlay, together[SPENT])
            if owes[m]:
                now = stage[m, lo:hi]
                copy(owed[m, lo:hi], debt)
                for k in range(n):
                    earnings = max(earned[k] + received[k], 0.0)
                    repaid[k] = repayment(debt[k], earnings, months, now[k] == production)
                    left[k] = debt[k] - repaid[k] - (debt[k] - repaid[k] if now[k] >= lost_from else 0.0)
                for k in range(n):
                    in_hand[k] = in_hand[k] - repaid[k]
                add(repaid[:n], together[REPAID])
                if borrows:
                    add(fresh[:n], left)
                copy(left[:n], owed_out[m, lo:hi])
                still_owes[m] |= _some(left[:n])
            elif borrows:
                copy(fresh[:n], owed_out[m, lo:hi])
                still_owes[m] |= _some(fresh[:n])
            else:
                owed_out[m, lo:hi] = 0.0
        for row in range(MINE_SUMS):
            copy(together[row, :n], over_all[row, lo:hi])
    return still_owes


@inline
def _some(values: Any) -> int:
    """1 if any number is above zero."""
    some = 0
    for k in range(values.size):
        some |= 1 if values[k] > 0.0 else 0
    return some


@kernel
def settle_trade(arcs: Any, user_pool: Any, scrap_pool: Any, tables: Any, sums: Any) -> None:
    """Tonnes that leave the trade, and what users, carriers and holders of licences pay and receive.

    Args:
        arcs: share of a tonne lost and freight (USD/mtu) on each arc.
        user_pool: pool of each group of users.
        scrap_pool: pool of each region's scrap.
        tables: flow and rent (arcs, worlds), used (users, worlds), price (pools, worlds), recovered (regions,
            worlds), bought for hidden stock (groups, worlds).
        sums: see the rows above, t W and million USD, (rows, worlds).
    """
    lost, freight = arcs
    flow, rent, used, price, recovered, hidden = tables
    worlds = flow.shape[1]
    together = np.empty((TRADE_SUMS, BLOCK))
    for lo in range(0, worlds, BLOCK):
        n = min(BLOCK, worlds - lo)
        hi = lo + n
        together[:, :n] = 0.0
        for a in range(lost.size):
            sent, each = flow[a, lo:hi], rent[a, lo:hi]
            for k in range(n):
                together[LOST, k] += sent[k] * lost[a]
                together[RENT, k] += sent[k] * each[k]
                together[FREIGHT, k] += sent[k] * freight[a]
        for u in range(user_pool.size):
            here, at = used[u, lo:hi], price[user_pool[u], lo:hi]
            for k in range(n):
                together[USED, k] += here[k]
                together[BILL, k] += here[k] * at[k]
        for r in range(scrap_pool.size):
            here, at = recovered[r, lo:hi], price[scrap_pool[r], lo:hi]
            for k in range(n):
                together[SCRAP, k] += here[k]
                together[SCRAP_BILL, k] += here[k] * at[k] * MILLION_PER_TONNE
        for g in range(hidden.shape[0]):
            add(hidden[g, lo:hi], together[HIDDEN])
        for k in range(n):
            together[BILL, k] = together[BILL, k] * MILLION_PER_TONNE
            together[RENT, k] = together[RENT, k] * MILLION_PER_TONNE
            together[FREIGHT, k] = together[FREIGHT, k] * MILLION_PER_TONNE
        for row in range(TRADE_SUMS):
            copy(together[row, :n], sums[row, lo:hi])


@kernel
def _pay(role: Any, amount: Any, purse: Any, spent: Any) -> None:
    """Spend row after row from the purses of its roles (negative: take in)."""
    for i in range(role.size):
        r = role[i]
        for k in range(amount.shape[1]):
            purse[r, k] = purse[r, k] - amount[i, k]
            spent[r, k] = spent[r, k] + max(amount[i, k], 0.0)


@kernel
def settle_purses(before: Any, royal: Any, floors: Any, piles: Any, support: Any, out: Any) -> None:
    """Royalties come in; floors, stockpiles and support of users are paid.

    Args:
        before: million USD in each purse and spent so far, (roles, worlds) each.
        royal: royalties (mine regions, worlds), and the role that gets them (-1: none of ours).
        floors: million USD for floors (buyers, worlds), and the role that pays.
        piles: million USD for stockpiles (owners, worlds), and the role that pays.
        support: million USD asked for (rows, worlds), and the role that pays as far as its purse goes.
        out: purses and spending after it, and support paid (rows, worlds).
    """
    purse, spent, supported = out
    royalties, receiver = royal
    for r in range(purse.shape[0]):
        for k in range(purse.shape[1]):
            purse[r, k] = before[0][r, k]
            spent[r, k] = before[1][r, k]
    for i in range(receiver.size):
        r = receiver[i]
        if r >= 0:
            for k in range(royalties.shape[1]):
                purse[r, k] = purse[r, k] + royalties[i, k]
    _pay(floors[1], floors[0], purse, spent)
    _pay(piles[1], piles[0], purse, spent)
    asked, role = support
    for i in range(role.size):
        r = role[i]
        for k in range(asked.shape[1]):
            supported[i, k] = asked[i, k] * affordable(purse[r, k], asked[i, k])
    _pay(role, supported, purse, spent)
