"""What does not change during a game: scenarios, roles, places, ways, mines and levers, as plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Campaign:
    """A scenario that can be chosen."""

    name: str
    title: str
    description: str
    start: str
    end: str
    historical: bool


@dataclass(frozen=True)
class Seat:
    """A role, and the temperaments of its rule."""

    key: str
    title: str
    temperaments: tuple[tuple[str, str, str], ...]
    """Name, title and what it does."""


@dataclass(frozen=True)
class Shelf:
    """What can be played: answered once the model's process is up."""

    campaigns: tuple[Campaign, ...]
    seats: tuple[Seat, ...]


@dataclass(frozen=True)
class Place:
    """A region."""

    key: str
    title: str
    lon: float
    lat: float
    licence_bloc: str


@dataclass(frozen=True)
class Way:
    """An arc between regions."""

    key: str
    kind: str
    origin: str
    destination: str
    form: str
    licensed: bool
    gateway: str
    usual: float
    """t W/month at the start."""
    source: str


@dataclass(frozen=True)
class Site:
    """A mine, a block of mines, or a project."""

    key: str
    title: str
    region: str
    owner: str
    backer: str
    stage: int
    capacity: float
    """t W/year."""
    cost_low: float
    cost_high: float
    capex: float
    reserves: float
    grade: float
    plan: str
    winter: float
    power: float
    reagents: float
    workforce: float
    source: str
    confidence: str
    is_project: bool


@dataclass(frozen=True)
class Control:
    """A lever of the person's role."""

    name: str
    unit: str
    low: float
    high: float
    default: float
    help: str
    targets: tuple[str, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Setup:
    """What does not change during a game."""

    scenario: str
    title: str
    role: str
    seed: int
    start: str
    months: int
    turns: tuple[int, ...]
    """Month index at which each turn ends."""
    seats: tuple[Seat, ...]
    places: tuple[Place, ...]
    ways: tuple[Way, ...]
    sites: tuple[Site, ...]
    controls: tuple[Control, ...]
    units: dict[str, str]
    helps: dict[str, str]
    """Unit and help of each outcome."""
    news: dict[str, tuple[str, str]]
    """Title and sentence of each event."""
    sources: dict[str, tuple[str, str, str]]
    """Value in words, source and confidence of parameters."""
