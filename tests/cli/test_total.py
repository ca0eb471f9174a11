"""`eval --data`: totals over tables; the oracles are exact fractions and `math.fsum`."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from unittest import mock

import pytest
from support_cli import Run, autograd, cells, hint

import autograd_cli as ag
from autograd_cli.tables import chunks

PROGRAM = "J = (w*x - y)^2"
DRAW = random.Random(14)
ROWS = [(DRAW.gauss(0, 1) * 10.0 ** DRAW.randint(-9, 9), DRAW.gauss(0, 1)) for _ in range(500)]
W = 0.37


def table(rows: list[tuple[float, float]]) -> str:
    return "x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in rows)


def by_row(rows: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Value and slope by w of each row, in the order of operations of both passes."""
    residuals = [(x, W * x - y) for x, y in rows]
    return [(r * r, 2.0 * r * x) for x, r in residuals]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text(table(ROWS))


def total(*words: str, reduce: str = "sum", stdin: str = "", status: int = 0) -> str:
    """The total and its gradient, as ``--get`` prints them."""
    run = autograd("eval", PROGRAM, f"--w={W}", *words, "--reduce", reduce, "--get", "value,grad.w",
                   stdin=stdin)  # fmt: skip
    assert run.status == status, run.err
    return run.out.rstrip("\n")


def rounded(numbers: list[float], count: int = 1) -> str:
    """The sum of doubles over ``count``, exact and rounded once."""
    exact = sum(map(Fraction, numbers)) / count
    return repr(exact.numerator / exact.denominator)


def test_sum_and_mean_and_their_gradients_are_correctly_rounded() -> None:
    values, slopes = zip(*by_row(ROWS), strict=True)
    assert total("--data", "t.csv") == f"{math.fsum(values)!r}\t{math.fsum(slopes)!r}"
    expected = f"{rounded([*values], 500)}\t{rounded([*slopes], 500)}"
    assert total("--data", "t.csv", reduce="mean") == expected


def test_total_has_the_same_bits_in_any_order_of_rows_and_for_any_chunks_and_files() -> None:
    expected = total("--data", "t.csv")
    for seed in range(5):
        rows = ROWS[:]
        random.Random(seed).shuffle(rows)
        assert total("--data", "-", stdin=table(rows)) == expected
        cut = random.Random(seed).randrange(500)
        Path("a.csv").write_text(table(rows[:cut]))
        Path("b.csv").write_text(table(rows[cut:]))
        assert total("--data", "a.csv", "--data", "b.csv") == expected
        assert total("--data", "[ab].csv") == expected
        with mock.patch.object(chunks, "CHUNK", 100 + 77 * seed):
            assert total("--data", "t.csv") == expected


@pytest.mark.parametrize("parts", [1, 2, 7, 100])
@pytest.mark.parametrize("reduce", ["sum", "mean"])
def test_partial_sums_of_any_parts_merge_to_the_same_bits(parts: int, reduce: str) -> None:
    expected = total("--data", "t.csv", reduce=reduce)
    for k in range(parts):
        rows = table(ROWS[k::parts])
        total("--data", "-", "--partial", f"p{k}.json", stdin=rows)
    files = [f"p{k}.json" for k in reversed(range(parts))]
    words = [PROGRAM, "--reduce", reduce, "--get", "value,grad.w"]
    assert autograd("eval", *words, "--merge", *files).out == expected + "\n"
    assert autograd("eval", *words, "--merge", "p*.json").out == expected + "\n"
    half = parts // 2
    if half:
        for name, some in (("left.json", files[:half]), ("right.json", files[half:])):
            joined = autograd("eval", *words, "--merge", *some, "--partial", name)
            assert joined.status == 0
        assert autograd("eval", *words, "--merge", "left.json", "right.json").out == expected + "\n"


def test_a_partial_sum_says_the_same_of_the_same_rows_in_any_order() -> None:
    total("--data", "t.csv", "--partial", "a.json")
    total("--data", "-", "--partial", "b.json", stdin=table(ROWS[::-1]))
    assert Path("a.json").read_bytes() == Path("b.json").read_bytes()


