"""Classes played by bots over real sockets, each against the same run headless: every round's state, bit for bit."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.class_bots import go, headless, improvise, plainly, running


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--plan", default="45", help="45 for 12 rounds, 90 for 16")
    given = parser.parse_args()
    wrong = []
    for seed in range(given.first, given.first + given.seeds):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder, running(Path(folder), plan=given.plan, seed=seed) as (base, hall):
            accepted = go(improvise(base, hall, len(hall.room.plan.months), random.Random(seed)))
            hashes = hall.room.tables[1].hashes
            same = plainly(hall, accepted) == hashes == headless(hall)[0]
        decisions, events = sum(len(one["decisions"]) for one in accepted), sum(1 for one in accepted if one["event"])
        print(f"seed {seed}: {len(hashes)} rounds, {decisions} decisions, {events} events, {hashes[-1][:12]}, "
              f"{'equal' if same else 'NOT EQUAL'}, {time.monotonic() - began:.0f} s", flush=True)  # fmt: skip
        wrong += [] if same else [seed]
    print(f"{given.seeds - len(wrong)} of {given.seeds} classes equal their headless run")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
