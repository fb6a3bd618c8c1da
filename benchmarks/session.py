"""Times what a player waits for: a month, a rewind, a save, a what-if, a fan of worlds, an answer to an offer."""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from agents import deals, offers
from agents.forecaster import Forecaster
from agents.lookahead import fan
from agents.replay import Variant, compare, what_if
from agents.session import Session
from agents.terms import Term

ROLE = "kazakhstan"


Times = tuple[float, float]


def clock() -> Times:
    """Milliseconds by the clock, and of this process's work."""
    return 1000 * time.perf_counter(), 1000 * time.process_time()


def milliseconds(action: Callable[[], object], times: int = 5) -> Times:
    """Median time of an action, by the clock and of this process's work."""
    taken = []
    for _ in range(times):
        start = clock()
        action()
        end = clock()
        taken.append((end[0] - start[0], end[1] - start[1]))
    return statistics.median(t[0] for t in taken), statistics.median(t[1] for t in taken)


def main() -> None:
    """Print one line for each action."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=96, help="months of the game that is timed")
    months = parser.parse_args().months
    session = Session.new("central_asia_2025", 1, (ROLE,))
    session.play(2)
    taken = []
    for month in range(2, months):
        if month % 3 == 0:
            session.decide(ROLE, "kazakhstan.royalty", "", 0.05 + 0.01 * (month % 12))
        taken.append(milliseconds(session.play, 1))
    walls, works = sorted(t[0] for t in taken), sorted(t[1] for t in taken)
    late = int(0.99 * len(taken))
    rows = [("month, median", (statistics.median(walls), statistics.median(works)))]
    rows.append(("month, 99th percentile", (walls[late], works[late])))
    rows.append((f"rewind to month {months // 2} and back", milliseconds(lambda: _there_and_back(session, months // 2))))
    rows.append(("observation", milliseconds(lambda: session.observe(ROLE))))
    session.known_series(ROLE)
    rows.append(("known series", milliseconds(lambda: session.known_series(ROLE))))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "game.json"
        session.save(path)
        rows.append(("save", milliseconds(lambda: session.save(path))))
        rows.append((f"load, {months} months played again", milliseconds(lambda: Session.load(path), 1)))
    number = session.log[0].number
    rows.append((f"what-if without one decision of {months} months", milliseconds(lambda: what_if(session, number), 1)))
    each = [Variant((d.number,)) for d in session.log]
    rows.append((f"{len(each)} what-ifs at once", milliseconds(lambda: compare(session, each), 1)))
    session.rewind(12)
    tax = (Term("kazakhstan.royalty", "", 0.3),)
    fan(session, ROLE)
    rows.append(("fan of 256 worlds, 24 months", milliseconds(lambda: fan(session, ROLE))))
    rows.append(("fan with and without a decision", milliseconds(lambda: fan(session, ROLE, tax))))
    with Forecaster(session) as forecaster:
        rows.append(("forecaster ready", milliseconds(lambda: _answer(forecaster, session, ()), 1)))
        values = iter(0.01 * k for k in range(1, 40))
        submit = milliseconds(lambda: forecaster.submit(session, ROLE, tax))
        rows.append(("asking the forecaster", submit))
        _answer(forecaster, session, tax)
        ask = lambda: _answer(forecaster, session, (Term("kazakhstan.royalty", "", next(values)),))  # noqa: E731
        rows.append(("forecaster's answer on another decision", milliseconds(ask)))
    offer = deals.possible(session, ROLE, "united_states")[0]
    offers.weigh(session, [offer])
    rows.append(("one offer weighed", milliseconds(lambda: offers.weigh(session, [offer]), 3)))
    print(f"{'':<50} {'clock':>10} {'processor':>10}")
    for name, (wall, work) in rows:
        print(f"{name:<50} {wall:10.1f} {work:10.1f} ms")
    print(f"{'memory of this process':<50} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:10.0f} MiB")


def _there_and_back(session: Session, month: int) -> None:
    tip = session.month
    session.rewind(month)
    session.rewind(tip)


def _answer(forecaster: Forecaster, session: Session, decisions: tuple[Term, ...]) -> None:
    forecaster.submit(session, ROLE, decisions)
    while forecaster.poll() is None:
        if forecaster.fault:
            raise RuntimeError(forecaster.fault)
        time.sleep(0.002)


if __name__ == "__main__":
    main()
