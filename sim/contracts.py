"""Kernels that book what is signed: awards, offtakes, loans and grants."""

from __future__ import annotations

import numpy as np

from sim.bare import bare
from sim.compiled import inline, kernel
from sim.lanes import LANES, get, give, put, somewhere, take, where, within
from sim.network import Index, Vector
from sim.settling import affordable


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
    worlds, known, ends = share.shape[1], found.copy(), np.empty(LANES)
    whole = within(0, LANES)
    for m in rows:
        runs, has_floor = False, False
        first = where(whole, np.inf, np.inf)
        for k in range(0, worlds, LANES):
            here = within(k, worlds)
            held = take(share[m], k, here)
            if somewhere(~(held == 0.0)):
                runs = True
                first = min(first, where(held > 0.0, take(until[m], k, here), np.inf))
        for k in range(0, worlds if runs else 0, LANES):
            if somewhere(~(take(floor[m], k, within(k, worlds)) == 0.0)):
                has_floor = True
                break
        give(ends, 0, whole, first)
        known[0, m], known[1, m], known[2, m] = 1.0 if runs else 0.0, 1.0 if has_floor else 0.0, min(ends)
    return known


@inline
def _floor(floors: Vector, project: int, world: int) -> float:
    return max(floors[project, world], 0.0) if floors.size > 0 else 0.0


@kernel
def take_over(
    request: int, places: Index, parts: Vector, projects: Index, floors: Vector, until: float, floor: Vector,
    share: Vector, ends: Vector,
) -> tuple[int, Index]:  # fmt: skip
    """Book one buyer's contracts; gives in how many of them the floor is another than before, and the mines' rows.

    Args:
        request: of this buyer.
        places: request, project and world of the contracts of all buyers, (3, contracts).
        parts: share of output that each takes, (contracts,).
        projects: rows of mines that may be asked.
        floors: floor of each contract, USD/mtu of APT, (projects, worlds), or empty for none.
        until: month from which they no longer run.
        floor: floors so far, (mines, worlds).
        share, ends: share under contract, and month from which it no longer runs, (mines, worlds), in place.
    """
    changed, rows, count, last = 0, np.empty(projects.size, np.int64), 0, -1
    for c in range(parts.size):
        if places[0, c] != request:
            continue
        p, k = places[1, c], places[2, c]
        m = projects[p]
        share[m, k] = share[m, k] + parts[c]
        ends[m, k] = until
        changed += 1 if floor[m, k] != _floor(floors, p, k) else 0
        # contracts come project after project
        if p != last:
            rows[count], last = m, p
            count += 1
    return changed, rows[:count]


@bare
def promise(
    request: int, places: Index, projects: Index, floors: Vector, floor: Vector, public: Vector
) -> None:  # fmt: skip
    """Write down the floors of one buyer's contracts, and that a government stands behind those above zero.

    Args:
        request, places, projects, floors: as for `take_over`.
        floor, public: floors, and 1 where a government stands behind one, (mines, worlds), in place.
    """
    for c in range(places.shape[1]):
        if places[0, c] != request:
            continue
        m, p, k = projects[places[1, c]], places[1, c], places[2, c]
        least = _floor(floors, p, k)
        floor[m, k] = least
        # without a floor there is nothing to stand behind
        if least > 0.0:
            public[m, k] = 1.0


@kernel
def lend(mines: Index, worlds: Index, amounts: Vector, borrowers: Index, signed: Vector, lent: Vector, has: Index) -> Index:
    """Book one lender's loans of a month; gives the rows of all mines that have one of it in any world.

    Args:
        mines, worlds, amounts: row of the mine, world and million USD of each loan.
        borrowers: rows of the mines that had one.
        signed: million USD signed so far, (mines, worlds), in place.
        lent: the same of this month, (mines, worlds), in place, and `has`, 1 for mines that got any, (mines,).
    """
    owes, rows, count = np.zeros(has.size, np.bool_), np.empty(has.size, np.int64), 0
    for m in borrowers:
        owes[m] = True
    for n in range(amounts.size):
        m, k = mines[n], worlds[n]
        signed[m, k] = signed[m, k] + amounts[n]
        lent[m, k] = amounts[n]
        has[m], owes[m] = 1, owes[m] or signed[m, k] > 0.0
    for m in range(owes.size):
        if owes[m]:
            rows[count] = m
            count += 1
    return rows[:count]


@bare
def clear(table: Vector, has: Index, rows: Index, worlds: Index) -> None:
    """Write zeros to some places of a table (rows, worlds), and to all of `has`, in place."""
    for i in range(rows.size):
        table[rows[i], worlds[i]] = 0.0
    has[:] = 0


@bare
def clear_rows(table: Vector, has: Index, rows: Index) -> None:
    """Write zeros to some rows of a table, and to all of `has`, in place."""
    for row in rows:
        table[row, :] = 0.0
    has[:] = 0


@bare
def borrow(places: Index, amounts: Vector, loans: Vector, missing: Vector) -> None:
    """Book all lenders' loans of a month with the projects that get them.

    Args:
        places, amounts: as from `sim.signing.loans_signed`.
        loans, missing: million USD lent to each, and what it still misses, (mines, worlds), in place.
    """
    for n in range(places.shape[1]):
        m, k = places[0, n], places[1, n]
        loans[m, k] = loans[m, k] + amounts[0, n]
        missing[m, k] = amounts[1, n]


@bare
def grant(
    places: Index, rows: Index, asked: Vector, payer: int, purse: Vector, spent: Vector,
    need: Vector, equity: Vector, loans: Vector, grants: Vector, given: Vector, gifts: Vector,
) -> bool:  # fmt: skip
    """Grants of a month as far as a purse goes, up to what capital is still lacking; gives whether there are any.

    Args:
        places: of the projects helped, in `asked`.
        rows: of these among all mines.
        asked: million USD/year, (projects, worlds).
        payer: row of the purse.
        purse, spent: million USD that may be spent, and spent so far, (roles, worlds), in place.
        need, equity, loans: capital cost and what of it is there, million USD, (mines, worlds).
        grants: the same, in place.
        given: million USD granted this month, zeros, (mines, worlds), in place.
        gifts: working memory, (projects helped, LANES).
    """
    worlds, is_any = purse.shape[1], False
    for k in range(0, worlds, LANES):
        here = within(k, worlds)
        wanted = where(here, 0.0, 0.0)
        for i in range(rows.size):
            wish, m = take(asked[places[i]], k, here), rows[i]
            if somewhere(~(wish == 0.0)):
                funded = take(equity[m], k, here), take(loans[m], k, here), take(grants[m], k, here)
                lacking = take(need[m], k, here) - funded[0] - funded[1] - funded[2]
                gift = min(wish / 12.0, max(lacking, 0.0))
                put(gifts, i, gift)
                wanted = wanted + gift
            else:
                put(gifts, i, wish)
        if not somewhere(wanted > 0.0):
            continue
        money, together, is_any = take(purse[payer], k, here), where(here, 0.0, 0.0), True
        share = affordable(money, wanted)
        for i in range(rows.size):
            gift, m = get(gifts, i) * share, rows[i]
            give(given[m], k, here, gift)
            give(grants[m], k, here, take(grants[m], k, here) + gift)
            together = together + gift
        give(purse[payer], k, here, money - together)
        give(spent[payer], k, here, take(spent[payer], k, here) + max(together, 0.0))
    return is_any
