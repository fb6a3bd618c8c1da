"""A debrief as a page that needs nothing else, and as a picture."""

from __future__ import annotations

import base64
import html
import io
from pathlib import Path
from typing import Any

import pygame

from ui import words

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:15px/1.5 Inter,system-ui,sans-serif;max-width:900px;margin:2em auto;padding:0 1em;color:#141b21}}
table{{border-collapse:collapse;width:100%}}td,th{{text-align:left;padding:.35em .6em;border-bottom:1px solid #d5dde3}}
td:last-child{{text-align:right;font-variant-numeric:tabular-nums}}img{{max-width:100%}}</style>
<h1>{title}</h1><p>{about}</p>
<table>{scores}</table>
<h2>{turnings_title}</h2><table>{turnings}</table>
<h2>{log_title}</h2><table>{log}</table>
<p><img alt="{title}" src="data:image/png;base64,{picture}"></p></html>
"""


def write(debrief: Any, folder: Path) -> Path:
    """Write the page and the picture; the page's path.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state, found = debrief.state, debrief.found
    setup = state.setup
    stem = f"{setup.role}-{setup.scenario}-{setup.seed}-{words.date(setup, max(0, state.view.month - 1)).replace(' ', '-')}"
    picture = debrief.box.picture.copy()
    board = pygame.Surface(picture.get_size())
    board.fill(debrief.theme.palette.ground)
    board.blit(picture, (0, 0))
    png = io.BytesIO()
    pygame.image.save(board, png, "debrief.png")
    escape = html.escape

    def row(*cells: str) -> str:
        return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"

    scores = row(words.say("debrief.score"), words.number(found.score, 1)) + row(
        words.say("debrief.rule"), words.number(found.rule, 1)
    )
    scores += "".join(
        row(words.say(f"part.{n}"), f"{words.number(w * v, 1)} / {words.number(w)}") for n, w, v in state.view.parts
    )
    turnings = "".join(row(when, text, words.signed(effect, 2)) for when, text, effect in debrief.lines())
    log = "".join(row(words.date(setup, i.month), *words.news(setup, i)) for i in state.news if i.weight)
    page = PAGE.format(
        title=escape(f"Heavystone: {words.role(setup.role)}"),
        about=escape(
            f"{setup.title}, {setup.start} to {words.date(setup, max(0, state.view.month - 1))}, seed {setup.seed}"
        ),
        scores=scores,
        turnings_title=escape(words.say("debrief.turnings")),
        turnings=turnings,
        log_title=escape(words.say("game.news")),
        log=log,
        picture=base64.b64encode(png.getvalue()).decode(),
    )
    put(folder / f"{stem}.png", png.getvalue())
    put(folder / f"{stem}.html", page.encode())
    return folder / f"{stem}.html"


def put(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all."""
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(content)
    beside.replace(path)
