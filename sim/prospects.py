"""Projects to which somebody might offer money, and equations that say what each of them is offered.

Few of all projects lack money or are studied in any one world; what a lender thinks is worked out for these alone.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from sim.compiled import INLINE, OUTPUT, compiled, inline, kernel, loop_of
from sim.mining import incentive_price
from sim.network import Vector
from sim.offers import Offers, Rows
from sim.ranges import clip

FIGURES = ("missing", "signed", "partner", "stage", "capex", "free")
"""Figures kept for each prospect, and names by which equations ask for them; `incentive` is asked for in the same way."""

_BLOCK = 256
_NUMBERS = types.Array(types.float64, 1, "C", readonly=True)
_ROWS = types.Array(types.int64, 1, "C", readonly=True)
_MARKS = types.Array(types.boolean, 1, "C", readonly=True)
_TABLE = types.Array(types.float64, 2, "C", readonly=True)


@dataclass(frozen=True, eq=False)
class Prospects:
    """Projects worth a look in each world, world after world and then by their place among all projects."""

    projects: int
    """How many projects there are."""
    first: Rows
    """Where each world's prospects begin, and where the last world's end, (worlds + 1,)."""
    places: Rows
    """Place of each among all projects, (prospects,)."""
    worlds: Rows
    """World of each, (prospects,)."""
    figures: Vector
    """FIGURES of each: million USD lacking and lent, codes of partner and stage, capital cost in million USD, share of
    output that is not sold, (prospects, figures)."""
    incentive: Vector
    """Price at which each earns its hurdle, USD/mtu, (prospects,)."""

    def offered(self, at: Rows, values: Vector) -> Offers:
        """Offers to some of them."""
        return Offers(self.places[at], self.worlds[at], values, (self.projects, self.first.size - 1))


@inline
def free_output(china: float, us: float, europe: float, east: float) -> float:
    """Share of a mine's output that is not sold under contract to any of four buyers, 0 to 1."""
    return clip(1.0 - china - us - europe - east, 0.0, 1.0)


