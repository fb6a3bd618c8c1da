"""The market is an ordinary Mesa model, and Mesa's own tools work on it."""

from __future__ import annotations

import gc
import inspect
import weakref
from importlib.metadata import version

import mesa
import numpy as np
import pytest

from agents.buyers import BuyerGroup
from agents.government import Government
from agents.market import GOVERNMENTS, Market
from agents.mines import Mine
from agents.recyclers import Recycler
from agents.refineries import Refinery
from agents.traders import TraderGroup
from sim.outcomes import STAGES
from sim.scenario_files import load
from tests.market_runs import differing, played, same_bits

PRICE, MINED = "price.apt.rotterdam", "supply.mine.world"
SHORT = """
[scenario]
name = "short"
title = "Short"
description = "A few months of the world as it was."
extends = "central_asia_2025"
end = "2025-05"
"""


@pytest.fixture(scope="module")
def market():
    return played(3, seeds=[1, 2])


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """A scenario of five months, as a file."""
    path = tmp_path_factory.mktemp("scenarios") / "short.toml"
    path.write_text(SHORT, encoding="utf-8")
    return str(path)


def test_the_version_of_mesa_is_one_that_is_asked_for():
    major, minor = (int(part) for part in version("mesa").split(".")[:2])
    assert major == 3 and minor >= 3


def test_the_market_is_a_model_and_everybody_in_it_an_agent(market):
    assert isinstance(market, mesa.Model)
    assert all(isinstance(agent, mesa.Agent) and agent.model is market for agent in market.agents)
    ids = [agent.unique_id for agent in market.agents]
    assert len(set(ids)) == len(ids)


def test_there_is_an_agent_for_everyone_in_the_scenario(market):
    scenario = load("central_asia_2025")
    by_type = market.agents_by_type
    assert set(by_type) == {*GOVERNMENTS, Mine, Refinery, BuyerGroup, Recycler, TraderGroup}
    assert [mine.name for mine in by_type[Mine]] == [mine.key for mine in scenario.mines]
    assert [each.name for each in by_type[Recycler]] == [each.region for each in scenario.recycling]
    assert {kind.role for kind in GOVERNMENTS} == {each.key for each in scenario.governments}
    assert [len(by_type[kind]) for kind in GOVERNMENTS] == [1] * len(GOVERNMENTS)


def test_what_an_agent_holds_is_a_vector_over_worlds(market):
    for mine in market.agents_by_type[Mine]:
        assert mine.output.shape == mine.stage.shape == (market.worlds,)
    for group in market.agents_by_type[BuyerGroup]:
        assert group.fear.shape == (market.worlds,)
    with pytest.raises(AttributeError, match="hunger"):
        _ = group.hunger


def test_sets_of_agents_are_added_up_and_selected(market):
    mines = market.agents_by_type[Mine]
    outputs = mines.get("output")
    assert len(outputs) == len(mines)
    added = mines.agg("output", lambda rows: np.array(rows).sum(axis=0))
    np.testing.assert_allclose(added, market.outcome(MINED), rtol=1e-12)
    running = mines.select(lambda mine: (mine.stage == STAGES.index("production")).all())
    assert 0 < len(running) < len(mines)
    assert isinstance(running, mesa.agent.AgentSet)
    assert market.agents.select(agent_type=Government).get("role") == [kind.role for kind in GOVERNMENTS]


def test_an_agent_reads_what_its_population_holds_now():
    market = Market(seeds=[1])
    mine = market.member("bakuta")
    before = mine.output
    market.step()
    assert same_bits(mine.output, market.mines.output[mine.row])
    assert mine.output is not before
    with pytest.raises(KeyError, match="atlantis"):
        market.member("atlantis")


@pytest.mark.parametrize("name", ["seed", "rng"])
def test_a_single_seed_is_given_as_mesa_gives_it(name):
    one = Market("central_asia_2025", **{name: 7})
    assert one.worlds == 1
    one.step()
    assert differing(one, played(1, seeds=[7])) == []


def test_mesa_s_collector_keeps_what_is_asked_for():
    one, two = (played(4, seeds=seeds, collect=(PRICE, MINED)) for seeds in ([3], [3, 4]))
    table = one.datacollector.get_model_vars_dataframe()
    assert list(table.columns) == [PRICE, MINED]
    assert len(table) == 4
    row = one.record.outcomes.index(PRICE)
    assert table[PRICE].tolist() == one.record.values[:, row, 0].tolist()
    assert table[PRICE].iloc[-1] == one.outcome(PRICE)[0]
    wide = two.datacollector.get_model_vars_dataframe()
    assert [x[0] for x in wide[PRICE]] == table[PRICE].tolist()


def test_a_run_by_mesa_ends_with_the_scenario(short):
    market = Market(short, seed=1)
    assert market.running and market.months == 5
    market.run_model()
    assert (market.month, market.running) == (5, False)
    market.step()
    assert market.month == 5


def test_mesa_s_batches_run_the_market(short):
    # newer versions of Mesa take the seeds beside the parameters
    newer = "rng" in inspect.signature(mesa.batch_run).parameters
    parameters = {"scenario": [short], "collect": [(PRICE, MINED)]}
    rows = mesa.batch_run(
        Market,
        **({"rng": [1, 2], "parameters": parameters} if newer else {"parameters": parameters | {"seed": [1, 2]}}),
        max_steps=5,
        number_processes=1,
        display_progress=False,
    )
    assert [row["seed"] for row in rows] == [1, 2]
    block = played(5, short, seeds=[1, 2])
    assert [row[PRICE] for row in rows] == block.outcome(PRICE).tolist()
    assert [row[MINED] for row in rows] == block.outcome(MINED).tolist()


def test_a_market_that_nobody_holds_is_let_go():
    market = Market("classroom_short")
    held = weakref.ref(market)
    del market
    gc.collect()
    assert held() is None
