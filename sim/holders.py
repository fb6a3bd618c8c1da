"""Those who hold tungsten beside the market or bring it back: traders, governments' stockpiles, recyclers."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import exact, lanes
from sim.blocks import NEAR, add, copy
from sim.compiled import inline, kernel, rule
from sim.decided import NOBODY, PURCHASES, QUOTA, SCRAP_EFFORT, SCRAP_SUPPORT
from sim.lanes import LANES, give_to, take, take_from
from sim.units import MTU_PER_TONNE_W

MILLION_PER_TONNE = MTU_PER_TONNE_W / 1e6
"""Million USD per t W and USD/mtu."""


@inline
def within(x: float, low: float, high: float) -> float:
    """x, or the nearer bound."""
    return min(max(x, low), high)


# --- traders -------------------------------------------------------------------------------------


@inline
def return_to_cost(price: float, level: float, reversion: float) -> float:
    """Growth of price that those expect who think that it returns to its long-run level, share a month."""
    return -reversion * (price / level - 1.0)


@inline
def follows_trend(trend_gain: float, cost_gain: float, switching: float) -> float:
    """Share of traders that expect the trend to go on, by what either view has paid (Brock and Hommes 1998)."""
    return 1.0 / (1.0 + exact.exp(-switching * (trend_gain - cost_gain)))


@rule
def supply_cut(quota: float, usual: float) -> float:
    """How far China cuts its own mining quota below that of the year before the start, share."""
    return max(1.0 - quota / usual, 0.0)


@kernel
def trade(dealers: Any, levers: Any, lo: Any, hi: Any, lying: Any) -> None:
    """What traders buy in worlds `lo` to `hi`: a part of the gap to the stock that the mixture of views asks for.

    Args:
        dealers: five groups of
            law: reversion, extrapolation, switching, pace, (worlds,) each;
            groups: pool that each group trades in, opening stock and price level at the start, (groups,) each; response
                of the wish (t W), most stock and answer to the tightening of Chinese supply, (groups, worlds) each;
            rules: China's usual mining quota, worlds in which nobody trades, and whether anybody does at all;
            state: slow price level over that of the start (worlds,), last price, trend, gain of the trend view, gain of
                the cost view, hidden stock and what was bought last, (groups, worlds) each;
            out: bought and hidden stock after it, t W, (groups, worlds).
        levers: see sim.decided, (levers, these worlds).
        lying: t W lying in the pools that they trade in, (pools, these worlds).
    """
    law, groups, rules, state, out = dealers
    reversion, extrapolation, switching, pace = law
    pool, base, reference, response, most, hold_on = groups
    usual_quota, is_still, trades = rules
    anchor, last_price, trend, trend_gain, cost_gain, hidden, bought_before = state
    bought_out, hidden_out = out
    near = np.empty((2, NEAR))
    n = hi - lo
    follow, by_cost = near[0, :n], near[1, :n]
    for g in range(base.size):
        if not trades:
            copy(bought_before[g, lo:hi], bought_out[g, lo:hi])
            copy(hidden[g, lo:hi], hidden_out[g, lo:hi])
            continue
        by_trend_pays, by_cost_pays, eagerness = trend_gain[g, lo:hi], cost_gain[g, lo:hi], switching[lo:hi]
        for k in range(n):
            follow[k] = follows_trend(by_trend_pays[k], by_cost_pays[k], eagerness[k])
        price, level, returning = last_price[g, lo:hi], anchor[lo:hi], reversion[lo:hi]
        for k in range(n):
            by_cost[k] = return_to_cost(price[k], reference[g] * level[k], returning[k])
        for k in range(lo, hi):
            part = follow[k - lo]
            expected = part * (extrapolation[k] * trend[g, k]) + (1.0 - part) * by_cost[k - lo]
            tightening = supply_cut(levers[QUOTA, k - lo], usual_quota)
            wish = within(base[g] + response[g, k] * (expected + tightening * hold_on[g, k]), 0.0, most[g, k])
            gap = pace[k] * (wish - hidden[g, k])
            bought = within(gap, -pace[k] * hidden[g, k], 0.1 * max(lying[pool[g], k - lo], 0.0))
            bought_out[g, k] = 0.0 if is_still[k] else bought
            hidden_out[g, k] = hidden[g, k] if is_still[k] else hidden[g, k] + bought


@kernel
def judge_views(law: Any, reference: Any, anchor: Any, place: Any, price: Any, state: Any) -> None:
    """What a month of prices teaches traders about both views.

    Args:
        law: reversion, extrapolation, memory, smoothing, (worlds,) each.
        reference: price level of each group at the start.
        anchor: slow price level over that of the start, (worlds,).
        place: pool that each group trades in.
        price: USD/mtu by pool.
        state: last price, trend, gain of the trend view, gain of the cost view, (groups, worlds) each; they change.
    """
    reversion, extrapolation, memory, smoothing = law
    last_price, trend, trend_gain, cost_gain = state
    for g in range(reference.size):
        for k in range(0, anchor.size, LANES):
            here = lanes.within(k, anchor.size)
            at, last = take_from(price, place[g], k, here), take_from(last_price, g, k, here)
            slope = take_from(trend, g, k, here)
            growth = within(at / last - 1.0, -0.5, 0.5)
            by_cost = return_to_cost(last, reference[g] * take(anchor, k, here), take(reversion, k, here))
            by_trend, keeps = take(extrapolation, k, here) * slope, take(memory, k, here)
            before = take_from(cost_gain, g, k, here)
            give_to(cost_gain, g, k, here, before + keeps * (growth * by_cost - before))
            before = take_from(trend_gain, g, k, here)
            give_to(trend_gain, g, k, here, before + keeps * (growth * by_trend - before))
            give_to(trend, g, k, here, slope + take(smoothing, k, here) * (growth - slope))
            give_to(last_price, g, k, here, at)


# --- stockpiles ----------------------------------------------------------------------------------


@kernel
def fill_piles(piles: Any, levers: Any, lo: Any, hi: Any, lying: Any) -> None:
    """Purchases for and releases from stockpiles in worlds `lo` to `hi`, as far as goods and purses allow.

    Args:
        piles: three groups of
            owners: pool and row of the purse of each owner;
            state: price by pool (USD/mtu), t W held (owners, worlds), million USD by role;
            out: t W bought, million USD paid, and t W held after it, (owners, worlds) each.
        levers: see sim.decided, (levers, these worlds).
        lying: t W lying in these pools, (pools, these worlds).
    """
    owners, state, out = piles
    pool, role = owners
    price, pile, purse = state
    bought_out, paid_out, pile_out = out
    for i in range(pool.size):
        at, r = pool[i], role[i]
        wish = levers[PURCHASES + i]
        for k in range(lo, hi):
            amount = within(wish[k - lo] / 12.0, -pile[i, k], 0.3 * max(lying[at, k - lo], 0.0))
            cost = amount * price[at, k] * MILLION_PER_TONNE
            share = 1.0
            if amount > 0.0:
                share = within(purse[r, k] / max(max(cost, 0.0), 1e-9), 0.0, 1.0)
            bought_out[i, k] = amount * share
            paid_out[i, k] = cost * share
            pile_out[i, k] = pile[i, k] + amount * share


# --- recyclers -----------------------------------------------------------------------------------


@kernel
def collect(scrap: Any, levers: Any, lo: Any, hi: Any, use: Any) -> None:
    """Scrap in worlds `lo` to `hi`: it answers use and an old price, up to a ceiling, and programmes add to it.

    Args:
        scrap: four groups of
            law: t W/month per million USD/month of public money, and the share of programmes that wears off in a month;
            regions: scrap at the start (t W/month), use at the start, price elasticity, price at the start, ceiling as a
                share of use, row among the regions of use, row of the buyers who pay for collection (NOBODY: none),
                (regions of scrap,) each; the buyers whom public money helps;
            state: price that collectors answer to (USD/mtu), t W/month more thanks to programmes, (regions of scrap,
                worlds) each;
            out: t W/month recovered, and programmes, (regions of scrap, worlds).
        levers: see sim.decided, (levers, these worlds).
        use: t W/month, (regions of use, these worlds).
    """
    law, regions, state, out = scrap
    per_million, worn = law
    base, start_use, elasticity, reference, ceiling, place, payer, helped = regions
    slower_price, programmes = state
    recovered, programmes_out = out
    near = np.empty((2, NEAR))
    n = hi - lo
    for r in range(base.size):
        price, before = slower_price[r, lo:hi], programmes[r, lo:hi]
        after, back = programmes_out[r, lo:hi], recovered[r, lo:hi]
        home, money, answer, p = use[place[r]], near[0, :n], near[1, :n], payer[r]
        money[:] = 0.0
        if p != NOBODY:
            add(levers[SCRAP_EFFORT + p], money)
        if p != NOBODY and p == helped:
            add(levers[SCRAP_SUPPORT], money)
        for k in range(n):
            answer[k] = exact.power(max(price[k] / reference[r], 0.2), elasticity[r])
        for k in range(n):
            after[k] = before[k] * (1.0 - worn) + money[k] / 12.0 * per_million
        for k in range(n):
            wanted = base[r] * (home[k] / start_use[r]) * answer[k] + after[k]
            back[k] = min(wanted, ceiling[r] * home[k])


@kernel
def let_price_reach(pace: Any, place: Any, price: Any, state: Any) -> None:
    """Two delays in a row through which the price of each region's pool reaches its collectors; `state` holds both."""
    slow, slower = state
    for r in range(pace.size):
        for k in range(0, slow.shape[1], LANES):
            here = lanes.within(k, slow.shape[1])
            at, late, later = take_from(price, place[r], k, here), take_from(slow, r, k, here), take_from(slower, r, k, here)
            give_to(slower, r, k, here, later + pace[r] * (late - later))
            give_to(slow, r, k, here, late + pace[r] * (at - late))
