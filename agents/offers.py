"""Offers between roles: made, answered with reasons, refused, and turned into decisions of both seats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agents import deals
from agents.decisions import Refused, checked
from agents.terms import ACCEPTED, KINDS, OPEN, REFUSED, WITHDRAWN, Offer, Term
from agents.weighing import AHEAD, FAR_AHEAD, SOON, Weighing, weigh
from sim.outcomes import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.session import Session

__all__ = ["KINDS", "Offer", "Term", "accept", "answer", "make", "refuse", "rules_offer", "standing", "withdraw"]

SAME_COUNTRY = 0.6
"""Trust between a government and its own buyers: estimate."""
GAIN_ASKED = 0.25
"""Points of score that a side without opinion of the other must gain: estimate."""
FOR_TRUST = 1.5
"""Points of score that full trust is worth to a side, and full distrust costs: estimate."""
NOT_WITH = -0.75
"""Trust below which nothing is signed (as between Russia and the European Union)."""
WORTH_OFFERING = 0.3
"""Points of score for which a rule goes to the trouble of an offer."""
BEARABLE = -0.5
"""Points of score that a rule expects another side to give away at most."""
MOST_OFFERS = 2
"""Offers of rules that stand before one person at a time."""

GOVERNMENT = {"buyers.us": "united_states", "buyers.europe": "european_union", "buyers.japan_korea": "japan_korea"}


def make(
    session: Session,
    maker: str,
    taker: str,
    mine: Sequence[Term],
    yours: Sequence[Term],
    until: int | None = None,
    kind: str = "other",
) -> Offer:
    """Put an offer before another role; it stays open until it is answered or the month is played.

    Args:
        session: the session.
        maker: who makes it.
        taker: who is to answer.
        mine: what the maker would decide.
        yours: what the taker would decide.
        until: month, counted from the start, from which it would no longer hold; the scenario's end if None.
        kind: one of KINDS.

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
    bound = _bound(session, offer)
    if bound is not None:
        raise Refused(f"{bound[0]} is bound by an agreement until {session.date_of(bound[1].until)}.")
    session.keep_offers((*session.offers, offer))
    return offer


def standing(session: Session) -> tuple[Offer, ...]:
    """Agreements that hold in the month to be played."""
    return tuple(o for o in session.offers if o.state == ACCEPTED and o.until > session.month)


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
    if trust < NOT_WITH:
        return False, f"We sign nothing with {offer.maker} as things stand: trust is {trust:+.2f}."
    gain = weighing.score.get(offer.taker, 0.0)
    asked = GAIN_ASKED - FOR_TRUST * trust
    willing = gain >= asked
    seen = _told(session, offer, weighing)
    gained = f"It would change our score by {gain:+.1f} in {_years(session, offer)}{seen}"
    if willing:
        return True, f"{gained}; with trust of {trust:+.2f} in {offer.maker}, we would have taken {asked:+.1f}."
    return False, f"{gained}; with trust of {trust:+.2f} in {offer.maker}, we ask for {asked:+.1f}."


def _years(session: Session, offer: Offer) -> str:
    """How far a side looked ahead, in words."""
    months = min(AHEAD if offer.kind in SOON else FAR_AHEAD, session.months - session.month)
    return f"{months // 12} years" if months >= 24 else f"{months} months"


def _told(session: Session, offer: Offer, weighing: Weighing) -> str:
    """The outcome that moves most, against its present size."""
    known, best, words = registry(session.scenario), 0.002, ""
    for name, change in weighing.effects.items():
        now = abs(float(session.market.outcome(name)[0]))
        if abs(change) / max(now, 1.0) > best:
            best = abs(change) / max(now, 1.0)
            words = f" ({name} {change:+.3g} {known[name].unit})"
    return words


def trust_between(session: Session, a: str, b: str) -> float:
    """Trust between the governments behind two roles, -1 to 1."""
    one, other = GOVERNMENT.get(a, a), GOVERNMENT.get(b, b)
    if one == other:
        return SAME_COUNTRY
    return float(session.market.relations.between(one, other)[0])


def rules_offer(session: Session, role: str) -> list[Offer]:
    """Let the rules of other seats make offers to a person: those that serve them and that could be taken.

    Raises:
        Refused: nobody sits in the role.
    """
    thoughts = thinkable(session, role)
    return put_forward(session, role, thoughts, weigh(session, thoughts))


def thinkable(session: Session, role: str) -> list[Offer]:
    """Offers that the rules of other seats may think of making to a person; each kind once a year.

    Raises:
        Refused: nobody sits in the role.
    """
    if role not in session.people:
        raise Refused(f"Nobody sits in the seat of {role}.")
    if _room(session, role) <= 0 or session.is_over:
        return []
    recent = [o for o in session.offers if o.taker == role and o.month > session.month - 12]
    spoken = [(o.maker, o.kind) for o in recent]
    found: list[Offer] = []
    for maker in session.roles:
        if maker in session.people or trust_between(session, maker, role) < NOT_WITH:
            continue
        for offer in deals.possible(session, maker, role):
            if (maker, offer.kind) not in spoken and is_free(session, offer):
                spoken.append((maker, offer.kind))
                found.append(offer)
    return found


def put_forward(session: Session, role: str, thoughts: Sequence[Offer], weighings: Sequence[Weighing]) -> list[Offer]:
    """Make the best of the offers that were thought of, one a maker, as many as a person has room for."""
    room, made = _room(session, role), list[Offer]()
    good = [
        (w.score.get(o.maker, 0.0), i, o)
        for i, (o, w) in enumerate(zip(thoughts, weighings, strict=True))
        if w.score.get(o.maker, 0.0) >= WORTH_OFFERING and w.score.get(role, 0.0) >= BEARABLE
    ]
    for _, _, offer in sorted(good, key=lambda each: (-each[0], each[1])):
        if len(made) < room and offer.maker not in [o.maker for o in made]:
            made.append(make(session, offer.maker, role, offer.mine, offer.yours, offer.until, offer.kind))
    return made


def _room(session: Session, role: str) -> int:
    """How many more offers a person can be asked to read."""
    return MOST_OFFERS - len([o for o in session.offers if o.state == OPEN and o.taker == role])


def _must_be_open(session: Session, offer: Offer) -> None:
    if offer not in session.offers or offer.state != OPEN:
        raise Refused("The offer has been answered, withdrawn, or has lapsed.")


def _settle(session: Session, offer: Offer, state: str, reason: str) -> Offer:
    _must_be_open(session, offer)
    settled = replace(offer, state=state, reason=reason)
    session.keep_offers(tuple(settled if o == offer else o for o in session.offers))
    return settled
