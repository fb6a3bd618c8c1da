"""A new game: scenario, seat, how the others play, length and seed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pygame

from ui import messages as say
from ui import setting, words
from ui.canvas import Canvas
from ui.dialog import Dialog
from ui.kit import Tip
from ui.theme import BODY, NOTE, TITLE

if TYPE_CHECKING:
    from ui.app import App

SHORT_END = "2032-12"


class NewGame(Dialog):
    """Choices before the first month."""

    wide, high = 1180, 700
    least = (1016, 636)
    title = "new.title"

    def __init__(self, app: App) -> None:
        super().__init__(app)
        assert app.shelf is not None
        self.shelf = app.shelf
        self.scenario = self.shelf.campaigns[0].name
        self.role = "kazakhstan"
        self.temperaments: dict[str, str] = {}
        self.is_short = True
        self.seed = str(int(time.time()) % 9000 + 1000)
        self.problem = ""
        self.is_waiting = False

    @property
    def campaign(self) -> setting.Campaign:
        """The scenario chosen."""
        return next(c for c in self.shelf.campaigns if c.name == self.scenario)

    def body(self, canvas: Canvas, area: pygame.Rect) -> None:
        px = canvas.px
        first, second = round(area.width * 0.3), round(area.width * 0.36)
        gap = px(26)
        self._scenarios(canvas, pygame.Rect(area.left, area.top, first, area.height))
        self._seats(canvas, pygame.Rect(area.left + first + gap, area.top, second, area.height))
        left = area.left + first + second + 2 * gap
        self._rest(canvas, pygame.Rect(left, area.top, area.right - left, area.height))

    def _scenarios(self, canvas: Canvas, area: pygame.Rect) -> None:
        px, palette = canvas.px, canvas.palette
        canvas.text(words.say("new.scenario"), area.topleft, TITLE, weight="Bold")
        y = area.top + px(28)
        for campaign in self.shelf.campaigns:
            is_on = campaign.name == self.scenario
            lines = self.theme.wrap(campaign.description, NOTE, area.width - px(24)) if is_on else []
            height = px(30) + len(lines) * self.theme.line_height(NOTE) + (px(8) if lines else 0)
            rect = pygame.Rect(area.left, y, area.width, height)
            key = f"new.scenario.{campaign.name}"
            if is_on or canvas.is_hot(key):
                canvas.box(rect, palette.raised, 8, edge=self.theme.accent if is_on else None)
            canvas.button(key, rect, "", lambda n=campaign.name: self._set("scenario", n), "bare")
            canvas.text(campaign.title, (rect.left + px(12), y + px(6)), BODY, weight="SemiBold" if is_on else "Regular")
            canvas.text(
                f"{campaign.start[:4]} to {campaign.end[:4]}",
                (rect.right - px(12), y + px(8)),
                NOTE,
                palette.secondary,
                align="right",
            )
            for i, line in enumerate(lines):
                canvas.text(
                    line, (rect.left + px(12), y + px(30) + i * self.theme.line_height(NOTE)), NOTE, palette.secondary
                )
            y += height + px(6)

    def _seats(self, canvas: Canvas, area: pygame.Rect) -> None:
        px, palette = canvas.px, canvas.palette
        canvas.text(words.say("new.role"), area.topleft, TITLE, weight="Bold")
        y = area.top + px(28)
        step = min(px(33), (area.height - px(150)) // max(1, len(self.shelf.seats)))
        for seat in self.shelf.seats:
            rect = pygame.Rect(area.left, y, area.width, step - px(4))
            is_on = seat.key == self.role
            key = f"new.role.{seat.key}"
            if is_on or canvas.is_hot(key):
                canvas.box(rect, palette.raised, 8, edge=palette.actor(seat.key) if is_on else None)
            canvas.button(key, rect, "", lambda n=seat.key: self._set("role", n), "bare")
            canvas.dot((rect.left + px(16), rect.centery), 5, palette.actor(seat.key))
            canvas.text(
                words.role(seat.key),
                (rect.left + px(32), rect.centery - px(9)),
                BODY,
                palette.ink,
                "SemiBold" if is_on else "Regular",
            )
            y += step
        y += px(10)
        y += canvas.paragraph(words.say(f"pitch.{self.role}"), (area.left, y), area.width, BODY, most=4) + px(6)
        canvas.paragraph(words.say(f"goal.{self.role}"), (area.left, y), area.width, NOTE, palette.secondary, most=4)

    def _rest(self, canvas: Canvas, area: pygame.Rect) -> None:
        px, palette = canvas.px, canvas.palette
        canvas.text(words.say("new.others"), area.topleft, TITLE, weight="Bold")
        y = area.top + px(28)
        for seat in self.shelf.seats:
            if not seat.temperaments or seat.key == self.role:
                continue
            chosen = self.temperaments.get(seat.key, "")
            title = next((t for n, t, _ in seat.temperaments if n == chosen), words.say("new.default"))
            rect = pygame.Rect(area.left, y, area.width, px(26))
            key = f"new.temper.{seat.key}"
            tip = next((h for n, _, h in seat.temperaments if n == chosen), "")
            said = (tip,) if tip else tuple(f"{t}: {h}" for _, t, h in seat.temperaments)
            canvas.button(
                key,
                rect,
                "",
                lambda s=seat: self._turn(s),
                "quiet" if canvas.is_hot(key) else "bare",
                tip=Tip(words.role(seat.key), said, seat.key),
            )
            canvas.text(words.role(seat.key), (rect.left + px(6), y + px(5)), NOTE + 1, palette.secondary)
            canvas.text(
                title, (rect.right - px(6), y + px(5)), NOTE + 1, palette.ink if chosen else palette.secondary, align="right"
            )
            y += px(28)
        y += px(10)
        canvas.text(words.say("new.length"), (area.left, y), TITLE, weight="Bold")
        y += px(26)
        for is_short, label in ((True, words.say("new.short")), (False, words.say("new.long", year=self.campaign.end[:4]))):
            rect = pygame.Rect(area.left, y, area.width, px(28))
            canvas.button(
                f"new.length.{is_short}",
                rect,
                label,
                lambda v=is_short: self._set("is_short", v),
                "bare",
                is_on=self.is_short is is_short,
            )
            y += px(32)
        y += px(8)
        canvas.text(words.say("new.seed"), (area.left, y), TITLE, weight="Bold")
        canvas.field("new.seed", pygame.Rect(area.left, y + px(24), px(120), px(30)), self.seed, self._type, self._start)
        again = pygame.Rect(area.left + px(130), y + px(24), px(120), px(30))
        canvas.button(
            "new.another",
            again,
            words.say("new.another"),
            lambda: self._set("seed", str(int(time.time() * 1000) % 9000 + 1000)),
        )
        canvas.text(words.say("new.seed_note"), (area.left, y + px(60)), NOTE, palette.secondary, width=area.width)
        start = pygame.Rect(area.left, area.bottom - px(48), area.width, px(44))
        label = words.say("app.opening", date=self.campaign.start[:4]) if self.is_waiting else words.say("new.start")
        canvas.button("new.start", start, label, self._start, "main", TITLE, enabled=not self.is_waiting)
        if self.problem:
            canvas.paragraph(self.problem, (area.left, start.top - px(44)), area.width, NOTE, palette.bad, most=3)

    def _set(self, name: str, value: Any) -> None:
        setattr(self, name, value)
        if name == "role":
            self.theme.accent = self.app.theme.accent = self.theme.palette.actor(value)
            self.temperaments.pop(value, None)
        self.again()

    def _turn(self, seat: setting.Seat) -> None:
        """The next temperament of a role."""
        names = ["", *(n for n, _, _ in seat.temperaments)]
        at = names.index(self.temperaments.get(seat.key, ""))
        name = names[(at + 1) % len(names)]
        self.temperaments.pop(seat.key, None)
        if name:
            self.temperaments[seat.key] = name
        self.again()

    def _type(self, text: str) -> None:
        self.seed = text[:15]
        self.again()

    def _start(self) -> None:
        if not self.seed.isdigit():
            self.problem = words.say("new.bad_seed", text=self.seed)
            self.again()
            return
        self.problem, self.is_waiting = "", True
        self.again()
        until = SHORT_END if self.is_short and self.campaign.end > SHORT_END else ""
        self.app.engine.ask(say.Open(self.scenario, int(self.seed), self.role, dict(self.temperaments), until))

    def answer(self, answer: Any) -> None:
        if isinstance(answer, say.Opened) and self.is_waiting:
            self.app.open_game(answer)
        elif isinstance(answer, say.Refusal) and answer.what == "Open":
            self.problem, self.is_waiting = answer.sentence, False
            self.again()
