"""Deals that two roles can make: which decisions each kind of offer is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.deposits import REGION
from agents.finance import OFFERS, REQUESTS
from agents.refineries import HOSTS
from agents.terms import Offer, Term
from sim.levers import PARTNERS, Lever
from sim.outcomes import STAGES

if TYPE_CHECKING:
    from agents.session import Session

BUYER_OF = {"united_states": "us", "european_union": "europe", "japan_korea": "japan_korea", "china": "china"}
"""Name under which a government takes tonnes, among the targets of reserved shares."""

PARTNER_OF = {"china": "china", "united_states": "us", "european_union": "europe", "turkey": "turkey"}
"""Name under which a government is awarded deposits."""

BLOCS_OF = {"united_states": ("us",), "european_union": ("europe",), "japan_korea": ("japan", "korea")}
"""Licence blocs of a government."""

GOVERNMENT = {"buyers.us": "united_states", "buyers.europe": "european_union", "buyers.japan_korea": "japan_korea"}
"""Government behind a group of buyers."""

COURTED = ("china", "united_states", "european_union", "russia")
"""Powers with which middle powers keep up relations."""

YEARS = {
    "offtake": 4,
    "loan": 3,
    "licence": 2,
    "supply": 2,
    "processing": 3,
    "plant": 3,
    "royalty": 3,
    "favour": 2,
    "premium": 3,
    "support": 2,
    "stockpile": 2,
    "together": 3,
    "front": 3,
    "pooling": 2,
    "thrift": 2,
}
"""How long an offer holds if nothing else is said: awards, contracts and loans that it has brought about last longer."""

OFFTAKE_SHARE, RESERVED_SHARE = 0.35, 0.3
FLOOR_OVER_COST = 1.05
"""Floor price offered, over the netback at which the mine just pays."""
LOAN_SHARE, FAVOUR_SHARE = 0.4, 0.15
"""Share of a project's capital cost offered as a loan, and as a sign of friendship."""
STUDY_GRANT = 8.0
"""American grant to a study as a sign of friendship, million USD/year (6 to 16 in 2024-25)."""
YEARS_OF_BUDGET = 2.0
"""Budgets that are offered at most; loans come back."""
PERMIT_STEP, TARIFF_STEP, BAN_STEP = 0.25, 0.1, 0.3
LESS_PROCESSING, LEAST_PROCESSING = 0.2, 0.05
LESS_ROYALTY, MORE_DUTY, MORE_PROCESSING = 0.02, 0.05, 0.1
PLANT_MONEY, TALKS, EFFORT = 0.15, 0.04, 8.0
"""Shares of a host's budget for a plant and for relations; effort of buyers in million USD; all a year."""
SAFE_SHARE, PREMIUM = 0.2, 0.08
"""Share of use from safe origins, and of the price paid for it, that buyers add or give up."""
MORE_QUOTA, LONG_CONTRACTS = 3000.0, 0.2
"""t W/year that China lets be mined more, and share of purchases that buyers put under long contracts for it."""
SUPPORT = 5.0
"""Public money towards the premium, USD/mtu."""
HELD_BACK = 0.5
"""Part of a stockpile's purchases that is still bought."""
POOLED = 0.25
CONSTRUCTION, PRE_FEASIBILITY = STAGES.index("construction"), STAGES.index("pre_feasibility")

OPEN_HAND = {
    "china": (1.0, 0.7, 1.25),
    "united_states": (1.25, 0.7),
    "kazakhstan": (1.0, 0.75, 1.25),
    "uzbekistan": (1.25, 0.9),
    "european_union": (0.7, 1.1),
    "japan_korea": (1.0, 0.7),
    "turkey": (1.0, 0.5),
    "russia": (0.7, 1.0),
}
"""What a rule offers over what is usual, by temperament in their order: estimate."""

Terms = tuple[Term, ...]


@dataclass(frozen=True)
class Draft:
    """A deal between two roles, whoever proposes it."""

    kind: str
    one: str
    other: str
    terms: Terms
    """What the one decides."""
    back: Terms
    """What the other decides."""


