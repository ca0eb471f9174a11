"""The forward pass, the reverse pass and the tangent pass at one point.

A graph is *bound* to an output once (:class:`Tape`): each operator's float function and its partial
derivatives are looked up, arguments are laid out by arity, and nodes that depend on no input are
left out of the reverse pass. The passes are then flat loops over that tape, for as many points as
needed.

The reverse pass is reverse accumulation, the tangent pass forward accumulation (Griewank and
Walther, *Evaluating Derivatives*, 2nd ed., ch. 3): a sweep from the output back gives the
derivative of the output by every node, a sweep from the inputs on the derivative of every node
along one direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import cached_property, partial
from math import nan
from typing import Any

from autograd_graph.collector import collector_paused
from autograd_graph.errors import ProgramError
from autograd_graph.graph import INPUT, Graph
from autograd_graph.numbers import floats
from autograd_graph.op import Constant, Form, Formula, Op
from autograd_graph.passes.underflow import Losses

_UNARY = -1
_NARY = -2
_CHOICE = -3

_Step = tuple[int, Any, Any, Any, int]
"""A node, the function of its value, that of its partials (``None``: nothing flows back), its first
argument and its second one. In place of the second stands _UNARY, _NARY or _CHOICE: with _NARY the
fourth entry holds all arguments, with _CHOICE a pair of all arguments and of flags which of them
are constant."""


class Tape:
    """A graph bound to one of its nodes as the output, with a step for every operator, in order.

    ``system`` is the number system that the passes run on, ``form`` the form of the derivatives.

    ``varying[node]`` is whether the node's derivative by some input is not identically 0. A node
    that is not varying is a constant of the run: a number, a named constant, an operator over such,
    or one whose derivative is 0 everywhere (``floor``).
    """

    def __init__(
        self,
        graph: Graph,
        output: int | None = None,
        *,
        system: Any = floats,
        form: Form = "computed",
    ) -> None:
        self.graph = graph
        self.system = system
        self.output = graph.output if output is None else output
        self.varying: list[bool] = []
        self._steps: list[_Step] = []
        self.choices: dict[int, Constant] = {}
        self.awkward: list[tuple[int, Op, Constant]] = []
        self.stopped: set[int] = set()
        self.leaves: list[Any] = [nan] * len(graph)
        for node, number in graph.numbers.items():
            self.leaves[node] = float(number)
        with collector_paused():
            self._bind(form)
            if system is not floats:
                self._convert(system)

    @cached_property
    def reached(self) -> Sequence[int]:
        """For each node, whether the output depends on it."""
        return self.graph.reach(self.output)

    @cached_property
    def needed(self) -> list[int]:
        """The inputs under the output for which the program has no value, in order."""
        graph = self.graph
        return [
            node
            for node in graph.inputs.values()
            if node not in graph.numbers and not graph.args[node] and self.reached[node]
        ]

    @property
    def operators(self) -> list[int]:
        """The nodes that the passes evaluate, in order."""
        return [step[0] for step in self._steps]

    def slopes(self, node: int, values: Sequence[Any]) -> list[Any] | None:
        """The partials of an operator, ``None`` by an argument that nothing flows to.

        ``None`` altogether where nothing flows back from the node.
        """
        step = self._step_of.get(node)
        if step is None or step[2] is None:
            return None
        return _slopes(step, values, self.system)

    def shares(
        self, node: int, values: Sequence[Any], adjoint: Any, system: Any = None
    ) -> list[Any] | None:
        """What an operator adds to the adjoint of each argument when its own is ``adjoint``.

        ``values`` and ``adjoint`` are numbers of the tape's system, or of another ``system``.
        """
        step = self._step_of.get(node)
        if step is None or step[2] is None:
            return None
        return _shares(step, values, adjoint, self.system if system is None else system)

    def passes_back(self, node: int) -> bool:
        """Whether a node is an operator that an adjoint can flow back through."""
        step = self._step_of.get(node)
        return step is not None and step[2] is not None

    @cached_property
    def _step_of(self) -> dict[int, _Step]:
        return {step[0]: step for step in self._steps}

    def _bind(self, form: Form) -> None:
        graph, varying = self.graph, self.varying
        add_step, stop, vary = self._steps.append, self.stopped.add, varying.append
        computed = form == "computed"
        node = -1
        for row, args in zip(graph.ops, graph.args, strict=True):
            node += 1
            count = len(args)
            if not count:
                vary(row is INPUT)
                continue
            if count == 2:
                first, second = args
            if row.flat:
                moves = row is INPUT
            elif count == 2:
                moves = varying[first] or varying[second]
            else:
                moves = varying[args[0]] or (count > 1 and any(varying[arg] for arg in args))
            vary(moves)
            if row.awkward:
                self.awkward.append((node, row, self.constant(node)))
            if row.shares is not None:
                self.choices[node] = constant = self.constant(node)
                if moves:
                    self.stopped.update(arg for arg in args if not varying[arg])
                back = row.shares_as(form, count) if moves else None
                add_step((node, row.run, back, (args, constant), _CHOICE))
                continue
            partials = None
            if moves:
                partials = row.partials if computed else row.slopes_as(form)
            if count == 2:
                if partials is not None:
                    if not varying[second]:
                        stop(second)
                        partials = row.constant_last or partials
                    elif not varying[first]:
                        stop(first)
                add_step((node, row.run, partials, first, second))
            elif count == 1:
                add_step((node, row.run, partials, args[0], _UNARY))
            else:
                if partials is not None:
                    self.stopped.update(arg for arg in args if not varying[arg])
                add_step((node, row.run, partials, args, _NARY))

    def _convert(self, system: Any) -> None:
        """Go over from doubles to another number system."""
        numbers, ops = self.graph.numbers, self.graph.ops
        for node in numbers:
            self.leaves[node] = system.number(self.leaves[node])
        self._steps = [
            (node, partial(ops[node].value, system), *rest) for node, _, *rest in self._steps
        ]

    def depending_on(self, nodes: Iterable[int]) -> Tape:
        """The tape without the steps whose values do not change when only ``nodes`` change.

        On values of the whole tape it gives the same values and the same adjoints of ``nodes``.
        """
        moving = bytearray(len(self.graph))
        for node in nodes:
            moving[node] = 1
        steps = []
        for step in self._steps:
            if not moving[step[0]] and any(moving[arg] for arg in self.graph.args[step[0]]):
                moving[step[0]] = 1
                steps.append(step)
        tape = copy(self)
        tape._steps = steps
        tape.__dict__.pop("_step_of", None)
        return tape

    def chosen(self, node: int, values: Sequence[float]) -> list[bool]:
        """For each argument of a choice operator, whether the value at this point depends on it.

        It always depends on the condition of ``where``, though nothing flows back to that.
        """
        row, args = self.graph.ops[node], self.graph.args[node]
        assert row.shares is not None
        arguments = [values[arg] for arg in args]
        shares = row.shares(floats, 1.0, values[node], self.choices[node], *arguments)
        return [
            n < row.asks or share is not None or (not row.asks and arguments[n] == values[node])
            for n, share in enumerate(shares)
        ]

    def constant(self, node: int) -> tuple[bool, ...]:
        """For each argument of ``node``, whether it depends on no input."""
        varying = self.varying
        return tuple([not varying[arg] for arg in self.graph.args[node]])


def missing(tape: Tape, given: Mapping[str, float]) -> list[str]:
    """The inputs under the output with neither a given nor a default value, in order."""
    if given.keys() >= tape.graph.inputs.keys():
        return []
    label = tape.graph.names
    return [label[node] for node in tape.needed if label[node] not in given]


def forward(tape: Tape, given: Mapping[str, float] | None = None) -> list[float]:
    """The value of every node, as a list indexed by node.

    ``given`` holds values of inputs and of constants by name; the others have the program's
    defaults. An input without a value that the output does not need is nan. On a tape of another
    number system than that of floats, values are numbers of that system. Raises
    :class:`ProgramError` (``missing-value``) if the output needs an input without a value.
    """
    given = given or {}
    graph = tape.graph
    values = tape.leaves.copy()
    inputs, constants = graph.inputs, graph.constants
    left = len(inputs)
    computed: set[int] = set()  # leaves with a value in the program that is overridden
    for name, value in given.items():  # in its own order, which is kinder to memory than a set's
        leaf = inputs.get(name)
        if leaf is not None:
            left -= 1
        else:
            leaf = constants.get(name)
            if leaf is None:
                continue
        values[leaf] = value
        if graph.args[leaf]:
            computed.add(leaf)
    leaves = tape.leaves  # an input that was not given still has the very nan that is there
    unset = left and any(values[node] is leaves[node] for node in tape.needed)
    absent = missing(tape, given) if unset else []
    if absent:
        raise ProgramError(
            f"no value for {', '.join(absent)}",
            code="missing-value",
            span=graph.spans[inputs[absent[0]]],
            text=graph.text,
        )
    steps = tape._steps
    if computed:
        steps = [step for step in steps if step[0] not in computed]
    _run(graph, steps, values)
    return values


def leaf_values(graph: Graph, given: Mapping[str, float]) -> dict[str, float]:
    """The values that inputs and constants have: given ones, then those of the program."""
    found: dict[str, float] = {}
    for leaves in (graph.inputs, graph.constants):
        for name, node in leaves.items():
            if name in given:
                found[name] = given[name]
            elif node in graph.numbers:
                found[name] = float(graph.numbers[node])
            elif graph.args[node]:
                found[name] = forward(Tape(graph, node), given)[node]
    return found


def rerun(tape: Tape, values: list[float]) -> None:
    """Evaluate every step of the tape again, in place, after leaves have changed."""
    _run(tape.graph, tape._steps, values)


def _run(graph: Graph, steps: list[_Step], values: list[float]) -> None:
    """Evaluate ``steps`` in order; where a fast function raises, use the row's formula."""
    pending = iter(steps)
    while True:
        node = -1
        try:
            for node, run, _, first, second in pending:
                if second >= 0:
                    values[node] = run(values[first], values[second])
                elif second == _UNARY:
                    values[node] = run(values[first])
                else:
                    values[node] = run(*[values[arg] for arg in graph.args[node]])
            return
        except (ValueError, OverflowError, ZeroDivisionError):
            values[node] = apply(graph.ops[node], [values[arg] for arg in graph.args[node]])


