"""A market with the shape of the real one: 29 pools at the prices and flows of a quiet month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.network import Network, Vector
from tests.markets import AMPLE, Block

_CONCENTRATE_TO_CHINA = {"russia": 60.0, "dprk": 140.0, "south_east_asia": 80.0, "rest": 60.0}
_REFINERIES = {
    ("concentrate.china", "apt.china"): 6_000.0,
    ("concentrate.russia", "apt.russia"): 100.0,
    ("concentrate.south_east_asia", "apt.south_east_asia"): 250.0,
    ("concentrate.kazakhstan", "apt.kazakhstan"): 0.0,
    ("concentrate.uzbekistan", "apt.uzbekistan"): 0.0,
    ("concentrate.korea", "apt.korea.eligible"): 0.0,
    ("concentrate.europe", "apt.europe.eligible"): 250.0,
    ("concentrate.north_america", "apt.north_america.eligible"): 120.0,
}
_LICENSED = {
    "apt.korea.any": 60.0,
    "apt.japan.any": 130.0,
    "apt.europe.any": 160.0,
    "apt.north_america.any": 110.0,
    "apt.rest": 60.0,
}
_BLOCS = ("korea", "japan", "europe", "north_america")
_USERS = {60_000.0: 0.1, 16_000.0: 0.6, 8_000.0: 0.3}
"""Share of a pool's use by choke price, USD/mtu."""


def _real_arcs() -> list[tuple[str, str, float, float]]:
    """Origin, destination, yield and usual flow (t W/month; 0 if unused) of the routes and refineries."""
    arcs = [(*ends, 0.97, flow) for ends, flow in _REFINERIES.items()]
    for origin, flow in _CONCENTRATE_TO_CHINA.items():
        arcs.append((f"concentrate.{origin}", "concentrate.china", 1.0, flow))
    for middle in ("kazakhstan", "uzbekistan"):
        arcs.append((f"concentrate.{middle}", f"port.{middle}", 1.0, 10.0 if middle == "kazakhstan" else 0.0))
        for end in ("china", "europe", "north_america", "korea"):
            used = middle == "kazakhstan" and end == "china"
            arcs.append((f"port.{middle}", f"concentrate.{end}", 1.0, 10.0 if used else 0.0))
        arcs += [(f"apt.{middle}", f"apt.{bloc}.eligible", 1.0, 0.0) for bloc in _BLOCS]
        arcs += [(f"apt.{middle}", "apt.china", 1.0, 0.0), (f"apt.{middle}", "apt.europe.any", 1.0, 0.0)]
    for origin in ("australia", "africa", "latin_america"):
        for end in ("china", "europe", "north_america", "south_east_asia"):
            arcs.append((f"concentrate.{origin}", f"concentrate.{end}", 1.0, 25.0))
    for end, flow in _LICENSED.items():
        # one arc for what needs a licence, one for forms that do not
        arcs += [("apt.china", end, 1.0, flow), ("apt.china", end, 1.0, 0.8 * flow)]
    arcs += [("apt.russia", "apt.china", 1.0, 10.0), ("apt.russia", "apt.rest", 1.0, 20.0)]
    for bloc in _BLOCS:
        arcs.append(("apt.south_east_asia", f"apt.{bloc}.eligible", 1.0, 60.0))
        arcs.append((f"apt.{bloc}.eligible", f"apt.{bloc}.any", 1.0, 60.0))
        arcs.append((f"apt.{bloc}.any", f"apt.{bloc}.eligible", 1.0, 0.0))
    arcs += [("apt.europe.eligible", "apt.north_america.eligible", 1.0, 20.0)]
    for a, b in (("europe", "north_america"), ("japan", "korea")):
        arcs += [(f"apt.{a}.any", f"apt.{b}.any", 1.0, 5.0), (f"apt.{b}.any", f"apt.{a}.any", 1.0, 5.0)]
    return arcs


def _real_stock(pool: str, small: float) -> float:
    """Usual stock of a pool, t W; the smallest hold `small`."""
    if pool == "apt.china":
        return 13_600.0
    if pool == "concentrate.china":
        return 4_500.0
    young = pool.split(".")[1] in ("kazakhstan", "uzbekistan") or pool == "concentrate.korea"
    if young or pool.startswith("port"):
        return small
    if pool.startswith("concentrate"):
        return 100.0
    return 300.0 if pool.endswith("eligible") else 2_000.0


@dataclass(frozen=True)
class RealMarket:
    """A market of 29 pools at the prices and flows of a quiet month."""

    network: Network
    stock: Vector
    price: Vector
    supply: Vector
    demand: Vector
    cost: Vector
    licensed: Vector
    """Usual flow under licence, t W/month, 0 where none is needed, shape (arcs,)."""

    def block(self, worlds: int, rng: np.random.Generator, noise: float, closed: float) -> Block:
        """Worlds around the quiet month: some arcs shut, licences for a random share of the usual flow."""

        def around(usual: Vector, spread: float) -> Vector:
            return usual[:, None] * np.exp(spread * rng.standard_normal((len(usual), worlds)))

        wish, arcs = around(self.stock, noise), len(self.cost)
        share = rng.random((arcs, worlds))
        limit = np.where(self.licensed[:, None] > 0.0, self.licensed[:, None] * share, AMPLE)
        return Block(
            self.network,
            available=around(self.stock, noise) + around(self.supply, noise),
            stiffness=self.price[:, None] * wish * wish * wish,
            demand=around(self.demand, noise),
            cost=np.repeat(self.cost[:, None], worlds, axis=1),
            capacity=np.where(rng.random((arcs, worlds)) < closed, 0.0, limit),
            start=np.repeat(self.stock[:, None], worlds, axis=1),
        )


def real_market(small: float = 5.0) -> RealMarket:
    """The market of 29 pools; ports and young industries usually hold `small` t W."""
    listed = _real_arcs()
    names = list(dict.fromkeys(pool for arc in listed for pool in arc[:2]))
    usual = np.array([arc[3] for arc in listed])
    slope = np.where(usual > 0.0, 85.0 / np.maximum(usual, 30.0), 3.0)
    for a, arc in enumerate(listed):
        slope[a] = 0.02 if arc[0].endswith("eligible") and arc[1].endswith("any") else slope[a]
    arcs = [(f"{arc[0]} to {arc[1]} {a}", *arc[:3], slope[a]) for a, arc in enumerate(listed)]
    prices = {name: 340.0 if name.startswith("apt") else 270.0 for name in names} | {"apt.china": 292.0}
    balance = dict.fromkeys(names, 0.0)
    for origin, destination, yield_, flow in listed:
        balance[origin] -= flow
        balance[destination] += yield_ * flow
    users = [(name, choke) for name in names if balance[name] > 0.0 for choke in _USERS]
    demand = [balance[name] * _USERS[choke] / (1.0 - prices[name] / choke) for name, choke in users]
    licensed = np.zeros(len(listed))
    for end, flow in _LICENSED.items():
        licensed[[arc[:2] for arc in listed].index(("apt.china", end))] = flow
    network = Network.build(names, arcs, users)
    price = np.array([prices[name] for name in network.pools])
    gain = network.yield_ * price[network.destination] - price[network.origin]
    return RealMarket(
        network=network,
        stock=np.array([_real_stock(name, small) for name in network.pools]),
        price=price,
        supply=np.array([max(0.0, -balance[name]) for name in network.pools]),
        demand=np.array(demand),
        cost=np.where(usual > 0.0, gain - network.slope * usual, gain + 20.0),
        licensed=licensed,
    )
