"""Code that a reviewer would sign: the program's own names, numbers and order of parameters."""

from __future__ import annotations

import re
import subprocess
import sys
from math import isinf, isnan

import pytest
from support_cli import autograd
from support_export import COMPUTING, EXECUTED, TABLES, code

from autograd_grammar import ProgramError
from autograd_graph import OPERATORS
from autograd_graph.export import TARGETS

OPTION = """const K = 100; r = 0.05; sigma = 0.2; T = 1
d1 = (log(S/K) + (r + sigma^2/2)*T)/(sigma*sqrt(T)); d2 = d1 - sigma*sqrt(T)
Phi(x) = (1 + erf(x/sqrt(2)))/2
C = S*Phi(d1) - K*exp(-r*T)*Phi(d2)"""


def written(program: str, target: str, *words: str) -> str:
    run = autograd("diff", program, "--to", target, *words)
    assert (run.status, run.err) == (0, "")
    body = [line for line in run.lines if not re.match(r"(#|//|--|%|/?\s?\*)(?!in)", line)]
    return "\n".join(body)


# names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [t for t in TARGETS if t not in ("latex", "sql")])
def test_steps_keep_the_names_that_the_program_gives_them(target: str) -> None:
    text = written(OPTION, target)
    for name in ("d1", "d2", "C"):
        assert re.search(rf"^\s*(let |const |const double )?{name} = ", text, re.MULTILINE), name


@pytest.mark.parametrize("target", COMPUTING)
def test_the_result_of_a_call_is_called_after_it(target: str) -> None:
    assert "Phi_d1" in written(OPTION, target)


def test_steps_of_sql_keep_their_names_too() -> None:
    text = written(OPTION, "sql")
    assert all(f'AS "{name}"' in text for name in ("d1", "d2", "C"))


def test_latex_states_the_steps_and_the_value_as_the_program_does() -> None:
    text = written("c = w*x; a = c + b; d = a - y; J = 1/2*d^2", "latex")
    for line in ("c &= w x", "a &= c + b", "d &= a - y", r"J &= \frac{1}{2} d^{2}"):
        assert f"\n{line} " in text
    assert r"\frac{\partial J}{\partial w} &= x d " in text
    assert "t_{" not in text


def test_latex_has_a_step_where_a_derivative_has_the_whole_of_it() -> None:
    text = written("sigmoid(w*x + b)", "latex", "--wrt", "w")
    assert r"\frac{\partial f}{\partial w} &= x f \cdot \left(1 - f\right)" in text


def test_of_steps_with_one_name_the_newest_keeps_it() -> None:
    text = written("c = sin(x); c = c*c + c; c^2", "python")
    assert "c_1 = math.sin(x)" in text
    assert "    c = c_1*c_1 + c_1" in text


def test_a_step_that_is_computed_in_a_branch_stays_there() -> None:
    """It would be computed whether it is needed or not, and raise."""
    text = written("s = log(x)*x; where(x > 0, s, 0)", "python")
    assert "s = " not in text
    space: dict[str, object] = {}
    exec(text, space)
    assert space["value_and_gradient"](-1.0)[0] == 0.0  # type: ignore[operator]


def test_what_only_begins_with_a_call_is_not_called_after_it() -> None:
    text = written("h(u) = sin(u)*u; a = x*y; exp(h(a)*x)*cos(h(a)*x)", "python")
    assert re.search(r"h_a = t\d\*a\n", text)
    assert re.search(r"t\d = h_a\*x\n", text)


def test_two_calls_with_long_arguments_have_two_names() -> None:
    program = "h(u) = u*exp(u); h((x + y)*(x - y)*x) + h((x + y)*(x - y)*y) + x"
    text = written(program, "python")
    names = re.findall(r"^    (h\w*) = ", text, re.MULTILINE)
    assert len(names) == len(set(names))


# numbers ---------------------------------------------------------------------------------------


def test_pi_is_written_as_each_language_has_it() -> None:
    program = "const k = pi/180; sin(k*x)"
    wanted = {
        "python": "k = math.pi/180",
        "numpy": "k = np.pi/180",
        "c": "const double k = M_PI/180.0;",
        "rust": "let k: f64 = std::f64::consts::PI / 180.0;",
        "julia": "k = Float64(pi) / 180.0",
        "jax": "k = jnp.pi/180",
        "torch": "k = torch.pi/180",
        "js": "const k = Math.PI / 180;",
        "sympy": "k = sp.pi/180",
        "latex": r"k &= \frac{\pi}{180}",
        "sql": '(pi() / 180e0) * "x"',
    }
    assert set(wanted) == set(TARGETS)
    for target, text in wanted.items():
        assert text in written(program, target), target


def test_a_default_that_the_program_computes_is_one_in_the_code() -> None:
    assert "def value_and_gradient(x, a=math.pi/4):" in written("a = pi/4; a*x", "python")


