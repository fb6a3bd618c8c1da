"""The chart, the summary and the bar that a person sees in a terminal."""

import io
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from lab import progress
from lab.chart import LABELS, Band, Line, chart, scale
from lab.options import read
from lab.results import bands
from lab.summary import summary
from tests.small_runs import job, results


def drawn(*lines, band=None, times=None, width=90, height=10, start="2025-01"):
    """Rows of a chart without colour."""
    times = times or range(len(lines[0].values))
    return chart(start, list(times), lines, band, width=width, height=height).plain.splitlines()


def line(values, label="price"):
    return Line(label, np.asarray(values, float), "cyan")


@given(st.floats(1e-3, 1e6))
def test_an_axis_has_a_few_round_ticks_and_room_for_the_highest_value(highest):
    step, top = scale(highest)
    assert top >= highest * (1 - 1e-9)
    assert 2 <= round(top / step) <= 6
    assert f"{step:e}"[0] in "125"


def test_an_axis_of_nothing_still_has_ticks():
    assert scale(0.0) == (1.0, 3.0)
    assert len(drawn(line([0.0, 0.0, 0.0]))) == 12


def test_a_chart_fits_its_width_and_names_years():
    rows = drawn(line(np.linspace(300, 900, 192)))
    assert max(map(len, rows)) <= 90
    assert len(rows) == 12
    assert "2025" in rows[-1]
    assert "2039" in rows[-1]


def test_a_short_run_names_months():
    assert "2025-04" in drawn(line([300] * 12))[-1]


def test_a_single_month_can_be_drawn():
    assert any("price 300" in row for row in drawn(line([300])))


def test_a_rising_price_ends_above_where_it_began():
    rows = drawn(line([100, 200, 300, 400, 500]))[:10]
    first = next(i for i, row in enumerate(rows) if row[8:10].strip())
    last = next(i for i, row in enumerate(rows) if row[-LABELS:].strip())
    assert last < first


@pytest.mark.parametrize("ends", [(300, 300, 300), (300, 301, 299), (0, 0, 0), (500, 500, 1)])
def test_names_of_lines_never_share_a_row(ends):
    rows = drawn(*[line([400, end], f"line{i}") for i, end in enumerate(ends)])
    assert [sum(f"line{i} " in row for row in rows) for i in range(3)] == [1, 1, 1]


def test_a_band_is_dotted_around_its_line():
    middle = np.full(24, 300.0)
    alone, banded = drawn(line(middle)), drawn(line(middle), band=Band(middle - 100, middle + 100))
    assert sum(row.count(" ") for row in banded) < sum(row.count(" ") for row in alone)


def test_bands_leave_out_what_is_no_number():
    values = np.array([[1.0, 2.0, 3.0, np.nan], [np.nan, np.nan, np.inf, -np.inf]])
    found = bands(values)
    np.testing.assert_allclose(found[:, 0], [1.2, 2.0, 2.8])
    assert np.isnan(found[:, 1]).all()


@pytest.mark.parametrize(
    "wanted", [{}, {"worlds": 4}, {"names": ["project.*.stage", "price.*"]}, {"every": "year"}]
)
@pytest.mark.parametrize("width", [80, 100])
def test_a_summary_fits_the_terminal(wanted, width):
    shown = io.StringIO()
    Console(file=shown, width=width).print(summary(results(job(**wanted)), width - 2))
    assert max(map(len, shown.getvalue().splitlines())) <= width


def test_a_summary_of_many_worlds_tells_how_often_a_mine_opened():
    shown = io.StringIO()
    found = results(read("central_asia_2025", until="2030-12", worlds=10))
    Console(file=shown, width=100).print(summary(found))
    [row] = [row for row in shown.getvalue().splitlines() if row.startswith("Mactung")]
    assert "80%" in row


def test_the_bar_shows_after_a_while_and_only_on_a_terminal():
    for terminal in (True, False):
        shown = io.StringIO()
        console = Console(file=shown, force_terminal=terminal, width=100)
        with progress.shown(console, "One world", 10, patience=0.05) as tick:
            tick(5)
            time.sleep(0.5)
            tick(5)
        assert ("One world" in shown.getvalue()) == terminal


def test_a_quick_run_shows_no_bar():
    shown = io.StringIO()
    with progress.shown(Console(file=shown, force_terminal=True), "One world", 10) as tick:
        tick(10)
    assert "One world" not in shown.getvalue()
