"""Everything that a market needs to go on from a month, kept by reference: set, put back, forked, hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.market import Market
from sim import state
from sim.compiled import kernel
from sim.network import Vector
from sim.state import Snapshot

PRIME = np.uint64(0x100000001B3)
SHIFT = np.uint64(29)


@dataclass(frozen=True)
class Bookmark:
    """A market after some months; nothing in it is ever changed."""

    month: int
    snapshot: Snapshot
    lists: dict[str, tuple[Any, ...]]
    """What has been recorded so far: decisions, events, times and values of outcomes."""
    own: Mapping[str, Vector] = field(default_factory=dict)
    """Parameters of behaviour that are not the scenario's, "group.name" to (worlds,)."""

    def bare(self) -> Bookmark:
        """The same without what was recorded: all that another process needs to look ahead."""
        return Bookmark(self.month, self.snapshot, {}, self.own)


def take(market: Market) -> Bookmark:
    """References to all that matters after the months played."""
    lists = {
        "taken": tuple(market.seats.taken),
        "events": tuple(market.events_seen),
        "times": tuple(market.record.times),
        "values": tuple(market.record._values),
    }
    return Bookmark(market.month, market.snapshot(), lists, market.own)


def put(market: Market, mark: Bookmark, worlds: Sequence[int] | None = None) -> None:
    """Put a market where a bookmark was set, on whatever branch.

    Args:
        market: one of the same scenario, as wide as the bookmark or as the worlds that are taken over.
        mark: where to go on from.
        worlds: columns of the bookmark that become the market's worlds, in this order; all as they are if None.

    Raises:
        ValueError: the market has another width.
    """
    own = mark.own if worlds is None else {name: values[list(worlds)] for name, values in mark.own.items()}
    if own.keys() != market.own.keys() or any(np.any(own[name] != market.own[name]) for name in own):
        market.adopt(own)
    market.restore(mark.snapshot if worlds is None else state.fork(mark.snapshot, worlds))
    kept = mark.lists if worlds is None else {}
    market.seats.taken = list(kept.get("taken", ()))
    market.events_seen = list(kept.get("events", ()))
    market.record.times, market.record._values = list(kept.get("times", ())), list(kept.get("values", ()))
    market.steps = mark.month  # Mesa's own count of months


def state_hash(market: Market) -> str:
    """Hash of all declared state after the months played: 32 hexadecimal digits (BLAKE2b)."""
    return hash_of(market.snapshot())


def fingerprints(snapshot: Snapshot) -> NDArray[np.int64]:
    """A number for each world that differs if anything in its state does, however wide the block, (worlds,)."""
    prints = np.zeros(0, np.uint64)
    for key, part in sorted(snapshot.items()):
        for name, value in sorted(part.items()):
            label = hashlib.blake2b(f"{key}.{name}".encode(), digest_size=8).digest()
            array = np.array(value, np.float64, order="C")
            table = array.reshape(-1, array.shape[-1]).view(np.uint64)
            if not prints.size:
                prints = np.zeros(table.shape[1], np.uint64)
            stir(prints, np.uint64(int.from_bytes(label, "little")), table)
    return prints.view(np.int64)


@kernel
def stir(prints: Any, label: Any, table: Any) -> None:
    """Let a label and the rows of a table, one after another, change the number of each world, in place.

    Args:
        prints: (worlds,), label: one number, table: (rows, worlds); all unsigned, of 64 bits.
    """
    for k in range(prints.size):
        prints[k] = prints[k] ^ label
    for row in range(table.shape[0]):
        values = table[row]
        for k in range(prints.size):
            mixed = (prints[k] ^ values[k]) * PRIME
            prints[k] = mixed ^ (mixed >> SHIFT)


def hash_of(snapshot: Snapshot) -> str:
    """Hash of a snapshot: 32 hexadecimal digits (BLAKE2b)."""
    digest = hashlib.blake2b(digest_size=16)
    for key, part in sorted(snapshot.items()):
        for name, value in sorted(part.items()):
            array = np.ascontiguousarray(value, np.float64)
            digest.update(f"\n{key}.{name} {array.shape} ".encode())
            digest.update(array.tobytes())
    return digest.hexdigest()
