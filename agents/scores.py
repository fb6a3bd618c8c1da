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
        to_china = self._share_sold_to_china(host)
        skills = market.states.skills[HOSTS.index(host)]
        diverse = _part(1 - concentration, 0.0, 0.7)
        free = _part(1 - to_china, 0.0, 0.7)
        return 100 * (0.25 * at_home + 0.1 * carbide + 0.25 * diverse + 0.2 * free + 0.2 * skills)

    def _share_sold_to_china(self, host: str) -> Vector:
        exchange = self.market.exchange
        out = [i for i, a in enumerate(exchange.arcs)
               if a.origin.split(".")[0] == host and a.destination.split(".")[0] != host]  # fmt: skip
        to_china = [i for i in out if exchange.arcs[i].destination.startswith("china")]
        return total(exchange.carried[to_china]) / np.maximum(total(exchange.carried[out]), 1.0)

    def all(self) -> dict[str, Vector]:
        """Score of every role."""
        market = self.market
        exchange, states, relations = market.exchange, market.states, market.relations
        mined = grouped(market.mines.output, market.mines.region, len(exchange.regions))
        world = np.maximum(total(market.mines.output), 1e-9)
        china = mined[exchange.regions.index("china")] / world
        refined = market.refined()
        china_refined = refined[market.refineries.names.index("china")] / np.maximum(total(refined), 1e-9)
        price = exchange.price
        dear = price[exchange.place["europe.apt.any"]] / np.maximum(exchange.at("china.apt.any"), 1.0) - 1.16
        trust_west = 0.5 * (relations.between("china", "united_states") + relations.between("china", "european_union"))
        scores = {
            "china": 100
            * (
                0.35 * _part(china_refined, 0.4, 0.85)
                + 0.25 * _part(china, 0.5, 0.83)
                + 0.2 * _part(dear, 0.0, 0.3)
                + 0.2 * _part(trust_west, -0.8, 0.3)
            )
        }
        for role, bloc in (("united_states", "us"), ("european_union", "europe"), ("japan_korea", "japan_korea")):
            cover = _part(market.cover_of(role), 0.0, 24.0)
            i = market.buyers.blocs.index(bloc)
            outside = _part(1 - china, 0.17, 0.45)
            frugal = 1 - _part(12 * states.spent_lately[states.place[role]], 0.0, 1.5 * states.budget[states.place[role], 0])
            calm = 1 - _part(market.buyers.hurt[i] + 0.5 * market.buyers.refused[i], 0.0, 0.6)
            scores[role] = 100 * (0.3 * cover + 0.3 * outside + 0.2 * frugal + 0.2 * calm)
        for host in HOSTS:
            row = states.place[host]
            revenue = _part(states.purse[row], 0.0, 1.5 * states.budget[row, 0])
            liked = np.minimum(
                relations.between(host, "china"),
                np.minimum(relations.between(host, "united_states"), relations.between(host, "russia")),
            )
            here = market.mines.region == exchange.regions.index(host)
            grown = _part(12 * total(market.mines.output[here]), 0.0, 12000.0 if host == "kazakhstan" else 5000.0)
            friends = _part(liked, -0.3, 0.5)
            scores[host] = 0.4 * self.sovereignty(host) + 100 * (0.2 * revenue + 0.2 * friends + 0.2 * grown)
        for bloc, region in (("us", "north_america"), ("europe", "europe"), ("japan_korea", "japan")):
            i = market.buyers.blocs.index(bloc)
            contracted = market.seats[f"buyers.{bloc}.long_contracts"]
            price = contracted * market.buyers.slow_price[i] + (1 - contracted) * exchange.at(f"{region}.apt.any")
            yearly = 12 * exchange.value(market.buyers.use_of_bloc[i], price)
            efforts = (
                market.seats[f"buyers.{bloc}.recycling_effort"] + market.seats[f"buyers.{bloc}.substitution_effort"]
            )
            usual = exchange.reference_price[exchange.place[f"{region}.apt.any"]]
            paid = price / usual * (1 + efforts / np.maximum(yearly, 1.0))
            cheap = 1 - _part(paid, 0.8, 3.5)
            running = 1 - _part(market.buyers.hurt[i], 0.0, 0.1)
            held = total(exchange.stock[market.buyers.bloc_of_pool == i])
            lean = 1 - _part(held / np.maximum(market.buyers.use_of_bloc[i], 1e-9), 1.0, 9.0)
            scores[f"buyers.{bloc}"] = 100 * (0.4 * cheap + 0.4 * running + 0.2 * lean)
        return scores
