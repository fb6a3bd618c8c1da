"""Double-entry books: what leaves one account enters another, once, in every world."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.bare import bare
from sim.lanes import LANES, give_to, take_from, within
from sim.network import Index, Vector
from sim.state import states


class Books:
    """Accounts of tonnes or of dollars; their sum never changes.

    Args:
        opening: what lies in accounts at the start; others open at zero.
        worlds: width of every account.
        monthly: (source, target) of the postings that are made every month, in their order.
        rows: row of the amount of each of them, the first ones if left out.
        closing: the same of those that close the month; their amounts lie in rows after one another.
    """

    balances = states("what lies in each account, (worlds,)")

    def __init__(
        self, opening: Mapping[str, Vector], worlds: int, monthly: Sequence[tuple[str, str]] = (),
        rows: Sequence[int] | None = None, closing: Sequence[tuple[str, str]] = (),
    ) -> None:  # fmt: skip
        self.worlds = worlds
        # all accounts stand from the start, so that all blocks of worlds keep the same ones
        names = tuple(dict.fromkeys(name for posting in (*monthly, *closing) for name in posting))
        none = {name: np.zeros(worlds) for name in names}
        self.balances = none | {name: np.array(x, float) for name, x in opening.items()}
        self._used = names
        self.monthly = _entries(names, monthly, range(len(monthly)) if rows is None else rows)
        """Entries of the monthly postings, as `post` reads them."""
        self.closing = _entries(names, closing, range(len(closing)))
        self._laid_out: tuple[dict[str, Vector], Vector] | None = None

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
        post(self.monthly, amounts, 0, self.worlds, self.to_change())

    def close_month(self, amounts: Vector) -> None:
        """Make the postings that close the month, one after the other; `amounts` has shape (rows, worlds)."""
        post(self.closing, amounts, 0, self.worlds, self.to_change())

    def to_change(self) -> Vector:
        """The accounts of all postings as the rows of one table, to be written to.

        Balances that somebody else holds stay what they are: others take their place.
        """
        balances, laid_out = self.balances, self._laid_out
        if laid_out is None or laid_out[0] is not balances or _is_held(balances, laid_out[1], len(self._used)):
            table = np.empty((len(self._used), self.worlds))
            for row, name in enumerate(self._used):
                table[row] = balances[name]
            self.balances = {**balances, **dict(zip(self._used, table, strict=True))}
            self._laid_out = self.balances, table
            return table
        return laid_out[1]

    def unexplained(self, counted: Mapping[str, Vector]) -> Vector:
        """Sum of absolute differences between the books and what was counted, shape (worlds,)."""
        difference = np.zeros(self.worlds)
        for name, amount in counted.items():
            difference = difference + np.abs(self.balances.get(name, 0.0) - amount)
        return difference


def _is_held(balances: dict[str, Vector], table: Vector, rows: int) -> bool:
    """Whether anybody but the books has the balances, an account, or a part of one."""
    if sys.getrefcount(balances) > _BALANCES or sys.getrefcount(table) > _TABLE + rows:
        return True
    return max(map(sys.getrefcount, balances.values()), default=0) > _ACCOUNT


# References where nobody else has any: the books' own, those of the calls that count them, and of rows to their table.
_BALANCES, _TABLE, _ACCOUNT = 5, 3, 2


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


@bare
def post(entries: Any, amounts: Any, lo: Any, hi: Any, accounts: Any) -> None:
    """Post all entries of one account, then those of the next, in worlds `lo` to `hi`.

    Args:
        entries: first entry of each account, row of the amount of each entry, and its sign.
        amounts: of these worlds, (rows, these worlds or more).
        accounts: what lies in each, which changes, (accounts, worlds).
    """
    first, row, sign = entries
    for account in range(accounts.shape[0]):
        if first[account] == first[account + 1]:
            continue
        for k in range(lo, hi, LANES):
            here = within(k, hi)
            held = take_from(accounts, account, k, here)
            for i in range(first[account], first[account + 1]):
                held = held + sign[i] * take_from(amounts, row[i], k - lo, here)
            give_to(accounts, account, k, here, held)
