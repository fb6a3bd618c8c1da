"""What a month teaches: fear, the wish for safe origins, thrift, the slow level of prices, and the press's quotes."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import exact, lanes
from sim.bare import bare
from sim.blocks import BLOCK
from sim.compiled import inline, kernel
from sim.decided import BAN, DELAY, MILITARY, NOBODY, RETALIATION, TARIFF
from sim.holders import supply_cut, within
from sim.lanes import LANES, everywhere, give, give_to, somewhere, take, take_from, where
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


@bare
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
def teach_users(users: Any, seen: Any, decided: Any, late: Any, state: Any, lo: Any, hi: Any) -> None:
    """Fear, the wish for safe origins, thrift and the memory of prices after a month, in worlds `lo` to `hi`.

    Args:
        users: five groups of
            blocs: pool whose price is watched, two licence blocs and their weights in refusals (rows and shares), gain
                of momentum, weight of refusals in fear, use, safe share at the start, thrift per million USD/month, row
                among the groups of buyers and among those whose premium somebody supports (NOBODY: none), by bloc;
            uses: bloc, elasticity, pace, and level of each use; bloc and price at the start of each level; groups of
                users that draw on one pool, one such pool after the other: the first of each, and its bloc, and these
                groups; pool of the ordinary price against which premia are measured;
            fear_law: paces of the fast and the slow price, memory, calm of contracts, weights of unmet use, lateness
                and alarm, most, rise, fall, (worlds,) each; whether anybody fears;
            wish_law: lessons of refusals, of hurt and of the premium, most, cost of another supplier, pace of learning,
                (worlds,) each;
            usual: share of purchases under long contracts, and China's mining quota (t W/year).
        seen: price (pools, worlds), unmet use (users, worlds), granted licences (licence blocs, worlds), premium
            (worlds,).
        decided: China's mining quota (worlds,); by group of buyers share under long contracts, and effort for thrift
            (million USD/year); public support of the premium, USD/mtu, (worlds,) each.
        late: share of usual arrivals held up, (blocs, worlds).
        state: fast and slow price, refused, hurt, fear, secure wish (blocs, worlds), news (worlds,), saved
            (uses, worlds); they change.
    """
    blocs, uses, fear_law, wish_law, (usual_contracts, usual_quota) = users
    watched, licence, weight, gain, shock, use, base_wish, per_million, seat, helper = blocs
    bloc, elasticity, pace, level, (bloc_of_level, price_at_start), (first, bloc_of_first, members), ordinary = uses
    fast_pace, slow_pace, memory, calm, unmet_weight, late_weight, alarm_weight, most, rise, fall, fearful = fear_law
    lesson_refused, lesson_hurt, lesson_price, most_wish, switching, learning = wish_law
    price, unmet, granted, premium = seen
    quota, contracts, saving, support = decided
    fast, slow, refused, hurt, fear, wish, news, saved = state
    n = hi - lo
    lost, money = np.empty((use.size, BLOCK)), np.empty((use.size, BLOCK))
    logs = np.empty((2 * price_at_start.size, BLOCK))
    for k in range(lo, hi, LANES):
        here, j = lanes.within(k, hi), k - lo
        for b in range(use.size):
            give_to(lost, b, j, here, 0.0)
        for i in range(bloc_of_first.size):
            missing = everywhere(0.0)
            for u in range(first[i], first[i + 1]):
                missing = missing + take_from(unmet, members[u], k, here)
            b = bloc_of_first[i]
            give_to(lost, b, j, here, take_from(lost, b, j, here) + missing)
        told = everywhere(0.0)
        for b in range(granted.shape[0]):
            told = told + max(1.0 - take_from(granted, b, k, here), 0.0)
        keeps = take(memory, k, here)
        told = slow_mean(take(news, k, here), 0.2 * told, keeps)
        give(news, k, here, told)
        over, dear = take(premium, k, here), max(take_from(price, ordinary, k, here), 1.0)
        for b in range(use.size):
            at = take_from(price, watched[b], k, here)
            new_fast = slow_mean(take_from(fast, b, k, here), at, take(fast_pace, k, here))
            new_slow = slow_mean(take_from(slow, b, k, here), at, take(slow_pace, k, here))
            give_to(fast, b, k, here, new_fast)
            give_to(slow, b, k, here, new_slow)
            if weight[b, 0] > 0.0:
                one, other = take_from(granted, licence[b, 0], k, here), take_from(granted, licence[b, 1], k, here)
                refusal = weight[b, 0] * max(1.0 - one, 0.0) + weight[b, 1] * max(1.0 - other, 0.0)
            else:
                refusal = supply_cut(take(quota, k, here), usual_quota)
            turned = slow_mean(take_from(refused, b, k, here), refusal, keeps)
            give_to(refused, b, k, here, turned)
            share = min(take_from(lost, b, j, here) / max(use[b], 1e-9), 1.0)
            harmed = slow_mean(take_from(hurt, b, k, here), share, keeps)
            give_to(hurt, b, k, here, harmed)
            signed, paid = everywhere(0.0), everywhere(0.0)
            if seat[b] != NOBODY:
                signed = take(contracts[seat[b]], k, here) - usual_contracts[seat[b]]
                paid = take(saving[seat[b]], k, here) / 12.0
            give_to(money, b, j, here, paid * per_million[b])
            if fearful:
                momentum = max(new_fast / new_slow - 1.0, 0.0)
                calmed = take_from(gain, b, k, here) * (1.0 - take(calm, k, here) * signed) * momentum
                drive = take_from(shock, b, k, here) * turned + calmed
                drive = drive + take(unmet_weight, k, here) * harmed
                drive = drive + take(late_weight, k, here) * take_from(late, b, k, here)
                drive = drive + take(alarm_weight, k, here) * told
                afraid = take_from(fear, b, k, here)
                gap = min(drive, take(most, k, here)) - afraid
                give_to(fear, b, k, here, afraid + where(gap > 0.0, take(rise, k, here), take(fall, k, here)) * gap)
            helped = everywhere(0.0)
            if helper[b] != NOBODY:
                helped = take(support[helper[b]], k, here)
            lesson = base_wish[b] + take(lesson_refused, k, here) * turned + take(lesson_hurt, k, here) * harmed
            lesson = lesson - take(lesson_price, k, here) * (over / dear - helped / dear)
            lesson = within(lesson, 0.5 * base_wish[b], take(most_wish, k, here))
            if somewhere(helped > 0.0):
                # who is paid more than the premium changes over where that covers the cost of another supplier
                covered = min(max(helped - over, 0.0) / dear / take(switching, k, here), 1.0)
                lesson = where(helped > 0.0, lesson + (1.0 - lesson) * covered, lesson)
            give_to(wish, b, k, here, slow_mean(take_from(wish, b, k, here), lesson, take(learning, k, here)))
    for i in range(price_at_start.size):
        lasting = slow[bloc_of_level[i], lo:hi]
        for k in range(n):
            logs[2 * i, k], logs[2 * i + 1, k] = exact.log_in_two(max(lasting[k] / price_at_start[i], CHEAPEST))
    for d in range(bloc.size):
        b, i, less = bloc[d], level[d], saved[d, lo:hi]
        for k in range(n):
            thriftier = thrift_from_log(less[k], (logs[2 * i, k], logs[2 * i + 1, k]), elasticity[d], pace[d])
            # money for thrift and substitutes takes a little use away for good
            less[k] = min(thriftier + money[b, k], 0.6)


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
def teach_holders(law: Any, supply: Any, decided: Any, is_first: Any, lately: Any, state: Any) -> None:
    """The slow anchor of prices moves towards full cost, and what investors expect for the long run follows.

    Args:
        law: long-run elasticity, pace of the anchor, weight of the last year's price, pace of expectations, and the
            share of the quota that passes above it where nobody enforces it, (worlds,) each; price in Rotterdam at the
            start, USD/mtu.
        supply: what standing mines can bring up under China's quota and elsewhere (2, worlds), use wanted (uses,
            worlds), and scrap recovered (regions, worlds), t W/month.
        decided: China's mining quota (t W/year) and its enforcement, (worlds,) each.
        is_first: whether this is the first month.
        lately: the last year's price in Europe, (worlds,).
        state: anchor, expected price, and use over supply in the first month, (worlds,) each; they change.
    """
    (elasticity, adjustment, spot_weight, pace, leak), reference = law
    standing, wanted, recovered = supply
    quota, enforcement = decided
    anchor, expected, at_start = state
    for k in range(0, anchor.size, LANES):
        here, use, scrap = lanes.within(k, anchor.size), everywhere(0.0), everywhere(0.0)
        for d in range(wanted.shape[0]):
            use = use + take_from(wanted, d, k, here)
        for r in range(recovered.shape[0]):
            scrap = scrap + take_from(recovered, r, k, here)
        allowed = allowed_by_quota(take(quota, k, here), take(enforcement, k, here), take(leak, k, here))
        ratio = tightness(use, take_from(standing, 0, k, here), allowed, take_from(standing, 1, k, here), scrap)
        if is_first:
            give(at_start, k, here, ratio)
        relative = ratio / take(at_start, k, here)
        goal = within(1.0 + (relative - 1.0) / take(elasticity, k, here), 0.6, 2.5)
        level = take(anchor, k, here)
        level = level + take(adjustment, k, here) * (goal - level)
        give(anchor, k, here, level)
        spot, before = take(spot_weight, k, here), take(expected, k, here)
        goal = (1.0 - spot) * (level * reference) + spot * take(lately, k, here)
        give(expected, k, here, before + take(pace, k, here) * (goal - before))


# --- the press -----------------------------------------------------------------------------------


@inline
def _fob(licensed: Any, tariff: Any, market: Any, k: Any, here: Any) -> Any:
    """Best net bid at Chinese ports over licensed destinations, or the domestic price, USD/mtu; see `ask_around`."""
    (arc, destination, to_america), home, _, cost = licensed
    price, flow = market
    at_home, taken = take_from(price, home, k, here), take(tariff, k, here)
    best = at_home
    for i in range(arc.size):
        bid = take_from(price, destination[i], k, here) - cost
        if to_america[i]:
            bid = bid - taken * best
        best = max(best, where(take_from(flow, arc[i], k, here) > 0.5, bid, 0.0))
    return at_home + (best - at_home)


@kernel
def ask_around(licensed: Any, tariff: Any, market: Any, quotes: Any) -> None:
    """What the press would quote if it were not late: FOB China and Rotterdam, USD/mtu, (quotes, worlds).

    FOB China is the best net bid at Chinese ports over licensed destinations, or the domestic price.

    Args:
        licensed: arcs, their destinations, and whether each leads to America; pools of the domestic price and of
            Rotterdam; what it costs from a Chinese port to a user abroad, USD/mtu.
        tariff: American tariff on goods from China, share, (worlds,).
        market: price (pools, worlds) and flow (arcs, worlds).
        quotes: filled with the result.
    """
    for k in range(0, tariff.size, LANES):
        here = lanes.within(k, tariff.size)
        give_to(quotes, 0, k, here, _fob(licensed, tariff, market, k, here))
        give_to(quotes, 1, k, here, take_from(market[0], licensed[2], k, here))


@inline
def _premium(tiers: Any, price: Any, throughput: Any, k: Any, here: Any) -> Any:
    """Price of safe goods over ordinary ones, weighed by what passes through, USD/mtu."""
    safe, plain = tiers
    above, weight = everywhere(0.0), everywhere(0.0)
    for i in range(safe.size):
        passing = take_from(throughput, safe[i], k, here) + 1.0
        above = above + passing * max(take_from(price, safe[i], k, here) - take_from(price, plain[i], k, here), 0.0)
        weight = weight + passing
    return above / weight


@kernel
def print_quotes(law: Any, asked: Any, tariff: Any, market: Any, throughput: Any, state: Any) -> None:
    """Quotes trail deals a little, and so does the premium that investors expect for the long run.

    Args:
        law: inertia of quotes, and pace of expectations, (worlds,) each.
        asked: who is asked, see `ask_around`; pools of safe goods, and of ordinary ones beside them.
        tariff, market: as for `ask_around`.
        throughput: t W/month that pass through each pool, (pools, worlds).
        state: quotes (quotes, worlds), secure premium, and what is expected of it for the long run, (worlds,); they
            change.
    """
    inertia, pace = law
    licensed, tiers = asked
    quotes, premium, expected = state
    for k in range(0, tariff.size, LANES):
        here = lanes.within(k, tariff.size)
        slow, fob = take(inertia, k, here), _fob(licensed, tariff, market, k, here)
        rotterdam = take_from(market[0], licensed[2], k, here)
        give_to(quotes, 0, k, here, slow * take_from(quotes, 0, k, here) + (1.0 - slow) * fob)
        give_to(quotes, 1, k, here, slow * take_from(quotes, 1, k, here) + (1.0 - slow) * rotterdam)
        over = _premium(tiers, market[0], throughput, k, here)
        give(premium, k, here, over)
        give(expected, k, here, slow_mean(take(expected, k, here), over, take(pace, k, here)))
