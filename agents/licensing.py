"""What law and decisions do to the arcs: licences, tariffs, duties, delays, borders, home requirements."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from agents.exchange import Exchange
from agents.nature import Nature
from agents.refineries import HOSTS, Refineries
from agents.seats import Seats
from sim.levers import LICENCE_BLOCS, UNLIMITED, registry
from sim.network import Vector
from sim.scenario import Scenario
from sim.state import state
from sim.sums import total, weighted

FELT_BY = np.array([[1.0], [0.3], [0.3], [0.3], [0.1]])
"""Share of an answer to the United States that each licence bloc feels."""


class Licensing:
    """Turns decisions into the capacity and cost of every arc."""

    granted = state("share of usual controlled trade that gets its licence in time, (blocs, worlds)")

    def __init__(self, scenario: Scenario, exchange: Exchange, worlds: int, parameters: SimpleNamespace) -> None:
        self.exchange = exchange
        self.parameters = parameters.licences
        bloc_of: dict[str, str] = {r.key: r.licence_bloc for r in scenario.regions}
        self.controlled: dict[int, int] = {}
        self.forms: dict[int, int] = {}
        for i, arc in enumerate(exchange.arcs):
            bloc = bloc_of[arc.destination.split(".")[0]]
            if arc.origin.startswith("china.apt") and bloc in LICENCE_BLOCS:
                (self.controlled if arc.licensed else self.forms)[i] = LICENCE_BLOCS.index(bloc)
        self.to_america = np.array(exchange.arcs_where(origin_region="china", destination_region="north_america"))
        self.ports = {host: exchange.arcs_where(kind="route", origin_region=host, form="concentrate") for host in HOSTS}
        self.carbide = {host: exchange.arcs_where(kind="forms", origin_region=host) for host in HOSTS}
        self.switches = exchange.arcs_where(kind="switch")
        self.russian = exchange.arcs_where(kind="route", origin_region="russia", destination_region="china")
        gateways = dict.fromkeys(a.gateway for a in exchange.arcs if a.gateway)
        self.through = {gateway: exchange.arcs_where(gateway=gateway) for gateway in gateways}
        self.defence_share = self._defence_share(scenario, bloc_of)
        self.start_military = 1 - _value_at_start(scenario, "china.licence_military", 1.0)
        self.start_tariff = registry(scenario)["united_states.tariff_china"].default
        residual = exchange.residual.copy()
        origin = exchange.network.origin[self.to_america]
        residual[self.to_america] -= self.start_tariff * exchange.reference_price[origin]
        royal = {host: _value_at_start(scenario, f"{host}.export_duty") for host in HOSTS}
        self.start_duty = royal
        exchange.residual = residual
        self.granted = np.ones((len(LICENCE_BLOCS), worlds))

    @staticmethod
    def _defence_share(scenario: Scenario, bloc_of: dict[str, str]) -> Vector:
        """Share of defence in the use of each licence bloc, (blocs, 1)."""
        use = {b: [0.0, 0.0] for b in LICENCE_BLOCS}
        for d in scenario.demands:
            bloc = bloc_of[d.region]
            if bloc in use:
                use[bloc][1] += d.use.value
                use[bloc][0] += d.use.value if d.segment == "defence" else 0.0
        return np.array([[use[b][0] / use[b][1]] for b in LICENCE_BLOCS])

    def grant(self, seats: Seats) -> Vector:
        """Licences granted in time this month, share of usual trade, (blocs, worlds)."""
        approval = seats["china.licence_approval"] * (1 - seats["china.retaliation"] * self._offence(seats))
        military = np.minimum(seats["china.licence_military"], approval)
        # military users are asked for more papers than their share of use, and traders refuse what is doubtful
        weight = np.minimum(1.0, self.parameters.military_weight * self.defence_share)
        # China refused military users before it licensed everybody; free trade ends where approval falls below one
        share = np.where(approval < 1, approval * (1 - weight) + military * weight, 1.0)
        self.granted = self.granted + (share - self.granted) / (1 + 0.5 * seats["china.processing_delay"])
        return self.granted

    @staticmethod
    def _offence(seats: Seats) -> Vector:
        """What there is to retaliate against, 0 to 1: American tariffs and bans, felt less by America's allies."""
        heat = np.clip(2 * seats["united_states.tariff_china"] + 0.4 * seats["united_states.sourcing_ban"], 0.0, 1.0)
        return FELT_BY * heat

    def capacity(self, seats: Seats, nature: Nature, refineries: Refineries, output: dict[str, Vector],
                 safe: dict[str, Vector]) -> Vector:  # fmt: skip
        """Largest flow on each arc, t W/month, (arcs, worlds).

        Args:
            seats: decisions in force.
            nature: borders that are closed.
            refineries: what can be refined.
            output: concentrate mined this month in each middle power, t W.
            safe: t W/month that civilians wish from safe origins but might go without, by region.
        """
        exchange = self.exchange
        rows = list(exchange.capacity * np.ones_like(exchange.flow))
        scope = seats["china.controlled_scope"]
        usual = np.maximum(exchange.reference_flow, 1.0)
        for arc, bloc in self.controlled.items():
            rows[arc] = usual[arc] * _licensed(self.granted[bloc])
        for arc, bloc in self.forms.items():
            bound = usual[arc] * (1 - scope + scope * self.granted[bloc]) * 1.5
            rows[arc] = np.where(scope > 0, bound, UNLIMITED)
        for row, capacity in zip(refineries.rows, refineries.capacity, strict=True):
            rows[row] = capacity
        for i, host in enumerate(HOSTS):
            required = seats[f"{host}.processing_requirement"]
            allowed = (1 - required) * output[host]
            for arc, share in zip(self.ports[host], self._permits(host), strict=True):
                rows[arc] = np.where(required > 0, allowed * share, UNLIMITED)
            for arc in self.carbide[host]:
                rows[arc] = refineries.carbide[i] / len(self.carbide[host])
        for arc in self.switches:
            rows[arc] = safe[exchange.arcs[arc].origin.split(".")[0]]
        for arc in self.russian:
            rows[arc] = usual[arc] * 1.5 * seats["russia.exports_to_china"]
        for gateway, open_share in nature.narrowed().items():
            for i in self.through.get(gateway, ()):
                passing = np.maximum(1.2 * exchange.carried[i], 20.0)
                rows[i] = np.where(open_share < 1, np.minimum(rows[i], open_share * passing), rows[i])
        return np.array(rows)

    def _permits(self, host: str) -> list[Vector]:
        """Share of a host's export permits that each of its routes holds: by last year's trade, some for every route."""
        carried = self.exchange.carried[self.ports[host]]
        usual = carried + 0.05 * total(carried) + 0.1
        return list(usual / total(usual))

    def cost(self, seats: Seats, ceilings: dict[str, Vector]) -> Vector:
        """Cost of the first tonne on each arc, USD/mtu, (arcs, worlds).

        Args:
            seats: decisions in force.
            ceilings: premium that civilians pay for safe origins before they take any, USD/mtu, by region.
        """
        exchange = self.exchange
        shape = exchange.flow.shape
        tariff = list(np.zeros(shape))
        extra = list(np.zeros(shape))
        for arc in self.to_america:
            tariff[arc] = seats["united_states.tariff_china"]
        delay = seats["china.processing_delay"]
        for arc in self.controlled:
            extra[arc] = self.parameters.delay_cost * delay * exchange.price[exchange.network.origin[arc]]
        for host in HOSTS:
            for arc in self.ports[host]:
                tariff[arc] = seats[f"{host}.export_duty"] - self.start_duty[host]
        cost = list(exchange.cost(np.array(extra), np.array(tariff)))
        for arc in self.switches:
            cost[arc] = ceilings[exchange.arcs[arc].origin.split(".")[0]]
        return np.array(cost)

    def permit_rent(self, host: str, output: Vector) -> Vector:
        """What a host's export permits earn for each tonne mined there, USD/mtu, (worlds,).

        A permit to sell abroad belongs to the mine whose concentrate it is; without it, one that may sell seven
        tenths abroad would be paid for all of it as for the three tenths that nobody at home can use.

        Args:
            host: the middle power.
            output: t W mined there last month.
        """
        ports = self.ports[host]
        return weighted(self.exchange.flow[ports], self.exchange.rent[ports]) / np.maximum(output, 1.0)

    def refusal(self) -> Vector:
        """Share of usual trade refused, (blocs, worlds)."""
        return np.maximum(1 - self.granted, 0.0)


def _licensed(share: Vector) -> Vector:
    """Licences over usual trade: as granted, and with room to grow once nearly everything is granted."""
    return share + np.maximum(share - 0.9, 0.0) * 30


def _value_at_start(scenario: Scenario, lever: str, otherwise: float = 0.0) -> float:
    """What the scenario decides for a lever in its first month."""
    for decision in scenario.decisions:
        if decision.lever == lever and decision.date <= scenario.start and isinstance(decision.value, float | int):
            return float(decision.value)
    return otherwise
