"""Projects to which somebody might offer money, and equations that say what each of them is offered.

Few of all projects lack money or are studied in any one world; what a lender thinks is worked out for these alone.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from sim.compiled import INLINE, OUTPUT, compiled, inline, kernel, loop_of
from sim.mining import incentive_price
from sim.network import Vector
from sim.offers import Offers, Rows
from sim.ranges import clip

FIGURES = ("missing", "signed", "partner", "stage", "capex", "free", "incentive")
"""Names by which equations ask for figures of a prospect."""

_BLOCK = 256
"""Worlds whose prospects are looked at together, project after project."""
_NUMBERS = types.Array(types.float64, 1, "C", readonly=True)
_NONE = np.empty(0)
_PLACES = types.Array(types.int64, 1, "C")
_MARKS = types.Array(types.boolean, 1, "C", readonly=True)
_ROWS = types.Array(types.int64, 1, "C", readonly=True)
_TABLE = types.Array(types.int64, 2, "C", readonly=True)


class Prospects(NamedTuple):
    """Projects worth a look, (prospects,) each; by block of worlds, then by project, then those that lack money first."""

    projects: int
    """How many projects there are."""
    width: int
    """How many worlds there are."""
    first: Rows
    """Where those of a block and project begin, where those that lack money end, where the next begin, (blocks, 2 x
    projects + 1)."""
    places: Rows
    """Place among all projects."""
    worlds: Rows
    missing: Vector
    """Million USD that it lacks."""
    signed: Vector
    """Million USD of loans that it has; NaN if nobody wants to know."""
    partner: Vector
    """Code."""
    stage: Vector
    """Code."""
    capex: Vector
    """Capital cost, million USD."""
    free: Vector
    """Share of output that is not sold; NaN if nobody wants to know."""
    incentive: Vector
    """Price at which it earns its hurdle, USD/mtu."""


@inline
def free_output(china: float, us: float, europe: float, east: float) -> float:
    """Share of a mine's output that is not sold under contract to any of four buyers, 0 to 1."""
    return clip(1.0 - china - us - europe - east, 0.0, 1.0)


