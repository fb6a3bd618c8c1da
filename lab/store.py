"""The tables of a run as Parquet files in a folder that appears whole or not at all."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lab import months
from lab.options import InputError, Job
from lab.run import Block
from lab.version import heavystone
from sim import outcomes

VERSIONED = ("numpy", "numba", "mesa", "pyarrow")
TABLES = ("monthly.parquet", "flows.parquet", "decisions.parquet", "events.parquet", "manifest.json")
ROWS = 65_536
"""Rows that a group of rows has at most, unless a single world has more."""

WORD = pa.dictionary(pa.int32(), pa.string())
INDEX = (
    pa.field("world", pa.int64(), False, {"help": "Seed of the world"}),
    pa.field("month", pa.date32(), False, {"help": "First day of the month"}),
)
FLOWS = pa.schema(
    (
        *INDEX,
        pa.field("arc", WORD, False, {"help": "Name of the way in the scenario"}),
        pa.field("kind", WORD, False, {"help": "route, refine, forms, gate, downgrade or switch"}),
        pa.field("good", WORD, False, {"help": "concentrate, controlled or uncontrolled"}),
        pa.field("grade", WORD, False, {"help": "eligible or any, where it sets out"}),
        pa.field("origin", WORD, False, {"help": "Region"}),
        pa.field("destination", WORD, False, {"help": "Region"}),
        pa.field("tonnes", pa.float64(), False, {"unit": "t W/month", "help": "Mean over the period"}),
        pa.field("licensed", pa.bool_(), False, {"help": "Whether it needs a Chinese export licence"}),
    )
)
DECISIONS = pa.schema(
    (
        *INDEX,
        pa.field("lever", WORD, False),
        pa.field("target", WORD, False, {"help": "Empty if the lever has no target"}),
        pa.field("value", pa.float64(), False, {"help": "In the lever's unit, or the position of a choice"}),
        pa.field("source", WORD, False, {"help": "scenario, set (by the user) or rule (the role's own)"}),
    )
)
EVENTS = pa.schema(
    (
        *INDEX,
        pa.field("event", WORD, False),
        pa.field("target", WORD, False),
        pa.field("size", pa.float64(), False, {"unit": "factor"}),
    )
)


def monthly_schema(job: Job) -> pa.Schema:
    """Columns of monthly.parquet; each outcome's field carries its unit and help."""
    known = outcomes.registry(job.scenario)
    fields = [
        pa.field(name, pa.float64(), False, {"unit": known[name].unit, "help": known[name].help})
        for name in job.outcomes
    ]
    return pa.schema((*INDEX, *fields))


