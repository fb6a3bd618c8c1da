"""A game as the window knows it: the last view, past news, what is proposed and what may follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from agents.expectations import first_output
from ui import findings, setting, words
from ui import messages as say
from ui.kit import Pointing
from ui.theme import Theme

AHEAD_MONTHS = 24
SCHEDULE_MONTHS, SCHEDULE_WORLDS = 84, 48
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
        self.schedule: say.Fan | None = None
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
    def outcomes(self) -> tuple[str, ...]:
        """What looks ahead are asked for."""
        projects = tuple(f"project.{s.key}.stage" for s in self.setup.sites if s.is_project and s.region == self.setup.role)
        score = f"score.{self.setup.role}"
        own = (score,) if score in self.setup.units else ()
        return ("price.apt.rotterdam", "premium.secure", *own, *projects)

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
        if fan.is_schedule:
            self.schedule, self.plans = fan, fan.plans
            return
        self._fan = fan
        if fan.number == self._fan_number:
            self.is_looking_ahead = False

    def look_ahead(self, proposal: say.Decide | None) -> None:
        """Ask what may follow a proposal, or what is decided so far."""
        if not self.can_look_ahead or self.view.is_over:
            return
        self._fan_number += 1
        self.proposal = proposal
        self.is_looking_ahead = True
        months = min(AHEAD_MONTHS, self.setup.months - self.view.month)
        self.ask(say.Ahead(self._fan_number, proposal, months, self.outcomes))

    def look_at_schedule(self) -> None:
        """Ask when projects may open, once nothing else is asked."""
        months = min(SCHEDULE_MONTHS, self.setup.months - self.view.month)
        if self.can_look_ahead and months > 0:
            projects = tuple(f"project.{site.key}.stage" for site in self.setup.sites if site.is_project)
            self.ask(say.Ahead(0, None, months, projects, SCHEDULE_WORLDS, True))

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
        found = self.schedule.quantiles.get(name) if self.schedule else None
        if found is None or self.schedule is None:
            return self.reckoned(row)
        return first_output(found, self.schedule.month)

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
        """What the proposal would do by the end of the look ahead: text, and whether it is good (1) or bad (-1)."""
        fan = self._fan
        if fan is None or not fan.effects or fan.proposal != self.proposal:
            return []
        rows = []
        for name, label, sign, digits in (
            (f"score.{self.setup.role}", words.say("game.score"), 1, 1),
            ("price.apt.rotterdam", words.say("game.rotterdam"), 0, 0),
            ("premium.secure", words.say("chart.secure"), 0, 0),
        ):
            if name not in fan.effects:
                continue
            low, high = (float(v) for v in fan.effects[name][[0, 4], -1])
            if max(abs(low), abs(high)) < 0.5 * 10.0**-digits:
                continue
            text = f"{label} {words.signed(low, digits)} … {words.signed(high, digits)}"
            rows.append((text, sign * (1 if low > 0 else -1 if high < 0 else 0)))
        for site in self.setup.sites:
            name = f"project.{site.key}.stage"
            if name in fan.effects and name in fan.without:
                gap = float(fan.quantiles[name][2, -1] - fan.without[name][2, -1])
                if abs(gap) >= 0.5:
                    stage = words.say(f"stage.{int(fan.quantiles[name][2, -1])}")
                    rows.append((f"{site.title}: {stage}", 1 if gap > 0 else -1))
        return rows or [(words.say("game.no_effect"), 0)]

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
