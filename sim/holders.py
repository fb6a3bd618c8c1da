"""Those who hold tungsten beside the market or bring it back: traders, governments' stockpiles, recyclers."""

from __future__ import annotations

from typing import Any

from sim import exact, lanes
from sim.bare import bare
from sim.compiled import inline, kernel, rule
from sim.decided import NOBODY, PURCHASES, QUOTA, SCRAP_EFFORT, SCRAP_SUPPORT
from sim.lanes import LANES, everywhere, give_to, somewhere, take, take_from, where
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


@bare
def trade(dealers: Any, levers: Any, lo: Any, hi: Any, lying: Any, follow: Any) -> None:
    """What traders buy in worlds `lo` to `hi`: a part of the gap to the stock that the mixture of views asks for.

    Args:
        dealers: five groups of
            law: reversion, extrapolation, switching, pace, (worlds,) each;
            groups: pool that each group trades in, opening stock and price level at the start, (groups,) each; response
                of the wish (t W), most stock and answer to the tightening of Chinese supply, (groups, worlds) each;
            rules: China's usual mining quota, 1 in worlds in which nobody trades (empty if somebody does in all), and
                whether anybody does at all;
            state: slow price level over that of the start (worlds,), last price, trend, gain of the trend view, gain of
                the cost view, hidden stock and what was bought last, (groups, worlds) each;
            out: bought and hidden stock after it, t W, (groups, worlds); these may be the tables of the state themselves.
        levers: see sim.decided, (levers, these worlds).
        lying: t W lying in the pools that they trade in, (pools, these worlds).
        follow: working memory, (rows, these worlds).
    """
    law, groups, rules, state, out = dealers
    reversion, extrapolation, switching, pace = law
    pool, base, reference, response, most, hold_on = groups
    usual_quota, is_still, trades = rules
    anchor, last_price, trend, trend_gain, cost_gain, hidden, bought_before = state
    bought_out, hidden_out = out
    for g in range(base.size):
        by_trend_pays, by_cost_pays = trend_gain[g], cost_gain[g]
        for k in range(lo, hi):
            follow[0, k - lo] = follows_trend(by_trend_pays[k], by_cost_pays[k], switching[k])
        for k in range(lo, hi, LANES):
            near, here = k - lo, lanes.within(k, hi)
            stock, bought = take_from(hidden, g, k, here), take_from(bought_before, g, k, here)
            if trades:
                level = reference[g] * take(anchor, k, here)
                by_cost = return_to_cost(take_from(last_price, g, k, here), level, take(reversion, k, here))
                part, speed = take_from(follow, 0, near, here), take(pace, k, here)
                by_trend = take(extrapolation, k, here) * take_from(trend, g, k, here)
                expected = part * by_trend + (1.0 - part) * by_cost
                tightening = supply_cut(take_from(levers, QUOTA, near, here), usual_quota)
                hope = expected + tightening * take_from(hold_on, g, k, here)
                wish = base[g] + take_from(response, g, k, here) * hope
                gap = speed * (within(wish, 0.0, take_from(most, g, k, here)) - stock)
                there = 0.1 * max(take_from(lying, pool[g], near, here), 0.0)
                bought = within(gap, -speed * stock, there)
                after = stock + bought
                if is_still.size > 0:
                    still = take(is_still, k, here) > 0.0
                    bought, after = where(still, 0.0, bought), where(still, stock, after)
                stock = after
            give_to(bought_out, g, k, here, bought)
            give_to(hidden_out, g, k, here, stock)


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


@bare
def fill_piles(piles: Any, levers: Any, lo: Any, hi: Any, lying: Any) -> None:
    """Purchases for and releases from stockpiles in worlds `lo` to `hi`, as far as goods and purses allow.

    Args:
        piles: three groups of
            owners: pool and row of the purse of each owner;
            state: price by pool (USD/mtu), t W held (owners, worlds), million USD by role;
            out: t W bought, million USD paid, and t W held after it, (owners, worlds) each; the last may be `state`'s.
        levers: see sim.decided, (levers, these worlds).
        lying: t W lying in these pools, (pools, these worlds).
    """
    owners, state, out = piles
    pool, role = owners
    price, pile, purse = state
    bought_out, paid_out, pile_out = out
    for i in range(pool.size):
        at, r = pool[i], role[i]
        for k in range(lo, hi, LANES):
            near, here = k - lo, lanes.within(k, hi)
            wish, held = take_from(levers, PURCHASES + i, near, here), take_from(pile, i, k, here)
            amount = within(wish / 12.0, -held, 0.3 * max(take_from(lying, at, near, here), 0.0))
            cost = amount * take_from(price, at, k, here) * MILLION_PER_TONNE
            share, buys = everywhere(1.0), amount > 0.0
            if somewhere(buys):
                share = where(buys, within(take_from(purse, r, k, here) / max(max(cost, 0.0), 1e-9), 0.0, 1.0), 1.0)
            give_to(bought_out, i, k, here, amount * share)
            give_to(paid_out, i, k, here, cost * share)
            give_to(pile_out, i, k, here, held + amount * share)


# --- recyclers -----------------------------------------------------------------------------------


@bare
def collect(scrap: Any, levers: Any, lo: Any, hi: Any, use: Any, answer: Any) -> None:
    """Scrap in worlds `lo` to `hi`: it answers use and an old price, up to a ceiling, and programmes add to it.

    Args:
        scrap: four groups of
            law: t W/month per million USD/month of public money, and the share of programmes that wears off in a month;
            regions: scrap at the start (t W/month), use at the start, price elasticity, price at the start, ceiling as a
                share of use, row among the regions of use, row of the buyers who pay for collection (NOBODY: none),
                (regions of scrap,) each; the buyers whom public money helps;
            state: price that collectors answer to (USD/mtu), t W/month more thanks to programmes, (regions of scrap,
                worlds) each;
            out: t W/month recovered, and programmes, (regions of scrap, worlds); the latter may be those of `state`.
        levers: see sim.decided, (levers, these worlds).
        use: t W/month, (regions of use, these worlds).
        answer: working memory, (rows, these worlds).
    """
    law, regions, state, out = scrap
    per_million, worn = law
    base, start_use, elasticity, reference, ceiling, place, payer, helped = regions
    slower_price, programmes = state
    recovered, programmes_out = out
    for r in range(base.size):
        price, first, steep, at, p = slower_price[r], reference[r], elasticity[r], place[r], payer[r]
        for k in range(lo, hi):
            answer[0, k - lo] = exact.power(max(price[k] / first, 0.2), steep)
        for k in range(lo, hi, LANES):
            near, here, money = k - lo, lanes.within(k, hi), everywhere(0.0)
            if p != NOBODY:
                money = money + take_from(levers, SCRAP_EFFORT + p, near, here)
            if p != NOBODY and p == helped:
                money = money + take_from(levers, SCRAP_SUPPORT, near, here)
            after = take_from(programmes, r, k, here) * (1.0 - worn) + money / 12.0 * per_million
            home = take_from(use, at, near, here)
            wanted = base[r] * (home / start_use[r]) * take_from(answer, 0, near, here) + after
            give_to(programmes_out, r, k, here, after)
            give_to(recovered, r, k, here, min(wanted, ceiling[r] * home))


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
