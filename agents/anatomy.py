"""What a number that a role may see is made of, now and some months before: parts that add up to it, from the state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents import bookmarks
from agents.briefing import DEFENCE_REGIONS
from agents.decisions import Refused
from agents.observation import STATISTICS_LAG
from agents.states import PILES
from sim.levers import LICENCE_BLOCS
from sim.outcomes import registry

if TYPE_CHECKING:
    from agents.market import Market
    from agents.session import Session

PRICES = {
    "price.apt.rotterdam": "europe.apt.any",
    "price.apt.us": "north_america.apt.any",
    "price.apt.china_domestic": "china.apt.any",
    "price.concentrate.china": "china.concentrate.any",
}
"""Pool whose price each quotation tells."""
PILE_NAMES = {"united_states": "us", "china": "china", "european_union": "european_union", "japan_korea": "japan_korea"}
LARGEST = 6
"""Parts that are named before the others are put together."""


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


Parts = list[tuple[str, str, float]]
Reading = tuple[float, str, Parts]
"""A number, its unit, and its parts."""


def dissect(session: Session, role: str, key: str, months: int = 3) -> Anatomy:
    """What a number is made of and what moved its parts over some months; the session is not disturbed.

    Args:
        session: where it stands.
        role: who asks; only what this role may know is taken apart.
        key: a price, `premium.secure`, `licence.shadow_price.<bloc>`, `treasury`, `cover`, `stockpile`, `stock`,
            `home_mining`, `trust.<role>`, `score.<own role>`, `share.china.mine`, `project.<mine>`, `cost.<mine>`
            or `need.<mine>`.
        months: how far back the parts are compared.

    Raises:
        Refused: a number that the role does not see.
    """
    reader = _reader(session, role, key)
    line = session.at.line()
    late = STATISTICS_LAG if key.startswith("share.") else 0
    month = max(0, session.month - late)
    first = max(0, month - months)
    market, here = session.market, session.at
    try:
        _stand(session, line[month])
        now, unit, parts = reader(market)
        _stand(session, line[first])
        before, _, earlier = reader(market)
    finally:
        _stand(session, here)
    was = {(name, subject): value for name, subject, value in earlier}
    pieces = tuple(Piece(name, subject, value, was.get((name, subject), 0.0)) for name, subject, value in parts)
    named = {(p.name, p.subject) for p in pieces}
    gone = tuple(Piece(n, s, 0.0, v) for (n, s), v in was.items() if (n, s) not in named and v)
    source, confidence = _source(session, role, key)
    return Anatomy(
        key, unit, month, first, now, before, pieces + gone, _outcome(session, role, key), source, confidence
    )


def _stand(session: Session, node: object) -> None:
    """Put the market where a month was played."""
    mark = node.mark  # type: ignore[attr-defined]
    if mark is None:
        raise Refused("This month has not been played again yet; go to it first.")
    bookmarks.put(session.market, mark)
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
    if key in PRICES:
        pool = next(p for p in scenario.pools if p.key == PRICES[key])
        return pool.price.source, pool.price.confidence
    return "", ""


def _reader(session: Session, role: str, key: str) -> Callable[[Market], Reading]:
    """How a number is read off a market.

    Raises:
        Refused: a number that the role does not see.
    """
    name, _, subject = key.partition(".")
    known = session.observe(role)
    bare: dict[str, Callable[[Market, str, str], Reading]] = {
        "treasury": _treasury,
        "cover": _cover,
        "stockpile": _stockpile,
        "stock": _stock,
        "home_mining": _mined_at_home,
    }
    if key in bare and key in known:
        return lambda market: bare[key](market, role, key)
    if key in PRICES:
        return lambda market: _price(market, key)
    if key in ("price.apt.fob_china", "premium.secure", "price.long_run"):
        return lambda market: _quoted(market, key)
    if key.startswith("licence.shadow_price.") and key in registry(session.scenario):
        return lambda market: _licence(market, key)
    if name == "trust" and key in known:
        return lambda market: _trust(market, role, subject)
    if key == f"score.{role}":
        return lambda market: _score(market, role)
    if key == "share.china.mine":
        return _mined
    if name in ("project", "cost", "need") and subject in session.market.mines.names:
        read = {"project": _output, "cost": _incentive, "need": _money}[name]
        return lambda market: read(market, subject)
    raise Refused(f"There is nothing to take apart in '{key}'.")


def _first(values: object) -> float:
    return float(values[0])  # type: ignore[index]


def _rest(value: float, parts: Parts, name: str) -> Parts:
    """The parts, and what they leave of the number."""
    left = value
    for _, _, part in parts:
        left = left - part
    return [*parts, (name, "", left)]


def _largest(parts: Parts, name: str) -> Parts:
    """The largest parts, and all others as one."""
    ranked = sorted((p for p in parts if p[2]), key=lambda p: -abs(p[2]))
    others = 0.0
    for _, _, value in ranked[LARGEST:]:
        others = others + value
    return [*ranked[:LARGEST], *([(name, "", others)] if len(ranked) > LARGEST else [])]


# --- prices --------------------------------------------------------------------------------------------


def _landed(market: Market, row: int) -> Parts:
    """What a tonne costs that comes by an arc: a route or process in use just pays for all of it."""
    exchange = market.exchange
    origin, share = int(exchange.network.origin[row]), float(exchange.yield_[row, 0])
    price = float(exchange.price[origin, 0])
    arc = exchange.arcs[row]
    region = arc.origin.split(".")[0]
    bought = "bought_concentrate" if ".concentrate." in arc.origin else "bought"
    cost = "conversion" if arc.kind == "refine" else "freight"
    return [
        (bought, region, price / share),
        (cost, "", float(exchange.freight[row, 0]) / share),
        ("tariff", "", float(exchange.tariff[row, 0]) * price / share),
        ("rent_licence" if arc.licensed else "rent", "", float(exchange.rent[row, 0]) / share),
    ]


def _busiest(market: Market, pool: str) -> int | None:
    """The arc by which most reaches a pool, if anything does."""
    exchange = market.exchange
    place = exchange.place[pool]
    coming = [
        i
        for i, (arc, d) in enumerate(zip(exchange.arcs, exchange.network.destination.tolist(), strict=True))
        if d == place and (arc.kind == "refine" or arc.origin.split(".")[0] != arc.destination.split(".")[0])
    ]
    if not coming:
        return None
    best = max(coming, key=lambda i: float(exchange.carried[i, 0]))
    return best if float(exchange.carried[best, 0]) > 0.5 else None


def _price(market: Market, key: str) -> Reading:
    value, pool = _first(market.outcome(key)), PRICES[key]
    row = _busiest(market, pool) if ".concentrate." not in pool else None
    if row is not None:
        return value, "USD/mtu", _rest(value, _landed(market, row), "slope")
    place = market.exchange.place[pool]
    expected = _first(market.exchange.anchor) * float(market.exchange.reference_price[place, 0])
    return value, "USD/mtu", _rest(value, [("expected", "", expected)], "scarcity")


def _quoted(market: Market, key: str) -> Reading:
    value = _first(market.outcome(key))
    if key == "price.apt.fob_china":
        home = _first(market.exchange.at("china.apt.any"))
        return value, "USD/mtu", _rest(value, [("bought", "china", home)], "licence_worth")
    if key == "premium.secure":
        exchange = market.exchange
        safe, usual = (_first(exchange.at(f"europe.apt.{grade}")) for grade in ("eligible", "any"))
        parts: Parts = [("eligible", "europe", safe), ("ordinary", "europe", -usual)]
        return value, "USD/mtu", _rest(value, parts, "other_regions")
    reference = float(market.exchange.reference_price[market.exchange.place["europe.apt.any"], 0])
    return value, "USD/mtu", _rest(value, [("at_start", "", reference)], "learnt")


def _licence(market: Market, key: str) -> Reading:
    exchange, bloc = market.exchange, key.rsplit(".", 1)[-1]
    row = next(i for i, b in market.licensing.controlled.items() if LICENCE_BLOCS[b] == bloc)
    origin, destination = int(exchange.network.origin[row]), int(exchange.network.destination[row])
    value, price = _first(market.outcome(key)), float(exchange.price[origin, 0])
    parts: Parts = [
        ("sold", exchange.arcs[row].destination.split(".")[0], float(exchange.price[destination, 0])),
        ("paid", "china", -price),
        ("freight", "", -float(exchange.freight[row, 0])),
        ("tariff", "", -float(exchange.tariff[row, 0]) * price),
    ]
    return value, "USD/mtu", _rest(value, parts, "slope")


# --- purses, stocks, mines -----------------------------------------------------------------------------


def _treasury(market: Market, role: str, _: str) -> Reading:
    states = market.states
    row = states.place[role]
    value, spent = float(states.purse[row, 0]), float(states.spent[row, 0])
    return value, "million USD", [("granted", "", value + spent), ("spent", "", -spent)]


def _cover(market: Market, role: str, _: str) -> Reading:
    states = market.states
    pile = float(states.pile[states.owners.index(role), 0])
    whole = max(_first(market.defence_use(DEFENCE_REGIONS[role])), 1e-9)
    start = _opening_pile(market, role)
    parts: Parts = [("pile_at_start", "", start / whole), ("bought_since", "", (pile - start) / whole)]
    return pile / whole, "month", parts


def _opening_pile(market: Market, role: str) -> float:
    """t W in a role's stockpile at the start of the scenario."""
    held = 0.0
    for stock in market.scenario.stocks:
        if stock.key in PILES[role]:
            held = held + stock.amount.value
    return held


