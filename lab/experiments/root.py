"""A month of a saved game in which a study begins: one world, forked into many."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.options import InputError
from sim.scenario import Scenario

if TYPE_CHECKING:
    from agents.bookmarks import Bookmark
    from agents.decisions import Decision

FILE = "root.json"
"""The saved game in the folder of a study."""


@dataclass(frozen=True)
class Root:
    """Where a saved game stands, and what is decided already for the months to come."""

    text: str
    """The saved game as it was read."""
    scenario: Scenario
    seed: int
    month: int
    """Months played."""
    date: str
    """Month to be played, YYYY-MM."""
    mark: Bookmark
    """The state, without what was recorded."""
    coming: tuple[Decision, ...]
    """Decisions of scenario, people and agreements that take effect if nothing else is decided."""
    acts: tuple[Decision, ...]
    """What somebody lets happen in the month to be played."""
    held: dict[tuple[str, str], float]
    """Value in force by lever and target, of those that no rule decides."""

    def behaviour(self, parameter: str) -> float:
        """Value of a parameter of behaviour, "group.name", in the month to be played."""
        from agents.acts import PARAMETER

        group, _, name = parameter.partition(".")
        usual = self.scenario.behaviour[group][name].value
        decided = [act.value for act in self.acts if (act.lever, act.target) == (PARAMETER, parameter)]
        return float([usual, *self.mark.own.get(parameter, ()), *decided][-1])

    @property
    def digest(self) -> str:
        """Hash of the saved game: 64 hexadecimal digits (SHA-256)."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read(path: Path) -> Root:
    """The month in which a saved game stands.

    Raises:
        InputError: the file cannot be loaded, or its game is over.
    """
    from agents.save_format import SaveError
    from agents.saves import of_text, text_in

    try:
        text = text_in(path)
        return of_session(of_text(text, str(path)), text)
    except SaveError as error:
        raise InputError(f"--from: {error}") from None


def of_session(session: Any, text: str) -> Root:
    """Where a session stands; arguments and errors as for `read`."""
    from agents import acts

    if session.is_over:
        raise InputError(f"--from: the game ended with {session.date_of(session.months - 1)}; no month is left to study.")
    at = session.at
    return Root(
        text=text,
        scenario=session.scenario,
        seed=session.seed,
        month=session.month,
        date=session.date,
        mark=at.mark.bare(),
        coming=coming(session),
        acts=tuple(d for d in session.coming if acts.is_act(d)),
        held={slot: value for slot, (value, _) in at.held.items() if value is not None},
    )


def coming(session: Any) -> tuple[Decision, ...]:
    """Decisions that take effect from the month to be played on, if nobody decides anything else."""
    from agents import seating
    from agents.branches import Node

    node, found = session.at, []
    for month in range(session.month, session.months):
        made = tuple(d for d in session.coming if d.month == month)
        given = seating.orders(node, session.people, session.scripted, made)
        found += given
        node = Node(month + 1, None, session.people, held=seating.held(node, given))
    return tuple(found)


def market(
    root: Root, lucks: Sequence[int], orders: Sequence[Any], outcomes: tuple[str, ...], own: Mapping[str, Any]
) -> Any:
    """Worlds that stand where the saved game stands.

    Args:
        root: the game.
        lucks: number of the luck of each world to come; 0 is the game's own.
        orders: everything that takes effect.
        outcomes: what is recorded.
        own: parameters of behaviour that a future sets from now on, "group.name" to (worlds,).
    """
    from agents import acts, bookmarks
    from agents.market import Market, Plan

    made = Market(root.scenario, seeds=[root.seed] * len(lucks), record=Plan(outcomes=outcomes))
    bookmarks.put(made, root.mark, [0] * len(lucks))
    made.seats.orders = []
    for order in orders:
        made.seats.give(order)
    acts.happen(made, [(act, None) for act in root.acts])
    if own:
        made.adopt({**made.own, **own})
    made.draw_luck(lucks)
    return made
