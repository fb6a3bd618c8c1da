"""Offers between roles: what each side would decide, and until when it would hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim import text

KINDS = (
    "offtake",
    "loan",
    "licence",
    "supply",
    "processing",
    "plant",
    "royalty",
    "favour",
    "premium",
    "support",
    "stockpile",
    "together",
    "front",
    "pooling",
    "thrift",
    "other",
)
OPEN, ACCEPTED, REFUSED, WITHDRAWN, LAPSED = "open", "accepted", "refused", "withdrawn", "lapsed"

AGREED = ("offer", "offer ended")
"""Sources of the decisions by which an agreement begins and ends."""


def worded(name: str, **gaps: object) -> str:
    """A reason that a role gives, in the words of the catalogue."""
    return text.load()(f"why.{name}", **gaps)


@dataclass(frozen=True)
class Term:
    """A decision that one side of an offer would take."""

    lever: str
    target: str
    value: float | None


@dataclass(frozen=True)
class Offer:
    """If you decide this, I decide that, until a month."""

    number: int
    """Its place among the decisions and offers of the session."""
    month: int
    """Months played when it was made."""
    kind: str
    """One of KINDS."""
    maker: str
    taker: str
    mine: tuple[Term, ...]
    """What the maker would decide."""
    yours: tuple[Term, ...]
    """What the taker would decide."""
    until: int
    """Month from which it would no longer hold."""
    state: str = OPEN
    reason: str = ""
    """Why it was accepted or refused, in words."""
    why: str = ""
    """Why it is made, in the maker's words; "" if a person made it."""
    answer_by: int = 0
    """Months played with which it lapses; if 0, it does so with the month in which it was made."""

    def terms_of(self, role: str) -> tuple[Term, ...]:
        """What one of its two sides would decide."""
        return self.mine if role == self.maker else self.yours

    def stands(self, month: int) -> bool:
        """Whether it is an agreement that holds in the month after so many."""
        return self.state == ACCEPTED and self.until > month

    def __contains__(self, term: Term) -> bool:
        """Whether one of its terms is for the same lever and target."""
        return any((t.lever, t.target) == (term.lever, term.target) for t in (*self.mine, *self.yours))


def lapsed(offers: Sequence[Offer], month: int) -> tuple[Offer, ...]:
    """The offers once so many months have been played: what was not answered in time lapses."""
    return tuple(replace(o, state=LAPSED) if o.state == OPEN and o.answer_by <= month else o for o in offers)


def settled(offers: Sequence[Offer]) -> list[Offer]:
    """The offers that were answered, whatever their numbers."""
    return [replace(o, number=0) for o in offers if o.state not in (OPEN, LAPSED)]
