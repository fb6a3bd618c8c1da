"""What a month teaches: fear, the wish for safe origins, thrift, the slow level of prices, and the press's quotes."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import exact
from sim.blocks import BLOCK, add, copy
from sim.compiled import inline, kernel
from sim.holders import within
from sim.shipping import slow_mean

# --- licences ------------------------------------------------------------------------------------


@inline
def granted_in_time(before: float, approval: float, military: float, weight: float, delay: float) -> float:
    """Share of usual controlled trade that gets its licence in time.

    Args:
        before: the share of last month.
        approval: share approved.
        military: share approved for military users.
        weight: weight of military users in the trade; traders refuse what is doubtful.
        delay: months that papers take longer than usual.
    """
    # China refused military users before it licensed everybody; free trade ends where approval falls below one
    share = approval * (1.0 - weight) + min(military, approval) * weight if approval < 1.0 else 1.0
    return before + (share - before) / (1.0 + 0.5 * delay)


@kernel
def grant(blocs: Any, before: Any, approval: Any, retaliation: Any, decided: Any, out: Any) -> None:
    """Licences granted in time, share of usual trade, (blocs, worlds).

    Args:
        blocs: share of an answer to the United States that each bloc feels, and weight of its military users.
        before: licences granted last month, (blocs, worlds).
        approval: share approved, (blocs, worlds).
        retaliation: share withheld in answer to tariffs and bans, (worlds,).
        decided: approval for military users, delay (months), American tariff and sourcing ban, (worlds,) each.
        out: filled with the result.
    """
    felt, weight = blocs
    military, delay, tariff, ban = decided
    for b in range(felt.size):
        for k in range(out.shape[1]):
            # what there is to retaliate against: American tariffs and bans, felt less by America's allies
            heat = within(2.0 * tariff[k] + 0.4 * ban[k], 0.0, 1.0)
            approved = approval[b, k] * (1.0 - retaliation[k] * (felt[b] * heat))
            out[b, k] = granted_in_time(before[b, k], approved, military[k], weight[b], delay[k])


# --- users ---------------------------------------------------------------------------------------


@inline
def thrift(saved: float, price: float, elasticity: float, pace: float) -> float:
    """Share of use that thrift and substitutes have taken away, a month on.

    Args:
        saved: the share before.
        price: price of the last year or so over that of the start.
        elasticity: long-run elasticity of use, > 0.
        pace: share of the gap closed in a month.
    """
    return saved + pace * (1.0 - exact.power(max(price, 0.3), -elasticity) - saved)


@kernel
def hold_up(arcs: Any, blocs: Any, usual_use: Any, gates: Any, carried: Any, late: Any) -> None:
    """Share of usual arrivals that closed gateways hold up, by bloc.

    Args:
        arcs: rows of the arcs through each gateway after one another, and the gateway of each.
        blocs: bloc that each of these arcs delivers to.
        usual_use: t W/month of each bloc.
        gates: share open of each gateway (gateways, worlds), and whether it is narrowed in any world.
        carried: t W/month on each arc, slow mean.
        late: filled with the result, (blocs, worlds).
    """
    arc, gate = arcs
    open_share, is_narrowed = gates
    for b in range(late.shape[0]):
        for k in range(late.shape[1]):
            late[b, k] = 0.0
    for i in range(arc.size):
        if is_narrowed[gate[i]]:
            b, a, g = blocs[i], arc[i], gate[i]
            use = max(usual_use[b], 1.0)
            for k in range(late.shape[1]):
                late[b, k] += (1.0 - open_share[g, k]) * carried[a, k] / use


@kernel
def teach_users(blocs: Any, uses: Any, fear_law: Any, wish_law: Any, seen: Any, state: Any, out: Any) -> None:
    """Fear, the wish for safe origins, thrift and the memory of prices after a month.

    Args:
        blocs: pool whose price is watched, two licence blocs and their weights in refusals (rows and shares), gain
            of momentum, weight of refusals in fear, use, safe share at the start, thrift per million USD/month, by bloc.
        uses: bloc, price at the start, elasticity and pace of each use; bloc of each pool, pool of each user group,
            and pool of the ordinary price against which premia are measured.
        fear_law: paces of the fast and the slow price, memory, calm of contracts, weights of unmet use, lateness
            and alarm, most, rise, fall, (worlds,) each; whether anybody fears.
        wish_law: lessons of refusals, of hurt and of the premium, most, cost of another supplier, pace of learning,
            (worlds,) each.
        seen: price (pools, worlds), unmet use (users, worlds), granted licences (licence blocs, worlds), tightening
            of Chinese supply (worlds,), lateness (blocs, worlds), premium (worlds,), and by bloc public support of
            the premium, contracts above the usual share, effort for thrift (million USD/month).
        state: fast and slow price, refused, hurt, fear, secure wish (blocs, worlds), news (worlds,), saved
            (uses, worlds).
        out: the same after the month.
    """
    watched, licence, weight, gain, shock, use, base_wish, per_million = blocs
    bloc, price_at_start, elasticity, pace, bloc_of_pool, user_pool, ordinary = uses
    fast_pace, slow_pace, memory, calm, unmet_weight, late_weight, alarm_weight, most, rise, fall, fearful = fear_law
    lesson_refused, lesson_hurt, lesson_price, most_wish, switching, learning = wish_law
    price, unmet, granted, tightening, late, premium, support, contracts, effort = seen
    fast, slow, refused, hurt, fear, wish, news, saved = state
    fast_out, slow_out, refused_out, hurt_out, fear_out, wish_out, news_out, saved_out = out
    worlds = premium.size
    missing, lost = np.zeros((bloc_of_pool.size, worlds)), np.zeros((use.size, worlds))
    for u in range(user_pool.size):
        i = user_pool[u]
        for k in range(worlds):
            missing[i, k] += unmet[u, k]
    for i in range(bloc_of_pool.size):
        b = bloc_of_pool[i]
        for k in range(worlds):
            lost[b, k] += missing[i, k]
    for k in range(worlds):
        refusals = max(1.0 - granted[0, k], 0.0)
        for b in range(1, granted.shape[0]):
            refusals = refusals + max(1.0 - granted[b, k], 0.0)
        news_out[k] = slow_mean(news[k], 0.2 * refusals, memory[k])
    for b in range(use.size):
        at, one, other = watched[b], licence[b, 0], licence[b, 1]
        is_licensed = weight[b, 0] > 0.0
        for k in range(worlds):
            fast_out[b, k] = slow_mean(fast[b, k], price[at, k], fast_pace[k])
            slow_out[b, k] = slow_mean(slow[b, k], price[at, k], slow_pace[k])
            refusal = weight[b, 0] * max(1.0 - granted[one, k], 0.0) + weight[b, 1] * max(1.0 - granted[other, k], 0.0)
            refused_out[b, k] = slow_mean(refused[b, k], refusal if is_licensed else tightening[k], memory[k])
            hurt_out[b, k] = slow_mean(hurt[b, k], min(lost[b, k] / max(use[b], 1e-9), 1.0), memory[k])
        for k in range(worlds):
            momentum = max(fast_out[b, k] / slow_out[b, k] - 1.0, 0.0)
            drive = (
                shock[b, k] * refused_out[b, k]
                + gain[b, k] * (1.0 - calm[k] * contracts[b, k]) * momentum
                + unmet_weight[k] * hurt_out[b, k]
                + late_weight[k] * late[b, k]
                + alarm_weight[k] * news_out[k]
            )
            gap = min(drive, most[k]) - fear[b, k]
            fear_out[b, k] = fear[b, k] + (rise[k] * gap if gap > 0.0 else fall[k] * gap) if fearful else fear[b, k]
        for k in range(worlds):
            usual = max(price[ordinary, k], 1.0)
            lesson = (
                base_wish[b]
                + lesson_refused[k] * refused_out[b, k]
                + lesson_hurt[k] * hurt_out[b, k]
                - lesson_price[k] * (premium[k] / usual - support[b, k] / usual)
            )
            lesson = within(lesson, 0.5 * base_wish[b], most_wish[k])
            if support[b, k] > 0.0:
                # who is paid more than the premium changes over where that covers the cost of another supplier
                over = max(support[b, k] - premium[k], 0.0) / usual
                lesson = lesson + (1.0 - lesson) * min(over / switching[k], 1.0)
            wish_out[b, k] = slow_mean(wish[b, k], lesson, learning[k])
    for d in range(bloc.size):
        b = bloc[d]
        for k in range(worlds):
            less = thrift(saved[d, k], slow_out[b, k] / price_at_start[d], elasticity[d], pace[d])
            # money for thrift and substitutes takes a little use away for good
            saved_out[d, k] = min(less + effort[b, k] * per_million[b], 0.6)


# --- the level of prices -------------------------------------------------------------------------


@inline
def tightness(use: float, chinese: float, allowed: float, other: float, scrap: float) -> float:
    """Trend use over what standing mines and scrap can supply.

    Args:
        use: wanted, t W/month.
        chinese: what mines under China's quota can bring up, t W/month.
        allowed: of it by the quota, with what passes above it, t W/month.
        other, scrap: what other mines and scrap supply, t W/month.
    """
    return use / max(min(chinese, allowed) + other + scrap, 1.0)


@inline
def allowed_by_quota(quota: float, enforcement: float, leak: float) -> float:
    """What China's quota (t W/year) lets through, t W/month; the share `leak` passes above it where nobody enforces it."""
    return quota / 12.0 * (1.0 + leak * (1.0 - enforcement))


