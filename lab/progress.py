"""A progress bar on the terminal, for runs that keep a person waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

PATIENCE = 2.0
"""Seconds before the bar shows."""
SILENCE = 8.0
"""Seconds without any progress after which the bar says what the first run waits for."""
FIRST_RUN = "Compiling, on the first run only"


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

    def explain() -> None:
        if not progress.tasks[0].completed:
            progress.update(task, description=FIRST_RUN)

    def advance(step: int) -> None:
        progress.update(task, advance=step, description=text)

    timers = (threading.Timer(patience, progress.start), threading.Timer(patience + SILENCE, explain))
    for timer in timers:
        timer.daemon = True
        timer.start()
    try:
        yield advance
    finally:
        for timer in timers:
            timer.cancel()
            timer.join()
        progress.stop()
