"""Rules of offtakes and loans, and kernels that look for those few which are signed in a month.

Most projects are asked for nothing in most worlds: what no world of a register needs is not looked at.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim import mining
from sim.compiled import inline, kernel
from sim.lanes import LANES, give, somewhere, take, where, within
from sim.network import Index, Vector

CHINA = 0
KAZAKHSTAN, UZBEKISTAN, IN_CHINA = 0, 1, 2
TRUST_ELSEWHERE = 0.3
SMALLEST_SHARE = 0.01


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
    return trust > where(is_picky, 0.25, -0.3)


@inline
def odds(base: float, sold: float, trust: float, advocacy: float) -> float:
    """Chance that a lender's diligence ends well.

    Args:
        base: the lender's own.
        sold: share of output under contract.
        trust: between lender and host.
        advocacy: of the lender's government, 0 to 1.
    """
    return base + 0.15 * where(sold > 0.15, 1.0, 0.0) + 0.3 * max(trust, -0.5) + 0.15 * advocacy


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


@inline
def _grown(table: Any, columns: int) -> Any:
    """A table that begins with the columns of another and has room for twice as many."""
    wider = np.empty((table.shape[0], 2 * columns), table.dtype)
    for row in range(table.shape[0]):
        for column in range(columns):
            wider[row, column] = table[row, column]
    return wider


@kernel
def offtakes_signed(
    projects: Index, host: Index, buyers: Index, requests: tuple[Vector, ...], asked_of: tuple[Index, ...],
    shares: tuple[Vector, ...], pairs: Index, trust: Vector, is_open: Vector, stage: Vector, need: Vector,
) -> tuple[Index, Vector, Index]:  # fmt: skip
    """Look for offtakes that are asked for, allowed and free, in the order of the requests.

    Args:
        projects: rows of mines that may be asked.
        host: KAZAKHSTAN, UZBEKISTAN, IN_CHINA or -1, by mine.
        buyers: row in `shares` of the buyer of each request.
        requests: share asked for, for the Chinese buyer million USD on offer, (projects, worlds) each.
        asked_of: 1 for projects of which anything is asked in any world, (projects,) each.
        shares: share of output under contract with each buyer, (mines, worlds) each.
        pairs: row in `trust` of Kazakhstan and of Uzbekistan with each buyer of `shares`, buyer after buyer; -1 where
            there is none, which stands for 0.
        trust: of pairs of governments, (pairs, worlds).
        is_open: 1 where Uzbekistan signs with the first to come, (worlds,).
        stage, need: of the mines, (mines, worlds).

    Returns:
        Request, project and world of every contract, (3, contracts); the share of output that each takes, (contracts,);
        and how many there are of each request.
    """
    worlds = stage.shape[1]
    places, parts, count = np.empty((3, 32), np.int64), np.empty((1, 32)), 0
    number, neutral = np.zeros(len(requests), np.int64), np.zeros(worlds)
    # what is sold of the project at hand where something was signed for it just now
    taken, taken_of = np.empty(worlds), np.full((worlds + LANES - 1) // LANES, -1)
    signed, whole = np.zeros(LANES), within(0, LANES)
    for p in range(projects.size):
        m = projects[p]
        now, costs, country = stage[m], need[m], host[m]
        first, second, third, fourth = shares[0][m], shares[1][m], shares[2][m], shares[3][m]
        for i in range(len(requests)):
            buyer = buyers[i]
            if not asked_of[i][p] or (country == IN_CHINA and buyer != CHINA):
                continue
            asked, held, pair = requests[i][p], shares[buyer][m], pairs[2 * buyer + min(max(country, 0), 1)]
            trusted = trust[pair] if pair >= 0 else neutral
            for k in range(0, worlds, LANES):
                here = within(k, worlds)
                wished = take(asked, k, here)
                if not somewhere(~(wished == 0.0)):
                    continue
                at = take(now, k, here)
                signs = ~(wished == 0.0) & (at > mining.FEASIBILITY) & (at < mining.ABANDONED)
                if not somewhere(signs):
                    continue
                if buyer == CHINA:
                    wished = share_for_loan(wished, take(costs, k, here))
                lacking = wished - take(held, k, here)
                signs = signs & (lacking > SMALLEST_SHARE)
                if country == UZBEKISTAN:
                    signs = signs & consents(take(trusted, k, here), take(is_open, k, here) < 0.5)
                elif country == KAZAKHSTAN:
                    signs = signs & consents(take(trusted, k, here), False)
                if not somewhere(signs):
                    continue
                if taken_of[k // LANES] == p:
                    sold = take(taken, k, here)
                else:
                    sold = take(first, k, here) + take(second, k, here) + take(third, k, here) + take(fourth, k, here)
                part = min(max(lacking, 0.0), max(1.0 - sold, 0.0))
                signs = signs & (part > SMALLEST_SHARE)
                if not somewhere(signs):
                    continue
                give(taken, k, here, sold + where(signs, part, 0.0))
                taken_of[k // LANES] = p
                give(signed, 0, whole, where(signs, part, 0.0))
                for lane in range(LANES):
                    if signed[lane] == 0.0:
                        continue
                    if count == parts.shape[1]:
                        places, parts = _grown(places, count), _grown(parts, count)
                    places[0, count], places[1, count], places[2, count] = i, p, k + lane
                    parts[0, count] = signed[lane]
                    number[i] += 1
                    count += 1
    return places[:, :count].copy(), parts[0, :count].copy(), number


class Lending(NamedTuple):
    """What lenders go by."""

    base: Vector
    """Chance of each lender that its diligence ends well, before trust and contracts."""
    patience: Vector
    """Months of each lender's diligence."""
    credit: Vector
    """Million USD that each lender has for all mines."""
    luck: Vector
    """Uniform draw for each lender, (lenders, mines, worlds)."""
    debt_share: float
    """Largest share of a project's need that may be lent."""


