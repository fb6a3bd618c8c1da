"""Plays one block of an experiment and gives its rows as the bytes of a Parquet file."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from lab import months
from lab.experiments import root
from lab.experiments.columns import described
from lab.experiments.design import Block, Design
from lab.experiments.schema import Measure

Vector = NDArray[np.float64]
WHOLE = ("world", "cell", "future", "replication", "seed", "state", "generation")
"""Columns of whole numbers."""
Build = Callable[[Design, Block], Any]
"""Makes the model of a block; see `market`."""

BACK = 0.1
"""Share of its first value within which an outcome counts as recovered."""


def market(design: Design, block: Block) -> Any:
    """The market of a block: the futures' parameters, and the cells' decisions as values by world."""
    from agents.market import Market, Order, Plan

    orders = [
        Order(lever, target, tuple(value.tolist()), month, "experiment")
        for lever, target, month, value in design.decisions(block.cells)
    ]
    replaced = {(order.lever, order.target) for order in orders}
    if design.root is not None:
        kept_on = [d for d in design.root.coming if d.slot not in replaced]
        orders += [Order(d.lever, d.target, d.number_or_nan, d.month, d.source) for d in kept_on]
        return root.market(design.root, seeds(design, block), orders, design.names(), design.own(block))
    kept = tuple(d for d in design.scenario.decisions if (d.lever, d.target) not in replaced)
    return Market(
        design.scenario.model_copy(update={"decisions": kept}),
        seeds=seeds(design, block),
        orders=orders,
        record=Plan(outcomes=design.names()),
        own=design.own(block),
    )


def seeds(design: Design, block: Block) -> list[int]:
    """Seed of each world of a block, or number of its luck if it begins in a saved game.

    A replication has the same luck in every cell and future.
    """
    return [design.experiment.seed + replication for *_, replication in block.members]


def play(design: Design, block: Block, build: Build = market) -> bytes:
    """Play a block and give its rows, a Parquet file, in the order of its worlds."""
    from agents.bookmarks import fingerprints

    model = build(design, block)
    for _ in range(design.months):
        model.step()
    states = fingerprints(model.snapshot())
    table = rows(design, block, np.asarray(model.record.values), tuple(model.record.outcomes), states)
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def schema(design: Design) -> pa.Schema:
    """Columns of the table; each number's field carries its unit and meaning."""
    kinds = {"policy": pa.string(), **dict.fromkeys(WHOLE, pa.int64())}
    return pa.schema(
        pa.field(
            name,
            kinds.get(name) or (pa.list_(pa.float64()) if name.startswith("path.") else pa.float64()),
            False,
            {"unit": unit, "help": text} if unit else {"help": text},
        )
        for name, (unit, text) in described(design).items()
    )


def rows(design: Design, block: Block, values: Vector, names: tuple[str, ...], states: NDArray[np.int64]) -> pa.Table:
    """The table of a block.

    Args:
        design, block: what was played.
        values: recorded outcomes, (months, outcomes, worlds).
        names: their names.
        states: fingerprints of the worlds' last states.
    """
    experiment = design.experiment
    count, cells, futures = len(block.members), block.cells, list(block.futures)
    titles = [policy.name for policy in experiment.policies] or ["as_it_stands"]
    columns: list[Any] = [
        np.arange(block.first, block.first + count),
        np.array(cells),
        np.array(futures),
        np.array([replication for *_, replication in block.members]),
        np.array(seeds(design, block), np.int64),
        [titles[design.cells[cell].policy] for cell in cells],
        states,
    ]
    if experiment.sampling.method == "search":
        columns.append(np.array([design.cells[cell].generation for cell in cells]))
    columns += [np.array([design.cells[c].values[j] for c in cells]) for j in range(len(experiment.levers))]
    columns += list(design.futures[futures].T)[: len(experiment.uncertainties)]
    row = {name: i for i, name in enumerate(names)}
    columns += [measured(design, measure, values[:, row[measure.outcome]]) for measure in experiment.measures]
    ends = year_ends(design)
    starts = np.arange(0, count * len(ends) + 1, len(ends), dtype=np.int32)
    for name in experiment.paths:
        columns.append(pa.ListArray.from_arrays(starts, np.ascontiguousarray(values[ends, row[name]].T).ravel()))
    known = schema(design)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, known, strict=True)]
    return pa.table(arrays, schema=known)


def year_ends(design: Design) -> list[int]:
    """Places of the Decembers played, and of the last month."""
    start = months.at(design.scenario.start, design.first)
    return [i for i in range(design.months) if i == design.months - 1 or months.at(start, i).endswith("-12")]


def measured(design: Design, measure: Measure, values: Vector) -> Vector:
    """What a measure makes of an outcome's months, (worlds,); the sum goes month by month, so width changes nothing."""
    first = design.place(measure.first) - design.first
    last = design.months - 1 if measure.last == "end" else design.place(measure.last) - design.first
    part = values[first : last + 1]
    if measure.how == "last":
        return part[-1].copy()
    if measure.how == "max":
        return part.max(axis=0)
    if measure.how == "min":
        return part.min(axis=0)
    if measure.how == "recovery":
        return recovery(part)
    total = part[0].copy()
    for month in part[1:]:
        total = total + month
    return total if measure.how == "sum" else total / len(part)


def recovery(part: Vector) -> Vector:
    """Months until a path has come back for good within a tenth of its first value; all of them if it never does."""
    away = np.abs(part - part[0]) > BACK * np.maximum(np.abs(part[0]), 1e-12)
    after = np.arange(1, len(part) + 1)[:, None]
    return np.where(away, after, 0).max(axis=0).astype(float) + math.copysign(0.0, 1.0)
