"""Tables of contracts: the offtakes of one buyer, and the loans of one lender."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from sim import contracts
from sim.network import Index, Vector
from sim.offers import Offers, lay_out
from sim.state import derived, foretell, recall, state


class Offtakes:
    """What one buyer has under contract; a slot for each mine."""

    share = state("share of output under contract, (mines, worlds)")
    floor = state("floor price of the contract for APT, USD/mtu, (mines, worlds)")
    until = state("month from which a contract no longer runs, (mines, worlds)")
    public = state("1 where a government stands behind the floor, (mines, worlds)")

    def __init__(self, mines: int, worlds: int) -> None:
        self.share = self.floor = self.until = self.public = np.zeros((mines, worlds))
        self._rows = np.arange(mines)

    @derived("share", "floor", "until")
    def _running(self) -> Vector:
        """Whether a contract runs in any world, one with a floor, and when the first ends, (3, mines)."""
        return contracts.running(self._rows, self.share, self.floor, self.until, np.empty((3, self._rows.size)))

    @property
    def runs(self) -> NDArray[np.bool_]:
        """Whether a contract runs in any world, by mine."""
        return self._running()[0] > 0

    @property
    def floored(self) -> Index:
        """Rows of the mines whose contract has a floor in any world."""
        return np.flatnonzero(self._running()[1])

    def end(self, month: int) -> None:
        """Free the output of contracts that have run their years."""
        rows = np.flatnonzero(self._running()[2] <= month)
        if not rows.size:
            return
        before, share = recall(Offtakes._running, self), self.share.copy()
        share[rows] = np.where(self.until[rows] <= month, 0.0, share[rows])
        self.share = share
        self._follow(rows, before)

    def _follow(self, rows: Index, before: Vector) -> None:
        """Look anew only at the mines whose contracts were changed."""
        foretell(Offtakes._running, self, contracts.running(rows, self.share, self.floor, self.until, before))

    def sign(self, place: tuple[Index, Index], part: Vector, floor: Vector | float, until: float) -> None:
        """Take more of some mines' output, in some worlds.

        Args:
            place: rows of mines, and worlds.
            part: share of output on top of what is held.
            floor: USD/mtu of APT, for all that is held.
            until: month from which the contract no longer runs.
        """
        before = recall(Offtakes._running, self)
        share, ends = self.share.copy(), self.until.copy()
        share[place] = share[place] + part
        ends[place] = until
        self.share, self.until = share, ends
        if (self.floor[place] != floor).any():
            floors, public = self.floor.copy(), self.public.copy()
            floors[place] = floor
            self.floor = floors
            # without a floor there is nothing to stand behind
            public[place] = np.where(floors[place] > 0, 1.0, public[place])
            self.public = public
        self._follow(np.unique(place[0]), before)


class Lender:
    """What one lender has lent; a slot for each mine."""

    signed = state("loans signed and not lost, million USD, (mines, worlds)")

    def __init__(self, mines: int, worlds: int) -> None:
        self.signed = np.zeros((mines, worlds))
        self.lent = SparseTable(mines, worlds)
        """Million USD signed this month."""

    def lend(self, place: tuple[Index, Index], amount: Vector) -> None:
        """Sign loans to some mines, in some worlds."""
        signed = self.signed.copy()
        signed[place] = signed[place] + amount
        self.signed = signed
        self.lent.fill(place, amount)


class SparseTable:
    """A table of zeros but for a few places, (rows, worlds), which is used again and again."""

    def __init__(self, rows: int, worlds: int) -> None:
        self.table = np.zeros((rows, worlds))
        self.has = np.zeros(rows, np.int64)
        """1 for rows that are not empty."""
        self._place: Index | tuple[Index, Index] = np.zeros(0, np.int64)

    def is_free(self) -> bool:
        """Whether nobody else holds the table."""
        return sys.getrefcount(self.table) == 2

    def empty(self) -> None:
        """Set everything to zero."""
        self.table[self._place] = 0.0
        self.has[:] = 0
        self._place = np.zeros(0, np.int64)

    def take(self, offers: Offers, low: float, high: float) -> None:
        """Hold these offers, kept within a range, and nothing else."""
        if not isinstance(self._place, tuple):
            self.empty()
            self._place = self._place, self._place
        lay_out(self.table, self.has, offers.places, offers.worlds, offers.values, low, high, *self._place)
        self._place = offers.places, offers.worlds

    def fill(self, place: Index | tuple[Index, Index], values: Vector) -> None:
        """Set these rows, or these rows in these worlds, of an empty table."""
        self.table[place], self._place = values, place
        self.has[place[0] if isinstance(place, tuple) else place] = 1
