"""Students and teachers without a screen, over real sockets, for tests and benchmarks of the class."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import socket
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import uvicorn
import websockets

from classroom import launch
from classroom.app import build
from classroom.plans import SEATS

PIN = "471147"


def post(base: str, where: str, body, origin: str | None = None) -> tuple[int, dict, str]:
    """Status, answer and cookie."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"http://{base}{where}", data, {"content-type": "application/json"})
    if origin:
        request.add_header("origin", origin)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read()), (answer.headers["set-cookie"] or "").split(";")[0]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read()), ""


def get(base: str, where: str, cookie: str = "") -> tuple[int, str]:
    request = urllib.request.Request(f"http://{base}{where}", headers={"cookie": cookie})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


OPENED: list[Bot] = []


def go(work):
    """Do something with bots, and hang up for all of them."""

    async def whole():
        try:
            return await work
        finally:
            for bot in OPENED:
                await bot.close()
            OPENED.clear()

    return asyncio.run(whole())


class Bot:
    """One open socket."""

    def __init__(self, base: str, path: str, cookie: str) -> None:
        self.base, self.path, self.cookie = base, path, cookie
        self.state: dict = {}
        self.view: dict = {}
        self.waiting: dict[str, asyncio.Future] = {}
        self.changed = asyncio.Event()
        self.closed = 0

    async def open(self) -> None:
        self.socket = await websockets.connect(
            f"ws://{self.base}{self.path}",
            additional_headers={"cookie": self.cookie},
            origin=f"http://{self.base}",  # type: ignore[arg-type]
            compression=None,
        )
        self.reader = asyncio.create_task(self.read())
        if self not in OPENED:
            OPENED.append(self)

    async def close(self) -> None:
        self.reader.cancel()
        await self.socket.close()

    async def read(self) -> None:
        try:
            async for text in self.socket:
                message = json.loads(text)
                if message["kind"] == "ack" and message["id"] in self.waiting:
                    self.waiting.pop(message["id"]).set_result(message)
                elif message["kind"] == "ack":
                    self.stray = message
                elif message["kind"] == "state":
                    self.state = message
                elif message["kind"] == "view":
                    self.view = message
                self.changed.set()
        except websockets.ConnectionClosed:
            pass
        self.closed = self.socket.close_code or 1
        self.changed.set()

    async def send(self, id_: str = "", **message) -> dict:
        name = id_ or secrets.token_hex(9)
        answer = self.waiting[name] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({"id": name, **message}))
        return await asyncio.wait_for(answer, 60)

    async def raw(self, text: str) -> dict:
        self.stray: dict = {}
        await self.socket.send(text)
        await self.until(lambda: self.stray or self.closed)
        return self.stray

    async def until(self, true, seconds: float = 120) -> None:
        async with asyncio.timeout(seconds):
            while not true():
                self.changed.clear()
                await self.changed.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@contextmanager
def running(folder: Path, tables: int = 1, plan: str = "45", seconds: int = 900, seed: int = 1):
    """A class that is served on a free port: its address, and the hall."""
    hall, _ = launch.prepare("classroom_short", folder, tables, plan, PIN, seed, seconds)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(512)
    config = uvicorn.Config(
        build(hall), log_level="error", ws="websockets-sansio", ws_max_size=8192, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}", hall
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


async def seated(base: str, code: str, name: str, role: str, table: int = 1) -> Bot:
    """A student who has joined and sits."""
    status, answer, cookie = await asyncio.to_thread(post, base, "/join", {"room": code, "name": name})
    assert status == 200, answer
    bot = Bot(base, "/ws/seat", cookie)
    await bot.open()
    answer = await bot.send(kind="sit", table=table, role=role)
    assert answer["ok"], answer
    return bot


async def teacher(base: str) -> Bot:
    _, _, cookie = await asyncio.to_thread(post, base, "/pin", {"pin": PIN})
    bot = Bot(base, "/ws/teacher", cookie)
    await bot.open()
    await bot.until(lambda: bot.state.get("state", "loading") != "loading")
    return bot


