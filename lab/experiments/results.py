"""The folder of a study: a manifest, one Parquet part for each block, and the whole table at the end."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lab.experiments.columns import described
from lab.experiments.design import SHARES, WORTH_SHARING, Block, Design
from lab.experiments.root import FILE as ROOT
from lab.options import InputError
from lab.version import heavystone

VERSIONED = ("numpy", "numba", "mesa", "pyarrow", "scipy")
TABLE = "worlds.parquet"
MANIFEST = "manifest.json"
HASHED = 16
"""Digits of a part's hash in its name."""


class Study:
    """What a study has written so far; every file is written beside and renamed, so a kill leaves no half of one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts = folder / "parts"

    # --- opening ---------------------------------------------------------------------------------

    def open(self, design: Design, resume: bool) -> None:
        """Begin a study in a new or empty folder, or go on with one.

        Raises:
            InputError: the folder holds something else, or another experiment, or cannot be written.
        """
        with self._sentences():
            there = self.folder.exists()
            if there and not self.folder.is_dir():
                raise InputError(f"--out: {self.folder} is a file; name a new or an empty folder.")
            if there and any(self.folder.iterdir()):
                self._check(design, resume)
                return
            self.parts.mkdir(parents=True, exist_ok=True)
            if design.root is not None:
                _put(self.folder / ROOT, design.root.text.encode())
            self.write(MANIFEST, manifest(design))

    def _check(self, design: Design, resume: bool) -> None:
        if not (self.folder / MANIFEST).is_file():
            raise InputError(f"--out: {self.folder} is not empty and holds no study; name a new or an empty folder.")
        if not resume:
            raise InputError(f"--out: {self.folder} holds a study already; give --resume to go on with it.")
        before, now = self.read(MANIFEST), manifest(design)
        for key in ("experiment", "scenario", "root", "worlds", "width", "division"):
            if before.get(key) != now[key]:
                raise InputError(
                    f"--resume: {self.folder} holds another study (its {key} differs); name another folder."
                )
        if before["versions"] != now["versions"]:
            changed = [name for name, v in now["versions"].items() if before["versions"].get(name) != v]
            raise InputError(f"--resume: {self.folder} was begun with another version of {', '.join(changed)}.")
        self.parts.mkdir(exist_ok=True)
        for left in [*self.parts.glob(".*"), *self.folder.glob(".*.part")]:
            left.unlink()

    # --- parts -----------------------------------------------------------------------------------

    def done(self) -> dict[int, Path]:
        """Parts that are whole, by number of their block; a part that is not what its name says is taken away."""
        found = {}
        for path in sorted(self.parts.glob("*.parquet")):
            number, digest, _ = path.name.split(".")
            if hashlib.sha256(path.read_bytes()).hexdigest()[:HASHED] == digest:
                found[int(number)] = path
            else:
                path.unlink()
        return found

    def holds(self, design: Design, block: Block, part: Path) -> bool:
        """Whether a part holds the settings of a block; a search may come to others, and the part is taken away then."""
        if design.experiment.sampling.method != "search":
            return True
        names = [lever.name for lever in design.experiment.levers]
        columns = pq.read_table(part, columns=["cell", *names])
        wanted = [np.array([design.cells[cell].values[j] for cell in block.cells]) for j in range(len(names))]
        same = columns["cell"].to_pylist() == list(block.cells) and all(
            np.array_equal(columns[name].to_numpy(), values, equal_nan=True)
            for name, values in zip(names, wanted, strict=True)
        )
        if not same:
            part.unlink()
        return same

    def cut(self, number: int) -> None:
        """Take away parts of this block and later ones, which a search no longer comes to."""
        for found, path in self.done().items():
            if found >= number:
                path.unlink()

    def rows(self, parts: list[Path]) -> Any:
        """The worlds of some parts as a pandas frame, without paths."""
        import pandas as pd

        found = []
        for part in parts:
            schema = pq.read_schema(part)
            plain = [name for name in schema.names if not name.startswith("path.")]
            found.append(pq.read_table(part, columns=plain).to_pandas())
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame()

    def add(self, block: Block, content: bytes) -> Path:
        """Keep a block's rows, and give their place.

        Raises:
            InputError: the disk is full, or the folder cannot be written any more.
        """
        digest = hashlib.sha256(content).hexdigest()[:HASHED]
        path = self.parts / f"{block.number:07d}.{digest}.parquet"
        with self._sentences():
            _put(path, content)
        return path

    @contextmanager
    def joined(self) -> Iterator[Joined]:
        """The whole table as it grows; it has its name when everything is in it, and before that leaves nothing."""
        table = Joined(self.folder / f".{TABLE}.part", self._sentences)
        try:
            yield table
            table.close()
            if table.rows:
                with self._sentences():
                    os.replace(table.draft, self.folder / TABLE)
        finally:
            table.abandon()

    def table(self, columns: list[str] | None = None) -> pa.Table:
        """The whole table, or some of its columns."""
        return pq.read_table(self.folder / TABLE, columns=columns)

    # --- other files -----------------------------------------------------------------------------

    def write(self, name: str, content: Any) -> None:
        """Write a JSON file."""
        text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        with self._sentences():
            _put(self.folder / name, text.encode())

    def read(self, name: str) -> Any:
        """Read a JSON file of the study."""
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise InputError(f"--out: {self.folder} cannot be written: {error.strerror or error}.") from error


class Joined:
    """Writes the parts of a study as one table, in the order of their blocks, as soon as each has its turn."""

    def __init__(self, draft: Path, sentences: Callable[[], AbstractContextManager[None]]) -> None:
        self.draft = draft
        self.rows = 0
        self._sentences = sentences
        self._writer: pq.ParquetWriter | None = None
        self._settled: dict[int, Path | None] = {}
        self._next = 0

    def settle(self, number: int, part: Path | None) -> None:
        """Take a block's part, None if it has none, and write what has its turn.

        Raises:
            InputError: the disk is full, or the folder cannot be written any more.
        """
        self._settled[number] = part
        with self._sentences():
            while self._next in self._settled:
                ready = self._settled.pop(self._next)
                self._next += 1
                if ready is not None:
                    table = pq.read_table(ready)
                    self._writer = self._writer or pq.ParquetWriter(self.draft, table.schema, compression="zstd")
                    self._writer.write_table(table)
                    self.rows += len(table)

    def close(self) -> None:
        """Write what is still in memory.

        Raises:
            InputError: the disk is full, or the folder cannot be written any more.
        """
        writer, self._writer = self._writer, None
        if writer is not None:
            with self._sentences():
                writer.close()

    def abandon(self) -> None:
        """Leave no half of a table behind."""
        with suppress(OSError, InputError):
            self.close()
        self.draft.unlink(missing_ok=True)


def manifest(design: Design) -> dict[str, Any]:
    """What the study is, so that it can be run again."""
    experiment, scenario = design.experiment, design.scenario
    return {
        "experiment": {"name": experiment.name, "digest": experiment.digest},
        "definition": experiment.model_dump(mode="json"),
        "scenario": {"name": scenario.name, "digest": scenario.digest},
        "root": design.root and {"digest": design.root.digest, "month": design.root.date},
        "worlds": design.worlds,
        "cells": len(design.cells),
        "futures": len(design.futures),
        "replications": design.replications,
        "width": design.width,
        "division": {"shares": SHARES, "worth_sharing": WORTH_SHARING},
        "seeds": {"first": experiment.seed, "last": experiment.seed + design.replications - 1},
        "months": design.months,
        "units": {name: unit for name, (unit, _) in described(design).items() if unit},
        "versions": {"heavystone": heavystone(), "python": platform.python_version()}
        | {package: version(package) for package in VERSIONED},
    }


def _put(path: Path, content: bytes) -> None:
    """Write a file beside, force it to the disk, and give it its name."""
    draft = path.parent / f".{path.name}.part"
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
