"""The floats' number system: IEEE answers where ``math`` raises, and no digits lost."""

from __future__ import annotations

import math
from fractions import Fraction
from math import inf, nan, nextafter, ulp
from random import Random

import pytest
from support_graph import REFERENCES, distance, exact, mp, same

from autograd_graph.numbers import floats
from autograd_graph.numbers.elementary import divide, power_less_one
from autograd_graph.numbers.ieee import Ieee, system
from autograd_graph.numbers.tails import exp_difference

TINY, HUGE, LARGEST = 5e-324, 1e308, 1.7976931348623157e308


@pytest.mark.parametrize(
    ("a", "b", "quotient"),
    [
        (1.0, 0.0, inf),
        (1.0, -0.0, -inf),
        (-1.0, 0.0, -inf),
        (-1.0, -0.0, inf),
        (0.0, 0.0, nan),
        (-0.0, 0.0, nan),
        (nan, 0.0, nan),
        (inf, 0.0, inf),
        (-inf, 0.0, -inf),
        (inf, inf, nan),
        (0.0, -5.0, -0.0),
        (HUGE, 1e-10, inf),
        (6.0, 3.0, 2.0),
    ],
)
def test_division_is_that_of_ieee_754(a: float, b: float, quotient: float) -> None:
    assert same(divide(a, b), quotient)
    assert same(float(Ieee(a) / b), quotient)
    assert same(float(a / Ieee(b)), quotient)


@pytest.mark.parametrize(
    ("name", "x", "y"),
    [
        ("sqrt", -1.0, nan),
        ("exp", 1e4, inf),
        ("exp", -1e4, 0.0),
        ("expm1", 1e4, inf),
        ("exp2", 1e4, inf),
        ("log", 0.0, -inf),
        ("log", -0.0, -inf),
        ("log", -1.0, nan),
        ("log2", 0.0, -inf),
        ("log10", -1.0, nan),
        ("log1p", -1.0, -inf),
        ("log1p", -2.0, nan),
        ("sin", inf, nan),
        ("cos", -inf, nan),
        ("tan", inf, nan),
        ("asin", 2.0, nan),
        ("acos", -2.0, nan),
        ("sinh", -1e4, -inf),
        ("sinh", 1e4, inf),
        ("cosh", -1e4, inf),
        ("acosh", 0.5, nan),
        ("atanh", 1.0, inf),
        ("atanh", -1.0, -inf),
        ("atanh", 2.0, nan),
        ("gamma", 0.0, inf),
        ("gamma", -0.0, -inf),
        ("gamma", -1e-320, -inf),
        ("gamma", 1e-320, inf),
        ("gamma", 200.0, inf),
        ("gamma", -3.0, nan),
        ("gamma", -inf, nan),
        ("lgamma", -3.0, inf),
        ("lgamma", LARGEST, inf),
        ("digamma", 0.0, -inf),
        ("digamma", -0.0, inf),
        ("digamma", -2.0, nan),
        ("digamma", inf, inf),
        ("digamma", -inf, nan),
        ("sinc", 0.0, 1.0),
        ("sinc", inf, 0.0),
        ("asech", 0.0, inf),
        ("asech", 1.5, nan),
        ("acsch", 0.0, inf),
        ("acsch", -0.0, -inf),
        ("acoth", 1.0, inf),
        ("acoth", -1.0, -inf),
        ("acoth", 0.5, nan),
        ("floor", -0.5, -1.0),
        ("floor", -0.0, -0.0),
        ("floor", inf, inf),
        ("ceil", -0.5, -0.0),
        ("ceil", -inf, -inf),
        ("trunc", -0.5, -0.0),
        ("round", -0.5, -0.0),
        ("round", 1.5, 2.0),
        ("round", 2.5, 2.0),
        ("sign", -3.0, -1.0),
        ("sign", 0.0, 0.0),
    ],
)
def test_function_answers_where_math_would_raise_or_lose_a_sign(
    name: str, x: float, y: float
) -> None:
    assert same(getattr(floats, name)(x), y)
    assert same(getattr(system, name)(Ieee(x)), y)


