"""Studies from their blocks to the report, killed, resumed and shared out."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import numpy as np
import pandas as pd
import pytest

from lab import processes
from lab.experiments import analysis, report
from lab.experiments import run as runner
from lab.experiments.results import TABLE
from lab.experiments.run import cluster, run
from lab.experiments.sensitivity import sensitivity
from lab.experiments.stopping import share_of_same_order
from lab.options import InputError
from tests.fake_study import SMALL, breaking, counted, deadly, fake, opened, plan, slow
from tests.source_reading import ROOT

KILLED = """
import os, signal
from pathlib import Path
from lab.experiments import results, run
from tests.fake_study import counted, opened, plan

folder = Path({folder!r})
design = plan(folder)
study = opened(design, folder / "study")
kept = results.Study.add
def add(self, block, content):
    kept(self, block, content)
    if block.number == 4:
        os.kill(os.getpid(), signal.SIGKILL)
results.Study.add = add
run.run(design, study, build=counted)
"""


def finished(folder, **wanted):
    """The table of the small study."""
    design = plan(folder)
    study = opened(design, folder / "study", wanted.pop("resume", False))
    outcome = run(design, study, **({"build": fake} | wanted))
    return study, outcome


def test_killed_and_resumed_a_study_has_the_same_table_and_runs_nothing_twice(tmp_path, monkeypatch):
    whole, _ = finished(tmp_path / "whole")
    broken = tmp_path / "broken"
    broken.mkdir()
    monkeypatch.setenv("BLOCKS_RUN", str(broken / "run.txt"))
    script = KILLED.format(folder=str(broken))
    killed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert killed.returncode == -signal.SIGKILL
    study, outcome = finished(broken, resume=True, build=counted)
    numbers = (broken / "run.txt").read_text(encoding="utf-8").split()
    assert sorted(map(int, numbers)) == list(range(8))
    assert outcome.run == 3
    assert (study.folder / TABLE).read_bytes() == (whole.folder / TABLE).read_bytes()


def test_a_part_that_was_damaged_is_run_again(tmp_path):
    study, _ = finished(tmp_path)
    before = (study.folder / TABLE).read_bytes()
    part = study.done()[2]
    part.write_bytes(part.read_bytes()[:-9])
    again, outcome = finished(tmp_path, resume=True)
    assert outcome.run == 1
    assert (again.folder / TABLE).read_bytes() == before


def test_processes_give_the_same_table_and_one_that_dies_takes_only_its_block(tmp_path):
    whole, _ = finished(tmp_path / "whole")
    _, outcome = finished(tmp_path / "two", workers=2, build=deadly)
    assert list(outcome.failed) == [1]
    assert outcome.worlds == 144 - 18
    again, mended = finished(tmp_path / "two", resume=True)
    assert mended.run == 1
    assert (again.folder / TABLE).read_bytes() == (whole.folder / TABLE).read_bytes()


def test_a_process_that_dies_between_two_blocks_takes_nothing_down(tmp_path, monkeypatch):
    left = [0, 3]  # blocks that a pool takes before it breaks: at once, and while others run

    class Brittle(ThreadPoolExecutor):
        def submit(self, *args):
            if left and left[0] == 0:
                left.pop(0)
                raise BrokenProcessPool("a process has died")
            left[:1] = [left[0] - 1] if left else []
            return super().submit(*args)

    monkeypatch.setattr(processes, "pool", Brittle)
    _, outcome = finished(tmp_path, workers=2)
    assert not left and not outcome.failed
    assert outcome.worlds == 144


def test_a_block_that_fails_is_reported_and_the_rest_is_kept(tmp_path):
    _, outcome = finished(tmp_path, build=breaking)
    assert outcome.failed == {1: "ArithmeticError: this block fails on purpose"}
    assert outcome.worlds == 126


def test_a_study_whose_worlds_were_divided_otherwise_is_not_gone_on_with(tmp_path):
    study, _ = finished(tmp_path)
    before = study.read("manifest.json")
    study.write("manifest.json", {key: value for key, value in before.items() if key != "division"})
    with pytest.raises(InputError, match="its division differs"):
        finished(tmp_path, resume=True)


def test_another_study_in_the_folder_is_left_alone(tmp_path):
    study, _ = finished(tmp_path)
    with pytest.raises(InputError, match="holds a study already"):
        opened(plan(tmp_path), study.folder)
    other = plan(tmp_path, text=SMALL.replace("Does it matter?", "Does it not?"))
    with pytest.raises(InputError, match="its experiment differs"):
        opened(other, study.folder, resume=True)
    assert len(study.done()) == 8


def test_a_ranking_that_luck_cannot_change_is_stable():
    assert share_of_same_order(plan_table([0.0, 5.0, 9.0]), seed=1) == 1.0
    assert share_of_same_order(plan_table([0.0, 0.0, 0.0]), seed=1) < 0.9


def plan_table(means):
    import numpy as np

    return np.random.default_rng(3).normal(size=(8, 3)) + np.array(means)


RANKED = SMALL.replace("replications = 4", "replications = 9").replace(
    "[experiment.sampling]",
    '[experiment.stopping]\nby = "ranking"\nmeasure = "price"\nstep = 2\n\n[experiment.sampling]',
)


def test_a_study_stops_once_its_ranking_is_stable(tmp_path):
    design = plan(tmp_path, text=RANKED)
    outcome = run(design, opened(design, tmp_path / "study"), build=fake)
    assert outcome.stopped_early
    assert outcome.worlds < design.worlds


def test_a_resumed_study_ranks_by_the_rounds_played_and_not_by_what_lies_there(tmp_path, monkeypatch):
    design = plan(tmp_path, text=RANKED)
    early = run(design, opened(design, tmp_path / "study"), build=fake)
    with monkeypatch.context() as changed:
        changed.setattr(runner, "is_stable", lambda *_: False)
        all_rounds = run(design, opened(design, tmp_path / "all"), build=fake)
    assert all_rounds.worlds == design.worlds
    again = run(design, opened(design, tmp_path / "all", resume=True), build=fake)
    assert (again.worlds, again.run) == (early.worlds, 0)
    tables = [(tmp_path / name / TABLE).read_bytes() for name in ("study", "all")]
    assert tables[0] == tables[1]


def test_a_table_appears_whole_or_not_at_all(tmp_path):
    design = plan(tmp_path)
    study = opened(design, tmp_path / "study")
    kept = study.add

    def add(block, content):
        if block.number == 5:
            raise KeyboardInterrupt
        return kept(block, content)

    study.add = add
    with pytest.raises(KeyboardInterrupt):
        run(design, study, build=fake)
    assert sorted(path.name for path in study.folder.iterdir()) == ["manifest.json", "parts"]


def test_the_report_says_what_the_made_up_market_does(tmp_path):
    study, _ = finished(tmp_path)
    page = report.write(study.folder).read_text(encoding="utf-8")
    assert "best is “Calm”" in page
    assert "<svg" in page and "http://" not in page.replace("http://www.w3.org", "").replace("http://purl.org", "").replace(
        "http://creativecommons.org", ""
    )
    data = analysis.frame(study.folder / TABLE, plan(tmp_path))
    gap = analysis.compared(data, "price", "calm", "strict")
    assert gap.low > 0
    assert "<strong>Price:</strong>" in page and "\u00a0USD/mtu (95\u00a0%: " in page and ' role="img" ' in page


def test_an_interval_knows_that_luck_was_the_same_in_all_futures():
    future, luck = np.divmod(np.arange(400), 8)
    by_luck = np.random.default_rng(2).normal(size=8)[luck]
    found = analysis.mean(by_luck, (future, luck))
    alone = analysis.mean(by_luck[:8], (future[:8], luck[:8]))
    assert found.high - found.low == pytest.approx(alone.high - alone.low, rel=0.2)
    assert np.isnan(analysis.mean(by_luck[:3], (future[:3], luck[:3])).low)


def test_what_moves_nothing_is_not_seen_to(tmp_path):
    design = plan(tmp_path, text=SMALL.replace("cells = 6", "cells = 60").replace("count = 3", "count = 8"))
    members = np.array([member for block in design.blocks() for member in block.members])
    data = pd.DataFrame(members, columns=["cell", "future", "replication"])
    data["quota"] = [design.cells[cell].values[0] for cell in data["cell"]]
    data["fear.refusal"] = design.futures[data["future"], 0]
    generator = np.random.default_rng(3)
    luck = generator.normal(size=len(data))
    data["price"] = generator.normal(size=len(design.cells))[data["cell"]] + luck
    assert not any(index.is_seen for index in sensitivity(data, design, "price").values())
    data["price"] = data["quota"] / 1e4 + luck
    seen = {name: index.is_seen for name, index in sensitivity(data, design, "price").items()}
    assert seen == {"quota": True, "fear.refusal": False}


def test_an_address_where_no_scheduler_is_gets_a_sentence(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("lab.experiments.run.PATIENCE", 1)
    with pytest.raises(InputError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        cluster("tcp://127.0.0.1:9")


def started(*words, said):
    """A process of its own, once it has said something."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", *words], cwd=ROOT, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    for line in process.stderr:
        if said in line:
            return process, line
    raise AssertionError(f"{words} ended without saying {said!r}")


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_table_though_a_worker_is_killed(tmp_path):
    pytest.importorskip("distributed")
    whole, _ = finished(tmp_path / "whole")
    processes = []
    try:
        scheduler, line = started(
            "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1", said="Scheduler at"
        )
        processes.append(scheduler)
        address = line.split()[-1]
        for _ in range(2):
            worker, _ = started(
                "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny",
                "--local-directory", str(tmp_path), said="Registered to",
            )  # fmt: skip
            processes.append(worker)
        design = plan(tmp_path / "dask")
        study = opened(design, tmp_path / "dask" / "study")
        doomed, added = processes[-1], study.add

        def add(block, content):
            doomed.kill()
            return added(block, content)

        study.add = add
        outcome = run(design, study, dask=address, build=slow)
        assert outcome.failed == {}
        assert (study.folder / TABLE).read_bytes() == (whole.folder / TABLE).read_bytes()
    finally:
        for process in processes:
            process.kill()
            process.stderr.close()
            process.wait()
