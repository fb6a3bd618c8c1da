"""One month, in order: the phases stand here once, as data, and a test pins them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from agents import buyer_rule
from agents.finance import BUYER_ROLE
from agents.projects_month import advance, produce, sign, strike
from agents.refineries import HOSTS
from sim.levers import BUYER_BLOCS, LICENCE_BLOCS, OFFTAKERS, PARTNERS
from sim.network import Vector
from sim.outcomes import STAGES
from sim.sums import grouped, total

if TYPE_CHECKING:
    from agents.market import Market


def enact(market: Market) -> None:
    """Events and law take effect: this month's orders enter their seats."""
    market.seats.open_month(market.month)


def decide(market: Market) -> None:
    """Everyone sees the same start of the month; governments and buyers decide."""
    briefing, public = market.briefing, market.briefing.news()
    decided = [government.decide(briefing.view(government.role, public)) for government in market.governments]
    decided += [buyer_rule.decide(bloc, briefing.view(f"buyers.{bloc}", public)) for bloc in BUYER_BLOCS]
    for decisions in decided:
        market.seats.rule(decisions)


def _mined_in(market: Market, region: str) -> Vector:
    return total(market.mines.output[market.mines.rows_in[region]])


def clear(market: Market) -> None:
    """Buyers, traders, recyclers and refiners post their schedules; the market clears; goods move."""
    seats, exchange, buyers = market.seats, market.exchange, market.buyers
    mechanisms = market.scenario.mechanisms
    blocs = buyers.blocs
    ones = np.ones(market.worlds)
    seat_of = {bloc: f"buyers.{bloc}" for bloc in BUYER_BLOCS}

    def by_bloc(lever: str, otherwise: dict[str, Vector]) -> Vector:
        return np.array([seats[f"{seat_of[b]}.{lever}"] if b in seat_of else otherwise[b] for b in blocs])

    secure = by_bloc("secure_share", {b: buyers.secure_wish[blocs.index(b)] for b in ("china", "rest")})
    ban = seats["united_states.sourcing_ban"]
    refused = np.maximum(1 - seats["china.licence_military"], 0.0) * market.parameters.licences.military_weight
    start = market.licensing.start_military
    military = 0.5 * np.maximum(refused - start, 0.0)
    safe_defence = {"us": np.maximum(ban, military), "europe": military, "japan_korea": military}
    defence = np.array([safe_defence.get(b, 0 * ones) for b in blocs])
    shocks = market.nature.on_use(buyers.demands) if mechanisms.events else np.ones((len(buyers.demands), market.worlds))
    demand, civil_safe = buyers.use_wanted(market.month, market.seeds, mechanisms.noise, shocks, secure, defence)
    usual = market.parameters.usual_cover
    months = by_bloc("cover", {b: usual * (1 + buyers.fear[blocs.index(b)]) for b in ("china", "rest")}) / usual
    pooling = by_bloc("pooling", dict.fromkeys(("china", "rest"), 0 * ones))
    cover = buyers.cover(months, pooling, np.ones_like(months))
    market.civil_safe = grouped(civil_safe, buyers.bloc, len(blocs))
    by_region = {region: total(civil_safe[rows]) for region, rows in buyers.uses_in.items()}
    ceilings = {}
    for region, bloc in (("north_america", "us"), ("europe", "europe"), ("japan", "japan_korea"), ("korea", "japan_korea")):
        support = seats[f"{BUYER_ROLE[bloc]}.premium_support"] if bloc != "us" else 0.0
        ceilings[region] = seats[f"buyers.{bloc}.premium_ceiling"] * exchange.at(f"{region}.apt.any") + support
    tightening = _tightening(market)
    if mechanisms.traders:
        market.traders.trade(tightening, exchange.on_hand()[market.traders.pool])
    use = buyers.wanted
    at_home = grouped(use, buyers.region, len(buyers.using))
    _collect_scrap(market, at_home)
    taken, market.bought, market.paid = market.states.fill(seats)
    mines = market.mines
    added = grouped(mines.output, mines.pool, len(exchange.pools))
    added = added + grouped(market.recyclers.recovered, market.recyclers.pool, len(exchange.pools))
    added = added - grouped(market.traders.bought, market.traders.pool, len(exchange.pools)) - taken
    output = {host: _mined_in(market, host) for host in HOSTS}
    market.licensing.grant(seats)
    capacity = market.licensing.capacity(seats, market.nature, market.refineries, output, by_region)
    cost = market.licensing.cost(seats, ceilings)
    exchange.clear(added, cover, demand, cost, capacity, _contracts(market))