ONE_ARGUMENT = [
    "sqrt",
    "cbrt",
    "exp",
    "expm1",
    "exp2",
    "log",
    "log2",
    "log10",
    "log1p",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "erf",
    "erfc",
    "gamma",
    "lgamma",
    "digamma",
    "sigmoid",
    "softplus",
    "gaussian",
    "sinc",
    "asech",
    "acsch",
    "acoth",
    "floor",
    "ceil",
    "trunc",
    "round",
    "sign",
    "square",
]


@pytest.mark.parametrize("root", [1.0, 2.0, -2.457024738220801, -2.7476826467274127, -3.143580888])
def test_log_gamma_keeps_its_digits_near_its_roots(root: float) -> None:
    for step in (1e-16, 1e-10, 1e-7, 1e-3, 0.05):
        for x in (root - step * abs(root), root + step * abs(root)):
            with mp.workdps(120):
                truth = mp.log(abs(mp.gamma(exact(x))))
            assert distance(floats.lgamma(x), truth) <= 20.0


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_nan_goes_through(name: str) -> None:
    assert same(getattr(floats, name)(nan), nan)


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_infinities_and_the_ends_of_the_range_raise_nothing(name: str) -> None:
    for x in (inf, -inf, LARGEST, -LARGEST, TINY, -TINY, 0.0, -0.0):
        assert isinstance(getattr(floats, name)(x), float)


# -- powers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y", "z"),
    [  # C99 annex F.9.4.4
        (0.0, -3.0, inf),
        (-0.0, -3.0, -inf),
        (0.0, -2.0, inf),
        (-0.0, -2.0, inf),
        (0.0, -2.5, inf),
        (-0.0, -2.5, inf),
        (0.0, -inf, inf),
        (0.0, 3.0, 0.0),
        (-0.0, 3.0, -0.0),
        (-0.0, 2.0, 0.0),
        (-0.0, 2.5, 0.0),
        (-1.0, inf, 1.0),
        (-1.0, -inf, 1.0),
        (1.0, nan, 1.0),
        (1.0, inf, 1.0),
        (nan, 0.0, 1.0),
        (nan, -0.0, 1.0),
        (inf, 0.0, 1.0),
        (nan, 1.0, nan),
        (2.0, nan, nan),
        (-8.0, 0.5, nan),
        (-8.0, 1 / 3, nan),
        (0.5, -inf, inf),
        (2.0, -inf, 0.0),
        (-0.5, inf, 0.0),
        (-2.0, inf, inf),
        (-inf, -3.0, -0.0),
        (-inf, -2.5, 0.0),
        (-inf, 3.0, -inf),
        (-inf, 2.0, inf),
        (-inf, 2.5, inf),
        (inf, -1.0, 0.0),
        (inf, 1.0, inf),
        (10.0, 400.0, inf),
        (-10.0, 401.0, -inf),
        (-10.0, 400.0, inf),
        (10.0, -400.0, 0.0),
        (-10.0, -401.0, -0.0),
        (-10.0, 1e300, inf),
    ],
)
def test_power_is_that_of_c99_at_its_special_cases(x: float, y: float, z: float) -> None:
    assert same(floats.pow(x, y), z)


@pytest.mark.parametrize("y", [0.1, -0.1, 1e-17, -1e-17, 1e17, 2.0**54, 9007199254740994.0, 2.7])
def test_power_less_one_does_not_round_the_exponent(y: float) -> None:
    random = Random(str(y))
    for _ in range(50):
        near = 1.0 + random.uniform(-600.0, 600.0) / max(abs(y), 600.0)
        x = near if abs(y) > 1e3 else 10.0 ** random.uniform(-200.0, 200.0) ** (abs(y) < 2)
        truth = mp.exp((exact(y) - 1) * mp.log(exact(x)))
        assert distance(power_less_one(x, y), truth) <= 3.0


@pytest.mark.parametrize(
    ("x", "y", "z"),
    [
        (0.0, 1.0, 1.0),
        (0.0, 0.5, inf),
        (0.0, 2.5, 0.0),
        (-2.0, 3.0, 4.0),
        (-2.0, 4.0, -8.0),
        (-2.0, 2.0**54, -inf),
        (inf, 0.1, 0.0),
        (inf, 2.0, inf),
        (0.0, 1e-17, inf),
    ],
)
def test_power_less_one_at_special_cases(x: float, y: float, z: float) -> None:
    assert same(power_less_one(x, y), z)


