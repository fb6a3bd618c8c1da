"""The encyclopedia: terms and actors, each in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from sim import text as catalogue
from ui import words
from ui.canvas import Canvas
from ui.dialog import Dialog
from ui.theme import BODY, VALUE

if TYPE_CHECKING:
    from ui.app import App


class Encyclopedia(Dialog):
    """A list of entries and the one that is read."""

    wide, high = 900, 600
    title = "title.encyclopedia"

    def __init__(self, app: App, entry: str = "") -> None:
        super().__init__(app)
        self.texts = entries(app)
        self.entries = list(self.texts)
        self.entry = entry if entry in self.texts else self.entries[0]
        self.first = max(0, self.entries.index(self.entry) - 8)

    def body(self, canvas: Canvas, area: pygame.Rect) -> None:
        px, palette = canvas.px, canvas.palette
        left, step = round(area.width * 0.3), px(28)
        room = max(1, (area.height - px(30)) // step)
        self.first = min(max(0, self.first), max(0, len(self.entries) - room))
        for i, name in enumerate(self.entries[self.first : self.first + room]):
            rect = pygame.Rect(area.left, area.top + i * step, left, step - px(3))
            is_on = name == self.entry
            key = f"read.{name}"
            canvas.button(key, rect, "", lambda n=name: self._open(n), "quiet" if is_on or canvas.is_hot(key) else "bare")
            ink = palette.ink if is_on else palette.secondary
            canvas.text(self.texts[name][0], (rect.left + px(10), rect.top + px(4)), BODY, ink, width=left - px(16))
        if len(self.entries) > room:
            y = area.top + room * step
            canvas.button(
                "read.up",
                pygame.Rect(area.left, y, px(60), px(24)),
                "▲",
                lambda: self._scroll(-room),
                enabled=self.first > 0,
            )
            more = self.first + room < len(self.entries)
            canvas.button(
                "read.down",
                pygame.Rect(area.left + px(66), y, px(60), px(24)),
                "▼",
                lambda: self._scroll(room),
                enabled=more,
            )
        x = area.left + left + px(30)
        title, text = self.texts[self.entry]
        canvas.text(title, (x, area.top), VALUE, weight="Bold", width=area.right - x)
        canvas.paragraph(text, (x, area.top + px(34)), area.right - x, BODY + 1)

    def _open(self, name: str) -> None:
        self.entry = name
        self.again()

    def _scroll(self, steps: int) -> None:
        self.first += steps
        self.again()


def entries(app: App) -> dict[str, tuple[str, str]]:
    """Title and text of every entry: terms, actors, and in a game the levers of the seat and the mines."""
    say, known = words.say, catalogue.load()
    found = {
        name.split(".")[1]: (say(name), say(f"term.{name.split('.')[1]}.text"))
        for name in known.names("term.")
        if name.endswith(".title")
    }
    seats = app.shelf.seats if app.shelf else ()
    for seat in seats:
        tempers = [f"{title}: {text}" for _, title, text in seat.temperaments]
        lines = [say(f"pitch.{seat.key}"), say("read.goal", goal=say(f"goal.{seat.key}"))]
        lines += [say("read.tempers"), *tempers] if tempers else []
        found[seat.key] = (words.role(seat.key), "\n\n".join(lines))
    if app.game:
        setup = app.game.state.setup
        for control in setup.controls:
            span = f"{words.value(control, control.low)} – {words.value(control, control.high)}"
            text = control.help if control.choices else f"{control.help}\n\n{span}"
            found.setdefault(words.suffix(control.name), (words.lever(control.name), text))
        for site in setup.sites:
            about = [
                site.owner,
                say("game.nameplate", tonnes=words.tonnes(site.capacity)),
                f"{say('game.reserves')}: {words.tonnes(site.reserves)}",
                f"{say('game.cost')}: {words.number(site.cost_low)} – {words.price(site.cost_high)}",
                say("tip.source", source=site.source, confidence=say(f"confidence.{site.confidence}")),
            ]
            found[site.key] = (site.title, "\n\n".join(line for line in about if line))
    return found