def possible(session: Session, maker: str, taker: str) -> list[Offer]:
    """Offers that one role could make to another, with terms that make sense this month; number 0, not yet made."""
    found = []
    hand = open_hand(session, maker)
    for draft in _drafts(session, maker, taker):
        sides = (draft.terms, draft.back) if draft.one == maker else (draft.back, draft.terms)
        mine, yours = tuple(_given(session, term, hand) for term in sides[0]), sides[1]
        until = min(session.month + 12 * YEARS[draft.kind], session.months)
        found.append(Offer(0, session.month, draft.kind, maker, taker, mine, yours, until))
    return found


def open_hand(session: Session, role: str) -> float:
    """What a rule gives over what is usual; 1 for a person and for buyers."""
    if role in session.people or role not in OPEN_HAND:
        return 1.0
    return OPEN_HAND[role][int(session.value(f"{role}.temperament"))]


def _given(session: Session, term: Term, hand: float) -> Term:
    """A term with a change of what holds now that is as large as its giver's hand is open; choices stay as they are."""
    lever = session.market.levers[term.lever]
    if hand == 1.0 or lever.choices or term.value is None:
        return term
    now = session.value(term.lever, term.target)
    return Term(term.lever, term.target, tidy(lever, now + hand * (term.value - now)))


def tidy(lever: Lever, value: float) -> float:
    """A value within a lever's range, as people would write it down."""
    step = 5.0 if lever.high >= 500.0 else 0.5 if lever.high >= 20.0 else 0.01
    return min(max(round(round(value / step) * step, 2), lever.low), lever.high)


def changes(session: Session, terms: Terms) -> bool:
    """Whether any of these decisions differs from what holds now."""
    return any(t.value is None or abs(t.value - session.value(t.lever, t.target)) > 1e-3 for t in terms)


def _drafts(session: Session, a: str, b: str) -> Iterator[Draft]:
    for one, other in ((a, b), (b, a)):
        if other in HOSTS and one in HOSTS:
            if one == HOSTS[0]:
                yield Draft("front", one, other, _front(session, one), _front(session, other))
        elif other in HOSTS and one in GOVERNMENT:
            kept = _more(session, f"{other}.reserved_share", RESERVED_SHARE, one.removeprefix("buyers."))
            yield Draft("premium", one, other, _safer(session, one), (kept,))
        elif other in HOSTS and one in OFFERS:
            yield from _with_host(session, one, other)
        elif other == "china":
            yield from _with_china(session, one)
        elif one in BLOCS_OF and GOVERNMENT.get(other) == one:
            yield from _at_home(session, one, other)
    if a in BLOCS_OF and b in BLOCS_OF:
        yield Draft("stockpile", a, b, (_held_back(session, a),), (_held_back(session, b),))
        yield from _together(session, a, b)
    if a in GOVERNMENT and b in GOVERNMENT:
        yield Draft("pooling", a, b, (Term(f"{a}.pooling", "", POOLED),), (Term(f"{b}.pooling", "", POOLED),))
        yield Draft("thrift", a, b, (_effort(session, a, "substitution"),), (_effort(session, b, "substitution"),))


def waiting(session: Session, host: str) -> list[str]:
    """Mines of a host that are still to be built, the largest first."""
    mines = session.market.mines
    rows = [mines.names.index(key) for key in session.market.briefing.own_mines[host]]
    priced = {m.key for m in mines.mines if m.capex.value > 0}
    still = [r for r in rows if mines.stage[r, 0] <= CONSTRUCTION and mines.names[r] in priced]
    return [mines.names[r] for r in sorted(still, key=lambda r: -float(mines.nameplate[r, 0]))]


def _with_host(session: Session, payer: str, host: str) -> Iterator[Draft]:
    """Money and contracts for mines of a middle power, against what it can give; the largest mine first."""
    mines = waiting(session, host)
    friend = BUYER_OF.get(payer, "")
    kept = (Term(f"{host}.reserved_share", friend, RESERVED_SHARE),) if friend else ()
    if mines:
        yield from _for_a_mine(session, payer, host, mines[0], kept)
        yield from _for_a_host(session, payer, host, mines, kept)
    for mine in mines[1:]:
        yield from _for_a_mine(session, payer, host, mine, kept)


