"""Frame times, first frame, months, look-aheads and memory of the real window without a display.

Run `python benchmarks/window.py`; it prints a table. Times depend on the machine and on what else it does.
"""

import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

FRAMES = 900
QUARTERS = 6


def memory(pid: int) -> float:
    """Resident MiB of a process and its children."""
    children: dict[int, list[int]] = {}
    size: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
        except OSError:
            continue
        children.setdefault(int(status["PPid"]), []).append(int(folder.name))
        size[int(folder.name)] = float(status.get("VmRSS", "0 kB").split()[0]) / 1024
    waiting, total = [pid], 0.0
    while waiting:
        each = waiting.pop()
        total += size.get(each, 0.0)
        waiting += children.get(each, [])
    return total


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def let_everything_travel(game: Any) -> None:
    """Let something be under way between all regions that trade, so that more than 60 flows move, not 40."""
    from ui.flows import LEAST

    show, together = game.map.show, {}
    for i, way in enumerate(game.state.setup.ways):
        if way.kind in ("route", "forms") and way.origin != way.destination:
            together.setdefault((way.origin, way.destination, way.form), []).append(i)

    def shown(view: Any) -> None:
        for ways in together.values():
            view.flows[ways[0]] += max(0.0, LEAST - view.flows[ways].sum())
        show(view)

    game.map.show = shown


def main() -> None:
    import os

    from ui.pictures import Player

    began = time.perf_counter()
    player = Player((1280, 720), autostop=False, sound=False)
    player.frames()
    first = time.perf_counter() - began
    app = player.app
    player.wait(lambda: app.shelf is not None, "the model")
    ready = time.perf_counter() - began
    from ui import messages as say

    asked = time.perf_counter()
    app.engine.ask(say.Open("central_asia_2025", 3, "kazakhstan"))
    player.wait(lambda: app.game is not None, "the game")
    opened = time.perf_counter() - asked
    game = app.game
    months: list[float] = []
    fans: list[float] = []
    taken = game.answer

    def watch(answer: object) -> None:
        if isinstance(answer, say.Played) and answer.was_month:
            months.append(answer.seconds)
        elif isinstance(answer, say.Fan) and not answer.is_far:
            fans.append(answer.seconds)
        taken(answer)

    game.answer = watch
    for _ in range(QUARTERS - 1):
        player.quarter()
    player.wait(lambda: game.state.far is not None, "the look-ahead")
    let_everything_travel(game)
    player.quarter()
    resting, playing = [], []
    for times, is_playing in ((resting, False), (playing, True)):
        for i in range(FRAMES):
            if is_playing and not game.state.is_playing:
                game.play()
            x = 40 + i % 1200
            player.point((x, 120 + i % 560)) if i % 30 == 0 else None
            now = time.process_time()
            app.frame(1 / 60)
            times.append(time.process_time() - now)
            time.sleep(0.004)
    total = memory(os.getpid())
    flows = len(game.map.found)
    player.close()
    rows = [
        ("first frame of the title", f"{first:.2f} s"),
        ("model ready behind the title", f"{ready:.1f} s"),
        ("game opened", f"{opened:.1f} s"),
        (
            f"frame at rest, {flows} flows, median and 99 %",
            f"{1e3 * quantile(resting, 0.5):.1f} and {1e3 * quantile(resting, 0.99):.1f} ms",
        ),
        (
            "frame while months pass, median and 99 %",
            f"{1e3 * quantile(playing, 0.5):.1f} and {1e3 * quantile(playing, 0.99):.1f} ms",
        ),
        ("month with its view, median", f"{1e3 * quantile(months, 0.5):.0f} ms"),
        ("fan of 256 worlds by 24 months, least", f"{min(fans):.2f} s" if fans else "none"),
        ("memory of all processes", f"{total:.0f} MiB"),
    ]
    for name, value in rows:
        print(f"{name:52s} {value}")


if __name__ == "__main__":
    main()
