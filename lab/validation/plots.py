"""Plots of the validation as SVG text, drawn with matplotlib."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

INK, REAL, BAND, SOFT = "#22303c", "#b3382c", "#2f6f8f", "#8aa4b4"
CYCLE = ("#22303c", "#b3382c", "#c78a1e", "#2f6f8f", "#5d8a4a", "#7a5a92")
STYLE = {
    "font.size": 9, "axes.edgecolor": INK, "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK,
    "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "grid.color": "#dfe5e9", "grid.linewidth": 0.6, "legend.frameon": False, "svg.fonttype": "path",
    "svg.hashsalt": "heavystone", "figure.constrained_layout.use": True,
}  # fmt: skip


def draw(name: str, data: Mapping[str, Any]) -> str:
    """A plot by name, as SVG text without a date in it."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with matplotlib.rc_context(STYLE):
        figure = PLOTS[name](pyplot, data)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
        pyplot.close(figure)
    text = out.getvalue()
    start = text.index("<svg")
    return re.sub(r"<metadata>.*?</metadata>", "", text[start:], flags=re.DOTALL)


def _fan(axes: Any, x: Any, band: Any, label: str = "model", colour: str = BAND) -> None:
    count = len(band) // 2
    for i in range(count):
        axes.fill_between(x, band[i], band[-1 - i], color=colour, alpha=0.18 + 0.12 * i, linewidth=0)
    axes.plot(x, band[count], color=colour, linewidth=1.6, label=f"{label}, median and 80 % of worlds")


def _backtest(pyplot: Any, data: Mapping[str, Any]) -> Any:
    figure, rows = pyplot.subplots(1, 3, figsize=(11, 3.4), sharey=True)
    x = np.arange(len(data["months"]))
    for axes, title, band, real in zip(rows, data["titles"], data["bands"], data["real"], strict=True):
        _fan(axes, x, band)
        axes.plot(x, real, color=REAL, marker="o", markersize=3.5, linewidth=1, label="real")
        axes.set_title(title)
        axes.set_xticks(x[::3], data["months"][::3])
    rows[0].set_ylabel("USD/mtu")
    rows[0].legend(loc="upper left")
    return figure


def _held_out(pyplot: Any, data: Mapping[str, Any]) -> Any:
    figure, rows = pyplot.subplots(1, len(data["bands"]), figsize=(11, 3.4), sharey=True)
    x = np.arange(len(data["real"]))
    for axes, (title, band) in zip(rows, data["bands"].items(), strict=True):
        _fan(axes, x, band)
        axes.plot(x, data["real"], color=REAL, marker="o", markersize=3.5, linewidth=1, label="real")
        axes.set_title(f"saw prices until: {title}")
        axes.set_xlabel("months from January 2025")
    rows[0].set_ylabel("Rotterdam, USD/mtu")
    rows[0].legend(loc="upper left")
    return figure


def _ablations(pyplot: Any, data: Mapping[str, Any]) -> Any:
    figure, axes = pyplot.subplots(figsize=(7, 3.8))
    x = np.arange(len(data["real"]))
    for colour, (title, path) in zip(CYCLE, data["paths"].items(), strict=False):
        axes.plot(x, path, color=colour if colour != REAL else "#d08c7f", linewidth=1.5, label=title)
    axes.plot(x, data["real"], color=REAL, marker="o", markersize=3.5, linewidth=0, label="real")
    axes.set_xlabel("months from January 2025")
    axes.set_ylabel("Rotterdam, USD/mtu")
    axes.legend(loc="upper left")
    return figure


def _ordinary(pyplot: Any, data: Mapping[str, Any]) -> Any:
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 3.6))
    x = np.arange(len(data["paths"])) / 12
    left.plot(x, data["paths"][:, :6], color=SOFT, linewidth=0.8)
    _fan(left, x, data["band"])
    left.set_xlabel("years")
    left.set_ylabel("USD/mtu")
    left.set_title("Ordinary times: six worlds, median, 80 % of worlds")
    years, price = data["real"]
    right.plot(years, price, color=REAL, marker="o", markersize=3.5)
    right.set_title("Real annual averages, Europe")
    right.set_ylim(bottom=0)
    return figure


