"""Second derivatives as numbers: Hessians, and the shape that their eigenvalues describe."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from autograd_graph.errors import ProgramError
from autograd_graph.passes.eigen import eigen
from autograd_graph.passes.evaluation import Tape, forward
from autograd_graph.passes.hessian_rows import Rows
from autograd_graph.passes.underflow import Losses, depends_on_lost_digits

MOST_UNASKED = 100
"""Eigenvalues of larger matrices take seconds; they are worked out on request only."""

_MOST_WITHOUT_NUMPY = 600
"""Beyond it they take more than a few seconds without NumPy."""


def hessian(
    tape: Tape, given: Mapping[str, float] | None = None, wrt: Sequence[str] | None = None
) -> list[list[float]]:
    """The Hessian of the output by the inputs ``wrt`` (by default all), as a list of rows.

    Each row costs as much as the steps that its input can change. The policy for awkward points is
    that of first derivatives: where nothing flows, the entry is 0.
    """
    return second_derivatives(tape, given, wrt)[0]


def second_derivatives(
    tape: Tape,
    given: Mapping[str, float] | None = None,
    wrt: Sequence[str] | None = None,
    limit: int | None = None,
) -> tuple[list[list[float]], list[tuple[str, str]]]:
    """The Hessian, and the pairs of inputs whose entry depends on digits that underflowed.

    Raises :class:`ProgramError` (``limit``) for a matrix of more than ``limit`` entries, and for
    one whose rows take more steps than that.
    """
    names = list(tape.graph.inputs) if wrt is None else list(wrt)
    if limit is not None and len(names) ** 2 > limit:
        raise ProgramError(
            f"the Hessian by {len(names):,} inputs has {len(names) ** 2:,} entries, more than the "
            f"limit of {limit:,} nodes",
            code="limit",
            hint="--wrt takes the second derivatives by some inputs only; --max-nodes raises the "
            "limit",
        )
    values = forward(tape, given)
    losses = Losses()
    matrix = _rows(Rows(tape, values, losses, limit), tape, names)
    if not losses.count:
        return matrix, []
    nudged = _rows(Rows(tape, values, Losses(nudged=True)), tape, names)
    places = range(len(names))
    lost = [[depends_on_lost_digits(matrix[i][j], nudged[i][j]) for j in places] for i in places]
    return matrix, [
        (names[i], names[j]) for i in places for j in places if lost[i][j] or lost[j][i]
    ]


def _rows(rows: Rows, tape: Tape, names: Sequence[str]) -> list[list[float]]:
    places = {tape.graph.inputs[name]: place for place, name in enumerate(names)}
    matrix: list[list[float]] = []
    for name in names:
        row = [0.0] * len(names)
        for node, entry in rows.of(name).items():
            if node in places:
                row[places[node]] = entry or 0.0
        matrix.append(row)
    return matrix


def eigenvalues(matrix: Sequence[Sequence[float]]) -> list[float]:
    """The eigenvalues of a symmetric matrix in ascending order.

    An entry that is not finite makes all of them nan. Those of a large matrix are NumPy's where it
    is installed. Raises :class:`ProgramError` (``limit``) where it is not and the matrix is huge.
    """
    size = len(matrix)
    a = [[(matrix[i][j] + matrix[j][i]) / 2.0 for j in range(size)] for i in range(size)]
    if not all(math.isfinite(entry) for row in a for entry in row):
        return [math.nan] * size
    if size <= MOST_UNASKED:
        return sorted(eigen(a)[0])
    try:
        import numpy as np
    except ImportError:
        return _large_without_numpy(a)
    return [float(value) for value in np.linalg.eigvalsh(np.array(a))]


def _large_without_numpy(matrix: list[list[float]]) -> list[float]:
    from autograd_graph.passes import tridiagonal

    if len(matrix) > _MOST_WITHOUT_NUMPY:
        raise ProgramError(
            f"without NumPy, eigenvalues are worked out for at most {_MOST_WITHOUT_NUMPY} inputs, "
            f"not {len(matrix):,}",
            code="limit",
            hint="install numpy; or take fewer inputs with --wrt",
        )
    return sorted(tridiagonal.eigenvalues(matrix))


def shape(values: Sequence[float], tolerance: float = 1e-12) -> str:
    """The shape of a function at a point, by the signs of its Hessian's eigenvalues, in words."""
    if any(map(math.isnan, values)):
        return "undefined: a second derivative is not finite"
    size = max(map(abs, values), default=0.0)
    signs = [0 if abs(v) <= tolerance * size else (1 if v > 0 else -1) for v in values]
    flat = signs.count(0)
    if flat == len(signs):
        return "flat: no curvature in any direction"
    if 1 in signs and -1 in signs:
        kind = "saddle: it curves up in some directions and down in others"
    elif 1 in signs:
        kind = "bowl: it curves up"
    else:
        kind = "dome: it curves down"
    if not flat:
        return kind + ("" if ":" in kind and "some" in kind else " in every direction")
    directions = "1 flat direction" if flat == 1 else f"{flat} flat directions"
    return f"{kind}, with {directions}"
