"""Offers that rules make by themselves to people: thought of from what a role knows, weighed, and put forward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agents import deals
from agents.decisions import Refused
from agents.haggling import better
from agents.motives import Mind, motive
from agents.offers import NOT_WITH, is_free, make, trust_between
from agents.terms import ACCEPTED, LAPSED, OPEN, REFUSED, Offer
from agents.weighing import SOON, Weighing, weigh
from sim import luck

if TYPE_CHECKING:
    from agents.session import Session

MOST_OFFERS = 3
"""Offers of rules that stand before one person at a time."""
AT_ONCE = 2
"""Offers of rules made at once."""
IDEAS, MORE_IDEAS, FROM_ONE, OF_A_KIND = 5, 10, 2, 3
"""Deals weighed, those weighed while no offer is open, and most of them from one maker and of one kind."""
VERSIONS = ((0.0, 0.0), (0.5, 0.25), (-0.25, -0.5))
"""Each as it is, sweeter for the person, and bolder: how much more is given, and how much less asked."""
MOOD = 0.3
"""Urgency that changes from one time to the next."""
SERVED = -0.1
"""Points of score that an offer may cost its maker, who wants it for the reason that it gives."""
NOTICEABLE = 0.05
"""Points of score by which an offer must move one side or the other; those that leave the person cold come last."""
BEARABLE = -0.75
"""Points of score that a rule expects another side to give away at most."""
WORTH = 0.3
"""Points of score that an urgency of 1 is worth to the maker."""
MONTHS_OPEN = {True: 3, False: 6}
"""Months for an answer, where the effect shows soon and where it does not."""
SILENT = {REFUSED: 12, LAPSED: 9, ACCEPTED: 6}
"""Months after which the same kind of offer is made again, by what became of the last."""
FATIGUE, TOLD_FOR = 0.25, 36
"""Points of score by which an offer is put off for each like it that was made lately, and months that count as such."""
SULKING = 3
"""Offers refused within a year after which a maker makes no more."""


def rules_offer(session: Session, role: str) -> list[Offer]:
    """Let the rules of other seats make offers to a person: those that they want and that could be taken.

    Raises:
        Refused: nobody sits in the role.
    """
    thoughts = thinkable(session, role)
    return put_forward(session, role, thoughts, weigh(session, thoughts))


def thinkable(session: Session, role: str) -> list[Offer]:
    """Offers that the rules of other seats think of making to a person, the most urgent ones, each in some versions.

    Raises:
        Refused: nobody sits in the role.
    """
    if role not in session.people:
        raise Refused(f"Nobody sits in the seat of {role}.")
    if room(session, role) <= 0 or session.is_over:
        return []
    found: list[tuple[float, Offer]] = []
    minds: dict[str, Mind] = {}
    for maker in session.roles:
        if maker in session.people or not _speaks(session, maker, role):
            continue
        for place, offer in enumerate(deals.possible(session, maker, role)):
            if _is_new(session, offer) and is_free(session, offer) and _is_real(session, offer):
                reason = motive(session, offer, minds)
                mood = _mood(session, maker, f"{offer.kind} {place}")
                tired = FATIGUE * len(_like(session, offer, TOLD_FOR))
                found.append((reason.urgency + MOOD * mood - tired, replace(offer, why=reason.why)))
    ideas = MORE_IDEAS if room(session, role) == MOST_OFFERS else IDEAS
    chosen: list[Offer] = []
    for _, offer in sorted(found, key=lambda each: -each[0]):
        alike = [o for o in chosen if o.kind == offer.kind]
        theirs = [o for o in chosen if o.maker == offer.maker]
        if len(chosen) < ideas and len(theirs) < FROM_ONE and len(alike) < OF_A_KIND:
            chosen.append(offer)
    return [version for offer in chosen for version in _versions(session, offer)]


def put_forward(session: Session, role: str, thoughts: Sequence[Offer], weighings: Sequence[Weighing]) -> list[Offer]:
    """Make the best of the offers that were thought of, one a maker, as many as a person has room for."""
    made = list[Offer]()
    for offer in ranked(session, role, thoughts, weighings):
        first_of_maker = offer.maker not in [o.maker for o in made]
        if room(session, role) > 0 and len(made) < AT_ONCE and first_of_maker and is_free(session, offer):
            last = session.month + MONTHS_OPEN[offer.kind in SOON]
            sides = offer.maker, role, offer.mine, offer.yours
            made.append(make(session, *sides, offer.until, offer.kind, offer.why, last))
    return made


def ranked(session: Session, role: str, thoughts: Sequence[Offer], weighings: Sequence[Weighing]) -> list[Offer]:
    """Offers that their makers want and the person could bear, the best first.

    A maker prefers the version that serves it best; the more it trusts the other side, the more it minds what that
    side gains.
    """
    minds: dict[str, Mind] = {}
    good: list[tuple[bool, float, int, Offer]] = []
    for i, (offer, weighed) in enumerate(zip(thoughts, weighings, strict=True)):
        own, theirs = weighed.score.get(offer.maker, 0.0), weighed.score.get(role, 0.0)
        if own >= SERVED and theirs >= BEARABLE and max(own, abs(theirs)) >= NOTICEABLE:
            care = 0.5 + 0.5 * trust_between(session, offer.maker, role)
            want = WORTH * motive(session, offer, minds).urgency
            value = own + want + care * min(theirs, own + want) - FATIGUE * len(_like(session, offer, TOLD_FOR))
            good.append((abs(theirs) < NOTICEABLE, -value, i, offer))
    return [offer for *_, offer in sorted(good, key=lambda each: each[:3])]


def room(session: Session, role: str) -> int:
    """How many more offers a person can be asked to read."""
    return MOST_OFFERS - len([o for o in session.offers if o.state == OPEN and o.taker == role])


def _versions(session: Session, offer: Offer) -> list[Offer]:
    """An offer as it is, sweeter and bolder, without those that would ask for nothing or offer nothing."""
    found: list[Offer] = []
    for step in VERSIONS:
        version = better(session, offer, offer.taker, step)
        if version not in found and _is_real(session, version):
            found.append(version)
    return found


def _is_real(session: Session, offer: Offer) -> bool:
    """Whether both sides would do something that they do not do already."""
    return deals.changes(session, offer.mine) and deals.changes(session, offer.yours)


def _is_new(session: Session, offer: Offer) -> bool:
    """Whether nothing like it stands, or was answered lately."""
    like = _like(session, offer, max(SILENT.values()))
    return not any(o.state == OPEN or session.month < o.month + SILENT.get(o.state, 0) for o in like)


def _like(session: Session, offer: Offer, months: int) -> list[Offer]:
    """Offers of the same kind between the same two, made within some months."""
    recent = [o for o in session.offers if o.kind == offer.kind and session.month < o.month + months]
    return [o for o in recent if {o.maker, o.taker} == {offer.maker, offer.taker}]


def _speaks(session: Session, maker: str, role: str) -> bool:
    """Whether a maker trusts a person enough, and has not been refused too often lately."""
    refused = [o for o in session.offers if (o.maker, o.taker, o.state) == (maker, role, REFUSED)]
    lately = [o for o in refused if session.month < o.month + 12]
    return trust_between(session, maker, role) >= NOT_WITH and len(lately) < SULKING


def _mood(session: Session, maker: str, deal: str) -> float:
    """How much a maker is in the mood for a deal this month, 0 to 1."""
    return float(luck.uniform(session.market.seeds, luck.stream("offers", maker, deal), session.month)[0])
