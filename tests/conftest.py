"""What holds in every test.

A Hessian is symmetric wherever the program is differentiable. Time is no matter of tests, as
machines are shared: hypothesis has no deadline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from hypothesis import settings

from autograd_graph import Tape, forward
from autograd_graph.passes import curvature
from autograd_graph.passes.diagnosis import statuses
from autograd_graph.status import UNUSED

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

_ASYMMETRY = 1e-9
"""How far an entry may be from its mirror image, relative to the largest entry."""

_CANCELLED = 1e-12
"""What rounding leaves where all entries cancel."""

_second_derivatives = curvature.second_derivatives


def _symmetric(
    tape: Tape,
    given: Mapping[str, float] | None = None,
    wrt: Sequence[str] | None = None,
    limit: int | None = None,
) -> tuple[list[list[float]], list[tuple[str, str]]]:
    matrix, lost = _second_derivatives(tape, given, wrt, limit)
    entries = [entry for row in matrix for entry in row]
    awkward = set(statuses(tape, forward(tape, given)).values()) - {UNUSED}
    if not awkward and not lost and all(map(isfinite, entries)):
        largest = max(map(abs, entries), default=0.0)
        for i, row in enumerate(matrix):
            for j, entry in enumerate(row):
                assert abs(entry - matrix[j][i]) <= _ASYMMETRY * largest + _CANCELLED, (
                    given,
                    matrix,
                )
    return matrix, lost


curvature.second_derivatives = _symmetric
