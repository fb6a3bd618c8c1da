"""A chart of values over months: lines, event markers, what may follow, and the values under the pointer."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pygame

from ui import words
from ui.canvas import Canvas
from ui.palette import Colour, mix
from ui.setting import Setup
from ui.theme import NOTE, Smooth

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Line:
    """A line: values by month from the start of the game."""

    name: str
    label: str
    colour: Colour
    values: np.ndarray
    width: float = 1.7
    is_dashed: bool = False


@dataclass
class Chart:
    """What is drawn."""

    lines: list[Line]
    now: int
    """Months played."""
    first: int
    last: int
    """Months at the left and right edge."""
    is_log: bool = False
    fan: np.ndarray | None = None
    """Quantiles 10, 25, 50, 75, 90 by month, (5, months), from the month to be played on."""
    fan_colour: Colour = (255, 255, 255)
    other_fan: np.ndarray | None = None
    """What follows without the proposal: only its median is drawn."""
    markers: list[tuple[int, str]] = field(default_factory=list)
    """Month and number of an event."""
    hover: int | None = None
    digits: int = 0


def nice(low: float, high: float, count: int) -> list[float]:
    """Round numbers between two, about so many."""
    if high <= low:
        high = low + 1
    rough = (high - low) / max(1, count)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((s * power for s in STEPS if s * power >= rough), 10 * power)
    first = math.ceil(low / step - 1e-9)
    return [step * i for i in range(first, math.floor(high / step + 1e-9) + 1)]


class Plot:
    """Maps months and values to points of an area."""

    def __init__(self, chart: Chart, area: pygame.Rect) -> None:
        self.chart, self.area = chart, area
        seen = [line.values[max(0, chart.first) : chart.last] for line in chart.lines]
        if chart.fan is not None:
            seen.append(chart.fan[[0, 4]].ravel())
        numbers = np.concatenate([np.asarray(s, float).ravel() for s in seen]) if seen else np.zeros(1)
        numbers = numbers[np.isfinite(numbers)]
        low, high = (float(numbers.min()), float(numbers.max())) if numbers.size else (0.0, 1.0)
        if chart.is_log and low > 0:
            self.low, self.high = low * 0.9, max(high * 1.1, low * 1.3)
        else:
            spread = high - low
            self.low = 0.0 if low >= 0 and low < 0.6 * high else low - 0.15 * spread
            self.high = high + 0.1 * max(spread, 0.05 * abs(high), 1e-6)
        self.is_log = chart.is_log and low > 0

    def x(self, month: float) -> float:
        """Where a month lies."""
        chart = self.chart
        return self.area.left + self.area.width * (month - chart.first) / max(1, chart.last - chart.first)

    def y(self, value: float) -> float:
        """Where a value lies."""
        if self.is_log:
            share = math.log(max(value, 1e-9) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.area.bottom - self.area.height * min(max(share, -0.05), 1.05)

    def points(self, months: np.ndarray, values: np.ndarray) -> list[tuple[float, float]]:
        """Where values of some months lie; those that are not known are left out."""
        known = np.isfinite(values)
        months, values = months[known], values[known]
        if self.is_log:
            share = np.log(np.maximum(values, 1e-9) / self.low) / math.log(self.high / self.low)
        else:
            share = (values - self.low) / (self.high - self.low)
        chart, area = self.chart, self.area
        x = area.left + area.width * (months - chart.first) / max(1, chart.last - chart.first)
        y = area.bottom - area.height * np.clip(share, -0.05, 1.05)
        return list(zip(x.tolist(), y.tolist(), strict=True))

    def month_at(self, x: float) -> int:
        """Month under a point."""
        share = (x - self.area.left) / max(1, self.area.width)
        return round(self.chart.first + share * (self.chart.last - self.chart.first))


def draw(canvas: Canvas, rect: pygame.Rect, chart: Chart, setup: Setup) -> Plot:
    """Draw a chart in a rectangle; values stand at its right, years below."""
    palette, theme, px = canvas.palette, canvas.theme, canvas.px
    area = pygame.Rect(rect.left, rect.top + px(14), rect.width - px(42), rect.height - px(34))
    plot = Plot(chart, area)
    ticks = nice(plot.low, plot.high, max(2, area.height // px(44)))
    if plot.is_log:
        ticks = [t for t in (50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10000, 20000) if plot.low <= t <= plot.high]
    for tick in ticks:
        y = round(plot.y(tick))
        pygame.draw.line(canvas.surface, palette.line, (area.left, y), (area.right, y))
        canvas.text(
            words.number(tick, chart.digits), (rect.right, y - px(7)), NOTE, palette.secondary, align="right", figures=True
        )
    _years(canvas, chart, plot, area, rect.bottom - px(14), setup)
    board = canvas.smooth(area.inflate(px(4), px(4)), 2)
    if chart.fan is not None:
        _fan(canvas, board, chart, plot)
    for line in chart.lines:
        first, last = max(0, chart.first), min(len(line.values), chart.last + 1)
        points = plot.points(np.arange(first, last) + 1, np.asarray(line.values[first:last], float))
        if line.is_dashed and len(points) > 1:
            board.dashes(points, line.colour, line.width * theme.scale, 5 * theme.scale, 4 * theme.scale)
        else:
            board.lines(points, line.colour, line.width * theme.scale)
    board.done()
    x = round(plot.x(chart.now))
    pygame.draw.line(canvas.surface, palette.faint, (x, area.top), (x, area.bottom))
    if chart.fan is not None:
        canvas.text(words.say("game.now"), (x - px(5), area.bottom - px(16)), NOTE, palette.secondary, align="right")
    free = -1e9
    for month, name in chart.markers:
        if chart.first <= month <= chart.last and plot.x(month + 1) > free:
            free = plot.x(month + 1) + px(15)
            _marker(canvas, round(plot.x(month + 1)), area, name)
    if chart.hover is not None and chart.first <= chart.hover <= chart.last:
        _values(canvas, chart, plot, area, setup)
    return plot


def _years(canvas: Canvas, chart: Chart, plot: Plot, area: pygame.Rect, y: int, setup: Setup) -> None:
    palette, last = canvas.palette, -1000
    for month in range(max(chart.first, 0), chart.last + 1):
        year, place = words.month(setup, month)
        if place == 1:
            x = round(plot.x(month))
            if x - last < canvas.px(38):
                continue
            last = x
            pygame.draw.line(canvas.surface, palette.line, (x, area.bottom), (x, area.bottom + canvas.px(3)))
            canvas.text(str(year), (x, y), NOTE, palette.secondary, figures=True)


def _fan(canvas: Canvas, board: Smooth, chart: Chart, plot: Plot) -> None:
    palette, fan = canvas.palette, chart.fan
    assert fan is not None
    anchor = next((float(line.values[-1]) for line in chart.lines if len(line.values)), float(fan[2, 0]))
    months = np.arange(chart.now, min(chart.now + fan.shape[1], chart.last) + 1)

    def row(values: np.ndarray) -> list[tuple[float, float]]:
        return plot.points(months[: len(values) + 1], np.concatenate([[anchor], values])[: len(months)])

    for low, high, share in ((0, 4, 0.16), (1, 3, 0.34)):
        tint = mix(palette.panel, chart.fan_colour, share)
        board.polygon([*row(fan[high]), *reversed(row(fan[low]))], tint)
    size = canvas.theme.scale
    board.dashes(row(fan[2]), chart.fan_colour, 1.6 * size, 5 * size, 4 * size)
    if chart.other_fan is not None:
        board.lines(row(chart.other_fan[2]), palette.secondary, 1.1 * size)


def _marker(canvas: Canvas, x: int, area: pygame.Rect, name: str) -> None:
    palette, px = canvas.palette, canvas.px
    for y in range(area.top + px(6), area.bottom, px(5)):
        pygame.draw.line(canvas.surface, palette.faint, (x, y), (x, y + px(1)))
    canvas.dot((x, area.top - px(4)), 7, palette.panel)
    canvas.dot((x, area.top - px(4)), 7, palette.secondary, ring=1)
    canvas.text(name, (x, area.top - px(11)), NOTE - 1, palette.ink, align="centre", figures=True)


def _values(canvas: Canvas, chart: Chart, plot: Plot, area: pygame.Rect, setup: Setup) -> None:
    """A cross-hair at the month under the pointer, with its date and every line's value."""
    palette, px, month = canvas.palette, canvas.px, chart.hover
    assert month is not None
    x = round(plot.x(month))
    pygame.draw.line(canvas.surface, palette.secondary, (x, area.top), (x, area.bottom))
    rows: list[tuple[str, str, Colour]] = []
    if 1 <= month <= chart.now:
        for line in chart.lines:
            if month <= len(line.values) and math.isfinite(line.values[month - 1]):
                canvas.dot((x, plot.y(float(line.values[month - 1]))), 3, line.colour)
                rows.append((line.label, words.number(float(line.values[month - 1]), chart.digits), line.colour))
    elif month > chart.now and chart.fan is not None and month - chart.now <= chart.fan.shape[1]:
        q = chart.fan[:, month - chart.now - 1]
        rows = [
            ("80 %", f"{words.number(q[0], chart.digits)} to {words.number(q[4], chart.digits)}", chart.fan_colour),
            ("50 %", f"{words.number(q[1], chart.digits)} to {words.number(q[3], chart.digits)}", chart.fan_colour),
            ("median", words.number(q[2], chart.digits), chart.fan_colour),
        ]
    title = words.date(setup, max(0, month - 1))
    theme = canvas.theme
    width = max(
        [theme.width(title, NOTE, "SemiBold"), *(theme.width(f"{a}   {b}", NOTE) + px(14) for a, b, _ in rows)]
    ) + px(18)
    box = pygame.Rect(0, area.top, width, px(20) + px(15) * len(rows) + px(4))
    box.left = x + px(8) if x + px(8) + width < area.right + px(40) else x - px(8) - width
    canvas.box(box, palette.raised, 6, alpha=240)
    canvas.text(title, (box.left + px(9), box.top + px(4)), NOTE, weight="SemiBold")
    for i, (label, value, tint) in enumerate(rows):
        y = box.top + px(20) + px(15) * i
        canvas.dot((box.left + px(12), y + px(7)), 3, tint)
        canvas.text(label, (box.left + px(20), y), NOTE, palette.secondary)
        canvas.text(value, (box.right - px(9), y), NOTE, align="right", figures=True)
