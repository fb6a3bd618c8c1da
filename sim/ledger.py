"""Double-entry books: what leaves one account enters another, once, in every world."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import numpy as np

from sim.blocks import NEAR
from sim.compiled import kernel
from sim.lanes import LANES, give, take, within
from sim.network import Index, Vector
from sim.state import states


class Books:
    """Accounts of tonnes or of dollars; their sum never changes.

    Args:
        opening: what lies in accounts at the start; others open at zero.
        worlds: width of every account.
        monthly: (source, target) of the postings that `post_month` makes, in their order.
        rows: row of the amount of each of them, the first ones if left out.
    """

    balances = states("what lies in each account, (worlds,)")

    def __init__(
        self, opening: Mapping[str, Vector], worlds: int, monthly: Sequence[tuple[str, str]] = (),
        rows: Sequence[int] | None = None,
    ) -> None:  # fmt: skip
        self.worlds = worlds
        # all accounts stand from the start, so that all blocks of worlds keep the same ones
        names = tuple(dict.fromkeys(name for posting in monthly for name in posting))
        none = {name: np.zeros(worlds) for name in names}
        self.balances = none | {name: np.array(x, float) for name, x in opening.items()}
        self._used = names
        self._monthly = _entries(names, monthly, range(len(monthly)) if rows is None else rows)
        self._table = np.empty((0, worlds))
        self._posted: dict[str, Vector] = {}

    def post(self, source: str, target: str, amount: Vector | float) -> None:
        """Move an amount, shape (worlds,) or a number, from one account to another; accounts open at zero."""
        none = np.zeros(self.worlds)
        before = {source: none, target: none, **self.balances}
        self.balances = {**before, source: before[source] - amount, target: before[target] + amount}

    def post_month(self, amounts: Vector) -> None:
        """Make the monthly postings, one after the other.

        Args:
            amounts: shape (rows, worlds).
        """
        if not self._has_accounts_alone():
            balances = self.balances
            self._table = np.empty((len(self._used), self.worlds))
            for account, name in zip(self._table, self._used, strict=True):
                account[:] = balances[name]
            self._posted = {**balances, **dict(zip(self._used, self._table, strict=True))}
        _post_all(*self._monthly, amounts, self._table)
        self.balances = self._posted

    def _has_accounts_alone(self) -> bool:
        """Whether all accounts lie in the table of the last month's postings, and nobody else has them."""
        held = self.__dict__
        posted = held["_posted"]
        # the books hold the table and every row of it, and rows hold their table
        if held["balances"] is not posted or sys.getrefcount(posted) != _IN_BOOKS_ONLY + 2:
            return False
        if sys.getrefcount(held["_table"]) != _IN_BOOKS_ONLY + len(self._used):
            return False
        return all(sys.getrefcount(posted[name]) == _IN_BOOKS_ONLY for name in self._used)

    def unexplained(self, counted: Mapping[str, Vector]) -> Vector:
        """Sum of absolute differences between the books and what was counted, shape (worlds,)."""
        difference = np.zeros(self.worlds)
        for name, amount in counted.items():
            difference = difference + np.abs(self.balances.get(name, 0.0) - amount)
        return difference


_IN_BOOKS_ONLY = 2
"""References to an object that lies in the books once, with that of the call which counts them."""


def _entries(
    names: tuple[str, ...], postings: Sequence[tuple[str, str]], rows: Sequence[int]
) -> tuple[Index, Index, Vector]:
    """First entry of each account, and of each entry the row of its amount and its sign, in the order of postings."""
    first, row, sign = [0], [], []
    for name in names:
        for (source, target), place in zip(postings, rows, strict=True):
            for account, way in ((source, -1.0), (target, 1.0)):
                if account == name:
                    row.append(place)
                    sign.append(way)
        first.append(len(row))
    return np.array(first), np.array(row, np.int64), np.array(sign)


@kernel
def _post_all(first: Index, row: Index, sign: Vector, amounts: Vector, accounts: Vector) -> None:
    """Post all entries of one account, then those of the next, in place."""
    worlds = accounts.shape[1]
    for start in range(0, worlds, NEAR):
        for account in range(accounts.shape[0]):
            balance = accounts[account]
            for k in range(start, min(start + NEAR, worlds), LANES):
                here = within(k, worlds)
                held = take(balance, k, here)
                for i in range(first[account], first[account + 1]):
                    held = held + sign[i] * take(amounts[row[i]], k, here)
                give(balance, k, here, held)
