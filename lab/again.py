"""Replays and what-ifs of saved sessions, for people and for programs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from agents.decisions import Decision, Refused, sentence
from agents.replay import Comparison, Replay, Variant, compare, replay
from agents.save_format import SaveError
from agents.session import Session
from lab import months
from lab.as_json import dumped
from lab.options import InputError, chosen_outcomes
from lab.progress import shown
from sim import outcomes

FORMAT = 1
"""Version of the JSON of both commands."""

FIGURES = 12
NAMED = re.compile(r"([^\[\]@]+)(?:\[([^\[\]]*)\])?@(.+)")
TELLING = ("price.apt.*", "premium.secure", "share.*", "cover.*", "unmet.*", "score.*")
"""Outcomes that a person is shown where they differ."""


def go_replay(path: Path, output: Console, errors: Console, *, as_json: bool = False) -> None:
    """Play a saved session again, compare every month with its hash, and say what was decided.

    Raises:
        InputError: the file cannot be loaded, or the world does not come out as it was saved.
    """
    done = _replayed(path, errors)
    if as_json:
        output.file.write(dumped(replay_data(done)) + "\n")
    else:
        output.print(replay_text(done))
    if not done.is_verified:
        raise InputError(f"{path}: {_difference(done)}")


def go_what_if(
    path: Path, without: Sequence[str], names: Sequence[str], output: Console, errors: Console, *, as_json: bool = False
) -> None:
    """Play a saved session again without some of its decisions, and say what they changed.

    Raises:
        InputError: the file cannot be loaded, or has no such decision, or an outcome is not known.
    """
    done = _replayed(path, errors)
    session = done.session
    wanted = chosen_outcomes(session.scenario, names or TELLING)
    try:
        found = compare(session, [variant(session, without)])[0]
    except Refused as error:
        raise InputError(f"--without: {error}") from None
    if as_json:
        output.file.write(dumped(comparison_data(session, found, wanted)) + "\n")
    else:
        output.print(comparison_text(session, found, wanted, bool(names)))
    if not done.is_verified:
        errors.print(f"{path}: {_difference(done)}", markup=False, highlight=False)


def variant(session: Session, texts: Sequence[str]) -> Variant:
    """What is left out, as typed: numbers of decisions, or LEVER[TARGET]@YYYY-MM.

    Raises:
        InputError: something that names no decision of the session or its scenario.
    """
    numbers: list[int] = []
    scripted: list[tuple[int, str, str]] = []
    for text in texts:
        if text.strip().isdigit():
            numbers.append(int(text))
            continue
        place = _place(session, text)
        own = [d.number for d in session.log if (d.month, d.lever, d.target) == place]
        numbers += own
        if not own:
            scripted.append(place)
    return Variant(tuple(numbers), (), tuple(scripted))


def _place(session: Session, text: str) -> tuple[int, str, str]:
    """Month, lever and target of a decision that is named."""
    match = NAMED.fullmatch(text.strip())
    if match is None:
        raise InputError(
            f"--without '{text}': allowed is the number of a decision, as `main.py replay` lists them, or"
            " LEVER@YYYY-MM, or LEVER[TARGET]@YYYY-MM."
        )
    lever, target, date = match[1].strip(), (match[2] or "").strip(), match[3].strip()
    try:
        session.market.levers.slot(lever, target)
        return months.place(date, session.scenario.start, session.scenario.end), lever, target
    except ValueError as error:
        raise InputError(sentence(f"--without '{text}': {error}")) from None


def _replayed(path: Path, errors: Console) -> Replay:
    count = 0

    def played(month: int) -> None:
        nonlocal count
        tick(month - count)
        count = month

    try:
        with shown(errors, f"Replaying {path.name}", 192) as tick:
            return replay(path, played)
    except SaveError as error:
        raise InputError(str(error)) from None


def _difference(done: Replay) -> str:
    """Where a replay went another way, and why that may be."""
    from agents import versions

    assert done.differs_from is not None
    when = done.session.date_of(done.differs_from - 1) if done.differs_from else "its start"
    here = versions.here()
    others = [name for name, version in done.saved_versions.items() if here.get(name) != version]
    if others:
        told = ", ".join(f"{name} {done.saved_versions[name]}" for name in others)
        return f"{when} does not come out as it was saved; it was saved with {told}."
    return f"{when} does not come out as it was saved, although nothing has changed: the file is damaged."


# --- what is told ---------------------------------------------------------------------------------


def replay_data(done: Replay) -> dict[str, Any]:
    """A replay as plain data."""
    session = done.session
    return {
        "format": FORMAT,
        "scenario": {"name": session.scenario.name, "digest": session.scenario.digest},
        "seed": session.seed,
        "months": {"first": session.scenario.start, "played": done.months},
        "verified": done.is_verified,
        "differs_from": None if done.is_verified else _date_after(session, done.differs_from or 0),
        "versions": done.saved_versions,
        "people": list(session.people),
        "practice": session.is_practice,
        "decisions": [decision_data(session, d) for d in session.log],
        "hashes": session.hashes,
    }


def decision_data(session: Session, decision: Decision) -> dict[str, Any]:
    """A decision as plain data."""
    return {
        "number": decision.number or None,
        "month": session.date_of(decision.month),
        "role": decision.role,
        "lever": decision.lever,
        "target": decision.target,
        "value": decision.value,
        "source": decision.source,
    }


def replay_text(done: Replay) -> Group:
    """A replay for people."""
    session = done.session
    came = "every month came out as it was saved" if done.is_verified else _difference(done).rstrip(".")
    head = f"{session.scenario.title}, seed {session.seed}: {done.months} months played again, {came}."
    if not session.log:
        return Group(Text(head), Text("No decision of a person has taken effect."))
    return Group(Text(head), Text(), decisions_table(session, session.log))


def decisions_table(session: Session, decisions: Sequence[Decision]) -> Table:
    """Decisions by number."""
    table = Table(box=None, pad_edge=False)
    for title in ("No.", "Month", "Decision", "Value", "By"):
        table.add_column(title, justify="right" if title in ("No.", "Value") else "left")
    for each in decisions:
        lever = session.market.levers.by_name.get(each.lever)  # acts of nature are no levers
        value = "rule" if each.value is None else f"{each.value:g}"
        if each.value is not None and lever is not None and lever.choices:
            value = lever.choices[int(each.value)]
        name = Text(f"{each.lever}[{each.target}]" if each.target else each.lever)
        table.add_row(str(each.number or "–"), session.date_of(each.month), name, value, each.source)
    return table


def comparison_data(session: Session, found: Comparison, names: Sequence[str]) -> dict[str, Any]:
    """A what-if as plain data."""
    known = outcomes.registry(session.scenario)
    rows = {name: found.outcomes.index(name) for name in names}
    return {
        "format": FORMAT,
        "scenario": {"name": session.scenario.name, "digest": session.scenario.digest},
        "seed": session.seed,
        "left_out": [decision_data(session, d) for d in found.decisions],
        "months": list(found.dates),
        "outcomes": {
            name: {
                "unit": known[name].unit,
                "happened": [_rounded(x) for x in found.happened[row]],
                "without": [_rounded(x) for x in found.without[row]],
            }
            for name, row in rows.items()
        },
    }


def comparison_text(session: Session, found: Comparison, names: Sequence[str], all_of_them: bool) -> Group:
    """A what-if for people: outcomes in the last month, and where the difference was largest."""
    head = Text("Left out, under the same luck:")
    parts = [head, decisions_table(session, found.decisions), Text()]
    if found.is_nothing:
        return Group(*parts, Text("It made no difference at all."))
    known = outcomes.registry(session.scenario)
    table = Table(box=None, pad_edge=False)
    for title in ("Outcome", "Unit", f"In {found.dates[-1]}", "Without", "Difference", "Most", "In"):
        table.add_column(title, justify="left" if title in ("Outcome", "Unit") else "right")
    for name in names:
        row = found.outcomes.index(name)
        change = found.difference[row]
        if not (np.any(change) or all_of_them):
            continue
        most = int(np.argmax(np.abs(change)))
        figures = (found.happened[row][-1], found.without[row][-1])
        cells = [f"{x:,.4g}" for x in figures] + [f"{change[-1]:+,.3g}", f"{change[most]:+,.3g}"]
        table.add_row(name, known[name].unit, *cells, found.dates[most])
    return Group(*parts, table)


def _date_after(session: Session, played: int) -> str:
    return session.date_of(played - 1) if played else session.scenario.start


def _rounded(value: float) -> float | None:
    return float(f"{value:.{FIGURES}g}") if np.isfinite(value) else None
