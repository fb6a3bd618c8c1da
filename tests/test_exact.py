"""The transcendental functions are accurate, and their bits depend on nothing but their arguments."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
from decimal import Decimal, localcontext
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llvmlite.binding import get_host_cpu_features
from scipy.special import ndtri

from sim import exact
from tests.elsewhere import NO_AVX_512

ROOT = Path(__file__).resolve().parent.parent
RNG = np.random.default_rng(20250115)
SIGNED_TINY = 10.0 ** RNG.uniform(-20, -1, 400) * RNG.choice([-1.0, 1.0], 400)
REAL = np.concatenate([RNG.uniform(-2, 2, 400), SIGNED_TINY, RNG.uniform(-30, 700, 400)])
POSITIVE = np.concatenate([RNG.uniform(0.5, 2, 400), 10.0 ** RNG.uniform(-323, 308, 400), 1 + SIGNED_TINY])
SHARE = np.concatenate(
    [RNG.random(2000), 10.0 ** RNG.uniform(-300, -1, 500), 1 - 10.0 ** RNG.uniform(-15, -1, 500)]
)


def largest_error(got: np.ndarray, wanted: list[Decimal]) -> float:
    """Units in the last place of what is wanted."""
    return max(
        abs(float((Decimal(float(a)) - b) / Decimal(math.ulp(float(b)))))
        for a, b in zip(got, wanted, strict=True)
    )


@pytest.mark.parametrize(
    ("function", "reference", "at"),
    [
        (exact.exp, lambda x: x.exp(), REAL),
        (exact.expm1, lambda x: x.exp() - 1, REAL),
        (exact.log, lambda x: x.ln(), POSITIVE),
        (
            exact.log1p,
            lambda x: (1 + x).ln() if abs(x) > 1e-25 else x,
            np.concatenate([POSITIVE, -0.99 * RNG.random(400), SIGNED_TINY]),
        ),
    ],
    ids=["exp", "expm1", "log", "log1p"],
)
def test_functions_of_one_number_are_within_one_unit_in_the_last_place(function, reference, at):
    with localcontext() as context:
        context.prec = 60
        assert largest_error(function(at), [reference(Decimal(float(x))) for x in at]) < 1.0


@pytest.mark.parametrize(("reach", "units"), [(50.0, 4.0), (700.0, 32.0)])
def test_power_is_within_a_few_units_in_the_last_place(reach, units):
    x = np.concatenate([POSITIVE, RNG.uniform(0.7, 1.45, 400)])
    x = x[x != 1.0]
    y = RNG.uniform(-reach, reach, x.size) / np.log(x)
    with localcontext() as context:
        context.prec = 60
        wanted = [(Decimal(float(b)) * Decimal(float(a)).ln()).exp() for a, b in zip(x, y, strict=True)]
        assert largest_error(exact.power(x, y), wanted) < units


def test_power_agrees_with_the_standard_at_every_limit():
    base = [0.0, 5e-324, 1e-310, 0.5, 1.0 - 2.0**-53, 1.0, 1.0 + 2.0**-52, 10.0, 1e300, math.inf, math.nan]
    exponent = [
        0.0,
        -0.0,
        0.5,
        1.0,
        -1.0,
        1e-300,
        -1e-300,
        1e300,
        1e308,
        -1e308,
        math.inf,
        -math.inf,
        math.nan,
    ]
    with np.errstate(all="ignore"):
        for x, y in itertools.product(base, exponent):
            np.testing.assert_allclose(exact.power(x, y), np.power(x, y), rtol=1e-15, err_msg=f"{x}**{y}")
    assert math.isnan(exact.power(-1.0, 2.0))


def test_the_normal_quantile_agrees_with_two_other_implementations():
    got = exact.normal_quantile(SHARE)
    np.testing.assert_allclose(got, ndtri(SHARE), rtol=4e-15, atol=1e-16)
    np.testing.assert_allclose(got, [NormalDist().inv_cdf(p) for p in SHARE], rtol=2e-15, atol=1e-17)


@pytest.mark.parametrize(
    ("function", "pairs"),
    [
        (
            exact.exp,
            [
                (-math.inf, 0),
                (-746, 0),
                (-745.1, 5e-324),
                (-0.0, 1),
                (0, 1),
                (709.79, math.inf),
                (math.inf, math.inf),
            ],
        ),
        (
            exact.expm1,
            [(-math.inf, -1), (-800, -1), (0, 0), (5e-324, 5e-324), (709.79, math.inf), (math.inf, math.inf)],
        ),
        (
            exact.log,
            [
                (-1, math.nan),
                (-math.inf, math.nan),
                (0, -math.inf),
                (-0.0, -math.inf),
                (1, 0),
                (math.inf, math.inf),
            ],
        ),
        (exact.log1p, [(-2, math.nan), (-1, -math.inf), (0, 0), (1e-300, 1e-300), (math.inf, math.inf)]),
        (exact.normal_quantile, [(-0.1, math.nan), (0, -math.inf), (0.5, 0), (1, math.inf), (1.1, math.nan)]),
    ],
    ids=["exp", "expm1", "log", "log1p", "normal_quantile"],
)
def test_limits_and_impossible_arguments_give_what_they_should(function, pairs):
    for x, wanted in [*pairs, (math.nan, math.nan)]:
        np.testing.assert_equal(float(function(x)), float(wanted), err_msg=str(x))


def test_a_signed_zero_keeps_its_sign_where_the_function_passes_through_zero():
    assert math.copysign(1.0, exact.expm1(-0.0)) == -1.0
    assert math.copysign(1.0, exact.log1p(-0.0)) == -1.0


@settings(deadline=None, max_examples=50)
@given(st.floats(-700, 700))
def test_log_undoes_exp(x):
    assert exact.log(exact.exp(x)) == pytest.approx(x, rel=1e-15, abs=3e-16)


@pytest.mark.parametrize("width", [1, 3, 64, 1000])
def test_a_value_has_the_same_bits_at_every_width(width):
    x = RNG.lognormal(0.0, 3.0, 1000)
    y = RNG.normal(0.0, 2.0, 1000)
    for whole, part in [
        (exact.exp(y), lambda s: exact.exp(y[s])),
        (exact.expm1(y), lambda s: exact.expm1(y[s])),
        (exact.log(x), lambda s: exact.log(x[s])),
        (exact.log1p(x), lambda s: exact.log1p(x[s])),
        (exact.power(x, y), lambda s: exact.power(x[s], y[s])),
        (exact.normal_quantile(x / (1 + x)), lambda s: exact.normal_quantile((x / (1 + x))[s])),
    ]:
        starts = range(0, 1000, width) if width > 1 else range(0, 1000, 17)
        for start in starts:
            here = slice(start, start + width)
            assert part(here).tobytes() == whole[here].tobytes()


def test_a_single_number_has_the_same_bits_as_in_a_block():
    x = RNG.lognormal(0.0, 3.0, 50)
    assert [float(exact.power(float(v), 0.3)) for v in x] == exact.power(x, 0.3).tolist()


FINGERPRINT = """
import hashlib
import numpy as np
from sim import exact, luck, sums

