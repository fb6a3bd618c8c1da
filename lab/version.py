"""The version of Heavystone, as its checkout says."""

from __future__ import annotations

import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def heavystone() -> str:
    """The project's version; it is run from its checkout, installed or not."""
    return str(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"])
