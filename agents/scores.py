"""What each role really cares about, in parts that pull against each other, 0 to 100."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from agents.refineries import HOSTS
from sim.levers import PARTNERS
from sim.network import Vector
from sim.sums import grouped, total

if TYPE_CHECKING:
    from agents.market import Market


Parts = dict[str, tuple[float, Vector]]
"""Weight and value, 0 to 1, of each part of a score."""

WEST = {"united_states": "us", "european_union": "europe", "japan_korea": "japan_korea"}
NEEDED = {"united_states": (60.0, 150.0), "european_union": (4.0, 30.0), "japan_korea": (60.0, 200.0)}
"""Months of peacetime defence use that should lie ready: while every licence is granted, and when none is."""
NEEDED_BY_USERS = (2.0, 9.0)
"""Months of use that users should hold: while every licence is granted, and when none is."""
PLANTS = {"kazakhstan": 5000.0, "uzbekistan": 4000.0}
"""Capacity of APT plants with which a host can process what it will dig, t W/year."""
INCOME = {"kazakhstan": 60.0, "uzbekistan": 24.0}
"""Royalties with which a host is content, million USD/year."""
PRIZES = {"kazakhstan": (0.07, 0.11), "uzbekistan": (0.095, 0.085)}
"""Weights of royalties and of output: who digs already is judged by what is dug, a newcomer by what it is paid."""
READY = (8500.0, 14000.0)
"""t W in Western stockpiles at which Chinese licences still bite in full, and at which they bite no more."""
FRUGAL = 0.5
"""Share of its budget at which a government is frugal no more."""
REGION_OF = {"us": "north_america", "europe": "europe", "japan_korea": "japan"}


def weighed(parts: Parts) -> Vector:
    """Parts times their weights, added in their order."""
    products = [weight * value for weight, value in parts.values()]
    whole = products[0]
    for product in products[1:]:
        whole = whole + product
    return whole


def _part(value: Vector, worst: float, best: float) -> Vector:
    """A number between 0 (worst) and 1 (best)."""
    return np.clip((value - worst) / (best - worst), 0.0, 1.0)


def _ways_out(arcs: Sequence[Any], host: str) -> tuple[list[int], list[int]]:
    """Arcs out of a country to China, and all that lead out of it."""
    out = [i for i, a in enumerate(arcs) if a.origin.split(".")[0] == host and a.destination.split(".")[0] != host]
    return [i for i in out if arcs[i].destination.startswith("china")], out


class Scores:
    """Scores of all roles this month; a game's score is their mean over time."""

    def __init__(self, market: Market) -> None:
        self.market = market
        exchange, licensing = market.exchange, market.licensing
        self._exports = [*licensing.controlled, *licensing.forms]
        self._usual_exports = total(exchange.reference_flow[self._exports])
        self._ways_out = {host: _ways_out(exchange.arcs, host) for host in HOSTS}
        at = market.buyers.bloc_of_pool[exchange.network.user_pool]
        self._users = {bloc: np.flatnonzero(at == market.buyers.blocs.index(bloc)) for bloc in REGION_OF}

    def sovereignty(self, host: str) -> Vector:
        """Processing at home, several partners, own skill, and no dependence on one, 0 to 100.

        Source: the four principles of resource sovereignty of a middle power (The Diplomat, on Kazakhstan).
        """
        return 100 * weighed(self._sovereignty(host))

    def _sovereignty(self, host: str) -> Parts:
        """Parts of sovereignty, each 0 to 1."""
        market = self.market
        mines = market.mines
        here = mines.region == market.exchange.regions.index(host)
        mined = total(mines.output[here])
        row = market.refineries.rows[market.refineries.names.index(host)]
        refined = market.exchange.flow[row]
        at_home = np.clip(refined / np.maximum(mined, 1.0), 0.0, 1.0)
        carbide = np.clip(market.refineries.carbide[HOSTS.index(host)] / np.maximum(mined, 1.0), 0.0, 1.0)
        plants = 12 * market.refineries.capacity[market.refineries.names.index(host)] / PLANTS[host]
        weight = mines.nameplate[here]
        blocks = [total(weight * (mines.partner[here] == code)) for code in range(1, len(PARTNERS))]
        every = np.maximum(total(weight), 1e-9)
        concentration = 0.0 * every
        for block in blocks:
            concentration = concentration + (block / every) * (block / every)
        return {
            "processing": (0.2, at_home),
            "plants": (0.1, np.minimum(plants, 1.0)),
            "carbide": (0.05, carbide),
            "partners": (0.15, _part(1 - concentration, 0.0, 0.7)),
            "freedom": (0.4, 1 - self._share_sold_to_china(host) * self._tension()),
            "skills": (0.1, market.states.skills[HOSTS.index(host)]),
        }

    def _tension(self) -> Vector:
        """How far China uses its licences as a weapon: what it refuses America and Europe lately, 0 to 1."""
        refused, blocs = self.market.buyers.refused, self.market.buyers.blocs
        return _part(0.5 * (refused[blocs.index("us")] + refused[blocs.index("europe")]), 0.2, 0.8)

    def _share_sold_to_china(self, host: str) -> Vector:
        (to_china, out), carried = self._ways_out[host], self.market.exchange.carried
        return total(carried[to_china]) / np.maximum(total(carried[out]), 1.0)

    def of(self, role: str, china_mined: Callable[[], Vector]) -> Vector:
        """Score of a role.

        Args:
            role: one that has a score.
            china_mined: tells China's share of the world's mine output, as `china_mined` does.
        """
        if role == "china":
            return 100 * weighed(self._china(china_mined()))
        if role in WEST:
            return 100 * weighed(self._west(role, WEST[role], china_mined()))
        if role in HOSTS:
            return 0.45 * self.sovereignty(role) + 100 * weighed(self._host(role))
        bloc = role.removeprefix("buyers.")
        return 100 * weighed(self._buyers(bloc, REGION_OF[bloc]))

    def parts(self, role: str) -> list[tuple[str, float, Vector]]:
        """What a role's score is made of: name, most points, and how much of them is reached, 0 to 1; empty for others."""
        if role == "china":
            parts = self._china(self.china_mined())
        elif role in WEST:
            parts = self._west(role, WEST[role], self.china_mined())
        elif role in HOSTS:
            parts = {name: (0.45 * weight, value) for name, (weight, value) in self._sovereignty(role).items()}
            parts = parts | self._host(role)
        elif role.removeprefix("buyers.") in REGION_OF and role.startswith("buyers."):
            bloc = role.removeprefix("buyers.")
            parts = self._buyers(bloc, REGION_OF[bloc])
        else:
            parts = {}
        return [(name, 100 * weight, value) for name, (weight, value) in parts.items()]

    def china_mined(self) -> Vector:
        """China's share of the world's mine output."""
        market = self.market
        mined = grouped(market.mines.output, market.mines.region, len(market.exchange.regions))
        world = np.maximum(total(market.mines.output), 1e-9)
        return mined[market.exchange.regions.index("china")] / world

    def _china(self, mined: Vector) -> Parts:
        market = self.market
        exchange, relations = market.exchange, market.relations
        refined = market.refined()
        share = refined[market.refineries.names.index("china")] / np.maximum(total(refined), 1e-9)
        abroad = exchange.price[exchange.place["europe.apt.any"]]
        dear = abroad / np.maximum(exchange.at("china.apt.any"), 1.0) - 1.16
        ready = _part(self._western_piles(), *READY)
        leaving = total(exchange.flow[self._exports]) / self._usual_exports
        trust = 0.5 * (relations.between("china", "united_states") + relations.between("china", "european_union"))
        return {
            "refining": (0.15, _part(share, 0.4, 0.85)),
            "mining": (0.3, _part(mined, 0.5, 0.83)),
            "leverage": (0.4, _part(dear, 0.15, 0.45) * (1 - ready)),
            "sales": (0.05, np.minimum(leaving, 1.0)),
            "trust": (0.1, _part(trust, -0.8, 0.0)),
        }

    def _western_piles(self) -> Vector:
        """t W in the stockpiles of China's customers, (worlds,)."""
        states = self.market.states
        return total(states.pile[[states.owners.index(role) for role in WEST]])

    def _west(self, role: str, bloc: str, china_mined: Vector) -> Parts:
        market = self.market
        states = market.states
        i, row = market.buyers.blocs.index(bloc), states.place[role]
        calm, refused = NEEDED[role]
        cover, outside, frugal = (0.3, 0.25, 0.25) if role == "united_states" else (0.4, 0.1, 0.3)
        needed = calm + (refused - calm) * market.buyers.refused[i]
        return {
            "cover": (cover, np.minimum(market.cover_of(role) / needed, 1.0)),
            "outside": (outside, _part(1 - china_mined, 0.17, 0.45)),
            "frugal": (frugal, 1 - _part(12 * states.spent_lately[row], 0.0, FRUGAL * states.budget[row, 0])),
            "calm": (0.2, 1 - _part(market.buyers.hurt[i] + 0.5 * market.buyers.refused[i], 0.0, 0.6)),
        }

    def _royalties(self, host: str) -> Vector:
        """Royalty on what the host's mines dig, million USD/year."""
        market = self.market
        exchange, mines = market.exchange, market.mines
        here = np.flatnonzero(mines.region == exchange.regions.index(host))
        worth = total(exchange.value(mines.output[here], exchange.price[mines.pool[here]]))
        return 12 * worth * market.seats[f"{host}.royalty"]

    def _host(self, host: str) -> Parts:
        market = self.market
        states, relations = market.states, market.relations
        row = states.place[host]
        liked = np.minimum(
            relations.between(host, "china"),
            np.minimum(relations.between(host, "united_states"), relations.between(host, "russia")),
        )
        here = market.mines.region == market.exchange.regions.index(host)
        most = 12000.0 if host == "kazakhstan" else 5000.0
        west = 0.5 * (relations.between(host, "united_states") + relations.between(host, "european_union"))
        tension, (paid, dug) = self._tension(), PRIZES[host]
        backing = (1 - tension) * relations.between(host, "china") + tension * west
        return {
            "revenue": (paid, _part(self._royalties(host), 0.0, INCOME[host])),
            "purse": (0.15, _part(states.purse[row], 0.0, 1.5 * states.budget[row, 0])),
            "friends": (0.05, _part(liked, -0.1, 0.5)),
            "backing": (0.17, _part(backing, 0.0, 0.6)),
            "output": (dug, _part(12 * total(market.mines.output[here]), 0.0, most)),
        }

    def _spot(self, bloc: str) -> Vector:
        """What a bloc's users pay for a tonne on the market, safe or not, USD/mtu."""
        exchange, users = self.market.exchange, self._users[bloc]
        used = np.maximum(exchange.used[users], 1e-9)
        return total(used * exchange.price[exchange.network.user_pool[users]]) / total(used)

    def _buyers(self, bloc: str, region: str) -> Parts:
        market = self.market
        exchange = market.exchange
        i = market.buyers.blocs.index(bloc)
        contracted = market.seats[f"buyers.{bloc}.long_contracts"]
        ordinary = exchange.at(f"{region}.apt.any")
        price = contracted * market.buyers.slow_price[i] + (1 - contracted) * ordinary
        price = price * self._spot(bloc) / np.maximum(ordinary, 1.0)
        yearly = 12 * exchange.value(market.buyers.use_of_bloc[i], price)
        efforts = market.seats[f"buyers.{bloc}.recycling_effort"] + market.seats[f"buyers.{bloc}.substitution_effort"]
        usual = exchange.reference_price[exchange.place[f"{region}.apt.any"]]
        paid = price / usual * (1 + efforts / np.maximum(yearly, 1.0))
        held = total(exchange.stock[market.buyers.bloc_of_pool == i]) / np.maximum(market.buyers.use_of_bloc[i], 1e-9)
        calm, refused = NEEDED_BY_USERS
        needed = calm + (refused - calm) * market.buyers.refused[i]
        return {
            "cheap": (0.35, 1 - _part(paid, 0.8, 3.5)),
            "running": (0.2, 1 - _part(market.buyers.hurt[i], 0.0, 0.1)),
            "ready": (0.33, np.minimum(held / needed, 1.0)),
            "lean": (0.12, 1 - _part(held, 1.0, 9.0)),
        }
