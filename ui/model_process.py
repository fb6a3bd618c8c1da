"""The process in which the model lives: takes what the window asks, in order, and answers."""

from __future__ import annotations

import os
import signal
import traceback
from multiprocessing.connection import Connection
from typing import Any

from ui import messages as say

PATIENCE = 0.02
"""Seconds between looks at what the look-ahead has found."""


def serve(line: Connection) -> None:
    """Answer until the window says stop or goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from agents.light import without_tables

    without_tables()
    from ui.clerk import Clerk  # the model is loaded here, behind the title screen

    clerk = Clerk(line.send)
    waiting: list[Any] = []
    try:
        while True:
            while line.poll(0 if waiting else PATIENCE):
                waiting.append(line.recv())
            asked = _next(waiting) if waiting else None
            if isinstance(asked, say.Stop):
                return
            try:
                if asked is None:
                    clerk.idle()
                else:
                    clerk.do(asked)
            except (BrokenPipeError, ConnectionError):
                return
            except Exception as error:
                if os.environ.get("HEAVYSTONE_DEBUG"):
                    traceback.print_exc()
                line.send(say.Refusal(type(asked).__name__, clerk.sentence(error)))
    except (EOFError, OSError):
        return
    finally:
        clerk.close()


def _next(waiting: list[Any]) -> Any:
    """The next request; of several looks ahead only the last counts, and they come after everything else."""
    for i, asked in enumerate(waiting):
        if not isinstance(asked, say.Ahead | say.Explain):
            return waiting.pop(i)
    looks = [asked for asked in waiting if isinstance(asked, say.Ahead)]
    explains = [asked for asked in waiting if isinstance(asked, say.Explain)]
    near = [asked for asked in looks if not asked.is_far][-1:]
    far = [asked for asked in looks if asked.is_far][-1:]
    waiting[:] = [*near, *far, *explains[-1:]]
    return waiting.pop(0)
