"""Runs of the real market for tests: played on, compared bit by bit, forked, and stirred by random orders."""

from __future__ import annotations

import numpy as np

from agents.market import Market, Order
from sim.levers import registry


def played(months, scenario="central_asia_2025", **wanted):
    """A market after some months."""
    return play(Market(scenario, **wanted), months)


def play(market, months):
    """Play some more months."""
    for _ in range(months):
        market.step()
    return market


def everything(market):
    """All declared state but orders, and all recorded outcomes, by name; last axis worlds."""
    arrays = {f"{key}.{name}": x for key, part in market.snapshot().items() for name, x in part.items()}
    arrays = {name: x for name, x in arrays.items() if not name.startswith("seats.ordered")}
    if market.record.times:
        for name, values in zip(market.record.outcomes, market.record.values.swapaxes(0, 1), strict=True):
            arrays[f"recorded {name}"] = values
    return arrays


def differing(one, other, of=slice(None), against=slice(None)):
    """Names of state and outcomes that are not the same to the last bit in some worlds of two markets."""
    a, b = everything(one), everything(other)
    assert a.keys() == b.keys()
    return [name for name in a if not same_bits(a[name][..., of], b[name][..., against])]


def same_bits(a, b):
    """Whether two arrays hold the same bits."""
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def random_orders(scenario, seed, worlds, months, a_month=8):
    """Some orders each month: in each world the lower end, the upper end, something between or the rule's."""
    rng = np.random.default_rng(seed)
    levers = registry(scenario)
    orders = []
    for month in range(months):
        for i in rng.choice(len(levers.slots), a_month, replace=False):
            name, target = levers.slots[i]
            orders.append(Order(name, target, random_values(rng, levers[name], worlds), month))
    return orders


def random_values(rng, lever, worlds):
    """A value of a lever, or NaN, for each world."""
    between = rng.uniform(lever.low, lever.high, worlds)
    if lever.choices:
        between = np.floor(between)
    kind = rng.integers(4, size=worlds)
    return np.choose(kind, [np.full(worlds, lever.low), np.full(worlds, lever.high), between, np.nan])


def of_world(orders, world):
    """The orders as one of their worlds gets them."""
    return [Order(o.lever, o.target, float(o.value[world]), o.month, o.source) for o in orders]
