"""The parts of a scenario that make its politics: governments, relations, decisions and events."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.quantity import (
    Entry,
    EventSize,
    Key,
    MoneyPerYear,
    Month,
    MonthOrNone,
    Months,
    Part,
    PerYear,
    Share,
    Text,
    Trust,
)

EventKind = Literal[
    "winter", "power_cut", "reagent_shortage", "accident", "border_closure", "demand_shock", "supply_shock",
    "growth_cycle",
]  # fmt: skip


class Temperament(Part):
    """A way in which a government plays when nobody sits in its seat."""

    name: Key
    """Short name."""
    title: Text
    """Name on screens."""
    help: Text
    """What it does, in a sentence."""


class Government(Entry):
    """A government role."""

    key: Key
    """The role."""
    title: Text
    """Name on screens."""
    budget: MoneyPerYear
    """What it can spend on tungsten."""
    temperaments: Annotated[tuple[Temperament, ...], Field(min_length=2, max_length=4)]
    """Named ways of playing; the first is the default."""


class Relation(Entry):
    """Trust between two governments."""

    a: Key
    """One role."""
    b: Key
    """The other role."""
    trust: Trust
    """From -1 (hostile) to 1 (allied) at the start."""


class Membership(Entry):
    """A forum, list or programme that ties roles together."""

    key: Key
    """Short name."""
    title: Text
    """Name on screens."""
    members: Annotated[tuple[Key, ...], Field(min_length=2)]
    """Roles in it."""
    date: Month
    """Month from which it counts."""
    trust: Trust
    """Trust that it adds between its members."""


class Decision(Entry):
    """What a government really decided in a month: a value of one lever."""

    date: Month
    """Month from which it holds."""
    lever: Key
    """Name of the lever."""
    target: str = ""
    """Mine or bloc that the lever is set for; "" if it has none."""
    value: float | str
    """Number in the lever's unit, or one of its categories."""


class Event(Entry):
    """Something that nature or a third party may do in any month."""

    key: Key
    """Short name."""
    kind: EventKind
    """What happens."""
    target: str
    """Region, gateway, mine or segment that it strikes; "" for all that are exposed."""
    probability: PerYear
    """Expected number a year."""
    month: MonthOrNone = ""
    """Month in which it surely comes, as in a history; "" if only chance decides."""
    size: EventSize
    """What is left of (below 1) or multiplies output, flow, speed or use while it lasts."""
    duration: Months
    """How long it lasts."""
    title: Text
    """Name on screens."""
    news: Text
    """One short sentence for the news."""


class Opening(Entry):
    """A first shock; one of a scenario's openings is drawn in each world, and its month."""

    key: Key
    """Short name."""
    event: EventKind
    """What happens."""
    target: str
    """Region, gateway, mine or segment that it strikes; "" for all that are exposed."""
    size: EventSize
    """What is left of (below 1) or multiplies output, flow, speed or use while it lasts."""
    duration: Months
    """How long it lasts."""
    weight: Share
    """Chance of being the one drawn, relative to the other openings."""
    earliest: Month
    """First month in which it may come."""
    latest: Month
    """Last month in which it may come."""
