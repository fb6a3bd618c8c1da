"""Decisions of several versions of one world, each in a column of its own, as orders for all at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agents.decisions import Decision
from agents.market import Market, Order
from agents.seating import FORKED


def together(given: Sequence[Sequence[Decision]], market: Market, month: int, each: int = 1) -> list[Order]:
    """Orders for all worlds; a world that is given none keeps what holds there.

    Args:
        given: decisions that take effect in this month, by version.
        market: a block in which each version has as many neighbouring worlds.
        month: months since the start.
        each: worlds of a version.
    """
    slots: dict[tuple[str, str], NDArray[np.float64]] = {}
    for version, decisions in enumerate(given):
        for decision in decisions:
            if decision.slot not in slots:
                slots[decision.slot] = _in_hand(market, *decision.slot)
            slots[decision.slot][version * each : (version + 1) * each] = decision.number_or_nan
    return [Order(lever, target, values.tolist(), month, FORKED) for (lever, target), values in slots.items()]


def _in_hand(market: Market, lever: str, target: str) -> NDArray[np.float64]:
    held = market.seats.ordered.get(lever)
    if held is None:
        return np.full(market.worlds, np.nan)
    return np.array(held[market.levers[lever].targets.index(target)] if target else held)
