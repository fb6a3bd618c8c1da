"""Opens the window for the command line."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def has_display() -> bool:
    """Whether a window can be opened here."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    if os.environ.get("SDL_VIDEODRIVER"):
        return os.environ["SDL_VIDEODRIVER"] not in ("dummy", "offscreen") or bool(os.environ.get("HEAVYSTONE_DUMMY"))
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    import pygame

    try:
        pygame.display.init()
    except pygame.error:
        return False
    return True


def play(scenario: str | None = None, role: str | None = None, seed: int = 1, load: Path | None = None) -> None:
    """Open the title, or a game at once if a role or a file is given.

    Raises:
        SystemExit: the file or an asset is missing; one sentence has been printed.
    """
    if load is not None and not load.is_file():
        print(f"There is no saved game {load}.", file=sys.stderr)
        raise SystemExit(2)
    from sim.text import MissingText
    from ui.app import App
    from ui.messages import Load, Open
    from ui.screens.title import Title
    from ui.theme import Missing

    try:
        app = App()
        app.push(Title(app))
    except (Missing, MissingText) as missing:
        print(missing, file=sys.stderr)
        raise SystemExit(2) from None
    if load is not None:
        app.first = Load(str(load))
    elif role is not None:
        app.first = Open(scenario or "central_asia_2025", seed, role)
    app.run()