class Store:
    """Writes a run's blocks into a folder beside the wanted one, and gives it its name when all is written.

    Used as `with Store(job, folder) as store: ... store.add(block)`. If anything fails, nothing is left.
    """

    def __init__(self, job: Job, folder: Path) -> None:
        """Prepare to write.

        Raises:
            InputError: the folder exists and is not empty, or something else bears its name.
        """
        self.job = job
        self.folder = folder
        self._days = np.array([], "datetime64[D]")
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._made: list[Path] = []
        with _sentences(self.folder):
            if folder.is_dir() and any(folder.iterdir()):
                raise InputError(f"--out: {folder} exists and is not empty; name a new or an empty folder.")
            if folder.exists() and not folder.is_dir():
                raise InputError(f"--out: {folder} is a file; name a new or an empty folder.")

    def __enter__(self) -> Store:
        try:
            with _sentences(self.folder):
                place = self.folder.absolute()
                self._make_parents(place.parent)
                self._draft = place.parent / f".{place.name}.{os.getpid()}.part"
                self._draft.mkdir()
                self._made.append(self._draft)
                schemas = {"monthly": monthly_schema(self.job), "flows": FLOWS, "decisions": DECISIONS}
                for name, schema in (schemas | {"events": EVENTS}).items():
                    # numbers hardly repeat, so only the other columns gain from a dictionary
                    repeating = [field.name for field in schema if field.type != pa.float64()]
                    path = self._draft / f"{name}.parquet"
                    self._writers[name] = pq.ParquetWriter(
                        path, schema, compression="zstd", use_dictionary=repeating
                    )
        except BaseException:
            self._clear_away()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                with _sentences(self.folder):
                    self._finish()
        finally:
            self._clear_away()

    def add(self, block: Block) -> None:
        """Append a block to the tables; blocks come in the order of their worlds.

        Raises:
            InputError: the disk is full, or the folder cannot be written any more.
        """
        first = np.datetime64(self.job.scenario.start, "M")
        self._days = (first + np.arange(self.job.months)).astype("datetime64[D]")
        with _sentences(self.folder):
            self._add_monthly(block)
            self._add_flows(block)
            self._add_decisions(block)
            self._add_events(block)

    def _add_monthly(self, block: Block) -> None:
        row = {name: i for i, name in enumerate(block.outcomes)}
        writer = self._writers["monthly"]
        for worlds in _groups(block, len(block.times)):
            columns = _index(block, worlds, self._days[list(block.times)], 1)
            columns += [_column(block.values[:, row[name], worlds].T) for name in self.job.outcomes]
            writer.write_table(pa.table(columns, schema=writer.schema))

    def _add_flows(self, block: Block) -> None:
        if block.flows is None:
            return
        writer, arcs, times = self._writers["flows"], block.arcs, len(block.times)
        described: dict[str, list[str]] = {
            "arc": [arc.key for arc in arcs],
            "kind": [arc.kind for arc in arcs],
            "good": [arc.form for arc in arcs],
            "grade": [arc.origin.split(".")[-1] for arc in arcs],
            "origin": [arc.origin.split(".")[0] for arc in arcs],
            "destination": [arc.destination.split(".")[0] for arc in arcs],
        }
        licensed = np.array([arc.licensed for arc in arcs])
        for worlds in _groups(block, times * len(arcs)):
            repeats = times * (worlds.stop - worlds.start)
            columns = _index(block, worlds, self._days[list(block.times)], len(arcs))
            columns += [_words(names, repeats) for names in described.values()]
            columns.append(_column(block.flows[:, :, worlds].transpose(2, 0, 1)))
            columns.append(pa.array(np.tile(licensed, repeats)))
            writer.write_table(pa.table(columns, schema=FLOWS))

    def _add_decisions(self, block: Block) -> None:
        """Append a row where a world's own decision changed, not where another world's did."""
        last: dict[tuple[str, str], tuple[np.ndarray, str]] = {}
        nothing = (np.full(len(block.seeds), np.nan), "rule")
        rows = []
        for month, lever, target, values, source in block.decisions:
            values = np.broadcast_to(values, (len(block.seeds),))
            before, decider = last.get((lever, target), nothing)
            same = (values == before) | (np.isnan(values) & np.isnan(before))
            last[lever, target] = (values, source)
            same &= source == decider
            rows.append((np.flatnonzero(~same), month, (lever, target, source), values))
        self._add_rows("decisions", block, rows, ("lever", "target", "source"), "value")

    def _add_events(self, block: Block) -> None:
        rows = [
            (np.flatnonzero(sizes), month, (event, target), sizes)
            for month, event, target, values in block.events
            for sizes in [np.broadcast_to(np.asarray(values, float), (len(block.seeds),))]
        ]
        self._add_rows("events", block, rows, ("event", "target"), "size")

    def _add_rows(
        self,
        table: str,
        block: Block,
        rows: Sequence[tuple[np.ndarray, int, tuple[str, ...], np.ndarray]],
        words: tuple[str, ...],
        number: str,
    ) -> None:
        """Append rows given as (worlds, month, words, values), sorted by world and then as given."""
        if not rows:
            return
        counts = [len(worlds) for worlds, *_ in rows]
        worlds = np.concatenate([worlds for worlds, *_ in rows])
        order = np.argsort(worlds, kind="stable")
        columns: dict[str, Any] = {
            "world": pa.array((worlds + block.seeds.start)[order]),
            "month": _dates(np.repeat(self._days[[month for _, month, *_ in rows]], counts)[order]),
            number: pa.array(np.concatenate([values[hit] for hit, _, _, values in rows])[order]),
        }
        for i, word in enumerate(words):
            names = [texts[i] for _, _, texts, _ in rows]
            known = sorted(set(names))
            codes = np.repeat([known.index(name) for name in names], counts)[order]
            columns[word] = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(known))
        writer = self._writers[table]
        writer.write_table(pa.table([columns[name] for name in writer.schema.names], schema=writer.schema))

    def _finish(self) -> None:
        while self._writers:
            self._writers.popitem()[1].close()
        text = json.dumps(manifest(self.job), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        (self._draft / "manifest.json").write_text(text + "\n", encoding="utf-8")
        if self.folder.is_dir():
            self.folder.rmdir()
        self._draft.rename(self.folder.absolute())
        self._made.clear()

    def _make_parents(self, folder: Path) -> None:
        if not folder.exists():
            self._make_parents(folder.parent)
            folder.mkdir()
            self._made.append(folder)

    def _clear_away(self) -> None:
        """Leave nothing behind of what was begun."""
        while self._writers:
            try:
                self._writers.popitem()[1].close()
            except OSError:
                continue
        while self._made:
            shutil.rmtree(self._made.pop(), ignore_errors=True)


@contextmanager
def _sentences(folder: Path) -> Iterator[None]:
    """Turns what the operating system says of the folder into a sentence for the user."""
    try:
        yield
    except OSError as error:
        raise InputError(f"--out: {folder} cannot be written: {error.strerror or error}.") from error


def manifest(job: Job) -> dict[str, Any]:
    """What was run, so that it can be run again; the same job gives the same manifest."""
    scenario = job.scenario
    return {
        "scenario": {"name": scenario.name, "title": scenario.title, "digest": scenario.digest},
        "overrides": [
            {
                "lever": item.lever,
                "target": item.target,
                "value": item.typed if item.is_word else item.value,
                "month": months.at(scenario.start, item.month),
            }
            for item in job.settings
        ],
        "seeds": {"first": job.seed, "last": job.last_seed, "worlds": job.worlds},
        "start": scenario.start,
        "end": job.end,
        "every": job.every,
        "outcomes": list(job.outcomes),
        "versions": {"heavystone": heavystone(), "python": platform.python_version()}
        | {package: version(package) for package in VERSIONED},
    }


def _groups(block: Block, rows_per_world: int) -> Iterator[slice]:
    """Worlds of a block, in groups that each make a group of rows."""
    width = max(1, ROWS // max(1, rows_per_world))
    for i in range(0, len(block.seeds), width):
        yield slice(i, min(i + width, len(block.seeds)))


def _index(block: Block, worlds: slice, days: np.ndarray, rows_per_month: int) -> list[pa.Array]:
    """Columns `world` and `month`, sorted by world."""
    seeds = np.arange(worlds.start, worlds.stop) + block.seeds.start
    month = np.tile(np.repeat(days, rows_per_month), len(seeds))
    return [pa.array(np.repeat(seeds, len(days) * rows_per_month)), _dates(month)]


def _dates(days: np.ndarray) -> pa.Array:
    return pa.array(days, pa.date32())


def _column(values: np.ndarray) -> pa.Array:
    return pa.array(np.ascontiguousarray(values).reshape(-1))


def _words(names: list[str], repeats: int) -> pa.Array:
    """The names one after another, over and over."""
    known = sorted(set(names))
    codes = np.tile(np.array([known.index(name) for name in names], np.int32), repeats)
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(known))
