"""Turns a month's report into lines of news, each with its weight for the person's role."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from ui.messages import Item, Slot

OWN = {"kazakhstan": ("kazakhstan",), "uzbekistan": ("uzbekistan",)}
BLOC_OF = {"united_states": ("us",), "european_union": ("europe",), "japan_korea": ("japan", "korea")}
OPERATING = (5, 6)
TOLD = (
    "licence_approval",
    "licence_military",
    "processing_delay",
    "controlled_scope",
    "mining_quota",
    "quota_enforcement",
    "reserve_purchases",
    "stockpile_purchases",
    "tariff_china",
    "sourcing_ban",
    "award",
    "processing_requirement",
    "export_duty",
    "royalty",
    "retaliation",
    "exports_to_china",
)
"""Levers of which the news speaks; loans and offtakes become news when they are signed."""


def items(report: Any, before: Mapping[Slot, float], role: str, scenario: Any, price: Item | None) -> Iterator[Item]:
    """News of a month, the weightiest kinds first.

    Args:
        report: what the session says happened, as the role may know it.
        before: levers as they stood.
        role: whose news it is.
        scenario: the scenario that is played.
        price: news of the price, if there is any.
    """
    month = report.month
    if price:
        yield price
    region = {mine.key: mine.region for mine in scenario.mines}
    planned = {mine.key: mine.capacity.value for mine in scenario.mines}
    kinds = {event.key: event.kind for event in scenario.events} | {each.key: each.event for each in scenario.openings}
    for event in report.events:
        near = event.target in (role, *OWN.get(role, ())) or region.get(event.target) == role or event.target == "khorgos"
        yield Item(
            month, "event", event.target, event.key, event.target, 1.0, event.size, event.title, event.news,
            2 if near else 1, kind_of_event=kinds.get(event.key, ""),
        )  # fmt: skip
    for change in report.changes:
        own = region.get(change.subject) == role or change.party == role
        big = own or (change.kind == "stage" and int(change.after) in OPERATING)
        who = change.party or region.get(change.subject, "")
        yield Item(
            month,
            change.kind,
            who,
            change.subject,
            change.party,
            change.before,
            change.after,
            change.title,
            "",
            2 if own and change.kind == "stage" else 1 if big else 0,
            planned=planned.get(change.subject, 0.0),
        )
    for decision in report.decisions:
        if decision.lever.endswith(".temperament"):
            continue
        was = before.get(decision.slot, math.nan)
        now = math.nan if decision.value is None else decision.value
        if decision.role == role and decision.source != "person":
            continue
        if decision.lever.rsplit(".", 1)[-1] not in TOLD or abs(was - now) < max(0.02, 0.08 * abs(was)):
            continue
        aimed = decision.target == role or decision.target in BLOC_OF.get(role, ()) or region.get(decision.target) == role
        weight = 1 if aimed or (decision.source == "scenario" and decision.role == "china") else 0
        yield Item(
            month, "decision", decision.role, decision.lever, decision.target, was, now, "", "", weight, decision.source
        )
