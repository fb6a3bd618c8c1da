"""Contracts: loans and offtakes of all mines, signed, checked and settled."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from agents.contracts import Lender, Offtakes
from agents.exchange import Exchange
from agents.mines import Mines
from sim import contracts, luck, mine_life
from sim.contracts import Lending
from sim.levers import OFFTAKERS
from sim.network import Index, Vector
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
MORE_WILLING = {"china": 0.35, "turkey": 0.3, "russia": 0.2}
PRODUCTION = float(STAGES.index("production"))


class Finance:
    """Loans and offtakes of all mines."""

    owed = state("loans drawn and not yet repaid, million USD, (mines, worlds)")
    waited = state("months that a project has stood in financing or later, (mines, worlds)")

    def __init__(
        self, scenario: Scenario, mines: Mines, exchange: Exchange, seeds: luck.Seeds, parameters: SimpleNamespace
    ) -> None:
        self.parameters = p = parameters.finance
        self.mines = mines
        self.exchange = exchange
        shape = count, worlds = len(mines.names), seeds.size
        self.projects = np.array([i for i, m in enumerate(mines.mines) if m.capex.value > 0])
        budget = {g.key: g.budget.value for g in scenario.governments}
        self.lending = Lending(
            np.array([p.base_odds + MORE_WILLING.get(lender, 0.0) for lender in LENDERS]),
            np.array([float(getattr(p, f"months_{lender}")) for lender in LENDERS]),
            np.array([p.credit_years * budget[lender] for lender in LENDERS]),
            tuple(luck.uniform(seeds, luck.streams(f"loan {lender}", mines.names), 0) for lender in LENDERS),
            p.debt_share,
        )
        self.lenders = tuple(Lender(count, worlds) for _ in LENDERS)
        self.offtakes = tuple(Offtakes(count, worlds) for _ in OFFTAKERS)
        self.waited = np.zeros(shape)
        self._begin_offtakes(scenario)
        self._begin_loans(scenario)
        mines.loans = self.owed = np.minimum(self._all_loans(), np.maximum(mines.need - mines.equity, 0.0))
        mines.cash = mines.cash + self.owed
        self.routes = self._contract_routes()

    def holders(self) -> dict[str, Offtakes | Lender]:
        """What holds declared state of its own, by name."""
        buyers = {f"offtakes.{buyer}": table for buyer, table in zip(OFFTAKERS, self.offtakes, strict=True)}
        return buyers | {f"lender.{lender}": table for lender, table in zip(LENDERS, self.lenders, strict=True)}

    def _begin_offtakes(self, scenario: Scenario) -> None:
        """Contracts that run at the start, and those that will be signed at a known date."""
        self.later = []
        shape = (len(OFFTAKERS), len(self.mines.names), self.waited.shape[1])
        share, floor, until = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for o in scenario.offtakes:
            if o.buyer == "open":
                continue
            slot = OFFTAKERS.index(o.buyer), self.mines.names.index(o.mine)
            if o.start <= scenario.start:
                share[slot] = share[slot] + o.share.value
                floor[slot], until[slot] = o.floor.value, 12 * o.years.value - 1
            else:
                self.later.append((o.start, slot, o.share.value, o.floor.value, 12 * o.years.value))
        for buyer, table in enumerate(self.offtakes):
            table.share, table.floor, table.until = share[buyer].copy(), floor[buyer].copy(), until[buyer].copy()
        # what is sold under contract at the start is part of the trade that the arcs already carry
        self.share_at_start = share

    def _begin_loans(self, scenario: Scenario) -> None:
        """Loans signed before the start."""
        role_of = {"us": "united_states", "europe": "european_union", "korea": "japan_korea"}
        for letter in scenario.letters:
            role = role_of.get(letter.role, letter.role)
            if letter.kind == "loan" and role in LENDERS and letter.date <= scenario.start:
                lender, row = self.lenders[LENDERS.index(role)], self.mines.names.index(letter.mine)
                signed = lender.signed.copy()
                signed[row] = signed[row] + letter.amount.value
                lender.signed = signed

    def _contract_routes(self) -> list[tuple[int, int, int]]:
        """(buyer, mine, arc) over which a contract delivers, where such a route exists."""
        first: dict[tuple[str, str], int] = {}
        for arc in self.exchange.arcs_where(kind="route", form="concentrate"):
            way = self.exchange.arcs[arc]
            first.setdefault((way.origin.split(".")[0], way.destination.split(".")[0]), arc)
        return [
            (b, m, first[mine.region, DELIVERED_TO[buyer]])
            for b, buyer in enumerate(OFFTAKERS)
            for m, mine in enumerate(self.mines.mines)
            if (mine.region, DELIVERED_TO[buyer]) in first
        ]

    def _all_loans(self) -> Vector:
        """Loans signed by all lenders together, million USD, by mine."""
        loans = self.lenders[0].signed
        for lender in self.lenders[1:]:
            loans = loans + lender.signed
        return loans

    @property
    def share(self) -> tuple[Vector, ...]:
        """Share of output under contract with each buyer, (mines, worlds) each."""
        return tuple(table.share for table in self.offtakes)

    def free_share(self) -> Vector:
        """Share of each mine's output not under contract, (mines, worlds)."""
        taken = self.offtakes[0].share
        for table in self.offtakes[1:]:
            taken = taken + table.share
        return np.maximum(1 - taken, 0.0)

    def sign_offtakes(
        self,
        month: int,
        date: str,
        requests: dict[str, tuple[Vector, Index]],
        floors: dict[str, Vector],
        trust: tuple[Vector, ...],
        is_open: Vector,
    ) -> None:
        """Let contracts end, and sign what is asked for, allowed and free, in the order of the requests.

        Args:
            month: months since the start.
            date: this month.
            requests: buyer to share asked for, for China million USD on offer, (projects, worlds), and to 1 for the
                projects that are asked.
            floors: buyer to floor price offered, USD/mtu for APT, (projects, worlds).
            trust: of Kazakhstan and of Uzbekistan in each buyer, buyer after buyer, (worlds,) each.
            is_open: 1 where Uzbekistan signs with the first to come, (worlds,).
        """
        for table in self.offtakes:
            table.end(month)
        if any(start == date for start, *_ in self.later):
            self._sign_what_was_agreed(month, date)
        asking = list(requests)
        tables, asked = zip(*requests.values(), strict=True)
        signed = contracts.offtakes_signed(
            self.projects, self.mines.host, np.array([OFFTAKERS.index(buyer) for buyer in asking]),
            tables, np.array(asked), self.share, trust, is_open, self.mines.stage, self.mines.need,
        )  # fmt: skip
        if not signed.size:
            return
        until = float(month + self.parameters.offtake_years * 12)
        for i, buyer in enumerate(asking):
            which, project, world, part = signed[signed[:, 0] == i].T
            if which.size:
                row, column = project.astype(np.int64), world.astype(np.int64)
                floor = np.maximum(floors[buyer][row, column], 0.0) if buyer in floors else 0.0
                self.offtakes[OFFTAKERS.index(buyer)].sign((self.projects[row], column), part, floor, until)

    def _sign_what_was_agreed(self, month: int, date: str) -> None:
        """Sign the contracts that the scenario dates."""
        for start, (buyer, mine), portion, price, months in self.later:
            if start == date:
                table = self.offtakes[buyer]
                share, floor, until = table.share.copy(), table.floor.copy(), table.until.copy()
                held = share[mine]
                # what others have signed for in the meantime is not there to be sold again
                signed = held + np.minimum(portion, self.free_share()[mine])
                floor[mine] = (held * floor[mine] + (signed - held) * price) / np.maximum(signed, 1e-9)
                share[mine], until[mine] = signed, np.maximum(until[mine], month + months)
                table.share, table.floor, table.until = share, floor, until

    def sign_loans(self, offers: dict[str, tuple[Vector, Index]], trust: tuple[Vector, ...], advocacy: Vector) -> None:
        """Sign loans whose due diligence is done.

        A letter is not a loan: a loan comes after the study, after months of diligence, and not to every project.

        Args:
            offers: lender to million USD on offer, (projects, worlds), and to 1 for the projects that are offered any.
            trust: between each lender and Kazakhstan and Uzbekistan, lender after lender, (worlds,) each.
            advocacy: effort of the United States for its companies, 0 to 1, (worlds,).
        """
        mines = self.mines
        tables, offered = zip(*(offers[lender] for lender in LENDERS), strict=True)
        self.waited, loans, seekers = contracts.loans_signed(
            self.projects, mines.host, self.lending, tables, np.array(offered),
            tuple(lender.signed for lender in self.lenders), self.share, trust, advocacy,
            LENDERS.index("united_states"), mines.stage, mines.need, mines.missing, self.waited,
        )  # fmt: skip
        for lender in self.lenders:
            lender.lent.empty()
        if not loans.size:
            return
        all_loans, missing = mines.loans.copy(), mines.missing.copy()
        for i, lender in enumerate(self.lenders):
            which, mine, world, amount = loans[loans[:, 0] == i].T
            if which.size:
                place = mine.astype(np.int64), world.astype(np.int64)
                lender.lend(place, amount)
                all_loans[place] = all_loans[place] + amount
        missing[seekers[:, 0].astype(np.int64), seekers[:, 1].astype(np.int64)] = seekers[:, 2]
        mines.loans, mines.missing = all_loans, missing

    def _floored(self) -> tuple[list[Index], Index, int]:
        """Rows of the mines that hold a floor of each buyer, their place in a table of all such, and its length."""
        rows = [table.floored for table in self.offtakes]
        place = np.full(len(self.mines.names), -1)
        for here in rows:
            place[here] = 0
        held = np.flatnonzero(place == 0)
        place[held] = range(held.size)
        return rows, place, held.size

    def topped(self, price: Vector) -> tuple[Index, Vector]:
        """What floors pay on top of the price this month.

        Args:
            price: of concentrate at the mine by the pool it goes to, USD/mtu, (pools, worlds).

        Returns:
            Row in the table of each mine, -1 for those without a floor; USD/mtu of concentrate on all output of the
            mine, (rows, worlds).
        """
        rows, place, held = self._floored()
        topped = np.zeros((held, price.shape[1]))
        for table, here in zip(self.offtakes, rows, strict=True):
            if here.size:
                mine_life.top_up(here, place, price, self.mines.sites, table.share, table.floor, topped)
        return place, topped

    def floors(self, expected: Vector) -> tuple[Index, Vector, Vector]:
        """What floors are expected to add to the price, and how far they shelter a mine.

        Args:
            expected: APT price that investors expect for the long run, USD/mtu, (worlds,).

        Returns:
            Row in the tables of each mine, -1 for those without a floor; USD/mtu of APT, and share of output with a
            floor at four fifths of the incentive price or more, (rows, worlds) each.
        """
        mines = self.mines
        rows, place, held = self._floored()
        added, sheltered = np.zeros((held, expected.size)), np.zeros((held, expected.size))
        for table, here in zip(self.offtakes, rows, strict=True):
            if here.size:
                mine_life.shelter(
                    here, place, expected, mines.sites, table.share, table.floor, mines.need, mines.grants, mines.relief,
                    added, sheltered,
                )  # fmt: skip
        return place, added, sheltered
