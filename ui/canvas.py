"""Draws on a panel: text, boxes, charts' lines, and the controls that the panel offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pygame

from ui.kit import Action, Change, Panel, Region, Tip
from ui.palette import Colour, mix
from ui.theme import BODY, NOTE, TITLE, Point, Smooth, Theme


class Canvas:
    """A panel's picture and the means to draw on it; lengths are pixels unless said otherwise."""

    def __init__(self, surface: pygame.Surface, theme: Theme, panel: Panel) -> None:
        self.surface, self.theme, self.panel = surface, theme, panel
        self.palette = theme.palette
        self.width, self.height = surface.get_size()

    def px(self, length: float) -> int:
        """Pixels of a length given at scale 100 %."""
        return self.theme.px(length)

    @property
    def area(self) -> pygame.Rect:
        """The panel less its margins."""
        return pygame.Rect(0, 0, self.width, self.height).inflate(-2 * self.px(18), -2 * self.px(14))

    # --- plain ---------------------------------------------------------------------------------

    def frame(self) -> None:
        """The panel's own ground."""
        self.surface.blit(self.theme.rounded((self.width, self.height), self.px(12), self.palette.panel), (0, 0))

    def box(
        self, rect: pygame.Rect, fill: Colour | None, radius: float = 6, edge: Colour | None = None, alpha: int = 255
    ) -> None:
        """A box with round corners."""
        self.surface.blit(self.theme.rounded(rect.size, self.px(radius), fill, edge, alpha), rect.topleft)

    def text(
        self,
        text: str,
        at: tuple[float, float],
        size: int = BODY,
        colour: Colour | None = None,
        weight: str = "Regular",
        align: str = "left",
        figures: bool = False,
        width: int = 0,
    ) -> pygame.Rect:
        """A line of text whose top is at a point, shortened to a width if one is given; where it lies."""
        if width:
            text = self.theme.fit(text, size, width, weight)
        picture = self.theme.render(text, size, colour or self.palette.ink, weight, figures)
        x = at[0] - (picture.get_width() if align == "right" else picture.get_width() / 2 if align == "centre" else 0)
        return self.surface.blit(picture, (round(x), round(at[1])))

    def paragraph(
        self,
        text: str,
        at: tuple[float, float],
        width: int,
        size: int = BODY,
        colour: Colour | None = None,
        weight: str = "Regular",
        most: int = 99,
    ) -> int:
        """Lines of text; the height that they take."""
        lines = self.theme.wrap(text, size, width, weight)
        if len(lines) > most:
            lines = [*lines[: most - 1], self.theme.fit(" ".join(lines[most - 1 :]), size, width, weight)]
        for i, line in enumerate(lines):
            self.text(line, (at[0], at[1] + i * self.theme.line_height(size)), size, colour, weight)
        return len(lines) * self.theme.line_height(size)

    def rule(self, y: int, left: int = 0, right: int = 0) -> None:
        """A thin line across."""
        pygame.draw.line(self.surface, self.palette.line, (left, y), (right or self.width, y))

    def smooth(self, area: pygame.Rect, times: int = 3) -> Smooth:
        """A board for smooth lines over an area; `done()` lays it down."""
        return Smooth(self.surface, area, times)

    def dot(self, at: Point, radius: float, colour: Colour, alpha: int = 255, ring: float = 0) -> None:
        """A disc or a ring."""
        picture = self.theme.disc(self.theme.scale * radius, colour, alpha, self.theme.scale * ring)
        side = picture.get_width()
        self.surface.blit(picture, (round(at[0] - side / 2), round(at[1] - side / 2)))

    # --- controls ------------------------------------------------------------------------------

    def region(self, region: Region) -> None:
        """Register a place that can be used."""
        self.panel.regions.append(region)
        pointing = self.panel.pointing
        if pointing.is_by_key and pointing.focus == region.key:
            grown = region.rect.inflate(self.px(6), self.px(6))
            self.box(grown, None, 8, edge=self.theme.accent)

    def rest(self, key: str, rect: pygame.Rect, tip: Tip | Callable[[], Tip]) -> None:
        """A place that says something when pointed at."""
        self.panel.regions.append(Region(key, rect, "rest", tip=tip))

    def is_hot(self, key: str) -> bool:
        """Whether the pointer is on it."""
        return self.panel.pointing.hot == key

    def button(
        self,
        key: str,
        rect: pygame.Rect,
        label: str,
        action: Action,
        kind: str = "quiet",
        size: int = BODY,
        enabled: bool = True,
        is_on: bool = False,
        tip: Tip | None = None,
    ) -> None:
        """A button: main (the accent), quiet (a raised box), or bare (text that lights up)."""
        p = self.palette
        hot = enabled and self.is_hot(key)
        held = hot and self.panel.pointing.held == key
        if kind == "main":
            fill: Colour | None = self.theme.accent if enabled else p.raised
            if hot:
                fill = mix(self.theme.accent, p.ink if not held else p.ground, 0.18)
            ink = p.on_accent if enabled else p.secondary
        else:
            fill = mix(p.raised, p.ink, 0.08) if hot else p.raised if kind == "quiet" or is_on else None
            ink = p.ink if enabled and (kind == "quiet" or hot or is_on) else p.secondary
        if fill:
            self.box(rect, fill, 7)
        shown = self.theme.fit(label, size, rect.width - self.px(4), "SemiBold")
        picture = self.theme.render(shown, size, ink, "SemiBold" if kind != "bare" or is_on else "Regular")
        self.surface.blit(picture, picture.get_rect(center=rect.center))
        self.region(Region(key, rect, action=action, enabled=enabled, tip=tip))

    def tabs(
        self,
        key: str,
        at: tuple[int, int],
        names: Sequence[tuple[str, str]],
        chosen: str,
        choose: Callable[[str], None],
        width: int = 0,
    ) -> int:
        """A row of tabs (name, label); the x at which it ends."""
        x, height = at[0], self.px(26)
        pad = self.px(10)
        wanted = sum(self.theme.width(label, BODY, "SemiBold") + 2 * pad + self.px(2) for _, label in names)
        if width and wanted > width:
            pad = max(self.px(4), pad - (wanted - width) // (2 * len(names)) - 1)
        least = sum(self.theme.width(label, BODY, "SemiBold") + 2 * pad + self.px(2) for _, label in names)
        share = min(1.0, width / least) if width else 1.0
        for name, label in names:
            w = int(share * (self.theme.width(label, BODY, "SemiBold") + 2 * pad))
            rect = pygame.Rect(x, at[1], w, height)
            self.button(f"{key}.{name}", rect, label, lambda n=name: choose(n), "bare", is_on=name == chosen)
            x += w + self.px(2)
        return x

    def slider(
        self,
        key: str,
        rect: pygame.Rect,
        value: float,
        low: float,
        high: float,
        change: Change,
        release: Action | None = None,
        mark: float | None = None,
        step: float = 0.0,
        colour: Colour | None = None,
        enabled: bool = True,
        tip: Tip | None = None,
        ghost: float | None = None,
    ) -> None:
        """A slider; `mark` shows where the value was, or where the rule would put it, `ghost` what is considered."""
        p = self.palette
        colour = colour or self.theme.accent
        inset, y = self.px(8), rect.centery
        left, right = rect.left + inset, rect.right - inset
        across = max(1e-9, high - low)

        def x_of(number: float) -> int:
            return round(left + (right - left) * min(max((number - low) / across, 0), 1))

        track = self.px(4)
        self.box(pygame.Rect(rect.left, y - track // 2, rect.width, track), p.line, 2)
        at = x_of(value)
        start = x_of(max(low, 0.0)) if low < 0 else rect.left
        span = pygame.Rect(min(start, at), y - track // 2, max(1, abs(at - start)), track)
        self.box(span, colour if enabled else p.faint, 2)
        if mark is not None and abs(x_of(mark) - at) > 1:
            self.box(pygame.Rect(x_of(mark) - self.px(1), y - self.px(6), max(2, self.px(2)), self.px(12)), p.secondary, 1)
        if ghost is not None:
            self.dot((x_of(ghost), y), 6, self.theme.accent)
            self.dot((x_of(ghost), y), 4, p.panel)
        hot = self.is_hot(key) or self.panel.pointing.held == key
        self.dot((at, y), 8 if hot else 7, p.ink if enabled else p.faint)
        self.region(
            Region(
                key,
                rect,
                "slider",
                change=change,
                release=release,
                value=value,
                low=low,
                high=high,
                step=step,
                enabled=enabled,
                tip=tip,
            )
        )

    def field(
        self, key: str, rect: pygame.Rect, text: str, typed: Callable[[str], None], action: Action | None = None
    ) -> None:
        """A line to type into."""
        focused = self.panel.pointing.focus == key
        self.box(rect, self.palette.raised, 6, edge=self.theme.accent if focused else None)
        shown = text + ("|" if focused else "")
        self.text(shown, (rect.left + self.px(10), rect.centery - self.theme.line_height(BODY) // 2 + self.px(1)))
        self.region(Region(key, rect, "field", typed=typed, text=text, action=action))

    def title(self, text: str, note: str = "", at: tuple[int, int] | None = None) -> pygame.Rect:
        """The panel's title and a note beside it."""
        x, y = at or (self.px(18), self.px(14))
        rect = self.text(text, (x, y), TITLE, weight="Bold")
        if note:
            self.text(note, (rect.right + self.px(7), y + self.px(3)), NOTE, self.palette.secondary)
        return rect
