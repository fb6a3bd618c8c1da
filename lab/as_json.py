"""What programs read after a headless run: one JSON object whose form stays stable."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from lab import months
from lab.results import BALANCES, NEVER, PERCENTILES, Results, Vector, bands
from sim import outcomes

FORMAT = 1
"""Version of the form; raised only when a program that reads it would have to change."""

FIGURES = 12
"""Significant figures of the numbers."""


def dumped(content: Any) -> str:
    """JSON text with sorted keys."""
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)


def report(results: Results) -> dict[str, Any]:
    """The run as plain data.

    Its form is described in `docs/output.md`. A number that does not exist is None.
    """
    job = results.job
    known = outcomes.registry(job.scenario)
    last = len(results.shown) - 1
    kept = [i for i, month in enumerate(results.shown_months) if i == last or month.endswith("-12")]
    shown = [results.shown_months[i] for i in kept]
    return {
        "format": FORMAT,
        "scenario": {
            "name": job.scenario.name,
            "title": job.scenario.title,
            "digest": job.scenario.digest,
        },
        "seeds": {"first": job.seed, "last": job.last_seed, "worlds": job.worlds},
        "months": {"first": job.scenario.start, "last": job.end, "every": job.every, "shown": shown},
        "set": [
            {
                "lever": item.lever,
                "target": item.target,
                "value": item.typed if item.is_word else item.value,
                "month": months.at(job.scenario.start, item.month),
            }
            for item in job.settings
        ],
        "outcomes": {
            name: {
                "unit": known[name].unit,
                "values": dict(zip(shown, _spread(results.of(name)[kept]), strict=True)),
            }
            for name in job.outcomes
        },
        "mines": {key: _opening(results, i) for i, key in enumerate(results.projects)},
        "stages": list(outcomes.STAGES),
        "books": {
            name: {"largest": _rounded(results.imbalance[name]), "unit": known[name].unit}
            for name in BALANCES
        },
    }


def _spread(values: Vector) -> list[Any]:
    """A number for each month if there is one world, and percentiles otherwise."""
    if values.shape[-1] == 1:
        return [_rounded(value) for value in values[:, 0]]
    names = [f"p{percentile}" for percentile in PERCENTILES]
    return [dict(zip(names, map(_rounded, three), strict=True)) for three in bands(values).T]


def _opening(results: Results, place: int) -> dict[str, Any]:
    opened = results.opened[place]
    start = results.job.scenario.start
    there = opened[opened != NEVER].astype(np.float64)
    month: Any = None
    if there.size:
        three = [months.at(start, round(value)) for value in bands(there)]
        names = [f"p{percentile}" for percentile in PERCENTILES]
        month = three[1] if results.job.worlds == 1 else dict(zip(names, three, strict=True))
    return {"opened": _rounded(there.size / opened.size), "month": month}


def _rounded(value: float) -> float | None:
    return float(f"{value:.{FIGURES}g}") if np.isfinite(value) else None
