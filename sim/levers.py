"""Every decision that anyone can take: name, unit, range, default, role, targets and help, in one registry.

A decision is a value for one lever, one target and one world; NaN leaves it to the role's own rule.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.scenario import Scenario

LICENCE_BLOCS = ("us", "europe", "japan", "korea", "rest")
BUYER_BLOCS = ("us", "europe", "japan_korea")
PARTNERS = ("none", "china", "us", "europe", "turkey", "state")
OFFTAKERS = ("china", "us", "europe", "japan_korea")
UNLIMITED = 1.0e6


@dataclass(frozen=True)
class Lever:
    """One kind of decision."""

    name: str
    role: str
    unit: str
    low: float
    high: float
    default: float
    """Value that the decision has when neither a seat nor a rule says otherwise."""
    help: str
    targets: tuple[str, ...] = ()
    """What it is aimed at: a mine, a bloc, a partner; empty if it has no target."""
    choices: tuple[str, ...] = ()
    """Categories, stored as their position; empty for a number."""

    def value(self, text: str) -> float:
        """Read a value typed by a person.

        Raises:
            ValueError: one sentence that says what is allowed.
        """
        if self.choices:
            if text in self.choices:
                return float(self.choices.index(text))
            raise ValueError(f"'{text}' is not a choice of {self.name}; allowed: {', '.join(self.choices)}")
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not self.low <= number <= self.high:
            raise ValueError(f"{self.name} = {text} is not allowed; it is a number from {self.range()}")
        return number

    def range(self) -> str:
        """Allowed values in words."""
        if self.choices:
            return ", ".join(self.choices)
        return f"{self.low:g} to {self.high:g} {self.unit}"


class Levers:
    """The levers of a scenario and the slots, one for each lever and target, in which decisions lie."""

    def __init__(self, levers: tuple[Lever, ...]) -> None:
        self.by_name = {lever.name: lever for lever in levers}
        self.slots: tuple[tuple[str, str], ...] = tuple(
            (lever.name, target) for lever in levers for target in (lever.targets or ("",))
        )
        self._place = {slot: i for i, slot in enumerate(self.slots)}
        self._first: dict[str, int] = {}
        for i, (name, _) in enumerate(self.slots):
            self._first.setdefault(name, i)

    def __iter__(self) -> Iterator[Lever]:
        return iter(self.by_name.values())

    def __getitem__(self, name: str) -> Lever:
        return self.by_name[name]

    def rows(self, name: str) -> slice:
        """Slots of a lever, one a target, in the order of its targets."""
        first = self._first[name]
        return slice(first, first + max(1, len(self.by_name[name].targets)))

    def slot(self, name: str, target: str = "") -> int:
        """Slot of a lever and target.

        Raises:
            ValueError: an unknown lever or target, with the nearest known ones.
        """
        if name not in self.by_name:
            near = difflib.get_close_matches(name, self.by_name, 3)
            hint = f"; did you mean {' or '.join(near)}?" if near else "; `main.py levers` lists them"
            raise ValueError(f"unknown lever '{name}'{hint}")
        lever = self.by_name[name]
        if (name, target) not in self._place:
            if not lever.targets:
                raise ValueError(f"lever '{name}' takes no target, but '{target}' was given")
            given = f"'{target}' is not a target of {name}" if target else f"lever '{name}' needs a target"
            raise ValueError(f"{given}; allowed: {', '.join(lever.targets)}")
        return self._place[name, target]

    def check(self, name: str, target: str, value: float | Sequence[float]) -> None:
        """Refuse a decision that cannot be meant.

        Raises:
            ValueError: an unknown lever or target, or for a lever with choices a number that is none of them.
        """
        self.slot(name, target)
        choices = self.by_name[name].choices
        given = [value] if isinstance(value, int | float) else list(value)
        for number in given if choices else ():
            if number == number and number != math.floor(number):
                numbered = ", ".join(f"{i} {choice}" for i, choice in enumerate(choices))
                raise ValueError(f"{name} = {number:g} is no choice; allowed: {numbered}, or NaN for the rule's own")


def registry(scenario: Scenario) -> Levers:
    """All levers of a scenario; targets are its mines and its governments' temperaments."""
    projects = tuple(m.key for m in scenario.mines if m.capex.value > 0)
    kazakh = tuple(m.key for m in scenario.mines if m.region == "kazakhstan")
    uzbek = tuple(m.key for m in scenario.mines if m.region == "uzbekistan")
    tempers = tuple(
        Lever(
            f"{g.key}.temperament",
            g.key,
            "choice",
            0,
            len(g.temperaments) - 1,
            0,
            f"Temperament of the rule that plays {g.title} when nobody does.",
            choices=tuple(t.name for t in g.temperaments),
        )
        for g in scenario.governments
    )
    return Levers(
        _china(projects)
        + _united_states(projects)
        + _middle_power("kazakhstan", kazakh)
        + _middle_power("uzbekistan", uzbek)
        + _allies(projects)
        + _buyers()
        + tempers
    )


