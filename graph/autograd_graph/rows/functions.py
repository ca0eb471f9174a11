"""Functions of columns that NumPy lacks, or has in a form that is slow or loses digits.

They are compositions of NumPy's functions, which recording columns take, or functions of arrays
that a recording calls as a whole. Arguments that a form is not made for are those of single rows:
there the function of floats is asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import accumulate
from typing import Any

import numpy as np

from autograd_graph.numbers import floats, tails
from autograd_graph.rows import errorfunction
from autograd_graph.rows.arrays import where

Column = Any


class Whole:
    """A function of arrays that a recording calls as a whole.

    ``function(*arrays)`` gives one array, or with ``results`` as many as that says for a number of
    arguments.
    """

    def __init__(
        self, function: Callable[..., Any], results: Callable[[int], int] | None = None
    ) -> None:
        self.function = function
        self.results = results

    def __call__(self, *columns: Column) -> Any:
        """Evaluate it on arrays, or record it."""
        recording = next((c.recording for c in columns if hasattr(c, "recording")), None)
        if recording is None:
            return self.function(*columns)
        kinds = ("float",) * (1 if self.results is None else self.results(len(columns)))
        found = recording.record(self.write, columns, kinds)
        return found[0] if self.results is None else found

    def write(self, *arrays: Any) -> None:
        """Evaluate it into the last argument: an array, or one for each result."""
        found = self.function(*arrays[:-1])
        out = arrays[-1]
        if self.results is None:
            np.copyto(out, found)
            return
        for cell, array in zip(out if isinstance(out, tuple) else (out,), found, strict=True):
            np.copyto(cell, array)


def row_by_row(function: Callable[..., Any]) -> Whole:
    """A function of floats, applied to columns one row after the other."""
    return Whole(lambda *columns: _each(function, columns))


def _each(function: Callable[..., Any], columns: Sequence[Column]) -> Any:
    arrays = np.broadcast_arrays(*columns)
    rows = zip(*(array.ravel().tolist() for array in arrays), strict=True)
    found = np.array([function(*row) for row in rows], dtype=np.float64)
    if found.ndim > 1:
        return [column.reshape(arrays[0].shape) for column in found.T]
    return found.reshape(arrays[0].shape)


def mended(
    fast: Callable[..., Any], trusted: Callable[..., Any], exact: Callable[..., Any]
) -> Callable[..., Any]:
    """``fast`` on arrays, with the function of floats ``exact`` in rows that are not ``trusted``.

    Both give one number a row, or one for each argument.
    """

    def mend(*columns: Column) -> Any:
        with np.errstate(all="ignore"):
            found = fast(*columns)
            doubtful = np.logical_not(trusted(*columns))
        if not np.any(doubtful):
            return found
        several = isinstance(found, (list, tuple))
        shape = np.broadcast_shapes(*map(np.shape, columns))
        results = [np.array(np.broadcast_to(a, shape)) for a in (found if several else [found])]
        rows = np.broadcast_to(doubtful, shape)
        mends = _each(exact, [np.broadcast_to(c, shape)[rows] for c in columns])
        for result, mend in zip(results, mends if several else [mends], strict=True):
            result[rows] = mend
        return results if several else results[0]

    return mend


def _is_number(operand: Column, number: float) -> bool:
    return isinstance(operand, (int, float)) and operand == number


# powers -----------------------------------------------------------------------------------------


def power(x: Column, y: Column) -> Column:
    """``x^y``; small whole powers are products."""
    if isinstance(y, (int, float)) and y in _POWERS:
        return _POWERS[y](x)
    if getattr(y, "uniform", False):
        # one exponent of 1/2 for all rows is a root to NumPy, which differs for -0.0 and -inf
        odd = np.equal(y, 0.5) & (np.equal(x, 0.0) | np.equal(x, -np.inf))
        x = where(odd, np.absolute(x), x)
    return np.power(x, y)


_POWERS: dict[float, Callable[[Column], Column]] = {
    0.0: lambda x: np.float64(1.0),
    0.5: lambda x: np.sqrt(where(np.equal(x, -np.inf), np.inf, x)) + 0.0,
    1.0: lambda x: x,
    -1.0: lambda x: 1.0 / x,
    2.0: np.square,
    3.0: lambda x: x * np.square(x),
    4.0: lambda x: np.square(np.square(x)),
}
_LAST_ODD = 2.0**53


def power_slope(x: Column, y: Column) -> Column:
    """``y*x^(y - 1)``; 0 for ``y = 0``, also at ``x = 0``.

    Where ``y - 1`` is no double, and where only ``x^(y - 1)`` overflows, it is ``y*x^y/x``.
    """
    if _is_number(y, 0.0):
        return np.float64(0.0)
    less = y - 1.0
    whole = np.equal(less + 1.0, y) & np.less_equal(np.absolute(y), _LAST_ODD)
    slope = y * power(x, less)
    far = np.equal(x, 0.0) | np.isinf(x)
    other = y * power(x, y) / x
    slope = where(whole | far, slope, other)
    overflows = np.isinf(slope) & np.not_equal(x, 0.0) & np.less(np.absolute(y), 1.0)
    return where(np.equal(y, 0.0), 0.0, where(overflows, other, slope))


def power_log(result: Column, x: Column, y: Column) -> Column:
    """``x^y*log(x)``, the partial of ``result = x^y`` by ``y``; its limit 0 at ``x = 0``."""
    at_zero = where(np.greater_equal(y, 0.0), 0.0, np.nan)
    return where(np.equal(x, 0.0), at_zero, result * np.log(x))


def cbrt(x: Column) -> Column:
    """The cube root, exact for the cubes of whole numbers."""
    root = np.cbrt(x)
    whole = np.rint(root)
    return where(np.equal(whole * whole * whole, x), whole, root)


def mod(x: Column, y: Column) -> Column:
    """``x - y*floor(x/y)``, with the sign of ``y``; nan for ``y = 0`` and for infinite ``x``."""
    undefined = np.equal(y, 0.0) | np.isinf(x)
    return where(undefined, np.nan, np.remainder(x, y))


def floor_divide(x: Column, y: Column) -> Column:
    """``floor(x / y)`` of the exact quotient, not of the rounded one."""
    undefined = np.equal(y, 0.0) | np.isinf(x)
    return where(undefined, np.floor(x / y), np.floor_divide(x, y))


# exponentials -----------------------------------------------------------------------------------


def sigmoid(x: Column) -> Column:
    """``1 / (1 + exp(-x))`` without overflow: one exponential serves ``x`` and ``-x``."""
    power_of_e = np.exp(-np.absolute(x))
    return where(np.greater_equal(x, 0.0), 1.0, power_of_e) / (1.0 + power_of_e)


def softplus(x: Column) -> Column:
    """``log(1 + exp(x))`` without overflow or cancellation."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.absolute(x)))


