"""Many lines of play side by side in one block, whichever session each comes from and whatever luck it meets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from agents import acts, seating
from agents.branches import Node, Slot
from agents.decisions import Decision
from agents.market import Market, Plan
from agents.side_by_side import together
from sim.network import Vector

if TYPE_CHECKING:
    from agents.session import Session
    from sim.scenario import Scenario

AT_ONCE = 400
"""Worlds that are held at a time; more would be little faster and need more memory."""


@dataclass(frozen=True)
class Line:
    """What is put into a world month by month: by people, by agreements, by the scenario, and by a teacher."""

    scripted: tuple[Decision, ...]
    """The scenario's decisions and temperaments, by month."""
    people: tuple[tuple[str, ...], ...]
    """Roles in which people sit: before the first month, and in each month."""
    made: tuple[tuple[Decision, ...], ...]
    """Decisions made in the session, one entry for each month."""
    held: Mapping[Slot, tuple[float | None, str]] = field(default_factory=dict)
    """Value and source of the last decision for each lever and target, before the first month."""


def of(session: Session, start: int = 0) -> Line:
    """What was put into a session from a month on, seen back from where it stands."""
    nodes = session.at.line()[start:]
    people = tuple(node.people for node in nodes)
    return Line(session.scripted, people, tuple(node.decisions for node in nodes[1:]), nodes[0].held)


def fixed(line: Line, values: Mapping[Slot, float]) -> Line:
    """The line with some decisions pinned from its first month to its last, against people, agreements and scenario."""
    pinned = [
        Decision(0, 0, lever.rsplit(".", 1)[0], lever, target, value, "set") for (lever, target), value in values.items()
    ]
    made = [tuple(d for d in each if d.slot not in values) for each in line.made]
    return Line(line.scripted, line.people, ((*pinned, *made[0]), *made[1:]), line.held)


def play(market: Market, lines: Sequence[Line], line_of: Sequence[int]) -> list[Vector]:
    """Play on from where a market stands, each world along a line, for as many months as the lines have.

    Args:
        market: a block that keeps every month, standing before the first month of the lines.
        lines: all of the same length.
        line_of: place of each world's line, (worlds,).

    Returns:
        Outcomes of the market's record after each month, (outcomes, worlds) each.
    """
    start = market.month
    nodes = [Node(start, None, line.people[0], held=line.held) for line in lines]
    values = []
    for place in range(len(lines[0].made)):
        given = []
        for i, line in enumerate(lines):
            people, at = line.people[place + 1], nodes[i]
            given.append(seating.orders(at, people, line.scripted, line.made[place]))
            held = seating.held(at, given[i]) if given[i] else at.held
            nodes[i] = Node(at.month + 1, None, people, held=held)
        _happen(market, [line.made[place] for line in lines], line_of)
        market.seats.orders = []
        for order in together([given[i] for i in line_of], market, start + place):
            market.seats.give(order)
        market.step()
        values.append(market.record._values[-1])
    return values


def _happen(market: Market, made: Sequence[Sequence[Decision]], line_of: Sequence[int]) -> None:
    """Let acts of nature take place in the worlds whose lines hold them."""
    struck = [{(act.lever, act.target, act.value): act for act in each if acts.is_act(act)} for each in made]
    all_of_them = {what: act for each in struck for what, act in each.items()}
    acts.happen(market, [(act, np.flatnonzero([w in struck[i] for i in line_of])) for w, act in all_of_them.items()])


class Block:
    """Worlds of one scenario, gathered one by one and then played together from its start.

    Args:
        scenario: played by all.
        outcomes: what is measured each month.
    """

    def __init__(self, scenario: Scenario, outcomes: Sequence[str]) -> None:
        self.scenario, self.outcomes = scenario, tuple(outcomes)
        self._lines: list[Line] = []
        self._line_of: list[int] = []
        self._seeds: list[int] = []

    def add(self, line: Line, seeds: Sequence[int]) -> list[int]:
        """Add a world for each seed, all along one line, and give their places."""
        first = len(self._seeds)
        self._line_of = [*self._line_of, *[len(self._lines)] * len(seeds)]
        self._seeds = [*self._seeds, *seeds]
        self._lines.append(line)
        return list(range(first, len(self._seeds)))

    def play(self) -> Vector:
        """Outcomes of all worlds in every month, (outcomes, months, worlds)."""
        starts = range(0, len(self._seeds), AT_ONCE)
        return np.concatenate([self._part(slice(start, start + AT_ONCE)) for start in starts], axis=2)

    def _part(self, part: slice) -> Vector:
        """Outcomes of some of the worlds."""
        market = Market(self.scenario, seeds=self._seeds[part], record=Plan(self.outcomes))
        wanted = list(dict.fromkeys(self._line_of[part]))
        values = play(market, [self._lines[i] for i in wanted], [wanted.index(i) for i in self._line_of[part]])
        # the record keeps outcomes in the registry's order
        rows = [market.record.outcomes.index(name) for name in self.outcomes]
        return np.array(values).swapaxes(0, 1)[rows]
