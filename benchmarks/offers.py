"""What each turn brings to weigh in each seat: offers by maker and kind, weighty news, and what taking offers is worth.

Run `python benchmarks/offers.py [--until 2032-12] [--seats ROLE ...] [--seeds 1 2 3]`. The person never moves a lever.
With seeds 1, 4, 7 and so on all offers lapse, with 2, 5, 8 every other one is taken and the rest declined, with 3, 6, 9
all are declined. Where they lapse, each is then taken by itself in the same world under the same luck.
"""

import argparse
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from agents import envoys, lines, offers
from agents.decisions import Decision
from agents.terms import ACCEPTED, OPEN, REFUSED
from sim.outcomes import SCORED
from ui import messages as say
from ui.desk import Desk

POLICIES = ("lapse", "every other one is taken", "decline")
SMALL = 0.05
"""Points of score, on average over the months left, below which an offer changed nothing."""


def play(role, seed, until, policy):
    """One game; the desk, and for each turn its first month, weighty news, offers made in it, and offers to be answered."""
    desk = Desk.opened(say.Open("central_asia_2025", seed, role, {}, until))
    session, turns, taken = desk.session, [], 0
    for end in desk._turns():
        first, news = session.month, 0
        made = envoys.rules_offer(session, role)
        waiting = [o for o in session.offers if o.state == OPEN and o.taker == role]
        for offer in waiting if policy else ():
            taken += 1
            if policy == 1 and taken % 2 and offers.is_free(session, offer):
                offers.accept(session, offer)
            else:
                offers.refuse(session, offer)
        while session.month < end:
            desk.play()
        news = len([item for item in desk._seen if item.weight])
        desk._seen = ()
        turns.append((first, news, len(made), len(waiting)))
    return desk, turns


def worth(desk, role):
    """What each offer would have changed in both sides' scores on average over the months left, had it been taken."""
    session, found = desk.session, []
    mine = [o for o in session.offers if o.taker == role]
    names = tuple(f"score.{each}" for each in SCORED)
    block, line = lines.Block(session.scenario, names), lines.of(session)
    block.add(line, [session.seed])
    for offer in mine:
        made = list(line.made)
        terms = [(offer.maker, t) for t in offer.mine] + [(offer.taker, t) for t in offer.yours]
        for month, ends in ((offer.month, False), (offer.until, True)):
            if month < len(made):
                source = "offer ended" if ends else "offer"
                values = [(who, t, None if ends else t.value) for who, t in terms]
                made[month] += tuple(Decision(0, month, who, t.lever, t.target, v, source) for who, t, v in values)
        block.add(replace(line, made=tuple(made)), [session.seed])
    scores = block.play()[:, : desk.end]
    for place, offer in enumerate(mine, 1):
        change = np.mean(scores[:, offer.month :, place] - scores[:, offer.month :, 0], axis=1)
        gains = dict(zip(names, change.tolist(), strict=True))
        found.append((offer, gains[f"score.{role}"], gains.get(f"score.{offer.maker}", 0.0)))
    return found


def main(until, seats, seeds):
    total, values = Counter(), []
    print("seat, seed, answers: turns; without offer; without weighty news; without both; offers; makers; kinds")
    for role in seats or SCORED:
        for seed in seeds:
            policy = (seed - 1) % 3
            desk, turns = play(role, seed, until, policy)
            got = [o for o in desk.session.offers if o.taker == role]
            bare = [t for t in turns if not t[1] and not t[3]]
            row = (len(turns), sum(not t[3] for t in turns), sum(not t[1] for t in turns), len(bare), len(got))
            total.update(dict(zip(("turns", "without offer", "without news", "without both", "offers"), row, strict=True)))
            makers, kinds = Counter(o.maker for o in got), Counter(o.kind for o in got)
            numbers = "; ".join(map(str, row))
            print(f"{role}, {seed}, {POLICIES[policy]}: {numbers}; {dict(makers)}; {dict(kinds)}", flush=True)
            if bare:
                print("   turns with nothing:", ", ".join(desk.session.date_of(t[0]) for t in bare))
            states = Counter(o.state for o in got)
            if policy == 1:
                print(f"   taken {states[ACCEPTED]}, declined {states[REFUSED]}")
            if not policy:
                values += [(role, *each) for each in worth(desk, role)]
    print("\nall:", dict(total))
    table("seat", values, lambda v: v[0])
    table("kind", values, lambda v: v[1].kind)
    table("maker", values, lambda v: v[1].maker)


def table(title, values, key):
    """How often an offer would have been worth taking."""
    print(f"\n{title}: offers; worth taking; costs; changes nothing; mean gain; least and most; serves its maker")
    for name in [*sorted({key(v) for v in values}), ""]:
        of = [v for v in values if key(v) == name or not name]
        gains = [v[2] for v in of]
        if of:
            good, bad = np.mean([g > SMALL for g in gains]), np.mean([g < -SMALL for g in gains])
            served = [v[3] for v in of]
            print(f"  {name or 'all'}: {len(of)}; {good:.0%}; {bad:.0%}; {1 - good - bad:.0%}; {np.mean(gains):+.2f};"
                  f" {min(gains):+.2f} and {max(gains):+.2f}; {np.mean([s > 0 for s in served]):.0%}")  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--until", default="2032-12")
    parser.add_argument("--seats", nargs="*", default=[])
    parser.add_argument("--seeds", nargs="*", type=int, default=[1, 2, 3])
    main(**vars(parser.parse_args()))
