"""Saves a session as a file that appears whole or not at all, and makes a session of such a file."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from agents import acts, versions
from agents.branches import FIRST, Node
from agents.decisions import Decision, Refused, roles, sentence
from agents.save_format import (
    Saved,
    SavedBranch,
    SavedDecision,
    SavedMonth,
    SavedOffer,
    SavedScenario,
    SavedTerm,
    SaveError,
    read,
    text_of,
)
from agents.seating import NATURE
from agents.terms import Offer, Term
from sim import scenario_files
from sim.scenario import Scenario
from sim.scenario_errors import ScenarioError

if TYPE_CHECKING:
    from agents.session import Session

__all__ = ["SaveError", "load", "of_text", "save", "text"]

LARGEST = 256 * 2**20
"""Bytes above which a file is no save."""


# --- writing --------------------------------------------------------------------------------------


def save(session: Session, path: Path) -> None:
    """Write a session.

    Raises:
        SaveError: it cannot be written; what was there before is intact.
    """
    content = text(session)
    beside = ""
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        if beside:
            Path(beside).unlink(missing_ok=True)
        raise SaveError(f"{path} cannot be written: {error.strerror or error}; nothing was changed.") from None


def text(session: Session) -> str:
    """A session as text, for those who keep it elsewhere than in a file."""
    return text_of(saved(session))


def saved(session: Session) -> Saved:
    """A session as it is written."""
    branches = session._branches
    root = branches.node(0)
    if session.as_saved is None:
        session.as_saved = _scenario(session.scenario)
    return Saved(
        scenario=session.as_saved,
        seed=session.seed,
        temperaments=session.temperaments,
        started_with=list(root.people),
        start_hash=root.hash,
        people=list(session.people),
        is_practice=session.is_practice,
        branches=[
            SavedBranch(
                name=branch.name,
                parent=branch.parent,
                start=branch.start,
                months=[_month(node) for node in branches.tips[branch.name].line()[branch.start + 1 :]],
            )
            for branch in branches.tree()
        ],
        current=branches.current,
        month=session.month,
        coming=[_decision(d) for d in session.coming],
        offers=[_offer(offer) for offer in session.offers],
        next_number=session._next,
        until=session.until,
        expected=dict(root.expected),
        versions=versions.here(),
    )


@cache
def _is_shipped(name: str, digest: str) -> bool:
    """Whether the scenario of that name, as it is shipped, is this very one."""
    try:
        return name in {each.name for each in scenario_files.shipped()} and scenario_files.load(name).digest == digest
    except (ScenarioError, OSError):
        return False


def _scenario(scenario: Scenario) -> SavedScenario:
    digest = scenario.digest
    content = None if _is_shipped(scenario.name, digest) else scenario.model_dump(mode="json", by_alias=True)
    return SavedScenario(name=scenario.name, digest=digest, content=content)


def _month(node: Node) -> SavedMonth:
    assert node.parent is not None
    return SavedMonth(
        hash=node.hash,
        people=None if node.people == node.parent.people else list(node.people),
        decisions=[_decision(d) for d in node.decisions],
        upcoming=[_decision(d) for d in node.upcoming],
        offers=None if node.offers == node.parent.offers else [_offer(offer) for offer in node.offers],
        expected=dict(node.expected),
    )


def _decision(decision: Decision) -> SavedDecision:
    return SavedDecision(**vars(decision))


def _offer(offer: Offer) -> SavedOffer:
    terms = {side: [SavedTerm(**vars(term)) for term in getattr(offer, side)] for side in ("mine", "yours")}
    return SavedOffer(**(vars(offer) | terms))


# --- reading --------------------------------------------------------------------------------------


def load(path: Path, played: Callable[[int], None] | None = None) -> Session:
    """A session from a file, its present branch played again and compared with the hashes saved.

    Raises:
        SaveError: it cannot be read, is none, is damaged or newer, or names what this version does not know.
    """
    return of_text(text_in(path), str(path), played)


def of_text(content: str, name: str, played: Callable[[int], None] | None = None) -> Session:
    """A session from what `text` gave; arguments and errors as for `load`."""
    session, saved = opened(content, name, played)
    if session.differs_from is not None:
        when = session.date_of(session.differs_from - 1) if session.differs_from else session.scenario.start
        if saved.versions == versions.here() and saved.scenario.digest == session.scenario.digest:
            raise SaveError(f"{name} cannot be loaded: {when} does not come out as it was saved, so it is damaged.")
        session.notes = (*session.notes, f"Saved by another version; the world goes another way from {when} on.")
    return session


def opened(content: str, path: str, played: Callable[[int], None] | None = None) -> tuple[Session, Saved]:
    """A session from the text of a save whatever its hashes say, and what the text holds.

    Args:
        content: the text.
        path: where it comes from, for messages.
        played: told of the progress, in months played.

    Raises:
        SaveError: it cannot be read, is none, is damaged or newer, or names what this version does not know.
    """
    from agents.session import Session

    saved = read(content, path)
    scenario = _scenario_of(saved.scenario, path)
    try:
        session = Session.new(scenario, saved.seed, saved.started_with, saved.temperaments)
        session.people = _people(session, saved.people)
        _grow(session, saved)
        branches = session._branches
        branches.current = saved.current
        branches.tips[saved.current]  # a name that is not there is damage
        at = branches.node(saved.month)
        coming = tuple(_decided(session, d) for d in saved.coming)
        if any(d.month < at.month for d in coming):
            raise ValueError("a decision stands in the wrong month.")
    except (Refused, ValueError, LookupError) as error:
        text = str(error) if isinstance(error, ValueError) else f"it names {error}, which it does not hold."
        raise SaveError(f"{path} cannot be loaded: {text}") from None
    if scenario.digest != saved.scenario.digest:
        session.notes = (f"Scenario '{scenario.name}' has changed since this was saved.",)
    root = branches.node(0)
    root.expected = saved.expected
    if root.hash != saved.start_hash:
        session.differs_from = 0
    session._stand_at(at, played)
    session._coming = coming
    session._offers = tuple(_offered(offer) for offer in saved.offers)
    session._next, session.is_practice, session.until = saved.next_number, saved.is_practice, saved.until
    return session, saved


def text_in(path: Path) -> str:
    """The text of a file.

    Raises:
        SaveError: it cannot be read, or is no text.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise SaveError(f"{path} cannot be loaded: it is too large for a saved game of Heavystone.")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SaveError(f"{path} cannot be loaded: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise SaveError(f"{path} cannot be loaded: it is not a saved game of Heavystone.") from None


def _scenario_of(saved: SavedScenario, path: str) -> Scenario:
    try:
        if saved.content is not None:
            return Scenario.model_validate_json(json.dumps(saved.content))
        if saved.name not in {each.name for each in scenario_files.shipped()}:
            raise SaveError(f"{path} cannot be loaded: this version has no scenario '{saved.name}'.")
        return scenario_files.load(saved.name)
    except (ValidationError, ScenarioError):
        raise SaveError(f"{path} cannot be loaded: its scenario '{saved.name}' does not fit this version.") from None


def _grow(session: Session, saved: Saved) -> None:
    """Put the saved months into the tree, not yet played."""
    tips = session._branches.tips
    for branch in saved.branches:
        node = tips[FIRST].line()[0]
        if branch.parent:
            line = tips[branch.parent].line()
            node = line[min(branch.start, len(line) - 1)]
        if node.month != branch.start:
            raise ValueError(f"branch '{branch.name}' begins where its parent has not come.")
        if branch.start + len(branch.months) > session.months:
            raise ValueError("it has more months than its scenario.")
        for month in branch.months:
            people = node.people if month.people is None else _people(session, month.people)
            decisions = tuple(_decided(session, d) for d in month.decisions)
            upcoming = tuple(_decided(session, d) for d in month.upcoming)
            offers = node.offers if month.offers is None else tuple(_offered(offer) for offer in month.offers)
            if any(d.month != node.month for d in decisions):
                raise ValueError("a decision stands in the wrong month.")
            node = Node(node.month + 1, node, people, decisions, month.hash, upcoming=upcoming, offers=offers)
            node.expected = month.expected
        tips[branch.name] = node


def _people(session: Session, people: Sequence[str]) -> tuple[str, ...]:
    strange = [role for role in people if role not in session.roles]
    if strange:
        raise ValueError(f"it names role '{strange[0]}', which this version does not know.")
    return tuple(role for role in session.roles if role in people)


def _decided(session: Session, saved: SavedDecision) -> Decision:
    levers = session.market.levers
    if saved.role == NATURE:
        return acts.checked(session.market, Decision(**saved.model_dump()))
    try:
        levers.check(saved.lever, saved.target, [saved.value] if saved.value is not None else [])
    except ValueError as error:
        raise ValueError(sentence(str(error))) from None
    if saved.role not in roles(levers) or levers[saved.lever].role != saved.role:
        raise ValueError(f"{saved.lever} is not for {saved.role} to decide.")
    return Decision(**saved.model_dump())


def _offered(saved: SavedOffer) -> Offer:
    def terms(side: Sequence[SavedTerm]) -> tuple[Term, ...]:
        return tuple(Term(term.lever, term.target, term.value) for term in side)

    plain: dict[str, Any] = saved.model_dump(exclude={"mine", "yours"})
    return Offer(**plain, mine=terms(saved.mine), yours=terms(saved.yours))
