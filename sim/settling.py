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


# Rows of one mine's numbers in the table that `settle_mines` works in; the month's sums come before them.
MADE, PRICE, KEPT, UNIT_COST, ROYALTY, EARNED, RECEIVED, SHARE, FLOOR, BY_STATE = range(8, 18)
FRESH, OWED, STAGE, REPAYS, CASH, PAID_IN, LAID_OUT, GIVEN, NUMBERS = range(18, 27)


@inline
def _any(values: Any) -> bool:
    """Whether a value is not zero."""
    some = False
    for k in range(values.size):
        some |= values[k] != 0.0
    return some


@kernel
def settle_mines(mines: Any, runs: Any, law: Any, sold: Any, contracts: Any, capital: Any, out: Any, sums: Any) -> None:
    """Mines sell, pay royalty and cost, are paid up to their floors, and repay loans.

    Args:
        mines: pool, row of the region whose royalties are summed, worth of a tonne over APT's, (mines,) each.
        runs: whether a contract with a floor runs in any world, (buyers, mines).
        law: months over which a loan is repaid, stage of production, first stage at which a loan is lost.
        sold: output, found, share kept after royalty, cash cost, stage (mines, worlds), price (pools, worlds).
        contracts: for each buyer share, floor, and 1 where a government stands behind it, (mines, worlds) each.
        capital: owed, cash, equity paid in, capital spent, grants, million USD, (mines, worlds) each; lent by each
            lender (mines, worlds) each; which mines got loans (lenders, mines), and grants (mines,).
        out: owed and cash after the month, (mines, worlds).
        sums: over all mines (see the rows above), royalties by region, what governments and users pay up to floors
            (buyers, worlds) each, and loans by lender.
    """
    pool, region, payable = mines
    months, production, lost_from = law
    output, found, keep, cash_cost, stage, price = sold
    share, floor, public = contracts
    owed, cash, equity, spent, grants, lent, (lends, granted) = capital
    owed_out, cash_out = out
    over_all, royalties, by_state, by_users, loans = sums
    for table in sums:
        _clear(table)
    near = np.empty((NUMBERS, BLOCK))
    for lo in range(0, output.shape[1], BLOCK):
        hi = min(lo + BLOCK, output.shape[1])
        n = hi - lo
        near[:MADE] = 0.0
        for m in range(found.shape[0]):
            add(found[m, lo:hi], near[FOUND])
        for m in range(pool.size):
            worth = payable[m]
            copy(output[m, lo:hi], near[MADE])
            near[EARNED : RECEIVED + 1] = 0.0
            if _any(near[MADE, :n]):
                copy(price[pool[m], lo:hi], near[PRICE])
                copy(keep[m, lo:hi], near[KEPT])
                copy(cash_cost[m, lo:hi], near[UNIT_COST])
                for k in range(n):
                    tonnes = near[MADE, k] * MILLION_PER_TONNE
                    sales, cost = tonnes * near[PRICE, k], tonnes * near[UNIT_COST, k]
                    near[ROYALTY, k] = sales * (1.0 - near[KEPT, k])
                    near[EARNED, k] = sales - near[ROYALTY, k] - cost
                    near[MINED, k] += near[MADE, k]
                    near[SALES, k] += sales
                    near[COST, k] += cost
                add(near[ROYALTY, :n], royalties[region[m], lo:hi])
                for b in range(len(share)):
                    if runs[b, m]:
                        copy(share[b][m, lo:hi], near[SHARE])
                        copy(floor[b][m, lo:hi], near[FLOOR])
                        copy(public[b][m, lo:hi], near[BY_STATE])
                        for k in range(n):
                            short = max(near[FLOOR, k] * worth - near[PRICE, k], 0.0)
                            paid = near[SHARE, k] * near[MADE, k] * short * MILLION_PER_TONNE
                            near[RECEIVED, k] += paid
                            near[BY_STATE, k] = paid * near[BY_STATE, k]
                            near[SHARE, k] = paid - near[BY_STATE, k]
                        add(near[BY_STATE, :n], by_state[b, lo:hi])
                        add(near[SHARE, :n], by_users[b, lo:hi])
            near[FRESH] = 0.0
            for lender in range(len(lent)):
                if lends[lender, m]:
                    add(lent[lender][m, lo:hi], near[FRESH])
                    add(lent[lender][m, lo:hi], loans[lender, lo:hi])
            copy(owed[m, lo:hi], near[OWED])
            near[REPAYS] = 0.0
            if _any(near[OWED, :n]):
                copy(stage[m, lo:hi], near[STAGE])
                for k in range(n):
                    debt, now = near[OWED, k], near[STAGE, k]
                    earnings = max(near[EARNED, k] + near[RECEIVED, k], 0.0)
                    near[REPAYS, k] = repayment(debt, earnings, months, now == production)
                    near[REPAID, k] += near[REPAYS, k]
                    near[OWED, k] = debt - near[REPAYS, k] - (debt - near[REPAYS, k] if now >= lost_from else 0.0)
            copy(cash[m, lo:hi], near[CASH])
            copy(equity[m, lo:hi], near[PAID_IN])
            copy(spent[m, lo:hi], near[LAID_OUT])
            near[GIVEN] = 0.0
            if granted[m]:
                copy(grants[m, lo:hi], near[GIVEN])
            for k in range(n):
                near[OWED, k] = near[OWED, k] + near[FRESH, k]
                in_hand = near[CASH, k] + near[EARNED, k] + near[RECEIVED, k] + near[PAID_IN, k] + near[FRESH, k]
                near[CASH, k] = in_hand + near[GIVEN, k] - near[LAID_OUT, k] - near[REPAYS, k]
                near[EQUITY, k] += near[PAID_IN, k]
                near[GRANTS, k] += near[GIVEN, k]
                near[SPENT, k] += near[LAID_OUT, k]
            copy(near[OWED, :n], owed_out[m, lo:hi])
            copy(near[CASH, :n], cash_out[m, lo:hi])
        for row in range(MADE):
            copy(near[row, :n], over_all[row, lo:hi])


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
    _clear(sums)
    for a in range(lost.size):
        for k in range(worlds):
            sums[LOST, k] += flow[a, k] * lost[a]
            sums[RENT, k] += flow[a, k] * rent[a, k]
            sums[FREIGHT, k] += flow[a, k] * freight[a]
    for u in range(user_pool.size):
        at = user_pool[u]
        for k in range(worlds):
            sums[USED, k] += used[u, k]
            sums[BILL, k] += used[u, k] * price[at, k]
    for r in range(scrap_pool.size):
        at = scrap_pool[r]
        for k in range(worlds):
            sums[SCRAP, k] += recovered[r, k]
            sums[SCRAP_BILL, k] += recovered[r, k] * price[at, k] * MILLION_PER_TONNE
    for g in range(hidden.shape[0]):
        for k in range(worlds):
            sums[HIDDEN, k] += hidden[g, k]
    for k in range(worlds):
        sums[BILL, k] = sums[BILL, k] * MILLION_PER_TONNE
        sums[RENT, k] = sums[RENT, k] * MILLION_PER_TONNE
        sums[FREIGHT, k] = sums[FREIGHT, k] * MILLION_PER_TONNE


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
