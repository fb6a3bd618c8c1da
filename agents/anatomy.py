"""What a number that a role may see is made of, now and some months before: parts that add up to it, from the state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents import bookmarks, courses, readings
from agents.branches import Node
from agents.decisions import Refused
from agents.observation import STATISTICS_LAG
from agents.readings import PRICES, Reading
from sim.outcomes import SCORED, registry

if TYPE_CHECKING:
    from agents.market import Market
    from agents.session import Session

HOMES = {
    "united_states": {"north_america"},
    "buyers.us": {"north_america"},
    "european_union": {"europe"},
    "buyers.europe": {"europe"},
    "japan_korea": {"japan", "korea"},
    "buyers.japan_korea": {"japan", "korea"},
}
"""Regions whose trade a role sees without delay, where it is not the region of its name."""
MOVES = 6
"""Changes of a lever that are told."""
PILE_NAMES = {"united_states": "us", "china": "china", "european_union": "european_union", "japan_korea": "japan_korea"}


@dataclass(frozen=True)
class Piece:
    """A part of a number, in the number's unit."""

    name: str
    """What kind of part it is, a name of the catalogue's section `piece`."""
    subject: str
    """Whose: a region, role, mine or part of a score; "" if there is one only."""
    now: float
    before: float


@dataclass(frozen=True)
class Anatomy:
    """A number, what it is made of, and what has become of each part."""

    key: str
    unit: str
    month: int
    """Months played when it was so: official statistics come late."""
    first: int
    """Months played when the parts were as they stand under `before`."""
    now: float
    before: float
    pieces: tuple[Piece, ...]
    """With the last of them, which takes up what the others leave, they add up to the number."""
    outcome: str
    """Outcome whose causes can be asked for; "" if it is none."""
    source: str
    confidence: str
    moves: tuple[tuple[int, str, float, float], ...] = ()
    """Of a lever, its latest changes: months played before, who made it (see agents.courses), value before and after."""


def dissect(session: Session, role: str, key: str, months: int = 3) -> Anatomy:
    """What a number is made of and what moved its parts over some months; the session is not disturbed.

    Args:
        session: where it stands.
        role: who asks; only what this role may know is taken apart.
        key: a price, `premium.secure`, `licence.shadow_price.<bloc>`, `treasury`, `cover`, `stockpile`, `stock`,
            `home_mining`, `trust.<role>`, `score.<role>`, `standing.<role>` (the mean of its scores so far),
            `share.china.mine`, `project.<mine>`, `cost.<mine>`, `need.<mine>`, `lever.<own lever>/<target>`,
            `flow.<origin>><destination>><form>`, or `landed.` with the same (the price where it arrives).
        months: how far back the parts are compared.

    Raises:
        Refused: a number that the role does not see.
    """
    reader = _reader(session, role, key)
    line = session.at.line()
    late = STATISTICS_LAG if _is_late(role, key) else 0
    month = max(0, session.month - late)
    first = max(0, month - months)
    market, here = session.market, session.at
    try:
        _stand(session, line[month])
        now, unit, parts = reader(market, line[month])
        _stand(session, line[first])
        before, _, earlier = reader(market, line[first])
    finally:
        _stand(session, here)
    was = {(name, subject): value for name, subject, value in earlier}
    pieces = tuple(Piece(name, subject, value, was.get((name, subject), 0.0)) for name, subject, value in parts)
    named = {(p.name, p.subject) for p in pieces}
    gone = tuple(Piece(n, s, 0.0, v) for (n, s), v in was.items() if (n, s) not in named and v)
    source, confidence = _source(session, role, key)
    moves = courses.moves(session, here, *lever_of(key))[-MOVES:] if key.startswith("lever.") else []
    return Anatomy(
        key, unit, month, first, now, before, pieces + gone, _outcome(session, role, key), source, confidence, tuple(moves)
    )


def lever_of(key: str) -> tuple[str, str]:
    """Lever and target of the key of a lever's value."""
    name, _, target = key.removeprefix("lever.").partition("/")
    return name, target


