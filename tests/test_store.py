"""Tables of a run: what they hold, that they repeat, and that they appear whole or not at all."""

import datetime
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from lab import run
from lab.options import InputError
from lab.store import TABLES, Store
from sim import outcomes
from tests.fake_market import FakeMarket, build
from tests.small_runs import job, written

TWO = ["price.apt.rotterdam", "supply.mine.world"]


def read(folder, name):
    return pq.read_table(folder / f"{name}.parquet")


def test_a_run_writes_its_tables_and_nothing_else(tmp_path):
    folder = written(tmp_path / "out")
    assert sorted(path.name for path in folder.iterdir()) == sorted(TABLES)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_monthly_has_a_row_for_each_world_and_month_and_a_column_for_each_outcome(tmp_path):
    table = read(written(tmp_path / "out", worlds=3, seed=7), "monthly")
    known = outcomes.registry(job().scenario)
    assert table.schema.names == ["world", "month", *known]
    assert str(table.schema.field("world").type) == "int64"
    assert str(table.schema.field("month").type) == "date32[day]"
    assert table["world"].to_pylist() == [seed for seed in (7, 8, 9) for _ in range(24)]
    assert table["month"].to_pylist()[:2] == [datetime.date(2025, 1, 1), datetime.date(2025, 2, 1)]
    assert table["month"].to_pylist()[-1] == datetime.date(2026, 12, 1)
    for name, outcome in known.items():
        assert table.schema.field(name).metadata[b"unit"].decode() == outcome.unit


def test_monthly_holds_what_the_market_recorded(tmp_path):
    table = read(written(tmp_path / "out", worlds=3, names=TWO), "monthly")
    [block] = run.play(job(worlds=3), TWO, build=build)
    for i, name in enumerate(TWO):
        np.testing.assert_array_equal(table[name].to_numpy().reshape(3, 24), block.values[:, i].T)


def test_only_the_outcomes_that_were_asked_for_are_written(tmp_path):
    table = read(written(tmp_path / "out", names=["supply.mine.world", "price.apt.r*"]), "monthly")
    assert table.schema.names == ["world", "month", *TWO]


@pytest.mark.parametrize(("every", "months"), [("quarter", ["03", "06", "09", "12"]), ("year", ["12"])])
def test_records_of_quarters_and_years_carry_their_last_month(tmp_path, every, months):
    table = read(written(tmp_path / "out", every=every, names=TWO), "monthly")
    assert [f"{day:%m}" for day in table["month"].to_pylist()] == months * 2


def test_flows_name_region_good_and_licence_of_every_arc(tmp_path):
    folder = written(tmp_path / "out", worlds=2, until="2025-02")
    table, arcs = read(folder, "flows"), job().scenario.arcs
    assert table.num_rows == 2 * 2 * len(arcs)
    regions = {region.key for region in job().scenario.regions}
    assert {*table["origin"].to_pylist(), *table["destination"].to_pylist()} <= regions
    assert table["arc"].to_pylist()[: len(arcs)] == [arc.key for arc in arcs]
    assert table["good"].to_pylist()[-len(arcs) :] == [arc.form for arc in arcs]
    assert table["licensed"].to_pylist()[: len(arcs)] == [arc.licensed for arc in arcs]
    tonnes = table["tonnes"].to_numpy().reshape(2, 2, len(arcs))
    np.testing.assert_array_equal(tonnes[1, 1], np.arange(len(arcs)) + 0.01)


def test_a_decision_leaves_a_row_in_the_worlds_in_which_it_changed(tmp_path):
    setting = "china.licence_approval[us]=0.2@2026-05"
    table = read(written(tmp_path / "out", worlds=2, set_=[setting]), "decisions").to_pylist()
    of_world = [[row for row in table if row["world"] == world] for world in (1, 2)]
    quiet = [row for row in of_world[1] if row["lever"] == "china.retaliation"]
    moved = [row["value"] for row in of_world[0] if row["lever"] == "china.retaliation"]
    assert len(quiet) == 1
    assert moved == [0.0, 0.1, 0.0, 0.1]
    [chosen] = [row for row in of_world[1] if row["source"] == "set"]
    assert (chosen["lever"], chosen["target"], chosen["value"]) == ("china.licence_approval", "us", 0.2)
    assert chosen["month"] == datetime.date(2026, 5, 1)


