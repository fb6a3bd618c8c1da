"""The game: map, prices, levers, news, and time that passes month by month."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pygame

from ui import findings, layout, words
from ui import messages as say
from ui.canvas import Canvas
from ui.mapview import MapView
from ui.panels.decide import Decide
from ui.panels.market import Market
from ui.panels.newsroll import NewsRoll
from ui.panels.prices import Prices
from ui.panels.side import Side
from ui.panels.top import Top
from ui.screen import BUDGET, Plain, Screen
from ui.state import GameState
from ui.theme import BODY
from ui.tutorial import Tutorial

if TYPE_CHECKING:
    from ui.app import App

SECONDS_A_MONTH = {1: 1.2, 2: 0.75, 3: 0.3}
PAGES = ("map", "decide", "prices", "market", "side", "news")
TOAST = 3.5


class Game(Screen):
    """The main screen."""

    def __init__(self, app: App, opened: say.Opened, is_tutorial: bool = False) -> None:
        super().__init__(app)
        self.theme.accent = self.theme.palette.actor(opened.setup.role)
        self.state = state = GameState(opened, self.theme, self.stack.pointing, app.engine.ask)
        self.map = MapView(self.theme, self.stack.pointing, app.world, opened.setup)
        self.map.choose = self.choose_site  # type: ignore[method-assign]
        self.top = Top(state, self.play, self.pause, self.set_speed)
        self.prices, self.market = Prices(state), Market(state)
        self.news, self.decide, self.side = NewsRoll(state), Decide(state), Side(state)
        self.strip = Plain(self, self._paint_strip, is_framed=False)
        self.page = "map"
        self.panels = {
            "map": self.map,
            "top": self.top,
            "strip": self.strip,
            "prices": self.prices,
            "market": self.market,
            "news": self.news,
            "decide": self.decide,
            "side": self.side,
        }
        self.stack.panels = list(self.panels.values())
        self.tutorial = Tutorial(self) if is_tutorial else None
        if self.tutorial:
            self.stack.panels.append(self.tutorial)
        self.clock = 0.0
        self._until = 0
        self._next = 0.0
        self._waiting = False
        self._heard = max((offer.number for offer in opened.view.offers), default=0)
        self._grip: tuple[int, int] | None = None
        self._toast: tuple[str, float] = ("", 0.0)
        state.open_number = self.open_number  # type: ignore[method-assign]
        state.open_timeline = self.open_timeline  # type: ignore[method-assign]
        self.map.open_number = self.open_number  # type: ignore[method-assign]
        state.open_page = self.open_page  # type: ignore[method-assign]
        state.look_at = self.look_at  # type: ignore[method-assign]
        state.open_offer = self.open_offer  # type: ignore[method-assign]
        state.can_offer = True
        state.site_tip = self.map.site_tip  # type: ignore[method-assign]
        self.map.show(opened.view)
        state.look_ahead(None)

    # --- place ---------------------------------------------------------------------------------------

    def layout(self, size: tuple[int, int]) -> None:
        places = layout.arrange(*size, self.theme.scale, self.page)
        for name, panel in self.panels.items():
            panel.is_shown = name in places.rects
            if panel.is_shown:
                panel.place(places.rects[name])
        if self.tutorial and self.tutorial.is_shown:
            self.tutorial.arrange(size)
        if self.map.is_shown and not self.map.is_settled:
            self.map.finish()

    def _paint_strip(self, canvas: Canvas) -> None:
        names = [(p, words.say({"side": "game.offers", "decide": "game.decide"}.get(p, f"game.{p}"))) for p in PAGES]
        canvas.tabs("strip", (canvas.px(10), canvas.px(4)), names, self.page, self.turn_to, canvas.width - canvas.px(20))

    def turn_to(self, page: str) -> None:
        """Show a page, where panels are pages."""
        self.page = page
        self.resize(self.app.size)

    # --- what the model says -------------------------------------------------------------------------------

    def answer(self, answer: Any) -> None:
        state = self.state
        if isinstance(answer, say.Played):
            # an offer may come in between: only a month that was played ends the wait for one
            self._waiting = self._waiting and not answer.was_month
            state.take(answer.view, answer.was_month)
            self._refresh()
            if answer.was_month:
                self.map.show(answer.view)
                self._after_month(answer.view)
            self._hear(answer.view)
        elif isinstance(answer, say.Fan):
            state.take_fan(answer)
            self.prices.is_dirty = self.decide.is_dirty = self.side.is_dirty = True
        elif isinstance(answer, findings.Explained) and answer.number > 0:
            state.why, state.is_explaining = answer, False
            self.market.is_dirty = True
        elif isinstance(answer, say.Saved) and not answer.is_automatic:
            self.toast(words.say("app.saved", name=answer.path))
        elif isinstance(answer, say.Refusal):
            self._refused(answer)

    def _refused(self, refusal: say.Refusal) -> None:
        state = self.state
        state.is_looking_ahead = state.is_explaining = False
        if refusal.what in ("Ahead", "Explain", "NoneType"):
            if refusal.what == "Ahead":
                state.can_look_ahead = False
            elif refusal.what == "Explain":
                state.why_not = refusal.sentence
            self._refresh()
            return
        self._waiting = False
        self._stop()
        self._refresh()
        self.toast(refusal.sentence)

    def _refresh(self) -> None:
        for panel in self.stack.panels:
            if panel is not self.map:
                panel.is_dirty = True

    def _after_month(self, view: say.View) -> None:
        weighty = [item for item in view.news if item.weight >= 2]
        if view.is_over or view.month >= self._until:
            self._stop()
        elif self.app.settings.autostop and weighty:
            self._stop()
            self.toast(words.say("game.stopped", why=words.news(self.state.setup, weighty[0])[0]))
        if any(item.subject == "khorgos_closed" for item in view.news):
            self.app.sounds.play("train")

    def _hear(self, view: say.View) -> None:
        """Stop for offers that have come in since the last view."""
        came = [o for o in view.offers if o.state == "open" and o.taker == self.state.setup.role and o.number > self._heard]
        if not came:
            return
        self._heard = max(offer.number for offer in came)
        self.app.sounds.play("bell")
        if self.app.settings.autostop and self.state.is_playing:
            self._stop()
            kind, who = words.say(f"offer.{came[0].kind}"), words.role(came[0].maker)
            self.toast(words.say("game.stopped", why=words.say("offer.from", kind=kind, who=who)))

    # --- time --------------------------------------------------------------------------------------------

    def play(self) -> None:
        """Play to the end of the turn, or stop."""
        state = self.state
        if state.view.is_over:
            self.app.open_debrief(self)
            return
        if state.is_playing:
            self._stop()
            return
        state.quiet()
        self._until = state.turn_end
        state.is_playing = True
        self._next = 0.0
        self._refresh()
        self.app.sounds.play("turn")

    def _stop(self) -> None:
        if not self.state.is_playing:
            return
        self.state.is_playing = False
        self._refresh()
        self.state.look_ahead(None)
        if self.market.page == "why":
            self.state.why_last_turn()
        self.app.autosave()

    def set_speed(self, speed: int) -> None:
        """Pause (0), or play at one of three speeds."""
        if speed == 0:
            if self.state.is_playing:
                self._until = self.state.view.month
                self._stop()
            return
        self.state.speed = speed
        if not self.state.is_playing:
            self.play()
        self.top.is_dirty = True

    def update(self, seconds: float) -> None:
        if self.app.settings.motion:
            self.clock += seconds
        if self.tutorial:
            self.tutorial.look()
        if self.map.is_shown and not any(p.is_dirty and p.is_shown for p in self.stack.panels if p is not self.map):
            self.map.work(BUDGET)
        if self.decide.is_shown:
            self.decide.rest(seconds)
        if self.state.is_playing and not self._waiting:
            self._next -= seconds
            if self._next <= 0:
                self._waiting = True
                self._next = SECONDS_A_MONTH[self.state.speed]
                self.app.engine.ask(say.Play())

    # --- what the person does --------------------------------------------------------------------------------

    def key(self, event: pygame.event.Event) -> bool:
        mapped = {
            pygame.K_SPACE: lambda: self.set_speed(0 if self.state.is_playing else self.state.speed),
            pygame.K_RETURN: self.play,
            pygame.K_F1: self.read,
            pygame.K_ESCAPE: self.pause,
            pygame.K_t: self.open_timeline,
            pygame.K_1: lambda: self.set_speed(1),
            pygame.K_2: lambda: self.set_speed(2),
            pygame.K_3: lambda: self.set_speed(3),
            pygame.K_PLUS: lambda: self._zoom(1.25),
            pygame.K_EQUALS: lambda: self._zoom(1.25),
            pygame.K_KP_PLUS: lambda: self._zoom(1.25),
            pygame.K_MINUS: lambda: self._zoom(0.8),
            pygame.K_KP_MINUS: lambda: self._zoom(0.8),
            pygame.K_HOME: self._home,
            pygame.K_LEFT: lambda: self.map.drag(80, 0),
            pygame.K_RIGHT: lambda: self.map.drag(-80, 0),
            pygame.K_UP: lambda: self.map.drag(0, 60),
            pygame.K_DOWN: lambda: self.map.drag(0, -60),
        }
        action = mapped.get(event.key)
        if action:
            action()
        return action is not None

    def _zoom(self, factor: float) -> None:
        self.map.move(self.map.lens.zoomed(factor, self.map.lens.area.center))

    def _home(self) -> None:
        from dataclasses import replace

        from ui.projection import Lens

        self.map.move(replace(Lens(), area=self.map.lens.area))

    def moved(self, event: pygame.event.Event) -> None:
        self.prices.point(event.pos if self.prices.rect.collidepoint(event.pos) and self.prices.is_shown else None)
        if self.stack.pointing.held == "map.ground" and event.buttons[0]:
            self.map.drag(*event.rel)

    def choose_site(self, key: str) -> None:
        """A mine was clicked on the map: show it in the levers that can be aimed at it; once more: take it apart."""
        if self.map.chosen == key:
            self.open_number(f"project.{key}")
            return
        self.map.chosen = self.state.chosen_site = key
        for group, controls in self.decide.groups.items():
            if any(key in control.targets for control in controls):
                self.state.target[group] = key
                if self.state.group != group and not any(key in c.targets for c in self.decide.groups[self.state.group]):
                    self.state.group = group
        self.map.is_dirty = self.decide.is_dirty = self.market.is_dirty = True

    def look_at(self, site: str) -> None:
        """Mark a mine on the map."""
        self.map.chosen = self.state.chosen_site = site
        self.map.is_dirty = self.market.is_dirty = True

    def open_number(self, key: str) -> None:
        """Take a number apart."""
        from ui.screens.number import Number

        self._stop()
        self.app.push(Number(self.app, self, key))

    def open_timeline(self) -> None:
        """Show all months and branches."""
        from ui.screens.timeline import Timeline

        self._stop()
        self.app.push(Timeline(self.app, self))

    def open_page(self, page: str) -> None:
        """Show a page of the side panel."""
        self.side.turn(page)
        if not self.side.is_shown:
            self.turn_to("side")

    def open_offer(self) -> None:
        """Make an offer."""
        from ui.screens.deal import MakeOffer

        self._stop()
        self.app.push(MakeOffer(self.app, self))

    def read(self) -> None:
        """Open the encyclopedia at what the pointer is on."""
        from ui.screens.encyclopedia import Encyclopedia

        tip = self.stack.tip()
        self.app.push(Encyclopedia(self.app, tip.term if tip else ""))

    def pause(self) -> None:
        """Open the menu."""
        self._stop()
        self.app.open_pause(self)

    def toast(self, text: str) -> None:
        """Say something for a few seconds."""
        self._toast = (text, time.perf_counter() + TOAST)

    # --- drawn each frame ----------------------------------------------------------------------------------------

    def over(self, surface: pygame.Surface) -> None:
        if self.map.is_shown and self.map.is_settled:
            area = self.map.rect
            self.map.traffic.draw(surface, area, self.clock)
        if self.tutorial and self.tutorial.is_shown:
            surface.blit(self.tutorial.picture, self.tutorial.rect)
        if time.perf_counter() < self._toast[1]:
            self._draw_toast(surface, self._toast[0])

    def _draw_toast(self, surface: pygame.Surface, text: str) -> None:
        px, palette = self.theme.px, self.theme.palette
        area = self.map.rect if self.map.is_shown else surface.get_rect()
        shown = self.theme.fit(text, BODY, area.width - px(60), "SemiBold")
        picture = self.theme.render(shown, BODY, palette.ink, "SemiBold")
        box = pygame.Rect(0, 0, picture.get_width() + px(32), px(34))
        box.midtop = (area.centerx, area.top + px(12))
        surface.blit(self.theme.rounded(box.size, px(9), palette.raised, palette.line), box)
        surface.blit(picture, picture.get_rect(center=box.center))
