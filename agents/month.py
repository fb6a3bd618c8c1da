"""One month, in order: the phases stand here once, as data, and a test pins them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from agents.finance import BUYER_ROLE, LENDERS, OFFERS, REQUESTS
from agents.learning import learn_from_trade
from agents.refineries import HOSTS
from agents.trade_month import clear, settle
from sim import mining
from sim.levers import LICENCE_BLOCS, PARTNERS
from sim.network import Index, Vector
from sim.sums import total

if TYPE_CHECKING:
    from agents.market import Market


def strike(market: Market) -> None:
    """Luck is read: what nature and third parties do this month."""
    if not market.scenario.mechanisms.events:
        return
    nature = market.nature
    distrust = np.maximum(0.2 - market.relations.between("china", "kazakhstan"), 0.0)
    exposure = {i: 1 + 5 * distrust for i, e in enumerate(nature.events) if e.target == "khorgos"}
    nature.strike(market.month, market.calendar_month, market.seeds, exposure)
    for i in np.flatnonzero(nature.struck.any(axis=1)).tolist():
        event = nature.events[i]
        market.events_seen.append((market.month, event.key, event.target, nature.struck[i]))
    for i, opening in enumerate(nature.openings):
        here = (nature.opens[i] == market.month) * 1.0
        if (here > 0).any():
            market.events_seen.append((market.month, opening.key, opening.target, here))


def enact(market: Market) -> None:
    """Events and law take effect: this month's orders enter their seats."""
    market.seats.open_month(market.month)


def decide(market: Market) -> None:
    """Everyone sees the same start of the month; governments and buyers decide."""
    public = market.briefing.public()
    decided = [government.decide(market.briefing.of(government.role, public)) for government in market.governments]
    market.decide_buyers(public)
    for decisions in decided:
        market.seats.rule(decisions)


def sign(market: Market) -> None:
    """Awards, grants, offtakes and loans are signed."""
    seats, mines, finance, states = market.seats, market.mines, market.finance, market.states
    for host in HOSTS:
        award = seats[f"{host}.award"]
        rows = mines.rows_in[host]
        partner = mines.partner.copy()
        partner[rows] = np.where(award > 0, award, partner[rows])
        mines.partner = partner
    offers = {lender: seats[OFFERS[lender]] for lender in LENDERS}
    # Chinese money comes with Chinese offtake
    bound = 0.8 * np.clip(offers["china"] / np.maximum(mines.need[finance.projects], 1.0), 0.0, 1.0)
    asked = {buyer: seats[lever] for buyer, lever in REQUESTS.items()} | {"china": bound}
    requests = {buyer: asked[buyer] for buyer in ("us", "china", "europe", "japan_korea")}
    floors = {"us": seats["united_states.floor_price"]}
    finance.sign_offtakes(market.month, market.date, requests, floors, partial(_consent, market))
    market.lent = finance.sign_loans(offers, partial(_readiness, market))
    support = np.zeros_like(mines.grants)
    support[finance.projects] = seats["united_states.mine_support"] / 12
    market.grants = support * states.affordable("united_states", total(support))
    if market.grants.any():
        mines.grants = mines.grants + market.grants
        states.pay("united_states", total(market.grants))


def _consent(market: Market, buyer: str, rows: Index) -> Vector:
    """1 where the host lets a buyer sign, by mine: nobody sells to those whom it distrusts."""
    role = BUYER_ROLE[buyer]
    consent: dict[str, Vector] = {}
    for host in HOSTS:
        trust = market.relations.between(host, role)
        consent[host] = np.where(trust > -0.3, 1.0, 0.0)
        if host == "uzbekistan":
            closed = market.seats["uzbekistan.first_come"] < 0.5
            consent[host] = np.where(np.where(closed, trust > 0.25, trust > -0.3), 1.0, 0.0)
    consent["china"] = np.full(market.worlds, float(role == "china"))
    return market.mines.by_region(consent, 1.0, rows)


def _readiness(market: Market, lender: str, rows: Index) -> Vector:
    """Chance that a lender's diligence ends well, by mine."""
    p = market.parameters.finance
    sold = (1 - market.finance.free_share()[rows] > 0.15) * 1.0
    base = {"china": p.base_odds + 0.35, "turkey": p.base_odds + 0.3, "russia": p.base_odds + 0.2}.get(lender, p.base_odds)
    hosts = {host: market.relations.between(lender, host) for host in HOSTS}
    trust = market.mines.by_region(hosts, 0.3, rows)
    odds = base + 0.15 * sold + 0.3 * np.maximum(trust, -0.5)
    if lender == "united_states":
        odds = odds + 0.15 * market.seats["united_states.advocacy"]
    return odds