erf, erfc, gaussian = errorfunction.erf, errorfunction.erfc, errorfunction.gaussian


def normal_density(x: Column) -> Column:
    """``exp(-x^2/2)/sqrt(2*pi)`` to full precision in the tails."""
    high, rest = errorfunction.split(np.minimum(np.absolute(x), 40.0))
    power = np.exp(-high * high / 2.0)
    return (power + power * np.expm1(rest / 2.0)) / math.sqrt(2.0 * math.pi)


def normal_cdf(x: Column) -> Column:
    """``erfc(-x/sqrt(2))/2``, to full precision in the left tail.

    The rounding error of ``u = -x/sqrt(2)``, times the derivative, corrects ``erfc(u)``.
    """
    near = np.minimum(np.maximum(x, -40.0), 40.0)
    u = near * -tails.ROOT_HALF
    high = np.rint(near * 65536.0) * (1.0 / 65536.0)
    off = (high * -tails.ROOT_HALF_HIGH - u) - high * tails.ROOT_HALF_LOW
    off = off - (near - high) * tails.ROOT_HALF
    return (erfc(u) - floats.two_over_root_pi * gaussian(u) * off) / 2.0


def _exp_difference(a: Column, b: Column) -> Column:
    """``exp(a - b)``, corrected for the rounding of the difference (Knuth's two-sum)."""
    difference = a - b
    part = difference + b
    error = (a - part) + (part - difference - b)
    rough = np.exp(difference)
    exact = where(np.isfinite(difference), rough * (1.0 + error), rough)
    return where(np.equal(a, b), 1.0, exact)


