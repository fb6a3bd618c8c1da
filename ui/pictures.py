"""Pictures of every screen, made by playing: `python -m ui.pictures FOLDER` (a minute or two, no display needed)."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

SIZE = (1280, 720)
QUARTERS = 9
LONGEST = 120.0
"""Seconds after which something is wrong."""


class Player:
    """Plays the real window without a display, by the events that a person makes."""

    def __init__(self, size: tuple[int, int] = SIZE, **choices: object) -> None:
        os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"
        os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"
        from ui.app import App
        from ui.screens.title import Title
        from ui.settings import Settings

        self.app = App(Settings(**choices), size)  # type: ignore[arg-type]
        self.app.push(Title(self.app))

    def frames(self, count: int = 1, seconds: float = 1 / 60) -> None:
        """Let frames pass."""
        for _ in range(count):
            self.app.frame(seconds)

    def wait(self, done: Callable[[], bool], what: str) -> None:
        """Let frames pass until something is so.

        Raises:
            TimeoutError: it takes too long.
        """
        end = time.perf_counter() + LONGEST
        while not done():
            self.frames()
            time.sleep(0.003)
            if time.perf_counter() > end:
                raise TimeoutError(f"The window waits in vain for {what}.")
        self.frames(3)

    def rect(self, key: str) -> tuple[int, int]:
        """Centre of a control on the screen.

        Raises:
            LookupError: it is not there.
        """
        found = self.app.screen.stack.find(key)
        if found is None:
            known = [r.key for p in self.app.screen.stack.listening() for r in p.regions][:80]
            raise LookupError(f"'{key}' is not on the screen; there are {', '.join(known)}")
        return found[0].on_screen(found[1]).center

    def click(self, key: str) -> None:
        """Move to a control and press the button of the mouse."""
        import pygame

        at = self.rect(key)
        self.point(at)
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=1))
        self.frames(2)
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=at, button=1))
        self.frames(3)

    def point(self, at: tuple[int, int], buttons: tuple[int, int, int] = (0, 0, 0)) -> None:
        """Move the pointer."""
        import pygame

        pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=at, rel=(0, 0), buttons=buttons))
        self.frames(2)

    def drag(self, key: str, share: float) -> None:
        """Drag a slider to a share of its range."""
        import pygame

        found = self.app.screen.stack.find(key)
        assert found is not None, key
        rect = found[0].on_screen(found[1])
        start = (rect.left + round(rect.width * 0.1), rect.centery)
        end = (rect.left + round(rect.width * share), rect.centery)
        self.point(start)
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=start, button=1))
        self.frames(2)
        self.point(end, (1, 0, 0))
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=end, button=1))
        self.frames(3)

    def type(self, text: str) -> None:
        """Type into the field in focus."""
        import pygame

        pygame.event.post(pygame.event.Event(pygame.TEXTINPUT, text=text))
        self.frames(3)

    def key(self, code: int) -> None:
        """Press a key."""
        import pygame

        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=code, mod=0, unicode=""))
        self.frames(3)

    def quarter(self) -> None:
        """Play to the end of the turn, however often the game stops."""
        import pygame

        game = self.app.game
        end = game.state.turn_end
        while game.state.view.month < end:
            if not game.state.is_playing:
                self.key(pygame.K_RETURN)
            self.wait(lambda: not game.state.is_playing, "the end of the quarter")

    def shot(self, path: Path) -> None:
        """Write a picture of what is seen."""
        import pygame

        self.frames(4)
        path.parent.mkdir(parents=True, exist_ok=True)
        pygame.image.save(self.app.surface, path)

    def close(self) -> None:
        """End."""
        self.app.close()


def take(folder: Path, quarters: int = QUARTERS) -> None:
    """Play and take the pictures."""
    import pygame

    from ui import messages as say
    from ui.screens import game as game_screen

    game_screen.SECONDS_A_MONTH.update({1: 0.0, 2: 0.0, 3: 0.0})
    player = Player(autostop=False)
    app = player.app
    player.wait(lambda: app.shelf is not None, "the model")
    player.shot(folder / "title.png")
    player.click("title.start")
    player.shot(folder / "new_game.png")
    player.click("dialog.back")
    app.engine.ask(say.Open("central_asia_2025", 3, "kazakhstan", {}, "2032-12", has_offers=False))
    player.wait(lambda: app.game is not None, "the game")
    game = app.game
    player.quarter()
    player.click("decide.group.processing")
    player.drag("decide.lever.kazakhstan.processing_requirement.", 0.35)
    player.drag("decide.lever.kazakhstan.refinery_investment.", 0.3)
    player.quarter()
    player.click("decide.group.readiness")
    player.drag("decide.lever.kazakhstan.skills_investment.", 0.3)
    player.click("decide.group.deposits")
    player.click("decide.lever.kazakhstan.award.northern_katpar.europe")
    for _ in range(quarters - 2):
        player.quarter()
    player.wait(lambda: game.state.fan is not None, "the look-ahead")
    player.wait(lambda: game.state.far is not None, "the schedule")
    player.point((game.prices.rect.left + 4, game.prices.rect.top + 4))
    player.shot(folder / "game.png")
    _panels(player, folder)
    _behind(player, folder)
    player.key(pygame.K_ESCAPE)
    player.shot(folder / "menu.png")
    player.click("pause.options")
    player.shot(folder / "options.png")
    player.click("options.theme.light")
    player.key(pygame.K_ESCAPE)
    player.key(pygame.K_ESCAPE)
    player.wait(lambda: game.map.is_settled, "the map")
    player.shot(folder / "light.png")
    app.settings.theme = "dark"
    app.settings.scale = 2.0
    app.restyle()
    player.click("strip.decide")
    player.shot(folder / "scale_200.png")
    app.settings.scale = 1.0
    app.restyle()
    app.open_debrief(game)
    player.wait(lambda: app.screen.found is not None, "the debrief")  # type: ignore[attr-defined]
    player.shot(folder / "debrief.png")
    player.click("debrief.menu")
    player.click("title.encyclopedia")
    player.shot(folder / "encyclopedia.png")
    player.click("dialog.back")
    player.click("title.load")
    player.shot(folder / "load.png")
    player.click("dialog.back")
    player.click("title.tutorial")
    player.wait(lambda: app.game is not None, "the tutorial")
    player.frames(5)
    player.click("tutorial.next")
    player.wait(lambda: app.game.map.is_settled, "the map")
    player.shot(folder / "tutorial.png")
    player.close()


def _panels(player: Player, folder: Path) -> None:
    """Levers, look-ahead, why, offers, relations, scores."""
    game = player.app.game
    player.click("decide.group.processing")
    player.drag("decide.lever.kazakhstan.processing_requirement.", 0.5)
    player.wait(lambda: game.state.far and game.state.far.proposal == game.state.proposal, "the look far ahead")
    player.click("side.page.scoreboard")
    player.click("prices.page.premium")
    player.shot(folder / "decide.png")
    player.click("prices.page.apt")
    player.click("market.page.why")
    player.wait(lambda: not game.state.is_explaining, "the reasons")
    if game.state.why_not:
        player.click("market.page.shares")
    player.click("side.page.relations")
    player.point((game.prices.rect.left + 110, game.prices.rect.top + 150))
    player.shot(folder / "why.png")
    player.click("side.page.offers")
    player.click("side.make_offer")
    player.click("deal.to.united_states")
    player.wait(lambda: player.app.screen.offers is not None, "the deals")  # type: ignore[attr-defined]
    player.shot(folder / "offer.png")
    _answer(player, folder)
    player.click("dialog.back")
    player.click("side.page.projects")
    player.click("market.page.curve")


def _answer(player: Player, folder: Path) -> None:
    """What is said to an offer: the first that is refused, with what is asked instead, or else the last answer."""
    screen = player.app.screen
    for role in ("united_states", "european_union", "china"):
        for place in range(4):
            player.click(f"deal.to.{role}")
            player.wait(lambda: screen.offers is not None, "the deals")  # type: ignore[attr-defined]
            if screen.stack.find(f"deal.send.{place}") is None:
                break
            player.click(f"deal.send.{place}")
            player.wait(lambda: screen.said is not None or screen.problem, "an answer")  # type: ignore[attr-defined]
            if screen.said is None:  # type: ignore[attr-defined]
                continue
            player.shot(folder / "answer.png")
            if screen.said.state == "refused":  # type: ignore[attr-defined]
                return


def _behind(player: Player, folder: Path) -> None:
    """A number taken apart, and the timeline with a decision left out."""
    import pygame

    app = player.app
    player.click("top.price")
    player.wait(lambda: app.screen.why is not None, "the causes")  # type: ignore[attr-defined]
    player.shot(folder / "number.png")
    player.key(pygame.K_ESCAPE)
    player.key(pygame.K_t)
    player.wait(lambda: app.screen.found is not None, "the timeline")  # type: ignore[attr-defined]
    taken = app.screen.found.taken[0]  # type: ignore[attr-defined]
    player.click(f"timeline.without.{taken.number}")
    player.wait(lambda: app.screen.omitted is not None, "the what-if")  # type: ignore[attr-defined]
    player.shot(folder / "timeline.png")
    player.key(pygame.K_ESCAPE)


if __name__ == "__main__":
    take(Path(sys.argv[1] if len(sys.argv) > 1 else "pictures"))
