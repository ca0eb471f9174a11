"""Programs as trees: what the families draw, what the oracle evaluates, what is cut smaller.

A tree is the text of a leaf (``"x"``, ``"0.1"``) or a tuple of an operator's name and its
argument trees. It is written out and evaluated here without the project's own parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from autograd_graph import OPERATORS

Tree: TypeAlias = "str | tuple[Tree, ...]"
Point = Mapping[str, float]

NUMBER = re.compile(r"\d+(\.\d+)?(e[+-]?\d+)?")
CONSTANTS = ("pi", "e")


@dataclass(frozen=True)
class Statement:
    """``name = tree``, or ``const name = tree``; without a name a result."""

    tree: Tree
    name: str = ""
    const: bool = False

    def __str__(self) -> str:
        head = f"{'const ' if self.const else ''}{self.name} = " if self.name else ""
        return head + written(self.tree)


@dataclass(frozen=True)
class Function:
    """``name(parameters) = tree``."""

    name: str
    parameters: tuple[str, ...]
    tree: Tree

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.parameters)}) = {written(self.tree)}"


@dataclass(frozen=True)
class Program:
    """Definitions, then statements of which the last is the value."""

    statements: tuple[Statement, ...]
    functions: tuple[Function, ...] = ()

    def __str__(self) -> str:
        return "; ".join(map(str, (*self.functions, *self.statements)))

    @property
    def size(self) -> int:
        """How many leaves and operators there are."""
        trees = (each.tree for each in (*self.functions, *self.statements))
        return sum(sum(1 for _ in parts(tree)) for tree in trees)


def of(tree: Tree) -> Program:
    """The program of one expression."""
    return Program((Statement(tree),))


def written(tree: Tree) -> str:
    """A tree in the language, every infix operator in parentheses of its own."""
    if isinstance(tree, str):
        return tree
    name, *arguments = tree
    row = OPERATORS.get(str(name))
    texts = [written(argument) for argument in arguments]
    if row is None or not row.infix:
        spelling = row.spelling if row else name
        return f"{spelling}({', '.join(texts)})"
    if len(texts) == 1:
        return f"({row.infix}{texts[0]})"
    return f"({texts[0]} {row.infix} {texts[1]})"


def parts(tree: Tree) -> Iterator[Tree]:
    """A tree and everything in it."""
    yield tree
    if not isinstance(tree, str):
        for argument in tree[1:]:
            yield from parts(argument)


def leaves(tree: Tree) -> Iterator[str]:
    """The names and numbers of a tree."""
    return (part for part in parts(tree) if isinstance(part, str))


def is_number(leaf: str) -> bool:
    """Whether a leaf is a number."""
    return NUMBER.fullmatch(leaf) is not None


def put(tree: Tree, values: Mapping[str, Tree]) -> Tree:
    """A tree with trees in place of some of its names."""
    if isinstance(tree, str):
        return values.get(tree, tree)
    return (tree[0], *(put(argument, values) for argument in tree[1:]))


def smaller_trees(tree: Tree) -> Iterator[Tree]:
    """A tree with one part of it replaced by something simpler, the boldest cuts first."""
    if isinstance(tree, str):
        if tree not in ("x", "1") and not (is_number(tree) and len(tree) == 1):
            yield from ("x", "1")
            if is_number(tree) and len(tree) > 1:
                yield from {f"{float(tree):.0e}".replace("e+00", ""), "2"} - {tree}
        return
    name, *arguments = tree
    yield from ("x", "1")
    yield from arguments
    row = OPERATORS.get(str(name))
    if row and row.arguments.lists == 1 and len(arguments) > 2:
        for n in range(len(arguments)):
            yield (name, *arguments[:n], *arguments[n + 1 :])
    fixed = row.fixed if row else ()
    for n, argument in enumerate(arguments):
        if n not in fixed:
            for smaller in smaller_trees(argument):
                yield (name, *arguments[:n], smaller, *arguments[n + 1 :])


def smaller_programs(program: Program) -> Iterator[Program]:
    """A program with one thing cut from it or made simpler."""
    statements, functions = program.statements, program.functions
    for n, statement in enumerate(statements[:-1]):
        rest = statements[n + 1 :]
        inlined = tuple(
            replace(s, tree=put(s.tree, {statement.name: statement.tree})) for s in rest
        )
        yield replace(program, statements=statements[:n] + inlined)
        yield replace(program, statements=(*statements[:n], statement))
    for n, function in enumerate(functions):
        if all(not _calls(each.tree, function.name) for each in (*functions, *statements)):
            yield replace(program, functions=functions[:n] + functions[n + 1 :])
        else:
            yield Program(
                tuple(replace(s, tree=_expanded(s.tree, function)) for s in statements),
                tuple(replace(f, tree=_expanded(f.tree, function)) for f in functions),
            )
    for n, statement in enumerate(statements):
        for tree in smaller_trees(statement.tree):
            changed = replace(statement, tree=tree)
            yield replace(program, statements=(*statements[:n], changed, *statements[n + 1 :]))


def _calls(tree: Tree, name: str) -> bool:
    return any(not isinstance(part, str) and part[0] == name for part in parts(tree))


def _expanded(tree: Tree, function: Function) -> Tree:
    """A tree with the calls of one function replaced by its body."""
    if isinstance(tree, str):
        return tree
    arguments = [_expanded(argument, function) for argument in tree[1:]]
    if tree[0] == function.name:
        return put(function.tree, dict(zip(function.parameters, arguments, strict=True)))
    return (tree[0], *arguments)


def shape(program: Program) -> str:
    """A program's text without its names and numbers: alike programs have one shape."""
    text = NUMBER.sub("1", str(program))
    return re.sub(r"\b[a-z]\b(?!\()", "x", text)
