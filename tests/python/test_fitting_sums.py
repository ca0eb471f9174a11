"""Exact Gram matrices and their factors: held to rational arithmetic and to 50 digits."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from autograd_cli.fitting.gram import BITS, ROWS, Gram, exponents
from autograd_cli.fitting.kept import Kept
from autograd_cli.fitting.sample import sample
from autograd_cli.fitting.source import Source
from autograd_cli.fitting.triangle import LARGEST, factor

RANDOM = np.random.default_rng(14)


def gram_of(*blocks: np.ndarray, slices: int = 3) -> Gram:
    """The Gram matrix of blocks that have a row for each column of the matrix."""
    largest = np.max([np.abs(block).max(axis=1) for block in blocks], axis=0)
    gram = Gram(exponents(largest), slices)
    for block in blocks:
        gram.add(block)
    return gram


def wholes(shape: tuple[int, int]) -> np.ndarray:
    """Numbers of at most 60 bits below a common bound, so that nothing is cut off."""
    return np.ldexp(RANDOM.integers(-(2**52), 2**52, shape).astype(float), -52)


def test_entries_are_exact() -> None:
    block = wholes((3, 500))
    gram = gram_of(block)
    rows = [[Fraction(number) for number in row] for row in block.tolist()]
    for i in range(3):
        for j in range(3):
            assert gram.entry(i, j) == sum(a * b for a, b in zip(rows[i], rows[j], strict=True))


def test_a_full_block_of_the_largest_numbers_does_not_overflow() -> None:
    block = np.full((2, ROWS), 1.0 - 2.0**-53)
    gram = Gram(exponents([1.0 - 2.0**-53] * 2))
    for _ in range(600):  # more than the products that 64 bits hold
        gram.add(block)
    assert gram.entry(0, 1) == 600 * ROWS * Fraction(1.0 - 2.0**-53) ** 2
    assert 2 * BITS + ROWS.bit_length() - 1 <= 53


@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200, 3e-310])
def test_the_order_and_the_blocks_of_rows_change_nothing(scale: float) -> None:
    block = RANDOM.normal(size=(4, 3000)) * np.array([[1.0], [1e-8], [1e9], [1.0]]) * scale
    order = RANDOM.permutation(3000)
    whole = gram_of(block)
    parts = Gram(whole.exponents)
    for piece in np.array_split(block[:, order], 7, axis=1):
        part = Gram(whole.exponents)
        part.add(piece)
        parts.merge(part)
    assert (whole.entries == parts.entries).all()
    assert factor(whole).tobytes() == factor(parts).tobytes()


def test_the_factor_keeps_the_digits_that_a_product_in_doubles_loses() -> None:
    """Hilbert's columns, of condition 5e11: the last pivot has 50-digit mpmath's digits."""
    rows = np.arange(1, 60)
    block = np.array([1.0 / (rows + power) for power in range(8)])
    found = factor(gram_of(block))
    with mpmath.workdps(60):
        exact = mpmath.matrix(block.tolist()).T
        _, right = mpmath.qr(exact, mode="skinny")
        for i in range(8):
            for j in range(i, 8):
                assert abs(found[i, j] / float(right[i, j])) == pytest.approx(1.0, rel=1e-12)
    with np.errstate(all="ignore"):
        plain = np.abs(np.linalg.eigvalsh(block @ block.T))[0]
    assert abs(plain / np.linalg.svd(found)[1][-1] ** 2 - 1.0) > 1e-3  # where doubles are lost


@pytest.mark.parametrize("columns", [3, LARGEST + 5])
def test_the_square_of_the_factor_is_the_matrix(columns: int) -> None:
    block = RANDOM.normal(size=(columns, 400)) * 10.0 ** RANDOM.uniform(-3, 3, (columns, 1))
    found = factor(gram_of(block))
    assert found.T @ found == pytest.approx(block @ block.T, rel=1e-9, abs=1e-9)


def test_columns_that_depend_on_others_have_a_row_of_nothing() -> None:
    one = wholes((1, 100))[0]
    found = factor(gram_of(np.array([one, one * 2.0, one * 0.0])))
    assert abs(found[1, 1]) < 1e-40
    assert found[2, 2] == 0.0
    assert found[0, 1] == 2.0 * found[0, 0]


def spread(values: np.ndarray, parts: int = 1) -> float:
    """The spread of targets in so many parts."""
    kept = Kept()
    for number, some in enumerate(np.array_split(values, parts)):
        kept.add(sample({"x": some}, some, number))
    return Source(kept, ["x"]).spread()


def test_the_spread_about_a_far_mean_keeps_its_digits() -> None:
    values = 1e8 + RANDOM.normal(size=20_000)
    exact = [Fraction(value) for value in values.tolist()]
    mean = sum(exact) / len(exact)
    assert spread(values) == pytest.approx(float(sum((x - mean) ** 2 for x in exact)), rel=1e-8)
    assert spread(values, 7) == spread(values)
    assert spread(np.full(5, 0.1)) == pytest.approx(0.0, abs=1e-30)
