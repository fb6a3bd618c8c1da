"""Pieces of work, one after another or over some processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from typing import Any

from lab import processes


@dataclass(frozen=True)
class Piece:
    """A function of a module with what it is called with."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    months: int
    """Months of worlds that it plays."""


def work(pieces: Sequence[Piece], workers: int = 1, tick: Callable[[int], None] = lambda step: None) -> list[Any]:
    """Results of all pieces, in their order; the longest begin first.

    Args:
        pieces: what is to be done.
        workers: processes.
        tick: told how many months of worlds were played since it was last told.
    """
    order = sorted(range(len(pieces)), key=lambda i: -pieces[i].months)
    done: dict[int, Any] = {}
    if workers == 1:
        for i in order:
            done[i] = pieces[i].function(*pieces[i].arguments)
            tick(pieces[i].months)
        return [done[i] for i in range(len(pieces))]
    with processes.pool(workers) as pool:
        waiting = {pool.submit(pieces[i].function, *pieces[i].arguments): i for i in order}
        try:
            for future in as_completed(waiting):
                i = waiting[future]
                done[i] = future.result()
                tick(pieces[i].months)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [done[i] for i in range(len(pieces))]