def _squeezes(pyplot: Any, data: Mapping[str, Any]) -> Any:
    figure, rows = pyplot.subplots(1, len(data), figsize=(11, 3.4))
    for axes, (title, one) in zip(np.atleast_1d(rows), data.items(), strict=True):
        _fan(axes, one["years"], one["band"])
        axes.plot(one["years"], one["real"], color=REAL, marker="o", markersize=3.5, label="real")
        axes.set_title(title)
        axes.set_xticks(one["years"])
    np.atleast_1d(rows)[0].set_ylabel("price over the first year's")
    np.atleast_1d(rows)[-1].legend(loc="lower left")
    return figure


def _after(pyplot: Any, data: Mapping[str, Any]) -> Any:
    figure, axes = pyplot.subplots(figsize=(9, 3.8))
    x = 2025 + np.arange(len(data["paths"])) / 12
    axes.plot(x, data["paths"], color=SOFT, linewidth=0.7)
    _fan(axes, x, data["band"])
    axes.set_ylabel("Rotterdam, USD/mtu")
    axes.legend(loc="upper right")
    return figure


def _costs(pyplot: Any, data: Mapping[str, Any]) -> Any:
    figure, axes = pyplot.subplots(figsize=(7, 3.6))
    axes.step(data["tonnes"] / 1000, data["cost"], where="pre", color=INK, linewidth=1.5)
    axes.axhline(data["price"], color=REAL, linewidth=1, label="concentrate in China, January 2025")
    axes.set_xlabel("output, thousand t W a year")
    axes.set_ylabel("cash cost, USD/mtu in concentrate")
    axes.legend(loc="upper left")
    return figure


def _additions(pyplot: Any, data: Mapping[str, Any]) -> Any:
    figure, axes = pyplot.subplots(figsize=(7, 3.4))
    axes.hist(data["tonnes"] / 1000, bins=30, color=BAND, alpha=0.7)
    axes.axvspan(15, 18, color=REAL, alpha=0.25, linewidth=0, label="weighted by risk (facts)")
    axes.axvline(45, color=REAL, linewidth=1.2, label="announced")
    axes.set_xlabel("output of new mines outside China in 2030, thousand t W")
    axes.set_ylabel("worlds")
    axes.legend(loc="upper right")
    return figure


def _central_asia(pyplot: Any, data: Mapping[str, Any]) -> Any:
    figure, axes = pyplot.subplots(figsize=(7, 3.4))
    band = 100 * data["band"]
    _fan(axes, 2025 + np.arange(band.shape[1]) / 12, band)
    axes.axhline(15, color=REAL, linewidth=1, linestyle="--", label="claimed: Katpar and Kairakty alone")
    axes.set_ylabel("Central Asia's share of mine output, %")
    axes.legend(loc="upper left")
    return figure


def _sensitivity(pyplot: Any, data: Mapping[str, Any]) -> Any:
    count = len(data["titles"])
    figure, rows = pyplot.subplots(1, count, figsize=(13, 4.6), sharey=True)
    y = np.arange(len(data["names"]))[::-1]
    for axes, title, star, wide in zip(rows, data["titles"], data["star"], data["wide"], strict=True):
        axes.barh(y, star, xerr=wide, color=BAND, ecolor=INK, error_kw={"linewidth": 0.7})
        axes.set_title(textwrap.fill(title, 22), fontsize=7)
    rows[0].set_yticks(y, data["names"])
    return figure


PLOTS: dict[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "backtest": _backtest,
    "held_out": _held_out,
    "ablations": _ablations,
    "ordinary": _ordinary,
    "squeezes": _squeezes,
    "after": _after,
    "costs": _costs,
    "additions": _additions,
    "central_asia": _central_asia,
    "sensitivity": _sensitivity,
    "sensitivity_numbers": _sensitivity,
}
"""Plots by name."""

CAPTIONS = {
    "backtest": "Prices of 2025 in the model and in the press.",
    "held_out": "The same under calibrations that saw less.",
    "ablations": "Median worlds without one mechanism each.",
    "ordinary": "Prices without licences, trend and projects, beside the real ones.",
    "squeezes": "Three squeezes replayed, as multiples of the first year.",
    "after": "After 2025: eight worlds, median, half and 80 % of worlds.",
    "costs": "Cash cost of output in January 2025.",
    "additions": "New mines outside China in 2030.",
    "central_asia": "Central Asia's share of mine output.",
    "sensitivity": "Parameters: mean absolute elementary effects, in standard deviations of outcomes, with 95 % intervals.",
    "sensitivity_numbers": "Other numbers, in groups: the same.",
}
"""What each plot shows."""