def test_an_event_leaves_a_row_in_the_worlds_that_it_struck(tmp_path):
    table = read(written(tmp_path / "out", worlds=3), "events").to_pylist()
    assert [(row["world"], row["month"].year, row["size"]) for row in table] == [
        (2, 2026, 0.5),
        (3, 2025, 0.5),
    ]


def test_a_world_is_the_same_in_a_block_alone_and_with_workers(tmp_path, monkeypatch):
    options = {"names": TWO, "set_": ["china.mining_quota=50000@2025-06"]}
    block = written(tmp_path / "block", worlds=5, seed=1, **options)
    alone = written(tmp_path / "alone", worlds=1, seed=4, **options)
    monkeypatch.setattr(run, "WIDEST", 2)
    shared = written(tmp_path / "shared", worlds=5, seed=1, workers=2, **options)
    for name in ("monthly", "flows", "decisions", "events"):
        whole = read(block, name)
        assert whole.equals(read(shared, name))
        assert whole.filter(np.array(whole["world"]) == 4).to_pylist() == read(alone, name).to_pylist()


def test_the_same_run_writes_the_same_bytes(tmp_path):
    folders = [written(tmp_path / name, worlds=2) for name in "ab"]
    for name in TABLES:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()


def test_the_manifest_says_what_was_run(tmp_path):
    settings = ["kazakhstan.award[bakuta]=us@2025-03", "china.mining_quota=60000", "china.retaliation=rule"]
    folder = written(tmp_path / "out", worlds=4, seed=11, set_=settings, names=TWO, every="quarter")
    found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert found["scenario"]["name"] == "central_asia_2025"
    assert found["scenario"]["digest"] == job().scenario.digest
    assert found["overrides"] == [
        {"lever": "kazakhstan.award", "target": "bakuta", "value": "us", "month": "2025-03"},
        {"lever": "china.mining_quota", "target": "", "value": 60000.0, "month": "2025-01"},
        {"lever": "china.retaliation", "target": "", "value": "rule", "month": "2025-01"},
    ]
    assert found["seeds"] == {"first": 11, "last": 14, "worlds": 4}
    assert (found["start"], found["end"], found["every"]) == ("2025-01", "2026-12", "quarter")
    assert found["outcomes"] == TWO
    assert set(found["versions"]) == {"heavystone", "python", "numpy", "numba", "mesa", "pyarrow"}
    assert found["versions"]["numpy"] == np.__version__


class Fails(FakeMarket):
    fails_in_month = 20


def failing_build(job, seeds, recorded):
    return Fails(job.scenario, seeds, job.settings, recorded, job.every, True)


def test_a_failure_leaves_nothing_behind(tmp_path):
    with pytest.raises(RuntimeError, match="on purpose"):
        written(tmp_path / "new" / "deeper" / "out", build=failing_build)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_an_empty_folder_empty(tmp_path):
    with pytest.raises(RuntimeError):
        written(tmp_path, build=failing_build)
    assert list(tmp_path.iterdir()) == []
    assert list(tmp_path.parent.glob("*.part")) == []


def test_an_interruption_leaves_nothing_behind(tmp_path):
    with pytest.raises(KeyboardInterrupt), Store(job(), tmp_path / "out"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    assert len(list(written(tmp_path / "out").iterdir())) == len(TABLES)


def test_a_folder_with_something_in_it_is_refused_and_kept(tmp_path):
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(InputError, match="is not empty"):
        written(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_that_filled_up_during_the_run_is_refused_and_kept(tmp_path):
    out = tmp_path / "out"
    with pytest.raises(InputError, match="cannot be written"), Store(job(), out):
        out.mkdir()
        (out / "mine.txt").write_text("keep", encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "out").write_text("keep", encoding="utf-8")
    with pytest.raises(InputError, match="is a file"):
        written(tmp_path / "out")
    with pytest.raises(InputError, match="cannot be written"):
        written(tmp_path / "out" / "below")
