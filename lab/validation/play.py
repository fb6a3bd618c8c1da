"""Plays the worlds that the validation needs, in blocks over one or two processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lab.options import InputError
from lab.pool import Piece, work
from sim.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

WIDTH = 500
"""Worlds in a block."""


@dataclass(frozen=True)
class Task:
    """Worlds of one scenario."""

    key: str
    scenario: Scenario
    seeds: tuple[int, ...]
    months: int
    outcomes: tuple[str, ...]
    orders: tuple[tuple[str, str, float, int], ...] = ()
    """Lever, target, value and month of decisions on top of the scenario's."""
    own: Mapping[str, Any] = field(default_factory=dict)
    """Parameters that differ from world to world, "group.name" to (worlds,)."""
    projects: bool = False
    """Whether the fate of projects is wanted too."""


@dataclass(frozen=True)
class Played:
    """What a task recorded."""

    task: Task
    values: Vector
    """Shape (months, outcomes, worlds)."""
    projects: Mapping[str, Any] = field(default_factory=dict)
    """Names of mines, and tables of shape (mines, worlds)."""

    def of(self, outcome: str) -> Vector:
        """One outcome, shape (months, worlds)."""
        return self.values[:, self.task.outcomes.index(outcome)]


def blocks(task: Task) -> list[tuple[int, int]]:
    """First and last world, the last not counted, of each block."""
    count = len(task.seeds)
    number = -(-count // WIDTH)
    width = -(-count // number)
    return [(i, min(i + width, count)) for i in range(0, count, width)]


def pieces(tasks: Sequence[Task]) -> list[Piece]:
    """What is to be played, block after block of each task."""
    return [
        Piece(block, (task, first, last), task.months * (last - first))
        for task in tasks
        for first, last in blocks(task)
    ]


def play(tasks: Sequence[Task], workers: int = 1, tick: Callable[[int], None] = lambda step: None) -> dict[str, Played]:
    """Play all tasks.

    Args:
        tasks: with keys that differ.
        workers: processes.
        tick: told how many months of worlds were played since it was last told.

    Raises:
        InputError: a combination of scenario and parameters has no price; the sentence names it.
    """
    return joined(tasks, work(pieces(tasks), workers, tick))


def joined(tasks: Sequence[Task], results: Sequence[tuple[Vector, dict[str, Any]]]) -> dict[str, Played]:
    """What tasks recorded, by key, out of the results of their pieces."""
    done = iter(results)
    return {task.key: _joined(task, [next(done) for _ in blocks(task)]) for task in tasks}


def _joined(task: Task, parts: list[tuple[Vector, dict[str, Any]]]) -> Played:
    values = np.concatenate([part[0] for part in parts], axis=-1)
    projects = {
        name: table if isinstance(table, tuple) else np.concatenate([part[1][name] for part in parts], axis=-1)
        for name, table in parts[0][1].items()
    }
    return Played(task, values, projects)


def block(task: Task, first: int, last: int) -> tuple[Vector, dict[str, Any]]:
    """Play some worlds of a task: what they recorded, and the fate of projects."""
    from agents.market import Market, Order, Plan

    own = {name: np.asarray(values)[first:last] for name, values in task.own.items()}
    orders = [Order(*order) for order in task.orders]
    market = Market(task.scenario, seeds=task.seeds[first:last], orders=orders, own=own, record=Plan(outcomes=task.outcomes))
    with np.errstate(all="ignore"):
        for month in range(task.months):
            market.step()
            bad = np.flatnonzero(~np.isfinite(market.exchange.price).all(axis=0))
            if bad.size:
                raise InputError(_unsolvable(task, first + int(bad[0]), month, own, int(bad[0])))
    values = market.record.values
    bad = np.flatnonzero(~np.isfinite(values).all(axis=(0, 1)))
    if bad.size:
        raise InputError(_unsolvable(task, first + int(bad[0]), task.months - 1, own, int(bad[0])))
    fate: dict[str, Any] = {}
    if task.projects:
        mines = market.mines
        fate = {
            "names": tuple(mines.names),
            "opened": mines.opened,
            "stage": mines.stage,
            "overrun": mines.overrun,
            "slip": mines.slip,
            "ceiling": mines.ceiling,
        }
    return values, fate


def _unsolvable(task: Task, world: int, month: int, own: Mapping[str, Vector], place: int) -> str:
    values = ", ".join(f"{name} = {column[place]:g}" for name, column in own.items())
    return (
        f"{task.key}: the market of {task.scenario.name} has no solution in month {month + 1} of the world with seed"
        f" {task.seeds[world]}{' for ' + values if values else ''}."
    )