def test_every_view_of_eval_has_totals() -> None:
    words = ["eval", "w = 2; b = 1; J = w*x + b + 0*k", "--k=3", "--data=-", "--reduce=sum"]
    stdin = "x\n1\n2\n4\n"
    run = autograd(*words, "--format=json", stdin=stdin)
    assert json.loads(run.out) == {
        "schema": "autograd.total/1",
        "output": {"node": 8, "name": "J", "value": 17.0, "status": "ok"},
        "gradients": {"w": 7.0, "b": 3.0, "k": 0.0},
        "gradient_status": {},
        "reduce": "sum",
        "at": {"w": 2.0, "b": 1.0, "k": 3.0},
        "rows": 3,
        "missing": 0,
        "awkward": {},
    }
    rows = autograd(*words, stdin=stdin).rows
    assert [(r["name"], r["role"], r["value"], r["gradient"]) for r in rows] == [
        ("w", "input", "2.0", "7.0"),
        ("b", "input", "1.0", "3.0"),
        ("k", "input", "3.0", "0.0"),
        ("J", "output", "17.0", "1.0"),
    ]
    drawn = autograd(*words, "--format=table", stdin=stdin)
    assert cells(drawn.out)["w"][:2] == ["2", "7"]
    assert "J = 17  sum over 3 rows" in drawn.out
    assert autograd(*words, "--wrt=b", "--get=grad", stdin=stdin).out == "3.0\n"


def test_rows_that_lack_a_value_are_left_out_and_counted() -> None:
    run = autograd("eval", "w*x", "--w=2", "--data=-", "--reduce=mean", "--get=value",
                   stdin="x,t\n1,a\n,b\n3,\n")  # fmt: skip
    assert (run.status, run.out) == (0, "4.0\n")
    assert "1 of 3 rows lacks a value: left out" in run.err


def test_the_status_of_a_total_is_the_gravest_of_its_rows() -> None:
    words = ["eval", "w*sqrt(x)", "--w=2", "--data=-", "--reduce=sum", "--format=json"]
    run = autograd(*words, stdin="x\n4\n0\n9\n")
    assert (run.status, json.loads(run.out)["output"]["status"]) == (0, "singular")
    assert "1 of 3 rows are not ok: 1 singular; first in standard input, row 2 (line 3)" in run.err
    assert autograd(*words, "--strict", stdin="x\n4\n0\n").status == 1
    run = autograd(*words, stdin="x\n4\n-1\n")
    assert (run.status, json.loads(run.out)["output"]) == (
        1,
        {"node": 3, "name": None, "value": "nan", "status": "domain"},
    )
    merged = autograd(*words[:2], "--data=-", "--w=2", "--reduce=sum", "--partial=p.json",
                      stdin="x\n0\n")  # fmt: skip
    assert merged.status == 0
    run = autograd("eval", "w*sqrt(x)", "--merge=p.json", "--reduce=sum", "--format=json")
    assert json.loads(run.out)["output"]["status"] == "singular"


@pytest.mark.parametrize(
    ("rows", "reduce", "expected"),
    [
        ([1e308, 1e308, -1e308], "sum", "1e+308"),
        ([1e308, 1e308], "mean", "1e+308"),
        ([1e308, 1e308], "sum", "inf"),
        ([1e16, 1.0, -1e16], "sum", "1.0"),
        ([5e-324, 5e-324], "sum", "1e-323"),
        ([math.inf, 1.0], "sum", "inf"),
        ([math.inf, -math.inf], "sum", "nan"),
        ([-0.0], "sum", "0.0"),
    ],
)
def test_totals_neither_overflow_nor_lose_digits_on_the_way(
    rows: list[float], reduce: str, expected: str
) -> None:
    stdin = "x\n" + "".join(f"{x!r}\n" for x in rows)
    words = ["eval", "x + 0*w", "--w=1", "--data=-", f"--reduce={reduce}", "--get=value"]
    assert autograd(*words, stdin=stdin).out == f"{expected}\n"


def test_no_rows_add_up_to_nothing_and_have_no_mean() -> None:
    assert total("--data=-", stdin="x,y\n") == "0.0\t0.0"
    assert total("--data=-", reduce="mean", stdin="x,y\n", status=1) == "nan\tnan"


# errors ------------------------------------------------------------------------------------------


def refused(*words: str, stdin: str = "x,y\n1,2\n") -> Run:
    run = autograd("eval", *words, stdin=stdin)
    assert (run.status, run.out) == (2, ""), run
    return run


