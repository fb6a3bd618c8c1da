"""What each seat and the big board are shown of a world: plain numbers and names, ready to be sent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from agents import deals
from agents.session import Report, Session
from agents.terms import Offer, Term
from classroom.plans import SEATS
from sim.levers import Lever
from sim.outcomes import STAGES

PRICES = ("price.apt.rotterdam", "price.apt.china_domestic", "price.apt.fob_china", "price.apt.us")
HEADLINES = {
    "china": ("treasury", "stock_home", "stockpile", "price.apt.rotterdam"),
    "united_states": ("cover", "spent", "stockpile", "price.apt.rotterdam"),
    "kazakhstan": ("treasury", "home_mining", "home_refining", "price.apt.rotterdam"),
    "uzbekistan": ("treasury", "home_mining", "home_refining", "price.apt.rotterdam"),
    "buyers": ("price.apt.rotterdam", "stock", "refused", "premium.secure"),
}
UNITS = {
    "treasury": "million USD",
    "spent": "million USD",
    "stock_home": "t W",
    "stockpile": "t W",
    "stock": "t W",
    "cover": "month",
    "home_mining": "t W/year",
    "home_refining": "t W/year",
    "refused": "share",
    "price.apt.rotterdam": "USD/mtu",
    "premium.secure": "USD/mtu",
}
LEAST_FLOW = 4.0
"""t W a month below which the board draws no flow."""
EVENTS = 4
"""Events that stand in the board's chart."""
NEWS = 14
"""Lines of news that a seat is sent of a round."""


def table(session: Session, reports: Sequence[Report], before: Mapping[str, float]) -> dict[str, Any]:
    """Views of all seats under "seats" and the view of the board under "board"."""
    return {
        "seats": {role: seat(session, role, reports, before) for role in SEATS},
        "board": board(session, reports),
        "over": session.is_over,
    }


def seat(session: Session, role: str, reports: Sequence[Report], before: Mapping[str, float]) -> dict[str, Any]:
    """What a role may know, as its page shows it."""
    known = session.known_series(role)
    observed = session.observe(role)
    score = _score(session, role)
    return {
        "role": role,
        "date": _date(session),
        "score": score,
        "score_change": score - before[role] if role in before else 0.0,
        "headlines": [_headline(name, known, observed, reports) for name in HEADLINES[role.split(".")[0]]],
        "prices": {name: _rounded(known[name]) for name in PRICES} if session.month else {},
        "levers": [_lever(session, lever) for lever in session.market.levers if _is_for(lever, role)],
        "news": news(session, [report.seen_by(role) for report in reports], role),
        "trust": {n.removeprefix("trust."): _number(observed[n]) for n in observed if n.startswith("trust.")},
        "mines": _mines(session, observed),
        "deals": {
            other: [deal_act(offer) for offer in deals.possible(session, role, other)]
            for other in session.roles
            if other != role and not session.is_over
        },
    }


def _score(session: Session, role: str) -> float:
    return float(session.market.outcome(f"score.{role}")[0])


def _date(session: Session) -> str:
    return session.date if not session.is_over else session.date_of(session.months - 1)


def _number(vector: Any) -> float:
    return round(float(vector.reshape(-1)[0]), 4)


def _rounded(values: Any) -> list[float | None]:
    return [round(float(v), 1) if math.isfinite(v) else None for v in values]


def _headline(name: str, known: Mapping[str, Any], observed: Any, reports: Sequence[Report]) -> dict[str, Any]:
    past, back = known[name], len(reports)
    now = float(observed[name].reshape(-1)[0])
    change = now - float(past[-1 - back]) if 0 < back < len(past) else 0.0
    return {"name": name, "value": now, "change": change, "unit": UNITS[name]}


def _is_for(lever: Lever, role: str) -> bool:
    return lever.role == role and not lever.name.endswith(".temperament")


def _lever(session: Session, lever: Lever) -> dict[str, Any]:
    targets = lever.targets or ("",)
    return {
        "name": lever.name,
        "unit": lever.unit,
        "low": lever.low,
        "high": lever.high,
        "choices": list(lever.choices),
        "help": lever.help,
        "targets": [
            {
                "key": target,
                "title": _title(session, target),
                "value": round(session.value(lever.name, target), 4),
                "by": session.decided_by(lever.name, target),
            }
            for target in targets
        ],
    }


def _title(session: Session, target: str) -> str:
    titles = {mine.key: mine.title for mine in session.scenario.mines}
    return titles.get(target, "")


