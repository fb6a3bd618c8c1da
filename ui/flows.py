"""Tungsten on the move: arcs as wide as their tonnes, in the colour of their origin, and what runs along them."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
import pygame

from ui.palette import Palette, mix
from ui.projection import Lens
from ui.setting import Setup
from ui.theme import Smooth, Theme

LEAST = 2.0
"""t W/month below which a way is not drawn."""
POINTS = 48
LEADING = ("china", "kazakhstan", "uzbekistan", "north_america", "europe")
OVERLAND = {"kazakhstan", "uzbekistan", "russia", "dprk"}
BOW = {"concentrate": 0.10, "controlled": 0.17, "uncontrolled": 0.27}
HUB = {
    "china": (112.5, 27.5),
    "europe": (9.0, 50.5),
    "north_america": (-80.0, 40.5),
    "japan": (138.5, 35.8),
    "korea": (128.3, 36.6),
    "russia": (44.0, 44.2),
    "rest": (77.5, 20.5),
    "dprk": (126.8, 39.8),
}
"""Where arcs meet, where that is not the region's own centre."""


@dataclass
class Flow:
    """What travels between two regions in one form."""

    origin: str
    destination: str
    form: str
    tonnes: float
    """t W/month."""
    usual: float
    licensed: bool
    licence_bloc: str
    is_rail: bool
    ways: tuple[int, ...]
    path: np.ndarray
    """Points on the screen, (points, 2)."""

    @property
    def key(self) -> str:
        """Name among all flows."""
        return f"{self.origin}>{self.destination}>{self.form}"

    def width(self, theme: Theme) -> float:
        """Pixels."""
        return theme.scale * min(1.2 + 0.33 * math.sqrt(self.tonnes), 9.0)


def finding(setup: Setup, tonnes: np.ndarray, lens: Lens) -> Generator[None, None, list[Flow]]:
    """All flows worth drawing, the largest first, with their paths on the screen; pauses after each."""
    places = {place.key: place for place in setup.places}
    joined: dict[tuple[str, str, str], list[int]] = {}
    for i, way in enumerate(setup.ways):
        if way.kind in ("route", "forms") and way.origin != way.destination:
            joined.setdefault((way.origin, way.destination, way.form), []).append(i)
    found = []
    for (origin, destination, form), ways in joined.items():
        amount = float(sum(tonnes[i] for i in ways))
        licensed = any(setup.ways[i].licensed for i in ways)
        usual = sum(setup.ways[i].usual for i in ways)
        if amount < LEAST and not (licensed and usual > 5):
            continue
        is_rail = origin in OVERLAND and destination not in ("north_america", "japan")
        start = HUB.get(origin, (places[origin].lon, places[origin].lat))
        end = HUB.get(destination, (places[destination].lon, places[destination].lat))
        path = arc(lens, start, end, BOW[form], is_rail)
        bloc = places[destination].licence_bloc if licensed else ""
        found.append(Flow(origin, destination, form, amount, usual, licensed, bloc, is_rail, tuple(ways), path))
        yield
    return sorted(found, key=lambda flow: -flow.tonnes)


def arc(lens: Lens, start: tuple[float, float], end: tuple[float, float], bow: float, is_rail: bool) -> np.ndarray:
    """A bent line from one place to another, the shorter way around the world."""
    x0, y0 = lens.point(*start)
    lon = start[0] + (end[0] - start[0] + 180) % 360 - 180
    x1, y1 = lens.points(np.array([lon]), np.array([end[1]]))[0]
    x1 += x0 - lens.points(np.array([start[0]]), np.array([0.0]))[0][0]
    dx, dy = x1 - x0, y1 - y0
    # ships bend towards the equator, trains away from it
    side = -1.0 if (dx > 0) != is_rail else 1.0
    bend = bow * (0.7 if is_rail else 1.0) * min(1.0, 900 * lens.zoom / max(1.0, math.hypot(dx, dy)))
    mx, my = x0 + dx / 2 + side * dy * bend, y0 + dy / 2 - side * dx * bend
    t = np.linspace(0.0, 1.0, POINTS)[:, None]
    a, b, c = np.array([x0, y0]), np.array([mx, my]), np.array([x1, y1])
    return (1 - t) * (1 - t) * a + 2 * t * (1 - t) * b + t * t * c


