"""A class that is running: the room as the log tells it, the worlds, the clock, and everybody who is connected."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from classroom import guard
from classroom.engine import Engine
from classroom.envoy import bring_offers
from classroom.links import Link
from classroom.plans import SEATS
from classroom.room import LOBBY, OVER, PAUSED, PLAYING, RUNNING, Person, Room, Unwelcome
from classroom.store import Entry, Store, StoreError
from sim.levers import Levers

GRACE = 45.0
"""Seconds after which somebody without a connection counts as gone."""
CAPTAIN_GRACE = 15.0
AGAIN = 60.0
"""Seconds left at least when a class goes on after the server has ended."""


class Hall:
    """Everything that a class does; `open` reads the log, `student` takes messages (console.teach the teacher's)."""

    def __init__(self, store: Store, levers: Levers, about: dict[str, Any], seconds: int | None = None) -> None:
        self.store, self.levers, self.about = store, levers, about
        self.room = Room()
        for entry in store.entries():
            self.room.apply(entry)
        self.seconds = seconds or self.room.plan.seconds
        self.engine = Engine(self._rebuilt)
        self.shown: dict[int, dict[str, Any]] = {}
        self.links: set[Link] = set()
        self.last_seen = {number: time.monotonic() for number in self.room.people}
        self.ends_at = 0.0
        self.left = float(self.seconds)
        self.ready = False
        self.why: dict[int, dict[str, Any]] = {}
        """What moved the price of the last round, by table."""
        self.debrief: dict[str, Any] = {"tables": [], "done": False}
        self._previewing: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    # --- beginning and end -------------------------------------------------------------------------

    def _rebuilt(self) -> list[tuple[Any, ...]]:
        return [
            (self.room.scenario, self.room.seed, number, table.rounds[: len(table.hashes)])
            for number, table in self.room.tables.items()
        ]

    async def open(self) -> None:
        """Bring the worlds to where the log left them, and start the clock.

        Raises:
            StoreError: a world comes out otherwise than the log says.
        """
        for number, table in self.room.tables.items():
            found = await self.engine.ask("worlds.replay", self.room.scenario, self.room.seed, number, table.rounds)
            if found["hashes"][: len(table.hashes)] != table.hashes:
                raise StoreError(f"{self.store.path} was played by another version of the model; start a new class.")
            self.shown[number] = found
            if len(found["hashes"]) > len(table.hashes):
                self.record({"kind": "played", "table": number, "month": found["month"], "hash": found["hash"]})
        self.ready = True
        if self.room.state == RUNNING:
            self.wind(max(AGAIN, self.seconds / 2))
        elif self.room.state == OVER:
            self.spawn(self._take_apart())
        self.spawn(self._tick())
        self.spawn(self._explain())
        self.tell()

    def spawn(self, work: Any) -> None:
        """Do something beside everything else."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """End everything that runs."""
        for task in tuple(self._tasks):
            task.cancel()
        self.engine.close()
        self.store.close()

    def record(self, entry: Entry) -> int:
        """Write an entry, and let it happen."""
        number = self.store.add(entry)
        self.room.apply({**entry, "number": number})
        return number

    # --- the clock -----------------------------------------------------------------------------------

    def wind(self, seconds: float) -> None:
        """So many seconds are left."""
        self.left = seconds
        self.ends_at = time.monotonic() + seconds

    @property
    def seconds_left(self) -> float:
        """Until the round closes."""
        return max(0.0, self.ends_at - time.monotonic()) if self.room.state == RUNNING else self.left

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(0.25)
            if self.room.state == RUNNING:
                self._pass_on_captaincy()
                if time.monotonic() >= self.ends_at or self._all_done():
                    await self.close_round()

    def is_here(self, number: int, grace: float = GRACE) -> bool:
        """Whether somebody is connected, or was a moment ago."""
        return any(link.person == number for link in self.links) or (
            time.monotonic() - self.last_seen.get(number, -1e9) < grace
        )

    def _all_done(self) -> bool:
        seats = [seat for table in self.room.tables.values() for seat in table.seats.values()]
        here = [seat for seat in seats if any(self.is_here(n) for n in seat.people)]
        return bool(here) and all(seat.done for seat in here)

    def _pass_on_captaincy(self) -> None:
        for number, table in self.room.tables.items():
            for role, seat in table.seats.items():
                if seat.captain and not self.is_here(seat.captain, CAPTAIN_GRACE):
                    heir = next((n for n in seat.people if self.is_here(n, 1.0)), 0)
                    if heir:
                        self.record({"kind": "captain", "table": number, "role": role, "to": heir})
                        self.tell(number, role)

    async def close_round(self) -> None:
        """Fix what the round decided, play it at all tables, and open the next."""
        if self.room.state not in (RUNNING, PAUSED):
            return
        seated = {}
        for number, table in self.room.tables.items():
            seated[str(number)] = [
                role
                for role, seat in table.seats.items()
                if seat.people and (seat.decided or any(self.is_here(n) for n in seat.people))
            ]
        self.record({"kind": "close", "round": self.room.round, "seated": seated})
        self.why = {}
        self.tell()
        for number, table in self.room.tables.items():
            acts, months = table.rounds[-1]
            found = await self.engine.ask("worlds.play", number, acts, months)
            self.shown[number] = found
            self.record({"kind": "played", "table": number, "month": found["month"], "hash": found["hash"]})
        self.wind(self.seconds)
        self.tell()
        self.spawn(self._explain())
        self.spawn(bring_offers(self))
        if self.room.state == OVER:
            self.spawn(self._take_apart())

    async def _explain(self) -> None:
        """Find out what moved the price of the last round at each table; pages are told."""
        played = self.room.round
        for number, table in self.room.tables.items():
            if table.rounds:
                found = await self.engine.ask("worlds.why", number, table.rounds[-1][1])
                if self.room.round != played or self.room.state == PLAYING:
                    return
                self.why[number] = found
        self.tell()

    async def _take_apart(self) -> None:
        """Make the debrief."""
        self.debrief = {**await self.engine.ask("debrief.whole", list(self.room.tables)), "done": True}
        self.tell()

    # --- who is told what ------------------------------------------------------------------------------

    def tell(self, table: int = 0, role: str = "") -> None:
        """Have the state sent to everybody, or to one seat and the teacher."""
        for link in self.links:
            person = self.room.people.get(link.person)
            if not table or link.kind != "seat" or (person and (person.table, person.role) == (table, role)):
                link.fresh = True
                link.news.set()

    def common(self) -> dict[str, Any]:
        """What every page is told."""
        room = self.room
        return {
            "kind": "state",
            "state": room.state if self.ready else "loading",
            "round": room.round,
            "rounds": len(room.plan.months),
            "months": room.plan.months[min(room.round, len(room.plan.months) - 1)],
            "left": round(self.seconds_left, 1),
            "seconds": self.seconds,
            "messages": room.messages,
            "tables": len(room.tables),
            "start": self.about["start"],
        }

    def for_person(self, link: Link) -> list[dict[str, Any]]:
        """What a student's page is sent: the state of the class and the seat, and the view when there is a new one."""
        person, room = self.room.people[link.person], self.room
        mine: dict[str, Any] = {"name": person.name, "number": person.number, "table": person.table, "role": person.role}
        if not person.table or room.state == LOBBY:
            mine["free"] = [
                {"table": n, "role": role, "names": [room.people[p].name for p in seat.people]}
                for n, table in room.tables.items()
                for role, seat in table.seats.items()
            ]
        if not person.table:
            return [{**self.common(), "me": mine}]
        table = room.tables[person.table]
        seat = table.seats[person.role]
        mine |= {
            "captain": seat.captain,
            "people": [{"number": n, "name": room.people[n].name, "here": self.is_here(n, 5.0)} for n in seat.people],
            "decided": [[lever, target, value] for (lever, target), value in seat.decided.items()],
            "proposals": [
                {**{k: p[k] for k in ("person", "lever", "target", "value")}, "number": number,
                 "yes": [n for n, agreed in p["votes"].items() if agreed],
                 "no": [n for n, agreed in p["votes"].items() if not agreed]}
                for number, p in seat.proposals.items()
            ],
            "done": seat.done,
            "why": self.why.get(person.table),
            "offers": [
                {"number": d.number, "state": d.state, "reason": d.reason, **d.act}
                for d in list(table.deals.values())[-30:]
                if person.role in (d.act["maker"], d.act["taker"])
            ],
        }  # fmt: skip
        out = [{**self.common(), "me": mine}]
        stamp = (person.table, person.role, room.round, self.shown.get(person.table, {}).get("hash", ""))
        if self.ready and link.round_sent != stamp and room.state != PLAYING:
            link.round_sent = stamp
            out.append({"kind": "view", "round": room.round, **self.shown[person.table]["seats"][person.role]})
        return out

    def for_board(self) -> list[dict[str, Any]]:
        """What the projector is sent."""
        boards = {n: shown["board"] for n, shown in self.shown.items()} if self.ready else {}
        people = sum(1 for p in self.room.people.values() if not p.removed)
        done = [
            [seat.done for seat in table.seats.values() if any(map(self.is_here, seat.people))]
            for table in self.room.tables.values()
        ]
        return [
            {
                **self.common(),
                "boards": boards,
                "why": self.why,
                "title": self.about["title"],
                "people": people,
                "done": [[sum(d), len(d)] for d in done],
                "debriefed": self.debrief["done"],
            }
        ]

    def for_teacher(self) -> list[dict[str, Any]]:
        """What the teacher's page is sent."""
        room = self.room
        people = [
            {"number": p.number, "name": p.name, "table": p.table, "role": p.role, "here": self.is_here(p.number, 5.0)}
            for p in room.people.values()
            if not p.removed
        ]
        seats = [
            {
                "table": number,
                "role": role,
                "people": seat.people,
                "captain": seat.captain,
                "done": seat.done,
                "decided": len(seat.decided),
                "score": self.shown[number]["board"]["scores"][role] if number in self.shown else None,
            }
            for number, table in room.tables.items()
            for role, seat in table.seats.items()
        ]
        prices = {n: shown["board"]["price_now"] for n, shown in self.shown.items()}
        more = {"people": people, "seats": seats, "prices": prices, "about": self.about, "code": room.code}
        return [{**self.common(), **more, "debriefed": self.debrief["done"]}]

    # --- what students send --------------------------------------------------------------------------------

    def join(self, name: str) -> tuple[int, str]:
        """Somebody comes in: number and own code.

        Raises:
            Unwelcome: the name is taken or empty, or the class is full.
        """
        clean = " ".join("".join(c for c in name if c.isprintable()).split())
        if not clean:
            raise Unwelcome("class.error.no_name")
        self.room.free_name(clean)
        if len([p for p in self.room.people.values() if not p.removed]) >= 4 * len(SEATS) * len(self.room.tables):
            raise Unwelcome("class.error.full")
        code = guard.code(10)
        number = self.record({"kind": "join", "name": clean, "proof": guard.proof(code)})
        self.last_seen[number] = time.monotonic()
        self.tell()
        return number, code

    async def student(self, link: Link, message: Any) -> dict[str, Any]:
        """Do what a student's page asks for, and give the answer.

        Raises:
            Unwelcome: it may not be done, now or by this person.
        """
        person, room = self.room.people[link.person], self.room
        if person.removed:
            raise Unwelcome("class.error.removed")
        if message.id in room.seen.get(person.number, {}):
            return {"again": True}
        signed = {"person": person.number, "id": message.id}
        if message.kind == "sit":
            if person.table and room.state != LOBBY:
                raise Unwelcome("class.error.seated")
            room.free_seat(message.table, message.role)
            self.record({"kind": "sit", "table": message.table, "role": message.role, **signed})
            self.tell()
            return {}
        seat = room.seat_of(person)
        room.in_round(message.round)
        place = {"table": person.table, "role": person.role}
        if message.kind == "decide":
            value = self._allowed(person, message.lever, message.target, message.value)
            kind = "decide" if seat.captain == person.number else "propose"
            if kind == "propose" and len(seat.proposals) >= 12:
                raise Unwelcome("class.error.too_many")
            what = {"lever": message.lever, "target": message.target, "value": value}
            self.record({"kind": kind, **place, **what, **signed})
        elif message.kind == "vote":
            if message.proposal not in seat.proposals:
                raise Unwelcome("class.error.gone")
            self.record({"kind": "vote", **place, "proposal": message.proposal, "agree": message.agree, **signed})
        elif message.kind == "preview":
            return await self._preview(person, message)
        else:
            if seat.captain != person.number:
                raise Unwelcome("class.error.not_captain")
            await self._as_captain(person, message, place, signed)
        self.tell(person.table, person.role)
        return {}

    async def _as_captain(self, person: Person, message: Any, place: dict[str, Any], signed: dict[str, Any]) -> None:
        table = self.room.tables[person.table]
        if message.kind == "submit":
            self.record({"kind": "submit", **place, "done": message.done, **signed})
        elif message.kind == "offer":
            mine = [d for d in table.deals.values() if d.state == "open" and d.act["maker"] == person.role]
            if len(mine) >= 3:
                raise Unwelcome("class.error.too_many")
            shown = self.shown[person.table]["seats"][person.role]["deals"].get(message.to, [])
            if message.choice >= len(shown):
                raise Unwelcome("class.error.gone")
            act = shown[message.choice]
            number = self.record({"kind": "offer", "table": person.table, "act": act, **signed})
            taker = table.seats.get(message.to)
            if taker is None or not any(self.is_here(n) for n in taker.people):
                self.spawn(self._rule_answers(person.table, number, act, self.room.round))
            else:
                self.tell(person.table, message.to)
        elif message.kind == "answer":
            deal = table.deals.get(message.offer)
            if deal is None or deal.state != "open" or deal.act["taker"] != person.role:
                raise Unwelcome("class.error.gone")
            self.record({"kind": "answer", **place, "offer": message.offer, "accept": message.accept, **signed})
            self.tell(person.table, deal.act["maker"])

    async def _rule_answers(self, table: int, number: int, act: dict[str, Any], round_: int) -> None:
        accept, reason = await self.engine.ask("worlds.answer", table, act)
        deal = self.room.tables[table].deals[number]
        if self.room.round == round_ and self.room.state in (RUNNING, PAUSED) and deal.state == "open":
            self.record({"kind": "answer", "table": table, "offer": number, "accept": accept, "reason": reason})
            self.tell(table, act["maker"])

    def _allowed(self, person: Person, lever: str, target: str, value: float | None) -> float | None:
        from agents.decisions import Refused, checked

        try:
            return checked(self.levers, person.role, lever, target, value)
        except Refused as error:
            raise Unwelcome("class.error.refused", why=str(error)) from None

    async def _preview(self, person: Person, message: Any) -> dict[str, Any]:
        self._allowed(person, message.lever, message.target, message.value)
        if person.table in self._previewing:
            return {"busy": True}
        self._previewing.add(person.table)
        try:
            return await self.engine.ask(
                "worlds.preview", person.table, person.role, message.lever, message.target, message.value
            )
        finally:
            self._previewing.discard(person.table)
