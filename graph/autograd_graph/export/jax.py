"""JAX: a function of arrays that broadcast, which returns arrays and can be compiled."""

from __future__ import annotations

import builtins
import keyword

from autograd_graph.export import python
from autograd_graph.export.arrays import Library, layout, product, rows_of
from autograd_graph.export.compositions import NO_BESSEL, NUMERICAL, short_product
from autograd_graph.export.names import python_identifier
from autograd_graph.export.target import Target, Written, speller, words

_SPECIAL = {"lgamma": "gammaln"} | {name: name for name in words("erf erfc gamma digamma")}


def _imports(written: Written) -> str:
    special = [
        f"{function} as _{name}" for name, function in _SPECIAL.items() if written.uses(f"_{name}")
    ]
    lines = "import jax.numpy as jnp\n"
    return lines + (f"from jax.scipy.special import {', '.join(special)}\n" if special else "")


_LIBRARY = Library(
    imports=_imports,
    notes=('JAX computes in doubles after jax.config.update("jax_enable_x64", True)',),
    helpers={"_product": product("jnp")},
    broadcast="jnp.broadcast_arrays(*(jnp.asarray({0}, dtype=float) for {0} in [{1}]))",
    full="jnp.full({0}, float({1}))",
)


def _literal(number: int | float) -> str:
    return python.whole_or_repr(number).replace("math.", "jnp.")


TARGET = Target(
    name="jax",
    rows=rows_of("jnp")
    | {name: f"_{name}(<0>)" for name in _SPECIAL}
    | {"pow": "jnp.power(<0:double>, <1>)", "fmod": "jnp.fmod(<0>, <1>)"},
    rewrites={"pow": python.whole_power, "prod": short_product},
    compositions=NUMERICAL,
    refused={"polygamma": "its polygamma functions lose digits", **NO_BESSEL},
    number=speller(_literal),
    constants={"pi": "jnp.pi", "e": "jnp.e"},
    identifier=python_identifier,
    reserved=frozenset(
        {*keyword.kwlist, *dir(builtins), "jnp", "jax", "_product", *map("_{}".format, _SPECIAL)}
    ),
    layout=layout(_LIBRARY),
    whole_hessian=True,
)
