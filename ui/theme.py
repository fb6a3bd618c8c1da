"""Type, space and shapes: text kept as pictures, rounded boxes with smooth corners, lines without steps."""

from __future__ import annotations

import struct
from collections import OrderedDict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pygame

from ui.palette import Colour, Palette

FONTS = Path(__file__).parent.parent / "assets" / "fonts"
NOTE, BODY, TITLE, VALUE, HEAD, GIANT = 11, 13, 14, 17, 24, 44
WEIGHTS = ("Regular", "SemiBold", "Bold")
KEPT_TEXTS = 3000
KEPT_SHAPES = 600
KEPT_WIDTHS = 20000
KEPT_WRAPS = 500
SUPER = 4
Point = tuple[float, float]


class Missing(Exception):  # noqa: N818 - reads as what happened
    """An asset is not there; one sentence."""


class Theme:
    """Draws text and shapes at a scale, in a palette."""

    def __init__(self, palette: Palette, scale: float = 1.0, accent: Colour | None = None) -> None:
        self.palette = palette
        self.scale = scale
        self.accent = accent or palette.actor("kazakhstan")
        self._fonts: dict[tuple[int, str, bool], pygame.font.Font] = {}
        self._texts: OrderedDict[tuple, pygame.Surface] = OrderedDict()
        self._shapes: OrderedDict[tuple, pygame.Surface] = OrderedDict()
        self._widths: dict[tuple, int] = {}
        self._wraps: dict[tuple, list[str]] = {}
        self._at: dict[float, Theme] = {}

    def px(self, length: float) -> int:
        """Pixels of a length given at scale 100 %."""
        return round(length * self.scale)

    def at(self, scale: float) -> Theme:
        """The same at another scale."""
        if scale == self.scale:
            return self
        if scale not in self._at:
            self._at = {scale: Theme(self.palette, scale)}
        self._at[scale].accent = self.accent
        return self._at[scale]

    # --- text ----------------------------------------------------------------------------------

    def font(self, size: int, weight: str = "Regular", figures: bool = False) -> pygame.font.Font:
        """A font at this scale; `figures` have one width.

        Raises:
            Missing: the font's file is not there.
        """
        key = (size, weight, figures)
        if key not in self._fonts:
            path = FONTS / f"{'InterTabular' if figures else 'Inter'}-{weight}.otf"
            if not is_font(path):
                raise Missing(f"The font {path.name} is missing or damaged in assets/fonts.")
            self._fonts[key] = pygame.font.Font(path, max(8, self.px(size)))
        return self._fonts[key]

    def complete(self) -> None:
        """Look whether every font is there, before one is missed in the middle of a game.

        Raises:
            Missing: one is not.
        """
        for weight in WEIGHTS:
            for figures in (False, True):
                self.font(BODY, weight, figures)

    def render(self, text: str, size: int, colour: Colour, weight: str = "Regular", figures: bool = False) -> pygame.Surface:
        """A line of text as a picture."""
        key = (text, size, colour, weight, figures)
        picture = self._texts.get(key)
        if picture is None:
            picture = self.font(size, weight, figures).render(text, True, colour)
            self._texts[key] = picture
            if len(self._texts) > KEPT_TEXTS:
                self._texts.popitem(last=False)
        else:
            self._texts.move_to_end(key)
        return picture

    def width(self, text: str, size: int, weight: str = "Regular", figures: bool = False) -> int:
        """Width of a line of text, pixels."""
        key = (text, size, weight, figures)
        found = self._widths.get(key)
        if found is None:
            if len(self._widths) > KEPT_WIDTHS:
                self._widths.clear()
            found = self._widths[key] = self.font(size, weight, figures).size(text)[0]
        return found

    def line_height(self, size: int) -> int:
        """Distance of lines of text, pixels."""
        return round(self.px(size) * 1.42)

    def fit(self, text: str, size: int, width: int, weight: str = "Regular") -> str:
        """The text, shortened with an ellipsis if it is wider than that."""
        if self.width(text, size, weight) <= width:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width(text[:middle].rstrip() + "…", size, weight) <= width:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip() + "…" if low else ""

    def wrap(self, text: str, size: int, width: int, weight: str = "Regular") -> list[str]:
        """The text in lines no wider than that."""
        key = (text, size, width, weight)
        if key in self._wraps:
            return self._wraps[key]
        if len(self._wraps) > KEPT_WRAPS:
            self._wraps.clear()
        lines: list[str] = []
        self._wraps[key] = lines
        for paragraph in text.split("\n"):
            words, space = paragraph.split(" "), self.width(" ", size, weight)
            line, taken = words[0], self.width(words[0], size, weight)
            for word in words[1:]:
                more = space + self.width(word, size, weight)
                if line and taken + more > width:
                    lines.append(line)
                    line, taken = word, more - space
                else:
                    line, taken = f"{line} {word}", taken + more
            lines.append(line)
        return lines

    # --- shapes --------------------------------------------------------------------------------

    def rounded(
        self, size: tuple[int, int], radius: int, fill: Colour | None, edge: Colour | None = None, alpha: int = 255
    ) -> pygame.Surface:
        """A box with round corners as a picture."""
        key = (size, radius, fill, edge, alpha)
        picture = self._shapes.get(key)
        if picture is None:
            picture = self._rounded(size, radius, fill, edge, alpha)
            self._shapes[key] = picture
            if len(self._shapes) > KEPT_SHAPES:
                self._shapes.popitem(last=False)
        else:
            self._shapes.move_to_end(key)
        return picture

    def _rounded(
        self, size: tuple[int, int], radius: int, fill: Colour | None, edge: Colour | None, alpha: int
    ) -> pygame.Surface:
        width, height = max(1, size[0]), max(1, size[1])
        radius = max(0, min(radius, width // 2, height // 2))
        outer = coverage(width, height, radius)
        picture = pygame.Surface((width, height), pygame.SRCALPHA)
        if edge is None:
            picture.fill(fill or (0, 0, 0))
            level = outer if fill is not None else outer * 0
        else:
            stroke = max(1, self.px(1))
            inner = np.zeros_like(outer)
            if width > 2 * stroke and height > 2 * stroke:
                inner[stroke:-stroke, stroke:-stroke] = coverage(
                    width - 2 * stroke, height - 2 * stroke, max(0, radius - stroke)
                )
            body = fill or edge
            shades = pygame.surfarray.pixels3d(picture)
            shades[:] = np.where(inner[..., None] > 0.5, body, edge)
            del shades
            level = outer if fill is not None else outer - inner
        covers = pygame.surfarray.pixels_alpha(picture)
        covers[:] = np.clip(level * alpha, 0, 255).astype(np.uint8)
        del covers
        return picture

    def disc(self, radius: float, colour: Colour, alpha: int = 255, ring: float = 0.0) -> pygame.Surface:
        """A smooth disc, or a ring of that thickness, as a picture."""
        key = ("disc", round(radius * 4), colour, alpha, round(ring * 4))
        picture = self._shapes.get(key)
        if picture is None:
            side = int(np.ceil(radius)) * 2 + 3
            middle = side / 2
            axis = np.arange(side) + 0.5 - middle
            away = np.hypot(axis[:, None], axis[None, :])
            level = np.clip(radius - away + 0.5, 0, 1)
            if ring:
                level = level - np.clip(radius - ring - away + 0.5, 0, 1)
            picture = pygame.Surface((side, side), pygame.SRCALPHA)
            picture.fill(colour)
            covers = pygame.surfarray.pixels_alpha(picture)
            covers[:] = (level * alpha).astype(np.uint8)
            del covers
            self._shapes[key] = picture
        return picture


def is_font(path: Path) -> bool:
    """Whether a file is a whole font: what reads fonts does not survive one that is cut short.

    Source: OpenType specification, table directory.
    """
    try:
        content = path.read_bytes()
        kind, count = struct.unpack_from(">4sH", content)
        tables = [struct.unpack_from(">4sLLL", content, 12 + 16 * i) for i in range(count)]
    except (OSError, struct.error):
        return False
    return kind in (b"OTTO", b"\0\1\0\0") and all(at + length <= len(content) for _, _, at, length in tables)


def coverage(width: int, height: int, radius: int) -> np.ndarray:
    """Share of each pixel that lies in a rounded box, (width, height)."""
    level = np.ones((width, height))
    if radius:
        away = radius - np.arange(radius) - 0.5
        corner = np.clip(radius - np.hypot(away[:, None], away[None, :]) + 0.5, 0, 1)
        level[:radius, :radius], level[-radius:, :radius] = corner, corner[::-1]
        level[:radius, -radius:], level[-radius:, -radius:] = corner[:, ::-1], corner[::-1, ::-1]
    return level


class Smooth:
    """A drawing board of several times the size, scaled down where it lies on a surface, so that lines have no steps."""

    def __init__(self, surface: pygame.Surface, area: pygame.Rect, times: int = SUPER) -> None:
        self.surface, self.area, self.times = surface, area, times
        self.board = pygame.Surface((max(1, area.width * times), max(1, area.height * times)), pygame.SRCALPHA)

    def _at(self, points: Sequence[Point]) -> list[Point]:
        left, top, k = self.area.left, self.area.top, self.times
        return [((x - left) * k, (y - top) * k) for x, y in points]

    def lines(self, points: Sequence[Point], colour: Colour, width: float, alpha: int = 255) -> None:
        """A line through points of the surface, with round joints."""
        if len(points) < 2:
            return
        stroke = max(1, round(width * self.times))
        tint = premultiplied(colour, alpha)
        at = self._at(points)
        pygame.draw.lines(self.board, tint, False, at, stroke)
        if stroke > 2:
            for point in at:
                pygame.draw.circle(self.board, tint, point, stroke / 2)

    def polygon(self, points: Sequence[Point], colour: Colour, alpha: int = 255) -> None:
        """A filled shape."""
        if len(points) > 2:
            pygame.draw.polygon(self.board, premultiplied(colour, alpha), self._at(points))

    def dashes(
        self, points: Sequence[Point], colour: Colour, width: float, dash: float, gap: float, behind: float = 0.0
    ) -> None:
        """A broken line through points, as it goes on where so many pixels of it lie behind."""
        stroke, run = max(1, round(width * self.times)), behind % (dash + gap)
        pen = run < dash
        run = run if pen else run - dash
        for (x0, y0), (x1, y1) in pairwise(points):
            length = float(np.hypot(x1 - x0, y1 - y0))
            done = 0.0
            while done < length:
                limit = dash if pen else gap
                step = min(limit - run, length - done)
                if pen:
                    a, b = done / length, (done + step) / length
                    ends = self._at([(x0 + (x1 - x0) * a, y0 + (y1 - y0) * a), (x0 + (x1 - x0) * b, y0 + (y1 - y0) * b)])
                    pygame.draw.line(self.board, colour, *ends, stroke)
                done, run = done + step, run + step
                if run >= limit - 1e-9:
                    run, pen = 0.0, not pen

    def done(self) -> None:
        """Lay the drawing on the surface."""
        small = pygame.transform.smoothscale(self.board, self.area.size)
        self.surface.blit(small, self.area.topleft, special_flags=pygame.BLEND_PREMULTIPLIED)


def premultiplied(colour: Colour, alpha: int) -> tuple[int, int, int, int]:
    """A see-through colour whose edges do not darken when it is scaled."""
    return colour[0] * alpha // 255, colour[1] * alpha // 255, colour[2] * alpha // 255, alpha
