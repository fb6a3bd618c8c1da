"""Brings a class the offers of seats that rules play: after each round one at a table, to each team in its turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.room import RUNNING

if TYPE_CHECKING:
    from classroom.hall import Hall

REMEMBERED = 12
"""Offers of rules to a team of which none is made again."""


async def bring_offers(hall: Hall) -> None:
    """Ask the rules at each table for the best offer to one of the teams that are there, while the round lasts."""
    round_ = hall.room.round
    for number, table in hall.room.tables.items():
        here = [role for role, seat in table.seats.items() if any(hall.is_here(n) for n in seat.people)]
        if not here or hall.room.state != RUNNING:
            continue
        role = here[round_ % len(here)]
        told = [(d.act["maker"], d.act["deal"]) for d in table.deals.values() if d.act["taker"] == role and d.act.get("why")]
        act = await hall.engine.ask("worlds.proposal", number, role, here, told[-REMEMBERED:])
        if hall.room.round != round_ or hall.room.state != RUNNING:
            return
        if act is not None:
            hall.record({"kind": "offer", "table": number, "act": act})
            hall.tell(number, role)
