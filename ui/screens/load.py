"""Saved games, the latest first."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pygame

from ui import messages as say
from ui import words
from ui.canvas import Canvas
from ui.dialog import Dialog
from ui.screens.title import saves
from ui.theme import BODY, NOTE

if TYPE_CHECKING:
    from ui.app import App

SHOWN = 9


class LoadGame(Dialog):
    """A list of files."""

    wide, high = 720, 560
    title = "load.title"

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self.found = [(path, about(path)) for path in saves()[:SHOWN]]
        self.problem = ""
        self.is_waiting = False

    def body(self, canvas: Canvas, area: pygame.Rect) -> None:
        px, palette, y = canvas.px, canvas.palette, area.top
        if not self.found:
            canvas.paragraph(words.say("load.none"), area.topleft, area.width, BODY, palette.secondary)
        for path, text in self.found:
            rect = pygame.Rect(area.left, y, area.width, px(42))
            key = f"load.{path.name}"
            canvas.button(key, rect, "", lambda p=path: self._load(p), "quiet", enabled=bool(text) and not self.is_waiting)
            canvas.text(
                text or path.name,
                (rect.left + px(14), y + px(5)),
                BODY,
                palette.ink if text else palette.secondary,
                "SemiBold",
            )
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(path.stat().st_mtime)) if path.exists() else ""
            canvas.text(
                f"{path.name} · {when}" if text else words.say("load.damaged"),
                (rect.left + px(14), y + px(23)),
                NOTE,
                palette.secondary,
            )
            y += px(48)
        if self.problem:
            canvas.paragraph(self.problem, (area.left, area.bottom - px(30)), area.width, NOTE, palette.bad, most=2)
        elif self.is_waiting:
            canvas.text(words.say("app.reading"), (area.left, area.bottom - px(22)), NOTE, palette.secondary)

    def _load(self, path: Path) -> None:
        self.is_waiting, self.problem = True, ""
        self.again()
        self.app.engine.ask(say.Load(str(path)))

    def answer(self, answer: Any) -> None:
        if isinstance(answer, say.Opened) and self.is_waiting:
            self.app.open_game(answer)
        elif isinstance(answer, say.Refusal) and answer.what == "Load":
            self.is_waiting, self.problem = False, answer.sentence
            self.again()


def about(path: Path) -> str:
    """What a file says it is, in a line; empty if it cannot be read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    if not isinstance(kept, dict):
        return ""
    name = path.stem.removesuffix("-autosave")
    parts = name.rsplit("-", 3)
    return f"{words.role(parts[0])}, {parts[1]}-{parts[2]}" if len(parts) == 4 else name
