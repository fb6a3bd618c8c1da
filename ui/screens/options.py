"""Options: type size, colours, motion, sound, and when time stops."""

from __future__ import annotations

import pygame

from ui import words
from ui.canvas import Canvas
from ui.dialog import Dialog
from ui.theme import BODY


class Options(Dialog):
    """What a person may choose."""

    wide, high = 560, 470
    least = (500, 490)
    title = "options.title"

    def body(self, canvas: Canvas, area: pygame.Rect) -> None:
        settings, say = self.app.settings, words.say
        rows = [
            ("scale", [(s, f"{round(100 * s)} %") for s in (1.0, 1.25, 1.5, 2.0)], settings.scale),
            ("theme", [("dark", say("options.dark")), ("light", say("options.light"))], settings.theme),
            ("safe_colours", [(False, say("options.off")), (True, say("options.on"))], settings.safe_colours),
            ("motion", [(True, say("options.on")), (False, say("options.off"))], settings.motion),
            ("sound", [(True, say("options.on")), (False, say("options.off"))], settings.sound),
            ("autostop", [(True, say("options.on")), (False, say("options.off"))], settings.autostop),
        ]
        px, y = canvas.px, area.top
        for name, choices, value in rows:
            label = {"safe_colours": "safe"}.get(name, name)
            canvas.text(say(f"options.{label}"), (area.left, y + px(6)), BODY, width=round(area.width * 0.5))
            width = min(px(64), round(area.width * 0.48 / len(choices)))
            x = area.right - width * len(choices)
            for choice, text in choices:
                rect = pygame.Rect(x, y, width - px(4), px(30))
                canvas.button(
                    f"options.{name}.{choice}",
                    rect,
                    text,
                    lambda n=name, c=choice: self._set(n, c),
                    "main" if choice == value else "quiet",
                )
                x += width
            y += px(50)
        if self.app.sounds.problem:
            problem = say(f"app.no_sound_{self.app.sounds.problem}")
            canvas.text(problem, (area.left, y), BODY - 1, canvas.palette.secondary, width=area.width)

    def _set(self, name: str, value: object) -> None:
        setattr(self.app.settings, name, value)
        self.app.restyle()