def turns(flow: Flow, lens: Lens) -> list[np.ndarray]:
    """The path and its images one turn of the world away, those that are seen."""
    around = 2 * math.pi * lens.scale
    seen = []
    for shift in (-around, 0.0, around):
        path = flow.path + np.array([shift, 0.0])
        if path[:, 0].max() > lens.area.left and path[:, 0].min() < lens.area.right:
            seen.append(path)
    return seen


def drawing(
    surface: pygame.Surface, found: list[Flow], lens: Lens, theme: Theme, approvals: dict[str, float], lit: str = ""
) -> Iterator[Flow]:
    """Draw the arcs, one between each two yields; those under a licence that is often refused are broken lines."""
    palette = theme.palette
    for flow in reversed(found):
        strong = 0.85 if flow.key == lit else 0.62 if flow.origin in LEADING else 0.36
        tint = mix(palette.sea, palette.actor(flow.origin), strong)
        width = flow.width(theme)
        for path in turns(flow, lens):
            low, high = path.min(axis=0), path.max(axis=0)
            rim = math.ceil(width) + 2
            box = pygame.Rect(
                math.floor(low[0]) - rim,
                math.floor(low[1]) - rim,
                math.ceil(high[0] - low[0]) + 2 * rim,
                math.ceil(high[1] - low[1]) + 2 * rim,
            ).clip(lens.area)
            if box.width < 1 or box.height < 1:
                continue
            board = Smooth(surface, box, 2)
            points = [(float(x), float(y)) for x, y in path]
            if flow.licensed and approvals.get(flow.licence_bloc, 1.0) < 0.9:
                board.dashes(points, tint, max(1.6, width), 9 * theme.scale, 6 * theme.scale)
            elif flow.tonnes >= LEAST:
                board.lines(points, tint, width)
            board.done()
        yield flow


class Traffic:
    """Ships and trains along the arcs, moved by time alone."""

    SPEED = 26.0
    """Pixels a second at scale 100 %."""

    def __init__(self) -> None:
        self._sprites: dict[tuple, pygame.Surface] = {}
        self._routes: list[tuple[np.ndarray, np.ndarray, int, float, pygame.Surface, bool]] = []

    def load(self, found: list[Flow], lens: Lens, theme: Theme, palette: Palette) -> None:
        """Take the flows that now run."""
        self._routes = []
        for order, flow in enumerate(found[:60]):
            if flow.tonnes < LEAST:
                continue
            tint = mix(palette.actor(flow.origin), palette.ink, 0.35)
            radius = theme.scale * min(1.5 + 0.09 * math.sqrt(flow.tonnes), 3.2)
            sprite = theme.disc(radius, tint)
            for path in turns(flow, lens):
                steps = np.hypot(*np.diff(path, axis=0).T)
                along = np.concatenate([[0.0], np.cumsum(steps)])
                length = float(along[-1])
                if length < 8:
                    continue
                gap = theme.scale * max(26.0, 150.0 - 7.0 * math.sqrt(flow.tonnes))
                count = max(1, min(14, int(length / gap)))
                self._routes.append((path, along, count, order * 0.37, sprite, flow.is_rail))

    def draw(self, surface: pygame.Surface, area: pygame.Rect, seconds: float, theme: Theme) -> None:
        """Everything that moves, at a moment."""
        batch = []
        for path, along, count, phase, sprite, is_rail in self._routes:
            length = along[-1]
            gap = length / count
            where = (seconds * self.SPEED * theme.scale + phase * gap) % gap + gap * np.arange(count)
            if is_rail:  # three wagons
                where = np.concatenate([where, where - 5 * theme.scale, where - 10 * theme.scale])
            x = np.interp(where, along, path[:, 0])
            y = np.interp(where, along, path[:, 1])
            half = sprite.get_width() / 2
            batch += [
                (sprite, (a - half + area.left, b - half + area.top)) for a, b in zip(x.tolist(), y.tolist(), strict=True)
            ]
        clip = surface.get_clip()
        surface.set_clip(area)
        surface.fblits(batch)
        surface.set_clip(clip)
