"""A world of a study as a saved game, so that every door can open it at any month."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lab import months
from lab.experiments.design import Design
from lab.experiments.results import TABLE, Study
from lab.options import InputError
from sim import levers
from sim.scenario import Scenario

if TYPE_CHECKING:
    from agents.session import Session

SOURCE = "set"
"""Source of a study's decisions in a saved game, which hold against its scenario and its people."""


def write(plan: Design, study: Study, world: int, date: str | None = None) -> str:
    """Play a world of a study again, save it as a game, and say how to open it.

    Args:
        plan: the experiment's worlds, or the study's own.
        study: whose folder takes the file.
        world: its number.
        date: month to be played when the game is opened, YYYY-MM; the one after the study's last if None.

    Raises:
        InputError: there is no such world or month, the folder cannot be written, or the world does not come out
            as in the study.
    """
    path = study.folder / "worlds" / f"world_{world}.json"
    try:
        session = opened(plan, world)
    except ValueError as error:
        raise InputError(f"--world: {error}.") from None
    first, last = (months.at(plan.scenario.start, plan.first + month) for month in (0, plan.months - 1))
    try:
        stop = plan.months if date is None else months.place(date, first, last)
    except ValueError as error:
        raise InputError(f"--at: {error}.") from None
    session.play(plan.months)
    told = _compared(session, study, world)
    if stop < plan.months:
        session = opened(plan, world)
        session.play(stop)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        session.save(path)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: the world cannot be written: {error}") from error
    when = session.date if not session.is_over else "its end"
    return f"World {world}{told} is in {path}, at {when}; open it with: main.py play --load {path} (or replay, whatif)"


def opened(plan: Design, world: int) -> Session:
    """A world of a study as a session at the study's start, with everything decided that the study decides.

    Raises:
        ValueError: there is no such world, in one sentence.
    """
    from agents import acts
    from agents.saves import of_text
    from agents.session import Session

    block, place = plan.block_of(world)
    cell, future, replication = block.members[place]
    number = plan.experiment.seed + replication
    orders = plan.decisions((cell,))
    if plan.root is None:
        return Session.new(scenario_of(plan, future, orders), number)
    session = of_text(plan.root.text, "the saved game")
    session.branch(_free(session, f"{plan.experiment.name} {world}"))
    if number:
        session.happen(acts.LUCK, "", number)
    for parameter, value in zip(plan.parameters, plan.futures[future].tolist(), strict=True):
        if value != plan.root.behaviour(parameter):
            session.happen(acts.PARAMETER, parameter, value)
    for lever, target, month, values in orders:
        value = float(np.ravel(values)[0])
        role = session.market.levers[lever].role
        session.arrange(role, lever, target, None if math.isnan(value) else value, month, SOURCE)
    return session


def scenario_of(plan: Design, future: int, orders: list[tuple[str, str, int, Any]]) -> Scenario:
    """The study's scenario with the parameters of a future, and these decisions in place of its own."""
    from sim.scenario_roles import Decision

    scenario = plan.in_future(future)
    known = levers.registry(scenario)
    replaced = {(lever, target) for lever, target, _, _ in orders}
    decided = [d for d in scenario.decisions if (d.lever, d.target) not in replaced]
    for lever, target, month, values in orders:
        value: Any = float(np.ravel(values)[0])
        if math.isnan(value):
            value = "rule"
        elif known[lever].choices:
            value = known[lever].choices[int(value)]
        date = months.at(scenario.start, month)
        words = {"source": f"decided by the study {plan.experiment.name}", "confidence": "E"}
        decided.append(Decision(date=date, lever=lever, target=target, value=value, **words))
    return scenario.model_copy(update={"decisions": tuple(decided)})


def _compared(session: Session, study: Study, world: int) -> str:
    """That a world came out as the study's table says, if there is one.

    Raises:
        InputError: it did not.
    """
    from agents.bookmarks import fingerprints

    path = study.folder / TABLE
    if not path.is_file():
        return ""
    here = int(fingerprints(session.market.snapshot())[0])
    there = state_in(path, world)
    if there is None:
        return ""
    if here != there:
        raise InputError(f"--world: world {world} does not come out as in {study.folder}; it was run by another version.")
    return f" came out as in the study (state {here & (2**64 - 1):016x}) and"


def state_in(path: Path, world: int) -> int | None:
    """Fingerprint of a world's last state in the table of a study, if it holds the world."""
    import duckdb

    with duckdb.connect() as base:
        found = base.execute("select state from read_parquet(?) where world = ?", [str(path), world]).fetchone()
    return None if found is None else int(found[0])


def _free(session: Session, name: str) -> str:
    """The name, or the next that no branch has."""
    number = 2
    wanted = name
    while wanted in session.branches:
        wanted, number = f"{name} ({number})", number + 1
    return wanted