def _mines(session: Session, observed: Any) -> list[dict[str, Any]]:
    """The role's own mines, or else those still to be built."""
    keys = observed.own_mines or observed.projects
    found = []
    for key in keys:
        row = observed.row(key)
        found.append(
            {
                "key": key,
                "title": _title(session, key),
                "stage": int(observed["stage"][row].reshape(-1)[0]),
                "missing": _number(observed["missing"][row]),
                "nameplate": _number(observed["nameplate"][row]),
            }
        )
    return sorted(found, key=lambda mine: -mine["nameplate"])[:8]


def news(session: Session, reports: Sequence[Report], role: str = "") -> list[dict[str, Any]]:
    """What happened in a round: events, then what came to pass among projects, then decisions of people."""
    lines: list[dict[str, Any]] = []
    for report in reports:
        for event in report.events:
            lines.append({"kind": "event", "date": report.date, "title": event.title, "text": event.news})
        for change in report.changes:
            stage = change.kind == "stage"
            lines.append(
                {
                    "kind": change.kind,
                    "date": report.date,
                    "title": change.title,
                    "party": change.party,
                    "value": STAGES[int(change.after)] if stage else change.after,
                }
            )
        for decision in report.decisions:
            if decision.source in ("person", "offer", "teacher") and decision.value is not None:
                lines.append(
                    {
                        "kind": "decision",
                        "date": report.date,
                        "role": decision.role,
                        "lever": decision.lever,
                        "target": decision.target,
                        "value": decision.value,
                        "own": decision.role == role,
                    }
                )
    rank = {"event": 0, "offtake": 1, "loan": 1, "award": 1, "stage": 2, "decision": 3}
    return sorted(lines, key=lambda line: (line.get("own", False), rank.get(line["kind"], 2)))[:NEWS]


def board(session: Session, reports: Sequence[Report]) -> dict[str, Any]:
    """What the projector shows of a table; nothing that a seat keeps to itself."""
    market = session.market
    flows: dict[tuple[str, str, str], float] = {}
    for i, arc in enumerate(market.arcs):
        origin, destination = arc.origin.split(".")[0], arc.destination.split(".")[0]
        if arc.kind in ("route", "forms") and origin != destination:
            key = (origin, destination, arc.form)
            flows[key] = flows.get(key, 0.0) + float(market.exchange.flow[i, 0])
    shown = sorted(((k, v) for k, v in flows.items() if v >= LEAST_FLOW), key=lambda each: -each[1])[:40]
    approvals = market.seats["china.licence_approval"]
    blocs = market.levers["china.licence_approval"].targets
    return {
        "date": _date(session),
        "month": session.month,
        "prices": {name: _rounded(session.series(name)) for name in PRICES} if session.month else {},
        "price_now": {name: _quote(session, name) for name in PRICES},
        "scores": {role: round(_score(session, role), 1) for role in SEATS},
        "licences": {bloc: round(float(approvals[row].reshape(-1)[0]), 2) for row, bloc in enumerate(blocs)},
        "premium": round(float(market.premium[0]), 1),
        "flows": [[*key, round(tonnes, 1)] for key, tonnes in shown],
        "mines": [
            [mine.key, mine.title, int(market.mines.stage[row, 0]), round(float(market.mines.nameplate[row, 0]), 1)]
            for row, mine in enumerate(market.mines.mines)
        ],
        "past": past(session),
        "news": [line for line in news(session, reports) if line["kind"] != "decision" or line["lever"][-6:] != ".cover"],
        "people": list(session.people),
    }


def past(session: Session) -> list[list[Any]]:
    """The last events: month, title, number in the chart, and date."""
    found = [(report.month, event.title, report.date) for report in session.reports for event in report.events]
    return [[month, title, number, date] for number, (month, title, date) in enumerate(found[-EVENTS:], start=1)]


def _quote(session: Session, name: str) -> float:
    return round(float(session.observe("china")[name].reshape(-1)[0]), 1)


def deal_act(offer: Offer) -> dict[str, Any]:
    """An offer as it is kept in the log."""

    def side(terms: Sequence[Term]) -> list[list[Any]]:
        return [[t.lever, t.target, t.value] for t in terms]

    return {
        "kind": "deal",
        "deal": offer.kind,
        "maker": offer.maker,
        "taker": offer.taker,
        "mine": side(offer.mine),
        "yours": side(offer.yours),
        "until": offer.until,
        "why": offer.why,
    }


def places(session: Session) -> dict[str, Any]:
    """Where regions lie, and what the teacher may let happen."""
    events = [{"key": e.key, "title": e.title} for e in session.scenario.events]
    return {
        "title": session.scenario.title,
        "regions": {r.key: [r.lon, r.lat] for r in session.scenario.regions},
        "events": events,
        "months": session.months,
    }
