"""Kazakhstan: the middle power that shares its deposits among the powers and grows its own plants."""

from __future__ import annotations

from typing import ClassVar

from agents.government import Decisions, Government
from agents.middle_power import Manner, govern
from agents.observation import Observation

# Numbers are for the temperaments balancer, resource nationalist, open door; estimates unless noted.
MANNER = Manner(
    claims={"bakuta": "china"},  # eleven years of Chinese investment before its first output
    state_first=(0.0, 1.0, 0.0),
    reserve=(0.35, 0.5, 0.1),  # a balancer waits some ten months (both big deposits: November 2025)
    balance=(0.9, 0.5, 0.4),
    patience=(0.15, 0.02, 0.2),
    requirement=(0.9, 1.3, 0.6),  # the agreement on the big deposits allows no export of raw ore
    least_requirement=(0.0, 0.3, 0.0),
    royalty=(0.06, 0.15, 0.03),
    windfall_royalty=(0.05, 0.15, 0.0),
    export_duty=(0.05, 0.15, 0.0),
    local_workforce=(0.55, 0.7, 0.4),  # Bakuta: three quarters of 400
    refineries=(0.45, 0.55, 0.25),
    carbide=(0.15, 0.15, 0.0),
    skills=(0.2, 0.15, 0.1),
    power=(0.15, 0.1, 0.15),  # winters and power are what producers fear in Central Asia
    diplomacy=(0.08, 0.02, 0.08),
    kept=(0.3, 0.2, 0.0),
    kept_for_china=(0.2, 0.1, 0.0),
)


class Kazakhstan(Government):
    """Plays the powers against one another, or takes control, or opens the door."""

    role: ClassVar[str] = "kazakhstan"

    def decide(self, seen: Observation) -> Decisions:
        return govern(MANNER, seen)
