"""The end: the score beside what the rule would have made of the same luck, turning points, and the way it went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pygame

from ui import chart, findings, words
from ui import messages as say
from ui.canvas import Canvas
from ui.dialog import Dialog
from ui.settings import home
from ui.theme import BODY, NOTE, TITLE, VALUE

if TYPE_CHECKING:
    from ui.app import App


class Debrief(Dialog):
    """What the game came to."""

    wide, high = 1160, 690
    least = (720, 480)
    title = "debrief.title"

    def __init__(self, app: App, game: Any) -> None:
        super().__init__(app)
        self.game, self.state = game, game.state
        self.found: findings.Reviewed | None = None
        self.note = ""
        app.engine.ask(say.Review())

    def body(self, canvas: Canvas, area: pygame.Rect) -> None:
        px, palette, state = canvas.px, canvas.palette, self.state
        last = words.date(state.setup, max(0, state.view.month - 1))
        canvas.text(
            f"{words.role(state.setup.role)} · {state.setup.title} · {last}",
            (area.left, area.top - px(12)),
            BODY,
            palette.secondary,
        )
        if self.found is None:
            canvas.text(words.say("debrief.working"), (area.left, area.top + px(24)), BODY, palette.secondary)
            return
        left = round(area.width * 0.44)
        y = self._scores(canvas, pygame.Rect(area.left, area.top + px(20), left, area.height))
        self._parts(canvas, pygame.Rect(area.left, y + px(14), left, area.bottom - y - px(60)))
        x = area.left + left + px(36)
        width = area.right - x
        self._chart(canvas, pygame.Rect(x, area.top + px(16), width, px(210)))
        self._turnings(canvas, pygame.Rect(x, area.top + px(240), width, area.bottom - area.top - px(300)))
        y = area.bottom - px(38)
        export = pygame.Rect(area.left, y, px(140), px(34))
        canvas.button("debrief.export", export, words.say("debrief.export"), self.export, "main")
        canvas.button(
            "debrief.menu",
            pygame.Rect(area.left + px(150), y, px(110), px(34)),
            words.say("debrief.menu"),
            self.app.open_title,
        )
        if self.note:
            canvas.text(
                self.note, (area.left + px(274), y + px(9)), NOTE, palette.secondary, width=area.right - area.left - px(280)
            )

    def _scores(self, canvas: Canvas, area: pygame.Rect) -> int:
        px, palette, found = canvas.px, canvas.palette, self.found
        assert found is not None
        if not np.isfinite(found.score):
            canvas.paragraph(words.say(f"goal.{self.state.setup.role}"), area.topleft, area.width)
            return area.top + px(40)
        rows = [("debrief.score", found.score, self.theme.accent), ("debrief.rule", found.rule, palette.secondary)]
        y = area.top
        for label, value, tint in rows:
            canvas.text(words.say(label), (area.left, y + px(3)), BODY)
            bar = pygame.Rect(area.left + px(170), y + px(5), area.width - px(230), px(12))
            canvas.box(bar, palette.line, 5)
            canvas.box(pygame.Rect(bar.left, bar.top, max(3, round(bar.width * value / 100)), bar.height), tint, 5)
            canvas.text(words.number(value, 1), (area.right, y), VALUE, weight="Bold", align="right", figures=True)
            y += px(30)
        if found.spread:
            low, high = found.spread[len(found.spread) // 10], found.spread[-1 - len(found.spread) // 10]
            canvas.text(words.say("debrief.luck"), (area.left, y + px(3)), BODY)
            bar = pygame.Rect(area.left + px(170), y + px(5), area.width - px(230), px(12))
            canvas.box(bar, palette.line, 5)
            span = pygame.Rect(
                bar.left + round(bar.width * low / 100), bar.top, max(3, round(bar.width * (high - low) / 100)), bar.height
            )
            canvas.box(span, palette.faint, 5)
            canvas.text(
                f"{words.number(low)} to {words.number(high)}", (area.right, y + px(3)), NOTE, align="right", figures=True
            )
            y += px(30)
        added = found.score - found.rule
        verdict = "debrief.better" if added > 0.5 else "debrief.worse" if added < -0.5 else "debrief.even"
        canvas.text(f"{words.say('debrief.skill')}: {words.signed(added, 1)}", (area.left, y + px(4)), VALUE, weight="Bold")
        y += px(30)
        return y + canvas.paragraph(words.say(verdict), (area.left, y), area.width, BODY, palette.secondary)

    def _parts(self, canvas: Canvas, area: pygame.Rect) -> None:
        px, palette, y = canvas.px, canvas.palette, area.top
        for name, weight, value in self.state.view.parts:
            if y + px(20) > area.bottom:
                break
            canvas.text(words.say(f"part.{name}"), (area.left, y), NOTE + 1, palette.secondary)
            bar = pygame.Rect(area.left + px(170), y + px(4), area.width - px(240), px(7))
            canvas.box(bar, palette.line, 3)
            canvas.box(pygame.Rect(bar.left, bar.top, max(2, round(bar.width * value)), bar.height), self.theme.accent, 3)
            points = f"{words.number(weight * value, 1)} / {words.number(weight)}"
            canvas.text(points, (area.right, y), NOTE, palette.secondary, align="right", figures=True)
            y += px(21)

    def _chart(self, canvas: Canvas, area: pygame.Rect) -> None:
        state, palette, found = self.state, canvas.palette, self.found
        assert found is not None
        name = f"score.{state.setup.role}"
        if name not in found.series_rule:
            return
        lines = [
            chart.Line("own", words.say("debrief.score"), self.theme.accent, state.view.scores[state.setup.role], 2.2),
            chart.Line("rule", words.say("debrief.rule"), palette.secondary, found.series_rule[name], 1.5, True),
        ]
        canvas.text(words.say("game.score"), area.topleft, TITLE, weight="Bold")
        rect = pygame.Rect(area.left, area.top + canvas.px(10), area.width, area.height - canvas.px(10))
        chart.draw(canvas, rect, chart.Chart(lines, state.view.month, 0, state.view.month), state.setup)

    def _turnings(self, canvas: Canvas, area: pygame.Rect) -> None:
        px, palette, found = canvas.px, canvas.palette, self.found
        assert found is not None
        canvas.text(words.say("debrief.turnings"), area.topleft, TITLE, weight="Bold")
        y = area.top + px(28)
        if not found.turnings:
            canvas.text(words.say("debrief.no_turnings"), (area.left, y), BODY, palette.secondary, width=area.width)
        for when, text, effect in self.lines():
            if y + px(22) > area.bottom:
                break
            canvas.text(when, (area.left, y), NOTE, palette.secondary, figures=True)
            canvas.text(text, (area.left + px(76), y), BODY, width=area.width - px(190))
            tint = palette.good if effect > 0.005 else palette.bad if effect < -0.005 else palette.secondary
            label = words.say("debrief.effect", effect=words.signed(effect, 2))
            canvas.text(label, (area.right, y), BODY, tint, "SemiBold", "right", figures=True)
            y += px(25)

    def lines(self) -> list[tuple[str, str, float]]:
        """When, what and how much, of the turning points."""
        assert self.found is not None
        rows = []
        for turning in self.found.turnings[:8]:
            value = words.plain(turning.lever, float("nan") if turning.value is None else turning.value)
            name = words.lever(turning.lever)
            if turning.target:
                name += f" ({words.target(self.state.setup, turning.target)})"
            rows.append((words.date(self.state.setup, turning.month), f"{name}: {value}", turning.effect))
        return rows

    def export(self) -> None:
        """Write a page and pictures of it."""
        from ui.export import write

        try:
            path = write(self, home() / "reports")
        except OSError as error:
            self.note = str(error)
        else:
            self.note = words.say("debrief.exported", path=str(path))
        self.again()

    def answer(self, answer: Any) -> None:
        if isinstance(answer, findings.Reviewed):
            self.found = answer
            self.again()
        elif isinstance(answer, say.Refusal) and answer.what == "Review":
            self.note = answer.sentence
            self.again()
