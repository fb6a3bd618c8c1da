"""docs/model.md names phases, parameters and files that exist."""

import re

import pytest

from agents.month import MONTH
from sim.scenario_files import load
from tests.source_reading import ROOT

PAGE = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def world():
    return load("central_asia_2025")


def test_the_page_has_the_phases_of_a_month_in_their_order():
    section = PAGE.split("## 3. A month, in order", 1)[1].split("\n## ", 1)[0]
    phases = re.findall(r"^\d+\. \*\*(\w+)\*\*", section, re.MULTILINE)
    assert phases == [phase.__name__ for phase in MONTH]


def test_the_page_names_parameters_that_exist(world):
    groups = "|".join(world.behaviour)
    named = re.findall(rf"(?<![\w/])({groups})\.([a-z_]+)\b(?!\()", PAGE)
    assert len(named) >= 25
    assert [f"{group}.{name}" for group, name in named if name not in world.behaviour[group]] == []


def test_the_page_names_files_that_exist():
    named = set(re.findall(r"`((?:agents|sim|scenarios)/[\w/]+(?:\.py)?)`", PAGE))
    named |= {f"docs/{link}" for link in re.findall(r"\]\(([\w/]+\.md)\)", PAGE)}
    assert len(named) >= 8
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_page_counts_what_the_scenario_holds(world):
    assert f"{len(world.pools)} pools" in PAGE
    assert f"{len(world.arcs)} arcs" in PAGE
    assert f"{len(world.mines)} mines" in PAGE
    assert f"{len(world.demands)} uses" in PAGE
    assert f"{len(world.regions)} regions" in PAGE
