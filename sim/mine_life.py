"""Kernels that apply the rules of mining to a month in the life of all mines and projects, in one pass."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim import mining
from sim.bare import bare
from sim.compiled import inline, kernel
from sim.hazards import Harms, building_pace
from sim.lanes import LANES, everywhere, give, somewhere, take, where, within
from sim.network import Index, Vector

UZBEKISTAN = 1
STATE = 5.0


class Sites(NamedTuple):
    """What never changes about the mines; one number for each, or one for each world."""

    pool: Index
    """Place of the pool that the mine delivers to, among those that mines deliver to."""
    host: Index
    """Row of the middle power in which it lies, -1 elsewhere."""
    payable: Vector
    cost_low: Vector
    cost_high: Vector
    study_cost: Vector
    state_owned: Vector
    kept_by_host: Vector
    """1 where the host's own company holds it as long as nobody is let in."""
    is_project: Vector
    """1 where something may have to be built."""
    capacity: Vector
    """t W/year once built."""
    ramp_months: Vector
    failure: Vector
    cash_cost: Vector
    study_months: Vector
    build_months: Vector
    need_known: Vector
    need_true: Vector
    failure_luck: Vector
    yearly: Vector
    """Annuity of one unit of capital over the mine's life, 1/year."""
    reopens: Vector
    """1 for a mine that stood before."""
    slip: Vector
    """Time that studies and building take over that planned, what a Chinese builder can make good; 1 where one built
    from the beginning, (mines, worlds)."""


class Terms(NamedTuple):
    """Behaviour that is the same for all mines; (worlds,); see the scenario's behaviour for each."""

    study_appetite: Vector
    loan_relief: Vector
    floor_relief: Vector
    floor_support: Vector
    family_capital: Vector
    equity_pace: Vector
    near_price: Vector
    chinese_slip: Vector


class Works(NamedTuple):
    """What the middle powers do for or against works at home, (hosts, worlds) or (worlds,) for each host."""

    skills: Vector
    power: Vector
    workforce: tuple[Vector, ...]
    """Share of local people that a host asks for."""
    required: tuple[Vector, ...]
    """Share of concentrate that must be processed at home."""
    hurry: Vector
    """How far Uzbekistan speeds up studies, 0 to 1, (worlds,)."""


@inline
def local_pace(workforce: float, required: float, skills: float, power: float) -> float:
    """Pace of building against plan where skills, local jobs and early processing rules bind.

    Args:
        workforce: share of local people asked for.
        required: share of concentrate that must be processed at home.
        skills, power: readiness of the host, 0 to 1.
    """
    lack = max(workforce - 0.4 - skills, 0.0)
    unready = required * max(0.8 - 0.5 * (skills + power), 0.0)
    return min(max(1.0 - 0.5 * lack - unready, 0.3), 1.0)


@kernel
def kept_after_royalty(royalty: tuple[Vector, ...], otherwise: float) -> Vector:
    """Share of a mine's sales left after royalty: a row for each middle power, and the last elsewhere, (rows, worlds).

    Args:
        royalty: of each middle power, (worlds,).
        otherwise: what is left elsewhere.
    """
    kept = np.full((len(royalty) + 1, royalty[0].size), otherwise)
    for i in range(len(royalty)):
        row, taken = kept[i], royalty[i]
        for k in range(row.size):
            row[k] = 1.0 - taken[k]
    return kept


