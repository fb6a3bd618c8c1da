"""Double-entry books: what leaves one account enters another, once, in every world."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.network import Vector
from sim.state import states


class Books:
    """Accounts of tonnes or of dollars; their sum never changes."""

    balances = states("what lies in each account, (worlds,)")

    def __init__(self, opening: Mapping[str, Vector], worlds: int) -> None:
        self.worlds = worlds
        self.balances = {name: np.array(x, float) for name, x in opening.items()}

    def post(self, source: str, target: str, amount: Vector) -> None:
        """Move an amount, shape (worlds,) or a number, from one account to another; accounts open at zero."""
        self.balances[source] = self.balances.get(source, np.zeros(self.worlds)) - amount
        self.balances[target] = self.balances.get(target, np.zeros(self.worlds)) + amount

    def unexplained(self, counted: Mapping[str, Vector]) -> Vector:
        """Sum of absolute differences between the books and what was counted, shape (worlds,)."""
        difference = np.zeros(self.worlds)
        for name, amount in counted.items():
            difference = difference + np.abs(self.balances.get(name, 0.0) - amount)
        return difference
