"""Families of programs with structure, drawn at random: what people write, and what is hard."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from autograd_graph import OPERATORS

from .oracle import follows
from .programs import Function, Program, Statement, Tree, leaves, of
from .tapes import PRELUDE

NAMES = ("x", "y", "z")
CALLED = [n for n, row in OPERATORS.items() if (row.function or row.infix) and follows(n)]
COMMON = (
    "exp", "log", "sin", "cos", "sqrt", "tanh", "atan", "sigmoid", "softplus", "square", "log1p",
    "expm1", "cbrt", "abs", "sinh", "asinh", "erf",
)  # fmt: skip
SLOW = {"gamma", "lgamma", "digamma", "polygamma", "spherical_jn", "erf", "erfc", "gelu"}


def _name(draw: Random) -> Tree:
    return draw.choice(("x", "x", "x", "y", "y", "z"))


def _number(draw: Random) -> Tree:
    return draw.choice(("1", "2", "3", "4", "0.5", "0.1", "10", "pi", "e", "0.3", "7", "1.5"))


def _leaf(draw: Random) -> Tree:
    return _name(draw) if draw.random() < 0.7 else _number(draw)


def _fold(name: str, trees: list[Tree]) -> Tree:
    tree = trees[0]
    for other in trees[1:]:
        tree = (name, tree, other)
    return tree


def _term(draw: Random) -> Tree:
    """A summand as people write them."""
    x, y = _name(draw), _leaf(draw)
    return draw.choice((
        x, y, ("pow", x, "2"), ("pow", x, "3"), ("mul", x, y), (draw.choice(COMMON), x),
        ("mul", _number(draw), x), ("div", y, x), ("mul", y, (draw.choice(COMMON), x)),
        ("exp", ("neg", x)), ("sqrt", ("add", "1", ("square", x))), _number(draw),
    ))  # fmt: skip


def _sum(draw: Random, most: int = 5) -> Tree:
    tree = _term(draw)
    for _ in range(draw.randint(1, most - 1)):
        tree = (draw.choice(("add", "sub")), tree, _term(draw))
    return tree


def _exponent(draw: Random) -> Tree:
    return draw.choice((
        "2", "2", "3", "4", "5", "6", "0.5", "1.5", ("neg", "1"), ("neg", "2"), ("div", "1", "3"),
        ("neg", "0.5"), "40", "1", "0", "2.5",
    ))  # fmt: skip


def powers_of_sums(draw: Random) -> Program:
    """``(a + b - c)^4``, alone, in products and in quotients."""
    first = ("pow", _sum(draw), _exponent(draw))
    second = ("pow", _sum(draw), _exponent(draw))
    return of(draw.choice((
        first, first, ("mul", first, second), ("div", first, ("add", "1", ("square", second))),
        ("div", first, second), ("sub", first, second), ("pow", first, _exponent(draw)),
        ("sqrt", ("add", first, second)), ("log", first),
    )))  # fmt: skip


def nested_quotients(draw: Random) -> Program:
    """Continued fractions, quotients of quotients, quotients to a power."""
    tree = _term(draw)
    for _ in range(draw.randint(1, 4)):
        other = _term(draw) if draw.random() < 0.7 else _sum(draw, 3)
        tree = draw.choice((
            ("div", other, ("add", "1", tree)), ("div", tree, other), ("div", other, tree),
            ("div", ("sub", tree, other), ("add", tree, other)), ("div", "1", tree),
            ("pow", ("div", tree, other), _exponent(draw)), ("div", ("square", tree), tree),
            ("div", ("mul", tree, other), ("mul", other, _leaf(draw))),
        ))  # fmt: skip
    return of(tree)


def towers(draw: Random) -> Program:
    """``exp(exp(x))``, ``x^y^z``, roots of roots, logarithms of logarithms."""
    tree = _leaf(draw) if draw.random() < 0.7 else _term(draw)
    for _ in range(draw.randint(2, 5)):
        tree = draw.choice((
            ("exp", tree), ("exp", ("neg", tree)), ("log", tree), ("sqrt", tree), ("square", tree),
            ("pow", _leaf(draw), tree), ("pow", tree, _leaf(draw)), ("pow", tree, _exponent(draw)),
            ("log", ("add", "1", tree)), ("exp2", tree), ("sinh", tree), ("tanh", tree),
            ("expm1", tree), ("log1p", tree), ("softplus", tree), ("log_sigmoid", tree),
            ("log", ("exp", tree)), ("exp", ("log", tree)), ("neg", tree), ("cbrt", tree),
        ))  # fmt: skip
    return of(tree)


def shared_steps(draw: Random) -> Program:
    """Several statements whose names are used again and again."""
    known: list[Tree] = [*NAMES[: draw.randint(1, 3)]]
    statements = []
    for n in range(draw.randint(2, 5)):
        a, b = draw.choice(known[-3:]), draw.choice(known)
        tree = draw.choice((
            ("mul", a, b), ("add", a, b), ("mul", a, a), ("div", a, b), ("sub", a, b),
            (draw.choice(COMMON), a), ("pow", a, _exponent(draw)), ("add", ("square", a), b),
            ("mul", a, (draw.choice(COMMON), b)), ("div", a, ("add", a, b)),
        ))  # fmt: skip
        if not statements and isinstance(tree, tuple) and not set(leaves(tree)) & set(NAMES):
            tree = ("add", tree, "x")
        name = "abcde"[n] if n else "a"
        statements.append(Statement(tree, name))
        known.append(name)
    a, b = statements[-1].name, draw.choice(known)
    last = draw.choice((a, ("mul", a, b), ("div", a, b), ("add", a, ("square", b)), ("sub", a, b)))
    return Program((*statements, Statement(last)))


def _choice(draw: Random, a: Tree, b: Tree) -> Tree:
    compare = draw.choice(("lt", "le", "gt", "ge", "eq", "ne"))
    return draw.choice((
        ("max", a, b), ("min", a, b), ("max", a, b, _leaf(draw)), ("min", a, "0", b), ("relu", a),
        ("clip", a, ("neg", "1"), "1"), ("clip", a, "0", b), ("abs", a), ("leaky_relu", a),
        ("where", (compare, a, b), a, b), ("where", (compare, _leaf(draw), "0"), a, b),
        ("where", (compare, a, "1"), ("sqrt", a), ("mul", b, a)), ("elu", a), ("max", a, "0"),
        ("mul", ("sign", a), b), ("mul", ("step", a), b), ("mod", a, ("add", "2", ("abs", b))),
        ("add", ("floor", a), b), ("mul", ("round", a), b), ("hinge", a, b), ("hardtanh", a),
        ("huber", a, "1"), ("min", ("max", a, b), _leaf(draw)), ("sub", a, ("floor", a)),
    ))  # fmt: skip


def choices(draw: Random) -> Program:
    """Choices within choices; at points with ties they are on the edge."""
    tree: Tree = _choice(draw, _leaf(draw), _term(draw))
    for _ in range(draw.randint(1, 3)):
        other = _term(draw)
        tree = draw.choice((
            _choice(draw, tree, other), _choice(draw, other, tree), ("mul", tree, other),
            ("square", tree), ("sqrt", tree), ("sub", tree, other), (draw.choice(COMMON), tree),
        ))  # fmt: skip
    return of(tree)


def _constant(draw: Random) -> Tree:
    a, b = _number(draw), _number(draw)
    return draw.choice((
        ("add", "0.1", "0.2"), ("div", "0.3", "0.1"), ("pow", "2", ("pow", "0.5", "2")),
        ("sub", ("add", "0.1", "0.2"), "0.3"), ("mul", "0.1", "3"), ("div", "1", "3"),
        ("mul", "1e-200", "1e-200"), ("mul", "1e200", "1e200"), ("sqrt", "2"), ("sub", a, b),
        ("div", a, b), ("pow", a, b), ("exp", "1"), ("log", "e"), ("sin", "pi"), ("cos", "pi"),
        ("square", ("sqrt", "2")), ("mul", "1e300", "1e10"), ("div", "1e-300", "1e20"),
        ("log", a), ("neg", b), ("sub", a, a), ("tan", ("div", "pi", "2")), ("cbrt", "27"),
        ("pow", "10", ("neg", "3")), ("exp", ("neg", "1000")), ("mul", "0.575", "100"),
    ))  # fmt: skip


def folded_constants(draw: Random) -> Program:
    """Constants that fold, decide a choice, or are inputs with a default."""
    one, other, inner = _constant(draw), _constant(draw), _term(draw)
    compare = draw.choice(("lt", "le", "gt", "ge", "eq", "ne"))
    rounding = draw.choice(("floor", "ceil", "round", "trunc", "sign", "step"))
    tree = draw.choice((
        ("mul", one, inner), ("where", (compare, one, other), inner, ("square", inner)),
        ("mul", (rounding, one), inner), ("pow", inner, one), ("pow", one, inner),
        ("mul", one, ("mul", other, inner)), ("add", ("mul", one, inner), other),
        ("div", ("mul", one, inner), other), ("mul", ("mul", inner, one), ("mul", inner, other)),
        ("pow", ("mul", one, inner), "2"), ("mul", ("mod", one, "0.1"), inner),
        ("div", inner, one), ("mul", inner, ("where", ("sub", one, other), one, other)),
        ("max", ("mul", one, inner), other), ("mul", ("pow", ("mul", one, inner), "2"), other),
    ))  # fmt: skip
    if draw.random() < 0.25:
        const = draw.random() < 0.5
        return Program((Statement(one, "c", const), Statement(("mul", "c", ("add", tree, "c")))))
    return of(tree)


def own_functions(draw: Random) -> Program:
    """Functions that the program defines, called within each other."""
    u = ("mul", "u", ("add", "u", "v")) if draw.random() < 0.5 else (draw.choice(COMMON), "u")
    f = Function("f", ("u", "v"), draw.choice((("add", u, "v"), ("div", u, "v"), ("mul", u, "v"))))
    g = Function("g", ("x",), draw.choice((
        ("f", "x", "x"), ("square", ("f", "x", "2")), ("max", "x", ("f", "x", "1")),
        ("pow", ("f", "x", "x"), "3"), ("div", "1", ("f", "x", "3")),
    )))  # fmt: skip
    a, b = _term(draw), _leaf(draw)
    tree = draw.choice((
        ("g", a), ("f", ("g", a), b), ("g", ("g", b)), ("f", a, ("f", b, a)),
        ("sub", ("f", a, b), ("f", b, a)), ("div", ("g", a), ("f", a, "2")),
    ))  # fmt: skip
    return Program((Statement(tree),), (f, g))


def _call(draw: Random, name: str, arguments: list[Tree]) -> Tree:
    """A call of any operator or function of the prelude, on some arguments and leaves."""
    if name in PRELUDE:
        count, fixed = len(PRELUDE[name].parameters), ()
    else:
        row = OPERATORS[name]
        count, fixed = len(row.probe), row.fixed
        if row.arguments.lists:
            count = draw.choice((2, 4) if row.arguments.lists == 2 else (1, 2, 3, 4))
        elif row.arguments.defaults and draw.random() < 0.5:
            count -= len(row.arguments.defaults)
    trees = [arguments.pop(0) if arguments else _leaf(draw) for _ in range(count)]
    if name not in PRELUDE and OPERATORS[name].arguments.lists != 2:
        draw.shuffle(trees)
    for place in fixed:
        trees[place] = draw.choice(("1", "2", "3"))
    return (name, *trees)


def every_operator(draw: Random) -> Program:
    """Each row of the table and of the prelude, composed with others."""
    names = [*CALLED, *PRELUDE]
    tree = _call(draw, draw.choice(names), [])
    for _ in range(draw.randint(1, 2)):
        name = draw.choice([n for n in names if n not in SLOW] if draw.random() < 0.8 else names)
        tree = _call(draw, name, [tree])
    return of(tree)


def magnitudes(draw: Random) -> Program:
    """Factors of 1e30 and 1e300, differences of what is nearly equal, products of many."""
    big = draw.choice(("1e30", "1e-30", "1e150", "1e-150", "1e300", "1e-300", "1e160", "1e-170"))
    other = draw.choice(("1e30", "1e-30", "1e150", "1e-150", "1e300", "1e-300", "1e-10", "1e8"))
    x, y = _leaf(draw), _name(draw)
    inner: Tree = draw.choice((
        ("mul", big, x), ("div", x, big), ("add", big, x), ("sub", ("add", x, big), big),
        ("mul", ("mul", big, x), ("mul", other, y)), ("div", ("mul", big, x), ("mul", other, y)),
        ("hypot", x, y), ("prod", x, y, big, other), ("dot", x, big, y, other),
        ("logsumexp", x, ("mul", big, y)), ("mul", big, _term(draw)), _term(draw),
    ))  # fmt: skip
    for _ in range(draw.randint(1, 3)):
        inner = draw.choice((
            ("pow", inner, draw.choice(("2", "3", "4", "10", ("neg", "2"), "0.5"))),
            ("mul", inner, other), ("div", inner, other), ("div", other, inner), ("sqrt", inner),
            ("mul", inner, y), ("div", inner, y), ("square", inner), ("log", inner),
            ("exp", ("neg", inner)), ("log", ("add", "1", inner)), ("cbrt", inner),
            ("sub", ("sqrt", ("add", "1", ("square", inner))), "1"), ("tanh", inner),
            ("mul", inner, ("exp", ("neg", y))), ("hypot", inner, x), ("div", inner, ("exp", y)),
        ))  # fmt: skip
    return of(inner)


def _tree(draw: Random, depth: int) -> Tree:
    if depth == 0 or draw.random() < 0.1:
        return _leaf(draw)
    name = draw.choice(("add", "sub", "mul", "div", "pow")) if draw.random() < 0.5 else None
    if name is None:
        name = draw.choice([n for n in CALLED if n not in SLOW])
    row = OPERATORS[name]
    count = 2 if row.arguments.lists else len(row.probe)
    return (name, *(_tree(draw, depth - 1) for _ in range(count)))


def random_trees(draw: Random) -> Program:
    """Any operators over any others."""
    return of(_tree(draw, draw.randint(2, 4)))


FAMILIES: dict[str, Callable[[Random], Program]] = {
    family.__name__.replace("_", "-"): family
    for family in (
        powers_of_sums, nested_quotients, towers, shared_steps, choices, folded_constants,
        own_functions, every_operator, magnitudes, random_trees,
    )
}  # fmt: skip
"""How a program is drawn, by the name of its family."""
