"""Each command's work is one line of Python, and comes to the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support_cli import SAMPLES, autograd

import autograd_cli as ag
from autograd_cli.clicked import cli
from autograd_cli.formats import to_json
from autograd_graph.descent.descent import Plan
from autograd_graph.export import TARGETS

COST = "c = w*x; J = 1/2*(c + b - y)^2"
AT = {"w": 2, "x": -2, "b": 8, "y": 2}
GIVEN = [f"--{name}={value}" for name, value in AT.items()]
LINE = str(SAMPLES / "fit" / "line.csv")

LINE = str(SAMPLES / "tables" / "line.csv")

CASES: dict[str, tuple[list[str], Callable[[ag.Function], Any]]] = {
    "eval": ([*GIVEN], lambda f: f(AT)),
    "eval --hessian --along": (
        [*GIVEN, "--hessian", "--along", "w=1,x=-2"],
        lambda f: f.at(AT).evaluate(hessian=True, along={"w": 1, "x": -2}),
    ),
    "eval --of --wrt": (
        [*GIVEN, "--of", "c", "--wrt", "x"],
        lambda f: ag.compile(f.text, of="c", wrt=["x"])(AT),
    ),
    "eval --data --reduce": (
        ["--w=2", "--b=1", "--data", LINE, "--reduce", "mean"],
        lambda f: f.at(w=2, b=1).total(LINE, reduce="mean"),
    ),
    "explain": ([*GIVEN], lambda f: f.at(AT).explain()),
    "explain --rules --nudge": (
        [*GIVEN, "--rules", "--nudge", "w=0.1", "--by", "operation"],
        lambda f: f.at(AT).explain(rules=True, nudges={"w": 0.1}, by="operation"),
    ),
    "graph": ([], lambda f: f.graph()),
    "graph --grad": (
        [*GIVEN, "--grad", "--by", "operation"],
        lambda f: f.at(AT).graph(gradients=True, by="operation"),
    ),
    "explain --along --seed": (
        ["--seed", "3", "--along", "w=1"], lambda f: f.friendly(3).explain(along={"w": 1.0}),
    ),
    "graph --edges --share": (
        [*GIVEN, "--edges", "--share"], lambda f: f.at(AT).graph(edges=True, share=True),
    ),
    "plot": (
        [*GIVEN[:1], *GIVEN[2:], "--x=-1:2"],
        lambda f: f.at({n: v for n, v in AT.items() if n != "x"}).plot({"x": (-1, 2)}),
    ),
    "plot --from": (
        ["--x=-2", "--y=2", "--w=-3:3", "--b=-1:9", "--from", "w=1", "--from", "b=2",
         "--lr", "0.1"],
        lambda f: f.at(AT).plot({"w": (-3, 3), "b": (-1, 9)}, start={"w": 1, "b": 2},
                                plan=Plan(rate=0.1, steps=100, until=1e-6)),
    ),
    "diff": ([], lambda f: f.derivatives()),
    "diff --order 2 --cse": (
        ["--x=3", "--order", "2", "--cse"],
        lambda f: f.at(x=3).derivatives(order=2, steps=True),
    ),
    "flow": (
        [*GIVEN, "--clip", "1", "--threshold", "0.01"],
        lambda f: f.at(AT).flow(clip=1.0, threshold=0.01),
    ),
    "cost": ([], lambda f: f.cost()),
    "descend": (
        [*GIVEN, "--wrt", "w,b", "--lr", "0.05", "--steps", "20", "--method", "adam"],
        lambda f: f.at(AT).by("w", "b").descend(lr=0.05, steps=20, method="adam"),
    ),
    "descend --hold": (
        [*GIVEN, "--wrt", "w,b", "--hold", "b", "--method", "newton"],
        lambda f: f.at(AT).by("w", "b").descend(hold=["b"], method="newton"),
    ),
    "fit": ([LINE, "--wrt", "w,b"], lambda f: f.by("w", "b").fit(LINE)),
    "fit --target": (
        [LINE, "--target", "y", "--of", "c", "--start", "w=2", "--bounds", "w=:2.5"],
        lambda f: ag.compile(f.text, of="c").fit(
            LINE, target="y", start={"w": 2}, bounds={"w": (None, 2.5)}
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_line_of_python_gives_what_the_command_gives(case: str) -> None:
    words, line = CASES[case]
    run = autograd(case.split()[0], COST, *words, "--format", "json")
    assert run.status == 0, run.err
    assert json.loads(to_json(line(ag.compile(COST)).as_object())) == json.loads(run.out)


@pytest.mark.parametrize("case", CASES)
def test_what_python_prints_is_what_a_terminal_shows(case: str) -> None:
    words, line = CASES[case]
    run = autograd(case.split()[0], COST, *words, "--format", "table", "--color", "never")
    shown = "\n".join(text.rstrip() for text in run.out.rstrip("\n").split("\n"))
    report = line(ag.compile(COST))
    assert str(report) == shown


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("order", [1, 2])
def test_code_is_the_same(target: str, order: int) -> None:
    run = autograd("diff", COST, "--to", target, "--order", str(order))
    assert ag.compile(COST).to(target, order=order) == run.out


def test_every_command_about_one_program_has_its_line() -> None:
    others = {"batch", "map", "page", "functions", "samples", "schema", "man", "completion"}
    assert {case.split()[0] for case in CASES} == set(cli.list_commands(None)) - others  # type: ignore[arg-type]
