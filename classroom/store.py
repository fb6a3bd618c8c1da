"""The log of a class in SQLite: whatever is accepted is written before it is acknowledged, and never changed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import ExitStack
from pathlib import Path
from typing import Any

FILE = "class.sqlite"
FORMAT = 1

Entry = dict[str, Any]


class StoreError(ValueError):
    """The log cannot be used; one sentence says why."""


class Store:
    """An append-only list of entries.

    Args:
        folder: where the class keeps its data; made if need be.

    Raises:
        StoreError: it cannot be opened, or holds something else.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        with ExitStack() as refused:
            self._connection = self._open(folder, refused)
            refused.pop_all()

    def _open(self, folder: Path, refused: ExitStack) -> sqlite3.Connection:
        """The file's connection, which `refused` closes if the file is no log."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            refused.callback(connection.close)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("CREATE TABLE IF NOT EXISTS log (number INTEGER PRIMARY KEY, entry TEXT NOT NULL)")
            found = connection.execute("PRAGMA user_version").fetchone()[0]
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{self.path} cannot be used as the class's log: {error}.") from None
        if found not in (0, FORMAT):
            raise StoreError(f"{self.path} has form {found}, which this version does not know; allowed is {FORMAT}.")
        connection.execute(f"PRAGMA user_version={FORMAT}")
        return connection

    def add(self, entry: Entry) -> int:
        """Write an entry and give its number; it is in the file when this returns."""
        text = json.dumps(entry, separators=(",", ":"), ensure_ascii=False)
        number = self._connection.execute("INSERT INTO log (entry) VALUES (?)", (text,)).lastrowid
        assert number is not None
        return number

    def entries(self) -> list[Entry]:
        """All entries in order, each with its number."""
        rows = self._connection.execute("SELECT number, entry FROM log ORDER BY number").fetchall()
        return [{**json.loads(text), "number": number} for number, text in rows]

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
