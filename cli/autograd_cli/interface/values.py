"""The values that a caller gives by name: numbers, or columns of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autograd_cli.program import Program, normal
from autograd_graph import Graph, ProgramError
from autograd_graph.passes.evaluation import leaf_values

_LONG = 60


def listed(texts: Iterable[str]) -> list[str]:
    """Names or words as a list, in which a lone text is one of them: not its letters."""
    return [texts] if isinstance(texts, str) else list(texts)


def numbers(
    program: Program, point: Mapping[str, float] | None, values: Mapping[str, float]
) -> dict[str, float]:
    """All values as doubles, by the program's names.

    Raises :class:`ProgramError` for a name that is no input or constant of the program, for one
    that is in both mappings, and for a value that is not a number.
    """
    found: dict[str, float] = {}
    for name, value in named(program, point, values).items():
        double = number(name, value)
        if name not in program.spare:
            found[name] = double
    return found


def number(name: str, value: Any) -> float:
    """A value as a double. Raises :class:`ProgramError` for a text and for what is no number."""
    if is_column(value):
        raise ProgramError(
            f"{name} takes one number here, not {len(value)}",
            code="bad-value",
            hint="columns of numbers go to the function itself, f(x=[1, 2]), and to its objective",
        )
    try:
        if not isinstance(value, (str, bytes)):
            return float(value)
    except (TypeError, ValueError, OverflowError):
        pass
    raise _no_number(name, value)


def named(
    program: Program, point: Mapping[str, Any] | None, values: Mapping[str, Any]
) -> dict[str, Any]:
    """All values by the program's names, each a leaf of it or spare.

    Raises :class:`ProgramError` for any other name, for one that comes twice, and for values that
    do not come by name.
    """
    if point is not None and not isinstance(point, Mapping):
        raise ProgramError(
            f"values are given by name, not as {type(point).__name__}",
            code="bad-value",
            hint='write f(x=1) or f({"x": 1}); frames of pandas and polars go to f.map(frame)',
        )
    found: dict[str, Any] = {}
    for typed, value in (*(point or {}).items(), *values.items()):
        name = leaf_named(program.graph, typed)
        if name is None and isinstance(typed, str) and normal(typed) in program.spare:
            name = normal(typed)
        if name is None:
            raise _no_leaf(program.graph, str(typed))
        if name in found:
            raise ProgramError(f"{name} is given two values", code="bad-value", hint="give it one")
        found[name] = value
    return found


def leaf_named(graph: Graph, name: object) -> str | None:
    """The input or constant of that name, if there is one.

    Python itself changes keywords to a form of Unicode in which some letters are others: ``ϵ=1``
    arrives as ``ε``.
    """
    if not isinstance(name, str):
        return None
    wanted = normal(name)
    if wanted in graph.inputs or wanted in graph.constants:
        return wanted
    folded = unicodedata.normalize("NFKC", name)
    alike = [
        leaf
        for leaf in (*graph.inputs, *graph.constants)
        if unicodedata.normalize("NFKC", leaf) == folded
    ]
    return alike[0] if len(alike) == 1 else None


def has_columns(point: Mapping[str, Any] | None, values: Mapping[str, Any]) -> bool:
    """Whether any value is a sequence or an array with at least one axis."""
    given = list(values.values())
    if isinstance(point, Mapping):
        given += point.values()
    return any(map(is_column, given))


def is_column(value: Any) -> bool:
    """Whether a value is a sequence or an array with at least one axis."""
    if isinstance(value, (str, bytes)):
        return False
    shape = getattr(value, "shape", None)
    return len(shape) > 0 if isinstance(shape, Sequence) else hasattr(value, "__len__")


def check_given(program: Program, given: Mapping[str, Any]) -> Program:
    """The program, to be differentiated by all inputs that are ``given``.

    Raises :class:`ProgramError` where nothing is given, and for inputs without a value.
    """
    graph = program.graph
    if not given:
        raise ProgramError(
            "no input is given", code="missing-value", hint="give one by name: function(x=...)"
        )
    wrt = [name for name in given if name in graph.inputs]
    there = program.given | dict.fromkeys(given, 0.0)
    Program(graph, program.tape, there, wrt).require_values()
    return Program(graph, program.tape, program.given, wrt, spare=program.spare)


def known(program: Program) -> dict[str, float | None]:
    """Each input's value, given or by default; ``None`` for one that has none."""
    found = leaf_values(program.graph, program.given)
    return {name: found.get(name) for name in program.graph.inputs}


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
    from autograd_grammar.suggestions import did_you_mean

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
