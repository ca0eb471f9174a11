"""Semantics: what each statement and expression adds to the graph.

The parser calls a handler with the children of a rule; the handler knows the rule's syntax and
calls a builder (or, inside a definition, a recorder). The builder resolves names: what is bound,
what is an input, what a function is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache

from autograd_grammar.arity import check_arity, check_operator_arity
from autograd_grammar.expressions import EXPRESSIONS, Handlers, Target
from autograd_grammar.functions import Function, Recorder, expanded_size
from autograd_grammar.suggestions import unknown_function
from autograd_graph.errors import ProgramError, Span
from autograd_graph.graph import CONSTANT, INPUT, LEAVES, LITERAL, Graph, Number
from autograd_graph.op import Op
from autograd_graph.operators import OPERATORS, find
from autograd_graph.passes.evaluation import Tape, apply

MAX_DIGITS = 1_000
"""The longest literal, in characters, that is exact; a longer one is the double nearest to it.

Python converts integers of up to 4,300 digits to text and back, and in quadratic time."""

_KEPT, _SHORT = 10_000, 40
"""How many literals are kept for the programs that follow, and of how many characters at most."""

_FOLDED = 10_000
"""How many nodes beyond the limit a statement may have while it is read, as some are folded."""

MAX_NODES = 2_000_000
"""The default limit of a program's nodes, which take about a gigabyte."""

EULER = Number("2.718281828459045")
PI = Number("3.141592653589793")
WELL_KNOWN: dict[str, float] = {"pi": PI, "π": PI, "e": EULER}
"""The constants that every program has, unless it binds the name itself."""

_AUGMENTED = {"+=": "add", "-=": "sub", "−=": "sub", "*=": "mul", "/=": "div"}