async def improvise(base: str, hall, rounds: int, luck: random.Random) -> list[dict]:
    """Seven captains decide at random, drop out and come back; a colleague proposes; sometimes the teacher strikes.

    Returns:
        What was accepted in each round: decisions by role, in their order, and the teacher's event or "".
    """
    console = await teacher(base)
    bots = {role: await seated(base, hall.room.code, f"bot {i}", role) for i, role in enumerate(SEATS)}
    mate = await seated(base, hall.room.code, "mate", "kazakhstan")
    await console.send(kind="start")
    accepted = []

    async def play(role: str, bot: Bot, number: int, plans: list) -> list:
        await bot.until(lambda: bot.state.get("state") == "running" and bot.view.get("round") == number)
        assert bot.view["role"] == role
        for plan, drops in plans:
            if drops:
                await bot.close()
                await bot.open()
                await bot.until(lambda: bot.state.get("state") == "running")
            answer = await bot.send(kind="decide", round=number, **plan)
            assert answer["ok"], (role, plan, answer)
        assert (await bot.send(kind="submit", round=number, done=True))["ok"]
        return [plan for plan, _ in plans]

    for number in range(rounds):
        plans = {role: [(_anything(hall.levers, role, luck), luck.random() < 0.1) for _ in range(luck.randrange(4))]
                 for role in SEATS}  # fmt: skip
        event = luck.choice(hall.about["events"])["key"] if luck.random() < 0.3 else ""
        if event:
            assert (await console.send(kind="strike", event=event))["ok"]
        await mate.until(lambda n=number: mate.state.get("state") == "running" and mate.state["round"] == n)
        proposed = await mate.send(kind="decide", round=number, lever="kazakhstan.royalty", target="", value=0.3)
        assert proposed["ok"]
        done = await asyncio.gather(*(play(role, bot, number, plans[role]) for role, bot in bots.items()))
        accepted.append({"decisions": [each for one in done for each in one], "event": event})
        await console.until(lambda n=number: console.state["round"] == n + 1, 300)
        late = await bots["china"].send(
            kind="decide", round=number, lever="china.licence_military", target="", value=1.0
        )  # fmt: skip
        assert not late["ok"]
    return accepted


def _anything(levers, role: str, luck: random.Random) -> dict:
    """A decision that a role may take."""
    lever = luck.choice([each for each in levers if each.role == role and not each.name.endswith(".temperament")])
    between = lever.low + (lever.high - lever.low) * luck.random()
    value = luck.choice([lever.low, lever.high, float(int(between)) if lever.choices else between, None])
    return {"lever": lever.name, "target": luck.choice(lever.targets) if lever.targets else "", "value": value}


def plainly(hall, accepted: list[dict]) -> list[str]:
    """Hashes after each round of a market without session, log or server that is given what bots decided."""
    from agents import acts
    from agents.bookmarks import state_hash
    from agents.market import Market, Order

    spans = hall.room.plan.months[: len(accepted)]
    firsts = [sum(spans[:i]) for i in range(len(spans))]
    orders = [
        Order(each["lever"], each["target"], float("nan") if each["value"] is None else each["value"], month)
        for month, one in zip(firsts, accepted, strict=True)
        for each in one["decisions"]
    ]
    market = Market(hall.room.scenario, seeds=[hall.room.seed], orders=orders, seats=SEATS)
    hashes = []
    for one, months in zip(accepted, spans, strict=True):
        if one["event"]:
            acts.begin(market, one["event"])
        for _ in range(months):
            market.step()
        hashes.append(state_hash(market))
    return hashes


def headless(hall) -> list[list[str]]:
    """Hashes after each round of each table, from the log alone and without the server."""
    from agents.session import Session
    from classroom import worlds
    from classroom.room import Room
    from classroom.store import Store

    store = Store(hall.store.path.parent)
    room = Room()
    for entry in store.entries():
        room.apply(entry)
    store.close()
    found = []
    for table in room.tables.values():
        session = Session.new(room.scenario, seed=room.seed)
        found.append([worlds.play_round(session, acts, months)["hash"] for acts, months in table.rounds])
    return found
