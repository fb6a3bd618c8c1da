"""A number taken apart: what it is made of, what moved it, where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pygame

from ui import chart, findings, words
from ui import messages as say
from ui.canvas import Canvas
from ui.dialog import Dialog
from ui.panels.bars import bars
from ui.setting import Control
from ui.theme import BODY, NOTE, TITLE, VALUE

if TYPE_CHECKING:
    from ui.app import App

SPANS = (1, 3, 12)
FAMILIES = (
    ("price.apt.rotterdam", "price.apt.us", "price.apt.fob_china", "price.apt.china_domestic", "price.concentrate.china"),
    tuple(f"licence.shadow_price.{bloc}" for bloc in ("us", "europe", "japan", "korea", "rest")),
)
OF_MINES = ("project", "need", "cost")
PAIRS = (("flow", "landed"), ("standing", "score"))


class Number(Dialog):
    """What stands behind a number that was clicked.

    Args:
        app: the window.
        game: the game's screen.
        key: which number, as in `ui.messages.Dissect`.
    """

    wide, high = 980, 600
    least = (480, 430)

    def __init__(self, app: App, game: Any, key: str) -> None:
        self.about = key
        super().__init__(app)
        self.game, self.state = game, game.state
        self.months = 3
        self.page = "parts"
        self.found: findings.Dissected | None = None
        self.why: findings.Explained | None = None
        self.problem = ""
        self._asked = 0
        self._ask()

    @property
    def heading(self) -> str:
        """The number's name."""
        return words.figure(self.game.state.setup, self.about)

    def family(self) -> list[tuple[str, str]]:
        """Numbers that belong beside this one, with their names."""
        name, _, subject = self.about.partition(".")
        if name in OF_MINES:
            return [(f"{each}.{subject}", words.say(f"figure.{each}")) for each in OF_MINES]
        for pair in PAIRS:
            if name in pair:
                return [(f"{each}.{subject}", words.figure(self.state.setup, f"{each}.{subject}", True)) for each in pair]
        keys = next((f for f in FAMILIES if self.about in f), ())
        setup = self.state.setup
        return [(each, words.figure(setup, each, is_short=True)) for each in keys]

    def _ask(self) -> None:
        self._asked += 1
        self.found, self.why, self.problem = None, None, ""
        self.app.engine.ask(say.Dissect(self._asked, self.about, self.months))

    def _turn(self, key: str) -> None:
        self.about = key
        self._ask()
        self.again()

    def _span(self, months: str) -> None:
        self.months = int(months)
        self._ask()
        self.again()

    # --- drawing ---------------------------------------------------------------------------------------

    def body(self, canvas: Canvas, area: pygame.Rect) -> None:
        px, palette = canvas.px, canvas.palette
        y = area.top
        family = self.family()
        if family:
            canvas.tabs("number.of", (area.left - px(8), y - px(4)), family, self.about, self._turn, area.width)
            y += px(32)
        spans = [(str(months), words.say(f"number.span{months}")) for months in SPANS]
        canvas.tabs("number.span", (area.left - px(8), y), spans, str(self.months), self._span, area.width // 2)
        read = pygame.Rect(area.right - px(132), y, px(132), px(26))
        canvas.button("number.read", read, words.say("title.encyclopedia"), self._read, "quiet", NOTE)
        y += px(38)
        if self.problem:
            canvas.paragraph(self.problem, (area.left, y), area.width, BODY, palette.bad)
            return
        found = self.found
        if found is None:
            canvas.text(words.say("number.working"), (area.left, y), BODY, palette.secondary)
            return
        foot = self._source(canvas, area, found)
        if foot - y < px(240) or area.width < px(640):
            self._one_by_one(canvas, pygame.Rect(area.left, y, area.width, foot - y), found)
            return
        left = round(area.width * 0.55)
        self._parts(canvas, pygame.Rect(area.left, y, left, foot - y), found)
        self._moved(canvas, pygame.Rect(area.left + left + px(30), y, area.width - left - px(30), foot - y), found)

    def _one_by_one(self, canvas: Canvas, area: pygame.Rect, found: findings.Dissected) -> None:
        """Parts or causes, where there is no room for both."""
        px = canvas.px
        pages = [(page, words.say(f"number.{page}")) for page in ("parts", "moved")]
        canvas.tabs("number.page", (area.left - px(8), area.top - px(6)), pages, self.page, self._page, area.width)
        rest = pygame.Rect(area.left, area.top + px(26), area.width, area.height - px(26))
        (self._parts if self.page == "parts" else self._moved)(canvas, rest, found, False)

    def _page(self, page: str) -> None:
        self.page = page
        self.again()

    def _parts(self, canvas: Canvas, area: pygame.Rect, found: findings.Dissected, is_titled: bool = True) -> None:
        px, palette, setup = canvas.px, canvas.palette, self.state.setup
        y = area.top
        if is_titled:
            y = self._title(canvas, area, found)
        if found.unit == "choice":
            return
        largest = max([abs(p.now) for p in found.parts] + [abs(found.now), 1e-9])
        label, amounts = round(area.width * 0.44), px(150)
        room = area.width - label - amounts
        step = min(px(26), max(px(15), (area.bottom - y) // max(1, len(found.parts) + 1)))
        running = 0.0
        low = min(0.0, *np.cumsum([p.now for p in found.parts] or [0.0]).tolist())
        high = max(largest, *np.cumsum([p.now for p in found.parts] or [0.0]).tolist())
        unit = room / max(high - low, 1e-9)
        for part in found.parts:
            canvas.text(words.part(setup, part), (area.left, y), NOTE + 1, palette.secondary, width=label - px(10))
            start, running = running, running + part.now
            left = area.left + label + round((min(start, running) - low) * unit)
            bar = pygame.Rect(left, y + px(3), max(2, round(abs(part.now) * unit)), px(10))
            canvas.box(bar, self.theme.accent if part.now >= 0 else palette.secondary, 2)
            x = area.right - px(72)
            canvas.text(words.measured(part.now, found.unit, is_bare=True), (x, y), NOTE, align="right", figures=True)
            change = part.now - part.before
            text = words.measured(change, found.unit, is_change=True, is_bare=True)
            canvas.text(text, (area.right, y), NOTE, palette.secondary, align="right", figures=True)
            y += step
        canvas.rule(y, area.left, area.right)
        canvas.text(words.say("number.together"), (area.left, y + px(4)), NOTE + 1, weight="SemiBold")
        total = words.measured(found.now, found.unit, is_bare=True)
        canvas.text(total, (area.right - px(72), y + px(4)), NOTE, weight="SemiBold", align="right", figures=True)
        whole = words.measured(found.now - found.before, found.unit, is_change=True, is_bare=True)
        canvas.text(whole, (area.right, y + px(4)), NOTE, weight="SemiBold", align="right", figures=True)

    def _title(self, canvas: Canvas, area: pygame.Rect, found: findings.Dissected) -> int:
        """The number itself, and the title of its parts; the y below."""
        px, palette, setup = canvas.px, canvas.palette, self.state.setup
        is_choice = found.unit == "choice"
        shown = words.value(self._control, found.now) if is_choice else words.measured(found.now, found.unit)
        rect = canvas.text(shown, area.topleft, VALUE + 5, weight="Bold", figures=True)
        if is_choice:
            return area.top + px(40)
        moved = words.measured(found.now - found.before, found.unit, is_change=True)
        since = words.say("number.since", change=moved, date=words.played(setup, found.first))
        canvas.text(since, (rect.right + px(12), area.top + px(8)), NOTE, palette.secondary)
        y = area.top + px(40)
        canvas.text(words.say("number.parts"), (area.left, y), TITLE, weight="Bold")
        if found.month != self.state.view.month:
            late = words.say("number.late", date=words.played(setup, found.month))
            canvas.text(late, (area.right, y + px(2)), NOTE, palette.secondary, align="right")
        return y + px(26)

    def _moved(self, canvas: Canvas, area: pygame.Rect, found: findings.Dissected, is_titled: bool = True) -> None:
        px, palette, state = canvas.px, canvas.palette, self.state
        y = area.top
        past = state.view.series.get(found.key)
        kind, _, subject = found.key.partition(".")
        if past is None and kind in ("score", "standing"):
            past = state.view.scores.get(subject)
            if past is not None and kind == "standing":
                past = np.cumsum(past) / np.arange(1, len(past) + 1)
        if is_titled and past is not None and np.isfinite(past).sum() > 1:
            line = chart.Line(found.key, "", self.theme.accent, past, 2.0)
            now = state.view.month
            digits = 2 if np.nanmax(np.abs(past)) < 5 else 0
            drawing = chart.Chart([line], now, max(0, now - 60), max(now, 12), digits=digits)
            chart.draw(canvas, pygame.Rect(area.left, y - px(8), area.width, px(130)), drawing, state.setup)
            y += px(134)
        if is_titled:
            canvas.text(words.say("number.moved"), (area.left, y), TITLE, weight="Bold")
            y += px(26)
        if self.why is not None:
            rect = pygame.Rect(area.left, y, area.width, area.bottom - y)
            bars(canvas, rect, self.why.causes, lambda v: words.measured(v, found.unit, is_change=True, is_bare=True))
        elif found.outcome and found.month > found.first:
            canvas.paragraph(words.say("market.why_working"), (area.left, y), area.width, NOTE + 1, palette.secondary)
        else:
            lines = self._reasons(found)
            for text in lines:
                y += canvas.paragraph(text, (area.left, y), area.width, NOTE + 1, palette.secondary, most=2) + px(4)

    def _reasons(self, found: findings.Dissected) -> list[str]:
        """What moved a number that has no causes of its own: its parts that changed most, and deeds."""
        changed = sorted(found.parts, key=lambda p: -abs(p.now - p.before))
        if found.key.startswith("lever."):
            return self._steps(found)
        lines = [
            f"{words.part(self.state.setup, p)} {words.measured(p.now - p.before, found.unit, is_change=True)}"
            for p in changed[:3]
            if abs(p.now - p.before) > 1e-9
        ]
        if found.key.startswith("trust."):
            lines += self.state.reasons(found.key.removeprefix("trust."))
        return lines or [words.say("number.nothing_moved")]

    def _steps(self, found: findings.Dissected) -> list[str]:
        """Who moved a lever, the latest first."""
        setup, control = self.state.setup, self._control
        lines = []
        for month, who, before, after in reversed(found.moves):
            mover = who if who in ("rule", "person", "offer", "scenario", "setup") else "other"
            gaps = {"date": words.date(setup, month), "who": words.say(f"number.by_{mover}")}
            was, now = (words.value(control, value) for value in (before, after))
            lines.append(words.say("number.step", before=was, after=now, **gaps))
        return lines or [words.say("number.never_moved")]

    @property
    def _control(self) -> Control:
        """The lever that is taken apart."""
        return self.state.controls[self.about.removeprefix("lever.").partition("/")[0]]

    def _source(self, canvas: Canvas, area: pygame.Rect, found: findings.Dissected) -> int:
        """Where the number comes from; the y at which that begins."""
        px = canvas.px
        text = words.say("number.model")
        if found.source:
            text = f"{self._told(found)} {text}"
        lines = self.theme.wrap(text, NOTE, area.width)[: 3 if area.height > px(400) else 1]
        y = area.bottom - len(lines) * self.theme.line_height(NOTE)
        for i, line in enumerate(lines):
            at = (area.left, y + i * self.theme.line_height(NOTE))
            canvas.text(line, at, NOTE, canvas.palette.secondary)
        return y - px(10)

    def _told(self, found: findings.Dissected) -> str:
        """Source and confidence in a sentence; of a lever, what it does."""
        if not found.confidence:
            return found.source
        return words.say("tip.source", source=found.source, confidence=words.say(f"confidence.{found.confidence}")) + "."

    def _read(self) -> None:
        from ui.screens.encyclopedia import Encyclopedia

        self.app.push(Encyclopedia(self.app, words.term(self.about)))

    # --- answers ---------------------------------------------------------------------------------------

    def answer(self, answer: Any) -> None:
        if isinstance(answer, findings.Dissected) and answer.number == self._asked:
            self.found = answer
            if answer.outcome and answer.month > answer.first:
                self.app.engine.ask(say.Explain(-self._asked, answer.outcome, answer.first, answer.month))
        elif isinstance(answer, findings.Explained) and answer.number == -self._asked:
            self.why = answer
        elif isinstance(answer, say.Refusal) and answer.what in ("Dissect", "Explain"):
            self.problem = answer.sentence
        self.again()