def apply(row: Op, arguments: Sequence[float]) -> float:
    """The value of one operator on floats, by its formula, for any arguments."""
    return float(_by_ieee(row.value, *arguments))


def value_of(row: Op, arguments: Sequence[float]) -> float:
    """The value of one operator as ``eval`` computes it."""
    try:
        return row.run(*arguments)
    except (ValueError, OverflowError, ZeroDivisionError):
        return apply(row, arguments)


def reverse(tape: Tape, values: Sequence[Any], seed: Any = 1.0, system: Any = None) -> list[Any]:
    """The adjoint of every node: the derivative of the output by it, times ``seed``.

    ``None`` where nothing flows: not under the output, in a branch that was not taken, or a
    constant. ``values`` come from :func:`forward`, or are numbers of the tape's ``system`` (or of
    another one): adjoints of graph nodes are nodes, together the gradient as a graph.
    """
    xp = tape.system if system is None else system
    adjoints: list[Any] = [None] * len(values)
    adjoints[tape.output] = seed
    for step in reversed(tape._steps):
        node, _, partials, first, second = step
        adjoint = adjoints[node]
        if adjoint is None or partials is None:
            continue
        try:
            if second >= 0:
                by_first, by_second = partials(xp, values[node], values[first], values[second])
                if by_first is not None:
                    share = adjoint * by_first
                    sofar = adjoints[first]
                    adjoints[first] = share if sofar is None else share + sofar
                if by_second is not None:
                    share = adjoint * by_second
                    sofar = adjoints[second]
                    adjoints[second] = share if sofar is None else share + sofar
                continue
            if second == _UNARY:
                (slope,) = partials(xp, values[node], values[first])
                share = adjoint * slope
                sofar = adjoints[first]
                adjoints[first] = share if sofar is None else share + sofar
                continue
        except ZeroDivisionError:
            pass  # the general case below divides as IEEE 754 does
        for arg, share in zip(
            tape.graph.args[node], _shares(step, values, adjoint, xp), strict=True
        ):
            if share is not None:
                sofar = adjoints[arg]
                adjoints[arg] = share if sofar is None else share + sofar
    for node in tape.stopped:
        adjoints[node] = None
    return adjoints


