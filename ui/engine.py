"""The window's line to the model's process: asks without waiting, and takes the answers that have come."""

from __future__ import annotations

import atexit
import multiprocessing
import time
from collections.abc import Iterator
from typing import Any

from ui import messages as say
from ui.model_process import serve

PATIENCE = 3.0
"""Seconds that the process is given to end by itself."""


class Engine:
    """Starts the model's process and talks to it; nothing here ever waits."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, other = context.Pipe()
        self.process = context.Process(target=serve, args=(other,), name="heavystone-model")
        self.process.start()
        other.close()
        self.is_lost = False
        atexit.register(self.close)  # a window that fails must not wait for the model

    def ask(self, asked: Any) -> None:
        """Send a request."""
        if self.is_lost:
            return
        try:
            self._line.send(asked)
        except (BrokenPipeError, OSError):
            self.is_lost = True

    def answers(self) -> Iterator[Any]:
        """Everything that has been answered since the last call."""
        while not self.is_lost:
            try:
                if not self._line.poll():
                    return
                yield self._line.recv()
            except (EOFError, OSError):
                self.is_lost = True

    def close(self) -> None:
        """End the process."""
        atexit.unregister(self.close)
        self.ask(say.Stop())
        end = time.perf_counter() + PATIENCE
        while self.process.is_alive() and time.perf_counter() < end:
            for _ in self.answers():
                pass  # nobody reads them any more, but the process must not wait to be heard
            self.process.join(0.02)
        if self.process.is_alive():
            self.process.terminate()
            self.process.join(PATIENCE)
