"""Cash of a month: mines sell and repay, floors are made up, purses pay; sums for the books."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.blocks import BLOCK, add, copy
from sim.compiled import inline, kernel
from sim.holders import MILLION_PER_TONNE, within

# Rows of the month's sums over mines, by mine region and by buyer; see `settle_mines`.
MINED, FOUND, SALES, COST, EQUITY, GRANTS, SPENT, REPAID = range(8)
# Rows of one mine's numbers in the table that `settle_mines` works in; the sums over all mines stand below them.
OUTPUT, KEPT, UNIT_COST, STAGE, OWED, CASH, PAID_IN, GRANTED = range(8)
BUILT, PRICE, ROYALTY, EARNED, RECEIVED, LENT, OWED_AFTER, CASH_AFTER = range(8, 16)
OF_ALL = 16
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
    # the numbers of one mine, and then the sums over all
    near = np.empty((OF_ALL + 8, BLOCK))
    for table in (royalties, by_state, by_users, loans):
        _clear(table)
    for lo in range(0, worlds, BLOCK):
        hi = min(lo + BLOCK, worlds)
        n = hi - lo
        near[OF_ALL:] = 0.0
        for m in range(found.shape[0]):
            add(found[m, lo:hi], near[OF_ALL + FOUND])
        for m in range(pool.size):
            for row in range(9):
                copy(read[row][m, lo:hi], near[row])
            copy(price[pool[m], lo:hi], near[PRICE])
            for k in range(n):
                tonnes = near[OUTPUT, k] * MILLION_PER_TONNE
                sales, cost = tonnes * near[PRICE, k], tonnes * near[UNIT_COST, k]
                royalty = sales * (1.0 - near[KEPT, k])
                near[ROYALTY, k] = royalty
                near[EARNED, k] = sales - royalty - cost
                near[RECEIVED, k] = 0.0
                near[LENT, k] = 0.0
                near[OF_ALL + MINED, k] += near[OUTPUT, k]
                near[OF_ALL + SALES, k] += sales
                near[OF_ALL + COST, k] += cost
            add(near[ROYALTY, :n], royalties[region[m], lo:hi])
            for b in range(len(share)):
                if runs[b, m]:
                    for k in range(n):
                        short = max(floor[b][m, lo + k] * payable[m] - near[PRICE, k], 0.0)
                        paid = share[b][m, lo + k] * near[OUTPUT, k] * short * MILLION_PER_TONNE
                        near[RECEIVED, k] += paid
                        by_state[b, lo + k] += paid * public[b][m, lo + k]
                        by_users[b, lo + k] += paid - paid * public[b][m, lo + k]
            for lender in range(len(lent)):
                if lends[lender]:
                    add(lent[lender][m, lo:hi], near[LENT])
                    add(lent[lender][m, lo:hi], loans[lender, lo:hi])
            for k in range(n):
                debt = near[OWED, k]
                earnings = max(near[EARNED, k] + near[RECEIVED, k], 0.0)
                repaid = repayment(debt, earnings, months, near[STAGE, k] == production)
                lost = debt - repaid if near[STAGE, k] >= lost_from else 0.0
                near[OWED_AFTER, k] = debt - repaid - lost + near[LENT, k]
                in_hand = near[CASH, k] + near[EARNED, k] + near[RECEIVED, k] + near[PAID_IN, k]
                near[CASH_AFTER, k] = in_hand + near[LENT, k] + near[GRANTED, k] - near[BUILT, k] - repaid
                near[OF_ALL + EQUITY, k] += near[PAID_IN, k]
                near[OF_ALL + GRANTS, k] += near[GRANTED, k]
                near[OF_ALL + SPENT, k] += near[BUILT, k]
                near[OF_ALL + REPAID, k] += repaid
            copy(near[OWED_AFTER, :n], owed_out[m, lo:hi])
            copy(near[CASH_AFTER, :n], cash_out[m, lo:hi])
        for row in range(8):
            copy(near[OF_ALL + row, :n], over_all[row, lo:hi])


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
    # the sums, then an amount and its worth
    near = np.empty((10, BLOCK))
    for lo in range(0, worlds, BLOCK):
        hi = min(lo + BLOCK, worlds)
        n = hi - lo
        near[:8] = 0.0
        for a in range(lost.size):
            gone, carriage = lost[a], freight[a]
            copy(flow[a, lo:hi], near[8])
            copy(rent[a, lo:hi], near[9])
            for k in range(n):
                near[LOST, k] += near[8, k] * gone
                near[RENT, k] += near[8, k] * near[9, k]
                near[FREIGHT, k] += near[8, k] * carriage
        for u in range(user_pool.size):
            copy(used[u, lo:hi], near[8])
            copy(price[user_pool[u], lo:hi], near[9])
            for k in range(n):
                near[USED, k] += near[8, k]
                near[BILL, k] += near[8, k] * near[9, k]
        for r in range(scrap_pool.size):
            copy(recovered[r, lo:hi], near[8])
            copy(price[scrap_pool[r], lo:hi], near[9])
            for k in range(n):
                near[SCRAP, k] += near[8, k]
                near[SCRAP_BILL, k] += near[8, k] * near[9, k] * MILLION_PER_TONNE
        for g in range(hidden.shape[0]):
            add(hidden[g, lo:hi], near[HIDDEN])
        for row in (BILL, RENT, FREIGHT):
            for k in range(n):
                near[row, k] = near[row, k] * MILLION_PER_TONNE
        for row in range(8):
            copy(near[row, :n], sums[row, lo:hi])


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
