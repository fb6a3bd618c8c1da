"""A headless run that is kept as a saved session, so that it can be replayed, compared and opened in the game."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from agents.market import Market, Plan
from agents.save_format import GAME, SaveError
from agents.session import Session
from lab import headless
from lab.options import InputError, Job

SOURCE = "set"
"""Source of decisions typed on the command line."""


class SessionModel:
    """A session that plays as a model of the lab does."""

    def __init__(self, job: Job, seeds: Sequence[int], recorded: Sequence[str]) -> None:
        plan = Plan(outcomes=tuple(recorded), every=job.every, flows=job.out is not None)
        market = Market(job.scenario, seeds=list(seeds), record=plan)
        self.session = Session(market, (), {}, seeds[0])
        for item in job.settings:
            value = None if math.isnan(item.value) else item.value
            role = market.levers[item.lever].role
            self.session.arrange(role, item.lever, item.target, value, item.month, SOURCE)
        self.arcs = market.arcs

    @property
    def record(self) -> Any:
        """What the market recorded."""
        return self.session.market.record

    @property
    def decisions_taken(self) -> Any:
        """Orders that have taken effect."""
        return self.session.market.decisions_taken

    @property
    def events_seen(self) -> Any:
        """Events that have struck."""
        return self.session.market.events_seen

    def step(self) -> None:
        """Play one month."""
        self.session.play()


def go(job: Job, path: Path, output: Console, errors: Console, *, as_json: bool = False) -> None:
    """Play one world as `headless.go` does, and save it as a session.

    Raises:
        InputError: more worlds than one, or a file that cannot be written or is something else.
    """
    if job.worlds != 1:
        raise InputError(f"--save: a saved game holds one world, but --worlds is {job.worlds}.")
    check_free(path)
    models: list[SessionModel] = []

    def build(job: Job, seeds: Sequence[int], recorded: Sequence[str]) -> SessionModel:
        models.append(SessionModel(job, seeds, recorded))
        return models[-1]

    headless.go(job, output, errors, as_json=as_json, build=build)
    try:
        models[0].session.save(path)
    except SaveError as error:
        raise InputError(f"--save: {error}") from None


def check_free(path: Path) -> None:
    """Refuse a path that cannot take a save, before anything is played.

    Raises:
        InputError: there is no such folder, or something that is no saved game lies there.
    """
    if not path.parent.is_dir():
        raise InputError(f"--save: there is no folder {path.parent} to write {path.name} into.")
    if path.is_dir():
        raise InputError(f"--save: {path} is a folder; allowed is a file.")
    if path.exists():
        try:
            start = path.read_bytes()[:200].decode("utf-8", errors="replace")
        except OSError as error:
            raise InputError(f"--save: {path} cannot be read: {error.strerror or error}.") from None
        if GAME not in start:
            raise InputError(f"--save: {path} exists and is not a saved game of Heavystone; it was left alone.")
