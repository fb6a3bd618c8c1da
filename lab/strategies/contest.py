"""Plays one seat in every way and says whether it is a good game."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lab.strategies import judge
from lab.strategies.book import Book, Strategy
from lab.strategies.play import Game, played
from lab.strategies.policies import Constant, Dice, Planned, Policy, Rule, names
from sim.levers import Levers
from sim.scenario import Scenario

Vector = NDArray[np.float64]

MOST_WEIGHT = 0.8
"""Largest part of the equilibrium that one strategy may carry."""
BEATS_DICE = 0.95
"""Share of games that a rule must win against dice."""
SPREAD = 24
"""Settings drawn over the whole cube of levers, and as many over some levers with the rule at the others."""
BEST = 3
"""Strategies between which decisions are weighed against luck."""
MOST, LEAST = "always the most", "always the least"


@dataclass(frozen=True)
class Size:
    """How many games are played."""

    seeds: int = 32
    """Of each strategy against each profile."""
    trials: int = 8
    """Seeds of each constant setting against each profile."""
    games: int = 200
    """Of each rule, of dice, and of levers at their ends."""


@dataclass(frozen=True)
class Contest:
    """What was found about one seat."""

    role: str
    strategies: tuple[Strategy, ...]
    profiles: tuple[str, ...]
    payoff: Vector
    """Mean score, (strategies, profiles)."""
    mixture: Vector
    """Equilibrium of strategies, and of profiles."""
    against: Vector
    regret: float
    """Points lost in the equilibrium against knowing the others' temperaments."""
    best: tuple[int, ...]
    """The best strategies by their mean."""
    shares: judge.Shares
    settings: tuple[str, ...]
    """Names of all constant settings, then of the strategies."""
    beaten: judge.Beaten
    rules: dict[str, tuple[float, float, float, float]]
    """By temperament: mean score, and shares of games won against dice and against levers at their upper and lower
    ends."""
    ends: dict[str, float]
    """Mean score of dice and of levers at their ends."""

    @property
    def verdicts(self) -> dict[str, bool]:
        """What is asked of a good game, and whether it is so."""
        rules = self.rules.items()
        ends = max(self.ends[MOST], self.ends[LEAST])
        return {
            "no strategy carries more than 0.8 of the equilibrium": bool(self.mixture.max() <= MOST_WEIGHT),
            "every constant setting is beaten somewhere": self.beaten.is_sure,
            "decisions explain as much as luck": self.shares.decisions >= self.shares.luck,
            "rules beat dice in 95 % of games": all(won[1] >= BEATS_DICE for _, won in rules),
            "rules are not beaten by levers at an end": all(won[0] >= ends for _, won in rules),
        }


def contest(
    role: str, book: Book, scenario: Scenario, levers: Levers, until: str, size: Size,
    tell: Callable[[int], object] | None = None,
) -> Contest:  # fmt: skip
    """Play a seat and judge it.

    Args:
        role: whose seat it is.
        book: strategies and profiles.
        scenario: where it is played.
        levers: of the scenario.
        until: last month, YYYY-MM.
        size: how many games.
        tell: called with the months times worlds that have been played.
    """
    strategies = book.of(role)
    planned: list[Policy] = [Planned(strategy, levers) for strategy in strategies]
    constants = settings(levers, role)
    rules: list[Policy] = [Rule(name) for name in temperaments(levers, role)]
    own = names(levers, role)
    ends: list[Policy] = [
        Dice(levers, role),
        Constant(MOST, levers, role, dict.fromkeys(own, 1.0)),
        Constant(LEAST, levers, role, dict.fromkeys(own, 0.0)),
    ]
    games = _crossed(planned, book, size.seeds) + _crossed(constants, book, size.trials)
    profiles = book.profiles
    games += [
        Game(policy, profiles[k % len(profiles)], k + 1) for policy in (*rules, *ends) for k in range(size.games)
    ]
    scores, _ = played(role, games, until, scenario.name, tell)
    first = len(planned) * len(profiles) * size.seeds
    second = first + len(constants) * len(profiles) * size.trials
    table = scores[:first].reshape(len(planned), len(profiles), size.seeds)
    tried = scores[first:second].reshape(len(constants), len(profiles), size.trials)
    payoff = table.mean(axis=2)
    mixture, against, lost = judge.equilibrium(judge.regret(payoff))
    best = tuple(np.argsort(-payoff.mean(axis=1), kind="stable")[:BEST].tolist())
    everything = np.concatenate([tried, table[:, :, : size.trials]])
    by_game = scores[second:].reshape(len(rules) + len(ends), size.games)
    dice, most, least = by_game[len(rules) :]
    return Contest(
        role=role,
        strategies=strategies,
        profiles=tuple(profile.name for profile in profiles),
        payoff=payoff,
        mixture=mixture,
        against=against,
        regret=lost,
        best=best,
        shares=judge.shares(table[list(best)]),
        settings=tuple(policy.name for policy in (*constants, *planned)),
        beaten=judge.hardest_to_beat(everything, slice(0, len(constants))),
        rules={
            rule.name: (float(won.mean()), *(float((won > other).mean()) for other in (dice, most, least)))
            for rule, won in zip(rules, by_game, strict=False)
        },
        ends={policy.name: float(won.mean()) for policy, won in zip(ends, (dice, most, least), strict=True)},
    )


def games(role: str, book: Book, levers: Levers, size: Size) -> int:
    """How many games a contest plays."""
    crossed = len(book.of(role)) * size.seeds + len(settings(levers, role)) * size.trials
    return crossed * len(book.profiles) + (len(temperaments(levers, role)) + 3) * size.games


def _crossed(policies: Sequence[Policy], book: Book, seeds: int) -> list[Game]:
    """Every policy against every profile under the same seeds."""
    return [Game(p, profile, seed) for p in policies for profile in book.profiles for seed in range(1, seeds + 1)]


def temperaments(levers: Levers, role: str) -> tuple[str, ...]:
    """Temperaments of the role's rule; one without a name if it has none."""
    name = f"{role}.temperament"
    return levers[name].choices if name in levers.by_name else ("",)


def settings(levers: Levers, role: str) -> list[Policy]:
    """Settings of levers that never move: each lever at an end, all at an end, and two Latin hypercubes.

    The first hypercube spans all levers; in the second each setting leaves every other lever, by lot, to the rule.
    """
    from scipy.stats import qmc

    own = names(levers, role)
    found: list[Policy] = []
    for name in own:
        short = name.removeprefix(f"{role}.")
        found += [Constant(f"{short} at its {end}", levers, role, {name: s}) for end, s in (("least", 0.0), ("most", 1.0))]
    found += [Constant(MOST, levers, role, dict.fromkeys(own, 1.0)), Constant(LEAST, levers, role, dict.fromkeys(own, 0.0))]
    lot = np.random.default_rng(1)
    cubes = [qmc.LatinHypercube(len(own), rng=np.random.default_rng(seed)).random(SPREAD) for seed in (1, 2)]
    for number, shares in enumerate(np.concatenate(cubes), 1):
        kept = np.ones(len(own), bool) if number <= SPREAD else lot.random(len(own)) < 0.5
        chosen = {name: float(share) for name, share, keep in zip(own, shares, kept, strict=True) if keep}
        told = ", ".join(f"{n.removeprefix(role + '.')} {s:.0%}" for n, s in chosen.items())
        found.append(Constant(f"setting {number} ({told})", levers, role, chosen))
    return found
