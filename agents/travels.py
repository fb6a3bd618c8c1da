"""Travels through a session's tree of months: back to any month, onto other branches, and the market put where it was."""

from __future__ import annotations

from collections.abc import Callable

from agents import bookmarks
from agents.advance import advance
from agents.branches import Branch, Branches, Node
from agents.decisions import Decision
from agents.market import Market
from agents.terms import Offer


class Travels:
    """The part of a session that goes from month to month without playing new ones."""

    market: Market
    scripted: tuple[Decision, ...]
    is_practice: bool
    differs_from: int | None
    _branches: Branches
    _coming: tuple[Decision, ...]
    _offers: tuple[Offer, ...]

    def rewind(self, month: int) -> None:
        """Go to any month of the present branch; what lies ahead stays until another month is played.

        Raises:
            Refused: a month that the branch has not come to.
        """
        self._go(self._branches.node(month))

    def branch(self, name: str) -> None:
        """Start a branch at this month, and go onto it.

        Raises:
            Refused: no name, or one that is taken.
        """
        self._branches.open(name)

    def go(self, name: str) -> None:
        """Go to the tip of another branch.

        Raises:
            Refused: there is no such branch.
        """
        tip = self._branches.find(name)
        self._branches.current = name
        self._go(tip)

    @property
    def branches(self) -> tuple[str, ...]:
        """Names of all branches."""
        return tuple(self._branches.tips)

    @property
    def current_branch(self) -> str:
        """Name of the branch that is played."""
        return self._branches.current

    @property
    def tree(self) -> tuple[Branch, ...]:
        """All branches: where each left which, how far it came, and what was decided on it."""
        return self._branches.tree()

    def _go(self, node: Node) -> None:
        if node is not self._branches.at:
            self.is_practice = True
            self._stand_at(node)
            self._coming, self._offers = node.upcoming, node.offers

    def _stand_at(self, node: Node, played: Callable[[int], None] | None = None) -> None:
        """Put the market where a node was played, playing what was loaded and not yet played."""
        path = [node]
        while path[-1].mark is None:
            parent = path[-1].parent
            assert parent is not None
            path.append(parent)
        mark = path.pop().mark
        assert mark is not None
        bookmarks.put(self.market, mark)
        for each in reversed(path):
            assert each.parent is not None
            fresh = advance(self.market, each.parent, each.people, self.scripted, each.decisions)
            if fresh.hash != each.hash:
                self.differs_from = each.month if self.differs_from is None else min(self.differs_from, each.month)
            each.hash, each.mark, each.report, each.held = fresh.hash, fresh.mark, fresh.report, fresh.held
            if played is not None:
                played(each.month)
        self._branches.at = node