def _collect_scrap(market: Market, at_home: Vector) -> None:
    seats, buyers, recyclers = market.seats, market.buyers, market.recyclers
    support = {
        "north_america": (seats["united_states.recycling_support"] + seats["buyers.us.recycling_effort"]) / 12,
        "europe": seats["buyers.europe.recycling_effort"] / 12,
        "japan": seats["buyers.japan_korea.recycling_effort"] / 12,
    }
    none = np.zeros(market.worlds)
    money = np.array([support.get(region, none) for region in recyclers.names])
    rows = [buyers.using.index(region) for region in recyclers.names]
    start = grouped(buyers.base, buyers.region, len(buyers.using))
    recyclers.collect(at_home[rows], start[rows], money)


def _contracts(market: Market) -> dict[int, Vector]:
    """t W/month that contracts and hosts' reservations send along the arcs that they use."""
    seats = market.seats
    reserved, allowed = {}, {}
    for host in HOSTS:
        kept = seats[f"{host}.reserved_share"]
        reserved[host] = kept / np.maximum(kept[0] + kept[1] + kept[2] + kept[3], 1.0)
        allowed[host] = 1 - seats[f"{host}.processing_requirement"]
    return market.finance.deliveries(reserved, allowed, market.nature.narrowed())


def _tightening(market: Market) -> Vector:
    """How far China cuts its own mining quota below that of the year before the start, share."""
    usual = market.levers["china.mining_quota"].default
    return np.maximum(1 - market.seats["china.mining_quota"] / usual, 0.0)


def settle(market: Market) -> None:
    """Stocks, contracts and cash settle, and are booked."""
    mines, exchange, finance, states = market.mines, market.exchange, market.finance, market.states
    books = market.settlement
    books.move_tonnes(mines.output, market.recyclers.recovered, market.bought)
    netback = exchange.price[mines.pool]
    earnings, royalty = books.pay_mines(netback, market.keep, np.ones_like(netback))
    for region, rows in mines.rows_in.items():
        if rows.size:
            books.royalties(region, total(royalty[rows]))
    floors = finance.floor_payments(netback)
    received = np.zeros_like(mines.output)
    for b, paid_up in floors.items():
        role, public = BUYER_ROLE[OFFTAKERS[b]], paid_up * finance.offtakes[b].public
        states.pay(role, total(public))
        books.spend(role, "mines", total(public))
        books.dollars.post("users", "mines", total(paid_up - public))
        received = received + paid_up
    repaid, _ = finance.repay(np.maximum(earnings + received, 0.0))
    lent = np.zeros_like(mines.output)
    for table in market.lent.values():
        lent = lent + table
    finance.owed = finance.owed + lent
    books.capital(market.equity_paid, market.lent, market.grants, mines.capital_spent, repaid)
    mines.cash = (
        mines.cash + earnings + received + market.equity_paid + lent + market.grants - mines.capital_spent - repaid
    )
    books.spend("united_states", "donors", total(market.grants))
    for role, paid in market.paid.items():
        states.pay(role, paid)
        books.spend(role, "trade", paid)
    for host, purposes in market.home_spending.items():
        for amount in purposes.values():
            books.spend(host, "contractors", amount)
    scrap_price = exchange.price[market.recyclers.pool]
    books.trade(total(exchange.value(market.recyclers.recovered, scrap_price)))
    _support_users(market)