def _stockpile(market: Market, role: str, _: str) -> Reading:
    states = market.states
    value, start = float(states.pile[states.owners.index(role), 0]), _opening_pile(market, role)
    return value, "t W", [("pile_at_start", "", start), ("bought_since", "", value - start)]


def _stock(market: Market, role: str, _: str) -> Reading:
    exchange, buyers = market.exchange, market.buyers
    i = buyers.blocs.index(role.removeprefix("buyers."))
    pools = [p for p in range(len(exchange.pools)) if buyers.bloc_of_pool[p] == i]
    parts: Parts = []
    value = 0.0
    for p in pools:
        held = float(exchange.stock[p, 0])
        value = value + held
        grade = "held_safe" if exchange.pools[p].key.endswith("eligible") else "held"
        grade = "held_ore" if ".concentrate." in exchange.pools[p].key else grade
        parts.append((grade, exchange.pools[p].region, held))
    return value, "t W", parts


def _mined_at_home(market: Market, role: str, _: str) -> Reading:
    mines = market.mines
    rows = [mines.names.index(key) for key in market.briefing.own_mines[role]]
    parts: Parts = [("mine", mines.names[r], 12 * float(mines.output[r, 0])) for r in rows]
    value = 0.0
    for _, _, part in parts:
        value = value + part
    return value, "t W/year", _largest(parts, "other_mines")


