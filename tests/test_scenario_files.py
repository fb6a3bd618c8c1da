"""Scenario files extend one another, and a faulty one says at once all that is wrong."""

import pytest

from sim import scenario as types
from sim.scenario_files import ScenarioError, load, shipped

BASE = "central_asia_2025"

HEADER = """
[scenario]
name = "trial"
title = "Trial"
description = "A scenario of the tests."
"""


@pytest.fixture(scope="module")
def world():
    return load(BASE)


@pytest.fixture
def extension(tmp_path):
    """A function that loads the shipped world extended by a piece of TOML."""

    def load_extended(text, header=""):
        path = tmp_path / "trial.toml"
        path.write_text(HEADER + f'extends = "{BASE}"\n' + header + text, encoding="utf-8")
        return load(path)

    return load_extended


def errors_of(action, *arguments):
    with pytest.raises(ScenarioError) as caught:
        action(*arguments)
    return caught.value.errors


def by_key(parts):
    return {part.key: part for part in parts}


# Extension


def test_an_extension_overrides_only_the_fields_that_it_gives(world, extension):
    capacity = '{ value = 4300, unit = "t W/year", source = "A later report.", confidence = "F" }'
    old = by_key(world.mines)["bakuta"]
    scenario = extension(f'[[mine]]\nkey = "bakuta"\ncapacity = {capacity}\n')
    new = by_key(scenario.mines)["bakuta"]
    assert new.capacity.value == 4_300
    assert new.capacity.low is None
    assert new.model_copy(update={"capacity": old.capacity}) == old
    assert [mine.key for mine in scenario.mines] == [mine.key for mine in world.mines]
    assert (scenario.name, scenario.start, scenario.historical) == ("trial", world.start, False)


def test_a_new_number_takes_its_source_from_the_entry_that_gives_it(world, extension):
    number = '{ value = 500, unit = "person" }'
    given = extension(
        f'[[mine]]\nkey = "bakuta"\nworkforce = {number}\nsource = "Tests."\nconfidence = "K"\n'
    )
    bare = extension(f'[[mine]]\nkey = "bakuta"\nworkforce = {number}\n')
    old = by_key(world.mines)["bakuta"]
    assert by_key(given.mines)["bakuta"].workforce.source == "Tests."
    assert by_key(given.mines)["bakuta"].grade.source == old.grade.source
    assert by_key(bare.mines)["bakuta"].workforce.source == old.source


def test_an_extension_removes_and_adds_entries(world, extension):
    scenario = extension(
        """
[[event]]
key = "tool_cycle"
remove = true

[[event]]
key = "dust"
kind = "winter"
target = "kazakhstan"
probability = { value = 0.1, unit = "1/year" }
size = { value = 0.9, unit = "factor" }
duration = { value = 1, unit = "month" }
title = "Dust"
news = "A dust storm."
source = "Tests."
confidence = "E"
"""
    )
    old, new = by_key(world.events), by_key(scenario.events)
    assert set(old) - set(new) == {"tool_cycle"}
    assert set(new) - set(old) == {"dust"}


def test_a_new_entry_must_be_complete(extension):
    errors = errors_of(extension, '[[stock]]\nkey = "us_stockpile"\n[[mine]]\nkey = "new_mine"\n')
    assert all("'new_mine'" in error and "missing" in error for error in errors)
    assert any("capacity" in error and "t W/year" in error for error in errors)


def test_decisions_of_the_base_can_be_dropped_or_changed(world, extension):
    decision = '[[decision]]\ndate = "2025-04"\nlever = "china.mining_quota"\nvalue = 60000\n'
    changed = extension(decision)
    dropped = extension(decision + 'source = "Tests."\nconfidence = "E"\n', "inherit_decisions = false\n")
    assert len(changed.decisions) == len(world.decisions)
    assert [d.value for d in changed.decisions if (d.date, d.lever) == ("2025-04", "china.mining_quota")] == [
        60_000
    ]
    assert [d.date for d in dropped.decisions] == ["2025-04"]


def test_tables_merge_key_by_key(world, extension):
    scenario = extension(
        """
[mechanisms]
fear = false

[behaviour.trial]
pace = { value = 1, unit = "1/month", low = 0, high = 2, source = "Tests.", confidence = "E" }
""",
        'temperaments = { china = "hardline" }\n',
    )
    assert scenario.mechanisms == types.Mechanisms(fear=False)
    assert scenario.temperaments == {**world.temperaments, "china": "hardline"}
    assert set(scenario.behaviour) == {*world.behaviour, "trial"}
    assert all(scenario.behaviour[group] == names for group, names in world.behaviour.items())


