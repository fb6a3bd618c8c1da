"""Everything that somebody could send to a class, made by hypothesis, and the check that no answer is a failure of ours."""

from __future__ import annotations

import http.client
import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, get_args

from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from classroom import guard, messages
from classroom.plans import SEATS
from tests.class_bots import PIN, post

KINDS = {"seat": messages.Student, "teacher": messages.Teacher}
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE")
PATHS = ("/", "/seat", "/teach", "/board", "/debrief", "/debrief.json", "/debrief.html", "/students.csv", "/strings.json",
         "/map.json", "/qr.svg", "/join", "/return", "/pin", "/static/common.js", "/static/../app.py", "/fonts/",
         "/kit/guide", "/kit/nothing", "/ws/seat", "/ws/teacher", "/ws/board")  # fmt: skip

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
numbers = st.integers(-1, 12) | st.sampled_from([2**31, 2**63, 10**30, 0.5, -0.0, 1e308, float("nan"), float("inf")])
NOISE = ('{"kind":"sit","kind":"submit"}', "[" * 1500, '{"a":' * 300, '{"id":"\\ud800"}', "9" * 2000, "x" * 3000)
texts = st.sampled_from(["", "\x00", "\u202egnp.exe", "<script>x</script>", "'; DROP TABLE log;--", "💥" * 50, "a" * 300])


def meaningful(hall: Any) -> dict[str, st.SearchStrategy[Any]]:
    """For each field of a message, what a page would put into it."""
    roles = st.sampled_from((*SEATS, "russia", "nature", "nobody"))
    return {
        "id": st.from_regex(r"[a-z0-9-]{6,40}", fullmatch=True) | st.just("the-very-same"),
        "round": st.integers(0, 2),
        "value": st.sampled_from([None, 0.0, 0.5, 1.0, 3.0, 1e9]) | st.floats(-1, 60),
        "role": roles,
        "to": roles,
        "table": st.integers(0, 3),
        "event": st.sampled_from([*(event["key"] for event in hall.about["events"]), "unknown"]),
        "text": texts,
        "seconds": st.integers(0, 9000),
    }


def letters(door: str, hall: Any) -> st.SearchStrategy[str]:
    """Texts sent over a socket: messages of every kind, whole, torn, stretched or forged, and noise."""
    known = meaningful(hall)
    whole = []
    for kind in get_args(get_args(KINDS[door])[0]):
        names = get_args(kind.model_fields["kind"].annotation)
        fields = {name: known.get(name, st.booleans() | st.integers(0, 40)) for name in kind.model_fields if name != "kind"}
        whole.append(st.fixed_dictionaries({"kind": st.sampled_from(names), **fields}))
    slots = [(lever.role, lever.name, target) for lever in hall.levers for target in lever.targets or ("",)]
    wrong = anything | numbers | texts
    forged = st.dictionaries(st.sampled_from(["role", "table", "person", "captain", "kind", "round", "value"]), wrong)

    @st.composite
    def message(draw: st.DrawFn) -> dict[str, Any]:
        found = dict(draw(st.one_of(whole)))
        if "lever" in found:
            mine = slots if door == "teacher" or draw(st.booleans()) else [slot for slot in slots if slot[0] == "china"]
            role, found["lever"], found["target"] = draw(st.sampled_from(mine))
            found |= {"role": role} if "role" in found else {}
        return found

    @st.composite
    def torn(draw: st.DrawFn) -> dict[str, Any]:
        found = draw(message())
        name = draw(st.sampled_from(sorted(found)))
        if draw(st.booleans()):
            found[name] = draw(wrong)
        else:
            del found[name]
        return found

    stretched = st.builds(lambda a, b: {**a, **b}, message(), forged)
    objects = st.one_of(message(), message(), message(), torn(), stretched, anything).map(json.dumps)
    return st.one_of(objects, objects, objects, st.text(max_size=60), st.sampled_from(NOISE))


