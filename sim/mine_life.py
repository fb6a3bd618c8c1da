"""Kernels that apply the rules of mining to a month in the life of all mines and projects, in one pass."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim import mining
from sim.compiled import inline, kernel
from sim.hazards import Harms, slow_building
from sim.network import Index, Vector

UZBEKISTAN = 1
STATE = 5.0


class Sites(NamedTuple):
    """What never changes about the mines; one number for each, or one for each world."""

    pool: Index
    """Place of the pool that the mine delivers to."""
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
def kept_after_royalty(host: Index, royalty: tuple[Vector, ...], otherwise: float) -> Vector:
    """Share of a mine's sales left after royalty, (mines, worlds).

    Args:
        host: row of the middle power in which each mine lies, -1 elsewhere.
        royalty: of each middle power, (worlds,).
        otherwise: what is left elsewhere.
    """
    worlds = royalty[0].size
    kept = np.empty((host.size, worlds))
    for m in range(host.size):
        row = kept[m]
        if host[m] < 0:
            row[:] = otherwise
            continue
        taken = royalty[host[m]]
        for k in range(worlds):
            row[k] = 1.0 - taken[k]
    return kept


@kernel
def promise(
    rows: Index, holds: Index, is_safe: Vector, expected: Vector, premium: Vector, sites: Sites, share: tuple[Vector, ...],
    floor: tuple[Vector, ...], need: Vector, grants: Vector, relief: Vector,
) -> tuple[Vector, Vector]:  # fmt: skip
    """What floors, and users who pay for safe origins, promise the mines that hold a contract with a floor.

    Args:
        rows: these mines.
        holds: 1 for mines that hold one of a buyer, (buyers, mines).
        is_safe: 1 for mines of safe origin, (mines,).
        expected: APT price that investors expect for the long run, USD/mtu, (worlds,).
        premium: secure premium that they expect, USD/mtu, (worlds,).
        sites: what never changes about the mines.
        share, floor: share of output under contract with each buyer, and its floor in USD/mtu of APT, (mines, worlds).
        need, grants: capital cost and what of it is given, million USD, (mines, worlds).
        relief: share of the capital charge left, (mines, worlds).

    Returns:
        USD/mtu of APT expected on top of the price, and share of output with a floor at four fifths of the incentive
        price or more, (rows and one for safe mines without a floor, worlds) each.
    """
    worlds, last = expected.size, rows.size
    added, sheltered = np.zeros((last + 1, worlds)), np.zeros((last + 1, worlds))
    for i in range(last):
        m, more, safe = rows[i], added[i], sheltered[i]
        wanted, given, left, cost, yearly = need[m], grants[m], relief[m], sites.cash_cost[m], sites.yearly[m]
        for b in range(len(share)):
            if holds[b, m] == 0:
                continue
            sold, least = share[b][m], floor[b][m]
            for k in range(worlds):
                more[k] = more[k] + sold[k] * max(least[k] - expected[k], 0.0)
            for k in range(worlds):
                full = mining.incentive_price(
                    cost[k], wanted[k], given[k], sites.capacity[m], yearly[k], left[k], sites.payable[m]
                )
                safe[k] = safe[k] + sold[k] * (1.0 if least[k] >= 0.8 * full else 0.0)
        for k in range(worlds):
            more[k] = is_safe[m] * premium[k] + more[k]
    for k in range(worlds):
        added[last, k] = premium[k]
    return added, sheltered


@kernel
def top_up(
    rows: Index, holds: Index, price: Vector, sites: Sites, share: tuple[Vector, ...], floor: tuple[Vector, ...]
) -> Vector:
    """What floors pay the mines that hold them on top of the price of this month, USD/mtu on all output, (rows, worlds).

    Args:
        rows, holds, sites, share, floor: as for `promise`.
        price: of concentrate at the mine by the pool it goes to, USD/mtu, (pools, worlds).
    """
    topped = np.zeros((rows.size, price.shape[1]))
    for i in range(rows.size):
        m = rows[i]
        more, at = topped[i], price[sites.pool[m]]
        for b in range(len(share)):
            if holds[b, m] == 0:
                continue
            sold, least = share[b][m], floor[b][m]
            for k in range(at.size):
                more[k] = more[k] + sold[k] * mining.short_of_floor(least[k], sites.payable[m], at[k])
    return topped


@kernel
def advance(
    sites: Sites, terms: Terms, harms: Harms, works: Works, expected: Vector, lately: Vector, mood: Vector,
    price: Vector, keep: Vector, floored: Index, topped: Vector, place: Index, added: Vector, sheltered: Vector,
    struck: Vector, shocked: Vector, stage: Vector, work: Vector, ramp: Vector, idle: Vector, spent: Vector,
    equity: Vector, loans: Vector, grants: Vector, need: Vector, worth: Vector, partner: Vector, opened: Vector,
    ore: Vector,
) -> tuple[Vector, ...]:  # fmt: skip
    """A month of project life.

    Args:
        sites, terms, harms, works: what never changes, behaviour, what may strike, and the hosts' part.
        expected: APT price in Rotterdam that investors expect for the long run, USD/mtu, (worlds,).
        lately: mean price in Rotterdam of the last year, USD/mtu, (worlds,).
        mood: share markets' liking of tungsten, factor, (worlds,).
        price: USD/mtu in each pool, (pools, worlds).
        keep: share of the value left after royalty, (mines, worlds).
        floored: row in `topped` of each mine that holds a floor, -1 for the others.
        topped: what floors pay on top of the price now, as from `top_up`; no royalty is due on it.
        place: row in `added` and `sheltered` of each mine that is promised something, -1 for the others.
        added, sheltered: what floors promise, as from `promise`.
        struck, shocked: months that events and opening shocks still last.
        stage to ore: state of the mines, (mines, worlds).

    Returns:
        stage, work, ramp, idle, spent, equity, need, worth, relief and missing after the month, the incentive
        price after it, USD/mtu of APT, and equity paid and capital spent in it, million USD.
    """
    mines, worlds = stage.shape
    new_stage, new_work, new_ramp = np.empty_like(stage), np.empty_like(stage), np.empty_like(stage)
    new_idle, new_spent, new_equity = np.empty_like(stage), np.empty_like(stage), np.empty_like(stage)
    new_need, new_worth, relief = np.empty_like(stage), np.empty_like(stage), np.empty_like(stage)
    missing, paid, outlay = np.empty_like(stage), np.empty_like(stage), np.empty_like(stage)
    incentive = np.empty_like(stage)
    nothing, pace, backed = np.zeros(worlds), np.empty(worlds), np.empty(worlds)
    for m in range(mines):
        host = sites.host[m]
        more = added[place[m]] if place[m] >= 0 else nothing
        safe = sheltered[place[m]] if place[m] >= 0 else nothing
        deliver, paid_up = price[sites.pool[m]], topped[floored[m]] if floored[m] >= 0 else nothing
        if sites.is_project[m] > 0.0:
            _appraise(
                sites, terms, m, expected, lately, more, safe, keep[m], need[m], grants[m], loans[m], partner[m],
                relief[m], new_worth[m], incentive[m], backed,
            )  # fmt: skip
            _raise_money(
                terms, stage[m], need[m], equity[m], loans[m], grants[m], new_worth[m], backed, mood,
                new_equity[m], missing[m], paid[m],
            )  # fmt: skip
        else:
            _appraise_standing(
                sites, terms, m, expected, more, safe, keep[m], relief[m], new_worth[m], incentive[m], new_equity[m],
                missing[m], paid[m], backed,
            )  # fmt: skip
        pace[:] = 1.0
        slow_building(m, harms, struck, shocked, works.power, pace)
        if host >= 0:
            asked, required = works.workforce[host], works.required[host]
            for k in range(worlds):
                pace[k] = pace[k] * local_pace(asked[k], required[k], works.skills[host, k], works.power[host, k])
        for k in range(worlds):
            now = stage[m, k]
            after, left, ramped, idled = now, work[m, k], ramp[m, k], idle[m, k]
            before = paid_out = spent[m, k]
            haste = mining.haste(partner[m, k], sites.slip[m, k], terms.chinese_slip[k])
            if now <= mining.FEASIBILITY:
                held = sites.kept_by_host[m] if partner[m, k] == STATE else 0.0
                study = mining.study_pace(
                    worth[m, k], grants[m, k], sites.study_cost[m], terms.study_appetite[k], sites.state_owned[m], held
                )
                if host == UZBEKISTAN:
                    study = study * (0.85 + 0.5 * works.hurry[k])
                left = left - study * haste
                if left <= 0.0:
                    flawed, _ = mining.prospects(
                        sites.failure_luck[m, k], sites.failure[m], safe[k], terms.floor_support[k], partner[m, k],
                        sites.state_owned[m], terms.family_capital[k],
                    )  # fmt: skip
                    after, left = mining.conclude_study(now, left, flawed, sites.study_months[m, k])
            elif now == mining.FINANCING:
                money = new_equity[m, k] + loans[m, k] + grants[m, k]
                if mining.is_decided(money, need[m, k], new_worth[m, k], backed[k]):
                    after, left = mining.CONSTRUCTION, sites.build_months[m, k]
            elif now == mining.CONSTRUCTION:
                after, left, ramped, idled, paid_out = mining.build(
                    left, ramped, idled, before, pace[k] * haste, sites.build_months[m, k], need[m, k],
                    new_equity[m, k] + loans[m, k] + grants[m, k],
                )  # fmt: skip
            elif now == mining.RAMP_UP or now == mining.PRODUCTION:
                after, ramped, idled = mining.run(
                    now, ramped, idled, pace[k] / sites.ramp_months[m], deliver[k] * keep[m, k] + paid_up[k],
                    sites.cost_low[m], ore[m, k],
                )  # fmt: skip
            elif now == mining.CARE:
                restart = 0.0 if opened[m, k] >= 0.0 else need[m, k]
                after, ramped, idled = mining.rest(
                    ramped, idled, restart, new_worth[m, k], deliver[k] * keep[m, k] + paid_up[k],
                    sites.cost_low[m], sites.cost_high[m],
                )  # fmt: skip
            new_stage[m, k], new_work[m, k], new_ramp[m, k], new_idle[m, k] = after, left, ramped, idled
            new_spent[m, k], outlay[m, k] = paid_out, paid_out - before
            known = need[m, k]
            if after != now:
                # overruns show once building has begun
                known = sites.need_true[m, k] if after >= mining.CONSTRUCTION else sites.need_known[m, k]
                if known != need[m, k]:
                    incentive[m, k] = mining.incentive_price(
                        sites.cash_cost[m, k], known, grants[m, k], sites.capacity[m], sites.yearly[m, k], relief[m, k],
                        sites.payable[m],
                    )  # fmt: skip
            new_need[m, k] = known
    return (
        new_stage, new_work, new_ramp, new_idle, new_spent, new_equity, new_need, new_worth, relief, missing,
        incentive, paid, outlay,
    )  # fmt: skip


@kernel
def _appraise(
    sites: Sites, terms: Terms, m: int, expected: Vector, lately: Vector, more: Vector, safe: Vector, keep: Vector,
    need: Vector, grants: Vector, loans: Vector, partner: Vector, relief: Vector, worth: Vector, incentive: Vector,
    backed: Vector,
) -> None:  # fmt: skip
    """What a project is worth to investors, and who is behind it."""
    cost, payable, capacity, owned = sites.cash_cost[m], sites.payable[m], sites.capacity[m], sites.state_owned[m]
    yearly, reopens = sites.yearly[m], sites.reopens[m]
    for k in range(expected.size):
        # what stood before pays back early, so the price of today counts for more
        seen = expected[k] + reopens * terms.near_price[k] * (lately[k] - expected[k])
        relief[k], full, worth[k] = mining.appraise(
            seen, more[k], payable, keep[k], cost[k], need[k], grants[k], loans[k], safe[k], capacity, yearly[k],
            terms.loan_relief[k], terms.floor_relief[k],
        )  # fmt: skip
        incentive[k] = full / payable
        backed[k] = mining.backing(partner[k], owned, terms.family_capital[k])


@kernel
def _appraise_standing(
    sites: Sites, terms: Terms, m: int, expected: Vector, more: Vector, safe: Vector, keep: Vector, relief: Vector,
    worth: Vector, incentive: Vector, equity: Vector, missing: Vector, paid: Vector, backed: Vector,
) -> None:  # fmt: skip
    """The same for a mine that stands: it needs no capital."""
    cost, payable, capacity = sites.cash_cost[m], sites.payable[m], sites.capacity[m]
    for k in range(expected.size):
        relief[k], full, worth[k] = mining.appraise(
            expected[k], more[k], payable, keep[k], cost[k], 0.0, 0.0, 0.0, safe[k], capacity, sites.yearly[m, k],
            terms.loan_relief[k], terms.floor_relief[k],
        )  # fmt: skip
        incentive[k] = full / payable
    equity[:] = 0.0
    missing[:] = 0.0
    paid[:] = 0.0
    backed[:] = 0.0


@kernel
def _raise_money(
    terms: Terms, stage: Vector, need: Vector, equity: Vector, loans: Vector, grants: Vector, worth: Vector,
    backed: Vector, mood: Vector, new_equity: Vector, missing: Vector, paid: Vector,
) -> None:  # fmt: skip
    """What shareholders of a project pay in."""
    for k in range(stage.size):
        new_equity[k], _, missing[k] = mining.raise_money(
            stage[k], need[k], equity[k], loans[k] + grants[k], worth[k], backed[k], terms.equity_pace[k], mood[k]
        )
        paid[k] = new_equity[k] - equity[k]
