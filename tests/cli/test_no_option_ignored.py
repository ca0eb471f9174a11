"""No option is ever ignored: whatever else is asked for, it shows, or it is refused by name.

The commands, their options, formats and targets are taken from the commands themselves. What the
table below adds is a value for each option and a program on which it must matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import click
import pytest
from support_cli import Run, autograd

from autograd_cli.clicked import cli
from autograd_cli.commands import NAMES as COMMANDS
from autograd_cli.formats import WITH_HEADER, WRITERS
from autograd_cli.stream import workers
from autograd_graph.export import TARGETS

DRAWN = frozenset({"table"})
EXPRESSIONS = DRAWN | {*WRITERS, "lines"}
PICTURES = frozenset({"svg", "png", "html"})
NOTATIONS = frozenset({"dot", "mermaid"})
GRAPHS = PICTURES | NOTATIONS
HANDOUTS = frozenset({"latex", "html", "--to markdown"})
ROWS = frozenset(WITH_HEADER)
ANY = frozenset({"any"})


@dataclass(frozen=True)
class Case:
    """An option with a value, after words with which it must matter.

    ``shows`` names the formats, targets and methods where it is honoured, and where it is not
    among them it has to be refused. ``stops`` is for an option that shows by refusing the program.
    """

    option: str
    words: str
    shows: frozenset[str] = ANY
    stdin: str = ""
    stops: bool = False
    but: frozenset[str] = frozenset()


POINT = "--x=2 --w=3"
PROGRAM = f"c=w*x;c^2+x {POINT}"
DRAWN_ONLY = {"shows": DRAWN}
SLIP = "xy*x+y --x=2 --y=3 --xy=6"
"""A name that looks like a product is noted."""

SHARED = [
    Case("--file program.expr", ""),
    Case("--set k=3", f"k=1;c=k*w*x;c^2+x {POINT}"),
    Case("--vars values.json", f"k=1;c=k*w*x;c^2+x {POINT}"),
    Case("--of c", PROGRAM),
    Case("--wrt w", PROGRAM),
    Case("--max-nodes 3", PROGRAM, stops=True),
    Case("--color always", f"xy*x+xy {POINT} --xy=3"),
    Case("--quiet", SLIP),
    Case("--no-header", PROGRAM, ROWS),
]
LOOKS = [
    Case("--precision 3", f"x/3*w {POINT}", DRAWN),
    Case("--ascii", PROGRAM, DRAWN),
]


def without(cases: list[Case], *options: str) -> list[Case]:
    """The cases of other options."""
    return [case for case in cases if case.option.split()[0] not in options]


RANGE = "--w=3 --x=-1:2"
PLOTTED = f"c=w*x;c^2+x {RANGE}"
MANY = "+".join(f"x{k}*w" for k in range(60)) + " " + " ".join(f"--x{k}=1" for k in range(60))
LARGE = "+".join(f"x{k}^2" for k in range(101)) + " " + " ".join(f"--x{k}=1" for k in range(101))
DESCENT = "w=3;b=2;(w-1)^2+(b-1)^4"
ONE = {"count": 1, "sum": "0x3p1", "special": []}
SUMS = {"schema": "autograd.partial/1", "program": "x*w", "output": 2, "at": {"w": 2.0}, "rows": 1,
        "missing": 0, "awkward": {}, "value": ONE, "gradients": {"w": ONE}}  # fmt: skip
TABLE = "x,y\n1,2\n3,4\n"
OVER_ROWS = "a=1;(a*x-y)^2 --steps 2 --lr 0.01"
FIT = "a*x+b points.csv --target y"
LINES = "x^2\nlog(x)\n"
LAYERS = "a=tanh(3*w*x);b=tanh(a);c=tanh(b);c^2"

CASES: dict[str, list[Case]] = {
    "eval": [
        *without(SHARED, "--wrt"),
        Case("--wrt x", "x^y+0*z --x=-2 --y=2 --z=1"),
        *LOOKS,
        Case("--format json", PROGRAM),
        Case("--get grad.w", PROGRAM),
        Case("--hessian", PROGRAM, but=frozenset({"--get"})),
        Case("--eigenvalues", f"{LARGE} --hessian", frozenset({"table", "json", "jsonl"}),
             but=frozenset({"--get"})),
        Case("--along x=1", PROGRAM, but=frozenset({"--get"})),
        Case("--all", f"{MANY} --w=1", **DRAWN_ONLY),
        Case("--strict", "1/x --x=0"),
        *(replace(case, stdin=TABLE, but=frozenset({"--hessian"})) for case in [
            Case("--data -", "x*y*w --w=1 --reduce sum"),
            Case("--reduce mean", "x*w --w=2 --data -"),
            Case("--partial part.json", "x*w --w=2 --data - --reduce sum"),
            Case("--rename x=y", "x*w --w=2 --data - --reduce sum"),
            Case("--missing 3", "x*w --w=2 --data - --reduce sum"),
            Case("--on dask://localhost:1", "x*w --w=2 --data - --reduce sum", stops=True),
        ]),
        *(replace(case, words="x*w --w=2 --data - --reduce sum", but=frozenset({"--hessian"}))
          for case in [
            Case("--from jsonl", "", stdin='{"x": 3}\n'),
            Case("--delimiter ;", "", stdin="x,y;x\n1,2;3\n"),
        ]),
        Case("--merge sums.json", "x*w --reduce sum", but=frozenset({"--hessian"})),
    ],
    "explain": [
        *SHARED,
        Case("--precision 3", f"x/3*w {POINT}", DRAWN | HANDOUTS),
        Case("--ascii", PROGRAM, DRAWN),
        Case("--format json", PROGRAM),
        Case("--by operation", "c=w*x+1;c^2+x " + POINT),
        Case("--rules", PROGRAM),
        Case("--nudge x=0.1", PROGRAM),
        Case("--along x=1", PROGRAM),
        Case("--seed 2", "c=w*x;c^2+x"),
        Case("--to latex", PROGRAM),
        Case("--blank", PROGRAM, HANDOUTS),
        Case("--key key.txt", f"{PROGRAM} --blank", HANDOUTS),
        Case("--output handout.txt", PROGRAM, HANDOUTS),
        Case("--all", f"{MANY} --w=1", DRAWN | HANDOUTS),
    ],
    "diff": [
        *without(SHARED, "--of", "--quiet"),
        Case("--of c", "c=w*x;c^2+x"),
        Case("--quiet", "xy*x+y"),
        Case("--ascii", "w*x", DRAWN),
        Case("--format csv", PROGRAM),
        Case("--order 2", "x^2*w"),
        Case("--hessian", "x^2*w"),
        Case("--cse", "sin(x*w)*cos(x*w)*exp(x*w)", EXPRESSIONS),
        Case("--to python", "x^2*w"),
        Case("--name price", "x^2*w", frozenset(TARGETS)),
        Case("--table prices", "x^2*w", frozenset({"sql"})),
        Case("--dialect sqlite", "x^2*w", frozenset({"sql"})),
    ],
    "graph": [
        Case("--seed 3", "a=w*x;a*a"),
        *without(SHARED, "--wrt"),
        Case("--wrt w", f"{PROGRAM} --grad"),
        Case("--precision 3", f"x/3*w {POINT}", DRAWN | GRAPHS),
        Case("--ascii", PROGRAM, DRAWN | {"dot", "mermaid"}),
        Case("--format json", PROGRAM),
        Case("--grad", PROGRAM),
        Case("--edges", PROGRAM),
        Case("--share", f"sin(x*w)*cos(x*w) {POINT} --by operation"),
        Case("--all", f"max({','.join(f'x+{n}' for n in range(200))})", DRAWN | PICTURES),
        Case("--output graph.out", PROGRAM, GRAPHS),
        Case("--by operation", PROGRAM),
        Case("--to dot", PROGRAM),
    ],
    "page": [
        *without(SHARED, "--no-header"),
        Case("--output page.html", PROGRAM),
        Case("--title Slopes", PROGRAM),
        Case("--steps", PROGRAM),
        Case("--embed", PROGRAM),
        Case("--seed 3", "a=w*x;a*a"),
        Case("--by operation", PROGRAM),
        Case("--precision 3", f"x/3*w {POINT}"),
    ],
    "flow": [
        *without(SHARED, "--wrt"),
        Case("--wrt w", f"{LAYERS} {POINT} --clip 1e-20"),
        Case("--precision 3", f"a=w/7;b=a*x;b^2 {POINT}", DRAWN),
        Case("--ascii", PROGRAM, DRAWN),
        Case("--format json", PROGRAM),
        Case("--by operation", f"{LAYERS} {POINT}"),
        Case("--threshold 0.9", f"{LAYERS} --x=0.4 --w=0.5"),
        Case("--clip 1e-20", f"{LAYERS} {POINT}"),
        Case("--all", f"h=x*w;{'h=h*1.01;' * 150}h {POINT}", **DRAWN_ONLY),
    ],
    "cost": [
        *without(SHARED, "--set", "--vars"),
        Case("--set x=3", "x^2 --measure"),
        Case("--vars values.json", "k^2 --measure"),
        Case("--ascii", PROGRAM, DRAWN),
        Case("--format json", PROGRAM),
        Case("--measure", PROGRAM),
    ],
    "descend": [
        *without(SHARED, "--of", "--wrt", "--color", "--vars", "--set", "--max-nodes", "--quiet",
                 "--no-header"),
        Case("--quiet", "w=1;(w-xy*x*y)^2 --x=2 --y=3 --xy=6"),
        Case("--no-header", DESCENT, ROWS),
        Case("--max-nodes 3", DESCENT, stops=True),
        Case("--set w=5", DESCENT),
        Case("--vars values.json", "k=1;(k-7)^4"),
        Case("--of c", "w=3;c=(w-1)^2;c^2"),
        Case("--wrt w", DESCENT),
        Case("--color always", "w=1;xy=2;(w-xy)^2 --x=1"),
        Case("--precision 3", "w=1/3;(w-1/7)^2", DRAWN),
        Case("--ascii", DESCENT, DRAWN),
        Case("--format csv", DESCENT),
        Case("--method adam", DESCENT),
        Case("--lr 0.001", f"{DESCENT} --steps 2"),
        Case("--steps 1", DESCENT),
        Case("--until 1", DESCENT),
        Case("--momentum 0.5", f"{DESCENT} --method momentum --steps 3 --lr 0.01"),
        Case("--clip 0.1", f"{DESCENT} --steps 2 --lr 0.1"),
        Case("--maximize", "w=3;sin(w)"),
        Case("--strict", f"{DESCENT} --steps 3 --lr 0.01"),
        Case("--line-search", f"{DESCENT} --steps 3 --lr 5"),
        Case("--hold b", DESCENT),
        Case("--flow", DESCENT, frozenset({"table", "jsonl"})),
        Case("--save saved.json", DESCENT),
        Case("--data points.csv", "a=1;x=1;y=2;(a*x-y)^2"),
        Case("--batch-size 2", f"{OVER_ROWS} --data points.csv"),
        Case("--seed 5", f"{OVER_ROWS} --data points.csv --batch-size 1"),
        Case("--from tsv", f"{OVER_ROWS} --data tabs"),
        Case("--delimiter ;", f"{OVER_ROWS} --data semicolons.csv"),
        Case("--rename x=z", f"{OVER_ROWS} --data points.csv"),
        Case("--missing 3", f"{OVER_ROWS} --data points.csv"),
    ],
    "plot": [
        Case("--file program.expr", "--x=-1:2"),
        Case("--of c", PLOTTED),
        Case("--max-nodes 3", PLOTTED, stops=True),
        Case("--color always", "xy*x+y --x=-1:2 --y=3 --xy=6"),
        Case("--quiet", "xy*x+y --x=-1:2 --y=3 --xy=6"),
        Case("--no-header", PLOTTED, ROWS),
        Case("--wrt x", PLOTTED, frozenset()),
        Case("--set k=3", f"k=1;c=k*x*w;c^2+x {RANGE}"),
        Case("--vars values.json", f"k=1;c=k*x*w;c^2+x {RANGE}"),
        Case("--ascii", PLOTTED, DRAWN),
        Case("--format json", PLOTTED),
        Case("--from x=1.5", PLOTTED),
        Case("--method adam", f"{PLOTTED} --from x=1.5"),
        Case("--lr 0.001", f"{PLOTTED} --from x=1.5"),
        Case("--steps 1", f"{PLOTTED} --from x=1.5"),
        Case("--to svg", PLOTTED),
        Case("--output plot.out", PLOTTED, PICTURES),
    ],
    "batch": [
        Case("--set x=3", "--wrt x", stdin="x^2\n"),
        Case("--vars values.json", "--wrt k", stdin="k^2\n"),
        Case("--of c", "--x=2 --wrt x", stdin="c=x^2;c^2\n"),
        Case("--wrt w", "--x=2 --w=2", stdin="x*w\n"),
        Case("--max-nodes 2", "--x=2 --wrt x", stdin="x+x+x+x\n"),
        Case("--nodes", "--x=2 --wrt x", frozenset({"json", "jsonl"}), stdin=LINES),
        Case("--whole", "lines.txt --x=2 --wrt x"),
        Case("--strict", "--x=0 --wrt x", stdin="1/x\n"),
        Case("--fail-fast", "--x=2 --wrt x", stdin="x^\nx^2\n"),
        Case("--jobs 2", "--x=2 --wrt x", stdin=LINES),
        Case("--timeout 0.0001", "--x=2 --wrt x", stdin="+".join(["x"] * 20_000)),
        Case("--max-line 3", "--x=2 --wrt x", stdin=LINES),
        Case("--output results", "--x=2 --wrt x", stdin=LINES),
        Case("--format csv", "--x=2 --wrt x", stdin=LINES),
        Case("--precision 3", "--x=1 --wrt x", DRAWN, stdin="x/3\n"),
        Case("--color always", "--x=1 --q=1 --wrt x", stdin="x/3\n"),
        Case("--ascii", "--x=1 --wrt x", DRAWN, stdin="x/3\n"),
        Case("--quiet", "--x=1 --wrt x", stdin="x^\n"),
        Case("--no-header", "--x=1 --wrt x", ROWS, stdin="x/3\n"),
    ],
    "map": [
        *(replace(case, stdin=TABLE) for case in [
            *without(SHARED, "--wrt", "--of", "--set", "--vars", "--no-header", "--max-nodes",
                     "--quiet", "--color", "--file"),
            Case("--file program.expr", ""),
            Case("--set k=3", "k=1;k*x"),
            Case("--vars values.json", "k=1;k*x"),
            Case("--of c", "c=x^2;c^2"),
            Case("--wrt y", "x*y"),
            Case("--max-nodes 3", "x*x*x*x", stops=True),
            Case("--color always", "xy*x+y --xy=6"),
            Case("--quiet", "xy*x+y --xy=6"),
            Case("--no-header", "x*y", ROWS),
            Case("--precision 3", "x/7", DRAWN),
            Case("--ascii", "x*y", DRAWN),
            Case("--format json", "x*y"),
            Case("--rename x=y", "x*y"),
            Case("--missing 3", "x*y"),
            Case("--status", "x*y"),
            Case("--only", "x*y"),
            Case("--keep y", "x*y"),
            Case("--prefix f_", "x*y"),
            Case("--strict", "1/(x-1)"),
            Case("--where-status odd.csv", "1/(x-1)"),
            Case("--on dask://localhost:1", "x", stops=True),
            Case("--output results.csv", "x*y", frozenset({"any"}), but=DRAWN),
        ]),
        Case("--from jsonl", "x", stdin='{"x": 1}\n'),
        Case("--delimiter ;", "x", stdin="x,y;x\n1,2;3\n"),
    ],
    "fit": [
        Case("--file program.expr", "points.csv --target y"),
        Case("--set a=3", f"{FIT} --hold a"),
        Case("--vars values.json", "k*x+b points.csv --target y --hold k"),
        Case("--of c", "c=a*x;c^2 points.csv --target y"),
        Case("--wrt a", "a=1;b=2;a*x+b points.csv --target y"),
        Case("--max-nodes 3", FIT, stops=True),
        Case("--color always", "a*xy*x+y points.csv --target y --start xy=1"),
        Case("--quiet", "a*xy*x+0*y points.csv --target z --start xy=2 --hold xy"),
        Case("--no-header", FIT, ROWS),
        Case("--precision 3", FIT, DRAWN),
        Case("--ascii", FIT, DRAWN),
        Case("--format json", FIT),
        Case("--from tsv", FIT.replace("points.csv", "tabs")),
        Case("--delimiter ;", FIT.replace("points", "semicolons")),
        Case("--rename x=z", FIT),
        Case("--missing 3", FIT),
        Case("--target z", "cosh(a*x) points.csv"),
        Case("--start a=3", f"{FIT} --hold a"),
        Case("--bounds a=0:1", FIT),
        Case("--hold a", f"{FIT} --start a=2"),
        Case("--steps 1", "a*exp(k*x) points.csv --target y"),
        Case("--on nowhere", FIT, stops=True),
        Case("--predict fitted.csv", FIT),
        Case("--prefix f_", f"{FIT} --predict fitted.csv"),
        Case("--save saved.json", FIT),
    ],
    "functions": [
        Case("--format json", "tanh"),
        Case("--color always", "nosuch"),
        Case("--ascii", "tanh", DRAWN),
        Case("--no-header", "tanh", ROWS),
    ],
    "samples": [
        Case("--format json", ""),
        Case("--color always", "nosuch"),
        Case("--ascii", "", DRAWN),
        Case("--no-header", "", ROWS),
    ],
    "schema": [],
    "man": [],
    "completion": [],
}  # fmt: skip

CHOOSING = ("--format", "--to", "--get")
"""The options that choose what comes out: every other one is met with each of their values."""


def command(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return found


def options(name: str) -> dict[str, click.Option]:
    """A command's options by their long names."""
    return {p.opts[-1]: p for p in command(name).params if isinstance(p, click.Option)}