# -- remainders --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y", "remainder", "quotient"),
    [
        (7.0, 3.0, 1.0, 2.0),
        (-7.0, 3.0, 2.0, -3.0),
        (7.0, -3.0, -2.0, -3.0),
        (-7.0, -3.0, -1.0, 2.0),
        (6.0, 3.0, 0.0, 2.0),
        (6.0, -3.0, -0.0, -2.0),
        (0.3, 0.1, 0.09999999999999998, 2.0),
        (3.0, inf, 3.0, 0.0),
        (-3.0, inf, inf, -1.0),
        (3.0, -inf, -inf, -1.0),
        (-3.0, -inf, -3.0, 0.0),
        (inf, 3.0, nan, inf),
        (-inf, 3.0, nan, -inf),
        (5.0, 0.0, nan, inf),
        (-5.0, 0.0, nan, -inf),
        (0.0, 0.0, nan, nan),
        (nan, 1.0, nan, nan),
        (1.0, nan, nan, nan),
        (HUGE, 1e-308, math.fmod(HUGE, 1e-308), inf),
    ],
)
def test_remainder_has_the_sign_of_the_divisor(
    x: float, y: float, remainder: float, quotient: float
) -> None:
    assert same(floats.mod(x, y), remainder)
    assert same(floats.floor_divide(x, y), quotient)


# -- sums and products -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("xs", "total"),
    [
        ([], 0.0),
        ([1e16, 1.0, -1e16], 1.0),
        ([0.1] * 10, 1.0),
        ([HUGE, HUGE, -HUGE], HUGE),
        ([HUGE, HUGE], inf),
        ([-HUGE, -HUGE], -inf),
        ([inf, 1.0], inf),
        ([inf, -inf], nan),
        ([inf, -inf, nan], nan),
        ([inf, nan], nan),
        ([HUGE, HUGE, inf], inf),
        ([HUGE, HUGE, -inf], -inf),
        ([HUGE, HUGE, inf, -inf], nan),
        ([HUGE, HUGE, nan], nan),
    ],
)
def test_sum_is_correctly_rounded_also_at_infinity(xs: list[float], total: float) -> None:
    assert same(floats.sum(*xs), total)


@pytest.mark.parametrize(
    ("xs", "middle"),
    [
        ([HUGE, HUGE], HUGE),
        ([LARGEST] * 7, LARGEST),
        ([LARGEST, LARGEST, -LARGEST], LARGEST / 3),
        ([-HUGE, -HUGE, -HUGE], -HUGE),
        ([inf, 1.0], inf),
        ([inf, -inf], nan),
        ([1.0, 2.0], 1.5),
        ([TINY, TINY, TINY], TINY),
    ],
)
def test_mean_survives_a_sum_beyond_the_range(xs: list[float], middle: float) -> None:
    assert same(floats.mean(*xs), middle)


def test_mean_is_exact_where_the_sum_overflows_and_terms_cancel() -> None:
    random = Random(1)
    xs = [random.uniform(-1.0, 1.0) * HUGE for _ in range(900)] + [LARGEST, LARGEST] * 60
    truth = mp.fsum(map(exact, xs)) / len(xs)
    assert math.isinf(sum(xs))
    assert distance(floats.mean(*xs), truth) <= 0.5


EXTREME = [
    [1e200, 1e200, 1e-200, 1e-200],
    [1e-200, 1e-200, 1e200, 1e200],
    [1e-300, 1e-300, 1e300, 1e300, 3.0],
    [5e-324, 0.875, -7.9e157],
    [1e-203, -3.5e-107, 1.4e29],
    [1e300, 1e300, 2.0],
    [-1e300, 1e300, 2.0],
    [1e-300, 1e-300, 2.0],
    [1.1] * 300,
    [0.1, 10.0] * 200,
    [2.0],
]


