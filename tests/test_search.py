"""The search for policies, and what else is computed from a study: indices, trees, regret, best settings."""

import numpy as np
import pytest

from lab.experiments import analysis, report
from lab.experiments.discovery import discovered
from lab.experiments.files import ExperimentError
from lab.experiments.results import TABLE
from lab.experiments.run import run
from lab.experiments.search import covered, judged, unbeaten
from lab.experiments.sensitivity import sensitivity
from lab.experiments.world import opened as opened_world
from tests.fake_study import SMALL, breaking, fake, opened, plan

LEVERS = SMALL[: SMALL.index("[[policy]]")] + SMALL[SMALL.index("[[lever]]") :]
LEVERS = LEVERS.replace(
    "[[uncertainty]]",
    """[[lever]]
name = "licences"
lever = "china.licence_approval"
target = "us"
low = 0.0
high = 1.0

[[uncertainty]]""",
)
SEARCH = LEVERS.replace('"latin_hypercube"\ncells = 6', '"search"\ncells = 6\ngenerations = 3') + """
[[measure]]
name = "again"
title = "The other way"
outcome = "price.apt.us"
prefer = "high"
"""


def searched(folder, build=fake, resume=False, text=SEARCH, **wanted):
    """The small question as a search."""
    design = plan(folder, text=text)
    study = opened(design, folder / "study", resume)
    return study, run(design, study, build=build, **wanted)


def test_a_search_gives_the_same_table_however_it_runs_and_resumes(tmp_path):
    whole, _ = searched(tmp_path / "whole")
    broken, outcome = searched(tmp_path / "broken", build=breaking)
    assert list(outcome.failed) == [1]
    again, mended = searched(tmp_path / "broken", resume=True)
    assert mended.failed == {} and mended.run > 1
    assert (again.folder / TABLE).read_bytes() == (whole.folder / TABLE).read_bytes()
    _, idle = searched(tmp_path / "whole", resume=True)
    assert idle.run == 0
    broken.cut(0)


def test_a_search_gets_better_and_its_report_lists_what_nothing_beats(tmp_path):
    one_way = SEARCH.replace('outcome = "price.apt.us"\nprefer = "high"', 'outcome = "price.apt.us"\nprefer = "low"')
    study, _ = searched(tmp_path, text=one_way.replace("generations = 3", "generations = 12"))
    design = report.planned(study)
    data = analysis.frame(study.folder / TABLE, design)
    means = data.assign(generation=[design.cells[c].generation for c in data.cell]).groupby("generation").price.mean()
    assert means.iloc[-1] < means.iloc[0]
    page = report.write(study.folder).read_text(encoding="utf-8")
    assert "What is worth choosing from" in page and "beaten by no other" in page
    world = int(data.world.iloc[-1])
    block, place = design.block_of(world)
    assert block.members[place][0] == data.cell.iloc[-1]
    assert opened_world(design, world).scenario.name == "central_asia_2025"


def test_what_nothing_beats_and_how_much_of_it_each_generation_found():
    values = np.array([[1.0, 3.0], [3.0, 1.0], [3.0, 3.0], [2.0, 2.0]])
    assert unbeaten(values).tolist() == [True, True, False, True]
    share = covered(values, [2, 2])
    assert 0 <= share[0] < share[1] == 1.0


def test_a_setting_that_lost_worlds_is_judged_as_bad_as_can_be(tmp_path):
    study, _ = searched(tmp_path)
    design = report.planned(study)
    data = analysis.frame(study.folder / TABLE, design)
    assert judged(design.experiment, data[data.world > 0], [0, 1])[0, 0] == 1e30
    sampling = design.experiment.sampling.model_copy(update={"judged_by": "tail"})
    tail = design.experiment.model_copy(update={"sampling": sampling})
    assert np.all(judged(tail, data, [0, 1]) >= judged(design.experiment, data, [0, 1]))


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_indices_tell_the_strong_lever_from_the_weak_with_intervals(tmp_path, method):
    text = LEVERS.replace('"latin_hypercube"\ncells = 6', f'"{method}"\ncells = 16')
    text = text.replace("low = 40000.0", "low = 59000.0").replace("high = 80000.0", "high = 60000.0")
    design = plan(tmp_path, text=text.replace("replications = 4", "replications = 1"))
    study = opened(design, tmp_path / "study")
    run(design, study, build=fake)
    found = sensitivity(analysis.frame(study.folder / TABLE, design), design, "price")
    assert found["licences"].kind == method
    strong, weak = found["licences"].value, found["quota"].value
    assert strong.low <= strong.value <= strong.high
    assert strong.low > weak.high


def test_a_tree_and_a_box_find_where_a_policy_breaks(tmp_path):
    design = plan(tmp_path, text=LEVERS.replace("cells = 6", "cells = 40"))
    study = opened(design, tmp_path / "study")
    run(design, study, build=fake)
    data = analysis.frame(study.folder / TABLE, design)
    boxes = discovered(data, design, design.experiment.measures[0])
    assert {box.by for box in boxes} == {"PRIM", "tree"}
    assert all(box.density > 0.5 and box.coverage > 0.3 for box in boxes if box.by == "PRIM")
    best = analysis.best_cells(data, design.experiment.measures, 3)
    assert [row["share"] for row in best] == sorted((row["share"] for row in best), reverse=True)
    assert best[0]["regret"]["price"][0] <= best[-1]["regret"]["price"][0]


def test_a_ranking_of_levers_stops_a_study_as_one_of_policies_does(tmp_path):
    stopping = '[experiment.stopping]\nby = "ranking"\nmeasure = "price"\nstep = 4\n\n[experiment.sampling]'
    text = LEVERS.replace("[experiment.sampling]", stopping).replace("replications = 4", "replications = 40")
    design = plan(tmp_path, text=text)
    outcome = run(design, opened(design, tmp_path / "study"), build=fake)
    assert outcome.stopped_early and outcome.worlds < design.worlds


def test_what_a_search_cannot_do_is_said(tmp_path):
    wrong = SEARCH.replace("cells = 6", "cells = 5").replace('prefer = "high"', 'prefer = "none"')
    with pytest.raises(ExperimentError) as caught:
        plan(tmp_path, text=wrong)
    said = "\n".join(caught.value.errors)
    assert "search needs an even number from 4" in said
    assert "needs two [[measure]]s" in said
