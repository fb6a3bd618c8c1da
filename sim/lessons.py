"""What a month teaches: fear, the wish for safe origins, thrift, the slow level of prices, and the press's quotes."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import exact, lanes
from sim.blocks import BLOCK, add, copy
from sim.compiled import inline, kernel
from sim.decided import BAN, DELAY, MILITARY, RETALIATION, TARIFF
from sim.holders import within
from sim.lanes import LANES, give_to, take_from, where
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
    share = where(approval < 1.0, approval * (1.0 - weight) + min(military, approval) * weight, 1.0)
    return before + (share - before) / (1.0 + 0.5 * delay)


@kernel
def grant(licences: Any, levers: Any, lo: Any, hi: Any) -> None:
    """Licences granted in time in worlds `lo` to `hi`, share of usual trade, by bloc.

    Args:
        licences: share of an answer to the United States that each bloc feels, and weight of its military users; share
            approved and licences granted last month, and the table that is filled, which may be the latter itself, (blocs,
            worlds) each.
        levers: see sim.decided, (levers, these worlds).
    """
    felt, weight, approval, before, out = licences
    for b in range(felt.size):
        for k in range(lo, hi, LANES):
            near, here = k - lo, lanes.within(k, hi)
            # what there is to retaliate against: American tariffs and bans, felt less by America's allies
            tariff, ban = take_from(levers, TARIFF, near, here), take_from(levers, BAN, near, here)
            heat = within(2.0 * tariff + 0.4 * ban, 0.0, 1.0)
            answer = take_from(levers, RETALIATION, near, here) * (felt[b] * heat)
            approved = take_from(approval, b, k, here) * (1.0 - answer)
            military, delay = take_from(levers, MILITARY, near, here), take_from(levers, DELAY, near, here)
            granted = granted_in_time(take_from(before, b, k, here), approved, military, weight[b], delay)
            give_to(out, b, k, here, granted)


# --- users ---------------------------------------------------------------------------------------


CHEAPEST = 0.3
"""Least price over that of the start to which thrift answers."""


@inline
def thrift(saved: float, price: float, elasticity: float, pace: float) -> float:
    """Share of use that thrift and substitutes have taken away, a month on.

    Args:
        saved: the share before.
        price: price of the last year or so over that of the start; below CHEAPEST thrift no longer answers.
        elasticity: long-run elasticity of use, > 0.
        pace: share of the gap closed in a month.
    """
    return thrift_from_log(saved, exact.log_in_two(max(price, CHEAPEST)), elasticity, pace)


@inline
def thrift_from_log(saved: float, log_of_price: tuple[float, float], elasticity: float, pace: float) -> float:
    """The same as `thrift` from `exact.log_in_two` of the price, at least CHEAPEST: uses of a region share it."""
    return saved + pace * (1.0 - exact.power_of_log(log_of_price[0], log_of_price[1], -elasticity) - saved)


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
        uses: bloc, elasticity, pace, and level of each use; bloc and price at the start of each level; bloc of each
            pool, pool of each user group, and pool of the ordinary price against which premia are measured.
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
    bloc, elasticity, pace, level, (bloc_of_level, price_at_start), bloc_of_pool, user_pool, ordinary = uses
    fast_pace, slow_pace, memory, calm, unmet_weight, late_weight, alarm_weight, most, rise, fall, fearful = fear_law
    lesson_refused, lesson_hurt, lesson_price, most_wish, switching, learning = wish_law
    price, unmet, granted, tightening, late, premium, support, contracts, effort = seen
    fast, slow, refused, hurt, fear, wish, news, saved = state
    fast_out, slow_out, refused_out, hurt_out, fear_out, wish_out, news_out, saved_out = out
    worlds = premium.size
    missing, lost = np.empty((bloc_of_pool.size, BLOCK)), np.empty((use.size, BLOCK))
    logs, near = np.empty((2 * price_at_start.size, BLOCK)), np.empty((6, BLOCK))
    told, new_fast, new_slow, turned, harmed, new = near[0], near[1], near[2], near[3], near[4], near[5]
    for lo in range(0, worlds, BLOCK):
        n = min(BLOCK, worlds - lo)
        hi = lo + n
        missing[:, :n] = 0.0
        lost[:, :n] = 0.0
        for u in range(user_pool.size):
            add(unmet[u, lo:hi], missing[user_pool[u]])
        for i in range(bloc_of_pool.size):
            add(missing[i, :n], lost[bloc_of_pool[i]])
        told[:n] = 0.0
        for b in range(granted.shape[0]):
            given = granted[b, lo:hi]
            for k in range(n):
                told[k] += max(1.0 - given[k], 0.0)
        for k in range(n):
            told[k] = slow_mean(news[lo + k], 0.2 * told[k], memory[lo + k])
        copy(told[:n], news_out[lo:hi])
        usual, over, keeps = price[ordinary, lo:hi], premium[lo:hi], memory[lo:hi]
        for b in range(use.size):
            at, helped = price[watched[b], lo:hi], support[b, lo:hi]
            before, quick = fast[b, lo:hi], fast_pace[lo:hi]
            for k in range(n):
                new_fast[k] = slow_mean(before[k], at[k], quick[k])
            before, lasting = slow[b, lo:hi], slow_pace[lo:hi]
            for k in range(n):
                new_slow[k] = slow_mean(before[k], at[k], lasting[k])
            before, tight = refused[b, lo:hi], tightening[lo:hi]
            if weight[b, 0] > 0.0:
                one, other = granted[licence[b, 0], lo:hi], granted[licence[b, 1], lo:hi]
                for k in range(n):
                    refusal = weight[b, 0] * max(1.0 - one[k], 0.0) + weight[b, 1] * max(1.0 - other[k], 0.0)
                    turned[k] = slow_mean(before[k], refusal, keeps[k])
            else:
                for k in range(n):
                    turned[k] = slow_mean(before[k], tight[k], keeps[k])
            before = hurt[b, lo:hi]
            for k in range(n):
                harmed[k] = slow_mean(before[k], min(lost[b, k] / max(use[b], 1e-9), 1.0), keeps[k])
            before, signed, shocked, gained = fear[b, lo:hi], contracts[b, lo:hi], shock[b, lo:hi], gain[b, lo:hi]
            if fearful:
                for k in range(n):
                    momentum = max(new_fast[k] / new_slow[k] - 1.0, 0.0)
                    new[k] = shocked[k] * turned[k] + gained[k] * (1.0 - calm[lo + k] * signed[k]) * momentum
                for k in range(n):
                    drive = new[k] + unmet_weight[lo + k] * harmed[k] + late_weight[lo + k] * late[b, lo + k]
                    new[k] = drive + alarm_weight[lo + k] * told[k]
                for k in range(n):
                    gap = min(new[k], most[lo + k]) - before[k]
                    new[k] = before[k] + (rise[lo + k] * gap if gap > 0.0 else fall[lo + k] * gap)
                copy(new[:n], fear_out[b, lo:hi])
            else:
                copy(before, fear_out[b, lo:hi])
            for k in range(n):
                new[k] = base_wish[b] + lesson_refused[lo + k] * turned[k] + lesson_hurt[lo + k] * harmed[k]
            for k in range(n):
                dear = max(usual[k], 1.0)
                lesson = new[k] - lesson_price[lo + k] * (over[k] / dear - helped[k] / dear)
                new[k] = within(lesson, 0.5 * base_wish[b], most_wish[lo + k])
            for k in range(n):
                # who is paid more than the premium changes over where that covers the cost of another supplier
                covered = min(max(helped[k] - over[k], 0.0) / max(usual[k], 1.0) / switching[lo + k], 1.0)
                new[k] = new[k] + (1.0 - new[k]) * covered if helped[k] > 0.0 else new[k]
            before, eager = wish[b, lo:hi], learning[lo:hi]
            for k in range(n):
                new[k] = slow_mean(before[k], new[k], eager[k])
            copy(new[:n], wish_out[b, lo:hi])
            copy(new_fast[:n], fast_out[b, lo:hi])
            copy(new_slow[:n], slow_out[b, lo:hi])
            copy(turned[:n], refused_out[b, lo:hi])
            copy(harmed[:n], hurt_out[b, lo:hi])
            for i in range(price_at_start.size):
                if bloc_of_level[i] == b:
                    for k in range(n):
                        ratio = max(new_slow[k] / price_at_start[i], CHEAPEST)
                        logs[2 * i, k], logs[2 * i + 1, k] = exact.log_in_two(ratio)
        for d in range(bloc.size):
            b, i = bloc[d], level[d]
            before, paid, after = saved[d, lo:hi], effort[b, lo:hi], saved_out[d, lo:hi]
            for k in range(n):
                less = thrift_from_log(before[k], (logs[2 * i, k], logs[2 * i + 1, k]), elasticity[d], pace[d])
                # money for thrift and substitutes takes a little use away for good
                after[k] = min(less + paid[k] * per_million[b], 0.6)


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
        near[:, :n] = 0.0
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
        near[:, :n] = 0.0
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
