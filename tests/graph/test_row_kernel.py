"""The recorded kernel has the bits of the passes over arrays, whatever the blocks."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from math import inf, nan
from random import Random

import numpy as np
import pytest
from support_graph import EDGES, edge_alone, one_operator, pool, same, subnormal
from support_policy import TABLE, Case

from autograd_grammar import parse
from autograd_graph import OPERATORS, Graph, ProgramError, Tape, forward, reverse
from autograd_graph.op import Edge
from autograd_graph.rows import blocks
from autograd_graph.rows.kernel import Kernel, Rows
from autograd_graph.rows.recording import Recording

Columns = dict[str, np.ndarray]


def straight(graph: Graph, columns: Columns) -> list[np.ndarray]:
    """The output and the slopes by every input, by the passes over whole arrays."""
    tape = Tape(graph, system=blocks.system)
    with np.errstate(all="ignore"):
        values = forward(tape, columns)
        adjoints = reverse(tape, values)
        results = [values[tape.output]]
        results += [blocks.slope(adjoints[node]) for node in graph.inputs.values()]
    count = len(next(iter(columns.values()), [0.0]))
    return [np.array(np.broadcast_to(result, count), dtype=float) for result in results]


def recorded(rows: Rows) -> list[np.ndarray]:
    return [rows.value, *rows.gradients.values()]


def assert_same_bits(got: Sequence[np.ndarray], wanted: Sequence[np.ndarray]) -> None:
    assert len(got) == len(wanted)
    for one, other in zip(got, wanted, strict=True):
        equal = (one.view(np.int64) == other.view(np.int64)) | (np.isnan(one) & np.isnan(other))
        assert equal.all(), (one[~equal][:3], other[~equal][:3])


def numbers(seed: str, count: int) -> np.ndarray:
    random = Random(seed)
    some = [*pool(random), *subnormal(random), 0.0, -0.0, 1.0, -1.0, 0.5, inf, -inf, nan]
    drawn = [
        random.choice(some) if random.random() < 0.5 else random.gauss(0, 2) for _ in range(count)
    ]
    return np.array(drawn)


def table(graph: Graph, count: int) -> Columns:
    return {name: numbers(name, count) for name in graph.inputs}


@pytest.mark.parametrize(("name", "edge"), EDGES)
def test_an_edge_has_the_bits_of_the_passes(name: str, edge: Edge) -> None:
    tape, given, _ = edge_alone(name, edge)
    columns = {name: np.array([x]) for name, x in given.items()}
    kernel = Kernel(tape.graph, columns=columns)
    found = Rows(np.empty(1), {name: np.empty(1) for name in kernel.wrt})
    kernel.run_into(found, columns)
    assert_same_bits(recorded(found), straight(tape.graph, columns))


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_a_policy_case_has_the_numbers_of_the_table(case: Case) -> None:
    columns = {name: np.array([x]) for name, x in case.at.items()}
    graph = parse(case.program)
    found = Kernel(graph, columns=columns).run(columns)
    assert_same_bits(recorded(found), straight(graph, columns))
    tape = Tape(graph)
    values = forward(tape, case.at)
    adjoints = reverse(tape, values)
    assert same(float(found.value[0]), values[tape.output])
    for name, slope in found.gradients.items():
        wanted = adjoints[graph.inputs[name]]
        assert same(float(slope[0]), 0.0 if wanted is None else wanted)


@pytest.mark.parametrize("name", [name for name, row in OPERATORS.items() if not row.fixed])
def test_an_operator_has_the_bits_of_the_passes_in_every_row(name: str) -> None:
    row = OPERATORS[name]
    slow = name in ("gamma", "lgamma", "digamma", "sinc")
    for constant in ((), (len(row.probe) - 1,)):
        graph = one_operator(row, len(row.probe), constant)
        columns = {
            f"x{n}": numbers(f"{name}{n}", 60 if slow else 700) for n in range(len(row.probe))
        }
        found = Kernel(graph, columns=columns).run(columns)
        assert_same_bits(recorded(found), straight(graph, columns))


PROGRAMS = [
    "where(x > y, sqrt(x)*y, max(x, y)/x) + relu(x - 1)*log(y) + clip(x, -1, y)^3",
    "a = tanh(w*x + b); p = sigmoid(v*a); bce(p, t)",
    "a = x*y; b = a - x; c = b*a; d = c/b; d + a + where(b < c, d, -a)",
    "min(x, y, z)*max(x, y, 1) + abs(x - y)^1.5 + mod(x, y)",
    "x*0 + 3",
    "x^where(3, 0.5, y) + where(0, x, y)^where(y > 0, 2, 0.5) + relu(2)*x",
    "k = 2; -(-(k*x))/4 - -y",
    "hypot(x, y, 2) + logsumexp(x, y, 0.5) + prod(x, y, x) + dot(x, y, 2, x) + sum(x, y, 1e9)",
    "gelu(x)*erf(y) + atan2(y, x)*cbrt(x)",
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_has_the_bits_of_the_passes_whatever_its_blocks(program: str) -> None:
    graph = parse(program)
    columns = table(graph, 1_000)
    wanted = straight(graph, columns)
    kernel = Kernel(graph, columns=columns)
    for size in (64, 100, 999, 1_000):
        kernel = Kernel(graph, columns=columns)
        kernel._kernel.plan.rows = size
        assert_same_bits(recorded(kernel.run(columns)), wanted)


@pytest.mark.parametrize(("rows", "at_once"), [(64, None), (64, 1_000), (1_000, 64), (300, 300)])
def test_blocks_are_the_rows_one_after_the_other(rows: int, at_once: int | None) -> None:
    graph = parse(PROGRAMS[0])
    columns = table(graph, 1_000)
    wanted = straight(graph, columns)
    kernel = Kernel(graph, columns=columns, statuses=True)
    kernel._kernel.plan.rows = rows
    found = np.full((len(wanted), 1_000), nan)
    for some, matrix in kernel.blocks(columns, at_once=at_once):
        assert matrix.shape[1] <= min(rows, at_once or rows)
        found[:, some] = matrix
    assert_same_bits([found[-1], *found[:-1]], wanted)
    assert [*Kernel(parse("w = 2; w^2")).blocks({}, count=0)] == []
    ((_, constant),) = Kernel(parse("w = 2; w^2")).blocks({}, count=3)
    assert constant.tolist() == [[4.0] * 3, [4.0] * 3]


def test_a_kernel_serves_several_threads_at_once() -> None:
    graph = parse(PROGRAMS[0])
    kernel = Kernel(graph, columns=["x", "y"], statuses=True)
    kernel._kernel.plan.rows = 64
    tables = [{n: numbers(f"{n}{k}", 500) for n in "xy"} for k in range(16)]
    alone = [kernel.run(columns) for columns in tables]
    with ThreadPoolExecutor(4) as pool_of_threads:
        together = [*pool_of_threads.map(kernel.run, tables)]
    for one, other in zip(alone, together, strict=True):
        assert_same_bits(recorded(one), recorded(other))
        assert np.array_equal(one.statuses, other.statuses)


def test_a_slope_by_what_is_no_column_varies_by_row() -> None:
    graph = parse("w = 3; (w*x + b)^2")
    x = np.array([1.0, 2.0, -4.0])
    found = Kernel(graph, columns="x", given={"b": 1.0}).run({"x": x})
    assert found.value.tolist() == ((3 * x + 1) ** 2).tolist()
    assert found.gradients["w"].tolist() == (2 * (3 * x + 1) * x).tolist()
    assert found.gradients["b"].tolist() == (2 * (3 * x + 1)).tolist()


@pytest.mark.parametrize("program", ["w*x + exp(w)*b", "where(w > 0, x, w/x)*b", "x^w + log(w)*b"])
def test_a_parameter_of_a_run_is_like_a_column_of_it(program: str) -> None:
    graph = parse(program)
    x, b = numbers("x", 300), numbers("b", 300)
    kernel = Kernel(graph, columns=["x", "b"], parameters=["w"], statuses=True)
    whole = Kernel(graph, columns=["x", "b", "w"], statuses=True)
    for w in (2.0, -1.5, 0.0, inf):
        found = kernel.run({"x": x, "b": b}, {"w": w})
        wanted = whole.run({"x": x, "b": b, "w": np.full(300, w)})
        assert np.allclose(found.value, wanted.value, rtol=1e-14, atol=0, equal_nan=True)
        assert found.gradients.keys() == wanted.gradients.keys()
        assert np.array_equal(found.statuses, wanted.statuses)


@pytest.mark.parametrize("program", [
    "x*hypot(a, b)", "x*prod(a, b, 3)", "x + sum(a, b, -1e308)", "x*dot(a, b, 2, 3)", "x*a^b",
    "x*logsumexp(a, b)", "x*atan2(a, b)", "x*mod(a, b)", "x*gamma(a) + b", "x*max(a, b)",
    "x*where(a > b, a/b, b)", "x*gelu(a)*erf(b)", "x*clip(a, b, 1)", "spherical_jn(2, x)*a*b",
])  # fmt: skip
def test_numbers_for_all_rows_are_like_columns_of_them(program: str) -> None:
    graph = parse(program)
    awkward = [0.0, -0.0, 1.0, -2.0, 0.5, 1e200, 1e-200, 5e-324, 1e308, inf, nan]
    x = np.array([0.5, 0.0, -1.0, 2.0])
    run = Kernel(graph, columns="x", parameters="ab", statuses=True)
    whole = Kernel(graph, columns="xab", statuses=True)
    for a, b in product(awkward, repeat=2):
        wanted = whole.run({"x": x, "a": np.full(4, a), "b": np.full(4, b)})
        fixed = Kernel(graph, columns="x", given={"a": a, "b": b}, statuses=True)
        for found in (run.run({"x": x}, {"a": a, "b": b}), fixed.run({"x": x})):
            assert np.array_equal(found.statuses, wanted.statuses), (a, b)
            for one, other in zip(recorded(found), recorded(wanted), strict=True):
                assert np.allclose(one, other, rtol=1e-15, atol=0.0, equal_nan=True), (a, b)


def test_what_does_not_vary_is_the_same_in_every_row() -> None:
    found = Kernel(parse("k = 2; k*3"), columns=["k"], given={}).run({"k": np.array([1.0, 5.0])})
    assert found.value.tolist() == [3.0, 15.0]
    graph = parse("x = 1; y = 2; z = 3; x + x")
    rows = Kernel(graph, columns=["z"], statuses=True).run({"z": np.array([1.0, nan, inf])})
    assert rows.value.tolist() == [2.0] * 3
    assert rows.gradients["x"].tolist() == [2.0] * 3
    assert rows.gradients["z"].tolist() == [0.0] * 3
    assert rows.statuses is not None
    assert rows.statuses.tolist() == [1] * 3


def test_parts_of_arrays_are_written_where_they_are() -> None:
    graph = parse("x^2/y")
    kernel = Kernel(graph, columns=["x", "y"], wrt=["y"], statuses=True)
    x, y = numbers("x", 90), numbers("y", 90)
    whole = kernel.run({"x": x, "y": y})
    into = Rows(np.empty(90), {"y": np.empty(180)[::2]}, np.empty(90, np.uint8))
    assert into.statuses is not None
    for start in range(0, 90, 30):
        part = slice(start, start + 30)
        kernel.run_into(
            Rows(into.value[part], {"y": into.gradients["y"][part]}, into.statuses[part]),
            {"x": x[part], "y": y[part]},
        )
    assert_same_bits([into.value, into.gradients["y"].copy()], recorded(whole))
    assert np.array_equal(into.statuses, whole.statuses)


def test_no_rows_give_no_results() -> None:
    found = Kernel(parse("x^2"), columns="x", statuses=True).run({"x": np.array([])})
    assert found.value.shape == found.gradients["x"].shape == (0,)


def test_columns_that_do_not_fit_are_refused() -> None:
    kernel = Kernel(parse("x*y"), columns=["x", "y"])
    with pytest.raises(ValueError, match="y has to be an array of 3 doubles"):
        kernel.run({"x": np.zeros(3), "y": np.zeros(2)})
    with pytest.raises(KeyError):
        kernel.run({"x": np.zeros(3)})


def test_names_and_values_that_are_missing_are_errors() -> None:
    with pytest.raises(ProgramError, match="no value for y"):
        Kernel(parse("x*y"), columns=["x"])
    for wrong in ({"columns": ["z"]}, {"columns": "xy", "wrt": ["z"]}, {"given": {"z": 1.0}}):
        with pytest.raises(ProgramError, match="no input 'z'"):
            Kernel(parse("x*y"), **wrong)


def test_a_formula_cannot_ask_what_number_a_column_holds() -> None:
    x = Recording().input("x")
    with pytest.raises(TypeError, match="which number"):
        _ = 1.0 if x > 0.0 else 2.0
    with pytest.raises(TypeError):
        np.add.reduce(x)
    with pytest.raises(TypeError, match="add of a column of bool values"):
        _ = (x > 0.0) + (x < 1.0)


def test_common_steps_are_called_once_and_buffers_are_used_again() -> None:
    chain = "\n".join(["a0 = x", *(f"a{n + 1} = exp(a{n}) - x" for n in range(200))])
    plan = Kernel(parse(chain), columns="x", wrt=[])._kernel.plan
    assert len(plan.body) == 400
    assert plan.buffers["float"] <= 2
    twice = Kernel(parse("sin(x)*y + sin(x)*y + y*sin(x)"), columns="xy", wrt=[])._kernel.plan
    assert [call.function for call in twice.body] == [np.sin, np.multiply, np.add, np.add]


def test_a_large_program_is_as_its_small_blocks() -> None:
    random = Random(1)
    lines = ["a0 = x*y"]
    for n in range(1_500):
        step = random.choice(
            [f"sin(a{n})*x", f"a{n} + y", f"tanh(a{n} - x)", f"a{n}*y - a{n // 2}"]
        )
        lines.append(f"a{n + 1} = {step}")
    graph = parse("\n".join(lines))
    x, y = np.linspace(-1.0, 1.0, 50), np.linspace(0.5, 1.5, 50)
    found = Kernel(graph, columns="xy").run({"x": x, "y": y})
    assert_same_bits(recorded(found), straight(graph, {"x": x, "y": y}))
