"""Targets of the validation: what is measured, which figures pass, and where the real ones come from."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lab.options import InputError
from lab.validation.observed import DATA

FILE = DATA / "targets.toml"
PARTS = {
    "backtest": "Backtest of 2025",
    "honesty": "Honesty",
    "history": "Ordinary times and history",
    "structure": "Structure",
    "economics": "Economics that can fail",
    "sensitivity": "Sensitivity",
}
"""Titles of the parts, in their order."""


@dataclass(frozen=True)
class Target:
    """One figure and the range in which it passes."""

    key: str
    part: str
    title: str
    unit: str
    low: float
    high: float
    source: str
    confidence: str

    def allowed(self) -> str:
        """The range in words."""
        if math.isinf(self.low):
            return f"at most {shown(self.high, self.unit)}"
        if math.isinf(self.high):
            return f"at least {shown(self.low, self.unit)}"
        return f"{shown(self.low, self.unit)} to {shown(self.high, self.unit)}"


@dataclass(frozen=True)
class Result:
    """A target and what was measured."""

    target: Target
    measured: float
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether the measured figure lies in the range."""
        return self.target.low <= self.measured <= self.target.high

    @property
    def text(self) -> str:
        """The measured figure with its unit."""
        return shown(self.measured, self.target.unit)


@dataclass(frozen=True)
class Table:
    """Rows of words for the report."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass
class Part:
    """What one part of the validation found."""

    key: str
    results: list[Result] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    """Data of each plot by its name in `lab.validation.plots`."""
    text: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Heading."""
        return PARTS[self.key]

    def judge(self, key: str, measured: float, note: str = "") -> None:
        """Hold a figure against its target."""
        self.results.append(Result(of(key), float(measured), note))


def shown(value: float, unit: str) -> str:
    """A number with its unit, rounded for people."""
    if math.isnan(value):
        return "none"
    if unit == "share":
        return f"{100 * value:.1f} %" if abs(value) < 0.0995 else f"{100 * value:.0f} %"
    digits = 0 if abs(value) >= 100 else 2 if abs(value) < 10 else 1
    words = "" if unit == "factor" else f" {unit}"
    return f"{value:,.{digits}f}{words}"


@cache
def read(path: Path = FILE) -> dict[str, Target]:
    """All targets by key.

    Raises:
        InputError: the file cannot be read or a target is incomplete.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path.name}: the targets cannot be read: {error}.") from None
    found = {}
    for entry in content.get("target", []):
        key = str(entry.get("key", ""))
        missing = {"key", "part", "title", "unit", "source", "confidence"} - set(entry)
        if missing or not {"low", "high"} & set(entry):
            raise InputError(f"{path.name}: target '{key}': {', '.join(sorted(missing)) or 'low or high'} is missing.")
        found[key] = Target(
            key, entry["part"], entry["title"], entry["unit"], float(entry.get("low", -math.inf)),
            float(entry.get("high", math.inf)), entry["source"], entry["confidence"],
        )  # fmt: skip
    return found


def of(key: str) -> Target:
    """The target of that key.

    Raises:
        InputError: there is none.
    """
    known = read()
    if key not in known:
        raise InputError(f"{FILE.name}: there is no target '{key}'.")
    return known[key]