def _china(projects: tuple[str, ...]) -> tuple[Lever, ...]:
    r = "china"
    return (
        Lever("china.licence_approval", r, "share", 0, 1, 1,
              "Share of the usual trade in controlled forms (APT, oxide, carbide) that gets an export licence.",
              LICENCE_BLOCS),
        Lever("china.licence_military", r, "share", 0, 1, 1,
              "Share of licence requests for military end use that is granted."),
        Lever("china.processing_delay", r, "month", 0, 12, 0,
              "Months that a licence takes; a longer wait keeps goods at home and users nervous."),
        Lever("china.controlled_scope", r, "share", 0, 1, 0,
              "Share of the still uncontrolled forms (powder, ferrotungsten, tools) put under licence too."),
        Lever("china.mining_quota", r, "t W/year", 0, 120_000, 58_800, "Mining quota, contained tungsten."),
        Lever("china.quota_enforcement", r, "share", 0, 1, 0.746,
              "How far mining above the quota is stopped: 0 lets half as much again pass (as in 2015), 1 nothing."),
        Lever("china.reserve_purchases", r, "t W/year", -10_000, 10_000, 0,
              "State reserve: bought (positive) or released (negative)."),
        Lever("china.overseas_finance", r, "million USD", 0, 2_000, 0,
              "Money offered by Chinese banks and companies for a mine abroad.", projects),
        Lever("china.retaliation", r, "share", 0, 1, 0,
              "Share of licences for a bloc withheld, on top of approvals, in answer to tariffs and bans."),
    )  # fmt: skip


def _united_states(projects: tuple[str, ...]) -> tuple[Lever, ...]:
    r = "united_states"
    return (
        Lever("united_states.loan", r, "million USD", 0, 2_000, 0,
              "State loan (EXIM, DFC) offered to a project; drawn only after study, permits and an offtake.", projects),
        Lever("united_states.offtake_share", r, "share", 0, 1, 0,
              "Share of a project's output bought under a long contract.", projects),
        Lever("united_states.floor_price", r, "USD/mtu", 0, 1_000, 0,
              "Floor price of that contract, for APT; 0 is none.", projects),
        Lever("united_states.mine_support", r, "million USD/year", 0, 200, 0,
              "Grants to a project's studies and permits.", projects),
        Lever("united_states.stockpile_purchases", r, "t W/year", -5_000, 5_000, 0,
              "National Defense Stockpile: bought (positive) or released (negative)."),
        Lever("united_states.tariff_china", r, "share", 0, 2, 0.25,
              "Tariff on tungsten from China; 25 % since January 2025 (section 301)."),
        Lever("united_states.sourcing_ban", r, "share", 0, 1, 0,
              "Share of defence use that must be mined and refined outside China, Russia and North Korea."),
        Lever("united_states.recycling_support", r, "million USD/year", 0, 200, 0, "Support of scrap collection."),
        Lever("united_states.advocacy", r, "share", 0, 1, 0,
              "Diplomatic weight put behind Central Asian projects; wins awards and trust."),
    )  # fmt: skip


