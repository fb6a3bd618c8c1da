"""Studies end to end: worlds per second, processes, memory, growth, other people's runners, phases against a roofline.

Parts with processes take the clock's time and want an idle machine; sizes, roofline and environments the processor's.

Run from the checkout:  python benchmarks/explore.py [--short] [--worlds N] [--growth N,N,N] [--only PART,PART]

Growth to a million worlds:  python benchmarks/explore.py --only growth --growth 10000,100000,1000000
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

SCENARIO = "central_asia_2025"
CHILD = "import sys; from benchmarks.explore import child; child(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])"
ROOT = Path(__file__).resolve().parent.parent


def question(until: str = "end") -> Any:
    """The shipped question about processing at home, to the scenario's end: 24 settings, four measures, three paths."""
    from lab.experiments.files import load

    experiment, world = load("kazakh_processing")
    changed: dict[str, Any] = {"until": until}
    if until != "end":
        changed["levers"] = tuple(each.model_copy(update={"date": "start"}) for each in experiment.levers)
        changed["measures"] = tuple(each.model_copy(update={"first": "start"}) for each in experiment.measures)
    return experiment.model_copy(update=changed), world


def study(worlds: int, workers: int, until: str = "end") -> dict[str, float]:
    """Seconds of a study's parts: reading and sampling, running and writing, and bytes written."""
    from lab.experiments.design import design
    from lab.experiments.results import Study
    from lab.experiments.run import run

    began = time.perf_counter()
    experiment, scenario = question(until)
    with tempfile.TemporaryDirectory() as folder:
        plan = design(experiment, scenario, worlds=worlds)
        kept = Study(Path(folder) / "study")
        kept.open(plan, resume=False)
        sampled = time.perf_counter()
        outcome = run(plan, kept, workers=workers)
        ended = time.perf_counter()
        size = sum(path.stat().st_size for path in kept.parts.iterdir())
    assert not outcome.failed, outcome.failed
    return {
        "worlds": outcome.worlds, "months": plan.months, "sampled": sampled - began, "ran": ended - sampled,
        "rate": outcome.worlds / (ended - began), "bytes": size / outcome.worlds,
    }  # fmt: skip


def end_to_end(worlds: int) -> float:
    """Worlds per second on one process and on two; the better of the two."""
    rates = []
    for workers in (1, 2):
        found = study(worlds, workers)
        rates.append(found["rate"])
        print(f"  {found['worlds']:,.0f} worlds of {found['months']} months, {workers} process{'es'[:2 * (workers - 1)]}:"
              f" read and sampled {found['sampled']:.2f} s, run and written {found['ran']:.1f} s,"
              f" {found['rate']:.1f} worlds/s, {found['bytes']:.0f} bytes a world")  # fmt: skip
    print(f"  two processes are {rates[1] / rates[0]:.2f} times one")
    return max(rates)


def child(worlds: int, workers: int, until: str) -> None:
    """A study in a process of its own, which tells its peak memory and its largest worker's."""
    peaks: dict[int, int] = {}
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(peaks, done))
    watch.start()
    study(worlds, workers, until)
    done.set()
    watch.join()
    print(peaks.pop(os.getpid()), max(peaks.values(), default=0))


def _watch(peaks: dict[int, int], done: threading.Event) -> None:
    """Keep the peak memory, MiB, of each process of this group as the kernel tells it, until all is done."""
    while not done.wait(0.2):
        for status in Path("/proc").glob("[0-9]*/status"):
            with suppress(OSError, StopIteration):
                number = int(status.parent.name)
                if os.getpgid(number) == os.getpgid(0):
                    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
                    peaks[number] = int(peak.split()[1]) // 1024


def memory(counts: list[int], until: str) -> None:
    """Peak memory by number of worlds, over few months, as blocks are what memory goes by."""
    for count in counts:
        command = [sys.executable, "-c", CHILD, str(count), "2", until]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, start_new_session=True)
        own, worker = done.stdout.split()
        print(f"  {count:,} worlds: {own} MiB in the process that shares out, {worker} MiB in the larger of two workers")


