"""Why a rule wants a deal: how urgent it is by what its role may know, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.deals import BLOCS_OF, GOVERNMENT
from agents.observation import Observation
from agents.refineries import HOSTS
from agents.terms import Offer, worded
from sim.levers import LICENCE_BLOCS, PARTNERS

if TYPE_CHECKING:
    from agents.session import Session



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
        if missing > 0:
            return 0.7, worded("offtake_lacking", title=title, missing=missing)
        return 0.4, worded("offtake_unsold", title=title)
    if mind.role == "china":
        share = mind("statistic.share.china.mine")
        return 1.2 - share, worded("offtake_next_door", share=share)
    refused, cover = mind.refused(mind.role), mind("cover")
    return 0.3 + 0.5 * refused, worded("offtake_refused", refused=refused, cover=cover, title=title)


def _loan(mind: Mind, offer: Offer) -> Why:
    title, row = mind.mine(offer)
    incentive, long_run = mind("incentive", row), mind("price.long_run")
    if mind.role in HOSTS:
        urgency = 0.3 + 0.3 * (1 - min(mind.purse(), 1.0))
        return urgency, worded("loan_costs", title=title, capex=mind("capex", row), treasury=mind("treasury"))
    holder = PARTNERS[int(mind("partner", row))]
    free, held_by = holder in ("none", "state"), worded(f"holder.{holder}")
    urgency = 0.2 + 0.4 * free + 0.4 * (incentive < 1.2 * long_run)
    return urgency, worded("loan_pays", title=title, held_by=held_by, incentive=incentive, long_run=long_run)


def _processing(mind: Mind, offer: Offer) -> Why:
    if mind.role in HOSTS:
        short = 1 - min(mind.purse(), 1.0)
        return 0.2 + 0.6 * short, worded("processing_money", treasury=mind("treasury"))
    kept = mind.session.value(f"{offer.taker}.processing_requirement")
    return 0.2 + 0.6 * kept, worded("processing_idle", kept=kept)


def _plant(mind: Mind, offer: Offer) -> Why:
    if mind.role in HOSTS:
        refining, mining = mind("home_refining"), mind("home_mining")
        return 0.3 + 0.5 * (refining < mining), worded("plant_small", refining=refining, mining=mining)
    refused = mind.refused(mind.role)
    return 0.25 + 0.5 * refused, worded("plant_refused", refused=refused)


def _royalty(mind: Mind, offer: Offer) -> Why:
    title, row = mind.mine(offer)
    incentive, long_run = mind("incentive", row), mind("price.long_run")
    if mind.role in HOSTS:
        return 0.2 + 0.4 * (incentive > long_run), worded("royalty_nothing", title=title)
    now = mind.session.value(f"{offer.taker}.royalty")
    return 0.2 + 2.0 * now, worded("royalty_pays", now=now, title=title, incentive=incentive, long_run=long_run)


def _favour(mind: Mind, offer: Offer) -> Why:
    trust = mind(f"trust.{offer.taker}")
    urgency = 0.3 + 0.6 * max(0.4 - trust, 0.0)
    if "russia" in (mind.role, offer.taker):
        return urgency, worded("favour_trade", trust=trust)
    return urgency, worded("favour_trust", trust=trust)


def _licence(mind: Mind, offer: Offer) -> Why:
    if mind.role != "china":
        refused = mind.refused(mind.role)
        if mind.role in GOVERNMENT:
            return 1.2 * refused, worded("licence_buyers", refused=refused)
        return 1.2 * refused, worded("licence_cut", refused=refused)
    refused = mind.refused(offer.taker)
    if offer.taker in GOVERNMENT:
        share = mind("statistic.share.china.mine")
        return 0.9 * refused, worded("licence_keep_buyers", refused=refused, share=share)
    if offer.taker == "united_states":
        tariff = mind("tariff_china")
        return 0.2 + refused * (0.3 + tariff), worded("licence_tariff", tariff=tariff, refused=refused)
    return 0.2 + 0.6 * refused, worded("licence_stockpile", refused=refused)


def _supply(mind: Mind, offer: Offer) -> Why:
    if mind.role == "china":
        share = mind("statistic.share.china.mine")
        return 0.9 - 0.8 * share, worded("supply_more", share=share)
    dear = mind.dear
    return 0.1 + 0.5 * min(max(dear - 0.9, 0.0), 1.5), worded("supply_dear", dear=dear)


def _stockpile(mind: Mind, offer: Offer) -> Why:
    dear = mind.dear
    return 0.1 + 0.6 * min(max(dear - 0.9, 0.0), 1.5), worded("stockpile_dear", dear=dear)


def _together(mind: Mind, offer: Offer) -> Why:
    title, row = mind.mine(offer)
    capex, refused = mind("capex", row), mind.refused(mind.role)
    return 0.2 + 0.5 * refused, worded("together_costly", title=title, capex=capex, refused=refused)


def _premium(mind: Mind, offer: Offer) -> Why:
    premium = mind("premium.secure")
    if mind.role in HOSTS:
        return 0.3 + 0.005 * premium, worded("premium_promise", premium=premium)
    refused = mind("refused")
    return 0.2 + 0.7 * refused, worded("premium_kept", refused=refused)


def _support(mind: Mind, offer: Offer) -> Why:
    if mind.role in GOVERNMENT:
        refused = mind("refused")
        return 0.2 + 0.6 * refused, worded("support_alone", refused=refused)
    refused, share = mind.refused(mind.role), mind("statistic.share.china.mine")
    return 0.2 + 0.6 * refused, worded("support_mines", share=share)


def _pooling(mind: Mind, offer: Offer) -> Why:
    refused, late = mind("refused"), mind("late")
    return 0.2 + 0.4 * refused + 0.4 * min(late, 1.0), worded("pooling_refused", refused=refused)


def _thrift(mind: Mind, offer: Offer) -> Why:
    dear = mind.dear
    return 0.1 + 0.5 * min(max(dear - 0.9, 0.0), 1.5), worded("thrift_dear", dear=dear)


def _front(mind: Mind, offer: Offer) -> Why:
    return 0.3 + 0.4 * min(max(mind.dear - 0.9, 0.0), 1.0), worded("front_divided")


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