@bare
def promise(
    rows: Index, holds: Index, is_safe: Vector, expected: Vector, premium: Vector, costs: Any, share: tuple[Vector, ...],
    floor: tuple[Vector, ...], need: Vector, grants: Vector, relief: Vector, added: Vector, sheltered: Vector,
) -> None:  # fmt: skip
    """What floors, and users who pay for safe origins, promise the mines that hold a contract with a floor.

    Args:
        rows: these mines.
        holds: 1 for mines that hold one of a buyer, (buyers, mines).
        is_safe: 1 for mines of safe origin, (mines,).
        expected: APT price that investors expect for the long run, USD/mtu, (worlds,).
        premium: secure premium that they expect, USD/mtu, (worlds,).
        costs: cash cost and annuity of a unit of capital (mines, worlds), and capacity and share of the price of APT
            paid (mines,), as in `Sites`.
        share, floor: share of output under contract with each buyer, and its floor in USD/mtu of APT, (mines, worlds).
        need, grants: capital cost and what of it is given, million USD, (mines, worlds).
        relief: share of the capital charge left, (mines, worlds).
        added, sheltered: filled with USD/mtu of APT expected on top of the price, and share of output with a floor at
            four fifths of the incentive price or more, (rows and one for safe mines without a floor, worlds) each.
    """
    cash_cost, yearly, capacity, payable = costs
    worlds, last = expected.size, rows.size
    for k in range(worlds):
        added[last, k], sheltered[last, k] = premium[k], 0.0
    for i in range(last):
        m = rows[i]
        for k in range(0, worlds, LANES):
            here = within(k, worlds)
            more, safe, is_sold = everywhere(0.0), everywhere(0.0), False
            for b in range(len(share)):
                if holds[b, m]:
                    is_sold = is_sold or somewhere(~(take(share[b][m], k, here) == 0.0))
            if is_sold:
                hoped = take(expected, k, here)
                full = mining.incentive_price(
                    take(cash_cost[m], k, here), take(need[m], k, here), take(grants[m], k, here), capacity[m],
                    take(yearly[m], k, here), take(relief[m], k, here), payable[m],
                )  # fmt: skip
                for b in range(len(share)):
                    if holds[b, m]:
                        sold, least = take(share[b][m], k, here), take(floor[b][m], k, here)
                        more = more + sold * max(least - hoped, 0.0)
                        safe = safe + sold * where(least >= 0.8 * full, 1.0, 0.0)
            give(added[i], k, here, is_safe[m] * take(premium, k, here) + more)
            give(sheltered[i], k, here, safe)


@bare
def top_up(
    rows: Index, holds: Index, price: Vector, pool: Index, payable: Vector, share: tuple[Vector, ...],
    floor: tuple[Vector, ...], topped: Vector,
) -> None:  # fmt: skip
    """What floors pay the mines that hold them on top of the price of this month.

    Args:
        rows, holds, share, floor: as for `promise`.
        price: of concentrate at the mine by the pool it goes to, USD/mtu, (pools, worlds).
        pool, payable: of each mine, (mines,).
        topped: filled with USD/mtu on all output, (rows, worlds).
    """
    worlds = price.shape[1]
    for i in range(rows.size):
        m = rows[i]
        for k in range(0, worlds, LANES):
            here = within(k, worlds)
            at, more = take(price[pool[m]], k, here), everywhere(0.0)
            for b in range(len(share)):
                if holds[b, m]:
                    short = mining.short_of_floor(take(floor[b][m], k, here), payable[m], at)
                    more = more + take(share[b][m], k, here) * short
            give(topped[i], k, here, more)


