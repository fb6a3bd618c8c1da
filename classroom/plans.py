"""Timetables of a class: how many months each round plays, and how long it lasts on the clock."""

from __future__ import annotations

from dataclasses import dataclass

SEATS = (
    "china",
    "united_states",
    "kazakhstan",
    "uzbekistan",
    "buyers.us",
    "buyers.europe",
    "buyers.japan_korea",
)
"""Seven seats at each table."""

LEAST_MONTHS = 12
MOST_TABLES = 8
MOST_IN_A_SEAT = 4


@dataclass(frozen=True)
class Plan:
    """Rounds of a class."""

    name: str
    months: tuple[int, ...]
    """Months that each round plays."""
    seconds: int
    """Time to decide in a round, unless the teacher sets another."""
    pause_after: int = 0
    """Round after which the class breaks off until its second lesson; 0 for none."""


QUARTERS = (3,) * 8
"""Two years: to the end of 2026 in the scenarios that are shipped."""

PLANS = {
    "45": Plan("45", QUARTERS + (24,) * 4, 120),
    "90": Plan("90", QUARTERS + (12,) * 8, 210),
    "180": Plan("180", QUARTERS + (12,) * 8, 480, pause_after=8),
}
"""By minutes of teaching; all last ten years, to the end of 2034 in the scenarios that are shipped."""


def fitted(plan: Plan, months: int) -> Plan:
    """The plan, cut to a scenario of so many months."""
    left, kept = months, []
    for span in plan.months:
        if left > 0:
            kept.append(min(span, left))
            left -= span
    return Plan(plan.name, tuple(kept), plan.seconds, plan.pause_after)
