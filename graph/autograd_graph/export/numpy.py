"""NumPy: a function of arrays that broadcast, which returns arrays."""

from __future__ import annotations

import builtins
import keyword

from autograd_graph.export import python
from autograd_graph.export.arrays import Library, layout, product, rows_of
from autograd_graph.export.compositions import NO_POLYGAMMA, NUMERICAL, short_product
from autograd_graph.export.names import python_identifier
from autograd_graph.export.target import Target, Written, speller

_SPECIAL = {"erf": "erf", "erfc": "erfc", "gamma": "gamma", "lgamma": "gammaln"}
"""What SciPy calls the functions that NumPy has not."""

_EACH = '''
    def _each(function):
        """A function of ``math`` for every entry; infinity or nan where it raises."""

        def total(number):
            try:
                return function(number)
            except OverflowError:
                return math.inf
            except ValueError:
                if function is math.lgamma:
                    return math.inf
                return math.nan if number else math.copysign(math.inf, number)

        return np.vectorize(total, otypes=[float])
'''


def _imports(written: Written) -> str:
    """Functions of SciPy where it can be imported, else those of ``math`` for every entry."""
    special = [name for name in _SPECIAL if written.uses(f"_{name}")]
    lines = "import math\n\n" if special or written.uses("math") else ""
    lines += "import numpy as np\n"
    if not special:
        return lines
    wanted = ", ".join(f"{_SPECIAL[name]} as _{name}" for name in special)
    others = "".join(f"    _{name} = _each(math.{name})\n" for name in special)
    return (
        f"{lines}\ntry:\n    from scipy.special import {wanted}\n"
        f"except ImportError:\n{_EACH}\n{others}"
    )


def _literal(number: int | float) -> str:
    return python.whole_or_repr(number).replace("math.", "np.")


_LIBRARY = Library(
    imports=_imports,
    helpers={"_product": product("np")},
    broadcast="np.broadcast_arrays(*(np.asarray({0}, dtype=float) for {0} in [{1}]))",
    full="np.full({0}, float({1}))",
    around='with np.errstate(all="ignore"):  # where() computes both of its branches',
)

TARGET = Target(
    name="numpy",
    rows=rows_of("np")
    | {name: f"_{name}(<0>)" for name in _SPECIAL}
    | {
        "pow": "np.power(<0>, <1>, dtype=float)",
        "mod": "np.mod(<0>, <1>)",
        "sign": "np.sign(<0>)",
    },
    rewrites={"pow": python.whole_power, "prod": short_product},
    compositions=NUMERICAL,
    refused=NO_POLYGAMMA,
    number=speller(_literal),
    constants={"pi": "np.pi", "e": "np.e"},
    identifier=python_identifier,
    reserved=frozenset(
        {
            *keyword.kwlist,
            *dir(builtins),
            "np",
            "math",
            "_each",
            "_product",
            *map("_{}".format, _SPECIAL),
        }
    ),
    layout=layout(_LIBRARY),
    whole_hessian=True,
)
