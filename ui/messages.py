"""What the window and the model's process say to one another: plain data, small enough to send each month."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ui.setting import Setup

Slot = tuple[str, str]
"""A lever and its target."""


# --- asked by the window -------------------------------------------------------------------------


@dataclass(frozen=True)
class Open:
    """Start a game."""

    scenario: str
    seed: int
    role: str
    temperaments: dict[str, str] = field(default_factory=dict)
    until: str = ""
    """Last month "YYYY-MM" of a short campaign; the scenario's own if empty."""
    has_offers: bool = True
    """Whether other roles think of offers by themselves, each turn once it is quiet."""


@dataclass(frozen=True)
class Load:
    """Go on with a saved game."""

    path: str


@dataclass(frozen=True)
class Decide:
    """Set a lever for the month to be played; None gives it back to the rule."""

    lever: str
    target: str
    value: float | None


@dataclass(frozen=True)
class Undo:
    """Take back what was decided for a lever since the last month was played."""

    lever: str
    target: str


@dataclass(frozen=True)
class Play:
    """Play one month."""


@dataclass(frozen=True)
class Ahead:
    """Look ahead under a proposed decision, or under what is decided so far."""

    number: int
    proposal: Decide | None
    months: int
    outcomes: tuple[str, ...]
    worlds: int = 256
    is_far: bool = False
    """Whether it reaches far ahead in few worlds: it waits until nothing else is asked."""


@dataclass(frozen=True)
class Explain:
    """Say what moved an outcome between two months."""

    number: int
    outcome: str
    first: int
    last: int


@dataclass(frozen=True)
class Save:
    """Write the game to a file."""

    path: str
    is_automatic: bool = False


@dataclass(frozen=True)
class Dissect:
    """Say what a number is made of, and what moved its parts over some months."""

    number: int
    key: str
    """As in agents.anatomy."""
    months: int


@dataclass(frozen=True)
class Chronicle:
    """Ask for the branches of the game and the decisions taken on the present one."""


@dataclass(frozen=True)
class Rewind:
    """Go to a month of a branch, the present one if none is named; the game is practice from then on."""

    month: int
    branch: str = ""


@dataclass(frozen=True)
class Without:
    """Ask what would have been without one decision, by its number in the log, under the same luck."""

    number: int


@dataclass(frozen=True)
class Answer:
    """Answer an offer: accept, decline or counter."""

    number: int
    answer: str


@dataclass(frozen=True)
class Deals:
    """Ask which offers could be made to another role."""

    to: str


@dataclass(frozen=True)
class Propose:
    """Make one of the offers that could be made, by its place among them."""

    to: str
    place: int


@dataclass(frozen=True)
class Review:
    """Draw the conclusions of a game for its debrief."""


@dataclass(frozen=True)
class Stop:
    """End the process."""


# --- answered by the model -----------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """A line of news; the window finds the words."""

    month: int
    kind: str
    """event, decision, stage, award, offtake, loan, offer or price."""
    who: str
    """Role, or region or place that is struck."""
    subject: str
    """Key of an event, lever, mine or price."""
    target: str
    before: float
    after: float
    title: str
    text: str
    weight: int
    """0 to be read later, 1 worth a marker, 2 worth a stop."""
    source: str = ""
    kind_of_event: str = ""
    planned: float = 0.0
    """Of a stage: what the mine is planned for, t W/year."""


@dataclass(frozen=True)
class Taken:
    """A decision of the person: number in the log, when, what, and whether it can still be undone."""

    number: int
    month: int
    lever: str
    target: str
    value: float | None


@dataclass(frozen=True)
class Deal:
    """A decision that one side of an offer would take."""

    lever: str
    target: str
    value: float


@dataclass(frozen=True)
class OfferView:
    """An offer between actors."""

    number: int
    month: int
    kind: str
    maker: str
    taker: str
    mine: tuple[Deal, ...]
    yours: tuple[Deal, ...]
    until: int
    state: str
    reason: str
    why: str = ""
    """Why it is made, in the maker's words."""
    answer_by: int = 0
    """Months played with which it lapses; 0 for the end of the month in which it was made."""


@dataclass(frozen=True)
class View:
    """What the person's role may know after a month."""

    month: int
    months: int
    date: str
    series: dict[str, np.ndarray]
    """Values of the months played, the oldest first."""
    known: dict[str, np.ndarray]
    values: dict[Slot, float]
    """Levers of the role as they stand."""
    ruled: dict[Slot, bool]
    """Whether the rule decides it."""
    taken: tuple[Taken, ...]
    pending: tuple[Slot, ...]
    flows: np.ndarray
    """t W/month by way, as far as they are known."""
    stages: np.ndarray
    stage_since: np.ndarray
    news: tuple[Item, ...]
    """News of the months since the last view."""
    scores: dict[str, np.ndarray]
    parts: tuple[tuple[str, float, float], ...]
    """Name, weight and value (0 to 1) of each part of the own score."""
    offers: tuple[OfferView, ...]
    is_practice: bool
    is_over: bool


@dataclass(frozen=True)
class Opened:
    """A game is ready."""

    setup: Setup
    view: View
    past: tuple[Item, ...] = ()
    plans: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    """By project, when it was looked at and what month of first output was expected then."""


@dataclass(frozen=True)
class Played:
    """A month was played, or something was decided."""

    view: View
    seconds: float
    was_month: bool


@dataclass(frozen=True)
class Fan:
    """What may follow: quantiles 10, 25, 50, 75, 90 by month for each outcome, (5, months)."""

    number: int
    proposal: Decide | None
    month: int
    quantiles: dict[str, np.ndarray]
    without: dict[str, np.ndarray]
    """The same without the proposal."""
    effects: dict[str, np.ndarray]
    """Quantiles of what the proposal changes, world by world."""
    worlds: int
    seconds: float
    is_far: bool = False
    plans: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    """Of a far look: by project, when it was looked at and what month of first output was expected then."""


@dataclass(frozen=True)
class Dealable:
    """Offers that could be made to a role."""

    to: str
    offers: tuple[OfferView, ...]


@dataclass(frozen=True)
class Answered:
    """What a rule says to an offer, and what it would take instead."""

    offer: OfferView
    countered: OfferView | None = None


@dataclass(frozen=True)
class Saved:
    """The game was written."""

    path: str
    is_automatic: bool


@dataclass(frozen=True)
class Refusal:
    """Something cannot be done, and why, in a sentence."""

    what: str
    sentence: str


@dataclass(frozen=True)
class Busy:
    """What the model's process is doing."""

    what: str
