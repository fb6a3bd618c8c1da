"""Governments judge one another by what they did this month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from agents.refineries import HOSTS
from agents.relations import moved
from agents.turns import whole
from sim.bare import bare
from sim.compiled import inline
from sim.lanes import LANES, get, give_to, put, take, take_from, within
from sim.levers import PARTNERS
from sim.network import Vector
from sim.offers import shares_of
from sim.state import to_change

if TYPE_CHECKING:
    from agents.market import Market
    from agents.mines import Mines
    from agents.relations import Relations

JUDGED_BY_HOSTS = ("china", "united_states", "european_union", "russia")
"""Powers that a host judges, in the order of its diplomacy."""
HOLDERS = ("china", "us", "europe")
"""Partners behind the first of them."""
CODES = np.array([float(PARTNERS.index(holder)) for holder in HOLDERS])
JUDGED = tuple(
    tuple(f"{host}.{name}" for name in ("diplomacy", "processing_requirement", "export_duty")) for host in HOSTS
)
"""Levers by which each host is judged."""
OFFENDED = tuple(("china", role) for role in ("united_states", "european_union", "japan_korea"))
"""Pairs that licences and tariffs offend, in the order of `offence`."""
FRIENDS = tuple((role, host) for host in HOSTS for role in JUDGED_BY_HOSTS)
"""Pairs that hosts' deeds make friends or not, in the order of `friendship`."""


def judge(market: Market) -> None:
    """Trust moves with what governments did this month."""
    seats, mines, relations = market.seats, market.mines, market.relations
    hosts = tuple([tuple(map(whole, seats.several(levers))) for levers in JUDGED])
    tariff, advocacy = seats.several(("united_states.tariff_china", "united_states.advocacy"))
    trust = to_change(relations, "trust")
    move_trust(
        (relations.rows(OFFENDED), relations.rows(FRIENDS)),
        (relations.goal(market.date), *relations.law),
        (market.licensing.granted, whole(tariff)),
        _held_by_powers(mines, relations),
        hosts,
        whole(advocacy),
        trust,
        np.empty((trust.shape[0], LANES)),
    )
    relations.trust = trust


def _held_by_powers(mines: Mines, relations: Relations) -> Vector:
    """Share of each host's deposits that each of HOLDERS has, (hosts * HOLDERS, worlds), until one is awarded or grows."""
    known = relations.deposits
    if known is None or known[0] is not mines.nameplate or known[1] is not mines.partner:
        shares = np.empty((len(HOSTS) * CODES.size, relations.trust.shape[1]))
        for h, host in enumerate(HOSTS):
            here = shares[h * CODES.size : (h + 1) * CODES.size]
            shares_of(mines.nameplate, mines.partner, mines.rows_in[host], CODES, float(len(PARTNERS)), here)
        relations.deposits = known = mines.nameplate, mines.partner, shares
    return known[2]


@bare
def move_trust(
    pairs: Any, law: Any, licences: Any, deposits: Vector, hosts: Any, advocacy: Vector, trust: Vector, effect: Vector
) -> None:
    """Trust of each pair of governments after a month.

    Args:
        pairs: rows of the pairs that licences and tariffs offend (3,), and of those that hosts' deeds make friends,
            (hosts * 4,), -1 for pairs of which nothing is known.
        law: trust to which each pair would come without deeds, (pairs,), and part of the way made in a month, down
            and up, (worlds,) each.
        licences: share of usual trade granted by bloc (blocs, worlds), and American tariff (worlds,).
        deposits: share of each host's deposits that China, the United States and Europe hold, (hosts * 3, worlds).
        hosts: of each host diplomacy (4, worlds), processing requirement and export duty (worlds,).
        advocacy: of the United States for its companies, (worlds,).
        trust: of each pair, which changes, (pairs, worlds).
        effect: working memory, (pairs, LANES).
    """
    offended, friends = pairs
    goal, loss, gain = law
    granted, tariff = licences
    for k in range(0, advocacy.size, LANES):
        here = within(k, advocacy.size)
        effect[:] = 0.0
        refused = (
            max(1.0 - take_from(granted, 0, k, here), 0.0), max(1.0 - take_from(granted, 1, k, here), 0.0),
            max(1.0 - take_from(granted, 2, k, here), 0.0), max(1.0 - take_from(granted, 3, k, here), 0.0),
        )  # fmt: skip
        deeds = offence(refused[0], refused[1], refused[2], refused[3], take(tariff, k, here))
        for i in range(3):
            if offended[i] >= 0:
                put(effect, offended[i], deeds[i])
        for h in range(len(hosts)):
            talks, requirement, duty = hosts[h]
            made = friendship(
                take_from(deposits, 3 * h, k, here), take_from(deposits, 3 * h + 1, k, here),
                take_from(deposits, 3 * h + 2, k, here),
                take_from(talks, 0, k, here), take_from(talks, 1, k, here), take_from(talks, 2, k, here),
                take_from(talks, 3, k, here), take(requirement, k, here), take(duty, k, here), take(advocacy, k, here),
            )  # fmt: skip
            for i in range(4):
                if friends[4 * h + i] >= 0:
                    put(effect, friends[4 * h + i], made[i])
        slower, faster = take(loss, k, here), take(gain, k, here)
        for i in range(trust.shape[0]):
            give_to(trust, i, k, here, moved(take_from(trust, i, k, here), goal[i], get(effect, i), slower, faster))


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
