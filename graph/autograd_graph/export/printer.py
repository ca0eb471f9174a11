"""The printer: a lowered graph as named steps and expressions in a target's words.

What is used more than once and costs something is a step of its own, and so are the steps of the
program, and what would nest too deeply for the target's own parser. The printer keeps a stack, so
depth is no limit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal

from autograd_graph.errors import ProgramError
from autograd_graph.export.lowering import CONDITIONS, lower
from autograd_graph.export.names import Names
from autograd_graph.export.target import (
    COUNT,
    EVERY,
    LEVELS,
    Formula,
    Pattern,
    Slot,
    Target,
    Temporary,
)
from autograd_graph.export.trimming import trim
from autograd_graph.graph import INPUT, LEAVES, LITERAL, Graph, Node
from autograd_graph.numbers.nodes import NodeMath

_DEEPEST = 30
"""Parsers of targets give up on expressions some hundred levels deep."""

_LARGEST = 10**6

_DIVISIONS = ("div", "mod")

Exposure = Literal["eager", "guarded", "lazy"]
"""How a node comes to be computed: always; at points where it may not be needed, or as a division
by 0 whatever the arguments are; only where its branch was chosen."""


def moved(graph: Graph) -> list[bool]:
    """For each node, whether an input occurs in it."""
    moving: list[bool] = []
    for row, args in zip(graph.ops, graph.args, strict=True):
        moving.append(row is INPUT or any(moving[arg] for arg in args))
    return moving


_MOST_PIECES, _MOST_REPEATED = 2_000_000, 40
"""How many pieces of text the code may have: so many, or so many for each node of the graph."""


class Printer:
    """Writes the nodes of one graph.

    ``leaves`` are the texts of inputs and constants. ``name_of`` names the step that a node
    becomes; ``kept`` are nodes that are to be steps, if they are not computed in vain then.
    """

    def __init__(
        self,
        graph: Graph,
        roots: Sequence[int],
        target: Target,
        leaves: Mapping[int, str],
        name_of: Callable[[int], str],
        kept: Collection[int] = (),
    ) -> None:
        self._graph = graph
        self._left = max(_MOST_PIECES, _MOST_REPEATED * len(graph))
        self._roots = roots
        self._target = target
        self._moving = moved(graph)
        self._names = dict(leaves)
        self._kept: Collection[int] = ()
        self._exposure: dict[int, Exposure] = {}
        named = self._to_name()
        self._exposure = self._exposures(named)
        self._kept = {n for n in kept if self._written[n] and self._exposure.get(n) != "lazy"}
        if self._kept or self._exposure:
            named = self._to_name()
            self._exposure = self._exposures(named)
        self.steps: list[Temporary] = []
        self._write_steps(named, name_of)
        self.texts = [self._text(root) for root in roots]

    def moves(self, node: int) -> bool:
        """Whether an input occurs in a node."""
        return self._moving[node]

    def _row(self, node: int) -> Pattern:
        name = self._graph.ops[node].name
        if name in _DIVISIONS and self._graph.numbers.get(self._graph.args[node][1], 0) != 0:
            return self._target.table[name]
        if self._exposure.get(node) == "guarded" and name in self._target.guards:
            return self._target.guards[name]
        return self._target.table[name]

    def _slots(self, node: int) -> list[int]:
        """The argument nodes that a node's row writes, each as often as it does."""
        args = self._graph.args[node]
        row = self._row(node)
        return [args[slot.argument] for slot in row.slots(len(args))]

    def _sizes(self) -> list[int]:
        """Operations in each node written out. Signs of leaves cost nothing, nor do steps kept."""
        graph = self._graph
        sizes: list[int] = []
        for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
            size = sum(sizes[arg] for arg in args)
            free = row in LEAVES or node in self._kept or (row.name == "neg" and not size)
            sizes.append(0 if free else min(size + 1, _LARGEST))
        return sizes

    def _to_name(self) -> set[int]:
        """The nodes to be steps: those kept, repeated ones, and some of those that nest deeply."""
        graph, sizes = self._graph, self._sizes()
        written = self._written = [0] * len(graph)
        named: set[int] = set()
        for root in self._roots:
            written[root] += 1
        for node in range(len(graph) - 1, -1, -1):
            row = graph.ops[node]
            if row in LEAVES or not written[node]:
                continue
            costs = sizes[node] >= self._target.smallest and row.name not in CONDITIONS
            if node in self._kept or (costs and written[node] > 1):
                named.add(node)
            times = 1 if node in named else written[node]
            for arg in self._slots(node):
                written[arg] += times
        depth = [0] * len(graph)
        for node, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
            if written[node] and args and node not in named:
                depth[node] = 1 + max(depth[arg] for arg in args)
                if depth[node] > _DEEPEST and row.name not in CONDITIONS:
                    named.add(node)
                    depth[node] = 0
        return named

    def _exposures(self, named: set[int]) -> dict[int, Exposure]:
        """How each operator comes to be computed, from the roots down."""
        found: dict[int, Exposure] = {}
        if not self._target.guards:
            return found
        graph = self._graph
        found.update(dict.fromkeys(self._roots, "eager"))
        for node in range(len(graph) - 1, -1, -1):
            if node not in found:
                continue
            if found[node] == "lazy" and node in named:
                found[node] = "guarded"  # a step is computed whichever branch is chosen
            row, args = graph.ops[node], graph.args[node]
            if row.name in _DIVISIONS and graph.numbers.get(args[1]) == 0:
                found[node] = "guarded"
            for position, arg in enumerate(args):
                exposure = found[node]
                if row.shares is not None:  # an infinity may well be asked, or not be chosen
                    branch = row.name == "where" and position >= row.asks
                    spared = branch and found[node] != "guarded"
                    exposure = "lazy" if spared else "guarded"
                found[arg] = min(exposure, found.get(arg, exposure))
        return found

    def _write_steps(self, named: set[int], name_of: Callable[[int], str]) -> None:
        graph = self._graph
        levels = [0] * len(graph)
        for node, args in enumerate(graph.args):
            levels[node] = max((levels[arg] for arg in args), default=0)
            if node in named:
                levels[node] += 1
                text = self._text(node)
                name = name_of(node)
                self.steps.append(Temporary(name, text, levels[node]))
                self._names[node] = name

    def _text(self, root: int) -> str:
        """A node written out, down to what has a name.

        Raises :class:`ProgramError` (``limit``) where all texts together become far longer than
        the graph: branches that are not chosen may not be computed as steps, so they are repeated.
        """
        pieces: list[str] = []
        stack: list[str | tuple[int, int]] = [(root, 0)]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                pieces.append(item)
                continue
            node, least = item
            level, parts = self._parts(node)
            if level < least:
                opening, closing = self._target.parentheses
                parts = [opening, *parts, closing]
            stack.extend(reversed(parts))
            self._left -= len(parts)
            if self._left < 0:
                raise ProgramError(
                    "the code would be far longer than the program: choices within choices are "
                    "written out again for each that they are in",
                    code="limit",
                    hint="autograd diff --format json writes what is shared once",
                )
        return "".join(pieces)

    def _parts(self, node: int) -> tuple[int, list[str | tuple[int, int]]]:
        """How tightly a node binds, and its texts and arguments in the order of writing."""
        graph = self._graph
        if node in self._names:
            return LEVELS["atom"], [self._names[node]]
        if graph.ops[node] is LITERAL:
            text, level = self._target.number(graph.numbers[node])
            return LEVELS[level], [text]
        row, args = self._row(node), graph.args[node]
        parts: list[str | tuple[int, int]] = []
        for piece in row.pieces:
            if not isinstance(piece, Slot):
                parts.append(piece)
            elif piece.argument == COUNT:
                parts.append(str(len(args)))
            elif piece.argument != EVERY:
                parts.append(self._argument(args[piece.argument], piece))
            else:
                for position, arg in enumerate(args):
                    parts += [", "] if position else []
                    parts.append(self._argument(arg, piece))
        return row.level, parts

    def _argument(self, node: int, slot: Slot) -> str | tuple[int, int]:
        """What stands in a slot: a literal's text where it has to be a double, else the node."""
        if slot.double and self._graph.ops[node] is LITERAL:
            return self._target.double(self._target.number(self._graph.numbers[node])[0])
        if slot.double and self._target.fixed_doubles and not self._moving[node]:
            return self._target.double(self._text(node))
        return node, slot.least


def written_formula(formula: Formula, target: Target) -> tuple[list[Temporary], str]:
    """A function of one number, ``x``, as steps and the text of its value."""
    graph = Graph()
    x = graph.leaf(INPUT, "x")
    result: Node = formula(NodeMath(graph), Node(graph, x))
    lowered, roots = trim(*lower(graph, [result.id], target))
    names = Names({"x"})
    fresh = names.numbered(target.step)
    printer = Printer(lowered, roots, target, {lowered.inputs["x"]: "x"}, lambda _: fresh())
    return printer.steps, printer.texts[0]
