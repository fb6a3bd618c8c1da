"""Use of tungsten: what each region and segment wants in a month, and how much of it must be safe."""

from __future__ import annotations

from typing import Any

from sim import luck
from sim.bare import bare, bare_inline
from sim.compiled import inline
from sim.decided import BAN, MILITARY, NOBODY, SECURE
from sim.lanes import LANES, everywhere, give_to, take, take_from, where, within


@inline
def next_cycle(cycle: float, draw: float, common: float, persistence: float, noise: float, shared: float) -> float:
    """Business cycle of a region's use one month on, factor.

    Args:
        cycle: the month before.
        draw, common: standard normal numbers, the region's and the world's.
        persistence: share of the deviation that is left after a month.
        noise, shared: standard deviations of what either adds in a month.
    """
    return 1.0 + persistence * (cycle - 1.0) + noise * draw + shared * common


@inline
def use_now(trend: float, saved: float, cycle: float, shock: float) -> float:
    """What users want this month, t W: trend use less what thrift has saved, with the cycle and shocks."""
    return trend * (1.0 - saved) * cycle * shock


@inline
def civil_share(eligible: float, wish: float, flexible: float) -> float:
    """Share of civilian use that is wanted from safe origins; flexible users want none.

    Args:
        eligible: share of it at the start.
        wish: the bloc's wish over that of the start.
        flexible: 1 for users that take any goods.
    """
    return min(eligible * wish, 0.9) * (1.0 - flexible)


@inline
def alarm(approved: float, weight: float, at_start: float) -> float:
    """Share of defence use that users want safe since China refuses military users, 0 to 1.

    Args:
        approved: share of military requests that China approves.
        weight: weight of military users in the trade under licence.
        at_start: the share refused at the start, to which users are used.
    """
    return 0.5 * max(max(1.0 - approved, 0.0) * weight - at_start, 0.0)


# Rows of the table in which `want` works; those of what is wanted from safe pools, of wishes and of alarms follow.
COMMON, DRAWN, ALL, SHELTERED = range(4)


def rows_of_want(groups: int, blocs: int) -> int:
    """Rows that the working memory of `want` takes for so many groups of users and blocs."""
    return SHELTERED + groups + 2 * blocs


