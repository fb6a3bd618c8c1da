"""Which worlds an experiment consists of: cells of lever settings, futures of parameters, replications of luck."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lab import months
from lab.experiments.files import bounds, number
from lab.experiments.root import Root
from lab.experiments.schema import Experiment
from sim import levers
from sim.quantity import FrozenDict
from sim.scenario import Scenario

Vector = NDArray[np.float64]
Row = tuple[str, str, int, Vector, NDArray[np.bool_]]
"""Lever, target, month, value by world, and worlds in which it is decided."""

WIDEST = 1000
"""Most worlds in a block; wider ones are no faster."""

MOST_WORLDS = 100_000
"""Worlds above which a study must be confirmed."""


@dataclass(frozen=True)
class Cell:
    """One setting of the levers, under one policy."""

    policy: int
    """Position of its policy; 0 if the experiment names none."""
    values: tuple[float, ...]
    """Value of each varied lever, NaN for the role's own rule."""


@dataclass(frozen=True)
class Block:
    """Worlds that are run together: some cells and replications in one future."""

    number: int
    future: int
    first: int
    """Number of its first world."""
    pairs: tuple[tuple[int, int], ...]
    """Cell and replication of each world."""


@dataclass(frozen=True)
class Design:
    """All worlds of an experiment, each found by its number alone."""

    experiment: Experiment
    scenario: Scenario
    cells: tuple[Cell, ...]
    futures: Vector
    """Value of each uncertain parameter, (futures, parameters)."""
    replications: int
    width: int
    """Most worlds in a block."""
    root: Root | None = None
    """Month of a saved game in which every world begins; None for the scenario's start."""

    @property
    def first(self) -> int:
        """Months since the scenario's start at which the worlds begin."""
        return self.root.month if self.root else 0

    @property
    def worlds(self) -> int:
        """Number of worlds, if none is spared by stopping early."""
        return len(self.cells) * len(self.futures) * self.replications

    @property
    def months(self) -> int:
        """Months played."""
        end = self.scenario.end if self.experiment.until == "end" else self.experiment.until
        return months.length(self.scenario.start, end) - self.first

    @property
    def rounds(self) -> list[range]:
        """Replications of each round, after which an experiment may stop."""
        step = self.experiment.stopping.step if self.experiment.stopping.by == "ranking" else self.replications
        return [range(i, min(i + step, self.replications)) for i in range(0, self.replications, step)]

    def blocks(self, number: int = 0, first: int = 0, rounds: list[range] | None = None) -> Iterator[Block]:
        """The blocks of some rounds, in order; futures are not mixed, as each has a market of its own."""
        for replications in self.rounds if rounds is None else rounds:
            for future in range(len(self.futures)):
                pairs = itertools.product(range(len(self.cells)), replications)
                while part := tuple(itertools.islice(pairs, self.width)):
                    yield Block(number, future, first, part)
                    number, first = number + 1, first + len(part)

    def block_of(self, world: int) -> tuple[Block, int]:
        """The block that holds a world, and the world's place in it.

        Raises:
            ValueError: there is no such world, in one sentence.
        """
        for block in self.blocks():
            if block.first <= world < block.first + len(block.pairs):
                return block, world - block.first
        raise ValueError(f"world {world} is not part of the study; allowed is 0 to {self.worlds - 1}")

    def in_future(self, future: int) -> Scenario:
        """The scenario with the parameters of a future, without the decisions that the experiment replaces."""
        groups = {group: dict(members) for group, members in self.scenario.behaviour.items()}
        for item, value in zip(self.experiment.uncertainties, self.futures[future], strict=True):
            group, _, name = item.parameter.partition(".")
            groups[group][name] = groups[group][name].model_copy(update={"value": float(value)})
        behaviour = FrozenDict({group: FrozenDict(members) for group, members in groups.items()})
        return self.scenario.model_copy(update={"behaviour": behaviour})

    def decisions(self, cells: tuple[int, ...]) -> list[tuple[str, str, int, Vector]]:
        """(lever, target, month, value by world) of all that policies and levers decide; later ones override.

        A world whose policy says nothing on a lever that another policy decides keeps the scenario's decisions
        there, written out as orders, since an order of the block holds in all its worlds.
        """
        known = levers.registry(self.scenario)
        experiment = self.experiment
        rows: list[Row] = []
        chosen = np.array([self.cells[cell].policy for cell in cells])
        for i, policy in enumerate(experiment.policies):
            for setting in policy.set:
                value = np.full(len(cells), number(known[setting.lever], setting.value))
                rows.append((setting.lever, setting.target, self._since_start(setting.date), value, chosen == i))
        table = np.array([self.cells[cell].values for cell in cells]).reshape(len(cells), -1)
        for j, lever in enumerate(experiment.levers):
            everywhere = np.ones(len(cells), bool)
            rows.append((lever.lever, lever.target, self._since_start(lever.date), table[:, j], everywhere))
        rows.sort(key=lambda row: row[2])
        begun = [(lever, target, max(month, self.first), *rest) for lever, target, month, *rest in rows]
        return self._merged(begun, len(cells))

    def place(self, date: str) -> int:
        """Months from the scenario's start to a date, or to where the worlds begin if that is later."""
        return max(self.first, self._since_start(date))

    def _since_start(self, date: str) -> int:
        return 0 if date == "start" else months.place(date, self.scenario.start, self.scenario.end)

    def history(self) -> list[tuple[str, str, int, float]]:
        """(lever, target, month, value) of what is decided without the study, NaN for the role's own rule."""
        if self.root is not None:
            return [(d.lever, d.target, d.month, d.number_or_nan) for d in self.root.coming]
        known = levers.registry(self.scenario)
        return [
            (d.lever, d.target, self.place(d.date), number(known[d.lever], d.value)) for d in self.scenario.decisions
        ]

    def _merged(self, rows: list[Row], worlds: int) -> list[tuple[str, str, int, Vector]]:
        """One order for each slot and month at which any world's decision changes."""
        orders, all_history = [], self.history()
        for slot in dict.fromkeys((lever, target) for lever, target, *_ in rows):
            own = [row for row in rows if row[:2] == slot]
            history = {month: value for lever, target, month, value in all_history if (lever, target) == slot}
            since = np.full(worlds, math.inf)
            for *_, month, _value, mask in own:
                since = np.where(mask, np.minimum(since, month), since)
            held = np.full(worlds, self.root.held.get(slot, math.nan) if self.root else math.nan)
            for month in sorted({*history, *(row[2] for row in own)}):
                if month in history:
                    held = np.where(month < since, history[month], held)
                for *_, when, value, mask in own:
                    held = np.where(mask & (when == month), value, held)
                orders.append((*slot, month, held))
        return sorted(orders, key=lambda order: order[2])

    def names(self) -> tuple[str, ...]:
        """Outcomes that a block records."""
        wanted = (*(measure.outcome for measure in self.experiment.measures), *self.experiment.paths)
        return tuple(dict.fromkeys(wanted))


