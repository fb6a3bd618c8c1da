"""Processes that work for this one: begun from one that has imported the model, and gone when this one is."""

from __future__ import annotations

import functools
import gc
import multiprocessing
import multiprocessing.forkserver
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

NEEDED = ("agents.market", "agents.bookmarks", "lab.experiments.play")
"""Modules that every worker needs, among them all that take long to import."""

_TUNABLES = "GLIBC_TUNABLES"


class _Pool(ProcessPoolExecutor):
    """Workers that tidy up after each piece of work."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Have a function called in one of them."""
        return super().submit(tidily, function, *arguments, **named)


def pool(workers: int) -> ProcessPoolExecutor:
    """So many workers, which start with their first piece of work."""
    return _Pool(workers, _context(), _settle_in)


def tidily(function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
    """What a function gives; markets that it made are let go at once, though they and their agents hold one another."""
    try:
        return function(*arguments, **named)
    finally:
        gc.collect()


@functools.cache
def _context() -> Any:
    """How workers are started: as forks of a process that has imported what they need, where that is safe.

    That process has played nothing and started no threads of its own; elsewhere than on Linux, libraries of the
    system may not survive a fork, and each worker imports everything itself.
    """
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(list(NEEDED))
    with _large_pages():
        multiprocessing.forkserver.ensure_running()
    return found


@contextmanager
def _large_pages() -> Iterator[None]:
    """Let processes begun inside ask Linux for large pages: tables of thousands of worlds lie on fewer, 4 % faster here."""
    before = os.environ.get(_TUNABLES)
    os.environ[_TUNABLES] = ":".join(filter(None, (before, "glibc.malloc.hugetlb=1")))
    try:
        yield
    finally:
        if before is None:
            del os.environ[_TUNABLES]
        else:
            os.environ[_TUNABLES] = before


@functools.cache
def keep_imports() -> None:
    """Never look for garbage in what has been imported: it stays, and a look through it takes as long as ten months."""
    gc.freeze()


def _settle_in() -> None:
    keep_imports()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
