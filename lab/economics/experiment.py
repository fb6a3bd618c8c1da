"""Experiments on the model's economics: what is changed, what must follow, and how large it must be at least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.scenario import Scenario


@dataclass(frozen=True)
class Change:
    """A decision that is held at a value, or an event that begins."""

    date: str
    """First month, YYYY-MM."""
    lever: str = ""
    target: str = ""
    value: float = 0.0
    """In the lever's unit; a choice by its position."""
    until: str = ""
    """First month in which it no longer holds, YYYY-MM; "" for never."""
    event: str = ""
    """An event of the scenario that begins instead, and lasts as long as is written there, or until `until`."""


@dataclass(frozen=True)
class Claim:
    """Something that must follow from an experiment."""

    says: str
    """What must be, in words."""
    outcome: str
    """Name of an outcome; "a - b" for a difference, "a + b" for a sum."""
    window: tuple[str, str]
    """First and last month over which the outcome's mean is taken."""
    at_least: float | None = None
    """Smallest effect."""
    at_most: float | None = None
    """Largest effect; below zero for what must fall."""
    unit: str = "%"
    """%: of the outcome without the change; "": the outcome's own unit; left: share of the effect in `earlier`."""
    over: str = "median"
    """The effect is the median or the mean over worlds; the mean for what happens in some worlds only."""
    known_miss: str = ""
    """Why the model is known to miss it; "" if it must hold."""
    earlier: tuple[str, str] = ("", "")
    """For `left`: the window that the effect is compared with."""

    def holds(self, effect: float) -> bool:
        """Whether an effect is as large as it must be; one that is not a number never is."""
        low = self.at_least is None or effect >= self.at_least
        return effect == effect and low and (self.at_most is None or effect <= self.at_most)

    @property
    def bound(self) -> str:
        """What the effect must be, in words."""
        if self.at_least is not None and self.at_most is not None:
            return f"{self.at_least:g} to {self.at_most:g}"
        return f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"


@dataclass(frozen=True)
class Experiment:
    """A change against the same worlds without it, and what must follow."""

    key: str
    title: str
    setting: str
    """Key of SETTINGS: what is so in both."""
    changes: tuple[Change, ...]
    claims: tuple[Claim, ...]
    source: str = ""
    """Where it is known from."""


@dataclass(frozen=True)
class Setting:
    """What holds in all worlds of some experiments."""

    scenario: str | Scenario = "central_asia_2025"
    changes: tuple[Change, ...] = field(default=())


def decisions(date: str, *held: tuple[str, str, float], until: str = "") -> tuple[Change, ...]:
    """Decisions (lever, target, value) held from a date."""
    return tuple(Change(date, lever, target, value, until) for lever, target, value in held)


def for_each(lever: str, targets: Sequence[str], value: float) -> tuple[tuple[str, str, float], ...]:
    """The same value for many targets of a lever."""
    return tuple((lever, target, value) for target in targets)
