"""One operator as a function of JavaScript: its value, its slopes and its statuses.

A page that runs both passes has such a function for every operator that its program uses. All of
them come from the operator's row: the value and the slopes by the formulas that exported code has,
the conditions for a kink, a jump, a pole by those with which ``eval`` looks for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf, nan
from typing import Any

from autograd_graph.export import export, js
from autograd_graph.graph import CONSTANT, INPUT, Graph, Node
from autograd_graph.numbers.code import CodeMath
from autograd_graph.op import Constant, Op
from autograd_graph.passes.evaluation import Tape
from autograd_graph.status import Status

_ARROW = replace(js.TARGET, layout=js.arrow)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator over so many arguments, some of them constants, in JavaScript.

    ``code`` is a function of all arguments that returns an array: the value; the slope by each
    argument whose entry in ``slopes`` is true, of which those in ``flows`` pass an adjoint on; for
    each of ``statuses`` 1 where it holds, else 0; the same of whether its choices meet, if it
    ``asks``; the ``factors`` of which one has to be 0 or infinite for a value that is exactly 0.
    Where it ``chooses``, an argument whose slope is 0 was not chosen and takes no part, but for the
    first ``asks`` arguments, which are conditions.
    """

    code: str
    slopes: tuple[bool, ...]
    flows: tuple[bool, ...]
    statuses: tuple[Status, ...]
    factors: int
    chooses: bool
    asks: int


def operation(
    row: Op, constant: Constant, literals: Sequence[float | Fraction | None] = ()
) -> Operation:
    """The function of an operator; ``literals`` are numbers that stand for arguments in it.

    Raises :class:`ProgramError` (``unsupported``) for an operator that JavaScript cannot express.
    """
    names = [f"x{n}" for n in range(len(constant))]
    given = [*literals, *[None] * (len(names) - len(literals))]
    graph = Graph()
    args = [
        graph.leaf(INPUT, name) if number is None else graph.literal(number)
        for name, number in zip(names, given, strict=True)
    ]
    value = graph.add(row, *args)
    xp = _Masking(graph)
    slopes = _slopes(row, constant, xp, [Node(graph, node) for node in (*args, value)])
    asked = _Asked(xp, Node(graph, value)), [_Asked(xp, Node(graph, arg)) for arg in args]
    conditions = [
        holds(_Asking(graph), *asked[:1], constant, *asked[1]) for _, holds in row.awkward
    ]
    if row.meets is not None:
        conditions.append(row.meets(_Asking(graph), *asked[:1], *asked[1][row.asks :]))
    factors = () if row.factors is None else row.factors(xp, *(Node(graph, arg) for arg in args))
    results = [slope for slope in slopes if slope is not None] + [*conditions, *factors]
    listed = {str(n): _node(graph, result) for n, result in enumerate(results)}
    return Operation(
        code=export(graph, value, listed, _ARROW, inputs=names),
        slopes=tuple(slope is not None for slope in slopes),
        flows=tuple(
            slope is not None and not fixed and not all(constant)
            for slope, fixed in zip(slopes, constant, strict=True)
        ),
        statuses=tuple(status for status, _ in row.awkward),
        factors=len(factors),
        chooses=row.shares is not None,
        asks=row.asks,
    )


def _slopes(row: Op, constant: Constant, xp: CodeMath, nodes: list[Node]) -> list[Any]:
    """The slope by each argument as the passes compute it; ``None`` where nothing flows.

    A choice has one by its constants too: it tells whether they were chosen. ``nodes`` are the
    arguments and then the value.
    """
    if row.shares is not None:
        return list(row.shares(xp, 1, nodes[-1], constant, *nodes[:-1]))
    part = Graph()
    leaves = [part.leaf(CONSTANT if fixed else INPUT, f"x{n}") for n, fixed in enumerate(constant)]
    node = part.add(row, *leaves)
    found = Tape(part, node, system=xp).slopes(node, nodes) or [None] * len(leaves)
    return [None if fixed else slope for slope, fixed in zip(found, constant, strict=True)]


def _node(graph: Graph, result: Any) -> int:
    """The node of a formula's result, which may be a number."""
    result = _plain(result)
    return result.id if isinstance(result, Node) else graph.literal(result)


class _Masking(CodeMath):
    """The number system of nodes, in which a choice of what is nan chooses nothing."""

    def mask(self, condition: Any, witness: Any) -> Any:
        """The condition, nan where what it tests is nan."""
        return self.call("where", self.eq(witness, witness), condition, nan)


class _Asked:
    """A number of which a condition is asked: comparisons and ``&``, ``|`` append nodes."""

    __slots__ = ("math", "operand")

    def __init__(self, math: CodeMath, operand: Any) -> None:
        self.math = math
        self.operand = operand

    def _with(self, name: str, *operands: Any) -> _Asked:
        plain = [_plain(each) for each in operands]
        return _Asked(self.math, getattr(self.math, name)(*plain))

    def _call(self, name: str, *operands: Any) -> _Asked:
        return _Asked(self.math, self.math.call(name, *map(_plain, operands)))

    def __add__(self, other: Any) -> _Asked:
        return self._call("add", self, other)

    def __radd__(self, other: Any) -> _Asked:
        return self._call("add", other, self)

    def __sub__(self, other: Any) -> _Asked:
        return self._call("sub", self, other)

    def __rsub__(self, other: Any) -> _Asked:
        return self._call("sub", other, self)

    def __mul__(self, other: Any) -> _Asked:
        return self._call("mul", self, other)

    def __rmul__(self, other: Any) -> _Asked:
        return self._call("mul", other, self)

    def __truediv__(self, other: Any) -> _Asked:
        return self._call("div", self, other)

    def __abs__(self) -> _Asked:
        return self._call("abs", self)

    def __eq__(self, other: object) -> _Asked:  # type: ignore[override]
        return self._with("eq", self, other)

    def __ne__(self, other: object) -> _Asked:  # type: ignore[override]
        return self._with("ne", self, other)

    def __lt__(self, other: Any) -> _Asked:
        return self._with("lt", self, other)

    def __le__(self, other: Any) -> _Asked:
        return self._with("le", self, other)

    def __gt__(self, other: Any) -> _Asked:
        return self._with("gt", self, other)

    def __ge__(self, other: Any) -> _Asked:
        return self._with("ge", self, other)

    def __and__(self, other: Any) -> _Asked:
        return self._with("both", self, other)

    __rand__ = __and__

    def __or__(self, other: Any) -> _Asked:
        return self._call("max", self, other)

    __ror__ = __or__
    __hash__ = None  # type: ignore[assignment]


def _plain(operand: Any) -> Any:
    """An operand as the number system of nodes takes it."""
    if isinstance(operand, _Asked):
        return _plain(operand.operand)
    return int(operand) if isinstance(operand, bool) else operand


class _Asking(CodeMath):
    """The number system of numbers that are asked."""

    def call(self, name: str, *operands: Any) -> Any:
        """A function of nodes."""
        return _Asked(self, super().call(name, *map(_plain, operands)))

    def isfinite(self, x: Any) -> Any:
        """A comparison of the size."""
        return abs(x) < inf
