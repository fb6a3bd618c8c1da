"""How the three groups of buyers play their seats: one rule for all, no temperaments."""

from __future__ import annotations

import numpy as np

from agents.government import Decisions
from agents.observation import Observation
from sim.network import Vector
from sim.units import million_dollars

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


def decide(bloc: str, seen: Observation) -> Decisions:
    """The decisions of a group of buyers for this month.

    Args:
        bloc: us, europe or japan_korea.
        seen: what the group may know, at the start of the month.
    """
    fear = seen["fear"]
    price = seen[HOME_PRICE[bloc]]
    dear = price / np.maximum(seen["price.long_run"], 1.0)
    ceiling = premium_ceiling(seen)
    momentum = np.maximum(np.abs(seen["momentum.rotterdam"]), np.abs(seen["momentum.china"]))
    bill = million_dollars(12.0 * np.maximum(seen["use"], 0.0), price)
    strain = np.clip(dear - 0.8, 0.0, 3.0) / 1.2 + 0.3 * np.clip(fear, 0.0, 1.0)
    decisions = {
        "premium_ceiling": ceiling,
        "secure_share": secure_share(seen, ceiling * np.maximum(price, 1.0)),
        "cover": np.clip(CALM_COVER * (1.0 + fear), 0.5, MOST_COVER),
        "pooling": POOLED * np.clip(1.0 - fear, 0.0, 1.0),
        "long_contracts": CALM_CONTRACTS + MORE_CONTRACTS * np.clip(momentum / WILD, 0.0, 1.0),
        "recycling_effort": np.clip(RECYCLING_SHARE * strain * bill, 0.0, MOST_EFFORT),
        "substitution_effort": np.clip(SUBSTITUTION_SHARE * strain * bill, 0.0, MOST_EFFORT),
    }
    return {f"buyers.{bloc}.{name}": value for name, value in decisions.items()}


def premium_ceiling(seen: Observation) -> Vector:
    """Largest premium accepted, share of the ordinary price: refusals, stopped lines and delays teach it."""
    pain = REFUSAL_PAIN * seen["refused"] + UNMET_PAIN * seen["unmet"] + LATE_PAIN * seen["late"]
    pain = pain + DISTRUST_PREMIUM * np.maximum(-seen["trust.china"], 0.0)
    return LEAST_PREMIUM + (MOST_PREMIUM - LEAST_PREMIUM) * np.clip(pain, 0.0, 1.0)


def secure_share(seen: Observation, affordable: Vector) -> Vector:
    """Share of use wanted from outside China: the learned wish, less where its premium is past bearing.

    Args:
        seen: what the group knows.
        affordable: premium that it would pay, USD/mtu, > 0.
    """
    excess = np.clip(seen["premium.secure"] / affordable - 1.0, 0.0, 1.0)
    return np.clip(seen["secure_wish"] * (1.0 - 0.4 * excess), 0.0, 1.0)
