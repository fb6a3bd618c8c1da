"""Double-entry books: what leaves one account enters another, once, in every world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.compiled import kernel
from sim.network import Vector
from sim.state import states


class Books:
    """Accounts of tonnes or of dollars; their sum never changes.

    Args:
        opening: what lies in accounts at the start; others open at zero.
        worlds: width of every account.
        monthly: (source, target) of the postings that `post_month` makes, in their order.
    """

    balances = states("what lies in each account, (worlds,)")

    def __init__(self, opening: Mapping[str, Vector], worlds: int, monthly: Sequence[tuple[str, str]] = ()) -> None:
        self.worlds = worlds
        # all accounts stand from the start, so that all blocks of worlds keep the same ones
        names = tuple(dict.fromkeys(name for posting in monthly for name in posting))
        none = {name: np.zeros(worlds) for name in names}
        self.balances = none | {name: np.array(x, float) for name, x in opening.items()}
        self._used = names
        self._source = np.array([names.index(source) for source, _ in monthly], np.int64)
        self._target = np.array([names.index(target) for _, target in monthly], np.int64)

    def post(self, source: str, target: str, amount: Vector | float) -> None:
        """Move an amount, shape (worlds,) or a number, from one account to another; accounts open at zero."""
        none = np.zeros(self.worlds)
        before = {source: none, target: none, **self.balances}
        self.balances = {**before, source: before[source] - amount, target: before[target] + amount}

    def post_month(self, amounts: Vector) -> None:
        """Make the monthly postings, one after the other.

        Args:
            amounts: shape (postings, worlds).
        """
        accounts = np.array([self.balances[name] for name in self._used])
        _post_all(self._source, self._target, amounts, accounts)
        self.balances = {**self.balances, **dict(zip(self._used, accounts, strict=True))}

    def unexplained(self, counted: Mapping[str, Vector]) -> Vector:
        """Sum of absolute differences between the books and what was counted, shape (worlds,)."""
        difference = np.zeros(self.worlds)
        for name, amount in counted.items():
            difference = difference + np.abs(self.balances.get(name, 0.0) - amount)
        return difference


@kernel
def _post_all(source: Any, target: Any, amounts: Any, accounts: Any) -> None:
    for i in range(source.size):
        a, b = source[i], target[i]
        for k in range(amounts.shape[1]):
            accounts[a, k] = accounts[a, k] - amounts[i, k]
            accounts[b, k] = accounts[b, k] + amounts[i, k]
