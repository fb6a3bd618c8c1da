"""The month's trade as agents come to it: what each brings along, and the state that it is left with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.decided import LEVERS
from sim.network import Vector

if TYPE_CHECKING:
    from agents.seats import Seats


_UNNAMED = LEVERS.index("")
_NAMED = tuple(name for name in LEVERS if name)


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


def whole(table: Vector) -> Vector:
    """The table, or a copy of it, in one stretch of memory that compiled passes take without being compiled anew."""
    return table if table.flags.carray else np.array(table)


class Decided:
    """What is in force of the levers that trade reads."""

    def __init__(self, seats: Seats) -> None:
        self._seats = seats
        self._nothing = np.zeros(seats.worlds)

    def rows(self) -> tuple[Vector, ...]:
        """The levers of `sim.decided`, in its order, (worlds,) each."""
        rows = self._seats.several(_NAMED)
        rows.insert(_UNNAMED, self._nothing)
        return tuple([row if row.flags.carray else np.array(row) for row in rows])
