"""Routes of the class: pages, joining, the teacher's number, and the sockets."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from classroom import console, guard, messages, paper
from classroom.hall import Hall
from classroom.links import Link
from classroom.room import OVER, Unwelcome
from sim import text

Form = TypeVar("Form", bound=BaseModel)

HERE = Path(__file__).parent
PAGES = HERE / "pages"
ASSETS = HERE.parent / "assets"
SEAT, TEACHER = "heavystone_seat", "heavystone_teacher"
MOST_LINKS = 600
MOST_LINKS_OF_ONE = 4
LARGEST_BODY = 4096
HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-cache",
}

ALONE = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:; img-src data:"
"""What the debrief in one file may do: nothing beyond itself."""


class Careful:
    """Adds headers that keep pages from doing what they should not."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, guarded if scope["type"] == "http" else send)


def build(hall: Hall) -> ASGIApp:
    """The application of a class."""
    return Careful(Pages(hall).app)


class Pages:
    """Everything that is served for one class."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.say = text.load()
        self.teachers: set[str] = set()
        self.patience = guard.Patience()

        @contextlib.asynccontextmanager
        async def life(_: Starlette) -> AsyncIterator[None]:
            hall.spawn(hall.open())
            yield
            hall.close()

        self.app = Starlette(
            lifespan=life,
            routes=[
                Route("/", self.home),
                Route("/seat", self.page("seat")),
                Route("/teach", self.page("teach")),
                Route("/board", self.page("board")),
                Route("/debrief", self.page("debrief")),
                Route("/debrief.json", self.debrief),
                Route("/debrief.html", self.debrief_file),
                Route("/students.csv", self.students),
                Route("/strings.json", self.strings),
                Route("/map.json", self.map),
                Route("/qr.svg", self.qr),
                Route("/join", self.join, methods=["POST"]),
                Route("/return", self.come_back, methods=["POST"]),
                Route("/pin", self.pin, methods=["POST"]),
                WebSocketRoute("/ws/seat", self.seat_socket),
                WebSocketRoute("/ws/teacher", self.teacher_socket),
                WebSocketRoute("/ws/board", self.board_socket),
                Mount("/static", StaticFiles(directory=PAGES)),
                Mount("/fonts", StaticFiles(directory=ASSETS / "fonts")),
            ],
        )

    # --- pages -----------------------------------------------------------------------------------

    def page(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        """A page that is the same for everybody; what is on it comes through its socket."""
        content = (PAGES / f"{name}.html").read_text(encoding="utf-8")

        async def given(request: Request) -> Response:
            return Response(content, media_type="text/html")

        return given

    async def home(self, request: Request) -> Response:
        if self.student(request):
            return RedirectResponse("/seat", 303)
        return Response((PAGES / "join.html").read_text(encoding="utf-8"), media_type="text/html")

    async def strings(self, request: Request) -> Response:
        said = {name: self.say._entries[name] for name in self.say.names() if not name.startswith(("term.", "tutorial."))}
        return JSONResponse(said)

    async def map(self, request: Request) -> Response:
        return Response(paper.map_json(self.hall.about["regions"]), media_type="application/json")

    async def qr(self, request: Request) -> Response:
        import segno

        address = f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}/?code={self.hall.room.code}"
        out = io.BytesIO()
        segno.make(address[:300], error="m").save(out, kind="svg", border=2, scale=8, dark="#0C1116", light="#FFFFFF")
        return Response(out.getvalue(), media_type="image/svg+xml")

    async def debrief(self, request: Request) -> Response:
        if self.hall.room.state != OVER:
            return self.refusal("class.error.not_over", 409)
        return JSONResponse(self.hall.debrief)

    async def debrief_file(self, request: Request) -> Response:
        if self.hall.room.state != OVER or not self.hall.debrief["done"]:
            return self.refusal("class.error.not_over", 409)
        return Response(
            paper.debrief_html(self.hall.debrief, self.say),
            media_type="text/html",
            headers={"content-security-policy": ALONE},
        )

    async def students(self, request: Request) -> Response:
        if not self.teacher(request):
            return self.refusal("class.error.pin_needed", 403)
        names = request.query_params.get("names") == "1"
        head = {"content-disposition": 'attachment; filename="students.csv"'}
        return PlainTextResponse(paper.students_csv(self.hall, names), media_type="text/csv", headers=head)

    # --- coming in -------------------------------------------------------------------------------------

    def student(self, connection: HTTPConnection) -> int:
        """Number of the student whose cookie this is; 0 if it is nobody's."""
        code = connection.cookies.get(SEAT, "")
        return self.hall.room.by_proof.get(guard.proof(code), 0) if code else 0

    def teacher(self, connection: HTTPConnection) -> bool:
        """Whether the teacher's number was given here."""
        return guard.proof(connection.cookies.get(TEACHER, "")) in self.teachers

    @staticmethod
    def is_from_here(connection: HTTPConnection, must: bool) -> bool:
        """Whether a request comes from one of our own pages."""
        origin = connection.headers.get("origin")
        if origin is None:
            return not must
        return origin.split("://")[-1] == connection.headers.get("host", "")

    def refusal(self, sentence: str, status: int, **gaps: object) -> Response:
        """A clear sentence."""
        return JSONResponse({"error": self.say(sentence, **gaps)}, status)

    async def read(self, request: Request, kind: type[Form]) -> Form | Response:
        """The body of a request."""
        if not self.is_from_here(request, False):
            return self.refusal("class.error.origin", 403)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return self.refusal("class.error.too_large", 413)
        try:
            return kind.model_validate_json(body)
        except ValidationError:
            return self.refusal("class.error.form", 422)

    def guesses(self, request: Request) -> tuple[str, Response | None]:
        """Who guesses, and what is answered if it is too soon."""
        who = f"{request.url.path} {request.client.host if request.client else ''}"
        wait = self.patience.wait(who)
        if wait > 0:
            return who, self.refusal("class.error.wait", 429, seconds=int(wait) + 1)
        return who, None

    async def join(self, request: Request) -> Response:
        form = await self.read(request, messages.Join)
        if isinstance(form, Response):
            return form
        if form.room.strip().lower() != self.hall.room.code:
            return self.refusal("class.error.room", 404, code=form.room)
        try:
            _, code = self.hall.join(form.name)
        except Unwelcome as error:
            return self.refusal(error.sentence, 409, **error.gaps)
        return self.with_cookie(JSONResponse({"code": code}), SEAT, code)

    async def come_back(self, request: Request) -> Response:
        form = await self.read(request, messages.Return)
        if isinstance(form, Response):
            return form
        who, early = self.guesses(request)
        if early:
            return early
        code = form.code.strip().lower()
        if guard.proof(code) not in self.hall.room.by_proof:
            self.patience.wrong(who)
            return self.refusal("class.error.own_code", 404)
        self.patience.right(who)
        return self.with_cookie(JSONResponse({"code": code}), SEAT, code)

    async def pin(self, request: Request) -> Response:
        form = await self.read(request, messages.Pin)
        if isinstance(form, Response):
            return form
        who, early = self.guesses(request)
        if early:
            return early
        if not guard.same(guard.proof(form.pin), self.hall.room.pin_proof):
            self.patience.wrong(who)
            return self.refusal("class.error.pin", 403)
        self.patience.right(who)
        token = guard.code(24)
        self.teachers.add(guard.proof(token))
        return self.with_cookie(JSONResponse({}), TEACHER, token)

    @staticmethod
    def with_cookie(response: Response, name: str, value: str) -> Response:
        """The answer with a cookie that scripts and other sites cannot read."""
        response.set_cookie(name, value, max_age=14 * 86400, path="/", httponly=True, samesite="strict")
        return response

    # --- sockets -----------------------------------------------------------------------------------------

    async def seat_socket(self, socket: WebSocket) -> None:
        number = self.student(socket)
        of_one = sum(1 for link in self.hall.links if link.person == number)
        if not number or of_one >= MOST_LINKS_OF_ONE:
            await self.turn_away(socket)
            return
        link = Link("seat", number)

        async def heard(content: str) -> dict[str, Any]:
            return await self.hall.student(link, messages.STUDENT.validate_json(content))

        code = socket.cookies.get(SEAT, "")
        await self.serve(socket, link, lambda: self.hall.for_person(link), heard, {"kind": "you", "code": code})

    async def teacher_socket(self, socket: WebSocket) -> None:
        if not self.teacher(socket):
            await self.turn_away(socket)
            return

        async def heard(content: str) -> dict[str, Any]:
            return await console.teach(self.hall, messages.TEACHER.validate_json(content))

        await self.serve(socket, Link("teacher"), self.hall.for_teacher, heard, {"kind": "you"})

    async def board_socket(self, socket: WebSocket) -> None:
        async def heard(content: str) -> dict[str, Any]:
            raise Unwelcome("class.error.not_now")

        hello = {"kind": "you", "code": self.hall.room.code, "address": socket.headers.get("host", "")}
        await self.serve(socket, Link("board"), self.hall.for_board, heard, hello)

    @staticmethod
    async def turn_away(socket: WebSocket) -> None:
        """Say that this socket is not for whoever asks."""
        await socket.accept()
        await socket.close(4401)

    async def serve(
        self,
        socket: WebSocket,
        link: Link,
        state: Callable[[], list[dict[str, Any]]],
        heard: Callable[[str], Awaitable[dict[str, Any]]],
        hello: dict[str, Any],
    ) -> None:
        """Hear and answer one page until it closes."""
        if not self.is_from_here(socket, True) or len(self.hall.links) >= MOST_LINKS:
            await self.turn_away(socket)
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
                await self.hear(socket, link, content, heard)
        except (WebSocketDisconnect, RuntimeError, KeyError):
            pass
        finally:
            sender.cancel()
            self.hall.links.discard(link)
            if link.person:
                self.hall.last_seen[link.person] = time.monotonic()

    async def hear(
        self, socket: WebSocket, link: Link, content: str, heard: Callable[[str], Awaitable[dict[str, Any]]]
    ) -> None:
        """Answer one message: done, or a sentence that says why not."""
        answer: dict[str, Any] = {"kind": "ack", "id": "", "ok": False}
        if not link.bucket.take():
            answer["error"] = self.say("class.error.rate")
        elif len(content) > messages.LARGEST:
            answer["error"] = self.say("class.error.too_large")
        else:
            answer["id"] = named(content)
            try:
                answer |= {"ok": True, **await heard(content)}
            except Unwelcome as error:
                answer["error"] = self.say(error.sentence, **error.gaps)
            except ValidationError:
                answer["error"] = self.say("class.error.form")
        link.out.append(answer)
        link.news.set()

    async def send(self, socket: WebSocket, link: Link, state: Callable[[], list[dict[str, Any]]]) -> None:
        """Send answers and the newest state; what became stale in the meantime is never sent."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await link.news.wait()
                link.news.clear()
                out, link.out = link.out, []
                if link.fresh:
                    link.fresh = False
                    if link.person and self.hall.room.people[link.person].removed:
                        await socket.close(4403)
                        return
                    out += state()
                for each in out:
                    await socket.send_text(json.dumps(each, separators=(",", ":")))
                await asyncio.sleep(0.02)


def named(content: str) -> str:
    """The page's own name of a message, if it has one."""
    try:
        found = json.loads(content)
        return str(found.get("id", ""))[:40] if isinstance(found, dict) else ""
    except (ValueError, RecursionError):
        return ""
