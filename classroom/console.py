"""What the teacher may do: the clock, messages, events, laws, and who sits where."""

from __future__ import annotations

from typing import Any

from agents.decisions import Refused, checked
from classroom.hall import Hall
from classroom.room import LOBBY, OVER, PAUSED, RUNNING, Unwelcome
from sim.levers import Levers

LAWS = {
    "deny": ("china", "china.licence_approval", "us", 0.0),
    "free": ("china", "china.licence_approval", "us", 1.0),
    "ban": ("united_states", "united_states.sourcing_ban", "", 1.0),
    "tariff": ("united_states", "united_states.tariff_china", "", 1.0),
    "process": ("kazakhstan", "kazakhstan.processing_requirement", "", 0.5),
    "quota": ("china", "china.mining_quota", "", 45_000.0),
}
"""Laws that the console offers: role, lever, target and value, by the name of the sentence that says so."""


def offered_laws(levers: Levers) -> list[dict[str, Any]]:
    """Laws that make sense in a scenario, as messages without kind."""
    found = []
    for name, (role, lever, target, value) in LAWS.items():
        try:
            checked(levers, role, lever, target, value)
        except Refused:
            continue
        found.append({"name": name, "law": {"role": role, "lever": lever, "target": target, "value": value}})
    return found


async def teach(hall: Hall, message: Any) -> dict[str, Any]:
    """Do what the teacher's page asks for.

    Raises:
        Unwelcome: it cannot be done now.
    """
    room, kind = hall.room, message.kind
    if kind == "start" and room.state in (LOBBY, PAUSED):
        seconds = hall.seconds_left if room.state == PAUSED else hall.seconds
        hall.record({"kind": "start"})
        hall.wind(seconds)
    elif kind == "pause" and room.state == RUNNING:
        hall.left = hall.seconds_left
        hall.record({"kind": "pause"})
    elif kind == "next" and room.state in (RUNNING, PAUSED) and message.round == room.round:
        hall.spawn(hall.close_round())
    elif kind == "pace":
        hall.seconds = message.seconds
        if room.state == LOBBY:
            hall.wind(message.seconds)
    elif kind == "deadline":
        hall.wind(message.seconds)
    elif kind == "extend":
        hall.wind(hall.seconds_left + message.seconds)
    elif kind == "say":
        hall.record({"kind": "say", "text": message.text})
    elif kind == "strike" and room.state != OVER:
        if message.event not in [event["key"] for event in hall.about["events"]]:
            raise Unwelcome("class.error.gone")
        hall.record({"kind": "strike", "event": message.event})
    elif kind == "law" and room.state != OVER:
        try:
            value = checked(hall.levers, message.role, message.lever, message.target, message.value)
        except Refused as error:
            raise Unwelcome("class.error.refused", why=str(error)) from None
        what = {"lever": message.lever, "target": message.target, "value": value}
        hall.record({"kind": "law", "role": message.role, **what})
    elif kind == "move":
        _known(hall, message.person)
        room.free_seat(message.table, message.role)
        hall.record({"kind": "sit", "person": message.person, "table": message.table, "role": message.role})
    elif kind == "remove":
        _known(hall, message.person)
        hall.record({"kind": "remove", "person": message.person})
    elif kind == "assign":
        for person in [p for p in room.people.values() if not p.removed and not p.table]:
            places = room.places()
            if places:
                hall.record({"kind": "sit", "person": person.number, "table": places[0][0], "role": places[0][1]})
    else:
        raise Unwelcome("class.error.not_now")
    hall.tell()
    return {}


def _known(hall: Hall, number: int) -> None:
    person = hall.room.people.get(number)
    if person is None or person.removed:
        raise Unwelcome("class.error.gone")
