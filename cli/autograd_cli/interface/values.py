"""The values that a caller gives by name: numbers, or columns of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograd_cli.program import Program, normal
from autograd_grammar.suggestions import did_you_mean
from autograd_graph import Graph, ProgramError, Tape, forward

_LONG = 60


def numbers(
    graph: Graph, point: Mapping[str, float] | None, values: Mapping[str, float]
) -> dict[str, float]:
    """All values as doubles, by the program's names.

    Raises :class:`ProgramError` for a name that is no input or constant of the program, for one
    that is in both mappings, and for a value that is not a number.
    """
    found: dict[str, float] = {}
    for name, value in named(graph, point, values).items():
        try:
            found[name] = float(value)
        except (TypeError, ValueError, OverflowError):
            raise _no_number(name, value) from None
    return found


def named(
    graph: Graph, point: Mapping[str, Any] | None, values: Mapping[str, Any]
) -> dict[str, Any]:
    """All values by the program's names. Raises :class:`ProgramError` as :func:`numbers` does."""
    found: dict[str, Any] = {}
    for name, value in (*(point or {}).items(), *values.items()):
        name = normal(name)
        if name not in graph.inputs and name not in graph.constants:
            raise _no_leaf(graph, name)
        if name in found:
            raise ProgramError(f"{name} is given two values", code="bad-value", hint="give it one")
        found[name] = value
    return found


def has_columns(point: Mapping[str, Any] | None, values: Mapping[str, Any]) -> bool:
    """Whether any value is a sequence or an array with at least one axis."""
    return any(map(_is_column, (*(point or {}).values(), *values.values())))


def _is_column(value: Any) -> bool:
    if isinstance(value, str):
        return False
    shape = getattr(value, "shape", None)
    return len(shape) > 0 if isinstance(shape, Sequence) else hasattr(value, "__len__")


def known(program: Program) -> dict[str, float | None]:
    """Each input's value, given or by default; ``None`` for one that has none."""
    graph, given = program.graph, program.given
    found: dict[str, float | None] = {}
    for name, node in graph.inputs.items():
        if name in given:
            found[name] = given[name]
        elif node in graph.numbers:
            found[name] = float(graph.numbers[node])
        elif graph.args[node]:
            found[name] = forward(Tape(graph, node), given)[node]
        else:
            found[name] = None
    return found


def _no_leaf(graph: Graph, name: str) -> ProgramError:
    """The error for a name that is neither an input nor a constant."""
    if name in graph.bindings:
        return ProgramError(
            f"{name!r} is a step of the program, not an input",
            code="not-an-input",
            span=graph.spans[graph.bindings[name]],
            hint="values are given to inputs: " + (", ".join(graph.inputs) or "there are none"),
            text=graph.text,
        )
    leaves = [*graph.inputs, *graph.constants]
    near = did_you_mean(name, leaves)
    return ProgramError(
        f"the program has no input {name!r}",
        code="unknown-name",
        hint=f"did you mean {near}?" if near else f"its inputs are {', '.join(leaves) or 'none'}",
    )


def _no_number(name: str, value: Any) -> ProgramError:
    hint = "a value is a number, or a sequence of numbers"
    if isinstance(value, str):
        hint = f"a text is a program: ag.compile({value!r})().value is its number"
    return ProgramError(
        f"the value of {name} is no number: {shortened(repr(value))}", code="bad-value", hint=hint
    )


def shortened(text: str) -> str:
    """A text on one line, cut to ``_LONG`` characters."""
    line = "; ".join(part.strip() for part in text.split("\n") if part.strip())
    return line if len(line) <= _LONG else f"{line[: _LONG - 3]}..."