seeds = np.arange(1000, dtype=np.uint64)
names = [str(each) for each in range(20)]
u = luck.uniform(seeds, luck.streams("test", names), 7)
x = 40.0 * (u - 0.5)
results = [
    u, luck.normal(seeds, luck.stream("test"), 3), exact.exp(x), exact.expm1(x), exact.log(u), exact.log1p(u),
    exact.power(u, x), exact.normal_quantile(u), sums.total(x), sums.weighted(x, u),
    sums.grouped(x, [each % 3 for each in range(20)], 3),
]
digests = [hashlib.blake2b(each.tobytes(), digest_size=8).hexdigest() for each in results]
"""
HOST = {name for name, has in get_host_cpu_features().items() if has}


def fingerprint_elsewhere(**environment: str) -> list[str]:
    """Computed by a process of its own; numba keeps code apart by processor and features."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FINGERPRINT + "print(*digests)"],
        env={**os.environ, **environment, "NPY_DISABLE_CPU_FEATURES": NO_AVX_512},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_another_processor_computes_the_same_bits():
    here: dict[str, Any] = {}
    exec(FINGERPRINT, here)
    assert len(here["digests"]) == 11
    assert fingerprint_elsewhere(NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="") == here["digests"]


@pytest.mark.skipif("avx2" not in HOST or "fma" not in HOST, reason="needs a processor with AVX2 and FMA")
def test_fused_multiply_and_add_is_never_used():
    plain: dict[str, Any] = {}
    exec(FINGERPRINT, plain)
    features = "+avx,+avx2,+fma,+bmi,+bmi2"
    assert fingerprint_elsewhere(NUMBA_CPU_NAME="haswell", NUMBA_CPU_FEATURES=features) == plain["digests"]
