"""Cash of a month: mines sell and repay, floors are made up, purses pay; sums for the books."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled import inline, kernel
from sim.holders import MILLION_PER_TONNE, within
from sim.mining import short_of_floor

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
    worlds = output.shape[1]
    royalty, earned, received, repaid = np.empty(worlds), np.empty(worlds), np.empty(worlds), np.empty(worlds)
    fresh, nothing = np.empty(worlds), np.zeros(worlds)
    for table in sums:
        _clear(table)
    for m in range(found.shape[0]):
        for k in range(worlds):
            over_all[FOUND, k] += found[m, k]
    for m in range(pool.size):
        at, r, given = pool[m], region[m], grants[m] if granted[m] else nothing
        for k in range(worlds):
            tonnes = output[m, k] * MILLION_PER_TONNE
            sales, cost = tonnes * price[at, k], tonnes * cash_cost[m, k]
            royalty[k] = sales * (1.0 - keep[m, k])
            earned[k] = sales - royalty[k] - cost
            received[k] = 0.0
            fresh[k] = 0.0
            over_all[MINED, k] += output[m, k]
            over_all[SALES, k] += sales
            over_all[COST, k] += cost
        for k in range(worlds):
            royalties[r, k] += royalty[k]
        for b in range(len(share)):
            if runs[b, m]:
                for k in range(worlds):
                    short = short_of_floor(floor[b][m, k], payable[m], price[at, k])
                    paid = share[b][m, k] * output[m, k] * short * MILLION_PER_TONNE
                    received[k] += paid
                    by_state[b, k] += paid * public[b][m, k]
                    by_users[b, k] += paid - paid * public[b][m, k]
        for lender in range(len(lent)):
            if lends[lender, m]:
                for k in range(worlds):
                    fresh[k] = fresh[k] + lent[lender][m, k]
                    loans[lender, k] += lent[lender][m, k]
        for k in range(worlds):
            debt = owed[m, k]
            earnings = max(earned[k] + received[k], 0.0)
            repaid[k] = repayment(debt, earnings, months, stage[m, k] == production)
            lost = debt - repaid[k] if stage[m, k] >= lost_from else 0.0
            owed_out[m, k] = debt - repaid[k] - lost + fresh[k]
        for k in range(worlds):
            in_hand = cash[m, k] + earned[k] + received[k] + equity[m, k] + fresh[k] + given[k]
            cash_out[m, k] = in_hand - spent[m, k] - repaid[k]
        for k in range(worlds):
            over_all[EQUITY, k] += equity[m, k]
            over_all[GRANTS, k] += given[k]
            over_all[SPENT, k] += spent[m, k]
            over_all[REPAID, k] += repaid[k]


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
