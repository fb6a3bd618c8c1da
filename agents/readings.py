"""How numbers are read off a market together with their parts: prices, licences, purses, stocks, mines, trust, scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.briefing import DEFENCE_REGIONS
from agents.states import PILES
from sim.levers import LICENCE_BLOCS

if TYPE_CHECKING:
    from agents.market import Market

PRICES = {
    "price.apt.rotterdam": "europe.apt.any",
    "price.apt.us": "north_america.apt.any",
    "price.apt.china_domestic": "china.apt.any",
    "price.concentrate.china": "china.concentrate.any",
}
"""Pool whose price each quotation tells."""
LARGEST = 6
"""Parts that are named before the others are put together."""


Parts = list[tuple[str, str, float]]
Reading = tuple[float, str, Parts]
"""A number, its unit, and its parts."""


def of_world(values: object) -> float:
    """The number of the only world."""
    return float(values[0])  # type: ignore[index]


def with_rest(value: float, parts: Parts, name: str) -> Parts:
    """The parts, and what they leave of the number."""
    left = value
    for _, _, part in parts:
        left = left - part
    return [*parts, (name, "", left)]


def largest_of(parts: Parts, name: str) -> Parts:
    """The largest parts, and all others as one."""
    ranked = sorted((p for p in parts if p[2]), key=lambda p: -abs(p[2]))
    others = 0.0
    for _, _, value in ranked[LARGEST:]:
        others = others + value
    return [*ranked[:LARGEST], *([(name, "", others)] if len(ranked) > LARGEST else [])]


# --- prices --------------------------------------------------------------------------------------------


def landed(market: Market, row: int) -> Parts:
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


def read_price(market: Market, key: str) -> Reading:
    """A quoted price: what it costs to bring the metal there, or what holders expect and how short stock is."""
    value, pool = of_world(market.outcome(key)), PRICES[key]
    row = _busiest(market, pool) if ".concentrate." not in pool else None
    if row is not None:
        return value, "USD/mtu", with_rest(value, landed(market, row), "slope")
    place = market.exchange.place[pool]
    expected = of_world(market.exchange.anchor) * float(market.exchange.reference_price[place, 0])
    return value, "USD/mtu", with_rest(value, [("expected", "", expected)], "scarcity")


def read_quoted(market: Market, key: str) -> Reading:
    """A price that is formed of others: FOB China, the secure premium, the long-run level."""
    value = of_world(market.outcome(key))
    if key == "price.apt.fob_china":
        home = of_world(market.exchange.at("china.apt.any"))
        return value, "USD/mtu", with_rest(value, [("bought", "china", home)], "licence_worth")
    if key == "premium.secure":
        exchange = market.exchange
        safe, usual = (of_world(exchange.at(f"europe.apt.{grade}")) for grade in ("eligible", "any"))
        parts: Parts = [("eligible", "europe", safe), ("ordinary", "europe", -usual)]
        return value, "USD/mtu", with_rest(value, parts, "other_regions")
    reference = float(market.exchange.reference_price[market.exchange.place["europe.apt.any"], 0])
    return value, "USD/mtu", with_rest(value, [("at_start", "", reference)], "learnt")


def read_licence(market: Market, key: str) -> Reading:
    """Worth of one more licence: what the metal brings there, less what it costs to get it there."""
    exchange, bloc = market.exchange, key.rsplit(".", 1)[-1]
    row = next(i for i, b in market.licensing.controlled.items() if LICENCE_BLOCS[b] == bloc)
    origin, destination = int(exchange.network.origin[row]), int(exchange.network.destination[row])
    value, price = of_world(market.outcome(key)), float(exchange.price[origin, 0])
    parts: Parts = [
        ("sold", exchange.arcs[row].destination.split(".")[0], float(exchange.price[destination, 0])),
        ("paid", "china", -price),
        ("freight", "", -float(exchange.freight[row, 0])),
        ("tariff", "", -float(exchange.tariff[row, 0]) * price),
    ]
    return value, "USD/mtu", with_rest(value, parts, "slope")


# --- trade -----------------------------------------------------------------------------------------------


def between(market: Market, origin: str, destination: str, form: str) -> list[int]:
    """Arcs by which a good travels from one region to another."""
    rows = market.exchange.arcs_where(origin_region=origin, destination_region=destination, form=form)
    return [row for row in rows if market.exchange.arcs[row].kind in ("route", "forms")]


def read_flow(market: Market, rows: list[int]) -> Reading:
    """What travels: the usual trade, what a full way or refused licences take of it, and what prices add or take."""
    exchange = market.exchange
    value, usual, refused, full = 0.0, 0.0, 0.0, 0.0
    for row in rows:
        flow, reference = float(exchange.flow[row, 0]), float(exchange.reference_flow[row, 0])
        value, usual = value + flow, usual + reference
        if float(exchange.rent[row, 0]) > 0:
            if exchange.arcs[row].licensed:
                refused = refused + flow - reference
            else:
                full = full + flow - reference
    parts = [("usual", "", usual), ("refused", "", refused), ("way_full", "", full)]
    return value, "t W/month", with_rest(value, [p for p in parts if p[2] or p[0] == "usual"], "by_prices")


def read_landed(market: Market, rows: list[int]) -> Reading:
    """The price where a good arrives, by what it costs to get it there; short of that, it does not pay to send any."""
    exchange = market.exchange
    row = max(rows, key=lambda each: float(exchange.flow[each, 0]))
    price = float(exchange.price[int(exchange.network.destination[row]), 0])
    is_used = float(exchange.flow[row, 0]) > 0.5
    return price, "USD/mtu", with_rest(price, landed(market, row), "slope" if is_used else "short_of_cost")


# --- purses, stocks, mines -----------------------------------------------------------------------------


def read_treasury(market: Market, role: str, _: str) -> Reading:
    """A role's purse: what it was granted, less what it spent."""
    states = market.states
    row = states.place[role]
    value, spent = float(states.purse[row, 0]), float(states.spent[row, 0])
    return value, "million USD", [("granted", "", value + spent), ("spent", "", -spent)]


