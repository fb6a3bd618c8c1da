"""Mines and projects: each has a life, from resource to exhaustion, and decides what to mine and what to build."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from agents.exchange import Exchange, column
from agents.held import hold
from agents.member import Member, Population
from agents.parameters import law
from agents.refineries import HOSTS
from sim import exact, hazards, luck, memory, mine_life, mine_output, mining
from sim.blocks import BLOCK
from sim.dates import months_since
from sim.network import Index, Vector
from sim.outcomes import STAGES
from sim.scenario import Scenario
from sim.state import derived, foretell, forget, recall, state, to_change
from sim.sums import grouped

BACKERS = {"china": 1.0, "us": 2.0, "europe": 3.0, "turkey": 4.0, "kazakhstan": 5.0, "uzbekistan": 5.0}
STUDY_SHARES = {"resource": (0.4, 0.3, 0.3), "pre_feasibility": (0.0, 0.5, 0.5), "feasibility": (0.0, 0.0, 1.0)}
SPREAD_OF_SLIPS = 0.3
NEVER = 1e9  # a month that does not come
NOWHERE = np.zeros(0)
LIFE = ("stage", "work", "ramp", "idle", "spent", "equity", "need", "worth", "relief", "missing")
"""What a month of project life changes."""
DIGGING = ("utilisation", "output", "ore", "opened")
"""What a month of mining changes."""


class Mine(Member):
    """A mine, a project, or a block of small mines."""


class Mines(Population):
    """All mines and projects."""

    stage = state("code of sim.outcomes.STAGES")
    work = state("months of the stage's work left")
    ramp = state("share of the ramp-up done")
    idle = state("months in a row that call for closing, or for opening again")
    utilisation = state("share of capacity wished to run at the netback")
    output = state("t W mined this month")
    ore = state("recoverable tungsten left, t W")
    nameplate = state("t W/month")
    spent = state("capital spent, million USD")
    equity = state("shareholders' money raised, million USD")
    loans = state("loans signed, million USD")
    grants = state("grants and prepayments received, million USD")
    worth = state("expected long-run netback over full cost")
    missing = state("million USD that a project in financing or construction lacks")
    need = state("capital cost as it is known now, million USD")
    relief = state("share of the capital charge left after cheap state loans and floors")
    partner = state("code of sim.levers.PARTNERS")
    opened = state("month in which output first passed a tenth of nameplate, -1 before")
    cash = state("million USD held, capital and earnings")

    def __init__(
        self, scenario: Scenario, exchange: Exchange, seeds: luck.Seeds, parameters: SimpleNamespace, branch: int = 0
    ) -> None:
        mines = scenario.mines
        self.mines = mines
        self.names = tuple(m.key for m in mines)
        self.parameters = parameters
        self.drawn_at_start: dict[str, Vector] = {}
        """What the worlds drew when they were made, kept by those that look ahead."""
        worlds = seeds.size
        self.regions = regions = exchange.regions
        self.region = np.array([regions.index(m.region) for m in mines])
        mined = dict.fromkeys([*(m.region for m in mines), *regions])
        self.is_in = {region: self.region == regions.index(region) for region in mined}
        self.rows_in = {region: np.flatnonzero(here) for region, here in self.is_in.items()}
        self.pool = np.array([exchange.concentrate(m.region) for m in mines])
        self.pools, self.pool_place = np.unique(self.pool, return_inverse=True)
        """Pools that mines deliver to, and the place of each mine's among them."""
        self.cost_low = column([m.cost_low.value for m in mines])
        self.cost_high = column([m.cost_high.value for m in mines])
        self.quota = column([float(m.quota) for m in mines])
        self.under_quota = np.flatnonzero(self.quota[:, 0])
        self.recovery = column([m.recovery.value for m in mines])
        self.study_cost = column([m.study_cost.value for m in mines])
        self.winter = column([m.winter.value for m in mines])
        self.power = column([m.power.value for m in mines])
        self.reagents = column([m.reagents.value for m in mines])
        self.workforce = column([m.workforce.value for m in mines])
        self.expansion = column([m.expansion.value / 12 for m in mines])
        due = [months_since(scenario.start, m.expansion_date) if m.expansion_date else NEVER for m in mines]
        self.expansion_month = column(due)
        self._expansion_months = frozenset(self.expansion_month[:, 0].tolist())
        self.state_owned = column([float(m.state_owned) for m in mines])
        self.of_host_states = np.array(
            [i for i, m in enumerate(mines) if m.state_owned and m.region in HOSTS], np.int64
        )
        self.ramp_months = column([max(m.ramp.value, 6.0) for m in mines])
        self.payable = self._payable(exchange)
        self.is_safe = column([float(exchange.pools[pool].grade == "eligible") for pool in self.pool])
        self._draw_luck(scenario, seeds, branch)
        self._start(scenario, exchange, worlds)

    def _payable(self, exchange: Exchange) -> Vector:
        """Share of the Rotterdam price of APT that a tonne is worth at the mine, by mine, (mines, 1).

        A region that has a way to the West by rail and sea is paid what is left after freight, once its material is
        known there.
        """
        rotterdam = exchange.reference_price[exchange.place["europe.apt.any"], 0]
        west = exchange.reference_price[exchange.concentrate("europe"), 0]
        ways = [exchange.arcs[arc] for arc in exchange.arcs_where(destination_region="europe", form="concentrate")]
        rows = []
        for mine, pool in zip(self.mines, self.pool, strict=True):
            best = exchange.reference_price[pool, 0]
            for way in ways:
                if way.origin.split(".")[0] == mine.region:
                    best = max(best, west - way.freight.value)
            rows.append(best / rotterdam)
        return column(rows)

    def _draw_luck(self, scenario: Scenario, seeds: luck.Seeds, branch: int) -> None:
        """What each project will turn out to be: its slip, overrun, flaws and ramp-up, fixed in each world."""
        mines = scenario.mines

        def uniform(purpose: str) -> Vector:
            return luck.uniform(seeds, luck.streams(purpose, self.names), 0, branch=branch)

        def normal(purpose: str) -> Vector:
            return luck.normal(seeds, luck.streams(purpose, self.names), 0, branch=branch)

        calm = 0.0 if not scenario.mechanisms.noise else 1.0
        spread = SPREAD_OF_SLIPS * calm
        mean_slip = column([m.slip.value for m in mines])
        self.slip = np.maximum(1.0, mean_slip * exact.exp(spread * normal("slip") - 0.5 * spread * spread))
        mean, sd = column([m.overrun.value for m in mines]), column([m.overrun_sd.value for m in mines])
        relative = calm * sd / mean
        variance = exact.log1p(relative * relative)
        self.overrun = mean * exact.exp(np.sqrt(variance) * normal("overrun") - 0.5 * variance)
        self.failure_luck = uniform("failure")
        self.failure = column([m.failure.value for m in mines])
        weak = uniform("ramp failure") < calm * column([m.ramp_failure.value for m in mines])
        self.ceiling = np.where(weak, 0.6, 1.0)

    def _start(self, scenario: Scenario, exchange: Exchange, worlds: int) -> None:
        mines, wide = scenario.mines, np.ones(worlds)
        self.stage = column([float(STAGES.index(m.stage)) for m in mines]) * wide
        operating = np.array([m.stage in ("production", "ramp_up") for m in mines])[:, None]
        capacity = column([m.capacity.value / 12 for m in mines])
        output = column([m.output.value / 12 for m in mines])
        netback = exchange.reference_price[self.pool]
        wish = np.maximum(mining.utilisation_wish(netback, self.cost_low, self.cost_high), 0.05)
        reached = np.minimum(output / np.maximum(capacity * wish, 1e-9), 1.0)
        ramping = self.stage[:, :1] == STAGES.index("ramp_up")
        # a block's capacity is what its output and the share of it that pays for itself say
        producing = operating & (~ramping | (reached >= 1.0))
        self.nameplate = np.where(producing, output / wish, capacity) * wide
        self.ramp = np.where(ramping, reached, np.where(operating, 1.0, 0.0)) * wide
        self.ceiling = np.where(producing, 1.0, self.ceiling)
        # standing mines drill ahead of themselves and find most of what they take out
        self.exploring = np.flatnonzero(producing)
        self.found = np.zeros(worlds)
        self.utilisation = np.where(operating, wish, 1.0) * wide
        self.output = output * wide
        self.ore = column([m.reserves.value * m.recovery.value for m in mines]) * wide
        self.idle = 0 * self.stage
        self.work = self._first_work(scenario) * self.slip
        planned = column([m.capex.value for m in mines])
        # studies find a part of what will be overrun; the rest shows only while building
        self.need_known = planned * (1 + self.parameters.projects.overrun_seen * (self.overrun - 1))
        self.need_true = planned * self.overrun
        building = self.stage == STAGES.index("construction")
        self.need = np.where(self.stage >= STAGES.index("construction"), self.need_true, self.need_known)
        self.spent = np.where(building, 0.4 * self.need, 0.0)
        self.equity = np.where(building, 0.5 * self.need, 0.0)
        self.loans = self.grants = self.missing = 0 * self.stage
        self.worth = self.relief = 1 + 0 * self.stage
        self.partner = column([BACKERS.get(m.backer, 0.0) for m in mines]) * wide
        self.opened = np.where(operating & (output > 0.1 * capacity), 0.0, -1.0) * wide
        self.cash = self.equity - self.spent
        self.study_months = column([self._next_study(m) for m in mines]) * self.slip
        self.build_months = column([max(m.plan_construction.value, 1.0) for m in mines]) * self.slip
        self.cash_cost = 0.5 * (self.cost_low + self.cost_high) * np.where(self.ceiling < 1.0, 1.25, 1.0)
        self.full_capacity = 12 * (capacity + self.expansion)
        p = self.parameters.projects
        lasting = self.ore[:, :1] / self.full_capacity
        self.life = np.minimum(np.maximum(lasting, p.least_life), p.life) * wide
        self.yearly = mining.annuity(p.hurdle_rate, self.life)
        self._prepare()

    def _prepare(self) -> None:
        """Lay out for the kernels what never changes."""
        p, worlds = self.parameters, self.stage.shape[1]

        def one(column_of_mines: Vector) -> Vector:
            return np.ascontiguousarray(column_of_mines[:, 0])

        def wide(table: Vector) -> Vector:
            return memory.same(np.broadcast_to(table, (len(self.names), worlds)))

        regions = [m.region for m in self.mines]
        self.host = np.array([(*HOSTS, "china").index(r) if r in (*HOSTS, "china") else -1 for r in regions])
        kept_by_host = np.zeros(len(self.names))
        kept_by_host[self.of_host_states] = 1.0
        self.sites = mine_life.Sites(
            self.pool_place, np.where(self.host < len(HOSTS), self.host, -1), one(self.payable), one(self.cost_low),
            one(self.cost_high), one(self.study_cost), one(self.state_owned), kept_by_host,
            np.array([float(m.capex.value > 0) for m in self.mines]), one(self.full_capacity), one(self.ramp_months),
            one(self.failure), wide(self.cash_cost), wide(self.study_months),
            wide(self.build_months), wide(self.need_known), wide(self.need_true), wide(self.failure_luck), wide(self.yearly),
            np.array([float(m.stage == "care_and_maintenance") for m in self.mines]),
            wide(np.where(column([float(m.backer == "china") for m in self.mines]) > 0, 1.0, self.slip)),
        )  # fmt: skip
        self.terms = mine_life.Terms(
            *law(
                worlds, p.projects.study_appetite, p.projects.loan_relief, p.projects.floor_relief,
                p.projects.floor_support, p.projects.family_capital, p.projects.equity_pace,
                p.projects.near_price, p.projects.chinese_slip,
            )
        )  # fmt: skip
        self.flows = wide(np.zeros(1)), wide(np.zeros(1)), np.zeros(len(self.names), np.int64)
        """Equity paid and capital spent in the month, million USD, (mines, worlds) each; 1 for mines that have any."""
        self._near = memory.unfilled(5, BLOCK)
        exploring = np.zeros(len(self.names), np.int64)
        exploring[self.exploring] = 1
        ceiling = wide(self.ceiling)
        speed, replacement = law(worlds, p.mines.adjustment, p.mines.replacement)
        self.pits = mine_output.Pits(
            self.pool_place, one(self.cost_low), one(self.cost_high), one(self.quota), exploring, self.region, ceiling,
            mine_output.alike(ceiling), speed, replacement, luck.streams("output", self.names),
        )  # fmt: skip

    @staticmethod
    def _first_work(scenario: Scenario) -> Vector:
        """Months of work left at the start in the stage each project is in."""
        return column([
            STUDY_SHARES[m.stage][STAGES.index(m.stage)] * m.plan_study.value if m.stage in STUDY_SHARES
            else m.plan_construction.value
            for m in scenario.mines
        ])  # fmt: skip

    @staticmethod
    def _next_study(mine: object) -> float:
        shares = STUDY_SHARES.get(mine.stage, (0.0, 0.0, 1.0))  # type: ignore[attr-defined]
        return float(shares[2] * mine.plan_study.value)  # type: ignore[attr-defined]

    def by_region(self, values: dict[str, Vector], otherwise: float, rows: Index | None = None) -> Vector:
        """A table with a row for each mine, or these, out of vectors over worlds for some regions."""
        count, worlds = self.stage.shape
        table = np.full((count if rows is None else rows.size, worlds), otherwise)
        for region, value in values.items():
            here = self.rows_in[region] if rows is None else self.is_in[region][rows]
            table[here] = value
        return table

    @derived("stage")
    def is_operating(self) -> Vector:
        """1 where a mine is ramping up or producing, (mines, worlds)."""
        return ((self.stage == STAGES.index("ramp_up")) | (self.stage == STAGES.index("production"))) * 1.0

    def full_cost(self, rows: Index | slice = slice(None)) -> Vector:
        """Netback at which capital still to be spent just earns its hurdle rate, USD/mtu, (mines, worlds)."""
        owed = np.maximum(self.need[rows] - self.grants[rows], 0.0)
        charge = self.yearly[rows] * self.relief[rows]
        return mining.full_cost(self.cash_cost[rows], owed, self.full_capacity[rows], charge)

    @derived("nameplate")
    def yearly_nameplate(self) -> Vector:
        """Nameplate output, t W/year, (mines, worlds)."""
        return 12 * self.nameplate

    @derived("need", "grants", "relief")
    def incentive_price(self) -> Vector:
        """APT price in Rotterdam at which a project earns its hurdle rate, USD/mtu, (mines, worlds)."""
        return mining.incentive_price(
            self.cash_cost, self.need, self.grants, self.full_capacity, self.yearly, self.relief, self.payable
        )

    def parts_of_incentive(self) -> tuple[Vector, ...]:
        """What `mining.incentive_price` takes, but for what is needed: by mine, or by mine and world."""
        sites = self.sites
        return sites.cash_cost, self.grants, sites.capacity, sites.yearly, self.relief, sites.payable

    def advance(
        self, market: tuple[Vector, Vector, Vector, Vector, Vector], topped: tuple[Index, Vector],
        promises: tuple[Index, Vector, Vector], harms: hazards.Harms, lasting: tuple[Vector, Vector], works: mine_life.Works,
    ) -> None:  # fmt: skip
        """A month of project life; `paid` and `capital_spent` then hold what it costs.

        Args:
            market: APT price in Rotterdam that investors expect for the long run, mean price there of the last year,
                share markets' liking of tungsten, price in each pool of mines, and share left after royalty; see
                `sim.mine_life.advance`.
            topped, promises: what floors pay on top of the price now, and what is expected on top of it; see `Finance`.
            harms: what may strike.
            lasting: months that events and opening shocks still last.
            works: what the middle powers do for or against works at home.
        """
        # what follows from the stages is told anew
        forget(Mines.running, self)
        forget(Mines.is_operating, self)
        changed = tuple([to_change(self, name) for name in LIFE])
        running = mine_output.Running(*np.empty((2, len(self.names)), np.int64))
        mine_life.advance(
            self.sites, self.terms, harms, works, market, topped, promises, lasting, changed,
            (self.loans, self.grants, self.partner, self.opened, self.ore), self.flows, tuple(running),
        )  # fmt: skip
        (
            self.stage, self.work, self.ramp, self.idle, self.spent, self.equity, self.need, self.worth, self.relief,
            self.missing,
        ) = changed  # fmt: skip
        foretell(Mines.running, self, running)

    def produce(
        self, month: int, seeds: luck.Seeds, spread: float, price: Vector, topped: tuple[Index, Vector], allowed: Vector,
        harms: hazards.Harms, readiness: Vector, struck: Vector, shocked: Vector, target: Vector,
        calm: NDArray[np.bool_] | None = None, still: NDArray[np.bool_] | None = None,
    ) -> None:  # fmt: skip
        """Mine this month's ore.

        Args:
            month: months since the start.
            seeds: the worlds' seeds.
            spread: standard deviation of a mine's monthly output.
            price, topped: USD/mtu at the mine by pool, (pools of mines, worlds), and what floors pay on top of it.
            allowed: Chinese quota with what passes above it, t W/month, (worlds,).
            harms, struck, shocked, target: what may strike, months that events and opening shocks last, mines struck.
            readiness: of the middle powers for winters and power cuts, 0 to 1, (hosts, worlds).
            calm: worlds in which output has no luck of its own, (worlds,).
            still: worlds in which mines neither expand nor change the share of capacity that they work, (worlds,).
        """
        if month in self._expansion_months:
            hold(still, self, lambda: self._expand(month), "nameplate", "ramp", "stage")
        pits = self.pits if still is None else self.pits._replace(speed=np.where(still, 0.0, self.pits.speed))
        worlds = seeds.size
        mined, self.found, self.standing = np.empty((len(self.regions), worlds)), np.empty(worlds), np.empty((2, worlds))
        running = self.running()
        rows = (*running, recall(Mines._unopened, self), self._one_size(), recall(Mines._at_work, self))
        forget(Mines.mined_by_region, self)
        changed = tuple([to_change(self, name) for name in DIGGING])
        unopened = np.empty(len(self.names), np.int64)
        mine_output.mine_ore(
            pits, harms, rows, month, seeds, spread, NOWHERE if calm is None else calm.astype(np.float64),
            (price, *topped, allowed), readiness, (struck, shocked, target), changed,
            (self.stage, self.ramp, self.nameplate), (mined, self.found, self.standing, unopened), self._near,
        )  # fmt: skip
        self.utilisation, self.output, self.ore, self.opened = changed
        foretell(Mines._unopened, self, unopened)
        foretell(Mines._at_work, self, running.works)
        foretell(Mines.mined_by_region, self, mined)

    @derived("stage")
    def running(self) -> mine_output.Running:
        """Which mines run."""
        at_one = mine_output.alike(self.stage)
        works = mine_output.any_world(self.stage, mining.RAMP_UP, mining.PRODUCTION)
        return mine_output.Running(works, at_one * (self.stage[:, 0] == mining.PRODUCTION))

    @derived("opened")
    def _unopened(self) -> Index:
        """1 for mines that have not opened yet in some world."""
        return mine_output.any_world(self.opened, -1.0, -1.0)

    @derived("output")
    def _at_work(self) -> Index:
        """1 for mines that mined anything in any world."""
        return mine_output.any_world(self.output, 5e-324, np.inf)

    @derived("nameplate")
    def _one_size(self) -> Index:
        """1 for mines whose nameplate is the same in every world."""
        return mine_output.alike(self.nameplate)

    @derived("cash_cost")
    def cost_differs(self) -> Index:
        """1 for mines whose cash cost is not the same in every world."""
        return 1 - mine_output.alike(self.sites.cash_cost)

    @derived("output")
    def mined_by_region(self) -> Vector:
        """t W mined this month, (regions, worlds)."""
        return grouped(self.output, self.region, len(self.regions))

    def mined_in(self, region: str) -> Vector:
        """t W mined this month in a region, (worlds,)."""
        return self.mined_by_region()[self.regions.index(region)]

    def _expand(self, month: int) -> None:
        """Add the expansions that are due this month, where the mine runs and is worth it."""
        rows = np.flatnonzero(self.expansion_month[:, 0] == month)
        if not rows.size:
            return
        nameplate, ramp, stage = self.nameplate.copy(), self.ramp.copy(), self.stage.copy()
        due = (self.is_operating()[rows] > 0) & (self.worth[rows] > 0.9)
        added = self.expansion[rows]
        nameplate[rows] = nameplate[rows] + np.where(due, added, 0.0)
        due = due & (added > 0)
        ramp[rows] = np.where(due, ramp[rows] * (1 - added / nameplate[rows]), ramp[rows])
        stage[rows] = np.where(due, float(STAGES.index("ramp_up")), stage[rows])
        self.nameplate, self.ramp, self.stage = nameplate, ramp, stage
