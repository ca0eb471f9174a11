"""Second derivatives as numbers: Hessians, their eigenvalues, what their signs say."""

from __future__ import annotations

from math import cos, exp, inf, isnan, log, nan, sin

import numpy as np
import pytest
import sympy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support_derivatives import as_sympy, corpus, needs_corpora

from autograd_grammar import parse
from autograd_graph import Tape, forward, tangent
from autograd_graph.passes.curvature import eigenvalues, hessian, shape

QUICK = settings(max_examples=150, derandomize=True, suppress_health_check=list(HealthCheck))


def matrix(program: str, **point: float) -> list[list[float]]:
    """The Hessian by the inputs in the order in which they are given."""
    return hessian(Tape(parse(program)), point, list(point))


def curvature(program: str, x: float) -> float:
    """The second derivative by x."""
    return matrix(program, x=x)[0][0]


# -- against closed forms ------------------------------------------------------------------------


def test_hessian_of_rosenbrock_is_that_of_the_textbook() -> None:
    program = "100*(y - x^2)^2 + (1 - x)^2"
    assert matrix(program, x=1.0, y=1.0) == [[802.0, -400.0], [-400.0, 200.0]]
    assert matrix(program, x=-1.5, y=2.0) == [
        [1200 * 2.25 - 800 + 2, 600.0],
        [600.0, 200.0],
    ]


@pytest.mark.parametrize("x", [-2.25, -0.5, 0.75, 1.5])
@pytest.mark.parametrize(
    ("program", "second"),
    [
        ("sin(x)", lambda x: -sin(x)),
        ("exp(x)", exp),
        ("x^5", lambda x: 20 * x**3),
        ("1/x", lambda x: 2 / x**3),
        ("log(x^2)", lambda x: -2 / x**2),
        ("exp(-x^2/2)", lambda x: (x * x - 1) * exp(-x * x / 2)),
        ("sigmoid(x)", lambda x: exp(-x) * (exp(-x) - 1) / (1 + exp(-x)) ** 3),
        ("softplus(x)", lambda x: exp(-x) / (1 + exp(-x)) ** 2),
        ("x*abs(x)", lambda x: 2.0 if x > 0 else -2.0),
        ("relu(x)^3", lambda x: 6 * x if x > 0 else 0.0),
        ("x*sin(x)", lambda x: 2 * cos(x) - x * sin(x)),
        ("3*x + 1", lambda x: 0.0),
    ],
)
def test_second_derivative_is_the_closed_form(program: str, second: object, x: float) -> None:
    assert curvature(program, x) == pytest.approx(second(x), rel=1e-13, abs=1e-15)  # type: ignore[operator]


def test_hessian_of_a_quadratic_form_is_twice_its_matrix() -> None:
    program = "2*x^2 + 3*y^2 - z^2 + 4*x*y - 5*x*z + y*z"
    expected = [[4.0, 4.0, -5.0], [4.0, 6.0, 1.0], [-5.0, 1.0, -2.0]]
    assert matrix(program, x=0.3, y=-0.7, z=11.0) == expected


@needs_corpora
def test_hessians_of_the_corpora_are_sympys() -> None:
    allowed = {"sin", "cos", "exp", "log", "sqrt", "tan", "atan", "tanh", "sinh", "cosh", "erf"}
    checked = 0
    for case in corpus("opt_scipy", "symreg", "feynman", step=9):
        program = case["program"]
        if not set(case["functions"]) <= allowed or set(program) & set("=;\n"):
            continue
        graph = parse(program)
        names = list(graph.inputs)[:2]
        found = hessian(Tape(graph), case["point"], names)
        truth = as_sympy(program, graph)
        at = {sympy.Symbol(n): sympy.Float(repr(v), 40) for n, v in case["point"].items()}
        scale = max(1.0, *(abs(entry) for row in found for entry in row))
        for a, row in zip(names, found, strict=True):
            for b, entry in zip(names, row, strict=True):
                second = truth.diff(sympy.Symbol(a), sympy.Symbol(b))
                reference = float(sympy.N(second.subs(at), 30, strict=False))
                assert entry == pytest.approx(reference, rel=1e-9, abs=1e-10 * scale), case["id"]
                checked += 1
    assert checked > 60


