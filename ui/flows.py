"""Tungsten on the move: arcs as wide as their tonnes, in the colour of their origin, and what runs along them."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
import pygame

from ui.palette import mix
from ui.projection import Lens
from ui.setting import Setup
from ui.theme import Smooth, Theme

LEAST = 2.0
"""t W/month below which a way is not drawn."""
POINTS = 48
PIECE = 8
"""Points of an arc that are drawn at once."""
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
        is_broken = flow.licensed and approvals.get(flow.licence_bloc, 1.0) < 0.9
        if not is_broken and flow.tonnes < LEAST:
            continue
        for path in turns(flow, lens):
            behind = 0.0
            for i in range(0, POINTS - 1, PIECE):
                piece = path[i : i + PIECE + 1]
                box = around(piece, math.ceil(width) + 2).clip(lens.area)
                if box.width > 0 and box.height > 0:
                    board = Smooth(surface, box, 2)
                    points = [(float(x), float(y)) for x, y in piece]
                    if is_broken:
                        board.dashes(points, tint, max(1.6, width), 9 * theme.scale, 6 * theme.scale, behind)
                    else:
                        board.lines(points, tint, width)
                    board.done()
                    yield flow
                behind += float(np.hypot(*np.diff(piece, axis=0).T).sum())


def around(points: np.ndarray, rim: int) -> pygame.Rect:
    """The box around points, with a rim."""
    low, high = points.min(axis=0), points.max(axis=0)
    left, top = math.floor(low[0]) - rim, math.floor(low[1]) - rim
    return pygame.Rect(left, top, math.ceil(high[0]) + rim - left, math.ceil(high[1]) + rim - top)


class Traffic:
    """Ships and trains along the arcs, moved by time alone."""

    SPEED = 26.0
    """Pixels a second at scale 100 %."""
    STATIONS = 96
    """Points of equal distance by which a route is known."""

    def __init__(self) -> None:
        self._sprites: list[pygame.Surface] = []
        self._routes = np.zeros((0, self.STATIONS, 2))
        self._dots = np.zeros((6, 0))
        """Of each dot what lies behind it at first, its route, the route's length, the gap to the next dot, how far it
        is into that, and half its size."""
        self._pace = self.SPEED

    def loading(self, found: list[Flow], lens: Lens, theme: Theme) -> Iterator[None]:
        """Take the flows that now run, with a pause after each; the old ones run until all are known."""
        palette, routes, sprites = theme.palette, list[np.ndarray](), list[pygame.Surface]()
        dots: list[np.ndarray] = []
        for order, flow in enumerate(flow for flow in found if flow.tonnes >= LEAST):
            tint = mix(palette.actor(flow.origin), palette.ink, 0.35)
            sprite = theme.disc(theme.scale * min(1.5 + 0.09 * math.sqrt(flow.tonnes), 3.2), tint)
            for path in turns(flow, lens):
                along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
                length = float(along[-1])
                if length < 8:
                    continue
                count = max(1, min(14, int(length / (theme.scale * max(26.0, 150.0 - 7.0 * math.sqrt(flow.tonnes))))))
                gap = length / count
                wagons = 5 * theme.scale * np.arange(3 if flow.is_rail else 1)
                behind = (gap * np.arange(count)[:, None] - wagons).ravel()
                same = np.ones(len(behind))
                fixed = (len(routes), length, gap, order * 0.37 * gap, sprite.get_width() / 2)
                dots.append(np.array([behind, *(each * same for each in fixed)]))
                sprites += [sprite] * len(behind)
                where = np.linspace(0.0, length, self.STATIONS)
                routes.append(np.stack([np.interp(where, along, path[:, 0]), np.interp(where, along, path[:, 1])], axis=-1))
                yield
        self._sprites, self._pace = sprites, self.SPEED * theme.scale
        self._routes = np.array(routes).reshape(-1, self.STATIONS, 2)
        self._dots = np.concatenate([np.zeros((6, 0)), *dots], axis=1)

    def draw(self, surface: pygame.Surface, area: pygame.Rect, seconds: float) -> None:
        """Everything that moves, at a moment."""
        if not self._sprites:
            return
        behind, route, length, gap, phase, half = self._dots
        at = np.clip(((seconds * self._pace + phase) % gap + behind) / length, 0.0, 1.0) * (self.STATIONS - 1)
        last = np.minimum(at.astype(int), self.STATIONS - 2)
        share = (at - last)[:, None]
        of = route.astype(int)
        points = self._routes[of, last] * (1 - share) + self._routes[of, last + 1] * share - half[:, None] + area.topleft
        clip = surface.get_clip()
        surface.set_clip(area)
        surface.fblits(list(zip(self._sprites, points.tolist(), strict=True)))
        surface.set_clip(clip)
