"""docs/parameters.md is what the scenario holds."""

from lab.parameters_page import numbers, page
from sim.scenario_files import load
from tests.source_reading import ROOT


def test_the_page_is_up_to_date():
    """If this fails: python main.py parameters --document docs."""
    assert (ROOT / "docs" / "parameters.md").read_text(encoding="utf-8") == page(load("central_asia_2025"))


def test_every_number_has_a_source_and_a_confidence():
    every = list(numbers(load("central_asia_2025")))
    assert len(every) > 2000
    assert all(number.source and number.confidence for number in every)
