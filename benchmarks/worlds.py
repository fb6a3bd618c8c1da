"""Whole worlds per second: widths, processes, recording, phases, solver steps, memory, and Mesa's own batch run.

Run from the checkout:  python benchmarks/worlds.py [--quick] [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lab.processes import tidily
from lab.run import WIDEST

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
    return tidily(run_block, *arguments)[0]


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


def two_processes(width: int, rounds: int) -> list[float]:
    """Worlds per second of two processes, each with a block of this width at once, round after round."""
    rates = []
    with get_context("spawn").Pool(2) as pool:
        pool.map(_timed, [(8, True, 1), (8, True, 9)])
        for _ in range(rounds):
            started = time.perf_counter()
            pool.map(_timed, [(width, True, 1), (width, True, 1 + width)], chunksize=1)
            rates.append(2 * width / (time.perf_counter() - started))
    return rates


def table(widths: tuple[int, ...], lean: bool, rounds: int) -> float:
    """Print how fast each width is, with ten outcomes by year or everything by month; gives the most worlds per second."""
    label, best = "ten outcomes by year" if lean else "everything by month", 0.0
    print(f"{'width':>6} {'recorded':>22} {'fastest':>9} {'median':>9} {'us/world-month':>15} {'steps mean':>11} {'max':>4}")
    # round after round, so that a slow moment of the machine does not fall on one width alone
    played = [[tidily(run_block, width, lean) for width in widths] for _ in range(rounds)]
    for width, runs in zip(widths, zip(*played, strict=True), strict=True):
        seconds, (_, mean, most) = [run[0] for run in runs], runs[0]
        rate, usual = width / min(seconds), width / statistics.median(seconds)
        best = max(best, rate)
        print(f"{width:6d} {label:>22} {rate:9.1f} {usual:9.1f} {1e6 / rate / 192:15.2f} {mean:11.2f} {most:4.0f}")
    return best


def _mebibytes(who: int) -> float:
    """Peak memory of this process or of the largest of its children."""
    return resource.getrusage(who).ru_maxrss / 1024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer worlds, one round")
    parser.add_argument("--rounds", type=int, default=3, help="times that each width is played (3)", metavar="N")
    given = parser.parse_args()
    quick, rounds = given.quick, 1 if given.quick else max(1, given.rounds)
    widths = (1, 64, 1024, 2048) if quick else (1, 64, 1024, 4096, WIDEST)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; scenario central_asia_2025, 192 months")
    print(f"rounds: {rounds}; worlds/s of the fastest and of the median round")
    run_block(1, True, months=2)
    best = table(widths, True, rounds)
    peak = _mebibytes(resource.RUSAGE_SELF)
    width = 1024 if quick else WIDEST
    both = two_processes(width, rounds)
    print(f"two processes, width {width}: {max(both):.1f} worlds/s, median {statistics.median(both):.1f}")
    children = _mebibytes(resource.RUSAGE_CHILDREN)
    # whoever records everything by month gets narrower blocks, see lab.run
    table(widths[:-1], False, rounds)
    one = tidily(batch_run_seconds, 2 if quick else 5)
    print(f"mesa.batch_run, one world at a time: {1 / one:.3f} worlds/s; best block is {best * one:.0f} times that")
    print(f"phase, us per world and month at width {WIDEST} and ms per month at width 1:")
    for (name, wide), (_, single) in zip(by_phase(WIDEST, 24), by_phase(1, 48), strict=True):
        print(f"  {name:10s} {wide:8.2f} {single / 1000:8.2f}")
    most_held = _mebibytes(resource.RUSAGE_SELF)
    print(f"peak memory with ten outcomes {peak:.0f} MiB, with everything {most_held:.0f} MiB; worker {children:.0f} MiB")
    print(f"import sim {import_seconds():.3f} s")


if __name__ == "__main__":
    main()
