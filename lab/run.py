"""Plays the worlds of a run in blocks, in this process or in several, and hands out each as it is done."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from lab import months, processes
from lab.options import PERIODS, Job
from sim.scenario import Arc, Scenario

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

WIDEST = 6000
"""Most worlds in a block. What Python does once a month is shared by all of them: a world of a study costs a sixth less
than at 3,000, and no less beyond; two processes and all around them hold less than 2 GiB."""

NARROWEST = 64
"""Worlds below which a block is not worth a process of its own."""

MOST_BYTES = 256 * 2**20
"""Most memory for the records of one block."""


class Record(Protocol):
    """What a model recorded."""

    times: Sequence[int]
    outcomes: Sequence[str]
    values: Vector
    """Shape (times, outcomes, worlds)."""
    flows: Vector | None
    """t W/month, mean of the period, shape (times, arcs, worlds)."""


class Model(Protocol):
    """What the lab needs of a model."""

    record: Record
    arcs: tuple[Arc, ...]
    decisions_taken: Sequence[tuple[int, str, str, Vector, str]]
    events_seen: Sequence[tuple[int, str, str, Vector]]

    def step(self) -> None:
        """Play one month."""


Build = Callable[[Job, Sequence[int], Sequence[str]], Model]
"""Makes a model from a job, the seeds of its worlds, and the outcomes to record."""

Tick = Callable[[int], None]
"""Told how many months of worlds were played since it was last told."""


@dataclass(frozen=True)
class Block:
    """What a block of worlds left behind."""

    first: int
    """Place of its first world in the run."""
    seeds: range
    times: tuple[int, ...]
    """Place in the run of the month of each record."""
    outcomes: tuple[str, ...]
    values: Vector
    """Shape (times, outcomes, worlds)."""
    arcs: tuple[Arc, ...]
    flows: Vector | None
    """t W/month, mean of the period, shape (times, arcs, worlds); None if they were not recorded."""
    decisions: Sequence[tuple[int, str, str, Vector, str]]
    """Month, lever, target, value in each world, and who decided."""
    events: Sequence[tuple[int, str, str, Vector]]
    """Month, event, target, and size in each world, 0 where it did not happen."""


def build(job: Job, seeds: Sequence[int], recorded: Sequence[str]) -> Model:
    """The market of a job, for the worlds of these seeds."""
    from agents.market import Market, Order, Plan

    processes.keep_imports()
    orders = [Order(item.lever, item.target, item.value, item.month, "set") for item in job.settings]
    plan = Plan(outcomes=tuple(recorded), every=job.every, flows=job.out is not None)
    return Market(without_overridden(job), seeds=list(seeds), orders=orders, record=plan)


def without_overridden(job: Job) -> Scenario:
    """The scenario without its decisions on what the person has set, from the month of the setting on."""
    since: dict[tuple[str, str], int] = {}
    for item in job.settings:
        slot = (item.lever, item.target)
        since[slot] = min(item.month, since.get(slot, item.month))
    start = months.count(job.scenario.start)
    kept = tuple(
        decision
        for decision in job.scenario.decisions
        if months.count(decision.date) - start < since.get((decision.lever, decision.target), math.inf)
    )
    return job.scenario.model_copy(update={"decisions": kept})


def blocks(job: Job, recorded: int) -> list[range]:
    """Places of the worlds of each block: as many as are fast, fewer if records are large, and as many for each worker.

    Args:
        job: the run.
        recorded: number of outcomes recorded.
    """
    widest = min(WIDEST, max(1, MOST_BYTES // bytes_per_world(job, recorded)))
    shared = max(NARROWEST, -(-job.worlds // job.workers))
    number = -(-job.worlds // min(widest, shared))
    number = -(-number // job.workers) * job.workers if number > job.workers else number
    width = -(-job.worlds // number)
    return [range(i, min(i + width, job.worlds)) for i in range(0, job.worlds, width)]


def bytes_per_world(job: Job, recorded: int) -> int:
    """Memory that the records of one world take."""
    numbers = recorded + (len(job.scenario.arcs) if job.out is not None else 0)
    return 8 * max(1, numbers) * (job.months // PERIODS[job.every])


def play(
    job: Job, recorded: Sequence[str], *, build: Build = build, tick: Tick | None = None
) -> Generator[Block]:
    """Blocks of the run in the order of their worlds, each as soon as it is done.

    No more blocks are held than there are workers, and one.

    Args:
        job: the run.
        recorded: outcomes that the blocks hold.
        build: makes the model; with several workers, a function that can be imported.
        tick: told of the progress.
    """
    tick = tick or (lambda months: None)
    places = blocks(job, len(recorded))
    if min(job.workers, len(places)) == 1:
        for worlds in places:
            yield _play_block(job, worlds, recorded, build, tick)
        return
    pool = processes.pool(min(job.workers, len(places)))
    waiting: deque[Future[Block]] = deque()
    try:
        for worlds in places:
            if len(waiting) > job.workers:
                yield _finished(waiting, job, tick)
            waiting.append(pool.submit(_play_block, job, worlds, recorded, build, None))
        while waiting:
            yield _finished(waiting, job, tick)
    finally:
        pool.shutdown(cancel_futures=True)


def _finished(waiting: deque[Future[Block]], job: Job, tick: Tick) -> Block:
    block = waiting.popleft().result()
    tick(job.months * len(block.seeds))
    return block


def _play_block(job: Job, worlds: range, recorded: Sequence[str], build: Build, tick: Tick | None) -> Block:
    seeds = range(job.seed + worlds.start, job.seed + worlds.stop)
    model = build(job, seeds, recorded)
    for _ in range(job.months):
        model.step()
        if tick is not None:
            tick(len(seeds))
    record: Any = model.record
    return Block(
        first=worlds.start,
        seeds=seeds,
        times=tuple(record.times),
        outcomes=tuple(record.outcomes),
        values=record.values,
        arcs=tuple(model.arcs),
        flows=record.flows,
        decisions=list(model.decisions_taken),
        events=list(model.events_seen),
    )