@pytest.mark.parametrize("target", [t for t in COMPUTING if t not in ("latex", "sympy")])
def test_small_powers_are_products(target: str) -> None:
    text = written("x^2 + y^3", target).replace('"', "").replace(" ", "")
    assert "x*x" in text
    assert "y*y*y" in text
    assert "pow" not in text
    assert "**" not in text


def test_numbers_that_are_doubles_look_like_them() -> None:
    assert "'x': 1.0," in written("x + y", "python")
    assert "return 5.0, {}" in written("5", "python")


def test_numpy_takes_scipys_functions_where_it_can() -> None:
    text = written("erf(x)", "numpy")
    assert "from scipy.special import erf as _erf" in text
    blocked = "import sys; sys.modules['scipy.special'] = None\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{blocked}{text}\nprint(value_and_gradient(0.5)[0])"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert float(done.stdout) == pytest.approx(0.5204998778130465, rel=1e-15)


# the function ----------------------------------------------------------------------------------


@pytest.mark.parametrize("target", TARGETS)
def test_the_function_or_the_value_is_called_as_asked(target: str) -> None:
    text = written("c = w*x; c^2", target, "--name", "price")
    called = {
        "python": "def price(", "numpy": "def price(", "jax": "def price(", "torch": "def price(",
        "c": "double price(", "rust": "pub fn price(", "julia": "function price(",
        "js": "function price(",
        "sympy": "price = ", "latex": r"\mathit{price} &= ", "sql": '"price" := ',
    }  # fmt: skip
    assert called[target] in text


@pytest.mark.parametrize("target", EXECUTED)
@pytest.mark.parametrize("name", ["x", "two words", "1st", ""])
def test_a_name_that_cannot_be_one_is_refused(name: str, target: str) -> None:
    if not name:
        assert written("x^2", target, "--name", "") == written("x^2", target)
        return
    run = autograd("diff", "x^2", "--to", target, "--name", name)
    assert (run.status, run.out) == (2, "")
    assert name in run.err


def test_a_keyword_is_no_name_of_a_function() -> None:
    for target, name in (("python", "lambda"), ("c", "double"), ("rust", "fn"), ("julia", "end")):
        with pytest.raises(ProgramError, match="cannot be a name"):
            code("x^2", target, function=name)


def test_what_is_differentiated_by_comes_before_the_data() -> None:
    program = "w = 0.5; b = 0; sigmoid(w*x + b)*k"
    assert "f(x, k, w=0.5, b=0.0)" in written(program, "python", "--name", "f")
    run = autograd("diff", program, "--to", "python", "--name", "f", "--wrt", "b,w")
    assert "def f(b, w, x, k):" in run.out
    assert "# w: 0.5 in the program" in run.out
    text = written(program, "c", "--name", "f", "--wrt", "b,w")
    assert "f(double b, double w, double x, double k, double gradient[2])" in text
    text = written("w = 0.5; x = 1; w*x", "python", "--name", "f", "--wrt", "w")
    assert "f(w=0.5, x=1.0)" in text


# SQL has the policy ----------------------------------------------------------------------------


def test_sql_has_the_policys_slopes_at_every_edge_but_two() -> None:
    """Where `eval` is nan and the value is too, a slope may be what its formula says."""
    differ, asked = [], 0
    for row in OPERATORS.values():
        for edge in row.edges:
            fixed = {*edge.constant, *row.fixed}
            point = [x for n, x in enumerate(edge.at) if n not in fixed]
            if not point or not all(abs(edge.at[n]) < 1e300 for n in fixed):
                continue
            free = iter(range(len(point)))
            words = [f"({x!r})" if n in fixed else f"x{next(free)}" for n, x in enumerate(edge.at)]
            if row.function:
                program = f"{row.spelling}({', '.join(words)})"
            else:
                program = f" {row.infix} ".join(words) if len(words) > 1 else row.infix + words[0]
            try:
                text = code(program, "sql", inputs=[f"x{n}" for n in range(len(point))])
            except ProgramError:  # gamma's kin
                continue
            asked += 1
            (got,) = TABLES["sql"](text, [point])
            slopes = [s or 0.0 for n, s in enumerate(edge.partials) if n not in fixed]
            wanted = [edge.value, *slopes]
            if not all(map(_same, map(float, got), wanted)):
                differ.append(program)
    assert differ == ["mod(x0, x1)", "max(x0, x1)"]
    assert asked > 120


def _same(got: float, wanted: float) -> bool:
    if isnan(wanted) or isinf(wanted):
        return got == wanted or (isnan(got) and isnan(wanted))
    return abs(got - wanted) <= 1e-12 * max(1.0, abs(wanted))


def test_sql_options_are_refused_elsewhere() -> None:
    for words in (("--table", "t"), ("--dialect", "sqlite")):
        run = autograd("diff", "x^2", "--to", "python", *words)
        assert run.status == 2
        assert "is for SQL" in run.err
    assert autograd("diff", "x^2", "--to", "sql", "--dialect", "oracle").status == 2
