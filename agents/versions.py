"""What a save was made with: versions of the project, of the model's sources, and of what it computes with."""

from __future__ import annotations

import hashlib
import platform
import tomllib
from functools import cache
from importlib.metadata import version
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
COMPUTING = ("numpy", "numba", "mesa")


@cache
def model() -> str:
    """Hash of the sources that decide what a world does: 16 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=8)
    for layer in ("sim", "agents"):
        for path in sorted((HOUSE / layer).rglob("*.py")):
            digest.update(path.relative_to(HOUSE).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def heavystone() -> str:
    """The project's version; it is run from its checkout, installed or not."""
    return str(tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def here() -> dict[str, str]:
    """Versions of this process, by name."""
    found = {"heavystone": heavystone(), "model": model(), "python": platform.python_version()}
    return found | {name: version(name) for name in COMPUTING}
