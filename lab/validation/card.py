"""The card: every target with its figure, as a table for the terminal, as data, and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group
from rich.table import Table as RichTable
from rich.text import Text

from lab.validation.targets import Part, Result


def results(parts: Sequence[Part]) -> list[Result]:
    """All results in order."""
    return [result for part in parts for result in part.results]


def verdict(parts: Sequence[Part]) -> str:
    """How many targets were met."""
    every = results(parts)
    return f"{sum(result.passed for result in every)} of {len(every)} targets met."


def table(parts: Sequence[Part]) -> Group:
    """The card for a terminal."""
    blocks: list[Any] = []
    for part in parts:
        if not part.results:
            continue
        grid = RichTable(title=part.title, title_justify="left", expand=False)
        for head in ("target", "wanted", "measured", ""):
            grid.add_column(head, overflow="fold")
        for result in part.results:
            mark = Text("pass", "green") if result.passed else Text("FAIL", "bold red")
            measured = result.text + (f" ({result.note})" if result.note else "")
            grid.add_row(result.target.title, result.target.allowed(), measured, mark)
        blocks.append(grid)
    return Group(*blocks, Text(verdict(parts)))


def data(parts: Sequence[Part], about: dict[str, Any]) -> dict[str, Any]:
    """The card for programs."""
    return about | {
        "passed": all(result.passed for result in results(parts)),
        "targets": [
            {
                "key": result.target.key,
                "part": result.target.part,
                "title": result.target.title,
                "unit": result.target.unit,
                "low": result.target.low if result.target.low > float("-inf") else None,
                "high": result.target.high if result.target.high < float("inf") else None,
                "measured": result.measured if result.measured == result.measured else None,
                "passed": result.passed,
                "note": result.note,
                "source": result.target.source,
                "confidence": result.target.confidence,
            }
            for result in results(parts)
        ],
    }
