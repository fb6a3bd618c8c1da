"""A small experiment, and a model without economics that answers it at once, for tests of studies."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from lab.experiments.design import design
from lab.experiments.files import load
from lab.experiments.play import seeds
from lab.experiments.results import Study

READ = {}

SMALL = """
[experiment]
name = "small"
title = "A small question"
question = "Does it matter?"
source = "made up for tests"
until = "2026-12"
replications = 4
paths = ["price.apt.rotterdam"]

[experiment.sampling]
method = "latin_hypercube"
cells = 6
seed = 4

[experiment.futures]
count = 3

[[policy]]
name = "calm"
title = "Calm"

[[policy]]
name = "strict"
title = "Strict"
set = [{ lever = "china.licence_approval", target = "us", value = 0.2, date = "2025-06" }]

[[lever]]
name = "quota"
lever = "china.mining_quota"
low = 40000.0
high = 80000.0

[[uncertainty]]
parameter = "fear.refusal"

[[measure]]
name = "price"
title = "Price"
outcome = "price.apt.rotterdam"
prefer = "low"
enough = 330.0
"""


def plan(folder: Path, width: int = 20, text: str = SMALL, worlds: int | None = None):
    """The worlds of the small experiment, in blocks that do not fit."""
    folder.mkdir(parents=True, exist_ok=True)
    return design(*read(text, folder), worlds=worlds, width=width)


def read(text: str, folder: Path):
    """The experiment of a text, read once."""
    if text not in READ:
        path = folder / "small.toml"
        path.write_text(text, encoding="utf-8")
        READ[text] = load(str(path))
    return READ[text]


def opened(design, folder: Path, resume: bool = False) -> Study:
    """A study in a folder."""
    study = Study(folder)
    study.open(design, resume)
    return study


class Fake:
    """Prices fall with the quota, rise without licences and with the fear of refusals, and wander with the seed."""

    def __init__(self, design, block):
        level = 300.0 + np.array(seeds(design, block)) % 7
        for lever, _, _, value in design.decisions(block.cells):
            known = np.nan_to_num(value, nan=1.0)
            level = level + (80.0 * (1.0 - known) if "licence" in lever else (60_000 - known) / 1000)
        self.level = level * (1 + design.futures[list(block.futures), 0] / 50)
        self.names, self.values = design.names(), []

    def step(self):
        self.values.append(np.array([self.level * (1 + len(self.values) / 100)] * len(self.names)))

    def snapshot(self):
        return {"fake": {"level": self.level}}

    @property
    def record(self):
        return SimpleNamespace(outcomes=self.names, values=np.array(self.values))


def fake(design, block):
    """The model of a block."""
    return Fake(design, block)


def counted(design, block):
    """The same, leaving a line in the file that the environment names."""
    with open(os.environ["BLOCKS_RUN"], "a", encoding="utf-8") as file:
        file.write(f"{block.number}\n")
    return Fake(design, block)


def breaking(design, block):
    """The same, but the second block fails."""
    if block.number == 1:
        raise ArithmeticError("this block fails on purpose")
    return Fake(design, block)


def deadly(design, block):
    """The same, but the second block takes its process down."""
    if block.number == 1:
        os._exit(9)
    return Fake(design, block)


def slow(design, block):
    """The same, taking its time."""
    time.sleep(0.1)
    return Fake(design, block)