def _support_users(market: Market) -> None:
    """Public money for scrap collection, paid out of the purse."""
    asked = market.seats["united_states.recycling_support"] / 12
    amount = asked * market.states.affordable("united_states", asked)
    market.states.pay("united_states", amount)
    market.settlement.spend("united_states", "collectors", amount)
    for bloc in ("europe", "japan_korea"):
        # paid on every tonne of safe material that civilians use
        row = market.buyers.blocs.index(bloc)
        bill = market.exchange.value(market.civil_safe[row], _premium_support(market, bloc))
        paid = bill * market.states.affordable(BUYER_ROLE[bloc], bill)
        market.states.pay(BUYER_ROLE[bloc], paid)
        market.settlement.spend(BUYER_ROLE[bloc], "users", paid)
    for bloc in BUYER_BLOCS:
        effort = market.seats[f"buyers.{bloc}.recycling_effort"] + market.seats[f"buyers.{bloc}.substitution_effort"]
        market.settlement.dollars.post("users", "collectors", effort / 12)


def _premium_support(market: Market, bloc: str) -> Vector:
    """Public money towards the premium that a bloc's users pay, USD/mtu."""
    if bloc not in ("europe", "japan_korea"):
        return np.zeros(market.worlds)
    return market.seats[f"{BUYER_ROLE[bloc]}.premium_support"]


def learn(market: Market) -> None:
    """Expectations, trust, fear and the wish for safe origins are learned."""
    exchange, buyers, seats = market.exchange, market.buyers, market.seats
    blocs, p = buyers.blocs, market.parameters
    granted = market.licensing.refusal()
    bloc_row = {b: LICENCE_BLOCS.index(b) for b in LICENCE_BLOCS}
    refusal = {
        "us": granted[bloc_row["us"]],
        "europe": granted[bloc_row["europe"]],
        "japan_korea": 0.6 * granted[bloc_row["japan"]] + 0.4 * granted[bloc_row["korea"]],
        "rest": granted[bloc_row["rest"]],
        "china": _tightening(market),
    }
    alarm = 0.2 * (granted[0] + granted[1] + granted[2] + granted[3] + granted[4])
    market.late = _late(market)
    premium = market.premium / np.maximum(exchange.at("europe.apt.any"), 1.0)
    fearful = market.scenario.mechanisms.fear
    none = np.zeros(market.worlds)
    support = np.array([_premium_support(market, b) for b in blocs]) / np.maximum(exchange.at("europe.apt.any"), 1.0)
    usual = {b: market.levers[f"buyers.{b}.long_contracts"].default for b in BUYER_BLOCS}
    contracts = np.array(
        [seats[f"buyers.{b}.long_contracts"] - usual[b] if b in BUYER_BLOCS else none for b in blocs]
    )
    buyers.learn(
        np.array([refusal[b] for b in blocs]), alarm, market.late, premium, support, contracts, fearful
    )
    effort = np.array([seats[f"buyers.{b}.substitution_effort"] / 12 if b in BUYER_BLOCS else np.zeros(market.worlds)
                       for b in blocs])  # fmt: skip
    if (effort > 0).any():
        buyers.help_save(effort)
    if market.scenario.mechanisms.traders:
        market.traders.learn()
    market.recyclers.learn()
    exchange.learn(_tightness(market))
    long_run = exchange.anchor * exchange.reference_price[exchange.place["europe.apt.any"], 0]
    slow = buyers.slow_price[blocs.index("europe")]
    goal = (1 - p.projects.spot_weight) * long_run + p.projects.spot_weight * slow
    market.expected = market.expected + p.projects.expectation * (goal - market.expected)
    _quote(market)
    _judge(market)


def _late(market: Market) -> Vector:
    """Share of usual arrivals that closed gateways hold up, by bloc."""
    exchange, buyers = market.exchange, market.buyers
    late = list(np.zeros((len(buyers.blocs), market.worlds)))
    for name, open_share in market.nature.narrowed().items():
        closed = 1 - open_share
        for i in market.licensing.through.get(name, ()):
            bloc = buyers.bloc_of_pool[exchange.network.destination[i]]
            late[bloc] = late[bloc] + closed * exchange.carried[i] / np.maximum(buyers.use_of_bloc[bloc], 1.0)
    return np.array(late)


