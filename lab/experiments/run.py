"""Runs the blocks of a study in this process, in several, or on a cluster; whoever runs them, the rows are the same."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import chain, islice
from multiprocessing import get_context
from typing import Any

from lab.experiments.design import Block, Cell, Design, settings
from lab.experiments.play import Build, market, play
from lab.experiments.results import Study
from lab.experiments.search import judged, search
from lab.experiments.stopping import is_stable
from lab.options import InputError

ATTEMPTS = 2
"""Times that a block may take its process down before it is given up."""

PATIENCE = 15
"""Seconds to wait for a cluster."""

Done = tuple[Block, bytes | BaseException]


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
    work = _Work(design, study, workers, dask, build, tick or (lambda months: None))
    early = False
    if design.experiment.sampling.method == "search":
        work.search()
    else:
        for place, replications in enumerate(design.rounds):
            work.play(replications)
            last = place + 1 == len(design.rounds)
            if design.experiment.stopping.by == "ranking" and not last:
                study.join()
                early = is_stable(design, study)
                if early:
                    break
    rows = study.join()
    study.write("outcome.json", {"worlds": rows, "failed": work.failed, "stopped_early": early})
    return Outcome(rows, work.count, work.failed, early)


class _Work:
    """Round after round of a study: what is found is kept, what is missing is played."""

    def __init__(
        self, design: Design, study: Study, workers: int, dask: str, build: Build, tick: Callable[[int], None]
    ) -> None:
        self.design, self.study, self.build, self.tick = design, study, build, tick
        self.workers, self.dask = workers, dask
        self.done = study.done()
        self.failed: dict[int, str] = {}
        self.count = self.number = self.first = 0

    def play(self, replications: range, cells: range | None = None) -> None:
        """Play what is missing of some replications of some cells; blocks are made as they are wanted."""
        design = self.design
        missing = self._missing(replications, cells)
        for block, result in _through(design, missing, self.workers, self.dask, self.build):
            if isinstance(result, BaseException):
                self.failed[block.number] = f"{type(result).__name__}: {result}"
            else:
                self.done[block.number] = self.study.add(block, result)
                self.count += 1
            self.tick(design.months * len(block.members))

    def _missing(self, replications: range, cells: range | None) -> Iterator[Block]:
        design = self.design
        for block in design.blocks(self.number, self.first, [replications], cells):
            self.number, self.first = block.number + 1, block.first + len(block.members)
            if block.number in self.done and self.study.holds(design, block, self.done[block.number]):
                self.tick(design.months * len(block.members))
            else:
                yield block

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
            parts = [self.done[number] for number in range(first, self.number) if number not in self.failed]
            return judged(experiment, self.study.rows(parts), list(cells))

        search(experiment, judge)
        self.study.cut(self.number)


def _through(design: Design, blocks: Iterator[Block], workers: int, dask: str, build: Build) -> Iterator[Done]:
    first = tuple(islice(blocks, 2))
    blocks = chain(first, blocks)
    if not first:
        return iter(())
    if dask:
        return _on_cluster(design, blocks, dask, build)
    if workers <= 1 or len(first) == 1:
        return _here(design, blocks, build)
    return _in_processes(design, blocks, workers, build)


def _here(design: Design, blocks: Iterator[Block], build: Build) -> Iterator[Done]:
    for block in blocks:
        yield block, _tried(design, block, build)


def _tried(design: Design, block: Block, build: Build) -> bytes | Exception:
    """The rows of a block, or what went wrong: one bad block must not end the study."""
    try:
        return play(design, block, build)
    except Exception as error:
        return error


def _in_processes(design: Design, blocks: Iterator[Block], workers: int, build: Build) -> Iterator[Done]:
    """No more than two blocks a worker are on their way; a process that dies takes only its own block down."""
    again, attempts = deque[Block](), dict[int, int]()
    pool = _pool(workers)
    running: dict[Future[Any], Block] = {}
    alone = False
    try:
        while True:
            while len(running) < (1 if alone else 2 * workers):
                block = again.popleft() if again else next(blocks, None)
                if block is None:
                    break
                try:
                    running[pool.submit(play, design, block, build)] = block
                except BrokenProcessPool:  # a process has died since the last look: the blocks that it had say so below
                    again.appendleft(block)
                    break
            if not running and not again:
                break
            if not running:
                pool.shutdown()
                pool = _pool(workers)
                continue
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            broken = []
            for future in finished:
                block, error = running.pop(future), future.exception()
                if isinstance(error, BrokenProcessPool):
                    broken.append(block)
                else:
                    alone = alone and bool(attempts.keys() & {b.number for b in again})
                    yield block, error if error is not None else future.result()
            if broken:
                broken += running.values()
                running.clear()
                pool.shutdown()
                pool = _pool(workers)
                blamed = alone  # only a block that ran alone is known to have killed the process
                alone = True
                for block in sorted(broken, key=lambda block: block.number, reverse=True):
                    attempts[block.number] = attempts.get(block.number, 0) + 1
                    if blamed and attempts[block.number] >= ATTEMPTS:
                        yield block, RuntimeError("its process died each time")
                    else:
                        again.appendleft(block)
    finally:
        pool.shutdown(cancel_futures=True)


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, get_context("spawn"), _settle_in)


def _settle_in() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _on_cluster(design: Design, blocks: Iterator[Block], address: str, build: Build) -> Iterator[Done]:
    """Blocks on an existing Dask cluster; it runs a block again whose worker was lost."""
    client = cluster(address)
    from dask.distributed import as_completed

    try:
        shared = client.scatter(design, broadcast=True)
        threads = max(1, sum(client.nthreads().values()))
        owner = {}

        def send(block: Block) -> Any:
            future = client.submit(play, shared, block, build, pure=False, retries=1)
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
