"""Worlds of the clearing: the same bits in any company, finite when everything runs out, and soon done."""

import numpy as np
import pytest
from hypothesis import given, settings

from sim.clearing import clear
from sim.lanes import LANES
from sim.network import HIGHEST_PRICE, Network
from sim.newton import MOST_STEPS, TOLERANCE
from tests.markets import AMPLE, log_uniform, markets, random_block, random_network, single
from tests.real_market import real_market

RESULTS = ("price", "level", "flow", "use", "rent", "steps")


def assert_same(one, other):
    for name in RESULTS:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def chosen(cleared, worlds):
    """The results of some worlds of a block, in that order."""
    return type(cleared)(**{name: getattr(cleared, name)[..., worlds] for name in RESULTS})


def many_worlds(worlds, seed=1):
    return real_market(small=2.0).block(worlds, np.random.default_rng(seed), noise=0.1, closed=0.05)


@pytest.mark.parametrize("width", [1, 7, LANES, LANES + 1])
def test_a_block_of_any_width_gives_the_same_bits(width):
    block = many_worlds(1_000)
    whole = block.clear()
    for first in (0, 1_000 - width):
        part = np.arange(first, first + width)
        assert_same(block.worlds(part).clear(), chosen(whole, part))


def test_the_order_of_worlds_changes_no_bit():
    block = many_worlds(500)
    shuffled = np.random.default_rng(3).permutation(500)
    assert_same(block.worlds(shuffled).clear(), chosen(block.clear(), shuffled))


def test_a_world_takes_no_notice_of_starving_neighbours():
    block = many_worlds(300)
    starving = np.arange(300) % 3 > 0
    hungry = block.replaced(available=np.where(starving, 1e-3 * block.available, block.available))
    fed = np.flatnonzero(~starving)
    assert_same(chosen(hungry.clear(), fed), chosen(block.clear(), fed))


@settings(max_examples=30)
@given(markets())
def test_a_market_is_the_same_a_thousand_times_over(block):
    repeated = block.worlds(np.zeros(LANES + 5, int)).clear()
    alone = block.clear()
    for world in (0, LANES - 1, LANES, LANES + 4):
        assert_same(chosen(repeated, [world]), alone)


def test_the_inputs_are_left_as_they_were():
    block = many_worlds(LANES + 3)
    before = block.worlds(np.arange(block.width))
    block.clear()
    for name in ("available", "stiffness", "demand", "cost", "capacity", "start"):
        assert np.array_equal(getattr(block, name), getattr(before, name)), name


@given(markets())
def test_the_names_order_of_pools_moves_no_price(block):
    network = block.network
    back = list(range(len(network.pools)))[::-1]
    arcs = [
        (name, network.pools[i], network.pools[j], y, slope)
        for name, i, j, y, slope in zip(
            network.arcs, network.origin, network.destination, network.yield_, network.slope, strict=True
        )
    ]
    users = [(network.pools[i], choke) for i, choke in zip(network.user_pool, network.choke, strict=True)]
    other = Network.build([network.pools[i] for i in back], arcs, users)
    place = [network.pools.index(pool) for pool in other.pools]
    pools = (table[place] for table in (block.available, block.stiffness))
    cleared = clear(other, *pools, block.demand, block.cost, block.capacity, block.start[place])
    assert np.allclose(cleared.price, block.clear().price[place], rtol=1e-4)


@pytest.mark.parametrize("guess", [0.05, 1.0, 20.0])
def test_a_cold_start_and_a_warm_start_end_at_the_same_prices(guess):
    block = many_worlds(300)
    cleared = block.clear()
    cold = block.replaced(start=guess * block.available).clear()
    warm = block.replaced(start=cleared.level).clear()
    # twice the accepted imbalance of a pool, in its price
    loose = 6.0 * TOLERANCE * (1.0 + 1.0 / np.maximum(cleared.level, 1e-3))
    for again in (cold, warm):
        assert (np.abs(again.price / cleared.price - 1.0) <= 1e-5 + 10.0 * loose).all()
    assert (warm.steps <= 1.0).all()


def test_a_quiet_month_needs_no_step():
    market = real_market()
    block = market.block(3, np.random.default_rng(0), noise=0.0, closed=0.0)
    cleared = block.replaced(capacity=np.full_like(block.capacity, AMPLE)).clear()
    assert (cleared.steps == 0.0).all()
    assert np.allclose(cleared.price, market.price[:, None], rtol=1e-12)


