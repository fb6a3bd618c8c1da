"""Writes what the validation found: one self-contained HTML page, the card as JSON, and the document with its plots."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab.as_json import dumped
from lab.options import InputError
from lab.validation import card, plots
from lab.validation.targets import Part

HERE = Path(__file__).resolve().parent
REMARKS = HERE / "data" / "remarks.md"
"""What people say about the figures; taken into the document as it is."""


def drawn(parts: Sequence[Part]) -> dict[str, str]:
    """Every plot of these parts as SVG text."""
    return {name: plots.draw(name, data) for part in parts for name, data in part.figures.items()}


def html(parts: Sequence[Part], about: str, pictures: dict[str, str]) -> str:
    """The page."""
    return _filled("report.html.j2", parts, about, plots=pictures)


def document(parts: Sequence[Part], about: str) -> str:
    """The text of docs/validation.md."""
    return _filled("page.md.j2", parts, about, remarks=REMARKS.read_text(encoding="utf-8").strip())


def _filled(template: str, parts: Sequence[Part], about: str, **more: Any) -> str:
    from jinja2 import Environment, FileSystemLoader

    web = template.endswith(".html.j2")
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=web, keep_trailing_newline=True)
    return environment.get_template(template).render(
        parts=parts, about=about, verdict=card.verdict(parts), captions=plots.CAPTIONS, **more
    )


def write(folder: Path, files: dict[str, str]) -> None:
    """Write texts into a folder, each beside its name first and then in one step.

    Raises:
        InputError: the folder cannot be written.
    """
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.new")
            beside.write_text(text, encoding="utf-8")
            os.replace(beside, path)
    except OSError as error:
        raise InputError(f"--out: {folder} cannot be written: {error.strerror or error}.") from None


def files(parts: Sequence[Part], about: str, facts: dict[str, Any]) -> dict[str, str]:
    """The page and the card by file name."""
    return {"report.html": html(parts, about, drawn(parts)), "card.json": dumped(card.data(parts, facts)) + "\n"}


def documents(parts: Sequence[Part], about: str) -> dict[str, str]:
    """The document and its plots by file name."""
    pictures = {f"pictures/{name}.svg": text for name, text in drawn(parts).items()}
    return {"validation.md": document(parts, about)} | pictures
