"""A program at a point: its graph bound to an output, the given values, the inputs of interest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograd_grammar import MAX_NODES, parse, source
from autograd_graph import Graph, ProgramError, Tape, missing
from autograd_graph.record import Record

_MANY = 40
"""If more inputs than this have no value, an error does not name all of them."""


class Program(Record):
    """A program at a point, from which every report is made.

    ``given`` are the values of inputs and constants that do not come from the program's own
    defaults. ``wrt`` are the inputs to differentiate by, ``None`` for all of them. ``max_nodes``
    limits what reports make of it, as it has limited the graph.
    """

    graph: Graph
    tape: Tape
    given: dict[str, float]
    wrt: list[str] | None
    spare: frozenset[str] = frozenset()
    """Names that may be given a value though nothing depends on them any more."""
    max_nodes: int = MAX_NODES

    def __reduce__(self) -> tuple[Callable[..., Program], tuple[object, ...]]:
        """A pickle holds the text: parsing it is as fast as reading a graph would be."""
        return _restored, (
            self.graph.text,
            self.tape.output,
            self.given,
            self.wrt,
            self.spare,
            self.max_nodes,
        )

    def require_values(self) -> None:
        """Raise one :class:`ProgramError` (``missing-value``) for all inputs without a value."""
        absent = missing(self.tape, self.given)
        if absent:
            raise missing_values(self.graph, absent, self._completed(absent))

    def _completed(self, absent: list[str]) -> str:
        """The way to give values to some inputs, for a hint."""
        return ", ".join(f"{name}=1" for name in absent)


def _restored(
    text: str,
    output: int,
    given: dict[str, float],
    wrt: list[str] | None,
    spare: frozenset[str],
    max_nodes: int,
) -> Program:
    graph = parse(text, max_nodes=max(MAX_NODES, len(text)))
    return Program(graph, Tape(graph, output), given, wrt, spare=spare, max_nodes=max_nodes)


def missing_values(graph: Graph, absent: list[str], completed: str) -> ProgramError:
    """The error for inputs without a value; ``completed`` is the way to give them one."""
    plural = "s" if len(absent) > 1 else ""
    shown = absent
    if len(absent) > _MANY:
        shown = [*absent[:_MANY], f"and {len(absent) - _MANY} more"]
    from autograd_grammar.slips import slips

    found = slips(graph)
    meant = next((f"{found[name]}, or " for name in absent if name in found), "")
    return ProgramError(
        f"no value for the input{plural} {', '.join(shown)}",
        code="missing-value",
        span=graph.spans[graph.inputs[absent[0]]],
        hint=_elsewhere(absent[0]) or f"{meant}give {'them' if plural else 'it'}: {completed}",
        text=graph.text,
    )


def _elsewhere(name: str) -> str:
    """A hint for a name that has another meaning in other languages."""
    from autograd_graph.operators import ROWS

    if name in ROWS and ROWS[name].function:
        return f"{name} is a function: write {ROWS[name].signature}"
    if name.lower() in ("inf", "infinity"):
        return "infinity is 1/0"
    return ""


def normal(name: str) -> str:
    """A name in the normal form of the language.

    Raises :class:`ProgramError` (``limit``) for a name of too many marks.
    """
    return source.normal(name)


def named_node(graph: Graph, name: str) -> int:
    """The newest node of that name. Raises :class:`ProgramError` (``unknown-name``)."""
    node = graph.bindings.get(name, graph.inputs.get(name))
    if node is not None:
        return node
    raise _unknown(
        f"the program has no node named {name!r}", name, [*graph.bindings, *graph.inputs]
    )


def inputs_named(graph: Graph, names: Sequence[str]) -> list[str]:
    """``names``, checked to be inputs. Raises :class:`ProgramError` for one that is not."""
    for name in names:
        if name in graph.inputs:
            continue
        if name in graph.bindings:
            raise ProgramError(
                f"{name!r} is not an input of the program",
                code="not-an-input",
                hint="its inputs are " + ", ".join(graph.inputs),
            )
        raise _unknown(f"the program has no input {name!r}", name, list(graph.inputs))
    return list(names)


def _unknown(message: str, name: str, names: list[str]) -> ProgramError:
    from autograd_grammar.suggestions import did_you_mean

    near = did_you_mean(name, names)
    known = ", ".join(dict.fromkeys(names)) or "none"
    hint = f"did you mean {near}?" if near else f"there are {known}"
    return ProgramError(message, code="unknown-name", hint=hint)
