"""Causes of a change as bars to both sides of a line."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from ui import words
from ui.canvas import Canvas
from ui.palette import mix
from ui.theme import NOTE


def bars(canvas: Canvas, body: pygame.Rect, causes: tuple[tuple[str, float], ...], shown: Callable[[float], str]) -> None:
    """Shares of causes as bars to the left and right of a middle line, each with what `shown` says of it."""
    palette, px = canvas.palette, canvas.px
    tints = {
        "licences": palette.actor("china"),
        "holders": mix(palette.actor("china"), palette.ink, 0.4),
        "hoarding": palette.actor("europe"),
        "west": palette.actor("united_states"),
        "supply": palette.actor("kazakhstan"),
        "nature": palette.actor("uzbekistan"),
    }
    largest = max([abs(v) for _, v in causes] + [1e-9])
    label_width = round(body.width * 0.42)
    down = max([-v for _, v in causes] + [0.0]) / largest
    up = max([v for _, v in causes] + [0.0]) / largest
    room = body.width - label_width - px(84)
    zero = body.left + label_width + px(40) + round(room * down / max(1e-9, up + down))
    unit = room / max(1e-9, up + down)
    step = min(px(24), max(px(14), body.height // max(1, len(causes))))
    for i, (name, value) in enumerate(causes):
        y = body.top + i * step
        if y + px(14) > body.bottom:
            break
        label = words.say(f"cause.{name}")
        canvas.text(label, (body.left, y), NOTE + 1, palette.secondary, width=label_width)
        length = round(unit * abs(value) / largest)
        rect = pygame.Rect(zero if value >= 0 else zero - length, y + px(2), max(1, length), px(11))
        canvas.box(rect, mix(tints.get(name, palette.actor("other")), palette.panel, 0.1), 2)
        text = shown(value)
        at = (rect.right + px(6), y) if value >= 0 else (rect.left - px(6), y)
        canvas.text(text, at, NOTE, weight="SemiBold", align="left" if value >= 0 else "right", figures=True)
    pygame.draw.line(
        canvas.surface, palette.faint, (zero, body.top), (zero, min(body.bottom, body.top + step * len(causes)))
    )
