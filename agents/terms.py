"""Offers between roles: what each side would decide, and until when it would hold."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("offtake", "loan", "licence", "processing", "pooling", "other")
OPEN, ACCEPTED, REFUSED, WITHDRAWN, LAPSED = "open", "accepted", "refused", "withdrawn", "lapsed"


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

    def terms_of(self, role: str) -> tuple[Term, ...]:
        """What one of its two sides would decide."""
        return self.mine if role == self.maker else self.yours
