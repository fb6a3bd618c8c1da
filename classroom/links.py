"""Open pages, and what waits to be sent to them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from classroom import guard


@dataclass(eq=False)
class Link:
    """One open page."""

    kind: str
    """seat, teacher or board."""
    person: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """There is something to send."""
    out: list[dict[str, Any]] = field(default_factory=list)
    """Answers that wait to be sent."""
    fresh: bool = True
    """The state is to be sent."""
    round_sent: tuple[int, str, int, str] = (-1, "", 0, "")
    bucket: guard.Bucket = field(default_factory=guard.Bucket)
    since: float = field(default_factory=time.monotonic)
    replaced: bool = False
    """The same person has opened newer pages."""
