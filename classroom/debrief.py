"""What a class is shown at its end: what each decision caused, what was luck and what was play, and the tables compared.

Everything is measured by playing again, and all of it in one block of worlds: each table without each line of decisions,
with the rule in each seat and with calm buyers, under the class's luck; the class's decisions, and rules alone, under
other luck; and worlds of comparison.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from agents import acts, lines
from agents.decisions import Decision
from agents.lines import Block, Line
from agents.replay import Variant, without
from agents.session import Session
from agents.terms import ACCEPTED, AGREED, Offer
from classroom import worlds
from classroom.plans import SEATS
from sim.network import Vector

PRICE = "price.apt.rotterdam"
SHOWN = (PRICE, "fear.us", "fear.europe", "fear.japan_korea", "share.china.mine", "supply.mine.world", "unmet.defence")
BUYERS = tuple(seat for seat in SEATS if seat.startswith("buyers."))
SCORES = tuple(f"score.{seat}" for seat in SEATS)
MEASURED = (PRICE, "share.china.mine", *SCORES)
"""Outcomes of every world of the block."""

TURNING_POINTS = 5
MOST_WHAT_IFS, WHAT_IFS = 40, 240
"""Lines of decisions that are taken apart, at a table and at all tables: those moved furthest, and first, before others."""
OTHER_LUCKS = 32
"""Lucks in which rules play alone, which tell what luck gave each seat."""
PLAYED_AGAIN = 32
"""Times that a team's play is tried under other luck, shared among the tables."""
CALM_COVER, CALM_POOLING = 2.8, 0.5
"""Months of use that buyers hold who fear nothing, and what of it they hold together."""

COOPERATIVE = {
    "china.licence_approval": 1.0,
    "china.licence_military": 0.6,
    "china.retaliation": 0.0,
    "china.processing_delay": 0.0,
    "united_states.tariff_china": 0.0,
    "united_states.stockpile_purchases": 0.0,
    **{f"{seat}.cover": CALM_COVER for seat in BUYERS},
    **{f"{seat}.pooling": CALM_POOLING for seat in BUYERS},
}
"""A world in which nobody refuses, hoards or retaliates; everything else is left to the rules."""
OPEN_LICENCES = ("china.licence_approval", "china.licence_military")


