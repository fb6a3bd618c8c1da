"""Reads the strategies of each seat, and the ways in which everybody else may play, from their file."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lab.options import InputError

FILE = Path(__file__).with_name("strategies.toml")


class Part(BaseModel):
    """A part of the file; frozen and strict."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class Act(Part):
    """Something that is done with a lever while it applies."""

    lever: str
    """Its name without the role."""
    value: float | int | str
    """A number in the lever's unit, a choice, or "rule" for what the rule decides."""
    to: tuple[str, ...] = Field(default=(), strict=False)
    """Targets; all of the lever's if empty."""
    since: str = ""
    """First month, YYYY-MM; from the start if empty."""
    until: str = ""
    """First month in which it no longer applies; never if empty."""
    when: tuple[str, ...] = Field(default=(), strict=False)
    """What must be so of what the seat knows: "NAME > NUMBER" or "NAME / NAME < NUMBER", with a licence bloc in
    brackets where there is a number for each; all of them."""


class Strategy(Part):
    """A plan that a person could follow, for one seat."""

    role: str
    name: str
    says: str
    """In a sentence."""
    acts: tuple[Act, ...] = Field(strict=False)
    """Where two apply to the same lever and target, the later one; where none does, the rule decides."""


class Profile(Part):
    """How everybody else plays: a temperament for each role; the role that is measured keeps the shipped one."""

    name: str
    says: str
    temperaments: dict[str, str]


class Book(Part):
    """All profiles and strategies."""

    profiles: tuple[Profile, ...] = Field(alias="profile", strict=False)
    strategies: tuple[Strategy, ...] = Field(alias="strategy", strict=False)

    def of(self, role: str) -> tuple[Strategy, ...]:
        """The strategies of a role."""
        return tuple(strategy for strategy in self.strategies if strategy.role == role)


@cache
def book(path: Path = FILE) -> Book:
    """Read the strategies.

    Raises:
        InputError: everything that is wrong with the file.
    """
    try:
        return Book.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path.name}: {error}.") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise InputError(f"{path.name}: {wrong}.") from None