def design(
    experiment: Experiment, scenario: Scenario, worlds: int | None = None, width: int = WIDEST, root: Root | None = None
) -> Design:
    """The worlds of an experiment.

    Args:
        experiment, scenario: as `lab.experiments.files.load` gives them.
        worlds: about how many worlds are wanted: replications are chosen to come to no more, but at least one.
        width: most worlds in a block.
        root: month of a saved game in which they begin; its parameters of behaviour are the only future then.
    """
    settings = _settings(experiment, scenario)
    policies = range(max(1, len(experiment.policies)))
    cells = tuple(Cell(policy, values) for policy in policies for values in settings)
    futures = _futures(experiment, scenario)[: 1 if root else None]
    replications = experiment.replications
    if worlds is not None:
        replications = max(1, worlds // (len(cells) * len(futures)))
    return Design(experiment, scenario, cells, futures, replications, width, root)


def count(experiment: Experiment, is_rooted: bool = False) -> int:
    """Worlds of an experiment, or of one that begins in a saved game, counted without making its design."""
    sampling = experiment.sampling
    if sampling.method == "full_factorial":
        cells = math.prod(len(lever.values) for lever in experiment.levers)
    elif sampling.method == "list":
        cells = max(1, len(sampling.rows))
    else:
        cells = sampling.cells * (len(experiment.levers) + 2 if sampling.method == "sobol" else 1)
    return cells * max(1, len(experiment.policies)) * (1 if is_rooted else experiment.futures.count) * experiment.replications


def problem(experiment: Experiment) -> dict[str, object]:
    """The levers as SALib describes a problem; a list of values counts as a range of positions."""
    edges = [[0.0, float(len(x.values))] if x.values else [x.low, x.high] for x in experiment.levers]
    return {"num_vars": len(edges), "names": [x.name for x in experiment.levers], "bounds": edges}


def _settings(experiment: Experiment, scenario: Scenario) -> list[tuple[float, ...]]:
    """Values of the varied levers, one tuple a setting; one empty tuple if none is varied."""
    known = levers.registry(scenario)
    sampling, varied = experiment.sampling, experiment.levers
    tried = [[number(known[lever.lever], value) for value in lever.values] for lever in varied]
    if sampling.method == "list":
        rows = [
            tuple(number(known[lever.lever], value) for lever, value in zip(varied, row, strict=True))
            for row in sampling.rows
        ]
        return rows or [()]
    if sampling.method == "full_factorial":
        return list(itertools.product(*tried))
    if sampling.method == "sobol":
        from SALib.sample import sobol

        spread = sobol.sample(problem(experiment), sampling.cells, calc_second_order=False, seed=sampling.seed)
        share = _unit(spread, experiment)
    else:
        from scipy.stats import qmc

        share = qmc.LatinHypercube(len(varied), rng=sampling.seed).random(sampling.cells)
    rows = []
    for point in share:
        row = []
        for lever, values, u in zip(varied, tried, point, strict=True):
            if values:
                row.append(values[min(int(u * len(values)), len(values) - 1)])
            else:
                row.append(float(lever.low + u * (lever.high - lever.low)))  # type: ignore[operator]
        rows.append(tuple(row))
    return rows


def _unit(spread: Vector, experiment: Experiment) -> Vector:
    edges = np.array(problem(experiment)["bounds"], float)
    return (spread - edges[:, 0]) / (edges[:, 1] - edges[:, 0])


def _futures(experiment: Experiment, scenario: Scenario) -> Vector:
    """Parameters of each future, (futures, parameters); the first is the scenario's own."""
    items = experiment.uncertainties
    own = [scenario.behaviour[p.parameter.split(".")[0]][p.parameter.partition(".")[2]].value for p in items]
    sampled = experiment.futures.count - 1
    if not items or sampled == 0:
        return np.array([own], float).reshape(1, len(items))
    from scipy.stats import qmc

    seed = experiment.futures.seed
    if experiment.futures.method == "sobol":
        size = 1 << (sampled - 1).bit_length()
        unit = qmc.Sobol(len(items), rng=seed).random(size)[:sampled]
    else:
        unit = qmc.LatinHypercube(len(items), rng=seed).random(sampled)
    edges = np.array([bounds(scenario, item) for item in items])
    return np.vstack([own, edges[:, 0] + unit * (edges[:, 1] - edges[:, 0])])
