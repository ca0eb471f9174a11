"""A program as a function of one vector, with its gradient, for ``scipy.optimize``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_cli.interface.function import Function
from autograd_cli.program import Program, inputs_named, normal
from autograd_graph import ProgramError, missing
from autograd_graph.descent.objective import Objective as Passes

Vector = Any
"""A ``numpy.ndarray`` of doubles with one axis."""


class Objective:
    """``objective(vector)`` is the value and the gradient by ``names``, in that order.

    Everything that does not depend on them is evaluated once per thread.
    """

    def __init__(self, program: Program, names: Sequence[str]) -> None:
        self.names = list(names)
        self._program = program
        self._mine = threading.local()

    def __call__(self, vector: Vector) -> tuple[float, Vector]:
        """The value and its gradient. Raises :class:`ProgramError` for a vector of another size."""
        passes = self._passes()
        point = [float(number) for number in vector]
        if len(point) != len(self.names):
            raise ProgramError(
                f"the vector has {len(point)} numbers, and there are {len(self.names)} inputs: "
                + ", ".join(self.names),
                code="bad-value",
            )
        value = passes.value(point)
        return value, np.array(passes.gradient())

    def hessian(self, vector: Vector) -> Vector:
        """The Hessian as a matrix, for ``hess=`` of SciPy's methods."""
        return np.array(self._passes().hessian([float(number) for number in vector]))

    def _passes(self) -> Passes:
        passes: Passes | None = getattr(self._mine, "passes", None)
        if passes is None:
            program = self._program
            passes = Passes(program.tape, program.given, self.names)
            self._mine.passes = passes
        return passes

    def __reduce__(self) -> tuple[Callable[..., Objective], tuple[object, ...]]:
        return _restored, (Function(self._program), self.names)


def _restored(function: Function, names: list[str]) -> Objective:
    return Objective(function._program, names)


def objective(program: Program, wrt: Sequence[str] | None) -> Objective:
    """The objective over ``wrt``.

    By default it is over the inputs of :meth:`Function.by`, or else over those that have no value.
    Raises :class:`ProgramError` if there are none, and if another input has no value.
    """
    graph = program.graph
    if wrt is not None:
        names = inputs_named(graph, list(map(normal, wrt)))
    else:
        names = program.wrt or missing(program.tape, program.given)
    if not names:
        raise ProgramError(
            "no input is left to vary", code="missing-value", hint='name some: wrt=["w"]'
        )
    given = dict.fromkeys(names, 0.0) | program.given
    whole = Program(graph, program.tape, given, names)
    whole.require_values()
    return Objective(whole, names)