def requests(hall: Any, cookies: list[str]) -> st.SearchStrategy[tuple[str, str, bytes, dict[str, str]]]:
    """Requests to every route, with every method: address, body and headers."""
    line = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30)
    given = {"room": hall.room.code, "name": "x", "code": "abcdefgh", "pin": "000000"}
    forms = st.dictionaries(st.sampled_from(sorted(given)), anything | texts | st.sampled_from(sorted(given.values())))
    large = st.sampled_from([b"[" * 4000, b"x" * 9000])
    bodies = st.binary(max_size=120) | forms.map(lambda form: json.dumps(form).encode()) | large
    path = st.one_of(
        st.sampled_from(PATHS),
        st.builds(lambda p, q: f"{p}?{q}", st.sampled_from(PATHS), line),
        st.builds(lambda p, q: f"{p}/{q}", st.sampled_from(PATHS), line),
        line.map(lambda tail: f"/{tail}"),
    )
    headers = st.fixed_dictionaries(
        {},
        optional={
            "cookie": st.sampled_from(cookies) | line | line.map(lambda v: f"heavystone_seat={v}"),
            "origin": line | st.sampled_from(["null", "http://elsewhere.example"]),
            "host": line.filter(bool),
            "content-type": line,
            "range": st.sampled_from(["bytes=0-", "bytes=9-1", "bytes=x"]),
            "if-none-match": line,
            "upgrade": st.just("websocket"),
        },
    )
    return st.tuples(st.sampled_from(METHODS), path, bodies, headers)


def status_of(base: str, request: tuple[str, str, bytes, dict[str, str]]) -> int:
    """What a request is answered with; 400 if the server hangs up on it as no request at all."""
    method, path, body, headers = request
    line = http.client.HTTPConnection(base, timeout=30)
    try:
        line.request(method, path.replace("#", "%23"), body if method not in ("GET", "HEAD") else None, headers)
        return line.getresponse().status
    except (http.client.HTTPException, ConnectionError):
        return 400
    finally:
        line.close()


class Intruder:
    """Somebody with a page of the class open who sends what no page would send."""

    def __init__(self, base: str, door: str, hall: Any, role: str = "china") -> None:
        self.base, self.door, self.hall, self.role = base, door, hall, role
        self.socket: Any = None
        self.opened = ExitStack()
        self.count = 0

    def send(self, text: str) -> dict[str, Any]:
        """Send a text and give the answer to it; an empty one if the server hung up, as it may on somebody removed."""
        try:
            if self.socket is None:
                self.enter()
            self.socket.send(text)
            while True:
                heard = json.loads(self.socket.recv(60))
                if heard["kind"] == "ack":
                    return dict(heard)
        except ConnectionClosed as closed:
            self.leave()
            assert closed.rcvd is not None
            assert closed.rcvd.code in (4401, 4403)
            return {}

    def enter(self) -> None:
        cookie = ""
        if self.door == "teacher":
            cookie = post(self.base, "/pin", {"pin": PIN})[2]
        elif self.door == "seat":
            self.count += 1
            _, _, cookie = post(self.base, "/join", {"room": self.hall.room.code, "name": f"intruder {self.count}"})
        where, headers = f"ws://{self.base}/ws/{self.door}", {"cookie": cookie}
        self.socket = self.opened.enter_context(connect(where, additional_headers=headers, origin=f"http://{self.base}"))  # type: ignore[arg-type]
        if self.door == "seat":
            self.send(json.dumps({"kind": "sit", "id": "sits-down", "table": 1, "role": self.role}))

    def leave(self) -> None:
        self.socket = None
        self.opened.close()


@contextmanager
def failures() -> Iterator[list[str]]:
    """What the server says of its own failures while this lasts."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record))

    ear, loggers = Ear(logging.ERROR), [logging.getLogger(name) for name in ("uvicorn.error", "asyncio")]
    for logger in loggers:
        logger.addHandler(ear)
    try:
        yield said
    finally:
        for logger in loggers:
            logger.removeHandler(ear)


@contextmanager
def unhurried() -> Iterator[None]:
    """Nobody is slowed down, neither who sends much nor who guesses."""
    held = guard.Bucket.take, guard.Patience.wait
    guard.Bucket.take, guard.Patience.wait = (lambda self: True), (lambda self, who: 0.0)  # type: ignore[method-assign]
    try:
        yield
    finally:
        guard.Bucket.take, guard.Patience.wait = held  # type: ignore[method-assign]
