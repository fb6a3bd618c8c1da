"""Kernels that apply the rules of mining to all mines in one pass: a month of project life, and a month's ore."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim import mining
from sim.compiled import inline, kernel
from sim.exact import normal_quantile
from sim.hazards import Harms, slow_building, spoil_output
from sim.luck import Seeds, uniform_of
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


class Terms(NamedTuple):
    """Behaviour that is the same for all mines, (worlds,); see the scenario's behaviour for each."""

    study_appetite: Vector
    yearly: Vector
    loan_relief: Vector
    floor_relief: Vector
    floor_support: Vector
    family_capital: Vector
    equity_pace: Vector


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
def shelter(
    rows: Index, place: Index, expected: Vector, sites: Sites, yearly: Vector, share: Vector, floor: Vector,
    need: Vector, grants: Vector, relief: Vector, added: Vector, sheltered: Vector,
) -> None:  # fmt: skip
    """Add what one buyer's floors promise the mines that hold them.

    Args:
        rows: mines with a contract that has a floor.
        place: row of each mine in the results.
        expected: APT price that investors expect for the long run, USD/mtu, (worlds,).
        sites: what never changes about the mines.
        yearly: annuity of one unit of capital, 1/year, (worlds,).
        share, floor: share of output under contract, and its floor in USD/mtu of APT, (mines, worlds).
        need, grants: capital cost and what of it is given, million USD, (mines, worlds).
        relief: share of the capital charge left, (mines, worlds).
        added: USD/mtu of APT that floors are expected to add to the price, (rows, worlds), in place.
        sheltered: share of output with a floor at four fifths of the incentive price or more, likewise.
    """
    for i in range(rows.size):
        m = rows[i]
        more, safe = added[place[m]], sheltered[place[m]]
        sold, least, wanted, given, left, cost = share[m], floor[m], need[m], grants[m], relief[m], sites.cash_cost[m]
        for k in range(expected.size):
            more[k] = more[k] + sold[k] * max(least[k] - expected[k], 0.0)
        for k in range(expected.size):
            full = mining.full_cost(cost[k], max(wanted[k] - given[k], 0.0), sites.capacity[m], yearly[k] * left[k])
            safe[k] = safe[k] + sold[k] * (1.0 if least[k] >= 0.8 * (full / sites.payable[m]) else 0.0)


@kernel
def advance(
    sites: Sites, terms: Terms, harms: Harms, works: Works, expected: Vector, mood: Vector, price: Vector,
    keep: Vector, place: Index, added: Vector, sheltered: Vector, struck: Vector, shocked: Vector,
    stage: Vector, work: Vector, ramp: Vector, idle: Vector, spent: Vector, equity: Vector, loans: Vector,
    grants: Vector, need: Vector, worth: Vector, partner: Vector, opened: Vector, ore: Vector,
) -> tuple[Vector, ...]:  # fmt: skip
    """A month of project life.

    Args:
        sites, terms, harms, works: what never changes, behaviour, what may strike, and the hosts' part.
        expected: APT price in Rotterdam that investors expect for the long run, USD/mtu, (worlds,).
        mood: share markets' liking of tungsten, factor, (worlds,).
        price: USD/mtu in each pool, (pools, worlds).
        keep: share of the value left after royalty, (mines, worlds).
        place: row in `added` and `sheltered` of each mine that holds a floor, -1 for the others.
        added, sheltered: what floors promise, as from `shelter`.
        struck, shocked: months that events and opening shocks still last.
        stage to ore: state of the mines, (mines, worlds).

    Returns:
        stage, work, ramp, idle, spent, equity, need, worth, relief, appetite and missing after the month, and
        equity paid and capital spent in it, million USD.
    """
    mines, worlds = stage.shape
    new_stage, new_work, new_ramp = np.empty_like(stage), np.empty_like(stage), np.empty_like(stage)
    new_idle, new_spent, new_equity = np.empty_like(stage), np.empty_like(stage), np.empty_like(stage)
    new_need, new_worth, relief = np.empty_like(stage), np.empty_like(stage), np.empty_like(stage)
    appetite, missing = np.empty_like(stage), np.empty_like(stage)
    paid, outlay = np.empty_like(stage), np.empty_like(stage)
    nothing, pace, backed, flawed = np.zeros(worlds), np.empty(worlds), np.empty(worlds), np.empty(worlds)
    for m in range(mines):
        host = sites.host[m]
        more = added[place[m]] if place[m] >= 0 else nothing
        safe = sheltered[place[m]] if place[m] >= 0 else nothing
        _appraise(
            sites, terms, m, expected, more, safe, keep[m], need[m], grants[m], loans[m], partner[m],
            relief[m], new_worth[m], flawed, backed,
        )  # fmt: skip
        _raise_money(
            terms, stage[m], need[m], equity[m], loans[m], grants[m], new_worth[m], backed, mood,
            new_equity[m], appetite[m], missing[m], paid[m],
        )  # fmt: skip
        pace[:] = 1.0
        slow_building(m, harms, struck, shocked, works.power, pace)
        if host >= 0:
            asked, required = works.workforce[host], works.required[host]
            for k in range(worlds):
                pace[k] = pace[k] * local_pace(asked[k], required[k], works.skills[host, k], works.power[host, k])
        deliver = price[sites.pool[m]]
        for k in range(worlds):
            study = 0.0
            if stage[m, k] <= mining.FEASIBILITY:
                held = sites.kept_by_host[m] if partner[m, k] == STATE else 0.0
                study = mining.study_pace(
                    worth[m, k], grants[m, k], sites.study_cost[m], terms.study_appetite[k], sites.state_owned[m], held
                )
                if host == UZBEKISTAN:
                    study = study * (0.85 + 0.5 * works.hurry[k])
            (new_stage[m, k], new_work[m, k], new_ramp[m, k], new_idle[m, k], new_spent[m, k]) = mining.advance(
                stage[m, k], work[m, k], ramp[m, k], idle[m, k], spent[m, k], study, pace[k],
                pace[k] / sites.ramp_months[m], sites.study_months[m, k], sites.build_months[m, k], need[m, k],
                new_equity[m, k] + loans[m, k] + grants[m, k], new_worth[m, k], flawed[k], deliver[k] * keep[m, k],
                sites.cost_low[m], sites.cost_high[m], ore[m, k], 0.0 if opened[m, k] >= 0.0 else need[m, k], backed[k],
            )  # fmt: skip
        _account(
            new_stage[m], spent[m], new_spent[m], sites.need_known[m], sites.need_true[m], new_need[m], outlay[m]
        )
    return (
        new_stage, new_work, new_ramp, new_idle, new_spent, new_equity, new_need, new_worth, relief, appetite,
        missing, paid, outlay,
    )  # fmt: skip


