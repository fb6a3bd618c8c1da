"""Tables of contracts: the offtakes of one buyer, and the loans of one lender."""

from __future__ import annotations

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
            alike = before is not None and (before[0][1] == known[1]).all()
            self._noted = known, float(known[2].min()), before[2] if before and alike else np.flatnonzero(known[1])
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

    def sign(self, found: Vector, projects: Index, floors: Vector, until: float) -> None:
        """Take more of some mines' output, in some worlds.

        Args:
            found: request, project, world and share of output on top of what is held, of every contract.
            projects: rows of mines that may be asked.
            floors: USD/mtu of APT, for all that is held, (projects, worlds); empty for no floor.
            until: month from which the contract no longer runs.
        """
        before = recall(Offtakes._running, self)
        share, ends = to_change(self, "share"), to_change(self, "until")
        changed = contracts.take(found, projects, floors, until, self.floor, share, ends)
        self.share, self.until = share, ends
        if changed:
            floor, public = to_change(self, "floor"), to_change(self, "public")
            contracts.promise(found, projects, floors, floor, public)
            self.floor, self.public = floor, public
        self._follow(projects[np.unique(found[:, 1].astype(np.int64))], before)


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
        signed[place] = signed[place] + amount
        self.signed = signed
        self.lent.fill(place, amount)
        foretell(Lender.borrowers, self, np.union1d(before, place[0]))


class SparseTable:
    """A table of zeros but for a few places, (rows, worlds), which is used again and again."""

    def __init__(self, rows: int, worlds: int) -> None:
        self.table = np.zeros((rows, worlds))
        self.has = np.zeros(rows, np.int64)
        """1 for rows that are not empty."""
        self._place: Index | tuple[Index, Index] = np.zeros(0, np.int64)

    def empty(self) -> None:
        """Set everything to zero."""
        place = self._place[0] if isinstance(self._place, tuple) else self._place
        if not place.size:
            return
        self.table[self._place] = 0.0
        self.has[:] = 0
        self._place = np.zeros(0, np.int64)

    def fill(self, place: Index | tuple[Index, Index], values: Vector) -> None:
        """Set these rows, or these rows in these worlds, of an empty table."""
        self.table[place], self._place = values, place
        self.has[place[0] if isinstance(place, tuple) else place] = 1
