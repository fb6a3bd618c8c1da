"""Double-entry books: what leaves one account enters another, once, in every world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.compiled import kernel
from sim.network import Vector


class Books:
    """Accounts of tonnes or of dollars; their sum never changes.

    Args:
        opening: what lies in accounts at the start; others open at zero.
        worlds: width of every account.
        monthly: (source, target) of the postings that `post_month` makes, in their order.
    """

    def __init__(self, opening: Mapping[str, Vector], worlds: int, monthly: Sequence[tuple[str, str]] = ()) -> None:
        self.worlds = worlds
        names = dict.fromkeys([*opening, *(name for posting in monthly for name in posting)])
        self._row = {name: i for i, name in enumerate(names)}
        self._accounts = np.zeros((len(names), worlds))
        for name, amount in opening.items():
            self._accounts[self._row[name]] = amount
        self._source = np.array([self._row[source] for source, _ in monthly], np.int64)
        self._target = np.array([self._row[target] for _, target in monthly], np.int64)

    @property
    def balances(self) -> dict[str, Vector]:
        """What lies in each account."""
        return {name: self._accounts[row] for name, row in self._row.items()}

    def _open(self, name: str) -> int:
        """Row of an account, opened at zero if it is new."""
        if name not in self._row:
            self._row[name] = len(self._row)
            self._accounts = np.concatenate([self._accounts, np.zeros((1, self.worlds))])
        return self._row[name]

    def post(self, source: str, target: str, amount: Vector | float) -> None:
        """Move an amount, shape (worlds,) or a number, from one account to another; accounts open at zero."""
        place, other = self._open(source), self._open(target)
        self._accounts[place] = self._accounts[place] - amount
        self._accounts[other] = self._accounts[other] + amount

    def post_month(self, amounts: Vector) -> None:
        """Make the monthly postings, one after the other.

        Args:
            amounts: shape (postings, worlds).
        """
        _post_all(self._source, self._target, amounts, self._accounts)

    def unexplained(self, counted: Mapping[str, Vector]) -> Vector:
        """Sum of absolute differences between the books and what was counted, shape (worlds,)."""
        difference = np.zeros(self.worlds)
        for name, amount in counted.items():
            booked = self._accounts[self._row[name]] if name in self._row else 0.0
            difference = difference + np.abs(booked - amount)
        return difference


@kernel
def _post_all(source: Any, target: Any, amounts: Any, accounts: Any) -> None:
    for i in range(source.size):
        a, b = source[i], target[i]
        for k in range(amounts.shape[1]):
            accounts[a, k] = accounts[a, k] - amounts[i, k]
            accounts[b, k] = accounts[b, k] + amounts[i, k]
