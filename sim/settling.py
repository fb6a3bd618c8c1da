"""Cash of a month: mines sell and repay, floors are made up, purses pay; sums for the books."""

from __future__ import annotations

from typing import Any

import numpy as np

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
def add(sums: Any, part: Any) -> None:
    """Add a row of worlds to its sums."""
    for k in range(part.size):
        sums[k] += part[k]


@kernel
def settle_mines(mines: Any, runs: Any, law: Any, sold: Any, contracts: Any, capital: Any, out: Any, sums: Any) -> None:
    """Mines sell, pay royalty and cost, are paid up to their floors, and repay loans.

    Args:
        mines: pool, row of the region whose royalties are summed, worth of a tonne over APT's, (mines,) each.
        runs: whether a contract with a floor runs in any world, (buyers, mines).
        law: months over which a loan is repaid, stage of production, first stage at which a loan is lost.
        sold: output, found, share kept after royalty, cash cost, stage (mines, worlds), price (pools, worlds).
        contracts: share, floor, and 1 where a government stands behind it, (buyers, mines, worlds) each.
        capital: owed, cash, equity paid in, lent, grants, capital spent, million USD, (mines, worlds) each.
        out: owed and cash after the month, (mines, worlds).
        sums: over all mines (see the rows above), royalties by region, and what governments and users pay up to
            floors (buyers, worlds) each.
    """
    pool, region, payable = mines
    months, production, lost_from = law
    output, found, keep, cash_cost, stage, price = sold
    share, floor, public = contracts
    owed, cash, equity, lent, grants, spent = capital
    owed_out, cash_out = out
    over_all, royalties, by_state, by_users = sums
    worlds = output.shape[1]
    royalty, earned, received, repaid = np.empty(worlds), np.empty(worlds), np.empty(worlds), np.empty(worlds)
    for table in sums:
        table[:] = 0.0
    for m in range(pool.size):
        mined, netback, kept, unit = output[m], price[pool[m]], keep[m], cash_cost[m]
        sales, cost, royal = over_all[SALES], over_all[COST], royalties[region[m]]
        for k in range(worlds):
            tonnes = mined[k] * MILLION_PER_TONNE
            royalty[k] = tonnes * netback[k] * (1.0 - kept[k])
            earned[k] = tonnes * netback[k] - royalty[k] - tonnes * unit[k]
        for k in range(worlds):
            tonnes = mined[k] * MILLION_PER_TONNE
            sales[k] += tonnes * netback[k]
            cost[k] += tonnes * unit[k]
            royal[k] += royalty[k]
        received[:] = 0.0
        for b in range(share.shape[0]):
            if runs[b, m]:
                part, least, backed = share[b, m], floor[b, m], public[b, m]
                state_pays, users_pay = by_state[b], by_users[b]
                for k in range(worlds):
                    short = max(least[k] * payable[m] - netback[k], 0.0)
                    paid = part[k] * mined[k] * short * MILLION_PER_TONNE
                    received[k] += paid
                    state_pays[k] += paid * backed[k]
                    users_pay[k] += paid - paid * backed[k]
        at, debt, debt_out, fresh = stage[m], owed[m], owed_out[m], lent[m]
        for k in range(worlds):
            earnings = max(earned[k] + received[k], 0.0)
            repaid[k] = repayment(debt[k], earnings, months, at[k] == production)
            lost = debt[k] - repaid[k] if at[k] >= lost_from else 0.0
            debt_out[k] = debt[k] - repaid[k] - lost + fresh[k]
        held, held_out, paid_in, given, built = cash[m], cash_out[m], equity[m], grants[m], spent[m]
        for k in range(worlds):
            in_hand = held[k] + earned[k] + received[k] + paid_in[k] + fresh[k] + given[k]
            held_out[k] = in_hand - built[k] - repaid[k]
        add(over_all[MINED], mined)
        add(over_all[FOUND], found[m])
        add(over_all[EQUITY], paid_in)
        add(over_all[GRANTS], given)
        add(over_all[SPENT], built)
        add(over_all[REPAID], repaid)


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
    sums[:] = 0.0
    for a in range(lost.size):
        sent, dear, gone, rents, carried = flow[a], rent[a], sums[LOST], sums[RENT], sums[FREIGHT]
        for k in range(worlds):
            gone[k] += sent[k] * lost[a]
            rents[k] += sent[k] * dear[k]
            carried[k] += sent[k] * freight[a]
    for u in range(user_pool.size):
        taken, at, bill = used[u], price[user_pool[u]], sums[BILL]
        add(sums[USED], taken)
        for k in range(worlds):
            bill[k] += taken[k] * at[k]
    for r in range(scrap_pool.size):
        back, at, bill = recovered[r], price[scrap_pool[r]], sums[SCRAP_BILL]
        add(sums[SCRAP], back)
        for k in range(worlds):
            bill[k] += back[k] * at[k] * MILLION_PER_TONNE
    for g in range(hidden.shape[0]):
        add(sums[HIDDEN], hidden[g])
    for row in (BILL, RENT, FREIGHT):
        bill = sums[row]
        for k in range(worlds):
            bill[k] = bill[k] * MILLION_PER_TONNE


@kernel
def pay(purse: Any, spent: Any, amount: Any) -> None:
    """Spend from one purse (negative: take in)."""
    for k in range(amount.size):
        purse[k] = purse[k] - amount[k]
        spent[k] = spent[k] + max(amount[k], 0.0)


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
    purse[:] = before[0]
    spent[:] = before[1]
    royalties, receiver = royal
    for i in range(receiver.size):
        if receiver[i] >= 0:
            money, amount = purse[receiver[i]], royalties[i]
            for k in range(amount.size):
                money[k] = money[k] + amount[k]
    for amounts, role in (floors, piles):
        for i in range(role.size):
            pay(purse[role[i]], spent[role[i]], amounts[i])
    asked, role = support
    for i in range(role.size):
        money, amount = purse[role[i]], asked[i]
        for k in range(amount.size):
            supported[i, k] = amount[k] * affordable(money[k], amount[k])
        pay(money, spent[role[i]], supported[i])
