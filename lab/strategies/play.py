"""Plays games side by side: each world has its own policy in the seat, its own temperaments around it, its own luck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.strategies.book import Profile
from lab.strategies.policies import Policy, Rule, Turn, place_of, slots

Vector = NDArray[np.float64]

WIDEST = 1024
"""Most worlds played in one block."""
TURN = 3
"""Months of a turn."""


@dataclass(frozen=True)
class Game:
    """One game: who sits there, among whom, under which luck."""

    policy: Policy
    profile: Profile
    seed: int


def played(
    role: str, games: Sequence[Game], until: str, scenario: str = "central_asia_2025",
    tell: Callable[[int], object] | None = None,
) -> tuple[Vector, dict[str, Vector]]:  # fmt: skip
    """Play games of one seat, whose person starts free.

    Args:
        role: whose seat it is.
        games: in any order; those of one policy are faster side by side.
        until: last month, YYYY-MM.
        scenario: shipped name or path.
        tell: called with the months times worlds that have been played.

    Returns:
        Score of each game, the mean of its months, (games,), and the points that come from each part of it.
    """
    blocks = [_block(role, games[i : i + WIDEST], until, scenario, tell) for i in range(0, len(games), WIDEST)]
    parts = {name: np.concatenate([block[1][name] for block in blocks]) for name in blocks[0][1]}
    return np.concatenate([block[0] for block in blocks]), parts


def _block(
    role: str, games: Sequence[Game], until: str, scenario: str, tell: Callable[[int], object] | None
) -> tuple[Vector, dict[str, Vector]]:
    from agents.market import Market, Order, Plan

    seeds = [game.seed for game in games]
    market = Market(scenario, seeds=seeds, seats=(role,), record=Plan((f"score.{role}",), "year"))
    for name, codes in _temperaments(market, role, games).items():
        market.seats.give(Order(name, "", codes, 0, "setup"))
    own = slots(market.levers, role)
    groups = _groups(games)
    last = np.full((len(own), len(games)), np.nan)
    whole, number = np.zeros(len(games)), 0
    parts: dict[str, Vector] = {}
    end = market.month_of(until) + 1
    while market.month < end:
        if market.month % TURN == 0:
            last = _decide(market, role, own, groups, np.array(seeds), last, number)
            number += 1
        market.step()
        whole = whole + market.outcome(f"score.{role}")
        for name, points, value in market.measure.scores.parts(role):
            parts[name] = parts.get(name, 0.0) + points * value
        if tell:
            tell(len(games))
    return whole / end, {name: points / end for name, points in parts.items()}


def _temperaments(market: Any, role: str, games: Sequence[Game]) -> dict[str, tuple[float, ...]]:
    """Code of each temperament in each world; the seat itself keeps the scenario's, but for rules that are played."""
    found = {}
    for each in games[0].profile.temperaments:
        lever = market.levers[f"{each}.temperament"]
        shipped = market.scenario.temperaments.get(each, lever.choices[0])
        chosen = [game.profile.temperaments[each] for game in games]
        if each == role:
            chosen = [(isinstance(game.policy, Rule) and game.policy.temperament) or shipped for game in games]
        found[lever.name] = tuple(lever.value(name) for name in chosen)
    return found


def _groups(games: Sequence[Game]) -> list[tuple[Policy, NDArray[np.int64]]]:
    """Each policy with its worlds."""
    policies = list({id(game.policy): game.policy for game in games}.values())
    return [(p, np.array([k for k, game in enumerate(games) if game.policy is p])) for p in policies]


def _decide(
    market: Any, role: str, own: Sequence[tuple[str, str]], groups: Sequence[tuple[Policy, NDArray[np.int64]]],
    seeds: NDArray[np.int64], last: Vector, number: int,
) -> Vector:  # fmt: skip
    """Let every policy decide in its worlds, and give what has changed."""
    from agents.market import Order

    seen = market.briefing.view(role, market.briefing.news())
    table = np.full(last.shape, np.nan)
    for policy, worlds in groups:

        def look(name: str, worlds: NDArray[np.int64] = worlds) -> Vector:
            plain, row = place_of(name)
            value = np.asarray(seen[plain])
            return (value if row is None else value[row])[worlds]

        mine = table[:, worlds]
        policy.decide(Turn(market.date, number, look, seeds[worlds]), mine)
        table[:, worlds] = mine
    for row, (lever, target) in enumerate(own):
        if not np.array_equal(table[row], last[row], equal_nan=True):
            market.seats.give(Order(lever, target, table[row], market.month, "strategy"))
    return table
