"""What offers would do to the scores of both sides: each played beside the world without it, under the same luck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from agents import unknowns
from agents.bookmarks import put
from agents.decisions import Decision
from agents.lookahead import Question, question
from agents.market import Market, Plan
from agents.side_by_side import together
from agents.terms import Offer
from sim.network import Vector
from sim.outcomes import SCORED, registry
from sim.scenario import Scenario

if TYPE_CHECKING:
    from agents.session import Session

AHEAD, FAR_AHEAD = 24, 60
"""Months that a side looks ahead, and where a mine is to be built."""
SOON = ("licence", "supply", "pooling", "stockpile", "thrift", "support")
"""Kinds of offers whose effect shows soon."""
WORLDS = 24
"""Worlds of each version when one offer is weighed."""
FEW = 8
"""Worlds of each version when many are."""
MOST = 15
"""Most offers weighed at once."""

TELLING = {
    "china": ("share.china.refined", "share.china.mine"),
    "united_states": ("cover.us_defence", "share.china.mine"),
    "european_union": ("price.apt.rotterdam", "share.china.mine"),
    "japan_korea": ("price.apt.rotterdam", "share.china.mine"),
    "kazakhstan": ("kazakhstan.sovereignty", "supply.mine.kazakhstan"),
    "uzbekistan": ("supply.mine.uzbekistan", "share.central_asia.mine"),
}
"""Outcomes by which a role explains itself."""
OTHERWISE = ("price.apt.rotterdam", "unmet.world")


@dataclass(frozen=True)
class Weighing:
    """What an offer would change on average over worlds, in the last year looked ahead."""

    score: dict[str, float]
    """Change of the score of each side that has one, points of 100."""
    effects: dict[str, float]
    """Change of the outcomes by which both sides explain themselves, in their units."""


@dataclass(frozen=True)
class Scales:
    """Everything that weighing offers needs; it can be sent to another process."""

    asked: Question
    offers: tuple[Offer, ...]
    versions: tuple[tuple[Decision, ...], ...]
    """Decisions of the world without an offer, and with each."""
    outcomes: tuple[str, ...]
    each: int
    """Worlds of each version."""
    groups: int
    """Versions that the block has room for."""


def weigh(session: Session, offers: Sequence[Offer]) -> list[Weighing]:
    """Weigh offers from where a session stands, whether or not they have been made."""
    found: list[Weighing] = []
    for scales in laid_out(session, offers):
        key = (scales.each, scales.groups)
        if key not in session.blocks:
            session.blocks[key] = block(session.scenario, session.seed, *key)
        weighed = read_off(session.blocks[key], scales)
        assert weighed is not None
        found += weighed
    return found


def laid_out(session: Session, offers: Sequence[Offer]) -> list[Scales]:
    """What to ask of blocks of worlds about offers, at most MOST of them at a time."""
    found = []
    for first in range(0, len(offers), MOST):
        part = tuple(offers[first : first + MOST])
        each, groups = (WORLDS, 2) if len(part) == 1 else (FEW, MOST + 1)
        months = AHEAD if all(offer.kind in SOON for offer in part) else FAR_AHEAD
        sides_of_first = (part[0].taker, part[0].maker)
        looker = next((role for role in sides_of_first if role not in session.people), part[0].taker)
        asked = question(session, looker, months=months)
        sides = [role for offer in part for role in (offer.maker, offer.taker)]
        names = [f"score.{role}" for role in SCORED if role in sides]
        names += [n for n in registry(session.scenario) if any(n in telling(o) for o in part) and n not in names]
        versions = [asked.orders] + [asked.orders + _decisions(session, offer) for offer in part]
        found.append(Scales(asked, part, tuple(versions), tuple(names), each, groups))
    return found


def block(scenario: Scenario, seed: int, each: int, groups: int) -> Market:
    """A block of groups of worlds, each group with the same luck."""
    return Market(scenario, seeds=unknowns.seeds(seed, each) * groups, record=Plan(("price.apt.rotterdam",), "year"))


def telling(offer: Offer) -> tuple[str, ...]:
    """Outcomes by which the two sides of an offer explain themselves."""
    names = (*TELLING.get(offer.maker, OTHERWISE), *TELLING.get(offer.taker, OTHERWISE))
    return tuple(dict.fromkeys(names))


def read_off(market: Market, scales: Scales, is_stale: Callable[[], bool] = lambda: False) -> list[Weighing] | None:
    """Play the world without and with each offer, each in its group of worlds; None if that became stale."""
    asked, each, groups, names = scales.asked, scales.each, scales.groups, scales.outcomes
    put(market, asked.mark, [0] * market.worlds)
    unknowns.sample(market, asked.drawn)
    versions = [*scales.versions, *[asked.orders] * (groups - len(scales.versions))]
    kept: list[Vector] = []
    for month in range(asked.mark.month, asked.mark.month + asked.months):
        if is_stale():
            return None
        now = [[d for d in version if d.month == month] for version in versions]
        market.seats.orders = []
        for order in together(now, market, month, each):
            market.seats.give(order)
        market.step()
        kept = [*kept[-11:], np.array([market.measure(name) for name in names])]
    by_world = _added(kept).reshape(len(names), groups, each)
    mean = _added([by_world[:, :, k] for k in range(each)]) / (each * len(kept))
    found = []
    for i, offer in enumerate(scales.offers):
        change = dict(zip(names, (mean[:, i + 1] - mean[:, 0]).tolist(), strict=True))
        score = {r: change[f"score.{r}"] for r in (offer.maker, offer.taker) if f"score.{r}" in change}
        found.append(Weighing(score, {name: change[name] for name in telling(offer)}))
    return found


def _added(parts: Sequence[Vector]) -> Vector:
    """Sum of arrays of one shape, one after the other."""
    whole = np.zeros_like(parts[0])
    for part in parts:
        whole = whole + part
    return whole


def _decisions(session: Session, offer: Offer) -> tuple[Decision, ...]:
    """What an offer would make of both seats this month."""
    levers, month = session.market.levers, session.month
    return tuple(
        Decision(0, month, levers[t.lever].role, t.lever, t.target, t.value, "offer") for t in (*offer.mine, *offer.yours)
    )