def read_cover(market: Market, role: str, _: str) -> Reading:
    """A stockpile in months of defence use."""
    states = market.states
    pile = float(states.pile[states.owners.index(role), 0])
    whole = max(of_world(market.defence_use(DEFENCE_REGIONS[role])), 1e-9)
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


def read_stockpile(market: Market, role: str, _: str) -> Reading:
    """A role's stockpile."""
    states = market.states
    value, start = float(states.pile[states.owners.index(role), 0]), _opening_pile(market, role)
    return value, "t W", [("pile_at_start", "", start), ("bought_since", "", value - start)]


def read_stock(market: Market, role: str, _: str) -> Reading:
    """What a group of buyers holds, by region and kind."""
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


def read_mined_at_home(market: Market, role: str, _: str) -> Reading:
    """What a role's own mines dig."""
    mines = market.mines
    rows = [mines.names.index(key) for key in market.briefing.own_mines[role]]
    parts: Parts = [("mine", mines.names[r], 12 * float(mines.output[r, 0])) for r in rows]
    value = 0.0
    for _, _, part in parts:
        value = value + part
    return value, "t W/year", largest_of(parts, "other_mines")


def read_mined(market: Market) -> Reading:
    """China's share of what is mined."""
    regions = market.exchange.regions
    world = max(of_world(market.outcome("supply.mine.world")), 1e-9)
    shares = {region: of_world(market.outcome(f"supply.mine.{region}")) / world for region in regions}
    parts: Parts = [("mined_in", region, -share) for region, share in shares.items() if region != "china"]
    return shares["china"], "share", [("world", "", 1.0), *largest_of(parts, "mined_elsewhere")]


def read_output(market: Market, mine: str) -> Reading:
    """A mine's output: its nameplate, less what is idle, not open, or lost to weather."""
    mines = market.mines
    row = mines.names.index(mine)
    value, full = float(mines.output[row, 0]), float(mines.nameplate[row, 0])
    if not value:
        return 0.0, "t W/month", [("nameplate", "", full), ("not_open", "", -full)]
    idle = -full * (1 - float(mines.utilisation[row, 0]))
    return value, "t W/month", with_rest(value, [("nameplate", "", full), ("unworked", "", idle)], "ramp_and_luck")


def read_incentive(market: Market, mine: str) -> Reading:
    """The price at which a mine pays its owner."""
    mines = market.mines
    row = mines.names.index(mine)
    value, cash = float(mines.incentive_price()[row, 0]), float(mines.cash_cost[row, 0])
    full = float(mines.full_cost()[row, 0])
    return value, "USD/mtu", with_rest(value, [("cash_cost", "", cash), ("capital", "", full - cash)], "to_rotterdam")


def read_money(market: Market, mine: str) -> Reading:
    """The money that a project needs, by where it comes from."""
    mines = market.mines
    row = mines.names.index(mine)
    value = float(mines.need[row, 0])
    parts: Parts = [
        ("equity", "", float(mines.equity[row, 0])),
        ("loans", "", float(mines.loans[row, 0])),
        ("grants", "", float(mines.grants[row, 0])),
    ]
    return value, "million USD", with_rest(value, parts, "not_raised")


# --- trust and scores ----------------------------------------------------------------------------------


def read_trust(market: Market, role: str, other: str) -> Reading:
    """Trust between two roles."""
    relations = market.relations
    value = of_world(relations.between(role, other))
    pair = relations.place.get((role, other))
    if pair is None:
        return value, "index", [("at_start", "", value)]
    start = float(relations.start[pair, 0])
    year, place = divmod(market._first + max(market.month - 1, 0), 12)
    goal = float(relations.goal(f"{year}-{place + 1:02d}")[pair])
    return value, "index", with_rest(value, [("at_start", "", start), ("memberships", "", goal - start)], "deeds")


def read_score(market: Market, role: str) -> Reading:
    """A role's score this month, by its parts."""
    parts: Parts = [
        ("score", name, weight * of_world(value)) for name, weight, value in market.measure.scores.parts(role)
    ]
    return of_world(market.outcome(f"score.{role}")), "index", parts
