"""200 students over real sockets for a whole class: round trips, memory, students who drop out, and the debrief."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.class_bots import PIN, Bot, get, post, teacher

ROOT = Path(__file__).parent.parent


class Memory:
    """The most that a server and its processes of worlds held, MiB, looked at twice a second.

    All is resident memory (RSS); what processes share counts in each of them.
    """

    def __init__(self, server: int) -> None:
        self.server, self.most = server, {"server": 0.0, "worlds": 0.0, "together": 0.0}
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()

    def _look(self) -> None:
        while not self._over.wait(0.5):
            server, worlds = self._held(self.server), 0.0
            for task in Path(f"/proc/{self.server}/task").glob("*/children"):
                worlds += sum(self._held(int(child)) for child in task.read_text().split())
            now = {"server": server, "worlds": worlds, "together": server + worlds}
            self.most = {name: max(most, now[name]) for name, most in self.most.items()}

    @staticmethod
    def _held(process: int) -> float:
        try:
            return int(Path(f"/proc/{process}/status").read_text().split("VmRSS:")[1].split()[0]) / 1024
        except (OSError, IndexError):
            return 0.0

    def __str__(self) -> str:
        return ", ".join(f"{name} {most:.0f} MiB" for name, most in self.most.items())

    def end(self) -> None:
        """Look no more."""
        self._over.set()
        self._watch.join()


class Student:
    """A bot that decides, sometimes asks what a decision would do, and drops out at random."""

    def __init__(self, bot: Bot, luck: random.Random, a_minute: float) -> None:
        self.bot, self.luck, self.a_minute = bot, luck, a_minute
        self.trips: list[float] = []
        self.previews: list[float] = []
        self.drops = self.refused = 0
        self._seen = time.monotonic()
        self._asking: list[asyncio.Task[None]] = []

    async def round(self, number: int, pace: float) -> None:
        """Two decisions, at any time within twice the pace, seconds."""
        await self.bot.until(lambda: self.bot.state.get("state") == "running" and self.bot.state["round"] == number, 300)
        for _ in range(2):
            await asyncio.sleep(self.luck.random() * pace)
            await self._drop()
            await self._decide(number)

    async def _drop(self) -> None:
        now = time.monotonic()
        minutes, self._seen = (now - self._seen) / 60, now
        if self.luck.random() < self.a_minute * minutes:
            self.drops += 1
            await self.bot.close()
            await asyncio.sleep(self.luck.random() * 3)
            await self.bot.open()
            await self.bot.until(lambda: self.bot.state.get("state") == "running")

    async def _decide(self, number: int) -> None:
        luck = self.luck
        await self.bot.until(lambda: self.bot.view)
        lever = luck.choice([v for v in self.bot.view["levers"] if not v["choices"]])
        target = luck.choice(lever["targets"])["key"]
        value = lever["low"] + (lever["high"] - lever["low"]) * luck.random() * 0.3
        what = {"round": number, "lever": lever["name"], "target": target, "value": value}
        if luck.random() < 0.02:
            self._asking.append(asyncio.create_task(self._preview(what)))
        begun = time.perf_counter()
        answer = await self.bot.send(kind="decide", **what)
        self.trips.append(time.perf_counter() - begun)
        self.refused += not answer["ok"]

    async def _preview(self, what: dict) -> None:
        begun = time.perf_counter()
        with contextlib.suppress(TimeoutError):
            if (await self.bot.send(kind="preview", **what)).get("ranges"):
                self.previews.append(time.perf_counter() - begun)

    async def leave(self) -> None:
        """Hang up."""
        for task in self._asking:
            task.cancel()
        await self.bot.close()


async def student(base: str, code: str, number: int, a_minute: float) -> Student:
    """Somebody who has joined."""
    status, answer, cookie = await asyncio.to_thread(post, base, "/join", {"room": code, "name": f"student {number}"})
    assert status == 200, answer
    bot = Bot(base, "/ws/seat", cookie)
    await bot.open()
    return Student(bot, random.Random(number), a_minute)


def told(name: str, trips: list[float]) -> str:
    """Median, 99th percentile and slowest of some round trips."""
    if not trips:
        return f"{name}: none"
    ms = sorted(1000 * trip for trip in trips)
    median, most = ms[len(ms) // 2], ms[int(len(ms) * 0.99)]
    return f"{name}: {len(ms)}, median {median:.1f} ms, 99 % {most:.1f} ms, slowest {ms[-1]:.1f} ms"


async def lesson(base: str, server: int, given: argparse.Namespace) -> None:
    console = await teacher(base)
    students = [await student(base, console.state["code"], n, given.drops / 100) for n in range(given.students)]
    await console.send(kind="assign")
    await console.send(kind="start")
    since, memory, rounds = time.monotonic(), Memory(server), console.state["rounds"]
    played = []
    for number in range(min(given.rounds or rounds, rounds)):
        await console.until(lambda n=number: console.state["round"] == n and console.state["state"] == "running", 300)
        await asyncio.gather(*(each.round(number, given.pace) for each in students))
        begun = time.monotonic()
        await console.send(kind="next", round=number)
        await console.until(lambda n=number: console.state["round"] == n + 1, 300)
        played.append(time.monotonic() - begun)
        print(f"round {number + 1} after {time.monotonic() - since:.0f} s: {memory}", flush=True)
    minutes = (time.monotonic() - since) / 60
    drops, trips = sum(each.drops for each in students), [trip for each in students for trip in each.trips]
    print(f"{given.students} students, {given.tables} tables, {len(played)} rounds, {minutes:.1f} min, "
          f"{drops} dropped out ({100 * drops / given.students / minutes:.0f} % a minute)")  # fmt: skip
    print(told("decisions and proposals", trips), f"({sum(each.refused for each in students)} refused)")
    print(told("previews", [trip for each in students for trip in each.previews]))
    print(f"a round is played in {sum(played) / len(played):.1f} s, at most {max(played):.1f} s")
    print("most memory until the last round:", memory)
    if console.state["state"] == "over":
        begun, meanwhile = time.monotonic(), []
        while not console.state["debriefed"]:
            asked = time.perf_counter()
            await students[0].bot.send(kind="submit", round=0, done=True)  # refused, but answered
            meanwhile.append(time.perf_counter() - asked)
            await asyncio.sleep(0.2)
        print(f"debrief after {time.monotonic() - begun:.1f} s, {told('answers meanwhile', meanwhile)}")
        page = get(base, "/debrief.html")[1]
        print(f"debrief in one file: {len(page) / 1024:.0f} KiB; most memory: {memory}")
    memory.end()
    for each in students:
        await each.leave()
    await console.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--plan", default="45", help="45 for 12 rounds, 90 for 16")
    parser.add_argument("--rounds", type=int, default=0, help="end after so many rounds, 0 to play all")
    parser.add_argument("--tables", type=int, default=8)
    parser.add_argument("--pace", type=float, default=4.0, help="seconds between a student's decisions, at most")
    parser.add_argument("--drops", type=float, default=20.0, help="per cent of students who drop out each minute")
    parser.add_argument("--port", type=int, default=18433)
    given = parser.parse_args()
    base = f"127.0.0.1:{given.port}"
    with tempfile.TemporaryDirectory() as folder:
        options = ["--port", str(given.port), "--data", folder, "--plan", given.plan, "--pin", PIN, "--seconds", "900"]
        command = [sys.executable, str(ROOT / "main.py"), "classroom", "--tables", str(given.tables), *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            for _ in range(300):
                try:
                    if get(base, "/")[0] == 200:
                        break
                except OSError:
                    time.sleep(0.2)
            asyncio.run(lesson(base, process.pid, given))
        finally:
            process.terminate()
            process.wait(20)
    return 0


if __name__ == "__main__":
    sys.exit(main())
