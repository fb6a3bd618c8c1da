"""The clearing against its optimality conditions, independent solvers, closed forms and starving markets."""

from __future__ import annotations

import cvxpy as cp
import numpy as np
import pytest
from hypothesis import given, settings
from scipy import optimize

from sim.clearing import clear
from sim.lanes import LANES
from sim.network import HIGHEST_PRICE, SCARCITY_PRICE, Network
from sim.newton import MOST_STEPS, TOLERANCE
from tests.markets import AMPLE, markets, random_block, random_network, single, small_markets


def imbalance(block, cleared):
    """What each pool holds, sends and uses, less what it had and got, t W."""
    network = block.network
    excess = cleared.level - block.available
    np.add.at(excess, network.user_pool, cleared.use)
    np.add.at(excess, network.origin, cleared.flow)
    np.add.at(excess, network.destination, -network.yield_[:, None] * cleared.flow)
    return excess


def assert_optimal(block, cleared):
    network = block.network
    assert (cleared.steps < MOST_STEPS).all()
    assert (np.abs(imbalance(block, cleared)) <= 1.01 * TOLERANCE * (1 + cleared.level)).all()
    price, room = cleared.price, block.capacity
    margin = network.yield_[:, None] * price[network.destination] - price[network.origin] - block.cost
    unpaid = margin - network.slope[:, None] * cleared.flow
    near = 1e-7 * (1 + price[network.origin] + price[network.destination])
    assert (unpaid[cleared.flow < room] <= near[cleared.flow < room]).all(), "a route with room offers a profit"
    assert (unpaid[cleared.flow > 0] >= -near[cleared.flow > 0]).all(), "a route in use makes a loss"
    full = cleared.flow >= room
    assert np.allclose(cleared.rent[full], np.maximum(unpaid[full], 0), atol=1e-6)
    assert (cleared.rent[~full] <= near[~full]).all()
    reached = np.cbrt(block.stiffness / np.minimum(price, SCARCITY_PRICE))
    left = 1 - np.maximum(price / SCARCITY_PRICE - 1, 0) / 3
    assert np.allclose(cleared.level, reached * left, rtol=1e-6, atol=1e-6)


@settings(max_examples=150)
@given(markets())
def test_every_market_clears_at_its_optimality_conditions(block):
    assert_optimal(block, block.clear())


def welfare_prices(block):
    """Prices of one market by a conic solver: users' and holders' surplus less the cost of carriage."""
    network = block.network
    pools, arcs, users = len(network.pools), len(network.arcs), len(network.choke)
    available, k = block.available[:, 0], block.stiffness[:, 0]
    q, cost, room = block.demand[:, 0], block.cost[:, 0], block.capacity[:, 0]
    stock, flow, use = cp.Variable(pools), cp.Variable(arcs, nonneg=True), cp.Variable(users, nonneg=True)
    # a large bound instead of none keeps the conic solver's numbers in one range
    limits = [flow <= np.minimum(room, 50 * available.sum())]
    out, entering, drawn = np.zeros((pools, arcs)), np.zeros((pools, arcs)), np.zeros((pools, users))
    out[network.origin, range(arcs)] = 1
    entering[network.destination, range(arcs)] = network.yield_
    drawn[network.user_pool, range(users)] = 1
    balance = stock + drawn @ use + out @ flow - entering @ flow == available
    held = cp.sum(cp.multiply(-k / 2 / available**2, cp.power(cp.multiply(stock, 1 / available), -2)))
    used = cp.sum(cp.multiply(network.choke, use - cp.multiply(0.5 / np.maximum(q, 1e-9), cp.square(use))))
    carried = cp.sum(cp.multiply(cost, flow) + cp.multiply(network.slope / 2, cp.square(flow)))
    problem = cp.Problem(cp.Maximize((held + used - carried) / 1e4), [balance, *limits])
    problem.solve(solver="CLARABEL")
    return problem.status, np.abs(balance.dual_value) * 1e4


def test_a_conic_programme_of_the_whole_market_finds_the_same_prices():
    compared = 0
    for block in small_markets(seed=11, count=200, most_pools=5):
        cleared = block.clear()
        assert (cleared.steps < MOST_STEPS).all()
        if (cleared.price > 0.9 * SCARCITY_PRICE).any():
            continue
        status, price = welfare_prices(block)
        if status == "optimal":
            compared += 1
            assert np.allclose(cleared.price[:, 0], price, rtol=2e-3), (cleared.price[:, 0], price)
    assert compared >= 100


def test_a_quadratic_programme_agrees_on_linear_schedules():
    """Holders' schedules replaced by their tangent at the solution leave the solution where it is."""
    for block in small_markets(seed=5, count=100, most_pools=6):
        cleared = block.clear()
        network = block.network
        pools, arcs, users = len(network.pools), len(network.arcs), len(network.choke)
        s, p = cleared.level[:, 0], cleared.price[:, 0]
        if (p > SCARCITY_PRICE).any():
            continue
        fall = 3 * p / s
        stock, flow, use = cp.Variable(pools), cp.Variable(arcs, nonneg=True), cp.Variable(users, nonneg=True)
        net = np.zeros((pools, arcs))
        net[network.origin, range(arcs)] += 1
        net[network.destination, range(arcs)] -= network.yield_
        drawn = np.zeros((pools, users))
        drawn[network.user_pool, range(users)] = 1
        q = block.demand[:, 0]
        surplus = (
            cp.sum(cp.multiply(p, stock - s) - cp.multiply(fall / 2, cp.square(stock - s)))
            + cp.sum(cp.multiply(network.choke, use - cp.multiply(0.5 / q, cp.square(use))))
            - cp.sum(cp.multiply(block.cost[:, 0], flow) + cp.multiply(network.slope / 2, cp.square(flow)))
        )
        balance = stock + drawn @ use + net @ flow == block.available[:, 0]
        problem = cp.Problem(cp.Maximize(surplus / 1e3), [balance, flow <= np.minimum(block.capacity[:, 0], 1e5)])
        problem.solve(solver="CLARABEL")
        assert np.allclose(np.abs(balance.dual_value) * 1e3, p, rtol=2e-3)


