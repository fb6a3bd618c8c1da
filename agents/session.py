"""The session that all doors share: decisions in, a month out, an observation for each role, any month again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from agents import acts, bookmarks, seating
from agents.advance import advance
from agents.branches import Branch, Branches, Node
from agents.decisions import Change, Decision, Event, Refused, Report, checked, roles, sentence
from agents.known import known_here, series
from agents.market import Market
from agents.observation import Observation
from agents.terms import AGREED, Offer, Term, lapsed, settled
from agents.travels import Travels
from sim.network import Vector
from sim.scenario import Scenario

if TYPE_CHECKING:
    from agents.save_format import SavedScenario

__all__ = ["Branch", "Change", "Decision", "Event", "Refused", "Report", "Session"]


class Session(Travels):
    """One world, played month by month by people and rules, with every month kept.

    Args:
        market: one world at its start, without decisions of people; its orders are the scenario's.
        people: roles in which people sit from the start.
        temperaments: how the rules of some roles play, by role.
        seed: the world's seed.
    """

    def __init__(self, market: Market, people: Sequence[str], temperaments: Mapping[str, str], seed: int) -> None:
        self.market = market
        self.seed = seed
        self.temperaments = dict(temperaments)
        self.people = seating.checked_people(market.levers, people)
        scripted = seating.of_scenario(market.levers, market.seats.orders)
        self.scripted = (*scripted, *seating.of_setup(market.levers, self.temperaments))
        root = Node(0, None, self.people, hash=bookmarks.state_hash(market), mark=bookmarks.take(market))
        self._branches = Branches(root)
        self._coming: tuple[Decision, ...] = ()
        self._offers: tuple[Offer, ...] = ()
        self._next = 1
        self.is_practice = False
        """Whether a month was ever gone back to: such a game counts as practice."""
        self.blocks: dict[Hashable, Market] = {}
        """Blocks of worlds for looking ahead, made when they are first asked for."""
        self.as_saved: SavedScenario | None = None
        """The scenario as saves hold it, once there was one."""
        self.differs_from: int | None = None
        """First month that did not come out as it was saved, if any."""
        self.until = ""
        """Last month "YYYY-MM" that the people mean to play; the scenario's own if empty."""
        self.notes: tuple[str, ...] = ()
        """What a person should know about a session that was loaded."""

    @classmethod
    def new(
        cls,
        scenario: Scenario | str | Path = "central_asia_2025",
        seed: int = 1,
        people: Sequence[str] = (),
        temperaments: Mapping[str, str] | None = None,
    ) -> Session:
        """A session at its start.

        Args:
            scenario: a scenario, a shipped name, or a file's path.
            seed: the world's seed, from 0.
            people: roles in which people sit; the scenario's decisions for them do not hold.
            temperaments: temperament of the rule by role, where it is not the scenario's.

        Raises:
            Refused: an unknown role or temperament, or a seed that is none.
            ScenarioError: everything that is wrong with the scenario's files.
        """
        if not 0 <= seed < 2**63:
            raise Refused(f"seed {seed} is not allowed; it is a whole number from 0 to {2**63 - 1}.")
        return cls(Market(scenario, seeds=[seed]), people, temperaments or {}, seed)

    # --- what it is and where it stands ----------------------------------------------------------

    @property
    def scenario(self) -> Scenario:
        """The scenario that is played."""
        return self.market.scenario

    @property
    def month(self) -> int:
        """Months played."""
        return self.market.month

    @property
    def months(self) -> int:
        """Months of the whole scenario."""
        return self.market.months

    @property
    def date(self) -> str:
        """Month to be played, "YYYY-MM"."""
        return self.market.date

    @property
    def at(self) -> Node:
        """The place in the tree where the session stands."""
        return self._branches.at

    @property
    def is_over(self) -> bool:
        """Whether the last month has been played."""
        return self.month >= self.months

    @property
    def roles(self) -> tuple[str, ...]:
        """All roles that can be played."""
        return roles(self.market.levers)

    def date_of(self, month: int) -> str:
        """Date "YYYY-MM" of the month with this many months before it."""
        return self.market.date_of(month)

    # --- decisions --------------------------------------------------------------------------------

    def decide(self, role: str, lever: str, target: str, value: float | str | None) -> Decision:
        """Decide something from the month to be played on; it takes the place of what was decided for it before.

        Args:
            role: a role in which a person sits.
            lever: one of its levers.
            target: what the lever is set for; "" if it has no target.
            value: in the lever's unit, a choice, or None to give it back to the role's rule.

        Raises:
            Refused: one sentence that says what is not allowed, and what is.
        """
        number = checked(self.market.levers, role, lever, target, value)
        if role not in self.people:
            raise Refused(f"Nobody sits in the seat of {role}; take it first.")
        agreed = self._agreement(lever, target)
        if agreed is not None:
            other = agreed.taker if role == agreed.maker else agreed.maker
            raise Refused(f"{lever} is bound by an agreement with {other} until {self.date_of(agreed.until)}.")
        return self.arrange(role, lever, target, number, self.month)

    def arrange(
        self, role: str, lever: str, target: str, value: float | None, month: int, source: str = "person"
    ) -> Decision:
        """Put down a decision for the month to be played or a later one, whoever sits in the seat.

        Raises:
            Refused: the game is over, the month has been played, or the decision is not allowed.
        """
        number = checked(self.market.levers, role, lever, target, value, with_temperament=source == "set")
        if self.is_over:
            raise Refused(f"The game ended with {self.date_of(self.months - 1)}; nothing is left to decide.")
        if not self.month <= month < self.months:
            raise Refused(f"Month {month} cannot be decided for; allowed: {self.month} to {self.months - 1}.")
        decision = Decision(self.take_number(), month, role, lever, target, number, source)
        same = [d for d in self._coming if d.month == month and d.slot == decision.slot]
        self._coming = (*(d for d in self._coming if d not in same), decision)
        return decision

    def strike(self, key: str, source: str = "teacher") -> Decision:
        """Let an event of the scenario begin in the month to be played, whatever the luck; it can be undone.

        Raises:
            Refused: an unknown event, a scenario without events, or no month left.
        """
        return self.happen(acts.EVENT, key, 1.0, source)

    def happen(self, lever: str, target: str, value: float, source: str = "study") -> Decision:
        """Let an act of nature take place in the month to be played, such as another luck; it can be undone.

        Raises:
            Refused: what `agents.acts.checked` refuses, or no month left.
        """
        if self.is_over:
            raise Refused("The game is over; nothing can happen any more.")
        act = acts.checked(self.market, Decision(self._next, self.month, seating.NATURE, lever, target, value, source))
        self._coming, self._next = (*self._coming, act), self._next + 1
        return act

    def take_number(self) -> int:
        """The next number for a decision or an offer."""
        self._next = self._next + 1
        return self._next - 1

    def undo(self, decision: Decision) -> None:
        """Take back a decision whose month has not been played.

        Raises:
            Refused: it has taken effect, or was taken back or replaced.
        """
        if decision not in self._coming:
            raise Refused(f"The decision on {decision.lever} has taken effect or was taken back; it cannot be undone.")
        self._coming = tuple(d for d in self._coming if d != decision)

    def pending(self, role: str) -> tuple[Decision, ...]:
        """What has been decided in a seat for the month to be played."""
        return tuple(d for d in self._coming if d.role == role and d.month == self.month)

    @property
    def coming(self) -> tuple[Decision, ...]:
        """All decisions made for months that have not been played."""
        return self._coming

    @property
    def log(self) -> tuple[Decision, ...]:
        """Decisions made in the session that have taken effect, in order."""
        return tuple(d for node in self._branches.at.line() for d in node.decisions)

    def value(self, lever: str, target: str = "") -> float:
        """What a lever stands at: decided for the month to be played, or else in force.

        Raises:
            Refused: an unknown lever or target.
        """
        try:
            self.market.levers.slot(lever, target)
        except ValueError as error:
            raise Refused(sentence(str(error))) from None
        for decision in self._coming:
            if decision.slot == (lever, target) and decision.month == self.month and decision.value is not None:
                return decision.value
        in_force = self.market.seats[lever]
        row = self.market.levers[lever].targets.index(target) if target else ...
        return float(in_force[row].reshape(-1)[0])

    def decided_by(self, lever: str, target: str = "") -> str:
        """Who decided what a lever stands at: person, offer, scenario, setup, or rule."""
        value, source = self._branches.at.held.get((lever, target), (None, "rule"))
        for decision in self._coming:
            if decision.slot == (lever, target) and decision.month == self.month:
                value, source = decision.value, decision.source
        return "rule" if value is None else source

    # --- seats --------------------------------------------------------------------------------------

    def take(self, role: str) -> None:
        """A person sits down: what is in force stays, the scenario's decisions still to come do not.

        Raises:
            Refused: an unknown role, or a seat that is taken.
        """
        people = seating.checked_people(self.market.levers, (*self.people, role))
        if role in self.people:
            raise Refused(f"The seat of {role} is taken.")
        self.people = people

    def leave(self, role: str) -> None:
        """A person gets up: rule and scenario decide again from the month to be played on; agreements stand.

        Raises:
            Refused: nobody sits there.
        """
        if role not in self.people:
            raise Refused(f"Nobody sits in the seat of {role}.")
        self.people = tuple(each for each in self.people if each != role)
        self._coming = tuple(d for d in self._coming if d.role != role or d.source in AGREED)

    # --- months -------------------------------------------------------------------------------------

    def play(self, months: int = 1) -> list[Report]:
        """Play some months, fewer if the scenario ends, and report each."""
        reports = []
        for _ in range(months):
            if self.is_over:
                break
            reports.append(self._play_month())
        return reports

    def _play_month(self) -> Report:
        at = self._branches.at
        made = tuple(d for d in self._coming if d.month == at.month)
        node = self._again(at, made) or self._onwards(at, made)
        self._coming = tuple(d for d in self._coming if d.month > at.month)
        assert node.report is not None
        return node.report

    def _again(self, at: Node, made: tuple[Decision, ...]) -> Node | None:
        """The month that was played here before, if it is put in the same again."""
        ahead = self._branches.ahead()
        if ahead is None or ahead.people != self.people or settled(ahead.offers) != settled(self._offers):
            return None
        if [replace(d, number=0) for d in ahead.decisions] != [replace(d, number=0) for d in made]:
            return None
        if ahead.upcoming != tuple(d for d in self._coming if d.month > at.month):
            return None
        self._stand_at(ahead)
        self._offers = ahead.offers
        return ahead

    def _onwards(self, at: Node, made: tuple[Decision, ...]) -> Node:
        """Play a month and keep it."""
        node = advance(self.market, at, self.people, self.scripted, made)
        node.upcoming = tuple(d for d in self._coming if d.month > at.month)
        node.offers = self._offers = lapsed(self._offers, node.month)
        self._branches.grow(node)
        return node

    @property
    def hashes(self) -> list[str]:
        """Hash of the state at the start and after each month played."""
        return [node.hash for node in self._branches.at.line()]

    @property
    def offers(self) -> tuple[Offer, ...]:
        """All offers made so far, answered or not; see agents.offers."""
        return self._offers

    def keep_offers(self, offers: tuple[Offer, ...]) -> None:
        """Put down offers as they stand now."""
        self._offers = offers

    def _agreement(self, lever: str, target: str) -> Offer | None:
        """The agreement that settles a lever in the month to be played."""
        for offer in self._offers:
            if offer.stands(self.month) and Term(lever, target, None) in offer:
                return offer
        return None

    @property
    def reports(self) -> list[Report]:
        """Reports of the months played."""
        return [node.report for node in self._branches.at.line() if node.report is not None]

    def series(self, outcome: str) -> Vector:
        """An outcome in each month played, (months,): for the debrief, as roles may not know it."""
        row = self.market.record.outcomes.index(outcome)
        return np.array([values[row, 0] for values in self.market.record._values])

    # --- what a role knows ------------------------------------------------------------------------------

    def observe(self, role: str) -> Observation:
        """What a role may know before the month to be played.

        Raises:
            Refused: an unknown role.
        """
        seating.checked_people(self.market.levers, (role,))
        briefing = self.market.briefing
        return briefing.of(role, briefing.public())

    def known_series(self, role: str) -> dict[str, np.ndarray]:
        """Past monthly values that a role may know, (months,) each; NaN where nothing is published yet.

        Raises:
            Refused: an unknown role.
        """
        seating.checked_people(self.market.levers, (role,))
        line = self._branches.at.line()
        missing = [node for node in line if role not in node.known]
        for node in missing:
            if node is not self._branches.at:
                assert node.mark is not None
                bookmarks.put(self.market, node.mark)
            elif len(missing) > 1:
                self._stand_at(node)
            node.known[role] = known_here(self.observe(role))
        if missing:
            self._stand_at(self._branches.at)
        return series([node.known[role] for node in line])

    # --- saving -----------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write everything that is needed to go on, branches too, into a file that appears whole or not at all.

        Raises:
            SaveError: it cannot be written; what was there before is intact.
        """
        from agents import saves

        saves.save(self, Path(path))

    @staticmethod
    def load(path: str | Path, played: Callable[[int], None] | None = None) -> Session:
        """A session from a file, at the month in which it was saved.

        Args:
            path: the file.
            played: told of the progress, in months played.

        Raises:
            SaveError: it cannot be read, or is none, or damaged, or newer.
        """
        from agents import saves

        return saves.load(Path(path), played)
