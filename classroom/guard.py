"""Codes, numbers and their proofs; what slows down those who guess."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Mapping

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike."""
LONGEST_WAIT = 60.0


def code(length: int) -> str:
    """A random code that can be read aloud."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def pin() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**6):06d}"


def proof(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(b"heavystone class " + secret.encode()).hexdigest()


def same(a: str, b: str) -> bool:
    """Whether two proofs are the same, in a time that tells nothing."""
    return secrets.compare_digest(a, b)


def is_from_here(headers: Mapping[str, str], must: bool) -> bool:
    """Whether a request comes from one of our own pages; `must` if a browser always says where it comes from."""
    origin = headers.get("origin")
    if origin is None:
        return not must
    return origin.split("://")[-1] == headers.get("host", "")


class Patience:
    """Makes whoever guesses wait: twice as long after each wrong guess from the third on."""

    def __init__(self) -> None:
        self._wrong: dict[str, tuple[int, float]] = {}

    def wait(self, who: str) -> float:
        """Seconds until the next guess is heard."""
        count, last = self._wrong.get(who, (0, 0.0))
        pause = min(2.0 ** (count - 2), LONGEST_WAIT) if count > 2 else 0.0
        return max(0.0, last + pause - time.monotonic())

    def wrong(self, who: str) -> None:
        """Count a wrong guess."""
        if len(self._wrong) > 10_000:
            self._wrong.clear()
        self._wrong[who] = (self._wrong.get(who, (0, 0.0))[0] + 1, time.monotonic())

    def right(self, who: str) -> None:
        """Forget the wrong ones."""
        self._wrong.pop(who, None)


class Bucket:
    """So many messages a second, with room for a burst."""

    def __init__(self, rate: float = 8.0, burst: float = 24.0) -> None:
        self.rate, self.burst = rate, burst
        self._left, self._at = burst, time.monotonic()

    def take(self) -> bool:
        """Whether one more is allowed."""
        now = time.monotonic()
        self._left = min(self.burst, self._left + (now - self._at) * self.rate)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
