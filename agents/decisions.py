"""What a session hands in and out: decisions, refusals, events, and the report of a month."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.levers import Lever, Levers

TEMPERAMENT = ".temperament"
"""End of the name of the levers that set how a rule plays."""

SECRET = (".cover",)
"""Ends of the names of levers whose value other roles are not told."""


class Refused(ValueError):  # noqa: N818 - reads as what happened
    """Something that cannot be done; the message is one sentence for the person who asked."""


@dataclass(frozen=True)
class Decision:
    """A decision of one role, taking effect in a month and holding until the next for the same lever and target."""

    number: int
    """Its place among the decisions of the session, from 1; 0 if it was not made in the session."""
    month: int
    """Months since the scenario's start."""
    role: str
    lever: str
    target: str
    value: float | None
    """In the lever's unit, or the position of a choice; None gives the decision back to the role's rule."""
    source: str = "person"
    """Who made it: person, offer, set (on the command line), setup, scenario, left (a seat given back), or rule."""

    @property
    def slot(self) -> tuple[str, str]:
        """Lever and target."""
        return self.lever, self.target

    @property
    def number_or_nan(self) -> float:
        """The value as the seats take it."""
        return math.nan if self.value is None else self.value


@dataclass(frozen=True)
class Event:
    """Something that nature or a third party did."""

    key: str
    target: str
    """Region, gateway, mine or segment that was struck; "" for all that are exposed."""
    title: str
    size: float
    """What is left of, or multiplies, what it strikes."""
    months: float = 0.0
    """How long it lasts."""
    news: str = ""


@dataclass(frozen=True)
class Change:
    """Something that came to pass among the actors: a project's stage, a contract, a loan, an award."""

    kind: str
    """stage, offtake, loan, or award."""
    subject: str
    """Key of the mine."""
    title: str
    """Name of the mine."""
    party: str
    """Buyer, lender or partner; "" for a stage."""
    before: float
    after: float
    """Code of the stage or partner, share of output, or million USD."""


@dataclass(frozen=True)
class Report:
    """What happened in a month."""

    month: int
    date: str
    """YYYY-MM."""
    events: tuple[Event, ...]
    decisions: tuple[Decision, ...]
    """Decisions that took effect, of all roles, with their source."""
    changes: tuple[Change, ...] = ()

    def seen_by(self, role: str) -> Report:
        """The report without what other roles keep secret."""
        told = tuple(d for d in self.decisions if d.role == role or not d.lever.endswith(SECRET))
        return Report(self.month, self.date, self.events, told, self.changes)


def roles(levers: Levers) -> tuple[str, ...]:
    """All roles that have a lever, in the order of the registry."""
    return tuple(dict.fromkeys(lever.role for lever in levers))


def checked(
    levers: Levers, role: str, lever: str, target: str, value: float | str | None, with_temperament: bool = False
) -> float | None:
    """A value that the role may give a lever.

    Raises:
        Refused: an unknown role, lever or target, another role's lever, or a value outside the range.
    """
    known = roles(levers)
    if role not in known:
        raise Refused(f"'{role}' is not a role; roles are {', '.join(known)}.")
    try:
        levers.slot(lever, target)
    except ValueError as error:
        raise Refused(sentence(str(error))) from None
    found = levers[lever]
    if found.role != role:
        raise Refused(f"{lever} is for {found.role} to decide, not for {role}.")
    if lever.endswith(TEMPERAMENT) and not with_temperament:
        raise Refused(f"{lever} says how the rule plays and is chosen when a game begins.")
    return None if value is None else in_range(found, value)


def in_range(lever: Lever, value: float | str) -> float:
    """A value as a number of the lever's range.

    Raises:
        Refused: it lies outside, or is no number or choice.
    """
    if isinstance(value, str):
        try:
            return lever.value(value)
        except ValueError as error:
            raise Refused(sentence(str(error))) from None
    number = float(value)
    whole = not lever.choices or number == int(number) if math.isfinite(number) else False
    if not whole or not lever.low <= number <= lever.high:
        raise Refused(f"{lever.name} = {value:g} is not allowed; allowed: {lever.range()}.")
    return number


def sentence(text: str) -> str:
    """A text that ends as a sentence does."""
    return text if text.endswith((".", "?")) else f"{text}."
