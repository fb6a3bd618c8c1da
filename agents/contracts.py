"""Tables of contracts: the offtakes of one buyer, and the loans of one lender."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from sim import contracts
from sim.network import Index, Vector
from sim.offers import rows_above_zero
from sim.state import derived, foretell, recall, state, to_change

Running = tuple[Vector, float, Index]


class Offtakes:
    """What one buyer has under contract; a slot for each mine."""

    share = state("share of output under contract, (mines, worlds)")
    floor = state("floor price of the contract for APT, USD/mtu, (mines, worlds)")
    until = state("month from which a contract no longer runs, (mines, worlds)")
    public = state("1 where a government stands behind the floor, (mines, worlds)")

    def __init__(self, mines: int, worlds: int) -> None:
        self.share = self.floor = self.until = self.public = np.zeros((mines, worlds))
        self._rows = np.arange(mines)
        self._noted: Running | None = None

    @derived("share", "floor", "until")
    def _running(self) -> Vector:
        """Whether a contract runs in any world, one with a floor, and when the first ends, (3, mines)."""
        return contracts.running(self._rows, self.share, self.floor, self.until, np.empty((3, self._rows.size)))

    def _found(self) -> Running:
        """What runs, the first end of all, and the rows of the mines whose contract has a floor."""
        known, before = self._running(), self._noted
        if before is None or before[0] is not known:
            alike = before is not None and before[0][1].tobytes() == known[1].tobytes()
            self._noted = known, min(known[2].tolist()), before[2] if before and alike else np.flatnonzero(known[1])
        assert self._noted is not None
        return self._noted

    @property
    def runs(self) -> NDArray[np.bool_]:
        """Whether a contract runs in any world, by mine."""
        return self._running()[0] > 0

    @property
    def has_floor(self) -> Vector:
        """1 for mines whose contract has a floor in any world."""
        return self._running()[1]

    @property
    def floored(self) -> Index:
        """Rows of the mines whose contract has a floor in any world; the same array until contracts change."""
        return self._found()[2]

    def end(self, month: int) -> None:
        """Free the output of contracts that have run their years."""
        if self._found()[1] > month:
            return
        before, share = recall(Offtakes._running, self), to_change(self, "share")
        rows = np.flatnonzero(before[2] <= month)
        share[rows] = np.where(self.until[rows] <= month, 0.0, share[rows])
        self.share = share
        self._follow(rows, before)

    def _follow(self, rows: Index, before: Vector) -> None:
        """Look anew only at the mines whose contracts were changed."""
        foretell(Offtakes._running, self, contracts.running(rows, self.share, self.floor, self.until, before))

    def sign(
        self, request: int, places: Index, parts: Vector, projects: Index, floors: Vector, until: float
    ) -> None:
        """Take more of some mines' output, in some worlds.

        Args:
            request: number of this buyer's requests.
            places, parts: request, project and world, and share of output on top of what is held, of all contracts.
            projects: rows of mines that may be asked.
            floors: USD/mtu of APT, for all that is held, (projects, worlds); empty for no floor.
            until: month from which the contract no longer runs.
        """
        before = recall(Offtakes._running, self)
        share, ends = to_change(self, "share"), to_change(self, "until")
        changed, rows = contracts.take_over(request, places, parts, projects, floors, until, self.floor, share, ends)
        self.share, self.until = share, ends
        if changed:
            floor, public = to_change(self, "floor"), to_change(self, "public")
            contracts.promise(request, places, projects, floors, floor, public)
            self.floor, self.public = floor, public
        self._follow(rows, before)


class Lender:
    """What one lender has lent; a slot for each mine."""

    signed = state("loans signed and not lost, million USD, (mines, worlds)")

    def __init__(self, mines: int, worlds: int) -> None:
        self.signed = np.zeros((mines, worlds))
        self.lent = SparseTable(mines, worlds)
        """Million USD signed this month."""

    @derived("signed")
    def borrowers(self) -> Index:
        """Rows of the mines that have a loan in any world."""
        return np.flatnonzero(rows_above_zero(self.signed))

    def lend(self, place: tuple[Index, Index], amount: Vector) -> None:
        """Sign loans to some mines, in some worlds."""
        before = recall(Lender.borrowers, self)
        signed = to_change(self, "signed")
        borrowers = contracts.lend(*place, amount, before, signed, *self.lent.to_fill(place))
        self.signed = signed
        foretell(Lender.borrowers, self, borrowers)


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
        place = self._place[0] if isinstance(self._place, tuple) else self._place
        if not place.size:
            return
        if isinstance(self._place, tuple):
            contracts.clear(self.table, self.has, *self._place)
        else:
            contracts.clear_rows(self.table, self.has, place)
        self._place = np.zeros(0, np.int64)

    def to_fill(self, place: Index | tuple[Index, Index]) -> tuple[Vector, Index]:
        """The empty table and `has`, for these rows to be set in both, or these rows in these worlds."""
        self._place = place
        return self.table, self.has
