"""Routes of the class: pages, joining, the teacher's number, and the sockets."""

from __future__ import annotations

import contextlib
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from classroom import guard, kit, messages, paper
from classroom.hall import Hall
from classroom.room import OVER, Unwelcome
from classroom.sockets import Sockets
from sim import text

Form = TypeVar("Form", bound=BaseModel)

HERE = Path(__file__).parent
PAGES = HERE / "pages"
ASSETS = HERE.parent / "assets"
SEAT, TEACHER = "heavystone_seat", "heavystone_teacher"
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
        self.senders: dict[str, guard.Bucket] = {}
        sockets = Sockets(hall, self.say)

        async def seat(socket: WebSocket) -> None:
            await sockets.seat(socket, self.student(socket), socket.cookies.get(SEAT, ""))

        async def teacher(socket: WebSocket) -> None:
            await sockets.teacher(socket, self.teacher(socket))

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
                Route("/kit/{name}", self.kit),
                Route("/join", self.join, methods=["POST"]),
                Route("/return", self.come_back, methods=["POST"]),
                Route("/pin", self.pin, methods=["POST"]),
                WebSocketRoute("/ws/seat", seat),
                WebSocketRoute("/ws/teacher", teacher),
                WebSocketRoute("/ws/board", sockets.board),
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

    async def kit(self, request: Request) -> Response:
        found = kit.page(request.path_params["name"])
        if found is None:
            return self.refusal("class.error.no_page", 404)
        return Response(found, media_type="text/html")

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

    def refusal(self, sentence: str, status: int, **gaps: object) -> Response:
        """A clear sentence."""
        return JSONResponse({"error": self.say(sentence, **gaps)}, status)

    async def read(self, request: Request, kind: type[Form]) -> Form | Response:
        """The body of a request."""
        if not guard.is_from_here(request.headers, False):
            return self.refusal("class.error.origin", 403)
        who = request.client.host if request.client else ""
        if len(self.senders) > 10_000:
            self.senders.clear()
        if not self.senders.setdefault(who, guard.Bucket(4.0, 400.0)).take():
            return self.refusal("class.error.rate", 429)
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
