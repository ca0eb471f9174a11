"""The point at which a program is evaluated, from the command line and from files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from autograd_cli.line import sources
from autograd_cli.program import normal
from autograd_grammar.builder import WELL_KNOWN
from autograd_graph import Graph, ProgramError


class Point:
    """Values for inputs and constants.

    ``named`` come from ``--x=2`` and have to fit the program; ``offered`` come from ``--set`` and
    ``--vars``, and are ignored if the program does not have them.
    """

    def __init__(
        self, named: dict[str, float] | None = None, offered: dict[str, float] | None = None
    ) -> None:
        self.named = {} if named is None else named
        self.offered = {} if offered is None else offered

    def given(self, graph: Graph) -> dict[str, float]:
        """The values that apply to a program.

        Raises :class:`ProgramError` for a name on the command line that the program does not have
        (``unknown-name``), and for one that it computes itself (``not-an-input``).
        """
        check_names(graph, self.named)
        given = self.offered | self.named
        for name in [name for name in self.offered if not _is_leaf(graph, name)]:
            if name in graph.bindings:
                raise _no_such_input(graph, name)
            del given[name]
        return given


def read(
    values: Sequence[tuple[str, str]],
    settings: Sequence[str],
    files: Sequence[str],
    max_nodes: int,
) -> Point:
    """The point that a command line describes; its values override those of ``--vars``.

    Raises :class:`ProgramError` for two different values of one name on the command line, and for
    a value that is an expression of more than ``max_nodes`` nodes.
    """
    point = Point()
    for path in files:
        point.offered |= sources.read_values(path, max_nodes=max_nodes)
    texts: dict[str, str] = {}
    for name, text in values:
        _once(texts, name, text)
        point.named[normal(name)] = sources.number(name, text, max_nodes=max_nodes)
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name.strip():
            raise ProgramError(
                f"--set takes NAME=VALUE, not {setting!r}", code="bad-value", hint="--set w=3"
            )
        _once(texts, name.strip(), text)
        name = name.strip()
        point.offered[normal(name)] = sources.number(name, text, max_nodes=max_nodes)
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
    from autograd_cli import commands
    from autograd_grammar.slips import slips
    from autograd_grammar.suggestions import did_you_mean

    leaves = [f"--{leaf}" for leaf in (*graph.inputs, *graph.constants)]
    if others := commands.having(f"--{name}") if options else []:
        *some, last = [f"autograd {command}" for command in others]
        hint = f"--{name} is an option of " + " and ".join([*filter(None, [", ".join(some)]), last])
    elif near := did_you_mean(f"--{name}", [*leaves, *options]):
        hint = f"did you mean {near}?"
    else:
        hint = "its inputs are " + (", ".join(graph.inputs) or "none at all")
    meant = (text for text in slips(graph).values() if name in re.findall(r"\w+", text)[3:])
    return ProgramError(
        f"the program has no input {name!r}",
        code="unknown-name",
        hint=next(meant, hint),
    )


def amounts(words: Iterable[str], option: str, example: str, max_nodes: int) -> dict[str, float]:
    """The values by input of an option that takes ``NAME=AMOUNT``; ``example`` is for hints.

    Raises :class:`ProgramError` (``bad-value``) for a word that is not of that form, and
    (``limit``) for an amount that is an expression of more than ``max_nodes`` nodes.
    """
    found: dict[str, float] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name.strip():
            raise ProgramError(
                f"{option} takes NAME=AMOUNT, not {word!r}",
                code="bad-value",
                hint=f"write it like {option} {example}",
            )
        name = name.strip()
        found[normal(name)] = sources.number(name, text, max_nodes=max_nodes)
    return found


def ranges(words: Iterable[str], max_nodes: int) -> dict[str, tuple[float | None, float | None]]:
    """The bounds by input of ``--bounds``: ``a=0:`` from 0 on, ``b=:1`` up to 1, ``c=-1:1``.

    Raises :class:`ProgramError` as :func:`amounts` does.
    """
    found: dict[str, tuple[float | None, float | None]] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = name.strip()
        low, colon, high = text.partition(":")
        if not (equals and name and colon and (low.strip() or high.strip())):
            raise ProgramError(
                f"--bounds takes NAME=LOW:HIGH, not {word!r}",
                code="bad-value",
                hint="write it like --bounds a=0:,b=-1:1",
            )
        found[normal(name)] = (_limit(name, low, max_nodes), _limit(name, high, max_nodes))
    return found


def _limit(name: str, text: str, max_nodes: int) -> float | None:
    return sources.number(name, text, max_nodes=max_nodes) if text.strip() else None
