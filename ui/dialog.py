"""Screens that lie over another: a box in the middle with a title and a way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from ui import words
from ui.canvas import Canvas
from ui.screen import Plain, Screen
from ui.theme import HEAD

if TYPE_CHECKING:
    from ui.app import App


class Dialog(Screen):
    """A box over what was there before."""

    wide, high = 640, 480
    title = ""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self.box = Plain(self, self._paint)
        self.stack.panels = [self.box]
        self._behind: pygame.Surface | None = None

    def layout(self, size: tuple[int, int]) -> None:
        px = self.theme.px
        rect = pygame.Rect(0, 0, min(px(self.wide), size[0] - px(16)), min(px(self.high), size[1] - px(16)))
        rect.center = (size[0] // 2, size[1] // 2)
        self.box.place(rect)
        self._behind = None

    def under(self, surface: pygame.Surface) -> None:
        below = self.app.below(self)
        if below is not None and below.back.get_size() == surface.get_size():
            surface.blit(below.back, (0, 0))
        else:
            surface.fill(self.theme.palette.ground)
        veil = pygame.Surface(surface.get_size(), pygame.SRCALPHA)
        veil.fill((*self.theme.palette.ground, 200))
        surface.blit(veil, (0, 0))

    @property
    def heading(self) -> str:
        """What stands over the box."""
        return words.say(self.title)

    def _paint(self, canvas: Canvas) -> None:
        px = canvas.px
        canvas.text(self.heading, (px(28), px(22)), HEAD, weight="Bold", width=canvas.width - px(150))
        close = pygame.Rect(canvas.width - px(104), px(22), px(80), px(30))
        canvas.button("dialog.back", close, words.say("app.back"), self.leave, "quiet")
        self.body(canvas, pygame.Rect(px(28), px(68), canvas.width - px(56), canvas.height - px(88)))

    def body(self, canvas: Canvas, area: pygame.Rect) -> None:
        """Draw what the box holds; overridden."""

    def leave(self) -> None:
        """Go back."""
        self.app.pop()

    def key(self, event: pygame.event.Event) -> bool:
        if event.key == pygame.K_ESCAPE:
            self.leave()
            return True
        if event.key == pygame.K_F1:
            self.read()
            return True
        if event.key in (pygame.K_DOWN, pygame.K_UP):
            self.stack.walk(1 if event.key == pygame.K_DOWN else -1)
            return True
        return False

    def read(self) -> None:
        """Open the encyclopedia at what the pointer or the focus is on."""
        from ui.screens.encyclopedia import Encyclopedia

        tip = self.stack.tip()
        if not isinstance(self, Encyclopedia):
            self.app.push(Encyclopedia(self.app, tip.term if tip else ""))

    def again(self) -> None:
        """Paint anew."""
        self.box.is_dirty = True
