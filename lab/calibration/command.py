"""The calibration from what was typed to the file of accepted parameter sets."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from lab import options, progress
from lab.calibration import loss, search
from lab.calibration.space import read_sets, space, written_sets
from lab.options import InputError
from lab.validation import history, sets
from lab.validation.command import SCENARIO, require_packages
from lab.version import heavystone

MOST_GENERATIONS = 1000


@dataclass(frozen=True)
class Request:
    """What was asked for, valid as a whole."""

    target: loss.Target
    settings: search.Settings
    out: Path


def read_request(sees: str, generations: int, seed: int, out: Path | None) -> Request:
    """What was typed.

    Raises:
        InputError: the first thing that is wrong, in one sentence.
    """
    if sees not in loss.TARGETS:
        raise InputError(f"--sees: '{sees}' is not allowed; allowed is {', '.join(loss.TARGETS)}.")
    for option, value, low, high in (("--generations", generations, 1, MOST_GENERATIONS), ("--seed", seed, 1, 10**9)):
        if not low <= value <= high:
            raise InputError(f"{option}: {value} is not allowed; allowed is a whole number from {low} to {high}.")
    require_packages()
    path = out or sets.FILES[sees]
    if path.is_dir() or not path.parent.is_dir():
        raise InputError(f"--out: {path} is not a file in a folder that exists.")
    return Request(loss.TARGETS[sees], search.Settings(generations, seed), path)


def notes(request: Request, digest: str, evaluated: int, accepted: int) -> list[str]:
    """What stands above the sets in the file."""
    settings = request.settings
    return [
        f"Accepted parameter sets of a calibration that saw prices until: {request.target.key}. The first set is the best.",
        f"Written by main.py calibrate --sees {request.target.key} --generations {settings.generations}"
        f" --seed {settings.seed};"
        f" heavystone {heavystone()}, scenario {SCENARIO} {digest[:12]} before the calibration.",
        f"CMA-ES, {search.POPULATION} sets a generation, {search.LUCK} worlds a set under common luck; {evaluated} sets"
        f" evaluated, accepted if their loss exceeds the least by at most {search.TOLERANCE}; {accepted} of these kept.",
        f"loss = rotterdam + domestic + {loss.GAP_WEIGHT} gap + {loss.END_WEIGHT} end + {loss.HABIT_WEIGHT} habits +"
        f" {loss.PRIOR_WEIGHT} prior + {loss.STILL_WEIGHT} still + {loss.SQUEEZE_WEIGHT} squeezes +"
        f" {loss.STOCK_WEIGHT} stock (lab/calibration/loss.py). Confidence: E.",
    ]


def go(request: Request, output: Console, errors: Console) -> None:
    """Search, and write the accepted sets.

    Raises:
        InputError: the file cannot be written.
    """
    scenario = options.read_scenario(SCENARIO)
    ordinary, ranges = history.scenario_of(history.ORDINARY), space(scenario)
    stored = sets.FILES[request.target.key]
    first = None
    if stored.is_file():
        # a search goes on from the one before, which saw no more than it does
        before = read_sets(stored, scenario)
        first = np.array([before[name] for name in ranges.names]).T
    with progress.shown(errors, f"Calibration, {request.target.key}", request.settings.generations) as tick:
        found = search.search(
            ranges, request.target, scenario, ordinary, request.settings, first, tick,
            lambda text: output.print(text, markup=False, highlight=False, soft_wrap=True),
        )  # fmt: skip
    table = found.accepted()
    evaluated = sum(len(each) for each in found.sets)
    text = written_sets(table, notes(request, scenario.digest, evaluated, len(table["loss"])))
    beside = request.out.with_name(f".{request.out.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, request.out)
    except OSError as error:
        raise InputError(f"--out: {request.out} cannot be written: {error.strerror or error}.") from None
    shown = ("loss", "rotterdam", "domestic", "gap", "habits", "squeezes", "stock")
    best = ", ".join(f"{name} {table[name][0]:.3f}" for name in shown)
    output.print(f"{len(table['loss'])} sets in {request.out}; best: {best}", markup=False, highlight=False, soft_wrap=True)
