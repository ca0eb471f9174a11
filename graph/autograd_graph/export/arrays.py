"""What targets of libraries of arrays share: a Python function of arrays that broadcast."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from autograd_graph.export import arithmetic, python
from autograd_graph.export.target import Result, Template, Variable, Written, commented, words


@dataclass(frozen=True, kw_only=True)
class Library:
    """A library of arrays.

    ``imports`` writes the lines that import what is used, ``notes`` are what its user has to know,
    ``helpers`` functions by name. ``broadcast`` makes arrays of one shape of ``{1}``, with ``{0}``
    as a name for each; ``full`` an array of the shape ``{0}`` of the number ``{1}``. ``around`` is
    the line that all computing is indented under, "" for none.
    """

    imports: Callable[[Written], str]
    broadcast: str
    full: str
    notes: Sequence[str] = ()
    helpers: Mapping[str, str] = field(default_factory=dict)
    around: str = ""


def _value(item: Variable) -> str:
    """The value of a constant or default; the library of plain Python is not imported here."""
    text = python.value(item)
    return text if item.text or isfinite(item.value or 0.0) else f'float("{item.value}")'


def layout(library: Library) -> Callable[[Written], str]:
    """How a target of the library puts its text together."""
    return lambda written: _written(library, written)


def _written(library: Library, written: Written) -> str:
    names = [item.spelling for item in written.inputs]
    body = [f"{item.spelling} = {_value(item)}" for item in written.constants]
    shape = "()"
    if names:
        made = library.broadcast.format(written.names.take("a"), ", ".join(names))
        body.append(f"{', '.join(names)}{',' * (len(names) == 1)} = {made}")
        shape = f"{names[0]}.shape"
    indent = ""
    if library.around:
        body.append(library.around)
        indent = " " * 4

    def full(each: Result) -> str:
        return library.full.format(shape, each.text) if each.fixed else each.text

    body += [f"{indent}{step.name} = {step.text}" for step in written.steps]
    entries = "".join(f"    {indent}    {d.name!r}: {full(d)},\n" for d in written.gradient)
    slopes = f"{{\n{entries}    {indent}}}" if entries else "{}"
    if written.hessian:
        slopes += f", {python.nested(written, f'    {indent}', full)}"
    body.append(f"{indent}return {full(written.value)}, {slopes}")
    helpers = "".join(f"\n\n{text}" for name, text in library.helpers.items() if written.uses(name))
    return (
        commented([*python.comment_of(written), *python.unset(written), *library.notes], "#")
        + library.imports(written)
        + f"{helpers}\n\ndef {written.function}({python.parameters(written, _value)}):\n"
        + f'    """{python.described(written)}, as arrays."""\n'
        + "".join(f"    {line}\n" for line in body)
    )


_IN_NUMPY = {
    **{
        name: name
        for name in words(
            "exp expm1 exp2 log log2 log10 log1p sqrt cbrt sin cos tan sinh cosh tanh "
            "floor ceil trunc abs"
        )
    },
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "round": "rint",
}


def rows_of(module: str) -> dict[str, Template]:
    """What NumPy writes, and JAX as well, with the module's short name before each function."""
    return (
        python.ARITHMETIC
        | arithmetic.COMPARISONS
        | {name: f"{module}.{function}(<0>)" for name, function in _IN_NUMPY.items()}
        | {
            "atan2": f"{module}.arctan2(<0>, <1>)",
            "hypot": f"{module}.hypot(<0>, <1>)",
            "prod": "_product(<*>)",
            "min": f"{module}.minimum(<0>, <1>)",
            "max": f"{module}.maximum(<0>, <1>)",
            "where": f"{module}.where(<0>, <1:double>, <2:double>)",
            "and": f"{module}.logical_and(<0>, <1>)",
            "not": f"{module}.logical_not(<0>)",
        }
    )


def product(module: str, one: str = "1.0") -> str:
    """The helper that multiplies, for a module with ``frexp`` and ``ldexp``."""
    return f'''\
def _product(*factors):
    """The product, without overflow or underflow on the way."""
    product, exponent = {one}, 0
    for factor in factors:
        mantissa, more = {module}.frexp(factor)
        product, carry = {module}.frexp(product * mantissa)
        exponent = exponent + more + carry
    return {module}.ldexp(product, exponent)
'''