def test_an_extension_of_an_extension_holds_both(world, tmp_path):
    middle = tmp_path / "middle"
    middle.mkdir()
    (middle / "a.toml").write_text(HEADER + f'extends = "{BASE}"\nend = "2030-12"\n', encoding="utf-8")
    (middle / "b.toml").write_text("[mechanisms]\nnoise = false\n", encoding="utf-8")
    last = tmp_path / "last.toml"
    last.write_text(HEADER + 'extends = "middle"\n[mechanisms]\nfear = false\n', encoding="utf-8")
    scenario = load(last)
    assert (scenario.end, scenario.mechanisms) == ("2030-12", types.Mechanisms(noise=False, fear=False))
    assert scenario.arcs == world.arcs


def test_a_scenario_that_extends_itself_is_refused(tmp_path):
    for name, base in (("one", "two"), ("two", "one")):
        (tmp_path / f"{name}.toml").write_text(HEADER + f'extends = "{base}.toml"\n', encoding="utf-8")
    assert any("circle" in error for error in errors_of(load, tmp_path / "one.toml"))


def test_an_extension_of_nothing_known_is_refused(tmp_path):
    path = tmp_path / "trial.toml"
    path.write_text(HEADER + 'extends = "central_asia_2026"\n', encoding="utf-8")
    assert any(f"did you mean '{BASE}'" in error for error in errors_of(load, path))


def test_the_digest_changes_with_any_number(world, extension):
    text = '[[mine]]\nkey = "kara"\nworkforce = { value = 41, unit = "person" }\n'
    assert extension(text).digest != world.digest


# Errors


BROKEN = {
    "scenario.toml": HEADER + f'extends = "{BASE}"\nend = "2040-13"\ntemperaments = {{ china = "angry" }}\n',
    "mines.toml": """
[[mine]]
key = "bakuta"
capacity = { value = -5, unit = "t W/year" }
stage = "digging"
capasity = 3

[[mine]]
key = "sangdong"
capacity = { value = 1820, unit = "t/month" }
recovery = 0.8
""",
    "arcs.toml": """
[[arc]]
key = "kazakhstan_europe"
destination = "europe.concentrat.eligible"
transit = { value = 1.5, unit = "month" }

[[arcs]]
key = "typing_error"
""",
    "more.toml": """
[[decision]]
date = "2025-06"
lever = "china.mining_quotas"
value = 3
source = "Tests."
confidence = "E"

[[decision]]
date = "2025-06"
lever = "kazakhstan.award"
target = "bakuta"
value = "germany"
source = "Tests."
confidence = "E"

[[pool]]
key = "china.apt.any"
stock = { value = 10, unit = "t W", low = 11, high = 12 }

[behaviour.trial]
pace = { value = 1, unit = "1/month", source = "Tests.", confidence = "E" }
""",
}

EXPECTED = [
    ("scenario.toml: scenario: end:", "'2040-13'", "2025-01"),
    ("scenario.toml: scenario: temperaments:", "'angry'", "hardline"),
    ("mines.toml: mine 'bakuta': capacity:", "-5", "0 to 1e+06 in t W/year"),
    ("mines.toml: mine 'bakuta': stage:", "'digging'", "'care_and_maintenance'"),
    ("mines.toml: mine 'bakuta':", "'capasity'", "did you mean 'capacity'"),
    ("mines.toml: mine 'sangdong': capacity:", "'t/month'", "t W/year"),
    ("mines.toml: mine 'sangdong': recovery:", "0.8", "a table with value, unit"),
    ("arcs.toml: arc 'kazakhstan_europe': transit:", "1.5", "a whole number from 0 to 4 in month"),
    ("arcs.toml:", "'arcs'", "did you mean 'arc'"),
    (
        "more.toml: decision 'china.mining_quotas 2025-06': lever:",
        "'china.mining_quotas'",
        "china.mining_quota'",
    ),
    ("more.toml: decision 'kazakhstan.award bakuta 2025-06': value:", "'germany'", "turkey"),
    ("more.toml: pool 'china.apt.any': stock:", "10", "11"),
    ("more.toml: behaviour 'trial.pace':", "low and high", "range"),
]


@pytest.fixture
def broken(tmp_path):
    for name, text in BROKEN.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("place", "value", "allowed"), EXPECTED, ids=lambda text: text[:40])
def test_an_error_names_file_field_value_and_what_is_allowed(broken, place, value, allowed):
    found = [error for error in errors_of(load, broken) if error.startswith(place) and value in error]
    assert len(found) == 1
    assert allowed in found[0]


