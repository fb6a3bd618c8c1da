"""The months of a session as a tree: every month played is a node, every line of play a branch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.bookmarks import Bookmark
from agents.decisions import Decision, Refused, Report
from agents.known import Known
from agents.terms import Offer

Slot = tuple[str, str]
FIRST = "main"
"""Name of the branch that a session starts on."""


@dataclass(eq=False)
class Node:
    """A world after some months, and what was put in to get there from the month before."""

    month: int
    """Months played."""
    parent: Node | None
    people: tuple[str, ...]
    """Roles in which people sat in the month that led here; at the start, when the session began."""
    decisions: tuple[Decision, ...] = ()
    """Made in the session, taking effect in the month that led here."""
    hash: str = ""
    mark: Bookmark | None = None
    """None where it is not kept; the month is played again if somebody goes there."""
    report: Report | None = None
    held: Mapping[Slot, tuple[float | None, str]] = field(default_factory=dict)
    """Value and source of the last decision for each lever and target."""
    upcoming: tuple[Decision, ...] = ()
    """Decisions already agreed for months to come."""
    offers: tuple[Offer, ...] = ()
    """All offers made so far."""
    expected: Mapping[str, float] = field(default_factory=dict)
    """By project, the month in which its first output was expected here, where that was looked at."""
    known: dict[str, Known] = field(default_factory=dict)
    """What each role could know here, kept once it has been asked for."""

    def line(self) -> list[Node]:
        """Nodes from the start to this one; a node's place is its month."""
        nodes, node = [], self
        while node.parent is not None:
            nodes.append(node)
            node = node.parent
        nodes.append(node)
        return nodes[::-1]

    def thin(self, back: int = 0) -> None:
        """Keep the start, this month and the one so many months before it; others are played again if need be."""
        for node in self.line()[1:-1]:
            if node.month != self.month - back:
                node.mark = None


@dataclass(frozen=True)
class Branch:
    """A line of play, for showing."""

    name: str
    parent: str
    """Branch that it left; "" for the first."""
    start: int
    """Months played where it left its parent."""
    end: int
    """Months played at its tip."""
    decisions: tuple[Decision, ...]
    """Made on it after it left its parent."""


class Branches:
    """Branches by name, and the place where the session stands."""

    def __init__(self, root: Node) -> None:
        self.tips: dict[str, Node] = {FIRST: root}
        self.current = FIRST
        self.at = root

    @property
    def tip(self) -> Node:
        """Last month played on the present branch."""
        return self.tips[self.current]

    @property
    def is_rewound(self) -> bool:
        """Whether months of the present branch lie ahead."""
        return self.at is not self.tip

    def ahead(self) -> Node | None:
        """The next month on the present branch, if it was played before."""
        return self.tip.line()[self.at.month + 1] if self.is_rewound else None

    def node(self, month: int) -> Node:
        """The present branch after some months.

        Raises:
            Refused: it has not come so far.
        """
        line = self.tip.line()
        if not 0 <= month < len(line):
            raise Refused(f"Month {month} is not on branch '{self.current}'; allowed: 0 to {len(line) - 1}.")
        return line[month]

    def grow(self, node: Node) -> None:
        """Go on to a new month; what lay ahead is kept as a branch of its own."""
        if self.is_rewound:
            self.tips[self._free(self.current)] = self.tip
        self.tips[self.current] = self.at = node

    def open(self, name: str) -> None:
        """Start a branch where the session stands, and go onto it.

        Raises:
            Refused: no name, or one that is taken.
        """
        if not name.strip() or name in self.tips:
            taken = ", ".join(f"'{each}'" for each in self.tips)
            raise Refused(f"'{name}' cannot be a branch's name; it must be new, and {taken} exist.")
        self.tips[name] = self.at
        self.current = name

    def find(self, name: str) -> Node:
        """Tip of a branch.

        Raises:
            Refused: there is no such branch.
        """
        if name not in self.tips:
            taken = ", ".join(f"'{each}'" for each in self.tips)
            raise Refused(f"There is no branch '{name}'; branches are {taken}.")
        return self.tips[name]

    def tree(self) -> tuple[Branch, ...]:
        """All branches, each after the one that it left."""
        owner: dict[int, str] = {}
        found = []
        for name in [FIRST, *(n for n in self.tips if n != FIRST)]:
            line = self.tips[name].line()
            start = 0
            while start < len(line) and id(line[start]) in owner:
                start += 1
            last = max(start - 1, 0)
            made = tuple(d for node in line[start:] for d in node.decisions)
            found.append(Branch(name, owner.get(id(line[last]), "") if start else "", last, line[-1].month, made))
            owner |= {id(node): name for node in line[start:]}
        return tuple(found)

    def _free(self, name: str) -> str:
        number = 2
        while f"{name} {number}" in self.tips:
            number += 1
        return f"{name} {number}"