def logsumexp(*xs: Column) -> Column:
    """``log(exp(x1) + …)`` without overflow."""
    largest = reduce(np.maximum, xs)
    rest: Column = 0.0
    counted: Column = np.bool_(False)
    for x in xs:  # all but the largest
        is_largest = np.equal(x, largest)
        rest = rest + where(is_largest & ~counted, 0.0, _exp_difference(x, largest))
        counted = counted | is_largest
    return where(np.isfinite(largest), largest + np.log1p(rest), largest)


def softmax(*xs: Column) -> list[Column]:
    """``exp(x1) / (exp(x1) + …)`` and so on for each number, without overflow."""
    largest = reduce(np.maximum, xs)
    powers = [_exp_difference(x, largest) for x in xs]
    total = where(np.equal(largest, -np.inf), np.nan, reduce(np.add, powers))
    return [one / total for one in powers]


# inverses, and sinc ------------------------------------------------------------------------------


def asech(x: Column) -> Column:
    """``acosh(1/x)`` without rounding ``1/x``, which is inaccurate near 1 and overflows near 0."""
    near_1 = np.arcsinh(np.sqrt((1.0 - x) * (1.0 + x)) / x)
    inside = np.greater_equal(x, 0.0) & np.less_equal(x, 1.0)
    return where(inside, where(np.less(x, 1e-9), floats.ln2 - np.log(x), near_1), np.nan)


def acsch(x: Column) -> Column:
    """``asinh(1/x)``, also where ``1/x`` overflows."""
    size = np.absolute(x)
    near_0 = np.copysign(floats.ln2 - np.log(size), x)
    return where(np.less(size, 1e-300), near_0, np.arcsinh(1.0 / x))


def acoth(x: Column) -> Column:
    """``atanh(1/x)`` without rounding ``1/x``, which is inaccurate near 1."""
    size = np.absolute(x)
    value = np.copysign(0.5 * np.log1p(2.0 / (size - 1.0)), x)
    return where(np.greater_equal(size, 1.0), value, np.nan)


def sinc(x: Column) -> Column:
    """``sin(x)/x``, 1 at 0."""
    value = where(np.isinf(x), 0.0, np.sin(x) / x)
    return where(np.equal(x, 0.0), 1.0, value)


# of several numbers -----------------------------------------------------------------------------


def _largest(columns: Sequence[Column]) -> Column:
    return reduce(np.maximum, map(np.absolute, columns))


def _nan_and_not_infinite(columns: Sequence[Column]) -> Column:
    """Whether one number of a row is nan, and none infinite: whatever is computed is nan."""
    some = reduce(np.logical_or, map(np.isnan, columns))
    return some & ~reduce(np.logical_or, map(np.isinf, columns))


def _square_fits(*columns: Column) -> Column:
    """Whether the squares of a row can be added up without overflow, and without losing digits."""
    largest = _largest(columns)
    return ((largest > 1e-140) & (largest < 1e140)) | _nan_and_not_infinite(columns)


hypot = Whole(
    mended(
        lambda *xs: np.sqrt(reduce(np.add, map(np.square, xs))),
        lambda *xs: _square_fits(*xs) | (_largest(xs) == 0.0),
        floats.hypot,
    )
)
direction = Whole(
    mended(
        lambda norm, *xs: [where(norm == 0.0, 0.0, x / norm) for x in xs],
        lambda norm, *xs: ((norm > 1e-290) & (norm < 1e290)) | (norm == 0.0) | np.isnan(norm),
        floats.direction,
    ),
    results=lambda count: count - 1,
)


def _slopes_of_angle(y: Column, x: Column) -> list[Column]:
    squares = x * x + y * y
    return [x / squares, (0.0 - y) / squares]


