"""The clearing against a conic programme of all surplus and a trust-region method on the dual."""

import numpy as np
import pytest

from sim.network import SCARCITY_PRICE
from tests.market_oracles import dual, merged, prices_and_flows_of_most_surplus, prices_of_least_dual
from tests.markets import log_uniform, random_block, random_network, small_markets

TOGETHER = 25
"""Markets solved in one conic programme."""


def starving_markets(seed, count):
    """Markets in which some pools hold next to nothing and some users want a great deal."""
    blocks = []
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        block = random_block(random_network(rng, 5), rng, 1)
        blocks.append(
            block.replaced(
                available=block.available * log_uniform(rng, 1e-3, 1.0, block.available.shape),
                demand=block.demand * log_uniform(rng, 1.0, 100.0, block.demand.shape),
            )
        )
    return blocks


def own_tables(block):
    """Tables of a block of one world as vectors."""
    names = ("available", "stiffness", "demand", "cost", "capacity")
    return {name: getattr(block, name)[:, 0] for name in names}


def assert_most_surplus(blocks):
    network, tables = merged(blocks)
    price, flow = prices_and_flows_of_most_surplus(network, tables)
    price_of = dict(zip(network.pools, price, strict=True))
    done = 0
    for number, block in enumerate(blocks):
        own, cleared = block.network, block.clear()
        theirs = np.array([price_of[f"{number}.{pool}"] for pool in own.pools])
        ours = cleared.price[:, 0]
        assert np.allclose(ours, theirs, rtol=1e-3), number
        # a flow answers a price by 1 / slope, so it is known as well as the prices are
        loose = 1e-3 + 1e-3 * (ours[own.origin] + ours[own.destination]) / own.slope
        arcs = slice(done, done + len(own.arcs))
        assert (np.abs(flow[arcs] - cleared.flow[:, 0]) <= loose).all(), number
        done += len(own.arcs)


@pytest.mark.parametrize("part", range(12))
def test_prices_and_flows_are_those_of_most_surplus(part):
    assert_most_surplus(small_markets(100 + part, TOGETHER, most_pools=6))


@pytest.mark.parametrize("part", range(6))
def test_prices_and_flows_are_those_of_most_surplus_when_stocks_run_out(part):
    blocks = starving_markets(200 + part, TOGETHER)
    assert sum((block.clear().price > SCARCITY_PRICE).any() for block in blocks) > TOGETHER / 4
    assert_most_surplus(blocks)


def test_prices_are_those_of_the_least_dual():
    for block in [*small_markets(300, 80, most_pools=6), *starving_markets(400, 40)]:
        price = prices_of_least_dual(block.network, own_tables(block))
        assert np.allclose(block.clear().price[:, 0], price, rtol=1e-4)


def test_the_dual_s_derivatives_are_those_of_its_value():
    rng = np.random.default_rng(5)
    for block in small_markets(500, 20):
        tables = own_tables(block)
        price = log_uniform(rng, 100.0, 70_000.0, len(block.network.pools))
        _, slope, bend = dual(block.network, tables, price)
        for i in range(len(price)):
            nudge = 1e-5 * price * (np.arange(len(price)) == i)
            above, below = dual(block.network, tables, price + nudge), dual(block.network, tables, price - nudge)
            # away from the price at which a route opens or fills, derivatives are smooth
            if np.allclose(above[2], below[2], rtol=1e-3, atol=1e-12):
                assert (above[0] - below[0]) / (2.0 * nudge[i]) == pytest.approx(slope[i], rel=1e-3, abs=1e-2)
                assert np.allclose((above[1] - below[1]) / (2.0 * nudge[i]), bend[i], rtol=1e-2, atol=1e-6)
