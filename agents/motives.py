"""Why a rule wants a deal: how urgent it is by what its role may know, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.deals import BLOCS_OF, GOVERNMENT
from agents.observation import Observation
from agents.refineries import HOSTS
from agents.terms import Offer
from sim.levers import LICENCE_BLOCS, PARTNERS

if TYPE_CHECKING:
    from agents.session import Session

HOLDS = {"none": "nobody", "state": "the state", "us": "an American partner", "china": "a Chinese partner",
         "europe": "a European partner", "turkey": "a Turkish partner"}  # fmt: skip


@dataclass(frozen=True)
class Motive:
    """Why an offer is made."""

    urgency: float
    """0 for none to 1."""
    why: str
    """One sentence, in the maker's words."""


class Mind:
    """What a role knows when it thinks of an offer, as plain numbers."""

    def __init__(self, session: Session, role: str) -> None:
        briefing = session.market.briefing
        self.session, self.role = session, role
        self.seen: Observation = briefing.view(role, briefing.news())
        self.titles = {m.key: m.title for m in session.scenario.mines}

    def __call__(self, name: str, row: int | None = None) -> float:
        """A number that the role may know; of a table, that of a row."""
        found = self.seen[name]
        return float((found if row is None else found[row]).reshape(-1)[0])

    @property
    def dear(self) -> float:
        """Price in Rotterdam over the one to which it is expected to return."""
        return self("price.apt.rotterdam") / max(self("price.long_run"), 1.0)

    def refused(self, role: str) -> float:
        """Share of a government's usual licences that China refuses."""
        blocs = BLOCS_OF[GOVERNMENT.get(role, role)]
        refused = 0.0
        for bloc in blocs:
            refused += (1.0 - self("licence.approval", LICENCE_BLOCS.index(bloc))) / len(blocs)
        return refused

    def purse(self) -> float:
        """Treasury over a year's budget."""
        return self("treasury") / max(self("budget"), 1.0)

    def mine(self, offer: Offer) -> tuple[str, int]:
        """Title and row of the mine that an offer is about; the first of a government's levers that names one."""
        for term in (*offer.mine, *offer.yours):
            if term.target in self.titles:
                return self.titles[term.target], self.seen.row(term.target)
        raise LookupError(f"{offer.kind} names no mine")


def motive(session: Session, offer: Offer, minds: dict[str, Mind]) -> Motive:
    """Why a rule would make an offer.

    Args:
        session: where it stands.
        offer: thought of, not yet made.
        minds: of the roles that have thought this month; filled in.
    """
    mind = minds.get(offer.maker)
    if mind is None:
        mind = minds[offer.maker] = Mind(session, offer.maker)
    urgency, why = _WHY[offer.kind](mind, offer)
    return Motive(min(max(urgency, 0.0), 1.0), why)


Why = tuple[float, str]


def _offtake(mind: Mind, offer: Offer) -> Why:
    title, row = mind.mine(offer)
    if mind.role in HOSTS:
        missing = mind("missing", row)
        lacks = f"; it lacks {missing:.0f} million USD" if missing > 0 else ""
        return 0.4 + 0.3 * (missing > 0), f"No bank lends to {title} before somebody has bought its output{lacks}."
    if mind.role == "china":
        share = mind("statistic.share.china.mine")
        return 1.2 - share, f"We dig {share:.0%} of the world's tungsten, and want a part of what others dig next door."
    refused, cover = mind.refused(mind.role), mind("cover")
    return 0.3 + 0.5 * refused, (
        f"China refuses {refused:.0%} of our licences and our stockpile holds {cover:.0f} months of defence use: we want"
        f" tonnes of {title} that nobody can refuse."
    )


def _loan(mind: Mind, offer: Offer) -> Why:
    title, row = mind.mine(offer)
    incentive, long_run = mind("incentive", row), mind("price.long_run")
    if mind.role in HOSTS:
        return 0.3 + 0.3 * (1 - min(mind.purse(), 1.0)), (
            f"{title} costs {mind('capex', row):.0f} million USD and our treasury holds {mind('treasury'):.0f}; who builds"
            " it may have it."
        )
    holder = PARTNERS[int(mind("partner", row))]
    free = holder in ("none", "state")
    return 0.2 + 0.4 * free + 0.4 * (incentive < 1.2 * long_run), (
        f"{title} is held by {HOLDS[holder]}; it pays from {incentive:.0f} USD/mtu on, and {long_run:.0f} is expected in the"
        " long run."
    )


def _processing(mind: Mind, offer: Offer) -> Why:
    if mind.role in HOSTS:
        short = 1 - min(mind.purse(), 1.0)
        return 0.2 + 0.6 * short, (
            f"Our treasury holds {mind('treasury'):.0f} million USD: money for a mine now is worth more to us than plants"
            " later."
        )
    kept = mind.session.value(f"{offer.taker}.processing_requirement")
    return 0.2 + 0.6 * kept, f"You keep {kept:.0%} of your concentrate for plants at home; ours are idle for want of it."


def _plant(mind: Mind, offer: Offer) -> Why:
    if mind.role in HOSTS:
        refining, mining = mind("home_refining"), mind("home_mining")
        return 0.3 + 0.5 * (refining < mining), (
            f"Our plants can take {refining:.0f} t W a year and our mines dig {mining:.0f}: we would build plants with a"
            " partner who also brings a mine."
        )
    refused = mind.refused(mind.role)
    return 0.25 + 0.5 * refused, (
        f"China refines nearly all there is and refuses {refused:.0%} of our licences: we would rather buy what you refine."
    )


