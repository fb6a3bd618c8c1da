"""Worlds of a block that are played with something held still: a decision pinned, a border shut, a cause at rest.

Nothing is held unless somebody asks; worlds that hold nothing still are played as ever, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.network import Index, Vector
from sim.state import declared

Mask = NDArray[np.bool_]
Result = TypeVar("Result")


@dataclass
class Held:
    """What is held still, and in which worlds; None where it moves in every world."""

    fear: Mask | None = None
    """Fear and the wish for safe origins of each bloc stay what they are, (blocs, worlds)."""
    traders: Mask | None = None
    """Traders neither buy nor sell, (worlds,)."""
    nature: Mask | None = None
    """No event begins, and output and use have no luck of their own, (worlds,)."""
    supply: Mask | None = None
    """Mines keep the share of capacity that they work, projects and plants their stage, scrap its price, (worlds,)."""
    decisions: dict[str, tuple[Mask, Vector]] = field(default_factory=dict)
    """Levers that are pinned: where, and to what, (targets, worlds) or (worlds,) each."""
    shut: dict[int, Mask] = field(default_factory=dict)
    """Arcs on which nothing travels, (worlds,)."""

    def decide(self, lever: str, value: Vector) -> Vector:
        """The value of a lever, or what it is pinned to."""
        pinned = self.decisions.get(lever)
        return value if pinned is None else np.where(pinned[0], pinned[1], value)

    def pin(self, lever: str, where: Mask, value: Vector | float, row: int | None, shape: tuple[int, ...]) -> None:
        """Pin a lever, or one target of it, in some worlds, on top of what is pinned already.

        Args:
            lever: its name.
            where: worlds, (worlds,).
            value: in the lever's unit, a number or an array that fits `shape`, or one row of it.
            row: place of the target, None for all of them or for a lever without targets.
            shape: of the lever's values.
        """
        masks, values = self.decisions.get(lever, (np.zeros(shape, bool), np.zeros(shape)))
        masks, values = masks.copy(), values.copy()
        place = ... if row is None else row
        masks[place] = masks[place] | where
        values[place] = np.where(where, value, values[place])
        self.decisions[lever] = masks, values

    def closed(self, worlds: int) -> tuple[Index, Mask]:
        """Arcs on which nothing travels somewhere, and where that holds, (those arcs, worlds)."""
        where = np.zeros((len(self.shut), worlds), bool)
        for row, mask in enumerate(self.shut.values()):
            where[row] = mask
        return np.array(list(self.shut), np.int64), where


_NOWHERE = np.empty(0)


def marked(still: Mask | None) -> Vector:
    """1 in worlds in which something is held still, (worlds,); empty where nothing is."""
    return _NOWHERE if still is None else np.array(still, float)


def hold(still: Mask | None, holder: Any, act: Callable[[], Result], *names: str) -> Result:
    """Let somebody act, and take back what it did to its state in the worlds where it is held still.

    Args:
        still: worlds, or rows and worlds, of what is taken back; None takes nothing back.
        holder: whose declared state it is.
        act: what it does; its result is handed on as it is.
        names: the states taken back; all if there are none.
    """
    if still is None:
        return act()
    before = {name: getattr(holder, name) for name in names or declared(holder)}
    result = act()
    for name, value in before.items():
        setattr(holder, name, np.where(still, value, getattr(holder, name)))
    return result
