"""The model: tungsten from January 2025, month by month, in many worlds at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from agents import parameters
from agents.allies import EuropeanUnion, JapanKorea, Russia, Turkey
from agents.briefing import DEFENCE_REGIONS, Briefing
from agents.buyers import BuyerGroup, Buyers
from agents.china import China
from agents.contracts import SparseTable
from agents.deliveries import Deliveries
from agents.exchange import Exchange
from agents.finance import Finance
from agents.government import Government
from agents.held import Held
from agents.kazakhstan import Kazakhstan
from agents.learning import Lessons
from agents.licensing import Licensing
from agents.measure import Measure
from agents.member import Member
from agents.mines import Mine, Mines
from agents.month import MONTH
from agents.nature import Nature
from agents.press import Press
from agents.projects_month import permits
from agents.record import Plan, Record, reporter
from agents.recyclers import Recycler, Recyclers
from agents.refineries import Refineries, Refinery
from agents.relations import Relations
from agents.seats import Order, Seats
from agents.settlement import Settlement
from agents.states import States
from agents.traders import TraderGroup, Traders
from agents.turns import Decided
from agents.united_states import UnitedStates
from agents.uzbekistan import Uzbekistan
from sim import levers, luck, outcomes, scenario_files
from sim import state as declared_state
from sim.dates import month_number
from sim.network import Vector
from sim.scenario import Scenario
from sim.state import Snapshot, state, states

__all__ = ["Market", "Order", "Plan"]

GOVERNMENTS = (China, UnitedStates, Kazakhstan, Uzbekistan, EuropeanUnion, JapanKorea, Turkey, Russia)


class Market(mesa.Model):
    """Every world of a scenario, one column each.

    Args:
        scenario: a scenario, a shipped name, or a file's path.
        seeds: one 64-bit seed for each world.
        orders: decisions of people, on top of the scenario's.
        seats: roles in which people sit: the scenario's decisions for them do not hold.
        record: what to keep.
        seed: the seed of a single world, as Mesa's own tools give it; takes the place of `seeds`.
        collect: outcomes that Mesa's DataCollector gathers each month.
        rng: the same as `seed`, as newer versions of Mesa call it.
        own: parameters of behaviour that differ from world to world, "group.name" to (worlds,).
    """

    quotes_held = state("quotes of the press: FOB China and Rotterdam, USD/mtu, (quotes, worlds)")
    expected = state("APT price in Rotterdam that investors expect for the long run, USD/mtu, (worlds,)")
    premium = state("secure premium, USD/mtu, (worlds,)")
    expected_premium = state("secure premium that investors expect for the long run, USD/mtu, (worlds,)")
    start_balance = state("use over supply in the first month, (worlds,)")
    spent_before = state("million USD spent by each role up to last month, (roles, worlds)")
    months_played = state("months played, the same in every world, (worlds,)")
    late = state("share of usual arrivals that did not come, (blocs, worlds)")
    other_luck = states("where another luck is played than the seed's own: its number, (worlds,), and what it opens with")

    def __init__(
        self,
        scenario: Scenario | str | Path = "central_asia_2025",
        seeds: Sequence[int] = (1,),
        orders: Sequence[Order] = (),
        seats: Sequence[str] = (),
        record: Plan | None = None,
        seed: int | None = None,
        collect: Sequence[str] = (),
        rng: int | None = None,
        own: parameters.Own | None = None,
    ) -> None:
        super().__init__()
        self.scenario = scenario if isinstance(scenario, Scenario) else scenario_files.load(str(scenario))
        single = seed if seed is not None else rng
        self.first_seeds = np.array([single] if single is not None else list(seeds), np.uint64)
        self.worlds = self.first_seeds.size
        self.other_luck = {}
        self.month = 0
        self.held = Held()
        self._first = month_number(self.scenario.start)
        self.months = month_number(self.scenario.end) - self._first + 1
        self._build(orders, seats, own or {})
        plan = record or Plan()
        names = tuple(o.name for o in outcomes.choose(self.scenario, plan.outcomes))
        self.record = Record(plan, names, self.calendar_month)
        self.events_seen: list[tuple[int, str, str, NDArray[Any]]] = []
        """(month, event, target, where it begins by world) of each event that has begun."""
        reporters: dict[str, Any] = {name: reporter(name) for name in collect}
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def _build(self, orders: Sequence[Order], seats: Sequence[str], own: parameters.Own) -> None:
        """Make the agents and what stands between them."""
        self.own = {name: np.asarray(values, float) for name, values in own.items()}
        self.parameters = parameters.read(self.scenario, self.own)
        scenario, worlds, p = self.scenario, self.worlds, self.parameters
        self.levers = levers.registry(scenario)
        self.seats = Seats(self.levers, [*self._history(seats), *orders], worlds)
        self.exchange = Exchange(scenario, worlds, p)
        self.licensing = Licensing(scenario, self.exchange, worlds, p)
        self.mines = Mines(scenario, self.exchange, self.seeds, p)
        self.refineries = Refineries(scenario, self.exchange, worlds, p)
        self.buyers = Buyers(scenario, self.exchange, self.seeds, p)
        self.recyclers = Recyclers(scenario, self.exchange, worlds, p)
        self.recyclers.prepare(self.buyers.using, self.buyers.use_at_start)
        self.traders = Traders(scenario, self.exchange, worlds, p)
        self.finance = Finance(scenario, self.mines, self.exchange, self.seeds, p)
        self.relations = Relations(scenario, worlds, p)
        self.states = States(scenario, self.exchange, worlds, p)
        self.nature = Nature(scenario, self.mines, self.seeds)
        self.buyers.expect(self.nature.on_use(scenario.demands))
        self.exchange.join(self.mines.pool, self.recyclers.pool, self.traders.pool, self.states.pile_pool)
        self.press = Press(self.exchange, self.licensing, float(p.quotes.fob_cost))
        self.decided = Decided(self.seats)
        self.deliveries = Deliveries(self.finance, self.mines, self.exchange, self.licensing.gate)
        self.settlement = Settlement(
            self.exchange, self.mines, self.finance, self.traders, self.recyclers, self.states, self.buyers,
            self.licensing, self.seats,
        )  # fmt: skip
        self.governments: tuple[Government, ...] = tuple(kind(self) for kind in GOVERNMENTS)
        for kind, population in (
            (Mine, self.mines),
            (Refinery, self.refineries),
            (BuyerGroup, self.buyers),
            (Recycler, self.recyclers),
            (TraderGroup, self.traders),
        ):
            for row in range(len(population.names)):
                kind(self, population, row)
        reference = self.exchange.reference_price[self.exchange.place["europe.apt.any"], 0]
        wide = np.ones(worlds)
        self.lessons = Lessons(self)
        self.quotes_held = self.press.ask(self.seats["united_states.tariff_china"])
        self.expected = reference * wide
        self.premium = self.expected_premium = np.zeros(worlds)
        self.start_balance = wide
        self.late = np.zeros((len(self.buyers.blocs), worlds))
        self.none_by_mine = np.zeros((len(self.mines.names), worlds))
        self.awarded: dict[str, tuple[Vector, Vector]] = {}
        """By host its awards, and the partners of all mines that follow from them."""
        self.granted = SparseTable(len(self.mines.names), worlds)
        declared_state.lay_out([
            self.exchange, self.licensing, self.mines, self.refineries, self.buyers, self.recyclers, self.traders,
            self.finance, self.states, self.nature, *self.finance.holders().values(),
        ])  # fmt: skip
        self.spent_before = self.states.spent
        self.permits = permits(self)
        self.briefing = Briefing(self)
        self.measure = Measure(self)
        # Mesa 3.3 counts the agents of each model in a table of its own, which would keep every market for ever
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def _history(self, seats: Sequence[str]) -> list[Order]:
        """The scenario's decisions in the seats that no person holds, and its temperaments.

        What was decided before the start holds at the start.
        """
        history = []
        for decision in sorted(self.scenario.decisions, key=lambda decision: decision.date):
            lever = self.levers[decision.lever]
            if lever.role in seats:
                continue
            value = decision.value
            if value == "rule":
                number = float("nan")
            else:
                number = lever.value(value) if isinstance(value, str) else float(value)
            month = max(self.month_of(decision.date), 0)
            history.append(Order(decision.lever, decision.target, number, month, "scenario"))
        for role, name in self.scenario.temperaments.items():
            lever = self.levers[f"{role}.temperament"]
            history.append(Order(lever.name, "", lever.value(name), 0, "scenario"))
        return history

    @property
    def scenario(self) -> Scenario:
        """The scenario that is played."""
        return self._played

    @scenario.setter
    def scenario(self, scenario: Scenario) -> None:
        # newer versions of Mesa keep a scenario of their own here, and write into it
        self._played = scenario

    # --- luck ----------------------------------------------------------------------------------

    @property
    def seeds(self) -> luck.Seeds:
        """Seeds of the luck that is played."""
        return luck.other(self.first_seeds, self.other_luck["number"]) if self.other_luck else self.first_seeds

    def draw_luck(self, numbers: Sequence[float]) -> None:
        """Play another luck from the month to be played on.

        What was drawn before the start, such as how late a project will be, stays; the month of an opening shock
        that has not come yet does not.

        Args:
            numbers: of the luck of each world; 0 keeps the luck that it has.
        """
        added = np.array(list(numbers), float)
        number = self.other_luck.get("number", np.zeros(self.worlds)) + added
        seeds = luck.other(self.first_seeds, number)
        self.nature.opens = np.where(added > 0, self.nature.opens_again(seeds, self.month), self.nature.opens)
        self.other_luck = {"number": number, "opens": self.nature.opens}

    # --- time ----------------------------------------------------------------------------------

    def month_of(self, date: str) -> int:
        """Months from the start to a date "YYYY-MM"."""
        return month_number(date) - self._first

    @property
    def month(self) -> int:
        """Months played; the month to be played, counted from the start."""
        return int(self.months_played[0])

    @month.setter
    def month(self, months: int) -> None:
        self.months_played = np.full(self.worlds, float(months))

    @property
    def year(self) -> int:
        """Calendar year of the month to be played."""
        return (self._first + self.month) // 12

    @property
    def calendar_month(self) -> int:
        """Calendar month to be played, 1 to 12."""
        return (self._first + self.month) % 12 + 1

    @property
    def date(self) -> str:
        """Month to be played, "YYYY-MM"."""
        return self.date_of(self.month)

    def date_of(self, month: int) -> str:
        """Date "YYYY-MM" of the month with this many months before it."""
        year, place = divmod(self._first + month, 12)
        return f"{year}-{place + 1:02d}"

    def step(self) -> None:
        """Play one month, phase after phase."""
        if self.month >= self.months:
            self.running = False
            return
        for phase in MONTH:
            phase(self)
        self.month = self.month + 1
        self.running = self.month < self.months

    def hold(self, held: Held) -> None:
        """Hold something still in some worlds from now on."""
        self.held = held
        self.seats.hold(held)

    def adopt(self, own: parameters.Own) -> None:
        """Go on with other parameters of behaviour; what has come about so far stays.

        The market is made anew and put where it stands: all declared state is kept, all that follows from parameters
        follows the new ones.

        Args:
            own: the parameters that are not the scenario's, "group.name" to their values, (worlds,).
        """
        here, seats, events = self.snapshot(), self.seats, self.events_seen
        self.other_luck, self.month = {}, 0  # what is drawn before the start is drawn from the seeds
        self.remove_all_agents()
        self._build((), (), own)
        self.restore(here)
        self.hold(self.held)
        self.seats.orders, self.seats.taken, self.events_seen = seats.orders, seats.taken, events

    # --- what several phases share -------------------------------------------------------------

    @property
    def quotes(self) -> dict[str, Vector]:
        """The press's quotes, USD/mtu."""
        return {"fob_china": self.quotes_held[0], "rotterdam": self.quotes_held[1]}

    def refined(self) -> Vector:
        """t W/month of APT made from concentrate, by region of the refineries, (regions, worlds)."""
        rows = self.refineries.rows
        return self.exchange.flow[rows] * self.exchange.yield_[rows]

    def defence_use(self, regions: Sequence[str]) -> Vector:
        """t W/month that defence users want in some regions."""
        return np.full(self.worlds, self.buyers.defence_use(tuple(regions), self.month))

    def cover_of(self, role: str) -> Vector:
        """Months of defence use that a role's stockpile and its safe stock cover."""
        states, exchange = self.states, self.exchange
        held = states.pile[states.owners.index(role)]
        for region in DEFENCE_REGIONS[role]:
            held = held + np.maximum(exchange.stock[exchange.place[f"{region}.apt.eligible"]], 0.0)
        return held / np.maximum(self.defence_use(DEFENCE_REGIONS[role]), 1e-9)

    def outcome(self, name: str) -> Vector:
        """An outcome of the last month played, (worlds,)."""
        return self.measure(name)

    @property
    def decisions_taken(self) -> list[tuple[int, str, str, Vector, str]]:
        """(month, lever, target, value by world, source) of each order that has taken effect."""
        return self.seats.taken

    @property
    def arcs(self) -> tuple[Any, ...]:
        """The arcs in the row order of recorded flows."""
        return self.exchange.arcs

    # --- state ---------------------------------------------------------------------------------

    def holders(self) -> dict[str, Any]:
        """Everything that holds declared state, by name."""
        return {
            "market": self,
            "exchange": self.exchange,
            "licensing": self.licensing,
            "mines": self.mines,
            "refineries": self.refineries,
            "buyers": self.buyers,
            "recyclers": self.recyclers,
            "traders": self.traders,
            "finance": self.finance,
            "relations": self.relations,
            "states": self.states,
            "nature": self.nature,
            "briefing": self.briefing,
            "seats": self.seats,
            "tonnes": self.settlement.tonnes,
            "dollars": self.settlement.dollars,
            "record": self.record,
            **self.finance.holders(),
        }

    def snapshot(self) -> Snapshot:
        """References to all state after the months played: together with the seeds and orders all that is needed."""
        return declared_state.take(self.holders())

    def restore(self, snapshot: Snapshot) -> None:
        """Go to where a snapshot was taken; what happened, was decided and recorded since then is forgotten.

        The snapshot may be another market's of the same scenario, or a fork of one: the worlds must be as many as
        here. Orders are no state: those of months still to come will take effect.

        Raises:
            ValueError: a snapshot of something else, or of more or fewer worlds; nothing is changed then.
        """
        worlds = snapshot.get("market", {}).get("months_played", self.months_played).size
        if worlds != self.worlds:
            raise ValueError(f"the snapshot holds {worlds} worlds, but the market has {self.worlds}")
        declared_state.put(self.holders(), snapshot)
        self.nature.opens = self.other_luck.get("opens", self.nature.drawn)
        self.events_seen = [event for event in self.events_seen if event[0] < self.month]
        self.seats.cut(self.month)
        self.record.cut(self.month)
        self.measure.forget()
        self.running = self.month < self.months

    def member(self, name: str) -> Member:
        """The agent of this name.

        Raises:
            KeyError: no such agent.
        """
        for agent in self.agents:
            if isinstance(agent, Member) and agent.name == name:
                return agent
        raise KeyError(name)
