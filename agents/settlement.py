"""The month's books: every tonne and every dollar with two sides, and what they cannot explain."""

from __future__ import annotations

import numpy as np

from agents.exchange import Exchange
from agents.finance import LENDERS, Finance
from agents.mines import Mines
from agents.states import States
from agents.traders import Traders
from sim.ledger import Books
from sim.network import Vector
from sim.sums import total, weighted
from sim.units import MTU_PER_TONNE_W

MILLION_PER_TONNE = MTU_PER_TONNE_W / 1e6
"""Million USD per t W and USD/mtu."""


class Settlement:
    """Keeps the books of tonnes and dollars beside the agents' own numbers."""

    def __init__(self, exchange: Exchange, mines: Mines, traders: Traders, states: States, worlds: int) -> None:
        self.exchange = exchange
        self.mines = mines
        self.traders = traders
        self.states = states
        self.worlds = worlds
        self.tonnes = Books(self.count_tonnes(), worlds)
        # a lender's account stands before its first loan, so that all blocks of worlds keep the same accounts
        none = {f"lender {lender}": np.zeros(worlds) for lender in LENDERS}
        self.dollars = Books(self.count_dollars() | none, worlds)

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

    def move_tonnes(self, mined: Vector, scrap: Vector, bought: dict[str, Vector]) -> None:
        """Book the month's tonnes.

        Args:
            mined: t W by mine.
            scrap: t W by region.
            bought: t W taken into each stockpile (negative: released).
        """
        books, exchange = self.tonnes, self.exchange
        books.post("ground", "stock", total(mined))
        books.post("unexplored", "ground", total(self.mines.found))
        books.post("scrap", "stock", total(scrap))
        books.post("stock", "used", total(exchange.used))
        books.post("stock", "lost", weighted(exchange.flow, 1 - exchange.network.yield_))
        books.post("stock", "hidden", total(self.traders.bought))
        for amount in bought.values():
            books.post("stock", "piles", amount)

    def pay_mines(self, netback: Vector, keep: Vector, events_cost: Vector) -> tuple[Vector, Vector]:
        """Mines sell at the price of their pool and pay royalty and cash cost.

        Args:
            netback: price of concentrate at the mine before royalty, USD/mtu, (mines, worlds).
            keep: share left after royalty, (mines, worlds).
            events_cost: unused factor on cash cost, 1.

        Returns:
            Earnings after cost, and royalties, million USD, (mines, worlds).
        """
        mines = self.mines
        tonnes = mines.output * MILLION_PER_TONNE
        sales, royalty = tonnes * netback, tonnes * netback * (1 - keep)
        cost = tonnes * mines.cash_cost * events_cost
        self.dollars.post("trade", "mines", total(sales))
        self.dollars.post("mines", "contractors", total(cost))
        earnings = sales - royalty - cost
        return earnings, royalty

    def royalties(self, role: str, amount: Vector) -> None:
        """Royalties of a country's mines, million USD, (worlds,); other countries' go to `governments`."""
        place = f"purse {role}" if role in self.states.place else "governments"
        self.dollars.post("mines", place, amount)
        if role in self.states.place:
            purse = list(self.states.purse)
            purse[self.states.place[role]] = purse[self.states.place[role]] + amount
            self.states.purse = np.array(purse)

    def capital(self, equity: Vector, lent: dict[str, Vector], grants: Vector, spent: Vector, repaid: Vector) -> None:
        """Capital paid in, spent and repaid, million USD, (mines, worlds); `lent` by lender."""
        self.dollars.post("investors", "mines", total(equity))
        for lender, table in lent.items():
            self.dollars.post(f"lender {lender}", "mines", total(table))
        self.dollars.post("donors", "mines", total(grants))
        self.dollars.post("mines", "contractors", total(spent))
        self.dollars.post("mines", "lenders", total(repaid))

    def spend(self, role: str, payee: str, amount: Vector) -> None:
        """Public money, million USD, (worlds,), already taken from the purse."""
        self.dollars.post(f"purse {role}", payee, amount)

    def trade(self, scrap_value: Vector) -> None:
        """Users pay holders, holders pay carriers, refiners, customs and collectors."""
        exchange = self.exchange
        price = exchange.price[exchange.network.user_pool]
        self.dollars.post("users", "trade", weighted(exchange.used, price) * MILLION_PER_TONNE)
        rent = weighted(exchange.flow, exchange.rent) * MILLION_PER_TONNE
        self.dollars.post("trade", "licence holders", rent)
        freight = weighted(exchange.flow, np.maximum(exchange.freight, 0.0)[:, 0]) * MILLION_PER_TONNE
        self.dollars.post("trade", "carriers", freight)
        self.dollars.post("trade", "collectors", scrap_value)

    def unexplained(self) -> tuple[Vector, Vector]:
        """Tonnes and million USD that books and agents disagree on, (worlds,) each."""
        return self.tonnes.unexplained(self.count_tonnes()), self.dollars.unexplained(self.count_dollars())


def contract_check(finance: Finance) -> Vector:
    """Largest share of a mine's output sold under contract; above 1 a tonne would be sold twice, (worlds,)."""
    most = np.zeros(finance.owed.shape[1])
    for row in 1 - finance.free_share():
        most = np.maximum(most, row)
    return most
