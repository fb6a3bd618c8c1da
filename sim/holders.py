"""Those who hold tungsten beside the market or bring it back: traders, governments' stockpiles, recyclers."""

from __future__ import annotations

from typing import Any

from sim import exact
from sim.compiled import inline, kernel
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


@kernel
def trade(law: Any, groups: Any, anchor: Any, state: Any, tightening: Any, on_hand: Any, out: Any) -> None:
    """What traders buy: a part of the gap to the stock that the mixture of views asks for.

    Args:
        law: reversion, extrapolation, switching, pace, (worlds,) each.
        groups: opening stock and price level at the start, (groups,) each; response of the wish (t W), most stock and
            answer to the tightening of Chinese supply, (groups, worlds) each.
        anchor: slow price level over that of the start, (worlds,).
        state: last price, trend, gain of the trend view, gain of the cost view, hidden stock, (groups, worlds) each.
        tightening: how far Chinese supply is being cut, share, (worlds,).
        on_hand: t W lying in the pools that they trade in, (groups, worlds).
        out: bought and hidden stock after it, t W, (groups, worlds).
    """
    reversion, extrapolation, switching, pace = law
    base, reference, response, most, hold_on = groups
    last_price, trend, trend_gain, cost_gain, hidden = state
    bought_out, hidden_out = out
    for g in range(base.size):
        for k in range(anchor.size):
            by_cost = return_to_cost(last_price[g, k], reference[g] * anchor[k], reversion[k])
            by_trend = extrapolation[k] * trend[g, k]
            follow = follows_trend(trend_gain[g, k], cost_gain[g, k], switching[k])
            expected = follow * by_trend + (1.0 - follow) * by_cost
            wish = within(base[g] + response[g, k] * (expected + tightening[k] * hold_on[g, k]), 0.0, most[g, k])
            gap = pace[k] * (wish - hidden[g, k])
            bought = within(gap, -pace[k] * hidden[g, k], 0.1 * max(on_hand[g, k], 0.0))
            bought_out[g, k] = bought
            hidden_out[g, k] = hidden[g, k] + bought


@kernel
def judge_views(law: Any, reference: Any, anchor: Any, place: Any, price: Any, state: Any, out: Any) -> None:
    """What a month of prices teaches traders about both views.

    Args:
        law: reversion, extrapolation, memory, smoothing, (worlds,) each.
        reference: price level of each group at the start.
        anchor: slow price level over that of the start, (worlds,).
        place: pool that each group trades in.
        price: USD/mtu by pool.
        state: last price, trend, gain of the trend view, gain of the cost view, (groups, worlds) each.
        out: the same after the month.
    """
    reversion, extrapolation, memory, smoothing = law
    last_price, trend, trend_gain, cost_gain = state
    last_out, trend_out, trend_gain_out, cost_gain_out = out
    for g in range(reference.size):
        at = place[g]
        for k in range(anchor.size):
            growth = within(price[at, k] / last_price[g, k] - 1.0, -0.5, 0.5)
            by_cost = return_to_cost(last_price[g, k], reference[g] * anchor[k], reversion[k])
            by_trend = extrapolation[k] * trend[g, k]
            cost_gain_out[g, k] = cost_gain[g, k] + memory[k] * (growth * by_cost - cost_gain[g, k])
            trend_gain_out[g, k] = trend_gain[g, k] + memory[k] * (growth * by_trend - trend_gain[g, k])
            trend_out[g, k] = trend[g, k] + smoothing[k] * (growth - trend[g, k])
            last_out[g, k] = price[at, k]


# --- stockpiles ----------------------------------------------------------------------------------


@kernel
def fill_piles(owners: Any, wish: Any, on_hand: Any, price: Any, pile: Any, purse: Any, out: Any) -> None:
    """Purchases for and releases from governments' stockpiles, as far as goods and purses allow.

    Args:
        owners: pool and row of the purse of each owner.
        wish: t W/year bought (negative: released), (owners, worlds).
        on_hand: t W lying in each pool.
        price: USD/mtu by pool.
        pile: t W held, (owners, worlds).
        purse: million USD by role.
        out: t W bought, million USD paid, and t W held after it, (owners, worlds) each.
    """
    pool, role = owners
    bought_out, paid_out, pile_out = out
    for i in range(pool.size):
        at, r = pool[i], role[i]
        for k in range(wish.shape[1]):
            amount = within(wish[i, k] / 12.0, -pile[i, k], 0.3 * max(on_hand[at, k], 0.0))
            cost = amount * price[at, k] * MILLION_PER_TONNE
            share = 1.0
            if amount > 0.0:
                share = within(purse[r, k] / max(max(cost, 0.0), 1e-9), 0.0, 1.0)
            bought_out[i, k] = amount * share
            paid_out[i, k] = cost * share
            pile_out[i, k] = pile[i, k] + amount * share


# --- recyclers -----------------------------------------------------------------------------------


@kernel
def collect(law: Any, regions: Any, slower_price: Any, programmes: Any, use: Any, support: Any, out: Any) -> None:
    """Scrap of a month: it answers use and an old price, up to a ceiling, and public programmes add to it.

    Args:
        law: t W/month per million USD/month of public money, and the share of programmes that wears off in a month.
        regions: scrap at the start (t W/month), use at the start, price elasticity, price at the start, ceiling as a
            share of use, row among the regions of use, (regions of scrap,) each.
        slower_price: price that collectors answer to, USD/mtu, (regions of scrap, worlds).
        programmes: t W/month more thanks to public programmes, (regions of scrap, worlds).
        use: t W/month, (regions of use, worlds).
        support: million USD/month, (regions of scrap, worlds).
        out: t W/month recovered, and programmes, (regions of scrap, worlds).
    """
    per_million, worn = law
    base, start_use, elasticity, reference, ceiling, place = regions
    recovered, programmes_out = out
    for r in range(base.size):
        home = place[r]
        for k in range(use.shape[1]):
            more = programmes[r, k] * (1.0 - worn) + support[r, k] * per_million
            answer = exact.power(max(slower_price[r, k] / reference[r], 0.2), elasticity[r])
            wanted = base[r] * (use[home, k] / start_use[r]) * answer + more
            recovered[r, k] = min(wanted, ceiling[r] * use[home, k])
            programmes_out[r, k] = more


@kernel
def let_price_reach(pace: Any, place: Any, price: Any, slow: Any, slower: Any, slow_out: Any, slower_out: Any) -> None:
    """Two delays in a row through which the price of each region's pool reaches its collectors."""
    for r in range(pace.size):
        at = place[r]
        for k in range(slow.shape[1]):
            slower_out[r, k] = slower[r, k] + pace[r] * (slow[r, k] - slower[r, k])
            slow_out[r, k] = slow[r, k] + pace[r] * (price[at, k] - slow[r, k])