def _for_a_mine(session: Session, payer: str, host: str, mine: str, kept: Terms) -> Iterator[Draft]:
    money, contract = (_money(session, payer, mine, LOAN_SHARE),), _contract(session, payer, mine)
    if contract or payer == "china":
        yield Draft("offtake", payer, host, contract or money, kept)
    if payer in PARTNER_OF and mine in session.market.levers[f"{host}.award"].targets:
        code = float(PARTNERS.index(PARTNER_OF[payer]))
        yield Draft("loan", payer, host, money, (Term(f"{host}.award", mine, code),))


def _for_a_host(session: Session, payer: str, host: str, mines: Sequence[str], kept: Terms) -> Iterator[Draft]:
    promised = [t.target for o in session.offers if o.stands(session.month) for t in o.terms_of(payer)]
    mine = next((mine for mine in mines if mine not in promised), mines[0])
    money = (_money(session, payer, mine, LOAN_SHARE),)
    required = session.value(f"{host}.processing_requirement")
    if required > LEAST_PROCESSING:
        less = (Term(f"{host}.processing_requirement", "", max(required - LESS_PROCESSING, 0.0)),)
        yield Draft("processing", payer, host, money, less)
    if payer in ("european_union", "japan_korea"):
        plant = _more(session, f"{host}.refinery_investment", PLANT_MONEY * _budget(session, host))
        yield Draft("plant", payer, host, money, (plant, *kept))
    if session.value(f"{host}.royalty") > LESS_ROYALTY:
        yield Draft("royalty", payer, host, money, (_more(session, f"{host}.royalty", -LESS_ROYALTY),))
    if payer in COURTED:
        sign = _money(session, payer, mine, FAVOUR_SHARE)
        if payer == "united_states":
            sign = Term("united_states.mine_support", mine, STUDY_GRANT)
        talks = _more(session, f"{host}.diplomacy", TALKS * _budget(session, host), payer)
        yield Draft("favour", payer, host, (sign,), (talks,))


def _contract(session: Session, payer: str, mine: str) -> Terms:
    """An offtake of a mine's output, with a floor where the payer gives any."""
    request = REQUESTS.get(BUYER_OF.get(payer, ""), "")
    if not request:
        return ()
    paid: Terms = (Term(request, mine, OFFTAKE_SHARE),)
    if payer == "united_states":
        cost = float(session.market.mines.incentive_price()[session.market.mines.names.index(mine), 0])
        most = session.market.levers["united_states.floor_price"].high
        paid = (*paid, Term("united_states.floor_price", mine, min(round(FLOOR_OVER_COST * cost / 5) * 5.0, most)))
    return paid


def _with_china(session: Session, payer: str) -> Iterator[Draft]:
    """Licences for what others can give China."""
    if payer == "russia":
        allowed = (_more(session, "russia.exports_to_china", 0.3),)
        yield Draft("favour", payer, "china", allowed, (_money(session, "china", "tyrnyauz", LOAN_SHARE),))
    if payer in GOVERNMENT:
        blocs = BLOCS_OF[GOVERNMENT[payer]]
        yield Draft("licence", payer, "china", _safer(session, payer, -1.0), _licences(session, blocs))
        firm = _more(session, f"{payer}.long_contracts", LONG_CONTRACTS)
        loyal = _more(session, f"{payer}.secure_share", -0.5 * SAFE_SHARE)
        yield Draft("supply", payer, "china", (firm, loyal), (_more(session, "china.mining_quota", MORE_QUOTA),))
    if payer in BLOCS_OF:
        granted = _licences(session, BLOCS_OF[payer])
        yield Draft("licence", payer, "china", _concession(session, payer), granted)
    if payer == "united_states" and session.value("united_states.sourcing_ban") > 0:
        waived = (_more(session, "united_states.sourcing_ban", -BAN_STEP),)
        yield Draft("licence", payer, "china", waived, (_more(session, "china.licence_military", PERMIT_STEP), *granted))


