"""The month's trade as agents come to it: what each brings along, and the state that it is left with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.decided import LEVERS
from sim.network import Vector

if TYPE_CHECKING:
    from agents.seats import Seats


class Turn(NamedTuple):
    """One agent's part in the month's trade."""

    agent: Any
    brings: tuple[Any, ...]
    """What it knows, owns and has decided, in the order in which its equations read it."""
    leaves: dict[str, Vector]
    """What it is left with, by the name of its state: tables to be filled."""

    @property
    def part(self) -> tuple[Any, ...]:
        """What compiled passes read, and last what they fill."""
        return (*self.brings, tuple(self.leaves.values()))

    def end(self) -> None:
        """Let the agent take over what it is left with."""
        for name, table in self.leaves.items():
            setattr(self.agent, name, table)


class Decided:
    """What is in force of the levers that trade reads, (levers, worlds); rows are written when a decision changes."""

    def __init__(self, worlds: int) -> None:
        self._table = np.zeros((len(LEVERS), worlds))
        self._levers = tuple((row, name) for row, name in enumerate(LEVERS) if name)
        self._seen: list[Vector | None] = [None] * len(LEVERS)

    def table(self, seats: Seats) -> Vector:
        """The levers of `sim.decided`, in its order."""
        for row, name in self._levers:
            value = seats[name]
            if self._seen[row] is not value:
                self._table[row], self._seen[row] = value, value
        return self._table
