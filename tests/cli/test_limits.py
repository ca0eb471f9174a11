"""Small inputs that ask for long runs: what is too large is refused by name, with a way on."""

from __future__ import annotations

import json
import resource

import pytest
from support_cli import Run, autograd, hint

NAMES = [f"a{n}" for n in range(120)]
POINT = [word for name in NAMES for word in ("--set", f"{name}=1")]
SQUARES = "+".join(f"{name}^2" for name in NAMES)


def refused(run: Run, *, message: str, way: str) -> None:
    """Assert that a run was refused for its size, with a hint."""
    assert (run.status, run.out) == (2, "")
    assert message in run.err
    assert way in hint(run)


def quick(*words: str, seconds: float = 5.0) -> Run:
    """A run that takes less processor time than that."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    run = autograd(*words)
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert after.ru_utime - before.ru_utime < seconds
    return run


# -- second derivatives as numbers ---------------------------------------------------------------


def test_eigenvalues_of_more_than_100_inputs_are_given_on_request() -> None:
    words = ["eval", SQUARES, *POINT, "--hessian"]
    plain = json.loads(autograd(*words, "--format", "json").out)["hessian"]
    asked = json.loads(autograd(*words, "--eigenvalues", "--format", "json").out)["hessian"]
    assert plain["eigenvalues"] is None
    assert plain["shape"] is None
    assert asked["eigenvalues"] == [2.0] * len(NAMES)
    assert asked["shape"] == "bowl: it curves up in every direction"
    assert asked["matrix"] == plain["matrix"]
    drawn = autograd(*words, "--format", "table").out
    assert "--eigenvalues works them out" in " ".join(drawn.split())
    assert "(eigenvalues 2 to 2)" in autograd(*words, "--eigenvalues", "--format", "table").out


def test_eigenvalues_need_a_hessian_and_a_format_that_has_them() -> None:
    words = ["eval", SQUARES, *POINT, "--eigenvalues"]
    refused(autograd(*words), message="--eigenvalues needs --hessian", way="add --hessian")
    for form in ("csv", "tsv", "markdown"):
        run = autograd(*words, "--hessian", "--format", form)
        refused(run, message="--eigenvalues has no place", way="--format json")


def test_hessians_over_the_limit_of_nodes_are_refused() -> None:
    words = ["eval", SQUARES, *POINT, "--hessian", "--max-nodes", "10000"]
    refused(autograd(*words), message="14,400 entries", way="--wrt")
    words = ["eval", f"prod({','.join(NAMES)})", *POINT, "--hessian", "--max-nodes", "14450"]
    refused(autograd(*words), message="more than 14,450 steps", way="--max-nodes")
    assert autograd(*words, "--wrt", "a1,a2").status == 0


# -- derivatives as text -------------------------------------------------------------------------


def test_second_derivatives_of_a_long_sum_are_written_quickly() -> None:
    names = [f"a{n}" for n in range(600)]
    run = quick("diff", "+".join(names), "--order", "2")
    assert run.lines == ["0"] * (600 * 601 // 2)
    refused(
        autograd("diff", "+".join(names), "--order", "2", "--max-nodes", "180000"),
        message="there are more than 180,000 of them",
        way="--wrt",
    )


def test_second_derivatives_with_far_more_operations_than_the_program_are_refused() -> None:
    product = "*".join(f"a{n}" for n in range(400))
    run = quick("diff", product, "--hessian")
    refused(run, message="they have more than 50,000 operations", way="eval --hessian")
    assert autograd("diff", product, "--hessian", "--wrt", "a1,a2").status == 0


def test_many_second_derivatives_are_drawn_in_part() -> None:
    run = autograd(
        "diff", "+".join(f"a{n}" for n in range(150)), "--order", "2", "--format", "table"
    )
    assert sum(line.startswith("∂²f/") for line in run.lines) == 10_000
    assert "10,000 of 11,325 second derivatives are shown" in run.out


def test_lines_that_repeat_their_steps_are_refused_where_one_graph_is_not() -> None:
    names = [f"a{n}" for n in range(300)]
    words = ["diff", "*".join(names), "--max-nodes", "5000"]
    refused(autograd(*words), message="the derivatives as programs", way="--format json")
    found = json.loads(autograd(*words, "--format", "json").out)
    assert len(found["derivatives"]) == len(names)
    assert autograd(*words, "--wrt", "a1,a2").status == 0


# -- exact numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "program",
    [
        "x*(((3^64)^64)^64)^4",
        "x*" + "(" * 60 + "1/3" + "^2 + 1/7)" * 60,
        "f(t) = t^64; x*" + "f(" * 200 + "1.1" + ")" * 200,
        "f(t) = t*t + t/7; x*" + "f(" * 16 + "1/3" + ")" * 16,
        "x*" + "*".join(["1e300"] * 1000),
        "x*1e300^1e5*gamma(1e8)",
        "x*0." + "3" * 9000,
        "√" * 2000 + "x",
    ],
)
def test_numbers_of_many_digits_take_no_time(program: str) -> None:
    assert quick("diff", program).status == 0
    assert quick("explain", program, "--x=0.5").status in (0, 1)


def test_long_decimals_have_the_digits_of_a_double() -> None:
    assert autograd("diff", "x*0." + "5" * 3000).out == f"{5 / 9!r}\n"


@pytest.mark.parametrize("program", ["polygamma(999, x)", "spherical_jn(500, x)", "gamma(1e8)*x"])
def test_special_functions_of_high_order_take_no_time(program: str) -> None:
    for words in (["eval", program, "--x=1.5", "--hessian"], ["diff", program]):
        assert quick(*words, seconds=2.0).status in (0, 1)


# -- texts ---------------------------------------------------------------------------------------


def test_a_letter_has_a_largest_number_of_marks() -> None:
    run = quick("eval", "x" + "\u0300\u0316" * 5000, seconds=1.0)
    refused(run, message="more than 30 accents and marks", way="remove them")


def test_names_of_thousands_of_letters_are_unknown_at_once() -> None:
    assert quick("eval", "a" * 64_000 + "(2)", seconds=1.0).status == 2
    parameters = ", ".join(f"p{n}" for n in range(20_000))
    assert quick("eval", f"f({parameters}) = 1; f(2)", seconds=2.0).status == 2


@pytest.mark.parametrize("target", ["python", "c", "numpy"])
def test_code_of_choices_within_choices_has_a_largest_length(target: str) -> None:
    program = "".join(f"where(x > {n}, {n}*x, " for n in range(1000)) + "x" + ")" * 1000
    run = quick("diff", program, "--to", target, seconds=10.0)
    refused(run, message="far longer than the program", way="--format json")
