"""Open pages: who is heard, what is answered, and what is sent to them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from classroom import console, guard, messages
from classroom.hall import Hall
from classroom.links import Link
from classroom.room import Unwelcome
from sim.text import Text

Heard = Callable[[str], Awaitable[dict[str, Any]]]
State = Callable[[], list[dict[str, Any]]]

MOST_LINKS = 600
MOST_BOARDS = 60
MOST_LINKS_OF_ONE = 4
"""Open pages of one student; a newer one takes the place of the oldest."""
NOT_YOURS, REMOVED, REPLACED, FULL = 4401, 4403, 4409, 1013
"""Why a socket is closed."""
BEAT = 10.0
"""Seconds after which a page that was told nothing is told that the server is there."""


class Sockets:
    """The three kinds of sockets of a class."""

    def __init__(self, hall: Hall, say: Text) -> None:
        self.hall, self.say = hall, say

    async def seat(self, socket: WebSocket, number: int, code: str) -> None:
        """A student's page; number 0 is nobody."""
        if not number:
            await self.turn_away(socket, NOT_YOURS)
            return
        link = Link("seat", number)

        async def heard(content: str) -> dict[str, Any]:
            return await self.hall.student(link, messages.STUDENT.validate_json(content))

        levers = {lever.name: [lever.unit, lever.choices] for lever in self.hall.levers}
        hello = {"kind": "you", "code": code, "levers": levers}
        await self.serve(socket, link, lambda: self.hall.for_person(link), heard, hello)

    async def teacher(self, socket: WebSocket, is_teacher: bool) -> None:
        """The teacher's page."""
        if not is_teacher:
            await self.turn_away(socket, NOT_YOURS)
            return

        async def heard(content: str) -> dict[str, Any]:
            return await console.teach(self.hall, messages.TEACHER.validate_json(content))

        await self.serve(socket, Link("teacher"), self.hall.for_teacher, heard, {"kind": "you"})

    async def board(self, socket: WebSocket) -> None:
        """The projector's page, which only listens."""

        async def heard(content: str) -> dict[str, Any]:
            raise Unwelcome("class.error.not_now")

        hello = {"kind": "you", "code": self.hall.room.code, "address": socket.headers.get("host", "")}
        await self.serve(socket, Link("board"), self.hall.for_board, heard, hello)

    @staticmethod
    async def turn_away(socket: WebSocket, why: int) -> None:
        """Close a socket that whoever asks cannot have."""
        await socket.accept()
        await socket.close(why)

    def make_room(self, link: Link) -> bool:
        """Whether one more page can be served; the oldest of a student's many pages gives way."""
        same = [each for each in self.hall.links if link.person and each.person == link.person]
        for old in sorted(same, key=lambda each: each.since)[: max(0, len(same) - MOST_LINKS_OF_ONE + 1)]:
            self.hall.links.discard(old)
            old.replaced = True
            old.news.set()
        boards = sum(1 for each in self.hall.links if each.kind == "board")
        return len(self.hall.links) < MOST_LINKS and not (link.kind == "board" and boards >= MOST_BOARDS)

    async def serve(
        self,
        socket: WebSocket,
        link: Link,
        state: State,
        heard: Heard,
        hello: dict[str, Any],
    ) -> None:
        """Hear and answer one page until it closes."""
        if not guard.is_from_here(socket.headers, True):
            await self.turn_away(socket, NOT_YOURS)
            return
        if not self.make_room(link):
            await self.turn_away(socket, FULL)
            return
        await socket.accept()
        self.hall.links.add(link)
        link.out.append(hello)
        link.news.set()
        if link.person:
            self.hall.last_seen[link.person] = time.monotonic()
        sender = asyncio.create_task(self.send(socket, link, state))
        try:
            while True:
                content = await socket.receive_text()
                await self.hear(link, content, heard)
        except (WebSocketDisconnect, RuntimeError, KeyError):
            pass
        finally:
            sender.cancel()
            self.hall.links.discard(link)
            if link.person:
                self.hall.last_seen[link.person] = time.monotonic()

    async def hear(self, link: Link, content: str, heard: Heard) -> None:
        """Answer one message: done, or a sentence that says why not."""
        answer: dict[str, Any] = {"kind": "ack", "id": "", "ok": False}
        if not link.bucket.take():
            answer["error"] = self.say("class.error.rate")
        elif len(content) > messages.LARGEST:
            answer["error"] = self.say("class.error.too_large")
        else:
            answer["id"], kind = named(content)
            work = self.answer(link, answer, heard(content))
            # what is decided does not wait for what a look-ahead of the same page finds
            if kind == "preview":
                self.hall.spawn(work)
            else:
                await work
            return
        link.out.append(answer)
        link.news.set()

    async def answer(self, link: Link, answer: dict[str, Any], found: Awaitable[dict[str, Any]]) -> None:
        """Send what was found, or why it could not be done."""
        try:
            answer |= {"ok": True, **await found}
        except Unwelcome as error:
            answer["error"] = self.say(error.sentence, **error.gaps)
        except ValidationError:
            answer["error"] = self.say("class.error.form")
        link.out.append(answer)
        link.news.set()

    async def send(self, socket: WebSocket, link: Link, state: State) -> None:
        """Send answers and the newest state; what became stale in the meantime is never sent."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(link.news.wait(), BEAT)
                if link.replaced:
                    await socket.close(REPLACED)
                    return
                link.news.clear()
                out, link.out = link.out or ([] if link.fresh else [{"kind": "beat"}]), []
                if link.fresh:
                    link.fresh = False
                    if link.person and self.hall.room.people[link.person].removed:
                        await socket.close(REMOVED)
                        return
                    out += state()
                for each in out:
                    await socket.send_text(json.dumps(each, separators=(",", ":")))
                await asyncio.sleep(0.02)


def named(content: str) -> tuple[str, str]:
    """The page's own name of a message and its kind, if it has them."""
    try:
        found = json.loads(content)
        return (str(found.get("id", ""))[:40], str(found.get("kind", ""))) if isinstance(found, dict) else ("", "")
    except (ValueError, RecursionError):
        return "", ""
