"""A world of a block is that world alone, to the last bit, at any width and on any processor."""

from __future__ import annotations

import numpy as np
import pytest

from agents.market import Plan
from sim.lanes import LANES
from sim.scenario_files import load
from tests import elsewhere
from tests.market_runs import differing, everything, of_world, played, random_orders

QUARTERS = Plan(every="quarter")


def test_another_processor_plays_the_same_two_years():
    """First, since all is compiled anew there: meanwhile this process, or another, compiles for its own processor."""
    here: dict = {}
    with elsewhere.start() as process:
        exec(elsewhere.FINGERPRINT, here)
        digests, faults = process.communicate()
    assert faults == ""
    assert digests.splitlines() == here["digests"]


def test_sixteen_years_of_a_world_are_the_same_alone_and_in_a_block():
    alone = played(192, seeds=[12], record=QUARTERS)
    # as many worlds as there are licence blocs, so that an axis taken for another would show
    block = played(192, seeds=[30, 12, 2**63 + 5, 7, 11], record=QUARTERS)
    assert alone.month == block.month == 192
    assert differing(alone, block, against=[1]) == []
    assert differing(block, block, of=[0], against=[1]) != []


@pytest.mark.parametrize(("scenario", "months"), [("central_asia_2025", 60), ("uzbek_fast_track", 24)])
def test_a_world_is_the_same_in_a_block_wider_than_the_lanes_of_the_clearing(scenario, months):
    width = LANES + 4
    seeds = np.arange(width) + 1000
    levers = random_orders(load(scenario), 5, width, months, a_month=4)
    block = played(months, scenario, seeds=seeds, orders=levers, record=QUARTERS)
    for k in (0, width - 1):
        alone = played(months, scenario, seeds=[seeds[k]], orders=of_world(levers, k), record=QUARTERS)
        assert differing(alone, block, against=[k]) == []


def test_trade_is_the_same_in_short_blocks_of_worlds_as_in_one(monkeypatch):
    seeds = np.arange(7) + 50
    levers = random_orders(load("central_asia_2025"), 8, 7, 12, a_month=6)
    in_one = played(12, seeds=seeds, orders=levers)
    monkeypatch.setattr("agents.exchange.NEAR", 3)
    assert differing(in_one, played(12, seeds=seeds, orders=levers)) == []


def test_the_same_seed_gives_the_same_world_twice_and_the_order_of_seeds_is_irrelevant():
    seeds = [3, 1, 2, 3]
    block, reversed_ = played(24, seeds=seeds), played(24, seeds=seeds[::-1])
    assert differing(block, played(24, seeds=seeds)) == []
    assert differing(block, block, of=[0], against=[3]) == []
    assert differing(block, reversed_, of=[0, 1, 2, 3], against=[3, 2, 1, 0]) == []


def test_other_seeds_give_other_worlds():
    block = played(6, seeds=[1, 2])
    assert block.outcome("price.apt.rotterdam")[0] != block.outcome("price.apt.rotterdam")[1]
    assert block.outcome("supply.mine.world")[0] != block.outcome("supply.mine.world")[1]


def test_all_state_is_double_precision_with_worlds_last():
    arrays = everything(played(2, seeds=[1, 2, 3]))
    assert {name: x.dtype for name, x in arrays.items() if x.dtype != np.float64} == {}
    assert {name: x.shape for name, x in arrays.items() if x.shape[-1] != 3} == {}
