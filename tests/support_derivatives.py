"""What the tests of derivatives share: random programs, the corpora, roundings, and SymPy."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from math import inf, isfinite
from pathlib import Path
from typing import Any

import pytest
import sympy
from hypothesis import strategies as st

from autograd_grammar import parse
from autograd_graph import OPERATORS, Graph, Tape, forward, reverse
from autograd_graph.graph import LEAVES
from autograd_graph.symbolic.gradient import Derivatives, gradient
from autograd_graph.symbolic.infix import infix
from autograd_graph.symbolic.simplify import simplify

FOLDER = Path(os.environ.get("AUTOGRAD_CORPORA", Path(__file__).parents[2] / "shared" / "corpora"))
needs_corpora = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"the corpora are not at {FOLDER}; AUTOGRAD_CORPORA names them"
)

EPSILON = 2.0**-52


OWN = Path(__file__).parent / "corpus" / "programs.jsonl"
"""The project's own corpus, ``"own"`` among the names of files."""


def corpora(*cases: Any) -> list[Any]:
    """Parameters that begin with the name of a file; those that are not there are skipped."""
    named = [case if isinstance(case, tuple) else (case,) for case in cases]
    return [pytest.param(*c, marks=[needs_corpora] if c[0] != "own" else []) for c in named]


def corpus(*names: str, step: int = 1, start: int = 0) -> list[dict[str, Any]]:
    """Every ``step``-th case of some files."""
    files = [OWN if name == "own" else FOLDER / f"{name}.jsonl" for name in names]
    texts = [file.read_text(encoding="utf-8") for file in files]
    lines = "".join(texts).splitlines()
    return [json.loads(line) for n, line in enumerate(lines) if n % step == start % step]


# -- simplified text --------------------------------------------------------------------------


def simplified(program: str) -> str:
    """A program's last expression, simplified."""
    graph = parse(program)
    simpler, (root,) = simplify(graph, [graph.output])
    return infix(simpler, root)


def derivatives(program: str, order: int = 1) -> dict[Any, str]:
    """The simplified derivatives of a program: by input, or by a pair of inputs."""
    found = gradient(parse(program), order=order)
    wanted: dict[Any, int] = dict(found.second if order == 2 else found.first)
    simpler, roots = simplify(found.graph, list(wanted.values()))
    return {by: infix(simpler, root) for by, root in zip(wanted, roots, strict=True)}


def derivative(program: str, by: str = "x") -> str:
    """The simplified derivative of a program by one input."""
    return derivatives(program)[by]


# -- values and what rounding may do to them ---------------------------------------------------


def value_at(graph: Graph, node: int, point: Mapping[str, float]) -> float:
    """One node's value."""
    return forward(Tape(graph, node), point)[node]


def rounding(graph: Graph, node: int, point: Mapping[str, float]) -> float:
    """How far rounding in every operator may move a node: the sum of what each adds.

    Infinite where an operator in between is not finite, or its derivative is not.
    """
    tape = Tape(graph, node)
    values = forward(tape, point)
    adjoints = _sensitivities(graph, node, values)
    total = 0.0
    for number in range(node + 1):
        if tape.reached[number] and adjoints[number]:
            total += abs(adjoints[number] * values[number])
    return 32 * EPSILON * total if isfinite(total) else inf


def _sensitivities(graph: Graph, node: int, values: list[float]) -> list[float]:
    """The size of a node's derivative by every other, numbers too, with nothing cancelling."""
    from autograd_graph.passes.evaluation import apply

    sizes = [0.0] * len(graph)
    sizes[node] = 1.0
    for user in range(node, -1, -1):
        row, args = graph.ops[user], graph.args[user]
        if not sizes[user] or row in LEAVES or row.flat:
            continue
        for place, arg in enumerate(args):
            arguments = [values[a] for a in args]
            step = max(abs(arguments[place]), 1e-3) * 1e-7
            ends = []
            for side in (-step, step):
                arguments[place] = values[arg] + side
                ends.append(apply(row, arguments))
            slope = abs(ends[1] - ends[0]) / (2 * step)
            sizes[arg] += sizes[user] * (slope if isfinite(slope) else inf)
    return sizes


def agree(was: float, now: float, *expressions: tuple[Graph, int], at: Mapping[str, float]) -> bool:
    """Whether two numbers differ by no more than rounding in the expressions they come from."""
    if abs(was - now) <= 1e-14 * max(abs(was), abs(now)):
        return True
    room = sum(rounding(graph, node, at) for graph, node in expressions)
    return abs(was - now) <= room + 1e-300