def _tightness(market: Market) -> Vector:
    """Trend use over what standing mines and scrap can supply, relative to the start."""
    mines, buyers = market.mines, market.buyers
    running = mines.is_operating()
    reached = np.where(mines.stage == STAGES.index("ramp_up"), mines.ramp, 1.0)
    quota = market.seats["china.mining_quota"] / 12
    allowed = quota * (1 + market.parameters.mines.quota_leak * (1 - market.seats["china.quota_enforcement"]))
    can = mines.nameplate * mines.ceiling * running * reached
    chinese = np.minimum(total(can * mines.quota), allowed)
    supply = chinese + total(can * (1 - mines.quota) * 0.9) + total(market.recyclers.recovered)
    ratio = total(buyers.wanted) / np.maximum(supply, 1.0)
    if market.month == 0:
        market.start_balance = ratio
    return ratio / market.start_balance


def _quote(market: Market) -> None:
    """The press asks around: quotes trail deals a little."""
    exchange, p = market.exchange, market.parameters.quotes
    fob = exchange.at("china.apt.any") + market._fob_margin()
    fresh = np.array([fob, exchange.at("europe.apt.any")])
    market.quotes_held = p.inertia * market.quotes_held + (1 - p.inertia) * fresh
    west = np.zeros(market.worlds)
    weight = np.zeros(market.worlds)
    for region in ("europe", "north_america", "japan", "korea"):
        safe, plain = f"{region}.apt.eligible", f"{region}.apt.any"
        passing = exchange.throughput[exchange.place[safe]] + 1.0
        west = west + passing * np.maximum(exchange.at(safe) - exchange.at(plain), 0.0)
        weight = weight + passing
    market.premium = west / weight


def _judge(market: Market) -> None:
    """Trust moves with what governments did this month."""
    seats, relations, mines = market.seats, market.relations, market.mines
    refusal = market.licensing.refusal()
    row = {b: i for i, b in enumerate(LICENCE_BLOCS)}
    advocacy = seats["united_states.advocacy"]
    deeds: dict[tuple[str, str], Vector] = {
        ("china", "united_states"): -0.3 * refusal[row["us"]] - 0.3 * (seats["united_states.tariff_china"] - 0.25),
        ("china", "european_union"): -0.3 * refusal[row["europe"]],
        ("china", "japan_korea"): -0.2 * (refusal[row["japan"]] + refusal[row["korea"]]),
    }
    for host in HOSTS:
        here = mines.region == market.exchange.regions.index(host)
        weight = mines.nameplate[here]
        every = np.maximum(total(weight), 1e-9)
        talks = seats[f"{host}.diplomacy"]
        duty = seats[f"{host}.processing_requirement"] + seats[f"{host}.export_duty"]
        for i, role in enumerate(("china", "united_states", "european_union", "russia")):
            code = {"china": "china", "united_states": "us", "european_union": "europe"}.get(role)
            part = total(weight * (mines.partner[here] == PARTNERS.index(code))) / every if code else 0.0 * every
            effort = 0.02 * talks[i]
            push = 0.15 * advocacy if role == "united_states" else 0.0
            deeds[role, host] = 0.25 * (part - 0.3) + effort + push - 0.1 * duty
    relations.learn(market.date, deeds)


def record(market: Market) -> None:
    """Outcomes and scores are recorded."""
    market.briefing.collect()
    market.states.close_month(market.spent_before)
    market.spent_before = market.states.spent
    book = market.settlement.dollars
    for i, role in enumerate(market.states.roles):
        book.post("taxpayers", f"purse {role}", market.states.granted[i])
    market.record.carry(market.exchange.flow)
    market.measure.forget()
    if market.record.is_due(market.month):
        market.record.add(market.month, [market.measure(name) for name in market.record.outcomes])
    if market.datacollector.model_reporters:
        market.datacollector.collect(market)


MONTH: tuple[Callable[[Market], None], ...] = (
    strike,
    enact,
    decide,
    sign,
    advance,
    produce,
    clear,
    settle,
    learn,
    record,
)
"""The phases of a month, in order."""