def _middle_power(role: str, mines: tuple[str, ...]) -> tuple[Lever, ...]:
    people = role.capitalize()
    own: tuple[Lever, ...] = (
        Lever(f"{role}.award", role, "choice", 0, len(PARTNERS) - 1, 0,
              "Partner to whom a deposit is awarded; none leaves it as it stands.", mines, PARTNERS),
        Lever(f"{role}.processing_requirement", role, "share", 0, 1, 0,
              "Share of concentrate that must be refined at home."),
        Lever(f"{role}.royalty", role, "share", 0, 0.4, 0.06, "Royalty on the value of concentrate."),
        Lever(f"{role}.export_duty", role, "share", 0, 0.4, 0, "Duty on exported concentrate."),
        Lever(f"{role}.refinery_investment", role, "million USD/year", 0, 300, 0, "Money for APT plants at home."),
        Lever(f"{role}.carbide_investment", role, "million USD/year", 0, 200, 0,
              "Money for powder and carbide plants at home."),
        Lever(f"{role}.skills_investment", role, "million USD/year", 0, 100, 2,
              "Training of engineers and metallurgists."),
        Lever(f"{role}.local_workforce", role, "share", 0, 1, 0.6, "Share of jobs reserved for local people."),
        Lever(f"{role}.power_readiness", role, "million USD/year", 0, 100, 0,
              "Grid and winter readiness of the mining regions."),
        Lever(f"{role}.reserved_share", role, "share", 0, 1, 0,
              f"Share of {people}'s output not yet under contract that is kept for a partner; the rest is open.",
              OFFTAKERS),
        Lever(f"{role}.diplomacy", role, "million USD/year", 0, 20, 1,
              "Effort put into relations.", ("china", "united_states", "european_union", "russia")),
    )  # fmt: skip
    if role == "uzbekistan":
        own += (
            Lever("uzbekistan.fast_track", role, "share", 0, 1, 0.5,
                  "How far permits are hurried: at 1, studies take five eighths of the time that they take at 0."),
            Lever("uzbekistan.first_come", role, "share", 0, 1, 1,
                  "1: offtakes go to whoever asks first; 0: to the most trusted."),
        )  # fmt: skip
    return own


def _allies(projects: tuple[str, ...]) -> tuple[Lever, ...]:
    both: tuple[Lever, ...] = ()
    for role, people in (("european_union", "European"), ("japan_korea", "Japanese and Korean")):
        both += (
            Lever(f"{role}.stockpile_purchases", role, "t W/year", -2_000, 2_000, 0,
                  f"{people} stockpile: bought (positive) or released (negative)."),
            Lever(f"{role}.project_finance", role, "million USD", 0, 1_000, 0, "Loan offered to a project.", projects),
            Lever(f"{role}.offtake_share", role, "share", 0, 1, 0,
                  "Share of a project's output bought under a long contract.", projects),
            Lever(f"{role}.premium_support", role, "USD/mtu", 0, 200, 0,
                  "Public money towards the premium that users pay for secure supply."),
        )  # fmt: skip
    return both + (
        Lever("turkey.project_finance", "turkey", "million USD", 0, 500, 0, "Turkish capital for a project.", projects),
        Lever("russia.state_finance", "russia", "million USD", 0, 500, 0, "State money for a project.", projects),
        Lever("russia.exports_to_china", "russia", "share", 0, 1, 1,
              "Share of the usual sales to China that is allowed."),
    )  # fmt: skip


def _buyers() -> tuple[Lever, ...]:
    seats: tuple[Lever, ...] = ()
    for bloc in BUYER_BLOCS:
        r = f"buyers.{bloc}"
        seats += (
            Lever(f"{r}.premium_ceiling", r, "share", 0, 1, 0.05,
                  "Largest premium over ordinary material paid for supply that cannot be refused."),
            Lever(f"{r}.secure_share", r, "share", 0, 1, 0.1,
                  "Share of civilian use that is wanted from outside China, Russia and North Korea."),
            Lever(f"{r}.cover", r, "month", 0.5, 12, 2.8, "Stock that is wished for, months of use (secret)."),
            Lever(f"{r}.pooling", r, "share", 0, 1, 0, "Share of that stock held in common with the other groups."),
            Lever(f"{r}.long_contracts", r, "share", 0, 1, 0.4, "Share of purchases at last half-year's mean price."),
            Lever(f"{r}.recycling_effort", r, "million USD/year", 0, 100, 0, "Money for scrap collection."),
            Lever(f"{r}.substitution_effort", r, "million USD/year", 0, 100, 0, "Money for thrift and substitutes."),
        )  # fmt: skip
    return seats
