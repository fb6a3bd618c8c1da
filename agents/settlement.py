"""The month's books: every tonne and every dollar with two sides, and what they cannot explain."""

from __future__ import annotations

import numpy as np

from agents.buyers import SUPPORTERS, Buyers
from agents.contracts import SparseTable
from agents.exchange import Exchange
from agents.finance import BUYER_ROLE, LENDERS, PRODUCTION, Finance
from agents.licensing import Licensing
from agents.mines import Mines
from agents.recyclers import Recyclers
from agents.refineries import HOSTS
from agents.seats import Seats
from agents.states import States
from agents.traders import Traders
from agents.turns import whole
from sim import settling
from sim.blocks import BLOCK
from sim.home import HOME_PURPOSES
from sim.ledger import Books
from sim.levers import BUYER_BLOCS, OFFTAKERS
from sim.memory import unfilled
from sim.network import Vector
from sim.settling import (
    BILL,
    COST,
    EQUITY,
    FREIGHT,
    GRANTS,
    HIDDEN,
    LOST,
    MINE_SUMS,
    MINED,
    PERMITS,
    RENT,
    REPAID,
    SALES,
    SCRAP,
    SCRAP_BILL,
    SPENT,
    TRADE_SUMS,
    USED,
)
from sim.state import foretell, recall, to_change
from sim.sums import total

_REQUIRED = tuple(f"{host}.processing_requirement" for host in HOSTS)
_PREMIUM = tuple(f"{role}.premium_support" for role in SUPPORTERS.values())
_COLLECTION = tuple(f"buyers.{bloc}.recycling_effort" for bloc in BUYER_BLOCS)
_SAVING = tuple(f"buyers.{bloc}.substitution_effort" for bloc in BUYER_BLOCS)