def test_all_errors_of_all_files_come_at_once_and_without_echo(broken):
    errors = errors_of(load, broken)
    assert len(errors) == len(EXPECTED)
    assert len(errors) >= 10
    assert all(error.endswith(".") and "\n" not in error for error in errors)


def test_an_entry_that_points_nowhere_is_found(extension):
    errors = errors_of(
        extension, '[[arc]]\nkey = "kazakhstan_europe"\ndestination = "europe.concentrat.eligible"\n'
    )
    assert len(errors) == 1
    assert "trial.toml: arc 'kazakhstan_europe': destination: 'europe.concentrat.eligible'" in errors[0]
    assert "did you mean 'europe.concentrate.eligible'" in errors[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[mine]]\nkey = "bakuta"\nremove = false\n', "allowed is true"),
        ('[[mine]]\nkey = "nowhere"\nremove = true\n', "nothing of that name"),
        ('[[mine]]\nkey = "sarykul"\n[[mine]]\nkey = "sarykul"\n', "given twice"),
        ('[[mine]]\ntitle = "Nameless"\n', "key is missing"),
        ("[mine]\nkey = 1\n", "[[mine]]"),
        ("[[mechanisms]]\nfear = false\n", "one table"),
        ("[mechanisms]\nfear = 0\n", "true or false"),
        ("[mechanisms]\nfears = true\n", "did you mean 'fear'"),
        ("[behaviour]\ntrial = 3\n", "a table"),
        ("[behaviour.trial]\npace = 3\n", "value, unit"),
        ('[[mine]]\nkey = "bakuta"\nexpansion_date = ""\n', "a month is needed"),
        ('[[mine]]\nkey = "bakuta"\nregion = "japan"\n', "concentrate pool"),
        ('[[mine]]\nkey = "bakuta"\ncost_low = { value = 200, unit = "USD/mtu" }\n', "above cost_high"),
        ('[[mine]]\nkey = "sisson"\noutput = { value = 2, unit = "t W/year" }\n', "before ramp-up"),
        ('[[offtake]]\nkey = "mittersill_captive"\nmine = "bakuta"\n', "would be sold"),
        ('[[letter]]\nkey = "dfc_northern_katpar"\nrole = "usa"\n', "is no role"),
        ('[[event]]\nkey = "tool_cycle"\ntarget = "tools"\n', "is no region, gateway, mine or segment"),
        ('[[arc]]\nkey = "africa_china"\nyield = { value = 0.9, unit = "share" }\n', "unless it refines"),
        ('[[arc]]\nkey = "refine_china"\ndestination = "russia.apt.any"\n', "does not fit refine"),
        ('[[arc]]\nkey = "china_europe_forms"\ndestination = "europe.apt.eligible"\n', "grade any"),
        (
            '[[demand]]\nkey = "rest.defence"\neligible_share = { value = 1, unit = "share" }\n',
            "no such pool",
        ),
        ('[[relation]]\na = "united_states"\nb = "china"\n', "missing"),
        ("[scenarios]\n", "did you mean 'scenario'"),
    ],
)
def test_a_contradiction_is_found(extension, text, words):
    errors = errors_of(extension, text)
    assert any(words in error for error in errors), errors


def test_a_file_that_is_not_toml_is_named_with_its_line(tmp_path):
    (tmp_path / "a.toml").write_text(HEADER, encoding="utf-8")
    (tmp_path / "b.toml").write_text("[[mine]\n", encoding="utf-8")
    (tmp_path / "c.toml").write_bytes(b"\xff\xfe")
    errors = errors_of(load, tmp_path)
    assert any(error.startswith("b.toml: this is not valid TOML") and "line 1" in error for error in errors)
    assert any(error.startswith("c.toml: the file cannot be read") for error in errors)


def test_a_folder_without_a_scenario_table_says_so(tmp_path):
    (tmp_path / "a.toml").write_text("[mechanisms]\nfear = true\n", encoding="utf-8")
    assert any("name: the field is missing" in error for error in errors_of(load, tmp_path))


def test_an_unknown_name_lists_the_shipped_ones_and_the_closest():
    (error,) = errors_of(load, "central_asia_2052")
    assert f"did you mean '{BASE}'" in error
    assert all(summary.name in error for summary in shipped())
    (error,) = errors_of(load, "nowhere/at/all.toml")
    assert "nowhere/at/all.toml" in error


def test_nothing_but_numbers_passes_as_a_number(extension):
    for value in ('"4200"', "true", "nan", "inf"):
        number = f'{{ value = {value}, unit = "t W/year" }}'
        errors = errors_of(extension, f'[[mine]]\nkey = "bakuta"\ncapacity = {number}\n')
        assert len(errors) == 1
        assert "capacity.value" in errors[0] or "capacity" in errors[0]
