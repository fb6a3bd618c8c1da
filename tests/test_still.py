"""Without growth, luck, events, projects and policy the world stays still: no price moves by itself."""

from __future__ import annotations

import numpy as np
import pytest

from agents.market import Market, Order
from sim.levers import BUYER_BLOCS, registry
from sim.scenario_files import load
from tests.market_runs import play

STILL = """
[scenario]
name = "still"
title = "Still"
description = "A world in which nothing happens."
extends = "central_asia_2025"
inherit_decisions = false

[mechanisms]
growth = false
noise = false
events = false
projects = false
"""
YEARS = 14
PRICES = (
    "price.apt.china_domestic",
    "price.apt.rotterdam",
    "price.apt.us",
    "price.concentrate.china",
    "price.long_run",
)
VOLUMES = (
    "supply.mine.world",
    "supply.scrap.world",
    "demand.world",
    "refined.china",
    "stock.china",
    "stock.europe",
)


def held_at_the_start(scenario):
    """Orders that keep every lever where it is when the world starts."""
    market = Market(scenario)
    orders = []
    for lever in registry(scenario):
        value = lever.default
        for bloc in BUYER_BLOCS:
            if lever.name == f"buyers.{bloc}.secure_share":
                value = float(market.buyers.secure_base[market.buyers.blocs.index(bloc), 0])
        orders += [Order(lever.name, target, value, 0) for target in (lever.targets or ("",))]
    return orders


@pytest.fixture(scope="module")
def years(tmp_path_factory):
    """Outcomes of a still world in each month, first the reference prices; outcome to (months,)."""
    path = tmp_path_factory.mktemp("scenarios") / "still.toml"
    path.write_text(STILL, encoding="utf-8")
    scenario = load(str(path))
    market = play(Market(scenario, seeds=[1], orders=held_at_the_start(scenario)), 12 * YEARS)
    return {name: market.record.values[:, row, 0] for row, name in enumerate(market.record.outcomes)}


@pytest.fixture(scope="module")
def start():
    """Prices of the scenario, before anything is played."""
    return {pool.key: pool.price.value for pool in load("central_asia_2025").pools}


@pytest.mark.parametrize(
    ("outcome", "pool"),
    [
        ("price.apt.china_domestic", "china.apt.any"),
        ("price.apt.rotterdam", "europe.apt.any"),
        ("price.apt.us", "north_america.apt.any"),
        ("price.concentrate.china", "china.concentrate.any"),
    ],
)
def test_prices_stay_where_they_start(years, start, outcome, pool):
    assert np.abs(years[outcome] / start[pool] - 1).max() < 0.05


@pytest.mark.parametrize("outcome", PRICES + VOLUMES)
def test_in_the_end_nothing_moves(years, outcome):
    last = years[outcome][-37:]
    assert np.abs(last[12:] / last[:-12] - 1).max() < 0.001


def test_nobody_fears_anything(years):
    for bloc in ("china", "us", "europe", "japan_korea", "rest"):
        assert years[f"fear.{bloc}"].max() < 0.02


def test_hidden_stock_stays_what_it_is(years):
    hidden = years["stock.hidden.china"]
    assert np.abs(hidden / hidden[0] - 1).max() < 0.05


def test_no_use_is_lost(years):
    assert years["unmet.world"].max() < 0.001 * years["demand.world"].min()
