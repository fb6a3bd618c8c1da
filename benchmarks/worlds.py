"""Whole worlds per second: widths, processes, recording, phases, solver steps, memory, and Mesa's own batch run.

Run from the checkout:  python benchmarks/worlds.py [--quick]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

TEN = (
    "price.apt.rotterdam",
    "price.apt.china_domestic",
    "price.apt.us",
    "premium.secure",
    "share.china.mine",
    "share.china.refined",
    "share.central_asia.mine",
    "stock.hidden.china",
    "unmet.world",
    "kazakhstan.sovereignty",
)


def run_block(width: int, lean: bool, first_seed: int = 1, months: int | None = None) -> tuple[float, float, float]:
    """Play a block; gives seconds, mean and largest number of solver steps a month."""
    from agents.market import Market, Plan

    plan = Plan(outcomes=TEN, every="year") if lean else Plan(every="month")
    market = Market("central_asia_2025", seeds=range(first_seed, first_seed + width), record=plan)
    started = time.perf_counter()
    mean, most = 0.0, 0.0
    for _ in range(months or market.months):
        market.step()
        mean, most = mean + float(market.exchange.steps.mean()), max(most, float(market.exchange.steps.max()))
    return time.perf_counter() - started, mean / market.month, most


def _timed(arguments: tuple[int, bool, int]) -> float:
    return run_block(*arguments)[0]


def by_phase(width: int, months: int) -> list[tuple[str, float]]:
    """Microseconds per world and month of each phase."""
    from agents import market as module
    from agents.market import Market, Plan
    from agents.month import MONTH

    spent = {phase.__name__: 0.0 for phase in MONTH}

    def watched(phase):  # type: ignore[no-untyped-def]
        def play(market):  # type: ignore[no-untyped-def]
            started = time.perf_counter()
            phase(market)
            spent[phase.__name__] += time.perf_counter() - started

        return play

    market = Market("central_asia_2025", seeds=range(width), record=Plan(outcomes=TEN, every="year"))
    before, module.MONTH = module.MONTH, tuple(watched(phase) for phase in MONTH)
    try:
        for _ in range(months):
            market.step()
    finally:
        module.MONTH = before
    return [(name, seconds / width / months * 1e6) for name, seconds in spent.items()]


def batch_run_seconds(worlds: int) -> float:
    """Seconds per world of the same model run by mesa.batch_run, one world at a time, in this process."""
    import warnings

    import mesa

    from agents.market import Market

    warnings.simplefilter("ignore")
    started = time.perf_counter()
    mesa.batch_run(
        Market,
        parameters={"scenario": "central_asia_2025", "seed": list(range(1, worlds + 1)), "collect": [TEN]},
        iterations=1,
        max_steps=192,
        number_processes=1,
        data_collection_period=12,
        display_progress=False,
    )
    return (time.perf_counter() - started) / worlds


def import_seconds() -> float:
    """Seconds that `import sim` takes in a new process, beyond an empty one."""

    def once(code: str) -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).resolve().parent.parent)
        return time.perf_counter() - started

    return max(0.0, min(once("import sim") for _ in range(5)) - min(once("pass") for _ in range(5)))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer worlds")
    quick = parser.parse_args().quick
    widths = (1, 64, 1024, 2048) if quick else (1, 64, 1024, 4096)
    print(f"{os.cpu_count()} cores; scenario central_asia_2025, 192 months")
    run_block(1, True, months=2)
    best = 0.0
    print(f"{'width':>6} {'recorded':>22} {'worlds/s':>9} {'us/world-month':>15} {'steps mean':>11} {'steps max':>10}")
    peak = 0.0
    for lean in (True, False):
        for width in widths:
            seconds, mean, most = run_block(width, lean)
            rate = width / seconds
            best = max(best, rate if lean else 0.0)
            label = "ten outcomes by year" if lean else "everything by month"
            print(f"{width:6d} {label:>22} {rate:9.1f} {seconds / width / 192 * 1e6:15.2f} {mean:11.2f} {most:10.0f}")
        peak = peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    width = 1024 if quick else 4096
    with get_context("spawn").Pool(2) as pool:
        pool.map(_timed, [(8, True, 1), (8, True, 9)])
        started = time.perf_counter()
        pool.map(_timed, [(width, True, 1), (width, True, 1 + width)], chunksize=1)
        both = 2 * width / (time.perf_counter() - started)
    print(f"two processes, width {width}: {both:.1f} worlds/s")
    one = batch_run_seconds(2 if quick else 5)
    print(f"mesa.batch_run, one world at a time: {1 / one:.3f} worlds/s; best block is {best * one:.0f} times that")
    print("phase, us per world and month at width 4096 and ms per month at width 1:")
    for (name, wide), (_, single) in zip(by_phase(4096, 24), by_phase(1, 48), strict=True):
        print(f"  {name:10s} {wide:8.2f} {single / 1000:8.2f}")
    most_held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"peak memory with ten outcomes {peak:.0f} MiB, with everything {most_held:.0f} MiB; worker {children:.0f} MiB")
    print(f"import sim {import_seconds():.3f} s")


if __name__ == "__main__":
    main()
