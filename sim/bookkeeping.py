"""What a month leaves behind: official statistics, and budgets of governments."""

from __future__ import annotations

import numpy as np

from sim.bare import bare
from sim.blocks import BLOCK, add, copy
from sim.compiled import inline, kernel
from sim.network import Index, Vector


@kernel
def publish(published: Vector, chinese: Vector, mined: Vector, used: Vector, flow: Vector, controlled: Index) -> None:
    """Take the oldest statistics out of a table in place, and put this month's behind the others.

    Args:
        published: the oldest month first; of each month tungsten mined in China and in the world, used, and exported
            from China in controlled forms, t W/month, and China's share of mining, (months, statistics, worlds).
        chinese, mined, used: tungsten mined in China and in the world, and used, t W/month, (worlds,).
        flow: by arc, t W/month.
        controlled: arcs out of China that carry controlled forms.
    """
    months, count, worlds = published.shape
    exported = np.empty(BLOCK)
    for lo in range(0, worlds, BLOCK):
        n = min(BLOCK, worlds - lo)
        hi = lo + n
        exported[:] = 0.0
        for arc in controlled:
            add(flow[arc, lo:hi], exported)
        for month in range(months - 1):
            for row in range(count):
                copy(published[month + 1, row, lo:hi], published[month, row, lo:hi])
        fresh = published[months - 1]
        copy(chinese[lo:hi], fresh[0, lo:hi])
        copy(mined[lo:hi], fresh[1, lo:hi])
        copy(used[lo:hi], fresh[2, lo:hi])
        copy(exported[:n], fresh[3, lo:hi])
        for k in range(lo, hi):
            fresh[4, k] = chinese[k] / max(mined[k], 1e-9)


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


@bare
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