def others(best: float) -> None:
    """Mesa's and the EMA Workbench's own runners on the same model, one world at a time."""
    from benchmarks.worlds import batch_run_seconds

    batch = 1 / batch_run_seconds(2)
    print(f"  mesa.batch_run: {batch:.2f} worlds/s; this runner has {best / batch:.0f} times that")
    from lab.environments import ema

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench import SequentialEvaluator, perform_experiments

        path = Path(tempfile.mkdtemp()) / "whole.toml"
        text = (ROOT / "scenarios" / "experiments" / "kazakh_processing.toml").read_text(encoding="utf-8")
        path.write_text(text.replace('until = "2035-12"', 'until = "end"'), encoding="utf-8")
        made = ema.model(str(path))
        began = time.perf_counter()
        with SequentialEvaluator(made) as evaluator:
            perform_experiments(made, scenarios=2, policies=1, evaluator=evaluator)
        rate = 2 / (time.perf_counter() - began)
    print(f"  EMA Workbench, SequentialEvaluator: {rate:.2f} worlds/s; this runner has {best / rate:.0f} times that")


def growth(counts: list[int]) -> None:
    """Seconds by number of worlds on two processes, and how far they stray from a straight line."""
    seconds = []
    for count in counts:
        found = study(count, 2)
        seconds.append(found["sampled"] + found["ran"])
        print(f"  {found['worlds']:,.0f} worlds: {seconds[-1]:.1f} s, {found['rate']:.1f} worlds/s", flush=True)
    slope, level = np.polyfit(counts, seconds, 1)
    stray = np.max(np.abs(np.polyval([slope, level], counts) - seconds) / seconds)
    print(f"  {slope * 1e6:.0f} us a world and {level:.1f} s besides; the line is missed by {stray:.0%} at most")


def with_mines(world: Any, times: int) -> Any:
    """The scenario with each mine at work split into several, each as much smaller."""
    found = []
    for mine in world.mines:
        if mine.capex.value > 0:
            found.append(mine)
            continue
        share = {"capacity": _scaled(mine.capacity, 1 / times)}
        found += [mine.model_copy(update=share | ({"key": f"{mine.key}_{i}"} if i else {})) for i in range(times)]
    return world.model_copy(update={"mines": tuple(found)})


def _scaled(quantity: Any, factor: float) -> Any:
    return quantity.model_copy(update={"value": quantity.value * factor})


def sizes(width: int, months: int) -> None:
    """Processor time of a month by number of mines, uses and routes: all of them, and with fewer or more of each."""
    from agents.market import Market, Plan
    from sim.scenario_files import load

    world = load(SCENARIO)

    def per_month(scenario: Any) -> float:
        market = Market(scenario, seeds=range(width), record=Plan(("price.apt.rotterdam",), "year"))
        market.step()
        began = time.process_time()
        for _ in range(months):
            market.step()
        return (time.process_time() - began) / months / width * 1e6

    base = per_month(world)
    print(f"  as shipped, {len(world.mines)} mines, {len(world.demands)} uses, {len(world.arcs)} routes and processes:"
          f" {base:.2f} us a world and month")  # fmt: skip
    for times in (2, 3):
        more = with_mines(world, times)
        took = per_month(more)
        each = (took - base) / (len(more.mines) - len(world.mines))
        print(f"  {len(more.mines)} mines: {took:.2f} us, {each:+.3f} us for each mine more")
    for name, fewer in (("uses", without_uses(world)), ("routes", without_routes(world))):
        attribute = {"uses": "demands", "routes": "arcs"}[name]
        took = per_month(fewer)
        gone = len(getattr(world, attribute)) - len(getattr(fewer, attribute))
        print(f"  {gone} {name} fewer: {took:.2f} us, {(base - took) / gone:+.3f} us for each")


def without_uses(world: Any) -> Any:
    """The scenario with uses other than defence joined, segment after segment, into the first of their region."""
    kept: dict[tuple[str, bool], Any] = {}
    for demand in world.demands:
        place = (demand.region, demand.segment == "defence")
        if place in kept:
            first = kept[place]
            kept[place] = first.model_copy(update={"use": _scaled(first.use, 1 + demand.use.value / first.use.value)})
        else:
            kept[place] = demand
    return world.model_copy(update={"demands": tuple(kept.values())})


def without_routes(world: Any) -> Any:
    """The scenario without the dearest fifth of its routes between regions that keep another one."""
    routes = [arc for arc in world.arcs if arc.kind == "route"]
    ways = {arc.destination: sum(other.destination == arc.destination for other in routes) for arc in routes}
    gone = []
    for arc in sorted(routes, key=lambda arc: -arc.freight.value):
        if ways[arc.destination] > 2 and len(gone) < len(routes) // 5 and "china" not in (arc.origin + arc.destination):
            ways[arc.destination] -= 1
            gone.append(arc)
    return world.model_copy(update={"arcs": tuple(arc for arc in world.arcs if arc not in gone)})


