"""The market place: holds every pool's stock, posts schedules, clears the month, moves goods and knows prices."""

from __future__ import annotations

from functools import cached_property
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from agents.parameters import law
from agents.turns import Turn
from sim import shipping, units
from sim.blocks import NEAR
from sim.clearing import laid_out
from sim.decided import HOSTS, LEVERS
from sim.memory import unfilled
from sim.network import Index, Network, Vector
from sim.scenario import Scenario
from sim.state import derived, forget, state, to_fill
from sim.trading import rows_of_room

TIERS = ("defence", "demanding", "flexible")
TIER_OF = {
    "defence": "defence",
    "aerospace": "demanding",
    "electronics": "demanding",
    "cutting_tools": "demanding",
    "steel_and_other": "flexible",
}


def by_place(place: Index, count: int) -> tuple[Index, Index]:
    """Where each place's members begin in a list, (places + 1,), and the list: place after place, in their order."""
    members = [[m for m, at in enumerate(place.tolist()) if at == i] for i in range(count)]
    first = [0]
    for here in members:
        first.append(first[-1] + len(here))
    return np.array(first, np.int64), np.array([m for here in members for m in here], np.int64)


class Contracts(NamedTuple):
    """Arcs on which contracts send goods whatever the price."""

    arcs: Index
    """Rows of these arcs."""
    first_out: Index
    """First of those that leave each pool in `leaving`, (pools + 1,)."""
    leaving: Index
    first_in: Index
    """First of those that reach each pool in `reaching`, (pools + 1,)."""
    reaching: Index


def column(vector: Vector | list[float]) -> Vector:
    """A parameter for each member, shape (members, 1), that broadcasts over worlds."""
    return np.array(vector, float)[:, None]


