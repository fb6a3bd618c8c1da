"""The clearing on markets that can be solved on paper."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.network import HIGHEST_PRICE, SCARCITY_PRICE, Network
from tests.markets import AMPLE, powers, single

PRICES = powers(20.0, 15_000.0)
STOCKS = powers(1.0, 10_000.0)


def in_order(network, **values):
    """Values of pools by name, in the order of the network."""
    return [values[pool] for pool in network.pools]


def close(expected):
    """Equal as far as the balance of the pools is exact."""
    return pytest.approx(expected, rel=2e-5)


@given(STOCKS, PRICES, powers(0.1, 5_000.0), powers(16_000.0, 60_000.0))
def test_a_pool_alone_feeds_its_users_and_keeps_the_rest(stock, price, demand, choke):
    network = Network.build(["home"], [], [("home", choke)])
    use = demand * (1.0 - price / choke)
    block = single(network, [stock + use], [price * stock**3], [demand], start=[stock * 0.5])
    cleared = block.clear()
    assert cleared.price[0, 0] == pytest.approx(price, rel=1e-5 * (1.0 + 1.0 / stock))
    assert cleared.use[0, 0] == pytest.approx(use, rel=1e-4, abs=1e-4)


@given(st.floats(0.02, 0.98), powers(10.0, 10_000.0), powers(100.0, 1_000.0))
def test_above_the_scarcity_price_the_stock_falls_in_a_straight_line(part, wish, price):
    network = Network.build(["home"], [], [])
    stiffness = price * wish**3
    edge = np.cbrt(stiffness / SCARCITY_PRICE)
    cleared = single(network, [part * edge], [stiffness], start=[wish]).clear()
    rise = (HIGHEST_PRICE - SCARCITY_PRICE) * (1.0 - part)
    assert cleared.price[0, 0] == pytest.approx(SCARCITY_PRICE + rise, rel=1e-5 * (1.0 + 1.0 / edge))


@given(PRICES, STOCKS, STOCKS, powers(0.05, 5.0), powers(0.1, 1_000.0), st.floats(0.0, 200.0))
def test_a_route_carries_what_its_margin_pays_for(price, near, far, slope, flow, cost):
    network = Network.build(["near", "far"], [("way", "near", "far", 1.0, slope)], [])
    there = price + cost + slope * flow
    block = single(
        network,
        in_order(network, near=near + flow, far=max(far - flow, 0.5 * far)),
        in_order(network, near=price * near**3, far=there * (max(far - flow, 0.5 * far) + flow) ** 3),
        cost=[cost],
        capacity=[AMPLE],
    )
    cleared = block.clear()
    assert cleared.price[:, 0] == pytest.approx(in_order(network, near=price, far=there), rel=1e-4)
    assert cleared.flow[0, 0] == pytest.approx(flow, rel=1e-3, abs=1e-3 + 2e-4 * there / slope)
    assert cleared.rent[0, 0] == 0.0


@given(PRICES, STOCKS, STOCKS, powers(0.05, 5.0), powers(0.1, 1_000.0), powers(1.0, 1_000.0))
def test_a_licence_earns_the_gap_less_the_cost_of_the_last_tonne(price, near, far, slope, cap, rent):
    network = Network.build(["near", "far"], [("licence", "near", "far", 1.0, slope)], [])
    cost = 10.0
    there = price + cost + slope * cap + rent
    held = far + cap
    block = single(
        network,
        in_order(network, near=near + cap, far=far),
        in_order(network, near=price * near**3, far=there * held**3),
        cost=[cost],
        capacity=[cap],
    )
    cleared = block.clear()
    gap = cleared.price[network.destination[0], 0] - cleared.price[network.origin[0], 0]
    assert cleared.price[:, 0] == pytest.approx(in_order(network, near=price, far=there), rel=1e-5 * (1 + 1 / near))
    assert cleared.flow[0, 0] == cap
    assert cleared.rent[0, 0] == pytest.approx(gap - cost - slope * cap, rel=1e-9, abs=1e-6)
    assert cleared.rent[0, 0] == pytest.approx(rent, abs=2e-4 * there)


@given(PRICES, powers(100.0, 10_000.0), st.floats(0.9, 1.0), powers(0.1, 50.0), st.floats(1.0, 100.0))
def test_a_refinery_pays_for_its_losses(price, stock, yield_, flow, conversion):
    slope = 0.5
    network = Network.build(["ore", "oxide"], [("refinery", "ore", "oxide", yield_, slope)], [])
    oxide = (price + conversion + slope * flow) / yield_
    block = single(
        network,
        in_order(network, ore=stock + flow, oxide=stock - yield_ * flow),
        in_order(network, ore=price * stock**3, oxide=oxide * stock**3),
        cost=[conversion],
        capacity=[AMPLE],
    )
    cleared = block.clear()
    assert cleared.price[:, 0] == close(in_order(network, ore=price, oxide=oxide))
    lost = block.available.sum() - cleared.level.sum()
    assert lost == pytest.approx((1.0 - yield_) * cleared.flow[0, 0], abs=1e-5 * stock)


def test_when_everything_is_refused_each_pool_is_priced_by_itself():
    pools = ["a", "b", "c"]
    arcs = [(f"{i} to {j}", i, j, 1.0, 0.1) for i in pools for j in pools if i != j]
    network = Network.build(pools, arcs, [("a", 60_000.0), ("b", 8_000.0)])
    stock = np.array(in_order(network, a=10.0, b=1_000.0, c=500.0))
    block = single(network, stock, 300.0 * stock**3, [0.0, 0.0], [0.0] * 6, [0.0] * 6, start=2.0 * stock)
    cleared = block.clear()
    assert (cleared.flow == 0.0).all()
    assert cleared.price[:, 0] == close([300.0] * 3)
    gaps = cleared.price[network.destination, 0] - cleared.price[network.origin, 0]
    assert cleared.rent[:, 0] == pytest.approx(np.maximum(gaps, 0.0))


def test_the_cheaper_of_two_routes_fills_first():
    arcs = [("by rail", "a", "b", 1.0, 0.2), ("by sea", "a", "b", 1.0, 0.2)]
    network = Network.build(["a", "b"], arcs, [])
    stock = in_order(network, a=1_200.0, b=800.0)
    # alone, the pools would stand at 174 and 586 USD/mtu: room for rail at 20, and for sea only once rail is full
    block = single(network, stock, [300.0 * 1_000.0**3] * 2, cost=[20.0, 120.0], capacity=[40.0, AMPLE])
    cleared = block.clear()
    gap = cleared.price[network.destination[0], 0] - cleared.price[network.origin[0], 0]
    assert cleared.flow[0, 0] == 40.0
    assert cleared.flow[1, 0] == pytest.approx((gap - 120.0) / 0.2, rel=1e-9)
    assert cleared.rent[:, 0] == pytest.approx([gap - 20.0 - 0.2 * 40.0, 0.0])
