"""The real window with the model in the same process, and what it writes where: for tests of every screen at every size."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pygame

from agents import lookahead
from ui import app as application
from ui import clerk as clerks
from ui import messages as say
from ui.canvas import Canvas
from ui.mapview import MapView
from ui.settings import Settings

WORLDS = 8
SLACK = 2
"""Pixels by which letters may stand over, or touch one another."""


class Prophet:
    """Looks ahead at once, in few worlds, in the place of a process of its own."""

    fault = ""
    is_waiting = False

    def __init__(self, session):
        self.block = lookahead.block(session.scenario, session.seed, WORLDS)
        self.found, self.ticket = None, 0

    def submit(self, session, role, decisions, months, worlds, outcomes):
        asked = lookahead.question(session, role, decisions, months, WORLDS, outcomes)
        self.found, self.ticket = lookahead.answer(self.block, asked), self.ticket + 1
        return self.ticket

    def poll(self):
        found, self.found = self.found, None
        return found

    def close(self):
        pass


class Inside:
    """The window's line to a model that answers at once."""

    is_lost = False

    def __init__(self):
        self.told = []
        self.clerk = clerks.Clerk(self.told.append)

    def ask(self, asked):
        try:
            self.clerk.do(asked)
        except Exception as error:
            self.told.append(say.Refusal(type(asked).__name__, self.clerk.sentence(error)))

    def answers(self):
        self.clerk.idle()
        while self.told:
            yield self.told.pop(0)

    def close(self):
        self.clerk.close()


def opened(monkeypatch, home: Path, size=(1280, 720)) -> application.App:
    """The window without a display, with the model inside."""
    os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"
    monkeypatch.setenv("HEAVYSTONE_HOME", str(home))
    monkeypatch.setattr(application, "Engine", Inside)
    monkeypatch.setattr(clerks, "Forecaster", Prophet)
    monkeypatch.setattr(clerks, "QUIET", 1e9)
    return application.App(Settings(sound=False), size)


@dataclass
class Written:
    """A line of text and where it stands in its panel."""

    panel: object
    text: str
    rect: pygame.Rect


class Reader:
    """Notes what is written while panels are painted."""

    def __init__(self, monkeypatch):
        self.lines: list[Written] = []
        text, button = Canvas.text, Canvas.button

        def noted(canvas, line, at, *args, **kwargs):
            return self._note(canvas, line, text(canvas, line, at, *args, **kwargs))

        def labelled(canvas, key, rect, label, *args, **kwargs):
            self._note(canvas, label, rect if label else pygame.Rect(rect.topleft, (0, 0)))
            button(canvas, key, rect, label, *args, **kwargs)

        monkeypatch.setattr(Canvas, "text", noted)
        monkeypatch.setattr(Canvas, "button", labelled)

    def _note(self, canvas, line, rect):
        if line.strip() and not isinstance(canvas.panel, MapView):
            shown = rect.clip(canvas.surface.get_clip())
            if shown.width and shown.height:
                whole = canvas.surface.get_clip() == canvas.surface.get_rect()
                self.lines.append(Written(canvas.panel, line, rect if whole else shown))
        return rect

    def faults(self, screen) -> list[str]:
        """Lines that leave their panel or lie over another, after painting a screen anew."""
        self.lines = []
        for panel in screen.stack.panels:
            panel.is_dirty = True
        screen.compose(True)
        found = []
        for line in self.lines:
            whole = pygame.Rect((0, 0), line.panel.rect.size).inflate(2 * SLACK, 2 * SLACK)
            if not whole.contains(line.rect):
                found.append(f"'{line.text}' at {tuple(line.rect)} leaves {line.panel.rect.size}")
        for a, b in combinations(self.lines, 2):
            letters = (each.rect.inflate(-2 * SLACK, -6 * SLACK) for each in (a, b))
            if a.panel is b.panel and pygame.Rect.colliderect(*letters):
                found.append(f"'{a.text}' lies over '{b.text}'")
        regions = Counter()
        for panel in screen.stack.panels:
            if panel.is_shown and panel.name != "map":
                whole = pygame.Rect((0, 0), panel.rect.size)
                for region in panel.regions:
                    if region.is_reached_by_key and not region.rect.colliderect(whole) and not panel.content:
                        regions[region.key] += 1
        return found + [f"nobody can point at '{key}'" for key in regions]
