"""Acts of nature that somebody asks for: an event that begins whatever the luck, another luck, or other behaviour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agents.decisions import Decision, Refused
from agents.market import Market
from agents.seating import NATURE
from sim import luck

EVENT = "nature.event"
"""Lever under which an event stands in the log; the target is its key."""

LUCK = "nature.luck"
"""Lever under which another luck stands in the log; the value is its number."""

PARAMETER = "nature.parameter"
"""Lever under which another value of a parameter of behaviour stands in the log; the target is its "group.name"."""

Done = tuple[Decision, NDArray[np.int64] | None]
"""An act, and the columns in which it takes place; all if None."""

MOST_LUCKS = 2**32
"""Number below which lucks lie."""


def is_act(decision: Decision) -> bool:
    """Whether a decision is an act of nature."""
    return decision.role == NATURE


def checked(market: Market, act: Decision) -> Decision:
    """An act, if it can be done.

    Raises:
        Refused: the scenario does not know the event, or plays without events; no luck has that number; or a
            parameter is unknown, or given what is not thought plausible.
    """
    if act.lever == PARAMETER:
        return _plausible(market, act)
    if act.lever == LUCK:
        if act.value is None or act.value != int(act.value) or not 1 <= act.value < MOST_LUCKS:
            raise Refused(f"Luck {act.value} is not allowed; it is a whole number from 1 to {MOST_LUCKS - 1}.")
        return act
    key = act.target
    if not market.scenario.mechanisms.events:
        raise Refused("This scenario plays without events.")
    known = [e.key for e in market.nature.events] + [o.key for o in market.nature.openings]
    if key not in known:
        raise Refused(f"'{key}' is not an event of this scenario; events are {', '.join(known)}.")
    return act


def _plausible(market: Market, act: Decision) -> Decision:
    group, _, name = act.target.partition(".")
    known = market.scenario.behaviour.get(group, {}).get(name)
    if known is None:
        raise Refused(f"'{act.target}' is not a parameter of behaviour of this scenario.")
    low = -np.inf if known.low is None else known.low
    high = np.inf if known.high is None else known.high
    if act.value is None or not low <= act.value <= high:
        raise Refused(f"{act.target} = {act.value} is not allowed; plausible is {low:g} to {high:g} {known.unit}.")
    return act


def happen(market: Market, done: Sequence[Done]) -> None:
    """Let acts of nature take place before the month to be played."""
    own = dict(market.own)
    for act, worlds in done:
        columns = slice(None) if worlds is None else worlds
        if act.lever == PARAMETER:
            group, _, name = act.target.partition(".")
            usual = np.full(market.worlds, market.scenario.behaviour[group][name].value)
            own[act.target] = np.array(own.get(act.target, usual))
            own[act.target][columns] = act.value
        elif act.lever == LUCK:
            number = np.zeros(market.worlds)
            number[columns] = float(act.value or 0)
            market.draw_luck(number.tolist())
        else:
            begin(market, act.target, worlds)
    if any(act.lever == PARAMETER for act, _ in done):
        market.adopt(own)


def begin(market: Market, key: str, worlds: NDArray[np.int64] | None = None) -> None:
    """Let an event begin in the month to be played; if it is under way, it begins anew.

    Args:
        market: before the month.
        key: an event or opening shock of the scenario.
        worlds: columns in which it begins; all if None.
    """
    nature, month = market.nature, market.month
    here = np.zeros(market.worlds)
    here[slice(None) if worlds is None else worlds] = 1.0
    if key in nature.names:
        row = nature.names.index(key)
        # the month's own passing takes one off
        left, target = nature.left.copy(), nature.target.copy()
        left[row] = np.where(here > 0, nature.duration[row] + 1, left[row])
        hit = np.floor(luck.uniform(market.seeds, luck.stream("act of nature", key), month) * len(nature.mines.names))
        target[row] = np.where(here > 0, hit, target[row])
        nature.left, nature.target = left, target
        aim = nature.events[row].target
    else:
        row = [each.key for each in nature.openings].index(key)
        shock = nature.shock_left.copy()
        shock[row] = np.where(here > 0, nature.shock_duration[row] + 1, shock[row])
        nature.shock_left = shock
        aim = nature.openings[row].target
    market.events_seen.append((month, key, aim, here))