def advance(market: Market) -> None:
    """Projects advance, refineries and skills are built."""
    mines, seats, states = market.mines, market.seats, market.states
    p = market.parameters.projects
    market.home_spending = states.develop(seats)
    market.keep = _kept_after_royalty(market)
    if not market.scenario.mechanisms.projects:
        market.equity_paid = 0 * mines.output
        mines.capital_spent = 0 * mines.output
        return
    netback = market.exchange.price[mines.pool] * market.keep
    winter, power = _harm_left(market)
    building = market.nature.on_building(winter, power) * _local_pace(market)
    stately = np.zeros_like(mines.partner)
    stately[mines.of_host_states] = mines.partner[mines.of_host_states] == PARTNERS.index("state")
    study = mining.study_pace(
        mines.worth, mines.grants, mines.study_cost, p.study_appetite, mines.state_owned, stately
    )
    hurried = mines.rows_in["uzbekistan"]
    study[hurried] = study[hurried] * (0.85 + 0.5 * seats["uzbekistan.fast_track"])
    added, sheltered = market.finance.floors(market.expected)
    mood = np.clip(1 + market.buyers.momentum()[market.buyers.blocs.index("europe")], 0.5, 2.0)
    market.equity_paid = mines.advance(
        market.expected, added, sheltered, market.keep, study, building, building, netback, mood
    )
    readiness = np.array([0.25 + 0.5 * states.power[i] + 0.5 * states.skills[i] for i in range(len(HOSTS))])
    apt = np.array([market.home_spending[host]["refinery_investment"] for host in HOSTS])
    carbide = np.array([market.home_spending[host]["carbide_investment"] for host in HOSTS])
    fed = np.array([_mined_in(market, market.refineries.names[r]) for r in market.refineries.plant_region])
    market.refineries.build(apt, carbide, readiness, market.month, market.seeds, fed.reshape(-1, market.worlds))


def _mined_in(market: Market, region: str) -> Vector:
    return total(market.mines.output[market.mines.rows_in[region]])


def _local_pace(market: Market) -> Vector:
    """Pace of building against plan where skills, local jobs and early processing rules bind, by mine."""
    pace = {}
    for i, host in enumerate(HOSTS):
        skills, power = market.states.skills[i], market.states.power[i]
        lack = np.maximum(market.seats[f"{host}.local_workforce"] - 0.4 - skills, 0.0)
        required = market.seats[f"{host}.processing_requirement"]
        unready = required * np.maximum(0.8 - 0.5 * (skills + power), 0.0)
        pace[host] = np.clip(1 - 0.5 * lack - unready, 0.3, 1.0)
    return market.mines.by_region(pace, 1.0)


def _harm_left(market: Market) -> tuple[Vector, Vector]:
    """Share of the harm of winters and power cuts that readiness leaves, by region."""
    harm = np.ones((len(market.exchange.regions), market.worlds))
    for i, host in enumerate(HOSTS):
        harm[market.exchange.regions.index(host)] = 1.3 - 0.8 * market.states.power[i]
    return harm, harm


def _kept_after_royalty(market: Market) -> Vector:
    """Share of a mine's sales left after royalty, by mine."""
    kept = {host: 1 - market.seats[f"{host}.royalty"] for host in HOSTS}
    return market.mines.by_region(kept, 1 - market.parameters.projects.tax)


def produce(market: Market) -> None:
    """Mines produce."""
    mines, p = market.mines, market.parameters.mines
    netback = market.exchange.price[mines.pool]
    quota = market.seats["china.mining_quota"] / 12
    allowed = quota * (1 + p.quota_leak * (1 - market.seats["china.quota_enforcement"]))
    winter, power = _harm_left(market)
    spread = p.spread if market.scenario.mechanisms.noise else 0.0
    events = market.nature.on_mines(market.month, market.seeds, spread, winter, power)
    mines.produce(market.month, netback, events, allowed)


def learn(market: Market) -> None:
    """Expectations, trust, fear and the wish for safe origins are learned."""
    learn_from_trade(market)
    _judge(market)


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
    market.measure._month = -1
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
