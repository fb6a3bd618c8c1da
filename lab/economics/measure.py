"""Plays experiments, all that share a setting in one block under common luck, and measures what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lab import months
from lab.economics.experiment import Change, Claim, Experiment, Setting
from lab.pool import Piece, work

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from agents.market import Market

    Vector = NDArray[np.float64]

WIDEST = 1024
"""Most worlds played in one block."""
LENGTH = 120
"""Months that an experiment lasts at most, from January 2025 to the end of 2034."""


@dataclass(frozen=True)
class Measured:
    """A claim, and what was found."""

    experiment: Experiment
    claim: Claim
    effect: float
    """Median or mean over worlds, in the claim's unit."""
    low: float
    high: float
    """The tenth and the ninetieth per cent of worlds."""
    worlds: int

    @property
    def holds(self) -> bool:
        """Whether the effect is as large as it must be."""
        return self.claim.holds(self.effect)

    @property
    def line(self) -> str:
        """One line to print."""
        unit = {"left": "of it left", "%": "%"}.get(self.claim.unit, self.claim.unit)
        found = f"{self.effect:.3g} {unit} [{self.low:.3g}, {self.high:.3g}]"
        why = f" ({self.claim.known_miss})" if self.claim.known_miss and not self.holds else ""
        return f"{'pass' if self.holds else 'FAIL'}  {self.claim.says}: {found}, {self.claim.bound}{why}"


def pieces(
    experiments: Sequence[Experiment], settings: dict[str, Setting], worlds: int, first_seed: int = 1
) -> list[Piece]:
    """What is to be played: some experiments of the same setting at a time.

    Args:
        experiments: what is played.
        settings: the settings that they name.
        worlds: seeds of each experiment.
        first_seed: the first of them.

    Raises:
        KeyError: a setting that does not exist.
    """
    return [
        Piece(
            _measure,
            (settings[key], [experiments[i] for i in rows], range(first_seed, first_seed + worlds)),
            LENGTH * worlds * (1 + len(rows)),
        )
        for key, rows in _together(experiments, worlds)
    ]


def in_order(experiments: Sequence[Experiment], worlds: int, results: Sequence[list[list[Measured]]]) -> list[Measured]:
    """Measured claims in the order of the experiments, out of the results of the pieces."""
    found: dict[int, list[Measured]] = {}
    for (_, rows), measured in zip(_together(experiments, worlds), results, strict=True):
        found |= dict(zip(rows, measured, strict=True))
    return [measured for i in range(len(experiments)) for measured in found[i]]


def measure(
    experiments: Sequence[Experiment], settings: dict[str, Setting], worlds: int, first_seed: int = 1, workers: int = 1
) -> list[Measured]:
    """Measure every claim of some experiments, in their order; arguments as for `pieces`.

    Raises:
        KeyError: a setting that does not exist.
        ValueError: an unknown lever, target, event or outcome.
    """
    return in_order(experiments, worlds, work(pieces(experiments, settings, worlds, first_seed), workers))


def _together(experiments: Sequence[Experiment], worlds: int) -> list[tuple[str, list[int]]]:
    """Settings, and rows of the experiments that are played in one block."""
    at_once = max(1, WIDEST // worlds - 1)
    blocks = []
    for key in dict.fromkeys(experiment.setting for experiment in experiments):
        here = [i for i, experiment in enumerate(experiments) if experiment.setting == key]
        blocks += [(key, here[start : start + at_once]) for start in range(0, len(here), at_once)]
    return blocks


def _measure(setting: Setting, experiments: Sequence[Experiment], seeds: range) -> list[list[Measured]]:
    """The claims of experiments that share a setting."""
    from agents.market import Market, Plan

    claims = [claim for experiment in experiments for claim in experiment.claims]
    names = tuple(dict.fromkeys(name for claim in claims for name in _names(claim)))
    last = max(claim.window[1] for claim in claims)
    worlds = len(seeds)
    market = Market(setting.scenario, seeds=list(seeds) * (1 + len(experiments)), record=Plan(outcomes=names))
    group = np.arange(market.worlds) // worlds
    every = np.ones(market.worlds, bool)
    changes = [(change, every) for change in setting.changes]
    changes += [(c, group == place) for place, experiment in enumerate(experiments, 1) for c in experiment.changes]
    _play(market, changes, months.count(last) - months.count(market.scenario.start) + 1)
    values, start = market.record.values, months.count(market.scenario.start)

    def mean(claim: Claim, window: tuple[str, str], place: int) -> Vector:
        first, end = (months.count(date) - start for date in window)
        mine = values[first : end + 1, :, place * worlds : (place + 1) * worlds]
        together = np.zeros(worlds)
        for sign, name in _terms(claim):
            together = together + sign * mine[:, names.index(name)].mean(axis=0)
        return together

    results = []
    for place, experiment in enumerate(experiments, 1):
        measured = []
        for claim in experiment.claims:
            base = mean(claim, claim.window, 0)
            effect = mean(claim, claim.window, place) - base
            if claim.unit == "%":
                effect = 100 * effect / base
            elif claim.unit == "left":
                before = np.median(mean(claim, claim.earlier, place) - mean(claim, claim.earlier, 0))
                effect = effect / before
            low, middle, high = np.quantile(effect, (0.1, 0.5, 0.9))
            middle = effect.mean() if claim.over == "mean" else middle
            measured.append(Measured(experiment, claim, float(middle), float(low), float(high), worlds))
        results.append(measured)
    return results


def _play(market: Market, changes: Sequence[tuple[Change, NDArray[np.bool_]]], length: int) -> None:
    """Play a block while changes come and go."""
    first = months.count(market.scenario.start)
    began = [months.count(change.date) - first for change, _ in changes]
    ends = [months.count(change.until) - first if change.until else length for change, _ in changes]
    for month in range(length):
        if month in began or month in ends:
            _hold(market, [pair for pair, a, b in zip(changes, began, ends, strict=True) if a <= month < b])
        for (change, where), a, b in zip(changes, began, ends, strict=True):
            if change.event and month == a:
                _begin(market, change, where, b - a if change.until else 0)
        market.step()


def _hold(market: Market, changes: Sequence[tuple[Change, NDArray[np.bool_]]]) -> None:
    """Hold decisions of these changes, and of no others."""
    from agents.held import Held

    held = Held()
    for change, where in changes:
        if change.lever:
            market.levers.slot(change.lever, change.target)
            lever = market.levers[change.lever]
            row = lever.targets.index(change.target) if change.target else None
            held.pin(change.lever, where, change.value, row, market.seats[change.lever].shape)
    market.hold(held)


def _begin(market: Market, change: Change, where: NDArray[np.bool_], lasting: int) -> None:
    """Let an event begin, for so many months, or as long as the scenario says."""
    nature = market.nature
    if change.event not in nature.names:
        raise ValueError(f"there is no event '{change.event}'; there are {', '.join(nature.names)}")
    row = nature.names.index(change.event)
    left = nature.left.copy()
    # the month about to be played takes one off
    left[row] = np.where(where, (lasting or nature.duration[row, 0]) + 1.0, left[row])
    nature.left = left


def _terms(claim: Claim) -> list[tuple[float, str]]:
    """Names of outcomes with their signs."""
    terms, sign = [], 1.0
    for word in claim.outcome.split():
        if word in "+-":
            sign = 1.0 if word == "+" else -1.0
        else:
            terms.append((sign, word))
    return terms


def _names(claim: Claim) -> list[str]:
    return [name for _, name in _terms(claim)]
