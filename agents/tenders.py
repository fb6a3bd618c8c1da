"""All that states offer to projects in a month, worked out in one pass over the projects of all worlds."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import numpy as np

from agents import lenders
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
from sim.compiled import inline, kernel
from sim.lanes import LANES, everywhere, get, give, put, somewhere, take, where, within
from sim.levers import OFFTAKERS
from sim.mining import incentive_price
from sim.network import Index, Vector
from sim.prospects import FEW, cut, enlist, for_two, free_output, is_chosen, open_list

OFFERS = (
    "china.overseas_finance", "united_states.loan", "united_states.offtake_share", "united_states.floor_price",
    "united_states.mine_support", "european_union.project_finance", "european_union.offtake_share",
    "japan_korea.project_finance", "japan_korea.offtake_share", "turkey.project_finance", "russia.state_finance",
)  # fmt: skip
"""Levers of the offers, in the order of their tables."""
ROLES = ("china", "united_states", "european_union", "japan_korea", "turkey", "russia")
"""Who offers, in the order in which the pass reads what each knows of itself."""
TRUSTED = (("china", "kazakhstan"), ("china", "uzbekistan"), ("turkey", "kazakhstan"), ("turkey", "uzbekistan"))
"""Whose trust in which host counts."""

# rows of numbers by lane for each project that somebody looks at
MONEY, GRANT, TURKISH, RUSSIAN, STAGE, PARTNER, PRICE, FREE = range(8)
LOAN, EUROPEAN_LOAN, EUROPEAN_SHARE, EASTERN_LOAN, EASTERN_SHARE = range(8, 13)
ROWS = 13
# lists of the few that are lent to
AMERICANS, EUROPEANS, EASTERNERS = range(3)


@inline
def _write(out, first, here, offered, value, most, has, now_has, o, p):  # type: ignore[no-untyped-def]
    """Write an offer, and zero where nothing is offered; rows that were empty and stay so are not touched."""
    if somewhere(offered):
        now_has[o, p] = 1
        give(out, first, here, where(offered, min(max(value, 0.0), most[o]), 0.0))
    elif has[o, p] > 0:
        give(out, first, here, 0.0)


@kernel
def call_for_offers(
    rows: Index, known: Vector, tables: tuple[Vector, ...], sites: tuple[Vector, ...], long_run: Vector,
    minds: tuple[Vector, ...], most: Vector, offers: Vector, has: Index,
) -> None:  # fmt: skip
    """Let all states offer to all projects what their equations in `agents.lenders` say.

    Args:
        rows: row of each project among all mines.
        known: what is known of projects for good, (traits, projects).
        tables: missing, loans signed, partner, stage, capital cost, grants, share of the capital charge left, and share
            of output under contract to each of OFFTAKERS, (mines, worlds) each.
        sites: cash cost and annuity, (mines, worlds); capacity and payable share, (mines,).
        long_run: price to which holders expect APT to return, USD/mtu, (worlds,).
        minds: of ROLES the temperaments, then the budgets, then the trust of TRUSTED, (worlds,) each.
        most: upper end of each offer's range, (offers,).
        offers: tables to be filled, (offers, projects, worlds).
        has: 1 for rows of these tables that are not all zero, (offers, projects); at first of what they held before.
    """
    projects, worlds = rows.size, long_run.size
    missing, signed, partner = tables[0].reshape(-1), tables[1].reshape(-1), tables[2].reshape(-1)
    stage, capex, grants, relief = (
        tables[3].reshape(-1), tables[4].reshape(-1), tables[5].reshape(-1), tables[6].reshape(-1)
    )  # fmt: skip
    china, us, europe, east = (
        tables[7].reshape(-1), tables[8].reshape(-1), tables[9].reshape(-1), tables[10].reshape(-1)
    )  # fmt: skip
    cash_cost, yearly, out = sites[0].reshape(-1), sites[1].reshape(-1), offers.reshape(-1)
    tile, best, which = np.empty((projects * ROWS, LANES)), np.empty((3 * FEW, LANES)), np.empty((3 * FEW, LANES))
    looked, now_has, many = np.empty(projects, np.int64), np.zeros_like(has), projects * worlds
    for k in range(0, worlds, LANES):
        here = within(k, worlds)
        price = take(long_run, k, here)
        chinese, american, european = take(minds[0], k, here), take(minds[1], k, here), take(minds[2], k, here)
        eastern, turkish, russian = take(minds[3], k, here), take(minds[4], k, here), take(minds[5], k, here)
        pragmatic = here & (american == lenders.PRAGMATIST)
        for lender in range(3):
            open_list(best, which, lender)
        abroad, studies, turks, russians = everywhere(0.0), everywhere(0.0), everywhere(0.0), everywhere(0.0)
        count = 0
        for p in range(projects):
            at = rows[p] * worlds + k
            lacking, now = take(missing, at, here), take(stage, at, here)
            lacks = here & (lacking > 0.0)
            look = lacks | (here & (now >= known[SINCE, p]) & (now <= known[UNTIL, p]))
            if known[BY_US, p] > 0.0:
                look = look | (pragmatic & (now >= lenders.CONSTRUCTION) & (now <= lenders.PRODUCTION))
            if not somewhere(look):
                for o in range(has.shape[0]):
                    if has[o, p] > 0:
                        give(out, o * many + p * worlds + k, here, 0.0)
                continue
            t = count * ROWS
            looked[count] = p
            count += 1
            holder, lent, cost = take(partner, at, here), take(signed, at, here), take(capex, at, here)
            incentive = incentive_price(
                take(cash_cost, at, here), cost, take(grants, at, here), sites[2][rows[p]], take(yearly, at, here),
                take(relief, at, here), sites[3][rows[p]],
            )  # fmt: skip
            if known[BY_CHINA, p] > 0.0:
                trust = everywhere(lenders.AFRICAN_TRUST)
                if known[KAZAKH, p] > 0.0:
                    trust = take(minds[12], k, here)
                elif known[UZBEK, p] > 0.0:
                    trust = take(minds[13], k, here)
                money = lenders.chinese_money(holder, now, lacking, lent, cost, incentive, trust, chinese, price)
                money = where(look, money, 0.0)
                put(tile, t + MONEY, money)
                abroad = abroad + money
            if known[BY_STUDIES, p] > 0.0:
                grant = lenders.american_grant(now, holder, incentive, known[AMERICAN, p], american, price)
                grant = where(look, grant, 0.0)
                put(tile, t + GRANT, grant)
                studies = studies + grant
            free = everywhere(0.0)
            if known[BY_US, p] + known[BY_EUROPE, p] + known[BY_EAST, p] > 0.0:
                free = free_output(take(china, at, here), take(us, at, here), take(europe, at, here), take(east, at, here))
            if known[BY_US, p] > 0.0:
                put(tile, t + STAGE, now)
                put(tile, t + PARTNER, holder)
                put(tile, t + PRICE, incentive)
                put(tile, t + FREE, free)
                if known[LETTER, p] > 0.0:
                    central = max(known[KAZAKH, p], known[UZBEK, p])
                    loan = lenders.lettered_loan(holder, now, lacking, lent, cost, american, known[LETTER, p], central)
                    put(tile, t + LOAN, where(look, loan, 0.0))
                else:
                    rank, loan = lenders.american_loan(lacking, lent, holder, free, incentive, american, price)
                    put(tile, t + LOAN, loan)
                    enlist(best, which, AMERICANS, rank, float(p))
            for row in (TURKISH, RUSSIAN, EUROPEAN_LOAN, EUROPEAN_SHARE, EASTERN_LOAN, EASTERN_SHARE):
                put(tile, t + row, 0.0)
            if not somewhere(lacks):
                continue
            if known[BY_EUROPE, p] > 0.0:
                rank, loan, share = lenders.european_loan(
                    lacking, holder, incentive, lent, free, known[EUROPEAN, p], european, price
                )
                put(tile, t + EUROPEAN_LOAN, loan)
                put(tile, t + EUROPEAN_SHARE, share)
                enlist(best, which, EUROPEANS, rank, float(p))
            if known[BY_EAST, p] > 0.0:
                rank, loan, share = lenders.eastern_loan(lacking, holder, incentive, lent, free, eastern, price)
                put(tile, t + EASTERN_LOAN, loan)
                put(tile, t + EASTERN_SHARE, share)
                enlist(best, which, EASTERNERS, rank, float(p))
            if known[BY_TURKEY, p] > 0.0:
                trust = take(minds[15], k, here)
                if known[KAZAKH, p] > 0.0:
                    trust = take(minds[14], k, here)
                loan = where(look, lenders.turkish_loan(holder, lacking, lent, trust, turkish), 0.0)
                put(tile, t + TURKISH, loan)
                turks = turks + loan
            if known[BY_RUSSIA, p] > 0.0:
                paid = where(look, lenders.russian_money(lacking, lent, russian), 0.0)
                put(tile, t + RUSSIAN, paid)
                russians = russians + paid
        # which of them are chosen, and what all of them come to
        americans, europeans, easterners = everywhere(0.0), everywhere(0.0), everywhere(0.0)
        at_once = for_two(american, lenders.LOANS)
        european_few, eastern_few = for_two(european, lenders.EU_LOANS), for_two(eastern, lenders.EASTERN_LOANS)
        for s in range(count):
            p, t = looked[s], s * ROWS
            if known[BY_US, p] > 0.0:
                loan = get(tile, t + LOAN)
                if not known[LETTER, p] > 0.0:
                    loan = where(is_chosen(which, AMERICANS, float(p), at_once), loan, 0.0)
                    put(tile, t + LOAN, loan)
                americans = americans + loan
            if known[BY_EUROPE, p] > 0.0:
                chosen = is_chosen(which, EUROPEANS, float(p), european_few)
                loan = where(chosen, get(tile, t + EUROPEAN_LOAN), 0.0)
                put(tile, t + EUROPEAN_LOAN, loan)
                europeans = europeans + loan
            if known[BY_EAST, p] > 0.0:
                chosen = is_chosen(which, EASTERNERS, float(p), eastern_few)
                loan = where(chosen, get(tile, t + EASTERN_LOAN), 0.0)
                put(tile, t + EASTERN_LOAN, loan)
                easterners = easterners + loan
        # offers within what each may promise
        chinese_limit = lenders.OVERSEAS_YEARS * take(minds[6], k, here)
        studies_limit = lenders.GRANTS_SHARE * take(minds[7], k, here)
        american_limit = for_two(american, lenders.AMERICAN_YEARS) * take(minds[7], k, here)
        european_limit = lenders.LENDING_YEARS * take(minds[8], k, here)
        eastern_limit = lenders.LENDING_YEARS * take(minds[9], k, here)
        turkish_limit = lenders.LENDING_YEARS * take(minds[10], k, here)
        russian_limit = lenders.RUSSIAN_YEARS * take(minds[11], k, here)
        for s in range(count):
            p, t, first = looked[s], s * ROWS, looked[s] * worlds + k
            if known[BY_CHINA, p] > 0.0:
                money = get(tile, t + MONEY)
                _write(out, first, here, money > 0.0, cut(money, abroad, chinese_limit), most, has, now_has, 0, p)
            if known[BY_US, p] > 0.0:
                asked = get(tile, t + LOAN)
                loan = cut(asked, americans, american_limit)
                share, floor = lenders.american_contract(
                    loan, get(tile, t + STAGE), get(tile, t + PARTNER), get(tile, t + PRICE), get(tile, t + FREE), american
                )
                wanted = here & ((share > 0.0) | (floor > 0.0))
                _write(out, first + many, here, asked > 0.0, loan, most, has, now_has, 1, p)
                _write(out, first + 2 * many, here, wanted, share, most, has, now_has, 2, p)
                _write(out, first + 3 * many, here, wanted, floor, most, has, now_has, 3, p)
            if known[BY_STUDIES, p] > 0.0:
                grant = get(tile, t + GRANT)
                granted = cut(grant, studies, studies_limit)
                _write(out, first + 4 * many, here, grant > 0.0, granted, most, has, now_has, 4, p)
            if known[BY_EUROPE, p] > 0.0:
                asked = get(tile, t + EUROPEAN_LOAN)
                loan, share = cut(asked, europeans, european_limit), get(tile, t + EUROPEAN_SHARE)
                _write(out, first + 5 * many, here, asked > 0.0, loan, most, has, now_has, 5, p)
                _write(out, first + 6 * many, here, asked > 0.0, share, most, has, now_has, 6, p)
            if known[BY_EAST, p] > 0.0:
                asked = get(tile, t + EASTERN_LOAN)
                loan, share = cut(asked, easterners, eastern_limit), get(tile, t + EASTERN_SHARE)
                _write(out, first + 7 * many, here, asked > 0.0, loan, most, has, now_has, 7, p)
                _write(out, first + 8 * many, here, asked > 0.0, share, most, has, now_has, 8, p)
            if known[BY_TURKEY, p] > 0.0:
                asked = get(tile, t + TURKISH)
                _write(out, first + 9 * many, here, asked > 0.0, cut(asked, turks, turkish_limit), most, has, now_has, 9, p)
            if known[BY_RUSSIA, p] > 0.0:
                asked = get(tile, t + RUSSIAN)
                paid = cut(asked, russians, russian_limit)
                _write(out, first + 10 * many, here, asked > 0.0, paid, most, has, now_has, 10, p)
    has[:] = now_has


class Tables:
    """Tables of all offers, (offers, projects, worlds), which are used again once nobody holds them any more."""

    def __init__(self, projects: int, worlds: int) -> None:
        self.table = np.zeros((len(OFFERS), projects, worlds))
        self.has = np.zeros((len(OFFERS), projects), np.int64)
        """1 for rows that are not all zero, (offers, projects)."""

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
    minds = [views[role]["temperament"] if role in views else nothing for role in ROLES]
    minds += [views[role]["budget"] if role in views else nothing for role in ROLES]
    minds += [views[role][f"trust.{host}"] if role in views else nothing for role, host in TRUSTED]
    cost, grants, capacity, yearly, relief, payable = any_view.parts_of_incentive()
    contracts = [any_view[f"offtake.{buyer}"] for buyer in OFFTAKERS]
    call_for_offers(
        any_view.project_rows, traits(any_view.projects, tuple(views)),
        (any_view["missing"], any_view["loan.signed"], any_view["partner"], any_view["stage"], any_view["capex"], grants,
         relief, *contracts),
        (cost, yearly, capacity, payable), any_view["price.long_run"], tuple(minds), most, tables.table, tables.has,
    )  # fmt: skip


    offered = dict(zip(OFFERS, tables.table, strict=True))
    for role, seen in views.items():
        own = {lever: offered[lever] for lever in OWN[role]}
        seen.worked_out(f"offers of {role}", lambda own=own: own)  # type: ignore[misc]
    return offered


def offers_of(seen: Observation) -> Mapping[str, Vector]:
    """What a role offers to projects, by lever, (projects, worlds); worked out for it alone if nobody has asked all."""
    def alone() -> dict[str, Vector]:
        offered = invite({seen.role: seen}, UNBOUNDED, Tables(len(seen.projects), seen.worlds))
        return {lever: offered[lever] for lever in OWN[seen.role]}

    found: Mapping[str, Vector] = seen.worked_out(f"offers of {seen.role}", alone)
    return found


UNBOUNDED = np.full(len(OFFERS), np.inf)
OWN = {role: tuple(lever for lever in OFFERS if lever.startswith(f"{role}.")) for role in ROLES}
"""Levers by which each of them offers."""
