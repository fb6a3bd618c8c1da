"""What a class is shown at its end: what decisions caused, what was luck, and how the tables differ."""

from __future__ import annotations

from typing import Any

from agents.decisions import Decision
from agents.replay import Comparison, Variant, compare
from agents.session import Session
from classroom import worlds
from classroom.plans import SEATS

PRICE = "price.apt.rotterdam"
SHOWN = (PRICE, "fear.us", "fear.europe", "fear.japan_korea", "share.china.mine", "supply.mine.world", "unmet.defence")
MOST_WHAT_IFS = 8
"""Decisions of a table that are taken apart, the likeliest to matter first."""
TURNING_POINTS = 5

COOPERATIVE = {
    "china.licence_approval": 1.0,
    "china.licence_military": 0.6,
    "china.retaliation": 0.0,
    "china.processing_delay": 0.0,
    "united_states.tariff_china": 0.0,
    "united_states.stockpile_purchases": 0.0,
    "buyers.us.cover": 2.8,
    "buyers.us.pooling": 0.5,
    "buyers.europe.cover": 2.8,
    "buyers.europe.pooling": 0.5,
    "buyers.japan_korea.cover": 2.8,
    "buyers.japan_korea.pooling": 0.5,
}
"""A world in which nobody refuses, hoards or retaliates; everything else is left to the rules."""


def table(number: int) -> dict[str, Any]:
    """The debrief of one table: turning points, each team beside the rule in its seat, and its prices."""
    session = worlds.TABLES[number]
    people = [role for role in SEATS if any(role in node.people for node in session.at.line())]
    asked = _worth_asking(session)
    variants = [Variant(tuple(d.number for d in group)) for group in asked]
    variants += [Variant(roles=(role,)) for role in people]
    if people:
        variants.append(Variant(roles=tuple(people)))
    found = compare(session, variants) if variants else []
    turning = [_turning(session, group, found[i]) for i, group in enumerate(asked)]
    turning = sorted(turning, key=lambda each: -each["weight"])[:TURNING_POINTS]
    teams = {}
    for role in SEATS:
        mine = _mean(session, f"score.{role}")
        teams[role] = {"score": mine, "rule": mine, "people": role in people}
    for place, role in enumerate(people, start=len(asked)):
        teams[role]["rule"] = _mean_of(found[place], f"score.{role}")
    rules = _without(found[-1], PRICE) if people else _past(session, PRICE)
    return {
        "table": number,
        "hash": session.hashes[-1],
        "dates": [session.date_of(month) for month in range(session.month)],
        "series": {name: _past(session, name) for name in SHOWN},
        "rules_price": rules,
        "turning": turning,
        "teams": teams,
    }


def _past(session: Session, name: str) -> list[float]:
    return [round(float(v), 4) for v in session.series(name)]


def _without(found: Comparison, name: str) -> list[float]:
    return [round(float(v), 4) for v in found.without[found.outcomes.index(name)]]


def _mean(session: Session, name: str) -> float:
    values = session.series(name)
    return round(float(values.mean()), 2) if len(values) else 0.0


def _mean_of(found: Comparison, name: str) -> float:
    return round(float(found.without[found.outcomes.index(name)].mean()), 2)


def _worth_asking(session: Session) -> list[list[Decision]]:
    """Decisions of people joined by lever and target, those set earliest and moved furthest first."""
    groups: dict[tuple[str, str], list[Decision]] = {}
    for decision in session.log:
        if decision.source in ("person", "offer", "offer ended", "teacher") and decision.value is not None:
            groups.setdefault(decision.slot, []).append(decision)

    def reach(group: list[Decision]) -> float:
        first = group[0]
        if first.role == "nature":
            return 1.0
        lever = session.market.levers[first.lever]
        span = max(lever.high - lever.low, 1e-9)
        moved = max(abs(d.number_or_nan - lever.default) for d in group) / span
        return min(1.0, moved) * (session.month - first.month)

    return sorted(groups.values(), key=lambda group: -reach(group))[:MOST_WHAT_IFS]


def _turning(session: Session, group: list[Decision], found: Comparison) -> dict[str, Any]:
    """What one line of decisions caused: in the price of the last year, and in everybody's score."""
    first = group[0]
    scores = {}
    for role in SEATS:
        scores[role] = round(float(found.of(f"score.{role}").mean()), 2)
    price = found.of(PRICE)
    return {
        "role": first.role,
        "lever": first.lever,
        "target": first.target,
        "date": session.date_of(first.month),
        "values": [[session.date_of(d.month), d.value] for d in group][:8],
        "scores": scores,
        "price": [round(float(v), 2) for v in price],
        "peak": round(float(price[abs(price).argmax()]), 1),
        "weight": sum(abs(v) for v in scores.values()),
    }


def benchmark(scenario: str, seed: int, months: int, kind: str) -> dict[str, Any]:
    """The same luck without any policy ("none"), or with a policy that nobody need fear ("cooperative")."""
    still = kind == "none"
    fixed = {} if still else COOPERATIVE
    roles = SEATS if still else tuple(dict.fromkeys(name.rsplit(".", 1)[0] for name in fixed))
    session = Session.new(scenario, seed=seed, people=roles)
    for lever in session.market.levers:
        if lever.role in roles and not lever.name.endswith(".temperament") and (still or lever.name in fixed):
            for target in lever.targets or ("",):
                session.decide(lever.role, lever.name, target, fixed.get(lever.name, lever.default))
    session.play(months)
    return {"price": _past(session, PRICE), "scores": {role: _mean(session, f"score.{role}") for role in SEATS}}