def _shares(step: _Step, values: Sequence[Any], adjoint: Any, xp: Any) -> list[Any]:
    node, _, function, first, second = step
    if second == _CHOICE:
        args, constant = first
        arguments = [values[arg] for arg in args]
        return list(function(xp, adjoint, values[node], constant, *arguments))
    return [None if slope is None else adjoint * slope for slope in _slopes(step, values, xp)]


def _slopes(step: _Step, values: Sequence[Any], xp: Any) -> list[Any]:
    node, _, function, first, second = step
    if second == _CHOICE:
        return _shares(step, values, 1.0, xp)
    args = (first, second) if second >= 0 else (first,) if second == _UNARY else first
    arguments = [values[arg] for arg in args]
    try:
        return list(function(xp, values[node], *arguments))
    except ZeroDivisionError:
        exact = _by_ieee(function, values[node], *arguments)
        return [None if slope is None else float(slope) for slope in exact]


def _by_ieee(formula: Formula, *arguments: float) -> Any:
    """Evaluate a formula whose plain division raises; imported late as most programs have none."""
    from autograd_graph.numbers import ieee

    return formula(ieee.system, *map(ieee.Ieee, arguments))


def handed_back(
    tape: Tape, values: Sequence[float], seeds: Mapping[int, float], nodes: Sequence[int]
) -> dict[int, float]:
    """The adjoints that ``nodes``, a part of the graph in evaluation order, pass to arguments."""
    flows = dict(seeds)
    for node in reversed(nodes):
        adjoint = flows.pop(node, None)
        handed = None if adjoint is None else tape.shares(node, values, adjoint)
        if handed is None:
            continue
        for arg, share in zip(tape.graph.args[node], handed, strict=True):
            if share is not None and tape.varying[arg]:
                flows[arg] = share + flows[arg] if arg in flows else share
    return flows


def tangent(
    tape: Tape,
    values: Sequence[float],
    direction: Mapping[str, float],
    losses: Losses | None = None,
) -> list[float | None]:
    """The derivative of every node along ``direction`` (a number for each input by name).

    ``None`` where nothing flows. The output's entry is the directional derivative. ``losses``
    records what underflows. Raises :class:`ProgramError` (``unknown-name``) for a name that is no
    input.
    """
    graph = tape.graph
    tangents: list[float | None] = [None] * len(values)
    for name, amount in direction.items():
        if name not in graph.inputs:
            raise ProgramError(f"no input {name!r}", code="unknown-name")
        tangents[graph.inputs[name]] = amount
    for step in tape._steps:
        if step[2] is None:
            continue
        total: float | None = None
        slopes = _slopes(step, values, tape.system)
        for arg, slope in zip(graph.args[step[0]], slopes, strict=True):
            flow = tangents[arg]
            if flow is None or slope is None:
                continue
            if losses is None:
                share = flow * slope
            else:
                node = step[0]
                arguments = [values[other] for other in graph.args[node]]
                share = losses.share(graph.ops[node], slope, flow, arguments)
            total = share if total is None else total + share
        if total is not None:
            tangents[step[0]] = total
    return tangents