@pytest.mark.parametrize("program", ["x^y*sin(z)", "hypot(x, y, z)", "logsumexp(x, y*z, x)/y"])
def test_hessian_is_symmetric(program: str) -> None:
    found = np.array(matrix(program, x=1.25, y=0.5, z=2.0))
    assert np.allclose(found, found.T, rtol=1e-13, atol=1e-15)


def test_only_the_inputs_asked_for_have_rows() -> None:
    tape = Tape(parse("x^2*y*z"))
    assert hessian(tape, {"x": 2.0, "y": 3.0, "z": 5.0}, ["z", "x"]) == [[0.0, 12.0], [12.0, 30.0]]


def test_defaults_hold_where_no_value_is_given() -> None:
    assert hessian(Tape(parse("w = 3; w*x^2")), {"x": 1.0}, ["x"]) == [[6.0]]


# -- policy --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "x", "second"),
    [
        ("where(x > 0, log(x), 0)", -1.0, 0.0),
        ("where(x > 0, log(x), 0)", 0.0, 0.0),
        ("where(x > 0, log(x), 0)", 2.0, -0.25),
        ("sqrt(relu(x))", -1.0, 0.0),
        ("sqrt(relu(x))", 4.0, -1 / 32),
        ("where(x == 0, 1, sin(x)/x)", 0.0, 0.0),
        ("sinc(x)", 0.0, -1 / 3),
        ("relu(x)", 0.0, 0.0),
        ("abs(x)", 0.0, 0.0),
        ("abs(x)^2", 0.0, 0.0),
        ("x*abs(x)", 0.0, 0.0),
        ("floor(x)*x^2", 1.5, 2.0),
        ("max(x^2, -1)", 0.0, 2.0),
        ("max(x^2, x^4)", 2.0, 48.0),
        ("clip(x, -1, 1)^2", 0.5, 2.0),
        ("clip(x, -1, 1)^2", 5.0, 0.0),
        ("x^0", 0.0, 0.0),
        ("x^1", 0.0, 0.0),
        ("x^2", 0.0, 2.0),
        ("x^3", 0.0, 0.0),
        ("prod(x, x, 2)", 0.0, 4.0),
        ("tanh(x)", 400.0, 0.0),
        ("sigmoid(x)", -800.0, 0.0),
        ("softplus(x)", 1000.0, 0.0),
    ],
)
def test_second_derivatives_follow_the_policy_of_first_ones(
    program: str, x: float, second: float
) -> None:
    assert curvature(program, x) == pytest.approx(second, rel=1e-12, abs=1e-300)


def test_tied_arguments_of_max_share_second_derivatives_too() -> None:
    assert matrix("max(x^2, y^2)", x=1.0, y=1.0) == [[1.0, 0.0], [0.0, 1.0]]


def test_a_second_derivative_that_does_not_exist_is_not_a_number_people_could_trust() -> None:
    for program in ("sqrt(x)", "log(x)", "1/x"):
        assert not -1e300 < curvature(program, 0.0) < 1e300


# -- eigenvalues ---------------------------------------------------------------------------------


def symmetric(size: int, seed: int, spread: float) -> np.ndarray:
    random = np.random.default_rng(seed)
    entries = random.normal(size=(size, size)) * 10.0 ** random.uniform(-spread, spread, size)
    return (entries + entries.T) / 2


