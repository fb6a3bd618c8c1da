"""What summaries keep of a run: every world's values at some months, two price paths, and openings."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from lab import months
from lab.options import Job
from lab.run import Block
from sim import outcomes

Vector = NDArray[np.float64]

CHARTED = ("price.apt.rotterdam", "price.apt.china_domestic")
"""Outcomes of which the whole path is kept."""

PERCENTILES = (10, 50, 90)

BALANCES = ("balance.tonnes", "balance.dollars")
"""What the books could not explain; the largest size over all months and worlds is kept."""

SUMMARISED = (
    "price.*", "premium.secure", "share.*", "supply.mine.world", "supply.scrap.world", "demand.world",
    "cover.us_defence", "project.*", "score.*", "kazakhstan.sovereignty", *BALANCES,
)  # fmt: skip
"""Outcomes that a summary tells of."""

YEAR_ENDS = ("12",)
QUARTER_ENDS = ("03", "06", "09", "12")
SHORT = 36
"""Records up to which quarter ends are kept as well as year ends."""

RUNNING = (outcomes.STAGES.index("ramp_up"), outcomes.STAGES.index("production"))
NEVER = -1
"""Stands in place of a month in which nothing happened."""

MOST_BYTES = 512 * 2**20
"""Most memory for an array; a larger one lies in a temporary file."""


def summarised(job: Job) -> tuple[str, ...]:
    """Outcomes that the summary of a run needs, and those that were asked for by name."""
    known = outcomes.registry(job.scenario)
    asked = () if job.everything else job.outcomes
    return tuple(
        name for name in known if name in asked or any(fnmatchcase(name, part) for part in SUMMARISED)
    )


class Results:
    """Takes in a run's blocks and keeps what summaries need."""

    def __init__(self, job: Job, names: Sequence[str]) -> None:
        """Keep the outcomes of these names at the first and last records and at ends of years."""
        self.job = job
        self.names = tuple(names)
        self.places = {name: i for i, name in enumerate(self.names)}
        self.projects = tuple(m.key for m in job.scenario.mines if m.stage not in ("ramp_up", "production"))
        """Mines that do not produce at the start."""
        self.opened = np.full((len(self.projects), job.worlds), NEVER, np.int32)
        """Place of the first recorded month of output; NEVER if there is none."""
        self.imbalance = dict.fromkeys(BALANCES, 0.0)
        self.times: tuple[int, ...] = ()
        self.shown: tuple[int, ...] = ()
        """Places in the records of the months at which values are kept."""

    def add(self, block: Block) -> None:
        """Take in a block; the first one fixes the months."""
        if not self.times:
            self._make_room(block.times)
        worlds = slice(block.first, block.first + len(block.seeds))
        row = {name: i for i, name in enumerate(block.outcomes)}
        shown = list(self.shown)
        for i, name in enumerate(self.names):
            self.values[i, :, worlds] = block.values[shown, row[name]]
        for i, name in enumerate(CHARTED):
            self.paths[i, :, worlds] = block.values[:, row[name]]
        for i, key in enumerate(self.projects):
            running = np.isin(block.values[:, row[f"project.{key}.stage"]], RUNNING)
            month = np.asarray(block.times, np.int32)[running.argmax(axis=0)]
            self.opened[i, worlds] = np.where(running.any(axis=0), month, NEVER)
        for name in BALANCES:
            largest = np.abs(block.values[:, row[name]]).max()
            self.imbalance[name] = float(np.maximum(self.imbalance[name], largest))

    def month(self, record: int) -> str:
        """Month of a record, YYYY-MM."""
        return months.at(self.job.scenario.start, self.times[record])

    @property
    def shown_months(self) -> tuple[str, ...]:
        """Months, YYYY-MM, at which values are kept."""
        return tuple(self.month(record) for record in self.shown)

    def of(self, name: str) -> Vector:
        """Values of an outcome at the kept months, shape (months, worlds)."""
        return self.values[self.places[name]]

    def path(self, name: str) -> Vector:
        """Values of a charted outcome at every record, shape (records, worlds)."""
        return self.paths[CHARTED.index(name)]

    def _make_room(self, times: tuple[int, ...]) -> None:
        self.times = times
        last = len(times) - 1
        ends = YEAR_ENDS if len(times) > SHORT else QUARTER_ENDS
        self.shown = tuple(i for i in range(last + 1) if i in (0, last) or self.month(i)[5:] in ends)
        self.values = _room((len(self.names), len(self.shown), self.job.worlds))
        self.paths = _room((len(CHARTED), len(times), self.job.worlds))


def _room(shape: tuple[int, ...]) -> Vector:
    if 8 * int(np.prod(shape)) <= MOST_BYTES:
        return np.empty(shape)
    return np.memmap(tempfile.TemporaryFile(), np.float64, "w+", shape=shape)


def bands(values: Vector) -> Vector:
    """Percentiles 10, 50 and 90 over the last axis, the worlds, as first axis; NaN without a number."""
    finite = np.where(np.isfinite(values), values, np.nan)
    empty: NDArray[np.bool_] = np.all(np.isnan(finite), axis=-1)
    found = np.nanpercentile(np.where(np.expand_dims(empty, -1), 0.0, finite), PERCENTILES, axis=-1)
    return np.where(empty, np.nan, found)
