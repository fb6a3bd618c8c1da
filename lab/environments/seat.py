"""What a learning agent in a seat sees, does and earns, as plain arrays over worlds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.options import InputError
from sim import levers, outcomes
from sim.levers import Lever
from sim.scenario import Scenario
from sim.scenario_files import load

Vector = NDArray[np.float64]
Slot = tuple[Lever, str]


@cache
def scenario(name: str) -> Scenario:
    """A scenario, read once."""
    return load(name)


def roles(world: Scenario) -> tuple[str, ...]:
    """Roles that have a score, and so a reward."""
    return outcomes.SCORED


def slots(world: Scenario, role: str, chosen: Sequence[str] = ()) -> tuple[Slot, ...]:
    """Decisions of a role, one number of an action each.

    Args:
        world: the scenario.
        role: who decides.
        chosen: levers as typed, LEVER or LEVER[TARGET]; all of the role's levers without target if empty.

    Raises:
        InputError: a role without score, or a lever that is none of the role's.
    """
    if role not in outcomes.SCORED:
        raise InputError(f"role '{role}' is not allowed; allowed are {', '.join(outcomes.SCORED)}.")
    known = levers.registry(world)
    own = [lever for lever in known if lever.role == role and not lever.name.endswith(".temperament")]
    if not chosen:
        return tuple((lever, "") for lever in own if not lever.targets)
    found = []
    for text in chosen:
        name, _, target = text.rstrip("]").partition("[")
        try:
            known.slot(name, target)
        except ValueError as error:
            raise InputError(f"{error}.") from None
        if known[name] not in own:
            raise InputError(f"lever '{name}' is not one of {role}.")
        found.append((known[name], target))
    return tuple(found)


def meant(slot: Slot, share: Vector) -> Vector:
    """The value that an action means for a lever: from 0, its lowest, to 1, its highest; choices in equal parts."""
    lever = slot[0]
    share = np.clip(np.asarray(share, float), 0.0, 1.0)
    if lever.choices:
        return np.minimum(np.floor(share * len(lever.choices)), len(lever.choices) - 1)
    return lever.low + share * (lever.high - lever.low)


def decide(market: Any, role_slots: Sequence[Slot], actions: NDArray[Any], source: str = "learner") -> None:
    """Give the decisions of a seat for the month to be played.

    Args:
        market: where it sits.
        role_slots: what it decides, in the order of the action's numbers.
        actions: from 0 to 1, (worlds, slots).
        source: who decided.
    """
    from agents.market import Order

    for i, slot in enumerate(role_slots):
        value = meant(slot, actions[:, i])
        market.seats.give(Order(slot[0].name, slot[1], tuple(value.tolist()), market.month, source))


def seen(market: Any, role: str, public: Any = None) -> NDArray[np.float32]:
    """What a role may know, (worlds, numbers), by name in alphabetical order; what does not exist is 0."""
    known = market.briefing.of(role, market.briefing.public() if public is None else public)
    rows = []
    for name in sorted(known):
        value = np.asarray(known[name], float)
        wide = value if value.ndim and value.shape[-1] == market.worlds else np.broadcast_to(value, (market.worlds,))
        rows.append(wide.reshape(-1, market.worlds))
    table = np.nan_to_num(np.concatenate(rows).T, nan=0.0, posinf=1e9, neginf=-1e9)
    return np.ascontiguousarray(table, np.float32)


def score(market: Any, role: str) -> Vector:
    """The role's score, 0 to 100, (worlds,); 0 before the first month."""
    return np.asarray(market.outcome(f"score.{role}"), float) if market.month else np.zeros(market.worlds)


def opened(world: Scenario, seeds: Sequence[int], seats: Sequence[str]) -> Any:
    """A market at its start in which learners hold some seats; it records nothing but one outcome a year."""
    from agents.market import Market, Plan

    return Market(world, seeds=list(seeds), seats=tuple(seats), record=Plan(("price.apt.rotterdam",), "year"))


def turn(market: Any, months: int) -> bool:
    """Play a turn; whether the game is over."""
    for _ in range(min(months, market.months - market.month)):
        market.step()
    return bool(market.month >= market.months)
