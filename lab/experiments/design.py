"""Which worlds an experiment consists of: cells of lever settings, futures of parameters, replications of luck."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.parameters import is_by_world
from lab import months
from lab.experiments.files import accepted, bounds, number
from lab.experiments.root import Root
from lab.experiments.schema import Experiment
from lab.run import WIDEST
from sim import levers
from sim.quantity import FrozenDict
from sim.scenario import Scenario

Vector = NDArray[np.float64]
Row = tuple[str, str, int, Vector, NDArray[np.bool_]]
"""Lever, target, month, value by world, and worlds in which it is decided."""

LEVELS = 4
"""Levels of a lever on the paths of Morris's method."""

SHARES = 4
"""Blocks come in multiples of this."""

WORTH_SHARING = 250
"""Worlds below which a block is not divided for that."""

MOST_WORLDS = 100_000
"""Worlds above which a study must be confirmed."""


@dataclass(frozen=True)
class Cell:
    """One setting of the levers, under one policy."""

    policy: int
    """Position of its policy; 0 if the experiment names none."""
    values: tuple[float, ...]
    """Value of each varied lever, NaN for the role's own rule."""
    generation: int = 0
    """Generation of a search that proposed it."""


@dataclass(frozen=True)
class Block:
    """Worlds that are run together."""

    number: int
    first: int
    """Number of its first world."""
    members: tuple[tuple[int, int, int], ...]
    """Cell, future and replication of each world."""

    @property
    def cells(self) -> tuple[int, ...]:
        """Cell of each world."""
        return tuple(cell for cell, _, _ in self.members)

    @property
    def futures(self) -> tuple[int, ...]:
        """Future of each world."""
        return tuple(future for _, future, _ in self.members)


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
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters that differ between futures, in the order of their columns."""
        return parameters(self.experiment, self.scenario)

    @property
    def first(self) -> int:
        """Months since the scenario's start at which the worlds begin."""
        return self.root.month if self.root else 0

    @property
    def worlds(self) -> int:
        """Number of worlds, if none is spared by stopping early; of a search, as many as it may come to."""
        sampling = self.experiment.sampling
        cells = sampling.cells * sampling.generations if sampling.method == "search" else len(self.cells)
        return cells * len(self.futures) * self.replications

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

    def blocks(
        self, number: int = 0, first: int = 0, rounds: list[range] | None = None, cells: range | None = None
    ) -> Iterator[Block]:
        """The blocks of some rounds, in order.

        Args:
            number, first: of the first block, and of its first world.
            rounds: replications of each; all rounds if None.
            cells: all if None.
        """
        cells = cells or range(len(self.cells))
        futures = range(len(self.futures))
        together = [futures] if self.is_mixed else [range(i, i + 1) for i in futures]
        for replications in self.rounds if rounds is None else rounds:
            for some in together:
                members = ((c, f, r) for f in some for c in cells for r in replications)
                width = self._shared(len(some) * len(cells) * len(replications))
                while part := tuple(itertools.islice(members, width)):
                    yield Block(number, first, part)
                    number, first = number + 1, first + len(part)

    def _shared(self, worlds: int) -> int:
        """Width of the blocks of so many worlds: that of the design, or less, so that two or four processes finish together.

        It may not depend on the processes of a machine: a study goes on anywhere with the blocks that it began with.
        """
        least = -(-worlds // self.width)
        number = max(least, min(-(-least // SHARES) * SHARES, worlds // WORTH_SHARING))
        return -(-worlds // number)

    @property
    def is_mixed(self) -> bool:
        """Whether worlds of different futures share a block: not if they differ in what is one number for a block."""
        return all(is_by_world(name) for name in self.parameters)

    def own(self, block: Block) -> dict[str, Vector]:
        """Parameters of a block's worlds where there are several futures, "group.name" to (worlds,)."""
        if len(self.futures) < 2:
            return {}
        columns = np.ascontiguousarray(self.futures[list(block.futures)].T)
        return dict(zip(self.parameters, columns, strict=True))

    def block_of(self, world: int) -> tuple[Block, int]:
        """The block that holds a world, and the world's place in it.

        Raises:
            ValueError: there is no such world, in one sentence.
        """
        for block in self._all_blocks():
            if block.first <= world < block.first + len(block.members):
                return block, world - block.first
        raise ValueError(f"world {world} is not part of the study; allowed is 0 to {self.worlds - 1}")

    def _all_blocks(self) -> Iterator[Block]:
        if self.experiment.sampling.method != "search":
            yield from self.blocks()
            return
        number = first = 0
        for generation in sorted({cell.generation for cell in self.cells}):
            cells = [i for i, cell in enumerate(self.cells) if cell.generation == generation]
            for block in self.blocks(number, first, cells=range(cells[0], cells[-1] + 1)):
                yield block
                number, first = block.number + 1, block.first + len(block.members)

    def in_future(self, future: int) -> Scenario:
        """The scenario with the parameters of a future, without the decisions that the experiment replaces."""
        groups = {group: dict(members) for group, members in self.scenario.behaviour.items()}
        for parameter, value in zip(self.parameters, self.futures[future], strict=True):
            group, _, name = parameter.partition(".")
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
    experiment: Experiment,
    scenario: Scenario,
    worlds: int | None = None,
    width: int = WIDEST,
    root: Root | None = None,
) -> Design:
    """The worlds of an experiment.

    Args:
        experiment, scenario: as `lab.experiments.files.load` gives them.
        worlds: about how many worlds are wanted: replications are chosen to come to no more, but at least one.
        width: most worlds in a block.
        root: month of a saved game in which they begin; its parameters are the first future then.
    """
    settings = _settings(experiment, scenario)
    policies = range(max(1, len(experiment.policies)))
    cells = tuple(Cell(policy, values) for policy in policies for values in settings)
    futures = _futures(experiment, scenario, root)
    replications = experiment.replications
    if worlds is not None:
        replications = max(1, worlds * replications // count(experiment))
    return Design(experiment, scenario, cells, futures, replications, width, root)


def count(experiment: Experiment) -> int:
    """Worlds of an experiment, counted without making its design."""
    sampling = experiment.sampling
    if sampling.method == "full_factorial":
        cells = math.prod(len(lever.values) for lever in experiment.levers)
    elif sampling.method == "list":
        cells = max(1, len(sampling.rows))
    else:
        varied = len(experiment.levers)
        each = {"sobol": varied + 2, "morris": varied + 1, "search": sampling.generations}
        cells = sampling.cells * each.get(sampling.method, 1)
    return cells * max(1, len(experiment.policies)) * experiment.futures.count * experiment.replications


def problem(experiment: Experiment) -> dict[str, object]:
    """The levers as SALib describes a problem; a list of values counts as a range of positions."""
    edges = [[0.0, float(len(x.values))] if x.values else [x.low, x.high] for x in experiment.levers]
    return {"num_vars": len(edges), "names": [x.name for x in experiment.levers], "bounds": edges}


def spread(experiment: Experiment) -> Vector:
    """Settings as SALib samples them for Sobol's or Morris's indices, (settings, levers)."""
    sampling = experiment.sampling
    if sampling.method == "morris":
        from SALib.sample import morris

        return np.asarray(morris.sample(problem(experiment), sampling.cells, num_levels=LEVELS, seed=sampling.seed))
    from SALib.sample import sobol

    return np.asarray(sobol.sample(problem(experiment), sampling.cells, calc_second_order=False, seed=sampling.seed))


def _settings(experiment: Experiment, scenario: Scenario) -> list[tuple[float, ...]]:
    """Values of the varied levers, one tuple a setting; one empty tuple if none is varied."""
    known = levers.registry(scenario)
    sampling, varied = experiment.sampling, experiment.levers
    if sampling.method == "search":
        return []
    if sampling.method == "list":
        rows = [
            tuple(number(known[lever.lever], value) for lever, value in zip(varied, row, strict=True))
            for row in sampling.rows
        ]
        return rows or [()]
    if sampling.method == "full_factorial":
        return list(itertools.product(*_tried(experiment, known)))
    if sampling.method in ("sobol", "morris"):
        edges = np.array(problem(experiment)["bounds"], float)
        share = (spread(experiment) - edges[:, 0]) / (edges[:, 1] - edges[:, 0])
    else:
        from scipy.stats import qmc

        share = qmc.LatinHypercube(len(varied), rng=sampling.seed).random(sampling.cells)
    return settings(experiment, scenario, share)


def _tried(experiment: Experiment, known: levers.Levers) -> list[list[float]]:
    """Values that are tried of each lever."""
    return [[number(known[lever.lever], value) for value in lever.values] for lever in experiment.levers]


def settings(experiment: Experiment, scenario: Scenario, share: Vector) -> list[tuple[float, ...]]:
    """Values of the varied levers at shares of their ranges, or of their lists, from 0 to 1, (settings, levers)."""
    tried = _tried(experiment, levers.registry(scenario))
    rows = []
    for point in share:
        row = []
        for lever, values, u in zip(experiment.levers, tried, point, strict=True):
            if values:
                row.append(values[min(int(u * len(values)), len(values) - 1)])
            else:
                row.append(float(lever.low + u * (lever.high - lever.low)))  # type: ignore[operator]
        rows.append(tuple(row))
    return rows


def parameters(experiment: Experiment, scenario: Scenario) -> tuple[str, ...]:
    """Parameters that differ between futures: those that are named, then the others of the calibration's sets."""
    named = tuple(item.parameter for item in experiment.uncertainties)
    if experiment.futures.method != "calibrated":
        return named
    return named + tuple(name for name in accepted(scenario) if name not in named)


def _futures(experiment: Experiment, scenario: Scenario, root: Root | None) -> Vector:
    """Parameters of each future, (futures, parameters); the first is the scenario's own, or that of a saved game."""
    items, names = experiment.uncertainties, parameters(experiment, scenario)
    own = [scenario.behaviour[name.split(".")[0]][name.partition(".")[2]].value for name in names]
    if root is not None:
        own = [root.behaviour(name) for name in names]
    sampled, seed = experiment.futures.count - 1, experiment.futures.seed
    if not names or sampled == 0:
        return np.array([own], float).reshape(1, len(names))
    if experiment.futures.method == "calibrated":
        sets = accepted(scenario)
        rows = np.random.default_rng(seed).permutation(len(sets[names[0]]))[:sampled]
        return np.vstack([own, np.array([sets[name][rows] for name in names]).T])
    from scipy.stats import qmc

    if experiment.futures.method == "sobol":
        size = 1 << (sampled - 1).bit_length()
        unit = qmc.Sobol(len(items), rng=seed).random(size)[:sampled]
    else:
        unit = qmc.LatinHypercube(len(items), rng=seed).random(sampled)
    edges = np.array([bounds(scenario, item) for item in items])
    return np.vstack([own, edges[:, 0] + unit * (edges[:, 1] - edges[:, 0])])
