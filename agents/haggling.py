"""Counter-offers: a rule that refuses names terms that it would take, and one that offered may go a part of the way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agents.deals import tidy
from agents.decisions import Refused
from agents.offers import NOT_WITH, asked_gain, make, refuse, trust_between
from agents.terms import OPEN, Offer, Term
from agents.weighing import weigh

if TYPE_CHECKING:
    from agents.session import Session

STEPS = ((0.25, 0.0), (0.5, 0.0), (0.5, 0.25), (1.0, 0.25), (1.0, 0.5), (1.5, 0.5), (2.0, 0.75))
"""Better terms for one side: how much more it is given, and how much less of it is asked, as shares of the change."""
LAST_WORD = "This is our last word."


def better(session: Session, offer: Offer, role: str, step: tuple[float, float]) -> Offer:
    """The offer with terms that are better for one of its sides.

    Args:
        session: where it stands; terms are seen as changes of what holds now.
        offer: as it is.
        role: its maker or its taker.
        step: how much more the side is given, and how much less of it is asked, shares.
    """
    more, less = step
    given, asked = (offer.mine, offer.yours) if role == offer.taker else (offer.yours, offer.mine)
    given = tuple(_scaled(session, term, 1.0 + more) for term in given)
    asked = tuple(_scaled(session, term, 1.0 - less) for term in asked)
    mine, yours = (given, asked) if role == offer.taker else (asked, given)
    return replace(offer, mine=mine, yours=yours)


def _scaled(session: Session, term: Term, share: float) -> Term:
    """The term with a larger or smaller change of what holds now; choices stay as they are."""
    lever = session.market.levers[term.lever]
    if lever.choices or term.value is None:
        return term
    now = session.value(term.lever, term.target)
    return replace(term, value=tidy(lever, now + share * (term.value - now)))


def versions(session: Session, offer: Offer, role: str) -> list[Offer]:
    """Versions of an offer that are better for a side, the nearest to it first."""
    found: list[Offer] = []
    for step in STEPS:
        changed = better(session, offer, role, step)
        if changed != offer and changed not in found:
            found.append(changed)
    return found


def counter(session: Session, offer: Offer) -> Offer | None:
    """What a rule that has refused an offer would take: an offer of its own, or None if no such terms are found.

    The terms are those nearest to what was offered under which its score rises by as much as it asks for.
    """
    rule, other = offer.taker, offer.maker
    if rule in session.people or session.is_over or trust_between(session, rule, other) < NOT_WITH:
        return None
    tried = versions(session, offer, rule)
    enough = asked_gain(session, rule, other)
    for each, weighed in zip(tried, weigh(session, tried) if tried else [], strict=True):
        if weighed.score.get(rule, 0.0) >= enough:
            return make(session, rule, other, each.yours, each.mine, each.until, each.kind)
    return None


def press(session: Session, offer: Offer) -> Offer:
    """A person asks for more than a rule has offered: it gives up at most half of what it hoped to gain.

    Returns:
        The offer that stands now; the old one is refused if the rule makes a better one. Either way it is its last.

    Raises:
        Refused: the offer is no longer open, or was the maker's last word.
    """
    if offer.state != OPEN or offer not in session.offers:
        raise Refused("The offer has been answered, withdrawn, or has lapsed.")
    if offer.reason:
        raise Refused("They have said their last word: accept it or decline.")
    rule, person = offer.maker, offer.taker
    tried = [offer, *versions(session, offer, person)]
    gains = [weighed.score.get(rule, 0.0) for weighed in weigh(session, tried)]
    least = max(0.5 * gains[0], asked_gain(session, rule, person))
    bearable = [each for each, gain in zip(tried[1:], gains[1:], strict=True) if gain >= least]
    if not bearable:
        last = replace(offer, reason=LAST_WORD)
    else:
        refuse(session, offer)
        best = bearable[-1]
        made = make(session, rule, person, best.mine, best.yours, best.until, best.kind, best.why, best.answer_by)
        last, offer = replace(made, reason=LAST_WORD), made
    session.keep_offers(tuple(last if each == offer else each for each in session.offers))
    return last
