"""Conversions agree with the trade's own figures and undo one another."""

import numpy as np
import pytest

from sim import units


@pytest.mark.parametrize(
    ("found", "known"),
    [
        (units.mtu(1.0), 126.1),
        (units.tonnes(1_000.0), 7.93),
        (units.tungsten_in_oxide(1_000.0), 793.0),
        (units.mtu_per_year(units.tungsten_in_oxide(1_000.0)), 100_000.0),
        (units.tungsten_in_apt(1.0), 0.702),
        (units.tungsten_in_concentrate(1.0), 0.5155),
        (units.tungsten_in_concentrate(114_000.0), 58_800.0),
        (units.tonnes_per_year(230_000.0), 1_824.0),
        (units.price_per_kilogram(300.0), 37.8),
        (units.apt_price_in_china(292.0), 210_250.0),
        (units.concentrate_price_in_china(266.0), 140_700.0),
        (units.million_dollars(1_000.0, 300.0), 37.83),
        (units.per_month(1_200.0), 100.0),
    ],
)
def test_a_conversion_gives_the_figure_that_the_trade_knows(found, known):
    assert found == pytest.approx(known, rel=1e-3)


@pytest.mark.parametrize(
    ("there", "back"),
    [
        (units.mtu, units.tonnes),
        (units.mtu_per_year, units.tonnes_per_year),
        (units.tungsten_in_oxide, units.oxide_of_tungsten),
        (units.tungsten_in_apt, units.apt_of_tungsten),
        (units.tungsten_in_concentrate, units.concentrate_of_tungsten),
        (units.apt_price_in_china, units.apt_price_from_china),
        (units.concentrate_price_in_china, units.concentrate_price_from_china),
    ],
)
def test_a_conversion_and_its_inverse_cancel_for_arrays_of_any_shape(there, back):
    amounts = np.array([[0.0, 1.0, 2.5], [340.0, 67_000.0, 1e6]])
    converted = there(amounts)
    assert converted.shape == amounts.shape
    np.testing.assert_allclose(back(converted), amounts, rtol=1e-14)
    assert there(1.0) == there(np.array([1.0]))[0]


def test_the_rule_of_thumb_for_apt_and_concentrate_in_china_holds():
    price = 292.0
    apt = units.apt_price_in_china(price)
    concentrate = units.concentrate_price_in_china(0.93 * price)
    assert apt / concentrate == pytest.approx(1.46, abs=0.01)
