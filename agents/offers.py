"""Offers between roles: made, answered with reasons, refused, and turned into decisions of both seats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agents.deals import GOVERNMENT
from agents.decisions import Refused, checked
from agents.terms import ACCEPTED, KINDS, OPEN, REFUSED, WITHDRAWN, Offer, Term, worded
from agents.weighing import AHEAD, FAR_AHEAD, SOON, Weighing, weigh
from sim.outcomes import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.session import Session

__all__ = ["KINDS", "Offer", "Term", "accept", "answer", "make", "refuse", "standing", "withdraw"]

SAME_COUNTRY = 0.6
"""Trust between a government and its own buyers: estimate."""
GAIN_ASKED = 0.25
"""Points of score that a side without opinion of the other must gain: estimate."""
FOR_TRUST = 1.5
"""Points of score that full trust is worth to a side, and full distrust costs: estimate."""
NOT_WITH = -0.75
"""Trust below which nothing is signed (as between Russia and the European Union)."""
GOODWILL, MOST_GOODWILL = 0.15, 0.45
"""Points of score that a deal of late is worth to a side, and each of its offers refused costs; and at most."""
REMEMBERED = 12
"""Months for which both are remembered."""


def make(
    session: Session,
    maker: str,
    taker: str,
    mine: Sequence[Term],
    yours: Sequence[Term],
    until: int | None = None,
    kind: str = "other",
    why: str = "",
    answer_by: int = 0,
) -> Offer:
    """Put an offer before another role; it stays open until it is answered or lapses.

    Args:
        session: the session.
        maker: who makes it.
        taker: who is to answer.
        mine: what the maker would decide.
        yours: what the taker would decide.
        until: month, counted from the start, from which it would no longer hold; the scenario's end if None.
        kind: one of KINDS.
        why: why it is made, in the maker's words.
        answer_by: months played with which it lapses; if 0, it does so with the month to be played.

    Raises:
        Refused: a term that its side may not decide, nothing offered or asked, or no month left to hold in.
    """
    until = session.months if until is None else until
    if session.is_over or not session.month < until <= session.months:
        raise Refused(f"An offer until month {until} cannot be made; allowed: {session.month + 1} to {session.months}.")
    if maker == taker:
        raise Refused("A role cannot make an offer to itself.")
    if kind not in KINDS:
        raise Refused(f"'{kind}' is not a kind of offer; kinds are {', '.join(KINDS)}.")
    if not mine and not yours:
        raise Refused("An offer needs a decision of at least one side.")
    sides = {}
    for role, terms in ((maker, mine), (taker, yours)):
        sides[role] = tuple(
            Term(t.lever, t.target, checked(session.market.levers, role, t.lever, t.target, t.value)) for t in terms
        )
        slots = [(t.lever, t.target) for t in terms]
        if len(dict.fromkeys(slots)) < len(slots):
            raise Refused("An offer may name each decision once.")
    offer = Offer(session.take_number(), session.month, kind, maker, taker, sides[maker], sides[taker], until)
    offer = replace(offer, why=why, answer_by=answer_by)
    bound = _bound(session, offer)
    if bound is not None:
        raise Refused(f"{bound[0]} is bound by an agreement until {session.date_of(bound[1].until)}.")
    session.keep_offers((*session.offers, offer))
    return offer


def standing(session: Session) -> tuple[Offer, ...]:
    """Agreements that hold in the month to be played."""
    return tuple(o for o in session.offers if o.stands(session.month))


def is_free(session: Session, offer: Offer) -> bool:
    """Whether no agreement that stands has settled one of its levers."""
    return _bound(session, offer) is None


def _bound(session: Session, offer: Offer) -> tuple[str, Offer] | None:
    """A lever that an agreement has already settled, and that agreement."""
    for agreed in standing(session):
        for term in (*offer.mine, *offer.yours):
            if term in agreed:
                return term.lever, agreed
    return None


def accept(session: Session, offer: Offer, reason: str = "") -> Offer:
    """Turn an offer into decisions of both seats, from the month to be played until it ends.

    Raises:
        Refused: it is no longer open, or a lever has been bound since.
    """
    _must_be_open(session, offer)
    bound = _bound(session, offer)
    if bound is not None:
        raise Refused(f"{bound[0]} is bound by an agreement until {session.date_of(bound[1].until)}.")
    for role in (offer.maker, offer.taker):
        for term in offer.terms_of(role):
            before, source = session.at.held.get((term.lever, term.target), (None, ""))
            session.arrange(role, term.lever, term.target, term.value, session.month, "offer")
            if offer.until < session.months:
                back = before if source == "person" else None
                session.arrange(role, term.lever, term.target, back, offer.until, "offer ended")
    return _settle(session, offer, ACCEPTED, reason)


def refuse(session: Session, offer: Offer, reason: str = "") -> Offer:
    """Turn an offer down.

    Raises:
        Refused: it is no longer open.
    """
    return _settle(session, offer, REFUSED, reason)


def withdraw(session: Session, offer: Offer) -> Offer:
    """Take back an offer that has not been answered.

    Raises:
        Refused: it is no longer open.
    """
    return _settle(session, offer, WITHDRAWN, "")


def answer(session: Session, offer: Offer, weighing: Weighing | None = None) -> Offer:
    """Let the rule in the taker's seat answer: by what it does to its own score, and by trust.

    Args:
        session: the session.
        offer: an open offer.
        weighing: what it would change, if it has been weighed already.

    Raises:
        Refused: it is no longer open, or a person sits there.
    """
    _must_be_open(session, offer)
    if offer.taker in session.people:
        raise Refused(f"A person sits in the seat of {offer.taker} and answers for it.")
    willing, reason = verdict(session, offer, weighing or weigh(session, [offer])[0])
    return accept(session, offer, reason) if willing else refuse(session, offer, reason)


def verdict(session: Session, offer: Offer, weighing: Weighing) -> tuple[bool, str]:
    """Whether a rule would take an offer, and why, in words."""
    trust = trust_between(session, offer.maker, offer.taker)
    known = {"who": _title(session, offer.maker), "trust": _signed(trust)}
    if trust < NOT_WITH:
        return False, worded("not_with", **known)
    gain = weighing.score.get(offer.taker, 0.0)
    asked = asked_gain(session, offer.taker, offer.maker)
    known |= {"gain": _signed(gain), "asked": _signed(asked), "time": _years(session, offer)}
    name = "would_sign" if gain >= asked else "would_not_sign"
    return gain >= asked, worded(name, seen=_told(session, offer, weighing), **known)


def _signed(value: float) -> str:
    """A number with its sign."""
    return f"{value:+.2f}".replace("-", "−")


def _title(session: Session, role: str) -> str:
    """A role's name in a sentence."""
    titles = {each.key: each.title for each in session.scenario.governments}
    return titles.get(role) or worded("buyers_of", who=titles[GOVERNMENT[role]])