@kernel
def loans_signed(
    projects: Index, host: Index, lending: Lending, offers: tuple[Vector, ...], offered_to: tuple[Index, ...],
    signed: tuple[Vector, ...], borrowers: tuple[Index, ...], shares: tuple[Vector, ...], pairs: Index, trust: Vector,
    advocacy: Vector, advocate: int,
    stage: Vector, need: Vector, missing: Vector, waited: Vector,
) -> tuple[Index, Vector, Index]:  # fmt: skip
    """Look for loans whose due diligence is done, lender after lender.

    Args:
        projects: rows of mines that may be lent to.
        host: KAZAKHSTAN, UZBEKISTAN or another number, by mine.
        lending: what lenders go by.
        offers: million USD on offer by each lender, (projects, worlds) each.
        offered_to: 1 for projects that are offered anything in any world, (projects,) each.
        signed: loans of each lender, million USD, (mines, worlds) each.
        borrowers: rows of the mines that have one of each lender in any world.
        shares: share of output under contract with each buyer, (mines, worlds) each.
        pairs, trust: of each lender and Kazakhstan and Uzbekistan, as for `offtakes_signed`.
        advocacy: of the lender `advocate`, 0 to 1, (worlds,).
        stage, need, missing: of the mines, (mines, worlds).
        waited: months that each project has stood in financing or later, (mines, worlds); counted on in place.

    Returns:
        Mine and world of every loan, (2, loans), lender after lender; its million USD, and what the project still
        misses after it, (2, loans); and how many there are of each lender.
    """
    worlds = stage.shape[1]
    # what was lent in this month: what is still missing and each lender's loan, by project and world
    sought, count = np.empty((1 + len(signed), 32)), 0
    row_of, is_sought = np.empty((projects.size, worlds), np.int32), np.zeros(projects.size, np.int64)
    places, amounts, number = np.empty((3, 32), np.int64), np.empty((2, 32)), 0
    of_lender = np.zeros(len(signed), np.int64)
    together, elsewhere, no_effort = np.zeros(worlds), np.full(worlds, TRUST_ELSEWHERE), np.zeros(worlds)
    # where somebody has waited long enough for somebody
    shortest, has_waited = min(lending.patience), np.zeros((projects.size, (worlds + LANES - 1) // LANES), np.bool_)
    some, ready, whole = np.zeros(projects.size, np.bool_), np.zeros(LANES), within(0, LANES)
    for p in range(projects.size):
        now, months = stage[projects[p]], waited[projects[p]]
        for k in range(0, worlds, LANES):
            here = within(k, worlds)
            at, before = take(now, k, here), take(months, k, here)
            is_seeking = (at == mining.FINANCING) | (at == mining.CONSTRUCTION)
            if somewhere(is_seeking | ~(before == 0.0)):
                after = where(is_seeking, before + 1.0, 0.0)
                give(months, k, here, after)
                if somewhere(after > shortest):
                    has_waited[p, k // LANES] = some[p] = True
    for i in range(len(signed)):
        offered, own, patience, first = offers[i], signed[i], lending.patience[i], number
        effort = advocacy if i == advocate else no_effort
        for p in range(projects.size):
            if not (offered_to[i][p] and some[p]):
                continue
            m = projects[p]
            pair, near = pairs[2 * i + min(max(host[m], 0), 1)], elsewhere
            if 0 <= host[m] < IN_CHINA:
                near = trust[pair] if pair >= 0 else no_effort
            asked, waiting, lacking, lent, draw = offered[p], waited[m], missing[m], own[m], lending.luck[i, m]
            for start in range(0, worlds, LANES):
                if not has_waited[p, start // LANES]:
                    continue
                here = within(start, worlds)
                wish = take(asked, start, here)
                # a lender that has lent what it offers lends no more
                lends = ~(wish == 0.0) & (wish > take(lent, start, here)) & (take(waiting, start, here) > patience)
                lends = lends & (take(lacking, start, here) > 0.0)
                if not somewhere(lends):
                    continue
                taken = take(shares[0][m], start, here) + take(shares[1][m], start, here)
                taken = taken + take(shares[2][m], start, here) + take(shares[3][m], start, here)
                sold = 1.0 - max(1.0 - taken, 0.0)
                chance = odds(lending.base[i], sold, take(near, start, here), take(effort, start, here))
                lends = lends & (take(draw, start, here) < chance)
                if not somewhere(lends):
                    continue
                give(ready, 0, whole, where(lends, 1.0, 0.0))
                for lane in range(LANES):
                    if ready[lane] == 0.0:
                        continue
                    k = start + lane
                    row, so_far, lacks = row_of[p, k] if is_sought[p] else -1, 0.0, lacking[k]
                    for j in range(len(signed)):
                        so_far = so_far + (signed[j][m, k] + (sought[1 + j, row] if row >= 0 else 0.0))
                    if row >= 0:
                        lacks = sought[0, row]
                    amount = lendable(asked[k], lent[k], so_far, need[m, k], lacks, lending.debt_share)
                    if amount <= 0.0:
                        continue
                    if row < 0:
                        if count == sought.shape[1]:
                            sought = _grown(sought, count)
                        if not is_sought[p]:
                            row_of[p, :], is_sought[p] = -1, 1
                        row_of[p, k] = count
                        sought[0, count], sought[1:, count] = lacks, 0.0
                        count += 1
                    if number == amounts.shape[1]:
                        places, amounts = _grown(places, number), _grown(amounts, number)
                    places[0, number], places[1, number], places[2, number], amounts[0, number] = m, k, p, amount
                    number += 1
        for n in range(first, number):
            together[places[1, n]] = 0.0
        for n in range(first, number):
            together[places[1, n]] += amounts[0, n]
        for n in range(first, number):
            m, k, row = places[0, n], places[1, n], row_of[places[2, n], places[1, n]]
            owed = 0.0
            for each in borrowers[i]:
                owed = owed + own[each, k]
            left = max(lending.credit[i] - owed, 0.0)
            amount = amounts[0, n] * min(1.0, left / max(together[k], 1e-9))
            sought[0, row], sought[1 + i, row] = max(sought[0, row] - amount, 0.0), amount
            amounts[0, n], amounts[1, n] = amount, sought[0, row]
        of_lender[i] = number - first
    return places[:2, :number].copy(), amounts[:, :number].copy(), of_lender