class Builder:
    """Builds the graph of one program, statement by statement.

    ``target`` receives the expressions: the builder itself or, in the body of a definition, its
    recorder. ``library`` returns the prelude's functions, which every program may call.
    """

    def __init__(
        self, text: str, library: Callable[[], Mapping[str, Function]], max_nodes: int
    ) -> None:
        self.target: Target = self
        self.graph = Graph(text)
        self.functions: dict[str, Function] = {}
        self._library = library
        self._max_nodes = max_nodes
        self._most_nodes = max_nodes + _FOLDED
        self._scope: dict[str, int] = {}
        self._bound: set[str] = set()
        self._well_known: dict[str, int] = {}
        self._well_known_uses: dict[str, Span] = {}
        self._sizes: dict[str, int] = {}
        self._last_definition: Function | None = None
        self._statement_start = 0
        self._pure = True
        self._uses_constants = False

    # expressions ----------------------------------------------------------------------------

    def number(self, text: str, span: Span) -> int:
        """Append a literal. Raises :class:`ProgramError` for one outside the range of a double."""
        try:
            number = literal(text)
        except ProgramError as error:
            error.span = span
            raise
        graph = self.graph
        node = len(graph.ops)
        graph.ops.append(LITERAL)
        graph.args.append(())
        graph.spans.append(span)
        graph.numbers[node] = number
        return node

    def operator(self, row: Op, args: tuple[int, ...], span: Span) -> int:
        """Append an operator over nodes of the graph."""
        graph = self.graph
        graph.ops.append(row)
        graph.args.append(args)
        graph.spans.append(span)
        node = len(graph.ops) - 1
        if node >= self._most_nodes:
            raise _too_many(f"the program has {_count(node)} nodes here", span, self._max_nodes)
        return node

    def name(self, text: str, span: Span) -> int:
        """The node that a name refers to; a name never bound becomes an input."""
        node = self._scope.get(text)
        if node is None:
            if text in WELL_KNOWN:
                self._well_known_uses.setdefault(text, span)
                return self._constant(text, span)
            node = self._scope[text] = self.graph.leaf(INPUT, text, span=span)
        if self.graph.ops[node] is CONSTANT:
            self._uses_constants = True
        else:
            self._pure = False
        return node

    def _constant(self, text: str, span: Span) -> int:
        self._uses_constants = True
        node = self._well_known.get(text)
        if node is None:
            node = self._well_known[text] = self.graph.add(CONSTANT, span=span)
            self.graph.names[node] = text
            self.graph.numbers[node] = WELL_KNOWN[text]
        return node

    def call(self, name: str, args: tuple[int, ...], span: Span) -> int:
        """The node of a function call: of an operator, or of the expanded body of a function."""
        function = self._function(name)
        if function is None:
            return self._call_operator(name, args, span, span)
        check_arity(function, len(args), span)
        self._check_room(function, span)
        return self._expand(function, args, span)

    def _check_room(self, function: Function, span: Span) -> None:
        """Raise :class:`ProgramError` for a call whose expansion exceeds the limit of nodes."""
        size = expanded_size(function, self._callee, self._sizes)
        if len(self.graph) + size > self._max_nodes:
            raise _too_many(
                f"the program has {_count(len(self.graph))} nodes before {function.name!r} is "
                f"called, and the call expands to {_count(size)} steps",
                span,
                self._max_nodes,
            )

    def _function(self, name: str) -> Function | None:
        """The function that ``name`` means if it has a body; definitions shadow operators."""
        if name in self.functions:
            return self.functions[name]
        return None if find(name, 0) is not None else self._library().get(name)

    def _callee(self, caller: Function, name: str) -> Function | None:
        """The function that a call in ``caller``'s body means, if it has a body."""
        if caller.closed:
            return self._library().get(name)
        return self._function(name)

    def _call_operator(self, name: str, args: tuple[int, ...], written_at: Span, span: Span) -> int:
        row = find(name, len(args))
        if row is None:
            raise self._unknown_function(name, written_at)
        check_operator_arity(row, name, len(args), written_at)
        most = row.arguments.arity[1]
        if most is not None and len(args) < most:
            defaults = row.arguments.defaults[len(args) - most :]
            args += tuple(self.number(f"{value:.15g}", span) for value in defaults)
        return self.operator(row, args, span)

    def _unknown_function(self, name: str, span: Span) -> ProgramError:
        is_value = name in self._scope or name in WELL_KNOWN
        written = self.graph.text[span[0] : span[1]]
        return unknown_function(name, written, span, self.functions, is_value)

    def _expand(self, function: Function, args: tuple[int, ...], span: Span | None) -> int:
        """Expand a function's body, and the bodies that it calls, with an explicit stack.

        The nodes have the span of the call, ``span``, or without one their own spans in the body;
        only errors point into the body of a called function.
        """
        frames = [_Frame(function, args, span)]
        while True:
            frame = frames[-1]
            if frame.position == len(frame.function.body):
                result = frame.nodes[frame.function.result]
                frames.pop()
                if not frames:
                    return result
                frames[-1].nodes.append(result)
                continue
            step = frame.function.body[frame.position]
            frame.position += 1
            at = frame.span or step.span
            arguments = tuple([frame.nodes[arg] for arg in step.args])
            if isinstance(step.what, Op):
                frame.nodes.append(self.operator(step.what, arguments, at))
            elif step.kind == "number":
                frame.nodes.append(self.number(step.what, at))
            elif step.kind == "name":
                frame.nodes.append(self._name_in_body(frame, step.what, at))
            else:
                inner = self._callee(frame.function, step.what)
                if inner is None:
                    frame.nodes.append(self._call_operator(step.what, arguments, step.span, at))
                else:
                    check_arity(inner, len(arguments), step.span)
                    frames.append(_Frame(inner, arguments, at))

    def _name_in_body(self, frame: _Frame, name: str, span: Span) -> int:
        node = frame.parameters.get(name)
        if node is not None:
            return node
        return self._constant(name, span) if frame.function.closed else self.name(name, span)

    # statements -----------------------------------------------------------------------------

    def result(self, start: int, end: int, node: int) -> None:
        """A statement that is only an expression."""
        self._end_statement(node, (start, end))

    def bind(self, start: int, end: int, name: str, _: str, node: int) -> None:
        """``name = expression``: an input with a default if no input is in it, else a step."""
        at = (start, start + len(name))
        self._refuse_used(name, at)
        if self._pure and name not in self._bound:
            node = self._leaf(INPUT, name, node, (start, end))
        else:
            node = self._named(name, node, (start, end))
        self._record_binding(name, node)
        self._end_statement(node, (start, end))

    def rebind(self, start: int, end: int, name: str, sign: str, node: int) -> None:
        """``name += expression`` and the other augmented assignments."""
        at = (start, start + len(name))
        old = self._scope.get(name)
        if old is None or name not in self._bound:
            used = self._first_use(name)
            uses = () if used is None else ((used, "used here"),)
            raise ProgramError(
                f"{name!r} has no value yet that {sign} could change",
                code="use-before-binding",
                span=at,
                hint=f"bind it first: {name} = ...",
                related=uses,
            )
        row = OPERATORS[_AUGMENTED.get(sign, "pow")]
        node = self._named(name, self.operator(row, (old, node), (start, end)), (start, end))
        self._record_binding(name, node)
        self._end_statement(node, (start, end))

    def bind_constant(self, start: int, end: int, const: str, name: str, _: str, node: int) -> None:
        """``const name = expression``."""
        self._refuse_used(name, (start, end))
        if not self._pure:
            raise ProgramError(
                f"the constant {name!r} depends on an input or a step",
                code="syntax",
                span=(start, end),
                hint=f"leave out const: {name} = ...",
            )
        node = self._leaf(CONSTANT, name, node, (start, end))
        self._record_binding(name, node)
        self._end_statement(node, (start, end))

    def _record_binding(self, name: str, node: int) -> None:
        self._scope[name] = node
        self._bound.add(name)
        self.graph.bindings[name] = node

    def _refuse_used(self, name: str, at: Span) -> None:
        if name in self._bound:
            return
        used = self._first_use(name)
        if used is not None:
            raise ProgramError(
                f"{name!r} is used before it is bound",
                code="use-before-binding",
                span=used,
                hint=f"move the line that binds {name!r} up",
                related=((at, "bound here"),),
            )

    def _first_use(self, name: str) -> Span | None:
        """The span of the first use of an input, or of a constant that every program has."""
        node = self._scope.get(name)
        return self._well_known_uses.get(name) if node is None else self.graph.spans[node]

    def _named(self, name: str, node: int, span: Span) -> int:
        """A node for a binding: the statement's own node, or an ``identity`` if that has a name."""
        graph = self.graph
        if node < self._statement_start or node in graph.names:
            node = self.operator(OPERATORS["identity"], (node,), span)
        graph.names[node] = name
        return node

    def _leaf(self, op: Op, name: str, node: int, span: Span) -> int:
        """An input or constant with its value in the program.

        A value made of literals is evaluated here and its nodes are dropped. One that uses
        constants stays in the graph, as a constant may be given another value from outside.
        """
        if self._uses_constants:
            return self.graph.leaf(op, name, None, node, span=span)
        value = self._fold(node)
        return self.graph.leaf(op, name, value, span=span)

    def _fold(self, node: int) -> float:
        graph, first = self.graph, self._statement_start
        written = graph.numbers.get(node)
        values: list[float] = []
        for n in range(first, len(graph)):
            args = [values[arg - first] for arg in graph.args[n]]
            values.append(apply(graph.ops[n], args) if args else float(graph.numbers[n]))
        for n in range(first, len(graph)):
            graph.numbers.pop(n, None)
        del graph.ops[first:], graph.args[first:], graph.spans[first:]
        return written if isinstance(written, Number) else values[node - first]

    def _end_statement(self, node: int, span: Span) -> None:
        graph = self.graph
        graph.output = node
        if len(graph) > self._max_nodes:
            raise _too_many(f"the program has {_count(len(graph))} nodes", span, self._max_nodes)
        self._statement_start = len(graph)
        self._pure = True
        self._uses_constants = False
        self._last_definition = None

    # definitions ----------------------------------------------------------------------------

    def definition(
        self, start: int, end: int, name: str, _: str, parameters: list[str], __: str, ___: str
    ) -> Function:
        """The head of a definition; the body that follows is recorded."""
        span = (start, start + len(name))
        twice = next((p for p, count in Counter(parameters).items() if count > 1), None)
        if twice is not None:
            raise ProgramError(
                f"{name!r} has two parameters named {twice!r}",
                code="syntax",
                span=(start, end),
                hint="every parameter needs a name of its own",
            )
        function = Function(name, parameters, span)
        self.target = Recorder(function)
        return function

    def define(self, start: int, end: int, function: Function, result: int) -> None:
        """The end of a definition."""
        function.result = result
        self.functions[function.name] = function
        self._sizes.clear()
        self._last_definition = function
        self.target = self

    # the end --------------------------------------------------------------------------------

    def finish(self) -> Graph:
        """The graph, after the whole program was parsed."""
        if self.graph.output < 0 and self._last_definition is None:
            raise ProgramError(
                "the program is empty",
                code="syntax",
                span=(0, 0),
                hint="write an expression, like w*x + b",
            )
        for function in self.functions.values():
            self._check_body(function)
        if self._last_definition is not None:
            self._conclude(self._last_definition)
        self._check_fixed_arguments()
        return self.graph

    def _conclude(self, function: Function) -> None:
        """Make a program that ends with a definition its body, with the parameters as inputs."""
        self._check_room(function, function.span)
        args = tuple(self._parameter(function, name) for name in function.parameters)
        node = self._expand(function, args, None)
        twice = next((name for name in function.parameters if name in self._well_known), None)
        if twice is not None:
            raise _not_an_input(function, twice, "constant")
        if function.name not in self._scope and self.graph.ops[node] not in LEAVES:
            node = self._named(function.name, node, self.graph.spans[node] or function.span)
            self._record_binding(function.name, node)
        self._end_statement(node, function.span)

    def _parameter(self, function: Function, name: str) -> int:
        """The input for a parameter of the definition that ends the program."""
        node = self._scope.get(name)
        if node is None:
            node = self._scope[name] = self.graph.leaf(INPUT, name, span=function.span)
        elif self.graph.ops[node] is not INPUT:
            constant = self.graph.ops[node] is CONSTANT
            raise _not_an_input(function, name, "constant" if constant else "step")
        return node

    def _check_body(self, function: Function) -> None:
        """Check the calls in a definition, whether or not it was ever called."""
        for step in function.body:
            if step.kind != "call":
                continue
            name, count = str(step.what), len(step.args)
            callee = self._callee(function, name)
            row = find(name, count)
            if callee is not None:
                check_arity(callee, count, step.span)
            elif row is None:
                raise self._unknown_function(name, step.span)
            else:
                check_operator_arity(row, name, count, step.span)
        expanded_size(function, self._callee, self._sizes)

    def _check_fixed_arguments(self) -> None:
        graph = self.graph
        fixed = [node for node, row in enumerate(graph.ops) if row.fixed]
        if not fixed:
            return
        varying = Tape(graph, fixed[-1]).varying
        for node in fixed:
            row = graph.ops[node]
            for position in row.fixed:
                arg = graph.args[node][position]
                if varying[arg]:
                    raise ProgramError(
                        f"argument {position + 1} of {row.signature} has to be a constant",
                        code="unsupported",
                        span=graph.spans[arg] or graph.spans[node],
                        hint="write a number there, or bind the name with const",
                    )


