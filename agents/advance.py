"""Plays the month after a node of the tree, and gives the node that it leads to."""

from __future__ import annotations

from collections.abc import Sequence

from agents import acts, bookmarks, seating
from agents.branches import Node
from agents.decisions import Decision
from agents.happenings import report
from agents.market import Market, Order


def advance(
    market: Market, at: Node, people: tuple[str, ...], scripted: Sequence[Decision], made: tuple[Decision, ...]
) -> Node:
    """Play a month.

    Args:
        market: one world, standing at the node.
        at: the node, played in this process.
        people: roles in which people sit in this month.
        scripted: the scenario's decisions and temperaments, by month.
        made: decisions made in the session for this month.
    """
    assert at.mark is not None
    given = seating.orders(at, people, scripted, made)
    market.seats.orders = []
    for each in given:
        market.seats.give(Order(each.lever, each.target, each.number_or_nan, each.month, each.source))
    acts.happen(market, [(act, None) for act in made if acts.is_act(act)])
    market.step()
    mark = bookmarks.take(market)
    node = Node(market.month, at, people, made, bookmarks.hash_of(mark.snapshot), mark)
    node.held = seating.held(at, given)
    node.report = report(market, at.mark, given)
    return node
