"""How a run is split into blocks, and what the market is asked to play."""

import numpy as np
import pytest

from lab import run
from lab.options import read
from sim.scenario_files import load
from tests.small_runs import job, results


@pytest.mark.parametrize("worlds", [1, 7, 1000, 1001, 2500])
def test_every_world_is_in_one_block(worlds):
    blocks = run.blocks(job(worlds=worlds), 10)
    assert [world for block in blocks for world in block] == list(range(worlds))
    assert max(len(block) for block in blocks) <= run.WIDEST


def test_workers_share_the_worlds_but_not_a_handful():
    assert [len(block) for block in run.blocks(job(worlds=300, workers=3), 10)] == [100, 100, 100]
    assert len(run.blocks(job(worlds=60, workers=4), 10)) == 1


def test_workers_have_as_many_blocks_each(monkeypatch):
    monkeypatch.setattr(run, "WIDEST", 100)
    assert [len(block) for block in run.blocks(job(worlds=420, workers=2), 10)] == [70] * 6


def test_large_records_make_smaller_blocks(tmp_path):
    whole = read("central_asia_2025", worlds=1000, out=tmp_path / "out")
    few, many = run.blocks(whole, 5), run.blocks(whole, 200)
    assert len(few) == 1 < len(many)
    assert max(map(len, many)) * run.bytes_per_world(whole, 200) <= run.MOST_BYTES


def test_a_setting_takes_the_place_of_later_decisions_of_the_scenario_and_of_no_other():
    scenario = load("central_asia_2025")
    wanted = [item for item in scenario.decisions if item.lever == "china.licence_approval"]
    months = sorted({item.date for item in wanted if item.target == "us"})
    assert len(months) > 1
    asked = read("central_asia_2025", set_=[f"china.licence_approval[us]=1@{months[1]}"])
    left = run.without_overridden(asked).decisions
    assert [item.date for item in left if (item.lever, item.target) == ("china.licence_approval", "us")] == [
        months[0]
    ]
    dropped = [item for item in scenario.decisions if item not in left]
    assert {(item.lever, item.target) for item in dropped} == {("china.licence_approval", "us")}


def test_without_settings_the_scenario_is_played_as_it_is():
    assert run.without_overridden(job()).decisions == job().scenario.decisions


def test_results_keep_the_ends_of_years_and_the_last_month():
    found = results(read("central_asia_2025", until="2029-03", worlds=2))
    assert found.shown_months == ("2025-01", "2025-12", "2026-12", "2027-12", "2028-12", "2029-03")
    assert found.of("price.apt.rotterdam").shape == (6, 2)
    np.testing.assert_array_equal(
        found.path("price.apt.rotterdam")[[0, -1]], found.of("price.apt.rotterdam")[[0, -1]]
    )


def test_results_tell_when_a_mine_opened():
    found = results(read("central_asia_2025", until="2029-12", worlds=5))
    stages = found.of("project.mactung.stage")
    opened = found.opened[found.projects.index("mactung")]
    assert list(opened >= 0) == list(stages[-1] == 6)
    assert opened.tolist() == [21, 22, 23, -1, 25]


def test_results_keep_the_worst_imbalance():
    assert results(job()).imbalance == {"balance.tonnes": 1e-10, "balance.dollars": 1e-10}
