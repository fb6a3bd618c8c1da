"""Does what the window asks of the model, one request at a time, and looks ahead when there is nothing else to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from agents import expectations
from agents.decisions import Refused
from agents.forecaster import Forecaster
from agents.session import Session
from agents.terms import Offer, Term
from sim.scenario_errors import ScenarioError
from ui import inquiry
from ui import messages as say
from ui.desk import Desk, shelf


class Clerk:
    """Holds the game that is played, if there is one."""

    def __init__(self, answer: Callable[[Any], None]) -> None:
        self.answer = answer
        self.desk: Desk | None = None
        self.forecaster: Forecaster | None = None
        self._asked: dict[int, tuple[say.Ahead, float]] = {}
        self._later: say.Ahead | None = None
        self._offers_due = -1
        self._thoughts: list[Offer] = []
        """Offers of others that are being weighed."""
        self._turns: tuple[int, ...] = ()
        self._has_offers = True
        answer(shelf())

    def sentence(self, error: Exception) -> str:
        """What to tell a person about an error."""
        if isinstance(error, ScenarioError):
            return str(error.errors[0])
        if isinstance(error, Refused | ValueError | OSError):
            return str(error)
        return f"The model failed, and the fault is ours ({type(error).__name__}: {error})."

    def do(self, asked: Any) -> None:
        """Carry a request out and answer it."""
        getattr(self, f"_{type(asked).__name__.lower()}")(asked)

    def close(self) -> None:
        """End the process that looks ahead."""
        if self.forecaster:
            self.forecaster.close()

    # --- between requests --------------------------------------------------------------------------

    def idle(self) -> None:
        """Take what the look-ahead has found; let other roles think about offers when a turn begins."""
        if self.forecaster is None or self.desk is None:
            return
        found = self.forecaster.poll()
        if found is not None:
            self._found(found)
        if self.forecaster.fault:
            self.answer(say.Refusal("Ahead", self.forecaster.fault))
            self.forecaster.fault = ""
        weighed = self.forecaster.poll_weighed()
        if weighed is not None and self._thoughts:
            thoughts, self._thoughts = self._thoughts, []
            if self.desk.receive_offers(thoughts, weighed):
                self.answer(say.Played(self.desk.view(), 0.0, False))
        if self.forecaster.is_waiting:
            return
        if self._later is not None:
            later, self._later = self._later, None
            self._submit(later)
        elif self._has_offers and self._offers_due == self.desk.session.month:
            self._offers_due = -1
            self._thoughts = self.desk.think_of_offers()
            if self._thoughts:
                self.forecaster.weigh(self.desk.session, self._thoughts)

    def _found(self, found: Any) -> None:
        asked, began = self._asked.popitem()[1]
        self._asked.clear()
        has_two = found.without is not None
        without = np.moveaxis(np.quantile(found.without, (0.1, 0.25, 0.5, 0.75, 0.9), axis=-1), 0, 1) if has_two else None
        bands, effect = found.bands, found.effect if has_two else None
        names = found.outcomes
        plans = self._expected(asked, found) if asked.is_far else {}
        self.answer(
            say.Fan(
                number=asked.number,
                proposal=asked.proposal,
                month=found.month,
                quantiles={name: bands[i] for i, name in enumerate(names)},
                without={} if without is None else {name: without[i] for i, name in enumerate(names)},
                effects={} if effect is None else {name: effect[i] for i, name in enumerate(names)},
                worlds=found.values.shape[-1],
                seconds=time.perf_counter() - began,
                is_far=asked.is_far,
                plans=plans,
            )
        )

    def _expected(self, asked: say.Ahead, found: Any) -> dict[str, list[tuple[int, float]]]:
        """Keep when projects are expected to open, if nothing is proposed; what was expected so far."""
        session = self._the_desk().session
        if found.month == session.month and asked.proposal is None:
            stages = dict(zip(found.outcomes, found.bands, strict=True))
            named = [n for n in stages if n.startswith("project.") and n.endswith(".stage")]
            expectations.keep(session, {n.removeprefix("project.").removesuffix(".stage"): stages[n] for n in named})
        return expectations.told(session)

    # --- games ---------------------------------------------------------------------------------------

    def _the_desk(self) -> Desk:
        if self.desk is None:
            raise Refused("No game is open.")
        return self.desk

    def _take(self, desk: Desk, past: tuple[say.Item, ...] = ()) -> None:
        self.desk = desk
        self.close()
        self._asked.clear()
        self._later = None
        self._thoughts = []
        self._offers_due = desk.session.month
        self._turns = desk.setup().turns
        self.answer(say.Opened(desk.setup(), desk.view(), past, expectations.told(desk.session)))
        self.forecaster = Forecaster(desk.session)

    def _open(self, asked: say.Open) -> None:
        self.answer(say.Busy("opening"))
        self._has_offers = asked.has_offers
        self._take(Desk.opened(asked))

    def _load(self, asked: say.Load) -> None:
        self.answer(say.Busy("loading"))
        session = Session.load(asked.path)
        if not session.people:
            raise Refused(f"{Path(asked.path).name} is a game without a person's seat; replay it with main.py replay.")
        desk = Desk(session, session.people[0])
        self._take(desk, desk.past())

    def _save(self, asked: say.Save) -> None:
        path = Path(asked.path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refused(f"{path} cannot be written: {error.strerror or error}; nothing was changed.") from None
        self._the_desk().session.save(path)
        self.answer(say.Saved(asked.path, asked.is_automatic))

    def _rewind(self, asked: say.Rewind) -> None:
        desk = self._the_desk()
        desk.rewind(asked.month, asked.branch)
        self._thoughts = []
        self.answer(say.Opened(desk.setup(), desk.view(), desk.past(), expectations.told(desk.session)))

    # --- months ----------------------------------------------------------------------------------------

    def _decide(self, asked: say.Decide) -> None:
        desk = self._the_desk()
        desk.session.decide(desk.role, asked.lever, asked.target, asked.value)
        self.answer(say.Played(desk.view(), 0.0, False))

    def _undo(self, asked: say.Undo) -> None:
        desk = self._the_desk()
        desk.undo(asked)
        self.answer(say.Played(desk.view(), 0.0, False))

    def _play(self, asked: say.Play) -> None:
        desk = self._the_desk()
        began = time.perf_counter()
        desk.play()
        self._later = None
        self._offers_due = desk.session.month if desk.session.month in self._turns else -1
        self.answer(say.Played(desk.view(), time.perf_counter() - began, True))

    # --- questions ---------------------------------------------------------------------------------------

    def _ahead(self, asked: say.Ahead) -> None:
        if asked.is_far:
            self._later = asked
        else:
            self._submit(asked)

    def _submit(self, asked: say.Ahead) -> None:
        desk = self._the_desk()
        if self.forecaster is None or desk.session.month >= desk.session.months:
            return
        terms = []
        if asked.proposal is not None:
            p = asked.proposal
            terms = [Term(p.lever, p.target, p.value)]
        months = min(asked.months, desk.session.months - desk.session.month)
        number = self.forecaster.submit(desk.session, desk.role, terms, months, asked.worlds, asked.outcomes)
        self._asked = {number: (asked, time.perf_counter())}

    def _explain(self, asked: say.Explain) -> None:
        self.answer(inquiry.explained(self._the_desk().session, asked))

    def _dissect(self, asked: say.Dissect) -> None:
        desk = self._the_desk()
        self.answer(inquiry.dissected(desk.session, desk.role, asked))

    def _chronicle(self, _: say.Chronicle) -> None:
        desk = self._the_desk()
        self.answer(inquiry.chronicled(desk.session, desk.role))

    def _without(self, asked: say.Without) -> None:
        desk = self._the_desk()
        self.answer(inquiry.omitted(desk.session, desk.role, asked.number))

    def _deals(self, asked: say.Deals) -> None:
        self.answer(say.Dealable(asked.to, self._the_desk().deals(asked.to)))

    def _propose(self, asked: say.Propose) -> None:
        desk = self._the_desk()
        made, countered = desk.propose(asked.to, asked.place)
        self.answer(say.Answered(made, countered))
        self.answer(say.Played(desk.view(), 0.0, False))

    def _answer(self, asked: say.Answer) -> None:
        desk = self._the_desk()
        desk.answer(asked.number, asked.answer)
        self.answer(say.Played(desk.view(), 0.0, False))

    def _review(self, asked: say.Review) -> None:
        from ui.review import review

        desk = self._the_desk()
        self.answer(say.Busy("review"))
        self.answer(review(desk.session, desk.role))