STATEMENTS: Handlers = {
    "empty": lambda builder, start, end: None,
    "sequence": lambda builder, start, end, before, separator, statement: None,
    "result": Builder.result,
    "bind": Builder.bind,
    "rebind": Builder.rebind,
    "bind_constant": Builder.bind_constant,
    "definition": Builder.definition,
    "define": Builder.define,
}


HANDLERS: Handlers = EXPRESSIONS | STATEMENTS
"""The handler of each named rule of the grammar."""


class _Frame:
    """One call being expanded."""

    __slots__ = ("function", "nodes", "parameters", "position", "span")

    def __init__(self, function: Function, args: tuple[int, ...], span: Span | None) -> None:
        self.span = span
        self.function = function
        self.parameters = dict(zip(function.parameters, args, strict=True))
        self.nodes: list[int] = []
        self.position = 0


def literal(text: str) -> Number:
    """The value of a literal. Raises :class:`ProgramError` for one that no double is near to."""
    return _kept(text) if len(text) <= _SHORT else _number(text)


def _number(text: str) -> Number:
    number = Number(text)
    if number == float("inf"):
        problem, hint = "too large for a double (at most 1.797e308)", "write inf as 1/0"
    elif number == 0.0 and text.lower().split("e")[0].strip("0._"):
        problem, hint = "too small for a double (at least 4.941e-324)", "write 0"
    else:
        return number if len(text) <= MAX_DIGITS else Number(repr(float(number)))
    raise ProgramError(f"the number {text} is {problem}", code="syntax", hint=hint)


_kept = lru_cache(_KEPT)(_number)


def _count(size: int) -> str:
    return f"{size:,}" if size < 10**12 else f"{float(size):.3g}"


def _too_many(what: str, span: Span, limit: int) -> ProgramError:
    return ProgramError(
        f"{what}: more than the limit of {limit:,} nodes",
        code="limit",
        span=span,
    )


def _not_an_input(function: Function, name: str, role: str) -> ProgramError:
    return ProgramError(
        f"{name!r} is a parameter of {function.name!r} and a {role} of the program",
        code="syntax",
        span=function.span,
        hint=f"rename one of them, or add a last line that calls it: {function.signature}",
    )
