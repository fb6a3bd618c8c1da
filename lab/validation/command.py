"""The validation from what was typed to what is printed and written."""

from __future__ import annotations

import importlib.util
import time
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from lab import options, pool, progress
from lab.as_json import dumped
from lab.calibration.space import read_sets, with_values
from lab.economics import measure as measuring
from lab.economics import page
from lab.economics.table import EXPERIMENTS, SETTINGS
from lab.options import InputError
from lab.validation import backtest, card, economics, history, honesty, numbers, play, report, sensitivity, structure
from lab.validation.targets import Part, read
from lab.version import heavystone
from sim.scenario import Scenario

SCENARIO = "central_asia_2025"
MOST_WORLDS = 20_000


@dataclass(frozen=True)
class Size:
    """How many worlds each part plays."""

    backtest: int
    ablations: int
    held_out: int
    history: int
    long: int
    trajectories: int
    luck: int
    economics: int
    moves: int

    @staticmethod
    def of(worlds: int, short: bool) -> Size:
        """Sizes that go with a backtest of so many worlds."""
        if short:
            fourth, half = max(worlds // 4, 1), max(worlds // 2, 1)
            return Size(worlds, fourth, half, fourth, fourth, 0, 0, max(worlds // 10, 1), 0)
        half = max(worlds // 2, 1)
        return Size(worlds, max(worlds // 5, 1), half, max(worlds * 3 // 10, 1), half, 20, 2, max(worlds // 20, 1), 3)


@dataclass(frozen=True)
class Request:
    """What was asked for, valid as a whole."""

    scenario: Scenario
    size: Size
    short: bool
    workers: int
    out: Path | None
    document: Path | None


def read_request(
    worlds: int | None, short: bool, workers: int, parameters: Path | None, out: Path | None, document: Path | None
) -> Request:
    """What was typed.

    Args:
        worlds: worlds of the backtest; None for 1,000, or 200 in the short form.
        short: small numbers of worlds and no sensitivity.
        workers: processes.
        parameters: file with one parameter set that takes the place of the scenario's values.
        out: folder for the report.
        document: folder of docs/validation.md.

    Raises:
        InputError: the first thing that is wrong, in one sentence.
    """
    count = worlds if worlds is not None else 200 if short else 1000
    for option, value, high in (("--worlds", count, MOST_WORLDS), ("--workers", workers, 64)):
        if not 1 <= value <= high:
            raise InputError(f"{option}: {value} is not allowed; allowed is a whole number from 1 to {high}.")
    scenario = options.read_scenario(SCENARIO)
    if parameters is not None:
        found = read_sets(parameters, scenario)
        lines = len(next(iter(found.values())))
        if lines != 1:
            raise InputError(f"{parameters.name}: {lines} parameter sets are given; allowed is one.")
        scenario = with_values(scenario, {name: values[0] for name, values in found.items()})
    if document is not None and short:
        raise InputError("--document: the document is written from the full form; leave --short out.")
    require_packages()
    read()
    honesty.require_sets()
    return Request(scenario, Size.of(count, short), short, workers, out, document)


def require_packages() -> None:
    """Refuse to begin without the packages of the extra `lab`.

    Raises:
        InputError: one is missing.
    """
    for name in ("SALib", "cma", "jinja2", "matplotlib"):
        if importlib.util.find_spec(name) is None:
            raise InputError(f"The package {name} is missing; pip install -c constraints.txt -e '.[lab]' brings it.")


def measure(request: Request, console: Console) -> tuple[list[Part], list[measuring.Measured]]:
    """Play everything and judge it; the parts of the card, and the claims on economics."""
    size, scenario = request.size, request.scenario
    months = 192 if not request.short else 132
    tasks = [
        backtest.task(scenario, range(1, size.backtest + 1)),
        *honesty.ablations(scenario, range(1, size.ablations + 1)),
        *honesty.held_out(scenario, range(1, size.held_out + 1)),
        *history.tasks(range(1, size.history + 1)),
        structure.task(scenario, range(1, size.long + 1), months),
    ]
    design = None
    if size.trajectories:
        task, ranges, design = sensitivity.task(scenario, size.trajectories, size.luck)
        varied, places = numbers.tasks(scenario, size.moves, size.luck, task.months)
        tasks += [task, *varied]
    # all settings lie in the scenario that is validated
    settings = {key: replace(setting, scenario=scenario) for key, setting in SETTINGS.items()}
    experiments = measuring.pieces(EXPERIMENTS, settings, size.economics)
    pieces = play.pieces(tasks)
    with progress.shown(console, "Validation", sum(piece.months for piece in pieces + experiments)) as tick:
        results = pool.work(pieces + experiments, request.workers, tick)
    played = play.joined(tasks, results[: len(pieces)])
    claims = measuring.in_order(EXPERIMENTS, size.economics, results[len(pieces) :])
    parts = [
        backtest.judge(played["backtest"]),
        honesty.judge(played, scenario),
        history.judge(played),
        structure.judge(played["long"]),
        economics.judge(claims),
    ]
    if design is not None:
        part = sensitivity.judge(played["sensitivity"], ranges, design, size.luck)
        numbers.add(part, [played[task.key] for task in varied], places, size.luck, numbers.counted(scenario))
        parts.append(part)
    return parts, claims


def go(request: Request, output: Console, errors: Console, *, as_json: bool = False) -> int:
    """Measure, write and print; the exit code: 0 if every target is met, else 1."""
    began = time.monotonic()
    parts, claims = measure(request, errors)
    seconds = time.monotonic() - began
    facts = {
        "version": heavystone(),
        "scenario": request.scenario.name,
        "scenario_digest": request.scenario.digest,
        "form": "short" if request.short else "full",
        "worlds": request.size.backtest,
    }
    about = (
        f"Scenario {request.scenario.name} (hash {request.scenario.digest[:12]}), {facts['form']} form,"
        f" {request.size.backtest:,} worlds in the backtest, {request.size.long:,} in the long run; seeds from 1."
    )
    if request.out is not None:
        report.write(request.out, report.files(parts, about, facts))
    if request.document is not None:
        report.write(request.document, report.documents(parts, about) | {"economics.md": page.page(claims)})
    if as_json:
        output.file.write(dumped(card.data(parts, facts)) + "\n")
    else:
        output.print(card.table(parts))
        if request.out is not None:
            output.print(f"Report in {request.out}: report.html, card.json ({seconds:.0f} s)", markup=False, soft_wrap=True)
    return 0 if all(result.passed for result in card.results(parts)) else 1
