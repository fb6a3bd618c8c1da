"""Transcendental functions with the same bits on every processor and at every width.

Built from + - * / sqrt, comparisons and integer operations on the bits only: each of these is
exact to the last bit by IEEE 754, so no library, vector width or fused operation can change a
result. Every function takes floats or arrays that broadcast, and may be called with single
numbers inside kernels and rules.

Errors measured against exact references: exp, expm1, log, log1p within 1 unit in the last place,
power within 4 while |y log x| < 50 and 32 anywhere; normal_quantile 1.1e-15 relative.

References: the reductions are the classical ones (Tang 1989, 1990; Muller et al. 2018, Handbook of
Floating-Point Arithmetic); polynomials were fitted to series in exact rational arithmetic.
Dekker 1971 for exact sums and products. Wichura 1988, algorithm AS 241, for the normal quantile.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import inline, rule

_LOG2_E = 1.4426950408889634
# ln 2 in two parts; the first has 40 bits, so that its product with an exponent is exact
_LN2_HIGH = 0.6931471805592082
_LN2_LOW = 7.371002565167799e-13
# adding 1.5 * 2**52 rounds to an integer and leaves it in the low bits
_ROUNDER = 6755399441055744.0
_ROUNDER_BITS = np.int64(0x4338000000000000)
_EXPONENT_BIAS = 1023.0
_ONE_BITS = np.int64(0x3FF0000000000000)
_ROOT_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)
_MANTISSA = np.int64(0x000FFFFFFFFFFFFF)
_SMALLEST_NORMAL = 2.2250738585072014e-308
_TWO_54 = 18014398509481984.0
_SPLITTER = 134217729.0


@inline
def _bits(x: float) -> np.int64:
    return np.float64(x).view(np.int64)


@inline
def _from_bits(bits: np.int64) -> float:
    return np.int64(bits).view(np.float64)


@inline
def _two_to(k: float) -> float:
    """2**k for a whole number k in [-1022, 1023]."""
    return _from_bits(_bits(k + _EXPONENT_BIAS + _ROUNDER) << 52)


@inline
def _rounded(x: float) -> float:
    """Nearest whole number, for |x| < 2**51."""
    return (x + _ROUNDER) - _ROUNDER


@inline
def _scaled(y: float, k: float) -> float:
    """y * 2**k for a whole number k in [-2044, 2046], rounded once."""
    half = _rounded(0.5 * k)
    return y * _two_to(half) * _two_to(k - half)


@inline
def _exp_tail(r: float) -> float:
    """exp(r) - 1 - r for |r| < 0.3466."""
    rr = r * r
    even = 2.0914685161418067e-09
    even = 2.7557273647451087e-07 + rr * even
    even = 2.480158732554432e-05 + rr * even
    even = 1.388888888888375e-03 + rr * even
    even = 0.04166666666666667 + rr * even
    even = 0.5 + rr * even
    odd = 2.5105214474751413e-08
    odd = 2.7557255406285044e-06 + rr * odd
    odd = 1.9841269874815834e-04 + rr * odd
    odd = 8.333333333326136e-03 + rr * odd
    odd = 0.1666666666666667 + rr * odd
    return rr * (even + r * odd)


@inline
def _exp_of_sum(x: float, low: float) -> float:
    """exp(x + low) for -746 <= x <= 710 and |low| tiny."""
    k = _rounded(x * _LOG2_E)
    high = x - k * _LN2_HIGH
    low = low - k * _LN2_LOW
    r = high + low
    low = (high - r) + low
    return _scaled(1.0 + (r + (_exp_tail(r) + low)), k)


@inline
def _clamped(x: float, low: float, high: float) -> float:
    """x within [low, high]; NaN stays NaN."""
    x = low if x < low else x
    return high if x > high else x


@rule
def exp(x: float) -> float:
    """e to the power of x; 0 below -745.14, inf above 709.78."""
    return _exp_of_sum(_clamped(x, -746.0, 710.0), 0.0)


@rule
def expm1(x: float) -> float:
    """exp(x) - 1 without loss for small x."""
    inside = _clamped(x, -40.0, 710.0)
    k = _rounded(inside * _LOG2_E)
    high = inside - k * _LN2_HIGH
    low = -k * _LN2_LOW
    r = high + low
    low = _exp_tail(r) + ((high - r) + low)
    # exp(x) - 1 = 2**k * ((1 - 2**-k) + r + low), the first sum with its exact error
    base = 1.0 - _two_to(_clamped(-k, -1022.0, 1022.0))
    total = base + r
    other = total - base
    error = (base - (total - other)) + (r - other)
    result = _scaled(total + (error + low), k)
    return x if x == 0.0 else result


@inline
def _log_tail(z: float) -> float:
    """(log((1 + s) / (1 - s)) - 2 s) / s with z = s * s < 0.0295."""
    zz = z * z
    even = 0.13268759668560612
    even = 0.18181795630884753 + zz * even
    even = 0.2857142857080323 + zz * even
    even = 0.6666666666666666 + zz * even
    odd = 0.13086767009948175
    odd = 0.15386240205813478 + zz * odd
    odd = 0.2222222239180047 + zz * odd
    odd = 0.4000000000000088 + zz * odd
    return z * (even + z * odd)


@inline
def _exponent(x: float) -> float:
    """k of x = 2**k * m with m in [sqrt(1/2), sqrt(2)), for normal x > 0."""
    biased = (_bits(x) + (_ONE_BITS - _ROOT_HALF_BITS)) >> 52
    return _from_bits(biased | _ROUNDER_BITS) - (_ROUNDER + _EXPONENT_BIAS)


@inline
def _mantissa(x: float) -> float:
    """m of x = 2**k * m with m in [sqrt(1/2), sqrt(2)), for normal x > 0."""
    return _from_bits(((_bits(x) + (_ONE_BITS - _ROOT_HALF_BITS)) & _MANTISSA) + _ROOT_HALF_BITS)


@inline
def _log_parts(f: float, k: float, correction: float) -> float:
    """log(1 + f) + k log 2 + correction, for 1 + f in [sqrt(1/2), sqrt(2))."""
    s = f / (2.0 + f)
    half_square = 0.5 * f * f
    tail = s * (half_square + _log_tail(s * s)) + (k * _LN2_LOW + correction)
    return k * _LN2_HIGH - ((half_square - tail) - f)


@rule
def log(x: float) -> float:
    """Natural logarithm; -inf at 0, NaN below."""
    is_small = x < _SMALLEST_NORMAL
    y = x * _TWO_54 if is_small else x
    k = _exponent(y) - (54.0 if is_small else 0.0)
    result = _log_parts(_mantissa(y) - 1.0, k, 0.0)
    result = x if x == math.inf else result
    result = -math.inf if x == 0.0 else result
    result = math.nan if x < 0.0 else result
    return x if x != x else result


@rule
def log1p(x: float) -> float:
    """log(1 + x) without loss for small x; -inf at -1, NaN below."""
    u = 1.0 + x
    k = _exponent(u)
    # what rounding 1 + x lost, relative to u
    lost = (1.0 - (u - x)) if x > 1.0 else (x - (u - 1.0))
    is_near = k == 0.0
    f = x if is_near else _mantissa(u) - 1.0
    result = _log_parts(f, k, 0.0 if is_near else lost / u)
    result = x if x == 0.0 or x == math.inf else result
    result = -math.inf if x == -1.0 else result
    result = math.nan if x < -1.0 else result
    return x if x != x else result


@inline
def _product_error(a: float, b: float, product: float) -> float:
    """a * b - product, exactly (Dekker), while nothing overflows."""
    t = _SPLITTER * a
    a_high = t - (t - a)
    a_low = a - a_high
    t = _SPLITTER * b
    b_high = t - (t - b)
    b_low = b - b_high
    return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


@inline
def log_in_two(x: float) -> tuple[float, float]:
    """log x as an unevaluated sum of two numbers, for finite x > 0."""
    is_small = x < _SMALLEST_NORMAL
    scaled = x * _TWO_54 if is_small else x
    k = _exponent(scaled) - (54.0 if is_small else 0.0)
    f = _mantissa(scaled) - 1.0
    divisor = 2.0 + f
    divisor_error = f - (divisor - 2.0)
    inverse = 1.0 / divisor
    s = f * inverse
    product = s * divisor
    remainder = (f - product) - _product_error(s, divisor, product) - s * divisor_error
    s_error = remainder * inverse
    whole = k * _LN2_HIGH
    high = whole + 2.0 * s
    other = high - whole
    low = (whole - (high - other)) + (2.0 * s - other)
    low = low + (s * _log_tail(s * s) + (2.0 * s_error + k * _LN2_LOW))
    log_high = high + low
    return log_high, low - (log_high - high)


@inline
def power_of_log(log_high: float, log_low: float, y: float) -> float:
    """x to the power of y for finite x > 0, from `log_in_two` of x; the same bits as `power`."""
    exponent = y * log_high
    exponent_error = _product_error(y, log_high, exponent) + y * log_low
    is_extreme = not (abs(exponent) < 746.0)
    inside = _clamped(exponent, -746.0, 710.0)
    return _exp_of_sum(inside, 0.0 if is_extreme else exponent_error)


@rule
def power(x: float, y: float) -> float:
    """x to the power of y, for x >= 0; NaN for x < 0.

    power(x, 0) = power(1, y) = 1 for every x and y, NaN included; at 0 and inf the limits.
    """
    log_high, log_low = log_in_two(x)
    result = power_of_log(log_high, log_low, y)
    at_limit = (math.inf if y > 0.0 else 0.0) if x == math.inf else (0.0 if y > 0.0 else math.inf)
    result = at_limit if x == math.inf or x == 0.0 else result
    result = math.nan if x < 0.0 or x != x or y != y else result
    return 1.0 if y == 0.0 or x == 1.0 else result


@inline
def _central(r: float) -> tuple[float, float]:
    """AS 241 for |p - 1/2| <= 0.425: numerator without the factor p - 1/2, and denominator."""
    top = 2.5090809287301226727e3
    top = 3.3430575583588128105e4 + r * top
    top = 6.7265770927008700853e4 + r * top
    top = 4.5921953931549871457e4 + r * top
    top = 1.3731693765509461125e4 + r * top
    top = 1.9715909503065514427e3 + r * top
    top = 1.3314166789178437745e2 + r * top
    top = 3.3871328727963666080e0 + r * top
    bottom = 5.2264952788528545610e3
    bottom = 2.8729085735721942674e4 + r * bottom
    bottom = 3.9307895800092710610e4 + r * bottom
    bottom = 2.1213794301586595867e4 + r * bottom
    bottom = 5.3941960214247511077e3 + r * bottom
    bottom = 6.8718700749205790830e2 + r * bottom
    bottom = 4.2313330701600911252e1 + r * bottom
    return top, 1.0 + r * bottom


@inline
def _tail(r: float) -> tuple[float, float]:
    """AS 241 for both tails, r = sqrt(-log p): numerator and denominator, switching at r = 5."""
    is_far = r > 5.0
    r = r - 5.0 if is_far else r - 1.6
    top = 2.01033439929228813265e-7 if is_far else 7.74545014278341407640e-4
    top = (2.71155556874348757815e-5 if is_far else 2.27238449892691845833e-2) + r * top
    top = (1.24266094738807843860e-3 if is_far else 2.41780725177450611770e-1) + r * top
    top = (2.65321895265761230930e-2 if is_far else 1.27045825245236838258e0) + r * top
    top = (2.96560571828504891230e-1 if is_far else 3.64784832476320460504e0) + r * top
    top = (1.78482653991729133580e0 if is_far else 5.76949722146069140550e0) + r * top
    top = (5.46378491116411436990e0 if is_far else 4.63033784615654529590e0) + r * top
    top = (6.65790464350110377720e0 if is_far else 1.42343711074968357734e0) + r * top
    bottom = 2.04426310338993978564e-15 if is_far else 1.05075007164441684324e-9
    bottom = (1.42151175831644588870e-7 if is_far else 5.47593808499534494600e-4) + r * bottom
    bottom = (1.84631831751005468180e-5 if is_far else 1.51986665636164571966e-2) + r * bottom
    bottom = (7.86869131145613259100e-4 if is_far else 1.48103976427480074590e-1) + r * bottom
    bottom = (1.48753612908506148525e-2 if is_far else 6.89767334985100004550e-1) + r * bottom
    bottom = (1.36929880922735805310e-1 if is_far else 1.67638483018380384940e0) + r * bottom
    bottom = (5.99832206555887937690e-1 if is_far else 2.05319162663775882187e0) + r * bottom
    return top, 1.0 + r * bottom


@inline
def central_normal_quantile(p: float) -> float:
    """The same as `normal_quantile` for p within 0.425 of a half; meaningless elsewhere."""
    q = p - 0.5
    top, bottom = _central(0.180625 - q * q)
    return q * top / bottom


@rule
def normal_quantile(p: float) -> float:
    """Standard normal value below which a share p lies; -inf at 0, inf at 1, NaN outside [0, 1].

    Source: Wichura 1988, algorithm AS 241 (PPND16), about 16 digits.
    """
    q = p - 0.5
    smaller = p if q < 0.0 else 1.0 - p
    top, bottom = _tail(math.sqrt(-log(smaller)))
    middle_top, middle_bottom = _central(0.180625 - q * q)
    is_middle = abs(q) <= 0.425
    top = q * middle_top if is_middle else (-top if q < 0.0 else top)
    result = top / (middle_bottom if is_middle else bottom)
    result = -math.inf if p == 0.0 else result
    return math.inf if p == 1.0 else result
