"""The keeper of goldens: it fails on any difference and writes only when asked."""

import pytest

from tests.golden_files import Goldens


def test_a_golden_that_holds_the_same_text_passes(tmp_path):
    Goldens(tmp_path, renew=True).check("year", "price 340\n")
    Goldens(tmp_path, renew=False).check("year", "price 340\n")


def test_a_golden_that_differs_fails_and_shows_where(tmp_path):
    Goldens(tmp_path, renew=True).check("year", "price 340\n")
    with pytest.raises(pytest.fail.Exception, match=r"\+price 341"):
        Goldens(tmp_path, renew=False).check("year", "price 341\n")


def test_a_missing_golden_fails(tmp_path):
    with pytest.raises(pytest.fail.Exception, match="renew-goldens"):
        Goldens(tmp_path, renew=False).check("year", "price 340\n")
    assert list(tmp_path.iterdir()) == []
