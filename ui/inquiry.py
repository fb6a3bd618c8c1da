"""Answers questions about a game: what a number is made of, what moved it, its branches, and what-ifs."""

from __future__ import annotations

from agents.anatomy import dissect
from agents.attribution import attribute_session
from agents.replay import what_if
from agents.session import Session
from ui import findings
from ui import messages as say

TOLD = ("price.apt.rotterdam", "premium.secure")
"""Outcomes that a what-if shows beside the role's own score."""


def dissected(session: Session, role: str, asked: say.Dissect) -> findings.Dissected:
    """What a number is made of, and what moved its parts."""
    found = dissect(session, role, asked.key, asked.months)
    parts = tuple(findings.Part(p.name, p.subject, p.now, p.before) for p in found.pieces)
    return findings.Dissected(
        asked.number,
        found.key,
        found.unit,
        found.month,
        found.first,
        found.now,
        found.before,
        parts,
        found.outcome,
        found.source,
        found.confidence,
        found.moves,
    )


def explained(session: Session, asked: say.Explain) -> findings.Explained:
    """What moved an outcome between two months: the months are played again with and without each cause."""
    first, last = max(0, asked.first), min(asked.last, session.month)
    found = attribute_session(session, [asked.outcome], first, last)[asked.outcome]
    causes = sorted([*found.shares.items(), ("under_way", found.under_way)], key=lambda c: -abs(c[1]))
    return findings.Explained(asked.number, asked.outcome, first, last, found.start, found.end, tuple(causes))


def chronicled(session: Session, role: str) -> findings.Chronicled:
    """The branches of a game, and the person's decisions on the present one."""
    lines = tuple(
        findings.Line(b.name, b.parent, b.start, b.end, len([d for d in b.decisions if d.role == role]))
        for b in session.tree
    )
    taken = tuple(say.Taken(d.number, d.month, d.lever, d.target, d.value) for d in session.log if d.role == role)
    return findings.Chronicled(lines, session.current_branch, session.month, taken)


def omitted(session: Session, role: str, number: int) -> findings.Omitted:
    """The game beside the same without one decision, under the same luck.

    Raises:
        Refused: no decision of that number has taken effect.
    """
    found = what_if(session, number)
    names = [name for name in (f"score.{role}", *TOLD) if name in found.outcomes]
    rows = {name: found.outcomes.index(name) for name in names}
    return findings.Omitted(
        number,
        found.start,
        {name: found.happened[row] for name, row in rows.items()},
        {name: found.without[row] for name, row in rows.items()},
    )
