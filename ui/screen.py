"""A screen: panels, who listens, and what is drawn over them; screens stand on a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pygame

from ui import words
from ui.canvas import Canvas
from ui.kit import Panel, Pointing, Stack, Tip
from ui.theme import BODY, NOTE

if TYPE_CHECKING:
    from ui.app import App

TIP_DELAY = 0.28
BUDGET = 0.0025
"""Seconds after which a frame begins no other panel, or part of the map; what is left waits for the next."""


class Screen:
    """What all screens share."""

    has_backdrop = True
    least = (1, 1)
    """Window at scale 100 % in which everything has room: type grows only as far as that fits into the window."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.theme = app.theme
        self.stack = Stack(app.theme, pointing=Pointing(), on_tick=lambda: app.sounds.play("tick"))
        self.back = pygame.Surface((1, 1))
        self._rested = 0.0
        self._tip_key = ""
        self._tip: tuple[Any, pygame.Surface] | None = None
        """The tip that was drawn last, and what it says."""

    # --- overridden ------------------------------------------------------------------------------

    def layout(self, size: tuple[int, int]) -> None:
        """Place panels in a window of this size."""

    def answer(self, answer: Any) -> None:
        """The model has answered something."""

    def key(self, event: pygame.event.Event) -> bool:
        """A key that no control took; whether it did something."""
        return False

    def update(self, seconds: float) -> None:
        """Time has passed."""

    def under(self, surface: pygame.Surface) -> None:
        """Draw what lies below the panels, once for each change."""
        surface.fill(self.theme.palette.ground)

    def over(self, surface: pygame.Surface) -> None:
        """Draw what moves, each frame."""

    # --- the same for all -----------------------------------------------------------------------------

    def resize(self, size: tuple[int, int]) -> None:
        """The window has this size."""
        self.back = pygame.Surface(size)
        room = min(size[0] / self.least[0], size[1] / self.least[1])
        self.theme = self.stack.theme = self.app.theme.at(min(self.app.theme.scale, max(1.0, room)))
        for panel in self.stack.panels:
            panel.theme = self.theme
        self.layout(size)
        for panel in self.stack.panels:
            panel.is_dirty = True
        self.compose(True)

    def compose(self, everything: bool = False) -> None:
        """Paint what has changed and put it together."""
        import time

        began = time.perf_counter()
        if everything:
            self.under(self.back)
        held = self.stack.pointing.held
        ordered = (
            sorted(self.stack.panels, key=lambda p: not any(r.key == held for r in p.regions)) if held else self.stack.panels
        )
        fresh = []
        for panel in ordered:
            if panel.is_shown and panel.is_dirty and (everything or time.perf_counter() - began < BUDGET):
                panel.refresh()
                fresh.append(panel)
        for panel in self.stack.panels:
            if panel.is_shown and (everything or panel in fresh):
                if panel.is_framed and not everything:
                    self.back.fill(self.theme.palette.ground, panel.rect)
                self.back.blit(panel.picture, panel.rect)

    def draw(self, surface: pygame.Surface) -> None:
        """Draw a frame."""
        self.compose()
        surface.blit(self.back, (0, 0))
        self.over(surface)
        self._draw_tip(surface)

    def handle(self, event: pygame.event.Event) -> None:
        """Take what the person does."""
        stack = self.stack
        if event.type == pygame.MOUSEMOTION:
            stack.point(event.pos)
            self.moved(event)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            stack.press(event.pos)
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            stack.lift(event.pos)
        elif event.type == pygame.MOUSEWHEEL:
            position = stack.pointing.at
            panel, _ = stack.under(position)
            if panel:
                panel.wheel(event.y, position)
        elif event.type == pygame.TEXTINPUT:
            stack.type(event.text)
        elif event.type == pygame.KEYDOWN and not stack.key(event):
            self.key(event)

    def moved(self, event: pygame.event.Event) -> None:
        """The pointer has moved; overridden by screens that follow it."""

    # --- tips -----------------------------------------------------------------------------------------

    def tick(self, seconds: float) -> None:
        """Count how long the pointer has rested."""
        key = self.stack.pointing.focus if self.stack.pointing.is_by_key else self.stack.pointing.hot
        if key != self._tip_key:
            self._tip_key, self._rested = key, 0.0
        self._rested += seconds
        self.update(seconds)

    def _draw_tip(self, surface: pygame.Surface) -> None:
        if self._rested < TIP_DELAY or self.stack.pointing.held:
            return
        tip = self.stack.tip()
        if not tip or not (tip.title or tip.lines):
            return
        found = self.stack.find(self._tip_key)
        if not found:
            return
        rect = found[0].on_screen(found[1])
        anchor = rect.midbottom if self.stack.pointing.is_by_key or rect.width < 60 else self.stack.pointing.at
        what = (tip.title, tip.lines, tip.term, self.theme.scale, self.theme.palette.name)
        if self._tip is None or self._tip[0] != what:
            self._tip = what, tip_picture(self.theme, tip)
        picture, gap = self._tip[1], self.theme.px
        box = picture.get_rect(topleft=(anchor[0] + gap(12), anchor[1] + gap(14)))
        if box.right > surface.get_width() - gap(6):
            box.right = anchor[0] - gap(8)
        if box.bottom > surface.get_height() - gap(6):
            box.bottom = anchor[1] - gap(10)
        if found[0].has_tips_above and found[0].rect.top > box.height + gap(70):
            box.bottom = found[0].rect.top - gap(6)
        box.clamp_ip(surface.get_rect())
        surface.blit(picture, box)


def tip_picture(theme: Any, tip: Tip) -> pygame.Surface:
    """A tip as a picture."""
    px, palette = theme.px, theme.palette
    width = px(290)
    lines: list[tuple[str, bool]] = []
    for text in (*tip.lines, words.say("tip.read")) if tip.term else tip.lines:
        lines += [(line, text.startswith("Source:")) for line in theme.wrap(text, NOTE + 1, width - px(24))]
    widest = max([theme.width(tip.title, BODY, "SemiBold"), *(theme.width(line, NOTE + 1) for line, _ in lines)])
    width = min(width, widest + px(24))
    step = theme.line_height(NOTE + 1)
    height = px(18) + (px(20) if tip.title else 0) + step * len(lines)
    picture = theme.rounded((width, height), px(9), palette.raised, palette.line).copy()
    y = px(9)
    if tip.title:
        picture.blit(
            theme.render(theme.fit(tip.title, BODY, width - px(20), "SemiBold"), BODY, palette.ink, "SemiBold"),
            (px(12), y),
        )
        y += px(20)
    for line, is_source in lines:
        picture.blit(theme.render(line, NOTE + 1, palette.secondary if is_source else palette.ink), (px(12), y))
        y += step
    return picture


class Plain(Panel):
    """A panel that is painted by a function."""

    def __init__(self, screen: Screen, paint: Any, is_framed: bool = True) -> None:
        super().__init__(screen.theme, screen.stack.pointing)
        self._paint = paint
        self.is_framed = is_framed

    def paint(self, canvas: Canvas) -> None:
        self._paint(canvas)
