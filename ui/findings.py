"""What the model finds out about a game: parts of numbers, causes, branches, what-ifs and conclusions, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ui.messages import Taken


@dataclass(frozen=True)
class Explained:
    """Shares of causes in the move of an outcome."""

    number: int
    outcome: str
    first: int
    last: int
    before: float
    after: float
    causes: tuple[tuple[str, float], ...]
    note: str = ""


@dataclass(frozen=True)
class Part:
    """A part of a number, in the number's unit."""

    name: str
    subject: str
    now: float
    before: float


@dataclass(frozen=True)
class Dissected:
    """What a number is made of, now and some months before."""

    number: int
    key: str
    unit: str
    month: int
    first: int
    now: float
    before: float
    parts: tuple[Part, ...]
    outcome: str
    """Outcome of which Explain tells the causes; "" if there is none."""
    source: str
    confidence: str
    moves: tuple[tuple[int, str, float, float], ...] = ()
    """Of a lever, its latest changes: months played before, who made it, value before and after."""


@dataclass(frozen=True)
class Line:
    """A branch of the game."""

    name: str
    parent: str
    start: int
    end: int
    decisions: int
    """Made by the person after it left its parent."""


@dataclass(frozen=True)
class Chronicled:
    """All branches, each after the one that it left, and where the game stands."""

    lines: tuple[Line, ...]
    current: str
    month: int
    taken: tuple[Taken, ...]
    """Decisions of the person on the present branch up to the month."""


@dataclass(frozen=True)
class Omitted:
    """The game beside the same without one decision, by month."""

    number: int
    start: int
    happened: dict[str, np.ndarray]
    without: dict[str, np.ndarray]


@dataclass(frozen=True)
class Turning:
    """A decision and what it did by the end."""

    number: int
    month: int
    lever: str
    target: str
    value: float | None
    effect: float


@dataclass(frozen=True)
class Reviewed:
    """The conclusions of a game."""

    score: float
    rule: float
    """Score of the rule in the same seat under the same luck."""
    spread: tuple[float, ...]
    """Scores of the rule under other luck."""
    turnings: tuple[Turning, ...]
    series_rule: dict[str, np.ndarray]
