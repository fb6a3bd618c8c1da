"""A game as the window knows it: the last view, past news, what is proposed and what may follow."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from agents.expectations import first_output, opening
from ui import findings, setting, words
from ui import messages as say
from ui.kit import Pointing
from ui.theme import Theme

NEAR_MONTHS = 24
FAR_MONTHS, FAR_WORLDS = 96, 48
FURTHER = {
    "china": "share.china.mine",
    "united_states": "cover.us_defence",
    "kazakhstan": "refined.kazakhstan",
    "uzbekistan": "refined.uzbekistan",
}
"""What a seat sees of the far future beside its score and the price."""
KEPT_NEWS = 400
MARKERS = 8
USUAL_SLIP = 1.5
"""Time that projects take, over what their owners plan (six years to a new mine: Keilhacker and Minner 2017)."""


class GameState:
    """Shared by the panels of the game; asks the model through `ask`."""

    def __init__(self, opened: say.Opened, theme: Theme, pointing: Pointing, ask: Callable[[Any], None]) -> None:
        self.setup = opened.setup
        self.view = opened.view
        self.theme, self.pointing, self.ask = theme, pointing, ask
        self.news: list[say.Item] = [*opened.past, *opened.view.news]
        self.controls = {control.name: control for control in opened.setup.controls}
        self.hover_month: int | None = None
        self.is_playing = False
        self.proposal: say.Decide | None = None
        self._fan: say.Fan | None = None
        self.far: say.Fan | None = None
        """The look far ahead: when projects may open, and what a proposal leads to."""
        self.plans = opened.plans
        """By mine, when it was looked ahead and what month of first output was then expected."""
        self._fan_number = 0
        self._explain_number = 0
        self.why: findings.Explained | None = None
        self.is_explaining = False
        self.why_not = ""
        self.is_looking_ahead = False
        self.can_look_ahead = True
        self.group = ""
        self.target: dict[str, str] = {}
        self.chosen_site = ""
        self.speed = 1
        self.trail: dict[str, float] = {}
        """Values a turn ago, for changes shown beside headlines."""
        self.is_tutorial = False

    @property
    def furthest(self) -> int:
        """Month to which looks far ahead reach."""
        return min(self.setup.months, self.view.month + FAR_MONTHS)

    @property
    def near_outcomes(self) -> tuple[str, ...]:
        """What looks a little ahead are asked for."""
        score = f"score.{self.setup.role}"
        own = (score,) if score in self.setup.units else ()
        return ("price.apt.rotterdam", "premium.secure", *own)

    @property
    def far_outcomes(self) -> tuple[str, ...]:
        """What looks far ahead are asked for."""
        further = FURTHER.get(self.setup.role)
        projects = tuple(f"project.{site.key}.stage" for site in self.setup.sites if site.is_project)
        return (*self.near_outcomes, *((further,) if further else ()), *projects)

    # --- answers of the model ----------------------------------------------------------------------

    def take(self, view: say.View, was_month: bool) -> None:
        """A new view."""
        self.view = view
        self.news = [*self.news, *view.news][-KEPT_NEWS:]
        if was_month:
            self._fan = None
            self.proposal = None

    def take_fan(self, fan: say.Fan) -> None:
        """A look ahead has come."""
        if fan.month != self.view.month:
            return
        if fan.is_far:
            self.far, self.plans = fan, fan.plans
            return
        self._fan = fan
        if fan.number == self._fan_number:
            self.is_looking_ahead = False

    def look_ahead(self, proposal: say.Decide | None) -> None:
        """Ask what may follow a proposal, or what is decided so far: a little ahead, then far ahead."""
        left = self.setup.months - self.view.month
        if not self.can_look_ahead or self.view.is_over or left < 1:
            return
        self._fan_number += 1
        self.proposal = proposal
        self.is_looking_ahead = True
        number = self._fan_number
        self.ask(say.Ahead(number, proposal, min(NEAR_MONTHS, left), self.near_outcomes))
        self.ask(say.Ahead(number, proposal, self.furthest - self.view.month, self.far_outcomes, FAR_WORLDS, True))

    def explain(self, outcome: str, first: int, last: int) -> None:
        """Ask what moved an outcome."""
        self._explain_number += 1
        self.is_explaining = True
        self.ask(say.Explain(self._explain_number, outcome, first, last))

    # --- what may follow -----------------------------------------------------------------------------

    @property
    def fan(self) -> say.Fan | None:
        """The look ahead that is shown."""
        return self._fan

    def fan_of(self, outcome: str) -> np.ndarray | None:
        """Quantiles by month, (5, months)."""
        return self._fan.quantiles.get(outcome) if self._fan else None

    def fan_without(self, outcome: str) -> np.ndarray | None:
        """Quantiles without the proposal, if one is shown."""
        return self._fan.without.get(outcome) if self._fan else None

    # --- what screens share ------------------------------------------------------------------------------

    def headline(self, name: str) -> tuple[float, float]:
        """A series' last value and its change over the last turn."""
        past = self.view.series.get(name)
        past = past[np.isfinite(past)] if past is not None else np.zeros(0)
        if not len(past):
            return float("nan"), 0.0
        before = past[-4] if len(past) > 3 else past[0]
        return float(past[-1]), float(past[-1] - before)

    def score(self) -> tuple[float, float]:
        """Own score now and its change over a quarter."""
        past = self.view.scores.get(self.setup.role, np.zeros(0))
        if not len(past):
            return float("nan"), 0.0
        return float(past[-1]), float(past[-1] - past[max(0, len(past) - 4)])

    def markers(self) -> list[tuple[int, say.Item]]:
        """Numbered items of news that stand in the chart: the latest weighty ones, a month one."""
        weighty: dict[int, say.Item] = {}
        for item in self.news:
            if (
                item.weight >= 1
                and item.kind in ("decision", "event")
                and (item.kind == "event" or item.who in ("china", "united_states"))
            ) and (item.weight > 1 or item.kind == "decision" or item.month not in weighty):
                weighty.setdefault(item.month, item)
        latest = list(weighty.values())[-MARKERS:]
        return list(enumerate(latest, 1))

    @property
    def turn(self) -> int:
        """Number of the turn that is played, from 1."""
        return sum(1 for end in self.setup.turns if end <= self.view.month) + 1

    @property
    def turn_end(self) -> int:
        """Month after which the turn ends."""
        return next((end for end in self.setup.turns if end > self.view.month), self.setup.months)

    def actor_of(self, row: int) -> str:
        """Whose mine it is: the partner's, or the backer's."""
        partner = ("", "china", "us", "europe", "turkey", "state")[int(self.view.known["partner"][row])]
        return partner if partner not in ("", "state") else self.setup.sites[row].backer

    def first_output(self, row: int) -> tuple[float, float, float]:
        """Early, middle and late month of a project's first output by the look-ahead; NaN beyond its reach."""
        name = f"project.{self.setup.sites[row].key}.stage"
        found = self.far.quantiles.get(name) if self.far else None
        if found is None or self.far is None:
            return self.reckoned(row)
        return first_output(found, self.far.month)

    def planned(self, site: setting.Site) -> float:
        """Month of first output that the owner planned at the start; NaN if none was named."""
        if not site.plan:
            return float("nan")
        year, month = (int(part) for part in site.plan.split("-"))
        first_year, first_month = (int(part) for part in self.setup.start.split("-"))
        return float((year - first_year) * 12 + month - first_month)

    def slips(self, row: int) -> list[tuple[int, float]]:
        """Former plans of a project, the owner's first: when it was expected, and what month."""
        site = self.setup.sites[row]
        owner = [(0, self.planned(site))] if site.plan else []
        return [*owner, *self.plans.get(site.key, [])[:-1]][-4:]

    def reckoned(self, row: int) -> tuple[float, float, float]:
        """The same from the owner's plan and the usual slip of projects at this stage."""
        site, stage = self.setup.sites[row], int(self.view.stages[row])
        if not site.plan or stage >= 7:
            return (float("nan"),) * 3
        left = max(6.0 if stage < 4 else 2.0, self.planned(site) - self.view.month)
        now = self.view.month
        return now + left, now + left * USUAL_SLIP, now + left * USUAL_SLIP * 1.5

    # --- what the person does ------------------------------------------------------------------------------

    def consider(self, slot: tuple[str, str], value: float) -> None:
        """Look ahead under a value that the hand is on."""
        self.look_ahead(say.Decide(*slot, value))

    def decide(self, slot: tuple[str, str], value: float | None) -> None:
        """Decide for the month to be played."""
        self.ask(say.Decide(*slot, value))
        if value is not None:
            self.look_ahead(say.Decide(*slot, value))

    def undo(self, slot: tuple[str, str]) -> None:
        """Take a decision back."""
        self.ask(say.Undo(*slot))
        self.quiet()
        self.look_ahead(None)

    def quiet(self) -> None:
        """Propose nothing."""
        self.proposal = None

    def withdraw(self) -> None:
        """Propose nothing any more, and look ahead without it."""
        if self.proposal is not None:
            self.look_ahead(None)

    def answer(self, number: int, answer: str) -> None:
        """Answer an offer."""
        self.ask(say.Answer(number, answer))

    def why_last_turn(self) -> None:
        """Ask what moved Rotterdam in the last quarter, once."""
        last = self.view.month
        first = max(0, last - 3)
        if last == 0 or self.is_explaining or (self.why and (self.why.first, self.why.last) == (first, last)):
            return
        self.explain("price.apt.rotterdam", first, last)

    def effects(self) -> list[tuple[str, int]]:
        """What the proposal would do, far ahead and in two years: text, and whether it is good (1) or bad (-1)."""
        fans = [f for f in (self.far, self._fan) if f and f.effects and f.proposal == self.proposal]
        if not fans:
            return []
        rows: list[tuple[str, int]] = []
        score = f"score.{self.setup.role}"
        names = {True: (score, FURTHER.get(self.setup.role, "")), False: (score, "price.apt.rotterdam", "premium.secure")}
        for fan in fans:
            rows += [row for name in names[fan.is_far] if name in fan.effects for row in self._effect(fan, name)]
            if fan.is_far:
                rows += self._openings(fan)
        if not rows and not fans[0].is_far:
            return [(words.say("chart.thinking"), 0)]
        return rows or [(words.say("game.no_effect"), 0)]

    def _effect(self, fan: say.Fan, name: str) -> list[tuple[str, int]]:
        """What a proposal changes in an outcome by the end of a look ahead; nothing if it is next to nothing."""
        low, high = (float(v) for v in fan.effects[name][[0, 4], -1])
        span = words.span(low, high, self.setup.units.get(name, ""))
        if not span:
            return []
        is_score = name.startswith("score.")
        label = words.say("game.score") if is_score else words.figure(self.setup, name, True)
        if not fan.is_far:
            label = words.say("game.in_year", what=label, year=words.year(self.setup, self.view.month + NEAR_MONTHS - 1))
        mood = (1 if low > 0 else -1 if high < 0 else 0) if is_score else 0
        return [(f"{label} {span}", mood)]

    def _openings(self, fan: say.Fan) -> list[tuple[str, int]]:
        """Projects that a proposal brings forward, delays, brings about or stops in the median world, most moved first."""
        rows: list[tuple[float, str, int]] = []
        for site in self.setup.sites:
            name = f"project.{site.key}.stage"
            if name not in fan.without:
                continue
            mine = site.title.split(" (")[0]
            without, then = (opening(found[name][2]) for found in (fan.without, fan.quantiles))
            if math.isfinite(without) and math.isfinite(then):
                sooner = without - then
                if abs(sooner) >= 2:
                    key = "game.sooner" if sooner > 0 else "game.later"
                    text = words.say(key, mine=mine, months=round(abs(sooner)))
                    rows.append((-abs(sooner), text, 1 if sooner > 0 else -1))
            elif math.isfinite(then):
                date = words.date(self.setup, fan.month + int(then) - 1)
                rows.append((-FAR_MONTHS, words.say("game.opens", mine=mine, date=date), 1))
            elif math.isfinite(without):
                rows.append((-FAR_MONTHS, words.say("game.does_not_open", mine=mine), -1))
        return [(text, mood) for _, text, mood in sorted(rows)]

    def reasons(self, other: str) -> tuple[str, ...]:
        """What lately passed between the seat and another role."""
        near = [i for i in self.news if i.who == other and i.kind in ("decision", "loan", "offtake", "award")][-4:]
        return tuple(f"{words.date(self.setup, i.month)}: {words.news(self.setup, i)[0]}" for i in reversed(near))

    # --- put in place by the screen ------------------------------------------------------------------------

    can_offer = False

    def open_offer(self) -> None:
        """Make an offer; the screen replaces this."""

    def open_number(self, key: str) -> None:
        """Take a number apart; the screen replaces this."""

    def open_timeline(self) -> None:
        """Show months and branches; the screen replaces this."""

    def open_page(self, page: str) -> None:
        """Show a page of the side panel; the screen replaces this."""

    def look_at(self, site: str) -> None:
        """Show a mine on the map; the screen replaces this."""

    def site_tip(self, site: setting.Site, row: int) -> Any:
        """What is known of a mine; the screen replaces this."""