class Table:
    """A table in the block: its session, and the places of its worlds."""

    def __init__(self, number: int, session: Session, block: Block, tables: int) -> None:
        self.number, self.session = number, session
        self.line = lines.of(session)
        self.people = [seat for seat in SEATS if any(seat in people for people in self.line.people)]
        self.asked = _worth_asking(session)[: min(MOST_WHAT_IFS, WHAT_IFS // tables)]
        here, lucks = [session.seed], [session.seed + 1 + k for k in range(max(4, PLAYED_AGAIN // tables))]
        self.whatifs = [
            block.add(without(self.line, Variant(tuple(d.number for d in group))), here)[0] for group in self.asked
        ]
        ruled = {seat: without(self.line, _left(session, [seat])) for seat in self.people}
        self.ruled = {seat: block.add(line, here)[0] for seat, line in ruled.items()}
        self.again = block.add(self.line, lucks) if self.people else []
        self.ruled_again = {seat: block.add(line, lucks) for seat, line in ruled.items()}
        calm = {seat: (seat,) for seat in BUYERS} | {"all": BUYERS}
        self.calm = {name: block.add(_calm(self.line, seats), here)[0] for name, seats in calm.items()}
        self.open = block.add(lines.fixed(self.line, _everywhere(session, dict.fromkeys(OPEN_LICENCES, 1.0))), here)[0]


def whole(numbers: Sequence[int]) -> dict[str, Any]:
    """The debrief of all tables, which have played the same scenario under the same seed.

    Args:
        numbers: tables of this process, all with the same months played.
    """
    first = worlds.TABLES[numbers[0]]
    first.blocks.clear()  # nobody looks ahead any more
    block = Block(first.scenario, MEASURED)
    tables = [Table(number, worlds.TABLES[number], block, len(numbers)) for number in numbers]
    rules = without(tables[0].line, _left(first, tables[0].people))
    nature = tuple(tuple(d for d in made if acts.is_act(d)) for made in rules.made)
    nobody = Line(rules.scripted, rules.people, nature)
    still = {lever.name: lever.default for lever in first.market.levers if lever.role in SEATS and _is_policy(lever.name)}
    others = [first.seed + 1 + k for k in range(OTHER_LUCKS)]
    compared = {
        "rules": block.add(rules, [first.seed])[0],
        "none": block.add(lines.fixed(nobody, _everywhere(first, still)), [first.seed])[0],
        "cooperative": block.add(lines.fixed(nobody, _everywhere(first, COOPERATIVE)), [first.seed])[0],
    }
    elsewhere = block.add(rules, others)
    values = block.play()
    usual = {seat: np.sort(_means(values, seat)[elsewhere]) for seat in SEATS}
    here = {seat: float(_means(values, seat)[compared["rules"]]) for seat in SEATS}
    found = [_table(table, values, usual, here) for table in tables]
    price = np.sort(values[0][:, elsewhere], axis=1)
    return {
        "dates": [first.date_of(month) for month in range(first.month)],
        "tables": found,
        "comparison": comparison(found),
        "benchmarks": {
            name: {"price": _listed(values[0][:, world], 1), "scores": _scores(values, world)}
            for name, world in compared.items()
        },
        "luck": {
            "worlds": OTHER_LUCKS,
            "low": _listed(price[:, OTHER_LUCKS // 10], 1),
            "high": _listed(price[:, -1 - OTHER_LUCKS // 10], 1),
        },
        "names": {each.key: each.title for each in (*first.scenario.mines, *first.scenario.events)},
        "worlds": values.shape[-1],
    }


def _means(values: Vector, seat: str) -> Vector:
    """Mean score of a seat over the months played, by world."""
    return np.mean(values[MEASURED.index(f"score.{seat}")], axis=0)  # type: ignore[no-any-return]


def _scores(values: Vector, world: int) -> dict[str, float]:
    return {seat: round(float(_means(values, seat)[world]), 2) for seat in SEATS}


def _listed(values: Vector, digits: int = 4) -> list[float]:
    return [round(float(v), digits) for v in values]


def _is_policy(lever: str) -> bool:
    return not lever.endswith(".temperament")


def _everywhere(session: Session, values: Mapping[str, float]) -> dict[tuple[str, str], float]:
    """Values of levers for all their targets."""
    levers = session.market.levers
    return {(name, target): value for name, value in values.items() for target in levers[name].targets or ("",)}


def _calm(line: Line, seats: Sequence[str]) -> Line:
    """The line with buyers who wish for no more than they use."""
    cover = {(f"{seat}.cover", ""): CALM_COVER for seat in seats}
    return lines.fixed(line, cover | {(f"{seat}.pooling", ""): CALM_POOLING for seat in seats})


def _agreed(session: Session, offer: Offer) -> list[Decision]:
    """Decisions of both seats by which an agreement began and ended."""
    slots = [(t.lever, t.target) for t in (*offer.mine, *offer.yours)]
    months = {"offer": offer.month, "offer ended": offer.until}
    return [d for d in session.log if d.source in AGREED and d.slot in slots and d.month == months[d.source]]


def _left(session: Session, seats: Sequence[str]) -> Variant:
    """Teams left out, and with them both sides of every agreement that they made."""
    made = [o for o in session.offers if o.state == ACCEPTED and (o.maker in seats or o.taker in seats)]
    return Variant(tuple(d.number for offer in made for d in _agreed(session, offer)), tuple(seats))


def _worth_asking(session: Session) -> list[list[Decision]]:
    """What a table did, apart: each lever and target, each agreement, each event and law; the likeliest to matter first."""
    groups: dict[Any, list[Decision]] = {}
    for offer in session.offers:
        if offer.state == ACCEPTED:
            groups[offer.number] = _agreed(session, offer)
    for decision in session.log:
        if decision.source in ("person", "teacher"):
            groups.setdefault((decision.slot, decision.source), []).append(decision)

    def reach(group: list[Decision]) -> float:
        first = group[0]
        left = session.month - first.month
        if first.source != "person":
            return 1.0 * left
        lever = session.market.levers[first.lever]
        span = max(lever.high - lever.low, 1e-9)
        moved = [abs(d.value - lever.default) for d in group if d.value is not None]
        return min(1.0, max(moved, default=0.0) / span) * left

    return sorted((group for group in groups.values() if group), key=lambda group: -reach(group))


def _table(table: Table, values: Vector, usual: Mapping[str, Vector], rules: Mapping[str, float]) -> dict[str, Any]:
    """The debrief of one table."""
    session = table.session
    price = session.series(PRICE)
    turning = [_turning(session, group, values[:, :, world])
               for group, world in zip(table.asked, table.whatifs, strict=True)]  # fmt: skip
    turning = sorted(turning, key=lambda each: -each["weight"])[:TURNING_POINTS]
    lifted = {name: price - values[0][:, world] for name, world in table.calm.items()}
    share = session.series("share.china.mine")
    return {
        "table": table.number,
        "hash": session.hashes[-1],
        "series": {name: _listed(session.series(name)) for name in SHOWN},
        "asked": len(table.asked),
        "turning": turning,
        "teams": {seat: _team(table, seat, values, usual[seat], rules[seat]) for seat in SEATS},
        "lifted": {name: round(float(np.mean(by)), 2) for name, by in lifted.items()},
        "calm_price": _listed(values[0][:, table.calm["all"]], 1),
        "open": {
            "price": _listed(values[0][:, table.open], 1),
            "share": _listed(values[1][:, table.open]),
            "china": round(float(np.mean(session.series("score.china")) - _means(values, "china")[table.open]), 2),
            "rivals": round(float(share[-1] - values[1][-1, table.open]), 4),
        },
    }


def _team(table: Table, seat: str, values: Vector, usual: Vector, rules: float) -> dict[str, Any]:
    """A seat's mean score, and the parts that add up to it: what is usual there, luck, the others, and its own play."""
    score = float(np.mean(table.session.series(f"score.{seat}")))
    means = _means(values, seat)
    rule = float(means[table.ruled[seat]]) if seat in table.people else score
    found: dict[str, Any] = {
        "people": seat in table.people,
        "score": round(score, 2),
        "rule": round(rule, 2),
        "usual": round(float(np.mean(usual)), 2),
        "luck": round(rules - float(np.mean(usual)), 2),
        "others": round(rule - rules, 2),
        "play": round(score - rule, 2),
    }
    if seat in table.people:
        again = means[table.again] - means[table.ruled_again[seat]]
        found["elsewhere"] = [round(float(v), 2) for v in (again.min(), np.mean(again), again.max())]
    return found


def _turning(session: Session, group: list[Decision], other: Vector) -> dict[str, Any]:
    """What a group of decisions caused: in everybody's score and in the price."""
    first = group[0]
    scores = {}
    for seat in SEATS:
        gained = session.series(f"score.{seat}") - other[MEASURED.index(f"score.{seat}")]
        scores[seat] = round(float(np.mean(gained)), 2)
    price = session.series(PRICE) - other[0]
    return {
        "role": first.role,
        "source": first.source,
        "lever": first.lever,
        "target": first.target,
        "terms": [[d.role, d.lever, d.target, _said(session, d)] for d in group if d.source == "offer"],
        "date": session.date_of(first.month),
        "unit": "" if acts.is_act(first) else session.market.levers[first.lever].unit,
        "values": [[session.date_of(d.month), _said(session, d)] for d in group if d.slot == first.slot],
        "scores": scores,
        "price": _listed(price, 2),
        "peak": round(float(price[abs(price).argmax()]), 1),
        "peak_date": session.date_of(int(abs(price).argmax())),
        "weight": sum(abs(v) for v in scores.values()),
    }


def _said(session: Session, decision: Decision) -> float | str | None:
    """The value of a decision, or the name of what was chosen."""
    if acts.is_act(decision) or decision.value is None:
        return None
    choices = session.market.levers[decision.lever].choices
    return choices[int(decision.value)] if choices else decision.value


def comparison(tables: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tables beside each other, the highest sum of scores first."""
    rows = []
    for each in tables:
        price, teams = each["series"][PRICE], each["teams"].values()
        rows.append(
            {
                "table": each["table"],
                "mean_price": round(sum(price) / len(price), 1),
                "peak_price": round(max(price), 1),
                "fear": round(each["lifted"]["all"], 1),
                "sum": round(sum(team["score"] for team in teams), 1),
                "skill": round(sum(team["play"] for team in teams), 1),
            }
        )
    return sorted(rows, key=lambda row: -row["sum"])
