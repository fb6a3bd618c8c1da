"""Panels and their controls: what can be pointed at, pressed, dragged, typed into and reached with the keyboard alone.

A panel paints itself in one go, and what it paints registers where it can be used; it paints anew only when
something in it has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pygame

from ui.theme import Theme

Action = Callable[[], None]
Change = Callable[[float], None]


@dataclass
class Tip:
    """What is said when the pointer rests: a title, lines, and the encyclopedia's entry."""

    title: str = ""
    lines: tuple[str, ...] = ()
    term: str = ""


@dataclass
class Region:
    """A place that can be used."""

    key: str
    rect: pygame.Rect
    kind: str = "button"
    """button, spot (a button among many that Tab passes by), slider, field, drag, or rest (only to be pointed at)."""
    action: Action | None = None
    change: Change | None = None
    release: Action | None = None
    value: float = 0.0
    low: float = 0.0
    high: float = 1.0
    step: float = 0.0
    typed: Callable[[str], None] | None = None
    text: str = ""
    tip: Tip | Callable[[], Tip] | None = None
    enabled: bool = True

    def value_at(self, x: int, inset: int = 0) -> float:
        """The value of a slider at a place in its panel, at one of its steps."""
        share = (x - self.rect.left - inset) / max(1, self.rect.width - 2 * inset)
        value = self.low + min(max(share, 0.0), 1.0) * (self.high - self.low)
        return self.stepped(value)

    def stepped(self, value: float) -> float:
        """The nearest value that a slider stops at."""
        if self.step:
            value = self.low + round((value - self.low) / self.step) * self.step
        return min(max(value, self.low), self.high)

    @property
    def is_reached_by_key(self) -> bool:
        """Whether Tab stops here."""
        return self.enabled and self.kind in ("button", "slider", "field")


@dataclass
class Pointing:
    """What pointer and keyboard are at."""

    hot: str = ""
    focus: str = ""
    held: str = ""
    is_by_key: bool = False
    """Whether the keyboard was used last: only then the focus is drawn."""
    at: tuple[int, int] = (0, 0)
    """Where the pointer was last, pixels of the window."""


class Panel:
    """A part of a screen with a picture of its own.

    Args:
        theme: how it is drawn.
        pointing: shared by all panels of a screen.
    """

    name = "panel"
    is_framed = True
    has_tips_above = False
    """Whether tips stand above the panel, where there is room, so that they hide nothing in it."""

    def __init__(self, theme: Theme, pointing: Pointing) -> None:
        self.theme = theme
        self.pointing = pointing
        self.rect = pygame.Rect(0, 0, 1, 1)
        self.regions: list[Region] = []
        self.is_dirty = True
        self.is_shown = True
        self.picture = pygame.Surface((1, 1))
        self.scroll = 0
        self.content = 0
        """Height of what there is, if more than is seen."""

    def place(self, rect: pygame.Rect) -> None:
        """Give it room."""
        if rect != self.rect:
            self.rect = rect.copy()
            self.is_dirty = True

    def refresh(self) -> bool:
        """Paint anew if something has changed; whether it has."""
        if not self.is_dirty or not self.is_shown:
            return False
        from ui.canvas import Canvas

        self.is_dirty = False
        if self.picture.get_size() != self.rect.size:
            self.picture = pygame.Surface(self.rect.size, pygame.SRCALPHA)
        self.picture.fill((0, 0, 0, 0))
        self.regions = []
        canvas = Canvas(self.picture, self.theme, self)
        if self.is_framed:
            canvas.frame()
        self.paint(canvas)
        return True

    def paint(self, canvas: Canvas) -> None:  # noqa: F821
        """Draw everything; overridden."""

    def at(self, position: tuple[int, int]) -> Region | None:
        """What lies under a point of the screen."""
        if not self.is_shown or not self.rect.collidepoint(position):
            return None
        local = (position[0] - self.rect.left, position[1] - self.rect.top)
        for region in reversed(self.regions):
            if region.rect.collidepoint(local):
                return region
        return None

    def wheel(self, steps: int, position: tuple[int, int]) -> bool:
        """Scroll; whether there was anything to scroll."""
        most = max(0, self.content - self.rect.height)
        if not most:
            return False
        self.scroll = min(max(0, self.scroll - steps * self.theme.px(40)), most)
        self.is_dirty = True
        return True

    def on_screen(self, region: Region) -> pygame.Rect:
        """Where a region lies on the screen."""
        return region.rect.move(self.rect.topleft)