@pytest.mark.parametrize("xs", EXTREME, ids=lambda xs: f"{xs[:4]}x{len(xs)}")
def test_product_and_cofactors_have_no_range_on_the_way(xs: list[float]) -> None:
    fractions = list(map(Fraction, xs))
    assert distance(floats.prod(*xs), mp.fprod(map(exact, xs))) <= 0.51
    for n, cofactor in enumerate(floats.cofactors(*xs)):
        rest = math.prod(fractions[:n] + fractions[n + 1 :], start=Fraction(1))
        truth = mp.mpf(rest.numerator) / rest.denominator
        assert distance(cofactor, truth) <= 0.51


def test_product_and_cofactors_of_zeros_and_infinities() -> None:
    assert floats.prod(0.0, 1e300, 1e300) == 0.0
    assert floats.prod(1e300, 1e300, 0.0) == 0.0
    assert floats.prod(inf, 2.0) == inf
    assert same(floats.prod(inf, 0.0), nan)
    assert floats.cofactors(0.0, 1e300, 1e300) == [inf, 0.0, 0.0]
    assert floats.cofactors(0.0, 0.0, 5.0) == [0.0, 0.0, 0.0]
    assert floats.cofactors(inf, 2.0) == [2.0, inf]


def test_product_of_a_hundred_thousand_numbers_takes_no_more_than_linear_work() -> None:
    xs = [nextafter(1.0, 2.0), nextafter(1.0, 0.0)] * 50_000
    truth = ((1 + exact(ulp(1.0))) * (1 - exact(ulp(1.0)) / 2)) ** 50_000
    assert distance(floats.prod(*xs), truth) <= 0.51
    assert distance(floats.cofactors(*xs)[7], truth / exact(xs[7])) <= 0.51


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [
        ([1e200, 1.0, -1e200], [1e200, 3.0, 1e200], 3.0),
        ([1.0 + 2.0**-30, -1.0], [1.0 - 2.0**-30, 1.0], -(2.0**-60)),
        ([1e308, -1e308], [10.0, 10.0], 0.0),
        ([1e-200, 1e-200], [1e-124, 1e-124], 0.0),
        ([3e-162] * 4, [1e-162] * 4, 1e-323),
        ([inf, 1.0], [2.0, 1.0], inf),
        ([inf, 1.0], [0.0, 1.0], nan),
        ([inf, 1e200], [1.0, 1e200], inf),
        ([1e200, 1e200], [1e200, 1e200], inf),
        ([0.0, -0.0], [5.0, 5.0], 0.0),
    ],
)
def test_dot_of_cancelling_and_extreme_terms(
    left: list[float], right: list[float], result: float
) -> None:
    assert same(floats.dot(*left, *right), result)


# -- digits that a plain formula loses ---------------------------------------------------------


def test_gaussian_keeps_its_digits_in_the_tails() -> None:
    random = Random(2)
    for x in [random.uniform(-27.5, 27.5) for _ in range(300)] + [0.0, 1e-200, 26.6, 28.0, 1e200]:
        assert distance(floats.gaussian(x), mp.exp(-(exact(x) ** 2))) <= 2.0
    assert floats.gaussian(inf) == 0.0


def test_difference_of_exponents_keeps_its_digits() -> None:
    random = Random(3)
    for _ in range(300):
        a, b = random.uniform(-500.0, 500.0), 10.0 ** random.uniform(-17.0, 2.5)
        assert distance(exp_difference(a, b), mp.exp(exact(a) - exact(b))) <= 2.0
    assert exp_difference(inf, inf) == 1.0
    assert exp_difference(-HUGE, HUGE) == 0.0
    assert exp_difference(HUGE, -HUGE) == inf
    assert same(exp_difference(nan, 1.0), nan)


@pytest.mark.parametrize(
    ("xs", "result"),
    [
        ((1000.0, 1000.0), 1000.0 + math.log(2.0)),
        ((-1000.0, -1000.0), -1000.0 + math.log(2.0)),
        ((-inf, 3.0), 3.0),
        ((-inf, -inf), -inf),
        ((inf, 0.0), inf),
        ((nan, inf), nan),
        ((HUGE, -HUGE), HUGE),
        ((5.0,), 5.0),
    ],
)
def test_logsumexp_at_infinity_and_far_out(xs: tuple[float, ...], result: float) -> None:
    assert same(floats.logsumexp(*xs), result)


