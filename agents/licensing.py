"""What law and decisions do to the arcs: licences, tariffs, duties, delays, borders, home requirements."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from agents.exchange import Exchange
from agents.nature import Nature
from agents.refineries import HOSTS, Refineries
from agents.seats import Seats
from agents.turns import Turn, whole
from sim.decided import NOBODY
from sim.levers import BUYER_BLOCS, LICENCE_BLOCS, registry
from sim.network import Index, Vector
from sim.scenario import Scenario
from sim.schedules import CARBIDE, CONTROLLED, FORMS, PLAIN, PORT, REFINERY, RUSSIAN, SWITCH, open_gates
from sim.state import state, to_fill

FELT_BY = np.array([[1.0], [0.3], [0.3], [0.3], [0.1]])
"""Share of an answer to the United States that each licence bloc feels."""
SAFE_BUYERS = {"north_america": "us", "europe": "europe", "japan": "japan_korea", "korea": "japan_korea"}
"""Buyers whose civilian users may switch to safe goods, by region."""


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
        ways = {host: exchange.arcs_where(kind="route", origin_region=host, form="concentrate") for host in HOSTS}
        self.ports = {host: np.array(arcs, np.int64) for host, arcs in ways.items()}
        self.carbide = {host: exchange.arcs_where(kind="forms", origin_region=host) for host in HOSTS}
        self.switches = exchange.arcs_where(kind="switch")
        self.switch_regions = tuple(exchange.arcs[arc].origin.split(".")[0] for arc in self.switches)
        self.russian = exchange.arcs_where(kind="route", origin_region="russia", destination_region="china")
        gateways = [e.target for e in scenario.events if e.kind == "border_closure"]
        gateways = list(dict.fromkeys([*gateways, *(a.gateway for a in exchange.arcs if a.gateway)]))
        self.through = {gateway: exchange.arcs_where(gateway=gateway) for gateway in gateways}
        self.gate = np.array([gateways.index(a.gateway) if a.gateway else NOBODY for a in exchange.arcs])
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
        self._receiving: Index | None = None
        self._closures: tuple[Index, Index, Vector] | None = None
        self._seen_gates: tuple[Vector, Vector, tuple[Vector, Index]] | None = None
        self._prepare([d.region for d in scenario.demands])

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

    def _prepare(self, demand_regions: list[str]) -> None:
        """What decides each arc, as rows that the passes over arcs read and never change."""
        exchange, count = self.exchange, len(self.exchange.arcs)
        kind, which = np.full(count, PLAIN), np.zeros(count, np.int64)
        rules: list[tuple[int, dict[int, int]]] = [
            (CONTROLLED, self.controlled),
            (FORMS, self.forms),
            (REFINERY, {row: i for i, row in enumerate(exchange.arcs_where(kind="refine"))}),
            (PORT, {arc: i for i, host in enumerate(HOSTS) for arc in self.ports[host].tolist()}),
            (CARBIDE, {arc: i for i, host in enumerate(HOSTS) for arc in self.carbide[host]}),
            (SWITCH, {arc: i for i, arc in enumerate(self.switches)}),
            (RUSSIAN, dict.fromkeys(self.russian, 0)),
        ]
        for rule, rows in rules:
            for arc, row in rows.items():
                kind[arc], which[arc] = rule, row
        to_america = np.zeros(count, np.int64)
        to_america[self.to_america] = 1
        ports = np.flatnonzero(kind == PORT)
        numbers = (
            exchange.freight + exchange.residual,
            exchange.tariff,
            exchange.capacity,
            np.maximum(exchange.reference_flow, 1.0),
            exchange.slope,
        )
        self._arcs = (
            kind,
            which,
            exchange.network.origin,
            to_america,
            self.gate,
            *(table[:, 0].copy() for table in numbers),
        )
        self._ports = (ports, which[ports])
        using = list(dict.fromkeys(demand_regions))
        buyers = [SAFE_BUYERS[region] for region in self.switch_regions]
        self._rules = (
            float(self.parameters.delay_cost),
            np.array([self.start_duty[host] for host in HOSTS]),
            np.array([float(len(self.carbide[host])) for host in HOSTS]),
            np.array([exchange.place[f"{region}.apt.any"] for region in self.switch_regions]),
            np.array([using.index(region) for region in self.switch_regions]),
            np.array([BUYER_BLOCS.index(bloc) for bloc in buyers]),
        )
        weight = np.minimum(1.0, self.parameters.military_weight * self.defence_share)
        self._blocs = (FELT_BY[:, 0].copy(), weight[:, 0].copy())
        self._through = (
            np.array([arc for rows in self.through.values() for arc in rows], np.int64),
            np.array([i for i, rows in enumerate(self.through.values()) for _ in rows], np.int64),
        )

    @property
    def military(self) -> tuple[float, float]:
        """Weight of military users in the trade under licence, and share of them refused at the start."""
        return float(self.parameters.military_weight), float(self.start_military)

    def grant(self, seats: Seats) -> Turn:
        """Decide the licences granted in time this month."""
        approved = whole(seats["china.licence_approval"])
        leaves = to_fill(self, "granted")
        return Turn(self, (*self._blocs, approved, self.granted), leaves)

    def forget_gates(self) -> None:
        """Forget how far gateways are open, and what closes them, which is going to change."""
        self._seen_gates = None

    def gates(self, nature: Nature) -> tuple[Vector, Index]:
        """Share open of each gateway, (gateways, worlds), and 1 where it is narrowed in any world."""
        seen = self._seen_gates
        if seen is None or seen[0] is not nature.left or seen[1] is not nature.shock_left:
            if self._closures is None:
                self._closures = nature.on_gateways(tuple(self.through))
            count = max(len(self.through), 1)
            gates = np.empty((count, self.granted.shape[1])), np.empty(count, np.int64)
            open_gates(self._closures, nature.left, nature.shock_left, *gates)
            self._seen_gates = seen = nature.left, nature.shock_left, gates
        return seen[2]

    def ways(self, refineries: Refineries) -> tuple[Any, ...]:
        """What decides cost and capacity of each arc, as `sim.schedules.post_arcs` reads it."""
        exchange = self.exchange
        state = (exchange.price, exchange.carried, refineries.capacity, refineries.carbide)
        return self._arcs, self._ports, self._rules, state

    def hold_up(self, gates: tuple[Vector, Index], blocs: Index, usual_use: Vector) -> tuple[Any, ...]:
        """How closed gateways hold up arrivals, and a table to be filled; see `sim.lessons.hold_up`.

        Args:
            gates: share open of each gateway, and whether it is narrowed.
            blocs: bloc that each pool belongs to.
            usual_use: t W/month of each bloc, (blocs,).
        """
        late = np.empty((usual_use.size, self.granted.shape[1]))
        if self._receiving is None:
            self._receiving = blocs[self.exchange.network.destination[self._through[0]]]
        return self._through, self._receiving, usual_use, gates, self.exchange.carried, late

    def refusal(self) -> Vector:
        """Share of usual trade refused, (blocs, worlds)."""
        return np.maximum(1 - self.granted, 0.0)


def _value_at_start(scenario: Scenario, lever: str, otherwise: float = 0.0) -> float:
    """What the scenario decides for a lever in its first month."""
    for decision in scenario.decisions:
        if decision.lever == lever and decision.date <= scenario.start and isinstance(decision.value, float | int):
            return float(decision.value)
    return otherwise
