"""The exact Gram matrix ``AᵀA`` of a tall matrix whose rows come in blocks.

Least squares need no more of a table than this matrix of its Jacobian and residuals. In doubles it
would lose twice the digits that the Jacobian's condition costs, and its last bits would depend on
the order of the rows. Here each column is cut into slices of few bits, so that the products and
the sums of a block are whole numbers below ``2^53``: the ordinary matrix product of the slices has
no rounding errors (Ozaki, Ogita, Oishi and Rump, *Error-free transformations of matrix
multiplication*, Numerical Algorithms 59, 2012). Blocks add up in Python's whole numbers. The result
is the same whatever the blocks and their order are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Exponents = npt.NDArray[np.int64]

ROWS = 8192
"""The largest number of rows of a block: ``2·BITS + log2(ROWS) <= 53``."""

BITS = 20
"""The bits of a slice."""

SLICES = 3
"""A column is cut off 60 bits below its bound."""

_FLUSH = 512
"""So many products of blocks fit into 64 bits."""


_SMALL = 250_000
"""Multiplications that one thread does by itself."""

_LEAST = 4
"""Shorter pieces take longer than threads do."""

_LOWEST = -1000
"""The lowest exponent: dividing by smaller powers of two overflows. What lies below keeps its
highest bits."""


class Gram:
    """The Gram matrix of the blocks that were added, for columns below ``2^exponents``.

    With fewer ``slices`` columns are cut off earlier, and it takes less time.
    """

    def __init__(self, exponents: Exponents, slices: int = SLICES) -> None:
        size = len(exponents)
        self.exponents = exponents
        self.depth = 2 * BITS * slices
        """Entries are whole multiples of ``2^-depth``, relative to the bounds of their columns."""

        self._slices = slices
        self._entries: npt.NDArray[Any] = np.zeros((size, size), dtype=object)
        self._pending = np.zeros((slices * size, slices * size), dtype=np.int64)
        self._count = 0
        self._scale = np.ldexp(1.0, BITS - exponents)[:, None]
        self._room = np.empty(((slices + 1) * size, 0))

    def add(self, block: Array) -> None:
        """Add the rows of a block: one column of the matrix in each of its rows, all finite.

        The block has at most :data:`ROWS` columns, one for each row of the matrix.
        """
        size, rows = block.shape
        if self._room.shape[1] != rows:  # memory that is new for each block takes as long as this
            self._room = np.empty(((self._slices + 1) * size, rows))
        slices, rest = np.split(self._room, [self._slices * size])
        np.multiply(block, self._scale, out=rest)
        for number in range(self._slices):
            part = slices[number * size : (number + 1) * size]
            if number:
                rest *= 2.0**BITS
            np.rint(rest, out=part)
            rest -= part
        self._pending += _product(slices).astype(np.int64)
        self._count += 1
        if self._count == _FLUSH:
            self._flush()

    def __reduce__(self) -> tuple[Callable[..., Gram], tuple[object, ...]]:
        return _restored, (self.exponents, self._slices, self.entries)

    def merge(self, other: Gram) -> None:
        """Add the rows of another one with the same exponents."""
        self._entries = self._entries + other.entries

    @property
    def entries(self) -> npt.NDArray[Any]:
        """The entries as whole numbers, in units of ``2^(exponents_i + exponents_j - depth)``."""
        self._flush()
        return self._entries

    def entry(self, i: int, j: int) -> Fraction:
        """An entry as it is."""
        power = int(self.exponents[i] + self.exponents[j]) - self.depth
        return Fraction(self.entries[i, j]) * Fraction(2) ** power

    def _flush(self) -> None:
        size = len(self.exponents)
        for i in range(self._slices):
            for j in range(self._slices):
                part = self._pending[i * size : (i + 1) * size, j * size : (j + 1) * size]
                shift = self.depth - BITS * (i + j + 2)
                self._entries = self._entries + part.astype(object) * (1 << shift)
        self._pending[:] = 0
        self._count = 0


def _restored(exponents: Exponents, slices: int, entries: npt.NDArray[Any]) -> Gram:
    gram = Gram(exponents, slices)
    gram._entries = entries
    return gram


def _product(slices: Array) -> Array:
    """``slices @ slices.T`` in pieces so small that BLAS leaves them to one thread.

    For several threads these products are much too small: they would wait for one another.
    """
    size, rows = slices.shape
    length = _SMALL // size**2
    if length < _LEAST:
        return np.asarray(slices @ slices.T)
    whole = rows // length * length
    pieces = slices[:, :whole].reshape(size, -1, length).transpose(1, 0, 2)
    found: Array = np.matmul(pieces, pieces.transpose(0, 2, 1)).sum(axis=0)
    if whole < rows:
        rest = slices[:, whole:]
        found += rest @ rest.T
    return found


def exponents(largest: Sequence[float] | Array, headroom: int = 0) -> Exponents:
    """The exponents for columns whose largest sizes are given, with so many bits to spare."""
    _, found = np.frexp(np.asarray(largest, dtype=float))
    whole: Exponents = np.maximum(found.astype(np.int64) + headroom, _LOWEST)
    return whole
