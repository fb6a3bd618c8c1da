"""Looks ahead in a process of its own, so that nobody waits; a question that has become stale is dropped."""

from __future__ import annotations

import queue
import signal
from collections.abc import Sequence
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Any

from agents.decisions import Decision
from agents.terms import Offer, Term

if TYPE_CHECKING:
    from agents.lookahead import Fan, Question
    from agents.session import Session
    from agents.weighing import Scales, Weighing
    from sim.scenario import Scenario

PATIENCE = 2.0
"""Seconds that a process is given to end by itself."""
WATCH = 5.0
"""Seconds after which a process without questions looks whether anybody is still there to ask."""
REACHES = 2
"""Kinds of questions, by months, worlds and outcomes, whose worlds without a proposal are kept: near and far."""


class Forecaster:
    """Answers one question at a time, the latest, fans before offers; all calls return at once.

    Args:
        session: the session to look ahead in; of it, only the scenario and the seed are kept.
        worlds: width of the block of worlds that is made ready before the first question.
    """

    def __init__(self, session: Session, worlds: int = 256) -> None:
        context = get_context("spawn")
        self._questions: Any = context.Queue()
        self._answers: Any = context.Queue()
        self._process = context.Process(
            target=_serve,
            args=(session.scenario, session.seed, worlds, self._questions, self._answers),
            name="heavystone-forecaster",
            daemon=True,
        )
        self._process.start()
        self._ticket = 0
        self._is_waiting = False
        self._fan: Fan | None = None
        self._weighing_ticket = 0
        self._weighed: list[Weighing] | None = None
        self.is_ready = False
        """Whether the process has started and made its block of worlds."""
        self.fault = ""
        """What went wrong in the process, if anything; it answers no more when it has ended."""

    def submit(
        self,
        session: Session,
        role: str,
        decisions: Sequence[Decision | Term] = (),
        months: int = 24,
        worlds: int = 256,
        outcomes: Sequence[str] = (),
    ) -> int:
        """Ask for a fan, as `agents.lookahead.fan` does; a question still unanswered is dropped.

        Returns:
            The question's number.

        Raises:
            Refused: as for `agents.lookahead.fan`.
        """
        from agents.lookahead import question

        asked = question(session, role, decisions, months, worlds, outcomes)
        self._ticket = self._ticket + 1
        self._is_waiting = True
        self._questions.put((self._ticket, asked))
        return self._ticket

    def weigh(self, session: Session, offers: Sequence[Offer]) -> int:
        """Ask what offers would change, as `agents.weighing.weigh` does, when no fan is wanted.

        Returns:
            The question's number; one that was asked before and is unanswered is dropped.
        """
        from agents.weighing import laid_out

        self._weighing_ticket = self._weighing_ticket + 1
        self._weighed = None
        self._questions.put((self._weighing_ticket, laid_out(session, offers)))
        return self._weighing_ticket

    def poll(self) -> Fan | None:
        """The answer to the latest question about a fan, once; None while there is none."""
        self._take_in()
        found, self._fan = self._fan, None
        return found

    def poll_weighed(self) -> list[Weighing] | None:
        """The answer to the latest question about offers, once; None while there is none."""
        self._take_in()
        found, self._weighed = self._weighed, None
        return found

    def _take_in(self) -> None:
        """Sort what has been answered; what is stale is dropped."""
        while True:
            try:
                ticket, found = self._answers.get_nowait()
            except queue.Empty:
                if self._is_waiting and not self._process.is_alive():
                    self._is_waiting, self.fault = False, self.fault or "The look-ahead process has ended."
                return
            if isinstance(found, str):
                self.is_ready = True
                if found:
                    self._is_waiting, self.fault = False, found
            elif isinstance(found, list):
                if ticket == self._weighing_ticket:
                    self._weighed = found
            elif ticket == self._ticket:
                self._is_waiting, self._fan = False, found

    @property
    def is_waiting(self) -> bool:
        """Whether the latest question has no answer yet."""
        return self._is_waiting

    def close(self) -> None:
        """End the process."""
        if self._process.is_alive():
            self._questions.put(None)
            self._process.join(PATIENCE)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(PATIENCE)
        for each in (self._questions, self._answers):
            each.cancel_join_thread()
            each.close()

    def __enter__(self) -> Forecaster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _serve(scenario: Scenario, seed: int, worlds: int, questions: Any, answers: Any) -> None:
    """What the process does until it is told to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from agents.light import without_tables

    without_tables()
    from agents.lookahead import block

    blocks: dict[Any, Any] = {worlds: block(scenario, seed, worlds)}
    answers.put((0, ""))
    kept: dict[Any, Any] = {}
    fan: Any = None
    scales: Any = None
    while True:
        while fan is scales is None or not questions.empty():
            asked = _next(questions)
            if asked is None:
                return
            if isinstance(asked[1], list):
                scales = asked
            else:
                fan = asked
        is_fan = fan is not None
        ticket, wanted = fan if is_fan else scales
        try:
            if is_fan:
                if wanted.worlds not in blocks:
                    blocks[wanted.worlds] = block(scenario, seed, wanted.worlds)
                found: Any = _answered(blocks[wanted.worlds], wanted, kept, lambda: not questions.empty())
            else:
                found = _weighed(blocks, scenario, seed, wanted, lambda: not questions.empty())
        except Exception as error:  # the window must hear of it, and the next question may do better
            found = f"The look-ahead failed ({type(error).__name__}: {error})."
        if found is None:
            continue  # interrupted: what has come may replace it, or else it is asked again
        answers.put((ticket, found))
        if is_fan:
            fan = None
        else:
            scales = None


def _next(questions: Any) -> Any:
    """The next question; None when the process is told to end, or when who asks has gone without saying so."""
    asker = parent_process()
    while True:
        try:
            return questions.get(timeout=WATCH)
        except queue.Empty:
            if asker is not None and not asker.is_alive():
                return None


def _weighed(
    blocks: dict[Any, Any], scenario: Scenario, seed: int, wanted: list[Scales], is_stale: Any
) -> list[Weighing] | None:
    """What each offer would change; None if something else is wanted meanwhile, to be asked again."""
    from agents import weighing

    found: list[Weighing] = []
    for scales in wanted:
        key = (scales.each, scales.groups)
        if key not in blocks:
            blocks[key] = weighing.block(scenario, seed, *key)
        part = weighing.read_off(blocks[key], scales, is_stale)
        if part is None:
            return None
        found += part
    return found


def _answered(market: Any, asked: Question, kept: dict[Any, Any], is_stale: Any) -> Fan | None:
    """The fan, with the worlds without the proposal kept from question to question."""
    from agents.lookahead import played, told

    reach = asked.months, asked.worlds, asked.outcomes
    key = (asked.role, asked.orders, fingerprint(asked))
    before, without = kept.get(reach, (None, None))
    if before != key:
        without = played(market, asked, (), is_stale)
        if without is None:
            return None
        if reach not in kept and len(kept) == REACHES:
            kept.clear()
        kept[reach] = key, without
    if not asked.proposed:
        return told(market, asked, without, None)
    values = played(market, asked, asked.proposed, is_stale)
    return None if values is None else told(market, asked, values, without)


def fingerprint(asked: Question) -> bytes:
    """Tells states of the world apart."""
    import hashlib

    digest = hashlib.blake2b(str(asked.mark.month).encode(), digest_size=16)
    for key, part in asked.mark.snapshot.items():
        for name, value in part.items():
            digest.update(f"{key}.{name}".encode())
            digest.update(value.tobytes())
    return digest.digest()