def modes(name: str) -> Iterator[tuple[str, str, str]]:
    """What a command can be asked to give: the option, its value, and what comes out."""
    declared = options(name)
    output = {"diff": "lines", "batch": "jsonl", "descend": "jsonl", "map": "csv"}
    output |= dict.fromkeys(("explain", "graph"), "table") | {"samples": "text"}
    yield "", "", output.get(name, "tsv")
    for option in CHOOSING:
        if option not in declared:
            continue
        kind = declared[option].type
        for value in kind.choices if isinstance(kind, click.Choice) else ["value"]:
            known = value if option == "--format" or value not in WRITERS else f"{option} {value}"
            yield option, value, known if isinstance(kind, click.Choice) else option


def meetings() -> list[object]:
    """Every option of every command with everything that the command can be asked to give."""
    return [
        pytest.param(name, case, *mode, id=" ".join((name, case.option, *mode[:2])).strip())
        for name, cases in CASES.items()
        for case in cases
        for mode in modes(name)
    ]


def seen(words: list[str], case: Case) -> tuple[Run, dict[str, bytes], int]:
    """What a run leaves behind: streams, files, and how many processes it hired."""
    before = set(Path().iterdir())
    with mock.patch.object(workers, "_hire", wraps=workers._hire) as hire:
        run = autograd(*words, stdin=case.stdin)
    made = {path.name: path.read_bytes() for path in set(Path().iterdir()) - before}
    for name in made:
        Path(name).unlink()
    return run, made, hire.call_count


