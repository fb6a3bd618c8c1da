"""Worlds of a market played on side by side in a block of their own; the market itself is not disturbed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from agents.market import Market
from agents.record import Plan
from agents.seats import Order
from sim import state
from sim.luck import Seeds


def fork(market: Market, worlds: Sequence[int], seeds: Seeds | None = None, record: Plan | None = None) -> Market:
    """A new market that stands where this one stands.

    Args:
        market: after some months, or none.
        worlds: columns of it that become the worlds of the new one, in this order; a world may come many times.
        seeds: luck of the months to come, one for each world of the new market; as in the old one if None. What was
            drawn at the start, such as how late a project will be, stays.
        record: what the new one keeps.
    """
    columns = np.array(list(worlds), np.int64)
    plan = record or Plan(outcomes=("price.apt.rotterdam",))
    new = Market(market.scenario, seeds=market.seeds[columns].tolist(), record=plan)
    new.seats.orders = [_of(order, columns) for order in market.seats.orders]
    state.put(new.holders(), state.fork(market.snapshot(), columns.tolist()))
    new.month = market.month
    new.seats._held = {
        lever: {target: value[columns] for target, value in targets.items()}
        for lever, targets in market.seats._held.items()
    }
    new.seats._ruled = {lever: _columns(value, columns, market.worlds) for lever, value in market.seats._ruled.items()}
    new.settlement.tonnes.balances = {k: v[columns] for k, v in market.settlement.tonnes.balances.items()}
    new.settlement.dollars.balances = {k: v[columns] for k, v in market.settlement.dollars.balances.items()}
    if seeds is not None:
        new.seeds = np.array(seeds, np.uint64)
    return new


def _of(order: Order, columns: np.ndarray) -> Order:
    """An order as some of its worlds get it."""
    return order if np.size(order.value) == 1 else replace(order, value=np.asarray(order.value, float)[columns].tolist())


def _columns(value: object, columns: np.ndarray, width: int) -> np.ndarray:
    """Some worlds of what a rule decided."""
    table = np.asarray(value, float)
    return table[..., columns] if table.ndim and table.shape[-1] == width else table
