"""Every place that docs/coverage.md gives for what the articles name exists and holds what the page says."""

import importlib
import re
from functools import cache

import pytest

from sim import levers, outcomes
from sim.quantity import Quantity
from sim.scenario_files import LISTS, load, shipped
from tests.source_reading import ROOT

PAGE = ROOT / "docs" / "coverage.md"
BASE = "central_asia_2025"
TABLES = {"Actors": 37, "Mechanisms": 50, "Numbers": 40}
"""Headings of the tables, and the fewest rows with which one is taken as complete."""
CONTEXT = "context only"
UNNAMED = {"government japan_korea", "lever of japan_korea", "lever of russia", "mine ingichka"}
"""Parts of the model that could be missing from the page because the articles do not name them."""


class MissingPlaceError(Exception):
    """A place that is not there, or holds another number."""


def rows_of(text, heading):
    """Cells of every row of the table under a heading, its header left out."""
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def all_rows():
    text = PAGE.read_text(encoding="utf-8")
    return [(heading, *row) for heading in TABLES for row in rows_of(text, heading)]


@cache
def world():
    return load(BASE)


@cache
def entries():
    """Entries of the scenario by list and key, and the files' names of their fields."""
    return {
        name: {tuple(getattr(part, k) for k in kind.key): part for part in getattr(world(), kind.field)}
        for name, kind in LISTS.items()
    }


def plain(value):
    """A field's value as the page writes it."""
    value = value.value if isinstance(value, Quantity) else value
    return f"{value:g}" if isinstance(value, float) else str(value)


def field_of(part, name):
    if name not in type(part).model_fields:
        raise MissingPlaceError(f"there is no field '{name}'")
    return getattr(part, name)


def look_up_entry(kind, name, words):
    """An entry of a list, or a field of it; `words` are its keys, the last with `.field` or without."""
    found = entries()[kind]
    if tuple(words) in found:
        return found[tuple(words)]
    *before, last = words
    key, _, field = last.rpartition(".")
    if (*before, key) in found:
        return field_of(found[(*before, key)], field)
    raise MissingPlaceError(f"there is no {kind} '{name}'")


def look_up_decision(words):
    lever, *target, date = words
    key = (lever, target[0] if target else "", date)
    if key not in entries()["decision"]:
        raise MissingPlaceError(f"there is no decision {key}")
    return entries()["decision"][key]


def look_up_code(name):
    """A class, function or constant by its full name."""
    module, _, thing = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), thing)
    except (ImportError, AttributeError, ValueError) as error:
        raise MissingPlaceError(f"there is no code '{name}'") from error


def look_up_among(known, what, name):
    if name not in known:
        raise MissingPlaceError(f"there is no {what} '{name}'")
    return known[name]


def look_up(place):
    """What a place names.

    Raises:
        MissingPlaceError: it is not there, or holds another value than the one after "=".
    """
    name, _, wanted = (part.strip() for part in place.partition("="))
    kind, *words = name.split()
    rest = " ".join(words)
    if kind == "decision":
        found = look_up_decision(words)
    elif kind in LISTS:
        found = look_up_entry(kind, rest, words)
    elif kind == "temperament":
        role, _, temper = rest.partition(".")
        government = look_up_among({g.key: g for g in world().governments}, "role", role)
        found = look_up_among({t.name: t for t in government.temperaments}, "temperament", temper)
    elif kind == "behaviour":
        group, _, parameter = rest.partition(".")
        found = look_up_among(world().behaviour.get(group, {}), f"parameter in '{group}'", parameter)
    elif kind == "lever":
        found = look_up_among(levers.registry(world()).by_name, kind, rest)
    elif kind == "outcome":
        found = look_up_among(outcomes.registry(world()), kind, rest)
    elif kind == "scenario":
        found = look_up_among({summary.name: summary for summary in shipped()}, kind, rest)
    elif kind == "code":
        found = look_up_code(rest)
    elif kind == "file":
        found = ROOT / rest
        if not found.is_file():
            raise MissingPlaceError(f"there is no file '{rest}'")
    else:
        raise MissingPlaceError(f"'{kind}' is no kind of place")
    if wanted and plain(found) != wanted:
        raise MissingPlaceError(f"{name} is {plain(found)}, not {wanted}")
    return found


@pytest.mark.parametrize("row", all_rows(), ids=lambda row: f"{row[0]}: {row[1][:50]}")
def test_what_the_articles_name_has_a_place_or_a_reason(row):
    _, named, articles, place, words = row
    assert named
    assert set(articles.split()) <= {"D", "F"}
    assert articles
    if place == CONTEXT:
        assert len(words.split()) >= 5, "say why it stays outside"
        return
    assert len(words.split()) >= 2, "say what stands for it"
    places = re.findall(r"`([^`]+)`", place)
    assert places, f"neither a place nor '{CONTEXT}': {place}"
    assert re.sub(r"`[^`]+`", "", place).strip() == ""
    for each in places:
        look_up(each)


@pytest.mark.parametrize("heading", TABLES)
def test_the_tables_are_complete_and_say_nothing_twice(heading):
    rows = rows_of(PAGE.read_text(encoding="utf-8"), heading)
    assert len(rows) >= TABLES[heading]
    assert all(len(row) == 4 for row in rows)
    assert len({row[0] for row in rows}) == len(rows)


def test_every_role_lever_group_and_central_asian_mine_is_covered():
    covered = " ".join(row[3] for row in all_rows())
    missing = [f"government {g.key}" for g in world().governments if f"government {g.key}`" not in covered]
    central = [m.key for m in world().mines if m.region in ("kazakhstan", "uzbekistan") and m.capex.value > 0]
    missing += [f"mine {key}" for key in central if f"mine {key}" not in covered]
    missing += [f"membership {m.key}" for m in world().memberships if f"membership {m.key}" not in covered]
    roles = dict.fromkeys(lever.role for lever in levers.registry(world()) if "temperament" not in lever.name)
    missing += [f"lever of {role}" for role in roles if f"lever {role}." not in covered]
    assert [name for name in missing if name not in UNNAMED] == []


@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        ("mine moneymore", "no mine"),
        ("mine bakuta.colour", "no field"),
        ("mine bakuta.workforce = 401", "is 400"),
        ("mine northern_katpar.plan_first_output = 2028-06", "is 2029-06"),
        ("relation kazakhstan china", "no relation"),
        ("decision kazakhstan.award bakuta 2026-01", "no decision"),
        ("temperament china.friendly", "no temperament"),
        ("behaviour fear.joy", "no parameter"),
        ("lever kazakhstan.tax", "no lever"),
        ("outcome price.gold", "no outcome"),
        ("scenario peace", "no scenario"),
        ("code agents.china.Chinas", "no code"),
        ("code agents.nowhere.Thing", "no code"),
        ("file docs/nothing.md", "no file"),
        ("place anywhere", "no kind"),
    ],
)
def test_a_place_that_is_gone_or_has_changed_is_found(place, complaint):
    with pytest.raises(MissingPlaceError, match=complaint):
        look_up(place)