def phases(width: int, months: int) -> None:
    """Time by phase, against what memory traffic and arithmetic of a month would take on this machine."""
    from agents.market import Market, Plan
    from benchmarks.worlds import by_phase

    for name, spent in by_phase(width, months):
        print(f"  {name:10s} {spent:8.2f} us a world and month")
    market = Market(SCENARIO, seeds=range(width), record=Plan(("price.apt.rotterdam",), "year"))
    for _ in range(6):
        market.step()
    state = sum(array.nbytes for part in market.snapshot().values() for array in part.values()) / width
    large = np.ones(8_000_000)
    began = time.process_time()
    for _ in range(5):
        np.multiply(large, 1.0001, out=large)
    stream = 5 * 16 * large.size / (time.process_time() - began)
    small = np.ones(1000)
    began = time.process_time()
    for _ in range(20_000):
        np.multiply(small, 1.0001, out=small)
    arithmetic = 20_000 * small.size / (time.process_time() - began)
    steps = float(market.exchange.steps.mean())
    pools, arcs = market.exchange.stock.shape[0], market.exchange.flow.shape[0]
    work = steps * (ARC * arcs + POOL * pools + FILL * pools) + UPKEEP * state / 8
    print(f"  state {state / 1024:.1f} KiB a world; {pools} pools, {arcs} routes and processes,"
          f" {steps:.1f} steps of the solver")  # fmt: skip
    print(f"  measured here: {stream / 1e9:.1f} GB/s through memory, {arithmetic / 1e9:.2f} billion operations/s in cache")
    print(f"  roofline: {2 * state / stream * 1e6:.2f} us to read and write all state once,"
          f" {work / arithmetic * 1e6:.2f} us for {work:,.0f} operations")  # fmt: skip


ARC, POOL, FILL, UPKEEP = 14, 12, 60, 6
"""Operations, estimated from the code: for a route and for a pool in a step of the solver, for the factorisation by
pool (fill of about five a column), and what else is done to each number of the state in a month."""


def environments(count: int, turns: int = 6) -> None:
    """Steps per second of processor time of environments in one block, against Gymnasium's own vector environment."""
    from gymnasium.vector import SyncVectorEnv

    from lab.environments.gym import RoleEnv, RoleVectorEnv

    def rate(made: Any, worlds: int) -> float:
        made.reset(seed=1)
        actions = np.full(made.action_space.shape, 0.3, np.float32)
        made.step(actions)
        began = time.process_time()
        for _ in range(turns):
            made.step(actions)
        return turns * worlds / (time.process_time() - began)

    together = rate(RoleVectorEnv(count, months=1), count)
    apart = rate(SyncVectorEnv([lambda: RoleEnv(months=1) for _ in range(8)]), 8)
    print(f"  {count:,} in one block: {together:,.0f} steps/s; SyncVectorEnv of 8: {apart:,.0f} steps/s;"
          f" ratio {together / apart:,.0f}")  # fmt: skip


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="fewer worlds")
    parser.add_argument("--worlds", type=int, default=0, metavar="N", help="worlds of the end-to-end run")
    parser.add_argument("--growth", default="", metavar="N,N", help="numbers of worlds")
    parser.add_argument("--only", default="", metavar="PART,PART", help="parts, by name")
    asked = parser.parse_args()
    worlds = asked.worlds or (2000 if asked.short else 10_000)
    counts = [500, 1000, 2000] if asked.short else [2000, 5000, 10_000]
    if asked.growth:
        counts = [int(n) for n in asked.growth.split(",")]
    chosen = asked.only.split(",") if asked.only else [
        "end", "others", "memory", "growth", "sizes", "phases", "environments"
    ]  # fmt: skip
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; scenario {SCENARIO}")
    study(24, 1, "2025-03")  # compiled and read, before anything is measured
    best = 1.0
    for part in chosen:
        print(f"{part}:", flush=True)
        if part == "end":
            best = end_to_end(worlds)
        elif part == "others":
            others(best)
        elif part == "memory":
            memory([2000, 8000] if asked.short else [2000, 10_000, 50_000], "2025-03")
        elif part == "growth":
            growth(counts)
        elif part == "sizes":
            sizes(1000, 6 if asked.short else 24)
        elif part == "phases":
            phases(1000, 6 if asked.short else 24)
        elif part == "environments":
            environments(1000)


if __name__ == "__main__":
    main()