class Settlement:
    """Keeps the books of tonnes and dollars beside the agents' own numbers."""

    def __init__(
        self, exchange: Exchange, mines: Mines, finance: Finance, traders: Traders, recyclers: Recyclers, states: States,
        buyers: Buyers, licensing: Licensing, seats: Seats,
    ) -> None:  # fmt: skip
        self.exchange = exchange
        self.mines = mines
        self.finance = finance
        self.traders = traders
        self.recyclers = recyclers
        self.states = states
        self.buyers = buyers
        self.seats = seats
        self.worlds = mines.cash.shape[1]
        self._prepare(licensing)
        tonnes, dollars = self._tonne_postings(), self._dollar_postings()
        granted = [("taxpayers", f"purse {role}") for role in states.roles]
        self.tonnes = Books(self.count_tonnes(), self.worlds, [p[:2] for p in tonnes], [p[2] for p in tonnes])
        self.dollars = Books(
            self.count_dollars(), self.worlds, [p[:2] for p in dollars], [p[2] for p in dollars], granted
        )

    def _prepare(self, licensing: Licensing) -> None:
        """What the passes over mines, trade and purses read every month and never changes."""
        exchange, mines, place = self.exchange, self.mines, self.states.place
        self.mining = tuple(region for region, rows in mines.rows_in.items() if rows.size)
        permits = {mines.pool[mines.rows_in[host][0]]: i for i, host in enumerate(HOSTS) if mines.rows_in[host].size}
        self._places = np.array([
            mines.pool,
            [self.mining.index(m.region) for m in mines.mines],
            [permits.get(pool, -1) for pool in mines.pool],
            mines.sites.host,
        ]).astype(np.int64)  # fmt: skip
        self._hosts = tuple(
            (int(mines.pool[mines.rows_in[host]][0]), exchange.regions.index(host), licensing.ports[host])
            if mines.rows_in[host].size
            else (0, 0, np.zeros(0, np.int64))
            for host in HOSTS
        )
        self._payable = mines.payable[:, 0].copy()
        self._law = (float(self.finance.parameters.loan_months), PRODUCTION, PRODUCTION + 2)
        freight, sums = np.maximum(exchange.freight, 0.0)[:, 0].copy(), unfilled(TRADE_SUMS, self.worlds)
        self.traded = (1 - exchange.network.yield_, freight, exchange.network.user_pool, self.recyclers.pool), sums
        """How the month's trade is summed up, and its sums; see `sim.settling.sum_trade`."""
        self._payers = (
            np.array([place.get(region, -1) for region in self.mining]),
            np.array([place[BUYER_ROLE[buyer]] for buyer in OFFTAKERS]),
            self.states.role_of_owner,
            np.array([place[role] for role in ("united_states", *SUPPORTERS.values())]),
        )
        self._helped = np.array([self.buyers.blocs.index(bloc) for bloc in SUPPORTERS])
        self._lay_out()

    def _lay_out(self) -> None:
        """Rows of a month's amounts that different passes fill."""
        self._sizes = {
            "mines": MINE_SUMS, "found": 1, "royalties": len(self.mining), "floors_public": len(OFFTAKERS),
            "floors_users": len(OFFTAKERS), "loans": len(LENDERS), "trade": TRADE_SUMS, "bought": len(self.states.owners),
            "paid": len(self.states.owners), "home": len(HOSTS) * len(HOME_PURPOSES), "support": 1 + len(SUPPORTERS),
            "effort": len(BUYER_BLOCS),
        }  # fmt: skip
        self._first, count = {}, 0
        for part, size in self._sizes.items():
            self._first[part] = count
            count += size
        self._rows = (*list(self._first.values())[1:], count)
        self.granted = np.zeros((len(self.states.roles), self.worlds))
        """What each purse gets for the next month, million USD, (roles, worlds)."""
        self.mined_and_used = np.zeros((2, self.worlds))
        """t W mined and used in the world this month, (2, worlds)."""
        self._room = unfilled(count + len(HOSTS), min(BLOCK, self.worlds))

    def _rows_of(self, part: str) -> list[int]:
        """Rows of a part of the month's amounts."""
        return list(range(self._first[part], self._first[part] + self._sizes[part]))

    def _tonne_postings(self) -> list[tuple[str, str, int]]:
        """Accounts of each of the month's postings of tonnes, in their order, and the row of its amount."""
        mines, trade = self._first["mines"], self._first["trade"]
        return [
            ("ground", "stock", mines + MINED),
            ("unexplored", "ground", self._first["found"]),
            ("scrap", "stock", trade + SCRAP),
            ("stock", "used", trade + USED),
            ("stock", "lost", trade + LOST),
            ("stock", "hidden", trade + HIDDEN),
            *(("stock", "piles", row) for row in self._rows_of("bought")),
        ]

    def _dollar_postings(self) -> list[tuple[str, str, int]]:
        """Accounts of each of the month's postings of dollars, in their order, and the row of its amount."""
        mines, trade, rows = self._first["mines"], self._first["trade"], self._rows_of
        royal = [f"purse {region}" if region in self.states.place else "governments" for region in self.mining]
        payers = [f"purse {BUYER_ROLE[buyer]}" for buyer in OFFTAKERS]
        floors = zip(payers, rows("floors_public"), rows("floors_users"), strict=True)
        home = [host for host in HOSTS for _ in HOME_PURPOSES]
        return [
            ("trade", "mines", mines + SALES),
            ("mines", "contractors", mines + COST),
            *(("mines", place, row) for place, row in zip(royal, rows("royalties"), strict=True)),
            *(each for payer, public, users in floors for each in ((payer, "mines", public), ("users", "mines", users))),
            ("investors", "mines", mines + EQUITY),
            *((f"lender {lender}", "mines", row) for lender, row in zip(LENDERS, rows("loans"), strict=True)),
            ("donors", "mines", mines + GRANTS),
            ("mines", "contractors", mines + SPENT),
            ("mines", "lenders", mines + REPAID),
            ("purse united_states", "donors", mines + GRANTS),
            *((f"purse {role}", "trade", row) for role, row in zip(self.states.owners, rows("paid"), strict=True)),
            *((f"purse {host}", "contractors", row) for host, row in zip(home, rows("home"), strict=True)),
            # users pay holders, holders pay carriers, refiners, customs and collectors
            ("users", "trade", trade + BILL),
            ("trade", "licence holders", trade + RENT),
            ("trade", "carriers", trade + FREIGHT),
            ("trade", "collectors", trade + SCRAP_BILL),
            ("purse united_states", "collectors", self._first["support"]),
            *((f"purse {role}", "users", row) for role, row in zip(SUPPORTERS.values(), rows("support")[1:], strict=True)),
            *(("users", "collectors", row) for row in rows("effort")),
            # rents of export permits, which mines were paid with their sales
            ("licence holders", "trade", mines + PERMITS),
        ]

    def count_tonnes(self) -> dict[str, Vector]:
        """Tungsten where the agents say that it lies, t W."""
        return {
            "ground": total(self.mines.ore),
            "stock": total(self.exchange.stock),
            "hidden": total(self.traders.hidden),
            "piles": total(self.states.pile),
        }

    def count_dollars(self) -> dict[str, Vector]:
        """Money that the agents say they hold, million USD."""
        purses = {f"purse {role}": self.states.purse[i] for i, role in enumerate(self.states.roles)}
        return {"mines": total(self.mines.cash)} | purses

    def settle(
        self, keep: Vector, equity: Vector, outlay: Vector, grants: SparseTable, bought: Vector, paid: Vector,
        home_spending: Vector,
    ) -> None:  # fmt: skip
        """Mines sell and repay loans, goods are paid for, purses take in and pay; all of it is booked.

        Args:
            keep: share left after royalty, a row for each middle power and one elsewhere, (rows, worlds).
            equity, outlay: million USD that investors pay in, and that is spent on building, (mines, worlds).
            grants: million USD granted, (mines, worlds).
            bought: t W taken into each stockpile (negative: released), (owners, worlds).
            paid: million USD for it, (owners, worlds).
            home_spending: million USD by host and purpose, (hosts * purposes, worlds).
        """
        mines, finance, exchange, states = self.mines, self.finance, self.exchange, self.states
        lent, offtakes = [lender.lent for lender in finance.lenders], finance.offtakes
        works, owes = mines.running().works, recall(Finance.owes, finance)
        owed, cash = to_change(finance, "owed"), to_change(mines, "cash")
        purse, spent = to_change(states, "purse"), to_change(states, "spent")
        price, flow, rent = exchange.price, exchange.flow, exchange.rent
        owes_after = np.zeros(len(mines.names), np.int64)
        settling.settle(
            (
                self._places,
                tuple([(*host, asked) for host, asked in zip(self._hosts, self._in_force(_REQUIRED), strict=True)]),
                self._payable,
                self._law,
                (price, flow, rent, mines.mined_by_region()),
                (works, mines.cost_differs(), owes, mines.flows[2], mines.output, keep, mines.cash_cost, mines.stage),
                (
                    finance.floors(),
                    tuple([table.share for table in offtakes]),
                    tuple([table.floor for table in offtakes]),
                    tuple([table.public for table in offtakes]),
                ),
                (
                    owed, cash, equity, outlay, grants.table, tuple([each.table for each in lent]),
                    (np.array([each.has for each in lent]), grants.has),
                ),
                mines.found,
            ),
            self.traded[1],
            (
                (purse, spent),
                self._payers,
                (
                    bought, paid, home_spending, self.seats["united_states.recycling_support"],
                    self._helped, self.buyers.civil_safe, self._in_force(_PREMIUM), self._in_force(_COLLECTION),
                    self._in_force(_SAVING),
                ),
            ),
            (self.tonnes.monthly, self.tonnes.to_change(), self.dollars.monthly, self.dollars.to_change()),
            self.worlds,
            self._rows,
            self._room,
            self.mined_and_used,
            owes_after,
        )  # fmt: skip
        finance.owed, mines.cash, states.purse, states.spent = owed, cash, purse, spent
        foretell(Finance.owes, finance, owes_after)

    def _in_force(self, levers: tuple[str, ...]) -> tuple[Vector, ...]:
        """Values of some levers without targets, (worlds,) each."""
        return tuple(map(whole, self.seats.several(levers)))

    def unexplained(self) -> tuple[Vector, Vector]:
        """Tonnes and million USD that books and agents disagree on, (worlds,) each."""
        return self.tonnes.unexplained(self.count_tonnes()), self.dollars.unexplained(self.count_dollars())
