"""Ten guided minutes inside the real game: a card that points at a panel and goes on when its step is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pygame

from ui import words
from ui.canvas import Canvas
from ui.kit import Panel
from ui.theme import BODY, NOTE, TITLE


@dataclass(frozen=True)
class Step:
    """A card: what it points at, and when it is done by itself."""

    panel: str
    is_done: Callable[[Any], bool] = lambda game: False


STEPS = (
    Step("top"),
    Step("map"),
    Step("top", lambda game: game.state.view.month >= 3),
    Step("market", lambda game: game.state.why is not None and game.market.page == "why"),
    Step("decide", lambda game: any("processing_requirement" in lever for lever, _ in game.state.view.pending)),
    Step("decide", lambda game: any("investment" in lever for lever, _ in game.state.view.pending)),
    Step("side"),
    Step("side"),
    Step("map"),
)


class Tutorial(Panel):
    """The card."""

    name = "tutorial"

    def __init__(self, game: Any) -> None:
        super().__init__(game.theme, game.stack.pointing)
        self.game = game
        self.card = 0

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return STEPS[self.card]

    def arrange(self, size: tuple[int, int]) -> None:
        """Find room beside the panel that is pointed at."""
        px = self.theme.px
        text = words.say(f"tutorial.step{self.card + 1}.text")
        width = min(px(350), size[0] - px(20))
        lines = self.theme.wrap(text, BODY, width - px(36))
        height = px(50) + len(lines) * self.theme.line_height(BODY) + px(54)
        rect = pygame.Rect(0, 0, width, height)
        target = self.game.panels[self.step.panel].rect
        if self.step.panel == "map":
            rect.topleft = (target.left + px(20), target.top + px(20))
        elif self.step.panel == "top":
            rect.midtop = (min(target.centerx, size[0] - width), target.bottom + px(14))
        elif self.step.panel in ("decide", "side"):
            rect.midbottom = (target.centerx, target.top - px(12))
        else:
            rect.midright = (target.left - px(14), target.centery)
        rect.clamp_ip(pygame.Rect((0, 0), size).inflate(-px(12), -px(12)))
        self.place(rect)
        self.is_dirty = True

    def paint(self, canvas: Canvas) -> None:
        px, palette = canvas.px, canvas.palette
        canvas.box(pygame.Rect(0, 0, canvas.width, canvas.height), palette.raised, 12, edge=self.theme.accent)
        key = f"tutorial.step{self.card + 1}"
        canvas.text(words.say(f"{key}.title"), (px(18), px(14)), TITLE, self.theme.accent, "Bold")
        note = words.say("tutorial.step", at=self.card + 1, all=len(STEPS))
        canvas.text(note, (canvas.width - px(18), px(16)), NOTE, palette.secondary, align="right")
        canvas.paragraph(words.say(f"{key}.text"), (px(18), px(42)), canvas.width - px(36), BODY)
        y = canvas.height - px(44)
        canvas.button(
            "tutorial.next",
            pygame.Rect(canvas.width - px(108), y, px(90), px(30)),
            words.say("tutorial.next"),
            self.next,
            "main",
        )
        canvas.button(
            "tutorial.skip", pygame.Rect(px(12), y, px(150), px(30)), words.say("tutorial.skip"), self.end, "bare", NOTE
        )

    def look(self) -> None:
        """Go on if the step has been done."""
        if self.is_shown and self.step.is_done(self.game):
            self.next()

    def next(self) -> None:
        """The next card."""
        if self.card + 1 >= len(STEPS):
            self.end()
            return
        self.card += 1
        self.game.resize(self.game.app.size)

    def end(self) -> None:
        """No more cards."""
        self.is_shown = False
        self.game.app.settings.tutorial_done = True
        self.game.resize(self.game.app.size)
