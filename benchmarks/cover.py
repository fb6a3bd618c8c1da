"""How often what happened lies in the bands of a look-ahead, over finished games that rules play."""

from __future__ import annotations

import argparse

import numpy as np

from agents.lookahead import fan
from agents.session import Session

OUTCOMES = ("price.apt.rotterdam", "price.apt.china_domestic", "supply.mine.world", "score.kazakhstan")
AHEAD = (3, 6, 12, 24)


def main() -> None:
    """Print, for each outcome and distance, the share of games inside the 80 % and 50 % bands."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--games", type=int, default=20)
    parser.add_argument("--worlds", type=int, default=64)
    parser.add_argument("--scenario", default="central_asia_2025")
    parser.add_argument("--starts", type=int, nargs="+", default=[24, 48])
    wanted = parser.parse_args()
    inside = {(name, months): [] for name in OUTCOMES for months in AHEAD}
    for seed in range(1, wanted.games + 1):
        session = Session.new(wanted.scenario, seed)
        fans = []
        for start in wanted.starts:
            session.play(start - session.month)
            fans.append(fan(session, "kazakhstan", (), max(AHEAD), wanted.worlds, OUTCOMES))
        session.play(wanted.starts[-1] + max(AHEAD) - session.month)
        for found in fans:
            for name in OUTCOMES:
                happened = session.series(name)
                for months in AHEAD:
                    ten, quarter, _, three, ninety = found.of(name)[:, months - 1]
                    value = happened[found.month + months - 1]
                    inside[name, months].append((ten <= value <= ninety, quarter <= value <= three))
    print(f"{wanted.games} games, look-aheads from months {wanted.starts}; share inside the 80 % and the 50 % band")
    for name in OUTCOMES:
        parts = [f"{months:>2} months {np.mean(inside[name, months], axis=0)[0]:4.0%}"
                 f" {np.mean(inside[name, months], axis=0)[1]:4.0%}" for months in AHEAD]  # fmt: skip
        print(f"{name:<28} {'   '.join(parts)}")


if __name__ == "__main__":
    main()
