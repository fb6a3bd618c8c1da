"""What is typed for a study and cannot be done: one sentence, exit code 2, and what was there before is intact."""

import json
import os
import subprocess
import sys

import pytest

import main
from lab.experiments.results import TABLE
from lab.experiments.run import run
from lab.run import WIDEST
from tests.fake_study import SMALL, fake, opened, plan
from tests.source_reading import ROOT


@pytest.fixture
def said(capsys):
    """Runs a command line that must be refused, and gives its one sentence."""

    def refused(*words):
        assert main.main([*map(str, words)]) == 2
        told = capsys.readouterr()
        assert told.out == "" and told.err.count("\n") == 1
        return told.err

    return refused


@pytest.fixture
def finished(tmp_path):
    """A small study, finished, and everything in its folder."""
    design = plan(tmp_path)
    study = opened(design, tmp_path / "study")
    run(design, study, build=fake)
    return study


def files(folder):
    """Content of every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def written(folder, text):
    """An experiment file."""
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_too_many_cells_are_counted_and_refused_whatever_number_of_worlds_is_asked_for(said, tmp_path):
    many = written(tmp_path, SMALL.replace("cells = 6", "cells = 50_000"))
    out = ("--out", tmp_path / "study")
    told = "300,000 cells (policies, settings and futures) of 4 worlds each come to 1,200,000 worlds, more than 100,000;"
    assert told in said("explore", many, *out)
    assert "300,000 cells" in said("explore", many, "--worlds", 100, *out)
    text = SMALL.replace("cells = 6", "cells = 1_000_000").replace("replications = 4", "replications = 40")
    most = written(tmp_path, text)
    assert "240,000,000 worlds, more than 100,000,000;" in said("explore", most, "--yes", *out)
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"china.mining_quota"', '"china.mining_quotas"', "unknown lever 'china.mining_quotas'"),
        ("high = 80000.0", "high = 40000.0", "the range 40000 to 40000 is not allowed; it must not be empty"),
        ('parameter = "fear.refusal"', 'parameter = "fear.refusal"\nlow = 2.0\nhigh = 1.0', "the range 2 to 1 is empty"),
        ('outcome = "price.apt.rotterdam"', 'outcome = "price.apt.roterdam"', "is not a known outcome"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_before_anything_is_written(said, tmp_path, old, new, sentence):
    assert sentence in said("explore", written(tmp_path, SMALL.replace(old, new)), "--out", tmp_path / "study")
    assert not (tmp_path / "study").exists()


def test_a_folder_of_another_study_and_a_silent_cluster_leave_it_as_it_was(said, finished, tmp_path, monkeypatch):
    monkeypatch.setattr("lab.experiments.run.PATIENCE", 1)
    before = files(finished.folder)
    other = written(tmp_path, SMALL.replace("Does it matter?", "Does it not?"))
    assert "holds another study" in said("explore", other, "--out", finished.folder, "--resume")
    assert "holds a study already" in said("explore", other, "--out", finished.folder)
    pytest.importorskip("distributed")
    silent = said("explore", other, "--out", finished.folder, "--dask", "tcp://127.0.0.1:9")
    assert "no Dask scheduler answers at 'tcp://127.0.0.1:9'" in silent
    assert files(finished.folder) == before


def test_a_save_that_is_none_or_has_no_month_left_is_refused(said, tmp_path):
    path = written(tmp_path, SMALL)
    assert "--from:" in said("explore", path, "--from", path, "--out", tmp_path / "study")
    assert "--from:" in said("explore", path, "--from", tmp_path / "none.json", "--out", tmp_path / "study")
    assert "allowed is 0 to 143" in said("explore", path, "--out", tmp_path / "study", "--world", 144)
    assert not (tmp_path / "study").exists()


FULL = """
import resource, sys
from pathlib import Path
from rich.console import Console
import main
from lab.experiments import command
from tests.fake_study import fake
request = command.Request(sys.argv[1], None, 1, "", Path(sys.argv[2]), True, False, None, None, None)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    command.go(request, Console(), Console(stderr=True), build=fake)
except Exception as error:
    sys.exit(main.refused(error) or main.failed(error))
"""


def test_on_a_full_disk_a_study_says_so_and_goes_on_where_it_stood(finished, tmp_path):
    design, whole = plan(tmp_path, width=WIDEST), (finished.folder / TABLE)
    study = opened(design, tmp_path / "full")
    path = written(tmp_path, SMALL)

    def limited(size):
        words = [sys.executable, "-W", "ignore", "-c", FULL, str(path), str(study.folder), str(size)]
        return subprocess.run(
            words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
        )

    before = files(study.folder)
    done = limited(6_000)
    assert done.returncode == 2
    assert "cannot be written: File too large." in done.stderr and done.stderr.count("\n") == 1
    assert files(study.folder) == before
    assert limited(2**30).returncode == 0
    assert json.loads((study.folder / "outcome.json").read_text())["worlds"] == 144
    assert whole.is_file()