@kernel
def _appraise(
    sites: Sites, terms: Terms, m: int, expected: Vector, more: Vector, safe: Vector, keep: Vector, need: Vector,
    grants: Vector, loans: Vector, partner: Vector, relief: Vector, worth: Vector, flawed: Vector, backed: Vector,
) -> None:  # fmt: skip
    """What a mine is worth to investors, and what its studies will find."""
    cost, chance = sites.cash_cost[m], sites.failure_luck[m]
    payable, capacity, failure, owned = sites.payable[m], sites.capacity[m], sites.failure[m], sites.state_owned[m]
    for k in range(expected.size):
        relief[k], worth[k] = mining.appraise(
            expected[k], more[k], payable, keep[k], cost[k], need[k], grants[k], loans[k], safe[k], capacity,
            terms.yearly[k], terms.loan_relief[k], terms.floor_relief[k],
        )  # fmt: skip
    for k in range(expected.size):
        flawed[k], backed[k] = mining.prospects(
            chance[k], failure, safe[k], terms.floor_support[k], partner[k], owned, terms.family_capital[k]
        )


@kernel
def _raise_money(
    terms: Terms, stage: Vector, need: Vector, equity: Vector, loans: Vector, grants: Vector, worth: Vector,
    backed: Vector, mood: Vector, new_equity: Vector, appetite: Vector, missing: Vector, paid: Vector,
) -> None:  # fmt: skip
    """What shareholders of a mine pay in."""
    for k in range(stage.size):
        new_equity[k], appetite[k], missing[k] = mining.raise_money(
            stage[k], need[k], equity[k], loans[k] + grants[k], worth[k], backed[k], terms.equity_pace[k], mood[k]
        )
        paid[k] = new_equity[k] - equity[k]


@kernel
def _account(
    stage: Vector, spent: Vector, new_spent: Vector, known: Vector, true: Vector, need: Vector, outlay: Vector
) -> None:
    """What was spent, and the capital cost as it is known now: overruns show once building has begun."""
    for k in range(stage.size):
        outlay[k] = new_spent[k] - spent[k]
        need[k] = true[k] if stage[k] >= mining.CONSTRUCTION else known[k]


class Pits(NamedTuple):
    """How the mines are run; one number for each, and behaviour."""

    under_quota: Vector
    """1 for mines under the Chinese quota."""
    exploring: Vector
    """1 for mines that find most of what they take out."""
    ceiling: Vector
    """Share of nameplate that the plant can reach, (mines, worlds)."""
    speed: Vector
    """Share of the gap to the wished utilisation closed in a month, (worlds,)."""
    replacement: Vector
    """Share of what is mined that is found anew, (worlds,)."""


