"""What a month leaves behind: official statistics, and budgets of governments."""

from __future__ import annotations

import numpy as np

from sim.blocks import BLOCK, add, copy
from sim.compiled import inline, kernel
from sim.network import Index, Vector


@kernel
def publish(published: Vector, output: Vector, chinese: Index, used: Vector, flow: Vector, controlled: Index) -> None:
    """Take the oldest statistics out of a table in place, and put this month's behind the others.

    Args:
        published: the oldest month first; of each month tungsten mined in China and in the world, used, and exported
            from China in controlled forms, t W/month, and China's share of mining, (months, statistics, worlds).
        output: by mine, t W/month.
        chinese: rows of the mines in China.
        used: by user, t W/month.
        flow: by arc, t W/month.
        controlled: arcs out of China that carry controlled forms.
    """
    months, count, worlds = published.shape
    sums = np.empty((4, BLOCK))
    for lo in range(0, worlds, BLOCK):
        n = min(BLOCK, worlds - lo)
        hi = lo + n
        sums[:, :] = 0.0
        for m in chinese:
            add(output[m, lo:hi], sums[0])
        for m in range(output.shape[0]):
            add(output[m, lo:hi], sums[1])
        for user in range(used.shape[0]):
            add(used[user, lo:hi], sums[2])
        for arc in controlled:
            add(flow[arc, lo:hi], sums[3])
        for month in range(months - 1):
            for row in range(count):
                copy(published[month + 1, row, lo:hi], published[month, row, lo:hi])
        for row in range(4):
            copy(sums[row, :n], published[months - 1, row, lo:hi])
        share = published[months - 1, 4, lo:hi]
        for k in range(n):
            share[k] = sums[0, k] / max(sums[1, k], 1e-9)


@inline
def grant_budget(lately: float, spent: float, spent_before: float, purse: float, budget: float) -> tuple[float, float]:
    """Slow mean of spending, million USD/month, and the purse with next month's budget, million USD.

    Args:
        lately: the slow mean before.
        spent, spent_before: spent so far, and up to last month.
        purse: what is left; no more than one and a half budgets of a year is saved up.
        budget: million USD/year.
    """
    topped = min(purse + budget / 12.0, max(1.5 * budget, purse))
    return lately + (1.0 / 12.0) * (spent - spent_before - lately), topped


@kernel
def grant_budgets(
    budget: Vector, spent: Vector, spent_before: Vector, lately: Vector, purse: Vector, granted: Vector
) -> None:
    """Give every government its next month's budget.

    Args:
        budget: million USD/year, (roles, 1).
        spent, spent_before: so far, and up to last month, million USD, (roles, worlds).
        lately, purse: slow mean of spending, million USD/month, and million USD, (roles, worlds), in place.
        granted: table for the month's budgets, million USD, (roles, worlds).
    """
    worlds = purse.shape[1]
    for role in range(purse.shape[0]):
        for k in range(worlds):
            before, yearly = purse[role, k], budget[role, 0]
            mean, topped = grant_budget(lately[role, k], spent[role, k], spent_before[role, k], before, yearly)
            granted[role, k], lately[role, k], purse[role, k] = topped - before, mean, topped
