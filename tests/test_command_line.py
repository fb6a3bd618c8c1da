"""The command line: what it accepts, what it prints, and how it refuses."""

import json
import os
import subprocess
import sys

import pytest
from typer.main import get_command

import main
from lab import as_json
from sim.levers import registry as levers_of
from sim.outcomes import registry as outcomes_of
from sim.scenario_files import load, shipped
from tests.fake_market import FakeMarket, build
from tests.source_reading import ROOT

COMMANDS = (
    "run", "play", "replay", "whatif", "explore", "validate", "report", "experiments", "calibrate", "parameters",
    "strategies", "classroom", "scenarios", "levers", "outcomes",
)  # fmt: skip
SHORT = ("run", "--until", "2026-12")


@pytest.fixture
def say(capsys):
    """Runs a command line on the market without economics: exit code, output and errors."""

    def run(*words):
        code = main.main([*map(str, words)], build=build)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def in_a_shell(*words, statement="", **environment):
    """The same as a process of its own, without a display."""
    known = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "COLUMNS")}
    start = ["-c", statement] if statement else ["main.py", *words]
    return subprocess.run(
        [sys.executable, *start],
        cwd=ROOT, env=known | environment, capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip


# --- help -------------------------------------------------------------------------------------


def test_the_help_names_every_command(say):
    code, out, _ = say("--help")
    assert code == 0
    assert all(command in out for command in COMMANDS)


def test_every_command_is_listed_here():
    assert tuple(get_command(main.app).commands) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_has_a_help(say, command):
    code, out, _ = say(command, "--help")
    assert code == 0
    assert f"main.py {command}" in out
    for parameter in get_command(main.app).commands[command].params:
        assert parameter.help, parameter.name
        if parameter.param_type_name == "option":
            assert parameter.opts[0] in out


def test_brackets_survive_in_the_help(say):
    out = say("run", "--help")[1]
    assert "LEVER=VALUE[@YYYY-MM]" in out
    assert "LEVER[TARGET]=VALUE" in " ".join(out.replace("│", "").split())
    assert "china.licence_approval[us]=0.2@2026-05" in out


def test_the_version_is_printed(say):
    assert say("--version")[1].startswith("heavystone 0")


@pytest.mark.parametrize("words", [("--help",), ("scenarios",), ("levers",), ("outcomes",)])
def test_lists_and_help_load_nothing_heavy(words):
    script = f"import main, sys; main.main({list(words)!r}); print(*sys.modules, file=sys.stderr)"
    done = in_a_shell(statement=script)
    assert done.returncode == 0
    assert {"mesa", "numba", "pyarrow", "pandas"} & set(done.stderr.split()) == set()


# --- lists ------------------------------------------------------------------------------------


def test_scenarios_are_listed(say):
    code, out, _ = say("scenarios")
    assert code == 0
    assert all(item.name in out for item in shipped())
    listed = json.loads(say("scenarios", "--json")[1])
    assert [item["name"] for item in listed] == [item.name for item in shipped()]
    assert set(listed[0]) == {"name", "title", "description", "start", "end"}


def test_every_lever_is_listed_with_its_range(say):
    code, out, _ = say("levers")
    known = list(levers_of(load(main.DEFAULT)))
    assert code == 0
    assert all(lever.name in out and lever.range().split()[-1] in out for lever in known)
    listed = json.loads(say("levers", "--json")[1])
    assert [item["name"] for item in listed] == [lever.name for lever in known]
    assert set(listed[0]) == {"name", "role", "unit", "low", "high", "default", "help", "targets", "choices"}


def test_every_outcome_is_listed_with_its_unit(say):
    code, out, _ = say("outcomes")
    known = outcomes_of(load(main.DEFAULT))
    assert code == 0
    assert all(name in out for name in known)
    listed = json.loads(say("outcomes", "--json")[1])
    assert {item["name"]: item["unit"] for item in listed} == {o.name: o.unit for o in known.values()}


# --- runs -------------------------------------------------------------------------------------


def test_a_run_prints_a_summary(say):
    code, out, err = say(*SHORT, "--set", "china.licence_approval[us]=0.2@2026-05")
    assert (code, err) == (0, "")
    said = ("Central Asia, 2025", "2025-01 to 2026-12", "Rotterdam", "CNY/t", "Mines", "Scores", "Books")
    assert [
        words for words in (*said, "china.licence_approval[us] = 0.2 from 2026-05") if words not in out
    ] == []
    assert max(map(len, out.splitlines())) <= main.WIDTH


def test_many_worlds_are_summarised_with_bands(say):
    code, out, _ = say(*SHORT, "--worlds", 12, "--seed", 5, "--outcome", "unmet.*")
    assert code == 0
    assert "12 worlds, seeds 5 to 16" in out
    assert "four worlds in five" in out
    assert "unmet.defence" in out
    assert max(map(len, out.splitlines())) <= main.WIDTH


def test_a_run_can_be_as_short_as_a_month(say):
    code, out, _ = say("run", "--until", "2025-01")
    assert code == 0
    assert "2025-01 to 2025-01" in out


@pytest.mark.parametrize("words", [(), ("play",)])
def test_without_a_game_the_scenario_is_run(say, words, monkeypatch):
    monkeypatch.setattr(FakeMarket, "step", _short_step)
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    code, out, err = say(*words)
    assert code == 0
    assert "no window" in err
    assert "central_asia_2025" in err
    assert "Scores" in out


real_step = FakeMarket.step


def _short_step(self):
    """Only every twelfth month takes time, so that a long run is a quick test."""
    if self.month % 12 == 11:
        real_step(self)
    else:
        self.month += 1


def test_json_holds_what_the_document_says(say):
    code, out, err = say(*SHORT, "--json", "--set", "china.mining_quota=60000")
    found = json.loads(out)
    document = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    assert (code, err) == (0, "")
    assert all(f"| `{key}` |" in document for key in found)
    assert out == as_json.dumped(found) + "\n"
    assert found["format"] == 1
    assert found["months"]["shown"] == ["2025-12", "2026-12"]
    assert found["set"] == [
        {"lever": "china.mining_quota", "target": "", "value": 60000.0, "month": "2025-01"}
    ]
    known = outcomes_of(load(main.DEFAULT))
    assert set(found["outcomes"]) == set(known)
    for name, outcome in found["outcomes"].items():
        assert outcome["unit"] == known[name].unit
        assert list(outcome["values"]) == ["2025-12", "2026-12"]
        assert all(isinstance(value, float) for value in outcome["values"].values())


def test_json_of_many_worlds_holds_percentiles(say):
    out = say(*SHORT, "--json", "--worlds", 9, "--outcome", "price.apt.rotterdam", "--every", "year")[1]
    found = json.loads(out)
    assert list(found["outcomes"]) == ["price.apt.rotterdam"]
    for values in found["outcomes"]["price.apt.rotterdam"]["values"].values():
        assert values["p10"] < values["p50"] < values["p90"]
    assert found["mines"]["mactung"]["opened"] == pytest.approx(5 / 9)
    assert found["mines"]["mactung"]["month"]["p50"] == "2026-12"


def test_the_tables_are_written_where_asked(say, tmp_path):
    code, out, _ = say(*SHORT, "--out", tmp_path / "run")
    assert code == 0
    assert "monthly.parquet" in out
    assert (tmp_path / "run" / "manifest.json").exists()


def test_a_scenario_may_be_a_path(say, tmp_path):
    path = tmp_path / "calm.toml"
    path.write_text(
        '[scenario]\nname = "calm"\ntitle = "Calm"\ndescription = "Nothing is decided."\n'
        'extends = "central_asia_2025"\nstart = "2025-01"\nend = "2025-06"\ninherit_decisions = false\n',
        encoding="utf-8",
    )
    code, out, _ = say("run", path)
    assert code == 0
    assert "Calm" in out
    assert "2025-01 to 2025-06" in out


# --- bad input --------------------------------------------------------------------------------

REFUSED = [
    (("run", "central_asia"), ["central_asia", "central_asia_2025"]),
    (("run", "nowhere.toml"), ["nowhere.toml"]),
    (("levers", "central_asia"), ["central_asia_2025"]),
    (("run", "--set", "china.licence_aproval[us]=1"), ["china.licence_aproval", "china.licence_approval"]),
    (("run", "--set", "china.licence_approval[uk]=1"), ["'uk'", "us, europe, japan, korea, rest"]),
    (("run", "--set", "china.licence_approval=1"), ["needs a target", "us, europe"]),
    (("run", "--set", "china.licence_approval[]=1"), ["brackets"]),
    (("run", "--set", "china.retaliation[us]=1"), ["takes no target"]),
    (("run", "--set", "china.retaliation=2"), ["china.retaliation = 2", "0 to 1"]),
    (("run", "--set", "china.retaliation=much"), ["much", "0 to 1"]),
    (("run", "--set", "china.retaliation=nan"), ["nan", "0 to 1"]),
    (("run", "--set", "kazakhstan.award[bakuta]=mars"), ["'mars'", "none, china, us"]),
    (("run", "--set", "china.retaliation"), ["LEVER=VALUE"]),
    (("run", "--set", "china.retaliation=1@2026"), ["'2026'", "2027-03"]),
    (("run", "--set", "china.retaliation=1@2026-13"), ["'2026-13'", "2027-03"]),
    (("run", "--set", "china.retaliation=1@2041-01"), ["2041-01", "2025-01 to 2040-12"]),
    (("run", "--until", "2026-12", "--set", "china.retaliation=1@2027-01"), ["2025-01 to 2026-12"]),
    (("run", "--set", "china.retaliation=1", "--set", "china.retaliation=0"), ["twice"]),
    (("run", "--outcome", "price.apt.roterdam"), ["price.apt.roterdam", "price.apt.rotterdam"]),
    (("run", "--outcome", "prices.*"), ["prices.*", "outcomes"]),
    (("run", "--until", "2024-12"), ["--until", "2024-12", "2025-01 to 2040-12"]),
    (("run", "--until", "soon"), ["--until", "soon", "2027-03"]),
    (("run", "--every", "week"), ["--every", "week", "month", "quarter", "year"]),
    (("run", "--every", "year", "--until", "2025-11"), ["--every", "year", "2025-11"]),
    (("run", "--seed", "x"), ["--seed", "'x'", "whole number"]),
    (("run", "--seed", "1.5"), ["--seed", "1.5"]),
    (("run", "--seed", "-1"), ["--seed", "-1"]),
    (("run", "--seed", str(2**63 - 1), "--worlds", "2"), ["--seed", str(2**63 - 2)]),
    (("run", "--worlds", "0"), ["--worlds", "0", "1"]),
    (("run", "--worlds", "-3"), ["--worlds", "-3"]),
    (("run", "--workers", "0"), ["--workers", "0"]),
    (("run", "--nonsense"), ["--nonsense"]),
    (("run", "a", "b"), ["b"]),
    (("run", "--until"), ["--until"]),
]


@pytest.mark.parametrize(("words", "said"), REFUSED, ids=lambda item: " ".join(item)[:60])
def test_bad_input_is_refused_in_one_sentence(say, words, said):
    code, out, err = say(*words)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.rstrip("\n").endswith((".", "?"))
    assert all(part in err for part in said), err


def test_every_error_of_a_scenario_is_told_on_a_line_of_its_own(say, tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text(
        '[scenario]\nname = "wrong"\ntitle = "Wrong"\ndescription = "x"\nextends = "central_asia_2025"\n'
        'start = "2025-13"\nend = "2040-12"\n\n'
        '[[mine]]\nkey = "bakuta"\ncapacity = { value = -5, unit = "t W/year" }\n\n'
        '[[decision]]\nlever = "china.nonsense"\ndate = "2025-02"\nvalue = 1.0\n'
        'source = "x"\nconfidence = "E"\n',
        encoding="utf-8",
    )
    code, out, err = say("run", path)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 3
    assert all(line.startswith("wrong.toml: ") for line in err.splitlines())
    for part in ("2025-13", "-5", "china.nonsense"):
        assert part in err


def test_a_folder_with_something_in_it_is_refused_before_anything_is_played(say, tmp_path):
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    code, out, err = say(*SHORT, "--out", tmp_path)
    assert (code, out) == (2, "")
    assert "not empty" in err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_written_is_refused(say, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, out, err = say(*SHORT, "--out", tmp_path / "file" / "out")
    assert (code, out) == (2, "")
    assert "cannot be written" in err
    assert len(err.splitlines()) == 1


# --- faults and interruptions -----------------------------------------------------------------


def test_a_fault_of_ours_is_told_in_brief_and_leaves_nothing(say, tmp_path, monkeypatch):
    monkeypatch.delenv(main.DEBUG, raising=False)
    monkeypatch.setattr(FakeMarket, "fails_in_month", 3)
    code, out, err = say(*SHORT, "--out", tmp_path / "out")
    assert (code, out) == (1, "")
    assert "fails on purpose" in err
    assert main.DEBUG in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_the_trace_of_a_fault_can_be_seen(say, monkeypatch):
    monkeypatch.setenv(main.DEBUG, "1")
    monkeypatch.setattr(FakeMarket, "fails_in_month", 3)
    with pytest.raises(RuntimeError, match="on purpose"):
        say(*SHORT)


def test_an_interruption_is_told_and_leaves_nothing(say, tmp_path, monkeypatch):
    def interrupt(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeMarket, "step", interrupt)
    code, out, err = say(*SHORT, "--out", tmp_path / "out")
    assert (code, out) == (130, "")
    assert "nothing was written" in err
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_stops_early_is_no_fault():
    script = (
        "import subprocess, sys\n"
        "with subprocess.Popen([sys.executable, 'main.py', 'levers', '--json'],\n"
        "                      stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:\n"
        "    reader.stdout.read(1); reader.stdout.close(); print(reader.stderr.read())\n"
        "print(reader.returncode)"
    )
    assert in_a_shell(statement=script).stdout.split() == ["b''", "0"]


# --- the market itself ------------------------------------------------------------------------


def test_the_market_runs_from_a_shell(tmp_path):
    done = in_a_shell(
        "run", "--until", "2025-03", "--worlds", "2", "--json", "--out", str(tmp_path / "out"),
        "--set", "china.licence_approval[us]=0.5@2025-02",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["outcomes"]["price.apt.rotterdam"]["values"]["2025-03"]["p50"] > 0
    assert (tmp_path / "out" / "monthly.parquet").exists()


def test_bad_input_from_a_shell_ends_with_two():
    done = in_a_shell("run", "--worlds", "0")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
