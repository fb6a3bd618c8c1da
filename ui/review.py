"""What a game came to: the seat's score, its rule's under the same luck and under other luck, and the turning points."""

from __future__ import annotations

import numpy as np

from agents.market import Market, Plan
from agents.replay import Variant, against_the_rule, compare
from agents.session import Session
from sim.outcomes import SCORED
from ui.findings import Reviewed, Turning

MOST_TURNINGS = 20
"""Decisions that are left out one by one, the latest of each lever and target among them first."""
OTHER_LUCKS = 48
SHOWN = ("price.apt.rotterdam", "price.apt.china_domestic")


def review(session: Session, role: str) -> Reviewed:
    """The conclusions of a game as far as it was played."""
    if role not in SCORED or session.month == 0:
        return Reviewed(float("nan"), float("nan"), (), (), {})
    name = f"score.{role}"
    score = float(np.mean(session.series(name)))
    beside = against_the_rule(session, role)
    rule = float(np.mean(beside.without[beside.outcomes.index(name)]))
    own = [d for d in session.log if d.role == role]
    chosen = own if len(own) <= MOST_TURNINGS else own[:: -(-len(own) // MOST_TURNINGS)]
    turnings = []
    if chosen:
        for decision, found in zip(chosen, compare(session, [Variant((d.number,)) for d in chosen]), strict=True):
            effect = float(np.mean(found.difference[found.outcomes.index(name)]))
            turnings.append(
                Turning(decision.number, decision.month, decision.lever, decision.target, decision.value, effect)
            )
    turnings.sort(key=lambda t: -abs(t.effect))
    series = {n: beside.without[beside.outcomes.index(n)] for n in (name, *SHOWN) if n in beside.outcomes}
    return Reviewed(score, rule, other_lucks(session, name), tuple(turnings), series)


def other_lucks(session: Session, outcome: str) -> tuple[float, ...]:
    """The rule's mean score in worlds of other seeds, over as many months as were played."""
    seeds = range(session.seed + 1, session.seed + 1 + OTHER_LUCKS)
    market = Market(session.scenario, seeds=list(seeds), record=Plan((outcome,)))
    for _ in range(session.month):
        market.step()
    return tuple(float(v) for v in np.sort(np.mean(market.record.values[:, 0], axis=0)))
