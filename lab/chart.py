"""A line chart in text, drawn with Braille dots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from plotille import Canvas
from rich.text import Text

from lab import months

Vector = NDArray[np.float64]

BAND_COLOUR = "bright_black"
BLANK = "\N{BRAILLE PATTERN BLANK}"
LABELS = 20
"""Columns to the right of the chart, for the names of the lines."""

SHORT = 36
"""Months up to which the axis names months, not years."""


@dataclass(frozen=True)
class Line:
    """A line with its name, which stands at its end."""

    label: str
    values: Vector
    colour: str


@dataclass(frozen=True)
class Band:
    """An area between two lines, drawn thinly."""

    low: Vector
    high: Vector


def chart(
    start: str,
    times: Sequence[int],
    lines: Sequence[Line],
    band: Band | None = None,
    *,
    width: int = 98,
    height: int = 12,
) -> Text:
    """The chart, `height` rows and an axis, from zero upwards.

    Args:
        start: month of time 0, YYYY-MM.
        times: month of each value, as places after the start; at least one.
        lines: each with as many finite values as there are times.
        band: an area behind the lines.
        width: columns, axis and names included.
        height: rows without the axis of months.
    """
    drawn = [line.values for line in lines] + ([band.low, band.high] if band else [])
    step, top = scale(max(float(values.max()) for values in drawn))
    axis = len(f"{top:,.0f}") + 1
    columns = max(10, width - axis - 2 - LABELS)
    first, last = times[0], max(times[-1], times[0] + 1)
    canvas = Canvas(columns, height, xmin=first, xmax=last, ymin=0.0, ymax=top, mode="names", full_reset=True)
    if band is not None:
        _fill(canvas, times, band, columns, height, top)
    for line in lines:
        heights = [_at_least(value) for value in line.values]
        for i in range(len(times) - 1):
            canvas.line(times[i], heights[i], times[i + 1], heights[i + 1], line.colour)
        if len(times) == 1:
            canvas.point(times[0], heights[0], line.colour)
    rows = Text.from_ansi(canvas.plot().replace(BLANK, " ")).split("\n", allow_blank=True)
    labels = _labels(lines, height, top)
    ticks = {_row(i * step, height, top): f"{i * step:,.0f}" for i in range(round(top / step) + 1)}
    out = Text()
    for i in range(height):
        tick = ticks.get(i, "")
        out.append(f"{tick:>{axis}} {'┤' if tick else '│'}", "dim")
        out.append_text(rows[i] if i < len(rows) else Text())
        out.append(" " * (columns - (len(rows[i]) if i < len(rows) else 0)))
        out.append_text(labels.get(i, Text()))
        out.append("\n")
    marks, names = _years(start, first, last, columns)
    out.append(f"{' ' * (axis + 1)}└{marks}\n{' ' * (axis + 2)}{names}", "dim")
    return out


def scale(highest: float) -> tuple[float, float]:
    """Distance between ticks, 1, 2 or 5 times a power of ten, and top of an axis from 0 with a few ticks."""
    if not highest > 0:
        return 1.0, 3.0
    rough = highest / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * 0.999)
    return step, step * max(1, math.ceil(highest / step - 1e-9))


def _at_least(value: float) -> float:
    return max(0.0, float(value))


def _row(value: float, height: int, top: float) -> int:
    """Row of a value, 0 on top, as the canvas rounds its dots."""
    dot = min(height * 4 - 1, max(0, round(_at_least(value) / top * (height * 4 - 1))))
    return height - 1 - dot // 4


def _fill(canvas: Canvas, times: Sequence[int], band: Band, columns: int, height: int, top: float) -> None:
    """Every fourth dot between the lines of the band."""
    for column in range(columns * 2):
        time = times[0] + (times[-1] - times[0]) * column / (columns * 2 - 1)
        low, high = (float(np.interp(time, times, edge)) for edge in (band.low, band.high))
        for dot in range(height * 4):
            value = top * dot / (height * 4 - 1)
            if low <= value <= high and dot % 2 == 0 and (column + dot) % 4 == 0:
                canvas.point(time, value, BAND_COLOUR)


def _labels(lines: Sequence[Line], height: int, top: float) -> dict[int, Text]:
    """Name and last value of each line, near its end and never over another."""
    labels: dict[int, Text] = {}
    for line in sorted(lines, key=lambda line: -float(line.values[-1])):
        wanted = _row(float(line.values[-1]), height, top)
        free = min((i for i in range(height) if i not in labels), key=lambda i: (abs(i - wanted), -i))
        if labels and free <= max(labels):
            free = next((i for i in range(max(labels) + 1, height) if i not in labels), free)
        labels[free] = Text(f" {line.label} {line.values[-1]:,.0f}", line.colour)
    return labels


def _years(start: str, first: int, last: int, columns: int) -> tuple[str, str]:
    """The axis of months, and under it as many years, or months in a short run, as fit."""
    marks = [(place, months.at(start, place)) for place in range(first, last + 1)]
    if len(marks) > SHORT:
        named = [(place, month[:4]) for place, month in marks if month.endswith("-01")]
    else:
        named = [(place, month) for place, month in marks if month[5:] in ("01", "04", "07", "10")]
    named = named or marks[:1]
    every = max(1, math.ceil(len(named) * (len(named[0][1]) + 3) / columns))
    cells, names = ["─"] * columns, [" "] * columns
    for place, name in named[::every]:
        column = round((place - first) / (last - first) * (columns - 1))
        cells[column] = "┬"
        if column + len(name) <= columns:
            names[column : column + len(name)] = name
    return "".join(cells), "".join(names).rstrip()
