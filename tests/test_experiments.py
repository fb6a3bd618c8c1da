"""Experiment files and the worlds that they stand for."""

import numpy as np
import pytest

from agents.market import Market
from lab.experiments.design import count
from lab.experiments.files import ExperimentError, load, shipped
from lab.experiments.play import market, recovery, rows
from lab.experiments.world import replayed, scenario_of
from lab.options import InputError
from sim.scenario_files import shipped as shipped_scenarios
from tests.fake_study import SMALL, plan
from tests.market_runs import same_bits

WRONG = SMALL.replace("china.licence_approval", "china.licence_aproval").replace("high = 80000.0", "high = 30000.0")
WRONG = WRONG.replace('parameter = "fear.refusal"', 'parameter = "fear.refusals"\nwhat = 1')


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_experiment_loads_and_asks_for_what_exists(name):
    experiment, _ = load(name)
    assert experiment.name == name
    assert count(experiment) > 0
    assert any(measure.prefer != "none" for measure in experiment.measures)


def test_at_least_six_experiments_are_shipped_and_none_of_them_counts_as_a_scenario():
    assert len(shipped()) >= 6
    assert "experiments" not in [summary.name for summary in shipped_scenarios()]


def test_all_errors_of_a_kind_come_at_once(tmp_path):
    with pytest.raises(ExperimentError) as unknown_key:
        plan(tmp_path, text=WRONG)
    assert "'what' is not a known field" in str(unknown_key.value)
    with pytest.raises(ExperimentError) as caught:
        plan(tmp_path, text=WRONG.replace("\nwhat = 1", ""))
    said = "\n".join(caught.value.errors)
    assert len(caught.value.errors) == 3
    assert "unknown lever 'china.licence_aproval'" in said
    assert "the range 40000 to 30000 is not allowed" in said
    assert "'fear.refusals' is not a known parameter of behaviour (did you mean 'fear.refusal'?)" in said


def test_an_experiment_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(InputError, match=r"no such experiment \(did you mean 'uzbek_clock'\?\)"):
        load("uzbek_clok")


def test_every_world_is_found_by_its_number_and_shares_its_luck(tmp_path):
    design = plan(tmp_path)
    blocks = list(design.blocks())
    assert design.worlds == 2 * 6 * 3 * 4 == sum(len(block.pairs) for block in blocks)
    for world in (0, 19, 20, 143):
        block, place = design.block_of(world)
        assert block.first + place == world
    with pytest.raises(ValueError, match="world 144 is not part of the study; allowed is 0 to 143"):
        design.block_of(144)


def test_a_world_without_a_policys_decision_keeps_the_scenarios(tmp_path):
    design = plan(tmp_path)
    strict = next(i for i, cell in enumerate(design.cells) if cell.policy == 1)
    orders = [x for x in design.decisions((0, strict)) if x[:2] == ("china.licence_approval", "us")]
    by_month = {month: values for _, _, month, values in orders}
    assert by_month[1].tolist() == [0.1, 0.1]
    in_june = next(
        d.value
        for d in reversed(design.scenario.decisions)
        if (d.lever, d.target) == ("china.licence_approval", "us") and d.date <= "2025-06"
    )
    assert by_month[5].tolist() == [in_june, 0.2]
    assert all(values[1] == 0.2 for month, values in by_month.items() if month >= 5)


def test_the_first_future_is_the_scenarios_own_and_the_others_lie_in_its_range(tmp_path):
    design = plan(tmp_path)
    known = design.scenario.behaviour["fear"]["refusal"]
    assert design.futures[0, 0] == known.value
    assert np.all((design.futures >= known.low) & (design.futures <= known.high))
    assert design.in_future(1).behaviour["fear"]["refusal"].value == design.futures[1, 0]


def test_a_price_that_never_comes_back_takes_all_months_to_recover():
    paths = np.array([[100.0, 100.0, 100.0], [200.0, 105.0, 150.0], [200.0, 109.0, 104.0]])
    assert recovery(paths).tolist() == [3.0, 0.0, 2.0]


def test_a_world_of_the_real_market_is_the_same_in_a_block_and_alone(tmp_path):
    design = plan(tmp_path)
    block = next(design.blocks())
    pick = 13
    alone = type(block)(0, block.future, block.first + pick, (block.pairs[pick],))
    tables = []
    for each in (block, alone):
        model = market(design, each)
        for _ in range(2):
            model.step()
        recorded = np.repeat(model.record.values, 12, axis=0)
        tables.append(rows(design, each, recorded, tuple(model.record.outcomes)).to_pylist())
    assert tables[0][pick] == tables[1][0]


def test_a_world_as_a_scenario_of_its_own_is_the_world_of_the_study(tmp_path):
    design = plan(tmp_path)
    seed, text = scenario_of(design, 140)
    path = tmp_path / "world.toml"
    path.write_text(text, encoding="utf-8")
    alone, again = replayed(design, 140), Market(str(path), seeds=[seed])
    for _ in range(3):
        alone.step()
        again.step()
    one, other = alone.snapshot(), again.snapshot()
    for holder in one.keys() - {"seats", "record"}:
        assert [name for name, x in one[holder].items() if not same_bits(x, other[holder][name])] == []
