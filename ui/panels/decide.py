"""Decide: the levers of the seat by purpose, what each costs, and what it would do."""

from __future__ import annotations

from functools import partial

import pygame

from ui import messages as say
from ui import words
from ui.canvas import Canvas
from ui.kit import Panel, Region, Tip
from ui.setting import Control
from ui.state import GameState
from ui.theme import BODY, NOTE

FEW_TARGETS = 5
REST = 0.25
"""Seconds that the pointer rests on a value before what it would do is asked for."""


class Decide(Panel):
    """The levers."""

    name = "decide"
    has_tips_above = True

    def __init__(self, state: GameState) -> None:
        super().__init__(state.theme, state.pointing)
        self.state = state
        self.groups = words.groups(state.setup.controls)
        state.group = state.group or next(iter(self.groups), "")
        self.draft: dict[tuple[str, str], float] = {}
        """Values under the hand, before they are decided."""
        self.ghost: say.Decide | None = None
        """What the pointer rests on."""
        self._before: say.Decide | None = None
        self._near: say.Decide | None = None
        self._rested = 0.0
        self._choice_at: dict[str, say.Decide] = {}
        self._scale_at: dict[str, tuple[str, str]] = {}

    def paint(self, canvas: Canvas) -> None:
        px, area, state = canvas.px, canvas.area, self.state
        self._choice_at, self._scale_at = {}, {}
        title = canvas.title(words.say("game.decide"))
        names = [(group, words.say(f"group.{group}")) for group in self.groups]
        left = title.right + px(14)
        canvas.tabs("decide.group", (left, px(9)), names, state.group, self._turn, area.right - left + px(8))
        top = px(46) - self.scroll
        canvas.surface.set_clip(pygame.Rect(0, px(42), canvas.width, canvas.height - px(74)))
        y = top
        for control in self.groups.get(state.group, []):
            y = self._control(canvas, control, y)
        self.content = y + self.scroll + px(34)
        canvas.surface.set_clip(None)
        self._foot(canvas)
        for region in self.regions:
            if region.key.startswith("decide.lever") and (
                region.rect.bottom < px(42) or region.rect.top > canvas.height - px(32)
            ):
                region.enabled = False

    def _turn(self, group: str) -> None:
        self.state.group = group
        self.scroll = 0
        self.is_dirty = True
        self.state.withdraw()

    # --- what the pointer rests on -----------------------------------------------------------------

    def rest(self, seconds: float) -> None:
        """Time passes: a value that the pointer rests on is looked ahead under; then what was shown before."""
        near = self._pointed()
        if near != self._near:
            self._near, self._rested = near, 0.0
            return
        if self.state.is_playing:
            self.ghost = self._before = None
        if self.pointing.held or self.state.is_playing or near == self.ghost:
            return
        self._rested += seconds
        if self._rested < REST:
            return
        if self.ghost is None:
            self._before = self.state.proposal
        self.ghost = near
        self.state.look_ahead(near or self._before)
        self.is_dirty = True

    def _pointed(self) -> say.Decide | None:
        """The value under the pointer, unless it is in force."""
        key = self.pointing.hot
        if self.pointing.is_by_key:
            return None
        found = self._choice_at.get(key)
        if found is None and key in self._scale_at:
            region = next((r for r in self.regions if r.key == key), None)
            if region is None or not region.enabled:
                return None
            lever, target = self._scale_at[key]
            found = say.Decide(lever, target, region.value_at(self.pointing.at[0] - self.rect.left, self.theme.px(8)))
        if found is None or found.value == self.state.view.values.get((found.lever, found.target)):
            return None
        return found

    def targets(self, control: Control) -> list[str]:
        """Targets in the order in which they matter."""
        return list(control.targets) or [""]

    def _control(self, canvas: Canvas, control: Control, y: int) -> int:
        px = canvas.px
        targets = self.targets(control)
        if len(targets) == 1 or len(targets) <= FEW_TARGETS:
            for target in targets:
                y = self._row(canvas, control, target, y)
            return y
        chosen = self.state.target.get(self.state.group, "")
        if chosen not in targets:
            chosen = self.state.chosen_site if self.state.chosen_site in targets else targets[0]
        first = self.groups[self.state.group]
        if control == next(c for c in first if len(c.targets) > FEW_TARGETS):
            y = self._picker(canvas, targets, chosen, y)
        return self._row(canvas, control, chosen, y) + px(0)

    def _picker(self, canvas: Canvas, targets: list[str], chosen: str, y: int) -> int:
        """One of many targets, with steps to the last and the next."""
        px, area = canvas.px, canvas.area
        at = targets.index(chosen)
        canvas.button(
            "decide.lever.last", pygame.Rect(area.left, y, px(26), px(26)), "◀", lambda: self._pick(targets[at - 1])
        )
        canvas.button(
            "decide.lever.next",
            pygame.Rect(area.left + px(232), y, px(26), px(26)),
            "▶",
            lambda: self._pick(targets[(at + 1) % len(targets)]),
        )
        name = words.target(self.state.setup, chosen)
        canvas.text(name, (area.left + px(129), y + px(5)), BODY, weight="SemiBold", align="centre", width=px(196))
        row = next((i for i, s in enumerate(self.state.setup.sites) if s.key == chosen), None)
        if row is not None:
            stage = words.say(f"stage.{int(self.state.view.stages[row])}")
            need = words.price(float(self.state.view.known["incentive"][row]))
            key = "decide.lever.needs"
            rect = canvas.text(
                f"{stage} · {words.say('game.needs', price=need)} · {at + 1}/{len(targets)}",
                (area.left + px(272), y + px(6)),
                NOTE,
                canvas.palette.ink if canvas.is_hot(key) else canvas.palette.secondary,
                width=area.right - area.left - px(272),
            )
            tip = Tip(name, (words.say("tip.more"),), chosen)
            canvas.region(Region(key, rect, action=partial(self.state.open_number, f"cost.{chosen}"), tip=tip))
        return y + px(36)

    def _pick(self, target: str) -> None:
        self.state.target[self.state.group] = target
        self.state.look_at(target)
        self.is_dirty = True

    def _row(self, canvas: Canvas, control: Control, target: str, y: int) -> int:
        px, palette, state, area = canvas.px, canvas.palette, self.state, canvas.area
        slot = (control.name, target)
        value = self.draft.get(slot, state.view.values.get(slot, control.default))
        is_ruled = state.view.ruled.get(slot, True)
        is_pending = slot in state.view.pending
        column = min(px(400), round(area.width * (0.6 if control.choices else 0.56)))
        name = words.lever(control.name)
        if target and len(control.targets) <= FEW_TARGETS:
            name = f"{words.target(state.setup, target)}: {name[0].lower()}{name[1:]}"
        tint = self.theme.accent if is_pending or slot in self.draft else palette.ink
        shown = words.value(control, value)
        room = column - self.theme.width(shown, BODY, "SemiBold") - px(10)
        canvas.text(name, (area.left, y), BODY, weight="SemiBold", width=room)
        canvas.text(shown, (area.left + column, y), BODY, tint, "SemiBold", "right", figures=True)
        key = f"decide.lever.{control.name}.{target}"
        wide = self.theme.width(shown, BODY, "SemiBold") + px(10)
        self._why(canvas, f"{key}.why", pygame.Rect(area.left + column - wide + px(5), y - px(2), wide, px(19)), slot)
        rect = pygame.Rect(area.left, y + px(17), column, px(22))
        tip = Tip(name, (control.help, words.say("tip.drag")), words.suffix(control.name))
        enabled = not state.is_playing and not state.view.is_over
        if control.choices:
            self._choices(canvas, key, control, slot, rect, value, enabled)
        else:
            step = step_of(control)
            self._scale_at[key] = slot
            ghost = self.ghost.value if self.ghost and (self.ghost.lever, self.ghost.target) == slot else None
            canvas.slider(
                key,
                rect,
                value,
                control.low,
                control.high,
                lambda v, s=slot: self._draft(s, v),
                lambda s=slot: self._decide(s),
                mark=state.view.values.get(slot),
                step=step,
                enabled=enabled,
                colour=self.theme.accent if is_pending or not is_ruled or slot in self.draft else palette.faint,
                tip=tip,
                ghost=ghost,
            )
        state_text = "game.pending" if is_pending else "game.advisers" if is_ruled else "game.decided"
        note = words.say(state_text)
        if control.unit == "million USD/year" and value > 0.05:
            note += " · " + words.say("game.cost_quarter", money=words.money(value / 4))
        canvas.text(
            note,
            (area.left, y + px(38)),
            NOTE,
            palette.secondary,
            width=column - (px(104) if is_pending or not is_ruled else 0),
        )
        if is_pending:
            self._link(
                canvas, f"{key}.undo", words.say("game.undo"), area.left + column, y + px(38), lambda: state.undo(slot)
            )
        elif not is_ruled:
            self._link(
                canvas,
                f"{key}.rule",
                words.say("game.release"),
                area.left + column,
                y + px(38),
                lambda: state.decide(slot, None),
            )
        self._effects(canvas, slot, area.left + column + px(24), y, area.right)
        return y + px(62)

    def _why(self, canvas: Canvas, key: str, rect: pygame.Rect, slot: tuple[str, str]) -> None:
        """The place of a value: a click takes it apart."""
        number = f"lever.{slot[0]}/{slot[1]}" if slot[1] else f"lever.{slot[0]}"
        if canvas.is_hot(key):
            pygame.draw.line(canvas.surface, self.theme.accent, rect.bottomleft, rect.bottomright, max(1, canvas.px(1)))
        tip = Tip(words.lever(slot[0]), (words.say("tip.more"),), words.suffix(slot[0]))
        canvas.region(Region(key, rect, action=partial(self.state.open_number, number), tip=tip))

    def _link(self, canvas: Canvas, key: str, text: str, right: int, y: int, action: object) -> None:
        width = self.theme.width(text, NOTE, "SemiBold") + canvas.px(12)
        rect = pygame.Rect(right - width + canvas.px(6), y - canvas.px(2), width, canvas.px(18))
        canvas.button(key, rect, text, action, "bare", NOTE, is_on=True)  # type: ignore[arg-type]

    def _choices(
        self,
        canvas: Canvas,
        key: str,
        control: Control,
        slot: tuple[str, str],
        rect: pygame.Rect,
        value: float,
        enabled: bool,
    ) -> None:
        px = canvas.px
        count = len(control.choices)
        width = (rect.width - px(3) * (count - 1)) // count
        for i, choice in enumerate(control.choices):
            box = pygame.Rect(rect.left + i * (width + px(3)), rect.top, width, px(20))
            is_on = round(value) == i
            self._choice_at[f"{key}.{choice}"] = say.Decide(*slot, float(i))
            canvas.button(
                f"{key}.{choice}",
                box,
                words.say(f"partner.{choice}"),
                lambda n=i: self._choose(slot, n),
                "main" if is_on else "quiet",
                NOTE,
                enabled=enabled,
                tip=Tip(words.lever(control.name), (words.who(choice), control.help), words.suffix(control.name)),
            )

    def _choose(self, slot: tuple[str, str], index: int) -> None:
        self.ghost = None
        self.draft[slot] = float(index)
        self._decide(slot)

    def _draft(self, slot: tuple[str, str], value: float) -> None:
        self.ghost = None
        self.draft[slot] = value
        self.state.consider(slot, value)

    def _decide(self, slot: tuple[str, str]) -> None:
        if slot in self.draft:
            value = self.draft.pop(slot)
            self.state.view.values[slot] = value
            self.state.decide(slot, value)

    def _effects(self, canvas: Canvas, slot: tuple[str, str], x: int, y: int, right: int) -> None:
        """What the look-ahead says of the lever that was last touched."""
        px, palette, state = canvas.px, canvas.palette, self.state
        if right - x < px(90):
            return
        proposal = state.proposal
        if proposal is None or (proposal.lever, proposal.target) != slot:
            is_first = y == px(46) - self.scroll and proposal is None and state.can_look_ahead
            if is_first and not state.is_playing:
                canvas.paragraph(words.say("game.rest_here"), (x, y), right - x, NOTE, palette.secondary)
            return
        lines = state.effects()
        if proposal.value is not None:
            shown = words.value(state.controls[proposal.lever], proposal.value)
            title = words.say("game.at", value=shown, year=words.year(state.setup, state.furthest - 1))
            canvas.text(title, (x, y), NOTE, self.theme.accent, "SemiBold", width=right - x)
            y += px(15)
        if not lines:
            text = words.say("chart.thinking") if state.is_looking_ahead else ""
            canvas.text(text, (x, y), NOTE, palette.secondary)
            return
        for i, (text, mood) in enumerate(lines[:3]):
            tint = palette.good if mood > 0 else palette.bad if mood < 0 else palette.secondary
            canvas.text(text, (x, y + i * px(15)), NOTE, tint, width=right - x)

    def _foot(self, canvas: Canvas) -> None:
        px, palette, count = canvas.px, canvas.palette, len(self.state.view.pending)
        text = words.say("game.decided_count", count=count) if count else words.say("game.nothing_decided")
        canvas.rule(canvas.height - px(30), px(18), canvas.width - px(18))
        canvas.text(
            text,
            (px(18), canvas.height - px(23)),
            NOTE,
            self.theme.accent if count else palette.secondary,
            width=canvas.width - px(36),
        )


def step_of(control: Control) -> float:
    """Distance of the values that a slider stops at."""
    span = control.high - control.low
    if control.unit == "share":
        return 0.01 if span <= 0.5 else 0.05
    for step in (0.1, 0.5, 1.0, 5.0, 10.0, 25.0, 50.0, 100.0, 500.0, 1000.0):
        if span / step <= 60:
            return step
    return span / 60
