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
    is_safe: Vector
    """1 where users who wish for safe origins buy."""
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


class Terms(NamedTuple):
    """Behaviour that is the same for all mines; (worlds,); see the scenario's behaviour for each."""

    study_appetite: Vector
    yearly: Vector
    loan_relief: Vector
    floor_relief: Vector
    floor_support: Vector
    family_capital: Vector
    equity_pace: Vector
    untaxed: Vector
    """Share of the value left after royalty outside the middle powers."""


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
def kept_after_royalty(host: Index, royalty: tuple[Vector, ...], otherwise: Vector) -> Vector:
    """Share of a mine's sales left after royalty, (mines, worlds).

    Args:
        host: row of the middle power in which each mine lies, -1 elsewhere.
        royalty: of each middle power, (worlds,).
        otherwise: what is left elsewhere, (worlds,).
    """
    worlds = royalty[0].size
    kept = np.empty((host.size, worlds))
    for m in range(host.size):
        row = kept[m]
        if host[m] < 0:
            for k in range(worlds):
                row[k] = otherwise[k]
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


# worlds handled together, so that a mine's numbers stay in the processor's nearest memory
_WORLDS = 256
# rows of the tile through which these numbers pass, worlds side by side
(
    _EXPECTED, _PREMIUM, _MOOD, _APPETITE, _YEARLY, _LOAN_RELIEF, _FLOOR_RELIEF, _FAMILY, _EQUITY_PACE, _HURRY,
    _STAGE, _AFTER, _WORK, _RAMP, _IDLE, _NEED, _GRANTS, _LOANS, _PARTNER, _COST, _KEEP, _MORE, _SAFE, _RELIEF,
    _BEFORE, _WORTH, _BACKED, _EQUITY, _OLD_EQUITY, _MISSING, _PAID, _SPENT, _OUTLAY, _PACE, _MONTHS, _NETBACK,
    _ORE, _OPENED, _ROWS,
) = range(39)  # fmt: skip


@inline
def _take(tile: Vector, row: int, source: Vector, start: int, size: int) -> None:
    for k in range(size):
        tile[row, k] = source[start + k]


@inline
def _give(tile: Vector, row: int, target: Vector, start: int, size: int) -> None:
    for k in range(size):
        target[start + k] = tile[row, k]


@inline
def _fill(tile: Vector, row: int, value: float, size: int) -> None:
    for k in range(size):
        tile[row, k] = value


