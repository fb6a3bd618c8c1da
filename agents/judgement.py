"""Governments judge one another by what they did this month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from agents.refineries import HOSTS
from sim.equations import by_world
from sim.levers import PARTNERS
from sim.network import Vector
from sim.offers import total_where

if TYPE_CHECKING:
    from agents.market import Market

JUDGED_BY_HOSTS = ("china", "united_states", "european_union", "russia")
"""Powers that a host judges, in the order of its diplomacy."""
HOLDERS = ("china", "us", "europe")
"""Partners behind the first of them."""


def judge(market: Market) -> None:
    """Trust moves with what governments did this month."""
    seats, mines = market.seats, market.mines
    refusal = market.licensing.refusal()
    us, europe, east = offence(refusal[0], refusal[1], refusal[2], refusal[3], seats["united_states.tariff_china"])
    deeds: dict[tuple[str, str], Vector] = {
        ("china", "united_states"): us,
        ("china", "european_union"): europe,
        ("china", "japan_korea"): east,
    }
    for host in HOSTS:
        here = mines.rows_in[host]
        weight, partner = mines.nameplate, mines.partner
        every = np.maximum(total_where(weight, partner, here, 0.0, len(PARTNERS)), 1e-9)
        codes = [float(PARTNERS.index(holder)) for holder in HOLDERS]
        held = [total_where(weight, partner, here, code, code) / every for code in codes]
        judged = friendship(
            *held, *seats[f"{host}.diplomacy"], seats[f"{host}.processing_requirement"], seats[f"{host}.export_duty"],
            seats["united_states.advocacy"],
        )  # fmt: skip
        deeds |= {(role, host): deed for role, deed in zip(JUDGED_BY_HOSTS, judged, strict=True)}
    market.relations.learn(market.date, deeds)


@by_world(3)
def offence(us: float, europe: float, japan: float, korea: float, tariff: float) -> tuple[float, float, float]:
    """What licences and tariffs would in time make of the trust between China and its customers, index.

    Args:
        us, europe, japan, korea: share of licence requests refused.
        tariff: American tariff on tungsten from China; 25 % is taken as it is.

    Returns:
        For the United States, the European Union, and Japan and Korea.
    """
    return -0.3 * us - 0.3 * (tariff - 0.25), -0.3 * europe, -0.2 * (japan + korea)


@by_world(4)
def friendship(
    china: float, us: float, europe: float, talks_china: float, talks_us: float, talks_europe: float,
    talks_russia: float, requirement: float, duty: float, advocacy: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    """What a host would in time make of its trust with China, the United States, Europe and Russia, index.

    Args:
        china, us, europe: share of its deposits that each holds; a third is what they expect.
        talks_china, talks_us, talks_europe, talks_russia: diplomacy, million USD/year.
        requirement, duty: share of concentrate that must be refined at home, and export duty, which annoy all.
        advocacy: American weight behind projects there, 0 to 1.
    """
    annoyance = 0.1 * (requirement + duty)
    return (
        0.25 * (china - 0.3) + 0.02 * talks_china - annoyance,
        0.25 * (us - 0.3) + 0.02 * talks_us + 0.15 * advocacy - annoyance,
        0.25 * (europe - 0.3) + 0.02 * talks_europe - annoyance,
        0.25 * (0.0 - 0.3) + 0.02 * talks_russia - annoyance,
    )
