"""What a person has chosen: type size, theme, motion, sound; kept in a small file of their own."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, fields
from pathlib import Path

FOLDER = "HEAVYSTONE_HOME"
"""Environment variable that moves saves and settings."""


def home() -> Path:
    """Folder of saves and settings."""
    chosen = os.environ.get(FOLDER)
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home())) / "Heavystone"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Heavystone"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "heavystone"


@dataclass
class Settings:
    """Choices with their defaults."""

    scale: float = 1.0
    theme: str = "dark"
    safe_colours: bool = False
    motion: bool = True
    sound: bool = True
    autostop: bool = True
    full_screen: bool = False
    width: int = 1280
    height: int = 720
    tutorial_done: bool = False

    @classmethod
    def read(cls) -> Settings:
        """The choices kept, or the defaults where there are none or they cannot be read."""
        settings = cls()
        try:
            kept = json.loads((home() / "settings.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return settings
        for field in fields(cls):
            value = kept.get(field.name) if isinstance(kept, dict) else None
            if isinstance(value, type(getattr(settings, field.name))) or (field.type == "float" and isinstance(value, int)):
                setattr(settings, field.name, value)
        settings.scale = min(max(float(settings.scale), 1.0), 2.0)
        settings.theme = settings.theme if settings.theme in ("dark", "light") else "dark"
        return settings

    def write(self) -> None:
        """Keep the choices; where that cannot be done they hold for this time only."""
        try:
            home().mkdir(parents=True, exist_ok=True)
            beside = home() / "settings.json.new"
            beside.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
            beside.replace(home() / "settings.json")
        except OSError:
            return