ERRORS: dict[str, tuple[list[str], str]] = {
    "no reduce": (["w*x", "--w=1", "--data=-"], "--data and --merge need --reduce: sum or mean"),
    "no data": (["x", "--x=1", "--reduce=sum"], "--reduce is for --data, which is not given"),
    "a word more": (["x", "t.csv", "--x=1"], "'t.csv' is one word too many"),
    "derivative by a column": (
        ["w*x", "--w=1", "--data=-", "--reduce=sum", "--wrt=x"],
        "x is a column: its derivative differs from row to row",
    ),
    "Hessian": (
        ["w*x", "--w=1", "--data=-", "--reduce=sum", "--hessian"],
        "--hessian is for one point, and --data and --merge have many",
    ),
    "both": (
        ["w*x", "--w=1", "--data=-", "--merge=p.json", "--reduce=sum"],
        "--data does not go with --merge",
    ),
    "no partial sum": (["w*x", "--merge=t.csv", "--reduce=sum"], "t.csv holds no partial sum"),
    "no value": (
        ["w*x", "--data=-", "--reduce=sum"],
        "standard input has no column w, and no value is given",
    ),
    "a text": (
        ["w*x", "--w=1", "--data=-", "--reduce=sum", "--rename=x=z"],
        "standard input has no column 'z'",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_makes_no_sense_is_refused(case: str) -> None:
    words, said = ERRORS[case]
    run = refused(*words)
    assert run.err.partition("\n")[0] == f"error: {said}"
    assert hint(run)


def test_partial_sums_of_another_program_or_point_do_not_merge() -> None:
    total("--data=t.csv", "--partial=p.json")
    other = ["eval", PROGRAM, "--w=2", "--data=t.csv", "--reduce=sum", "--partial=q.json"]
    assert autograd(*other).status == 0
    run = refused(PROGRAM, "--merge", "p.json", "q.json", "--reduce=sum")
    assert "q.json is at w = 2.0, and not at 0.37" in run.err
    run = refused("w*x", "--merge", "p.json", "--reduce=sum")
    assert "p.json is of another program" in run.err
    run = refused(PROGRAM, "--w=3", "--merge", "p.json", "--reduce=sum")
    assert "p.json is not at w = 3" in run.err


@pytest.mark.parametrize(
    "damage", ["", "{}", "[]", "null", '{"schema": "autograd.partial/1"}', "{" * 100_000]
)
def test_a_file_that_holds_no_partial_sum_is_refused(damage: str) -> None:
    Path("p.json").write_text(damage)
    run = refused(PROGRAM, "--merge", "p.json", "--reduce=sum")
    assert "p.json holds no partial sum" in run.err


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (("rows",), -1),
        (("rows",), 499),
        (("rows",), 500.0),
        (("rows",), True),
        (("missing",), 3),
        (("missing",), -1),
        (("awkward",), {"odd": 1}),
        (("awkward",), {"kink": -1}),
        (("awkward",), {"kink": 501}),
        (("value", "count"), 7),
        (("gradients", "w", "count"), 7),
        (("at",), {}),
        (("gradients",), {"z": {"count": 500, "sum": "0x0p0", "special": []}}),
    ],
)
def test_a_partial_sum_that_contradicts_itself_is_refused(
    place: tuple[str, ...], wrong: object
) -> None:
    total("--data=t.csv", "--partial=p.json")
    state = part = json.loads(Path("p.json").read_text())
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = wrong
    Path("p.json").write_text(json.dumps(state))
    assert "p.json holds no partial sum" in refused(PROGRAM, "--merge=p.json", "--reduce=mean").err


def test_derivatives_by_names_that_the_program_has_not_are_refused() -> None:
    total("--data=t.csv", "--partial=p.json")
    text = Path("p.json").read_text()
    Path("p.json").write_text(text.replace('"w": ', '"z": '))
    assert "p.json is of another program" in refused(PROGRAM, "--merge=p.json", "--reduce=sum").err


def test_partial_sums_over_other_columns_do_not_merge_in_any_order() -> None:
    words = ["eval", "v + w*x", "--v=1", "--wrt=v", "--data=-", "--reduce=sum"]
    autograd(*words, "--w=2", "--partial=value.json", stdin="x\n1\n")
    autograd(*words, "--partial=column.json", stdin="x,w\n1,2\n")
    for files in [("value.json", "column.json"), ("column.json", "value.json")]:
        run = refused("v + w*x", "--wrt=v", "--reduce=sum", "--merge", *files)
        assert f"{files[1]} has other columns: w" in run.err


def test_a_partial_sum_is_written_whole_or_not_at_all() -> None:
    run = autograd("eval", PROGRAM, "--w=1", "--data=-", "--reduce=sum", "--partial=p.json",
                   stdin="x,y\n1,2\nb,c\n")  # fmt: skip
    assert run.status == 2
    assert sorted(path.name for path in Path().iterdir()) == ["t.csv"]


def test_nothing_of_tables_is_imported_without_a_table() -> None:
    code = (
        "import sys; sys.argv = ['autograd', 'eval', 'x^2', '--x=1', '--format', 'json']\n"
        "from autograd_cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n"
        "    print([name for name in ('numpy', 'polars') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env={"PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"


# from Python -------------------------------------------------------------------------------------


def test_totals_from_python_are_those_of_the_command() -> None:
    f = ag.compile(PROGRAM).at(w=W)
    report = f.total("t.csv")
    assert f"{report.value!r}\t{report.grad['w']!r}" == total("--data=t.csv")
    Path("p.json").write_text(report.total.text())
    assert f.merged("p.json").as_object() == report.as_object()
