"""Colours of the window: a dark theme, a light one for bright rooms, and actors that colour-blind people can tell apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

Colour = tuple[int, int, int]


def colour(code: str) -> Colour:
    """A colour written as six hexadecimal digits."""
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """A colour between two: `share` of b."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def luminance(c: Colour) -> float:
    """Relative luminance, 0 to 1.

    Source: W3C, Web Content Accessibility Guidelines 2.1.
    """
    parts = [v / 255 for v in c]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: Colour, b: Colour) -> float:
    """Contrast of two colours, 1 to 21 (the same source)."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@dataclass(frozen=True)
class Palette:
    """Every colour that is used."""

    name: str
    ground: Colour
    sea: Colour
    land: Colour
    border: Colour
    panel: Colour
    raised: Colour
    line: Colour
    ink: Colour
    secondary: Colour
    faint: Colour
    """For lines and marks; as text it would be too weak."""
    good: Colour
    bad: Colour
    on_accent: Colour
    actors: Mapping[str, Colour]

    def actor(self, name: str) -> Colour:
        """Colour of a role, region, partner or backer."""
        return self.actors[ACTOR_OF.get(name, "other")]


ACTOR_OF = {
    "china": "china",
    "dprk": "other",
    "united_states": "united_states",
    "us": "united_states",
    "north_america": "united_states",
    "buyers.us": "united_states",
    "kazakhstan": "kazakhstan",
    "state": "kazakhstan",
    "uzbekistan": "uzbekistan",
    "turkey": "turkey",
    "european_union": "europe",
    "europe": "europe",
    "buyers.europe": "europe",
    "japan_korea": "japan_korea",
    "japan": "japan_korea",
    "korea": "japan_korea",
    "buyers.japan_korea": "japan_korea",
}

_ACTORS = {
    "china": colour("E0603A"),
    "united_states": colour("57AEEA"),
    "kazakhstan": colour("F1C44A"),
    "uzbekistan": colour("1FB58F"),
    "turkey": colour("C78BD0"),
    "europe": colour("8FB8DE"),
    "japan_korea": colour("D8A9A0"),
    "other": colour("98A6B0"),
}

# Okabe and Ito, Color Universal Design (2008), a little lighter on dark ground
_SAFE = {
    "china": colour("E6742E"),
    "united_states": colour("4FA8E0"),
    "kazakhstan": colour("F0E442"),
    "uzbekistan": colour("009E73"),
    "turkey": colour("CC79A7"),
    "europe": colour("A9D5F5"),
    "japan_korea": colour("D9D9D9"),
    "other": colour("8C9AA5"),
}

DARK = Palette(
    name="dark",
    ground=colour("0C1116"),
    sea=colour("0C1218"),
    land=colour("1A232C"),
    border=colour("2A3641"),
    panel=colour("121A21"),
    raised=colour("1C2731"),
    line=colour("24303A"),
    ink=colour("E9EEF2"),
    secondary=colour("8FA1AF"),
    faint=colour("5B6C79"),
    good=colour("5BD6A2"),
    bad=colour("FF6B6B"),
    on_accent=colour("10161B"),
    actors=MappingProxyType(_ACTORS),
)

_ON_LIGHT = {
    "china": colour("B83F1B"),
    "united_states": colour("1467A8"),
    "kazakhstan": colour("8F6A00"),
    "uzbekistan": colour("0B7358"),
    "turkey": colour("8A4A95"),
    "europe": colour("41698F"),
    "japan_korea": colour("94544A"),
    "other": colour("55646F"),
}

LIGHT = Palette(
    name="light",
    ground=colour("E9EDF0"),
    sea=colour("DCE5EB"),
    land=colour("F6F7F5"),
    border=colour("C4CED5"),
    panel=colour("FFFFFF"),
    raised=colour("EDF1F4"),
    line=colour("D5DDE3"),
    ink=colour("141B21"),
    secondary=colour("4C5C68"),
    faint=colour("8496A3"),
    good=colour("0B7350"),
    bad=colour("C2272D"),
    on_accent=colour("FFFFFF"),
    actors=MappingProxyType(_ON_LIGHT),
)


def choose(name: str, safe: bool) -> Palette:
    """A palette by the name of its theme, with colours that colour-blind people can tell apart if asked for."""
    if name == "light":
        return LIGHT
    return replace(DARK, actors=MappingProxyType(_SAFE), bad=colour("FF8C5A"), good=colour("59C2F0")) if safe else DARK
