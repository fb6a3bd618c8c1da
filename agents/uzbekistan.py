"""Uzbekistan: runs to catch up, by hurried permits and open sales or through its state complex."""

from __future__ import annotations

from typing import ClassVar

from agents.government import Decisions, Government
from agents.middle_power import Manner, govern, windfall
from agents.observation import Observation
from sim.equations import by_world
from sim.ranges import of_two

# Numbers are for the temperaments fast track, state-led; estimates unless noted.
MANNER = Manner(
    claims={
        "k_tungsten": "turkey",  # private, Turkish-owned
        "sarykul": "state",  # Technological Metals Complex
        "ingichka": "china",  # Xinhai (tailings), Red Persimmon (ore)
    },
    state_first=(0.0, 1.0),
    reserve=(0.2, 0.4),
    balance=(0.2, 0.4),
    patience=(0.2, 0.05),
    requirement=(0.5, 1.1),
    least_requirement=(0.0, 0.2),
    royalty=(0.05, 0.08),
    windfall_royalty=(0.02, 0.08),
    export_duty=(0.0, 0.08),
    local_workforce=(0.5, 0.65),
    refineries=(0.25, 0.45),  # Samarkand
    carbide=(0.1, 0.2),  # Chirchik
    skills=(0.15, 0.15),
    power=(0.2, 0.1),
    diplomacy=(0.06, 0.04),
    kept=(0.0, 0.25),
    kept_for_china=(0.0, 0.25),
)
FAST_TRACK = (0.8, 0.3)
"""How far permits are hurried in ordinary times."""
RUSH = 0.2
"""Hurry added at more than 2.3 times the long-run price: the window may close."""
FIRST_COME = (1.0, 0.2)
"""How far offtakes go to whoever asks first (K-Tungsten: open to all, first come, first served)."""


class Uzbekistan(Government):
    """Hurries permits and sells to whoever comes first, or builds through the state."""

    role: ClassVar[str] = "uzbekistan"

    def decide(self, seen: Observation) -> Decisions:
        hurry = fast_track(seen["temperament"], seen["price.apt.rotterdam"], seen["price.long_run"])
        return {
            **govern(MANNER, seen),
            "uzbekistan.fast_track": hurry[0],
            "uzbekistan.first_come": seen.choose(*FIRST_COME),
        }


@by_world(1)
def fast_track(temper: float, price: float, long_run: float) -> tuple[float]:
    """How far permits are hurried, 0 to 1, at a price of APT and the one to which it is expected to return."""
    return (min(of_two(temper, FAST_TRACK) + RUSH * windfall(price, long_run), 1.0),)