@dataclass
class Stack:
    """The panels of a screen from back to front, and who listens."""

    theme: Theme
    panels: list[Panel] = field(default_factory=list)
    pointing: Pointing = field(default_factory=Pointing)
    modal: Panel | None = None
    """A panel that alone can be used."""
    on_tick: Action | None = None
    """Called when a control is used, for a sound."""

    def listening(self) -> list[Panel]:
        """Panels that can be used now, from back to front."""
        return [self.modal] if self.modal else [panel for panel in self.panels if panel.is_shown]

    def find(self, key: str) -> tuple[Panel, Region] | None:
        """The panel and region of this key."""
        for panel in self.listening():
            for region in panel.regions:
                if region.key == key:
                    return panel, region
        return None

    def under(self, position: tuple[int, int]) -> tuple[Panel | None, Region | None]:
        """The front panel under a point and what lies there."""
        for panel in reversed(self.listening()):
            if panel.is_shown and panel.rect.collidepoint(position):
                region = panel.at(position)
                if region or panel.is_framed:
                    return panel, region
        return None, None

    def touch(self, key: str) -> None:
        """Have the panel of a key painted anew."""
        found = self.find(key) if key else None
        if found:
            found[0].is_dirty = True

    def point(self, position: tuple[int, int]) -> None:
        """The pointer has moved."""
        self.pointing.is_by_key = False
        self.pointing.at = position
        if self.pointing.held:
            found = self.find(self.pointing.held)
            if found and found[1].kind in ("slider", "drag"):
                self._drag(*found, position)
            return
        _, region = self.under(position)
        hot = region.key if region else ""
        if hot != self.pointing.hot:
            self.touch(self.pointing.hot)
            self.pointing.hot = hot
            self.touch(hot)

    def press(self, position: tuple[int, int]) -> bool:
        """The first button went down; whether a panel took it."""
        panel, region = self.under(position)
        self._focus("")
        if region is None or not region.enabled or region.kind == "rest":
            return panel is not None
        self.pointing.held = region.key
        if region.is_reached_by_key:
            self._focus(region.key)
        if region.kind in ("slider", "drag") and panel:
            self._drag(panel, region, position)
        self.touch(region.key)
        return True

    def lift(self, position: tuple[int, int]) -> None:
        """The first button came up: a press counts where it also ends."""
        held, self.pointing.held = self.pointing.held, ""
        if not held:
            return
        found = self.find(held)
        if not found:
            return
        panel, region = found
        panel.is_dirty = True
        if region.kind in ("slider", "drag"):
            if region.release:
                region.release()
        elif region.kind in ("button", "spot") and panel.on_screen(region).collidepoint(position):
            self._use(region)
        self.point(position)

    def _use(self, region: Region) -> None:
        if region.action and region.enabled:
            if self.on_tick:
                self.on_tick()
            region.action()

    def _drag(self, panel: Panel, region: Region, position: tuple[int, int]) -> None:
        if not region.change:
            return
        inset = self.theme.px(8) if region.kind == "slider" else 0
        self._set(panel, region, region.value_at(position[0] - panel.rect.left, inset))

    def _set(self, panel: Panel, region: Region, value: float) -> None:
        value = region.stepped(value)
        if region.change and value != region.value:
            region.value = value
            region.change(value)
        panel.is_dirty = True

    # --- keyboard ------------------------------------------------------------------------------

    def _focus(self, key: str) -> None:
        if key != self.pointing.focus:
            self.touch(self.pointing.focus)
            self.pointing.focus = key
            self.touch(key)

    def walk(self, step: int) -> None:
        """Move the focus to the next or the last control."""
        keys = [r.key for panel in self.listening() for r in panel.regions if r.is_reached_by_key]
        self.pointing.is_by_key = True
        if not keys:
            return
        if self.pointing.focus in keys:
            self._focus(keys[(keys.index(self.pointing.focus) + step) % len(keys)])
        else:
            self._focus(keys[0 if step > 0 else -1])

    def key(self, event: pygame.event.Event) -> bool:
        """A key went down; whether a control took it."""
        if event.key == pygame.K_TAB:
            self.walk(-1 if event.mod & pygame.KMOD_SHIFT else 1)
            return True
        found = self.find(self.pointing.focus) if self.pointing.focus else None
        if not found:
            return False
        panel, region = found
        if region.kind == "field" and region.typed:
            if event.key == pygame.K_BACKSPACE:
                region.typed(region.text[:-1])
                panel.is_dirty = True
                return True
            if event.key in (pygame.K_RETURN, pygame.K_KP_ENTER):
                self._use(region)
                return True
            return event.unicode.isprintable() and bool(event.unicode)
        if not self.pointing.is_by_key:
            return False  # what was clicked last does not keep Enter and arrows from the screen
        if region.kind == "button" and event.key in (pygame.K_RETURN, pygame.K_KP_ENTER, pygame.K_SPACE):
            self._use(region)
            return True
        if region.kind == "slider" and event.key in (pygame.K_LEFT, pygame.K_RIGHT, pygame.K_HOME, pygame.K_END):
            big = (region.high - region.low) / (4 if event.mod & pygame.KMOD_SHIFT else 20)
            step = max(region.step, big)
            value = {
                pygame.K_LEFT: region.value - step,
                pygame.K_RIGHT: region.value + step,
                pygame.K_HOME: region.low,
                pygame.K_END: region.high,
            }[event.key]
            self._set(panel, region, value)
            if region.release:
                region.release()
            return True
        return False

    def type(self, text: str) -> None:
        """Characters were typed."""
        found = self.find(self.pointing.focus) if self.pointing.focus else None
        if found and found[1].kind == "field" and found[1].typed:
            found[1].typed(found[1].text + text)
            found[0].is_dirty = True

    def is_typing(self) -> bool:
        """Whether typed characters go into a field."""
        found = self.find(self.pointing.focus) if self.pointing.focus else None
        return bool(found and found[1].kind == "field")

    def tip(self) -> Tip | None:
        """What the place under the pointer, or in focus, says of itself."""
        key = self.pointing.focus if self.pointing.is_by_key else self.pointing.hot
        found = self.find(key) if key else None
        if not found or not found[1].tip:
            return None
        tip = found[1].tip
        return tip() if callable(tip) else tip