@kernel
def advance(
    sites: Sites, terms: Terms, harms: Harms, works: Works, expected: Vector, premium: Vector, mood: Vector,
    price: Vector, royalty: tuple[Vector, ...], place: Index, added: Vector, sheltered: Vector,
    struck: Vector, shocked: Vector, stage: Vector, work: Vector, ramp: Vector, idle: Vector, spent: Vector,
    equity: Vector, loans: Vector, grants: Vector, need: Vector, worth: Vector, partner: Vector, opened: Vector,
    ore: Vector,
) -> tuple[Vector, ...]:  # fmt: skip
    """A month of project life.

    Args:
        sites, terms, harms, works: what never changes, behaviour, what may strike, and the hosts' part.
        expected: APT price in Rotterdam that investors expect for the long run, USD/mtu, (worlds,).
        premium: what they expect users to pay on top for safe origins, USD/mtu, (worlds,).
        mood: share markets' liking of tungsten, factor, (worlds,).
        price: USD/mtu in each pool, (pools, worlds).
        royalty: of each middle power, (worlds,).
        place: row in `added` and `sheltered` of each mine that holds a floor, -1 for the others.
        added, sheltered: what floors promise, as from `shelter`.
        struck, shocked: months that events and opening shocks still last.
        stage to ore: state of the mines, (mines, worlds).

    Returns:
        stage, work, ramp, idle, spent, equity, need, worth, relief and missing after the month; equity paid and
        capital spent in it, million USD, (mines, worlds) each; and whether each mine operates in any world, (mines,).
    """
    mines, worlds = stage.shape
    new_stage, new_work, new_ramp = np.empty_like(stage), np.empty_like(stage), np.empty_like(stage)
    new_idle, new_spent, new_equity = np.empty_like(stage), np.empty_like(stage), np.empty_like(stage)
    new_need, new_worth, relief = np.empty_like(stage), np.empty_like(stage), np.empty_like(stage)
    missing, paid, outlay = np.empty_like(stage), np.empty_like(stage), np.empty_like(stage)
    operates, tile = np.zeros(mines, np.bool_), np.zeros((_ROWS, _WORLDS))
    for start in range(0, worlds, _WORLDS):
        size = min(_WORLDS, worlds - start)
        _take(tile, _EXPECTED, expected, start, size)
        _take(tile, _PREMIUM, premium, start, size)
        _take(tile, _MOOD, mood, start, size)
        _take(tile, _APPETITE, terms.study_appetite, start, size)
        _take(tile, _YEARLY, terms.yearly, start, size)
        _take(tile, _LOAN_RELIEF, terms.loan_relief, start, size)
        _take(tile, _FLOOR_RELIEF, terms.floor_relief, start, size)
        _take(tile, _FAMILY, terms.family_capital, start, size)
        _take(tile, _EQUITY_PACE, terms.equity_pace, start, size)
        _take(tile, _HURRY, works.hurry, start, size)
        for m in range(mines):
            host, owned, is_project = sites.host[m], sites.state_owned[m], sites.is_project[m] > 0.0
            studying = financing = building = ramping = operating = resting = 0
            _take(tile, _STAGE, stage[m], start, size)
            for k in range(size):
                now = tile[_STAGE, k]
                tile[_AFTER, k] = now
                studying += 1 if now <= mining.FEASIBILITY else 0
                financing += 1 if now == mining.FINANCING else 0
                building += 1 if now == mining.CONSTRUCTION else 0
                ramping += 1 if now == mining.RAMP_UP else 0
                operating += 1 if now == mining.PRODUCTION else 0
                resting += 1 if now == mining.CARE else 0
            _take(tile, _WORK, work[m], start, size)
            _take(tile, _RAMP, ramp[m], start, size)
            _take(tile, _IDLE, idle[m], start, size)
            _take(tile, _NEED, need[m], start, size)
            _take(tile, _COST, sites.cash_cost[m], start, size)
            if host < 0:
                _take(tile, _KEEP, terms.untaxed, start, size)
            else:
                taken = royalty[host]
                for k in range(size):
                    tile[_KEEP, k] = 1.0 - taken[start + k]
            for k in range(size):
                tile[_MORE, k] = sites.is_safe[m] * tile[_PREMIUM, k]
            if place[m] >= 0:
                more = added[place[m]]
                for k in range(size):
                    tile[_MORE, k] = tile[_MORE, k] + more[start + k]
                _take(tile, _SAFE, sheltered[place[m]], start, size)
            else:
                _fill(tile, _SAFE, 0.0, size)
            # what it is worth to investors, who is behind it, and what shareholders pay in
            payable, capacity = sites.payable[m], sites.capacity[m]
            if is_project:
                _take(tile, _GRANTS, grants[m], start, size)
                _take(tile, _LOANS, loans[m], start, size)
                _take(tile, _PARTNER, partner[m], start, size)
                for k in range(size):
                    tile[_RELIEF, k], tile[_WORTH, k] = mining.appraise(
                        tile[_EXPECTED, k], tile[_MORE, k], payable, tile[_KEEP, k], tile[_COST, k], tile[_NEED, k],
                        tile[_GRANTS, k], tile[_LOANS, k], tile[_SAFE, k], capacity, tile[_YEARLY, k],
                        tile[_LOAN_RELIEF, k], tile[_FLOOR_RELIEF, k],
                    )  # fmt: skip
                _take(tile, _EQUITY, equity[m], start, size)
            else:
                # a mine that stands needs no capital
                for k in range(size):
                    tile[_RELIEF, k], tile[_WORTH, k] = mining.appraise(
                        tile[_EXPECTED, k], tile[_MORE, k], payable, tile[_KEEP, k], tile[_COST, k], 0.0, 0.0, 0.0,
                        tile[_SAFE, k], capacity, tile[_YEARLY, k], tile[_LOAN_RELIEF, k], tile[_FLOOR_RELIEF, k],
                    )  # fmt: skip
                _fill(tile, _EQUITY, 0.0, size)
            _give(tile, _RELIEF, relief[m], start, size)
            _give(tile, _WORTH, new_worth[m], start, size)
            if is_project and financing + building > 0:
                for k in range(size):
                    tile[_BACKED, k] = mining.backing(tile[_PARTNER, k], owned, tile[_FAMILY, k])
                    tile[_OLD_EQUITY, k] = tile[_EQUITY, k]
                for k in range(size):
                    tile[_EQUITY, k], _, tile[_MISSING, k] = mining.raise_money(
                        tile[_STAGE, k], tile[_NEED, k], tile[_OLD_EQUITY, k], tile[_LOANS, k] + tile[_GRANTS, k],
                        tile[_WORTH, k], tile[_BACKED, k], tile[_EQUITY_PACE, k], tile[_MOOD, k],
                    )  # fmt: skip
                    tile[_PAID, k] = tile[_EQUITY, k] - tile[_OLD_EQUITY, k]
                _give(tile, _MISSING, missing[m], start, size)
                _give(tile, _PAID, paid[m], start, size)
            else:
                missing[m, start : start + size] = 0.0
                paid[m, start : start + size] = 0.0
                _fill(tile, _BACKED, 0.0, size)
            _give(tile, _EQUITY, new_equity[m], start, size)
            if not is_project and studying + financing + building > 0:
                _take(tile, _GRANTS, grants[m], start, size)
                _take(tile, _LOANS, loans[m], start, size)
                _take(tile, _PARTNER, partner[m], start, size)
            if building + ramping > 0:
                _fill(tile, _PACE, 1.0, size)
                slow_building(m, harms, struck, shocked, works.power, start, tile[_PACE, :size])
                if host >= 0:
                    asked, required = works.workforce[host], works.required[host]
                    for k in range(size):
                        tile[_PACE, k] = tile[_PACE, k] * local_pace(
                            asked[start + k], required[start + k], works.skills[host, start + k],
                            works.power[host, start + k],
                        )  # fmt: skip
            if studying > 0:
                _take(tile, _BEFORE, worth[m], start, size)
                done, cost_of_study, kept = 0, sites.study_cost[m], sites.kept_by_host[m]
                for k in range(size):
                    study = mining.study_pace(
                        tile[_BEFORE, k], tile[_GRANTS, k], cost_of_study, tile[_APPETITE, k], owned,
                        kept if tile[_PARTNER, k] == STATE else 0.0,
                    )  # fmt: skip
                    if host == UZBEKISTAN:
                        study = study * (0.85 + 0.5 * tile[_HURRY, k])
                    left = tile[_WORK, k] - study
                    is_here = tile[_STAGE, k] <= mining.FEASIBILITY
                    tile[_WORK, k] = left if is_here else tile[_WORK, k]
                    done += 1 if is_here & (left <= 0.0) else 0
                if done > 0:
                    for k in range(size):
                        if tile[_STAGE, k] <= mining.FEASIBILITY and tile[_WORK, k] <= 0.0:
                            flawed, _ = mining.prospects(
                                sites.failure_luck[m, start + k], sites.failure[m], tile[_SAFE, k],
                                terms.floor_support[start + k], tile[_PARTNER, k], owned, tile[_FAMILY, k],
                            )  # fmt: skip
                            tile[_AFTER, k], tile[_WORK, k] = mining.conclude_study(
                                tile[_STAGE, k], tile[_WORK, k], flawed, sites.study_months[m, start + k]
                            )
            if financing > 0:
                for k in range(size):
                    money = tile[_EQUITY, k] + tile[_LOANS, k] + tile[_GRANTS, k]
                    begins = (tile[_STAGE, k] == mining.FINANCING) & mining.is_decided(
                        money, tile[_NEED, k], tile[_WORTH, k], tile[_BACKED, k]
                    )
                    tile[_AFTER, k] = mining.CONSTRUCTION if begins else tile[_AFTER, k]
                for k in range(size):
                    if tile[_STAGE, k] == mining.FINANCING and tile[_AFTER, k] == mining.CONSTRUCTION:
                        tile[_WORK, k] = sites.build_months[m, start + k]
            if building > 0:
                _take(tile, _SPENT, spent[m], start, size)
                _take(tile, _MONTHS, sites.build_months[m], start, size)
                for k in range(size):
                    after, left, ramped, idled, paid_out = mining.build(
                        tile[_WORK, k], tile[_RAMP, k], tile[_IDLE, k], tile[_SPENT, k], tile[_PACE, k],
                        tile[_MONTHS, k], tile[_NEED, k], tile[_EQUITY, k] + tile[_LOANS, k] + tile[_GRANTS, k],
                    )  # fmt: skip
                    is_here = tile[_STAGE, k] == mining.CONSTRUCTION
                    tile[_OUTLAY, k] = paid_out - tile[_SPENT, k] if is_here else 0.0
                    tile[_AFTER, k] = after if is_here else tile[_AFTER, k]
                    tile[_WORK, k] = left if is_here else tile[_WORK, k]
                    tile[_RAMP, k] = ramped if is_here else tile[_RAMP, k]
                    tile[_IDLE, k] = idled if is_here else tile[_IDLE, k]
                    tile[_SPENT, k] = paid_out if is_here else tile[_SPENT, k]
                _give(tile, _SPENT, new_spent[m], start, size)
                _give(tile, _OUTLAY, outlay[m], start, size)
            else:
                new_spent[m, start : start + size] = spent[m, start : start + size]
                outlay[m, start : start + size] = 0.0
            if ramping + operating + resting > 0:
                deliver, ramp_months = price[sites.pool[m]], sites.ramp_months[m]
                low, high = sites.cost_low[m], sites.cost_high[m]
                for k in range(size):
                    tile[_NETBACK, k] = deliver[start + k] * tile[_KEEP, k]
                if ramping + operating > 0:
                    _take(tile, _ORE, ore[m], start, size)
                    for k in range(size):
                        after, ramped, idled = mining.run(
                            tile[_STAGE, k], tile[_RAMP, k], tile[_IDLE, k], tile[_PACE, k] / ramp_months,
                            tile[_NETBACK, k], low, tile[_ORE, k],
                        )  # fmt: skip
                        is_here = (tile[_STAGE, k] == mining.RAMP_UP) | (tile[_STAGE, k] == mining.PRODUCTION)
                        tile[_AFTER, k] = after if is_here else tile[_AFTER, k]
                        tile[_RAMP, k] = ramped if is_here else tile[_RAMP, k]
                        tile[_IDLE, k] = idled if is_here else tile[_IDLE, k]
                if resting > 0:
                    _take(tile, _OPENED, opened[m], start, size)
                    for k in range(size):
                        restart = 0.0 if tile[_OPENED, k] >= 0.0 else tile[_NEED, k]
                        after, ramped, idled = mining.rest(
                            tile[_RAMP, k], tile[_IDLE, k], restart, tile[_WORTH, k], tile[_NETBACK, k], low, high
                        )
                        is_here = tile[_STAGE, k] == mining.CARE
                        tile[_AFTER, k] = after if is_here else tile[_AFTER, k]
                        tile[_RAMP, k] = ramped if is_here else tile[_RAMP, k]
                        tile[_IDLE, k] = idled if is_here else tile[_IDLE, k]
            changed = running = 0
            for k in range(size):
                after = tile[_AFTER, k]
                changed += 1 if after != tile[_STAGE, k] else 0
                running += 1 if (after == mining.RAMP_UP) | (after == mining.PRODUCTION) else 0
            operates[m] |= running > 0
            if changed > 0:
                # overruns show once building has begun
                for k in range(size):
                    if tile[_AFTER, k] != tile[_STAGE, k]:
                        is_built = tile[_AFTER, k] >= mining.CONSTRUCTION
                        tile[_NEED, k] = sites.need_true[m, start + k] if is_built else sites.need_known[m, start + k]
            _give(tile, _AFTER, new_stage[m], start, size)
            _give(tile, _WORK, new_work[m], start, size)
            _give(tile, _RAMP, new_ramp[m], start, size)
            _give(tile, _IDLE, new_idle[m], start, size)
            _give(tile, _NEED, new_need[m], start, size)
    return (
        new_stage, new_work, new_ramp, new_idle, new_spent, new_equity, new_need, new_worth, relief, missing,
        paid, outlay, operates,
    )  # fmt: skip
