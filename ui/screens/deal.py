"""Make an offer: to whom, and which of the deals that make sense now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pygame

from ui import messages as say
from ui import words
from ui.canvas import Canvas
from ui.dialog import Dialog
from ui.theme import BODY, NOTE, TITLE

if TYPE_CHECKING:
    from ui.app import App


class MakeOffer(Dialog):
    """A choice of deals and what the other side says."""

    wide, high = 860, 690
    least = (700, 480)
    title = "offer.title"

    def __init__(self, app: App, game: Any) -> None:
        super().__init__(app)
        self.game, self.state = game, game.state
        roles = [seat.key for seat in self.state.setup.seats if seat.key != self.state.setup.role]
        self.roles = roles
        self.to = ""
        self.offers: tuple[say.OfferView, ...] | None = None
        self.said: say.OfferView | None = None
        self.countered: say.OfferView | None = None
        self.problem = ""
        self.first = 0
        self._choose(roles[0])

    def _choose(self, role: str) -> None:
        self.to, self.offers, self.said, self.countered, self.problem = role, None, None, None, ""
        self.first = 0
        self.app.engine.ask(say.Deals(role))
        self.box.is_dirty = True

    def body(self, canvas: Canvas, area: pygame.Rect) -> None:
        px, palette, state = canvas.px, canvas.palette, self.state
        left = px(220)
        for i, role in enumerate(self.roles):
            rect = pygame.Rect(area.left, area.top + i * px(34), left, px(30))
            canvas.button(
                f"deal.to.{role}", rect, words.role(role), lambda r=role: self._choose(r), "bare", is_on=role == self.to
            )
        x, y = area.left + left + px(28), area.top
        width = area.right - x
        if self.said is not None:
            self._answered(canvas, pygame.Rect(x, y, width, area.bottom - y), self.said)
            return
        if self.problem:
            canvas.paragraph(self.problem, (x, y), width, BODY, palette.bad)
            return
        if self.offers is None:
            canvas.text(words.say("offer.thinking"), (x, y), BODY, palette.secondary)
            return
        if not self.offers:
            canvas.paragraph(words.say("offer.none"), (x, y), width, BODY, palette.secondary)
        for i, offer in enumerate(self.offers[self.first :], self.first):
            if y + px(116) > area.bottom:
                self._more(canvas, area, i)
                break
            canvas.text(words.say(f"offer.{offer.kind}"), (x, y), BODY, weight="SemiBold")
            rect = pygame.Rect(area.right - px(90), y, px(90), px(28))
            canvas.button(f"deal.send.{i}", rect, words.say("offer.send"), lambda n=i: self._send(n), "main")
            y += px(20)
            for line in words.offer(state.setup, offer, state.setup.role):
                y += canvas.paragraph(line, (x, y), width - px(110), NOTE + 1, palette.secondary, most=2)
            y += px(12)
        else:
            if self.first:
                self._more(canvas, area, 0)

    def _more(self, canvas: Canvas, area: pygame.Rect, first: int) -> None:
        """A button that shows the offers from another one on."""
        px = canvas.px
        rect = pygame.Rect(area.right - px(110), area.bottom - px(30), px(110), px(28))
        canvas.button("deal.more", rect, words.say("offer.more"), lambda: self._turn(first), "quiet")

    def _turn(self, first: int) -> None:
        self.first = first
        self.again()

    def _answered(self, canvas: Canvas, area: pygame.Rect, said: say.OfferView) -> None:
        """What was offered, what they say to it, and what they would take instead."""
        px, palette, setup = canvas.px, canvas.palette, self.state.setup
        tint = palette.good if said.state == "accepted" else palette.bad
        verdict = words.say("offer.answered", who=words.role(self.to), verdict=words.say(f"offer.{said.state}"))
        canvas.text(verdict, area.topleft, TITLE, tint, "Bold", width=area.width)
        y = area.top + px(30) + canvas.paragraph(said.reason, (area.left, area.top + px(30)), area.width, BODY) + px(10)
        for line in words.offer(setup, said, setup.role):
            y += canvas.paragraph(line, (area.left, y), area.width, NOTE + 1, palette.secondary, most=2)
        if self.countered is not None:
            y = self._counter(canvas, pygame.Rect(area.left, y + px(16), area.width, area.bottom - y), self.countered)
        again = pygame.Rect(area.left, y + px(18), px(190), px(30))
        canvas.button("deal.again", again, words.say("offer.again"), lambda: self._choose(self.to), "quiet")

    def _counter(self, canvas: Canvas, area: pygame.Rect, offer: say.OfferView) -> int:
        """A card with the offer that they make instead; the y below it."""
        px, palette, setup, inset = canvas.px, canvas.palette, self.state.setup, canvas.px(16)
        width = area.width - 2 * inset
        wrapped = [self.theme.wrap(line, BODY, width) for line in words.offer(setup, offer, setup.role)]
        step, note = self.theme.line_height(BODY), words.say("offer.countered")
        head = len(self.theme.wrap(note, NOTE + 1, width)) * self.theme.line_height(NOTE + 1)
        card = pygame.Rect(area.left, area.top, area.width, px(76) + head + step * sum(map(len, wrapped)))
        canvas.box(card, palette.raised, 10, edge=self.theme.accent)
        x, y = card.left + inset, card.top + px(12)
        y += canvas.paragraph(note, (x, y), width, NOTE + 1, palette.secondary) + px(6)
        for lines in wrapped:
            for line in lines:
                canvas.text(line, (x, y), BODY)
                y += step
        for i, answer in enumerate(("accept", "decline")):
            rect = pygame.Rect(x + i * px(106), y + px(8), px(98), px(30))
            key, kind = f"deal.counter.{answer}", "main" if i == 0 else "quiet"
            action = partial(self._close, offer.number, answer)
            canvas.button(key, rect, words.say(f"game.{answer}"), action, kind)
        return card.bottom

    def _send(self, place: int) -> None:
        self.offers = None
        self.app.engine.ask(say.Propose(self.to, place))
        self.again()

    def _close(self, number: int, answer: str) -> None:
        """Answer the offer that they made instead."""
        self.state.answer(number, answer)
        self.leave()

    def answer(self, answer: Any) -> None:
        if isinstance(answer, say.Dealable) and answer.to == self.to:
            self.offers = answer.offers
        elif isinstance(answer, say.Answered):
            self.said, self.countered = answer.offer, answer.countered
        elif isinstance(answer, say.Refusal) and answer.what in ("Propose", "Deals"):
            self.problem = answer.sentence
        self.again()
