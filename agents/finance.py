"""Contracts: loans and offtakes in fixed tables of slots, signed, checked and settled."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from agents.exchange import Exchange
from agents.mines import Mines
from sim import luck
from sim.levers import OFFTAKERS
from sim.network import Index, Vector
from sim.outcomes import STAGES
from sim.scenario import Scenario
from sim.state import derived, state
from sim.sums import total

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
    until = state("month from which a contract no longer runs, (buyers, mines, worlds)")
    public = state("1 where a government stands behind the floor, (buyers, mines, worlds)")

    def __init__(
        self, scenario: Scenario, mines: Mines, exchange: Exchange, seeds: luck.Seeds, parameters: SimpleNamespace
    ) -> None:
        self.parameters = parameters.finance
        self.mines = mines
        self.exchange = exchange
        worlds = seeds.size
        count = len(mines.names)
        self.projects = np.array([i for i, m in enumerate(mines.mines) if m.capex.value > 0])
        self.luck = [luck.uniform(seeds, luck.streams(f"loan {lender}", mines.names), 0) for lender in LENDERS]
        self.signed = np.zeros((len(LENDERS), count, worlds))
        self.owed = self.waited = np.zeros((count, worlds))
        share, floor, until = (np.zeros((len(OFFTAKERS), count, worlds)) for _ in range(3))
        self.later = []
        budget = {g.key: g.budget.value for g in scenario.governments}
        self.credit = [self.parameters.credit_years * budget[lender] for lender in LENDERS]
        for o in scenario.offtakes:
            if o.buyer == "open":
                continue
            slot = OFFTAKERS.index(o.buyer), mines.names.index(o.mine)
            if o.start <= scenario.start:
                share[slot] = share[slot] + o.share.value
                floor[slot], until[slot] = o.floor.value, 12 * o.years.value - 1
            else:
                self.later.append((o.start, slot, o.share.value, o.floor.value, 12 * o.years.value))
        self.share, self.floor, self.until = share, floor, until
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

    def _contract_routes(self) -> list[tuple[int, int, int]]:
        """(buyer, mine, arc) over which a contract delivers, where such a route exists."""
        routes = []
        for b, buyer in enumerate(OFFTAKERS):
            for m, mine in enumerate(self.mines.mines):
                ways = self.exchange.arcs_where(
                    kind="route",
                    form="concentrate",
                    origin_region=mine.region,
                    destination_region=DELIVERED_TO[buyer],
                )
                if ways:
                    routes.append((b, m, ways[0]))
        return routes

    def _all_loans(self, rows: Index | slice = slice(None)) -> Vector:
        """Loans signed by all lenders together, million USD, by mine."""
        loans = self.signed[0, rows]
        for table in self.signed[1:]:
            loans = loans + table[rows]
        return loans

    @derived("share")
    def free_share(self) -> Vector:
        """Share of each mine's output not under contract, (mines, worlds)."""
        taken = self.share[0]
        for row in self.share[1:]:
            taken = taken + row
        return np.maximum(1 - taken, 0.0)

    @derived("share")
    def contracted(self) -> NDArray[np.bool_]:
        """Whether a contract runs in any world, (buyers, mines)."""
        return self.share.any(axis=2)

    @derived("share", "floor")
    def floored(self) -> list[tuple[int, Index]]:
        """Buyers with contracts that have a floor, and rows of the mines that hold them."""
        pairs = self.contracted() & self.floor.any(axis=2)
        return [(buyer, np.flatnonzero(rows)) for buyer, rows in enumerate(pairs) if rows.any()]

    def sign_offtakes(
        self,
        month: int,
        date: str,
        requests: dict[str, Vector],
        floors: dict[str, Vector],
        consent: Callable[[str, Index], Vector],
    ) -> None:
        """Let contracts end, and sign what is asked for and free, in the order of the requests.

        Args:
            month: months since the start.
            date: this month.
            requests: buyer to share asked for, (projects, worlds).
            floors: buyer to floor price offered, USD/mtu for APT, (projects, worlds).
            consent: gives for a buyer and rows of mines 1 where the host allows it, (rows, worlds).
        """
        self._end_contracts(month)
        for start, place, portion, price, months in self.later:
            if start == date:
                share, floor, until = self.share.copy(), self.floor.copy(), self.until.copy()
                held = share[place]
                # what others have signed for in the meantime is not there to be sold again
                signed = held + np.minimum(portion, self.free_share()[place[1]])
                floor[place] = (held * floor[place] + (signed - held) * price) / np.maximum(signed, 1e-9)
                share[place], until[place] = signed, np.maximum(until[place], month + months)
                self.share, self.floor, self.until = share, floor, until
        asking = {buyer: np.flatnonzero(asked.any(axis=1)) for buyer, asked in requests.items()}
        asked_for = np.unique(np.concatenate([self.projects[some] for some in asking.values()]))
        taken = self.share[0, asked_for]
        for table in self.share[1:]:
            taken = taken + table[asked_for]
        stage = self.mines.stage[asked_for]
        studied = (stage > FEASIBILITY) & (stage < ABANDONED)
        before = after = (self.share, self.floor, self.until, self.public)
        for buyer, some in asking.items():
            if not some.size:
                continue
            slot = OFFTAKERS.index(buyer), self.projects[some]
            here = np.searchsorted(asked_for, slot[1])
            held = self.share[slot]
            free = np.maximum(1 - taken[here], 0.0)
            wanted = np.minimum(np.maximum(requests[buyer][some] - held, 0.0), free)
            fresh = studied[here] & (consent(buyer, slot[1]) > 0) & (wanted > 0.01)
            if not fresh.any():
                continue
            if after is before:
                after = tuple(table.copy() for table in before)
            granted = np.where(fresh, wanted, 0.0)
            taken[here] = taken[here] + granted
            offered = np.maximum(floors[buyer][some], 0.0) if buyer in floors else 0.0
            share, floor, until, public = after
            share[slot] = held + granted
            floor[slot] = np.where(fresh, offered, floor[slot])
            until[slot] = np.where(fresh, month + self.parameters.offtake_years * 12, until[slot])
            public[slot] = np.where(fresh, 1.0, public[slot])
        self.share, self.floor, self.until, self.public = after

    def _end_contracts(self, month: int) -> None:
        """Free the output of contracts that have run their years."""
        running = np.nonzero(self.contracted())
        over = (self.until[running] <= month) & (self.share[running] > 0)
        if over.any():
            share = self.share.copy()
            share[running] = np.where(over, 0.0, share[running])
            self.share = share

    def sign_loans(
        self, offers: dict[str, Vector], readiness: Callable[[str, Index], Vector]
    ) -> dict[str, Vector]:
        """Sign loans whose due diligence is done; gives million USD lent this month by lender, (mines, worlds).

        A letter is not a loan: a loan comes after the study, after months of diligence, and not to every project.

        Args:
            offers: lender to million USD on offer, (projects, worlds).
            readiness: gives for a lender and rows of mines the chance that it lends, (rows, worlds).
        """
        mines = self.mines
        seeking = (mines.stage == FINANCING) | (mines.stage == FINANCING + 1)
        self.waited = np.where(seeking, self.waited + 1, 0.0)
        is_sought = seeking.any(axis=1)
        lent: dict[str, Vector] = {}
        for i, lender in enumerate(LENDERS):
            offered = is_sought[self.projects] & offers[lender].any(axis=1)
            rows = self.projects[offered]
            if not rows.size:
                continue
            room = np.maximum(self.parameters.debt_share * mines.need[rows] - self._all_loans(rows), 0.0)
            patience = getattr(self.parameters, f"months_{lender}")
            ready = (self.luck[i][rows] < readiness(lender, rows)) & (self.waited[rows] > patience)
            wanted = np.maximum(offers[lender][offered] - self.signed[i, rows], 0.0)
            amount = np.minimum(np.minimum(wanted, room), mines.missing[rows])
            amount = np.where(seeking[rows] & ready, amount, 0.0)
            if not amount.any():
                continue
            left = np.maximum(self.credit[i] - total(self.signed[i]), 0.0)
            amount = amount * np.minimum(1.0, left / np.maximum(total(amount), 1e-9))
            lent[lender] = np.zeros_like(mines.loans)
            lent[lender][rows] = amount
            signed = self.signed.copy()
            signed[i] = signed[i] + lent[lender]
            self.signed = signed
            mines.loans = mines.loans + lent[lender]
            mines.missing = np.maximum(mines.missing - lent[lender], 0.0)
        return lent

    def floors(self, expected: Vector) -> tuple[Vector, Vector]:
        """What floors are expected to add to the price, and how far they shelter a mine.

        Args:
            expected: APT price that investors expect for the long run, USD/mtu, (worlds,).

        Returns:
            USD/mtu of APT, and share of output with a floor at four fifths of the incentive price or more,
            (mines, worlds) each.
        """
        mines = self.mines
        added, sheltered = np.zeros_like(self.owed), np.zeros_like(self.owed)
        for buyer, rows in self.floored():
            share, floor = self.share[buyer, rows], self.floor[buyer, rows]
            added[rows] = added[rows] + share * np.maximum(floor - expected, 0.0)
            worthwhile = 0.8 * (mines.full_cost(rows) / mines.payable[rows])
            sheltered[rows] = sheltered[rows] + share * (floor >= worthwhile)
        return added, sheltered