def _mined(market: Market) -> Reading:
    regions = market.exchange.regions
    world = max(_first(market.outcome("supply.mine.world")), 1e-9)
    shares = {region: _first(market.outcome(f"supply.mine.{region}")) / world for region in regions}
    parts: Parts = [("mined_in", region, -share) for region, share in shares.items() if region != "china"]
    return shares["china"], "share", [("world", "", 1.0), *_largest(parts, "mined_elsewhere")]


def _output(market: Market, mine: str) -> Reading:
    mines = market.mines
    row = mines.names.index(mine)
    value, full = float(mines.output[row, 0]), float(mines.nameplate[row, 0])
    if not value:
        return 0.0, "t W/month", [("nameplate", "", full), ("not_open", "", -full)]
    idle = -full * (1 - float(mines.utilisation[row, 0]))
    return value, "t W/month", _rest(value, [("nameplate", "", full), ("unworked", "", idle)], "ramp_and_luck")


def _incentive(market: Market, mine: str) -> Reading:
    mines = market.mines
    row = mines.names.index(mine)
    value, cash = float(mines.incentive_price()[row, 0]), float(mines.cash_cost[row, 0])
    full = float(mines.full_cost()[row, 0])
    return value, "USD/mtu", _rest(value, [("cash_cost", "", cash), ("capital", "", full - cash)], "to_rotterdam")


def _money(market: Market, mine: str) -> Reading:
    mines = market.mines
    row = mines.names.index(mine)
    value = float(mines.need[row, 0])
    parts: Parts = [
        ("equity", "", float(mines.equity[row, 0])),
        ("loans", "", float(mines.loans[row, 0])),
        ("grants", "", float(mines.grants[row, 0])),
    ]
    return value, "million USD", _rest(value, parts, "not_raised")


# --- trust and scores ----------------------------------------------------------------------------------


def _trust(market: Market, role: str, other: str) -> Reading:
    relations = market.relations
    value = _first(relations.between(role, other))
    pair = relations.place.get((role, other))
    if pair is None:
        return value, "index", [("at_start", "", value)]
    start = float(relations.start[pair, 0])
    year, place = divmod(market._first + max(market.month - 1, 0), 12)
    goal = float(relations._goal(f"{year}-{place + 1:02d}")[pair, 0])
    return value, "index", _rest(value, [("at_start", "", start), ("memberships", "", goal - start)], "deeds")


def _score(market: Market, role: str) -> Reading:
    parts: Parts = [
        ("score", name, weight * _first(value)) for name, weight, value in market.measure.scores.parts(role)
    ]
    return _first(market.outcome(f"score.{role}")), "index", parts
