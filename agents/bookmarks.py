"""Everything that a market needs to go on from a month, kept by reference: set, put back, forked, hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.market import Market
from sim import state
from sim.state import Snapshot

IN_SEATS = ("_held", "_ruled")
"""What lies in the seats besides the orders to come."""


@dataclass(frozen=True)
class Bookmark:
    """A market after some months; nothing in it is ever changed."""

    month: int
    worlds: int
    snapshot: Snapshot
    seats: dict[str, Any]
    books: dict[str, dict[str, Any]]
    lists: dict[str, tuple[Any, ...]]
    """What has been recorded so far: decisions, events, outcomes."""


def take(market: Market) -> Bookmark:
    """References to all that matters after the months played."""
    settlement, record = market.settlement, market.record
    return Bookmark(
        month=market.month,
        worlds=market.worlds,
        snapshot=market.snapshot(),
        seats={name: _copied(getattr(market.seats, name)) for name in IN_SEATS},
        books={name: dict(getattr(settlement, name).balances) for name in ("tonnes", "dollars")},
        lists={
            "taken": tuple(market.seats.taken),
            "events": tuple(market.events_seen),
            "times": tuple(record.times),
            "values": tuple(record._values),
        },
    )


def put(market: Market, mark: Bookmark, worlds: Sequence[int] | None = None) -> None:
    """Put a market where a bookmark was set.

    Args:
        market: one of the same scenario, as wide as the bookmark or as the worlds that are taken over.
        mark: where to go on from.
        worlds: columns of the bookmark that become the market's worlds, in this order; all as they are if None.

    Raises:
        ValueError: the market has another width.
    """
    snapshot, seats, books = mark.snapshot, mark.seats, mark.books
    width = mark.worlds
    if worlds is not None:
        columns = np.array(list(worlds), np.int64)
        width = columns.size
        snapshot = state.fork(snapshot, columns.tolist())
        seats, books = _columns(seats, columns, mark.worlds), _columns(books, columns, mark.worlds)
    if market.worlds != width:
        raise ValueError(f"the market has {market.worlds} worlds, the bookmark {width}")
    state.put(market.holders(), snapshot)
    for name, value in seats.items():
        setattr(market.seats, name, _copied(value))
    market.seats._in_force = {}
    for name, balances in books.items():
        getattr(market.settlement, name).balances = dict(balances)
    market.month = market.steps = mark.month
    market.running = mark.month < market.months
    kept = mark.lists if worlds is None else dict.fromkeys(mark.lists, ())
    market.seats.taken = list(kept["taken"])
    market.events_seen = list(kept["events"])
    market.record.times, market.record._values = list(kept["times"]), list(kept["values"])
    market.measure._month = -1


def state_hash(market: Market) -> str:
    """Hash of all declared state and of what is held in the seats: 32 hexadecimal digits (BLAKE2b)."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(str(market.month).encode())
    for key, part in sorted(market.snapshot().items()):
        for name, value in sorted(part.items()):
            _add(digest, f"{key}.{name}", value)
    for lever, targets in sorted(market.seats._held.items()):
        for target, value in sorted(targets.items()):
            _add(digest, f"seats.{lever}.{target}", value)
    return digest.hexdigest()


def _add(digest: Any, name: str, value: Any) -> None:
    array = np.ascontiguousarray(value, np.float64)
    digest.update(f"\n{name} {array.shape} ".encode())
    digest.update(array.tobytes())


def _copied(value: Any) -> Any:
    """Dictionaries anew, arrays by reference."""
    return {key: _copied(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def _columns(value: Any, columns: Any, width: int) -> Any:
    """Some worlds of whatever is held for each of them."""
    if isinstance(value, dict):
        return {key: _columns(inner, columns, width) for key, inner in value.items()}
    if isinstance(value, np.ndarray) and value.ndim and value.shape[-1] == width:
        return np.ascontiguousarray(value[..., columns])
    return value
