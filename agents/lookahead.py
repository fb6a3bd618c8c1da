"""What may come of a decision: a fan of worlds from the present month, under luck of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from agents import seating, unknowns
from agents.bookmarks import Bookmark, put
from agents.decisions import Decision, Refused, checked, sentence
from agents.market import Market, Order, Plan
from agents.terms import AGREED, Term
from sim import outcomes as registry
from sim.network import Vector
from sim.outcomes import SCORED
from sim.scenario import Scenario

if TYPE_CHECKING:
    from agents.session import Session

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
USUAL = ("price.apt.rotterdam", "price.apt.china_domestic", "premium.secure")
HIDDEN = ("stock.hidden.", "fear.", "balance.", "solver.")
"""Starts of the names of outcomes that no role is ever told."""


@dataclass(frozen=True)
class Question:
    """Everything that a look-ahead needs; it can be sent to another process."""

    role: str
    mark: Bookmark
    """Where the world stands, without what was recorded."""
    drawn: dict[str, Vector]
    """What shows only in time; see agents.unknowns."""
    orders: tuple[Decision, ...]
    """What takes effect without the proposal."""
    proposed: tuple[Decision, ...]
    months: int
    worlds: int
    outcomes: tuple[str, ...]


@dataclass(frozen=True)
class Fan:
    """What may come, in quantiles over worlds."""

    role: str
    month: int
    """Months played where it begins."""
    dates: tuple[str, ...]
    """Months looked ahead, YYYY-MM."""
    outcomes: tuple[str, ...]
    proposed: tuple[Decision, ...]
    values: Vector
    """Every world, (outcomes, months, worlds)."""
    without: Vector | None = None
    """The same worlds without what was proposed; None if nothing was."""

    @property
    def bands(self) -> Vector:
        """Quantiles 10, 25, 50, 75 and 90 %, (outcomes, 5, months)."""
        return np.moveaxis(np.quantile(self.values, QUANTILES, axis=-1), 0, 1)

    @property
    def effect(self) -> Vector:
        """Quantiles of what the proposal changes, world by world, (outcomes, 5, months)."""
        change = self.values - (self.values if self.without is None else self.without)
        return np.moveaxis(np.quantile(change, QUANTILES, axis=-1), 0, 1)

    def of(self, outcome: str) -> Vector:
        """Quantiles of one outcome, (5, months)."""
        return self.bands[self.outcomes.index(outcome)]


def fan(
    session: Session,
    role: str,
    decisions: Sequence[Decision | Term] = (),
    months: int = 24,
    worlds: int = 256,
    outcomes: Sequence[str] = (),
) -> Fan:
    """Look ahead from the month to be played, in this process.

    Args:
        session: where it stands.
        role: who looks ahead: it knows its own decisions and agreements, and no other person's plans.
        decisions: what it thinks of deciding, on top of what it has decided.
        months: how far; no further than the scenario's end.
        worlds: how many worlds.
        outcomes: what to look at; the main prices and the role's score if empty.

    Raises:
        Refused: an unknown role, a decision that is not allowed, a hidden or unknown outcome, or no month left.
    """
    asked = question(session, role, decisions, months, worlds, outcomes)
    market = session.blocks.get(worlds)
    if market is None:
        market = session.blocks[worlds] = block(session.scenario, session.seed, worlds)
    found = answer(market, asked)
    assert found is not None
    return found


def question(
    session: Session,
    role: str,
    decisions: Sequence[Decision | Term] = (),
    months: int = 24,
    worlds: int = 256,
    outcomes: Sequence[str] = (),
) -> Question:
    """What to ask of a block of worlds; arguments and errors as for `fan`."""
    seating.checked_people(session.market.levers, (role,))
    if session.is_over:
        raise Refused("The game is over; nothing is left to look ahead to.")
    if months < 1 or worlds < 1:
        raise Refused(f"A look-ahead of {months} months in {worlds} worlds is not allowed; both are 1 or more.")
    proposed = tuple(_proposed(session, role, each) for each in decisions)
    at = session.at
    own = tuple(d for d in session.coming if d.role == role or d.source in AGREED)
    # what is proposed is held against what is in force, not against the same decision that waits to be played
    afresh = {decision.slot for decision in proposed}
    now = tuple(d for d in own if d.month == at.month and d.slot not in afresh)
    later = tuple(d for d in own if d.month > at.month)
    given = seating.orders(at, session.people, _public(session), now)
    assert at.mark is not None
    return Question(
        role=role,
        mark=at.mark.bare(),
        drawn=unknowns.truth(session.market),
        orders=(*given, *later),
        proposed=proposed,
        months=min(months, session.months - session.month),
        worlds=worlds,
        outcomes=_chosen(session.scenario, role, outcomes),
    )


def _proposed(session: Session, role: str, each: Decision | Term) -> Decision:
    owner = role
    if isinstance(each, Decision):
        owner = each.role
    value = checked(session.market.levers, owner, each.lever, each.target, each.value)
    if isinstance(each, Decision):
        return replace(each, value=value, month=max(each.month, session.month))
    return Decision(0, session.month, owner, each.lever, each.target, value)


def _public(session: Session) -> tuple[Decision, ...]:
    """The scenario's decisions that are known: those in force, and before the first month those it begins with."""
    return tuple(d for d in session.scripted if d.month < session.month or d.month == 0)


def _chosen(scenario: Scenario, role: str, names: Sequence[str]) -> tuple[str, ...]:
    own = (f"score.{role}",) if role in SCORED else ()
    for name in names:
        if name.startswith(HIDDEN):
            raise Refused(f"'{name}' is hidden; nobody is told of it.")
    try:
        return tuple(o.name for o in registry.choose(scenario, tuple(names) or USUAL + own))
    except ValueError as error:
        raise Refused(sentence(str(error))) from None


def block(scenario: Scenario, seed: int, worlds: int) -> Market:
    """A block of worlds to look ahead with; it is used again for every question."""
    return Market(scenario, seeds=unknowns.seeds(seed, worlds), record=Plan((USUAL[0],), "year"))


def answer(market: Market, asked: Question, is_stale: Callable[[], bool] = lambda: False) -> Fan | None:
    """Look ahead with a block of worlds; None if the question has become stale meanwhile."""
    without = None
    if asked.proposed:
        without = played(market, asked, (), is_stale)
        if without is None:
            return None
    values = played(market, asked, asked.proposed, is_stale)
    if values is None:
        return None
    return told(market, asked, values, without)


def told(market: Market, asked: Question, values: Vector, without: Vector | None) -> Fan:
    """The fan of a question."""
    first = asked.mark.month
    dates = tuple(_date(market, first + i) for i in range(values.shape[1]))
    return Fan(asked.role, first, dates, asked.outcomes, asked.proposed, values, without)


def played(
    market: Market, asked: Question, proposed: Sequence[Decision], is_stale: Callable[[], bool] = lambda: False
) -> Vector | None:
    """Outcomes in every world of a block, (outcomes, months, worlds); None if the question became stale."""
    put(market, asked.mark, [0] * market.worlds)
    unknowns.sample(market, asked.drawn)
    market.seats.orders = []
    for each in (*asked.orders, *proposed):
        market.seats.give(Order(each.lever, each.target, each.number_or_nan, each.month, each.source))
    values = []
    for _ in range(asked.months):
        if is_stale():
            return None
        market.step()
        values.append(np.array([market.measure(name) for name in asked.outcomes]))
    return np.moveaxis(np.array(values), 0, 1)


def _date(market: Market, month: int) -> str:
    year, place = divmod(market._first + month, 12)
    return f"{year}-{place + 1:02d}"

