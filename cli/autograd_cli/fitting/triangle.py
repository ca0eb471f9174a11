"""The triangular factor of an exact Gram matrix: what a QR decomposition of the rows would give.

From ``A = [J r]`` comes ``R`` with ``RᵀR = AᵀA``. Its columns have the lengths and the inner
products of those of ``A``, so a least-squares method that is given ``R`` in place of the Jacobian
and its last column in place of the residuals takes the same steps (Golub and Van Loan, *Matrix
Computations*, 4th ed., §5.3).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from autograd_cli.fitting.gram import Array, Gram

_PRECISION = 400
"""Bits: more than twice those of an entry, so that the factor is right whatever the condition."""

LARGEST = 40
"""Beyond so many columns the factor is worked out in doubles, and loses digits twice."""


def factor(gram: Gram, unit: int = 0) -> Array:
    """A square matrix ``F`` of doubles with ``FᵀF`` equal to the Gram matrix, in ``2^unit`` units.

    It is upper triangular unless there are more than :data:`LARGEST` columns.
    """
    size = len(gram.exponents)
    scale = np.ldexp(1.0, gram.exponents - unit)
    if size > LARGEST:
        return _symmetric(gram) * scale
    context = _context()
    with context.workprec(_PRECISION):
        entries = [
            [context.ldexp(context.mpf(entry), -gram.depth) for entry in row]
            for row in gram.entries
        ]
        rows = _cholesky(context, entries)
        return np.array([[float(entry) for entry in row] for row in rows]) * scale


def _cholesky(context: Any, entries: list[list[Any]]) -> list[list[Any]]:
    """The upper factor of a matrix that is positive but for rounding; rows of 0 where it is not."""
    size = len(entries)
    upper = [[context.zero] * size for _ in entries]
    for i in range(size):
        above = [upper[k][i] for k in range(i)]
        pivot = entries[i][i] - context.fdot(above, above)
        if pivot <= 0:
            continue
        root = context.sqrt(pivot)
        upper[i][i] = root
        for j in range(i + 1, size):
            beside = [upper[k][j] for k in range(i)]
            upper[i][j] = (entries[i][j] - context.fdot(above, beside)) / root
    return upper


def _symmetric(gram: Gram) -> Array:
    entries = np.array([[float(entry) for entry in row] for row in gram.entries])
    entries = np.ldexp(entries, -gram.depth)
    sizes = np.sqrt(np.diagonal(entries))
    sizes = np.where(sizes > 0.0, sizes, 1.0)
    found, vectors = np.linalg.eigh(entries / np.outer(sizes, sizes))
    root: Array = (np.sqrt(np.maximum(found, 0.0)) * vectors).T * sizes
    return root


@cache
def _context() -> Any:
    """A context of mpmath of our own, as the precision of a shared one is everybody's."""
    import mpmath

    return mpmath.MPContext()
