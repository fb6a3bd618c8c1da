"""Contracts: loans and offtakes in fixed tables of slots, signed, checked and settled."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from agents.exchange import Exchange
from agents.mines import Mines
from sim import luck
from sim.levers import OFFTAKERS
from sim.network import Vector
from sim.outcomes import STAGES
from sim.scenario import Scenario
from sim.state import state

LENDERS = ("china", "united_states", "european_union", "japan_korea", "turkey", "russia")
OFFERS = {
    "china": "china.overseas_finance",
    "united_states": "united_states.loan",
    "european_union": "european_union.project_finance",
    "japan_korea": "japan_korea.project_finance",
    "turkey": "turkey.project_finance",
    "russia": "russia.state_finance",
}
REQUESTS = {
    "us": "united_states.offtake_share",
    "europe": "european_union.offtake_share",
    "japan_korea": "japan_korea.offtake_share",
}
BUYER_ROLE = {"china": "china", "us": "united_states", "europe": "european_union", "japan_korea": "japan_korea"}
DELIVERED_TO = {"china": "china", "us": "north_america", "europe": "europe", "japan_korea": "korea"}
FINANCING = float(STAGES.index("financing"))
PRODUCTION = float(STAGES.index("production"))
FEASIBILITY = float(STAGES.index("feasibility"))
ABANDONED = float(STAGES.index("abandoned"))


class Finance:
    """Loans and offtakes of all mines; one slot for each lender or buyer and mine."""

    signed = state("loans signed and not lost, million USD, (lenders, mines, worlds)")
    owed = state("loans drawn and not yet repaid, million USD, (mines, worlds)")
    waited = state("months that a project has stood in financing or later, (mines, worlds)")
    share = state("share of output under contract, (buyers, mines, worlds)")
    floor = state("floor price of the contract for APT, USD/mtu, (buyers, mines, worlds)")
    months_left = state("months that a contract still runs, (buyers, mines, worlds)")
    public = state("1 where a government stands behind the floor, (buyers, mines, worlds)")

    def __init__(
        self, scenario: Scenario, mines: Mines, exchange: Exchange, seeds: Vector, parameters: SimpleNamespace
    ) -> None:
        self.parameters = parameters.finance
        self.mines = mines
        self.exchange = exchange
        worlds = seeds.size
        count = len(mines.names)
        self.luck = [luck.uniform(seeds, luck.streams(f"loan {lender}", mines.names), 0) for lender in LENDERS]
        self.signed = np.zeros((len(LENDERS), count, worlds))
        self.owed = self.waited = np.zeros((count, worlds))
        share, floor, left = (np.zeros((len(OFFTAKERS), count, worlds)) for _ in range(3))
        self.later = []
        for o in scenario.offtakes:
            if o.buyer == "open":
                continue
            slot = OFFTAKERS.index(o.buyer), mines.names.index(o.mine)
            if o.start <= scenario.start:
                share[slot], floor[slot], left[slot] = o.share.value, o.floor.value, 12 * o.years.value
            else:
                self.later.append((o.start, slot, o.share.value, o.floor.value, 12 * o.years.value))
        self.share, self.floor, self.months_left = share, floor, left
        self.public = 0 * share
        # what is sold under contract at the start is part of the trade that the arcs already carry
        self.share_at_start = share
        loan = list(self.signed)
        lender_of = {"us": "united_states", "europe": "european_union", "korea": "japan_korea"}
        for letter in scenario.letters:
            role = lender_of.get(letter.role, letter.role)
            if letter.kind == "loan" and role in LENDERS and letter.date <= scenario.start:
                row = list(loan[LENDERS.index(role)])
                row[mines.names.index(letter.mine)] = row[mines.names.index(letter.mine)] + letter.amount.value
                loan[LENDERS.index(role)] = np.array(row)
        self.signed = np.array(loan)
        capped = np.minimum(self._all_loans(), np.maximum(mines.need - mines.equity, 0.0))
        mines.loans = capped
        mines.cash = mines.cash + capped
        self.owed = capped
        self.routes = self._contract_routes()

    def _contract_routes(self) -> list[tuple[int, int, int, int]]:
        """(buyer, mine, gate arc or -1, route arc) over which a contract delivers, where such a route exists."""
        routes = []
        for b, buyer in enumerate(OFFTAKERS):
            for m, mine in enumerate(self.mines.mines):
                gate = self.exchange.arcs_where(kind="gate", origin_region=mine.region)
                ways = self.exchange.arcs_where(
                    kind="route",
                    form="concentrate",
                    origin_region=mine.region,
                    destination_region=DELIVERED_TO[buyer],
                )
                if ways:
                    routes.append((b, m, gate[0] if gate else -1, ways[0]))
        return routes

    def _all_loans(self) -> Vector:
        loans = self.signed[0]
        for row in self.signed[1:]:
            loans = loans + row
        return loans

    def free_share(self) -> Vector:
        """Share of each mine's output not under contract, (mines, worlds)."""
        taken = self.share[0]
        for row in self.share[1:]:
            taken = taken + row
        return np.maximum(1 - taken, 0.0)

    def sign_offtakes(
        self, date: str, requests: dict[str, Vector], floors: dict[str, Vector], order: list[str], consent: dict[str, Vector]
    ) -> None:
        """Sign what is asked for and free, in the order of the list; a contract once signed runs its years.

        Args:
            date: this month.
            requests: buyer to share asked for, (mines, worlds).
            floors: buyer to floor price offered, USD/mtu for APT, (mines, worlds).
            order: who is served first.
            consent: buyer to 1 where the host allows it, (mines, worlds).
        """
        share, floor, left = list(self.share), list(self.floor), list(self.months_left)
        public = list(self.public)
        left = [np.maximum(x - 1, 0.0) for x in left]
        share = [np.where(x > 0, s, 0.0) for s, x in zip(share, left, strict=True)]
        for start, (b, m), portion, price, months in self.later:
            if start == date:
                for table, value in ((share, portion), (floor, price), (left, months)):
                    rows = list(table[b])
                    rows[m] = np.full_like(rows[m], value)
                    table[b] = np.array(rows)
        taken = share[0] + share[1] + share[2] + share[3]
        studied = (self.mines.stage > FEASIBILITY) & (self.mines.stage < ABANDONED)
        for buyer in order:
            if buyer not in requests:
                continue
            b = OFFTAKERS.index(buyer)
            asked = requests[buyer]
            if not (asked > 0).any():
                continue
            wanted = np.minimum(np.maximum(asked - share[b], 0.0), np.maximum(1 - taken, 0.0))
            granted = np.where(studied & (consent[buyer] > 0) & (wanted > 0.01), wanted, 0.0)
            fresh = granted > 0
            share[b] = share[b] + granted
            taken = taken + granted
            offered = floors.get(buyer, 0 * granted)
            floor[b] = np.where(fresh, np.maximum(offered, 0.0), floor[b])
            left[b] = np.where(fresh, self.parameters.offtake_years * 12, left[b])
            public[b] = np.where(fresh, 1.0, public[b])
        self.share, self.floor, self.months_left = np.array(share), np.array(floor), np.array(left)
        self.public = np.array(public)

    def sign_loans(self, offers: dict[str, Vector], readiness: dict[str, Vector]) -> Vector:
        """Sign loans whose due diligence is done; gives million USD lent this month, (lenders, mines, worlds).

        A letter is not a loan: a loan comes after the study, after months of diligence, and not to every project.

        Args:
            offers: lender to million USD on offer, (mines, worlds).
            readiness: lender to chance that diligence ends well, (mines, worlds).
        """
        mines = self.mines
        seeking = (mines.stage == FINANCING) | (mines.stage == FINANCING + 1)
        self.waited = np.where(seeking, self.waited + 1, 0.0)
        lent, signed = [], []
        for i, lender in enumerate(LENDERS):
            offer = offers[lender]
            room = np.maximum(self.parameters.debt_share * mines.need - self._all_loans(), 0.0)
            ready = (self.luck[i] < readiness[lender]) & (self.waited > getattr(self.parameters, f"months_{lender}"))
            amount = np.where(
                seeking & ready, np.minimum(np.minimum(np.maximum(offer - self.signed[i], 0.0), room), mines.missing), 0.0
            )
            lent.append(amount)
            signed.append(self.signed[i] + amount)
            self.signed = np.array([*signed, *self.signed[i + 1 :]])
            mines.loans = mines.loans + amount
            mines.missing = np.maximum(mines.missing - amount, 0.0)
        return np.array(lent)

    def floors(self, expected: Vector) -> tuple[Vector, Vector]:
        """What floors are expected to add to the price, and how far they shelter a mine.

        Args:
            expected: APT price that investors expect for the long run, USD/mtu, (worlds,).

        Returns:
            USD/mtu of APT, and share of output with a floor at four fifths of the incentive price or more,
            (mines, worlds) each.
        """
        worthwhile = 0.8 * self.mines.incentive_price()
        added, sheltered = 0.0 * self.owed, 0.0 * self.owed
        for share, floor in zip(self.share, self.floor, strict=True):
            added = added + share * np.maximum(floor - expected, 0.0)
            sheltered = sheltered + share * (floor >= worthwhile)
        return added, sheltered

    def floor_payments(self, netback: Vector) -> Vector:
        """Million USD that each buyer pays this month to bring the netback up to its floor, (buyers, mines, worlds)."""
        short = np.maximum(self.floor * self.mines.payable - netback, 0.0)
        return self.exchange.value(self.share * self.mines.output, short)

    def deliveries(self, reserved: Vector, allowed: Vector, open_share: dict[int, Vector]) -> Vector:
        """t W/month that contracts send along each arc, (arcs, worlds).

        Args:
            reserved: share of output not under contract that a host keeps for each buyer, (buyers, mines, worlds).
            allowed: share of concentrate that may leave the country, (mines, worlds).
            open_share: arc to share of its gateway that is open, (worlds,).
        """
        exchange = self.exchange
        rows: dict[int, Vector] = {}
        free = self.free_share()
        for b, m, gate, route in self.routes:
            share = np.maximum(self.share[b, m] - self.share_at_start[b, m], 0.0) + reserved[b, m] * free[m]
            if not (share > 0).any():
                continue
            tonnes = 0.9 * share * self.mines.output[m] * allowed[m] * open_share.get(route, 1.0)
            for arc in (gate, route):
                if arc >= 0:
                    rows[arc] = rows.get(arc, 0.0) + tonnes
        committed = np.zeros((len(exchange.arcs), self.mines.output.shape[1]))
        for arc, tonnes in rows.items():
            committed[arc] = tonnes
        return committed

    def repay(self, earnings: Vector) -> tuple[Vector, Vector]:
        """Repayments out of this month's earnings, and loans lost with a project, million USD, (mines, worlds)."""
        mines = self.mines
        due = np.where(mines.stage == PRODUCTION, self.owed / self.parameters.loan_months, 0.0)
        paid = np.clip(np.minimum(due, 0.5 * earnings), 0.0, self.owed)
        lost = np.where(mines.stage >= PRODUCTION + 2, self.owed - paid, 0.0)
        self.owed = self.owed - paid - lost
        return paid, lost


def mine_table(rows: Vector, targets: tuple[str, ...], mines: Mines, worlds: int) -> Vector:
    """Spread a lever's rows, one a target, over all mines, (mines, worlds)."""
    table = np.zeros((len(mines.names), worlds))
    for row, target in zip(rows, targets, strict=True):
        table[mines.names.index(target)] = row
    return table