def asked_gain(session: Session, role: str, other: str) -> float:
    """Points of score for which a rule agrees with another side: less from those whom it trusts, and who dealt with it."""
    return GAIN_ASKED - FOR_TRUST * trust_between(session, role, other) - goodwill(session, role, other)


def goodwill(session: Session, role: str, other: str) -> float:
    """Points of score that a rule forgoes for a side with which it dealt lately, less what refusals of its offers cost."""
    recent = [o for o in session.offers if session.month < o.month + REMEMBERED]
    dealt = [o for o in recent if o.state == ACCEPTED and {o.maker, o.taker} == {role, other}]
    snubs = [o for o in recent if o.state == REFUSED and (o.maker, o.taker) == (role, other)]
    return min(max(GOODWILL * (len(dealt) - len(snubs)), -MOST_GOODWILL), MOST_GOODWILL)


def _years(session: Session, offer: Offer) -> str:
    """How far a side looked ahead, in words."""
    months = min(AHEAD if offer.kind in SOON else FAR_AHEAD, session.months - session.month)
    return worded("years", count=months // 12) if months >= 24 else worded("months", count=months)


def _told(session: Session, offer: Offer, weighing: Weighing) -> str:
    """The outcome that moves most, against its present size."""
    known, best, words = registry(session.scenario), 0.002, ""
    for name, change in weighing.effects.items():
        now = abs(float(session.market.outcome(name)[0]))
        if abs(change) / max(now, 1.0) > best:
            best = abs(change) / max(now, 1.0)
            unit = {"index": "points", "share": "%"}.get(known[name].unit, known[name].unit)
            size = 100 * change if unit == "%" else change
            words = f" ({name.replace('.', ' ').replace('_', ' ')} {size:+.3g} {unit})".replace("-", "−")
    return words


def trust_between(session: Session, a: str, b: str) -> float:
    """Trust between the governments behind two roles, -1 to 1."""
    one, other = GOVERNMENT.get(a, a), GOVERNMENT.get(b, b)
    if one == other:
        return SAME_COUNTRY
    return float(session.market.relations.between(one, other)[0])


def _must_be_open(session: Session, offer: Offer) -> None:
    if offer not in session.offers or offer.state != OPEN:
        raise Refused("The offer has been answered, withdrawn, or has lapsed.")


def _settle(session: Session, offer: Offer, state: str, reason: str) -> Offer:
    _must_be_open(session, offer)
    settled = replace(offer, state=state, reason=reason)
    session.keep_offers(tuple(settled if o == offer else o for o in session.offers))
    return settled