@kernel
def find(
    rows: Rows, last: Vector, missing: Vector, signed: Vector, partner: Vector, stage: Vector, capex: Vector,
    china: Vector, us: Vector, europe: Vector, east: Vector,
) -> tuple[Rows, Rows, Rows, Rows, Vector]:  # fmt: skip
    """Look for prospects: projects that lack money, and those that have not passed a stage.

    Args:
        rows: row of each project among all mines.
        last: code of the last stage in which a project is looked at though it lacks no money, (projects,).
        missing, signed, partner, stage, capex: tables (mines, worlds).
        china, us, europe, east: share of output under contract to each buyer, (mines, worlds).

    Returns:
        `first`, `places` and `worlds` of `Prospects`, row of each among all mines, and `figures`.
    """
    projects, worlds = rows.size, missing.shape[1]
    count, place = np.zeros(worlds, np.int64), np.empty((worlds, projects + 1), np.int32)
    for start in range(0, worlds, _BLOCK):
        end = min(start + _BLOCK, worlds)
        for p in range(projects):
            lacks, now, until, some = missing[rows[p]], stage[rows[p]], last[p], False
            for k in range(start, end):
                some |= (lacks[k] > 0.0) | (now[k] <= until)
            if some:
                for k in range(start, end):
                    place[k, count[k]] = p
                    count[k] += 1 if (lacks[k] > 0.0) | (now[k] <= until) else 0
    first = np.zeros(worlds + 1, np.int64)
    for k in range(worlds):
        first[k + 1] = first[k] + count[k]
    found = first[worlds]
    places, mine, world = np.empty(found, np.int64), np.empty(found, np.int64), np.empty(found, np.int64)
    figures = np.empty((found, len(FIGURES)))
    for k in range(worlds):
        for i in range(count[k]):
            n, p = first[k] + i, place[k, i]
            row = rows[p]
            places[n], mine[n], world[n] = p, row, k
            figures[n, 0], figures[n, 1], figures[n, 2] = missing[row, k], signed[row, k], partner[row, k]
            figures[n, 3], figures[n, 4] = stage[row, k], capex[row, k]
            figures[n, 5] = free_output(china[row, k], us[row, k], europe[row, k], east[row, k])
    return first, places, world, mine, figures


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
    price = np.empty(rows.size)
    for i in range(rows.size):
        m, k = rows[i], worlds[i]
        price[i] = incentive_price(
            cash_cost[m, k], need[m, k], grants[m, k], capacity[m], yearly[m, k], relief[m, k], payable[m]
        )
    return price


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
        functools.update_wrapper(self, function)

    @functools.cached_property
    def _loop(self) -> Callable[..., int]:
        name = re.sub(r"\W", "_", self.function.__qualname__)
        taken, parameters, kinds = [], list[str](), list[Any]()
        for i, each in enumerate(self._arguments):
            if i < self.own:
                taken.append(f"own_{i}[i]")
                parameters.append(f"own_{i}")
            elif each in FIGURES:
                taken.append(f"figures[i, {FIGURES.index(each)}]")
            elif each == "incentive":
                taken.append("incentive[i]")
            else:
                is_place = len(parameters) - self.own < self.places
                taken.append(f"number_{i}[{'place' if is_place else 'k'}]")
                parameters.append(f"number_{i}")
        kinds += [_NUMBERS] * len(parameters)
        values = [f"value_{i}" for i in range(self.offers)]
        given = [f"offers[{i}, count]" for i in range(self.offers)]
        one = "," if self.offers == 1 and not self.ranked else ""
        wanted = "rank < np.inf" if self.ranked else " or ".join(f"{value} > 0.0" for value in values)
        lines = [
            f"def {name}(at, offers, first, places, figures, incentive, welcome, most, limit, {', '.join(parameters)}):",
            "    ranks, count = np.empty(welcome.size), 0",
            "    for k in range(first.size - 1):",
            "        begin, many = count, 0",
            "        for i in range(first[k], first[k + 1]):",
            "            place = places[i]",
            "            if not welcome[place]:",
            "                continue",
            f"            {', '.join(['rank'] * self.ranked + values)}{one} = rule({', '.join(taken)})",
            f"            if {wanted}:",
            f"                at[count], {', '.join(given)} = i, {', '.join(values)}",
        ]
        if self.ranked:
            lines += [
                "                ranks[count - begin] = rank",
                "                many += 1 if rank > -np.inf else 0",
                "                count += 1",
                "        while many > most[k]:",
                "            worst = -1",
                "            for j in range(count - begin):",
                "                if ranks[j] > -np.inf and (worst < 0 or ranks[j] >= ranks[worst]):",
                "                    worst = j",
                "            for j in range(begin + worst, count - 1):",
                "                ranks[j - begin], at[j] = ranks[j - begin + 1], at[j + 1]",
                *[f"                offers[{i}, j] = offers[{i}, j + 1]" for i in range(self.offers)],
                "            count -= 1",
                "            many -= 1",
            ]
        else:
            lines += ["                count += 1"]
        lines += [
            "        if limit.size > 0:",
            "            together = 0.0",
            "            for j in range(begin, count):",
            "                together += offers[0, j]",
            "            if together > limit[k]:",
            "                share = max(limit[k], 0.0) / max(together, 1e-9)",
            "                for j in range(begin, count):",
            "                    offers[0, j] *= share",
            "    return count",
        ]
        signature = types.int64(
            types.Array(types.int64, 1, "C"), OUTPUT, _ROWS, _ROWS, _TABLE, _NUMBERS, _MARKS, _NUMBERS, _NUMBERS, *kinds
        )
        return loop_of(self.function, self.scalar, name, "\n".join(lines) + "\n", signature)

    def __call__(
        self,
        prospects: Prospects,
        welcome: NDArray[np.bool_],
        *numbers: Vector,
        most: Vector | None = None,
        limit: Vector | None = None,
    ) -> tuple[Rows, Vector]:
        """Which prospects are offered something, and what.

        Args:
            prospects: those looked at.
            welcome: projects that may be offered anything, (projects,).
            numbers: arguments of the equation that are no figures of a prospect.
            most: how many projects a ranked equation chooses, (worlds,).
            limit: what the first offer may come to over all projects; beyond it, it is cut in proportion, (worlds,).

        Returns:
            Place of each among the prospects, ascending, and the offers, (offers, chosen).
        """
        found = prospects.places.size
        at, offers = np.empty(found, np.int64), np.empty((self.offers, found))
        count = self._loop(
            at, offers, prospects.first, prospects.places, prospects.figures, prospects.incentive, welcome,
            _NONE if most is None else most, _NONE if limit is None else limit, *numbers,
        )  # fmt: skip
        return at[:count], offers[:, :count]


_NONE = np.empty(0)


def by_prospect(
    offers: int = 1, places: int = 0, own: int = 0, ranked: bool = False
) -> Callable[[Callable[..., Any]], ByProspect]:
    """Make an equation, whose arguments are named as the figures of a prospect, work on all prospects."""
    return functools.partial(ByProspect, offers=offers, places=places, own=own, ranked=ranked)
