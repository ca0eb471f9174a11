"""What targets of libraries of arrays share: a Python function of arrays that broadcast."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from autograd_graph.export import python
from autograd_graph.export.target import Result, Variable, Written, commented


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
