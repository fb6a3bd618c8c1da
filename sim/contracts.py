"""Rules of offtakes and loans, and kernels that look for those few which are signed in a month."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim import mining
from sim.compiled import inline, kernel
from sim.network import Index, Vector
from sim.settling import affordable

CHINA = 0
KAZAKHSTAN, UZBEKISTAN, IN_CHINA = 0, 1, 2
TRUST_ELSEWHERE = 0.3
SMALLEST_SHARE = 0.01
# worlds handled together, so that what is read again stays in the processor's nearest memory
_WORLDS = 256


@inline
def share_for_loan(offered: float, need: float) -> float:
    """Share of output that Chinese money asks for: with the loan comes the offtake.

    Args:
        offered: million USD on offer.
        need: capital cost, million USD.
    """
    return 0.8 * min(max(offered / max(need, 1.0), 0.0), 1.0)


@inline
def consents(trust: float, is_picky: bool) -> bool:
    """Whether a host lets a buyer sign: nobody sells to those whom it distrusts, a picky one only to friends."""
    return trust > (0.25 if is_picky else -0.3)


@inline
def odds(base: float, sold: float, trust: float, advocacy: float) -> float:
    """Chance that a lender's diligence ends well.

    Args:
        base: the lender's own.
        sold: share of output under contract.
        trust: between lender and host.
        advocacy: of the lender's government, 0 to 1.
    """
    return base + 0.15 * (1.0 if sold > 0.15 else 0.0) + 0.3 * max(trust, -0.5) + 0.15 * advocacy


@inline
def lendable(offered: float, signed: float, all_loans: float, need: float, missing: float, debt_share: float) -> float:
    """Million USD that a lender whose diligence is done lends.

    Args:
        offered: by this lender.
        signed, all_loans: by this lender and by all so far.
        need: capital cost.
        missing: what of it is not yet raised.
        debt_share: largest share of the need that may be lent.
    """
    room = max(debt_share * need - all_loans, 0.0)
    return min(min(max(offered - signed, 0.0), room), missing)


@kernel
def award(rows: Index, given: Vector, partner: Vector) -> Vector:
    """Partners of all mines after deposits in some rows are awarded; the same table where none changes."""
    awarded, is_copy = partner, False
    for i in range(rows.size):
        m, some = rows[i], 0
        for k in range(partner.shape[1]):
            some += 1 if (given[i, k] > 0.0) & (given[i, k] != partner[m, k]) else 0
        if some == 0:
            continue
        if not is_copy:
            awarded, is_copy = partner.copy(), True
        for k in range(partner.shape[1]):
            awarded[m, k] = given[i, k] if given[i, k] > 0.0 else partner[m, k]
    return awarded


@kernel
def running(rows: Index, share: Vector, floor: Vector, until: Vector, found: Vector) -> Vector:
    """What of one buyer's contracts runs in any world, by mine: whether one does, one with a floor, and its first end.

    Args:
        rows: mines that are looked at.
        share, floor, until: share under contract, its floor, and month from which it no longer runs, (mines, worlds).
        found: what is known of all mines, (3, mines).

    Returns:
        The same with what was found in those rows.
    """
    worlds, known = share.shape[1], found.copy()
    for m in rows:
        signed, floors, end = 0, 0, np.inf
        for k in range(worlds):
            signed += 1 if share[m, k] != 0.0 else 0
        if signed > 0:
            for k in range(worlds):
                floors += 1 if floor[m, k] != 0.0 else 0
            for k in range(worlds):
                end = min(end, until[m, k] if share[m, k] > 0.0 else np.inf)
        known[0, m], known[1, m], known[2, m] = min(signed, 1), min(floors, 1), end
    return known


@inline
def _grown(table: Vector, rows: int) -> Vector:
    wider = np.empty((2 * rows, table.shape[1]))
    for row in range(rows):
        for column in range(table.shape[1]):
            wider[row, column] = table[row, column]
    return wider


@kernel
def offtakes_signed(
    projects: Index, host: Index, buyers: Index, requests: tuple[Vector, ...], asked_of: Index,
    shares: tuple[Vector, ...], pairs: Index, trust: Vector, is_open: Vector, stage: Vector, need: Vector,
) -> Vector:  # fmt: skip
    """Look for offtakes that are asked for, allowed and free, in the order of the requests.

    Args:
        projects: rows of mines that may be asked.
        host: KAZAKHSTAN, UZBEKISTAN, IN_CHINA or -1, by mine.
        buyers: row in `shares` of the buyer of each request.
        requests: share asked for, for the Chinese buyer million USD on offer, (projects, worlds) each.
        asked_of: 1 for projects of which anything is asked in any world, (requests, projects).
        shares: share of output under contract with each buyer, (mines, worlds) each.
        pairs: row in `trust` of Kazakhstan and of Uzbekistan with each buyer of `shares`, buyer after buyer; -1 where
            there is none, which stands for 0.
        trust: of pairs of governments, (pairs, worlds).
        is_open: 1 where Uzbekistan signs with the first to come, (worlds,).
        stage, need: of the mines, (mines, worlds).

    Returns:
        Request, project, world and share signed, of every contract, (contracts, 4).
    """
    worlds = stage.shape[1]
    found, count = np.empty((16, 4)), 0
    taken, wanted, neutral = np.empty(_WORLDS), np.empty(_WORLDS), np.zeros(worlds)
    for p in range(projects.size):
        if not np.any(asked_of[:, p]):
            continue
        for start in range(0, worlds, _WORLDS):
            m, is_counted, some, end = projects[p], False, 0, min(start + _WORLDS, worlds)
            for k in range(start, end):
                some += 1 if (stage[m, k] > mining.FEASIBILITY) & (stage[m, k] < mining.ABANDONED) else 0
            if some == 0:
                continue
            for i in range(buyers.size):
                asked, buyer, some = requests[i][p], buyers[i], 0
                if asked_of[i, p]:
                    for k in range(start, end):
                        some += 1 if asked[k] != 0.0 else 0
                if some == 0 or (host[m] == IN_CHINA and buyer != CHINA):
                    continue
                if not is_counted:
                    first, second, third, fourth = shares[0][m], shares[1][m], shares[2][m], shares[3][m]
                    for k in range(start, end):
                        taken[k - start] = first[k] + second[k] + third[k] + fourth[k]
                    is_counted = True
                held = shares[buyer][m]
                pair = pairs[2 * buyer + min(max(host[m], 0), 1)]
                trusted = trust[pair] if pair >= 0 else neutral
                some = 0
                for k in range(start, end):
                    wished = share_for_loan(asked[k], need[m, k]) if buyer == CHINA else asked[k]
                    wanted[k - start] = min(max(wished - held[k], 0.0), max(1.0 - taken[k - start], 0.0))
                    some += 1 if (wanted[k - start] > SMALLEST_SHARE) & (asked[k] != 0.0) else 0
                if some == 0:
                    continue
                for k in range(start, end):
                    if asked[k] == 0.0 or stage[m, k] <= mining.FEASIBILITY or stage[m, k] >= mining.ABANDONED:
                        continue
                    part, is_picky = wanted[k - start], host[m] == UZBEKISTAN and is_open[k] < 0.5
                    if part <= SMALLEST_SHARE or (0 <= host[m] < IN_CHINA and not consents(trusted[k], is_picky)):
                        continue
                    taken[k - start] = taken[k - start] + part
                    if count == found.shape[0]:
                        found = _grown(found, count)
                    found[count, 0], found[count, 1], found[count, 2], found[count, 3] = i, p, k, part
                    count += 1
    return found[:count]


@inline
def _floor(floors: Vector, project: int, world: int) -> float:
    return max(floors[project, world], 0.0) if floors.size > 0 else 0.0


@kernel
def take(found: Vector, projects: Index, floors: Vector, until: float, floor: Vector, share: Vector, ends: Vector) -> int:
    """Book one buyer's contracts; gives in how many of them the floor is another than before.

    Args:
        found: request, project, world and share of every contract, as from `offtakes_signed`.
        projects: rows of mines that may be asked.
        floors: floor of each contract, USD/mtu of APT, (projects, worlds), or empty for none.
        until: month from which they no longer run.
        floor: floors so far, (mines, worlds).
        share, ends: share under contract, and month from which it no longer runs, (mines, worlds), in place.
    """
    changed = 0
    for c in range(found.shape[0]):
        p, k = int(found[c, 1]), int(found[c, 2])
        m = projects[p]
        share[m, k] = share[m, k] + found[c, 3]
        ends[m, k] = until
        changed += 1 if floor[m, k] != _floor(floors, p, k) else 0
    return changed


@kernel
def promise(found: Vector, projects: Index, floors: Vector, floor: Vector, public: Vector) -> None:
    """Write down the floors of one buyer's contracts, and that a government stands behind those above zero.

    Args:
        found, projects, floors: as for `take`.
        floor, public: floors, and 1 where a government stands behind one, (mines, worlds), in place.
    """
    for c in range(found.shape[0]):
        p, k = int(found[c, 1]), int(found[c, 2])
        least = _floor(floors, p, k)
        floor[projects[p], k] = least
        # without a floor there is nothing to stand behind
        if least > 0.0:
            public[projects[p], k] = 1.0


@kernel
def grants_given(
    places: Index, rows: Index, asked: Vector, purse: Vector, need: Vector, equity: Vector, loans: Vector, grants: Vector
) -> tuple[Vector, Vector]:  # fmt: skip
    """Grants of a month as far as a purse goes, up to what capital is still lacking.

    Args:
        places: of the projects helped, in `asked`.
        rows: of these among all mines.
        asked: million USD/year, (projects, worlds).
        purse: million USD, (worlds,).
        need, equity, loans, grants: capital cost and what of it is there, million USD, (mines, worlds).

    Returns:
        Million USD to each of these, (places, worlds), and together, (worlds,).
    """
    worlds = purse.size
    given, together, wanted = np.empty((places.size, worlds)), np.zeros(worlds), np.zeros(worlds)
    for i in range(places.size):
        wish, gift, m = asked[places[i]], given[i], rows[i]
        for k in range(worlds):
            lacking = need[m, k] - equity[m, k] - loans[m, k] - grants[m, k]
            gift[k] = min(wish[k] / 12.0, max(lacking, 0.0))
            wanted[k] += gift[k]
    for k in range(worlds):
        wanted[k] = affordable(purse[k], wanted[k])
    for i in range(places.size):
        for k in range(worlds):
            given[i, k] = given[i, k] * wanted[k]
            together[k] += given[i, k]
    return given, together


class Lending(NamedTuple):
    """What lenders go by."""

    base: Vector
    """Chance of each lender that its diligence ends well, before trust and contracts."""
    patience: Vector
    """Months of each lender's diligence."""
    credit: Vector
    """Million USD that each lender has for all mines."""
    luck: tuple[Vector, ...]
    """Uniform draw for each lender, (mines, worlds) each."""
    debt_share: float
    """Largest share of a project's need that may be lent."""


