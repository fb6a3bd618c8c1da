"""200 students over real sockets: round trip of decisions, memory of the server, and students who drop out."""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.class_bots import PIN, Bot, get, post, teacher

ROOT = Path(__file__).parent.parent


def memory(process: int) -> float:
    """MiB that a process and its children hold."""
    total = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if process in (int(folder.name), parent):
                text = (folder / "status").read_text()
                total += int(text.split("VmRSS:")[1].split()[0]) / 1024
        except (OSError, IndexError):
            continue
    return total


async def student(base: str, code: str, number: int, tables: int) -> Bot:
    status, answer, cookie = await asyncio.to_thread(post, base, "/join", {"room": code, "name": f"student {number}"})
    assert status == 200, answer
    bot = Bot(base, "/ws/seat", cookie)
    await bot.open()
    return bot


async def lesson(base: str, process: int, students: int, tables: int, rounds: int, pace: float) -> None:
    luck = random.Random(1)
    console = await teacher(base)
    code = console.state["code"]
    bots = [await student(base, code, n, tables) for n in range(students)]
    await console.send(kind="assign")
    await console.send(kind="start")
    trips, drops, most, since = [], 0, 0.0, time.monotonic()

    async def decide(bot: Bot, number: int) -> None:
        nonlocal drops
        await bot.until(lambda: bot.state.get("state") == "running" and bot.view.get("round", -1) >= 0)
        for _ in range(2):
            await asyncio.sleep(luck.random() * pace)
            if luck.random() < 0.2 * pace / 60:
                drops += 1
                await bot.close()
                await asyncio.sleep(luck.random() * 2)
                await bot.open()
                await bot.until(lambda: bot.state.get("state") == "running")
            lever = luck.choice([v for v in bot.view["levers"] if not v["choices"]])
            target = luck.choice(lever["targets"])["key"]
            value = lever["low"] + (lever["high"] - lever["low"]) * luck.random() * 0.3
            begun = time.perf_counter()
            await bot.send(kind="decide", round=number, lever=lever["name"], target=target, value=value)
            trips.append(time.perf_counter() - begun)

    for number in range(rounds):
        await console.until(lambda n=number: console.state["round"] == n and console.state["state"] == "running", 300)
        await asyncio.gather(*(decide(bot, number) for bot in bots))
        most = max(most, memory(process))
        await console.send(kind="next", round=number)
    await console.until(lambda: console.state["round"] == rounds, 300)
    most = max(most, memory(process))
    trips.sort()
    print(f"{students} students, {tables} tables, {rounds} rounds, {time.monotonic() - since:.0f} s, {drops} dropped out")
    print(f"decisions {len(trips)}, median {1000 * trips[len(trips) // 2]:.1f} ms, "
          f"99 % {1000 * trips[int(len(trips) * 0.99)]:.1f} ms, slowest {1000 * trips[-1]:.1f} ms")  # fmt: skip
    print(f"most memory {most:.0f} MiB (server and its process of worlds)")
    for bot in (*bots, console):
        await bot.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--tables", type=int, default=8)
    parser.add_argument("--pace", type=float, default=4.0, help="seconds between a student's decisions, at most")
    parser.add_argument("--port", type=int, default=18433)
    given = parser.parse_args()
    base = f"127.0.0.1:{given.port}"
    with tempfile.TemporaryDirectory() as folder:
        options = ["--port", str(given.port), "--data", folder, "--plan", "45", "--pin", PIN, "--seconds", "900"]
        command = [sys.executable, str(ROOT / "main.py"), "classroom", "--tables", str(given.tables), *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            for _ in range(300):
                try:
                    if get(base, "/")[0] == 200:
                        break
                except OSError:
                    time.sleep(0.2)
            asyncio.run(lesson(base, process.pid, given.students, given.tables, given.rounds, given.pace))
        finally:
            process.terminate()
            process.wait(20)
    return 0


if __name__ == "__main__":
    sys.exit(main())
