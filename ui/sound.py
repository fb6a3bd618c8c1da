"""Few and soft sounds; where there is no device, silence."""

from __future__ import annotations

from pathlib import Path

import pygame

FOLDER = Path(__file__).parent.parent / "assets" / "sounds"
NAMES = ("tick", "bell", "train", "turn")
VOLUME = 0.5


class Sounds:
    """Plays sounds by name."""

    def __init__(self, is_on: bool) -> None:
        self.is_on = is_on
        self._sounds: dict[str, pygame.mixer.Sound] = {}
        self.problem = ""
        try:
            pygame.mixer.init(44100, -16, 1, 512)
        except pygame.error:
            self.problem = "device"
            return
        for name in NAMES:
            try:
                self._sounds[name] = pygame.mixer.Sound(FOLDER / f"{name}.wav")
                self._sounds[name].set_volume(VOLUME)
            except (pygame.error, FileNotFoundError):
                self.problem = "file"

    def play(self, name: str) -> None:
        """Play a sound, if sound is on and there is one."""
        if self.is_on and name in self._sounds:
            self._sounds[name].play()