def _at_home(session: Session, government: str, buyers: str) -> Iterator[Draft]:
    """What a government can do for the users at home, and they for it."""
    if government == "united_states":
        tariff = session.value("united_states.tariff_china")
        helped = Term("united_states.tariff_china", "", max(tariff - TARIFF_STEP, 0.0))
    else:
        helped = _more(session, f"{government}.premium_support", SUPPORT)
    yield Draft("support", government, buyers, (helped,), _safer(session, buyers))
    effort = (_effort(session, buyers, "substitution"), _effort(session, buyers, "recycling"))
    yield Draft("stockpile", government, buyers, (_held_back(session, government),), effort)


def _together(session: Session, a: str, b: str) -> Iterator[Draft]:
    """Money of two lenders for the project that lacks most, among those that look for it outside China and Russia."""
    mines = session.market.mines
    seekers = [m.key for m in mines.mines if REGION.get(m.key, "china") not in ("china", "russia", *HOSTS)]
    rows = [mines.names.index(key) for key in seekers]
    free = [r for r in rows if PRE_FEASIBILITY < mines.stage[r, 0] < CONSTRUCTION and mines.need[r, 0] > 0]
    if free:
        best = min(free, key=lambda r: float(mines.incentive_price()[r, 0]))
        sides = [(_money(session, role, mines.names[best], LOAN_SHARE),) for role in (a, b)]
        yield Draft("together", a, b, *sides)


def _money(session: Session, payer: str, mine: str, share: float) -> Term:
    """Money for a mine, on top of what is on offer, as far as the payer's means go."""
    lever, mines = session.market.levers[OFFERS[payer]], session.market.mines
    wanted = share * float(mines.need[mines.names.index(mine), 0])
    most = min(lever.high, YEARS_OF_BUDGET * _budget(session, payer))
    return Term(lever.name, mine, min(round(wanted / 5) * 5.0, most))


def _budget(session: Session, role: str) -> float:
    """A government's budget, million USD/year."""
    return float(session.market.states.budget[session.market.states.place[role], 0])


def _more(session: Session, name: str, step: float, target: str = "") -> Term:
    """A lever moved by a step from where it stands."""
    return Term(name, target, tidy(session.market.levers[name], session.value(name, target) + step))


def _front(session: Session, host: str) -> Terms:
    """What a host asks of everybody when its neighbour does too."""
    return (
        _more(session, f"{host}.export_duty", MORE_DUTY),
        _more(session, f"{host}.processing_requirement", MORE_PROCESSING),
    )


def _safer(session: Session, buyers: str, sign: float = 1.0) -> Terms:
    """Buyers want more, or less, from safe origins, and pay more or less for it."""
    return (
        _more(session, f"{buyers}.secure_share", sign * SAFE_SHARE),
        _more(session, f"{buyers}.premium_ceiling", sign * PREMIUM),
    )


def _effort(session: Session, buyers: str, purpose: str) -> Term:
    return _more(session, f"{buyers}.{purpose}_effort", EFFORT)


def _held_back(session: Session, role: str) -> Term:
    """A stockpile that buys half of what it does."""
    name = f"{role}.stockpile_purchases"
    now = session.value(name)
    return Term(name, "", round(HELD_BACK * now) if now > 0 else now)


def _concession(session: Session, payer: str) -> Terms:
    """What a bloc can give China for licences."""
    if payer == "united_states":
        tariff = session.value("united_states.tariff_china")
        return (Term("united_states.tariff_china", "", max(tariff - TARIFF_STEP, 0.0)),)
    return (Term(f"{payer}.stockpile_purchases", "", 0.0),)


def _licences(session: Session, blocs: tuple[str, ...]) -> Terms:
    lever = "china.licence_approval"
    return tuple(Term(lever, b, min(session.value(lever, b) + PERMIT_STEP, 1.0)) for b in blocs)
