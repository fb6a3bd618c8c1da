"""All that states offer to projects in a month, worked out in one pass over the projects of all worlds."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import numpy as np

from agents import lenders
from agents.government import Decisions
from agents.observation import Observation
from agents.public_money import (
    AMERICAN,
    BY_CHINA,
    BY_EAST,
    BY_EUROPE,
    BY_RUSSIA,
    BY_STUDIES,
    BY_TURKEY,
    BY_US,
    EUROPEAN,
    KAZAKH,
    LETTER,
    SINCE,
    UNTIL,
    UZBEK,
    traits,
)  # fmt: skip
from sim.bare import bare, bare_inline
from sim.blocks import copy
from sim.lanes import LANES, everywhere, get, give, put, somewhere, take, where, within
from sim.levers import OFFTAKERS
from sim.memory import unfilled
from sim.mining import incentive_price
from sim.network import Index, Vector
from sim.prospects import FEW, enlist, for_two, free_output, is_chosen, open_list, part_kept

OFFERS = (
    "china.overseas_finance", "united_states.loan", "united_states.offtake_share", "united_states.floor_price",
    "united_states.mine_support", "european_union.project_finance", "european_union.offtake_share",
    "japan_korea.project_finance", "japan_korea.offtake_share", "turkey.project_finance", "russia.state_finance",
)  # fmt: skip
"""Levers of the offers, in the order of their tables."""
CHINESE_MONEY, US_LOAN, US_SHARE, US_FLOOR, US_GRANT, EU_LOAN = range(6)
EU_SHARE, EAST_LOAN, EAST_SHARE, TURKISH_LOAN, RUSSIAN_MONEY = range(6, 11)
"""Rows of OFFERS."""
ROLES = ("china", "united_states", "european_union", "japan_korea", "turkey", "russia")
"""Who offers, in the order in which the pass reads what each knows of itself."""
CHINA, US, EU, EAST, TURKEY, RUSSIA = range(len(ROLES))
"""Rows of ROLES."""
TRUSTED = tuple((role, f"trust.{host}") for role in ("china", "turkey") for host in ("kazakhstan", "uzbekistan"))
"""Whose trust in which host counts."""
CHINA_KAZAKHSTAN, CHINA_UZBEKISTAN, TURKEY_KAZAKHSTAN, TURKEY_UZBEKISTAN = range(len(TRUSTED))
"""Rows of TRUSTED."""

STATE = ("missing", "loan.signed", "partner", "stage", "capex", *(f"offtake.{buyer}" for buyer in OFFTAKERS))
"""What is seen of the projects, but for two parts of their incentive prices, which come after NEEDS of them."""
NEEDS = STATE.index("capex") + 1

GROUPS = 8
"""Groups of LANES worlds whose tables are read together: long enough stretches of a row for the processor to foresee."""
# rows of numbers by lane for each project and group of worlds
MONEY, GRANT, TURKISH, RUSSIAN, STAGE, PARTNER, PRICE, FREE = range(8)
LOAN, EUROPEAN_LOAN, EUROPEAN_SHARE, EASTERN_LOAN, EASTERN_SHARE = range(8, 13)
ROWS = 13
# what some lender offers in some world of a group
MINES, STUDIES, TURKS, RUSSIANS, AMERICANS, EUROPEANS, EASTERNERS, DELIVERED = range(8)
LENDERS = 7
RANKING = AMERICANS
"""The first of the lenders that choose a few."""


@bare_inline
def _offer(row, o, offered, value):  # type: ignore[no-untyped-def]
    """Write an offer, and zero where nothing is offered; rows that were empty and stay so are not touched."""
    out, has, now_has, most, p, first, many, here = row
    if somewhere(offered):
        now_has[o, p] = 1
        give(out, first + o * many, here, where(offered, min(max(value, 0.0), most[o]), 0.0))
    elif has[o, p] > 0:
        give(out, first + o * many, here, 0.0)


@bare_inline
def _offer_none(row, o, last):  # type: ignore[no-untyped-def]
    """Write that nothing is offered in some rows of OFFERS."""
    out, has, _, _, p, first, many, here = row
    for each in range(o, last + 1):
        if has[each, p] > 0:
            give(out, first + each * many, here, 0.0)


@bare_inline
def _add(sums, row, offer):  # type: ignore[no-untyped-def]
    put(sums, row, get(sums, row) + offer)


@bare
def call_for_offers(
    rows: Index, known: Vector, tables: tuple[Vector, ...], sites: tuple[Vector, ...], long_run: Vector,
    minds: tuple[tuple[Vector, ...], ...], most: Vector, out: Vector, has: Index, room: tuple[Vector, ...],
    marks: tuple[Index, ...],
) -> None:  # fmt: skip
    """Let all states offer to all projects what their equations in `agents.lenders` say.

    Args:
        rows: row of each project among all mines.
        known: what is known of projects for good, (traits, projects).
        tables: missing, loans signed, partner, stage, capital cost, grants, share of the capital charge left, and share
            of output under contract to each of OFFTAKERS, (mines x worlds,) each.
        sites: cash cost and annuity, (mines x worlds,); capacity and payable share, (mines,).
        long_run: price to which holders expect APT to return, USD/mtu, (worlds,).
        minds: temperaments and budgets of ROLES, and trust of TRUSTED, (worlds,) each.
        most: upper end of each offer's range, (offers,).
        out: tables to be filled, (offers x projects x worlds,).
        has: 1 for rows of these tables that are not all zero, (offers, projects); at first of what they held before.
        room, marks: working memory, see `Tables`.
    """
    projects, worlds = rows.size, long_run.size
    cash_cost, yearly, capacity, payable = sites
    missing, signed, partner, stage, capex, grants, relief, china, us, europe, east = tables
    tempers, budgets, trusts = minds
    tile, best, which, sums, parts = room
    flags, looked, now_has = marks
    many = projects * worlds
    now_has[:] = 0
    for start in range(0, worlds, GROUPS * LANES):
        groups = min(GROUPS, (worlds - start + LANES - 1) // LANES)
        for each in range(3 * GROUPS):
            open_list(best, which, each)
        sums[:] = 0.0
        count = 0
        for p in range(projects):
            found = 0
            for g in range(groups):
                k = start + g * LANES
                here, at, t, flag = within(k, worlds), rows[p] * worlds + k, (count * GROUPS + g) * ROWS, 0
                lacking, now, american = take(missing, at, here), take(stage, at, here), take(tempers[US], k, here)
                lacks = here & (lacking > 0.0)
                look = lacks | (here & (now >= known[SINCE, p]) & (now <= known[UNTIL, p]))
                if known[BY_US, p] > 0.0:
                    delivered = (now >= lenders.CONSTRUCTION) & (now <= lenders.PRODUCTION)
                    delivered = here & delivered & (american == lenders.PRAGMATIST)
                    look = look | delivered
                    if somewhere(delivered):
                        flag |= 1 << DELIVERED
                flags[count, g] = flag
                if not somewhere(look):
                    continue
                found += 1
                price = take(long_run, k, here)
                holder, lent, cost = take(partner, at, here), take(signed, at, here), take(capex, at, here)
                incentive = incentive_price(
                    take(cash_cost, at, here), cost, take(grants, at, here), capacity[rows[p]], take(yearly, at, here),
                    take(relief, at, here), payable[rows[p]],
                )  # fmt: skip
                if known[BY_CHINA, p] > 0.0:
                    trust = everywhere(lenders.AFRICAN_TRUST)
                    if known[KAZAKH, p] > 0.0:
                        trust = take(trusts[CHINA_KAZAKHSTAN], k, here)
                    elif known[UZBEK, p] > 0.0:
                        trust = take(trusts[CHINA_UZBEKISTAN], k, here)
                    chinese = take(tempers[CHINA], k, here)
                    money = lenders.chinese_money(holder, now, lacking, lent, cost, incentive, trust, chinese, price)
                    money = where(look, money, 0.0)
                    if somewhere(money > 0.0):
                        flag |= 1 << MINES
                        put(tile, t + MONEY, money)
                        _add(sums, g * LENDERS + MINES, money)
                if known[BY_STUDIES, p] > 0.0:
                    grant = lenders.american_grant(now, holder, incentive, known[AMERICAN, p], american, price)
                    grant = where(look, grant, 0.0)
                    if somewhere(grant > 0.0):
                        flag |= 1 << STUDIES
                        put(tile, t + GRANT, grant)
                        _add(sums, g * LENDERS + STUDIES, grant)
                free = everywhere(0.0)
                if known[BY_US, p] + known[BY_EUROPE, p] + known[BY_EAST, p] > 0.0:
                    free = free_output(
                        take(china, at, here), take(us, at, here), take(europe, at, here), take(east, at, here)
                    )
                if known[BY_US, p] > 0.0:
                    if known[LETTER, p] > 0.0:
                        central = max(known[KAZAKH, p], known[UZBEK, p])
                        loan = lenders.lettered_loan(holder, now, lacking, lent, cost, american, known[LETTER, p], central)
                        loan = where(look, loan, 0.0)
                        if somewhere(loan > 0.0):
                            flag |= 1 << AMERICANS
                    else:
                        rank, loan = lenders.american_loan(lacking, lent, holder, free, incentive, american, price)
                        if enlist(best, which, g, rank, float(p)):
                            flag |= 1 << AMERICANS
                    if flag & (1 << AMERICANS | 1 << DELIVERED):
                        put(tile, t + LOAN, loan)
                        put(tile, t + STAGE, now)
                        put(tile, t + PARTNER, holder)
                        put(tile, t + PRICE, incentive)
                        put(tile, t + FREE, free)
                if somewhere(lacks):
                    if known[BY_EUROPE, p] > 0.0:
                        rank, loan, share = lenders.european_loan(
                            lacking, holder, incentive, lent, free, known[EUROPEAN, p], take(tempers[EU], k, here), price
                        )
                        if enlist(best, which, GROUPS + g, rank, float(p)):
                            flag |= 1 << EUROPEANS
                            put(tile, t + EUROPEAN_LOAN, loan)
                            put(tile, t + EUROPEAN_SHARE, share)
                    if known[BY_EAST, p] > 0.0:
                        rank, loan, share = lenders.eastern_loan(
                            lacking, holder, incentive, lent, free, take(tempers[EAST], k, here), price
                        )
                        if enlist(best, which, 2 * GROUPS + g, rank, float(p)):
                            flag |= 1 << EASTERNERS
                            put(tile, t + EASTERN_LOAN, loan)
                            put(tile, t + EASTERN_SHARE, share)
                    if known[BY_TURKEY, p] > 0.0:
                        trust = take(trusts[TURKEY_UZBEKISTAN], k, here)
                        if known[KAZAKH, p] > 0.0:
                            trust = take(trusts[TURKEY_KAZAKHSTAN], k, here)
                        loan = lenders.turkish_loan(holder, lacking, lent, trust, take(tempers[TURKEY], k, here))
                        if somewhere(loan > 0.0):
                            flag |= 1 << TURKS
                            put(tile, t + TURKISH, loan)
                            _add(sums, g * LENDERS + TURKS, loan)
                    if known[BY_RUSSIA, p] > 0.0:
                        paid = lenders.russian_money(lacking, lent, take(tempers[RUSSIA], k, here))
                        if somewhere(paid > 0.0):
                            flag |= 1 << RUSSIANS
                            put(tile, t + RUSSIAN, paid)
                            _add(sums, g * LENDERS + RUSSIANS, paid)
                flags[count, g] = flag
            if found:
                looked[count] = p
                count += 1
            else:
                for o in range(has.shape[0]):
                    if has[o, p] > 0:
                        at = o * many + p * worlds
                        out[at + start : at + min(start + groups * LANES, worlds)] = 0.0
        # which of them are chosen, and what all of them come to
        for s in range(count):
            for g in range(groups):
                flag, place, t, k = flags[s, g], float(looked[s]), (s * GROUPS + g) * ROWS, start + g * LANES
                here = within(k, worlds)
                if flag & (1 << AMERICANS | 1 << DELIVERED):
                    loan = get(tile, t + LOAN)
                    if not known[LETTER, looked[s]] > 0.0:
                        few = for_two(take(tempers[US], k, here), lenders.LOANS)
                        loan = where(is_chosen(which, g, place, few), loan, 0.0)
                        put(tile, t + LOAN, loan)
                    _add(sums, g * LENDERS + AMERICANS, loan)
                if flag & 1 << EUROPEANS:
                    few = for_two(take(tempers[EU], k, here), lenders.EU_LOANS)
                    loan = where(is_chosen(which, GROUPS + g, place, few), get(tile, t + EUROPEAN_LOAN), 0.0)
                    put(tile, t + EUROPEAN_LOAN, loan)
                    _add(sums, g * LENDERS + EUROPEANS, loan)
                if flag & 1 << EASTERNERS:
                    few = for_two(take(tempers[EAST], k, here), lenders.EASTERN_LOANS)
                    loan = where(is_chosen(which, 2 * GROUPS + g, place, few), get(tile, t + EASTERN_LOAN), 0.0)
                    put(tile, t + EASTERN_LOAN, loan)
                    _add(sums, g * LENDERS + EASTERNERS, loan)
        # the share of it that each may promise
        for g in range(groups):
            k, first = start + g * LANES, g * LENDERS
            here = within(k, worlds)
            budget = take(budgets[US], k, here)
            together = (
                (MINES, lenders.OVERSEAS_YEARS * take(budgets[CHINA], k, here)),
                (STUDIES, lenders.GRANTS_SHARE * budget),
                (AMERICANS, for_two(take(tempers[US], k, here), lenders.AMERICAN_YEARS) * budget),
                (EUROPEANS, lenders.LENDING_YEARS * take(budgets[EU], k, here)),
                (EASTERNERS, lenders.LENDING_YEARS * take(budgets[EAST], k, here)),
                (TURKS, lenders.LENDING_YEARS * take(budgets[TURKEY], k, here)),
                (RUSSIANS, lenders.RUSSIAN_YEARS * take(budgets[RUSSIA], k, here)),
            )
            for lender, limit in together:
                put(parts, first + lender, part_kept(get(sums, first + lender), limit))
        for s in range(count):
            p = looked[s]
            for g in range(groups):
                flag, t, k, part = flags[s, g], (s * GROUPS + g) * ROWS, start + g * LANES, g * LENDERS
                here = within(k, worlds)
                row = (out, has, now_has, most, p, p * worlds + k, many, here)
                if flag & 1 << MINES:
                    money = get(tile, t + MONEY)
                    _offer(row, CHINESE_MONEY, money > 0.0, money * get(parts, part + MINES))
                else:
                    _offer_none(row, CHINESE_MONEY, CHINESE_MONEY)
                if flag & (1 << AMERICANS | 1 << DELIVERED):
                    asked = get(tile, t + LOAN)
                    loan = asked * get(parts, part + AMERICANS)
                    share, floor = lenders.american_contract(
                        loan, get(tile, t + STAGE), get(tile, t + PARTNER), get(tile, t + PRICE), get(tile, t + FREE),
                        take(tempers[US], k, here),
                    )  # fmt: skip
                    wanted = here & ((share > 0.0) | (floor > 0.0))
                    _offer(row, US_LOAN, asked > 0.0, loan)
                    _offer(row, US_SHARE, wanted, share)
                    _offer(row, US_FLOOR, wanted, floor)
                else:
                    _offer_none(row, US_LOAN, US_FLOOR)
                if flag & 1 << STUDIES:
                    grant = get(tile, t + GRANT)
                    _offer(row, US_GRANT, grant > 0.0, grant * get(parts, part + STUDIES))
                else:
                    _offer_none(row, US_GRANT, US_GRANT)
                if flag & 1 << EUROPEANS:
                    asked = get(tile, t + EUROPEAN_LOAN)
                    _offer(row, EU_LOAN, asked > 0.0, asked * get(parts, part + EUROPEANS))
                    _offer(row, EU_SHARE, asked > 0.0, get(tile, t + EUROPEAN_SHARE))
                else:
                    _offer_none(row, EU_LOAN, EU_SHARE)
                if flag & 1 << EASTERNERS:
                    asked = get(tile, t + EASTERN_LOAN)
                    _offer(row, EAST_LOAN, asked > 0.0, asked * get(parts, part + EASTERNERS))
                    _offer(row, EAST_SHARE, asked > 0.0, get(tile, t + EASTERN_SHARE))
                else:
                    _offer_none(row, EAST_LOAN, EAST_SHARE)
                if flag & 1 << TURKS:
                    asked = get(tile, t + TURKISH)
                    _offer(row, TURKISH_LOAN, asked > 0.0, asked * get(parts, part + TURKS))
                else:
                    _offer_none(row, TURKISH_LOAN, TURKISH_LOAN)
                if flag & 1 << RUSSIANS:
                    asked = get(tile, t + RUSSIAN)
                    _offer(row, RUSSIAN_MONEY, asked > 0.0, asked * get(parts, part + RUSSIANS))
                else:
                    _offer_none(row, RUSSIAN_MONEY, RUSSIAN_MONEY)
    for o in range(has.shape[0]):
        copy(now_has[o], has[o])


class Tables:
    """Tables of all offers, (offers, projects, worlds), which are used again once nobody holds them any more."""

    def __init__(self, projects: int, worlds: int) -> None:
        self.table = np.zeros((len(OFFERS), projects, worlds))
        self.has = np.zeros((len(OFFERS), projects), np.int64)
        """1 for rows that are not all zero, (offers, projects)."""
        few, lenders_of_all = 3 * GROUPS * FEW, GROUPS * LENDERS
        rows = (projects * GROUPS * ROWS, few, few, lenders_of_all, lenders_of_all)
        self.room = tuple([unfilled(count, LANES) for count in rows])
        """Numbers by lane of the worlds at hand: of each project, the best of each lender, and the lenders' sums."""
        self.marks = np.empty((projects, GROUPS), np.int64), np.empty(projects, np.int64), np.empty_like(self.has)
        """What is offered to each project, which are looked at, and what `has` becomes."""

    def free(self) -> Tables:
        """These tables, or new ones if somebody still holds them."""
        return self if sys.getrefcount(self.table) == 2 else Tables(*self.table.shape[1:])