def _is_late(role: str, key: str) -> bool:
    """Whether a number is known from statistics only: what others mine, trade and score."""
    name, _, subject = key.partition(".")
    if name in ("flow", "landed"):
        return not {*subject.split(">")[:2]} & HOMES.get(role, {role})
    return name == "share" or (name in ("score", "standing") and subject != role)


def _stand(session: Session, node: Node) -> None:
    """Put the market where a month was played."""
    bookmarks.put(session.market, courses.marked(node))
    session.market.measure.forget()


def _outcome(session: Session, role: str, key: str) -> str:
    """The outcome that tells a number."""
    name, _, subject = key.partition(".")
    found = {
        "project": f"project.{subject}.output",
        "home_mining": f"supply.mine.{role}",
        "stockpile": f"stockpile.{PILE_NAMES.get(role, '')}",
        "cover": f"stockpile.{PILE_NAMES.get(role, '')}",
    }.get(name, key)
    return found if found in session.market.record.outcomes else ""


def _source(session: Session, role: str, key: str) -> tuple[str, str]:
    """Where the number's foundation comes from, and how well it is known."""
    name, _, subject = key.partition(".")
    scenario = session.scenario
    if name in ("project", "cost", "need"):
        mine = next(m for m in scenario.mines if m.key == subject)
        return mine.source, mine.confidence
    if name == "trust":
        for pair in scenario.relations:
            if {pair.a, pair.b} == {role, subject}:
                return pair.trust.source, pair.trust.confidence
    if name == "treasury":
        government = next(g for g in scenario.governments if g.key == role)
        return government.budget.source, government.budget.confidence
    if name in ("flow", "landed"):
        arc = session.market.exchange.arcs[readings.between(session.market, *subject.split(">"))[0]]
        return arc.source, arc.confidence
    if name == "lever":
        lever = session.market.levers[lever_of(key)[0]]
        return f"{lever.help} ({lever.range()})", ""
    if key in PRICES:
        pool = next(p for p in scenario.pools if p.key == PRICES[key])
        return pool.price.source, pool.price.confidence
    return "", ""


def _reader(session: Session, role: str, key: str) -> Callable[[Market, Node], Reading]:
    """How a number is read off a market that stands at a month.

    Raises:
        Refused: a number that the role does not see.
    """
    name, _, subject = key.partition(".")
    known, market = session.observe(role), session.market
    bare: dict[str, Callable[[Market, str, str], Reading]] = {
        "treasury": readings.read_treasury,
        "cover": readings.read_cover,
        "stockpile": readings.read_stockpile,
        "stock": readings.read_stock,
        "home_mining": readings.read_mined_at_home,
    }
    of_mine = {"project": readings.read_output, "cost": readings.read_incentive, "need": readings.read_money}
    if key in bare and key in known:
        return lambda market, _: bare[key](market, role, key)
    if key in PRICES:
        return lambda market, _: readings.read_price(market, key)
    if key in ("price.apt.fob_china", "premium.secure", "price.long_run"):
        return lambda market, _: readings.read_quoted(market, key)
    if key.startswith("licence.shadow_price.") and key in registry(session.scenario):
        return lambda market, _: readings.read_licence(market, key)
    if name == "trust" and key in known:
        return lambda market, _: readings.read_trust(market, role, subject)
    if name == "score" and subject in SCORED:
        return lambda market, _: readings.read_score(market, subject)
    if name == "standing" and subject in SCORED and session.month:
        return lambda _, node: courses.read_standing(session, node, subject)
    if key == "share.china.mine":
        return lambda market, _: readings.read_mined(market)
    if name in of_mine and subject in market.mines.names:
        return lambda market, _: of_mine[name](market, subject)
    if name in ("flow", "landed") and subject.count(">") == 2:
        rows = readings.between(market, *subject.split(">"))
        if rows:
            read = readings.read_flow if name == "flow" else readings.read_landed
            return lambda market, _: read(market, rows)
    if name == "lever" and lever_of(key) in market.levers.slots and market.levers[lever_of(key)[0]].role == role:
        return lambda _, node: courses.read_lever(session, node, *lever_of(key))
    raise Refused(f"There is nothing to take apart in '{key}'.")
