"""Decisions that the month's trade reads: levers without targets, one row each of a table."""

from __future__ import annotations

from sim.levers import BUYER_BLOCS

NOBODY = -1
"""Row of what something has none of: a seat, a gateway, a contract, a tariff on what it carries."""
HOSTS = 2
"""Middle powers that keep ore for their own refineries."""
OWNERS = 4
"""Governments that hold stockpiles."""

# First rows of groups of levers: one for each owner of a stockpile, group of buyers, or middle power.
PURCHASES = 9
OF_BUYERS = PURCHASES + OWNERS
OF_HOSTS = OF_BUYERS + 6 * len(BUYER_BLOCS)

QUOTA, MILITARY, DELAY, TARIFF, BAN, RETALIATION, SCOPE, RUSSIAN_EXPORTS, SCRAP_SUPPORT = range(PURCHASES)
SECURE, COVER, POOLED, SCRAP_EFFORT, CEILING, PREMIUM_SUPPORT = range(OF_BUYERS, OF_HOSTS, len(BUYER_BLOCS))
REQUIRED, DUTY = range(OF_HOSTS, OF_HOSTS + 2 * HOSTS, HOSTS)

LEVERS = (
    "china.mining_quota",
    "china.licence_military",
    "china.processing_delay",
    "united_states.tariff_china",
    "united_states.sourcing_ban",
    "china.retaliation",
    "china.controlled_scope",
    "russia.exports_to_china",
    "united_states.recycling_support",
    "united_states.stockpile_purchases",
    "china.reserve_purchases",
    "european_union.stockpile_purchases",
    "japan_korea.stockpile_purchases",
    *(f"buyers.{bloc}.secure_share" for bloc in BUYER_BLOCS),
    *(f"buyers.{bloc}.cover" for bloc in BUYER_BLOCS),
    *(f"buyers.{bloc}.pooling" for bloc in BUYER_BLOCS),
    *(f"buyers.{bloc}.recycling_effort" for bloc in BUYER_BLOCS),
    *(f"buyers.{bloc}.premium_ceiling" for bloc in BUYER_BLOCS),
    "",
    "european_union.premium_support",
    "japan_korea.premium_support",
    "kazakhstan.processing_requirement",
    "uzbekistan.processing_requirement",
    "kazakhstan.export_duty",
    "uzbekistan.export_duty",
)
"""Name of the lever in each row; a row without one holds zeros."""
