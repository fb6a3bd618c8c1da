"""What pages may send: one strict type for each message; whatever is none of these is turned down."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

LARGEST = 2048
"""Characters of a message."""

Id = Annotated[str, Field(min_length=6, max_length=40, pattern=r"^[A-Za-z0-9-]+$")]
Role = Annotated[str, Field(max_length=40, pattern=r"^[a-z_.]+$")]
Key = Annotated[str, Field(max_length=80, pattern=r"^[a-z0-9_.]*$")]
Table = Annotated[int, Field(ge=1, le=8)]
Round = Annotated[int, Field(ge=0, le=100)]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
PersonId = Annotated[int, Field(ge=1, le=1_000_000)]


class Message(BaseModel):
    """Any message; `id` is chosen by the page, so that one sent twice counts once."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    id: Id


class Sit(Message):
    """Take a place in a seat."""

    kind: Literal["sit"]
    table: Table
    role: Role


class Decide(Message):
    """Captain: decide. Others: propose. None gives the lever back to the advisers."""

    kind: Literal["decide"]
    round: Round
    lever: Key
    target: Key
    value: Number | None


class Vote(Message):
    """Agree with a proposal or not."""

    kind: Literal["vote"]
    round: Round
    proposal: PersonId
    agree: bool


class Submit(Message):
    """Captain: the seat is done with this round, or is not after all."""

    kind: Literal["submit"]
    round: Round
    done: bool


class MakeOffer(Message):
    """Captain: offer another role the deal at a place of the list that was shown."""

    kind: Literal["offer"]
    round: Round
    to: Role
    choice: Annotated[int, Field(ge=0, le=200)]


class Answer(Message):
    """Captain: accept or decline an offer."""

    kind: Literal["answer"]
    round: Round
    offer: PersonId
    accept: bool


class Preview(Message):
    """Ask what a decision would do."""

    kind: Literal["preview"]
    round: Round
    lever: Key
    target: Key
    value: Number


class Start(Message):
    """Teacher: begin, or go on after a pause."""

    kind: Literal["start"]


class Pause(Message):
    """Teacher: stop the clock."""

    kind: Literal["pause"]


class Next(Message):
    """Teacher: play the round now."""

    kind: Literal["next"]
    round: Round


class Clock(Message):
    """Teacher: so many seconds are left, are added, or are given to each round from the next on."""

    kind: Literal["deadline", "extend", "pace"]
    seconds: Annotated[int, Field(ge=10, le=7200)]


class Say(Message):
    """Teacher: a line to everybody; nothing takes it away."""

    kind: Literal["say"]
    text: Annotated[str, Field(max_length=280)]


class Strike(Message):
    """Teacher: an event of the scenario begins in the next month to be played, at every table."""

    kind: Literal["strike"]
    event: Key


class Law(Message):
    """Teacher: a law in a seat, at every table."""

    kind: Literal["law"]
    role: Role
    lever: Key
    target: Key
    value: Number


class Move(Message):
    """Teacher: put a student into a seat."""

    kind: Literal["move"]
    person: PersonId
    table: Table
    role: Role


class Remove(Message):
    """Teacher: take a student out of the class."""

    kind: Literal["remove"]
    person: PersonId


class Assign(Message):
    """Teacher: seat everybody who stands."""

    kind: Literal["assign"]


Student = Annotated[Sit | Decide | Vote | Submit | MakeOffer | Answer | Preview, Field(discriminator="kind")]
Teacher = Annotated[
    Start | Pause | Next | Clock | Say | Strike | Law | Move | Remove | Assign, Field(discriminator="kind")
]

STUDENT: TypeAdapter[Student] = TypeAdapter(Student)
TEACHER: TypeAdapter[Teacher] = TypeAdapter(Teacher)


class Join(BaseModel):
    """Come in with a nickname."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    room: Annotated[str, Field(min_length=4, max_length=8)]
    name: Annotated[str, Field(min_length=1, max_length=24)]


class Return(BaseModel):
    """Come back with one's own code, on whatever device."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    code: Annotated[str, Field(min_length=8, max_length=20)]


class Pin(BaseModel):
    """The teacher's number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    pin: Annotated[str, Field(min_length=4, max_length=12)]
