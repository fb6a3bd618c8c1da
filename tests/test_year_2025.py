"""2025 as it was: with no price as input, medians follow the real ones; without controls, years are quiet."""

from __future__ import annotations

import numpy as np
import pytest

from agents.market import Market, Order, Plan

ROTTERDAM = np.array([335, 342, 350, 368, 402, 435, 475, 530, 610, 635, 700, 840, 1030.0])
"""USD/mtu, January 2025 to January 2026, monthly means (Fastmarkets, SMM, Argus, press)."""
DOMESTIC = np.array([292, 294, 296, 303, 320, 345, 365, 460, 560, 573, 650, 760, 930.0])
"""The same inside China, without VAT, from SMM's yuan quotes, between dated points in a straight line."""
WATCHED = (
    "price.apt.rotterdam", "price.apt.china_domestic", "supply.mine.china", "exports.china.controlled",
    "exports.china.uncontrolled",
)  # fmt: skip


@pytest.fixture(scope="module")
def medians():
    market = Market("central_asia_2025", seeds=range(1, 201), record=Plan(outcomes=WATCHED))
    for _ in range(13):
        market.step()
    return np.median(market.record.values, axis=2)


def test_both_prices_follow_2025_within_thirty_per_cent(medians):
    assert np.abs(medians[:, 0] / ROTTERDAM - 1).mean() < 0.3
    assert np.abs(medians[:, 1] / DOMESTIC - 1).mean() < 0.3


def test_controlled_exports_fall_by_more_than_half_and_uncontrolled_forms_rise(medians):
    assert medians[2:12, 3].mean() < 0.5 * 500
    assert medians[2:12, 4].mean() > 1.05 * 500


def test_chinese_mine_output_hardly_moves(medians):
    assert 12 * medians[:12, 2].mean() == pytest.approx(67_000, rel=0.03)


def test_without_controls_and_fears_years_are_quiet():
    """Licences, tariffs and quotas left as in January 2025: prices wander, but do not treble."""
    free = [Order("china.licence_approval", bloc, 1.0, 0) for bloc in ("us", "europe", "japan", "korea", "rest")]
    free += [Order("china.mining_quota", "", 58_800.0, 0), Order("china.quota_enforcement", "", 0.746, 0)]
    free += [Order("china.licence_military", "", 1.0, 0)]
    plan = Plan(outcomes=WATCHED[:1])
    market = Market("central_asia_2025", seeds=range(1, 41), orders=free, seats=("china",), record=plan)
    for _ in range(36):
        market.step()
    price = market.record.values[:, 0]
    assert np.median(price.max(axis=0)) < 1.5 * 338
    assert np.median(price.min(axis=0)) > 0.6 * 338
