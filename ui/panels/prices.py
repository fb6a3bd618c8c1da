"""Prices over time: four APT prices and concentrate, or the secure premium and what a licence is worth."""

from __future__ import annotations

import numpy as np
import pygame

from ui import chart, words
from ui.canvas import Canvas
from ui.kit import Panel, Region, Tip
from ui.palette import mix
from ui.state import GameState
from ui.theme import NOTE

HORIZON, PAST = 24, 42


class Prices(Panel):
    """The price chart."""

    name = "prices"

    def __init__(self, state: GameState) -> None:
        super().__init__(state.theme, state.pointing)
        self.state = state
        self.page = "apt"
        self.is_log = False
        self.plot: chart.Plot | None = None

    def lines(self) -> list[chart.Line]:
        """The lines of the page, the leading one first."""
        palette, series, say = self.theme.palette, self.state.view.series, words.say
        none = np.zeros(0)

        def line(
            name: str, label: str, colour: tuple[int, int, int], width: float = 1.6, is_dashed: bool = False
        ) -> chart.Line:
            return chart.Line(name, say(label), colour, series.get(name, none), width, is_dashed)

        china = palette.actor("china")
        if self.page == "apt":
            return [
                line("price.apt.rotterdam", "chart.rotterdam", palette.ink, 2.1),
                line("price.apt.us", "chart.us", palette.actor("united_states"), 1.4),
                line("price.apt.fob_china", "chart.fob", mix(china, palette.ink, 0.45), 1.4),
                line("price.apt.china_domestic", "chart.domestic", china, 1.6),
                line("price.concentrate.china", "chart.concentrate", mix(china, palette.panel, 0.45), 1.2),
            ]
        blocs = ("us", "europe", "japan", "korea")
        return [
            line("premium.secure", "chart.secure", palette.good, 2.1),
            *(
                chart.Line(
                    f"licence.shadow_price.{b}",
                    words.who(b),
                    mix(palette.actor(b), palette.panel, 0.25 * (b == "korea")),
                    series.get(f"licence.shadow_price.{b}", none),
                    1.4,
                )
                for b in blocs
            ),
        ]

    def paint(self, canvas: Canvas) -> None:
        px, palette, state = canvas.px, canvas.palette, self.state
        area = canvas.area
        names = [("apt", words.say("chart.apt")), ("premium", words.say("chart.premium"))]
        canvas.tabs("prices.page", (area.left - px(8), px(9)), names, self.page, self._turn, area.width - px(70))
        label = words.say("chart.log" if self.is_log else "chart.linear")
        canvas.button("prices.log", pygame.Rect(area.right - px(46), px(10), px(52), px(24)), label, self._log, "bare", NOTE)
        lines = self.lines()
        x, y = area.left, px(38)
        for line in lines:
            if not len(line.values):
                continue
            width = self.theme.width(line.label, NOTE) + px(26)
            if x + width > area.right + px(8):
                x, y = area.left, y + px(15)
            pygame.draw.line(canvas.surface, line.colour, (x, y + px(7)), (x + px(12), y + px(7)), max(2, px(2)))
            key = f"prices.line.{line.name}"
            ink = palette.ink if canvas.is_hot(key) else palette.secondary
            canvas.text(line.label, (x + px(17), y), NOTE, ink)
            place = pygame.Rect(x - px(2), y - px(1), width - px(6), px(16))
            tip = Tip(line.label, (words.say("tip.more"),), words.term(line.name))
            canvas.region(Region(key, place, action=lambda n=line.name: state.open_number(n), tip=tip))
            x += width
        if not any(len(line.values) for line in lines):
            canvas.paragraph(words.say("chart.none"), (area.left, px(44)), area.width, colour=palette.secondary)
            self.plot = None
            return
        top = y + px(18)
        now = state.view.month
        fan = state.fan_of("price.apt.rotterdam") if self.page == "apt" else state.fan_of("premium.secure")
        drawing = chart.Chart(
            lines=lines,
            now=now,
            first=max(0, now - PAST),
            last=max(now, 6) + HORIZON,
            is_log=self.is_log,
            fan=fan,
            fan_colour=self.theme.accent,
            other_fan=state.fan_without("price.apt.rotterdam" if self.page == "apt" else "premium.secure"),
            markers=[(item.month, str(n)) for n, item in state.markers()],
            hover=state.hover_month,
        )
        rect = pygame.Rect(area.left, top, area.width + px(6), canvas.height - top - px(10))
        self.plot = chart.draw(canvas, rect, drawing, state.setup)
        canvas.text("USD/mtu", (rect.right, rect.top - px(2)), NOTE, palette.secondary, align="right")
        if state.is_looking_ahead:
            canvas.text(
                words.say("chart.thinking"), (rect.right - px(44), rect.top + px(16)), NOTE, palette.secondary, align="right"
            )
        self.regions.append(Region("prices.plot", self.plot.area.inflate(px(8), px(8)), "rest"))

    def _turn(self, page: str) -> None:
        self.page = page
        self.is_dirty = True

    def _log(self) -> None:
        self.is_log = not self.is_log
        self.is_dirty = True

    def point(self, position: tuple[int, int] | None) -> None:
        """The pointer is over the chart, or has left it."""
        month = None
        if (
            position
            and self.plot
            and self.plot.area.inflate(8, 8).collidepoint(position[0] - self.rect.left, position[1] - self.rect.top)
        ):
            month = self.plot.month_at(position[0] - self.rect.left)
        if month != self.state.hover_month:
            self.state.hover_month = month
            self.is_dirty = True
