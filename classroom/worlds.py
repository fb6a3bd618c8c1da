"""The worlds of the tables, played in a process of their own so that nobody waits for the arithmetic."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cache
from typing import Any

from agents import deals, envoys, offers, weighing
from agents.decisions import Decision, Refused
from agents.market import Market
from agents.session import Session
from agents.terms import Offer, Term
from classroom import views
from classroom.plans import SEATS
from sim import outcomes, scenario_files

PRICE = "price.apt.rotterdam"
LONGEST_WHY = 12
"""Months over which a price is explained at most."""
BEHIND = {
    "china": ("share.china.mine", "share.china.refined", "price.apt.china_domestic"),
    "united_states": ("cover.us_defence", "share.china.mine"),
    "kazakhstan": ("kazakhstan.sovereignty", "refined.kazakhstan", "supply.mine.kazakhstan"),
    "uzbekistan": ("refined.uzbekistan", "supply.mine.uzbekistan"),
    "buyers": ("premium.secure",),
}
"""What a look-ahead shows beside score and price, since the score moves with it; by role or kind of role."""

Act = dict[str, Any]
"""One thing that the log puts into a world: take, leave, decide, strike, law or deal."""

TABLES: dict[int, Session] = {}
"""Sessions of this process by table."""

_loaded = cache(scenario_files.load)


@cache
def _blocks(scenario: str, seed: int) -> dict[Hashable, Market]:
    """Blocks of worlds for looking ahead, which all tables use in turn."""
    return {}


def _new(scenario: str, seed: int, table: int) -> Session:
    """Set out the world of a table anew, with the rules in all seats."""
    session = TABLES[table] = Session.new(_loaded(scenario), seed=seed)
    session.blocks = _blocks(scenario, seed)
    return session


def put(session: Session, act: Act) -> Decision | Offer | None:
    """Put one thing into a world.

    Raises:
        Refused: it is not allowed; the world is as it was.
    """
    kind = act["kind"]
    if kind == "take":
        session.take(act["role"])
    elif kind == "leave":
        session.leave(act["role"])
    elif kind == "decide":
        return session.decide(act["role"], act["lever"], act["target"], act["value"])
    elif kind == "strike":
        return session.strike(act["event"])
    elif kind == "law":
        value = act["value"]
        return session.arrange(act["role"], act["lever"], act["target"], value, session.month, "teacher")
    elif kind == "deal":
        made = offers.make(
            session, act["maker"], act["taker"], _terms(act["mine"]), _terms(act["yours"]), act["until"], act["deal"]
        )
        return offers.accept(session, made)
    return None


def _terms(side: Sequence[Sequence[Any]]) -> tuple[Term, ...]:
    return tuple(Term(lever, target, value) for lever, target, value in side)


def play_round(session: Session, acts: Sequence[Act], months: int) -> dict[str, Any]:
    """Put in what a round decided, play it, and say what came of it; what the world refuses is reported."""
    refused = []
    before = {role: float(session.market.outcome(f"score.{role}")[0]) for role in SEATS}
    for act in acts:
        try:
            put(session, act)
        except Refused as error:
            refused.append({**act, "why": str(error)})
    reports = session.play(months)
    return {"month": session.month, "hash": session.hashes[-1], "refused": refused, "before": before, "reports": reports}


def play(table: int, acts: Sequence[Act], months: int) -> dict[str, Any]:
    """Play a round at a table and show it to every seat."""
    session = TABLES[table]
    played = play_round(session, acts, months)
    shown = _shown(session, played)
    return {"month": played["month"], "hash": played["hash"], "refused": played["refused"], **shown}


def _shown(session: Session, played: dict[str, Any]) -> dict[str, Any]:
    """A table after a round; what was kept of the months that are now known to every seat is let go."""
    shown = views.table(session, played["reports"], played["before"])
    session.at.thin(min(len(played["reports"]), LONGEST_WHY))
    return shown


def replay(scenario: str, seed: int, table: int, rounds: Sequence[tuple[Sequence[Act], int]]) -> dict[str, Any]:
    """Play all rounds of a log again and show the table as it stands.

    Returns:
        What `play` gave for the last round, with the hashes after each round under "hashes".
    """
    session = _new(scenario, seed, table)
    hashes, shown = [], views.table(session, [], {})
    for place, (acts, months) in enumerate(rounds):
        played = play_round(session, acts, months)
        hashes.append(played["hash"])
        if place == len(rounds) - 1:
            shown = _shown(session, played)
    return {"month": session.month, "hash": session.hashes[-1], "hashes": hashes, **shown}


def deal(table: int, maker: str, taker: str, choice: int) -> Act | None:
    """The offer at a place of the list that a seat was shown, as an act; None if there is none."""
    found = deals.possible(TABLES[table], maker, taker)
    return views.deal_act(found[choice]) if 0 <= choice < len(found) else None


def answer(table: int, act: Act) -> tuple[bool, str]:
    """Whether the rule in the taker's seat would take an offer, and why."""
    session = TABLES[table]
    offer = Offer(
        0, session.month, act["deal"], act["maker"], act["taker"], _terms(act["mine"]), _terms(act["yours"]), act["until"]
    )
    return offers.verdict(session, offer, weighing.weigh(session, [offer])[0])


def proposal(table: int, role: str, here: Sequence[str], told: Sequence[tuple[str, str]]) -> Act | None:
    """What a rule would offer to a team, as an act; None if there is nothing.

    Args:
        table: its number.
        role: the team's seat.
        here: seats of all teams that are there.
        told: maker and kind of offers of rules that the team was told of.
    """
    session = TABLES[table]
    if role not in session.people:
        return None
    thoughts = [o for o in envoys.thinkable(session, role) if o.maker not in here and (o.maker, o.kind) not in told]
    # other tables wait
    thoughts = thoughts[: weighing.MOST]
    found = envoys.ranked(session, role, thoughts, weighing.weigh(session, thoughts))
    return views.deal_act(found[0]) if found else None


def why(table: int, months: int) -> dict[str, Any]:
    """What moved the price of a table's last months, in per cent of where it began; see agents.attribution."""
    from agents.attribution import attribute_session

    session = TABLES[table]
    months = min(months, LONGEST_WHY)
    found = attribute_session(session, (PRICE,), session.month - months, session.month)[PRICE]
    parts = {**found.shares, "under_way": found.under_way}
    shown = {name: round(found.percent(part), 1) for name, part in parts.items()}
    return {"first": found.first, "last": found.last, "change": round(found.percent(found.change), 1), "parts": shown}


def preview(table: int, role: str, lever: str, target: str, value: float) -> dict[str, Any]:
    """What a decision would change within two years, as ranges over worlds with other luck, the score first."""
    import numpy as np

    from agents import lookahead

    session = TABLES[table]
    try:
        number = offers.checked(session.market.levers, role, lever, target, value)
    except Refused as error:
        return {"error": str(error)}
    proposed = (Decision(0, session.month, role, lever, target, number),)
    names = (f"score.{role}", PRICE, *BEHIND[role.split(".")[0]])
    known = outcomes.registry(session.scenario)
    if (output := f"project.{target}.output") in known:
        names = (*names, output)
    fan = lookahead.fan(session, role, proposed, months=24, worlds=48, outcomes=names)
    ranges = {}
    for place, name in enumerate(names):
        last = fan.effect[place, :, -6:]
        ranges[name] = [float(np.mean(last[0])), float(np.mean(last[2])), float(np.mean(last[4]))]
    units = {name: outcome.unit for name, outcome in known.items() if name in names}
    return {"months": len(fan.dates), "ranges": ranges, "units": units}
