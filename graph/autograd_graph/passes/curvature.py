"""Second derivatives as numbers: Hessians, and the shape that their eigenvalues describe."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from autograd_graph.numbers import duals
from autograd_graph.passes.eigen import eigen
from autograd_graph.passes.evaluation import Tape, forward, reverse, tangent
from autograd_graph.passes.underflow import Losses, depends_on_lost_digits


def hessian(
    tape: Tape, given: Mapping[str, float] | None = None, wrt: Sequence[str] | None = None
) -> list[list[float]]:
    """The Hessian of the output by the inputs ``wrt`` (by default all), as a list of rows.

    Each row costs a tangent pass and a reverse pass over dual numbers. The policy for awkward
    points is that of first derivatives: where nothing flows, the entry is 0.
    """
    return second_derivatives(tape, given, wrt)[0]


def second_derivatives(
    tape: Tape, given: Mapping[str, float] | None = None, wrt: Sequence[str] | None = None
) -> tuple[list[list[float]], list[tuple[str, str]]]:
    """The Hessian, and the pairs of inputs whose entry depends on digits that underflowed."""
    names = list(tape.graph.inputs) if wrt is None else list(wrt)
    values = forward(tape, given)
    losses = Losses()
    matrix = _rows(tape, values, names, losses)
    if not losses.count:
        return matrix, []
    nudged = _rows(tape, values, names, Losses(nudged=True))
    places = range(len(names))
    lost = [[depends_on_lost_digits(matrix[i][j], nudged[i][j]) for j in places] for i in places]
    return matrix, [
        (names[i], names[j]) for i in places for j in places if lost[i][j] or lost[j][i]
    ]


def _rows(
    tape: Tape, values: Sequence[float], names: Sequence[str], losses: Losses
) -> list[list[float]]:
    inputs = tape.graph.inputs
    system = duals.DualMath(losses)
    rows: list[list[float]] = []
    for name in names:
        tangents = tangent(tape, values, {name: 1.0}, losses)
        numbers = [system.dual(v, t) for v, t in zip(values, tangents, strict=True)]
        adjoints = reverse(tape, numbers, 1.0, system)
        slopes = [adjoints[inputs[other]] for other in names]
        rows.append([0.0 if s is None else duals.tangent(s) or 0.0 for s in slopes])
    return rows


def eigenvalues(matrix: Sequence[Sequence[float]]) -> list[float]:
    """The eigenvalues of a symmetric matrix in ascending order.

    An entry that is not finite makes all of them nan.
    """
    size = len(matrix)
    a = [[(matrix[i][j] + matrix[j][i]) / 2.0 for j in range(size)] for i in range(size)]
    if not all(math.isfinite(entry) for row in a for entry in row):
        return [math.nan] * size
    return sorted(eigen(a)[0])


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
