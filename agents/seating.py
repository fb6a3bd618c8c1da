"""Who decides what in a month: people in their seats, the scenario's dated decisions elsewhere, rules for the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence

from agents.branches import Node, Slot
from agents.decisions import TEMPERAMENT, Decision, Refused, roles
from agents.seats import Order
from sim.levers import Levers

NATURE = "nature"
"""Role of acts of nature, which are no orders; see agents.acts."""

LEFT = "left"
"""Source of orders that give a seat back when its person gets up."""


FORKED = "what-if"
"""Source of orders in worlds that are played beside the true one."""


def of_scenario(levers: Levers, orders: Sequence[Order]) -> tuple[Decision, ...]:
    """The scenario's decisions, by month; each holds one number for all worlds."""
    found = []
    for order in orders:
        value = float(order.value)  # type: ignore[arg-type]
        role = levers[order.lever].role
        number = None if math.isnan(value) else value
        found.append(Decision(0, order.month, role, order.lever, order.target, number, order.source))
    return tuple(found)


def of_setup(levers: Levers, temperaments: dict[str, str]) -> tuple[Decision, ...]:
    """Temperaments chosen when a game begins, as decisions of the first month.

    Raises:
        Refused: a role without temperaments, or an unknown temperament.
    """
    found = []
    for role, name in temperaments.items():
        lever = role + TEMPERAMENT
        if lever not in levers.by_name:
            known = ", ".join(each.role for each in levers if each.name.endswith(TEMPERAMENT))
            raise Refused(f"'{role}' has no temperaments; roles with temperaments are {known}.")
        choices = levers[lever].choices
        if name not in choices:
            raise Refused(f"'{name}' is not a temperament of {role}; allowed: {', '.join(choices)}.")
        found.append(Decision(0, 0, role, lever, "", float(choices.index(name)), "setup"))
    return tuple(found)


def checked_people(levers: Levers, people: Sequence[str]) -> tuple[str, ...]:
    """Seats of people, in the order of the registry.

    Raises:
        Refused: an unknown role.
    """
    known = roles(levers)
    for role in people:
        if role not in known:
            raise Refused(f"'{role}' is not a role; roles are {', '.join(known)}.")
    return tuple(role for role in known if role in people)


def orders(
    node: Node, people: Sequence[str], scripted: Sequence[Decision], made: Sequence[Decision]
) -> tuple[Decision, ...]:
    """Everything that takes effect in the month after a node, in the order in which it is given.

    Args:
        node: where the session stands.
        people: seats of people in this month.
        scripted: the scenario's decisions and temperaments, by month.
        made: decisions made in the session for this month.
    """
    month = node.month
    typed = [d.slot for d in made if d.source == "set"]
    dated = [d for d in scripted if d.month == month and d.slot not in typed]
    history = [d for d in dated if not _is_overruled(d, node, people)]
    left = [role for role in node.people if role not in people]
    back = released(node, left, scripted) if left else []
    return (*history, *back, *(d for d in made if d.role != NATURE))


def _is_overruled(scripted: Decision, node: Node, people: Sequence[str]) -> bool:
    """Whether a decision of the scenario does not hold: a person sits there, or something stronger stands."""
    seated = scripted.role in people and not _is_given(scripted)
    return seated or _stands(node, scripted.slot)


def _is_given(scripted: Decision) -> bool:
    """Whether it is a temperament with which the game begins, which holds for whoever sits down."""
    return scripted.lever.endswith(TEMPERAMENT) and scripted.month == 0


def _stands(node: Node, slot: Slot) -> bool:
    """Whether an agreement, a teacher's law, or what was typed on the command line, holds for a lever and target."""
    value, source = node.held.get(slot, (None, ""))
    return source == "set" or (source in ("offer", "teacher") and value is not None)


def released(node: Node, left: Sequence[str], scripted: Sequence[Decision]) -> list[Decision]:
    """What gives seats back: each lever returns to the scenario's decision in force, or else to the rule."""
    due: dict[tuple[str, Slot], float | None] = {}
    for decision in scripted:
        if decision.month <= node.month and decision.role in left and not _is_given(decision):
            due[decision.role, decision.slot] = decision.value
    for slot in node.held:
        role = slot[0].rsplit(".", 1)[0]
        if role in left and not slot[0].endswith(TEMPERAMENT):
            due.setdefault((role, slot), None)
    return [
        Decision(0, node.month, role, *slot, value, LEFT)
        for (role, slot), value in due.items()
        if not _stands(node, slot) and node.held.get(slot, (None, ""))[0] != value
    ]


def held(node: Node, given: Sequence[Decision]) -> dict[Slot, tuple[float | None, str]]:
    """Value and source of the last decision for each lever and target, once these have taken effect."""
    return {**node.held, **{d.slot: (d.value, d.source) for d in given}}
