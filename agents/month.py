"""One month, in order: the phases stand here once, as data, and a test pins them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from agents import buyer_rule
from agents.learning import learn_from_trade
from agents.projects_month import advance, produce, sign, strike
from agents.refineries import HOSTS
from agents.trade_month import clear, settle
from sim.levers import BUYER_BLOCS, LICENCE_BLOCS, PARTNERS
from sim.network import Vector
from sim.sums import total

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
