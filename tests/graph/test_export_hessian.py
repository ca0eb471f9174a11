"""Second derivatives exported and executed: what the Hessian of numbers says, in every target."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support_export import EXECUTED, database, doubles, javascript, run_julia

from autograd_grammar import parse
from autograd_graph import Tape
from autograd_graph.export import export, find
from autograd_graph.export.derivatives import computed_derivatives
from autograd_graph.passes.curvature import hessian
from autograd_graph.symbolic.gradient import gradient
from autograd_graph.symbolic.simplify import simplify

PROGRAMS = [
    ("100*(y - x^2)^2 + (1 - x)^2", {"y": -0.75, "x": 1.5}),
    ("x^2*sin(x*y) + exp(z/x)", {"x": 1.25, "y": 0.5, "z": 2.0}),
    ("x + y", {"x": 1.0, "y": 2.0}),
    ("x_y*z^2 + x*y_z^2 + x_y^2", {"x_y": 1.5, "z": 2.5, "x": 0.5, "y_z": 3.0}),
    ("hessian^2*gradient + value*t1^3 + _row*hessian",
     {"hessian": 1.5, "gradient": 2.5, "value": 0.5, "t1": 3.0, "_row": 2.0}),
    ("where(x > 0, x^3*y, 2) + relu(mod(y, 3) - 1)*x", {"x": 0.5, "y": 2.5}),
    ("sigmoid(w*x + b)^2", {"w": 0.5, "x": -2.0, "b": 0.25}),
    ("x^3", {"x": 2.0}),
    ("sinc(x) + tanh(y)*asinh(x*y)", {"x": 0.125, "y": -3.0}),
    ("logsumexp(x, y, 2*z) + atan2(x, y)", {"x": 400.5, "y": 399.75, "z": 200.0}),
    ("hypot(x, y)*acosh(z) + x^y + x/y", {"x": 1.5, "y": 2.5, "z": 1e8}),
    ("coth(x) + csch(x)*sigmoid(40*x) + acsch(x)", {"x": 1.75}),
]  # fmt: skip

Matrix = list[list[float]]


def second_order(program: str, target: str) -> str:
    if find(target).computes:
        made = computed_derivatives(parse(program), order=2, form=find(target).form)
        return export(
            made.graph, made.output, made.first, target, inputs=list(made.first), second=made.second
        )
    found = gradient(parse(program), order=2)
    roots = [found.output, *found.first.values(), *found.second.values()]
    graph, nodes = simplify(found.graph, roots)
    firsts = 1 + len(found.first)
    return export(
        graph,
        nodes[0],
        dict(zip(found.first, nodes[1:firsts], strict=True)),
        target,
        inputs=list(found.first),
        second=dict(zip(found.second, nodes[firsts:], strict=True)),
    )


def in_python(text: str, point: dict[str, float]) -> Matrix:
    space: dict[str, Any] = {}
    exec(compile(text, "<export>", "exec"), space)
    function = next(f for name, f in space.items() if name.startswith("value_gradient_hessian"))
    with doubles():
        _, slopes, second = function(*point.values())
    assert list(slopes) == list(second) == list(point)
    return [[float(second[a][b]) for b in point] for a in point]


def in_sympy(text: str, point: dict[str, float]) -> Matrix:
    import sympy as sp

    space: dict[str, Any] = {}
    exec(compile(text, "<export>", "exec"), space)
    second = next(
        space[name] for name in ("hessian_", "hessian") if isinstance(space.get(name), dict)
    )
    known = {sp.Symbol(name, real=True): number for name, number in point.items()}
    return [[float(sp.sympify(second[a][b]).xreplace(known)) for b in point] for a in point]


def in_js(text: str, point: dict[str, float]) -> Matrix:
    name = re.findall(r"^function (value_gradient_hessian_*)\(", text, re.MULTILINE)[-1]
    call = f"{name}({', '.join(map(repr, point.values()))}).hessian"
    second = json.loads(javascript(text).eval(f"JSON.stringify({call})"))
    assert list(second) == list(point)
    return [[float(second[a][b]) for b in point] for a in point]


def in_sql(text: str, point: dict[str, float]) -> Matrix:
    """The upper triangle follows the value and the gradient, row by row."""
    columns = ", ".join(f'{number!r}::DOUBLE AS "{name}"' for name, number in point.items())
    database().execute(f"CREATE OR REPLACE TEMP TABLE data AS SELECT {columns}")
    entries = iter(database().execute(text).fetchone()[2 * len(point) + 1 :])
    size = len(point)
    matrix = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i, size):
            matrix[i][j] = matrix[j][i] = float(next(entries))
    assert next(entries, None) is None
    return matrix


def in_c(text: str, point: dict[str, float], folder: Path) -> Matrix:
    size = len(point)
    name = re.search(r"double (value_gradient_hessian_*)\(", text)
    assert name is not None
    given = ", ".join(map(repr, point.values()))
    main = (
        f"#include <stdio.h>\nint main(void)\n{{\n    double g[{size}], h[{size}][{size}];\n"
        f"    {name[1]}({given}, g, h);\n"
        f"    for (int i = 0; i < {size * size}; i++)\n"
        f'        printf("%.17g\\n", h[i / {size}][i % {size}]);\n    return 0;\n}}\n'
    )
    source, binary = folder / "case.c", folder / "case"
    source.write_text(text + main, encoding="utf-8")
    subprocess.run(["gcc", "-std=c99", "-Wall", "-Werror", source, "-lm", "-o", binary], check=True)
    out = subprocess.run([binary], check=True, capture_output=True, text=True).stdout.split()
    return [[float(out[i * size + j]) for j in range(size)] for i in range(size)]


def in_rust(text: str, point: dict[str, float], folder: Path) -> Matrix:
    name = re.search(r"pub fn (value_gradient_hessian_*)\(", text)
    assert name is not None
    given = ", ".join(map(repr, point.values()))
    main = (
        f"fn main() {{\n    let (_, _, h) = {name[1]}({given});\n"
        '    for row in h { for x in row { println!("{:?}", x); } }\n}\n'
    )
    source, binary = folder / "case.rs", folder / "case_rs"
    source.write_text(text + main, encoding="utf-8")
    flags = ["--edition", "2021", "-A", "unused_parens", "-D", "warnings"]
    subprocess.run(["rustc", *flags, source, "-o", binary], check=True)
    return square(subprocess.run([binary], check=True, capture_output=True, text=True).stdout)


def in_julia(text: str, point: dict[str, float], folder: Path) -> Matrix:
    name = re.search(r"^function (value_gradient_hessian_*)\(", text, re.MULTILINE)
    assert name is not None
    given = ", ".join(map(repr, point.values()))
    listed = ", ".join(f'"{each}"' for each in point)
    main = (
        f"_, _, h = {name[1]}({given})\n"
        f"for a in [{listed}], b in [{listed}]\n    println(h[a][b])\nend\n"
    )
    return square(run_julia(text + main, folder))


def square(text: str) -> Matrix:
    """The numbers of a text as a square matrix."""
    numbers = list(map(float, text.split()))
    size = round(len(numbers) ** 0.5)
    return [numbers[i * size : (i + 1) * size] for i in range(size)]


COMPILED = {"c": in_c, "rust": in_rust, "julia": in_julia}


@pytest.mark.parametrize("target", EXECUTED)
@pytest.mark.parametrize(("program", "point"), PROGRAMS)
def test_the_exported_hessian_is_that_of_the_numbers(
    program: str, point: dict[str, float], target: str, tmp_path: Path
) -> None:
    text = second_order(program, target)
    if target in COMPILED:
        got = COMPILED[target](text, point, tmp_path)
    else:
        run = {"js": in_js, "sympy": in_sympy, "sql": in_sql}.get(target, in_python)
        got = run(text, point)
    wanted = hessian(Tape(parse(program)), point, list(point))
    assert [pytest.approx(row, rel=1e-11, abs=1e-12) for row in wanted] == got


def test_latex_writes_each_second_derivative_once() -> None:
    text = second_order("x^2*y", "latex")
    assert r"\frac{\partial^{2} f}{\partial {x}^{2}} &= 2 y" in text
    assert r"\frac{\partial^{2} f}{\partial x \partial y} &= 2 x" in text
    assert text.count(r"\partial^{2}") == 3


def test_numpys_hessian_is_of_arrays_of_one_shape() -> None:
    import numpy as np

    space: dict[str, Any] = {}
    exec(second_order("x^2*y + y", "numpy"), space)
    _, _, second = space["value_gradient_hessian"](np.array([1, 2, 3]), np.array([[1], [2]]))
    assert {entry.shape for row in second.values() for entry in row.values()} == {(2, 3)}
    assert {entry.dtype for row in second.values() for entry in row.values()} == {np.dtype(float)}


def test_the_curvature_of_logsumexp_keeps_its_digits_far_out() -> None:
    point = {"x": -21.5, "y": 29.5}
    wanted = hessian(Tape(parse("logsumexp(x, y)")), point, list(point))
    assert 0.0 < wanted[1][1] < 1e-20
    for row, expected in zip(
        in_python(second_order("logsumexp(x, y)", "python"), point), wanted, strict=True
    ):
        assert row == pytest.approx(expected, rel=1e-13, abs=0.0)
