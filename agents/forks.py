"""Worlds of a market played on side by side in a block of their own; the market itself is not disturbed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agents.market import Market
from agents.record import Plan
from agents.seats import Order
from sim import state

Columns = NDArray[np.int64]


def fork(market: Market, worlds: Sequence[int], lucks: Sequence[int] | None = None, record: Plan | None = None) -> Market:
    """A new market that stands where this one stands.

    Args:
        market: after some months, or none.
        worlds: columns of it that become the worlds of the new one, in this order; a world may come many times.
        lucks: for each world of the new one a number of a luck of its own for the months to come; 0, and None for all
            of them, keep the luck that the world has. What was drawn before the start, such as how late a project
            will be, stays; the month of an opening shock that has not come yet does not.
        record: what the new one keeps.
    """
    columns = np.array(list(worlds), np.int64)
    seeds = market.first_seeds[columns]
    plan = record or Plan(outcomes=("price.apt.rotterdam",))
    own = {name: values[columns] for name, values in market.own.items()}
    new = Market(market.scenario, seeds=seeds.tolist(), record=plan, own=own)
    new.seats.orders = [_of(order, columns) for order in market.seats.orders]
    new.restore(state.fork(market.snapshot(), columns.tolist()))
    if lucks is not None:
        new.draw_luck(lucks)
    return new


def _of(order: Order, columns: Columns) -> Order:
    """An order as some of its worlds get it."""
    return order if np.size(order.value) == 1 else replace(order, value=np.asarray(order.value, float)[columns].tolist())
