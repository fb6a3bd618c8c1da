"""The first screen: the sign of the element, what can be done, and what the model is doing meanwhile."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import pygame

from ui import messages as say
from ui import words
from ui.canvas import Canvas
from ui.projection import Lens
from ui.screen import Plain, Screen
from ui.settings import home
from ui.theme import BODY, GIANT, NOTE

if TYPE_CHECKING:
    from ui.app import App

PATIENCE = 8.0
"""Seconds after which the first start says why it takes so long."""


class Title(Screen):
    """Start, go on, learn, load, choose, read, leave."""

    least = (600, 590)

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self.theme.accent = self.theme.palette.actor("kazakhstan")
        self.menu = Plain(self, self._paint, is_framed=False)
        self.stack.panels = [self.menu]
        self._began = time.perf_counter()
        self._busy = ""
        self._problem = ""
        self._globe: pygame.Surface | None = None
        self.clock = 0.0
        self._is_tutorial = False

    def layout(self, size: tuple[int, int]) -> None:
        self.menu.place(pygame.Rect((0, 0), size))
        self._globe = None

    def under(self, surface: pygame.Surface) -> None:
        palette = self.theme.palette
        surface.fill(palette.sea)
        if self._globe is None:
            lens = Lens(52.0, 34.0, 1.25, pygame.Rect((0, 0), surface.get_size()))
            for picture in self.app.world.drawing(lens, palette, "kazakhstan", 1):
                self._globe = picture or self._globe
        if self._globe:
            surface.blit(self._globe, (0, 0))
        width, height = surface.get_size()
        shade = pygame.Surface((width, 1), pygame.SRCALPHA)
        for x in range(width):
            share = min(1.0, max(0.0, 1.3 - 1.75 * x / width))
            shade.set_at((x, 0), (*palette.ground, round(255 * (0.12 + 0.85 * share))))
        surface.blit(pygame.transform.scale(shade, (width, height)), (0, 0))

    def entries(self) -> list[tuple[str, Any, bool]]:
        """Name, what it does, and whether it can be done now."""
        ready = self.app.shelf is not None and not self._busy
        latest = latest_save()
        return [
            ("resume", lambda: self._load(str(latest)), ready and latest is not None),
            ("start", self._new, ready),
            ("tutorial", self._tutorial, ready),
            ("load", self._open_load, ready),
            ("options", self._options, True),
            ("encyclopedia", self._read, True),
            ("quit", self.app.pop, True),
        ]

    def _paint(self, canvas: Canvas) -> None:
        self.under(self.menu.picture)
        px, palette, say_ = canvas.px, canvas.palette, words.say
        left = max(px(56), round(0.08 * canvas.width))
        top = round(canvas.height * 0.16)
        side = px(76)
        rect = pygame.Rect(left, top, side, side)
        canvas.box(rect, palette.ground, 16, edge=self.theme.accent)
        canvas.text("74", (rect.centerx, rect.top + px(9)), 13, self.theme.accent, "SemiBold", "centre")
        canvas.text("W", (rect.centerx, rect.top + px(24)), 34, self.theme.accent, "Bold", "centre")
        canvas.text(say_("app.name"), (rect.right + px(24), rect.top + px(4)), GIANT, weight="Bold")
        canvas.text(say_("app.line"), (rect.right + px(26), rect.top + px(54)), BODY + 2, palette.secondary)
        y = rect.bottom + px(48)
        if canvas.height - y < px(330):
            y = rect.bottom + px(20)
        first = next(name for name, _, enabled in self.entries() if enabled or self.app.shelf is None)
        for name, action, enabled in self.entries():
            if name == "resume" and latest_save() is None:
                continue
            box = pygame.Rect(left, y, px(330), px(38))
            kind = "main" if name == first and enabled else "quiet" if canvas.is_hot(f"title.{name}") else "bare"
            key = f"title.{name}"
            hot = canvas.is_hot(key) and enabled
            if kind == "main":
                canvas.button(key, box, say_(f"title.{name}"), action, "main", BODY + 1)
            else:
                canvas.button(key, box, "", action, "quiet" if hot else "bare", enabled=enabled)
                tint = palette.ink if enabled else palette.faint
                canvas.text(
                    say_(f"title.{name}"),
                    (box.left + px(16), box.top + px(9)),
                    BODY + 2,
                    tint,
                    "SemiBold" if hot else "Regular",
                )
            y += px(42)
        self._status(canvas, left)

    def _status(self, canvas: Canvas, left: int) -> None:
        px, palette = canvas.px, canvas.palette
        text = self._problem or self._busy
        if self.app.shelf is None and not text:
            waited = time.perf_counter() - self._began
            text = words.say("app.compiling" if waited > PATIENCE else "app.loading")
        tint = palette.bad if self._problem else palette.secondary
        y = canvas.height - px(44)
        if text:
            canvas.text(text, (left, y), BODY, tint, width=canvas.width - 2 * left)
            if not self._problem:
                for i in range(3):
                    glow = 0.5 + 0.5 * math.sin(self.clock * 3 - i * 0.9)
                    canvas.dot((left - px(34) + i * px(10), y + px(8)), 3, self.theme.accent, alpha=round(60 + 180 * glow))
        else:
            canvas.text(words.say("app.keys"), (left, y), NOTE, palette.secondary)

    def update(self, seconds: float) -> None:
        self.clock += seconds
        if (self.app.shelf is None or self._busy) and int(self.clock * 20) != int((self.clock - seconds) * 20):
            self.menu.is_dirty = True

    # --- actions ---------------------------------------------------------------------------------------

    def _new(self) -> None:
        from ui.screens.newgame import NewGame

        self.app.push(NewGame(self.app))

    def _tutorial(self) -> None:
        self._is_tutorial = True
        self._wait(words.say("app.opening", date="2025"))
        self.app.engine.ask(say.Open("central_asia_2025", 74, "kazakhstan"))

    def _load(self, path: str) -> None:
        self._wait(words.say("app.reading"))
        self.app.engine.ask(say.Load(path))

    def _open_load(self) -> None:
        from ui.screens.load import LoadGame

        self.app.push(LoadGame(self.app))

    def _options(self) -> None:
        from ui.screens.options import Options

        self.app.push(Options(self.app))

    def _read(self) -> None:
        from ui.screens.encyclopedia import Encyclopedia

        self.app.push(Encyclopedia(self.app))

    def _wait(self, text: str) -> None:
        self._busy, self._problem = text, ""
        self.menu.is_dirty = True

    def tell(self, problem: str) -> None:
        """Say what went wrong."""
        self._busy, self._problem, self._is_tutorial = "", problem, False
        self.menu.is_dirty = True

    def answer(self, answer: Any) -> None:
        self.menu.is_dirty = True
        if isinstance(answer, say.Opened) and self.app.screen is self:
            self.app.open_game(answer, is_tutorial=self._is_tutorial)
        elif isinstance(answer, say.Refusal) and answer.what in ("Open", "Load"):
            self.tell(answer.sentence)

    def key(self, event: pygame.event.Event) -> bool:
        if event.key in (pygame.K_DOWN, pygame.K_UP):
            self.stack.walk(1 if event.key == pygame.K_DOWN else -1)
            return True
        if event.key == pygame.K_F1:
            self._read()
        return False


def saves() -> list[Any]:
    """Files of saved games, the latest first."""
    folder = home() / "saves"
    try:
        return sorted(folder.glob("*.json"), key=lambda path: -path.stat().st_mtime)
    except OSError:
        return []


def latest_save() -> Any:
    """The game played last."""
    found = saves()
    return found[0] if found else None
