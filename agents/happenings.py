"""Tells what happened in a month, as data: events with their titles, decisions, and what became of projects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from agents.bookmarks import Bookmark
from agents.decisions import TEMPERAMENT, Change, Decision, Event, Report
from agents.finance import BUYER_ROLE, LENDERS
from agents.market import Market
from sim.levers import OFFTAKERS, PARTNERS
from sim.network import Vector
from sim.scenario import Scenario

NOTICEABLE = 0.05
"""Change of a rule's decision that is news, share of the lever's usual or largest value."""


def report(market: Market, before: Bookmark, given: Sequence[Decision]) -> Report:
    """The month that one world has just played.

    Args:
        market: after the month, one world.
        before: the market before it.
        given: decisions that took effect in it.
    """
    month = market.month - 1
    happened = [seen for seen in market.events_seen if seen[0] == month]
    events = tuple(event(market, key, target) for _, key, target, struck in happened if struck[0] > 0)
    year, place = divmod(market._first + month, 12)
    changes = tuple(_changes(market, before))
    return Report(month, f"{year}-{place + 1:02d}", events, (*given, *_ruled(market, before)), changes)


def event(market: Market, key: str, target: str) -> Event:
    """An event or opening shock of the scenario."""
    scenario = market.scenario
    for each in scenario.events:
        if each.key == key:
            if each.kind == "accident" and not target:
                target = _struck(market, key)
            return Event(key, target, each.title, each.size.value, each.duration.value, each.news)
    opening = next(each for each in scenario.openings if each.key == key)
    title, news = _words(scenario, opening.event, opening.target)
    return Event(key, target, title or key.replace("_", " ").capitalize(), opening.size.value, opening.duration.value, news)


def _words(scenario: Scenario, kind: str, target: str) -> tuple[str, str]:
    """Title and news of the event that is most like an opening shock."""
    alike = [each for each in scenario.events if each.kind == kind]
    same = [each for each in alike if each.target == target]
    if not same:
        return "", ""
    return same[0].title, same[0].news


def _struck(market: Market, key: str) -> str:
    row = market.nature.names.index(key)
    return market.mines.names[int(market.nature.target[row, 0])]


def _ruled(market: Market, before: Bookmark) -> Iterator[Decision]:
    """Decisions of rules that changed noticeably, where no order holds."""
    seats, month = market.seats, market.month - 1
    was = before.snapshot["seats"]
    for name, value in seats.ruled.items():
        lever = market.levers[name]
        last = was.get(f"ruled[{name}]", np.full_like(value, lever.default))
        if name.endswith(TEMPERAMENT) or not np.any(value != last):
            continue
        scale = max(abs(lever.default), 1.0 if lever.choices else 0.1 * min(lever.high - lever.low, 1000.0))
        moved = np.abs(value - last) > NOTICEABLE * scale
        if name in seats.ordered:
            moved = moved & np.isnan(seats.ordered[name])
        for row in np.flatnonzero(moved.reshape(-1)).tolist():
            target = lever.targets[row] if lever.targets else ""
            yield Decision(0, month, lever.role, name, target, float(value.reshape(-1)[row]), "rule")


def _changes(market: Market, before: Bookmark) -> Iterator[Change]:
    """Stages, awards, contracts and loans that are not what they were."""
    mines, finance = market.mines, market.finance
    titles = {mine.key: mine.title for mine in market.scenario.mines}

    def moved(holder: str, name: str, now: Vector, least: float) -> Iterator[tuple[int, float, float]]:
        was = before.snapshot[holder][name][:, 0]
        for row in np.flatnonzero(np.abs(now[:, 0] - was) > least).tolist():
            yield row, float(was[row]), float(now[row, 0])

    def change(kind: str, row: int, party: str, was: float, now: float) -> Change:
        return Change(kind, mines.names[row], titles[mines.names[row]], party, was, now)

    for row, was, now in moved("mines", "stage", mines.stage, 0.5):
        yield change("stage", row, "", was, now)
    for row, was, now in moved("mines", "partner", mines.partner, 0.5):
        yield change("award", row, PARTNERS[int(now)], was, now)
    for buyer, offtakes in zip(OFFTAKERS, finance.offtakes, strict=True):
        for row, was, now in moved(f"offtakes.{buyer}", "share", offtakes.share, 0.005):
            yield change("offtake", row, BUYER_ROLE[buyer], was, now)
    for name, lender in zip(LENDERS, finance.lenders, strict=True):
        for row, was, now in moved(f"lender.{name}", "signed", lender.signed, 0.5):
            yield change("loan", row, name, was, now)