@bare
def want(users: Any, levers: Any, lo: Any, hi: Any, wishes: Any, spare: Any) -> None:
    """What users want this month in worlds `lo` to `hi`, and what of it must be safe.

    Args:
        users: seven groups of
            uses: use at the start (t W/month), its growth a month, eligible share, 1 for defence, 1 for flexible
                users, 1 where a pool of safe goods is there, (uses,) each;
            places: region, bloc, user group of any goods and of safe goods of each use, and 1 - price / choke of each
                user group at the start;
            blocs: safe share of civilian use at the start, and row of each bloc's seat (NOBODY: none); the American
                seat; weight of military users, and share of them refused at the start;
            chance: persistence of the business cycle, noise of each region and of all together, (worlds,) each;
                streams of the regions' luck and of the world's; seeds, month, 1 in worlds without such luck (empty if
                all have it), and whether the cycle moves at all;
            harms: first of each use in the list that follows (uses + 1,), and this list: rows of events, opening
                shocks after them, that change it, and share of use left while they last;
            state: cycle (regions, worlds), saved share (uses, worlds), share of civilian use that each bloc has
                learned to want safe, and months that each event and each opening shock still lasts, (rows, worlds);
            out: cycle (regions, worlds), which may be that of the month before itself, wanted by all together (1,
                worlds), safe civilian use by bloc.
        levers: see sim.decided, (levers, these worlds).
        wishes: filled in these worlds: demand at a price of zero (users, worlds), safe civilian use by region, and use
            by region.
        spare: working memory, (rows_of_want, these worlds).
    """
    uses, places, blocs, chance, harms, state, out = users
    usual, growth, eligible, is_defence, flexible, has_pool = uses
    region, bloc, user_any, user_safe, margin = places
    secure_at_start, seat, american, weight, refused = blocs
    first, which, left = harms
    _, _, _, _, _, _, month, _, _ = chance
    _, saved, learned, events, openings = state
    cycle_out, wanted, safe_of_bloc = out
    demand, safe_of_region, use_of_region = wishes
    wish = SHELTERED + margin.size
    guarded = wish + seat.size
    _turn(chance, state, lo, hi, spare, cycle_out)
    spare[ALL:wish] = 0.0
    demand[:] = 0.0
    safe_of_region[:] = 0.0
    use_of_region[:] = 0.0
    safe_of_bloc[:, lo:hi] = 0.0
    for b in range(seat.size):
        at_start, s = max(secure_at_start[b], 1e-9), seat[b]
        for k in range(lo, hi, LANES):
            w, here = k - lo, within(k, hi)
            if s == NOBODY:
                wished, alarmed = take_from(learned, b, k, here), everywhere(0.0)
            else:
                wished = take_from(levers, SECURE + s, w, here)
                alarmed = alarm(take_from(levers, MILITARY, w, here), weight, refused)
            if s == american:
                alarmed = max(take_from(levers, BAN, w, here), alarmed)
            give_to(spare, wish + b, w, here, wished / at_start)
            give_to(spare, guarded + b, w, here, alarmed)
    for d in range(usual.size):
        r, b, u, v = region[d], bloc[d], user_any[d], user_safe[d]
        trend = usual[d] * (1.0 + growth[d] * month)
        share, loose, has, defends = eligible[d], flexible[d], has_pool[d], is_defence[d] > 0.0
        for k in range(lo, hi, LANES):
            w, here = k - lo, within(k, hi)
            shock = everywhere(1.0)
            for each in range(first[d], first[d + 1]):
                e = which[each]
                if e < events.shape[0]:
                    lasting = take_from(events, e, k, here)
                else:
                    lasting = take_from(openings, e - events.shape[0], k, here)
                shock = shock * where(lasting == 0.0, 1.0, left[each])
            wants = use_now(trend, take_from(saved, d, k, here), take_from(cycle_out, r, k, here), shock)
            _more(spare, ALL, w, here, wants)
            _more(use_of_region, r, w, here, wants)
            if defends:
                safe = wants * max(share, take_from(spare, guarded + b, w, here)) * has
            else:
                safe = wants * civil_share(share, take_from(spare, wish + b, w, here), loose) * has
                _more(safe_of_bloc, b, k, here, safe)
                _more(safe_of_region, r, w, here, safe)
            _more(demand, u, w, here, wants - safe)
            _more(spare, SHELTERED + v, w, here, safe)
    for k in range(lo, hi, LANES):
        w, here = k - lo, within(k, hi)
        give_to(wanted, 0, k, here, take_from(spare, ALL, w, here))
        for u in range(margin.size):
            asked = take_from(demand, u, w, here) + take_from(spare, SHELTERED + u, w, here)
            give_to(demand, u, w, here, asked / margin[u])


@bare_inline
def _more(table: Any, row: Any, world: Any, here: Any, amount: Any) -> None:
    """Add amounts of LANES worlds to a row of sums."""
    give_to(table, row, world, here, take_from(table, row, world, here) + amount)


@bare_inline
def _turn(chance: Any, state: Any, lo: Any, hi: Any, spare: Any, cycle_out: Any) -> None:
    """The business cycle of each region, in some worlds, turns by a month."""
    persistence, noise, shared, regions, world, seeds, month, is_calm, moves = chance
    cycle = state[0]
    if not moves:
        for r in range(cycle.shape[0]):
            for k in range(lo, hi, LANES):
                here = within(k, hi)
                give_to(cycle_out, r, k, here, take_from(cycle, r, k, here))
        return
    keys = seeds[lo:hi]
    luck.draw_normal(keys, world, month, spare[COMMON])
    for r in range(cycle.shape[0]):
        luck.draw_normal(keys, regions[r], month, spare[DRAWN])
        for k in range(lo, hi, LANES):
            here = within(k, hi)
            drawn, common = take_from(spare, DRAWN, k - lo, here), take_from(spare, COMMON, k - lo, here)
            if is_calm.size > 0:
                calm = take(is_calm, k, here) > 0.0
                drawn, common = where(calm, 0.0, drawn), where(calm, 0.0, common)
            keeps, alone, together = take(persistence, k, here), take(noise, k, here), take(shared, k, here)
            turned = next_cycle(take_from(cycle, r, k, here), drawn, common, keeps, alone, together)
            give_to(cycle_out, r, k, here, turned)
