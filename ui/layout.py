"""Where panels stand: on a grid of eight pixels, for windows from 1024 x 640 to 4K, and as pages where room is short."""

from __future__ import annotations

from dataclasses import dataclass

import pygame

GAP = 10
TOP = 56
STRIP = 34


@dataclass(frozen=True)
class Places:
    """A rectangle for each panel that is shown."""

    rects: dict[str, pygame.Rect]
    is_paged: bool
    """Whether panels are pages that are chosen one at a time."""


def arrange(width: int, height: int, scale: float, page: str) -> Places:
    """Places of the game's panels.

    Args:
        width: of the window, pixels.
        height: of the window, pixels.
        scale: of type and space.
        page: the page that is shown where panels are pages.
    """
    gap, top = round(GAP * scale), round(TOP * scale)
    if width / scale < 960 or height / scale < 560:
        return _pages(width, height, scale, page, gap, top)
    right = round(min(max(0.295 * width, 340 * scale), 520 * scale))
    bottom = round(min(max(0.31 * height, 212 * scale), 300 * scale))
    left = width - right - gap
    column_top, column_bottom = top + gap, height - gap
    column = column_bottom - column_top - 2 * gap
    price, market = round(0.43 * column), round(0.27 * column)
    x = width - right
    rects = {
        "top": pygame.Rect(0, 0, width, top),
        "map": pygame.Rect(0, top, left, height - top - bottom - gap),
        "prices": pygame.Rect(x, column_top, right - gap, price),
        "market": pygame.Rect(x, column_top + price + gap, right - gap, market),
        "news": pygame.Rect(x, column_top + price + market + 2 * gap, right - gap, column - price - market),
    }
    decide = round((left - 2 * gap) * 0.58)
    y = height - bottom - gap
    rects["decide"] = pygame.Rect(gap, y, decide, bottom)
    rects["side"] = pygame.Rect(gap + decide + gap, y, left - decide - 2 * gap, bottom)
    return Places(rects, False)


def _pages(width: int, height: int, scale: float, page: str, gap: int, top: int) -> Places:
    strip = round(STRIP * scale)
    body = pygame.Rect(gap, top + strip + gap, width - 2 * gap, height - top - strip - 2 * gap)
    if page == "map":
        body = pygame.Rect(0, top + strip, width, height - top - strip)
    return Places({"top": pygame.Rect(0, 0, width, top), "strip": pygame.Rect(0, top, width, strip), page: body}, True)