def invite(views: Mapping[str, Observation], most: Vector, tables: Tables) -> dict[str, Vector]:
    """Let states offer to projects; gives what is offered by lever, (projects, worlds), which each of them then finds.

    Args:
        views: what each of those who are asked knows.
        most: upper end of each offer's range, (offers,).
        tables: to be filled.
    """
    any_view = next(iter(views.values()))
    nothing = any_view.every(0.0)
    tempers, budgets = (
        tuple([views[role][name] if role in views else nothing for role in ROLES]) for name in ("temperament", "budget")
    )
    trusts = tuple([views[role][host] if role in views else nothing for role, host in TRUSTED])
    cost, grants, capacity, yearly, relief, payable = any_view.parts_of_incentive()
    known = any_view.several(STATE)
    state = [*known[:NEEDS], grants, relief, *known[NEEDS:]]
    call_for_offers(
        any_view.project_rows, traits(any_view.projects, tuple(views)), tuple([table.reshape(-1) for table in state]),
        (cost.reshape(-1), yearly.reshape(-1), capacity, payable), any_view["price.long_run"],
        (tempers, budgets, trusts), most,
        tables.table.reshape(-1), tables.has, tables.room, tables.marks,
    )  # fmt: skip
    offered = dict(zip(OFFERS, tables.table, strict=True))
    for role, seen in views.items():
        own = {lever: offered[lever] for lever in OWN[role]}
        seen.worked_out(f"offers of {role}", lambda own=own: own)  # type: ignore[misc]
    return offered


def offers_of(seen: Observation) -> Decisions:
    """What a role offers to projects, by lever, (projects, worlds); worked out for it alone if nobody has asked all."""
    def alone() -> Decisions:
        offered = invite({seen.role: seen}, UNBOUNDED, Tables(len(seen.projects), seen.worlds))
        return {lever: offered[lever] for lever in OWN[seen.role]}

    found: Decisions = seen.worked_out(f"offers of {seen.role}", alone)
    return found


UNBOUNDED = np.full(len(OFFERS), np.inf)
OWN = {role: tuple(lever for lever in OFFERS if lever.startswith(f"{role}.")) for role in ROLES}
"""Levers by which each of them offers."""
