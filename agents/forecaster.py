"""Looks ahead in a process of its own, so that nobody waits; a question that has become stale is dropped."""

from __future__ import annotations

import queue
import signal
from collections.abc import Sequence
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from agents.decisions import Decision
from agents.terms import Term

if TYPE_CHECKING:
    from agents.lookahead import Fan, Question
    from agents.session import Session
    from sim.scenario import Scenario

PATIENCE = 2.0
"""Seconds that a process is given to end by itself."""


class Forecaster:
    """Answers one question at a time, the latest; all calls return at once.

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

    def poll(self) -> Fan | None:
        """The answer to the latest question, once; None while there is none."""
        while True:
            try:
                ticket, found = self._answers.get_nowait()
            except queue.Empty:
                if self._is_waiting and not self._process.is_alive():
                    self._is_waiting, self.fault = False, self.fault or "The look-ahead process has ended."
                return None
            if isinstance(found, str):
                self.is_ready = True
                if found and ticket == self._ticket:
                    self._is_waiting, self.fault = False, found
            elif ticket == self._ticket:
                self._is_waiting = False
                return found

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
    from agents.lookahead import block

    blocks = {worlds: block(scenario, seed, worlds)}
    answers.put((0, ""))
    kept: dict[str, Any] = {}
    while True:
        asked = _latest(questions)
        if asked is None:
            return
        ticket, wanted = asked
        try:
            if wanted.worlds not in blocks:
                blocks[wanted.worlds] = block(scenario, seed, wanted.worlds)
            found = _answered(blocks[wanted.worlds], wanted, kept, lambda: not questions.empty())
        except Exception as error:  # the window must hear of it, and the next question may do better
            answers.put((ticket, f"The look-ahead failed ({type(error).__name__}: {error})."))
            continue
        if found is not None:
            answers.put((ticket, found))


def _latest(questions: Any) -> Any:
    """The last question asked, waiting for one; None to end."""
    asked = questions.get()
    while asked is not None and not questions.empty():
        asked = questions.get()
    return asked


def _answered(market: Any, asked: Question, kept: dict[str, Any], is_stale: Any) -> Fan | None:
    """The fan, with the worlds without the proposal kept from question to question."""
    from agents.lookahead import played, told

    key = (asked.role, asked.orders, asked.months, asked.worlds, asked.outcomes, fingerprint(asked))
    if kept.get("key") != key:
        without = played(market, asked, (), is_stale)
        if without is None:
            return None
        kept["key"], kept["without"] = key, without
    if not asked.proposed:
        return told(market, asked, kept["without"], None)
    values = played(market, asked, asked.proposed, is_stale)
    return None if values is None else told(market, asked, values, kept["without"])


def fingerprint(asked: Question) -> bytes:
    """Tells states of the world apart."""
    import hashlib

    digest = hashlib.blake2b(str(asked.mark.month).encode(), digest_size=16)
    for key, part in asked.mark.snapshot.items():
        for name, value in part.items():
            digest.update(f"{key}.{name}".encode())
            digest.update(value.tobytes())
    return digest.digest()
