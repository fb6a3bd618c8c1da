"""The month's books: every tonne and every dollar with two sides, and what they cannot explain."""

from __future__ import annotations

import numpy as np

from agents.contracts import SparseTable
from agents.exchange import Exchange
from agents.finance import BUYER_ROLE, LENDERS, PRODUCTION, Finance
from agents.mines import Mines
from agents.recyclers import Recyclers
from agents.refineries import HOSTS
from agents.states import HOME_PURPOSES, States
from agents.traders import Traders
from sim import settling
from sim.ledger import Books
from sim.levers import BUYER_BLOCS, OFFTAKERS
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
from sim.state import foretell
from sim.sums import total

SUPPORTERS = {"europe": "european_union", "japan_korea": "japan_korea"}
"""Governments that pay towards the premium of their users."""


class Settlement:
    """Keeps the books of tonnes and dollars beside the agents' own numbers."""

    def __init__(
        self, exchange: Exchange, mines: Mines, finance: Finance, traders: Traders, recyclers: Recyclers, states: States
    ) -> None:
        self.exchange = exchange
        self.mines = mines
        self.finance = finance
        self.traders = traders
        self.recyclers = recyclers
        self.states = states
        self.worlds = mines.cash.shape[1]
        self._prepare()
        tonnes, dollars = self._tonne_postings(), self._dollar_postings()
        self.tonnes = Books(self.count_tonnes(), self.worlds, [p[:2] for p in tonnes], [p[2] for p in tonnes])
        self.dollars = Books(self.count_dollars(), self.worlds, [p[:2] for p in dollars], [p[2] for p in dollars])

    def _prepare(self) -> None:
        """What the passes over mines, trade and purses read, and the sums that they fill every month."""
        exchange, mines, place = self.exchange, self.mines, self.states.place
        self.mining = tuple(region for region, rows in mines.rows_in.items() if rows.size)
        region = np.array([self.mining.index(m.region) for m in mines.mines])
        self._mines = (mines.pool, region, mines.payable[:, 0].copy())
        months = float(self.finance.parameters.loan_months)
        self._law = (months, PRODUCTION, PRODUCTION + 2)
        self._arcs = (1 - exchange.network.yield_, np.maximum(exchange.freight, 0.0)[:, 0])
        self._royal_role = np.array([place.get(region, -1) for region in self.mining])
        self._buyer_role = np.array([place[BUYER_ROLE[buyer]] for buyer in OFFTAKERS])
        self._support_role = np.array([place[role] for role in ("united_states", *SUPPORTERS.values())])
        self._lay_out()

    def _lay_out(self) -> None:
        """One table of a month's amounts, (rows, worlds), and the parts of it that different passes fill."""
        sizes = {
            "mines": MINE_SUMS, "found": 1, "royalties": len(self.mining), "floors_public": len(OFFTAKERS),
            "floors_users": len(OFFTAKERS), "loans": len(LENDERS), "trade": TRADE_SUMS, "bought": len(self.states.owners),
            "paid": len(self.states.owners), "home": len(HOSTS) * len(HOME_PURPOSES), "support": 1 + len(SUPPORTERS),
            "effort": len(BUYER_BLOCS), "granted": len(self.states.roles),
        }  # fmt: skip
        self._first, count = {}, 0
        for part, size in sizes.items():
            self._first[part] = count
            count += size
        self._amounts = np.zeros((count, self.worlds))
        self._part = {part: self._amounts[first : first + sizes[part]] for part, first in self._first.items()}

    def _rows_of(self, part: str) -> list[int]:
        """Rows of a part of the month's amounts."""
        return list(range(self._first[part], self._first[part] + len(self._part[part])))

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
            *(("taxpayers", f"purse {role}", row) for role, row in zip(self.states.roles, rows("granted"), strict=True)),
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

    def sell(self, keep: Vector, equity: Vector, outlay: Vector, grants: SparseTable, price: Vector) -> None:
        """Mines sell, pay royalty and cost, are paid up to their floors, and repay loans.

        Args:
            keep: share left after royalty, a row for each middle power and one elsewhere, (rows, worlds).
            equity, outlay: million USD that investors pay in, and that is spent on building, (mines, worlds).
            grants: million USD granted, (mines, worlds).
            price: what a tonne of concentrate earns at a mine, by the pool it goes to, USD/mtu, (pools, worlds).
        """
        mines, finance, part = self.mines, self.finance, self._part
        lent = [lender.lent for lender in finance.lenders]
        tables = tuple(each.table for each in lent)
        helped = (np.array([each.has for each in lent]), grants.has)
        offtakes = finance.offtakes
        owed, cash = np.empty(mines.cash.shape), np.empty(mines.cash.shape)
        owes = settling.settle_mines(
            self._mines,
            (mines.running().works, mines.sites.host, mines.cost_differs(), finance.owes(), mines.flows[2]),
            np.array([table.has_floor for table in offtakes]),
            self._law,
            (mines.output, keep, mines.cash_cost, mines.stage, price, self.exchange.price),
            (
                tuple(table.share for table in offtakes),
                tuple(table.floor for table in offtakes),
                tuple(table.public for table in offtakes),
            ),
            (finance.owed, mines.cash, equity, outlay, grants.table, tables, helped),
            (owed, cash),
            (part["mines"], part["royalties"], part["floors_public"], part["floors_users"], part["loans"]),
        )
        finance.owed, mines.cash = owed, cash
        foretell(type(finance).owes, finance, owes)

    def pay(self, paid: Vector, asked: Vector) -> None:
        """Royalties reach the purses; floors, stockpiles and support are paid out of them.

        Args:
            paid: million USD for stockpiles, (owners, worlds).
            asked: million USD of support asked for, (supports, worlds).
        """
        states, part = self.states, self._part
        purse, spent = np.empty(states.purse.shape), np.empty(states.purse.shape)
        settling.settle_purses(
            (states.purse, states.spent),
            (part["royalties"], self._royal_role),
            (part["floors_public"], self._buyer_role),
            (paid, states.role_of_owner),
            (asked, self._support_role),
            (purse, spent, part["support"]),
        )
        states.purse, states.spent = purse, spent

    def trade(self, bought: Vector, paid: Vector, home_spending: Vector, effort: Vector) -> None:
        """Goods leave the trade and are paid for.

        Args:
            bought: t W taken into each stockpile (negative: released), (owners, worlds).
            paid: million USD for it, (owners, worlds).
            home_spending: million USD by host and purpose, (hosts, purposes, worlds).
            effort: million USD that buyers pay for collection and thrift, (groups, worlds).
        """
        exchange, part = self.exchange, self._part
        settling.settle_trade(
            self._arcs,
            exchange.network.user_pool,
            self.recyclers.pool,
            (exchange.flow, exchange.rent, exchange.used, exchange.price, self.recyclers.recovered, self.traders.bought),
            part["trade"],
        )
        part["found"][0] = self.mines.found
        part["bought"][:], part["paid"][:], part["effort"][:] = bought, paid, effort
        part["home"][:] = home_spending.reshape(-1, self.worlds)

    @property
    def mined_and_used(self) -> tuple[Vector, Vector]:
        """Tungsten mined and used in the world this month, once it has been settled, t W, (worlds,) each."""
        return self._part["mines"][MINED], self._part["trade"][USED]

    @property
    def granted(self) -> Vector:
        """Table for what each purse gets for the next month, million USD, (roles, worlds), to be filled in."""
        return self._part["granted"]

    def book(self) -> None:
        """Book the month's tonnes and dollars."""
        self.tonnes.post_month(self._amounts)
        self.dollars.post_month(self._amounts)

    def unexplained(self) -> tuple[Vector, Vector]:
        """Tonnes and million USD that books and agents disagree on, (worlds,) each."""
        return self.tonnes.unexplained(self.count_tonnes()), self.dollars.unexplained(self.count_dollars())
