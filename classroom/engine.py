"""The worlds' process: questions go in, answers come back, and the event loop never waits."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any


def begin() -> None:
    """Make a process for worlds: without what Mesa does not need, and ending with the server even if that was killed."""
    from agents.light import without_tables

    without_tables()
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def call(question: str, *given: Any) -> Any:
    """Answer a question in the worlds' process, the only one that holds the model."""
    from classroom import debrief, worlds

    module, name = question.split(".")
    answer = getattr({"debrief": debrief, "worlds": worlds}[module], name)(*given)
    # a block of worlds is a ring of references, which would lie about until much else has been made; what is kept
    # need not be looked through again
    gc.collect()
    gc.freeze()
    return answer


class Engine:
    """One process that plays the worlds of all tables, one question after the other."""

    def __init__(self, rebuild: Callable[[], list[tuple[Any, ...]]]) -> None:
        self._rebuild = rebuild
        self._pool = self._new()
        self._lock = asyncio.Lock()

    @staticmethod
    def _new() -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(1, mp_context=context, initializer=begin)

    async def ask(self, question: str, *given: Any) -> Any:
        """The answer of "worlds.<function>" or "debrief.<function>"; a process that died is made again from the log."""
        try:
            return await self._run(question, *given)
        except BrokenProcessPool:
            async with self._lock:
                self._pool.shutdown(wait=False)
                self._pool = self._new()
                for again in self._rebuild():
                    await self._run("worlds.replay", *again)
            return await self._run(question, *given)

    async def _run(self, question: str, *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, call, question, *given)

    def close(self) -> None:
        """End the process."""
        self._pool.shutdown(wait=False, cancel_futures=True)

