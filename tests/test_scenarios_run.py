"""Every shipped scenario runs, keeps its books, and those of the imagination begin with different shocks."""

import numpy as np
import pytest

from agents.market import Market, Plan
from sim.scenario_files import load, shipped

NAMES = [summary.name for summary in shipped()]
IMAGINED = [name for name in NAMES if not load(name).historical]
SEEDS = (1, 2, 3)
MONTHS = 24
MOST_TONNES, MOST_DOLLARS = 1e-6, 1e-6
"""Largest amount that the books may fail to explain in any month: t W, and million USD."""


@pytest.fixture(scope="module")
def played():
    """A function that plays two years of a scenario in three worlds, once for all tests."""
    kept = {}

    def play(name):
        if name not in kept:
            market = Market(name, seeds=SEEDS, record=Plan())
            for _ in range(MONTHS):
                market.step()
            kept[name] = market
        return kept[name]

    return play


def recorded(market, outcome):
    """Values of an outcome in every month and world."""
    return market.record.values[:, market.record.outcomes.index(outcome)]


def first_shocks(market):
    """The opening shock of each world and its month."""
    keys = [opening.key for opening in market.nature.openings]
    return [
        [(key, int(month)) for key, month in zip(keys, world, strict=True) if month >= 0]
        for world in market.nature.opens.T
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_books_balance_in_every_month_and_world(played, name):
    market = played(name)
    assert market.record.times == list(range(MONTHS))
    assert recorded(market, "balance.tonnes").max() < MOST_TONNES
    assert recorded(market, "balance.dollars").max() < MOST_DOLLARS


@pytest.mark.parametrize("name", NAMES)
def test_every_outcome_is_a_number(played, name):
    market = played(name)
    finite = np.isfinite(market.record.values).all(axis=(0, 2))
    assert [outcome for outcome, fine in zip(market.record.outcomes, finite, strict=True) if not fine] == []


@pytest.mark.parametrize("name", NAMES)
def test_prices_stay_where_tungsten_has_been_traded_or_could_be(played, name):
    price = recorded(played(name), "price.apt.rotterdam")
    assert price.min() > 60
    assert price.max() < 5_000


@pytest.mark.parametrize("name", NAMES)
def test_every_pool_begins_with_goods_on_hand_beside_those_under_way(name):
    exchange = Market(name, seeds=SEEDS[:1]).exchange
    empty = exchange.on_hand()[:, 0] <= 0.1 * exchange.reference_throughput[:, 0]
    assert [pool.key for pool, gone in zip(exchange.pools, empty, strict=True) if gone] == []


def test_one_scenario_tells_what_happened_and_the_others_do_not():
    assert [name for name in NAMES if name not in IMAGINED] == ["central_asia_2025"]
    assert len(IMAGINED) >= 5


@pytest.mark.parametrize("name", IMAGINED)
def test_an_imagined_scenario_has_openings_of_five_kinds_or_more(name):
    openings = load(name).openings
    strikes = {(opening.event, opening.target) for opening in openings}
    assert len(strikes) >= 5
    assert len({opening.event for opening in openings}) >= 3
    assert sum(opening.weight.value for opening in openings) == pytest.approx(1)
    assert all(opening.weight.value <= 0.3 for opening in openings)


@pytest.mark.parametrize("name", IMAGINED)
def test_worlds_begin_with_different_shocks(played, name):
    shocks = first_shocks(played(name))
    assert [len(world) for world in shocks] == [1] * len(SEEDS)
    assert len({world[0] for world in shocks}) > 1


@pytest.mark.parametrize("name", IMAGINED)
def test_any_opening_may_come_first_and_only_in_its_time(name):
    market = Market(name, seeds=range(200))
    begins = {opening.key: market.month_of(opening.earliest) for opening in market.nature.openings}
    ends = {opening.key: market.month_of(opening.latest) for opening in market.nature.openings}
    seen = set()
    for ((key, month),) in first_shocks(market):
        assert begins[key] <= month <= ends[key]
        seen.add(key)
    assert seen == set(begins)


@pytest.mark.parametrize("name", IMAGINED)
def test_the_first_shock_is_in_the_news_when_it_comes(played, name):
    market = played(name)
    expected = {
        (month, key, world)
        for world, shocks in enumerate(first_shocks(market))
        for key, month in shocks
        if month < MONTHS
    }
    keys = {opening.key for opening in market.nature.openings}
    reported = {
        (month, key, int(world))
        for month, key, _, size in market.events_seen
        if key in keys
        for world in np.flatnonzero(size)
    }
    assert reported == expected
