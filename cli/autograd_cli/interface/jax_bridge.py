"""A program as a JAX function, evaluated by this project's passes in double precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from autograd_cli.interface.columns import evaluate_columns
from autograd_cli.interface.values import named
from autograd_cli.program import Program


def bridge(program: Program) -> Callable[..., Any]:
    """``function(x=array, w=array)`` with an argument for each input that has no value.

    Arrays are broadcast; the result has their type. It may be jitted and mapped, and is
    differentiable once in reverse mode. Raises :class:`ProgramError` for a name that is no input,
    and for inputs without a value.
    """

    def on_host(columns: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        kind = next(iter(columns.values())).dtype
        exact = {name: np.asarray(column, dtype=np.float64) for name, column in columns.items()}
        found = evaluate_columns(program, exact)
        none = np.zeros(found.value.shape, dtype=kind)
        slopes = {name: found.grad[name].astype(kind) if name in found.grad else none
                  for name in columns}  # fmt: skip
        return found.value.astype(kind), slopes

    def both(columns: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        some = next(iter(columns.values()))
        shape = jax.ShapeDtypeStruct(some.shape, some.dtype)
        found: tuple[Any, dict[str, Any]] = jax.pure_callback(
            on_host, (shape, dict.fromkeys(columns, shape)), columns, vmap_method="broadcast_all"
        )
        return found

    @jax.custom_vjp
    def evaluated(columns: dict[str, Any]) -> Any:
        return both(columns)[0]

    def back(slopes: dict[str, Any], adjoint: Any) -> tuple[dict[str, Any]]:
        return ({name: adjoint * slope for name, slope in slopes.items()},)

    evaluated.defvjp(both, back)

    def function(**values: Any) -> Any:
        given = named(program.graph, None, values)
        kind = jnp.result_type(float, *given.values())
        arrays = jnp.broadcast_arrays(*(jnp.asarray(value, kind) for value in given.values()))
        return evaluated(dict(zip(given, arrays, strict=True)))

    return function