def names_option(run: Run, option: str) -> bool:
    """Whether an error's first line has the option in it."""
    return re.search(rf"{option}\b", run.err.partition("\n")[0]) is not None


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("program.expr").write_text("x = 5; w = 7; x*w^2")
    Path("values.json").write_text('{"k": 5}')
    Path("lines.txt").write_text("y = x^2\ny + 1\n")
    Path("sums.json").write_text(json.dumps(SUMS))
    Path("points.csv").write_text("x,y,z\n1,2,1\n2,3,4\n3,5,9\n4,6,16\n")
    Path("tabs").write_text("x\ty\n1\t2\n2\t3\n3\t5\n")
    Path("semicolons.csv").write_text("x;y\n1;2\n2;3\n3;5\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_every_command_has_a_case(name: str) -> None:
    assert sorted({case.option.split()[0] for case in CASES[name]}) == sorted(options(name))


@pytest.mark.parametrize(("name", "case", "chooser", "value", "out"), meetings())
def test_option_shows_or_is_refused_by_name(
    name: str, case: Case, chooser: str, value: str, out: str
) -> None:
    option = case.option.split()[0]
    base = [name, *case.words.split(), *([chooser, value] if chooser else [])]
    plain, asked = seen(base, case), seen([*base, *case.option.split()], case)
    if case.stops:
        assert asked[0].status == 2
        assert names_option(asked[0], option) or "nodes" in asked[0].err
        assert plain[0].status == 0
        return
    again = option == chooser and options(name)[option].multiple
    chosen = option in CHOOSING and bool(chooser) and not again  # two answers to one question
    if chosen or out in case.but or not (case.shows & {"any", out}):
        assert (asked[0].status, asked[0].out) == (2, "")
        assert names_option(asked[0], option), asked[0].err
        assert "hint: " in asked[0].err
        assert asked[1] == {}
    else:
        assert asked != plain
        assert asked[0].status != 2 or plain[0].status == 2, asked[0].err


@pytest.mark.parametrize(
    ("name", "option"),
    [(n, o) for n in COMMANDS for o, p in options(n).items() if not p.multiple and not p.is_flag],
)
def test_option_that_takes_one_value_is_refused_the_second_time(name: str, option: str) -> None:
    case = next(case for case in CASES[name] if case.option.split()[0] == option)
    run, made, _ = seen([name, *case.words.split(), *case.option.split() * 2], case)
    assert (run.status, run.out, made) == (2, "", {})
    assert names_option(run, option), run.err
    assert "more than once" in run.err


# options beside others ---------------------------------------------------------------------------


def refused(option: str, *words: str) -> None:
    run = autograd(*words)
    assert (run.status, run.out) == (2, "")
    assert names_option(run, option), run.err


def test_first_order_and_the_matrix_of_second_derivatives_do_not_go_together() -> None:
    refused("--order", "diff", "x^2", "--order", "1", "--hessian")
    both = autograd("diff", "x^2*w", "--order", "2", "--hessian")
    assert both == autograd("diff", "x^2*w", "--hessian")
    assert both.status == 0


@pytest.mark.parametrize("method", ["gd", "newton"])
def test_momentum_is_for_the_methods_that_have_one(method: str) -> None:
    refused("--momentum", "descend", DESCENT, "--method", method, "--momentum", "0.5")


@pytest.mark.parametrize("method", ["gd", "momentum", "adam", "newton"])
@pytest.mark.parametrize(
    "option", ["--lr 0.01", "--clip 0.01", "--steps 2", "--until 2", "--maximize", "--hold b"]
)
def test_method_of_descent_heeds_every_option(method: str, option: str) -> None:
    words = ["descend", "w=2;b=2;exp(w)+w*b^2", "--method", method, "--lr", "0.1", "--steps", "5"]
    name = option.split()[0]
    if name in words:
        del words[words.index(name) : words.index(name) + 2]
    plain, asked = autograd(*words), autograd(*words, *option.split())
    assert asked != plain
    assert asked.status != 2


def test_steps_are_written_once_in_a_matrix_too() -> None:
    words = ["diff", "sin(x*w)*cos(x*w)*exp(x*w)", "--hessian"]
    assert autograd(*words, "--cse").out != autograd(*words).out


def test_what_get_shows_of_second_order_may_be_asked_for() -> None:
    words = ["eval", "w*x^2", "--w=3", "--x=2"]
    assert autograd(*words, "--hessian", "--get", "hessian.x.x").out == "6.0\n"
    assert autograd(*words, "--along", "x=1", "--get", "value,along").out == "12.0\t12.0\n"
    refused("--along", *words, "--hessian", "--along", "x=1", "--get", "hessian.x.x")


# lists that add up -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["--format=json", "--format=csv", "--get=grad"])
def test_wrt_repeated_adds_up_as_a_list_does(form: str) -> None:
    words = ["eval", "x*w + y", "--x=2", "--w=3", "--y=1", form]
    once = autograd(*words, "--wrt", "w,y")
    assert once.status == 0
    assert autograd(*words, "--wrt", "w", "--wrt", "y") == once


def test_hold_repeated_adds_up_as_a_list_does() -> None:
    words = ["descend", "a=3;b=2;c=1;(a-1)^2+b^2+c^4", "--format", "json"]
    once = autograd(*words, "--hold", "a,b")
    assert once.status == 0
    assert autograd(*words, "--hold", "a", "--hold", "b") == once


def test_get_takes_several_and_prints_them_on_one_line() -> None:
    words = ["eval", "x*w", "--x=2", "--w=3"]
    for several in (["--get", "value,grad.w"], ["--get", "value", "--get", "grad.w"]):
        assert autograd(*words, *several).out == "6.0\t2.0\n"
    assert autograd(*words, "--get", "grad").out == "3.0\t2.0\n"
    assert autograd(*words, "--get", "value, grad, node.x.value").out == "6.0\t3.0\t2.0\t2.0\n"
    assert autograd(*words, "--get", "grad", "--wrt", "w").out == "2.0\n"


def test_get_of_gradients_where_there_is_none_is_an_error() -> None:
    run = autograd("eval", "1 + 1", "--get", "grad")
    assert (run.status, run.out) == (2, "")
    assert "--get finds no 'grad'" in run.err
