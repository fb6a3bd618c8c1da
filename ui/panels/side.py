"""The table of the seat: offers, the schedule of projects with their slips, relations, and the scores."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pygame

from ui import words
from ui.canvas import Canvas
from ui.kit import Panel, Region, Tip
from ui.messages import OfferView
from ui.palette import mix
from ui.setting import Site
from ui.state import GameState
from ui.theme import BODY, NOTE

RAMP_UP = 5.0
DONE = 8
PAGES = ("offers", "projects", "relations", "scoreboard")


class Side(Panel):
    """Tabs beside the levers."""

    name = "side"

    def __init__(self, state: GameState) -> None:
        super().__init__(state.theme, state.pointing)
        self.state = state
        self.page = "projects"

    def paint(self, canvas: Canvas) -> None:
        px, area, state = canvas.px, canvas.area, self.state
        open_offers = [o for o in state.view.offers if o.state == "open" and o.taker == state.setup.role]
        labels = {page: words.say(f"game.{page}") for page in PAGES}
        if open_offers:
            labels["offers"] += f" {len(open_offers)}"
        canvas.tabs("side.page", (area.left - px(8), px(9)), list(labels.items()), self.page, self.turn, area.width + px(16))
        body = pygame.Rect(area.left, px(42), area.width, canvas.height - px(52))
        canvas.surface.set_clip(pygame.Rect(0, px(38), canvas.width, canvas.height - px(38)))
        self.content = 0
        getattr(self, f"_{self.page}")(canvas, body)
        canvas.surface.set_clip(None)

    def turn(self, page: str) -> None:
        """Show a page."""
        self.page = page
        self.scroll = 0
        self.is_dirty = True

    # --- offers --------------------------------------------------------------------------------------

    def _offers(self, canvas: Canvas, body: pygame.Rect) -> None:
        px, palette, state, say = canvas.px, canvas.palette, self.state, words.say
        y = body.top - self.scroll
        if not state.view.offers:
            canvas.text(say("game.no_offers"), (body.left, y), weight="SemiBold")
            y += px(22) + canvas.paragraph(
                say("game.no_offers_note"), (body.left, y + px(22)), body.width, NOTE + 1, palette.secondary
            )
        for is_open in (True, False):
            for offer in sorted(state.view.offers, key=lambda o: -o.number):
                if (offer.state == "open") == is_open:
                    y = self._offer(canvas, offer, body, y)
            if is_open and state.can_offer:
                rect = pygame.Rect(body.left, y, px(130), px(28))
                canvas.button("side.make_offer", rect, say("game.make_offer"), state.open_offer, "quiet")
                y += px(40)
        self.content = y + self.scroll

    def _offer(self, canvas: Canvas, offer: OfferView, body: pygame.Rect, y: int) -> int:
        px, palette, state, say = canvas.px, canvas.palette, self.state, words.say
        is_mine = offer.maker == state.setup.role
        other = offer.taker if is_mine else offer.maker
        is_open = offer.state == "open"
        canvas.dot((body.left + px(4), y + px(8)), 4, palette.actor(other))
        title = say("offer.to" if is_mine else "offer.from", kind=say(f"offer.{offer.kind}"), who=words.role(other))
        canvas.text(title, (body.left + px(14), y), BODY, weight="SemiBold", width=body.width - px(110))
        note = (
            say("game.answer_by", date=words.date(state.setup, max(offer.answer_by - 1, offer.month), True))
            if is_open
            else say(f"offer.{offer.state}")
        )
        tint = {"accepted": palette.good, "refused": palette.bad}.get(offer.state, palette.secondary)
        canvas.text(note, (body.right, y + px(1)), NOTE, tint, align="right")
        y += px(20)
        ink = palette.ink if is_open else palette.secondary
        if offer.why and is_open:
            y += canvas.paragraph(
                offer.why, (body.left + px(14), y), body.width - px(14), NOTE + 1, palette.secondary, most=3
            )
        for line in words.offer(state.setup, offer, state.setup.role):
            y += canvas.paragraph(line, (body.left + px(14), y), body.width - px(14), NOTE + 1, ink, most=3)
        if offer.reason:
            y += canvas.paragraph(
                offer.reason, (body.left + px(14), y), body.width - px(14), NOTE, palette.secondary, most=3
            )
        if is_open and not is_mine:
            y += px(5)
            for i, answer in enumerate(("accept", "counter", "decline")[:: 2 if offer.reason else 1]):
                rect = pygame.Rect(body.left + px(14) + i * px(96), y, px(90), px(26))
                canvas.button(
                    f"side.offer.{offer.number}.{answer}",
                    rect,
                    say(f"game.{answer}"),
                    lambda n=offer.number, a=answer: state.answer(n, a),
                    "main" if i == 0 else "quiet",
                )
            y += px(30)
        return y + px(10)

    # --- projects ------------------------------------------------------------------------------------

    def rows(self) -> list[tuple[int, Site]]:
        """Projects in the order in which they matter: own, then those nearest to output."""
        state = self.state
        found = [(i, s) for i, s in enumerate(state.setup.sites) if s.is_project and int(state.view.stages[i]) < DONE]
        return sorted(
            found,
            key=lambda each: (
                each[1].region != state.setup.role,
                each[1].region not in ("kazakhstan", "uzbekistan"),
                -int(state.view.stages[each[0]] not in (6,)),
                -each[1].capacity,
            ),
        )

    def _projects(self, canvas: Canvas, body: pygame.Rect) -> None:
        px, palette, state = canvas.px, canvas.palette, self.state
        setup, now = state.setup, state.view.month
        label = min(px(118), body.width // 3)
        left, right = body.left + label, body.right
        first, last = max(0, now - 12), min(setup.months, max(now + 84, 96))
        step, top = px(21), body.top + px(16)
        rows = self.rows()

        def x(month: float) -> int:
            return round(left + (right - left) * (min(max(month, first), last) - first) / (last - first))

        canvas.surface.set_clip(pygame.Rect(0, px(38), canvas.width, canvas.height - px(44)))
        seen = -100
        for month in range(first, last + 1):
            year, place = words.month(setup, month)
            if place == 1 and x(month) - seen > px(40):
                seen = x(month)
                if seen + self.theme.width(str(year), NOTE, figures=True) <= body.right + px(8):
                    canvas.text(str(year), (seen, body.top - px(2)), NOTE, palette.secondary, figures=True)
                pygame.draw.line(canvas.surface, palette.line, (seen, top), (seen, canvas.height - px(12)))
        canvas.surface.set_clip(pygame.Rect(0, top, canvas.width, canvas.height - top - px(8)))
        for n, (row, site) in enumerate(rows):
            y = top + px(4) + n * step - self.scroll
            if y > canvas.height or y < top - step:
                continue
            own = site.region == setup.role
            canvas.text(
                site.title.split(" (")[0],
                (body.left, y),
                NOTE + 1,
                palette.ink if own else palette.secondary,
                width=label - px(6),
            )
            self._bar(canvas, row, site, y, x, last)
            rect = pygame.Rect(body.left, y - px(2), body.width, step)
            if y > top - px(4):
                key = f"{'project' if int(state.view.stages[row]) in (5, 6) else 'need'}.{site.key}"
                tip, action = partial(self._tip, site, row), partial(state.open_number, key)
                canvas.region(Region(f"side.project.{site.key}", rect, action=action, tip=tip))
        pygame.draw.line(canvas.surface, palette.ink, (x(now), top), (x(now), canvas.height - px(12)))
        self.content = top + px(12) + len(rows) * step

    def _bar(self, canvas: Canvas, row: int, site: Site, y: int, x: Callable[[float], int], last: int) -> None:
        """From now to first output: the early half solid, the late half faint, the owner's plan as a tick."""
        px, palette, state = canvas.px, canvas.palette, self.state
        stage, now = int(state.view.stages[row]), state.view.month
        tint = palette.actor(state.actor_of(row))
        at = x
        high = px(9)
        if stage in (5, 6):
            start = int(state.view.stage_since[row])
            left = at(start)
            canvas.box(pygame.Rect(left, y + px(3), max(px(4), at(last) - left), high), mix(tint, palette.panel, 0.25), 4)
            canvas.text(words.say(f"stage.{stage}"), (left + px(6), y + px(1)), NOTE - 1, palette.on_accent, "SemiBold")
        else:
            early, middle, late = state.first_output(row)
            begin = at(now)
            if math.isfinite(middle):
                solid = pygame.Rect(begin, y + px(3), max(px(3), at(early) - begin), high)
                faint = pygame.Rect(begin, y + px(3), max(px(3), at(late) - begin), high)
                canvas.box(faint, mix(tint, palette.panel, 0.7), 4)
                canvas.box(solid, mix(tint, palette.panel, 0.2), 4)
                mid = at(middle)
                pygame.draw.line(canvas.surface, palette.ink, (mid, y + px(2)), (mid, y + px(12)), max(1, px(1)))
            else:
                for dash in range(begin, at(last), px(8)):
                    pygame.draw.line(
                        canvas.surface, mix(tint, palette.panel, 0.6), (dash, y + px(7)), (dash + px(3), y + px(7)), px(2)
                    )
        self._slips(canvas, row, y, at, last)

    def _slips(self, canvas: Canvas, row: int, y: int, at: Callable[[float], int], last: int) -> None:
        """Former plans: a ring for the owner's, a ghost for each later one, joined to what is expected now."""
        px, palette, state = canvas.px, canvas.palette, self.state
        former = [(when, month) for when, month in state.slips(row) if state.view.month - 12 < month <= last]
        _, expected, _ = state.first_output(row)
        if former and math.isfinite(expected) and int(state.view.stages[row]) < 5:
            low, high = sorted((former[0][1], min(expected, last)))
            pygame.draw.line(canvas.surface, palette.faint, (at(low), y + px(16)), (at(high), y + px(16)))
        for n, (_, month) in enumerate(former):
            x = at(month)
            if n == 0 and state.setup.sites[row].plan:
                canvas.dot((x, y + px(7)), 3.2, palette.panel)
                canvas.dot((x, y + px(7)), 3.2, palette.ink, ring=1.1)
            else:
                pygame.draw.line(canvas.surface, palette.secondary, (x, y + px(11)), (x, y + px(17)), max(1, px(1)))

    def _tip(self, site: Site, row: int) -> Tip:
        """What is known of a project, and how its date has slipped."""
        state, tip = self.state, self.state.site_tip(site, row)
        said = [words.date(state.setup, round(month)) for _, month in state.slips(row)]
        expected = state.first_output(row)[1]
        if math.isfinite(expected) and int(state.view.stages[row]) < 5:
            said.append(words.date(state.setup, round(expected)))
        if len(said) < 2:
            return tip
        line = words.say("game.slips", dates=" → ".join(said))
        return Tip(tip.title, (*tip.lines[:2], line, *tip.lines[2:]), tip.term)

    # --- relations -----------------------------------------------------------------------------------

    def _relations(self, canvas: Canvas, body: pygame.Rect) -> None:
        px, palette, state = canvas.px, canvas.palette, self.state
        others = [k.removeprefix("trust.") for k in state.view.known if k.startswith("trust.")]
        step, y = px(27), body.top - self.scroll
        label = px(104)
        for other in others:
            now, moved = state.headline(f"trust.{other}")
            if math.isnan(now):
                now = float(state.view.known[f"trust.{other}"])
            canvas.text(words.role(other), (body.left, y), NOTE + 1, width=label)
            bar = pygame.Rect(body.left + label, y + px(5), body.width - label - px(92), px(7))
            canvas.box(bar, palette.line, 3)
            middle = bar.centerx
            length = round(bar.width / 2 * min(1, abs(now)))
            canvas.box(
                pygame.Rect(middle if now >= 0 else middle - length, bar.top, max(2, length), bar.height),
                palette.actor(other),
                3,
            )
            pygame.draw.line(canvas.surface, palette.secondary, (middle, bar.top - px(3)), (middle, bar.bottom + px(2)))
            canvas.text(words.signed(now, 2), (body.right - px(48), y), NOTE, align="right", figures=True)
            tint = palette.good if moved > 0.005 else palette.bad if moved < -0.005 else palette.secondary
            canvas.text(
                words.signed(moved, 2) if abs(moved) > 0.004 else "±0",
                (body.right, y),
                NOTE,
                tint,
                align="right",
                figures=True,
            )
            lines = (words.say("tip.trust"), *state.reasons(other), words.say("tip.more"))
            rect, tip = pygame.Rect(body.left, y - px(4), body.width, step), Tip(words.role(other), lines, other)
            canvas.region(Region(f"side.trust.{other}", rect, action=partial(state.open_number, f"trust.{other}"), tip=tip))
            y += step
        self.content = y + self.scroll

    # --- scores ----------------------------------------------------------------------------------------

    def _scoreboard(self, canvas: Canvas, body: pygame.Rect) -> None:
        px, palette, state = canvas.px, canvas.palette, self.state
        y = body.top - self.scroll
        for name, weight, value in state.view.parts:
            canvas.text(words.say(f"part.{name}"), (body.left, y), NOTE + 1, width=px(150))
            bar = pygame.Rect(body.left + px(156), y + px(4), body.width - px(156) - px(70), px(8))
            canvas.box(bar, palette.line, 4)
            canvas.box(pygame.Rect(bar.left, bar.top, max(2, round(bar.width * value)), bar.height), self.theme.accent, 4)
            canvas.text(
                f"{words.number(weight * value, 1)} / {words.number(weight)}",
                (body.right, y),
                NOTE,
                palette.secondary,
                align="right",
                figures=True,
            )
            rect, tip = pygame.Rect(body.left, y - px(2), body.width, px(20)), Tip("", (words.say("tip.more"),), "score")
            number = partial(state.open_number, f"score.{state.setup.role}")
            canvas.region(Region(f"side.score.{name}", rect, action=number, tip=tip))
            y += px(21)
        if state.view.parts:
            y += px(8)
        ranked = sorted(((r, v) for r, v in state.view.scores.items() if len(v)), key=lambda each: -float(np.mean(each[1])))
        for role, values in ranked:
            is_own = role == state.setup.role
            canvas.dot((body.left + px(4), y + px(8)), 4, palette.actor(role))
            canvas.text(
                words.role(role),
                (body.left + px(14), y),
                NOTE + 1,
                palette.ink if is_own else palette.secondary,
                "SemiBold" if is_own else "Regular",
                width=px(150),
            )
            bar = pygame.Rect(body.left + px(156), y + px(5), body.width - px(156) - px(70), px(5))
            canvas.box(bar, palette.line, 2)
            canvas.box(
                pygame.Rect(bar.left, bar.top, max(2, round(bar.width * float(np.mean(values)) / 100)), bar.height),
                palette.actor(role),
                2,
            )
            canvas.text(words.number(float(np.mean(values)), 1), (body.right, y), NOTE, align="right", figures=True)
            late = () if is_own else (words.say("game.late"),)
            tip = Tip(words.role(role), (words.say("tip.standing"), *late, words.say("tip.more")), "score")
            rect = pygame.Rect(body.left, y - px(2), body.width, px(20))
            number = partial(state.open_number, f"standing.{role}")
            canvas.region(Region(f"side.standing.{role}", rect, action=number, tip=tip))
            y += px(20)
        self.content = y + self.scroll + px(10)