class Exchange:
    """Pools, arcs and users of a scenario, with their stocks and prices in every world."""

    stock = state("t W in each pool, goods under way to it included, (pools, worlds)")
    price = state("USD/mtu in each pool, (pools, worlds)")
    level = state("stock at which holders are content, the clearing's next guess, (pools, worlds)")
    wished = state("stock wished for last month, t W, (pools, worlds)")
    inbound = state("t W that reach each pool in 1, 2, ... months, pool after pool, (rows, worlds)")
    throughput = state("t W/month that pass through each pool, slow mean, (pools, worlds)")
    carried = state("t W/month on each arc, slow mean, (arcs, worlds)")
    flow = state("t W/month on each arc last month, contracts included, (arcs, worlds)")
    rent = state("USD/mtu, shadow price of each arc's capacity, (arcs, worlds)")
    used = state("t W/month taken by each group of users, (users, worlds)")
    unmet = state("t W/month that users found no goods for, (users, worlds)")
    anchor = state("slow price level that holders expect to return, relative to the start, (worlds,)")
    steps = state("Newton steps of the last clearing, (worlds,)")

    def __init__(self, scenario: Scenario, worlds: int, parameters: SimpleNamespace) -> None:
        self.parameters = parameters
        self.arcs = scenario.arcs
        users, chokes = self._users(scenario)
        self.users = users
        self.network = Network.build(
            [pool.key for pool in scenario.pools],
            [(a.key, a.origin, a.destination, a.yield_.value, a.slope.value) for a in scenario.arcs],
            [(pool, choke) for (pool, _), choke in zip(users, chokes, strict=True)],
        )
        self.market = laid_out(self.network)
        pools = {pool.key: pool for pool in scenario.pools}
        self.pools = tuple(pools[key] for key in self.network.pools)
        self.place = {pool.key: i for i, pool in enumerate(self.pools)}
        self.regions = tuple(region.key for region in scenario.regions)
        self.region_of_pool = np.array([self.regions.index(pool.region) for pool in self.pools])
        self.reference_price = column([pool.price.value for pool in self.pools])
        self.reference_stock = column([pool.stock.value for pool in self.pools])
        self.reference_flow = column([arc.flow.value / 12 for arc in self.arcs])
        self.freight = column([arc.freight.value + arc.risk.value for arc in self.arcs])
        self.tariff = column([arc.tariff.value for arc in self.arcs])
        self.capacity = column([arc.capacity.value / 12 for arc in self.arcs])
        self.yield_ = self.network.yield_[:, None]
        self.slope = self.network.slope[:, None]
        self.transit = np.array([int(arc.transit.value) for arc in self.arcs])
        origin, destination = self.network.origin, self.network.destination
        margin = (
            self.yield_ * self.reference_price[destination]
            - self.reference_price[origin] * (1 + self.tariff)
            - self.freight
        )
        self.residual = np.where(self.reference_flow > 0, margin - self.slope * self.reference_flow, 0.0)
        self._start(scenario, worlds)

    @staticmethod
    def _users(scenario: Scenario) -> tuple[list[tuple[str, str]], list[float]]:
        """Groups of users, one a pool and tier, and the price at which each would use nothing."""
        grades = {(p.region, p.grade): p.key for p in scenario.pools if p.good == "apt"}
        users: list[tuple[str, str]] = []
        chokes: list[float] = []
        for region in dict.fromkeys(d.region for d in scenario.demands):
            for tier in TIERS:
                here = [d for d in scenario.demands if d.region == region and TIER_OF[d.segment] == tier]
                use, weighed = 0.0, 0.0
                for d in here:
                    use, weighed = use + d.use.value, weighed + d.use.value * d.choke.value
                for grade in ("any", "eligible"):
                    if here and (region, grade) in grades and not (grade == "eligible" and tier == "flexible"):
                        users.append((grades[region, grade], tier))
                        chokes.append(weighed / use)
        return users, chokes

    def _start(self, scenario: Scenario, worlds: int) -> None:
        wide = np.ones(worlds)
        self.stock = self.reference_stock * wide
        self.price = self.reference_price * wide
        self.level = self.wished = self.stock
        self.flow = self.carried = self.reference_flow * wide
        self.rent = np.zeros((len(self.arcs), worlds))
        self.used = np.zeros((len(self.users), worlds))
        self.unmet = self.used
        (self._slow,) = law(worlds, self.parameters.anchor.throughput)
        self.anchor = wide
        self.steps = 0 * wide
        longest = [0] * len(self.pools)
        for d, months in zip(self.network.destination.tolist(), self.transit.tolist(), strict=True):
            longest[d] = max(longest[d], months)
        rows = [0]
        for months in longest:
            rows.append(rows[-1] + months)
        self._first_afloat = np.array(rows, np.int64)
        self._room: tuple[Vector, int, int] | None = None
        inbound = np.zeros((rows[-1], worlds))
        passing = np.zeros((len(self.pools), worlds))
        for a, d in enumerate(self.network.destination):
            arriving = self.yield_[a] * self.flow[a]
            passing[d] += arriving
            for months in range(self.transit[a]):
                inbound[self._first_afloat[d] + months] += arriving
        for mine in scenario.mines:
            passing[self.concentrate(mine.region)] += mine.output.value / 12
        for scrap in scenario.recycling:
            passing[self.place[f"{scrap.region}.apt.any"]] += scrap.scrap.value / 12
        self.inbound = inbound
        self.throughput = passing
        self.reference_throughput = passing[:, :1]
        held = self.reference_stock / np.maximum(self.reference_throughput, 1e-9)
        self.months_held = np.where(self.reference_throughput > 1.0, np.minimum(held, 4.0), 1.0)
        least = 0.5 * np.minimum(self.reference_stock, 30.0)
        of_pools = (self.reference_price, self.reference_stock, least, self.months_held, self.reference_throughput)
        self._holders = tuple(table[:, 0].copy() for table in of_pools)
        count = len(self.pools)
        lists = [by_place(x, count) for x in (self.network.origin, self.network.destination, self.network.user_pool)]
        self._at_pools = (*(first for first, _ in lists), self._first_afloat, *(members for _, members in lists))

    def concentrate(self, region: str) -> int:
        """Place of a region's concentrate pool."""
        return next(i for i, p in enumerate(self.pools) if p.region == region and p.good == "concentrate")

    def arcs_where(self, **wanted: str | bool) -> list[int]:
        """Rows of arcs by attributes; `origin_region` and `destination_region` name a pool's region."""
        return [i for i, about in enumerate(self._about) if all(about[key] == value for key, value in wanted.items())]

    @cached_property
    def _about(self) -> list[dict[str, str | bool]]:
        """Attributes of each arc."""
        return [
            {
                "origin_region": arc.origin.split(".")[0],
                "destination_region": arc.destination.split(".")[0],
                "kind": arc.kind,
                "form": arc.form,
                "licensed": arc.licensed,
                "gateway": arc.gateway,
            }
            for arc in self.arcs
        ]

    @derived("stock", "inbound")
    def on_hand(self) -> Vector:
        """t W lying in each pool now, (pools, worlds)."""
        return shipping.lie(self._first_afloat, self.stock, self.inbound)

    def join(self, *pools: Index) -> None:
        """Take in the pools of the members of each kind that goods come from or go to, in the order of `post`."""
        self._members = tuple(by_place(place, len(self.pools)) for place in pools)
        self.dealt_in = np.unique(np.concatenate(pools[2:]))
        """Pools in which traders and stockpiles buy what lies there."""

    def entering(self, *tonnes: Vector) -> tuple[Any, ...]:
        """What enters the pools, t W by member, of mines, scrap, traders and stockpiles, with the pools that it enters."""
        return tuple((table, *places) for table, places in zip(tonnes, self._members, strict=True))

    def hold(self, cover_of_pool: Index, blocs: tuple[Any, ...]) -> Turn:
        """What lies in the pools before the market clears, and how holders value it.

        Args:
            cover_of_pool: bloc whose cover holds in each pool.
            blocs: seat of each bloc, usual cover and fear, see `sim.schedules.post_stocks`.
        """
        wished = to_fill(self, "wished")
        state = (self.stock, self.throughput, self.level, self.wished, self.anchor)
        return Turn(self, ((*self._holders, cover_of_pool), blocs, self.network.yield_, state), wished)

    def ship(self) -> Turn:
        """Goods leave, are under way, arrive and are used."""
        # nobody asks again what lay there before they move
        forget(Exchange.on_hand, self)
        after = to_fill(self, "stock", "inbound", "throughput", "carried", "used", "unmet", "flow")
        state = (self._slow, self.stock, self.inbound, self.throughput, self.carried)
        return Turn(self, ((self.network.yield_, self.transit), self._at_pools, state), after)

    def room(self, uses: int, blocs: int, buyers: int, contracts: Contracts) -> tuple[Vector, int, int]:
        """Working memory of the month's trade.

        Args:
            uses, blocs: regions of use, and blocs of users.
            buyers: those under contracts.
            contracts: arcs on which they send goods.
        """
        if self._room is None:
            sizes = (len(self.pools), len(self.arcs), len(self.users), uses, HOSTS, contracts.arcs.size, len(LEVERS))
            rows, spare = rows_of_room(*sizes, blocs, buyers, int(self.transit.max()))
            most = min(NEAR, self.anchor.size)
            self._room = (unfilled(rows * most), most, spare)
        return self._room

    def clear(self) -> Turn:
        """Find the prices at which every pool balances."""
        return Turn(self, (self.market,), to_fill(self, "level", "price", "steps", "rent"))

    def at(self, pool: str) -> Vector:
        """Price in a pool, USD/mtu, (worlds,)."""
        return self.price[self.place[pool]]

    def value(self, tonnes: Vector, price: Vector) -> Vector:
        """Million USD that tonnes of contained tungsten cost at a price in USD/mtu."""
        return tonnes * price * (units.MTU_PER_TONNE_W / 1e6)
