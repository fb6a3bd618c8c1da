"""Experiment files and the worlds that they stand for."""

import numpy as np
import pytest

from agents.bookmarks import fingerprints, hash_of
from agents.measure import _concentration as concentration
from agents.session import Session
from lab.experiments.design import Block, count
from lab.experiments.design import design as make
from lab.experiments.files import ExperimentError, accepted, load, shipped
from lab.experiments.play import market, recovery, rows
from lab.experiments.root import read as read_root
from lab.experiments.world import opened
from lab.options import InputError
from sim import state
from sim.scenario_files import shipped as shipped_scenarios
from tests.fake_study import SMALL, plan

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


def test_wide_studies_come_in_blocks_that_two_or_four_processes_can_share(tmp_path):
    sizes = [len(block.members) for block in plan(tmp_path, width=3000, worlds=72_000).blocks()]
    assert len(sizes) % 4 == 0 and sum(sizes) == 72_000
    assert max(sizes) - min(sizes) < 20 and max(sizes) <= 3000


def test_every_world_is_found_by_its_number_and_shares_its_luck(tmp_path):
    design = plan(tmp_path)
    blocks = list(design.blocks())
    assert design.worlds == 2 * 6 * 3 * 4 == sum(len(block.members) for block in blocks)
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


def test_futures_of_the_calibration_are_whole_sets_of_which_named_parameters_are_shown(tmp_path):
    text = SMALL.replace("count = 3", 'method = "calibrated"\ncount = 3')
    design = plan(tmp_path, text=text)
    sets = accepted(design.scenario)
    assert design.parameters[0] == "fear.refusal" and set(design.parameters) == set(sets)
    place = sets["fear.refusal"].tolist().index(design.futures[2, 0])
    assert design.futures[2].tolist() == [sets[name][place] for name in design.parameters]
    assert design.is_mixed
    with pytest.raises(ExperimentError, match="is not part of the calibration's sets"):
        plan(tmp_path, text=text.replace('"fear.refusal"', '"projects.hurdle_rate"'))


def test_a_price_that_never_comes_back_takes_all_months_to_recover():
    paths = np.array([[100.0, 100.0, 100.0], [200.0, 105.0, 150.0], [200.0, 109.0, 104.0]])
    assert recovery(paths).tolist() == [3.0, 0.0, 2.0]


def test_a_world_of_the_real_market_is_the_same_in_a_block_and_alone(tmp_path):
    design = plan(tmp_path)
    block = next(design.blocks())
    pick = 13
    alone = Block(0, block.first + pick, block.members[pick : pick + 1])
    tables = []
    for each in (block, alone):
        model = market(design, each)
        for _ in range(2):
            model.step()
        recorded = np.repeat(model.record.values, 12, axis=0)
        states = fingerprints(model.snapshot())
        tables.append(rows(design, each, recorded, tuple(model.record.outcomes), states).to_pylist())
    assert tables[0][pick] == tables[1][0]


def hashes_in_block(design, block, place, months):
    """Hash of the state of one world of a block, after each month."""
    model, found = market(design, block), []
    for _ in range(months):
        model.step()
        found.append(hash_of(state.fork(model.snapshot(), [place])))
    return found


def test_any_world_of_a_study_opens_as_a_game_and_has_the_same_hash_in_every_month(tmp_path):
    design = plan(tmp_path)
    block, place = design.block_of(141)
    session = opened(design, 141)
    session.play(4)
    session.save(tmp_path / "world.json")
    assert Session.load(tmp_path / "world.json").hashes[1:] == hashes_in_block(design, block, place, 4)


BY_BLOCK = SMALL.replace("[[measure]]", '[[uncertainty]]\nparameter = "finance.base_odds"\n\n[[measure]]')
"""Futures that cannot share a block."""


@pytest.mark.parametrize("text", [SMALL, BY_BLOCK])
def test_a_study_begins_in_the_month_of_a_saved_game_and_its_futures_hold_from_then_on(tmp_path, text):
    session = Session.new("central_asia_2025", 5, ("china",))
    session.decide("china", "china.mining_quota", "", 52_000.0)
    session.play(3)
    session.decide("china", "china.licence_approval", "europe", 0.9)
    session.save(tmp_path / "game.json")
    root = read_root(tmp_path / "game.json")
    (tmp_path / "small.toml").write_text(text, encoding="utf-8")
    design = make(*load(str(tmp_path / "small.toml"), root), width=30, root=root)
    assert (design.months, len(design.futures)) == (21, 3)
    block, place = design.block_of(130)
    assert block.members[place] == (8, 2, 2)
    one = opened(design, 130)
    one.play(3)
    one.save(tmp_path / "world.json")
    hashes = Session.load(tmp_path / "world.json").hashes
    assert hashes[: 3 + 1] == session.hashes
    assert hashes[4:] == hashes_in_block(design, block, place, 3)
    assert one.value("china.licence_approval", "europe") == 0.9
    one.rewind(2)
    assert not one.market.own
    one.rewind(6)
    assert one.market.own["fear.refusal"] == design.futures[2, 0]
    one.save(tmp_path / "world.json")
    again = read_root(tmp_path / "world.json")
    assert again.behaviour("fear.refusal") == design.futures[2, 0] != root.behaviour("fear.refusal")


def test_the_luck_numbered_nought_is_the_games_own(tmp_path):
    session = Session.new("central_asia_2025", 5)
    session.play(2)
    session.save(tmp_path / "game.json")
    root = read_root(tmp_path / "game.json")
    (tmp_path / "small.toml").write_text(SMALL.replace("replications", "seed = 0\nreplications"), encoding="utf-8")
    design = make(*load(str(tmp_path / "small.toml"), root), root=root)
    block, place = design.block_of(0)
    assert block.members[place + 1] == (0, 0, 1)
    model = market(design, block)
    model.step()
    own, other = model.outcome("price.apt.rotterdam")[:2]
    session.arrange("china", "china.mining_quota", "", design.cells[0].values[0], 2, "set")
    session.play()
    assert own == session.series("price.apt.rotterdam")[-1] != other


def test_concentration_is_one_where_all_comes_from_one_region_and_least_where_all_give_alike():
    output = np.array([[5.0, 2.0], [0.0, 2.0], [0.0, 2.0], [0.0, 2.0]])
    assert concentration(output).tolist() == [1.0, 0.25]
