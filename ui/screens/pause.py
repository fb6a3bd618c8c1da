"""The menu of a game."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pygame

from ui import messages as say
from ui import words
from ui.canvas import Canvas
from ui.dialog import Dialog
from ui.theme import BODY, NOTE

if TYPE_CHECKING:
    from ui.app import App


class Pause(Dialog):
    """Go on, save, load, go back, options, leave."""

    wide, high = 420, 470
    least = (300, 486)
    title = "pause.title"

    def __init__(self, app: App, game: Any) -> None:
        super().__init__(app)
        self.game = game
        self.note = ""

    def body(self, canvas: Canvas, area: pygame.Rect) -> None:
        px, y = canvas.px, area.top
        entries = [
            ("resume", words.say("pause.resume"), self.leave, True),
            ("save", words.say("pause.save"), self._save, True),
            ("load", words.say("pause.load"), self._load, True),
            ("timeline", words.say("pause.timeline"), self._timeline, self.game.state.view.month > 0),
            ("options", words.say("pause.options"), self._options, True),
            ("encyclopedia", words.say("pause.encyclopedia"), self._read, True),
            ("menu", words.say("pause.menu"), self.app.open_title, True),
        ]
        for name, label, action, enabled in entries:
            rect = pygame.Rect(area.left, y, area.width, px(36))
            canvas.button(f"pause.{name}", rect, label, action, "main" if name == "resume" else "quiet", BODY, enabled)
            y += px(44)
        canvas.paragraph(self.note, (area.left, y + px(4)), area.width, NOTE, canvas.palette.secondary, most=3)

    def _save(self) -> None:
        self.app.save()

    def _load(self) -> None:
        from ui.screens.load import LoadGame

        self.app.push(LoadGame(self.app))

    def _timeline(self) -> None:
        self.game.open_timeline()

    def _options(self) -> None:
        from ui.screens.options import Options

        self.app.push(Options(self.app))

    def _read(self) -> None:
        from ui.screens.encyclopedia import Encyclopedia

        self.app.push(Encyclopedia(self.app))

    def answer(self, answer: Any) -> None:
        if isinstance(answer, say.Saved) and not answer.is_automatic:
            from pathlib import Path

            self.note = words.say("app.saved", name=Path(answer.path).name)
            self.again()
        elif isinstance(answer, say.Refusal) and answer.what == "Save":
            self.note = answer.sentence
            self.again()
