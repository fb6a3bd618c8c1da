"""What law and decisions do to the arcs: licences, tariffs, duties, delays, borders, home requirements."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from agents.exchange import Contracts, Exchange
from agents.nature import Nature
from agents.refineries import HOSTS, Refineries
from agents.seats import Seats
from sim import lessons
from sim.levers import LICENCE_BLOCS, registry
from sim.network import Index, Vector
from sim.scenario import Scenario
from sim.schedules import CARBIDE, CONTROLLED, FORMS, NOBODY, PLAIN, PORT, REFINERY, RUSSIAN, SWITCH, post_arcs
from sim.state import state

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
        self._seen_gates: tuple[dict[str, Vector], tuple[Vector, Index]] | None = None
        self._prepare()

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

    def _prepare(self) -> None:
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
        weight = np.minimum(1.0, self.parameters.military_weight * self.defence_share)
        self._blocs = (FELT_BY[:, 0].copy(), weight[:, 0].copy())
        self._carbide_ways = np.array([[float(len(self.carbide[host]))] for host in HOSTS])
        self._start_duty = np.array([[self.start_duty[host]] for host in HOSTS])
        self._through = (
            np.array([arc for rows in self.through.values() for arc in rows], np.int64),
            np.array([i for i, rows in enumerate(self.through.values()) for _ in rows], np.int64),
        )

    def grant(self, seats: Seats) -> None:
        """Decide the licences granted in time this month."""
        granted = np.empty(self.granted.shape)
        decided = tuple(
            seats[lever]
            for lever in (
                "china.licence_military",
                "china.processing_delay",
                "united_states.tariff_china",
                "united_states.sourcing_ban",
            )
        )
        approval, retaliation = seats["china.licence_approval"], seats["china.retaliation"]
        lessons.grant(self._blocs, self.granted, approval, retaliation, decided, granted)
        self.granted = granted

    def gates(self, nature: Nature) -> tuple[Vector, Index]:
        """Share open of each gateway, (gateways, worlds), and 1 where it is narrowed in any world."""
        narrowed = nature.narrowed()
        if self._seen_gates is None or self._seen_gates[0] is not narrowed:
            open_share = np.ones((max(len(self.through), 1), self.granted.shape[1]))
            is_narrowed = np.zeros(open_share.shape[0], np.int64)
            for i, name in enumerate(self.through):
                if name in narrowed:
                    open_share[i], is_narrowed[i] = narrowed[name], 1
            self._seen_gates = narrowed, (open_share, is_narrowed)
        return self._seen_gates[1]

    def arcs(
        self, seats: Seats, gates: tuple[Vector, Index], refineries: Refineries, mined: Vector, safe: Vector,
        premium: Vector, contracts: Contracts,
    ) -> tuple[Vector, Vector]:  # fmt: skip
        """Cost of the first tonne, USD/mtu, and largest flow, t W/month, of each arc beyond contracts, (arcs, worlds).

        Args:
            seats: decisions in force.
            gates: share open of each gateway, and whether it is narrowed.
            refineries: what can be refined.
            mined: concentrate mined this month in each middle power, t W, (hosts, worlds).
            safe: t W/month that civilians wish from safe origins but might go without, (switches, worlds).
            premium: USD/mtu that they pay for safe origins before they take any, (switches, worlds).
            contracts: what contracts send.
        """
        exchange = self.exchange
        cost, capacity = np.empty(exchange.flow.shape), np.empty(exchange.flow.shape)
        required, duty = np.empty(mined.shape), np.empty(mined.shape)
        for i, host in enumerate(HOSTS):
            required[i] = seats[f"{host}.processing_requirement"]
            duty[i] = seats[f"{host}.export_duty"]
        law = (
            self.granted,
            seats["china.controlled_scope"],
            seats["china.processing_delay"],
            float(self.parameters.delay_cost),
            seats["united_states.tariff_china"],
            seats["russia.exports_to_china"],
            required,
            duty - self._start_duty,
            refineries.capacity,
            refineries.carbide / self._carbide_ways,
            safe,
            premium,
        )
        state = (exchange.price, exchange.carried)
        post_arcs(self._arcs, self._ports, contracts, law, mined, gates, state, (cost, capacity))
        return cost, capacity

    def late(self, gates: tuple[Vector, Index], blocs: Index, usual_use: Vector) -> Vector:
        """Share of usual arrivals that closed gateways hold up, by bloc.

        Args:
            gates: share open of each gateway, and whether it is narrowed.
            blocs: bloc that each pool belongs to.
            usual_use: t W/month of each bloc, (blocs,).
        """
        late = np.empty((usual_use.size, self.granted.shape[1]))
        receiving = blocs[self.exchange.network.destination[self._through[0]]]
        lessons.hold_up(self._through, receiving, usual_use, gates, self.exchange.carried, late)
        return late

    def refusal(self) -> Vector:
        """Share of usual trade refused, (blocs, worlds)."""
        return np.maximum(1 - self.granted, 0.0)


def _value_at_start(scenario: Scenario, lever: str, otherwise: float = 0.0) -> float:
    """What the scenario decides for a lever in its first month."""
    for decision in scenario.decisions:
        if decision.lever == lever and decision.date <= scenario.start and isinstance(decision.value, float | int):
            return float(decision.value)
    return otherwise
