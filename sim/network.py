"""The shape of the market: pools that hold tungsten, arcs that move or transform it, users that take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Index = NDArray[np.int64]

SCARCITY_PRICE = 20_000.0
"""USD/mtu above which holders let go: their stock falls in a straight line to nothing at HIGHEST_PRICE."""
HIGHEST_PRICE = 4.0 * SCARCITY_PRICE


@dataclass(frozen=True)
class Elimination:
    """Fixed order and fill pattern in which the clearing factorises its linear system (LDL, no pivots).

    The system is a table of rows: first the diagonal, then the entries below it, column after column. Column c
    holds the entries `start[c]` to `start[c + 1]` of that second part, each of which stands in row `row` of the
    matrix. When column c is eliminated, each pair of its entries, the second not above the first, changes one row of
    the table; `target` lists these rows in the order of columns, first entries and second entries.
    """

    start: Index
    row: Index
    target: Index


@dataclass(frozen=True)
class ByPool:
    """Arcs and users sorted by the pool that they start at or draw on, for loops over pools.

    Pool i has the places `start[i]` to `start[i + 1]`; `member` gives the arc or group of users at each place.
    """

    start: Index
    member: Index

    @classmethod
    def of(cls, pool: Index, pools: int) -> ByPool:
        """Sort members by their pools; members of one pool keep their order."""
        member = np.argsort(pool, kind="stable").astype(np.int64)
        return cls(np.searchsorted(pool[member], np.arange(pools + 1)).astype(np.int64), member)


@dataclass(frozen=True)
class Network:
    """Pools, arcs and users of one market, as index arrays; pools stand in the order of elimination."""

    pools: tuple[str, ...]
    arcs: tuple[str, ...]
    origin: Index
    """Pool that each arc takes from, shape (arcs,)."""
    destination: Index
    """Pool that each arc gives to, shape (arcs,)."""
    yield_: Vector
    """Tonnes that arrive per tonne that leaves, in (0, 1], shape (arcs,)."""
    slope: Vector
    """Rise of an arc's marginal cost with its flow, USD/mtu per t W/month, > 0, shape (arcs,)."""
    user_pool: Index
    """Pool that each group of users draws on, shape (users,)."""
    choke: Vector
    """Price at which each group would use nothing, USD/mtu, in (0, HIGHEST_PRICE), shape (users,)."""
    entry: Index
    """Place of each arc below the diagonal, shape (arcs,)."""
    elimination: Elimination
    leaving: ByPool
    """Arcs by origin."""
    drawing: ByPool
    """Groups of users by pool."""

    @classmethod
    def build(
        cls,
        pools: Sequence[str],
        arcs: Sequence[tuple[str, str, str, float, float]],
        users: Sequence[tuple[str, float]],
    ) -> Network:
        """Order the pools for elimination and find the fill.

        Args:
            pools: names, each once.
            arcs: (name, origin, destination, yield, slope) of each arc.
            users: (pool, choke price in USD/mtu) of each group of users.

        Raises:
            ValueError: a pool named twice, an arc that starts where it ends, an arc or user of an unknown pool,
                a slope not above zero, a yield not in (0, 1], a choke price not in (0, HIGHEST_PRICE).
        """
        twice = [pool for i, pool in enumerate(pools) if pool in pools[:i]]
        if twice:
            raise ValueError(f"pool '{twice[0]}' is named twice: each pool of the market needs a name of its own")
        for name, origin, destination, yield_, slope in arcs:
            if origin == destination or origin not in pools or destination not in pools:
                raise ValueError(f"arc '{name}' must join two pools of the market, not {origin} and {destination}")
            if not slope > 0:
                raise ValueError(f"arc '{name}' needs a slope above zero, not {slope}")
            if not 0 < yield_ <= 1:
                raise ValueError(f"arc '{name}' needs a yield above zero and at most 1, not {yield_}")
        for pool, choke in users:
            if pool not in pools:
                raise ValueError(f"users must draw on a pool of the market, not {pool}")
            if not 0 < choke < HIGHEST_PRICE:
                raise ValueError(f"users of {pool} need a choke price between 0 and {HIGHEST_PRICE}, not {choke}")
        place = {pool: i for i, pool in enumerate(pools)}
        order = _minimum_degree(len(pools), [(place[arc[1]], place[arc[2]]) for arc in arcs])
        ordered = tuple(pools[i] for i in order)
        place = {pool: i for i, pool in enumerate(ordered)}
        starts = np.array([place[arc[1]] for arc in arcs], np.int64)
        ends = np.array([place[arc[2]] for arc in arcs], np.int64)
        elimination, entry = _eliminate(len(pools), starts, ends)
        drawn = np.array([place[pool] for pool, _ in users], np.int64)
        return cls(
            pools=ordered,
            arcs=tuple(arc[0] for arc in arcs),
            origin=starts,
            destination=ends,
            yield_=np.array([arc[3] for arc in arcs], float),
            slope=np.array([arc[4] for arc in arcs], float),
            user_pool=drawn,
            choke=np.array([choke for _, choke in users], float),
            entry=entry,
            elimination=elimination,
            leaving=ByPool.of(starts, len(pools)),
            drawing=ByPool.of(drawn, len(pools)),
        )


def _minimum_degree(size: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Elimination order that always takes the pool with the fewest neighbours left (ties: the first)."""
    neighbours: list[dict[int, None]] = [{} for _ in range(size)]
    for a, b in pairs:
        neighbours[a][b] = neighbours[b][a] = None
    order: list[int] = []
    left = list(range(size))
    while left:
        chosen = min(left, key=lambda i: len(neighbours[i]))
        left.remove(chosen)
        order.append(chosen)
        joined = list(neighbours[chosen])
        for a in joined:
            del neighbours[a][chosen]
            for b in joined:
                if a != b:
                    neighbours[a][b] = None
    return order


def _eliminate(size: int, origin: Index, destination: Index) -> tuple[Elimination, Index]:
    """Symbolic factorisation of the pools' adjacency in the order given."""
    pairs = [(max(a, b), min(a, b)) for a, b in zip(origin.tolist(), destination.tolist(), strict=True)]
    below: list[list[int]] = [sorted({row: None for row, column in pairs if column == c}) for c in range(size)]
    for c in range(size):
        for row in below[c][1:]:
            first = below[c][0]
            if row not in below[first]:
                below[first] = sorted([*below[first], row])
    start: list[int] = [0]
    rows: list[int] = []
    entry: dict[tuple[int, int], int] = {}
    for c in range(size):
        for row in below[c]:
            entry[row, c] = len(rows)
            rows.append(row)
        start.append(len(rows))
    target: list[int] = []
    for c in range(size):
        for i, a in enumerate(below[c]):
            target += [a if a == b else size + entry[b, a] for b in below[c][i:]]
    arrays = (start, rows, target)
    return Elimination(*[np.array(x, np.int64) for x in arrays]), np.array([entry[p] for p in pairs], np.int64)
