"""Worlds per second of a study end to end, memory, and environments side by side against one after another.

Run as `python -m benchmarks.explore [WORLDS] [WORKERS]`.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

STEPS = 4


def study(worlds: int, workers: int) -> None:
    from lab.experiments.design import design
    from lab.experiments.files import load
    from lab.experiments.results import Study
    from lab.experiments.run import run

    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        plan = design(*load("kazakh_processing"), worlds=worlds)
        sampled = time.perf_counter()
        kept = Study(Path(folder) / "study")
        kept.open(plan, resume=False)
        outcome = run(plan, kept, workers=workers)
        took = time.perf_counter() - sampled
        size = sum(path.stat().st_size for path in kept.parts.iterdir())
    print(f"read and sampled in {sampled - began:.1f} s")
    print(f"{outcome.worlds:,} worlds of {plan.months} months, {workers} workers: {took:.1f} s,"
          f" {outcome.worlds / took:.1f} worlds/s, {size / outcome.worlds:.0f} bytes a world")  # fmt: skip


def environments(count: int) -> None:
    from lab.environments.gym import RoleEnv, RoleVectorEnv

    many = RoleVectorEnv(count, months=1)
    many.reset(seed=1)
    actions = np.full(many.action_space.shape, 0.3, np.float32)
    many.step(actions)
    began = time.perf_counter()
    for _ in range(STEPS):
        many.step(actions)
    together = STEPS * count / (time.perf_counter() - began)
    one = RoleEnv(months=1)
    one.reset(seed=1)
    one.step(actions[0])
    began = time.perf_counter()
    for _ in range(STEPS):
        one.step(actions[0])
    alone = STEPS / (time.perf_counter() - began)
    print(f"environments: {count} side by side {together:,.0f} steps/s, one after another {alone:,.1f} steps/s,"
          f" ratio {together / alone:,.0f}")  # fmt: skip


def main() -> None:
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 240
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    study(worlds, workers)
    environments(500)
    print(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
