"""What all governments share: a seat, a rule of their own, and a purse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import mesa
from numpy.typing import ArrayLike

from agents.observation import Observation

Decisions = Mapping[str, ArrayLike]
"""Lever name to value: a number, (worlds,) or (targets, worlds); levers left out keep their default."""


class Government(mesa.Agent):
    """Decides by a rule, each month, from what it may know; a person's decisions take the place of the rule's."""

    role: ClassVar[str]

    def decide(self, seen: Observation) -> Decisions:
        """The rule's decisions for this month.

        Args:
            seen: what the role may know, at the start of the month.
        """
        raise NotImplementedError
