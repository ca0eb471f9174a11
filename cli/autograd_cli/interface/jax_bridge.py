"""A program as a JAX function: values and gradients by our passes, in double precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from autograd_cli.interface.columns import evaluate_columns
from autograd_cli.interface.values import check_given, named
from autograd_cli.program import Program

Arrays = dict[str, Any]


class JaxFunction:
    """A function of arrays by name: ``function(x=array, w=array)``, or of a mapping.

    Arrays are broadcast; the result has their type. It may be jitted and mapped, and is
    differentiable once in reverse mode: for second derivatives call ``f.diff("x").as_jax()``.
    Calling it raises :class:`ProgramError` for a name that is no input, and for inputs without a
    value.
    """

    def __init__(self, program: Program) -> None:
        self._program = program

    def __call__(self, point: Any = None, /, **values: Any) -> Any:
        """The program's value for each element of the arrays."""
        given = named(self._program, point, values)
        program = check_given(self._program, given)
        kind = jnp.result_type(float, *given.values())
        if jnp.issubdtype(kind, jnp.complexfloating):
            raise TypeError("a program takes real numbers, not complex ones")
        arrays = jnp.broadcast_arrays(*(jnp.asarray(value, kind) for value in given.values()))
        return _evaluated(program)(dict(zip(given, arrays, strict=True)))


def _evaluated(program: Program) -> Callable[[Arrays], Any]:
    """The program as a function that JAX differentiates by the derivatives it gives."""

    def on_host(columns: Arrays) -> tuple[Any, Arrays]:
        kind = next(iter(columns.values())).dtype
        exact = {name: np.asarray(column, dtype=np.float64) for name, column in columns.items()}
        found = evaluate_columns(program, exact)
        none = np.zeros(found.value.shape)
        slopes = {name: found.grad.get(name, none).astype(kind) for name in columns}
        return found.value.astype(kind), slopes

    def both(columns: Arrays) -> tuple[Any, Arrays]:
        some = next(iter(columns.values()))
        shape = jax.ShapeDtypeStruct(some.shape, some.dtype)
        found: tuple[Any, Arrays] = jax.pure_callback(
            on_host, (shape, dict.fromkeys(columns, shape)), columns, vmap_method="broadcast_all"
        )
        return found

    @jax.custom_vjp
    def evaluated(columns: Arrays) -> Any:
        return both(columns)[0]

    def back(slopes: Arrays, adjoint: Any) -> tuple[Arrays]:
        return ({name: adjoint * slope for name, slope in slopes.items()},)

    evaluated.defvjp(both, back)
    function: Callable[[Arrays], Any] = evaluated
    return function