def test_softmax_adds_up_to_one_far_out() -> None:
    xs = (1e300, 1e300, -1e300)
    assert floats.softmax(*xs) == [0.5, 0.5, 0.0]
    assert all(same(share, nan) for share in floats.softmax(-inf, -inf))


@pytest.mark.parametrize("size", [5e-324, 1e-310, 1e-200, 1.0, 1e200, 1.7e308])
def test_direction_and_angle_slopes_have_no_range_on_the_way(size: float) -> None:
    x, y = size, size * 0.5 or size
    slopes = REFERENCES["hypot"].slopes(exact(x), exact(y))
    found = floats.direction(math.hypot(x, y), x, y)
    for slope, truth in zip(found, slopes, strict=True):
        assert distance(slope, truth) <= 2.0
    slopes = REFERENCES["atan2"].slopes(exact(y), exact(x))
    for slope, truth in zip(floats.angle_slopes(y, x), slopes, strict=True):
        assert distance(slope, truth) <= 3.0


@pytest.mark.parametrize("x", [-100.25, -1e6 - 0.3, -1e9 - 0.25, -1e12 - 0.5, -4e15 - 0.5])
def test_digamma_and_polygamma_far_below_zero_are_quick_and_right(x: float) -> None:
    part = exact(x) - mp.floor(x)
    reflected = mp.digamma(1 - exact(x)) - mp.pi / mp.tan(mp.pi * part)
    assert distance(floats.digamma(x), reflected) <= 1.0
    trigamma = (mp.pi / mp.sin(mp.pi * part)) ** 2 - mp.polygamma(1, 1 - exact(x))
    assert distance(floats.polygamma(1.0, x), trigamma) <= 1.0
    third = 2 * mp.pi**4 * (1 + 2 * mp.cos(mp.pi * part) ** 2) / mp.sin(mp.pi * part) ** 4
    assert distance(floats.polygamma(3.0, x), third - mp.polygamma(3, 1 - exact(x))) <= 1.0


@pytest.mark.parametrize(
    ("n", "x"),
    [(50.0, 60.0), (300.0, 400.0), (300.0, -290.0), (999.0, -1001.0), (1000.0, 2000.0), (9.0, 2.0)],
)
def test_spherical_bessel_function_of_high_order(n: float, x: float) -> None:
    size = exact(abs(x))
    truth = mp.sqrt(mp.pi / (2 * size)) * mp.besselj(exact(n) + 0.5, size)
    odd = x < 0.0 and n % 2 == 1.0
    assert distance(floats.spherical_jn(n, x), -truth if odd else truth) <= 1.0


def test_spherical_bessel_function_of_high_order_far_out_is_a_wave_over_x() -> None:
    for x in (1e4, 1e5, 1e300):
        assert 0.0 < abs(floats.spherical_jn(1000.0, x)) <= 1.01 / x


@pytest.mark.parametrize("n", [-1.0, 0.5, nan, -2.0, inf, 1e308, 1001.0])
def test_orders_are_whole_numbers_from_zero_to_a_thousand(n: float) -> None:
    assert same(floats.polygamma(n, 1.5), nan)
    assert same(floats.spherical_jn(n, 1.5), nan)


# -- choosing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("xs", [(nan, 1.0), (1.0, nan), (1.0, nan, 2.0), (inf, nan)])
def test_extremum_is_nan_if_one_is_nan_wherever_it_stands(xs: tuple[float, ...]) -> None:
    assert same(floats.max(*xs), nan)
    assert same(floats.min(*xs), nan)


def test_selection_of_nothing_is_not_zero() -> None:
    assert floats.select(0.0, 5.0) is None
    assert floats.select(1.0, 5.0) == 5.0
    assert same(floats.select(nan, 5.0), nan)
    assert same(floats.where(nan, 1.0, 2.0), nan)
    assert floats.where(-3.0, 1.0, 2.0) == 1.0