@bare
def advance(
    sites: Sites, terms: Terms, harms: Harms, works: Works, market: Any, floors: Any, promises: Any, lasting: Any,
    state: Any, given: Any, flows: Any, running: Any,
) -> None:  # fmt: skip
    """A month of project life, in place.

    Args:
        sites, terms, harms, works: what never changes, behaviour, what may strike, and the hosts' part.
        market: APT price in Rotterdam that investors expect for the long run, mean price there of the last year, both
            USD/mtu, and share markets' liking of tungsten, (worlds,) each; price in each pool, USD/mtu, (pools, worlds);
            share of the value left after royalty, as from `kept_after_royalty`.
        floors: row of each mine that holds a floor, -1 for the others, and what floors pay on top of the price now, as
            from `top_up`; no royalty is due on it.
        promises: row of each mine that is promised something, -1 for the others, and what floors promise, as from
            `promise`.
        lasting: months that events and opening shocks still last.
        state: stage, work, ramp, idle, spent, equity, need, worth, relief and missing, (mines, worlds) each; the month
            leaves them as they are after it.
        given: loans, grants, partner, opened and ore, (mines, worlds) each.
        flows: equity paid and capital spent in this month, million USD, (mines, worlds) each, and 1 for mines that have
            any, (mines,); filled in place of those of another month.
        running: filled with 1 for mines that ramp up or produce in any world after the month, and for those that produce
            in every world.
    """
    expected, lately, mood, price, keep = market
    floored, topped = floors
    place, added, sheltered = promises
    struck, shocked = lasting
    stage, work, ramp, idle_months, spent, equity, need, worth, relief, missing = state
    loans, grants, partner, opened, ore = given
    paid, outlay, flows_in = flows
    mines, worlds = stage.shape
    works_on, produces = running
    nothing, plan = everywhere(0.0), everywhere(1.0)
    for m in range(mines):
        host, is_project, flowed = sites.host[m], sites.is_project[m] > 0.0, 0
        works_on[m], produces[m] = 0, 1
        for k in range(0, worlds, LANES):
            here = within(k, worlds)
            now, wanted, granted = take(stage[m], k, here), take(need[m], k, here), take(grants[m], k, here)
            studies, waits, builds = now <= mining.FEASIBILITY, now == mining.FINANCING, now == mining.CONSTRUCTION
            ramps, rests = now == mining.RAMP_UP, now == mining.CARE
            runs = ramps | (now == mining.PRODUCTION)
            kept, full = take(keep[host], k, here), take(sites.cash_cost[m], k, here)
            hoped, more, safe, share = take(expected, k, here), nothing, nothing, nothing
            if place[m] >= 0:
                more, safe = take(added[place[m]], k, here), take(sheltered[place[m]], k, here)
            if is_project and somewhere(take(loans[m], k, here) > 0.0):
                share = mining.share_lent(take(loans[m], k, here), wanted)
            left = mining.charge_left(share, safe, take(terms.loan_relief, k, here), take(terms.floor_relief, k, here))
            if somewhere(~(left == take(relief[m], k, here))):
                give(relief[m], k, here, left)
            if is_project:
                charge = take(sites.yearly[m], k, here) * left
                full = mining.full_cost(full, max(wanted - granted, 0.0), sites.capacity[m], charge)
                if sites.reopens[m] > 0.0:
                    # what stood before pays back early, so the price of today counts for more
                    near = sites.reopens[m] * take(terms.near_price, k, here)
                    hoped = hoped + near * (take(lately, k, here) - hoped)
            lately_worth = take(worth[m], k, here)
            worth_now = mining.worth_to_investors(hoped, more, sites.payable[m], kept, full)
            give(worth[m], k, here, worth_now)

            who, backed, fund = nothing, nothing, nothing
            if somewhere(studies | waits | builds):
                who = take(partner[m], k, here)
            if is_project and somewhere(waits | builds | ramps):
                # who has just built lacks nothing any more
                had, other = take(equity[m], k, here), take(loans[m], k, here) + granted
                backed = mining.backing(who, sites.state_owned[m], take(terms.family_capital, k, here))
                fund, lacks = mining.raise_money(
                    now, wanted, had, other, worth_now, backed, take(terms.equity_pace, k, here), take(mood, k, here)
                )
                give(equity[m], k, here, fund)
                give(missing[m], k, here, lacks)
                give(paid[m], k, here, fund - had)
                give(outlay[m], k, here, nothing)
                flowed = 1
            elif flows_in[m]:
                give(paid[m], k, here, nothing)
                give(outlay[m], k, here, nothing)

            pace, haste = plan, plan
            if somewhere(builds | ramps):
                pace = building_pace(m, harms, struck, shocked, works.power, k, here)
                if host >= 0:
                    pace = pace * local_pace(
                        take(works.workforce[host], k, here), take(works.required[host], k, here),
                        take(works.skills[host], k, here), take(works.power[host], k, here),
                    )  # fmt: skip
            if somewhere((studies | builds) & (who == mining.CHINESE)):
                haste = mining.haste(who, take(sites.slip[m], k, here), take(terms.chinese_slip, k, here))

            after = now
            if somewhere(studies):
                study = mining.study_pace(
                    lately_worth, granted, sites.study_cost[m], take(terms.study_appetite, k, here),
                    sites.state_owned[m], where(who == STATE, sites.kept_by_host[m], 0.0),
                )  # fmt: skip
                if host == UZBEKISTAN:
                    study = study * (0.85 + 0.5 * take(works.hurry, k, here))
                ahead = take(work[m], k, here) - study * haste
                give(work[m], k, here & studies, ahead)
                done = studies & (ahead <= 0.0)
                if somewhere(done):
                    flawed = mining.is_flawed(
                        take(sites.failure_luck[m], k, here), sites.failure[m], safe, take(terms.floor_support, k, here), who
                    )
                    after = where(done, mining.conclude_study(now, flawed), after)
                    onwards = here & done & (now < mining.FEASIBILITY)
                    give(work[m], k, onwards, take(sites.study_months[m], k, here))
            if somewhere(waits | builds):
                money = fund + take(loans[m], k, here) + granted
                decided = waits & mining.is_decided(money, wanted, worth_now, backed)
                if somewhere(decided):
                    after = where(decided, mining.CONSTRUCTION, after)
                    give(work[m], k, here & decided, take(sites.build_months[m], k, here))
                if somewhere(builds):
                    before = take(spent[m], k, here)
                    reached, ahead, ramped, idle, spent_now = mining.build(
                        take(work[m], k, here), take(ramp[m], k, here), take(idle_months[m], k, here), before,
                        pace * haste, take(sites.build_months[m], k, here), wanted, money,
                    )  # fmt: skip
                    after, at_work = where(builds, reached, after), here & builds
                    give(work[m], k, at_work, ahead)
                    give(ramp[m], k, at_work, ramped)
                    give(idle_months[m], k, at_work, idle)
                    give(spent[m], k, at_work, spent_now)
                    if is_project:
                        give(outlay[m], k, at_work, spent_now - before)
            if somewhere(runs | rests):
                earned = take(price[sites.pool[m]], k, here) * kept
                if floored[m] >= 0:
                    earned = earned + take(topped[floored[m]], k, here)
                idle = take(idle_months[m], k, here)
                if somewhere(runs):
                    done, ramp_pace = nothing, nothing
                    if somewhere(ramps):
                        done, ramp_pace = take(ramp[m], k, here), pace / sites.ramp_months[m]
                    reached, ramped, idled = mining.run(
                        now, done, idle, ramp_pace, earned, sites.cost_low[m], take(ore[m], k, here)
                    )
                    after = where(runs, reached, after)
                    if somewhere(ramps):
                        give(ramp[m], k, here & ramps, ramped)
                    if somewhere(~(idled == idle)):
                        give(idle_months[m], k, here & runs, idled)
                if somewhere(rests):
                    reached, ramped, idled = mining.rest(
                        take(ramp[m], k, here), idle, where(take(opened[m], k, here) >= 0.0, 0.0, wanted), worth_now,
                        earned, sites.cost_low[m], sites.cost_high[m],
                    )  # fmt: skip
                    after = where(rests, reached, after)
                    give(ramp[m], k, here & rests, ramped)
                    give(idle_months[m], k, here & rests, idled)
            moved = here & ~(after == now)
            if somewhere(moved):
                give(stage[m], k, moved, after)
                # overruns show once building has begun
                true, known = take(sites.need_true[m], k, here), take(sites.need_known[m], k, here)
                give(need[m], k, moved, where(after >= mining.CONSTRUCTION, true, known))
            steady = after == mining.PRODUCTION
            works_on[m] |= 1 if somewhere(here & (steady | (after == mining.RAMP_UP))) else 0
            produces[m] &= 0 if somewhere(here & ~steady) else 1
        flows_in[m] = flowed
