"""Declared state: arrays that a snapshot holds, so that saving, restoring and forking are written once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from operator import is_, itemgetter
from typing import Any, TypeVar

import numpy as np

from sim.memory import same, unfilled
from sim.network import Vector

Snapshot = dict[str, dict[str, Vector]]
Value = TypeVar("Value")


class state:  # noqa: N801 - reads as a declaration
    """Declares an array whose last axis is worlds as part of an object's state.

    Arrays that anybody else has are rebound, never changed in place; a snapshot is therefore a dictionary of references.
    """

    def __init__(self, help: str) -> None:
        self.help = help

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, holder: Any, owner: type | None = None) -> Any:
        # once it is bound, the object's own attribute comes first, without any call
        if holder is None:
            return self
        raise AttributeError(f"'{self.name}' of {type(holder).__name__} has not been bound yet")


class states(state):  # noqa: N801 - reads as a declaration
    """Declares a dictionary of such arrays, whose keys may come and go.

    In a snapshot each has a name of its own, `name[key]`.
    """


def derived(*names: str) -> Callable[[Callable[[Any], Value]], Callable[[Any], Value]]:
    """Declares a method without arguments that follows from these states alone, and from what never changes.

    What it gave holds on to these states, so none of them is changed in place, and stays right until one is rebound.
    """
    def decorate(method: Callable[[Any], Value]) -> Callable[[Any], Value]:
        kept = "_derived_" + method.__name__
        # one name alone gives its value, more of them a tuple
        from_states, is_alone = itemgetter(*names), len(names) == 1

        @wraps(method)
        def read(holder: Any) -> Value:
            held = holder.__dict__
            found = held.get(kept)
            if found is not None:
                now = from_states(held)
                if now is found[0] if is_alone else all(map(is_, now, found[0])):
                    return found[1]
            return follows(holder, method(holder))

        def follows(holder: Any, value: Value) -> Value:
            held = holder.__dict__
            held[kept] = from_states(held), value
            return value

        def forget(holder: Any) -> None:
            holder.__dict__.pop(kept, None)

        read.follows, read.forget = follows, forget  # type: ignore[attr-defined]
        return read

    return decorate


def recall(method: Callable[[Any], Value], holder: Any) -> Value:
    """What a derived method gives; it then forgets it, and with it the states that it came from."""
    value = method(holder)
    forget(method, holder)
    return value


def forget(method: Callable[[Any], Value], holder: Any) -> None:
    """Let a derived method forget what it gave, and the states that it came from."""
    method.forget(holder)  # type: ignore[attr-defined]


def foretell(method: Callable[[Any], Value], holder: Any, value: Value) -> None:
    """Tell a derived method what follows from the states as they are now, where that is known without asking it."""
    method.follows(holder, value)  # type: ignore[attr-defined]


def to_change(holder: Any, name: str) -> Vector:
    """An array like a state, to be written to and bound in its place.

    It is the state itself if nobody but its holder has it: then nobody can see that it was not a new one.
    """
    table: Vector = holder.__dict__[name]
    # one reference more than the holder's: this function's own
    if sys.getrefcount(table) == _ALONE + 1 and _has_memory_alone(table.base) and table.flags.writeable:
        return table
    return same(table)


def to_fill(holder: Any, *names: str) -> dict[str, Vector]:
    """Arrays like some states, to be filled row after row as soon as the state's row has been read, and bound then.

    They are the states themselves where nobody but their holder has them, as in `to_change`, and else hold nothing yet.
    """
    held, tables = holder.__dict__, {}
    for name in names:
        free = sys.getrefcount(held[name]) == _ALONE and _has_memory_alone(held[name].base) and held[name].flags.carray
        tables[name] = held[name] if free else unfilled(*held[name].shape)
    return tables


def lay_out(holders: Iterable[Any]) -> None:
    """Rebind what is declared to copies of it that kernels read fastest, see `sim.memory`."""
    laid_out: dict[int, tuple[Vector, Vector]] = {}
    for holder in holders:
        for name, item in _declarations(type(holder)).items():
            if not isinstance(item, states):
                table = getattr(holder, name)
                if id(table) not in laid_out:
                    laid_out[id(table)] = table, same(table)
                setattr(holder, name, laid_out[id(table)][1])


def _has_memory_alone(base: Any) -> bool:
    """Whether the memory of an array with this base is no other array's: its own, a part of one, or a kernel's."""
    if type(base) is np.ndarray:
        return sys.getrefcount(base) == _PART and base.base is None
    return base is None or getattr(base, "refcount", 0) == 1


_ALONE = 2
"""References to an array that only its holder has: the holder's own, and that of the call which counts them."""
_PART = 3
"""References to an array of which only one part is held: that part's, and those of the calls which count them."""

_DECLARED: dict[type, dict[str, state]] = {}
"""What was found to be declared, by class."""


def _declarations(kind: type) -> dict[str, state]:
    found = _DECLARED.get(kind)
    if found is None:
        found = {}
        for each in reversed(kind.__mro__):
            found |= {name: item for name, item in vars(each).items() if isinstance(item, state)}
        _DECLARED[kind] = found
    return found


def declared(holder: Any) -> dict[str, str]:
    """Names and help of an object's state."""
    return {name: item.help for name, item in _declarations(type(holder)).items()}


def take(holders: dict[str, Any]) -> Snapshot:
    """References to all declared arrays of the holders."""
    return {key: _arrays(holder) for key, holder in holders.items()}


def _arrays(holder: Any) -> dict[str, Vector]:
    """A holder's arrays by their names in a snapshot."""
    found: dict[str, Vector] = {}
    for name, item in _declarations(type(holder)).items():
        value = getattr(holder, name)
        if isinstance(item, states):
            found |= {f"{name}[{key}]": array for key, array in value.items()}
        else:
            found[name] = value
    return found


def put(holders: dict[str, Any], snapshot: Snapshot) -> None:
    """Rebind all declared arrays.

    Raises:
        ValueError: a snapshot of other holders or other state; nothing is bound then.
    """
    bound: list[tuple[Any, dict[str, Any]]] = []
    for key, holder in holders.items():
        expected = _declarations(type(holder))
        values: dict[str, Any] = {name: {} for name, item in expected.items() if isinstance(item, states)}
        for name, array in snapshot.get(key, {}).items():
            table, _, row = name.partition("[")
            if row and table in values:
                values[table][row[:-1]] = array
            else:
                values[name] = array
        if values.keys() != expected.keys():
            raise ValueError(f"the snapshot does not hold the state of '{key}'")
        bound.append((holder, values))
    for holder, values in bound:
        for name, value in values.items():
            setattr(holder, name, value)


def fork(snapshot: Snapshot, worlds: Iterable[int]) -> Snapshot:
    """The same state with these worlds, in this order; a world may come many times."""
    index = np.array(list(worlds), np.int64)
    return {key: {name: np.ascontiguousarray(x[..., index]) for name, x in part.items()} for key, part in snapshot.items()}
