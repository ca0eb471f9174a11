"""Eigenvalues and eigenvectors of small symmetric matrices, by Jacobi rotations.

Golub and Van Loan, *Matrix Computations*, 4th ed., section 8.5: each rotation makes one entry off
the diagonal 0, and the rest off the diagonal shrinks quadratically with each sweep. Slower than
other methods for large matrices, and as accurate as any for small ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import copysign, hypot, sqrt

_SWEEPS = 50
"""An upper limit: no matrix needs more than about ten."""


def eigen(matrix: Sequence[Sequence[float]]) -> tuple[list[float], list[list[float]]]:
    """The eigenvalues of a symmetric matrix and its eigenvectors, in the same order."""
    a = [list(row) for row in matrix]
    size = len(a)
    vectors = [[float(i == j) for j in range(size)] for i in range(size)]
    scale = max((abs(entry) for row in a for entry in row), default=0.0)
    for _ in range(_SWEEPS):
        if max((abs(a[i][j]) for i in range(size) for j in range(i)), default=0.0) <= 1e-17 * scale:
            break
        for p in range(size):
            for q in range(p + 1, size):
                if a[p][q]:
                    _rotate(a, vectors, p, q)
    return [a[i][i] for i in range(size)], vectors


def _rotate(a: list[list[float]], vectors: list[list[float]], p: int, q: int) -> None:
    """Rotate in the plane of coordinates ``p`` and ``q`` so that ``a[p][q]`` becomes 0."""
    theta = (a[q][q] / 2 - a[p][p] / 2) / a[p][q]
    tangent = copysign(1.0, theta) / (abs(theta) + hypot(theta, 1.0))
    cosine = 1.0 / sqrt(tangent * tangent + 1.0)
    sine = tangent * cosine
    for row in a:
        row[p], row[q] = cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]
    for rows in (a, vectors):
        first, second = rows[p], rows[q]
        rows[p] = [cosine * x - sine * y for x, y in zip(first, second, strict=True)]
        rows[q] = [sine * x + cosine * y for x, y in zip(first, second, strict=True)]
    a[p][q] = a[q][p] = 0.0
