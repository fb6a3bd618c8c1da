"""Contracts: loans and offtakes of all mines, signed, checked and settled."""

from __future__ import annotations

from operator import is_
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from agents.contracts import Lender, Offtakes
from agents.exchange import Exchange
from agents.mines import Mines
from agents.refineries import HOSTS
from agents.relations import Relations
from sim import contracts, luck, mine_life, signing
from sim.levers import OFFTAKERS
from sim.memory import same
from sim.network import Index, Vector
from sim.offers import rows_above_zero
from sim.outcomes import STAGES
from sim.scenario import Scenario
from sim.state import derived, state, to_change

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
BUYERS_AND_HOSTS = tuple((BUYER_ROLE[buyer], host) for buyer in OFFTAKERS for host in HOSTS)
LENDERS_AND_HOSTS = tuple((lender, host) for lender in LENDERS for host in HOSTS)
NO_FLOOR = np.zeros((0, 0))
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
        self.lending = signing.Lending(
            np.array([p.base_odds + MORE_WILLING.get(lender, 0.0) for lender in LENDERS]),
            np.array([float(getattr(p, f"months_{lender}")) for lender in LENDERS]),
            np.array([p.credit_years * budget[lender] for lender in LENDERS]),
            same(np.array([luck.uniform(seeds, luck.streams(f"loan {lender}", mines.names), 0) for lender in LENDERS])),
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
        self._holding: tuple[list[Index], Floored] | None = None

    def holders(self) -> dict[str, Offtakes | Lender]:
        """What holds declared state of its own, by name."""
        buyers = {f"offtakes.{buyer}": table for buyer, table in zip(OFFTAKERS, self.offtakes, strict=True)}
        return buyers | {f"lender.{lender}": table for lender, table in zip(LENDERS, self.lenders, strict=True)}

    @derived("owed")
    def owes(self) -> Index:
        """1 for mines that owe in any world."""
        return rows_above_zero(self.owed) * 1

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
        self._dates = frozenset(start for start, *_ in self.later)

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
        relations: Relations,
        is_open: Vector,
    ) -> None:
        """Let contracts end, and sign what is asked for, allowed and free, in the order of the requests.

        Args:
            month: months since the start.
            date: this month.
            requests: buyer to share asked for, for China million USD on offer, (projects, worlds), and to 1 for the
                projects that are asked.
            floors: buyer to floor price offered, USD/mtu for APT, (projects, worlds).
            relations: trust of Kazakhstan and of Uzbekistan in each buyer.
            is_open: 1 where Uzbekistan signs with the first to come, (worlds,).
        """
        for table in self.offtakes:
            table.end(month)
        if date in self._dates:
            self._sign_what_was_agreed(month, date)
        tables, asked = zip(*requests.values(), strict=True)
        buyers = [OFFTAKERS.index(buyer) for buyer in requests]
        places, parts, number = signing.offtakes_signed(
            self.projects, self.mines.host, np.array(buyers), tables, asked, self.share,
            relations.rows(BUYERS_AND_HOSTS), relations.trust, is_open, self.mines.stage, self.mines.need,
        )  # fmt: skip
        until = float(month + self.parameters.offtake_years * 12)
        for i, (buyer, some) in enumerate(zip(requests, number.tolist(), strict=True)):
            if some:
                table = self.offtakes[buyers[i]]
                table.sign(i, places, parts, self.projects, floors.get(buyer, NO_FLOOR), until)

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

    def sign_loans(self, offers: dict[str, tuple[Vector, Index]], relations: Relations, advocacy: Vector) -> None:
        """Sign loans whose due diligence is done.

        A letter is not a loan: a loan comes after the study, after months of diligence, and not to every project.

        Args:
            offers: lender to million USD on offer, (projects, worlds), and to 1 for the projects that are offered any.
            relations: trust between each lender and Kazakhstan and Uzbekistan.
            advocacy: effort of the United States for its companies, 0 to 1, (worlds,).
        """
        mines = self.mines
        tables, offered = zip(*(offers[lender] for lender in LENDERS), strict=True)
        waited = to_change(self, "waited")
        places, amounts, number = signing.loans_signed(
            self.projects, mines.host, self.lending, tables, offered,
            tuple(lender.signed for lender in self.lenders), tuple(lender.borrowers() for lender in self.lenders),
            self.share, relations.rows(LENDERS_AND_HOSTS), relations.trust, advocacy,
            LENDERS.index("united_states"), mines.stage, mines.need, mines.missing, waited,
        )  # fmt: skip
        self.waited = waited
        for lender in self.lenders:
            lender.lent.empty()
        if not amounts.size:
            return
        all_loans, missing = to_change(mines, "loans"), to_change(mines, "missing")
        contracts.borrow(places, amounts, all_loans, missing)
        mines.loans, mines.missing = all_loans, missing
        first = 0
        for lender, some in zip(self.lenders, number.tolist(), strict=True):
            if some:
                here = slice(first, first + some)
                lender.lend((places[0, here], places[1, here]), amounts[0, here])
                first = first + some

    def _floored(self) -> Floored:
        """Which mines hold floors, and of whom."""
        rows, known = [table.floored for table in self.offtakes], self._holding
        if known is not None and all(map(is_, rows, known[0])):
            return known[1]
        holds = np.zeros((len(rows), len(self.mines.names)), np.int64)
        for buyer, here in enumerate(rows):
            holds[buyer, here] = 1
        held = np.flatnonzero(holds.any(axis=0))
        place = np.full(len(self.mines.names), -1)
        place[held] = range(held.size)
        # all safe mines without a floor are promised the same
        promised = np.where((place < 0) & (self.mines.is_safe[:, 0] > 0), held.size, place)
        self._holding = rows, Floored(held, holds, place, promised)
        return self._holding[1]

    def floors(self) -> Index:
        """1 for mines whose contract has a floor in any world, (buyers, mines)."""
        return self._floored().holds

    def topped(self, price: Vector) -> tuple[Index, Vector]:
        """What floors pay on top of the price this month.

        Args:
            price: of concentrate at the mine by the pool it goes to, USD/mtu, (pools that mines deliver to, worlds).

        Returns:
            Row in the table of each mine, -1 for those without a floor; USD/mtu of concentrate on all output of the
            mine, (rows, worlds).
        """
        held, sites = self._floored(), self.mines.sites
        floor, topped = tuple([table.floor for table in self.offtakes]), np.empty((held.rows.size, price.shape[1]))
        mine_life.top_up(held.rows, held.holds, price, sites.pool, sites.payable, self.share, floor, topped)
        return held.place, topped

    def promises(self, expected: Vector, premium: Vector) -> tuple[Index, Vector, Vector]:
        """What contracts with floors, and users who pay for safe origins, are expected to add to the price.

        Args:
            expected: APT price that investors expect for the long run, USD/mtu, (worlds,).
            premium: secure premium that they expect, USD/mtu, (worlds,).

        Returns:
            Row of each mine in what follows, -1 for those that are promised nothing; USD/mtu of APT, and share of
            output with a floor at four fifths of the incentive price or more, (rows, worlds) each.
        """
        mines, held = self.mines, self._floored()
        floor, sites = tuple([table.floor for table in self.offtakes]), mines.sites
        added, sheltered = (np.empty((held.rows.size + 1, expected.size)) for _ in range(2))
        mine_life.promise(
            held.rows, held.holds, mines.is_safe[:, 0], expected, premium,
            (sites.cash_cost, sites.yearly, sites.capacity, sites.payable), self.share, floor,
            mines.need, mines.grants, mines.relief, added, sheltered,
        )  # fmt: skip
        return held.promised, added, sheltered


class Floored(NamedTuple):
    """Which mines hold floors."""

    rows: Index
    holds: Index
    """1 for mines that hold one of a buyer, (buyers, mines)."""
    place: Index
    """Of each mine in `rows`, -1 for those without a floor."""
    promised: Index
    """The same, with the place after the last for safe mines without a floor."""
