"""Calls with the wrong number of arguments."""

from __future__ import annotations

from autograd_grammar.functions import Function
from autograd_graph.errors import ProgramError, Span
from autograd_graph.op import Op
from autograd_graph.operators import overloads


def check_arity(function: Function, count: int, span: Span) -> None:
    """Raise :class:`ProgramError` (``arity``) unless a function of the program takes so many."""
    takes = len(function.parameters)
    if count != takes:
        raise _wrong_arity(function.name, _arguments(takes), count, span, function.signature)


def check_operator_arity(row: Op, name: str, count: int, span: Span) -> None:
    """Raise :class:`ProgramError` (``arity``) unless an operator called ``name`` takes so many."""
    if row.takes(count):
        return
    rows = overloads(row)
    takes = [str(other.arguments.arity[0]) for other in rows[:-1]] + [_arity(rows[-1])]
    signatures = (other.signature for other in rows)
    raise _wrong_arity(name, " or ".join(takes), count, span, *signatures)


def _arguments(count: int) -> str:
    return f"{count} argument{'' if count == 1 else 's'}"


def _arity(row: Op) -> str:
    least, most = row.arguments.arity
    if row.arguments.lists > 1:
        return "two lists of the same length"
    if most is None:
        return f"at least {_arguments(least)}"
    return _arguments(least) if least == most else f"{least} or {_arguments(most)}"


def _wrong_arity(name: str, takes: str, count: int, span: Span, *signatures: str) -> ProgramError:
    given = "none" if count == 0 else str(count)
    wanted = " or ".join(name + signature[signature.index("(") :] for signature in signatures)
    return ProgramError(
        f"{name} takes {takes}, not {given}",
        code="arity",
        span=span,
        hint=f"its signature is {wanted}",
    )