# --- markets that starve -----------------------------------------------------------------------

STARVING = {
    "nothing is left": lambda block, rng: {"available": np.zeros((1, 1))},
    "a kilogram is left": lambda block, rng: {"available": np.full((1, 1), 1e-3)},
    "a thousandth is left": lambda block, rng: {"available": 1e-3 * block.available},
    "every route is shut": lambda block, rng: {"capacity": np.zeros((1, 1))},
    "every route is shut and nothing is left": lambda block, rng: {
        "capacity": np.zeros((1, 1)),
        "available": np.full((1, 1), 1e-6),
    },
    "users want a thousand times as much": lambda block, rng: {"demand": 1e3 * block.demand},
    "plenty stands beside nothing": lambda block, rng: {
        "available": block.available * log_uniform(rng, 1e-6, 100.0, block.available.shape)
    },
    "carriage costs more than the goods": lambda block, rng: {"cost": 50.0 * block.cost},
    "warehouses overflow": lambda block, rng: {"available": 100.0 * block.available},
}


@pytest.mark.parametrize("story", STARVING)
def test_a_starving_market_shares_out_what_there_is(story):
    for seed in range(12):
        rng = np.random.default_rng((9, seed))
        block = random_block(random_network(rng), rng, 60)
        block = block.replaced(**STARVING[story](block, rng))
        cleared = block.clear()
        for name in RESULTS:
            assert np.isfinite(getattr(cleared, name)).all(), name
        assert (cleared.price > 0.0).all()
        assert (cleared.price < HIGHEST_PRICE).all()
        assert (cleared.level >= 0.0).all()
        assert (cleared.use >= 0.0).all()
        assert (cleared.flow <= block.capacity).all()
        left = cleared.level.sum(axis=0) + cleared.use.sum(axis=0)
        slack = TOLERANCE * (len(block.network.pools) + cleared.level.sum(axis=0))
        assert (left <= block.available.sum(axis=0) + 1.01 * slack).all()
        assert cleared.steps.max() < MOST_STEPS


def test_two_small_pools_share_out_their_last_tonnes():
    arcs = [("licence", "far", "near", 1.0, 0.23), ("way round", "far", "near", 1.0, 2.7)]
    network = Network.build(["near", "far"], arcs, [("near", 15_354.0), ("near", 21_281.0), ("far", 7_709.0)])
    near = network.pools.index("near")
    have, edge, start = np.zeros(2), np.zeros(2), np.zeros(2)
    have[[near, 1 - near]] = 0.289, 0.140
    edge[[near, 1 - near]] = 49.3, 0.761
    start[[near, 1 - near]] = 200.0, 2.0
    block = single(network, have, 20_000.0 * edge**3, [2.5, 6.0, 0.56], [110.0, 143.0], [0.53, AMPLE], start)
    cleared = block.clear()
    gap = cleared.price[near, 0] - cleared.price[1 - near, 0]
    assert cleared.steps[0] < 60
    assert cleared.flow[0, 0] == pytest.approx((gap - 110.0) / 0.23, abs=1e-6)


# --- how soon they are done --------------------------------------------------------------------


def months(market, worlds, count, noise, closed, seed):
    """Steps of month after month, each started from the stocks of the last."""
    rng = np.random.default_rng(seed)
    start, steps = None, []
    for _ in range(count):
        block = market.block(worlds, rng, noise, closed)
        cleared = (block if start is None else block.replaced(start=start)).clear()
        start = np.maximum(cleared.level, 1e-6)
        steps.append(cleared.steps)
    return np.array(steps)


@pytest.mark.parametrize("small", [1.0, 5.0])
def test_months_of_the_real_market_s_shape_are_soon_done(small):
    market = real_market(small)
    steps = months(market, 1_000, 4, noise=0.1, closed=0.05, seed=3)
    assert steps[1:].mean() < 10.0
    assert steps.max() < 60


def test_random_worlds_are_soon_done():
    steps = []
    for seed in range(30):
        rng = np.random.default_rng((13, seed))
        steps.append(random_block(random_network(rng), rng, 200).clear().steps)
    steps = np.array(steps)
    assert steps.mean() < 14.0
    assert np.percentile(steps, 99.0) < 30
    assert steps.max() < 100