def test_a_root_finder_on_the_full_schedules_agrees():
    compared = 0
    for block in small_markets(seed=3, count=120, most_pools=4):
        network = block.network
        cleared = block.clear()
        if (cleared.price > 0.9 * SCARCITY_PRICE).any():
            continue

        def excess(log_price, block=block, network=network):
            p = np.exp(log_price)
            e = np.cbrt(block.stiffness[:, 0] / p) - block.available[:, 0]
            use = block.demand[:, 0] * np.maximum(0, 1 - p[network.user_pool] / network.choke)
            np.add.at(e, network.user_pool, use)
            margin = network.yield_ * p[network.destination] - p[network.origin] - block.cost[:, 0]
            flow = np.clip(margin / network.slope, 0, block.capacity[:, 0])
            np.add.at(e, network.origin, flow)
            np.add.at(e, network.destination, -network.yield_ * flow)
            return e / (1 + block.available[:, 0])

        found = optimize.root(excess, np.log(cleared.price[:, 0]) + 0.05, method="hybr", tol=1e-12)
        if found.success and np.abs(found.fun).max() < 1e-9:
            compared += 1
            assert np.allclose(np.exp(found.x), cleared.price[:, 0], rtol=1e-4)
    assert compared >= 60


def test_one_pool_alone_is_priced_by_its_stock():
    network = Network.build(["a"], [], [])
    tables = [np.array([[x]]) for x in (50.0, 300.0 * 100.0**3)]
    cleared = clear(network, *tables, *[np.zeros((0, 1))] * 3, np.array([[80.0]]))
    assert cleared.price[0, 0] == pytest.approx(300.0 * 8, rel=1e-6)


def two_pools(capacity):
    network = Network.build(["home", "abroad"], [("way", "home", "abroad", 1.0, 0.5)], [])
    home, abroad = network.pools.index("home"), network.pools.index("abroad")
    stock, k = np.zeros(2), np.zeros(2)
    stock[home], stock[abroad] = 1200.0, 800.0
    k[home] = k[abroad] = 300.0 * 1000.0**3
    return home, abroad, single(network, stock, k, [], [20.0], [capacity])


def test_a_route_in_use_just_pays_for_itself():
    home, abroad, block = two_pools(AMPLE)
    cleared = block.clear()
    gap = cleared.price[abroad, 0] - cleared.price[home, 0]
    assert cleared.flow[0, 0] > 0
    assert gap == pytest.approx(20 + 0.5 * cleared.flow[0, 0], rel=1e-9)
    assert cleared.rent[0, 0] == 0


def test_a_tighter_licence_raises_its_shadow_price_and_the_gap():
    rents, gaps = [], []
    for capacity in (60.0, 30.0, 0.0):
        home, abroad, block = two_pools(capacity)
        cleared = block.clear()
        gap = cleared.price[abroad, 0] - cleared.price[home, 0]
        assert cleared.flow[0, 0] == capacity
        assert cleared.rent[0, 0] == pytest.approx(gap - 20 - 0.5 * capacity, rel=1e-9)
        rents.append(cleared.rent[0, 0])
        gaps.append(gap)
    assert rents == sorted(rents) and gaps == sorted(gaps) and rents[0] < rents[-1]


@pytest.mark.parametrize("stock", [1e-3, 1e-6])
def test_a_starving_market_ends_in_rationing_at_a_finite_price(stock):
    network = Network.build(["a", "b"], [("way", "a", "b", 0.97, 0.3)], [("a", 60_000.0), ("b", 8_000.0)])
    block = single(network, [stock, stock], [340 * 2000.0**3] * 2, [500.0, 4000.0], [10.0], [0.0])
    cleared = block.clear()
    assert np.isfinite(cleared.price).all() and (cleared.price <= HIGHEST_PRICE).all()
    assert cleared.price.max() > SCARCITY_PRICE
    assert (cleared.level >= 0).all() and (imbalance(block, cleared) <= 1e-5).all()
    assert (cleared.steps < MOST_STEPS).all()


def test_a_world_is_the_same_alone_as_in_a_block_whatever_its_neighbours():
    rng = np.random.default_rng(8)
    network = random_network(rng, 14)
    block = random_block(network, rng, 2 * LANES + 3)
    whole = block.clear()
    for k in (0, 7, LANES, 2 * LANES + 2):
        alone = block.worlds([k]).clear()
        for name in ("price", "level", "flow", "use", "rent"):
            assert np.array_equal(getattr(alone, name)[:, 0], getattr(whole, name)[:, k]), name
    backwards = block.worlds(np.arange(block.width)[::-1]).clear()
    assert np.array_equal(backwards.price[:, ::-1], whole.price)


def test_the_first_guess_does_not_move_the_solution():
    rng = np.random.default_rng(21)
    block = random_block(random_network(rng, 10), rng, 200)
    cold = block.clear()
    warm = block.replaced(start=cold.level).clear()
    assert np.allclose(cold.price, warm.price, rtol=1e-4)
    assert warm.steps.mean() < cold.steps.mean()


def test_hundreds_of_random_worlds_stay_far_from_the_iteration_cap():
    for seed in range(6):
        rng = np.random.default_rng(seed)
        cleared = random_block(random_network(rng, 14), rng, 300).clear()
        assert cleared.steps.max() < MOST_STEPS
        assert cleared.steps.mean() < 80
