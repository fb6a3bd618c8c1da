"""The month's books: every tonne and every dollar with two sides, and what they cannot explain."""

from __future__ import annotations

import numpy as np

from agents.contracts import SparseTable
from agents.exchange import Exchange
from agents.finance import BUYER_ROLE, LENDERS, PRODUCTION, Finance
from agents.mines import Mines
from agents.recyclers import Recyclers
from agents.refineries import HOSTS
from agents.states import States
from agents.traders import Traders
from sim import settling
from sim.ledger import Books
from sim.levers import BUYER_BLOCS, OFFTAKERS
from sim.network import Index, Vector
from sim.settling import (
    BILL,
    COST,
    EQUITY,
    FOUND,
    FREIGHT,
    GRANTS,
    HIDDEN,
    LOST,
    MINED,
    RENT,
    REPAID,
    SALES,
    SCRAP,
    SCRAP_BILL,
    SPENT,
    USED,
)
from sim.sums import total

SUPPORTERS = {"europe": "european_union", "japan_korea": "japan_korea"}
"""Governments that pay towards the premium of their users."""
HOME_PURPOSES = ("skills_investment", "power_readiness", "refinery_investment", "carbide_investment", "diplomacy")
"""What middle powers spend money on at home."""


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
        self.tonnes = Books(self.count_tonnes(), self.worlds, self._tonne_postings())
        self.dollars = Books(self.count_dollars(), self.worlds, self._dollar_postings())

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
        self._of_mines, self._of_trade = np.empty((8, self.worlds)), np.empty((8, self.worlds))
        self._royalties = np.empty((len(self.mining), self.worlds))
        self._loans = np.empty((len(LENDERS), self.worlds))
        self._floors_public, self._floors_users = (np.empty((len(OFFTAKERS), self.worlds)) for _ in range(2))

    def _tonne_postings(self) -> list[tuple[str, str]]:
        """Accounts of each of the month's postings of tonnes, in their order."""
        return [
            ("ground", "stock"),
            ("unexplored", "ground"),
            ("scrap", "stock"),
            ("stock", "used"),
            ("stock", "lost"),
            ("stock", "hidden"),
            *(("stock", "piles") for _ in self.states.owners),
        ]

    def _dollar_postings(self) -> list[tuple[str, str]]:
        """Accounts of each of the month's postings of dollars, in their order."""
        royal = [f"purse {region}" if region in self.states.place else "governments" for region in self.mining]
        floors = [pair for b in OFFTAKERS for pair in ((f"purse {BUYER_ROLE[b]}", "mines"), ("users", "mines"))]
        return [
            ("trade", "mines"),
            ("mines", "contractors"),
            *(("mines", place) for place in royal),
            *floors,
            ("investors", "mines"),
            *((f"lender {lender}", "mines") for lender in LENDERS),
            ("donors", "mines"),
            ("mines", "contractors"),
            ("mines", "lenders"),
            ("purse united_states", "donors"),
            *((f"purse {role}", "trade") for role in self.states.owners),
            *((f"purse {host}", "contractors") for host in HOSTS for _ in HOME_PURPOSES),
            # users pay holders, holders pay carriers, refiners, customs and collectors
            ("users", "trade"),
            ("trade", "licence holders"),
            ("trade", "carriers"),
            ("trade", "collectors"),
            ("purse united_states", "collectors"),
            *((f"purse {role}", "users") for role in SUPPORTERS.values()),
            *(("users", "collectors") for _ in BUYER_BLOCS),
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

    def sell(self, keep: Vector, equity: Vector, grants: SparseTable, price: Vector) -> None:
        """Mines sell, pay royalty and cost, are paid up to their floors, and repay loans.

        Args:
            keep: share left after royalty, (mines, worlds).
            equity: million USD that investors pay in, (mines, worlds).
            grants: million USD granted, (mines, worlds).
            price: what a tonne of concentrate earns at a mine, by the pool it goes to, USD/mtu, (pools, worlds).
        """
        mines, finance = self.mines, self.finance
        lent = [lender.lent for lender in finance.lenders]
        tables = tuple(each.table for each in lent)
        helped = (np.array([each.has for each in lent]), grants.has)
        owed, cash = np.empty(mines.cash.shape), np.empty(mines.cash.shape)
        settling.settle_mines(
            self._mines,
            self._floored(),
            self._law,
            (mines.output, mines.found, keep, mines.cash_cost, mines.stage, price),
            tuple(tuple(getattr(table, name) for table in finance.offtakes) for name in ("share", "floor", "public")),
            (finance.owed, mines.cash, equity, mines.capital_spent, grants.table, tables, helped),
            (owed, cash),
            (self._of_mines, self._royalties, self._floors_public, self._floors_users, self._loans),
        )
        finance.owed, mines.cash = owed, cash

    def _floored(self) -> Index:
        """1 where a contract with a floor runs in any world, (buyers, mines)."""
        runs = np.zeros((len(OFFTAKERS), len(self.mines.names)), np.int64)
        for row, table in zip(runs, self.finance.offtakes, strict=True):
            row[table.floored] = 1
        return runs

    def pay(self, paid: Vector, asked: Vector) -> None:
        """Royalties reach the purses; floors, stockpiles and support are paid out of them.

        Args:
            paid: million USD for stockpiles, (owners, worlds).
            asked: million USD of support asked for, (supports, worlds).
        """
        states = self.states
        purse, spent = np.empty(states.purse.shape), np.empty(states.purse.shape)
        self._supported = np.empty(asked.shape)
        settling.settle_purses(
            (states.purse, states.spent),
            (self._royalties, self._royal_role),
            (self._floors_public, self._buyer_role),
            (paid, states.role_of_owner),
            (asked, self._support_role),
            (purse, spent, self._supported),
        )
        states.purse, states.spent = purse, spent

    def book_tonnes(self, bought: Vector) -> None:
        """Book the month's tonnes; `bought` is t W taken into each stockpile (negative: released)."""
        exchange = self.exchange
        settling.settle_trade(
            self._arcs,
            exchange.network.user_pool,
            self.recyclers.pool,
            (exchange.flow, exchange.rent, exchange.used, exchange.price, self.recyclers.recovered, self.traders.bought),
            self._of_trade,
        )
        mines, trade = self._of_mines, self._of_trade
        rows = (mines[MINED], mines[FOUND], trade[SCRAP], trade[USED], trade[LOST], trade[HIDDEN], *bought)
        self.tonnes.post_month(self._table(rows))

    def book_dollars(self, paid: Vector, home_spending: dict[str, dict[str, Vector]], effort: Vector) -> None:
        """Book the month's dollars, million USD.

        Args:
            paid: for stockpiles, (owners, worlds).
            home_spending: by host and purpose, (worlds,) each.
            effort: what buyers pay for collection and thrift, (groups, worlds).
        """
        mines, trade = self._of_mines, self._of_trade
        floors = (row for pair in zip(self._floors_public, self._floors_users, strict=True) for row in pair)
        rows = (
            mines[SALES],
            mines[COST],
            *self._royalties,
            *floors,
            mines[EQUITY],
            *self._loans,
            mines[GRANTS],
            mines[SPENT],
            mines[REPAID],
            mines[GRANTS],
            *paid,
            *(home_spending[host][purpose] for host in HOSTS for purpose in HOME_PURPOSES),
            trade[BILL],
            trade[RENT],
            trade[FREIGHT],
            trade[SCRAP_BILL],
            *self._supported,
            *effort,
        )
        self.dollars.post_month(self._table(rows))

    def _table(self, rows: tuple[Vector, ...]) -> Vector:
        """Amounts of the monthly postings, (postings, worlds)."""
        table = np.empty((len(rows), self.worlds))
        for i, row in enumerate(rows):
            table[i] = row
        return table

    def unexplained(self) -> tuple[Vector, Vector]:
        """Tonnes and million USD that books and agents disagree on, (worlds,) each."""
        return self.tonnes.unexplained(self.count_tonnes()), self.dollars.unexplained(self.count_dollars())
