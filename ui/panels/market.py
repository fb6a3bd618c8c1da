"""Behind the price: what moved it, the cost curve of all mines, own stocks and China's share."""

from __future__ import annotations

from functools import partial

import numpy as np
import pygame

from ui import chart, words
from ui.canvas import Canvas
from ui.kit import Panel, Region, Tip
from ui.palette import mix
from ui.panels.bars import bars
from ui.state import GameState
from ui.theme import NOTE

RUNNING = (4, 5, 6, 7)


class Market(Panel):
    """Tabs of what stands behind the price."""

    name = "market"

    def __init__(self, state: GameState) -> None:
        super().__init__(state.theme, state.pointing)
        self.state = state
        self.page = "curve"

    def paint(self, canvas: Canvas) -> None:
        px, area = canvas.px, canvas.area
        names = [(page, words.say(f"market.{page}")) for page in ("why", "curve", "stocks", "shares")]
        canvas.tabs("market.page", (area.left - px(8), px(9)), names, self.page, self._turn, area.width + px(16))
        body = pygame.Rect(area.left, px(40), area.width, canvas.height - px(50))
        getattr(self, f"_{self.page}")(canvas, body)

    def _turn(self, page: str) -> None:
        self.page = page
        self.is_dirty = True
        if page == "why":
            self.state.why_last_turn()

    # --- why ---------------------------------------------------------------------------------------

    def _why(self, canvas: Canvas, body: pygame.Rect) -> None:
        state, say, px, palette = self.state, words.say, canvas.px, canvas.palette
        why = state.why
        if state.is_explaining or why is None:
            text = say("market.why_working") if state.is_explaining else state.why_not or say("market.why_wait")
            canvas.paragraph(text, body.topleft, body.width, colour=palette.secondary)
            return
        move = words.change(why.after, why.before)
        span = f"{words.date(state.setup, why.first, True)} to {words.date(state.setup, why.last - 1)}"
        canvas.text(say("market.why_title", change=move, span=span), body.topleft, weight="SemiBold", width=body.width)
        if why.note:
            canvas.paragraph(why.note, (body.left, body.top + px(24)), body.width, NOTE, palette.secondary)
        rect = pygame.Rect(body.left, body.top + px(24), body.width, body.height - px(24))
        bars(canvas, rect, why.causes, lambda v: words.share_of(v, why.before))

    # --- cost curve --------------------------------------------------------------------------------

    def _curve(self, canvas: Canvas, body: pygame.Rect) -> None:
        state, palette, px, say = self.state, canvas.palette, canvas.px, words.say
        canvas.text(say("market.curve_note"), body.topleft, NOTE, palette.secondary)
        nameplate = state.view.known["nameplate"]
        blocks = []
        for row, site in enumerate(state.setup.sites):
            stage = int(state.view.stages[row])
            if stage in RUNNING and nameplate[row] > 1:
                blocks.append(((site.cost_low + site.cost_high) / 2, float(nameplate[row]), row, stage))
        blocks.sort()
        total = sum(width for _, width, _, _ in blocks) or 1.0
        dearest = max([cost for cost, _, _, _ in blocks] + [100.0])
        price, _ = state.headline("price.concentrate.china")
        # in a boom the price stands above all costs: it stays in the picture, and its label below the caption
        top = max(dearest, price if np.isfinite(price) else 0.0) * 1.12
        area = pygame.Rect(body.left, body.top + px(26), body.width, body.height - px(40))
        x = float(area.left)
        for cost, tonnes, row, stage in blocks:
            site = state.setup.sites[row]
            width = area.width * tonnes / total
            height = max(2, round(area.height * cost / top))
            rect = pygame.Rect(
                round(x), area.bottom - height, max(1, round(x + width) - round(x) - (1 if width > 3 else 0)), height
            )
            tint = palette.actor(state.actor_of(row))
            share = 0.15 if stage in (5, 6) else 0.6
            key = f"market.block.{site.key}"
            lit = canvas.is_hot(key) or state.chosen_site == site.key
            pygame.draw.rect(canvas.surface, mix(tint, palette.panel, 0.0 if lit else share), rect, border_radius=px(1))
            wide = rect.inflate(max(0, px(6) - rect.width), 0)
            tip = partial(block_tip, site, tonnes, stage)
            self.regions.append(Region(key, wide, "spot", partial(state.open_number, f"cost.{site.key}"), tip=tip))
            x += width
        if np.isfinite(price):
            y = round(area.bottom - area.height * price / top)
            for dash in range(area.left, area.right, px(6)):
                pygame.draw.line(canvas.surface, palette.ink, (dash, y), (min(dash + px(3), area.right), y))
            canvas.text(f"{say('chart.concentrate')} {words.number(price)}", (area.left, y - px(15)), NOTE, palette.ink)
        canvas.text("0", (area.left, area.bottom + px(2)), NOTE, palette.secondary, figures=True)
        canvas.text(
            f"{words.number(round(total, -3))} t",
            (area.right, area.bottom + px(2)),
            NOTE,
            palette.secondary,
            align="right",
            figures=True,
        )

    # --- stocks and shares -----------------------------------------------------------------------------

    def _stocks(self, canvas: Canvas, body: pygame.Rect) -> None:
        names = [n for n in ("stockpile", "stock", "treasury", "stock_home") if n in self.state.view.series]
        labels = {"treasury": words.say("game.treasury")}
        palette = canvas.palette
        tints = (self.theme.accent, palette.ink)
        lines = [
            chart.Line(n, labels.get(n, words.say("game.stock")), tints[i % 2], self.state.view.series[n])
            for i, n in enumerate(names[:1])
        ]
        note = words.say("market.stocks_note") if names[:1] != ["treasury"] else words.say("game.treasury") + ", million USD"
        self._small(canvas, body, lines, note, names[0] if names else "")

    def _shares(self, canvas: Canvas, body: pygame.Rect) -> None:
        past = self.state.view.series.get("statistic.share.china.mine", np.zeros(0))
        line = chart.Line("share", words.role("china"), canvas.palette.actor("china"), 100 * past, 2.0)
        self._small(canvas, body, [line], words.say("market.shares_note"), "share.china.mine")

    def _small(self, canvas: Canvas, body: pygame.Rect, lines: list[chart.Line], note: str, key: str) -> None:
        canvas.text(note, body.topleft, NOTE, canvas.palette.secondary)
        if key in ("stockpile", "stock", "treasury", "share.china.mine"):
            tip = Tip(note, (words.say("tip.more"),), words.term(key))
            self.regions.append(Region("market.number", body, action=partial(self.state.open_number, key), tip=tip))
        now = self.state.view.month
        drawing = chart.Chart(lines, now, max(0, now - 60), max(now, 12))
        chart.draw(
            canvas,
            pygame.Rect(body.left, body.top + canvas.px(12), body.width + canvas.px(6), body.height - canvas.px(8)),
            drawing,
            self.state.setup,
        )


def block_tip(site: object, tonnes: float, stage: int) -> Tip:
    """What a block of the cost curve is."""
    s = site  # a messages.Site
    lines = (
        words.say(f"stage.{stage}").capitalize() + " · " + words.say("game.nameplate", tonnes=words.tonnes(tonnes)),
        f"{words.say('game.cost')} {words.number(s.cost_low)} to {words.price(s.cost_high)}",  # type: ignore[attr-defined]
        words.who(s.backer).capitalize(),  # type: ignore[attr-defined]
        words.say("tip.source", source=s.source, confidence=words.say(f"confidence.{s.confidence}")),  # type: ignore[attr-defined]
    )
    return Tip(s.title, lines, "cost_curve")  # type: ignore[attr-defined]
