"""Random markets to test the clearing on: hypothesis strategies and generators with a seed."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from hypothesis import strategies as st

from sim.clearing import Cleared, clear
from sim.network import Network, Vector

AMPLE = 1e6
"""Capacity that never binds, t W/month."""


@dataclass(frozen=True)
class Block:
    """What the clearing takes in, for one network and some worlds; see `sim.clearing.clear`."""

    network: Network
    available: Vector
    stiffness: Vector
    demand: Vector
    cost: Vector
    capacity: Vector
    start: Vector

    @property
    def width(self) -> int:
        """Number of worlds."""
        return self.available.shape[1]

    def clear(self) -> Cleared:
        """The cleared market."""
        return clear(**{field.name: getattr(self, field.name) for field in fields(self)})

    def worlds(self, chosen) -> Block:
        """The block of the chosen worlds, in that order."""
        return self.replaced(**{name: getattr(self, name)[:, chosen] for name in TABLES})

    def replaced(self, **changed: Vector) -> Block:
        """The same block with other tables, each repeated to its shape and laid out row by row."""
        known = {name: getattr(self, name) for name in TABLES} | changed
        wide = max(np.shape(table)[1] if np.ndim(table) == 2 else 1 for table in known.values())
        rows = {name: len(getattr(self, name)) for name in TABLES}
        shaped = {name: np.broadcast_to(table, (rows[name], wide)) for name, table in known.items()}
        tables = {name: np.array(table, float, order="C") for name, table in shaped.items()}
        return Block(self.network, **tables)


TABLES = tuple(field.name for field in fields(Block) if field.name != "network")


def single(network: Network, available, stiffness, demand=(), cost=(), capacity=(), start=None) -> Block:
    """A block of one world from lists."""
    start = available if start is None else start
    tables = (available, stiffness, demand, cost, capacity, start)
    return Block(network, *[np.array(table, float).reshape(-1, 1) for table in tables])


# --- random markets ----------------------------------------------------------------------------


def log_uniform(rng: np.random.Generator, low: float, high: float, shape=()) -> Vector:
    """Numbers whose logarithm is uniform."""
    return np.exp(rng.uniform(np.log(low), np.log(high), shape))


def random_network(rng: np.random.Generator, most_pools: int = 14) -> Network:
    """Two pools or more, arcs between random pairs (both ways and twins too), users anywhere."""
    size = int(rng.integers(2, most_pools + 1))
    pools = [f"pool {i}" for i in range(size)]
    arcs = []
    for a in range(int(rng.integers(1, 3 * size + 1))):
        origin, destination = rng.choice(size, 2, replace=False)
        yield_ = 1.0 if rng.random() < 0.5 else rng.uniform(0.9, 1.0)
        slope = float(log_uniform(rng, 0.05, 5.0))
        arcs.append((f"arc {a}", pools[origin], pools[destination], yield_, slope))
    groups = int(rng.integers(1, 2 * size + 1))
    users = [(pools[rng.integers(size)], float(log_uniform(rng, 3_000.0, 60_000.0))) for _ in range(groups)]
    return Network.build(pools, arcs, users)


def random_block(network: Network, rng: np.random.Generator, worlds: int) -> Block:
    """Worlds with stocks of 1 t to 10,000 t, a third of the arcs limited and a tenth shut."""
    pools, arcs, users = len(network.pools), len(network.arcs), len(network.choke)
    wish = log_uniform(rng, 1.0, 10_000.0, (pools, worlds))
    price = log_uniform(rng, 150.0, 700.0, (pools, worlds))
    limit = log_uniform(rng, 0.1, 2_000.0, (arcs, worlds))
    kind = rng.random((arcs, worlds))
    return Block(
        network,
        available=wish * log_uniform(rng, 0.4, 1.6, (pools, worlds)),
        stiffness=price * wish * wish * wish,
        demand=log_uniform(rng, 0.1, 1_000.0, (users, worlds)),
        cost=rng.uniform(0.0, 150.0, (arcs, worlds)),
        capacity=np.where(kind < 0.1, 0.0, np.where(kind < 0.4, limit, AMPLE)),
        start=wish * log_uniform(rng, 0.5, 2.0, (pools, worlds)),
    )


def small_markets(seed: int, count: int, most_pools: int = 6) -> list[Block]:
    """So many random markets, each a network of its own with one world."""
    generators = [np.random.default_rng((seed, number)) for number in range(count)]
    return [random_block(random_network(rng, most_pools), rng, 1) for rng in generators]


# --- strategies --------------------------------------------------------------------------------


def powers(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers spread evenly over their orders of magnitude."""
    exponents = st.floats(float(np.log10(low)), float(np.log10(high)))
    return exponents.map(lambda exponent: min(max(10.0**exponent, low), high))


@st.composite
def networks(draw) -> Network:
    """Networks of 2 to 14 pools."""
    size = draw(st.integers(2, 14))
    pools = [f"pool {i}" for i in range(size)]
    ends = st.tuples(st.integers(0, size - 1), st.integers(1, size - 1))
    yields = st.one_of(st.just(1.0), st.floats(0.9, 1.0))
    drawn = draw(st.lists(st.tuples(ends, yields, powers(0.05, 5.0)), min_size=1, max_size=3 * size))
    arcs = [
        (f"arc {a}", pools[origin], pools[(origin + further) % size], yield_, slope)
        for a, ((origin, further), yield_, slope) in enumerate(drawn)
    ]
    users = draw(st.lists(st.tuples(st.sampled_from(pools), powers(3_000.0, 60_000.0)), max_size=2 * size))
    return Network.build(pools, arcs, users)


@st.composite
def markets(draw) -> Block:
    """One world on a network of its own; stocks of 1 t to 10,000 t."""
    network = draw(networks())

    def column(members: int, numbers: st.SearchStrategy[float]) -> Vector:
        return np.array(draw(st.lists(numbers, min_size=members, max_size=members)), float)

    pools, arcs, users = len(network.pools), len(network.arcs), len(network.choke)
    wish = column(pools, powers(1.0, 10_000.0))
    return single(
        network,
        available=wish * column(pools, powers(0.2, 2.0)),
        stiffness=wish * wish * wish * column(pools, powers(100.0, 1_000.0)),
        demand=column(users, st.one_of(st.just(0.0), powers(0.1, 3_000.0))),
        cost=column(arcs, st.floats(0.0, 300.0)),
        capacity=column(arcs, st.one_of(st.just(0.0), st.just(AMPLE), powers(0.1, 3_000.0))),
        start=wish * column(pools, powers(0.3, 3.0)),
    )
