"""What all governments share: a seat, a rule of their own, and a purse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import mesa
import numpy as np
from numpy.typing import ArrayLike

from agents.observation import Observation

Decisions = Mapping[str | tuple[str, ...], ArrayLike]
"""Lever name to value: a number, (worlds,) or (targets, worlds); levers left out keep their default.

Several levers without targets may come together: their names, and a table (levers, worlds).
"""


def by_lever(decisions: Decisions) -> Iterator[tuple[str, ArrayLike]]:
    """Decisions lever by lever."""
    for name, value in decisions.items():
        if isinstance(name, tuple):
            yield from zip(name, np.asarray(value), strict=True)
        else:
            yield name, value


class Government(mesa.Agent):
    """Decides by a rule, each month, from what it may know; a person's decisions take the place of the rule's."""

    role: ClassVar[str]

    def decide(self, seen: Observation) -> Decisions:
        """The rule's decisions for this month.

        Args:
            seen: what the role may know, at the start of the month.
        """
        raise NotImplementedError
