"""The map as a panel: drawn on a plate a little in each frame, and moved by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pygame

from ui import flows
from ui.canvas import Canvas
from ui.kit import Panel, Pointing, Region, Tip
from ui.mapmarks import Marks, approvals, site_tip
from ui.messages import View
from ui.projection import Lens
from ui.setting import Setup, Site
from ui.theme import Theme
from ui.worldmap import World

SETTLED = 0.14
"""Seconds without movement after which the map is drawn in full."""


class MapView(Panel):
    """The living map."""

    name = "map"
    is_framed = False

    def __init__(self, theme: Theme, pointing: Pointing, world: World, setup: Setup) -> None:
        super().__init__(theme, pointing)
        self.world, self.setup = world, setup
        self.view: View | None = None
        self.lens = Lens()
        self.chosen = ""
        """Key of the mine that is looked at."""
        self.traffic = flows.Traffic()
        self.found: list[flows.Flow] = []
        self.places = world.places
        self._ground: pygame.Surface | None = None
        self._plate: pygame.Surface | None = None
        self._plate_lens = Lens()
        self._marks: list[Region] = []
        self._spots: dict[str, tuple[float, float, float]] = {}
        self._job: Iterator[None] | None = None
        self._moved = 0.0
        self.is_settled = False
        self._drag_from: tuple[int, int] | None = None

    def place(self, rect: pygame.Rect) -> None:
        if rect != self.rect:
            super().place(rect)
            self.lens = replace(self.lens, area=pygame.Rect((0, 0), rect.size))
            self._restart()

    def show(self, view: View) -> None:
        """Take a month's view; it is drawn over the next frames."""
        is_first = self.view is None
        self.view = view
        if is_first:
            self._restart()
        elif self.is_settled:
            self._job = self._plate_job()

    def move(self, lens: Lens) -> None:
        """Look elsewhere."""
        self.lens = lens
        self._restart()

    def restyle(self) -> None:
        """Colours or scale have changed."""
        self._ground = self._plate = None
        self._restart()

    def _restart(self) -> None:
        self.is_settled = False
        self._moved = time.perf_counter()
        self._job = None
        self.is_dirty = True

    # --- drawn a little in each frame ------------------------------------------------------------

    def work(self, budget: float) -> None:
        """Draw ground, arcs and marks for some seconds of this frame."""
        now = time.perf_counter()
        if not self.is_settled and self._job is None and now - self._moved > SETTLED:
            self._job = self._ground_job()
        while self._job is not None and time.perf_counter() - now < budget:
            try:
                next(self._job)
            except StopIteration:
                self._job = None

    def finish(self) -> None:
        """Draw everything at once, for pictures and the first frame."""
        self._job = self._ground_job()
        while self._job is not None:
            self.work(1.0)

    def _ground_job(self) -> Iterator[None]:
        for picture in self.world.drawing(self.lens, self.theme.palette, self.own_actor):
            if picture is not None:
                self._ground = picture
            yield
        yield from self._plate_job()

    def _plate_job(self) -> Iterator[None]:
        """Draw the month on a new plate; the old one is shown until it is ready."""
        lens, view, setup = self.lens, self.view, self.setup
        plate = pygame.Surface(self.rect.size)
        plate.fill(self.theme.palette.sea)
        if self._ground is not None:
            plate.blit(self._ground, (0, 0))
        found: list[flows.Flow] = []
        regions: list[Region] = []
        spots: dict[str, tuple[float, float, float]] = {}
        yield
        if view is not None:
            found = yield from flows.finding(setup, view.flows, lens)
            for _ in flows.drawing(plate, found, lens, self.theme, approvals(view)):
                yield
            canvas, actions = Canvas(plate, self.theme, self), (lambda k: self.choose(k), lambda k: self.open_number(k))
            marks = Marks(canvas, setup, view, lens, found, self.places, *actions)
            yield from marks.drawing()
            regions, spots = marks.regions, marks.spots
        self._fade(plate)
        yield
        yield from self.traffic.loading(found, lens, self.theme)
        self.found = found
        self._plate, self._plate_lens, self._marks, self._spots = plate, lens, regions, spots
        self.is_settled = True
        self.is_dirty = True

    @property
    def own_actor(self) -> str:
        """Actor of the map that stands out."""
        role = self.setup.role
        return {
            "european_union": "europe",
            "buyers.europe": "europe",
            "buyers.us": "united_states",
            "buyers.japan_korea": "japan_korea",
        }.get(role, role)

    # --- painted when something has changed ----------------------------------------------------------

    def paint(self, canvas: Canvas) -> None:
        surface = self.picture
        self.regions.append(Region("map.ground", surface.get_rect(), "drag"))
        if self._plate is None:
            surface.fill(self.theme.palette.sea)
        elif not self.is_settled:
            surface.fill(self.theme.palette.sea)
            self._blit_moved(surface, self._plate)
        else:
            surface.blit(self._plate, (0, 0))
            self.regions += self._marks
            for key in {self.pointing.hot, f"site.{self.chosen}"} & self._spots.keys():
                x, y, radius = self._spots[key]
                canvas.dot((x, y), radius + 4, self.theme.palette.ink, ring=1.4)

    def site_tip(self, site: Site, row: int) -> Tip:
        """What is known of a mine."""
        assert self.view is not None
        return site_tip(self.view, site, row)

    def _blit_moved(self, surface: pygame.Surface, picture: pygame.Surface) -> None:
        """The old picture where it now belongs, until there is a new one."""
        old = self._plate_lens
        share = self.lens.scale / old.scale
        x, y = self.lens.point(*old.degrees((0, 0)))
        around = 2 * np.pi * self.lens.scale
        while x > 0.5 * self.rect.width:
            x -= around
        if abs(share - 1) > 1e-6:
            size = (round(picture.get_width() * share), round(picture.get_height() * share))
            if max(size) > 6000:
                return
            picture = pygame.transform.scale(picture, size)
        surface.blit(picture, (round(x), round(y)))

    def _fade(self, surface: pygame.Surface) -> None:
        """The map's lower edge sinks into the ground on which the panels stand."""
        width, height = surface.get_size()
        deep = self.theme.px(70)
        key = ("fade", width, deep, self.theme.palette.name)
        shade = self.theme._shapes.get(key)
        if shade is None:
            column = pygame.Surface((1, deep), pygame.SRCALPHA)
            for y in range(deep):
                column.set_at((0, y), (*self.theme.palette.ground, round(255 * (y / deep) ** 1.6)))
            shade = pygame.transform.scale(column, (width, deep))
            self.theme._shapes[key] = shade
        surface.blit(shade, (0, height - deep))

    def choose(self, key: str) -> None:
        """Look at a mine; screens may replace this."""
        self.chosen = key
        self.is_dirty = True

    def open_number(self, key: str) -> None:
        """Take a number apart; the screen replaces this."""

    # --- moved by hand -----------------------------------------------------------------------------

    def wheel(self, steps: int, position: tuple[int, int]) -> bool:
        local = (position[0] - self.rect.left, position[1] - self.rect.top)
        self.move(self.lens.zoomed(1.2**steps, local))
        return True

    def drag(self, dx: int, dy: int) -> None:
        """Move with the pointer."""
        self.move(self.lens.moved(dx, dy))
