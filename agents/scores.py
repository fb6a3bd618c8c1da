"""What each role really cares about, in parts that pull against each other, 0 to 100."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


class Scores:
    """Scores of all roles this month; a game's score is their mean over time."""

    def __init__(self, market: Market) -> None:
        self.market = market

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
        weight = market.mines.nameplate[here] * (mines.stage[here] < 8)
        blocks = [total(weight * (mines.partner[here] == code)) for code in range(1, len(PARTNERS))]
        every = np.maximum(total(weight), 1e-9)
        concentration = 0.0 * every
        for block in blocks:
            concentration = concentration + (block / every) * (block / every)
        return {
            "processing": (0.25, at_home),
            "carbide": (0.1, carbide),
            "partners": (0.25, _part(1 - concentration, 0.0, 0.7)),
            "freedom": (0.2, _part(1 - self._share_sold_to_china(host), 0.0, 0.7)),
            "skills": (0.2, market.states.skills[HOSTS.index(host)]),
        }

    def _share_sold_to_china(self, host: str) -> Vector:
        exchange = self.market.exchange
        out = [i for i, a in enumerate(exchange.arcs)
               if a.origin.split(".")[0] == host and a.destination.split(".")[0] != host]  # fmt: skip
        to_china = [i for i in out if exchange.arcs[i].destination.startswith("china")]
        return total(exchange.carried[to_china]) / np.maximum(total(exchange.carried[out]), 1.0)

    def all(self) -> dict[str, Vector]:
        """Score of every role."""
        china_mined = self._china_mined()
        scores = {"china": 100 * weighed(self._china(china_mined))}
        for role, bloc in WEST.items():
            scores[role] = 100 * weighed(self._west(role, bloc, china_mined))
        for host in HOSTS:
            scores[host] = 0.4 * self.sovereignty(host) + 100 * weighed(self._host(host))
        for bloc, region in REGION_OF.items():
            scores[f"buyers.{bloc}"] = 100 * weighed(self._buyers(bloc, region))
        return scores

    def parts(self, role: str) -> list[tuple[str, float, Vector]]:
        """What a role's score is made of: name, most points, and how much of them is reached, 0 to 1; empty for others."""
        if role == "china":
            parts = self._china(self._china_mined())
        elif role in WEST:
            parts = self._west(role, WEST[role], self._china_mined())
        elif role in HOSTS:
            parts = {name: (0.4 * weight, value) for name, (weight, value) in self._sovereignty(role).items()}
            parts = parts | self._host(role)
        elif role.removeprefix("buyers.") in REGION_OF and role.startswith("buyers."):
            bloc = role.removeprefix("buyers.")
            parts = self._buyers(bloc, REGION_OF[bloc])
        else:
            parts = {}
        return [(name, 100 * weight, value) for name, (weight, value) in parts.items()]

    def _china_mined(self) -> Vector:
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
        trust = 0.5 * (relations.between("china", "united_states") + relations.between("china", "european_union"))
        return {
            "refining": (0.35, _part(share, 0.4, 0.85)),
            "mining": (0.25, _part(mined, 0.5, 0.83)),
            "gap": (0.2, _part(dear, 0.0, 0.3)),
            "trust": (0.2, _part(trust, -0.8, 0.3)),
        }

    def _west(self, role: str, bloc: str, china_mined: Vector) -> Parts:
        market = self.market
        states = market.states
        i, row = market.buyers.blocs.index(bloc), states.place[role]
        return {
            "cover": (0.3, _part(market.cover_of(role), 0.0, 24.0)),
            "outside": (0.3, _part(1 - china_mined, 0.17, 0.45)),
            "frugal": (0.2, 1 - _part(12 * states.spent_lately[row], 0.0, 1.5 * states.budget[row, 0])),
            "calm": (0.2, 1 - _part(market.buyers.hurt[i] + 0.5 * market.buyers.refused[i], 0.0, 0.6)),
        }

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
        return {
            "revenue": (0.2, _part(states.purse[row], 0.0, 1.5 * states.budget[row, 0])),
            "friends": (0.2, _part(liked, -0.3, 0.5)),
            "output": (0.2, _part(12 * total(market.mines.output[here]), 0.0, most)),
        }

    def _buyers(self, bloc: str, region: str) -> Parts:
        market = self.market
        exchange = market.exchange
        i = market.buyers.blocs.index(bloc)
        contracted = market.seats[f"buyers.{bloc}.long_contracts"]
        price = contracted * market.buyers.slow_price[i] + (1 - contracted) * exchange.at(f"{region}.apt.any")
        yearly = 12 * exchange.value(market.buyers.use_of_bloc[i], price)
        efforts = market.seats[f"buyers.{bloc}.recycling_effort"] + market.seats[f"buyers.{bloc}.substitution_effort"]
        usual = exchange.reference_price[exchange.place[f"{region}.apt.any"]]
        paid = price / usual * (1 + efforts / np.maximum(yearly, 1.0))
        held = total(exchange.stock[market.buyers.bloc_of_pool == i])
        return {
            "cheap": (0.4, 1 - _part(paid, 0.8, 3.5)),
            "running": (0.4, 1 - _part(market.buyers.hurt[i], 0.0, 0.1)),
            "lean": (0.2, 1 - _part(held / np.maximum(market.buyers.use_of_bloc[i], 1e-9), 1.0, 9.0)),
        }
