"""Runs the blocks of a study in this process, in several, or on a cluster; whoever runs them, the rows are the same."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from lab.experiments.design import Block, Design
from lab.experiments.play import Build, market, play
from lab.experiments.results import Study
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
    tick = tick or (lambda months: None)
    failed: dict[int, str] = {}
    done = study.done()
    count, number, first, early = 0, 0, 0, False
    for place, replications in enumerate(design.rounds):
        blocks = list(design.blocks(number, first, [replications]))
        number, first = blocks[-1].number + 1, blocks[-1].first + len(blocks[-1].pairs)
        missing = []
        for block in blocks:
            if block.number in done:
                tick(design.months * len(block.pairs))
            else:
                missing.append(block)
        for block, result in _through(design, missing, workers, dask, build):
            if isinstance(result, BaseException):
                failed[block.number] = f"{type(result).__name__}: {result}"
            else:
                study.add(block, result)
                count += 1
            tick(design.months * len(block.pairs))
        last = place + 1 == len(design.rounds)
        if design.experiment.stopping.by == "ranking" and not last:
            study.join()
            early = is_stable(design, study)
            if early:
                break
    rows = study.join()
    study.write("outcome.json", {"worlds": rows, "failed": failed, "stopped_early": early})
    return Outcome(rows, count, failed, early)


def _through(design: Design, blocks: list[Block], workers: int, dask: str, build: Build) -> Iterator[Done]:
    if dask:
        return _on_cluster(design, blocks, dask, build)
    if min(workers, len(blocks)) <= 1:
        return _here(design, blocks, build)
    return _in_processes(design, blocks, workers, build)


def _here(design: Design, blocks: Iterable[Block], build: Build) -> Iterator[Done]:
    for block in blocks:
        yield block, _tried(design, block, build)


def _tried(design: Design, block: Block, build: Build) -> bytes | Exception:
    """The rows of a block, or what went wrong: one bad block must not end the study."""
    try:
        return play(design, block, build)
    except Exception as error:
        return error


def _in_processes(design: Design, blocks: Iterable[Block], workers: int, build: Build) -> Iterator[Done]:
    """No more than two blocks a worker are on their way; a process that dies takes only its own block down."""
    queue, attempts = deque(blocks), dict[int, int]()
    pool = _pool(workers)
    running: dict[Future[Any], Block] = {}
    alone = False
    try:
        while queue or running:
            while queue and len(running) < (1 if alone else 2 * workers):
                block = queue.popleft()
                running[pool.submit(play, design, block, build)] = block
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            broken = []
            for future in finished:
                block, error = running.pop(future), future.exception()
                if isinstance(error, BrokenProcessPool):
                    broken.append(block)
                else:
                    alone = alone and bool(attempts.keys() & {b.number for b in queue})
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
                        queue.appendleft(block)
    finally:
        pool.shutdown(cancel_futures=True)


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, get_context("spawn"), _settle_in)


def _settle_in() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _on_cluster(design: Design, blocks: list[Block], address: str, build: Build) -> Iterator[Done]:
    """Blocks on an existing Dask cluster; it runs a block again whose worker was lost."""
    client = cluster(address)
    from dask.distributed import as_completed

    try:
        shared = client.scatter(design, broadcast=True)
        threads = max(1, sum(client.nthreads().values()))
        queue = deque(blocks)
        owner = {}

        def send() -> Any:
            block = queue.popleft()
            future = client.submit(play, shared, block, build, pure=False, retries=1)
            owner[future.key] = block
            return future

        waiting = as_completed([send() for _ in range(min(len(queue), 2 * threads))], loop=client.loop)
        for future in waiting:
            block, error = owner.pop(future.key), future.exception()
            yield block, error if error is not None else future.result()
            future.release()
            if queue:
                waiting.add(send())
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
