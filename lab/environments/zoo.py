"""A PettingZoo environment: all scored roles decide at the same time, each seeing only what it may know."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from pettingzoo import ParallelEnv

from lab.environments import seat
from lab.environments.gym import SEEDS


class MarketEnv(ParallelEnv[str, Any, Any]):
    """Every scored role in one world.

    Args:
        scenario: name of a shipped scenario, or a path.
        months: months in a turn.
        render_mode: none is there.
    """

    metadata = {"name": "heavystone_market_v1", "render_modes": []}  # noqa: RUF012 - a plain dictionary is wanted

    def __init__(self, scenario: str = "classroom_short", months: int = 3, render_mode: str | None = None) -> None:
        self.world, self.months, self.render_mode = seat.scenario(scenario), months, render_mode
        self.possible_agents = list(seat.roles(self.world))
        self.agents: list[str] = []
        self.slots = {role: seat.slots(self.world, role) for role in self.possible_agents}
        market = seat.opened(self.world, [0], self.possible_agents)
        self.observation_spaces = {
            role: spaces.Box(-np.inf, np.inf, seat.seen(market, role).shape[1:], np.float32) for role in self.possible_agents
        }
        self.action_spaces = {role: spaces.Box(0.0, 1.0, (len(s),), np.float32) for role, s in self.slots.items()}
        self._luck = np.random.default_rng()

    def observation_space(self, agent: str) -> spaces.Space[Any]:
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        return self.action_spaces[agent]

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, Any]:
        if seed is not None:
            self._luck = np.random.default_rng(seed)
        self.agents = list(self.possible_agents)
        self.market = seat.opened(self.world, [int(self._luck.integers(SEEDS))], self.agents)
        self._scores = dict.fromkeys(self.agents, 0.0)
        return self._seen(), {role: {} for role in self.agents}

    def step(self, actions: dict[str, Any]) -> tuple[Any, Any, Any, Any, Any]:
        for role, action in actions.items():
            seat.decide(self.market, self.slots[role], np.asarray(action)[None, :])
        over = seat.turn(self.market, self.months)
        scores = {role: float(seat.score(self.market, role)[0]) for role in self.agents}
        rewards = {role: scores[role] - self._scores[role] for role in self.agents}
        self._scores = scores
        seen = self._seen()
        ended = dict.fromkeys(self.agents, over)
        cut = dict.fromkeys(self.agents, False)
        infos: dict[str, dict[str, Any]] = {role: {} for role in self.agents}
        if over:
            self.agents = []
        return seen, rewards, ended, cut, infos

    def _seen(self) -> dict[str, Any]:
        public = self.market.briefing.public()
        return {role: seat.seen(self.market, role, public)[0] for role in self.agents}
