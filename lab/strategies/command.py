"""`main.py strategies`: from what was typed to what is printed and written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from lab import months, options, progress
from lab.as_json import dumped
from lab.options import InputError
from lab.strategies import contest, page
from lab.strategies.book import Book, book
from lab.validation.report import write
from sim.levers import Levers, registry
from sim.outcomes import SCORED
from sim.scenario import Scenario

SCENARIO = "central_asia_2025"
MOST_SEEDS = 1000


@dataclass(frozen=True)
class Request:
    """What was asked for, valid as a whole."""

    scenario: Scenario
    levers: Levers
    book: Book
    roles: tuple[str, ...]
    until: str
    size: contest.Size
    document: Path | None


def read_request(roles: Sequence[str], seeds: int, until: str, document: Path | None) -> Request:
    """What was typed.

    Args:
        roles: seats; all that have a score if empty.
        seeds: of each strategy against each profile.
        until: last month.
        document: folder of strategies.md.

    Raises:
        InputError: the first thing that is wrong, in one sentence.
    """
    for role in roles:
        if role not in SCORED:
            raise InputError(f"role '{role}' is not allowed; allowed are {', '.join(SCORED)}.")
    if not 2 <= seeds <= MOST_SEEDS:
        raise InputError(f"--seeds: {seeds} is not allowed; allowed is a whole number from 2 to {MOST_SEEDS}.")
    scenario = options.read_scenario(SCENARIO)
    try:
        months.place(until, scenario.start, scenario.end)
    except ValueError as error:
        raise InputError(f"--until: {error}.") from None
    size = contest.Size(seeds, min(seeds, contest.Size.trials), contest.Size.games)
    return Request(scenario, registry(scenario), book(), tuple(roles) or SCORED, until, size, document)


def go(request: Request, output: Console, errors: Console, *, as_json: bool = False) -> int:
    """Play, judge, write and print; the exit code: 0 if it is a good game in every seat, else 1."""
    levers, size = request.levers, request.size
    length = months.place(request.until, request.scenario.start, request.scenario.end) + 1
    total = length * sum(contest.games(role, request.book, levers, size) for role in request.roles)
    with progress.shown(errors, "Strategies", total) as tick:
        found = [
            contest.contest(role, request.book, request.scenario, levers, request.until, size, tick)
            for role in request.roles
        ]
    if request.document is not None:
        text = page.page(found, request.book, request.scenario.name, request.until, size, contest.SPREAD)
        write(request.document, {"strategies.md": text})
    if as_json:
        output.file.write(dumped(page.data(found)) + "\n")
    else:
        for each in found:
            best = each.mixture.argmax()
            output.print(
                f"{page.title(each.role)}: {each.strategies[best].name} carries {each.mixture[best]:.2f} of the equilibrium;"
                f" decisions {each.shares.decisions:.2f}, luck {each.shares.luck:.2f};"
                f" the hardest constant loses by {each.beaten.points:.2f}.",
                markup=False, highlight=False, soft_wrap=True,
            )  # fmt: skip
            for what, holds in each.verdicts.items():
                if not holds:
                    output.print(f"  missed: {what}", markup=False, highlight=False, soft_wrap=True)
    return 0 if all(all(each.verdicts.values()) for each in found) else 1
