"""Governments judge one another by what they did this month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from agents.refineries import HOSTS
from agents.relations import moved
from sim.blocks import BLOCK, copy
from sim.compiled import inline, kernel
from sim.levers import PARTNERS
from sim.network import Vector

if TYPE_CHECKING:
    from agents.market import Market

JUDGED_BY_HOSTS = ("china", "united_states", "european_union", "russia")
"""Powers that a host judges, in the order of its diplomacy."""
HOLDERS = ("china", "us", "europe")
"""Partners behind the first of them."""
CODES = np.array([float(PARTNERS.index(holder)) for holder in HOLDERS])
OFFENDED = tuple(("china", role) for role in ("united_states", "european_union", "japan_korea"))
"""Pairs that licences and tariffs offend, in the order of `offence`."""
FRIENDS = tuple((role, host) for host in HOSTS for role in JUDGED_BY_HOSTS)
"""Pairs that hosts' deeds make friends or not, in the order of `friendship`."""


def judge(market: Market) -> None:
    """Trust moves with what governments did this month."""
    seats, mines, relations = market.seats, market.mines, market.relations
    hosts = tuple(
        (mines.rows_in[host], seats[f"{host}.diplomacy"], seats[f"{host}.processing_requirement"],
         seats[f"{host}.export_duty"])
        for host in HOSTS
    )  # fmt: skip
    trust = np.empty(relations.trust.shape)
    move_trust(
        (relations.rows(OFFENDED), relations.rows(FRIENDS)),
        (relations.goal(market.date), *relations.law),
        (market.licensing.granted, seats["united_states.tariff_china"]),
        (mines.nameplate, mines.partner, CODES, float(len(PARTNERS))),
        hosts,
        seats["united_states.advocacy"],
        relations.trust,
        trust,
    )
    relations.trust = trust


@kernel
def move_trust(
    pairs: Any, law: Any, licences: Any, deposits: Any, hosts: Any, advocacy: Vector, before: Vector, after: Vector
) -> None:
    """Trust of each pair of governments after a month.

    Args:
        pairs: rows of the pairs that licences and tariffs offend (3,), and of those that hosts' deeds make friends,
            (hosts * 4,), -1 for pairs of which nothing is known.
        law: trust to which each pair would come without deeds, (pairs,), and part of the way made in a month, down
            and up, (worlds,) each.
        licences: share of usual trade granted by bloc (blocs, worlds), and American tariff (worlds,).
        deposits: nameplate and partner of each mine (mines, worlds), codes of the partners that hosts watch, and the
            largest of all codes.
        hosts: of each host its mines, diplomacy (4, worlds), processing requirement and export duty (worlds,).
        advocacy: of the United States for its companies, (worlds,).
        before, after: trust, (pairs, worlds).
    """
    offended, friends = pairs
    goal, loss, gain = law
    granted, tariff = licences
    nameplate, partner, codes, last = deposits
    deeds, effect, row = np.empty((7, BLOCK)), np.empty((after.shape[0], BLOCK)), np.empty(BLOCK)
    for lo in range(0, before.shape[1], BLOCK):
        n = min(BLOCK, before.shape[1] - lo)
        hi = lo + n
        effect[:, :n] = 0.0
        us, europe, japan, korea = granted[0, lo:hi], granted[1, lo:hi], granted[2, lo:hi], granted[3, lo:hi]
        duty_on = tariff[lo:hi]
        for k in range(n):
            deeds[0, k], deeds[1, k], deeds[2, k] = offence(
                max(1.0 - us[k], 0.0), max(1.0 - europe[k], 0.0), max(1.0 - japan[k], 0.0), max(1.0 - korea[k], 0.0),
                duty_on[k],
            )  # fmt: skip
        for i in range(offended.size):
            if offended[i] >= 0:
                copy(deeds[i, :n], effect[offended[i]])
        for h in range(len(hosts)):
            here, talks, requirement, duty = hosts[h]
            every, held = deeds[3], deeds[4:7]
            every[:n] = 0.0
            held[:, :n] = 0.0
            for m in here:
                size, owner = nameplate[m, lo:hi], partner[m, lo:hi]
                for k in range(n):
                    every[k] += size[k] if 0.0 <= owner[k] <= last else 0.0
                for c in range(codes.size):
                    own = held[c]
                    for k in range(n):
                        own[k] += size[k] if owner[k] == codes[c] else 0.0
            for k in range(n):
                together = max(every[k], 1e-9)
                deeds[0, k], deeds[1, k], deeds[2, k], row[k] = friendship(
                    held[0, k] / together, held[1, k] / together, held[2, k] / together,
                    talks[0, lo + k], talks[1, lo + k], talks[2, lo + k], talks[3, lo + k],
                    requirement[lo + k], duty[lo + k], advocacy[lo + k],
                )  # fmt: skip
            for i in range(4):
                place = friends[4 * h + i]
                if place >= 0:
                    copy(deeds[i, :n] if i < 3 else row[:n], effect[place])
        for i in range(after.shape[0]):
            trusted, slower, faster, new = before[i, lo:hi], loss[lo:hi], gain[lo:hi], after[i, lo:hi]
            for k in range(n):
                row[k] = moved(trusted[k], goal[i], effect[i, k], slower[k], faster[k])
            copy(row[:n], new)


@inline
def offence(us: float, europe: float, japan: float, korea: float, tariff: float) -> tuple[float, float, float]:
    """What licences and tariffs would in time make of the trust between China and its customers, index.

    Args:
        us, europe, japan, korea: share of licence requests refused.
        tariff: American tariff on tungsten from China; 25 % is taken as it is.

    Returns:
        For the United States, the European Union, and Japan and Korea.
    """
    return -0.3 * us - 0.3 * (tariff - 0.25), -0.3 * europe, -0.2 * (japan + korea)


@inline
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
