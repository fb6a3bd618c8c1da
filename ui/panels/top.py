"""The bar on top: what time it is, how the seat stands, who trusts it, and the button that plays on."""

from __future__ import annotations

import math
from functools import partial

import pygame

from ui import words
from ui.canvas import Canvas
from ui.kit import Panel, Region, Tip
from ui.state import GameState
from ui.theme import NOTE, VALUE

NEIGHBOURS = {
    "kazakhstan": ("china", "united_states", "russia"),
    "uzbekistan": ("china", "united_states", "russia"),
    "china": ("united_states", "european_union", "kazakhstan"),
    "united_states": ("china", "kazakhstan", "european_union"),
    "european_union": ("china", "united_states", "kazakhstan"),
    "japan_korea": ("china", "united_states", "european_union"),
    "turkey": ("uzbekistan", "kazakhstan", "china"),
    "russia": ("china", "kazakhstan", "united_states"),
}


class Top(Panel):
    """The top bar."""

    name = "top"
    is_framed = False

    def __init__(self, state: GameState, play: object, menu: object, speed: object) -> None:
        super().__init__(state.theme, state.pointing)
        self.state = state
        self.play, self.menu, self.speed = play, menu, speed

    def paint(self, canvas: Canvas) -> None:
        px, palette, state, say = canvas.px, canvas.palette, self.state, words.say
        self.picture.fill(palette.ground)
        pygame.draw.line(canvas.surface, palette.line, (0, canvas.height - 1), (canvas.width, canvas.height - 1))
        middle = canvas.height // 2
        logo = pygame.Rect(px(16), middle - px(17), px(34), px(34))
        emblem(canvas, logo)
        self.regions.append(Region("top.menu", logo, action=self.menu, tip=Tip(say("pause.title"), ("Esc",), "time")))  # type: ignore[arg-type]
        x = logo.right + px(14)
        setup, view = state.setup, state.view
        when = words.date(setup, view.month) if state.is_playing or view.is_over else words.quarter(setup, view.month)
        canvas.text(when, (x, middle - px(19)), VALUE, weight="Bold")
        here = pygame.Rect(x - px(4), middle - px(22), px(196), px(44))
        tip = Tip(say("timeline.title"), (say("pause.timeline"), "T"), "time")
        self.regions.append(Region("top.timeline", here, action=state.open_timeline, tip=tip, enabled=view.month > 0))
        note = say("game.turn", turn=min(state.turn, len(setup.turns)), turns=len(setup.turns))
        if view.is_practice:
            note += " · " + say("game.practice")
        if canvas.width < px(1120):
            note = note.split(" · ")[0]
        canvas.text(f"{note} · {words.role(setup.role)}", (x, middle + px(4)), NOTE, palette.secondary)
        x += px(205 if canvas.width > px(640) else 150)
        x = self._time(canvas, x, middle)
        width = px(128)
        play = pygame.Rect(canvas.width - width - px(16), middle - px(17), width, px(34))
        months = state.turn_end - view.month
        label = "game.play_year" if months > 6 else "game.play_half" if months > 3 else "game.play_quarter"
        if view.is_over:
            label = "game.debrief"
        elif state.is_playing:
            label = "game.playing"
        canvas.button("top.play", play, say(label), self.play, "main", tip=Tip(say(label), ("Enter",), "time"))  # type: ignore[arg-type]
        self._figures(canvas, x + px(14), play.left - px(18), middle)

    def _time(self, canvas: Canvas, x: int, middle: int) -> int:
        px, palette, state = canvas.px, canvas.palette, self.state
        for i in range(4):
            rect = pygame.Rect(x + i * px(30), middle - px(14), px(28), px(28))
            key = f"top.speed.{i}"
            is_on = (not state.is_playing) if i == 0 else (state.is_playing and state.speed == i)
            if is_on or canvas.is_hot(key):
                canvas.box(rect, palette.raised, 7)
            tint = palette.ink if is_on or canvas.is_hot(key) else palette.secondary
            cx, cy = rect.center
            if i == 0:
                for dx in (-4, 2):
                    pygame.draw.rect(canvas.surface, tint, (cx + px(dx), cy - px(6), px(3), px(12)))
            else:
                size = px(5)
                board = canvas.smooth(rect, 4)
                for n in range(i):
                    left = cx - px(4) * i + n * px(7)
                    board.polygon([(left, cy - size), (left + size * 1.3, cy), (left, cy + size)], tint)
                board.done()
            label = words.say("pause.title") if i == 0 else words.say("game.speed", speed=i)
            tip = Tip(label, ("Space" if i == 0 else str(i),), "time")
            self.regions.append(Region(key, rect, action=lambda n=i: self.speed(n), tip=tip))  # type: ignore[operator]
            if state.pointing.is_by_key and state.pointing.focus == key:
                canvas.box(rect, None, 7, edge=self.theme.accent)
        return x + 4 * px(30)

    def headlines(self) -> list[tuple[str, str, float, str, str]]:
        """Name, value, change, change in words, and key of each headline."""
        state, say, view = self.state, words.say, self.state.view
        score, moved = state.score()
        rows = []
        if not math.isnan(score):
            rows.append((say("game.score"), words.number(score), moved, words.number(abs(moved), 1), "score"))
        price, rise = state.headline("price.apt.rotterdam")
        if not math.isnan(price):
            rows.append((say("game.rotterdam"), words.price(price), 0.0, words.change(price, price - rise), "price"))
        if "treasury" in view.known:
            purse, spent = state.headline("treasury")
            if math.isnan(purse):
                purse = float(view.known["treasury"])
            rows.append((say("game.treasury"), words.money(purse), spent, words.money(abs(spent)), "treasury"))
        if "cover" in view.known:
            rows.append(
                (
                    say("game.cover"),
                    f"{words.number(float(view.known['cover']), 1)} mo",
                    state.headline("cover")[1],
                    words.number(abs(state.headline("cover")[1]), 1),
                    "cover",
                )
            )
        elif "home_mining" in view.known:
            rows.append(
                (
                    say("game.home_mining"),
                    f"{words.number(float(view.known['home_mining']))} t/yr",
                    state.headline("home_mining")[1],
                    words.number(abs(state.headline("home_mining")[1])),
                    "home_mining",
                )
            )
        elif "stock" in view.known:
            rows.append(
                (
                    say("game.stock"),
                    words.tonnes(float(view.known["stock"])),
                    state.headline("stock")[1],
                    words.number(abs(state.headline("stock")[1])),
                    "stock",
                )
            )
        return rows

    def _figures(self, canvas: Canvas, left: int, right: int, middle: int) -> None:
        px, palette, state = canvas.px, canvas.palette, self.state
        friends = NEIGHBOURS.get(state.setup.role, ())
        friends = [f for f in friends if f"trust.{f}" in state.view.known]
        rows = self.headlines()
        widths = [
            max(
                self.theme.width(name, NOTE),
                self.theme.width(text, VALUE, "SemiBold") + self.theme.width(change, NOTE) + px(24),
            )
            + px(20)
            for name, text, _, change, _ in rows
        ]
        while friends and sum(widths) + px(84) * len(friends) > right - left:
            friends = friends[:-1]
        while rows and sum(widths[: len(rows)]) > right - left:
            rows = rows[:-1]
        x = right - px(84) * len(friends) - sum(widths[: len(rows)])
        for (name, text, moved, change, key), width in zip(rows, widths, strict=False):
            canvas.text(name, (x, middle - px(18)), NOTE, palette.secondary)
            rect = canvas.text(text, (x, middle - px(3)), VALUE, weight="SemiBold", figures=True)
            if key == "price":
                canvas.text(change, (rect.right + px(6), middle + px(3)), NOTE, palette.secondary, figures=True)
            elif abs(moved) > 0.05:
                tint = palette.good if moved > 0 else palette.bad
                arrow(canvas, (rect.right + px(11), middle + px(9)), moved > 0, tint)
                canvas.text(change, (rect.right + px(18), middle + px(3)), NOTE, tint, figures=True)
            place = pygame.Rect(x - px(4), middle - px(20), width - px(8), px(42))
            if canvas.is_hot(f"top.{key}"):
                pygame.draw.line(
                    canvas.surface, self.theme.accent, (x, middle + px(19)), (x + width - px(24), middle + px(19)), px(2)
                )
            action = partial(state.open_number, self.number(key))
            self.regions.append(Region(f"top.{key}", place, action=action, tip=self._tip(key)))
            x += width
        for friend in friends:
            trust = float(state.view.known[f"trust.{friend}"])
            canvas.text(words.who(friend), (x, middle - px(16)), NOTE, palette.secondary)
            bar = pygame.Rect(x, middle + px(4), px(66), px(6))
            canvas.box(bar, palette.line, 3)
            at = pygame.Rect(bar.left, bar.top, max(px(6), round(bar.width * (trust + 1) / 2)), bar.height)
            canvas.box(at, palette.actor(friend), 3)
            pygame.draw.line(
                canvas.surface, palette.secondary, (bar.centerx, bar.top - px(2)), (bar.centerx, bar.bottom + px(1))
            )
            tip = Tip(words.role(friend), (words.signed(trust, 2), words.say("tip.trust")), friend)
            self.regions.append(
                Region(
                    f"top.trust.{friend}",
                    pygame.Rect(x, middle - px(18), px(70), px(36)),
                    action=lambda f=friend: state.open_number(f"trust.{f}"),
                    tip=tip,
                )
            )
            x += px(84)

    def number(self, key: str) -> str:
        """Which number a headline shows."""
        return {"price": "price.apt.rotterdam", "score": f"score.{self.state.setup.role}"}.get(key, key)

    def _tip(self, key: str) -> Tip:
        more = words.say("tip.more")
        if key == "score":
            goal = words.say(f"goal.{self.state.setup.role}")
            return Tip(words.say("game.score"), (goal, words.say("tip.score"), more), "score")
        if key == "treasury":
            return Tip(words.say("game.treasury"), (words.say("tip.treasury"), more), "treasury")
        return Tip(words.say({"price": "game.rotterdam"}.get(key, f"game.{key}")), (more,), words.term(self.number(key)))


def emblem(canvas: Canvas, rect: pygame.Rect) -> None:
    """The sign of the element."""
    canvas.box(rect, canvas.palette.ground, 8, edge=canvas.theme.accent)
    scale = rect.height / canvas.px(34)
    size = max(8, round(16 * scale))
    canvas.text("W", (rect.centerx, rect.top + canvas.px(11) * scale), size, canvas.theme.accent, "Bold", "centre")
    canvas.text(
        "74",
        (rect.centerx, rect.top + canvas.px(3) * scale),
        max(7, round(8 * scale)),
        canvas.theme.accent,
        "SemiBold",
        "centre",
    )


def arrow(canvas: Canvas, at: tuple[int, int], is_up: bool, tint: tuple[int, int, int]) -> None:
    """A small triangle."""
    x, y, s = at[0], at[1], canvas.px(4)
    points = [(x - s, y + s), (x + s, y + s), (x, y - s)] if is_up else [(x - s, y - s), (x + s, y - s), (x, y + s)]
    board = canvas.smooth(pygame.Rect(x - s - 1, y - s - 1, 2 * s + 2, 2 * s + 2), 4)
    board.polygon(points, tint)
    board.done()
