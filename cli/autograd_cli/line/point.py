"""The point at which a program is evaluated, from the command line and from files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from autograd_cli.line import sources
from autograd_grammar.builder import WELL_KNOWN
from autograd_grammar.slips import slips
from autograd_grammar.suggestions import did_you_mean
from autograd_graph import Graph, ProgramError, Tape, missing

_MANY = 40
"""If more inputs than this have no value, an error does not name all of them."""


@dataclass(slots=True)
class Point:
    """Values for inputs and constants.

    ``named`` come from ``--x=2`` and have to fit the program; ``offered`` come from ``--set`` and
    ``--vars``, and are ignored if the program does not have them.
    """

    named: dict[str, float] = field(default_factory=dict)
    offered: dict[str, float] = field(default_factory=dict)

    def given(self, graph: Graph) -> dict[str, float]:
        """The values that apply to a program.

        Raises :class:`ProgramError` for a name on the command line that the program does not have
        (``unknown-name``), and for one that it computes itself (``not-an-input``).
        """
        check_names(graph, self.named)
        for name in self.offered:
            if name in graph.bindings and not _is_leaf(graph, name):
                raise _no_such_input(graph, name)
        values = self.offered | self.named
        return {name: value for name, value in values.items() if _is_leaf(graph, name)}


def read(values: Sequence[tuple[str, str]], settings: Sequence[str], files: Sequence[str]) -> Point:
    """The point that a command line describes; its values override those of ``--vars``.

    Raises :class:`ProgramError` for two different values of one name on the command line.
    """
    point = Point()
    for path in files:
        point.offered |= sources.read_values(path)
    texts: dict[str, str] = {}
    for name, text in values:
        _once(texts, name, text)
        point.named[normal(name)] = sources.number(name, text)
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name.strip():
            raise ProgramError(
                f"--set takes NAME=VALUE, not {setting!r}", code="bad-value", hint="--set w=3"
            )
        _once(texts, name.strip(), text)
        point.offered[normal(name.strip())] = sources.number(name.strip(), text)
    return point


def _once(texts: dict[str, str], name: str, text: str) -> None:
    """Record the text of a value, and refuse a different one for the same name."""
    first = texts.setdefault(normal(name), text.strip())
    if first != text.strip():
        raise ProgramError(
            f"{name} is given two values, {first} and {text.strip()}",
            code="bad-value",
            hint="give it one; a run is at one point, and autograd batch takes many",
        )


def check_names(graph: Graph, names: Iterable[str], options: Iterable[str] = ()) -> None:
    """Raise a :class:`ProgramError` for a name that is no leaf of the program.

    ``options`` are the command's own, as further suggestions.
    """
    for name in map(normal, names):
        if not _is_leaf(graph, name):
            raise _no_such_input(graph, name, options)


def normal(name: str) -> str:
    """A name in the normal form of the language."""
    return unicodedata.normalize("NFC", name).replace("\u00b5", "\u03bc")


def _is_leaf(graph: Graph, name: str) -> bool:
    return name in graph.inputs or name in graph.constants


def _no_such_input(graph: Graph, name: str, options: Iterable[str] = ()) -> ProgramError:
    if name in graph.bindings:
        node = graph.bindings[name]
        return ProgramError(
            f"{name!r} is a step of the program, not an input",
            code="not-an-input",
            span=graph.spans[node],
            hint="values are given to inputs: " + (", ".join(graph.inputs) or "there are none"),
            text=graph.text,
        )
    if name in WELL_KNOWN:
        return ProgramError(
            f"{name!r} is a constant",
            code="not-an-input",
            hint=f"bind it in the program to give the name another meaning: {name} = 2; ...",
        )
    leaves = [f"--{leaf}" for leaf in (*graph.inputs, *graph.constants)]
    near = did_you_mean(f"--{name}", [*leaves, *options])
    inputs = ", ".join(graph.inputs) or "none at all"
    hint = f"did you mean {near}?" if near else f"its inputs are {inputs}"
    meant = (text for text in slips(graph).values() if name in re.findall(r"\w+", text)[3:])
    return ProgramError(
        f"the program has no input {name!r}",
        code="unknown-name",
        hint=next(meant, hint),
    )


def require_values(
    tape: Tape, given: dict[str, float], completed: Callable[[list[str]], str]
) -> None:
    """Raise one ``missing-value`` error for all inputs without a value.

    ``completed`` returns the typed command line with values added for some names.
    """
    absent = missing(tape, given)
    if not absent:
        return
    graph = tape.graph
    plural = "s" if len(absent) > 1 else ""
    few = len(absent) <= _MANY
    shown = absent if few else [*absent[:_MANY], f"and {len(absent) - _MANY} more"]
    command = completed(absent) if few else "--vars FILE, with {" + f'"{absent[0]}": 1, ...' + "}"
    found = slips(graph)
    meant = next((f"{found[name]}, or " for name in absent if name in found), "")
    raise ProgramError(
        f"no value for the input{plural} {', '.join(shown)}",
        code="missing-value",
        span=graph.spans[graph.inputs[absent[0]]],
        hint=_hint_for(absent[0]) or f"{meant}give {'them' if plural else 'it'}: {command}",
        text=graph.text,
    )


def _hint_for(name: str) -> str:
    """A hint for a name that has another meaning in other languages."""
    from autograd_graph.operators import ROWS

    if name in ROWS and ROWS[name].function:
        return f"{name} is a function: write {ROWS[name].signature}"
    if name.lower() in ("inf", "infinity"):
        return "infinity is 1/0"
    return ""