def is_clear(graph: Graph, node: int, point: Mapping[str, float]) -> bool:
    """Whether no rounding can take another branch: all arguments are away from jumps and ties."""
    values = forward(Tape(graph, node), point)
    reached = graph.reach(node)
    for number, (row, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if reached[number] and not _is_clear(row.name, [values[arg] for arg in args]):
            return False
    return True


def _is_clear(name: str, xs: list[float]) -> bool:
    if not all(map(isfinite, xs)):
        return not OPERATORS[name].flat if name in OPERATORS else True
    if name in ("lt", "le", "gt", "ge", "eq", "ne", "max", "min", "clip", "atan2"):
        pairs = [(a, b) for n, a in enumerate(xs) for b in xs[:n]]
        near = any(abs(a - b) <= 1e-9 * (abs(a) + abs(b)) or a == b for a, b in pairs)
        return not near and (name != "atan2" or abs(xs[0]) > 1e-9)
    if name in ("floor", "ceil", "trunc", "round"):
        return abs(2 * xs[0] - round(2 * xs[0])) > 1e-9
    if name == "mod":
        quotient = xs[0] / xs[1] if xs[1] else 0.0
        return abs(quotient - round(quotient)) > 1e-9
    if name in ("abs", "sign", "step", "relu", "leaky_relu", "elu", "where", "acot", "sinc"):
        return abs(xs[0]) > 1e-9
    if name in ("gamma", "lgamma", "digamma", "polygamma"):
        return xs[-1] > 0 or abs(xs[-1] - round(xs[-1])) > 1e-9
    if name == "pow":
        return xs[0] >= 0 or xs[1] == round(xs[1]) or abs(xs[1] - round(xs[1])) > 1e-9
    return True


# -- random programs ---------------------------------------------------------------------------

POINTS = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 0.3, -0.7, 1.7, 3.0, -3.0, 1e-3, 20.0)
"""Ordinary points and awkward ones."""

_NUMBERS = ("0", "1", "2", "3", "0.5", "1/3", "0.1", "4", "10", "-1", "-2", "pi", "e")
_SLOW = {"digamma", "polygamma", "spherical_jn", "lgamma", "gamma"}


def _called(name: str, args: list[str]) -> str:
    row = OPERATORS[name]
    if row.infix:
        return f"({row.infix}{args[0]})" if len(args) == 1 else f"({args[0]} {row.infix} {args[1]})"
    if row.fixed:
        args = ["1", *args[1:]]
    return f"{row.spelling}({', '.join(args)})"


@cache
def expressions(size: int = 12, without: frozenset[str] = frozenset()) -> st.SearchStrategy[str]:
    """Programs in full parentheses over all operators, those of arithmetic often."""
    names = [
        name
        for name, row in OPERATORS.items()
        if name not in without | _SLOW and (row.function or row.infix)
    ]
    arithmetic = ["add", "sub", "mul", "div", "neg", "pow"]
    leaf = st.sampled_from(("x", "y", "x", "y", *_NUMBERS)).map(lambda text: f"({text})")

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        def of(name: str) -> st.SearchStrategy[str]:
            count = len(OPERATORS[name].probe)
            args = st.lists(inner, min_size=count, max_size=count)
            return args.map(lambda texts: _called(name, texts))

        squares = st.tuples(inner, st.sampled_from(("2", "3", "-1", "(1/2)", "4")))
        return st.one_of(
            st.sampled_from(arithmetic).flatmap(of),
            st.sampled_from(names).flatmap(of),
            squares.map(lambda both: f"({both[0]}^{both[1]})"),
        )

    return st.recursive(leaf, grown, max_leaves=size)


# -- derivatives as SymPy takes them -----------------------------------------------------------

_SAME = [
    "sqrt", "cbrt", "exp", "log", "sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan",
    "acot", "asec", "acsc", "sinh", "cosh", "tanh", "coth", "sech", "csch", "asinh", "acosh",
    "atanh", "acoth", "asech", "acsch", "erf", "erfc", "gamma", "sign", "atan2",
]  # fmt: skip


def as_sympy(text: str, graph: Graph, *, evaluate: bool = True) -> sympy.Expr:
    """An expression in SymPy, put together as it is written or as SymPy likes it."""
    names: dict[str, Any] = {name: getattr(sympy, name) for name in _SAME}
    names |= {"abs": sympy.Abs, "pi": sympy.pi, "e": sympy.E}
    names |= {name: sympy.Symbol(name) for name in graph.inputs}
    with sympy.evaluate(evaluate):
        return sympy.sympify(text.replace("^", "**"), locals=names)


def operation_counts(case: dict[str, Any]) -> Iterator[tuple[str, int, int, str]]:
    """For each of two inputs of a corpora case: its name, our operations, SymPy's, our text.

    Nothing for a case with functions that SymPy does not have under that name, or statements.
    """
    program = case["program"]
    if not set(case["functions"]) <= {*_SAME, "abs"} or set(program) & set(";\n="):
        return
    graph = parse(program)
    wrt = [case["wrt"]] if case.get("wrt") in graph.inputs else list(graph.inputs)[:2]
    found: Derivatives = gradient(graph, wrt=wrt)
    simpler, roots = simplify(found.graph, list(found.first.values()))
    for name, root in zip(found.first, roots, strict=True):
        ours = infix(simpler, root)
        theirs = sympy.diff(as_sympy(program, graph), sympy.Symbol(name))
        written = as_sympy(ours, graph, evaluate=False)
        yield name, int(written.count_ops()), int(theirs.count_ops()), ours


def ratio(ours: int, theirs: int) -> float:
    """Ours over SymPy's; where SymPy needs none, both counted with the result itself."""
    return ours / theirs if theirs else float(ours + 1)


def slopes(program: str, point: Mapping[str, float]) -> dict[str, float]:
    """The gradient as numbers by the reverse pass; 0 where nothing flows."""
    graph = parse(program)
    tape = Tape(graph)
    adjoints = reverse(tape, forward(tape, point))
    return {name: float(adjoints[node] or 0.0) for name, node in graph.inputs.items()}
