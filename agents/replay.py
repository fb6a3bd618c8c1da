"""The same world again: replays that verify hashes, and what would have been without one decision or one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agents import lines, saves
from agents.bookmarks import put
from agents.branches import Node
from agents.decisions import Decision, Refused
from agents.lines import Line
from agents.market import Market, Plan
from agents.session import Session
from sim.network import Vector


@dataclass(frozen=True)
class Replay:
    """A saved session, played again."""

    session: Session
    months: int
    """Months played again."""
    differs_from: int | None
    """First month, counted from 1, that came out another way than it was saved (0: the start); None if none did."""
    saved_versions: dict[str, str]

    @property
    def is_verified(self) -> bool:
        """Whether every month came out as it was saved."""
        return self.differs_from is None


def replay(path: str | Path, played: Callable[[int], None] | None = None) -> Replay:
    """Play a saved session again and compare every month with the hash that was saved.

    Raises:
        SaveError: the file cannot be read, is none, is damaged or newer.
    """
    session, saved = saves.opened(saves.text_in(Path(path)), str(path), played)
    return Replay(session, session.month, session.differs_from, saved.versions)


@dataclass(frozen=True)
class Variant:
    """What is left out of a session."""

    decisions: tuple[int, ...] = ()
    """Numbers of decisions."""
    roles: tuple[str, ...] = ()
    """Roles in which nobody sits: scenario and rule play their seats."""
    scripted: tuple[tuple[int, str, str], ...] = ()
    """Month, lever and target of decisions of the scenario."""


@dataclass(frozen=True)
class Comparison:
    """A session beside what it would have been without something, under the same luck."""

    variant: Variant
    decisions: tuple[Decision, ...]
    """Decisions that were left out."""
    start: int
    """Months played before the two can differ."""
    dates: tuple[str, ...]
    """Months compared, all that were played, YYYY-MM."""
    outcomes: tuple[str, ...]
    happened: Vector
    """(outcomes, months)."""
    without: Vector
    """(outcomes, months)."""

    @property
    def difference(self) -> Vector:
        """What it caused: happened less without, (outcomes, months)."""
        return self.happened - self.without

    def of(self, outcome: str) -> Vector:
        """What it caused in one outcome, (months,)."""
        return self.difference[self.outcomes.index(outcome)]

    @property
    def is_nothing(self) -> bool:
        """Whether it made no difference at all."""
        return not np.any(self.difference)


def what_if(session: Session, without: int | Sequence[int]) -> Comparison:
    """What leaving out a decision, or several, would have changed in all that was played.

    Args:
        session: where it stands, seen back to its start.
        without: numbers of decisions of its log.

    Raises:
        Refused: no decision of that number has taken effect.
    """
    numbers = (without,) if isinstance(without, int) else tuple(without)
    return compare(session, [Variant(numbers)])[0]


def against_the_rule(session: Session, role: str) -> Comparison:
    """What a person's play changed against the rule, and the scenario's decisions, in the same seat and luck."""
    return compare(session, [Variant(roles=(role,))])[0]


def compare(session: Session, variants: Sequence[Variant]) -> list[Comparison]:
    """Several what-ifs of the same session at once, each in a world of its own.

    Raises:
        Refused: no decision of a number has taken effect, or nobody sat in a role.
    """
    line = session.at.line()
    for variant in variants:
        _check(line, session, variant)
    start = min((_first(line, variant) for variant in variants), default=0)
    market, back = session.market, None
    if len(variants) == 1:
        back = session.at.mark
    else:
        plan = Plan(market.record.plan.outcomes)
        market = Market(session.scenario, seeds=[session.seed] * len(variants), record=plan)
    mark = line[start].mark
    assert mark is not None
    put(market, mark, [0] * len(variants))
    whole = lines.of(session, start)
    values = np.array(lines.play(market, [without(whole, variant) for variant in variants], range(len(variants))))
    names = market.record.outcomes
    if back is not None:
        put(market, back)
    happened = np.array([values_[:, 0] for values_ in session.market.record._values]).reshape(len(line) - 1, -1).T
    dates = tuple(session.date_of(month) for month in range(len(line) - 1))
    found = []
    for world, variant in enumerate(variants):
        other = happened.copy()
        if start < len(dates):
            other[:, start:] = values[:, :, world].T
        left_out = tuple(d for node in line for d in node.decisions if _is_left_out(d, variant))
        left_out = (*(d for d in session.scripted if not _keeps(d, variant)), *left_out)
        first = _first(line, variant)
        found.append(Comparison(variant, left_out, first, dates, names, happened, other))
    return found


def without(line: Line, variant: Variant) -> Line:
    """A line of play without what a variant leaves out; what a teacher made law stays."""
    return Line(
        tuple(d for d in line.scripted if _keeps(d, variant)),
        tuple(tuple(role for role in people if role not in variant.roles) for people in line.people),
        tuple(tuple(d for d in made if not _is_left_out(d, variant)) for made in line.made),
        line.held,
    )


def _keeps(scripted: Decision, variant: Variant) -> bool:
    return (scripted.month, *scripted.slot) not in variant.scripted


def _check(line: Sequence[Node], session: Session, variant: Variant) -> None:
    known = {d.number: d for node in line for d in node.decisions}
    for number in variant.decisions:
        if number not in known:
            listed = ", ".join(str(each) for each in known) or "none"
            raise Refused(f"No decision {number} has taken effect; the session's decisions are {listed}.")
    scripted = [(d.month, *d.slot) for d in session.scripted]
    for place in variant.scripted:
        if place not in scripted or place[0] >= len(line) - 1:
            raise Refused(f"The scenario decides nothing on {place[1]} in {session.date_of(place[0])}.")
    for role in variant.roles:
        if not any(role in node.people for node in line):
            raise Refused(f"Nobody has sat in the seat of {role}.")


def _is_left_out(decision: Decision, variant: Variant) -> bool:
    of_people = decision.role in variant.roles and decision.source != "teacher"
    return of_people or decision.number in variant.decisions


def _first(line: Sequence[Node], variant: Variant) -> int:
    """Months played before a variant can differ."""
    months = [month for month, _, _ in variant.scripted]
    for node in line[1:]:
        seated = any(role in node.people for role in variant.roles)
        if seated or node.month - 1 in months or any(_is_left_out(d, variant) for d in node.decisions):
            return node.month - 1
    return len(line) - 1

