"""Double-entry books: what leaves one account enters another, once, in every world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.blocks import BLOCK, add, copy
from sim.compiled import kernel
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
        self._rows: list[Vector] = []

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
        balances = self.balances
        before = [balances[name] for name in self._used]
        # accounts that nobody else has touched still lie in one table
        if len(before) != len(self._rows) or any(x is not y for x, y in zip(before, self._rows, strict=True)):
            self._table = np.array(before).reshape(len(before), self.worlds)
        accounts = np.empty(self._table.shape)
        _post_all(*self._monthly, amounts, self._table, accounts)
        self._table, self._rows = accounts, list(accounts)
        self.balances = {**balances, **dict(zip(self._used, self._rows, strict=True))}

    def unexplained(self, counted: Mapping[str, Vector]) -> Vector:
        """Sum of absolute differences between the books and what was counted, shape (worlds,)."""
        difference = np.zeros(self.worlds)
        for name, amount in counted.items():
            difference = difference + np.abs(self.balances.get(name, 0.0) - amount)
        return difference


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
def _post_all(first: Index, row: Index, sign: Vector, amounts: Vector, before: Vector, after: Vector) -> None:
    """Post all entries of one account, then those of the next."""
    sums = np.empty(BLOCK)
    for lo in range(0, before.shape[1], BLOCK):
        n = min(BLOCK, before.shape[1] - lo)
        for account in range(before.shape[0]):
            copy(before[account, lo : lo + n], sums)
            for i in range(first[account], first[account + 1]):
                amount = amounts[row[i], lo : lo + n]
                if sign[i] > 0.0:
                    add(amount, sums)
                else:
                    for k in range(n):
                        sums[k] -= amount[k]
            copy(sums[:n], after[account, lo : lo + n])
