"""The market's shape: names become indices, and the fixed elimination solves every system of that shape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.network import HIGHEST_PRICE, Network
from tests.markets import networks

THREE = ["mine", "plant", "port"]


def matrix_of(network, conductance, own):
    """The system of a Newton step: what each pool answers by itself, and what its open arcs answer."""
    matrix = np.diag(own)
    for a, (i, j, y) in enumerate(zip(network.origin, network.destination, network.yield_, strict=True)):
        along = np.zeros(len(own))
        along[i], along[j] = -1.0, y
        matrix += conductance[a] * np.outer(along, along)
    return matrix


def eliminated(network, matrix):
    """Pivots and lower triangle by the network's own list of updates, one after the other."""
    plan, pools = network.elimination, len(network.pools)
    columns = np.repeat(np.arange(pools), np.diff(plan.start))
    table = np.concatenate([np.diag(matrix), matrix[plan.row, columns]])
    updates = iter(plan.target)
    for c in range(pools):
        entries = range(pools + plan.start[c], pools + plan.start[c + 1])
        column = table[entries]
        for first in range(len(entries)):
            for second in range(first, len(entries)):
                table[next(updates)] -= column[first] * column[second] / table[c]
        table[entries] /= table[c]
    assert next(updates, None) is None
    triangle = np.eye(pools)
    triangle[plan.row, columns] = table[pools:]
    return table[:pools], triangle


@given(networks(), st.integers(0, 2**32 - 1))
def test_the_elimination_factorises_every_system_of_the_network(network, seed):
    rng = np.random.default_rng(seed)
    conductance = np.where(rng.random(len(network.arcs)) < 0.5, rng.uniform(0.1, 50.0, len(network.arcs)), 0.0)
    matrix = matrix_of(network, conductance, rng.uniform(0.01, 10.0, len(network.pools)))
    pivots, triangle = eliminated(network, matrix)
    assert (pivots > 0).all()
    assert np.allclose(triangle * pivots @ triangle.T, matrix, rtol=1e-9, atol=1e-9)


@given(networks())
def test_arcs_keep_their_order_and_their_place_in_the_triangle(network):
    plan = network.elimination
    columns = np.repeat(np.arange(len(network.pools)), np.diff(plan.start))
    assert (plan.row > columns).all()
    ends = np.sort([network.origin, network.destination], axis=0)
    assert (columns[network.entry] == ends[0]).all()
    assert (plan.row[network.entry] == ends[1]).all()
    assert network.arcs == tuple(f"arc {a}" for a in range(len(network.arcs)))


@given(networks())
def test_arcs_and_users_are_also_sorted_by_pool(network):
    for sorted_, pool in ((network.leaving, network.origin), (network.drawing, network.user_pool)):
        assert sorted(sorted_.member) == list(range(len(pool)))
        assert (pool[sorted_.member] == np.repeat(np.arange(len(network.pools)), np.diff(sorted_.start))).all()


def test_names_become_places():
    arcs = [("refine", "mine", "plant", 0.97, 0.3), ("ship", "plant", "port", 1.0, 0.1)]
    network = Network.build(THREE, arcs, [("port", 8_000.0), ("plant", 60_000.0)])
    assert sorted(network.pools) == sorted(THREE)
    assert [network.pools[i] for i in network.origin] == ["mine", "plant"]
    assert [network.pools[i] for i in network.destination] == ["plant", "port"]
    assert [network.pools[i] for i in network.user_pool] == ["port", "plant"]
    assert network.yield_.tolist() == [0.97, 1.0]
    assert network.slope.tolist() == [0.3, 0.1]
    assert network.choke.tolist() == [8_000.0, 60_000.0]


@settings(max_examples=50)
@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=30))
def test_a_tree_of_pools_fills_nothing_in(parents):
    pools = [str(i) for i in range(len(parents) + 1)]
    arcs = [(f"arc {i}", pools[i], pools[parent % i], 1.0, 1.0) for i, parent in enumerate(parents, start=1)]
    network = Network.build(pools, arcs, [])
    assert len(network.elimination.row) == len(arcs)


def test_arcs_both_ways_and_twin_arcs_share_one_entry():
    ends = [("mine", "plant"), ("plant", "mine"), ("mine", "plant")]
    network = Network.build(THREE, [(str(a), *pair, 1.0, 1.0) for a, pair in enumerate(ends)], [])
    assert len(network.elimination.row) == 1
    assert network.entry.tolist() == [0, 0, 0]


def test_pools_need_no_arcs():
    network = Network.build(THREE, [], [])
    assert len(network.elimination.row) == 0
    assert len(network.elimination.start) == 4


@pytest.mark.parametrize(
    ("arc", "reason"),
    [
        (("round", "mine", "mine", 1.0, 1.0), "two pools"),
        (("from nowhere", "moon", "mine", 1.0, 1.0), "two pools"),
        (("to nowhere", "mine", "moon", 1.0, 1.0), "two pools"),
        (("flat", "mine", "plant", 1.0, 0.0), "above zero"),
        (("falling", "mine", "plant", 1.0, -0.1), "above zero"),
        (("lost", "mine", "plant", 0.0, 1.0), "above zero"),
        (("made of air", "mine", "plant", 1.01, 1.0), "at most 1"),
        (("unknown yield", "mine", "plant", float("nan"), 1.0), "above zero"),
        (("unknown", "mine", "plant", 1.0, float("nan")), "above zero"),
    ],
)
def test_an_arc_that_cannot_be_is_refused(arc, reason):
    with pytest.raises(ValueError, match=reason):
        Network.build(THREE, [arc], [])


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        (("moon", 8_000.0), "pool of the market"),
        (("port", 0.0), "choke price"),
        (("port", HIGHEST_PRICE), "choke price"),
        (("port", float("nan")), "choke price"),
    ],
)
def test_users_that_cannot_be_are_refused(user, reason):
    with pytest.raises(ValueError, match=reason):
        Network.build(THREE, [], [user])


def test_a_pool_named_twice_is_refused():
    with pytest.raises(ValueError, match="'mine' is named twice"):
        Network.build([*THREE, "mine"], [], [])
