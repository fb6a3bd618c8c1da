"""A class as its log tells it: people, seats, rounds, decisions and offers; the same log gives the same class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from classroom.plans import MOST_IN_A_SEAT, PLANS, SEATS, Plan, fitted
from classroom.store import Entry

LOBBY, RUNNING, PAUSED, PLAYING, OVER = "lobby", "running", "paused", "playing", "over"
Slot = tuple[str, str]


class Unwelcome(ValueError):  # noqa: N818 - reads as what happened
    """Something a person may not do now; the message names a sentence of the catalogue, and its gaps."""

    def __init__(self, sentence: str, **gaps: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.gaps = gaps


@dataclass
class Person:
    """A student."""

    number: int
    name: str
    proof: str
    """Hash of the student's own code."""
    table: int = 0
    role: str = ""
    removed: bool = False


@dataclass
class Seat:
    """A role at a table, with the people in it."""

    people: list[int] = field(default_factory=list)
    captain: int = 0
    decided: dict[Slot, float | None] = field(default_factory=dict)
    """Accepted in this round."""
    proposals: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Proposals of this round by number: person, lever, target, value, votes."""
    done: bool = False


@dataclass
class Deal:
    """An offer between two seats of a table."""

    number: int
    act: dict[str, Any]
    state: str = "open"
    reason: str = ""


class Table:
    """One table: its seats, its offers, and what its world has been given in each round."""

    def __init__(self) -> None:
        self.seats = {role: Seat() for role in SEATS}
        self.deals: dict[int, Deal] = {}
        self.queue: list[dict[str, Any]] = []
        """What this round has put down so far, in order."""
        self.rounds: list[tuple[list[dict[str, Any]], int]] = []
        self.hashes: list[str] = []
        self.seated: tuple[str, ...] = ()
        """Seats in which people sit, as the world knows it."""


class Room:
    """The state of a class; changed by `apply` alone."""

    def __init__(self) -> None:
        self.scenario, self.seed, self.code, self.pin_proof = "", 0, "", ""
        self.plan: Plan = PLANS["90"]
        self.state = LOBBY
        self.round = 0
        """The round that is being decided, from 0."""
        self.tables: dict[int, Table] = {}
        self.people: dict[int, Person] = {}
        self.by_proof: dict[str, int] = {}
        self.messages: list[str] = []
        self.seen: dict[int, dict[str, None]] = {}
        """Messages accepted from each person."""
        self.played: set[int] = set()
        """Tables that have played the present round."""

    def apply(self, entry: Entry) -> None:
        """Let an entry of the log happen."""
        getattr(self, f"_{entry['kind']}")(entry)
        if "id" in entry:
            self.seen.setdefault(entry["person"], {})[entry["id"]] = None

    # --- what happens -----------------------------------------------------------------------------

    def _class(self, entry: Entry) -> None:
        self.scenario, self.seed, self.code = entry["scenario"], entry["seed"], entry["code"]
        self.pin_proof = entry["pin"]
        self.plan = fitted(PLANS[entry["plan"]], entry["months"])
        self.tables = {number: Table() for number in range(1, entry["tables"] + 1)}

    def _join(self, entry: Entry) -> None:
        person = Person(entry["number"], entry["name"], entry["proof"])
        self.people[person.number] = person
        self.by_proof[person.proof] = person.number

    def _sit(self, entry: Entry) -> None:
        person = self.people[entry["person"]]
        self._get_up(person)
        person.table, person.role = entry["table"], entry["role"]
        seat = self.tables[person.table].seats[person.role]
        seat.people.append(person.number)
        if not seat.captain:
            seat.captain = person.number

    def _get_up(self, person: Person) -> None:
        if person.table:
            seat = self.tables[person.table].seats[person.role]
            seat.people.remove(person.number)
            if seat.captain == person.number:
                seat.captain = seat.people[0] if seat.people else 0
        person.table, person.role = 0, ""

    def _remove(self, entry: Entry) -> None:
        person = self.people[entry["person"]]
        self._get_up(person)
        person.removed = True
        self.by_proof.pop(person.proof, None)

    def _captain(self, entry: Entry) -> None:
        self.tables[entry["table"]].seats[entry["role"]].captain = entry["to"]

    def _decide(self, entry: Entry) -> None:
        table = self.tables[entry["table"]]
        seat = table.seats[entry["role"]]
        slot = (entry["lever"], entry["target"])
        seat.decided[slot] = entry["value"]
        seat.proposals = {n: p for n, p in seat.proposals.items() if (p["lever"], p["target"]) != slot}
        table.queue.append({key: entry[key] for key in ("kind", "role", "lever", "target", "value")})

    def _propose(self, entry: Entry) -> None:
        seat = self.tables[entry["table"]].seats[entry["role"]]
        kept = {key: entry[key] for key in ("person", "lever", "target", "value")}
        seat.proposals[entry["number"]] = {**kept, "votes": {entry["person"]: True}}

    def _vote(self, entry: Entry) -> None:
        seat = self.tables[entry["table"]].seats[entry["role"]]
        seat.proposals[entry["proposal"]]["votes"][entry["person"]] = entry["agree"]

    def _submit(self, entry: Entry) -> None:
        self.tables[entry["table"]].seats[entry["role"]].done = entry["done"]

    def _offer(self, entry: Entry) -> None:
        self.tables[entry["table"]].deals[entry["number"]] = Deal(entry["number"], entry["act"])

    def _answer(self, entry: Entry) -> None:
        table = self.tables[entry["table"]]
        deal = table.deals[entry["offer"]]
        deal.state, deal.reason = ("accepted" if entry["accept"] else "refused"), entry.get("reason", "")
        if entry["accept"]:
            table.queue.append(deal.act)

    def _start(self, entry: Entry) -> None:
        self.state = RUNNING

    def _pause(self, entry: Entry) -> None:
        self.state = PAUSED

    def _say(self, entry: Entry) -> None:
        self.messages = [*self.messages[-4:], entry["text"]]

    def _strike(self, entry: Entry) -> None:
        for table in self.tables.values():
            table.queue.append({"kind": "strike", "event": entry["event"]})

    def _law(self, entry: Entry) -> None:
        law = {key: entry[key] for key in ("kind", "role", "lever", "target", "value")}
        for table in self.tables.values():
            table.queue.append(law)

    def _close(self, entry: Entry) -> None:
        """The round is over: what each table puts into its world is fixed here."""
        self.state = PLAYING
        self.played = set()
        for number, table in self.tables.items():
            seated = tuple(entry["seated"][str(number)])
            moves = [{"kind": "leave", "role": role} for role in table.seated if role not in seated]
            moves += [{"kind": "take", "role": role} for role in seated if role not in table.seated]
            acts = [act for act in table.queue if act["kind"] != "decide" or act["role"] in seated]
            table.rounds.append(([*moves, *acts], self.plan.months[self.round]))
            table.seated = seated
            table.queue = []
            for deal in table.deals.values():
                deal.state = "lapsed" if deal.state == "open" else deal.state
            for seat in table.seats.values():
                seat.decided, seat.proposals, seat.done = {}, {}, False

    def _played(self, entry: Entry) -> None:
        self.tables[entry["table"]].hashes.append(entry["hash"])
        self.played.add(entry["table"])
        if len(self.played) == len(self.tables):
            self.round += 1
            over = self.round == len(self.plan.months)
            rest = self.round == self.plan.pause_after
            self.state = OVER if over else PAUSED if rest else RUNNING

    # --- what may happen --------------------------------------------------------------------------

    def free_name(self, name: str) -> None:
        """Refuse a nickname that somebody has.

        Raises:
            Unwelcome: it is taken.
        """
        if any(p.name.casefold() == name.casefold() and not p.removed for p in self.people.values()):
            raise Unwelcome("class.error.name_taken", nickname=name)

    def free_seat(self, table: int, role: str) -> None:
        """Refuse a seat that is full or does not exist.

        Raises:
            Unwelcome: it is.
        """
        if table not in self.tables or role not in SEATS:
            raise Unwelcome("class.error.no_seat")
        if len(self.tables[table].seats[role].people) >= MOST_IN_A_SEAT:
            raise Unwelcome("class.error.seat_full")

    def in_round(self, number: int) -> None:
        """Refuse what comes too late or too early.

        Raises:
            Unwelcome: no round is being decided, or another one.
        """
        if self.state != RUNNING or number != self.round:
            raise Unwelcome("class.error.late")

    def seat_of(self, person: Person) -> Seat:
        """The seat of a person.

        Raises:
            Unwelcome: the person stands.
        """
        if not person.table:
            raise Unwelcome("class.error.standing")
        return self.tables[person.table].seats[person.role]

    def places(self) -> Sequence[tuple[int, str]]:
        """Free places, the emptiest seats first, all seats of a table before the next table."""
        found = []
        for number, table in self.tables.items():
            for place, (role, seat) in enumerate(table.seats.items()):
                if len(seat.people) < MOST_IN_A_SEAT:
                    found.append((len(seat.people), number, place, role))
        return [(number, role) for _, number, _, role in sorted(found)]
