"""The scripts of docs/explore run, in short form."""

import runpy

import pytest

from tests.source_reading import ROOT


def script(name):
    """What a script defines."""
    return runpy.run_path(str(ROOT / "docs" / "explore" / f"{name}.py"))


def test_a_first_study(tmp_path, capsys):
    prices = dict(script("first_study")["study"](tmp_path, is_short=True))
    assert list(prices) == ["as_decided", "half", "none"]
    assert (tmp_path / "study" / "report.html").is_file()
    assert "came out as in the study" in capsys.readouterr().out


def test_sensitivity_in_two_steps(tmp_path):
    first, second = script("sensitivity")["screened"](tmp_path, is_short=True)
    assert len(first) == 3 and len(second) == 2
    assert {index.kind for index in second.values()} == {"sobol"}


@pytest.mark.filterwarnings("ignore")
def test_a_search_for_policies(tmp_path):
    assert script("policy_search")["searched"](tmp_path / "study", is_short=True)


def test_a_learning_agent():
    assert set(script("learning_agent")["learn"](is_short=True)) == {"learned", "rule"}
