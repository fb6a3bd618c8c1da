"""Keeps out of a process what Mesa would load and the model never uses."""

from __future__ import annotations

import sys
from importlib.metadata import version


def without_tables() -> None:
    """Have Mesa do without pandas, where it can: a process of the game has no tables, and saves 60 MiB and a second.

    It works only before Mesa is imported, and only in a process that writes no tables. From release 3.5 on, which
    needs Python 3.12, Mesa cannot be imported without pandas.
    """
    release = tuple(int(number) for number in version("mesa").split(".")[:2])
    if release < (3, 5):
        for name in ("pandas", "pyarrow"):
            sys.modules.setdefault(name, None)  # type: ignore[arg-type]
