"""`main.py explore`: from what was typed to a study in a folder."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lab import progress
from lab.experiments import run as runner
from lab.experiments.design import MOST_WORLDS, Design, count, design
from lab.experiments.files import load, shipped
from lab.experiments.play import Build, market
from lab.experiments.results import MANIFEST, TABLE, Study
from lab.options import InputError

MOST_EVER = 100_000_000
"""Worlds above which a study is refused whatever is said."""


@dataclass(frozen=True)
class Request:
    """What a person asked for."""

    experiment: str
    worlds: int | None
    workers: int | None
    dask: str
    out: Path | None
    resume: bool
    yes: bool
    start: Path | None
    """A saved game in whose month the study begins."""
    world: int | None
    """A world that is only to be saved as a game."""
    at: str | None
    """Month at which that game is to stand."""


def read(request: Request) -> Design:
    """The worlds asked for.

    Raises:
        InputError: a number that is not allowed, or too many worlds.
        ScenarioError: everything that is wrong with the files.
    """
    for option, value, high in (("--worlds", request.worlds, MOST_EVER), ("--workers", request.workers, 256)):
        if value is not None and not 1 <= value <= high:
            raise InputError(f"{option}: {value} is not allowed; allowed is a whole number from 1 to {high}.")
    root = None
    if request.start is not None:
        from lab.experiments.root import read as read_root

        root = read_root(request.start)
    experiment, scenario = load(request.experiment, root)
    cells = count(experiment) // experiment.replications
    replications = experiment.replications if request.worlds is None else max(1, request.worlds // cells)
    wanted, most = cells * replications, MOST_EVER if request.yes else MOST_WORLDS
    if wanted > most:
        help_ = "fewer of them" if request.yes or cells > most else "fewer with --worlds"
        raise InputError(
            f"{experiment.name}: {cells:,} cells (policies, settings and futures) of {replications:,} worlds each come to"
            f" {wanted:,} worlds, more than {most:,}; allowed are {help_}{'' if request.yes else ', or all with --yes'}."
        )
    return design(experiment, scenario, request.worlds, root=root)


def go(request: Request, output: Console, errors: Console, build: Build = market) -> int:
    """Run the study, or write one of its worlds.

    Returns:
        0, or 1 if blocks failed.

    Raises:
        InputError, ScenarioError: as `read`; also a folder of another study, or a cluster that does not answer.
    """
    if request.world is not None and request.out is not None and (request.out / MANIFEST).is_file():
        return _open(request, _own(request.experiment, Study(request.out)), Study(request.out), output)
    plan = read(request)
    folder = request.out or Path(f"study_{plan.experiment.name}")
    study = Study(folder)
    if request.world is not None:
        return _open(request, plan, study, output)
    if request.dask:
        runner.cluster(request.dask).close()
    study.open(plan, request.resume)
    began = time.perf_counter()
    text = f"{plan.worlds:,} worlds"
    with progress.shown(errors, text, plan.months * plan.worlds) as tick:
        outcome = runner.run(
            plan, study, workers=request.workers or runner.cores(), dask=request.dask, tick=tick, build=build
        )
    seconds = time.perf_counter() - began
    early = ", stopped as soon as the ranking was stable" if outcome.stopped_early else ""
    output.print(
        f"{plan.experiment.title}: {outcome.worlds:,} worlds in {seconds:,.0f} s{early}."
        f" Table in {folder / TABLE}; `main.py report {folder}` says what it means.",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    for number, why in outcome.failed.items():
        errors.print(f"Block {number} failed ({why}); the rest is kept, and --resume tries it again.", markup=False)
    return 1 if outcome.failed else 0


def _own(name_or_path: str, study: Study) -> Design:
    """The worlds of a study, as its own manifest says, whatever has become of the file since.

    Raises:
        InputError: it is a study of another experiment, or its scenario is not what it was.
    """
    from lab.experiments.report import planned

    plan = planned(study)
    if name_or_path != plan.experiment.name and not Path(name_or_path).is_file():
        raise InputError(f"{name_or_path}: {study.folder} holds worlds of the experiment {plan.experiment.name}.")
    return plan


def _open(request: Request, plan: Design, study: Study, output: Console) -> int:
    """Save a world as a game."""
    from lab.experiments.world import write

    assert request.world is not None
    output.print(write(plan, study, request.world, request.at), markup=False, highlight=False, soft_wrap=True)
    return 0


def listed() -> Table:
    """Name, worlds and question of the shipped experiments."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for title in ("Experiment", "Worlds", "Question"):
        table.add_column(title)
    for name in shipped():
        experiment, _ = load(name)
        table.add_row(name, f"{count(experiment):,}", experiment.question)
    return table


def is_study(folder: Path) -> bool:
    """Whether explore has finished a study in a folder."""
    return (folder / MANIFEST).is_file() and (folder / TABLE).is_file()
