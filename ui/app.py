"""The window: its loop, its screens, and the line to the model."""

from __future__ import annotations

import time
from typing import Any

import pygame

from ui import messages as say
from ui import palette, setting, words
from ui.engine import Engine
from ui.screen import Screen
from ui.settings import Settings, home
from ui.sound import Sounds
from ui.theme import Theme
from ui.worldmap import World

SMALLEST = (1024, 640)
FRAMES = 60


class App:
    """Holds what all screens share and runs the loop."""

    def __init__(self, settings: Settings | None = None, size: tuple[int, int] | None = None) -> None:
        self.settings = settings or Settings.read()
        pygame.display.init()
        pygame.font.init()
        self.size = size or (self.settings.width, self.settings.height)
        self._open_window()
        pygame.display.set_caption("Heavystone")
        pygame.key.set_repeat(350, 60)
        self.theme = Theme(palette.choose(self.settings.theme, self.settings.safe_colours), self.settings.scale)
        self.theme.complete()
        words.say("app.name")  # the sentences too are missed now or never
        self.world = World()
        self.engine = Engine()
        self.sounds = Sounds(self.settings.sound)
        self.shelf: setting.Shelf | None = None
        self.first: say.Open | say.Load | None = None
        """A game to open at once, asked for on the command line."""
        self.screens: list[Screen] = []
        self.is_running = True
        self._is_told = False
        self.clock = pygame.time.Clock()

    def _open_window(self) -> None:
        flags = pygame.FULLSCREEN if self.settings.full_screen else pygame.RESIZABLE
        size = (0, 0) if self.settings.full_screen else self.size
        self.surface = pygame.display.set_mode(size, flags)
        self.size = self.surface.get_size()

    # --- screens ---------------------------------------------------------------------------------------

    @property
    def screen(self) -> Screen:
        """The screen on top."""
        return self.screens[-1]

    def push(self, screen: Screen) -> None:
        """Put a screen on top."""
        self.screens.append(screen)
        screen.resize(self.size)

    def pop(self) -> None:
        """Take the top screen away."""
        self.screens.pop()
        if self.screens:
            self.screen.resize(self.size)
        else:
            self.is_running = False

    def replace(self, screen: Screen) -> None:
        """Have one screen only."""
        self.screens = []
        self.push(screen)

    def restyle(self) -> None:
        """Options have changed: draw everything anew."""
        s = self.settings
        accent_of = self.theme.accent == self.theme.palette.actor("kazakhstan")
        fresh = palette.choose(s.theme, s.safe_colours)
        role = self.game.state.setup.role if self.game else "kazakhstan"
        self.theme.__init__(fresh, s.scale, fresh.actor("kazakhstan" if accent_of else role))  # type: ignore[misc]
        self.sounds.is_on = s.sound
        if self.game:
            self.game.map.restyle()
        for screen in self.screens:
            screen.resize(self.size)
        s.write()

    def open_debrief(self, game: Any) -> None:
        """Show how the game went."""
        from ui.screens.debrief import Debrief

        self.push(Debrief(self, game))

    def open_pause(self, game: Any) -> None:
        """Show the menu of a game."""
        from ui.screens.pause import Pause

        self.push(Pause(self, game))

    def below(self, screen: Screen) -> Screen | None:
        """The screen under another."""
        at = self.screens.index(screen) if screen in self.screens else len(self.screens)
        return self.screens[at - 1] if at > 0 else None

    def open_title(self) -> None:
        """Back to the first screen; the game can be gone on with."""
        from ui.screens.title import Title

        self.keep()
        self.replace(Title(self))

    def open_game(self, opened: say.Opened, is_tutorial: bool = False) -> None:
        """Play."""
        from ui.screens.game import Game

        self.replace(Game(self, opened, is_tutorial))

    @property
    def game(self) -> Any:
        """The game that is played, or None."""
        return next((screen for screen in self.screens if hasattr(screen, "state") and hasattr(screen, "map")), None)

    def save(self) -> None:
        """Write the game to a file named by seat, month and seed."""
        state = self.game.state
        date = f"{words.month(state.setup, state.view.month)[0]}-{words.month(state.setup, state.view.month)[1]:02d}"
        path = home() / "saves" / f"{state.setup.role}-{date}-{state.setup.seed}.json"
        self.engine.ask(say.Save(str(path)))

    def autosave(self) -> None:
        """Write the game without being asked: one file for each seat and seed."""
        setup = self.game.state.setup
        path = home() / "saves" / f"{setup.role}-{setup.start}-{setup.seed}-autosave.json"
        self.engine.ask(say.Save(str(path), is_automatic=True))

    def keep(self) -> None:
        """Save the game that is left, if anything was done in it."""
        game = self.game
        if game is not None and (game.state.view.month or game.state.view.pending):
            self.autosave()

    # --- loop ------------------------------------------------------------------------------------------

    def frame(self, seconds: float) -> None:
        """One turn of the loop: answers, events, time, picture."""
        for answer in self.engine.answers():
            if isinstance(answer, setting.Shelf):
                self.shelf = answer
                if self.first is not None:
                    self.engine.ask(self.first)
            for screen in list(self.screens):
                screen.answer(answer)
        for event in pygame.event.get():
            self._handle(event)
            if not self.screens:
                return
        if self.engine.is_lost and not self._is_told:
            self._start_again()
        self.screen.tick(seconds)
        if self.screens:
            self.screen.draw(self.surface)
            pygame.display.flip()

    def _start_again(self) -> None:
        """The model's process has ended: start another, unless it never came to work."""
        from ui.screens.title import Title

        has_worked = self.shelf is not None
        self._is_told = not has_worked
        if has_worked:
            self.engine.close()
            self.engine, self.shelf, self.first = Engine(), None, None
        title = Title(self)
        self.replace(title)
        title.tell(words.say("app.lost" if has_worked else "app.never_started"))

    def _handle(self, event: pygame.event.Event) -> None:
        if event.type == pygame.QUIT:
            self.keep()
            self.is_running = False
        elif event.type == pygame.VIDEORESIZE:
            self.size = (max(SMALLEST[0], event.w), max(SMALLEST[1], event.h))
            if self.size != (event.w, event.h):
                self._open_window()
            self.surface = pygame.display.get_surface()
            if not self.settings.full_screen:
                self.settings.width, self.settings.height = self.size
            for screen in self.screens:
                screen.resize(self.size)
        elif event.type == pygame.KEYDOWN and event.key == pygame.K_m and not self.screen.stack.is_typing():
            self.settings.sound = self.sounds.is_on = not self.sounds.is_on
        elif event.type == pygame.KEYDOWN and event.key == pygame.K_F11:
            self.settings.full_screen = not self.settings.full_screen
            self._open_window()
            for screen in self.screens:
                screen.resize(self.size)
        else:
            self.screen.handle(event)

    def run(self) -> None:
        """Go on until the person leaves."""
        last = time.perf_counter()
        try:
            while self.is_running and self.screens:
                now = time.perf_counter()
                self.frame(min(0.1, now - last))
                last = now
                self.clock.tick(FRAMES)
        finally:
            self.close()

    def close(self) -> None:
        """End the model's process and close the window."""
        self.settings.write()
        self.engine.close()
        pygame.quit()