@kernel
def loans_signed(
    projects: Index, host: Index, lending: Lending, offers: tuple[Vector, ...], offered_to: Index,
    signed: tuple[Vector, ...], borrowers: tuple[Index, ...], shares: tuple[Vector, ...], pairs: Index, trust: Vector,
    advocacy: Vector, advocate: int,
    stage: Vector, need: Vector, missing: Vector, waited: Vector,
) -> tuple[Vector, Vector]:  # fmt: skip
    """Look for loans whose due diligence is done, lender after lender.

    Args:
        projects: rows of mines that may be lent to.
        host: KAZAKHSTAN, UZBEKISTAN or another number, by mine.
        lending: what lenders go by.
        offers: million USD on offer by each lender, (projects, worlds) each.
        offered_to: 1 for projects that are offered anything in any world, (lenders, projects).
        signed: loans of each lender, million USD, (mines, worlds) each.
        borrowers: rows of the mines that have one of each lender in any world.
        shares: share of output under contract with each buyer, (mines, worlds) each.
        pairs, trust: of each lender and Kazakhstan and Uzbekistan, as for `offtakes_signed`.
        advocacy: of the lender `advocate`, 0 to 1, (worlds,).
        stage, need, missing: of the mines, (mines, worlds).
        waited: months that each project has stood in financing or later, (mines, worlds); counted on in place.

    Returns:
        Lender, mine, world and million USD of every loan, (loans, 4); and mine, world
        and million USD still missing of every project that got one, (projects in worlds, 3).
    """
    worlds = stage.shape[1]
    # what was lent in this month: rows of the mine, the world, what is still missing and each lender's loan
    sought, count = np.empty((16, 3 + len(signed))), 0
    row_of, is_sought = np.empty((projects.size, worlds), np.int32), np.zeros(projects.size, np.int64)
    loans, number = np.empty((16, 4)), 0
    together, elsewhere, no_effort = np.zeros(worlds), np.full(worlds, TRUST_ELSEWHERE), np.zeros(worlds)
    # in which stretches of worlds somebody has waited long enough for somebody
    shortest, seeking = min(lending.patience), np.zeros((projects.size, (worlds + _WORLDS - 1) // _WORLDS), np.int64)
    for p in range(projects.size):
        now, months = stage[projects[p]], waited[projects[p]]
        for start in range(0, worlds, _WORLDS):
            some, end = 0, min(start + _WORLDS, worlds)
            for k in range(start, end):
                is_seeking = (now[k] == mining.FINANCING) | (now[k] == mining.CONSTRUCTION)
                some += 1 if is_seeking | (months[k] != 0.0) else 0
            if some == 0:
                continue
            some = 0
            for k in range(start, end):
                is_seeking = (now[k] == mining.FINANCING) | (now[k] == mining.CONSTRUCTION)
                months[k] = months[k] + 1.0 if is_seeking else 0.0
                some += 1 if months[k] > shortest else 0
            seeking[p, start // _WORLDS] = some
    for i in range(len(signed)):
        offered, draw, own, patience, first = offers[i], lending.luck[i], signed[i], lending.patience[i], number
        effort = advocacy if i == advocate else no_effort
        for p in range(projects.size):
            m = projects[p]
            if not offered_to[i, p]:
                continue
            pair, near = pairs[2 * i + min(max(host[m], 0), 1)], elsewhere
            if 0 <= host[m] < IN_CHINA:
                near = trust[pair] if pair >= 0 else no_effort
            asked, waiting, lacking = offered[p], waited[m], missing[m]
            for start in range(0, worlds, _WORLDS):
                if seeking[p, start // _WORLDS] == 0:
                    continue
                end, some = min(start + _WORLDS, worlds), 0
                for k in range(start, end):
                    some += 1 if (asked[k] != 0.0) & (waiting[k] > patience) & (lacking[k] > 0.0) else 0
                if some == 0:
                    continue
                for k in range(start, end):
                    if asked[k] == 0.0 or waiting[k] <= patience or lacking[k] <= 0.0:
                        continue
                    taken = shares[0][m, k] + shares[1][m, k] + shares[2][m, k] + shares[3][m, k]
                    chance = odds(lending.base[i], 1.0 - max(1.0 - taken, 0.0), near[k], effort[k])
                    if draw[m, k] >= chance:
                        continue
                    row, so_far, lacks = row_of[p, k] if is_sought[p] else -1, 0.0, lacking[k]
                    for j in range(len(signed)):
                        so_far = so_far + (signed[j][m, k] + (sought[row, 3 + j] if row >= 0 else 0.0))
                    if row >= 0:
                        lacks = sought[row, 2]
                    amount = lendable(asked[k], own[m, k], so_far, need[m, k], lacks, lending.debt_share)
                    if amount <= 0.0:
                        continue
                    if row < 0:
                        if count == sought.shape[0]:
                            sought = _grown(sought, count)
                        if not is_sought[p]:
                            row_of[p, :], is_sought[p] = -1, 1
                        row_of[p, k] = count
                        sought[count, 0], sought[count, 1], sought[count, 2], sought[count, 3:] = m, k, lacks, 0.0
                        count += 1
                    if number == loans.shape[0]:
                        loans = _grown(loans, number)
                    loans[number, 0], loans[number, 1], loans[number, 2], loans[number, 3] = i, p, k, amount
                    number += 1
        for n in range(first, number):
            together[int(loans[n, 2])] = 0.0
        for n in range(first, number):
            together[int(loans[n, 2])] += loans[n, 3]
        for n in range(first, number):
            p, k = int(loans[n, 1]), int(loans[n, 2])
            owed = 0.0
            for m in borrowers[i]:
                owed = owed + own[m, k]
            left = max(lending.credit[i] - owed, 0.0)
            amount = loans[n, 3] * min(1.0, left / max(together[k], 1e-9))
            row = row_of[p, k]
            sought[row, 2], sought[row, 3 + i] = max(sought[row, 2] - amount, 0.0), amount
            loans[n, 1], loans[n, 3] = projects[p], amount
    return loans[:number], sought[:count, :3]
