"""Runs the blocks of a study in this process, in several, or on a cluster; whoever runs them, the rows are the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from lab.experiments.crew import Crew, Done
from lab.experiments.design import Block, Cell, Design, settings
from lab.experiments.play import Build, market, play
from lab.experiments.results import Joined, Study
from lab.experiments.search import judged, search
from lab.experiments.stopping import is_stable
from lab.options import InputError
from lab.processes import tidily

PATIENCE = 15
"""Seconds to wait for a cluster."""


@dataclass
class Outcome:
    """What became of a study."""

    worlds: int
    """Rows of the table."""
    run: int
    """Blocks that were run now, not found from before."""
    failed: dict[int, str]
    """Blocks that failed, and why."""
    stopped_early: bool
    """Whether the ranking was stable before the last round."""


def run(
    design: Design,
    study: Study,
    *,
    workers: int = 1,
    dask: str = "",
    tick: Callable[[int], None] | None = None,
    build: Build = market,
) -> Outcome:
    """Run what is missing of a study, round after round, and join its parts.

    Args:
        design: the worlds.
        study: where they are kept; opened.
        workers: processes on this machine.
        dask: address of a Dask scheduler; "" for this machine.
        tick: told how many months of worlds were played.
        build: makes the model of a block; a function that can be imported, with several workers.
    """
    early = False
    with closing(Crew(workers)) as crew, study.joined() as table:
        work = _Work(design, study, table, crew, dask, build, tick or (lambda months: None))
        if design.experiment.sampling.method == "search":
            work.search()
        else:
            for replications in design.rounds:
                work.play(replications)
                if design.experiment.stopping.by == "ranking" and replications.stop < design.replications:
                    early = is_stable(design, study.rows(work.parts()))
                    if early:
                        break
    study.write("outcome.json", {"worlds": table.rows, "failed": work.failed, "stopped_early": early})
    return Outcome(table.rows, work.count, work.failed, early)


class _Work:
    """Round after round of a study: what is found is kept, what is missing is played."""

    def __init__(
        self, design: Design, study: Study, table: Joined, crew: Crew, dask: str, build: Build, tick: Callable[[int], None]
    ) -> None:
        self.design, self.study, self.table, self.build, self.tick = design, study, table, build, tick
        self.crew, self.dask = crew, dask
        self.done = study.done()
        self.failed: dict[int, str] = {}
        self.count = self.number = self.first = 0

    def play(self, replications: range, cells: range | None = None) -> None:
        """Play what is missing of some replications of some cells; blocks are made as they are wanted."""
        design = self.design
        missing = self._missing(replications, cells)
        for block, result in _through(design, missing, self.crew, self.dask, self.build):
            if isinstance(result, BaseException):
                self.failed[block.number] = f"{type(result).__name__}: {result}"
                self.table.settle(block.number, None)
            else:
                self.done[block.number] = self.study.add(block, result)
                self.table.settle(block.number, self.done[block.number])
                self.count += 1
            self.tick(design.months * len(block.members))

    def _missing(self, replications: range, cells: range | None) -> Iterator[Block]:
        design = self.design
        for block in design.blocks(self.number, self.first, [replications], cells):
            self.number, self.first = block.number + 1, block.first + len(block.members)
            if block.number in self.done and self.study.holds(design, block, self.done[block.number]):
                self.table.settle(block.number, self.done[block.number])
                self.tick(design.months * len(block.members))
            else:
                yield block

    def parts(self, first: int = 0) -> list[Path]:
        """Parts of the blocks played or found so far, from one on."""
        return [self.done[number] for number in range(first, self.number) if number not in self.failed]

    def search(self) -> None:
        """Play what the search proposes, generation after generation."""
        experiment = self.design.experiment

        def judge(share: Any) -> Any:
            before = self.design.cells
            generation = before[-1].generation + 1 if before else 0
            values = settings(experiment, self.design.scenario, share)
            self.design = replace(self.design, cells=(*before, *(Cell(0, row, generation) for row in values)))
            cells, first = range(len(before), len(self.design.cells)), self.number
            self.play(range(self.design.replications), cells)
            return judged(experiment, self.study.rows(self.parts(first)), list(cells))

        search(experiment, judge)
        self.study.cut(self.number)


def _through(design: Design, blocks: Iterator[Block], crew: Crew, dask: str, build: Build) -> Iterator[Done]:
    first = tuple(islice(blocks, 2))
    blocks = chain(first, blocks)
    if not first:
        return iter(())
    if dask:
        return _on_cluster(design, blocks, dask, build)
    if crew.workers <= 1 or len(first) == 1:
        return _here(design, blocks, build)
    return crew.play(design, blocks, build)


def _here(design: Design, blocks: Iterator[Block], build: Build) -> Iterator[Done]:
    for block in blocks:
        yield block, _tried(design, block, build)


def _tried(design: Design, block: Block, build: Build) -> bytes | Exception:
    """The rows of a block, or what went wrong: one bad block must not end the study."""
    try:
        return play(design, block, build)
    except Exception as error:
        return error


def _on_cluster(design: Design, blocks: Iterator[Block], address: str, build: Build) -> Iterator[Done]:
    """Blocks on an existing Dask cluster; it runs a block again whose worker was lost."""
    client = cluster(address)
    from dask.distributed import as_completed

    try:
        shared = client.scatter(design, broadcast=True)
        threads = max(1, sum(client.nthreads().values()))
        owner = {}

        def send(block: Block) -> Any:
            future = client.submit(tidily, play, shared, block, build, pure=False, retries=1)
            owner[future.key] = block
            return future

        waiting = as_completed([send(block) for block in islice(blocks, 2 * threads)], loop=client.loop)
        for future in waiting:
            block, error = owner.pop(future.key), future.exception()
            yield block, error if error is not None else future.result()
            future.release()
            for following in islice(blocks, 1):
                waiting.add(send(following))
    finally:
        client.close()


def cluster(address: str) -> Any:
    """A client of the cluster at an address.

    Raises:
        InputError: the package is not installed, or nobody answers there.
    """
    try:
        from dask.distributed import Client
    except ImportError:
        raise InputError("--dask: the package 'distributed' is needed; install the extra 'dask'.") from None
    try:
        return Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError):
        raise InputError(
            f"--dask: no Dask scheduler answers at '{address}'; allowed is an address such as tcp://host:8786."
        ) from None


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
