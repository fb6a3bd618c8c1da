"""How the three groups of buyers play their seats: one rule for all, no temperaments."""

from __future__ import annotations

from functools import cache

from agents.government import Decisions
from agents.observation import Observation
from sim.compiled import inline
from sim.equations import by_world
from sim.lanes import size_of
from sim.ranges import clip
from sim.units import MTU_PER_TONNE_W

MILLION_PER_TONNE = MTU_PER_TONNE_W / 1e6
"""Million USD per t W and USD/mtu."""

HOME_PRICE = {"us": "price.apt.us", "europe": "price.apt.rotterdam", "japan_korea": "price.apt.rotterdam"}
"""Price that each group pays attention to."""

# Numbers are estimates unless a note says more.
CALM_COVER = 2.8
"""Stock wished for without fear, months of use (10 to 14 weeks in the West in January 2025)."""
MOST_COVER = 12.0
"""Stock beyond which no works council would pay."""
LEAST_PREMIUM, MOST_PREMIUM = 0.05, 0.35
"""Range of the premium that is accepted for supply that cannot be refused, over the ordinary price."""
REFUSAL_PAIN, UNMET_PAIN, LATE_PAIN = 0.6, 3.0, 0.4
"""Weight of refused requests, stopped lines and late goods, as shares; 1 in all means the highest premium."""
DISTRUST_PREMIUM = 0.1
"""Pain of full distrust of China, before anything has happened."""
CALM_CONTRACTS, MORE_CONTRACTS = 0.4, 0.35
"""Share under long contracts in a calm market (formulas lag 3 to 6 months), and added in a wild one."""
WILD = 0.4
"""Price over its twelve-month mean, minus 1, up or down, that counts as wild."""
POOLED = 0.1
"""Share of stock held in common while nobody is afraid; fear ends it."""
RECYCLING_SHARE, SUBSTITUTION_SHARE = 0.006, 0.008
"""Effort at double the long-run price, share of the bill (a t W/year of scrap costs USD 15,000 to 30,000)."""
MOST_EFFORT = 100.0
"""Most effort of each kind, million USD/year."""


DECIDED = ("premium_ceiling", "secure_share", "cover", "pooling", "long_contracts", "recycling_effort",
           "substitution_effort")  # fmt: skip
"""What a group of buyers decides, in the order of `purchasing`."""


@inline
def premium_ceiling(refused: float, unmet: float, late: float, trust_of_china: float) -> float:
    """Largest premium accepted, share of the ordinary price: refusals, stopped lines and delays teach it."""
    pain = REFUSAL_PAIN * refused + UNMET_PAIN * unmet + LATE_PAIN * late
    pain = pain + DISTRUST_PREMIUM * max(-trust_of_china, 0.0)
    return LEAST_PREMIUM + (MOST_PREMIUM - LEAST_PREMIUM) * clip(pain, 0.0, 1.0)


@inline
def secure_share(wish: float, premium: float, affordable: float) -> float:
    """Share of use wanted from outside China: the learned wish, less where its premium is past bearing.

    Args:
        wish: as learned, share.
        premium: of safe origins, USD/mtu.
        affordable: premium that the group would pay, USD/mtu, > 0.
    """
    excess = clip(premium / affordable - 1.0, 0.0, 1.0)
    return clip(wish * (1.0 - 0.4 * excess), 0.0, 1.0)


ASKED = ("price.long_run", "use", "refused", "unmet", "late", "trust.china", "premium.secure", "secure_wish",
         "momentum.rotterdam", "momentum.china")  # fmt: skip
"""What `purchasing` is told as it is seen, after fear and the price at home."""


@by_world(len(DECIDED))
def purchasing(
    fear: float, price: float, long_run: float, use: float, refused: float, unmet: float, late: float,
    trust_of_china: float, premium: float, secure_wish: float, momentum_west: float, momentum_china: float,
) -> tuple[float, ...]:  # fmt: skip
    """How buyers keep their lines running.

    Fear fills warehouses and ends pooling; a wild market is met with long contracts; what is dear is saved and
    recycled. A price is dear over `long_run`, to which holders expect APT to return.

    Args:
        fear: extra stock wished for out of fear, share.
        price, long_run, premium: USD/mtu; premium is that of safe origins.
        use: t W/month.
        refused, unmet, late: share of requests refused, of use not met, of arrivals held up, lately.
        trust_of_china: -1 to 1.
        secure_wish: share of use wanted from outside China, as learned.
        momentum_west, momentum_china: price over its twelve-month mean, minus 1.
    """
    ceiling = premium_ceiling(refused, unmet, late, trust_of_china)
    safe = secure_share(secure_wish, premium, ceiling * max(price, 1.0))
    cover = clip(CALM_COVER * (1.0 + fear), 0.5, MOST_COVER)
    pooling = POOLED * clip(1.0 - fear, 0.0, 1.0)
    wild = max(size_of(momentum_west), size_of(momentum_china)) / WILD
    contracts = CALM_CONTRACTS + MORE_CONTRACTS * clip(wild, 0.0, 1.0)
    bill = 12.0 * max(use, 0.0) * price * MILLION_PER_TONNE
    dear = price / max(long_run, 1.0)
    strain = clip(dear - 0.8, 0.0, 3.0) / 1.2 + 0.3 * clip(fear, 0.0, 1.0)
    recycling = clip(RECYCLING_SHARE * strain * bill, 0.0, MOST_EFFORT)
    saving = clip(SUBSTITUTION_SHARE * strain * bill, 0.0, MOST_EFFORT)
    return ceiling, safe, cover, pooling, contracts, recycling, saving


def decide(bloc: str, seen: Observation) -> Decisions:
    """The decisions of a group of buyers for this month.

    Args:
        bloc: us, europe or japan_korea.
        seen: what the group may know, at the start of the month.
    """
    values = purchasing(seen["fear"], seen[HOME_PRICE[bloc]], *seen.several(ASKED))
    return {_levers_of(bloc): values}


@cache
def _levers_of(bloc: str) -> tuple[str, ...]:
    """The levers of DECIDED in a group's seat."""
    return tuple(f"buyers.{bloc}.{name}" for name in DECIDED)
