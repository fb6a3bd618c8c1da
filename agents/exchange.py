"""The market place: holds every pool's stock, posts schedules, clears the month, moves goods and knows prices."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from sim import units
from sim.clearing import clear
from sim.levers import UNLIMITED
from sim.network import Network, Vector
from sim.scenario import Scenario
from sim.state import derived, state
from sim.sums import grouped

TIERS = ("defence", "demanding", "flexible")
TIER_OF = {
    "defence": "defence",
    "aerospace": "demanding",
    "electronics": "demanding",
    "cutting_tools": "demanding",
    "steel_and_other": "flexible",
}
LONGEST_TRANSIT = 4


def column(vector: Vector | list[float]) -> Vector:
    """A parameter for each member, shape (members, 1), that broadcasts over worlds."""
    return np.array(vector, float)[:, None]


class Exchange:
    """Pools, arcs and users of a scenario, with their stocks and prices in every world."""

    stock = state("t W in each pool, goods under way to it included, (pools, worlds)")
    price = state("USD/mtu in each pool, (pools, worlds)")
    level = state("stock at which holders are content, the clearing's next guess, (pools, worlds)")
    wished = state("stock wished for last month, t W, (pools, worlds)")
    inbound = state("t W that reach each pool in 1, 2, ... months, (months, pools, worlds)")
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
        # pool in which an arc's goods arrive after so many months; other arcs go to a row of their own
        self.arrival = [
            np.where(self.transit == months, destination, len(self.pools))
            for months in range(LONGEST_TRANSIT + 1)
        ]
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
        self.anchor = wide
        self.steps = 0 * wide
        inbound = np.zeros((LONGEST_TRANSIT, len(self.pools), worlds))
        passing = np.zeros((len(self.pools), worlds))
        for a, d in enumerate(self.network.destination):
            arriving = self.yield_[a] * self.flow[a]
            passing[d] += arriving
            for months in range(self.transit[a]):
                inbound[months, d] += arriving
        for mine in scenario.mines:
            passing[self.concentrate(mine.region)] += mine.output.value / 12
        for scrap in scenario.recycling:
            passing[self.place[f"{scrap.region}.apt.any"]] += scrap.scrap.value / 12
        self.inbound = inbound
        self.throughput = passing
        self.reference_throughput = passing[:, :1]
        held = self.reference_stock / np.maximum(self.reference_throughput, 1e-9)
        self.months_held = np.where(self.reference_throughput > 1.0, np.minimum(held, 4.0), 1.0)

    def concentrate(self, region: str) -> int:
        """Place of a region's concentrate pool."""
        return next(i for i, p in enumerate(self.pools) if p.region == region and p.good == "concentrate")

    def arcs_where(self, **wanted: str | bool) -> list[int]:
        """Rows of arcs by attributes; `origin_region` and `destination_region` name a pool's region."""
        rows = []
        for i, arc in enumerate(self.arcs):
            about = {
                "origin_region": arc.origin.split(".")[0],
                "destination_region": arc.destination.split(".")[0],
                "kind": arc.kind,
                "form": arc.form,
                "licensed": arc.licensed,
                "gateway": arc.gateway,
            }
            if all(about[key] == value for key, value in wanted.items()):
                rows.append(i)
        return rows

    @derived("stock", "inbound")
    def on_hand(self) -> Vector:
        """t W lying in each pool now, (pools, worlds)."""
        afloat = self.inbound[0]
        for month in range(1, LONGEST_TRANSIT):
            afloat = afloat + self.inbound[month]
        return self.stock - afloat

    def wish(self, cover: Vector) -> Vector:
        """Stock that holders would be content with at the anchor price, t W, (pools, worlds).

        Args:
            cover: factor on the usual months of stock, (pools, worlds).
        """
        grown = self.months_held * (self.throughput - self.reference_throughput)
        floor = 0.5 * np.minimum(self.reference_stock, 30.0)
        return np.maximum(self.reference_stock + grown, floor) * cover

    def cost(self, extra: Vector, tariff: Vector) -> Vector:
        """Cost of the first tonne on each arc at last month's prices, USD/mtu, (arcs, worlds).

        Args:
            extra: risk, delay and premia on top of freight, USD/mtu, (arcs, worlds).
            tariff: tariffs and duties on the value at origin on top of those of the scenario, share, (arcs, worlds).
        """
        return self.freight + self.residual + (self.tariff + tariff) * self.price[self.network.origin] + extra

    def clear(
        self,
        added: Vector,
        cover: Vector,
        demand: Vector,
        cost: Vector,
        capacity: Vector,
        committed: dict[int, Vector],
    ) -> None:
        """Clear the month, move what is shipped and let users take what lies on hand.

        Args:
            added: t W that enter (mines, scrap, releases) less what leaves for hidden stock and stockpiles, by pool.
            cover: factor on the usual months of stock, by pool.
            demand: t W/month that users want at the reference price, by user group.
            cost: USD/mtu of the first tonne, by arc.
            capacity: t W/month, by arc.
            committed: t W/month that contracts send along the arcs that they use, whatever the price.
        """
        network = self.network
        origin, destination = network.origin, network.destination
        pools = len(self.pools)
        bound = np.array(sorted(committed), np.int64)
        contract = np.array([committed[arc] for arc in bound]).reshape(-1, cost.shape[1])
        sent = grouped(contract, origin[bound], pools)
        received = grouped(self.yield_[bound] * contract, destination[bound], pools)
        # a pool that is drained still holds a gram, so that it has a price
        available = np.maximum(self.stock + added - sent + received, 1e-6)
        wish = self.wish(cover)
        stiffness = self.reference_price * self.anchor * (wish * wish * wish)
        at_zero = demand / (1 - self.reference_price[network.user_pool] / network.choke[:, None])
        cost, free = cost.copy(), capacity.copy()
        cost[bound] = cost[bound] + self.slope[bound] * contract
        free[bound] = np.maximum(capacity[bound] - contract, 0.0)
        cleared = clear(
            network,
            available,
            stiffness,
            at_zero,
            cost,
            free,
            # the stocks at which last month's prices would hold
            self.level * (wish / self.wished),
        )
        self.wished = wish
        flow = cleared.flow.copy()
        flow[bound] = flow[bound] + contract
        leaving = grouped(flow, origin, pools)
        arriving = self.yield_ * flow
        entering = grouped(arriving, destination, pools)
        lying = self.on_hand() + added + self.inbound[0] - leaving + self._at_once(arriving)
        wanted = grouped(cleared.use, network.user_pool, pools)
        served = np.clip(np.maximum(lying, 0.0) / np.maximum(wanted, 1e-9), 0.0, 1.0)
        share = served[network.user_pool]
        self.used = cleared.use * share
        self.unmet = cleared.use * (1 - share)
        taken = grouped(self.used, network.user_pool, pools)
        self.stock = self.stock + added - leaving + entering - taken
        self._ship(arriving)
        self.level = cleared.level
        self.price = cleared.price
        self.flow = flow
        self.rent = cleared.rent
        self.steps = cleared.steps
        slow = self.parameters.anchor.throughput
        self.throughput = self.throughput + slow * (entering + np.maximum(added, 0.0) - self.throughput)
        self.carried = self.carried + slow * (flow - self.carried)

    def _at_once(self, arriving: Vector) -> Vector:
        """What arrives in the month in which it left, by pool."""
        return grouped(arriving, self.arrival[0], len(self.pools) + 1)[:-1]

    def _ship(self, arriving: Vector) -> None:
        """Move goods under way one month on and send new ones."""
        moved = np.concatenate([self.inbound[1:], np.zeros((1, *self.inbound.shape[1:]))])
        queue = list(moved)
        for months in range(1, LONGEST_TRANSIT + 1):
            if months in self.transit:
                sent = grouped(arriving, self.arrival[months], len(self.pools) + 1)[:-1]
                queue[months - 1] = queue[months - 1] + sent
        self.inbound = np.array(queue)

    def learn(self, tightness: Vector) -> None:
        """Move the anchor towards marginal full cost.

        Args:
            tightness: use over what mines and scrap can supply at full cost, relative to the start, (worlds,).
        """
        p = self.parameters.anchor
        target = np.clip(1 + (tightness - 1) / p.long_run_elasticity, 0.6, 2.5)
        self.anchor = self.anchor + p.adjustment * (target - self.anchor)

    def at(self, pool: str) -> Vector:
        """Price in a pool, USD/mtu, (worlds,)."""
        return self.price[self.place[pool]]

    def value(self, tonnes: Vector, price: Vector) -> Vector:
        """Million USD that tonnes of contained tungsten cost at a price in USD/mtu."""
        return tonnes * price * (units.MTU_PER_TONNE_W / 1e6)

    @property
    def unlimited(self) -> float:
        """A capacity that never binds, t W/month."""
        return UNLIMITED
