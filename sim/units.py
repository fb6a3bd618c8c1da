"""Units of the tungsten trade and the conversions between them, made only at the borders of the model.

Inside, quantities are tonnes of contained tungsten (t W) and prices are USD per metric tonne unit
(mtu, 10 kg of WO3) without VAT. Every function takes a float or an array of any shape and returns the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Number = TypeVar("Number", float, "NDArray[np.float64]")

ATOMIC_WEIGHT_W = 183.84
"""Standard atomic weight of tungsten (IUPAC)."""

ATOMIC_WEIGHT_O = 15.999
"""Standard atomic weight of oxygen (IUPAC)."""

TUNGSTEN_IN_WO3 = ATOMIC_WEIGHT_W / (ATOMIC_WEIGHT_W + 3 * ATOMIC_WEIGHT_O)
"""Tonnes of tungsten in a tonne of WO3: 0.793 (USGS Minerals Yearbook)."""

MTU_PER_TONNE_WO3 = 100.0
"""Metric tonne units in a tonne of WO3; one holds 10 kg."""

MTU_PER_TONNE_W = MTU_PER_TONNE_WO3 / TUNGSTEN_IN_WO3
"""Metric tonne units of WO3 for a tonne of tungsten: 126.1."""

MTU_PER_TONNE_APT = 88.5
"""Metric tonne units in a tonne of ammonium paratungstate, traded at 88.5 % WO3 (Fastmarkets)."""

MTU_PER_TONNE_CONCENTRATE = 65.0
"""Metric tonne units in a tonne of standard concentrate, 65 % WO3 (SMM, Chinese quotas)."""

CHINESE_VAT = 0.13
"""Chinese value-added tax, contained in domestic prices and not refunded on exports of APT."""

CNY_PER_USD = 7.2
"""Exchange rate for Chinese domestic prices, the rounded mean of 2025 (People's Bank of China)."""

MONTHS_PER_YEAR = 12.0
"""Months in a year."""


def mtu(tonnes: Number) -> Number:
    """Metric tonne units of WO3 in an amount of contained tungsten (t W)."""
    return tonnes * MTU_PER_TONNE_W


def tonnes(mtu: Number) -> Number:
    """Contained tungsten, t W, in metric tonne units of WO3."""
    return mtu / MTU_PER_TONNE_W


def mtu_per_year(tonnes_per_year: Number) -> Number:
    """Output in mtu/year, as mines report it, from t W/year."""
    return tonnes_per_year * MTU_PER_TONNE_W


def tonnes_per_year(mtu_per_year: Number) -> Number:
    """Output in t W/year from mtu/year, as mines report it."""
    return mtu_per_year / MTU_PER_TONNE_W


def tungsten_in_oxide(oxide: Number) -> Number:
    """Contained tungsten, t W, in tonnes of WO3."""
    return oxide * TUNGSTEN_IN_WO3


def oxide_of_tungsten(tonnes: Number) -> Number:
    """Tonnes of WO3 that contain an amount of tungsten (t W)."""
    return tonnes / TUNGSTEN_IN_WO3


def tungsten_in_apt(apt: Number) -> Number:
    """Contained tungsten, t W, in tonnes of ammonium paratungstate (88.5 mtu a tonne): 0.702 of it."""
    return apt * (MTU_PER_TONNE_APT / MTU_PER_TONNE_W)


def apt_of_tungsten(tonnes: Number) -> Number:
    """Tonnes of ammonium paratungstate (88.5 mtu a tonne) that contain an amount of tungsten (t W)."""
    return tonnes * (MTU_PER_TONNE_W / MTU_PER_TONNE_APT)


def tungsten_in_concentrate(concentrate: Number) -> Number:
    """Contained tungsten, t W, in tonnes of 65 % concentrate: 0.515 of it."""
    return concentrate * (MTU_PER_TONNE_CONCENTRATE / MTU_PER_TONNE_W)


def concentrate_of_tungsten(tonnes: Number) -> Number:
    """Tonnes of 65 % concentrate, as Chinese quotas count, that contain an amount of tungsten (t W)."""
    return tonnes * (MTU_PER_TONNE_W / MTU_PER_TONNE_CONCENTRATE)


def apt_price_in_china(price: Number) -> Number:
    """Chinese domestic APT price, CNY/t with VAT, from USD/mtu without VAT (as SMM quotes it)."""
    return price * (MTU_PER_TONNE_APT * CNY_PER_USD * (1 + CHINESE_VAT))


def apt_price_from_china(price: Number) -> Number:
    """APT price in USD/mtu without VAT from a Chinese domestic price in CNY/t with VAT."""
    return price / (MTU_PER_TONNE_APT * CNY_PER_USD * (1 + CHINESE_VAT))


def concentrate_price_in_china(price: Number) -> Number:
    """Chinese domestic price of 65 % concentrate, CNY/t with VAT, from USD/mtu without VAT."""
    return price * (MTU_PER_TONNE_CONCENTRATE * CNY_PER_USD * (1 + CHINESE_VAT))


def concentrate_price_from_china(price: Number) -> Number:
    """Price of concentrate in USD/mtu without VAT from a Chinese domestic price in CNY/t with VAT."""
    return price / (MTU_PER_TONNE_CONCENTRATE * CNY_PER_USD * (1 + CHINESE_VAT))


def price_per_kilogram(price: Number) -> Number:
    """Price in USD per kilogram of tungsten, as ferrotungsten is quoted, from USD/mtu: 300 is 37.8."""
    return price * (MTU_PER_TONNE_W / 1000.0)


def million_dollars(tonnes: Number, price: Number) -> Number:
    """Worth, million USD, of an amount (t W) at a price (USD/mtu)."""
    return tonnes * price * (MTU_PER_TONNE_W / 1e6)


def per_month(per_year: Number) -> Number:
    """A monthly flow from a yearly one."""
    return per_year / MONTHS_PER_YEAR
