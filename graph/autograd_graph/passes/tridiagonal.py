"""Eigenvalues of larger symmetric matrices, without eigenvectors and without NumPy.

Golub and Van Loan, *Matrix Computations*, 4th ed., section 8.3: Householder reflections make the
matrix tridiagonal, then implicit QR steps make it diagonal. The cost is that of the reflections,
``4/3*n^3`` operations; Jacobi rotations take many times as many.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import copysign, hypot, sqrt
from operator import mul

_MOST_STEPS = 60
"""An upper limit: an eigenvalue takes about two steps."""

_EPSILON = 2.0**-52


def eigenvalues(matrix: Sequence[Sequence[float]]) -> list[float]:
    """The eigenvalues of a symmetric matrix of finite numbers, in no order."""
    largest = max((abs(entry) for row in matrix for entry in row), default=0.0)
    if not largest:
        return [0.0] * len(matrix)
    diagonal, beside = _tridiagonal([[entry / largest for entry in row] for row in matrix])
    return [value * largest for value in _diagonal(diagonal, beside)]


def _tridiagonal(a: list[list[float]]) -> tuple[list[float], list[float]]:
    """The diagonal of a similar tridiagonal matrix, and the entries beside it.

    Reflects the last row and column of what is left of ``a``, and cuts them off.
    """
    diagonal: list[float] = []
    beside: list[float] = []
    while len(a) > 1:
        row = a.pop()
        diagonal.append(row.pop())
        for other in a:
            other.pop()
        norm = sqrt(sum(map(mul, row, row)))
        beside.append(-copysign(norm, row[-1]))
        if not norm:
            continue
        row[-1] += copysign(norm, row[-1])
        half = sum(map(mul, row, row)) / 2.0
        image = [sum(map(mul, line, row)) / half for line in a]
        middle = sum(map(mul, image, row)) / (2.0 * half)
        image = [x - middle * y for x, y in zip(image, row, strict=True)]
        a = [
            [entry - x * p - y * q for entry, p, q in zip(line, image, row, strict=True)]
            for line, x, y in zip(a, row, image, strict=True)
        ]
    return [*diagonal, *(row[0] for row in a)], beside


def _diagonal(diagonal: list[float], beside: list[float]) -> list[float]:
    """The eigenvalues of a tridiagonal matrix by implicit QL steps with Wilkinson's shift."""
    d, e = list(diagonal), [*beside, 0.0]
    for low in range(len(d)):
        for _ in range(_MOST_STEPS):
            high = low
            while high < len(d) - 1 and abs(e[high]) > _EPSILON * (abs(d[high]) + abs(d[high + 1])):
                high += 1
            if high == low:
                break
            _step(d, e, low, high)
    return d


def _step(d: list[float], e: list[float], low: int, high: int) -> None:
    """One step on the block from ``low`` to ``high``, which no 0 beside the diagonal splits."""
    g = (d[low + 1] - d[low]) / (2.0 * e[low])
    g = d[high] - d[low] + e[low] / (g + copysign(hypot(g, 1.0), g))
    sine = cosine = 1.0
    p = 0.0
    for n in range(high - 1, low - 1, -1):
        f, b = sine * e[n], cosine * e[n]
        r = hypot(f, g)
        e[n + 1] = r
        if not r:
            d[n + 1] -= p
            e[high] = 0.0
            return
        sine, cosine = f / r, g / r
        g = d[n + 1] - p
        r = (d[n] - g) * sine + 2.0 * cosine * b
        p = sine * r
        d[n + 1] = g + p
        g = cosine * r - b
    d[low] -= p
    e[low], e[high] = g, 0.0
