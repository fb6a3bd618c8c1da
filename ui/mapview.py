"""The map as a panel: ground, arcs, mines with their stages, labels, licences that bite, and what moves."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pygame

from ui import flows, words
from ui.kit import Panel, Pointing, Region, Tip
from ui.messages import Setup, Site, View
from ui.palette import mix
from ui.projection import Lens
from ui.theme import BODY, NOTE, Missing, Theme
from ui.worldmap import World

SITES = Path(__file__).parent.parent / "assets" / "map" / "sites.toml"
BLOCS = ("us", "europe", "japan", "korea", "rest")
PARTNER_ACTOR = ("", "china", "us", "europe", "turkey", "state")
SETTLED = 0.14
"""Seconds without movement after which the map is drawn in full."""


def site_places() -> dict[str, tuple[float, float]]:
    """Where mines lie.

    Raises:
        Missing: the file is not there or damaged.
    """
    try:
        with open(SITES, "rb") as file:
            return {key: (float(lon), float(lat)) for key, (lon, lat) in tomllib.load(file).items()}
    except (OSError, ValueError):
        raise Missing("The places of mines, sites.toml, are missing or damaged in assets/map.") from None


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
        self.places = site_places()
        self._ground: pygame.Surface | None = None
        self._ground_lens = Lens()
        self._arcs: pygame.Surface | None = None
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
        """Take a month's view."""
        is_first = self.view is None
        self.view = view
        self._find_flows()
        if is_first:
            self._restart()
        else:
            self._job = self._arcs_job(time.perf_counter())

    def move(self, lens: Lens) -> None:
        """Look elsewhere."""
        self.lens = lens
        self._restart()

    def restyle(self) -> None:
        """Colours or scale have changed."""
        self._ground = self._arcs = None
        self._restart()

    def _restart(self) -> None:
        self.is_settled = False
        self._moved = time.perf_counter()
        self._job = None
        self._find_flows()
        self.is_dirty = True

    def _find_flows(self) -> None:
        if self.view is None:
            return
        self.found = flows.flows(self.setup, self.view.flows, self.lens)
        self.traffic.load(self.found, self.lens, self.theme, self.theme.palette)

    # --- drawn a little in each frame ------------------------------------------------------------

    def work(self, budget: float) -> None:
        """Draw ground and arcs for some seconds of this frame."""
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
        lens = self.lens
        for picture in self.world.drawing(lens, self.theme.palette, self.own_actor):
            if picture is not None:
                self._ground, self._ground_lens = picture, lens
            yield
        self.is_settled = True
        yield from self._arcs_job(time.perf_counter())

    def _arcs_job(self, _: float) -> Iterator[None]:
        layer = pygame.Surface(self.rect.size, pygame.SRCALPHA)
        for _flow in flows.drawing(layer, self.found, self.lens, self.theme, self.approvals()):
            yield
        self._arcs = layer
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

    def approvals(self) -> dict[str, float]:
        """Licences granted, by bloc."""
        if self.view is None:
            return {}
        return dict(zip(BLOCS, self.view.known["licence.approval"].tolist(), strict=True))

    # --- painted when something has changed ----------------------------------------------------------

    def paint(self, canvas: Canvas) -> None:  # noqa: F821
        surface, palette = self.picture, self.theme.palette
        surface.fill(palette.sea)
        if self._ground is not None:
            if self.is_settled:
                surface.blit(self._ground, (0, 0))
            else:
                self._blit_moved(surface)
        if self._arcs is not None and self.is_settled:
            surface.blit(self._arcs, (0, 0))
        self.regions.append(Region("map.ground", surface.get_rect(), "drag"))
        if self.view is None:
            return
        self._arc_regions()
        self._licences(canvas)
        self._sites(canvas)
        self._fade(surface)

    def _blit_moved(self, surface: pygame.Surface) -> None:
        """The old picture where it now belongs, until there is a new one."""
        old = self._ground_lens
        share = self.lens.scale / old.scale
        x, y = self.lens.point(*old.degrees((0, 0)))
        around = 2 * np.pi * self.lens.scale
        while x > 0.5 * self.rect.width:
            x -= around
        picture = self._ground
        assert picture is not None
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

    def _arc_regions(self) -> None:
        """Small places along the larger arcs, where they can be pointed at."""
        for flow in self.found[:40]:
            for path in flows.turns(flow, self.lens):
                for i in range(6, flows.POINTS - 6, 4):
                    x, y = path[i]
                    if 0 < x < self.rect.width and 0 < y < self.rect.height:
                        side = max(self.theme.px(9), round(flow.width(self.theme)))
                        rect = pygame.Rect(0, 0, side, side)
                        rect.center = (round(x), round(y))
                        self.regions.append(Region(f"flow.{flow.key}", rect, "rest", tip=lambda f=flow: self._flow_tip(f)))

    def _flow_tip(self, flow: flows.Flow) -> Tip:
        setup = self.setup
        names = {place.key: place.title for place in setup.places}
        lines = [
            words.say("game.flow_note", form=words.say(f"game.form_{flow.form}"), tonnes=words.tonnes(flow.tonnes)),
            words.say("game.flow_usual", tonnes=words.tonnes(flow.usual)),
        ]
        if flow.licensed:
            lines.append(self._licence_text(flow.licence_bloc))
        title = words.say("game.flow_title", origin=names[flow.origin], destination=names[flow.destination])
        return Tip(title, (*lines, words.say("game.late")), "flows")

    def _licence_text(self, bloc: str) -> str:
        share, worth = self.approvals().get(bloc, 1.0), self._shadow(bloc)
        return words.say("game.licence_note", share=words.percent(share), price=words.price(worth))

    def _shadow(self, bloc: str) -> float:
        past = self.view.series.get(f"licence.shadow_price.{bloc}") if self.view else None
        return float(past[-1]) if past is not None and len(past) else 0.0

    def _licences(self, canvas: Canvas) -> None:  # noqa: F821
        """A mark on each arc whose licences are often refused, and for the largest a label."""
        palette, approvals = self.theme.palette, self.approvals()
        area, labelled = self.picture.get_rect(), 0
        for flow in sorted(self.found, key=lambda f: -f.usual):
            share = approvals.get(flow.licence_bloc, 1.0)
            if not flow.licensed or share > 0.9:
                continue
            path = flows.turns(flow, self.lens)
            for points in path[:1]:
                inside = [p for p in points[10:38] if area.inflate(-80, -80).collidepoint(p)]
                if not inside:
                    continue
                x, y = inside[len(inside) // 2]
                canvas.dot((x, y), 8, palette.sea)
                canvas.dot((x, y), 8, palette.bad, ring=1.6)
                arm = self.theme.px(3)
                pygame.draw.aaline(self.picture, palette.bad, (x - arm, y - arm), (x + arm, y + arm))
                pygame.draw.aaline(self.picture, palette.bad, (x - arm, y + arm), (x + arm, y - arm))
                rect = pygame.Rect(0, 0, self.theme.px(18), self.theme.px(18))
                rect.center = (round(x), round(y))
                title = words.say("lever.licence_approval") + ": " + words.who(flow.licence_bloc)
                tip = Tip(title, (self._licence_text(flow.licence_bloc),), "licence")
                self.regions.append(Region(f"licence.{flow.licence_bloc}", rect, "rest", tip=tip))
                if labelled < 2 and self._shadow(flow.licence_bloc) > 1:
                    text = words.say(
                        "game.refused", share=words.percent(share), price=words.price(self._shadow(flow.licence_bloc))
                    )
                    self._chip(canvas, text, (x, y - self.theme.px(22)))
                    labelled += 1

    def _chip(self, canvas: Canvas, text: str, centre: tuple[float, float]) -> None:  # noqa: F821
        palette = self.theme.palette
        width = self.theme.width(text, NOTE) + self.theme.px(14)
        rect = pygame.Rect(0, 0, width, self.theme.px(20))
        rect.center = (round(centre[0]), round(centre[1]))
        canvas.box(rect, palette.panel, 5, alpha=225)
        canvas.text(text, (rect.centerx, rect.top + self.theme.px(3)), NOTE, palette.ink, align="centre")

    def actor_of(self, site: Site, row: int) -> str:
        """Whose mine it is: the partner's, or the backer's."""
        partner = int(self.view.known["partner"][row]) if self.view else 0
        return PARTNER_ACTOR[partner] if partner and PARTNER_ACTOR[partner] != "state" else site.backer

    def _sites(self, canvas: Canvas) -> None:  # noqa: F821
        assert self.view is not None
        palette, area = self.theme.palette, self.picture.get_rect()
        labels: list[tuple[float, str, tuple[float, float], float]] = []
        for row, site in enumerate(self.setup.sites):
            stage = int(self.view.stages[row])
            place = self.places.get(site.key)
            if place is None or stage >= 8:
                continue
            x, y = self.lens.point(*place)
            if not area.inflate(60, 60).collidepoint(x, y):
                continue
            tint = palette.actor(self.actor_of(site, row))
            own = site.region == self.setup.role
            big = min(1.0, site.capacity / 6000)
            radius = 3.2 + 4.5 * big**0.5
            if not own and self.lens.zoom < 2 and site.capacity < 600:
                radius = 2.6
            self._mark(canvas, (x, y), radius, tint, stage)
            key = f"site.{site.key}"
            if self.pointing.hot == key or self.chosen == site.key:
                canvas.dot((x, y), radius + 4, palette.ink, ring=1.4)
            side = max(self.theme.px(2 * radius + 4), self.theme.px(16))
            rect = pygame.Rect(0, 0, side, side)
            rect.center = (round(x), round(y))
            self.regions.append(
                Region(key, rect, action=lambda k=site.key: self.choose(k), tip=lambda s=site, r=row: self.site_tip(s, r))
            )
            rank = (3 if own else 0) + (1.2 if stage in (3, 4, 5) else 0) + big + (0.6 if site.is_project else 0)
            if rank > (1.35 if self.lens.zoom < 2 else 0.3):
                labels.append((rank, site.title.split(" (")[0], (x, y), radius))
        self._labels(canvas, labels)

    def _mark(self, canvas: Canvas, at: tuple[float, float], radius: float, tint: tuple, stage: int) -> None:  # noqa: F821
        """A mine by its stage: hollow while it is studied, filling up while it is built, full when it runs."""
        palette = self.theme.palette
        ground = palette.sea
        if stage in (6, 5):
            canvas.dot(at, radius + 3, tint, alpha=70)
            canvas.dot(at, radius, tint)
            if stage == 5:
                canvas.dot(at, radius * 0.45, ground)
        elif stage == 7:
            canvas.dot(at, radius, mix(tint, palette.land, 0.6))
            canvas.dot(at, radius, mix(tint, palette.land, 0.3), ring=1.2)
        else:
            canvas.dot(at, radius, ground, alpha=215)
            canvas.dot(at, radius, mix(tint, palette.land, 0.45 if stage < 3 else 0.1), ring=1.6)
            if stage in (3, 4):
                share = 0.25 if stage == 3 else 0.6
                self._wedge(canvas, at, radius - 1.2, tint, share)

    def _wedge(self, canvas: Canvas, at: tuple[float, float], radius: float, tint: tuple, share: float) -> None:  # noqa: F821
        side = self.theme.px(radius) * 2 + 4
        rect = pygame.Rect(round(at[0] - side / 2), round(at[1] - side / 2), side, side)
        board = canvas.smooth(rect, 4)
        angles = np.linspace(-np.pi / 2, -np.pi / 2 + 2 * np.pi * share, 24)
        r = self.theme.scale * radius
        board.polygon([at, *[(at[0] + r * np.cos(a), at[1] + r * np.sin(a)) for a in angles]], tint)
        board.done()

    def _labels(self, canvas: Canvas, labels: list[tuple[float, str, tuple[float, float], float]]) -> None:  # noqa: F821
        """Names beside the marks, the more important first, none over another."""
        taken = [region.rect for region in self.regions if region.key.startswith("licence.")]
        palette, px = self.theme.palette, self.theme.px
        for rank, text, (x, y), radius in sorted(labels, key=lambda each: -each[0]):
            weight = "SemiBold" if rank > 3 else "Regular"
            size = BODY - 1 if rank > 1.5 else NOTE
            w, h = self.theme.width(text, size, weight), px(size + 3)
            reach = px(radius + 6)
            for left, top in (
                (x + reach, y - h / 2),
                (x - reach - w, y - h / 2),
                (x - w / 2, y + reach),
                (x - w / 2, y - reach - h),
            ):
                rect = pygame.Rect(round(left), round(top), w, h)
                if rect.collidelist(taken) < 0 and self.picture.get_rect().contains(rect):
                    taken.append(rect)
                    shade = self.theme.render(text, size, palette.sea, weight)
                    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                        self.picture.blit(shade, rect.move(dx, dy))
                    canvas.text(text, rect.topleft, size, palette.ink if rank > 1.5 else palette.secondary, weight)
                    break

    def site_tip(self, site: Site, row: int) -> Tip:
        """What is known of a mine."""
        view = self.view
        assert view is not None
        known, stage = view.known, int(view.stages[row])
        say = words.say
        lines = [
            site.owner,
            f"{say(f'stage.{stage}').capitalize()} · " + say("game.nameplate", tonnes=words.tonnes(known["nameplate"][row])),
        ]
        lines.append(f"{say('game.cost')} {words.number(site.cost_low)} to {words.price(site.cost_high)}")
        if site.is_project and stage < 6:
            need = float(known["incentive"][row])
            lines.append(say("game.needs", price=words.price(need)))
            if known["missing"][row] > 0.5:
                lines.append(say("game.missing", money=words.money(float(known["missing"][row]))))
        if known["loan.signed"][row] > 0.5:
            lines.append(words.lever("loan") + " " + words.money(float(known["loan.signed"][row])))
        sold = [
            f"{words.who(b)} {words.percent(float(known[f'offtake.{b}'][row]))}"
            for b in ("china", "us", "europe", "japan_korea")
            if known[f"offtake.{b}"][row] > 0.01
        ]
        if sold:
            lines.append(say("game.offtakes") + ": " + ", ".join(sold))
        if site.winter or site.power or site.reagents:
            lines.append(
                say(
                    "game.risks",
                    winter=words.percent(site.winter),
                    power=words.percent(site.power),
                    reagents=words.percent(site.reagents),
                )
            )
        source = say("tip.source", source=site.source, confidence=say(f"confidence.{site.confidence}"))
        return Tip(site.title, (*lines, source), "project")

    def choose(self, key: str) -> None:
        """Look at a mine; screens may replace this."""
        self.chosen = key
        self.is_dirty = True

    # --- moved by hand -----------------------------------------------------------------------------

    def wheel(self, steps: int, position: tuple[int, int]) -> bool:
        local = (position[0] - self.rect.left, position[1] - self.rect.top)
        self.move(self.lens.zoomed(1.2**steps, local))
        return True

    def drag(self, dx: int, dy: int) -> None:
        """Move with the pointer."""
        self.move(self.lens.moved(dx, dy))
