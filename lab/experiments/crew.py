"""Workers on this machine that play blocks of a study; one that dies takes only its own block down."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from typing import Any

from lab import processes
from lab.experiments.design import Block, Design
from lab.experiments.play import Build, play

ATTEMPTS = 2
"""Times that a block may take its process down before it is given up."""

Done = tuple[Block, bytes | BaseException]
"""A block with its rows, or with what went wrong."""


class Crew:
    """So many processes, which start with the first block and stay until `close`."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def play(self, design: Design, blocks: Iterator[Block], build: Build) -> Iterator[Done]:
        """Play blocks, and give each as it is done; no more than two a worker are on their way.

        Args:
            design: the worlds; workers unpack it once.
            blocks: what to play.
            build: makes the model of a block; a function that can be imported.
        """
        packed = pickle.dumps((design, build))
        again, attempts = deque[Block](), dict[int, int]()
        running: dict[Future[Any], Block] = {}
        alone = False
        while True:
            while len(running) < (1 if alone else 2 * self.workers):
                block = again.popleft() if again else next(blocks, None)
                if block is None:
                    break
                try:
                    running[self._open().submit(_played, packed, block)] = block
                except BrokenProcessPool:  # a process has died since the last look: the blocks that it had say so below
                    again.appendleft(block)
                    break
            if not running and not again:
                return
            if not running:
                self.close()
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
                self.close()
                blamed = alone  # only a block that ran alone is known to have killed the process
                alone = True
                for block in sorted(broken, key=lambda block: block.number, reverse=True):
                    attempts[block.number] = attempts.get(block.number, 0) + 1
                    if blamed and attempts[block.number] >= ATTEMPTS:
                        yield block, RuntimeError("its process died each time")
                    else:
                        again.appendleft(block)

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = processes.pool(self.workers)
        return self._pool

    def close(self) -> None:
        """Let the processes go, with what they have not begun."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _played(packed: bytes, block: Block) -> bytes:
    design, build = _unpacked(packed)
    return play(design, block, build)


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> Any:
    """A design and what builds its models, kept from block to block."""
    return pickle.loads(packed)
