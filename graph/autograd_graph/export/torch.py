"""PyTorch: a function of tensors that broadcast, which returns tensors of doubles."""

from __future__ import annotations

import builtins
import keyword

from autograd_graph.export import arithmetic, python
from autograd_graph.export.arrays import Library, layout, product
from autograd_graph.export.compositions import NO_BESSEL, NUMERICAL, cube_root, short_product
from autograd_graph.export.names import python_identifier
from autograd_graph.export.target import Target, doubled, speller, words

_IN_TORCH = words(
    "exp expm1 exp2 log log2 log10 log1p sqrt sin cos tan asin acos atan sinh cosh tanh "
    "asinh acosh atanh floor ceil trunc round abs erf erfc lgamma"
)

_HELPERS = {
    "_double": '''\
def _double(number):
    """A number as a tensor of doubles."""
    return torch.as_tensor(number, dtype=torch.float64)
''',
    "_product": product("torch", "torch.ones((), dtype=torch.float64)"),
}

_LIBRARY = Library(
    imports=lambda _: "import torch\n",
    helpers=_HELPERS,
    broadcast="torch.broadcast_tensors("
    "*(torch.as_tensor({0}, dtype=torch.float64) for {0} in [{1}]))",
    full="torch.full({0}, float({1}), dtype=torch.float64)",
)


def _literal(number: int | float) -> str:
    return python.whole_or_repr(number).replace("math.", "torch.")


TARGET = Target(
    name="torch",
    rows=python.ARITHMETIC
    | arithmetic.COMPARISONS
    | {name: f"torch.{name}(<0:double>)" for name in _IN_TORCH}
    | {
        "pow": "torch.pow(<0:double>, <1:double>)",
        "fmod": "torch.fmod(<0:double>, <1:double>)",
        "atan2": "torch.atan2(<0:double>, <1:double>)",
        "hypot": "torch.hypot(<0:double>, <1:double>)",
        "min": "torch.minimum(<0:double>, <1:double>)",
        "max": "torch.maximum(<0:double>, <1:double>)",
        "prod": "_product(<*:double>)",
        "where": "torch.where(<0>, <1:double>, <2:double>)",
        "and": "torch.logical_and(<0>, <1>)",
        "not": "torch.logical_not(<0>)",
    },
    rewrites={"pow": python.whole_power, "prod": short_product},
    compositions=NUMERICAL | {"cbrt": cube_root},
    refused={
        "gamma": "PyTorch has no gamma function",
        "digamma": "its digamma function loses digits near its poles",
        "polygamma": "its polygamma functions lose digits",
        **NO_BESSEL,
    },
    number=speller(_literal),
    double=lambda text: f"_double({doubled(text)})",
    fixed_doubles=True,
    constants={"pi": "torch.pi", "e": "torch.e"},
    identifier=python_identifier,
    reserved=frozenset({*keyword.kwlist, *dir(builtins), "torch", *_HELPERS}),
    layout=layout(_LIBRARY),
    whole_hessian=True,
)