@kernel
def mine_ore(
    sites: Sites, pits: Pits, harms: Harms, month: int, seeds: Seeds, streams: Seeds, spread: float,
    price: Vector, allowed: Vector, readiness: Vector, struck: Vector, shocked: Vector, target: Vector,
    stage: Vector, ramp: Vector, nameplate: Vector, utilisation: Vector, output: Vector, ore: Vector, opened: Vector,
) -> tuple[Vector, ...]:  # fmt: skip
    """Mine a month's ore.

    Args:
        sites, pits, harms: what never changes, and what may strike.
        month: months since the start.
        seeds, streams: luck of the worlds and of the mines' output.
        spread: standard deviation of a mine's monthly output.
        price: USD/mtu in each pool, (pools, worlds).
        allowed: Chinese quota with what passes above it, t W/month, (worlds,).
        readiness: of the middle powers, 0 to 1, (hosts, worlds).
        struck, shocked, target: months that events and opening shocks still last, and mines struck.
        stage to opened: state of the mines, (mines, worlds).

    Returns:
        utilisation, output, ore found, ore left, and month of opening.
    """
    mines, worlds = stage.shape
    new_utilisation, mined, found = np.empty_like(stage), np.empty_like(stage), np.zeros_like(stage)
    left, first, is_copy = np.empty_like(stage), opened, False
    factor, under = np.empty(worlds), np.zeros(worlds)
    for m in range(mines):
        operating = 0
        for k in range(worlds):
            operating += 1 if (stage[m, k] == mining.RAMP_UP) | (stage[m, k] == mining.PRODUCTION) else 0
        factor[:] = 1.0
        if operating > 0:
            if spread > 0.0:
                _vary(seeds, streams[m], month, spread, factor)
            spoil_output(m, harms, struck, shocked, target, readiness, output[m], factor)
        _work_the_mine(
            price[sites.pool[m]], sites.cost_low[m], sites.cost_high[m], stage[m], ramp[m], pits.ceiling[m],
            nameplate[m], utilisation[m], pits.speed, factor, ore[m], new_utilisation[m], mined[m],
        )  # fmt: skip
        if pits.under_quota[m] > 0.0:
            for k in range(worlds):
                under[k] += mined[m, k]
    for k in range(worlds):
        under[k] = min(1.0, allowed[k] / max(under[k], 1e-9))
    for m in range(mines):
        taken, found_here, before, after = mined[m], found[m], ore[m], left[m]
        if pits.under_quota[m] > 0.0:
            for k in range(worlds):
                taken[k] = taken[k] * under[k]
        if pits.exploring[m] > 0.0:
            for k in range(worlds):
                found_here[k] = pits.replacement[k] * taken[k]
        for k in range(worlds):
            after[k] = max(before[k] - taken[k], 0.0) + found_here[k]
        begun = 0
        for k in range(worlds):
            begun += 1 if (opened[m, k] < 0.0) & (taken[k] > 0.1 * nameplate[m, k]) else 0
        if begun > 0:
            if not is_copy:
                first, is_copy = opened.copy(), True
            for k in range(worlds):
                if opened[m, k] < 0.0 and taken[k] > 0.1 * nameplate[m, k]:
                    first[m, k] = month
    return new_utilisation, mined, found, left, first


@kernel
def _vary(seeds: Seeds, stream: np.uint64, month: int, spread: float, factor: Vector) -> None:
    """Luck of a mine's output in a month, (worlds,), in place."""
    when, happens = np.uint64(month), np.uint64(0)
    for k in range(seeds.size):
        factor[k] = uniform_of(seeds[k], stream, when, happens)
    for k in range(seeds.size):
        factor[k] = max(1.0 + spread * normal_quantile(factor[k]), 0.5)


@kernel
def _work_the_mine(
    price: Vector, cost_low: float, cost_high: float, stage: Vector, ramp: Vector, ceiling: Vector, nameplate: Vector,
    utilisation: Vector, speed: Vector, factor: Vector, ore: Vector, moved: Vector, mined: Vector,
) -> None:  # fmt: skip
    """What a mine would bring up without a quota."""
    for k in range(price.size):
        wish = mining.utilisation_wish(price[k], cost_low, cost_high)
        moved[k], mined[k] = mining.work_the_mine(
            stage[k], ramp[k], ceiling[k], nameplate[k], utilisation[k], wish, speed[k], factor[k], ore[k]
        )
