"""Reads what a person typed for a headless run, and refuses what is wrong in one sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from lab import months
from sim import levers, outcomes
from sim.scenario import Scenario
from sim.scenario_files import load

Period = Literal["month", "quarter", "year"]

PERIODS: dict[Period, int] = {"month": 1, "quarter": 3, "year": 12}
"""Months between two records."""

LAST_SEED = 2**63 - 1
"""Largest seed; a column of tables holds it as a signed integer."""

MOST_WORLDS = 1_000_000
"""Largest number of worlds."""

RULE = "rule"
"""Typed in place of a value: the role's own rule decides again."""

_SETTING = re.compile(r"([^\[\]=]+)(?:\[([^\[\]]*)\])?=([^@]*)(?:@(.*))?", re.DOTALL)


class InputError(ValueError):
    """What a person asked for cannot be done; the message is one sentence for them."""


@dataclass(frozen=True)
class Setting:
    """A decision that the person sets: from that month on, in every world."""

    lever: str
    target: str
    """What the lever is set for; "" if it has no target."""
    value: float
    """In the lever's unit, or the position of a choice; NaN where the role's own rule decides again."""
    month: int
    """Place of the month in the run, 0 for the first."""
    typed: str
    """The value as typed."""

    is_word: bool
    """Whether that is a choice, or the word that calls the rule back, and no number."""

    @property
    def name(self) -> str:
        """Lever and target as they are typed."""
        return f"{self.lever}[{self.target}]" if self.target else self.lever


@dataclass(frozen=True)
class Job:
    """A headless run, valid as a whole."""

    scenario: Scenario
    seed: int
    """Seed of the first world; the next worlds have the next seeds."""
    worlds: int
    months: int
    """Months to play from the scenario's start."""
    every: Period
    """Period of the records: month, quarter or year."""
    outcomes: tuple[str, ...]
    """Outcomes to write, in the order of the registry."""
    everything: bool
    """Whether no outcome was asked for by name, so that all are written."""
    settings: tuple[Setting, ...]
    out: Path | None
    """Folder for the tables, or None for none."""
    workers: int
    """Processes that share the worlds."""

    @property
    def last_seed(self) -> int:
        """Seed of the last world."""
        return self.seed + self.worlds - 1

    @property
    def end(self) -> str:
        """Last month played, YYYY-MM."""
        return months.at(self.scenario.start, self.months - 1)


def read(
    scenario: str,
    *,
    seed: int = 1,
    worlds: int = 1,
    until: str | None = None,
    every: str = "month",
    names: Sequence[str] = (),
    set_: Sequence[str] = (),
    out: Path | None = None,
    workers: int = 1,
) -> Job:
    """A run as typed on the command line.

    Args:
        scenario: name of a shipped scenario, or a path.
        seed: seed of the first world, from 0.
        worlds: number of worlds, from 1.
        until: last month, YYYY-MM; None for the scenario's end.
        every: month, quarter or year.
        names: outcomes, or patterns with * and ?; none for all.
        set_: settings, LEVER=VALUE or LEVER[TARGET]=VALUE, with @YYYY-MM for a later month.
        out: folder for the tables.
        workers: number of processes.

    Raises:
        InputError: the first thing that is wrong, in one sentence.
        ScenarioError: everything that is wrong with the scenario's files.
    """
    world = read_scenario(scenario)
    last_first_seed = LAST_SEED - worlds + 1
    for option, value, low, high in (
        ("--worlds", worlds, 1, MOST_WORLDS),
        ("--seed", seed, 0, last_first_seed),
        ("--workers", workers, 1, 256),
    ):
        if not low <= value <= high:
            raise InputError(
                f"{option}: {value} is not allowed; allowed is a whole number from {low} to {high}."
            )
    if every not in PERIODS:
        raise InputError(f"--every: '{every}' is not allowed; allowed is {', '.join(PERIODS)}.")
    end = world.end
    if until is not None:
        try:
            months.place(until, world.start, world.end)
        except ValueError as error:
            raise InputError(f"--until: {error}.") from None
        end = until
    length = months.length(world.start, end)
    if length < PERIODS[every]:
        raise InputError(
            f"--every: '{every}' records nothing from {world.start} to {end};"
            " choose a shorter period or a later --until."
        )
    return Job(
        scenario=world,
        seed=seed,
        worlds=worlds,
        months=length,
        every=every,
        outcomes=chosen_outcomes(world, names),
        everything=not names,
        settings=read_settings(world, set_, end),
        out=out,
        workers=workers,
    )


def read_scenario(name_or_path: str) -> Scenario:
    """The scenario of that name or at that path.

    Raises:
        InputError: its files cannot be opened.
        ScenarioError: everything that is wrong with them.
    """
    try:
        return load(name_or_path)
    except OSError as error:
        raise InputError(
            f"{name_or_path}: the scenario cannot be opened: {error.strerror or error}."
        ) from None


def chosen_outcomes(scenario: Scenario, names: Sequence[str]) -> tuple[str, ...]:
    """Outcomes that match the names or patterns (all if there are none), in the order of the registry.

    Raises:
        InputError: a name that is not known, or a pattern that matches nothing.
    """
    known = outcomes.registry(scenario)
    wanted: set[str] = set()
    for name in names:
        if set(name) & set("*?["):
            matching = {outcome for outcome in known if fnmatchcase(outcome, name)}
            if not matching:
                raise InputError(f"--outcome: no outcome matches '{name}'; `main.py outcomes` lists them.")
            wanted |= matching
            continue
        try:
            outcomes.choose(scenario, [name])
        except ValueError as error:
            raise InputError(_sentence(f"--outcome: {error}")) from None
        wanted.add(name)
    return tuple(name for name in known if name in wanted or not names)


def read_settings(scenario: Scenario, texts: Sequence[str], end: str) -> tuple[Setting, ...]:
    """Settings as typed, for a run from the scenario's start to a last month.

    Raises:
        InputError: the first one that is wrong, or says what another one says.
    """
    known = levers.registry(scenario)
    settings: list[Setting] = []
    for text in texts:
        try:
            setting = _setting(known, text, scenario.start, end)
        except ValueError as error:
            raise InputError(_sentence(f"--set '{text}': {error}")) from None
        for other in settings:
            if (other.name, other.month) == (setting.name, setting.month):
                when = months.at(scenario.start, setting.month)
                raise InputError(f"--set '{text}': {setting.name} is set twice for {when}; allowed is once.")
        settings.append(setting)
    return tuple(settings)


def _setting(known: levers.Levers, text: str, start: str, end: str) -> Setting:
    match = _SETTING.fullmatch(text)
    if match is None:
        raise ValueError(
            "it is not a setting; write LEVER=VALUE or LEVER[TARGET]=VALUE, and @YYYY-MM behind for the month"
        )
    lever, target, typed, month = (str(part).strip() for part in match.groups(default=""))
    if match[2] is not None and not target:
        raise ValueError("there is nothing between the brackets; write LEVER=VALUE if it has no target")
    known.slot(lever, target)
    value = math.nan if typed == RULE else known[lever].value(typed)
    place = 0 if match[4] is None else months.place(month, start, end)
    return Setting(lever, target, value, place, typed, typed == RULE or bool(known[lever].choices))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."
