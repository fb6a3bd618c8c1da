"""Tables of contracts: the offtakes of one buyer, and the loans of one lender."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim import contracts
from sim.network import Index, Vector
from sim.state import derived, state


class Offtakes:
    """What one buyer has under contract; a slot for each mine."""

    share = state("share of output under contract, (mines, worlds)")
    floor = state("floor price of the contract for APT, USD/mtu, (mines, worlds)")
    until = state("month from which a contract no longer runs, (mines, worlds)")
    public = state("1 where a government stands behind the floor, (mines, worlds)")

    def __init__(self, mines: int, worlds: int) -> None:
        self.share = self.floor = self.until = self.public = np.zeros((mines, worlds))

    @derived("share", "floor", "until")
    def _running(self) -> tuple[NDArray[np.bool_], Index, Vector, float]:
        runs, floored, ends = contracts.running(self.share, self.floor, self.until)
        return runs > 0, np.flatnonzero(floored).astype(np.int64), ends, float(ends.min())

    @property
    def runs(self) -> NDArray[np.bool_]:
        """Whether a contract runs in any world, by mine."""
        return self._running()[0]

    @property
    def floored(self) -> Index:
        """Rows of the mines whose contract has a floor in any world."""
        return self._running()[1]

    def end(self, month: int) -> None:
        """Free the output of contracts that have run their years."""
        _, _, ends, first = self._running()
        if first > month:
            return
        rows = np.flatnonzero(ends <= month)
        share = self.share.copy()
        share[rows] = np.where(self.until[rows] <= month, 0.0, share[rows])
        self.share = share

    def sign(self, place: tuple[Index, Index], part: Vector, floor: Vector | float, until: float) -> None:
        """Take more of some mines' output, in some worlds.

        Args:
            place: rows of mines, and worlds.
            part: share of output on top of what is held.
            floor: USD/mtu of APT, for all that is held.
            until: month from which the contract no longer runs.
        """
        share, ends = self.share.copy(), self.until.copy()
        share[place] = share[place] + part
        ends[place] = until
        self.share, self.until = share, ends
        if (self.floor[place] != floor).any():
            floors = self.floor.copy()
            floors[place] = floor
            self.floor = floors
            # without a floor there is nothing to stand behind
            public = self.public.copy()
            public[place] = np.where(floors[place] > 0, 1.0, public[place])
            self.public = public


class Lender:
    """What one lender has lent; a slot for each mine."""

    signed = state("loans signed and not lost, million USD, (mines, worlds)")

    def __init__(self, mines: int, worlds: int) -> None:
        self.signed = np.zeros((mines, worlds))

    def lend(self, place: tuple[Index, Index | slice], amount: Vector | float) -> Vector:
        """Sign loans to some mines, in some worlds; gives million USD lent to each, (mines, worlds)."""
        lent, signed = np.zeros_like(self.signed), self.signed.copy()
        lent[place] = amount
        signed[place] = signed[place] + amount
        self.signed = signed
        return lent
