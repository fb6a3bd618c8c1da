"""Compares a record of a run with the one kept as text, and renews it when asked to."""

import difflib
from pathlib import Path

import pytest


class Goldens:
    """Records kept as text files in one folder.

    Args:
        folder: where the files are.
        renew: write what is checked instead of comparing it.
    """

    def __init__(self, folder: Path, renew: bool) -> None:
        self.folder = folder
        self.renew = renew

    def check(self, name: str, text: str) -> None:
        """Fail with the difference unless the record `name` holds exactly `text`."""
        path = self.folder / f"{name}.txt"
        if self.renew:
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        if not path.exists():
            pytest.fail(f"no golden {path.name}: write it with --renew-goldens")
        kept = path.read_text(encoding="utf-8")
        if kept != text:
            change = difflib.unified_diff(kept.splitlines(), text.splitlines(), "kept", "now", lineterm="")
            pytest.fail(f"{path.name} differs; if that is wanted, --renew-goldens\n" + "\n".join(change))