angle_slopes = Whole(mended(_slopes_of_angle, _square_fits, floats.angle_slopes), lambda count: 2)

_FEW = 5
"""Of more factors the products are rounded once (:mod:`autograd_graph.numbers.sums`)."""


def _factors_fit(*xs: Column) -> Column:
    if len(xs) > _FEW:
        return np.False_
    sizes = list(map(np.absolute, xs))
    return reduce(np.logical_and, [((s > 1e-58) & (s < 1e58)) | (s == 0.0) for s in sizes])


def _products_of_others(*xs: Column) -> list[Column]:
    before = [*accumulate(xs[:-1], np.multiply, initial=np.float64(1.0))]
    after = [*accumulate(xs[:0:-1], np.multiply, initial=np.float64(1.0))]
    return [a * b + 0.0 for a, b in zip(before, reversed(after), strict=True)]


prod = Whole(mended(lambda *xs: reduce(np.multiply, xs), _factors_fit, floats.prod))
cofactors = Whole(
    mended(_products_of_others, _factors_fit, floats.cofactors), results=lambda count: count
)


# sums, as if in twice the precision ---------------------------------------------------------------

_WELL_CONDITIONED = 2.0**-40
"""Where a sum is that much smaller than its terms, rational arithmetic is asked."""

_ZERO = math.fsum([-0.0, -0.0])
"""What all of -0.0 adds up to."""


def _two_sum(a: Column, b: Column) -> tuple[Column, Column]:
    """A sum and its rounding error (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _total(terms: Sequence[Column], errors: Column = 0.0) -> Column:
    """The sum of terms and errors (Ogita, Rump and Oishi's Sum2)."""
    total = terms[0]
    for term in terms[1:]:
        total, error = _two_sum(total, term)
        errors = errors + error
    return total + errors + _ZERO


def _sum_fits(*xs: Column) -> Column:
    size = reduce(np.add, map(np.absolute, xs))
    total = np.absolute(_total(xs))
    return (total > _WELL_CONDITIONED * size) | (size == 0.0) | _nan_and_not_infinite(xs)


def sum(*xs: Column) -> Column:  # noqa: A001 - as the operator is called
    """The sum, correctly rounded but for a few cases in which it is off by one unit."""
    return xs[0] + xs[1] + _ZERO if len(xs) == 2 else _sum(*xs)


_sum = Whole(mended(lambda *xs: _total(xs), _sum_fits, floats.sum))
mean = Whole(mended(lambda *xs: _total(xs) / len(xs), _sum_fits, floats.mean))

_SPLITTER = 2.0**27 + 1.0


def two_product(a: Column, b: Column) -> tuple[Column, Column]:
    """A product and its rounding error, which sum to it exactly (Dekker, 1971)."""
    product = a * b
    (high_a, low_a), (high_b, low_b) = _halves(a), _halves(b)
    error = ((high_a * high_b - product) + high_a * low_b + low_a * high_b) + low_a * low_b
    return product, error


def _halves(a: Column) -> tuple[Column, Column]:
    scaled = _SPLITTER * a
    high = scaled - (scaled - a)
    return high, a - high


def _dot(*xs: Column) -> Column:
    half = len(xs) // 2
    pairs = [two_product(a, b) for a, b in zip(xs[:half], xs[half:], strict=True)]
    errors = reduce(np.add, [error for _, error in pairs])
    return _total([product for product, _ in pairs], errors) + 0.0


def _dot_fits(*xs: Column) -> Column:
    half = len(xs) // 2
    pairs = [*zip(xs[:half], xs[half:], strict=True)]
    size = reduce(np.add, [np.absolute(a * b) for a, b in pairs])
    result = np.absolute(_dot(*xs))
    fits = (result > _WELL_CONDITIONED * size) & (result > 1e-250) & (_largest(xs) < 1e140)
    zero = reduce(np.logical_and, [(a == 0.0) | (b == 0.0) for a, b in pairs])
    return fits | (zero & (_largest(xs) < 1e140)) | _nan_and_not_infinite(xs)


dot = Whole(mended(_dot, _dot_fits, floats.dot))