@given(st.integers(1, 12), st.integers(0, 10**6), st.sampled_from([0.0, 1.0, 3.0]))
@QUICK
def test_eigenvalues_of_random_symmetric_matrices_are_numpys(
    size: int, seed: int, spread: float
) -> None:
    entries = symmetric(size, seed, spread)
    expected = np.linalg.eigvalsh(entries)
    found = eigenvalues(entries.tolist())
    assert found == sorted(found)
    assert np.allclose(found, expected, rtol=1e-11, atol=1e-13 * np.abs(entries).max())


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], []),
        ([[3.0]], [3.0]),
        ([[2.0, 0.0], [0.0, -1.0]], [-1.0, 2.0]),
        ([[0.0, 1.0], [1.0, 0.0]], [-1.0, 1.0]),
        ([[1.0, 1.0], [1.0, 1.0]], [0.0, 2.0]),
        ([[0.0, 0.0], [0.0, 0.0]], [0.0, 0.0]),
        ([[1e200, 0.0], [0.0, 1e-200]], [1e-200, 1e200]),
        ([[1e-300, 1e-300], [1e-300, 1e-300]], [0.0, 2e-300]),
    ],
)
def test_eigenvalues_of_matrices_one_can_do_by_hand(
    entries: list[list[float]], expected: list[float]
) -> None:
    assert eigenvalues(entries) == pytest.approx(expected, rel=1e-15, abs=1e-315)


@pytest.mark.parametrize("bad", [nan, inf])
def test_eigenvalues_of_a_matrix_that_is_not_finite_are_nan(bad: float) -> None:
    assert all(map(isnan, eigenvalues([[1.0, bad], [bad, 1.0]])))


# -- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("x^2 + y^2", "bowl: it curves up in every direction"),
        ("-x^2 - 3*y^2", "dome: it curves down in every direction"),
        ("x^2 - y^2", "saddle: it curves up in some directions and down in others"),
        ("x*y", "saddle: it curves up in some directions and down in others"),
        ("x^2 + 0*y", "bowl: it curves up, with 1 flat direction"),
        ("(x - y)^2", "bowl: it curves up, with 1 flat direction"),
        ("-(x + y)^2", "dome: it curves down, with 1 flat direction"),
        ("x + y", "flat: no curvature in any direction"),
        ("log(x)*0 + y^2", "bowl: it curves up, with 1 flat direction"),
        ("sqrt(x - 1) + y^2", "undefined: a second derivative is not finite"),
    ],
)
def test_the_signs_of_the_eigenvalues_in_words(program: str, words: str) -> None:
    assert shape(eigenvalues(matrix(program, x=1.0, y=1.0))) == words


def test_several_flat_directions_are_counted() -> None:
    assert shape([0.0, 0.0, 4.0]) == "bowl: it curves up, with 2 flat directions"
    assert shape([-1.0, 0.0, 4.0]).startswith("saddle")
    assert shape([-1.0, 0.0, 4.0]).endswith("with 1 flat direction")


def test_a_direction_is_flat_relative_to_the_others() -> None:
    assert shape([1e-20, 1.0]) == shape([0.0, 1.0]) == shape([-1e-20, 1.0])
    assert shape([1e-20, 2e-20]) == "bowl: it curves up in every direction"


# -- along a direction ---------------------------------------------------------------------------


def test_the_derivative_along_a_direction_is_the_gradient_times_it() -> None:
    tape = Tape(parse("x^2*y + log(y)"))
    values = forward(tape, {"x": 3.0, "y": 2.0})
    along = tangent(tape, values, {"x": 0.5, "y": -1.0})[tape.output]
    assert along == pytest.approx(0.5 * 12.0 - (9.0 + 0.5), rel=1e-15)


def test_along_no_input_nothing_changes() -> None:
    tape = Tape(parse("x^2 + log(y)"))
    assert tangent(tape, forward(tape, {"x": 3.0, "y": 2.0}), {})[tape.output] in (None, 0.0)
    assert log(2.0) > 0


@pytest.mark.parametrize("size", [0.0, 1e3, -1e17, 1e300])
def test_the_curvature_of_logsumexp_does_not_depend_on_how_large_its_arguments_are(
    size: float,
) -> None:
    tape = Tape(parse("logsumexp(x, y)"))
    assert hessian(tape, {"x": size, "y": size}) == [[0.25, -0.25], [-0.25, 0.25]]
