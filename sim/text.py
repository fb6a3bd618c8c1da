"""What screens and pages say: one catalogue for each language, read from assets/strings."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

FORMS = {"zero", "one", "two", "few", "many", "other"}
FOLDER = Path(__file__).parent.parent / "assets" / "strings"


class MissingText(ValueError):  # noqa: N818 - reads as what happened
    """There is no catalogue for a language; one sentence."""


class Text:
    """The sentences of one language by dotted name.

    A sentence has gaps in braces. One that counts something is a table of plural forms, named as Unicode's plural
    rules name them (one, few, many, other).
    """

    def __init__(self, language: str, entries: dict[str, object]) -> None:
        self.language = language
        self._entries = entries

    def __call__(self, name: str, /, **gaps: object) -> str:
        """The sentence of this name with its gaps filled; `count` chooses the plural form.

        Raises:
            KeyError: the catalogue has no such sentence.
        """
        entry = self._entries[name]
        if isinstance(entry, dict):
            form = plural_form(self.language, int(str(gaps.get("count", 0))))
            entry = entry.get(form, entry["other"])
        return str(entry).format(**gaps) if gaps else str(entry)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def get(self, name: str, otherwise: str) -> str:
        """The sentence of this name, or another text where the catalogue has none."""
        return self(name) if name in self._entries else otherwise

    def names(self, prefix: str = "") -> list[str]:
        """Names in the catalogue's order that begin so."""
        return [name for name in self._entries if name.startswith(prefix)]


def plural_form(language: str, count: int) -> str:
    """The form that a whole number asks for.

    Source: Unicode CLDR, language plural rules, cardinals.
    """
    if language == "zh":
        return "other"
    if language == "ru":
        last, tens = count % 10, count % 100
        if last == 1 and tens != 11:
            return "one"
        return "few" if 2 <= last <= 4 and not 12 <= tens <= 14 else "many"
    return "one" if count == 1 else "other"


@cache
def load(language: str = "en") -> Text:
    """The catalogue of a language.

    Raises:
        MissingText: there is none, or it is damaged.
    """
    try:
        with open(FOLDER / f"{language}.toml", "rb") as file:
            return Text(language, _flat(tomllib.load(file)))
    except (OSError, ValueError):
        raise MissingText(f"The sentences {language}.toml are missing or damaged in assets/strings.") from None


def _flat(table: dict[str, object], before: str = "") -> dict[str, object]:
    """Entries of nested tables by dotted name; tables of plural forms stay whole."""
    flat: dict[str, object] = {}
    for key, value in table.items():
        name = f"{before}{key}"
        if isinstance(value, dict) and not FORMS.issuperset(value):
            flat.update(_flat(value, f"{name}."))
        else:
            flat[name] = value
    return flat