def _royalty(mind: Mind, offer: Offer) -> Why:
    title, row = mind.mine(offer)
    incentive, long_run = mind("incentive", row), mind("price.long_run")
    if mind.role in HOSTS:
        return 0.2 + 0.4 * (incentive > long_run), f"{title} lies still, and a royalty on nothing is nothing."
    now = mind.session.value(f"{offer.taker}.royalty")
    return 0.2 + 2.0 * now, (
        f"With a royalty of {now:.0%}, {title} pays from {incentive:.0f} USD/mtu on; {long_run:.0f} is expected in the long"
        " run."
    )


def _favour(mind: Mind, offer: Offer) -> Why:
    trust = mind(f"trust.{offer.taker}")
    wanted = "sell and build more" if "russia" in (mind.role, offer.taker) else "see it better"
    return 0.3 + 0.6 * max(0.4 - trust, 0.0), f"Trust between us stands at {trust:+.2f}; we would like to {wanted}."


def _licence(mind: Mind, offer: Offer) -> Why:
    if mind.role != "china":
        refused = mind.refused(mind.role)
        if mind.role in GOVERNMENT:
            return 1.2 * refused, f"You refuse {refused:.0%} of our licences; we would rather buy from you than build mines."
        return 1.2 * refused, f"You refuse {refused:.0%} of our usual licences, and our users cut their use."
    refused = mind.refused(offer.taker)
    if offer.taker in GOVERNMENT:
        share = mind("statistic.share.china.mine")
        return 0.9 * refused, (
            f"With every licence refused, now {refused:.0%}, you look for other mines; we still dig {share:.0%} of all"
            " tungsten and would keep you."
        )
    if offer.taker == "united_states":
        tariff = mind("tariff_china")
        return 0.2 + refused * (0.3 + tariff), (
            f"Your tariff stands at {tariff:.0%} and {refused:.0%} of your licences are refused: both of us lose sales."
        )
    return 0.2 + 0.6 * refused, (
        f"{refused:.0%} of your licences are refused while you fill a stockpile: be quiet, and more will be granted."
    )


def _supply(mind: Mind, offer: Offer) -> Why:
    if mind.role == "china":
        share = mind("statistic.share.china.mine")
        return 0.9 - 0.8 * share, (
            f"We dig {share:.0%} of the world's tungsten and could dig more, if buyers bound themselves for longer."
        )
    dear = mind.dear
    return 0.1 + 0.5 * min(max(dear - 0.9, 0.0), 1.5), (
        f"APT in Rotterdam costs {dear:.1f} times what is expected in the long run: mine more, and we sign for longer."
    )


def _stockpile(mind: Mind, offer: Offer) -> Why:
    dear = mind.dear
    return 0.1 + 0.6 * min(max(dear - 0.9, 0.0), 1.5), (
        f"APT in Rotterdam costs {dear:.1f} times what is expected in the long run: we drive it up against each other."
    )


def _together(mind: Mind, offer: Offer) -> Why:
    title, row = mind.mine(offer)
    capex, refused = mind("capex", row), mind.refused(mind.role)
    return 0.2 + 0.5 * refused, (
        f"{title} costs {capex:.0f} million USD, too much for one of us, and China refuses {refused:.0%} of our licences."
    )


def _premium(mind: Mind, offer: Offer) -> Why:
    premium = mind("premium.secure")
    if mind.role in HOSTS:
        return 0.3 + 0.005 * premium, (
            f"Safe metal fetches {premium:.0f} USD/mtu more than any other: promise it, and we keep some for you."
        )
    refused = mind("refused")
    return 0.2 + 0.7 * refused, (
        f"{refused:.0%} of what we asked China for was refused lately: we would pay more for tonnes that are kept for us."
    )


def _support(mind: Mind, offer: Offer) -> Why:
    if mind.role in GOVERNMENT:
        refused = mind("refused")
        return 0.2 + 0.6 * refused, (
            f"{refused:.0%} of what we asked China for was refused lately; to buy elsewhere is dear for us alone."
        )
    refused, share = mind.refused(mind.role), mind("statistic.share.china.mine")
    return 0.2 + 0.6 * refused, (
        f"China digs {share:.0%} of all tungsten: mines elsewhere are built only if users want their metal and pay for it."
    )


def _pooling(mind: Mind, offer: Offer) -> Why:
    refused, late = mind("refused"), mind("late")
    return 0.2 + 0.4 * refused + 0.4 * min(late, 1.0), (
        f"{refused:.0%} of our licences were refused lately: stocks held in common last longer than each by itself."
    )


def _thrift(mind: Mind, offer: Offer) -> Why:
    dear = mind.dear
    return 0.1 + 0.5 * min(max(dear - 0.9, 0.0), 1.5), (
        f"APT costs {dear:.1f} times what is expected in the long run: what both of us save makes it cheaper for both."
    )


def _front(mind: Mind, offer: Offer) -> Why:
    return 0.3 + 0.4 * min(max(mind.dear - 0.9, 0.0), 1.0), (
        "Buyers play us off against each other: what we both ask for, neither of us loses a mine by."
    )


_WHY: dict[str, Callable[[Mind, Offer], Why]] = {
    "offtake": _offtake,
    "loan": _loan,
    "processing": _processing,
    "plant": _plant,
    "royalty": _royalty,
    "favour": _favour,
    "licence": _licence,
    "supply": _supply,
    "stockpile": _stockpile,
    "together": _together,
    "premium": _premium,
    "support": _support,
    "pooling": _pooling,
    "thrift": _thrift,
    "front": _front,
}
