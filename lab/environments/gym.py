"""Gymnasium environments: one role against rules, in one world or in thousands at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv

from lab.environments import seat

ROLE = "heavystone/Role-v1"
"""Id of the environment; its number rises when what it shows, takes or rewards changes."""

SEEDS = 2**31
"""Seeds that a reset draws from."""


def register() -> None:
    """Make the environments known to `gymnasium.make` and `gymnasium.make_vec`."""
    if ROLE not in gymnasium.registry:
        gymnasium.register(
            ROLE, entry_point="lab.environments.gym:RoleEnv", vector_entry_point="lab.environments.gym:RoleVectorEnv"
        )


class RoleEnv(gymnasium.Env[Any, Any]):
    """One role's seat in one world; all others follow their rules.

    An action holds a number from 0 to 1 for each decision; the reward is the change of the role's score.

    Args:
        role: who is played.
        scenario: name of a shipped scenario, or a path.
        levers: decisions, LEVER or LEVER[TARGET]; the role's levers without target if not given.
        months: months in a turn.
        render_mode: none is there.
    """

    metadata = {"render_modes": []}  # noqa: RUF012 - the interface wants a plain dictionary

    def __init__(
        self,
        role: str = "kazakhstan",
        scenario: str = "classroom_short",
        levers: Sequence[str] = (),
        months: int = 3,
        render_mode: str | None = None,
    ) -> None:
        self.role, self.months, self.render_mode = role, months, render_mode
        self.world = seat.scenario(scenario)
        self.slots = seat.slots(self.world, role, levers)
        width = seat.seen(seat.opened(self.world, [0], [role]), role).shape[1]
        self.observation_space = spaces.Box(-np.inf, np.inf, (width,), np.float32)
        self.action_space = spaces.Box(0.0, 1.0, (len(self.slots),), np.float32)
        self.market: Any = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        luck = int(self.np_random.integers(SEEDS))
        self.market = seat.opened(self.world, [luck], [self.role])
        self._score = 0.0
        return seat.seen(self.market, self.role)[0], {"seed": luck}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        seat.decide(self.market, self.slots, np.asarray(action)[None, :])
        over = seat.turn(self.market, self.months)
        score = float(seat.score(self.market, self.role)[0])
        reward, self._score = score - self._score, score
        return seat.seen(self.market, self.role)[0], reward, over, False, {"score": score, "month": self.market.date}


class RoleVectorEnv(VectorEnv[Any, Any, Any]):
    """The same seat in many worlds: one market whose worlds are the environments, so that a step plays them all.

    All end together; the step after that starts new worlds (gymnasium's next-step autoreset).

    Args:
        num_envs: number of worlds.
        role, scenario, levers, months: as for one world.
        render_mode: none is there.
    """

    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP, "render_modes": []}  # noqa: RUF012

    def __init__(
        self,
        num_envs: int = 256,
        role: str = "kazakhstan",
        scenario: str = "classroom_short",
        levers: Sequence[str] = (),
        months: int = 3,
        render_mode: str | None = None,
    ) -> None:
        self.num_envs, self.role, self.months, self.render_mode = num_envs, role, months, render_mode
        self.world = seat.scenario(scenario)
        self.slots = seat.slots(self.world, role, levers)
        width = seat.seen(seat.opened(self.world, [0], [role]), role).shape[1]
        self.single_observation_space = spaces.Box(-np.inf, np.inf, (width,), np.float32)
        self.single_action_space = spaces.Box(0.0, 1.0, (len(self.slots),), np.float32)
        self.observation_space = spaces.Box(-np.inf, np.inf, (num_envs, width), np.float32)
        self.action_space = spaces.Box(0.0, 1.0, (num_envs, len(self.slots)), np.float32)
        self.market: Any = None
        self._over = False

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start new worlds; the seed of one, or a list of one for each, as for environments side by side."""
        if isinstance(seed, Sequence):
            given = list(seed)
        else:
            given = [None if seed is None else seed + i for i in range(self.num_envs)]
        if given[0] is not None:
            self._luck = [np.random.Generator(np.random.PCG64(np.random.SeedSequence(each))) for each in given]
        elif not hasattr(self, "_luck"):
            self._luck = [np.random.default_rng() for _ in given]
        seeds = [int(generator.integers(SEEDS)) for generator in self._luck]
        self.market = seat.opened(self.world, seeds, [self.role])
        self._score = np.zeros(self.num_envs)
        self._over = False
        return seat.seen(self.market, self.role), {"seed": np.array(seeds)}

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        still = np.zeros(self.num_envs, bool)
        if self._over:
            observation, info = self.reset()
            return observation, np.zeros(self.num_envs), still, still.copy(), info
        seat.decide(self.market, self.slots, np.asarray(actions))
        self._over = seat.turn(self.market, self.months)
        score = seat.score(self.market, self.role)
        reward, self._score = score - self._score, score
        over = np.full(self.num_envs, self._over)
        return seat.seen(self.market, self.role), reward, over, still, {"score": score}
