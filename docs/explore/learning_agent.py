"""A learning agent in Kazakhstan's seat: the cross-entropy method in one block of worlds, judged under luck it has not met.

Run as `python docs/explore/learning_agent.py [--short]` from the checkout.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from numpy.typing import NDArray

from agents.market import Market, Plan
from lab.environments.gym import RoleVectorEnv

Vector = NDArray[np.float64]

ROLE = "kazakhstan"
ELITE = 0.2
"""Share of candidates from which the next ones are drawn."""


def returns(environment: RoleVectorEnv, candidates: Vector, lucks: list[int], turns: int) -> tuple[Vector, list[int]]:
    """Mean score of each candidate at the end, and the seeds of the worlds; a candidate decides the same each turn.

    Args:
        environment: as many worlds as candidates times lucks.
        candidates: (candidates, decisions), from 0 to 1.
        lucks: seeds of the resets, the same for every candidate.
        turns: played.
    """
    _, info = environment.reset(seed=lucks * len(candidates))
    actions = np.repeat(candidates, len(lucks), axis=0).astype(np.float32)
    for _ in range(turns):
        *_, told = environment.step(actions)
    score = told["score"].reshape(len(candidates), len(lucks)).mean(axis=1)
    return score, info["seed"][: len(lucks)].tolist()


def learn(is_short: bool = False) -> dict[str, float]:
    """Learn, then play under other luck beside the role's rule; give both mean scores."""
    count, lucks, generations, turns = (6, 2, 2, 2) if is_short else (60, 8, 12, 24)
    environment = RoleVectorEnv(count * lucks, role=ROLE, months=1 if is_short else 3)
    decisions = environment.single_action_space.shape[0]
    generator = np.random.default_rng(1)
    centre, spread = np.full(decisions, 0.5), np.full(decisions, 0.3)
    for generation in range(generations):
        candidates = np.clip(generator.normal(centre, spread, (count, decisions)), 0.0, 1.0)
        score, _ = returns(environment, candidates, list(range(100, 100 + lucks)), turns)
        best = candidates[np.argsort(-score)[: max(2, int(ELITE * count))]]
        centre, spread = best.mean(axis=0), np.maximum(best.std(axis=0), 0.02)
        print(f"generation {generation + 1}: best {score.max():.1f}, mean {score.mean():.1f}")
    judge = RoleVectorEnv(4 * lucks, role=ROLE, months=environment.months)
    learned, seeds = returns(judge, centre[None, :], list(range(900, 900 + 4 * lucks)), turns)
    ruled = Market(judge.world, seeds=seeds, record=Plan(("price.apt.rotterdam",), "year"))
    for _ in range(turns * judge.months):
        if ruled.month < ruled.months:
            ruled.step()
    return {"learned": float(learned[0]), "rule": float(ruled.outcome(f"score.{ROLE}").mean())}


if __name__ == "__main__":
    for who, score in learn("--short" in sys.argv).items():
        print(f"{who}: score {score:.1f} under luck that nobody learned from")
