"""Cash of a month: mines sell and repay, floors are made up, purses pay; sums for the books."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.blocks import BLOCK, add, copy
from sim.compiled import inline, kernel
from sim.holders import MILLION_PER_TONNE, within

# Rows of the month's sums over mines, by mine region and by buyer; see `settle_mines`.
MINED, FOUND, SALES, COST, EQUITY, GRANTS, SPENT, REPAID = range(8)
# Rows of the month's sums over the trade; see `settle_trade`.
USED, LOST, SCRAP, HIDDEN, BILL, RENT, FREIGHT, SCRAP_BILL = range(8)


@inline
def repayment(owed: float, earnings: float, months: float, is_producing: bool) -> float:
    """Million USD repaid this month: an equal part by month, at most half of what was earned."""
    due = owed / months if is_producing else 0.0
    return within(min(due, 0.5 * earnings), 0.0, owed)


@inline
def affordable(purse: float, asked: float) -> float:
    """Share of what a role asks to spend this month that its purse holds."""
    return within(purse / max(asked, 1e-9), 0.0, 1.0)


@kernel
def _clear(sums: Any) -> None:
    for row in range(sums.shape[0]):
        for k in range(sums.shape[1]):
            sums[row, k] = 0.0


@kernel
def settle_mines(mines: Any, runs: Any, law: Any, sold: Any, contracts: Any, capital: Any, out: Any, sums: Any) -> None:
    """Mines sell, pay royalty and cost, are paid up to their floors, and repay loans.

    Args:
        mines: pool, row of the region whose royalties are summed, worth of a tonne over APT's, (mines,) each.
        runs: whether a contract with a floor runs in any world, (buyers, mines).
        law: months over which a loan is repaid, stage of production, first stage at which a loan is lost.
        sold: output, found, share kept after royalty, cash cost, stage (mines, worlds), price (pools, worlds).
        contracts: for each buyer share, floor, and 1 where a government stands behind it, (mines, worlds) each.
        capital: owed, cash, equity paid in, grants, capital spent, million USD, (mines, worlds) each; lent by each
            lender (mines, worlds) each, and 1 for those that lend.
        out: owed and cash after the month, (mines, worlds).
        sums: over all mines (see the rows above), royalties by region, what governments and users pay up to floors
            (buyers, worlds) each, and loans by lender.
    """
    pool, region, payable = mines
    months, production, lost_from = law
    output, found, keep, cash_cost, stage, price = sold
    share, floor, public = contracts
    owed, cash, equity, grants, spent, lent, lends = capital
    owed_out, cash_out = out
    over_all, royalties, by_state, by_users, loans = sums
    worlds = output.shape[1]
    read = (output, keep, cash_cost, stage, owed, cash, equity, grants, spent)
    # of one mine: what is read of it, price, royalty, earned, received, lent, owed and cash after it
    mine, summed = np.empty((16, BLOCK)), np.empty((8, BLOCK))
    for table in (royalties, by_state, by_users, loans):
        _clear(table)
    for lo in range(0, worlds, BLOCK):
        hi = min(lo + BLOCK, worlds)
        n = hi - lo
        summed[:] = 0.0
        for m in range(found.shape[0]):
            add(found[m, lo:hi], summed[FOUND])
        for m in range(pool.size):
            for row in range(9):
                copy(read[row][m, lo:hi], mine[row])
            copy(price[pool[m], lo:hi], mine[9])
            for k in range(n):
                tonnes = mine[0, k] * MILLION_PER_TONNE
                sales, cost = tonnes * mine[9, k], tonnes * mine[2, k]
                royalty = sales * (1.0 - mine[1, k])
                mine[10, k] = royalty
                mine[11, k] = sales - royalty - cost
                mine[12, k] = 0.0
                mine[13, k] = 0.0
                summed[MINED, k] += mine[0, k]
                summed[SALES, k] += sales
                summed[COST, k] += cost
            add(mine[10, :n], royalties[region[m], lo:hi])
            for b in range(len(share)):
                if runs[b, m]:
                    for k in range(n):
                        short = max(floor[b][m, lo + k] * payable[m] - mine[9, k], 0.0)
                        paid = share[b][m, lo + k] * mine[0, k] * short * MILLION_PER_TONNE
                        mine[12, k] += paid
                        by_state[b, lo + k] += paid * public[b][m, lo + k]
                        by_users[b, lo + k] += paid - paid * public[b][m, lo + k]
            for lender in range(len(lent)):
                if lends[lender]:
                    add(lent[lender][m, lo:hi], mine[13])
                    add(lent[lender][m, lo:hi], loans[lender, lo:hi])
            for k in range(n):
                debt = mine[4, k]
                earnings = max(mine[11, k] + mine[12, k], 0.0)
                repaid = repayment(debt, earnings, months, mine[3, k] == production)
                lost = debt - repaid if mine[3, k] >= lost_from else 0.0
                mine[14, k] = debt - repaid - lost + mine[13, k]
                in_hand = mine[5, k] + mine[11, k] + mine[12, k] + mine[6, k] + mine[13, k] + mine[7, k]
                mine[15, k] = in_hand - mine[8, k] - repaid
                summed[EQUITY, k] += mine[6, k]
                summed[GRANTS, k] += mine[7, k]
                summed[SPENT, k] += mine[8, k]
                summed[REPAID, k] += repaid
            copy(mine[14, :n], owed_out[m, lo:hi])
            copy(mine[15, :n], cash_out[m, lo:hi])
        for row in range(8):
            copy(summed[row, :n], over_all[row, lo:hi])


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
    summed, amount, worth = np.empty((8, BLOCK)), np.empty(BLOCK), np.empty(BLOCK)
    for lo in range(0, worlds, BLOCK):
        hi = min(lo + BLOCK, worlds)
        n = hi - lo
        summed[:] = 0.0
        for a in range(lost.size):
            copy(flow[a, lo:hi], amount)
            copy(rent[a, lo:hi], worth)
            for k in range(n):
                summed[LOST, k] += amount[k] * lost[a]
                summed[RENT, k] += amount[k] * worth[k]
                summed[FREIGHT, k] += amount[k] * freight[a]
        for u in range(user_pool.size):
            copy(used[u, lo:hi], amount)
            copy(price[user_pool[u], lo:hi], worth)
            for k in range(n):
                summed[USED, k] += amount[k]
                summed[BILL, k] += amount[k] * worth[k]
        for r in range(scrap_pool.size):
            copy(recovered[r, lo:hi], amount)
            copy(price[scrap_pool[r], lo:hi], worth)
            for k in range(n):
                summed[SCRAP, k] += amount[k]
                summed[SCRAP_BILL, k] += amount[k] * worth[k] * MILLION_PER_TONNE
        for g in range(hidden.shape[0]):
            add(hidden[g, lo:hi], summed[HIDDEN])
        for row in (BILL, RENT, FREIGHT):
            for k in range(n):
                summed[row, k] = summed[row, k] * MILLION_PER_TONNE
        for row in range(8):
            copy(summed[row, :n], sums[row, lo:hi])


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
