"""Deals that two roles can make: which decisions each kind of offer is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agents.finance import OFFERS, REQUESTS
from agents.refineries import HOSTS
from agents.terms import Offer, Term
from sim.levers import PARTNERS
from sim.outcomes import STAGES

if TYPE_CHECKING:
    from agents.session import Session

BUYER_OF = {"united_states": "us", "european_union": "europe", "japan_korea": "japan_korea", "china": "china"}
"""Name under which a government takes tonnes, among the targets of reserved shares."""

PARTNER_OF = {"china": "china", "united_states": "us", "european_union": "europe", "turkey": "turkey"}
"""Name under which a government is awarded deposits."""

BLOCS_OF = {"united_states": ("us",), "european_union": ("europe",), "japan_korea": ("japan", "korea")}
"""Licence blocs of a government."""

YEARS = {"offtake": 8, "loan": 5, "licence": 2, "processing": 6, "pooling": 3}
"""How long an offer holds if nothing else is said."""

OFFTAKE_SHARE, RESERVED_SHARE = 0.35, 0.3
FLOOR_OVER_COST = 1.05
"""Floor price offered, over the netback at which the mine just pays."""
LOAN_SHARE = 0.4
"""Share of a project's capital cost offered as a loan."""
PERMIT_STEP, TARIFF_STEP = 0.25, 0.1
LESS_PROCESSING, LEAST_PROCESSING = 0.2, 0.05
POOLED = 0.25
CONSTRUCTION = STAGES.index("construction")


def possible(session: Session, maker: str, taker: str) -> list[Offer]:
    """Offers that one role could make to another, with terms that make sense this month; number 0, not yet made."""
    found = []
    for kind, mine, yours in _kinds(session, maker, taker):
        until = min(session.month + 12 * YEARS[kind], session.months)
        found.append(Offer(0, session.month, kind, maker, taker, mine, yours, until))
    return found


Terms = tuple[Term, ...]


def _kinds(session: Session, maker: str, taker: str) -> Iterator[tuple[str, Terms, Terms]]:
    for kind, one, other, terms, back in _directed(session, maker, taker):
        yield kind, *((terms, back) if (one, other) == (maker, taker) else (back, terms))


def _directed(session: Session, a: str, b: str) -> Iterator[tuple[str, str, str, Terms, Terms]]:
    """Kind, the side that pays and the side that gives, and the terms of each."""
    for payer, host in ((a, b), (b, a)):
        if host in HOSTS and payer not in HOSTS:
            for mine in _projects(session, host):
                yield from _with_host(session, payer, host, mine)
        if host == "china" and payer in BLOCS_OF:
            yield "licence", payer, host, _concession(session, payer), _licences(session, payer)
    if a.startswith("buyers.") and b.startswith("buyers."):
        yield "pooling", a, b, (Term(f"{a}.pooling", "", POOLED),), (Term(f"{b}.pooling", "", POOLED),)


def _projects(session: Session, host: str) -> list[str]:
    """Mines of a host that are still to be built."""
    mines = session.market.mines
    rows = [mines.names.index(key) for key in session.market.briefing.own_mines[host]]
    priced = {m.key for m in mines.mines if m.capex.value > 0}
    return [mines.names[r] for r in rows if mines.stage[r, 0] <= CONSTRUCTION and mines.names[r] in priced]


def _with_host(session: Session, payer: str, host: str, mine: str) -> Iterator[tuple[str, str, str, Terms, Terms]]:
    levers, mines = session.market.levers, session.market.mines
    row = mines.names.index(mine)
    request = REQUESTS.get(BUYER_OF.get(payer, ""), "")
    if request:
        paid: Terms = (Term(request, mine, OFFTAKE_SHARE),)
        if payer == "united_states":
            cost = float(mines.incentive_price()[row, 0])
            floor = min(round(FLOOR_OVER_COST * cost / 5) * 5.0, levers["united_states.floor_price"].high)
            paid = (*paid, Term("united_states.floor_price", mine, floor))
        yield "offtake", payer, host, paid, (Term(f"{host}.reserved_share", BUYER_OF[payer], RESERVED_SHARE),)
    if payer in OFFERS:
        lever = levers[OFFERS[payer]]
        amount = min(round(LOAN_SHARE * float(mines.need[row, 0]) / 5) * 5.0, lever.high)
        money = (Term(lever.name, mine, amount),)
        if payer in PARTNER_OF and mine in levers[f"{host}.award"].targets:
            code = float(PARTNERS.index(PARTNER_OF[payer]))
            yield "loan", payer, host, money, (Term(f"{host}.award", mine, code),)
        required = session.value(f"{host}.processing_requirement")
        if required > LEAST_PROCESSING:
            less = (Term(f"{host}.processing_requirement", "", max(required - LESS_PROCESSING, 0.0)),)
            yield "processing", payer, host, money, less


def _concession(session: Session, payer: str) -> Terms:
    """What a bloc can give China for licences."""
    if payer == "united_states":
        tariff = session.value("united_states.tariff_china")
        return (Term("united_states.tariff_china", "", max(tariff - TARIFF_STEP, 0.0)),)
    return (Term(f"{payer}.stockpile_purchases", "", 0.0),)


def _licences(session: Session, payer: str) -> Terms:
    lever = "china.licence_approval"
    return tuple(Term(lever, b, min(session.value(lever, b) + PERMIT_STEP, 1.0)) for b in BLOCS_OF[payer])
