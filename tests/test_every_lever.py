"""Every lever in the registry does something to the world: the same world, under the same luck."""

from __future__ import annotations

import numpy as np
import pytest

from agents.market import Market, Order, Plan
from sim.levers import registry
from sim.scenario_files import load
from tests.market_runs import play

SCENARIO = load("central_asia_2025")
LEVERS = registry(SCENARIO)
MONTHS = 96
FELT = 1e-3
"""Smallest change of an outcome, as a share of its largest value anywhere, that counts as an effect."""


@pytest.fixture(scope="module")
def effects():
    """Largest effect of each lever on any outcome, and the outcome: from one end of its range to the other.

    One block holds two worlds for each lever and target, one at each end; all worlds have the same seed,
    and the rules decide everything else.
    """
    worlds = 2 * len(LEVERS.slots)
    orders = []
    for i, (name, target) in enumerate(LEVERS.slots):
        value = np.full(worlds, np.nan)
        value[2 * i], value[2 * i + 1] = LEVERS[name].low, LEVERS[name].high
        orders.append(Order(name, target, value, 0))
    seats = sorted({lever.role for lever in LEVERS})
    plan = Plan(every="quarter")
    market = Market(SCENARIO, seeds=[7] * worlds, orders=orders, seats=seats, record=plan)
    play(market, MONTHS)
    values, names = market.record.values, np.array(market.record.outcomes)
    real = ~np.char.startswith(names, "balance.") & ~np.char.startswith(names, "solver.")
    values, names = values[:, real], names[real]
    largest = np.maximum(np.abs(values).max(axis=(0, 2)), 1e-3)
    change = np.abs(values[..., 1::2] - values[..., 0::2]).max(axis=0) / largest[:, None]
    found = {}
    for lever in LEVERS:
        slots = LEVERS.rows(lever.name)
        outcome = change[:, slots].max(axis=1).argmax()
        found[lever.name] = change[outcome, slots].max(), names[outcome]
    return found


@pytest.mark.parametrize("lever", [lever.name for lever in LEVERS])
def test_a_lever_moves_something(effects, lever):
    size, outcome = effects[lever]
    assert size > FELT, f"most of all {lever} moves {outcome}, by {size:.1e} of its largest value"
