"""What an experiment file may say: frozen, strict types whose unknown keys fail."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Literal

from pydantic import Field

from sim.quantity import Key, Month, Part, Text

Measured = Literal["last", "mean", "sum", "max", "min", "recovery"]
Method = Literal["full_factorial", "latin_hypercube", "sobol", "morris", "search", "list"]
Preference = Literal["high", "low", "none"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
"""A short name in snake_case, which becomes a column."""


class Setting(Part):
    """A decision that a policy takes."""

    lever: Key
    """Name of the lever, as `main.py levers` lists it."""
    target: str = ""
    """What it is set for; "" if it has no target."""
    value: float | str
    """In the lever's unit, a choice, or "rule"."""
    date: Month | Literal["start"] = "start"
    """Month from which it holds."""


class Policy(Part):
    """Decisions that belong together and are tried as a whole."""

    name: Name
    """Short name."""
    title: Text
    """Name in the report."""
    set: tuple[Setting, ...] = ()
    """Its decisions, on top of the scenario's."""


class Varied(Part):
    """A lever that is varied on its own."""

    name: Name
    """Column in the tables."""
    lever: Key
    """Name of the lever."""
    target: str = ""
    """What it is set for."""
    date: Month | Literal["start"] = "start"
    """Month from which it holds."""
    values: tuple[float | str, ...] = ()
    """Values tried; needed by full_factorial, and by levers with choices."""
    low: float | None = None
    """Lowest value, if it is a range."""
    high: float | None = None
    """Highest value, if it is a range."""


class Uncertainty(Part):
    """A parameter of behaviour that nobody knows exactly."""

    parameter: Key
    """Group and name, such as "fear.refusal"."""
    low: float | None = None
    """Lowest value; the scenario's own range if nothing is said."""
    high: float | None = None
    """Highest value."""


class Measure(Part):
    """A number that each world leaves behind: one outcome over a stretch of months."""

    name: Name
    """Column in the tables."""
    title: Text
    """Name in the report."""
    outcome: Key
    """What is measured, as `main.py outcomes` lists it."""
    how: Measured = "mean"
    """What is made of its months; recovery: months until it is back within a tenth of its first value."""
    first: Month | Literal["start"] = "start"
    """First month that counts."""
    last: Month | Literal["end"] = "end"
    """Last month that counts."""
    prefer: Preference = "none"
    """Which way is better for who asks."""
    enough: float | None = None
    """Value at which it is good enough; the side follows from prefer."""


class Sampling(Part):
    """How lever settings are chosen."""

    method: Method = "list"
    """list: the policies and the rows as they stand; search: settings that get better from generation to generation."""
    cells: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """Settings of latin_hypercube, or of a generation of search; base number of sobol (a power of two); paths of morris."""
    generations: Annotated[int, Field(ge=1, le=10_000)] = 10
    """Generations of search."""
    judged_by: Literal["mean", "tail"] = "mean"
    """What search makes better in each measure: the mean over worlds, or the mean of the worst tenth of them."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    """Seed of the sampling."""
    rows: tuple[tuple[float | str, ...], ...] = ()
    """Settings of the levers, in their order, for list."""


class Futures(Part):
    """How uncertain parameters are sampled; each policy meets each future."""

    method: Literal["latin_hypercube", "sobol", "calibrated"] = "latin_hypercube"
    """sobol: a scrambled sequence of low discrepancy; calibrated: whole sets of parameters that the calibration accepted."""
    count: Annotated[int, Field(ge=1, le=100_000)] = 1
    """Number of futures; the first is always the scenario's own."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    """Seed of the sampling."""


class Stopping(Part):
    """When there are enough worlds."""

    by: Literal["count", "ranking"] = "count"
    """count: when all replications are run; ranking: as soon as the order of policies, or of levers, is stable."""
    measure: str = ""
    """Measure that ranks."""
    confidence: Annotated[float, Field(gt=0.5, lt=1.0)] = 0.95
    """Share of resamples that must give the same order."""
    step: Annotated[int, Field(ge=1, le=10_000)] = 8
    """Replications added at a time."""


class Experiment(Part):
    """A question, and the worlds that are to answer it."""

    name: Name
    """Short name, as the file's."""
    title: Text
    """Name of the report."""
    question: Text
    """The question in one or two sentences."""
    source: Text
    """Where the question comes from."""
    scenario: str = "central_asia_2025"
    """Scenario that is varied."""
    until: Month | Literal["end"] = "end"
    """Last month played."""
    seed: Annotated[int, Field(ge=0, lt=2**62)] = 1
    """Seed of the first replication."""
    replications: Annotated[int, Field(ge=1, le=1_000_000)] = 16
    """Worlds of each policy in each future; all policies share their luck."""
    paths: tuple[Key, ...] = ()
    """Outcomes whose whole path is kept, at the ends of years, for fan charts."""
    sampling: Sampling = Sampling()
    """How lever settings are chosen."""
    futures: Futures = Futures()
    """How uncertain parameters are sampled."""
    stopping: Stopping = Stopping()
    """When there are enough worlds."""
    policies: tuple[Policy, ...] = ()
    """Whole policies by name; each is combined with each setting of the levers."""
    levers: tuple[Varied, ...] = ()
    """Levers that are varied."""
    uncertainties: tuple[Uncertainty, ...] = ()
    """Parameters that are uncertain."""
    measures: Annotated[tuple[Measure, ...], Field(min_length=1)]
    """What each world leaves behind."""

    @property
    def digest(self) -> str:
        """Hash of the whole content: 64 hexadecimal digits (SHA-256)."""
        content = self.model_dump(mode="json")
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