@kernel
def find(
    rows: Rows, since: Vector, until: Vector, known: NDArray[np.bool_], missing: Vector, signed: Vector,
    partner: Vector, stage: Vector, capex: Vector, china: Vector, us: Vector, europe: Vector, east: Vector,
) -> tuple[Rows, Rows, Rows, Vector, Vector, Vector, Vector, Vector, Vector]:  # fmt: skip
    """Look for prospects: projects that lack money, and those in certain stages.

    Args:
        rows: row of each project among all mines.
        since, until: codes of the stages in which a project is looked at though it lacks no money, (projects,).
        known: projects of which somebody wants to know loans and free output even then, (projects,).
        missing, signed, partner, stage, capex: tables (mines, worlds).
        china, us, europe, east: share of output under contract to each buyer, (mines, worlds).

    Returns:
        `first`, `places` and `worlds` of `Prospects`, and the figures up to `free`.
    """
    projects, wide = rows.size, missing.shape[1]
    first, count = np.zeros(((wide + _BLOCK - 1) // _BLOCK, 2 * projects + 1), np.int64), 0
    found = np.empty(projects * wide + 1, np.int64)
    for block in range(first.shape[0]):
        start, end = block * _BLOCK, min(block * _BLOCK + _BLOCK, wide)
        first[block, 0] = count
        for p in range(projects):
            lacks, now, low, high = missing[rows[p], start:end], stage[rows[p], start:end], since[p], until[p]
            seeking, early = 0, 0
            for k in range(lacks.size):
                seeking += lacks[k] > 0.0
            if seeking:
                for k in range(lacks.size):
                    found[count] = start + k
                    count += lacks[k] > 0.0
            first[block, 2 * p + 1] = count
            if low <= high:
                for k in range(lacks.size):
                    early += (now[k] >= low) & (now[k] <= high)
            if early:
                for k in range(lacks.size):
                    found[count] = start + k
                    count += (not lacks[k] > 0.0) & (now[k] >= low) & (now[k] <= high)
            first[block, 2 * p + 2] = count
    world, place = found[:count].copy(), np.empty(count, np.int64)
    lacked, lent, partners, stages = np.empty(count), np.empty(count), np.empty(count), np.empty(count)
    cost, free = np.empty(count), np.empty(count)
    for block in range(first.shape[0]):
        for p in range(projects):
            start, end, m = first[block, 2 * p], first[block, 2 * p + 2], rows[p]
            if start < end:
                here = world[start:end]
                place[start:end] = p
                _pick(missing[m], here, lacked[start:end])
                _pick(partner[m], here, partners[start:end])
                _pick(stage[m], here, stages[start:end])
                _pick(capex[m], here, cost[start:end])
                seeking = end if known[p] else first[block, 2 * p + 1]
                lent[seeking:end], free[seeking:end] = np.nan, np.nan
                here, left = world[start:seeking], free[start:seeking]
                _pick(signed[m], here, lent[start:seeking])
                sold = china[m], us[m], europe[m], east[m]
                for i in range(here.size):
                    k = here[i]
                    left[i] = free_output(sold[0][k], sold[1][k], sold[2][k], sold[3][k])
    return first, place, world, lacked, lent, partners, stages, cost, free


@inline
def _pick(values: Vector, worlds: Rows, out: Vector) -> None:
    for i in range(worlds.size):
        out[i] = values[worlds[i]]


@kernel
def incentive_prices(
    rows: Rows, worlds: Rows, cash_cost: Vector, need: Vector, grants: Vector, capacity: Vector, yearly: Vector,
    relief: Vector, payable: Vector,
) -> Vector:  # fmt: skip
    """`sim.mining.incentive_price` of some mines, each in one world, USD/mtu, (rows,).

    Args:
        rows, worlds: which mine and which world.
        cash_cost, need, grants, yearly, relief: tables (mines, worlds).
        capacity, payable: (mines,).
    """
    prices, start = np.empty(rows.size), 0
    while start < rows.size:
        m, end = rows[start], start + 1
        while end < rows.size and rows[end] == m:
            end += 1
        cost, wanted, given, charge, left = cash_cost[m], need[m], grants[m], yearly[m], relief[m]
        here, price = worlds[start:end], prices[start:end]
        for i in range(here.size):
            k = here[i]
            price[i] = incentive_price(cost[k], wanted[k], given[k], capacity[m], charge[k], left[k], payable[m])
        start = end
    return prices


class ByProspect:
    """An equation that says what somebody offers a project, applied to all prospects.

    Its arguments are: `own` numbers that the caller has for each prospect, then any of FIGURES and `incentive`, by
    their names, then `places` numbers that belong to a project in all worlds, then numbers that belong to a world.

    It gives one or several offers, >= 0; of a ranked equation these follow the rank, by which the lowest few of a
    world are chosen: of equals the first, infinity never, minus infinity always and besides the few.
    Inside, what is allowed in a `rule` is allowed.
    """

    def __init__(self, function: Callable[..., Any], offers: int, places: int, own: int, ranked: bool) -> None:
        self.offers = offers
        self.places = places
        self.own = own
        self.ranked = ranked
        self.function = function
        self.scalar = compiled(function, INLINE)
        code = function.__code__
        self._arguments = code.co_varnames[: code.co_argcount]
        self._figures = [each for each in self._arguments if each in FIGURES]
        self._look_up = attrgetter("first", "places", "worlds", *self._figures)
        functools.update_wrapper(self, function)

    @functools.cached_property
    def _loop(self) -> Callable[..., Any]:
        name = re.sub(r"\W", "_", self.function.__qualname__)
        numbers = [each for each in self._arguments if each not in FIGURES]
        own, by_place = numbers[: self.own], numbers[self.own : self.own + self.places]
        value = dict.fromkeys(numbers, "{}[worlds[begin + i]]") | dict.fromkeys(by_place, "{}[place]")
        value |= dict.fromkeys([*own, *self._figures], "{}[begin + i]")
        inputs = ", ".join(value[each].format(f"of_{each}") for each in self._arguments)
        width = self.offers + self.ranked
        results = "".join(f"tile[{i}, i], " for i in range(width))
        parameters = ", ".join(f"of_{each}" for each in [*self._figures, *numbers])
        lines = [
            f"def {name}(at, where, offers, welcome, early, most, limit, first, places, worlds, {parameters}):",
            "    many = 1",
            "    for k in range(most.size):",
            "        many = max(many, int(most[k]) + 1)",
            f"    tile, best = np.empty(({width}, {_BLOCK})), np.empty(({_BLOCK}, many))",
            f"    which, chosen = np.empty(({_BLOCK}, many), np.int64), np.empty({_BLOCK}, np.int64)",
            f"    together, kept, count = np.empty({_BLOCK}), np.empty(at.size, np.bool_), 0",
            "    for block in range(first.shape[0]):",
            f"        last, start = count, block * {_BLOCK}",
            "        chosen[:] = 0",
            "        together[:] = 0.0",
            "        for place in welcome:",
            "            begin, end = first[block, 2 * place], first[block, 2 * place + (2 if early[place] else 1)]",
            "            for i in range(end - begin):",
            f"                {results} = rule({inputs})".replace(",  =", " =" if width > 1 else ", ="),
            "            for i in range(end - begin):",
            "                at[last] = begin + i",
            *[f"                offers[{i}, last] = tile[{i + self.ranked}, i]" for i in range(self.offers)],
        ]
        if self.ranked:
            lines += [
                "                rank, k = tile[0, i], worlds[begin + i] - start",
                "                if not rank < np.inf:",
                "                    continue",
                "                kept[last] = rank == -np.inf",
                "                if not kept[last]:",
                "                    j = chosen[k]",
                "                    while j > 0 and rank < best[k, j - 1]:",
                "                        best[k, j], which[k, j] = best[k, j - 1], which[k, j - 1]",
                "                        j -= 1",
                "                    best[k, j], which[k, j] = rank, last",
                "                    chosen[k] = min(chosen[k] + 1, int(most[start + k]))",
                "                last += 1",
                f"        for k in range({_BLOCK}):",
                "            for j in range(chosen[k]):",
                "                kept[which[k, j]] = True",
            ]
        else:
            wanted = " | ".join(f"(tile[{i}, i] > 0.0)" for i in range(self.offers))
            lines += ["                kept[last] = True", f"                last += 1 if {wanted} else 0"]
        lines += [
            "        begin = count",
            "        for c in range(begin, last):",
            "            if kept[c]:",
            "                at[count] = at[c]",
            *[f"                offers[{i}, count] = offers[{i}, c]" for i in range(self.offers)],
            "                where[0, count], where[1, count] = places[at[c]], worlds[at[c]]",
            "                together[where[1, count] - start] += offers[0, c]",
            "                count += 1",
            "        if limit.size > 0:",
            "            for c in range(begin, count):",
            "                k = where[1, c]",
            "                if together[k - start] > limit[k]:",
            "                    offers[0, c] *= max(limit[k], 0.0) / max(together[k - start], 1e-9)",
            "    return count",
        ]
        signature = types.int64(
            _PLACES, types.Array(types.int64, 2, "C"), OUTPUT, _ROWS, _MARKS, _NUMBERS, _NUMBERS, _TABLE, _ROWS, _ROWS,
            *[_NUMBERS] * len(self._arguments),
        )  # fmt: skip
        return loop_of(self.function, self.scalar, name, "\n".join(lines) + "\n", signature)

    def __call__(
        self,
        prospects: Prospects,
        welcome: Rows,
        *numbers: Vector,
        early: NDArray[np.bool_] | None = None,
        most: Vector = _NONE,
        limit: Vector = _NONE,
    ) -> tuple[Rows, list[Offers]]:
        """Which prospects are offered something, and what.

        Args:
            prospects: those looked at.
            welcome: places of the projects that may be offered anything, ascending.
            numbers: arguments of the equation that are no figures of a prospect.
            early: projects that may be offered something though they lack no money, (projects,); all if left out.
            most: how many projects a ranked equation chooses, (worlds,).
            limit: what the first offer may come to over all projects; beyond it, it is cut in proportion, (worlds,).

        Returns:
            Place of each among the prospects, ascending, and each kind of offer.
        """
        found = prospects.places.size + 1
        at, where, offers = np.empty(found, np.int64), np.empty((2, found), np.int64), np.empty((self.offers, found))
        early = everybody(prospects.projects) if early is None else early
        count = self._loop(at, where, offers, welcome, early, most, limit, *self._look_up(prospects), *numbers)
        places, worlds, shape = where[0, :count], where[1, :count], (prospects.projects, prospects.width)
        return at[:count], [Offers(places, worlds, values[:count], shape) for values in offers]


@functools.cache
def everybody(projects: int) -> NDArray[np.bool_]:
    """All projects, (projects,)."""
    return np.ones(projects, bool)


@functools.cache
def nobody(projects: int) -> NDArray[np.bool_]:
    """No project, (projects,)."""
    return np.zeros(projects, bool)


def by_prospect(
    offers: int = 1, places: int = 0, own: int = 0, ranked: bool = False
) -> Callable[[Callable[..., Any]], ByProspect]:
    """Make an equation, whose arguments are named as the figures of a prospect, work on all prospects."""
    return functools.partial(ByProspect, offers=offers, places=places, own=own, ranked=ranked)
