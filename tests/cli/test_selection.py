"""``--of``, ``--wrt`` and ``--get``: parts of a result."""

from __future__ import annotations

import json

import pytest
from support_cli import autograd, hint

CELL = "c = w*x; a = c + b; J = a^2"
POINT = ["--w=2", "--x=-2", "--b=8"]  # c = -4, a = 4, J = 16


def get(path: str, *words: str) -> str:
    run = autograd("eval", CELL, *POINT, *words, "--get", path)
    assert (run.status, run.err) == (0, "")
    assert run.out.endswith("\n")
    return run.out[:-1]


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("value", "16.0"),
        ("grad.w", "-16.0"),
        ("grad.x", "16.0"),
        ("grad.b", "8.0"),
        ("node.c.value", "-4.0"),
        ("node.c.gradient", "8.0"),
        ("node.c.grad", "8.0"),
        ("node.J.gradient", "1.0"),
        ("node.w.value", "2.0"),
        ("node.2.value", "-4.0"),
    ],
)
def test_get_prints_that_one_number(path: str, number: str) -> None:
    assert get(path) == number


def test_get_means_the_newest_binding_and_earlier_ones_by_number() -> None:
    program = "c = x; c += 1; c *= 10; c^2"
    for path, number in [("c", "30.0"), ("c#1", "2.0"), ("c#2", "3.0")]:
        run = autograd("eval", program, "--x=2", "--get", f"node.{path}.value")
        assert run.out == number + "\n"


def test_get_of_an_unnamed_node_takes_the_label_of_the_table() -> None:
    run = autograd("eval", "(x + 1)*y", "--x=2", "--y=5", "--get", "node.v1.gradient")
    assert run.out == "5.0\n"


@pytest.mark.parametrize(
    "path",
    [
        *("", "grad.", "grad.c", "grad.nope", "values", "w"),
        *("node", "node.c", "node.c.size", "node..value", "node.nope.value", "node.99.value"),
    ],
)
def test_get_of_what_is_not_there_names_what_is(path: str) -> None:
    run = autograd("eval", CELL, *POINT, f"--get={path}")
    assert (run.status, run.out) == (2, "")
    assert f"--get finds no {path!r}" in run.err
    assert "grad.w, grad.x, grad.b" in hint(run)


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("v1", "node.v1.value"),
        ("node.v1", "node.v1.value"),
        ("node.4", "node.4.value"),
        ("c", "node.c.value"),
        ("w", "grad.w or node.w.value"),
        ("grad.c", "node.c.gradient"),
        ("f", "node.f.value"),
    ],
)
def test_get_of_a_name_alone_is_answered_with_its_paths(path: str, meant: str) -> None:
    words = ["eval", "c = w*x; (c + 1)*c", "--w=2", "--x=3", "--get"]
    run = autograd(*words, path)
    assert (run.status, run.out) == (2, "")
    assert hint(run).startswith(f"did you mean {meant}? there are value, ")
    for answer in meant.split(" or "):
        found = autograd(*words, answer)
        assert (found.status, found.err) == (0, "")


def test_get_knows_an_unnamed_output_by_the_name_on_the_screen() -> None:
    run = autograd("eval", "x^2", "--x=3", "--get", "node.f.value,node.f.gradient")
    assert run.out == "9.0\t1.0\n"
    run = autograd("eval", "f = 2*x; x^2", "--x=3", "--get", "node.f.value")
    assert run.out == "6.0\n"


def test_get_prints_nothing_rather_than_an_empty_line_where_there_is_no_number() -> None:
    run = autograd("eval", "const k = 3; k*x", "--x=1", "--get", "node.k.gradient")
    assert (run.status, run.out) == (2, "")
    assert "k has no gradient" in run.err
    run = autograd("eval", "x; y", "--y=1", "--get", "node.x.value")
    assert (run.status, run.out) == (2, "")


def test_get_ends_with_1_where_the_output_is_nan_and_prints_it() -> None:
    run = autograd("eval", "log(x)", "--x=-1", "--get", "value")
    assert (run.status, run.out) == (1, "nan\n")


def test_of_differentiates_another_named_node() -> None:
    assert get("value", "--of", "a") == "4.0"
    assert get("grad.w", "--of", "a") == "-2.0"
    assert get("grad.b", "--of", "c") == "0.0"
    assert get("grad.w", "--of", "w") == "1.0"


def test_of_means_the_newest_binding() -> None:
    run = autograd("eval", "c = x; c = 3*c; c = 5*c; x", "--x=1", "--of", "c", "--get", "grad.x")
    assert run.out == "15.0\n"


def test_of_needs_only_the_inputs_under_it() -> None:
    run = autograd("eval", CELL, "--w=1", "--x=1", "--of", "c", "--get", "value")
    assert (run.status, run.out) == (0, "1.0\n")


def test_of_an_unknown_name_is_suggested() -> None:
    run = autograd("eval", "total = x; total^2", "--x=1", "--of", "totl")
    assert run.status == 2
    assert "did you mean total?" in run.err


def test_wrt_limits_the_inputs_that_are_reported() -> None:
    run = autograd("eval", CELL, *POINT, "--wrt", "b, w", "--format", "json")
    assert list(json.loads(run.out)["gradients"]) == ["b", "w"]
    run = autograd("eval", CELL, *POINT, "--wrt", "b", "--format", "table")
    assert "raising w" not in run.out
    assert "raising b raises" in run.out


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ("c", "'c' is not an input"),
        ("q", "no input 'q'"),
        ("w,q", "no input 'q'"),
        ("", "no input ''"),
        ("w,", "no input ''"),
    ],
)
def test_wrt_names_inputs_only(names: str, says: str) -> None:
    run = autograd("eval", CELL, *POINT, "--wrt", names)
    assert (run.status, run.out) == (2, "")
    assert says in run.err


def test_gradient_gone_wrong_counts_only_if_it_is_reported() -> None:
    program = ["x^y + 0*z", "--x=-2", "--y=2", "--z=1"]
    assert autograd("eval", *program).status == 1
    assert autograd("eval", *program, "--wrt", "x").status == 0
