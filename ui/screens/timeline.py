"""The timeline: any month of any branch, the decisions taken, and the game without one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pygame

from ui import chart, findings, words
from ui import messages as say
from ui.canvas import Canvas
from ui.dialog import Dialog
from ui.theme import BODY, NOTE, TITLE

if TYPE_CHECKING:
    from ui.app import App

SHOWN = 7
"""Lines of a list that are seen at once."""


class Timeline(Dialog):
    """A tree of months that can be gone to.

    Args:
        app: the window.
        game: the game's screen.
    """

    wide, high = 980, 600
    title = "timeline.title"

    def __init__(self, app: App, game: Any) -> None:
        super().__init__(app)
        self.game, self.state = game, game.state
        self.found: findings.Chronicled | None = None
        self.branch, self.month = "", self.state.view.month
        self.first = 0
        self.chosen: say.Taken | None = None
        self.omitted: findings.Omitted | None = None
        self.problem = ""
        self.is_waiting = False
        app.engine.ask(say.Chronicle())

    def body(self, canvas: Canvas, area: pygame.Rect) -> None:
        found = self.found
        if found is None:
            canvas.text(words.say("app.reading"), area.topleft, BODY, canvas.palette.secondary)
            return
        px = canvas.px
        left = round(area.width * 0.5)
        y = self._tree(canvas, pygame.Rect(area.left, area.top, left, area.height), found)
        self._slider(canvas, pygame.Rect(area.left, y + px(12), left, px(120)), found)
        right = pygame.Rect(area.left + left + px(30), area.top, area.width - left - px(30), area.height)
        y = self._decisions(canvas, right, found)
        self._effect(canvas, pygame.Rect(right.left, y, right.width, area.bottom - y))

    # --- the tree --------------------------------------------------------------------------------------

    def line(self) -> findings.Line:
        """The branch that is looked at."""
        assert self.found is not None
        return next(line for line in self.found.lines if line.name == (self.branch or self.found.current))

    def _tree(self, canvas: Canvas, area: pygame.Rect, found: findings.Chronicled) -> int:
        px, palette, setup = canvas.px, canvas.palette, self.state.setup
        canvas.text(words.say("timeline.branches"), area.topleft, TITLE, weight="Bold")
        y, rows = area.top + px(28), {}
        label = px(120)
        last = max(max(line.end for line in found.lines), 12)

        def x(month: float) -> int:
            return area.left + label + round((area.width - label - px(12)) * month / last)

        step = min(px(34), (area.height - px(190)) // max(1, len(found.lines)))
        for number, line in enumerate(found.lines):
            is_on = line is self.line()
            rect = pygame.Rect(area.left, y, area.width, step - px(3))
            rows[line.name] = rect.centery
            canvas.button(f"timeline.branch.{number}", rect, "", lambda n=line.name: self._look(n), "bare", is_on=is_on)
            name = words.say("timeline.main") if not line.parent else words.say("timeline.other", number=number + 1)
            ink = palette.ink if is_on else palette.secondary
            canvas.text(name, (area.left + px(8), rect.centery - px(8)), NOTE + 1, ink, width=label - px(12))
            tint = self.theme.accent if line.name == found.current else palette.secondary
            board = canvas.smooth(rect.inflate(0, 2 * step * len(found.lines)).clip(canvas.surface.get_rect()), 2)
            if line.parent in rows:
                board.lines([(x(line.start), rows[line.parent]), (x(line.start), rect.centery)], tint, 1.5)
            board.lines([(x(line.start), rect.centery), (x(line.end), rect.centery)], tint, 3.0)
            board.done()
            canvas.dot((x(line.end), rect.centery), 4, tint)
            if line.name == found.current:
                canvas.dot((x(found.month), rect.centery), 6, palette.ink, ring=1.6)
            if line is self.line() and self.month <= line.end:
                canvas.dot((x(self.month), rect.centery), 5, palette.ink)
            y += step
        span = f"{words.date(setup, 0)}"
        canvas.text(span, (area.left + label, y), NOTE, palette.secondary)
        if area.width - label > px(150):
            canvas.text(words.date(setup, last - 1), (area.right - px(12), y), NOTE, palette.secondary, align="right")
        return y + px(16)

    def _slider(self, canvas: Canvas, area: pygame.Rect, found: findings.Chronicled) -> None:
        px, palette, line = canvas.px, canvas.palette, self.line()
        canvas.text(words.say("timeline.months"), area.topleft, TITLE, weight="Bold")
        rect = pygame.Rect(area.left, area.top + px(24), area.width, px(28))
        canvas.slider("timeline.month", rect, self.month, 0, max(1, line.end), self._pick, step=1.0)
        is_here = self.month == found.month and line.name == found.current
        when = words.date(self.state.setup, min(self.month, self.state.setup.months - 1))
        button = pygame.Rect(area.left, area.top + px(60), px(190), px(32))
        can = not is_here and not self.is_waiting
        canvas.button("timeline.go", button, words.say("timeline.go", date=when), self._go, "main", enabled=can)
        note = self.problem or words.say("timeline.note")
        tint = palette.bad if self.problem else palette.secondary
        is_wide = area.width > px(380)
        at = (button.right + px(12), button.top) if is_wide else (area.left, button.bottom + px(8))
        canvas.paragraph(note, at, area.right - at[0], NOTE, tint, most=3)

    def _look(self, branch: str) -> None:
        self.branch = branch
        self.month = min(self.month, self.line().end)
        self.again()

    def _pick(self, month: float) -> None:
        self.month = round(month)
        self.again()

    def _go(self) -> None:
        self.is_waiting, self.problem = True, ""
        self.again()
        self.app.engine.ask(say.Rewind(self.month, self.line().name))

    # --- decisions and what-ifs ------------------------------------------------------------------------

    def _decisions(self, canvas: Canvas, area: pygame.Rect, found: findings.Chronicled) -> int:
        px, palette, setup = canvas.px, canvas.palette, self.state.setup
        canvas.text(words.say("timeline.decisions"), area.topleft, TITLE, weight="Bold")
        y = area.top + px(28)
        if not found.taken:
            canvas.paragraph(words.say("timeline.none"), (area.left, y), area.width, BODY, palette.secondary)
        listed = found.taken[::-1]
        for taken in listed[self.first : self.first + SHOWN]:
            rect = pygame.Rect(area.left, y, area.width, px(28))
            is_on = self.chosen is not None and self.chosen.number == taken.number
            key = f"timeline.without.{taken.number}"
            kind = "quiet" if is_on or canvas.is_hot(key) else "bare"
            canvas.button(key, rect, "", lambda t=taken: self._without(t), kind)
            when = words.date(setup, taken.month)
            canvas.text(when, (area.left + px(8), y + px(6)), NOTE, palette.secondary, figures=True)
            canvas.text(self.said(taken), (area.left + px(74), y + px(5)), NOTE + 1, width=area.width - px(160))
            at = (area.right - px(8), y + px(6))
            canvas.text(words.say("timeline.without"), at, NOTE, self.theme.accent, align="right")
            y += px(31)
        if len(listed) > SHOWN:
            for i, (label, steps) in enumerate((("▲", -SHOWN), ("▼", SHOWN))):
                rect = pygame.Rect(area.left + i * px(66), y, px(60), px(24))
                can = self.first > 0 if steps < 0 else self.first + SHOWN < len(listed)
                canvas.button(f"timeline.list.{i}", rect, label, lambda s=steps: self._scroll(s), enabled=can)
            y += px(30)
        return y + px(10)

    def said(self, taken: say.Taken) -> str:
        """A decision in words."""
        name = words.lever(taken.lever)
        if taken.target:
            name += f" ({words.target(self.state.setup, taken.target)})"
        return f"{name}: {words.plain(taken.lever, float('nan') if taken.value is None else taken.value)}"

    def _scroll(self, steps: int) -> None:
        self.first = max(0, self.first + steps)
        self.again()

    def _without(self, taken: say.Taken) -> None:
        self.chosen, self.omitted = taken, None
        self.app.engine.ask(say.Without(taken.number))
        self.again()

    def _effect(self, canvas: Canvas, area: pygame.Rect) -> None:
        """The game with and without the decision, as lines, and what it came to."""
        px, palette, state = canvas.px, canvas.palette, self.state
        if self.chosen is None:
            return
        text = words.say("timeline.effect", what=self.said(self.chosen))
        y = area.top + canvas.paragraph(text, area.topleft, area.width, NOTE + 1, palette.ink, most=2) + px(4)
        found = self.omitted
        if found is None:
            canvas.text(words.say("timeline.working"), (area.left, y), NOTE + 1, palette.secondary)
            return
        for name in found.happened:
            gap = found.without[name] - found.happened[name]
            is_score = name.startswith("score.")
            value = float(np.mean(gap)) if is_score else float(gap[-1])
            label = words.say("timeline.score" if is_score else "timeline.last", what=words.figure(state.setup, name))
            shown = words.measured(value, "index" if is_score else "USD/mtu", is_change=True)
            canvas.text(label, (area.left, y), NOTE + 1, palette.secondary)
            shown = shown if abs(value) > 1e-9 else words.say("timeline.same")
            canvas.text(shown, (area.right, y), NOTE + 1, align="right", figures=True)
            y += px(20)
        name = next(iter(found.happened))
        lines = [
            chart.Line("happened", "", self.theme.accent, found.happened[name], 2.2),
            chart.Line("without", words.say("timeline.without"), palette.secondary, found.without[name], 1.5, True),
        ]
        rect = pygame.Rect(area.left, y, area.width, area.bottom - y)
        if rect.height < px(60):
            return
        chart.draw(canvas, rect, chart.Chart(lines, state.view.month, 0, max(6, state.view.month)), state.setup)

    # --- answers ---------------------------------------------------------------------------------------

    def answer(self, answer: Any) -> None:
        if isinstance(answer, findings.Chronicled):
            self.found = answer
        elif isinstance(answer, findings.Omitted) and self.chosen and answer.number == self.chosen.number:
            self.omitted = answer
        elif isinstance(answer, say.Refusal) and answer.what in ("Rewind", "Without", "Chronicle"):
            self.problem, self.is_waiting = answer.sentence, False
        elif isinstance(answer, say.Opened) and self.is_waiting:
            self.app.open_game(answer)
            return
        self.again()
