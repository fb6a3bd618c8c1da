"""Plots of a report, as SVG text to stand in the page."""

from __future__ import annotations

import io
import re
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.experiments.sensitivity import Index

Vector = NDArray[np.float64]

COLOURS = ("#2f6f8f", "#c0672f", "#5b8c3e", "#8a4f9e", "#b3364a", "#c99700", "#454b52", "#4fa3ab")
INK = "#2b2f33"
FAINT = "#b9bec4"
"""Colour of what is beaten, or not to be told from chance."""


def _figure(width: float, height: float, columns: int = 1, rows: int = 1) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(colors=INK, labelsize=8)
    return figure, axes


def _svg(figure: Any, name: str, title: str) -> str:
    """A figure as text that says what it is to those who cannot see it."""
    import matplotlib

    sink = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.family": "sans-serif"}):
        figure.savefig(sink, format="svg", metadata={"Date": None})
    text = sink.getvalue()
    text = text[text.index("<svg") :]
    for found in set(re.findall(r'id="([^"]+)"', text)):  # names must differ between the plots of a page
        text = re.sub(rf'(id="|#){re.escape(found)}(?=["\)])', rf"\g<1>{name}-{found}", text)
    return text.replace("<svg", f'<svg role="img" aria-label="{escape(title, quote=True)}"', 1)


def fans(
    name: str, title: str, years: list[float], bands: dict[str, Vector], titles: dict[str, str], unit: str
) -> str:
    """Fan chart of a path for each policy, on one scale: median, middle half, and four fifths of the worlds."""
    shown = list(bands)[:6]
    across = len(shown) if len(shown) < 5 else 3
    down = -(-len(shown) // across)
    figure, axes = _figure(3.1 * max(2, across), 2.9 * down, across, down)
    for axis in axes[len(shown) :]:
        axis.set_visible(False)
    top = max(float(bands[policy].max()) for policy in shown) * 1.05 or 1.0
    lowest = min(float(bands[policy].min()) for policy in shown)
    low = lowest * 0.95 if lowest > top / 2 else min(0.0, lowest)
    for i, (axis, policy) in enumerate(zip(axes, shown, strict=False)):
        values, colour = bands[policy], COLOURS[i % len(COLOURS)]
        axis.fill_between(years, values[:, 0], values[:, 4], color=colour, alpha=0.18, linewidth=0)
        axis.fill_between(years, values[:, 1], values[:, 3], color=colour, alpha=0.32, linewidth=0)
        axis.plot(years, values[:, 2], color=colour, linewidth=1.8)
        axis.set_ylim(low, top)
        axis.set_title("\n".join(_folded(titles[policy], 34)), fontsize=9, color=INK)
        axis.xaxis.get_major_locator().set_params(integer=True, nbins=5)
        axis.set_xlabel("year", fontsize=8, color=INK)
    for axis in axes[::across]:
        axis.set_ylabel(unit, fontsize=8, color=INK)
    return _svg(figure, name, title)


def bars(name: str, title: str, indices: dict[str, Index], label: str) -> str:
    """Indices with their intervals, largest on top."""
    ordered = sorted(indices.items(), key=lambda item: item[1].value.value)
    figure, (axis,) = _figure(6.4, 0.7 + 0.32 * len(ordered))
    for i, (_, index) in enumerate(ordered):
        one = index.value
        axis.barh(i, one.value, color=COLOURS[0] if index.is_seen else FAINT, height=0.6)
        axis.plot([one.low, one.high], [i, i], color=INK, linewidth=1.2)
        axis.plot([index.also], [i], "o", color="white", markeredgecolor=INK, markersize=4)
    axis.set_yticks(range(len(ordered)), [key for key, _ in ordered], fontsize=9)
    axis.set_xlabel(label, fontsize=8, color=INK)
    return _svg(figure, name, title)


def parallel(name: str, columns: list[tuple[str, str]], values: Vector, groups: list[str], titles: list[str]) -> str:
    """Parallel coordinates, one line a policy or setting; up is better where a measure says which way is.

    Args:
        name: of the plot.
        columns: title and preference of each measure.
        values: (lines, measures).
        groups: name of the colour of each line.
        titles: distinct groups in the order of colours.
    """
    figure, (axis,) = _figure(min(2.3, 9.2 / len(columns)) * len(columns) + 2.2, 3.6)
    span = np.ptp(values, axis=0)
    scaled = np.where(span > 0, (values - values.min(axis=0)) / np.where(span > 0, span, 1), 0.5)
    flip = np.array([preference == "low" for _, preference in columns])
    scaled = np.where(flip, 1 - scaled, scaled)
    many = len(values) > 12
    labelled = set()
    for row, group in zip(scaled, groups, strict=True):
        behind = len(titles) == 2 and group == titles[0] and many
        colour = FAINT if behind else COLOURS[titles.index(group) % len(COLOURS)]
        label = group if group not in labelled else None
        labelled.add(group)
        width, shade = (1, 0.5) if behind else (1.2, 0.6) if many else (2, 0.95)
        axis.plot(range(len(columns)), row, color=colour, alpha=shade, linewidth=width, label=label)
    for j, (_, preference) in enumerate(columns):
        axis.axvline(j, color="#c4c8cc", linewidth=0.8, zorder=0)
        ends = values[:, j].min(), values[:, j].max()
        bottom, top = ends[::-1] if preference == "low" else ends
        axis.text(j, 1.03, _text(top), ha="center", va="bottom", fontsize=8, color=INK)
        axis.text(j, -0.03, _text(bottom), ha="center", va="top", fontsize=8, color=INK)
    names = ["\n".join(_folded(title, 22 if len(columns) < 5 else 17)) for title, _ in columns]
    axis.set_xticks(range(len(columns)), names, fontsize=8)
    axis.tick_params(axis="x", pad=14, length=0)
    axis.set_yticks([])
    axis.spines[["left", "bottom"]].set_visible(False)
    axis.set_ylim(-0.1, 1.12)
    axis.set_xlim(-0.5, len(columns) - 0.5)
    if len(titles) > 1:
        axis.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return _svg(figure, name, "Trade-offs between the measures")


def _text(value: float) -> str:
    """A number at the end of an axis."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _folded(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width) or [""]
