"""The form of a saved session, version by version: typed, strict, and readable by people."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

FORMAT = 2
"""Version of the form that is written; all from 1 on are read."""

GAME = "heavystone session"
Count = Annotated[int, Field(ge=0)]
Name = Annotated[str, Field(max_length=200)]


class SaveError(ValueError):
    """A save that cannot be read or written; the message is one sentence."""


class Part(BaseModel):
    """A part of a save: frozen, strict, without unknown fields."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class SavedDecision(Part):
    """A decision made in the session."""

    number: Count
    month: Count
    role: Name
    lever: Name
    target: Name
    value: FiniteFloat | None
    source: Name


class SavedTerm(Part):
    """What one side of an offer would decide."""

    lever: Name
    target: Name
    value: FiniteFloat | None


class SavedOffer(Part):
    """An offer between two roles."""

    number: Count
    month: Count
    kind: Name
    maker: Name
    taker: Name
    mine: list[SavedTerm]
    yours: list[SavedTerm]
    until: Count
    state: Name
    reason: Annotated[str, Field(max_length=2000)]
    why: Annotated[str, Field(max_length=2000)] = ""
    answer_by: Count = 0


class SavedMonth(Part):
    """What was put into a month, and the hash of what came out."""

    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    people: list[Name] | None = None
    """Roles with people, if they are not those of the month before."""
    decisions: list[SavedDecision] = []
    upcoming: list[SavedDecision] = []
    """Agreed for months still to come."""
    offers: list[SavedOffer] | None = None
    """All offers so far, if they are not those of the month before."""
    expected: dict[Name, FiniteFloat] = {}
    """By project, the month in which its first output was expected then, where that was looked at (from form 2 on)."""


class SavedBranch(Part):
    """A branch from where it left its parent."""

    name: Name
    parent: Name
    start: Count
    months: list[SavedMonth]


class SavedScenario(Part):
    """Which scenario was played: a shipped one by name, any other with all that it holds."""

    name: Name
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    content: dict[str, Any] | None = None


class Saved(Part):
    """A whole session."""

    scenario: SavedScenario
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    temperaments: dict[Name, Name]
    started_with: list[Name]
    """Roles with people when it began."""
    start_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    people: list[Name]
    """Roles with people now."""
    is_practice: bool
    branches: list[SavedBranch]
    current: Name
    """Branch that is played."""
    month: Count
    """Months played on it where the session stands."""
    coming: list[SavedDecision]
    """Decisions for months that have not been played."""
    offers: list[SavedOffer]
    next_number: Annotated[int, Field(ge=1)]
    until: Annotated[str, Field(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")] = ""
    """Last month that the people mean to play; the scenario's own if empty."""
    expected: dict[Name, FiniteFloat] = {}
    """What was expected of projects at the start, as in SavedMonth."""
    versions: dict[Name, Name]


class Envelope(Part):
    """A save with its marks."""

    game: Literal["heavystone session"]
    format: Annotated[int, Field(ge=1)]
    session: dict[str, Any]
    check: str
    """Hash of the session's text, which tells damage."""


def text_of(saved: Saved) -> str:
    """The text of a save."""
    session = saved.model_dump(mode="json", exclude_defaults=True)
    content = {"game": GAME, "format": FORMAT, "check": _check(session), "session": session}
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read(text: str, name: str) -> Saved:
    """A save from its text.

    Args:
        text: the file's text.
        name: the file's name, for messages.

    Raises:
        SaveError: it is foreign, cut short, damaged, or of a newer version.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        what = "it is cut short or damaged" if GAME in text[:200] else "it is not a saved game of Heavystone"
        raise SaveError(f"{name} cannot be loaded: {what}.") from None
    if not isinstance(content, dict) or content.get("game") != GAME:
        raise SaveError(f"{name} cannot be loaded: it is not a saved game of Heavystone.")
    version = content.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise SaveError(
            f"{name} cannot be loaded: it was saved by a newer version of Heavystone (form {version}; this version"
            f" reads forms up to {FORMAT})."
        )
    try:
        envelope = Envelope.model_validate(content)
        if envelope.check != _check(envelope.session):
            raise SaveError(f"{name} cannot be loaded: its content was changed or damaged after it was saved.")
        return Saved.model_validate(envelope.session)
    except ValidationError as error:
        place = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise SaveError(f"{name} cannot be loaded: it is damaged at '{place}'.") from None


def _check(session: dict[str, Any]) -> str:
    text = json.dumps(session, sort_keys=True, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
