"""A progress bar on the terminal, for runs that keep a person waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

PATIENCE = 2.0
"""Seconds before the bar shows."""


@contextmanager
def shown(
    console: Console, text: str, total: int, patience: float = PATIENCE
) -> Iterator[Callable[[int], None]]:
    """A function to be told of progress; the bar shows only on a terminal, and only after a while.

    Args:
        console: where the bar goes; not where results go.
        text: what is under way.
        total: what the progress adds up to.
        patience: seconds before the bar shows.
    """
    if not console.is_terminal:
        yield lambda step: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console, transient=True)
    task = progress.add_task(text, total=total)
    timer = threading.Timer(patience, progress.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda step: progress.advance(task, step)
    finally:
        timer.cancel()
        timer.join()
        progress.stop()