@kernel
def teach_holders(law: Any, reference: float, supply: Any, decided: Any, at_start: Any, state: Any, out: Any) -> None:
    """The slow anchor of prices moves towards full cost, and what investors expect for the long run follows.

    Args:
        law: long-run elasticity, pace of the anchor, weight of the last year's price, pace of expectations, and the
            share of the quota that passes above it where nobody enforces it, (worlds,) each.
        reference: price in Rotterdam at the start, USD/mtu.
        supply: what standing mines can bring up under China's quota and elsewhere (2, worlds), use wanted (uses,
            worlds), and scrap recovered (regions, worlds), t W/month.
        decided: China's mining quota (t W/year) and its enforcement, (worlds,) each.
        at_start: use over supply in the first month, (worlds,); empty in that month.
        state: anchor, expected price, and the last year's price in Europe, (worlds,) each.
        out: use over supply, anchor and expected price.
    """
    elasticity, adjustment, spot_weight, pace, leak = law
    standing, wanted, recovered = supply
    quota, enforcement = decided
    anchor, expected, lately = state
    ratio_out, anchor_out, expected_out = out
    near = np.empty((2, BLOCK))
    use, scrap = near[0], near[1]
    for lo in range(0, ratio_out.size, BLOCK):
        n = min(BLOCK, ratio_out.size - lo)
        hi = lo + n
        near[:] = 0.0
        for d in range(wanted.shape[0]):
            add(wanted[d, lo:hi], use)
        for r in range(recovered.shape[0]):
            add(recovered[r, lo:hi], scrap)
        for k in range(n):
            w = lo + k
            allowed = allowed_by_quota(quota[w], enforcement[w], leak[w])
            ratio = tightness(use[k], standing[0, w], allowed, standing[1, w], scrap[k])
            relative = ratio / (at_start[w] if at_start.size > 0 else ratio)
            goal = within(1.0 + (relative - 1.0) / elasticity[w], 0.6, 2.5)
            level = anchor[w] + adjustment[w] * (goal - anchor[w])
            goal = (1.0 - spot_weight[w]) * (level * reference) + spot_weight[w] * lately[w]
            ratio_out[w], anchor_out[w] = ratio, level
            expected_out[w] = expected[w] + pace[w] * (goal - expected[w])


