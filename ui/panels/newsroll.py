"""News: the latest on top, each line with what it changed."""

from __future__ import annotations

from functools import partial

import pygame

from ui import words
from ui.canvas import Canvas
from ui.kit import Panel, Region, Tip
from ui.messages import Item
from ui.state import GameState
from ui.theme import BODY, NOTE

SHOWN = 120


class NewsRoll(Panel):
    """The log of what happened."""

    name = "news"

    def __init__(self, state: GameState) -> None:
        super().__init__(state.theme, state.pointing)
        self.state = state

    def paint(self, canvas: Canvas) -> None:
        px, palette, state = canvas.px, canvas.palette, self.state
        area = canvas.area
        items = sorted(state.news, key=lambda item: (-item.month, -item.weight))[:SHOWN]
        step = px(21)
        top = px(40)
        self.content = top + step * len(items) + px(12)
        if not items:
            canvas.paragraph(words.say("game.no_news"), (area.left, top), area.width, colour=palette.secondary)
        canvas.surface.set_clip(pygame.Rect(0, top - px(4), canvas.width, canvas.height - top - px(4)))
        y, last = top - self.scroll, -1
        for i, item in enumerate(items):
            if y > canvas.height:
                break
            if y > -step:
                self._line(canvas, item, y, area, item.month != last, i)
            last = item.month
            y += step
        canvas.surface.set_clip(None)
        canvas.title(words.say("game.news"))
        if self.content > canvas.height:
            share = canvas.height / self.content
            length = max(px(20), round((canvas.height - top) * share))
            at = top + round((canvas.height - top - length) * self.scroll / max(1, self.content - canvas.height))
            canvas.box(pygame.Rect(canvas.width - px(7), at, px(3), length - px(8)), palette.line, 2)

    def _line(self, canvas: Canvas, item: Item, y: int, area: pygame.Rect, is_first: bool, index: int) -> None:
        px, palette, setup = canvas.px, canvas.palette, self.state.setup
        text, effect = words.news(setup, item)
        ink = palette.ink if item.weight else palette.secondary
        if is_first:
            canvas.text(words.date(setup, item.month, True), (area.left, y + px(1)), NOTE, palette.secondary, figures=True)
        actor = item.who if item.kind != "event" else item.target
        canvas.dot((area.left + px(36), y + px(8)), 3.2, palette.actor(actor))
        width = self.theme.width(effect, NOTE, figures=True)
        room = area.width - px(46) - (width + px(10) if effect else 0)
        canvas.text(text, (area.left + px(46), y), BODY - 1, ink, "SemiBold" if item.weight > 1 else "Regular", width=room)
        if effect:
            canvas.text(effect, (area.right, y + px(1)), NOTE, palette.secondary, align="right", figures=True)
        rect = pygame.Rect(area.left, y - px(2), area.width, px(20))
        if px(34) < y < canvas.height - px(10):
            lines = tuple(line for line in (item.text, effect) if line)
            number = self.number(item)
            more = (words.say("tip.more"),) if number else ()
            tip = Tip(text, (f"{words.date(setup, item.month)}", *lines, *more), "news")
            action = partial(self.state.open_number, number) if number else None
            canvas.region(Region(f"news.{item.month}.{index}", rect, "spot" if number else "rest", action, tip=tip))

    def number(self, item: Item) -> str:
        """The number of which an item of news tells; "" if there is none to take apart."""
        mines = {site.key for site in self.state.setup.sites}
        if item.kind == "price":
            return item.subject
        if item.kind == "decision" and item.subject == "china.licence_approval":
            return f"licence.shadow_price.{item.target}"
        if item.kind == "decision" and item.who == self.state.setup.role:
            return f"lever.{item.subject}/{item.target}" if item.target else f"lever.{item.subject}"
        if item.kind in ("stage", "award", "offtake") and item.subject in mines:
            return f"project.{item.subject}"
        return f"need.{item.subject}" if item.kind == "loan" and item.subject in mines else ""
