"""Ways to hold a seat: strategies in words and numbers, levers that never move, levers thrown by dice, and the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lab import months
from lab.options import InputError
from lab.strategies.book import FILE, Strategy
from sim.levers import LICENCE_BLOCS, Levers

Vector = NDArray[np.float64]
Look = Callable[[str], Vector]
"""What the seat knows, by name, (worlds,)."""

LESS, MORE = "<", ">"


@dataclass(frozen=True)
class Turn:
    """What a policy may look at when it decides."""

    date: str
    number: int
    """Turns played."""
    look: Look
    seeds: NDArray[np.int64]
    """Seed of each world, (worlds,)."""


class Policy(Protocol):
    """Somebody in a seat."""

    name: str

    def decide(self, turn: Turn, table: Vector) -> None:
        """Fill in what is decided, (slots, worlds); NaN, with which the table comes, leaves it to the rule."""


def slots(levers: Levers, role: str) -> tuple[tuple[str, str], ...]:
    """Lever and target of every decision of a role; its temperament is none."""
    return tuple(
        (name, target)
        for name, target in levers.slots
        if levers[name].role == role and not name.endswith(".temperament")
    )


def names(levers: Levers, role: str) -> tuple[str, ...]:
    """Levers of a role."""
    return tuple(dict.fromkeys(name for name, _ in slots(levers, role)))


class Planned:
    """Follows a strategy."""

    def __init__(self, strategy: Strategy, levers: Levers) -> None:
        self.name = strategy.name
        self.acts = []
        place = {slot: row for row, slot in enumerate(slots(levers, strategy.role))}
        for act in strategy.acts:
            name = f"{strategy.role}.{act.lever}"
            try:
                targets = act.to or (levers[name].targets if name in levers.by_name else ()) or ("",)
                for target in targets:
                    levers.slot(name, target)
                value = np.nan if act.value == "rule" else levers[name].value(str(act.value))
                conditions = [condition(text) for text in act.when]
                since = months.count(act.since) if act.since else 0
                until = months.count(act.until) if act.until else since + 10**6
            except ValueError as error:
                raise InputError(f"{FILE.name}: '{strategy.name}' of {strategy.role}: {error}.") from None
            rows = [place[name, target] for target in targets]
            self.acts.append((np.array(rows), value, since, until, conditions))

    def decide(self, turn: Turn, table: Vector) -> None:
        """What the acts that apply now say, the later over the earlier."""
        now = months.count(turn.date)
        for rows, value, since, until, conditions in self.acts:
            if since <= now < until:
                so = np.ones(table.shape[1], bool)
                for holds in conditions:
                    so &= holds(turn.look)
                table[rows] = np.where(so, value, table[rows])


def condition(text: str) -> Callable[[Look], NDArray[np.bool_]]:
    """What "NAME > NUMBER" or "NAME / NAME < NUMBER" asks.

    Raises:
        ValueError: it is written otherwise.
    """
    words = text.split()
    if len(words) not in (3, 5) or words[-2] not in (LESS, MORE) or words[1:-3] not in ([], ["/"]):
        raise ValueError(f"'{text}' is no condition; allowed is NAME > NUMBER or NAME / NAME < NUMBER")
    known, sign, bound = words[:-2:2], words[-2], float(words[-1])

    def holds(look: Look) -> NDArray[np.bool_]:
        value = look(known[0]) if len(known) == 1 else look(known[0]) / np.maximum(look(known[1]), 1e-9)
        return value > bound if sign == MORE else value < bound

    return holds


def place_of(name: str) -> tuple[str, int | None]:
    """Name of what a seat knows, and the row of the licence bloc that stands in brackets."""
    plain, _, bloc = name.rstrip("]").partition("[")
    return plain, LICENCE_BLOCS.index(bloc) if bloc else None


class Constant:
    """Sets levers once, each with all its targets to a share of its range, and leaves the others to the rule."""

    def __init__(self, name: str, levers: Levers, role: str, shares: dict[str, float]) -> None:
        self.name = name
        values = []
        for lever, _ in slots(levers, role):
            known, share = levers[lever], shares.get(lever, np.nan)
            value = known.low + share * (known.high - known.low)
            values.append(np.rint(value) if known.choices else value)
        self.values = np.array(values)[:, None]

    def decide(self, turn: Turn, table: Vector) -> None:
        """The same as ever."""
        table[:] = self.values


class Dice:
    """Throws every lever and target anew each turn, evenly over its range."""

    name = "dice"

    def __init__(self, levers: Levers, role: str) -> None:
        known = [levers[lever] for lever, _ in slots(levers, role)]
        self.low = np.array([lever.low for lever in known])[:, None]
        self.width = np.array([lever.high - lever.low for lever in known])[:, None]
        self.is_choice = np.array([bool(lever.choices) for lever in known])[:, None]

    def decide(self, turn: Turn, table: Vector) -> None:
        """What the dice of each world's seed and turn show."""
        thrown = [np.random.default_rng([int(seed), turn.number]).random(len(table)) for seed in turn.seeds]
        share = np.array(thrown).T
        chosen = np.minimum(np.floor(share * (self.width + 1)), self.width)
        table[:] = self.low + np.where(self.is_choice, chosen, share * self.width)


class Rule:
    """Leaves everything to the rule, in one of its temperaments; "" for the shipped one."""

    def __init__(self, temperament: str = "") -> None:
        self.name = temperament or "rule"
        self.temperament = temperament

    def decide(self, turn: Turn, table: Vector) -> None:
        """Nothing."""