# --- the press -----------------------------------------------------------------------------------


@kernel
def ask_around(licensed: Any, home: int, rotterdam: int, cost: float, tariff: Any, market: Any, quotes: Any) -> None:
    """What the press would quote if it were not late: FOB China and Rotterdam, USD/mtu, (quotes, worlds).

    FOB China is the best net bid at Chinese ports over licensed destinations, or the domestic price.

    Args:
        licensed: arcs, their destinations, and whether each leads to America.
        home, rotterdam: pools of the domestic price and of Rotterdam.
        cost: from a Chinese port to a user abroad, USD/mtu.
        tariff: American tariff on goods from China, share, (worlds,).
        market: price (pools, worlds) and flow (arcs, worlds).
        quotes: filled with the result.
    """
    arc, destination, to_america = licensed
    price, flow = market
    best = np.empty(BLOCK)
    for lo in range(0, tariff.size, BLOCK):
        n = min(BLOCK, tariff.size - lo)
        hi = lo + n
        at_home, taken = price[home, lo:hi], tariff[lo:hi]
        copy(at_home, best)
        for i in range(arc.size):
            there, sent = price[destination[i], lo:hi], flow[arc[i], lo:hi]
            if to_america[i]:
                for k in range(n):
                    bid = there[k] - cost - taken[k] * best[k]
                    best[k] = max(best[k], bid if sent[k] > 0.5 else 0.0)
            else:
                for k in range(n):
                    best[k] = max(best[k], there[k] - cost if sent[k] > 0.5 else 0.0)
        for k in range(n):
            quotes[0, lo + k] = at_home[k] + (best[k] - at_home[k])
        copy(price[rotterdam, lo:hi], quotes[1, lo:hi])


@kernel
def secure_premium(safe: Any, plain: Any, price: Any, throughput: Any, premium: Any) -> None:
    """Price of safe goods over ordinary ones, weighed by what passes through, USD/mtu, (worlds,)."""
    near = np.empty((2, BLOCK))
    above, weight = near[0], near[1]
    for lo in range(0, premium.size, BLOCK):
        n = min(BLOCK, premium.size - lo)
        hi = lo + n
        near[:] = 0.0
        for i in range(safe.size):
            passed, dear, cheap = throughput[safe[i], lo:hi], price[safe[i], lo:hi], price[plain[i], lo:hi]
            for k in range(n):
                passing = passed[k] + 1.0
                above[k] += passing * max(dear[k] - cheap[k], 0.0)
                weight[k] += passing
        for k in range(n):
            premium[lo + k] = above[k] / weight[k]


@kernel
def print_quotes(law: Any, fresh: Any, premium: Any, state: Any, out: Any) -> None:
    """Quotes trail deals a little, and so does the premium that investors expect for the long run.

    Args:
        law: inertia of quotes, and pace of expectations, (worlds,) each.
        fresh: what the press would quote if it were not late, as from `ask_around`.
        premium: as from `secure_premium`.
        state: quotes (quotes, worlds), and the premium expected (worlds,).
        out: the same after the month.
    """
    inertia, pace = law
    quotes, expected = state
    quotes_out, expected_out = out
    for q in range(quotes.shape[0]):
        for k in range(premium.size):
            quotes_out[q, k] = inertia[k] * quotes[q, k] + (1.0 - inertia[k]) * fresh[q, k]
    for k in range(premium.size):
        expected_out[k] = slow_mean(expected[k], premium[k], pace[k])
