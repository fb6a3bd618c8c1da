"""What stands on the map: mines by their stage, refused licences, names, and what each says when pointed at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pygame

from ui import flows, words
from ui.canvas import Canvas
from ui.kit import Region, Tip
from ui.messages import View
from ui.palette import Colour, mix
from ui.projection import Lens
from ui.setting import Setup, Site
from ui.theme import BODY, NOTE

BLOCS = ("us", "europe", "japan", "korea", "rest")
PARTNER_ACTOR = ("", "china", "us", "europe", "turkey", "state")


class Marks:
    """Draws the marks of a month on a picture, a few at a time.

    Args:
        canvas: what is drawn on.
        setup: the game.
        view: what the role may know.
        lens: what part of the world is seen.
        found: flows with their paths.
        places: degrees of mines.
        choose: called with the key of a mine that is clicked.
        open_number: called with the key of a number that is clicked.
    """

    def __init__(
        self,
        canvas: Canvas,
        setup: Setup,
        view: View,
        lens: Lens,
        found: list[flows.Flow],
        places: dict[str, tuple[float, float]],
        choose: Callable[[str], Any],
        open_number: Callable[[str], Any],
    ) -> None:
        self.canvas, self.theme, self.picture = canvas, canvas.theme, canvas.surface
        self.setup, self.view, self.lens, self.found = setup, view, lens, found
        self.places, self.choose, self.open_number = places, choose, open_number
        self.regions: list[Region] = []
        self._chips: list[pygame.Rect] = []
        self.spots: dict[str, tuple[float, float, float]] = {}
        """Where each mine was drawn, and its radius."""

    def drawing(self) -> Iterator[None]:
        """Draw everything, with a pause after every few marks."""
        yield from self._arc_regions()
        yield from self._licences()
        yield from self._sites()

    def approvals(self) -> dict[str, float]:
        """Licences granted, by bloc."""
        return approvals(self.view)

    def _arc_regions(self) -> Iterator[None]:
        """Small places along the larger arcs, where they can be pointed at."""
        for flow in self.found[:40]:
            for path in flows.turns(flow, self.lens):
                for i in range(6, flows.POINTS - 6, 4):
                    x, y = path[i]
                    if 0 < x < self.picture.get_width() and 0 < y < self.picture.get_height():
                        side = max(self.theme.px(9), round(flow.width(self.theme)))
                        rect = pygame.Rect(0, 0, side, side)
                        rect.center = (round(x), round(y))
                        action = partial(self.open_number, f"flow.{flow.key}")
                        tip = partial(self._flow_tip, flow)
                        self.regions.append(Region(f"flow.{flow.key}", rect, "spot", action, tip=tip))
            yield

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
        return Tip(title, (*lines, words.say("game.late"), words.say("tip.more")), "flows")

    def _licence_text(self, bloc: str) -> str:
        share, worth = self.approvals().get(bloc, 1.0), self._shadow(bloc)
        return words.say("game.licence_note", share=words.percent(share), price=words.price(worth))

    def _shadow(self, bloc: str) -> float:
        past = self.view.series.get(f"licence.shadow_price.{bloc}")
        return float(past[-1]) if past is not None and len(past) else 0.0

    def _licences(self) -> Iterator[None]:
        """A mark on each arc whose licences are often refused, and for the largest a label."""
        canvas, palette, approvals = self.canvas, self.theme.palette, self.approvals()
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
                tip = Tip(title, (self._licence_text(flow.licence_bloc), words.say("tip.more")), "licence")
                action = partial(self.open_number, f"licence.shadow_price.{flow.licence_bloc}")
                self.regions.append(Region(f"licence.{flow.licence_bloc}", rect, "spot", action, tip=tip))
                if labelled < 2 and self._shadow(flow.licence_bloc) > 1:
                    text = words.say(
                        "game.refused", share=words.percent(share), price=words.price(self._shadow(flow.licence_bloc))
                    )
                    chip = self._chip(text, (x, y - self.theme.px(22)))
                    self.regions.append(Region(f"licence.{flow.licence_bloc}", chip, "spot", action, tip=tip))
                    labelled += 1
            yield

    def _chip(self, text: str, centre: tuple[float, float]) -> pygame.Rect:
        """A label; where it lies."""
        canvas, palette = self.canvas, self.theme.palette
        width = self.theme.width(text, NOTE) + self.theme.px(14)
        rect = pygame.Rect(0, 0, width, self.theme.px(20))
        rect.center = (round(centre[0]), round(centre[1]))
        self._chips.append(rect)
        canvas.box(rect, palette.panel, 5, alpha=225)
        canvas.text(text, (rect.centerx, rect.top + self.theme.px(3)), NOTE, palette.ink, align="centre")
        return rect

    def actor_of(self, site: Site, row: int) -> str:
        """Whose mine it is: the partner's, or the backer's."""
        partner = int(self.view.known["partner"][row])
        return PARTNER_ACTOR[partner] if partner and PARTNER_ACTOR[partner] != "state" else site.backer

    def _sites(self) -> Iterator[None]:
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
            self._mark((x, y), radius, tint, stage)
            key = f"site.{site.key}"
            self.spots[key] = (x, y, radius)
            yield
            side = max(self.theme.px(2 * radius + 4), self.theme.px(16))
            rect = pygame.Rect(0, 0, side, side)
            rect.center = (round(x), round(y))
            tip = partial(site_tip, self.view, site, row)
            self.regions.append(Region(key, rect, action=partial(self.choose, site.key), tip=tip))
            rank = (3 if own else 0) + (1.2 if stage in (3, 4, 5) else 0) + big + (0.6 if site.is_project else 0)
            if rank > (1.35 if self.lens.zoom < 2 else 0.3):
                labels.append((rank, site.title.split(" (")[0], (x, y), radius))
        self._labels(labels)

    def _mark(self, at: tuple[float, float], radius: float, tint: Colour, stage: int) -> None:
        """A mine by its stage: hollow while it is studied, filling up while it is built, full when it runs."""
        canvas, palette = self.canvas, self.theme.palette
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
                self._wedge(at, radius - 1.2, tint, share)

    def _wedge(self, at: tuple[float, float], radius: float, tint: Colour, share: float) -> None:
        side = self.theme.px(radius) * 2 + 4
        rect = pygame.Rect(round(at[0] - side / 2), round(at[1] - side / 2), side, side)
        board = self.canvas.smooth(rect, 4)
        angles = np.linspace(-np.pi / 2, -np.pi / 2 + 2 * np.pi * share, 24)
        r = self.theme.scale * radius
        board.polygon([at, *[(at[0] + r * np.cos(a), at[1] + r * np.sin(a)) for a in angles]], tint)
        board.done()

    def _labels(self, labels: list[tuple[float, str, tuple[float, float], float]]) -> None:
        """Names beside the marks, the more important first, none over another."""
        taken = self._chips + [region.rect for region in self.regions if region.key.startswith("licence.")]
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
                    self.canvas.text(text, rect.topleft, size, palette.ink if rank > 1.5 else palette.secondary, weight)
                    break


def approvals(view: View) -> dict[str, float]:
    """Licences granted, by bloc."""
    return dict(zip(BLOCS, view.known["licence.approval"].tolist(), strict=True))


def site_tip(view: View, site: Site, row: int) -> Tip:
    """What is known of a mine."""
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
    return Tip(site.title, (*lines, source), site.key)
