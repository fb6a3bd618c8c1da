"""The ground of the map: land, borders and the countries of the game, drawn once for each view of the world."""

from __future__ import annotations

import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pygame

from ui.palette import Colour, Palette, mix
from ui.projection import Lens
from ui.theme import Missing

FOLDER = Path(__file__).parent.parent / "assets" / "map"
DAMAGE = (OSError, KeyError, ValueError, BadZipFile, zlib.error)

COUNTRY_OF = {
    "China": "china",
    "Kazakhstan": "kazakhstan",
    "Uzbekistan": "uzbekistan",
    "Turkey": "turkey",
    "United States of America": "united_states",
    "Japan": "japan_korea",
    "South Korea": "japan_korea",
}
EUROPE = (
    "Austria",
    "Belgium",
    "Bulgaria",
    "Croatia",
    "Cyprus",
    "Czechia",
    "Denmark",
    "Estonia",
    "Finland",
    "France",
    "Germany",
    "Greece",
    "Hungary",
    "Ireland",
    "Italy",
    "Latvia",
    "Lithuania",
    "Luxembourg",
    "Netherlands",
    "Poland",
    "Portugal",
    "Romania",
    "Slovakia",
    "Slovenia",
    "Spain",
    "Sweden",
)
TINT = {
    "china": 0.17,
    "kazakhstan": 0.2,
    "uzbekistan": 0.2,
    "turkey": 0.12,
    "united_states": 0.13,
    "europe": 0.09,
    "japan_korea": 0.1,
}


class World:
    """Outlines of all countries, and where mines lie.

    Raises:
        Missing: a file of the map is not there or damaged.
    """

    def __init__(self) -> None:
        try:
            with open(FOLDER / "world.npz", "rb") as packed, np.load(packed) as file:
                points, starts, names = file["points"] / 100.0, file["starts"], file["names"]
        except DAMAGE:
            raise Missing("The map world.npz is missing or damaged in assets/map.") from None
        try:
            with open(FOLDER / "sites.toml", "rb") as file:
                self.places = {key: (float(lon), float(lat)) for key, (lon, lat) in tomllib.load(file).items()}
        except (OSError, ValueError, TypeError):
            raise Missing("The places of mines, sites.toml, are missing or damaged in assets/map.") from None
        ends = [*starts[1:], len(points)]
        self.rings = [points[a:b] for a, b in zip(starts, ends, strict=True)]
        self.actors = [COUNTRY_OF.get(str(name), "europe" if str(name) in EUROPE else "") for name in names]
        self.boxes = np.array([[r[:, 0].min(), r[:, 1].min(), r[:, 0].max(), r[:, 1].max()] for r in self.rings])

    def drawing(self, lens: Lens, palette: Palette, own: str, times: int = 2) -> Iterator[pygame.Surface | None]:
        """Draw a picture of the lens's area, a little between each two yields; the last is the picture.

        Args:
            lens: what is seen.
            palette: its colours.
            own: actor whose country stands out.
            times: drawn so many times larger and scaled down.
        """
        width, height = lens.area.size
        board = pygame.Surface((width * times, height * times))
        board.fill(palette.sea)
        large = replace(lens, area=pygame.Rect(0, 0, width * times, height * times))
        self._graticule(board, large, palette, times)
        west, north = large.degrees((0, 0))
        east, south = large.degrees((width * times, height * times))
        late = []
        for turn in (-360, 0, 360):
            seen = (
                (self.boxes[:, 2] + turn > west)
                & (self.boxes[:, 0] + turn < east)
                & (self.boxes[:, 3] > south)
                & (self.boxes[:, 1] < north)
            )
            for count, i in enumerate(np.flatnonzero(seen)):
                if count % 16 == 15:
                    yield None
                ring = self.rings[i]
                at = large.points(ring[:, 0] + turn, ring[:, 1])
                fill, edge = self._colours(self.actors[i], palette, own)
                pygame.draw.polygon(board, fill, at)
                if self.actors[i]:
                    late.append((at, edge, self.actors[i] == own))
                else:
                    pygame.draw.polygon(board, edge, at, max(1, times // 2))
        yield None
        for at, edge, is_own in sorted(late, key=lambda each: each[2]):
            pygame.draw.polygon(board, edge, at, times + 1 if is_own else max(1, times // 2))
        yield None
        yield pygame.transform.smoothscale(board, (width, height)) if times > 1 else board

    @staticmethod
    def _colours(actor: str, palette: Palette, own: str) -> tuple[Colour, Colour]:
        if not actor:
            return palette.land, palette.border
        tint = palette.actor(actor)
        if actor == own:
            return mix(palette.land, tint, 0.3), mix(palette.land, tint, 0.75)
        return mix(palette.land, tint, TINT[actor]), mix(palette.border, tint, 0.3)

    @staticmethod
    def _graticule(board: pygame.Surface, lens: Lens, palette: Palette, times: int) -> None:
        tint = mix(palette.sea, palette.line, 0.55)
        west, north = lens.degrees((0, 0))
        east, south = lens.degrees(lens.area.size)
        step = 20 if lens.zoom < 2.5 else 10
        for lon in range(int(west // step) * step, int(east) + step, step):
            x = lens.points(np.array([lon]), np.array([0.0]))[0][0]
            pygame.draw.line(board, tint, (x, 0), (x, lens.area.height), max(1, times // 2))
        for lat in range(max(-80, int(south // step) * step), min(80, int(north) + step) + 1, step):
            y = lens.points(np.array([0.0]), np.array([lat]))[0][1]
            pygame.draw.line(board, tint, (0, y), (lens.area.width, y), max(1, times // 2))
