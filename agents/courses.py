"""Numbers that are sums over the months of a session: levers by who moved them, and scores over the whole game."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from agents import bookmarks
from agents.branches import Node
from agents.decisions import Refused
from agents.readings import Parts, Reading, of_world

if TYPE_CHECKING:
    from agents.bookmarks import Bookmark
    from agents.session import Session

MOVERS = ("rule", "person", "offer", "scenario", "setup", "other")
"""Who may have moved a lever."""


def marked(node: Node) -> Bookmark:
    """A month's bookmark.

    Raises:
        Refused: it is not kept.
    """
    if node.mark is None:
        raise Refused("This month has not been played again yet; go to it first.")
    return node.mark


def read_lever(session: Session, node: Node, name: str, target: str) -> Reading:
    """A lever as it stands after a month, by who moved it since the start; where the session stands, as it is decided.

    A choice has no parts: its codes do not add up.
    """
    lever = session.market.levers[name]
    moved = dict.fromkeys(MOVERS, 0.0)
    last = float(lever.default)
    for _, who, before, after in moves(session, node, name, target):
        moved[who if who in moved else "other"] += after - before
        last = after
    if lever.choices:
        return last, "choice", []
    parts: Parts = [("lever_start", "", float(lever.default))]
    return last, lever.unit, [*parts, *((f"moved_{who}", "", value) for who, value in moved.items() if value)]


def moves(session: Session, node: Node, name: str, target: str) -> list[tuple[int, str, float, float]]:
    """Changes of a lever up to a month: months played before, who made it, value before and after.

    Steps that a rule took one after another count as one, made with the last of them.
    """
    lever = session.market.levers[name]
    last, found = float(lever.default), list[tuple[int, str, float, float]]()
    row = lever.targets.index(target) if target else 0
    for each in node.line()[1:]:
        seats = marked(each).snapshot["seats"]
        value, who = float(lever.default), "rule"
        ruled, ordered = seats.get(f"ruled[{name}]"), seats.get(f"ordered[{name}]")
        if ruled is not None:
            value = float(ruled.reshape(-1)[row])
        if ordered is not None and not math.isnan(ordered.reshape(-1)[row]):
            value = float(ordered.reshape(-1)[row])
            who = each.held.get((name, target), (None, "other"))[1]
        if value != last and who == "rule" and found and found[-1][1] == who:
            found[-1] = (each.month - 1, who, found[-1][2], value)
        elif value != last:
            found.append((each.month - 1, who, last, value))
        last = value
    if node is session.at and session.value(name, target) != last:
        found.append((session.month, session.decided_by(name, target), last, session.value(name, target)))
    return found


def read_standing(session: Session, node: Node, role: str) -> Reading:
    """A role's mean score over the months played up to one, by the parts of scores; the market is left elsewhere."""
    line = node.line()[1:]
    totals = dict[str, float]()
    for each in line:
        bookmarks.put(session.market, marked(each))
        for name, weight, value in session.market.measure.scores.parts(role):
            totals[name] = totals.get(name, 0.0) + weight * of_world(value) / len(line)
    whole = 0.0
    for part in totals.values():
        whole = whole + part
    return whole, "index", [("score", name, value) for name, value in totals.items()]
