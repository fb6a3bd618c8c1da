"""A scenario: what the world starts from, what is decided and what may happen, frozen and validated."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated

from pydantic import Field

from sim.quantity import FrozenDict, Groups, Key, Month, Part, Quantity, Text, Words
from sim.scenario_market import (
    Arc,
    Demand,
    Letter,
    Mine,
    Offtake,
    Pool,
    Recycling,
    RefineryProject,
    Region,
    Stock,
)
from sim.scenario_roles import (
    Decision,
    Event,
    Government,
    Membership,
    Opening,
    Relation,
    Temperament,
)

__all__ = [
    "Arc", "Decision", "Demand", "Event", "Government", "Letter", "Mechanisms", "Membership", "Mine",
    "Offtake", "Opening", "Period", "Pool", "Quantity", "Recycling", "RefineryProject", "Region",
    "Relation", "Scenario", "Stock", "Temperament",
]  # fmt: skip


class Period(Part):
    """A stretch of the game with turns of one length."""

    months: Annotated[int, Field(ge=1, le=12)]
    """Months in one turn."""
    until: Month
    """Last month of the stretch."""


class Mechanisms(Part):
    """Switches that take a mechanism out of the model, for studies and tests."""

    growth: bool = True
    """Trend growth of use."""
    noise: bool = True
    """Monthly luck in output and use."""
    events: bool = True
    """Winters, power cuts, border closures and other events."""
    projects: bool = True
    """New mines and refineries."""
    fear: bool = True
    """Buyers who wish for more stock after refusals and rallies."""
    traders: bool = True
    """Traders, smelters and mines that hold back."""


class Scenario(Part):
    """A whole world at its start, and what is decided and may happen in it."""

    name: Key
    """Short name."""
    title: Text
    """Name on screens."""
    description: Text
    """One or two sentences."""
    extends: str = ""
    """Scenario that this one starts from; "" if none."""
    start: Month
    """First month."""
    end: Month
    """Last month."""
    periods: tuple[Period, ...] = ()
    """Lengths of turns; quarters where nothing is said."""
    temperaments: Words = FrozenDict()
    """Temperament of each role that does not keep its default."""
    historical: bool = False
    """Whether the decisions are those that governments really took."""
    inherit_decisions: bool = True
    """Whether the decisions of the extended scenario hold here too."""
    mechanisms: Mechanisms = Mechanisms()
    """Switches for studies and tests."""
    regions: tuple[Region, ...]
    pools: tuple[Pool, ...]
    arcs: tuple[Arc, ...]
    mines: tuple[Mine, ...]
    letters: tuple[Letter, ...] = ()
    offtakes: tuple[Offtake, ...] = ()
    demands: tuple[Demand, ...]
    recycling: tuple[Recycling, ...]
    refinery_projects: tuple[RefineryProject, ...] = ()
    stocks: tuple[Stock, ...] = ()
    governments: tuple[Government, ...]
    relations: tuple[Relation, ...] = ()
    memberships: tuple[Membership, ...] = ()
    decisions: tuple[Decision, ...] = ()
    events: tuple[Event, ...] = ()
    openings: tuple[Opening, ...] = ()
    behaviour: Groups = FrozenDict()
    """Parameters of behaviour, by group and name."""

    @property
    def digest(self) -> str:
        """Hash of the whole content, extension resolved: 64 hexadecimal digits (SHA-256).

        Computed at each call, because a copy with other content would carry a kept one along.
        """
        content = self.model_dump(mode="json", by_alias=True)
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
