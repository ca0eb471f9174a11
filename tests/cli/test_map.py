"""`autograd map`: a program over the rows of tables; the oracles are Python's csv and `eval`."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest import mock

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support_cli import Run, autograd, hint

import autograd_cli as ag
from autograd_cli import extras
from autograd_cli.tables import chunks
from autograd_cli.tables.kinds import BINARY, KINDS

PROGRAM = "x^2*y + 3*x"
"""Exact on whole numbers: its slopes are 2*x*y + 3 and x^2."""

ROWS = [(1, 2), (0, -3), (7, 5)]
RESULTS = [(x * x * y + 3 * x, 2 * x * y + 3, x * x) for x, y in ROWS]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def mapped(*words: str, stdin: bytes | str = b"", status: int = 0) -> list[list[str]]:
    """The cells of the CSV that a run of ``map`` writes."""
    run = autograd("map", *words, stdin=stdin)
    assert run.status == status, run.err
    return read(run.out)


def numbers(cells: Sequence[str]) -> tuple[float, ...]:
    return tuple(float(cell) for cell in cells)


def refused(*words: str, stdin: bytes | str = b"", status: int = 2) -> Run:
    run = autograd("map", *words, stdin=stdin)
    assert (run.status, run.out) == (status, ""), run
    assert run.err.startswith("error: ")
    return run


def first_line(run: Run) -> str:
    return run.err.partition("\n")[0].removeprefix("error: ")


# what comes out ----------------------------------------------------------------------------------


def test_rows_come_out_as_they_were_with_the_value_and_the_derivatives_behind_them() -> None:
    table = 'id,x,note,y\n1.50,1,"a, b",2\n0x1,0,,-3\n"3",7.0,é,5e0\n'
    head, *rows = mapped(PROGRAM, stdin=table)
    assert head == ["id", "x", "note", "y", "value", "d_x", "d_y"]
    assert [row[:4] for row in rows] == read(table)[1:]
    assert [numbers(row[4:]) for row in rows] == RESULTS


def test_results_are_those_of_eval_to_a_few_units_in_the_last_place() -> None:
    program = "sin(x)*exp(-y) + atan2(x, y)/sqrt(1 + x^2)"
    points = [(k / 7 - 3, (k * k % 11) / 3 + 0.1) for k in range(60)]
    table = "x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in points)
    f = ag.compile(program)
    for (x, y), row in zip(points, mapped(program, stdin=table)[1:], strict=True):
        alone = f(x=x, y=y)
        expected = (alone.value, alone.grad["x"], alone.grad["y"])
        for got, wanted in zip(numbers(row[2:]), expected, strict=True):
            assert math.isclose(got, wanted, rel_tol=1e-14, abs_tol=1e-15)


AWKWARD = [
    "sqrt(x)", "1/x", "log(x)", "abs(x)", "floor(x)", "exp(x)", "1/exp(x)",
    "where(x > 0, log(x), x)",
]  # fmt: skip


@pytest.mark.parametrize("program", AWKWARD)
def test_statuses_and_what_is_not_finite_are_those_of_eval(program: str) -> None:
    points = [0.0, -0.0, 1.0, -1.0, 2.0, 400.0, 1000.0, -1000.0, math.inf, -math.inf, math.nan]
    table = "x\n" + "".join(f"{x!r}\n" for x in points)
    run = autograd("map", program, "--status", stdin=table)
    f = ag.compile(program)
    for x, row in zip(points, read(run.out)[1:], strict=True):
        alone = f(x=x)
        assert row[-1] == alone.status, (program, x)
        for got, wanted in zip(row[1:3], (alone.value, alone.grad["x"]), strict=True):
            assert float(got) == pytest.approx(wanted, rel=1e-14, nan_ok=True), (program, x)


def test_derivatives_are_by_the_columns_in_use_or_by_what_wrt_names() -> None:
    table = "x,z\n2,1\n"
    words = ["w*x + c", "--w=3", "--c=1"]
    assert mapped(*words, stdin=table) == [["x", "z", "value", "d_x"], ["2", "1", "7.0", "3.0"]]
    assert mapped(*words, "--wrt", "w,x", stdin=table)[0][2:] == ["value", "d_w", "d_x"]
    assert mapped(*words, "--wrt", "w", stdin=table)[1][2:] == ["7.0", "2.0"]


def test_defaults_hold_where_there_is_no_column_and_a_given_value_where_there_is_one() -> None:
    program = "k = 5; const g = 10; k*x + g"
    assert mapped(program, stdin="x\n2\n")[1] == ["2", "20.0", "5.0"]
    assert mapped(program, stdin="x,k,g\n2,3,1\n")[1] == ["2", "3", "1", "7.0", "2.0", "3.0"]
    assert mapped(program, "--k=4", stdin="x,k\n2,3\n")[1] == ["2", "3", "18.0", "4.0"]
    assert mapped(program, "--set=k=4", stdin="x,k\n2,3\n")[1] == ["2", "3", "18.0", "4.0"]


def test_only_keep_and_prefix_choose_and_name_the_columns() -> None:
    table = "a,x,b\n1,2,3\n"
    assert mapped("x^2", "--only", stdin=table) == [["value", "d_x"], ["4.0", "4.0"]]
    assert mapped("x^2", "--keep", "b,a", stdin=table)[1] == ["3", "1", "4.0", "4.0"]
    assert mapped("x^2", "--keep", "b", "--keep", "a", stdin=table)[0][:2] == ["b", "a"]
    head = mapped("x^2", "--prefix", "f_", "--status", stdin="x,value,d_x,status\n2,,,\n")[0]
    assert head == ["x", "value", "d_x", "status", "f_value", "f_d_x", "f_status"]


def test_a_column_may_be_renamed_to_what_the_program_calls_it() -> None:
    table = "spot price,T\n3,2\n"
    row = mapped("S*T", "--rename", "S=spot price", stdin=table)[1]
    assert row == ["3", "2", "6.0", "2.0", "3.0"]
    assert mapped("a*b", "--rename", "a=x", "--rename", "b=x", stdin="x\n3\n")[1][1] == "9.0"
    assert mapped("T*2", "--rename", "T=x", stdin="x,T\n3,100\n")[1][2] == "6.0"


def test_names_of_columns_are_found_in_any_form_of_unicode_and_with_blanks_around_them() -> None:
    table = "θ, e\u0301 ,µ\n2, 3 ,4\n"
    head, row = mapped("θ*é*μ", stdin=table)
    assert head[:3] == ["θ", " e\u0301 ", "µ"]
    assert row == ["2", " 3 ", "4", "24.0", "12.0", "8.0", "6.0"]


# tables as others write them ---------------------------------------------------------------------


SHAPES = {
    "plain": "x,y,t\n1,2,a\n0,-3,b\n7,5,c\n",
    "byte order mark": "\ufeffx,y,t\n1,2,a\n0,-3,b\n7,5,c\n",
    "carriage returns": "x,y,t\r\n1,2,a\r\n0,-3,b\r\n7,5,c\r\n",
    "no final line end": "x,y,t\n1,2,a\n0,-3,b\n7,5,c",
    "no final line end after a carriage return": "x,y,t\r\n1,2,a\r\n0,-3,b\r\n7,5,c",
    "everything quoted": '"x","y","t"\n"1","2","a"\n"0","-3","b"\n"7","5","c"\n',
    "blanks around": "x, y,t\n1, 2,a\n 0,-3 ,b\n7,5,c\n",
    "blank lines": "\nx,y,t\n1,2,a\n\n0,-3,b\n7,5,c\n\n\n",
    "signs": "x,y,t\n+1,2.,a\n-0,-3e0,b\n7.000,.5e1,c\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_table_is_read_as_others_write_it(shape: str) -> None:
    rows = mapped(PROGRAM, stdin=SHAPES[shape])
    assert [row[2] for row in rows] == ["t", "a", "b", "c"]
    assert [numbers(row[3:]) for row in rows[1:]] == RESULTS


def test_a_table_may_have_semicolons_and_keeps_them() -> None:
    run = autograd("map", PROGRAM, "--delimiter", ";", stdin="x;y;t\n1;2;a,b\n")
    assert run.out == "x;y;t;value;d_x;d_y\n1;2;a,b;5.0;7.0;1.0\n"


def test_a_header_alone_gives_a_header_alone() -> None:
    run = autograd("map", PROGRAM, stdin="x,y\n")
    assert (run.status, run.out) == (0, "x,y,value,d_x,d_y\n")
    assert "no rows" in run.err


def test_a_table_of_one_column_may_have_empty_cells() -> None:
    assert mapped("x^2", stdin="x\n1\n\n3\n")[1:] == [
        ["1", "1.0", "2.0"],
        ["", "", ""],
        ["3", "9.0", "6.0"],
    ]


def test_line_breaks_and_signs_in_quotes_stay_in_their_cells() -> None:
    table = 'x,t\n1,"two\nlines"\n2,"say ""hi"""\n3,"cr\r\nlf, comma"\n'
    rows = mapped("x^2", stdin=table)
    assert [row[:2] for row in rows] == read(table)
    assert [row[2] for row in rows[1:]] == ["1.0", "4.0", "9.0"]


def test_ten_thousand_columns_are_no_obstacle() -> None:
    names = [f"c{k}" for k in range(10_000)]
    table = ",".join(names) + "\n" + ",".join(map(str, range(10_000))) + "\n"
    head, row = mapped("c17*c9999", stdin=table)
    assert head[:10_000] == names
    assert row[10_000:] == [repr(17.0 * 9999), "9999.0", "17.0"]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\x01"), max_size=12)


@pytest.mark.parametrize("label", ["x^2", "x^", "x\x01", "x^" + "\x7f" * 30, "\ufeffx"])
@pytest.mark.parametrize("keep", [[], ["--keep", "label"]])
def test_a_row_that_begins_as_packed_data_or_a_file_does_is_text(
    label: str, keep: list[str]
) -> None:
    sheet = f"label,x\n{label},1\nb,2\n"
    rows = mapped("x^2", *keep, stdin=sheet)
    assert [row[0] for row in rows] == ["label", label, "b"]
    assert [numbers(row[-2:]) for row in rows[1:]] == [(1.0, 2.0), (4.0, 4.0)]


@settings(max_examples=150)
@example([("x^", -1, "")], 1, "\n", csv.QUOTE_MINIMAL)
@given(
    st.lists(st.tuples(CELL, st.integers(-999, 999), CELL), min_size=1, max_size=8),
    st.sampled_from([1, 3, 17, 64, 1 << 20]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)
def test_any_text_passes_through_whatever_the_chunks(
    rows: list[tuple[str, int, str]], size: int, end: str, quoting: int
) -> None:
    sheet = io.StringIO(newline="")
    if any("\r" in cell for row in rows for cell in row if isinstance(cell, str)):
        quoting = csv.QUOTE_ALL  # Python's writer leaves a lone carriage return bare
    writer = csv.writer(sheet, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([("before", "x", "after"), *rows])
    with mock.patch.object(chunks, "CHUNK", size):
        found = mapped("x^2", stdin=sheet.getvalue())
    assert [row[:3] for row in found] == read(sheet.getvalue())
    assert [numbers(row[3:]) for row in found[1:]] == [(x * x, 2 * x) for _, x, _ in rows]


@pytest.mark.parametrize("size", range(1, 60))
def test_chunks_are_cut_where_records_end(size: int) -> None:
    table = 'x,t\n1,"a\n\nb"\n22,plain\n333,"c ""d""\n"\n4444,\n'
    with mock.patch.object(chunks, "CHUNK", size):
        assert autograd("map", "x^2", stdin=table) == autograd("map", "x^2", stdin=table)
        run = autograd("map", "x^2", stdin=table)
    assert [row[:2] for row in read(run.out)] == read(table)


# missing values ----------------------------------------------------------------------------------


def test_where_a_value_is_missing_the_results_are_empty() -> None:
    run = autograd("map", "x*y", stdin='x,y\n1,2\n,3\n4,""\n5,  \n')
    assert run.status == 0
    assert [row[2:] for row in read(run.out)[1:]] == [["2.0", "2.0", "1.0"]] + [[""] * 3] * 3
    assert "3 of 4 rows lack a value" in run.err


def test_what_the_result_does_not_depend_on_may_be_missing() -> None:
    assert mapped("a = log(y); x^2", stdin="x,y\n3,\n")[1][2:] == ["9.0", "0.0", "6.0"]


def test_words_for_no_value_are_told() -> None:
    table = "x\n1\nNA\n-999\n"
    run = refused("x^2", stdin=table)
    assert first_line(run) == "standard input, row 2 (line 3), column 'x': 'NA' is no number"
    assert "--missing NA" in hint(run)
    found = mapped("x^2", "--missing", "NA", "--missing", "-999", stdin=table)
    assert [row[1] for row in found[1:]] == ["1.0", "", ""]


def test_nan_and_infinity_are_numbers_and_a_result_that_is_nan_ends_with_1() -> None:
    run = autograd("map", "x^2", stdin="x\n1\nnan\n-inf\n")
    assert run.status == 1
    assert [row[1] for row in read(run.out)[1:]] == ["1.0", "nan", "inf"]
    assert "1 of 3 rows gave nan; first in standard input, row 2 (line 3)" in run.err
    assert autograd("map", "x^2", "--strict", stdin="x\n1\ninf\n").status == 1
    assert autograd("map", "x^2", stdin="x\n1\ninf\n").status == 0
    assert autograd("map", "abs(x)", "--strict", stdin="x\n0\n").status == 1


# formats -----------------------------------------------------------------------------------------


def frame() -> pl.DataFrame:
    return pl.DataFrame({"id": ["a", "b", "c"], "x": [1, 0, 7], "y": [2.0, -3.0, 5.0]})


def written(kind: str) -> str:
    """A file with the table in a format."""
    path = f"table.{kind}"
    table = frame()
    if kind in ("csv", "tsv"):
        table.write_csv(path, separator="," if kind == "csv" else "\t")
    elif kind == "jsonl":
        Path(path).write_text("".join(json.dumps(row) + "\n" for row in table.to_dicts()))
    elif kind == "parquet":
        table.write_parquet(path)
    else:
        table.write_ipc(path)
    return path


def found_in(path: str, kind: str) -> list[tuple[object, ...]]:
    """The rows of a file in a format, numbers as doubles."""
    if kind in ("csv", "tsv"):
        rows = read(Path(path).read_text(), "," if kind == "csv" else "\t")[1:]
        return [(row[0], *numbers(row[1:])) for row in rows]
    if kind in ("jsonl", "json"):
        text = Path(path).read_text()
        objects = json.loads(text) if kind == "json" else [json.loads(t) for t in text.splitlines()]
        return [tuple(record.values()) for record in objects]
    if kind == "parquet":
        return pl.read_parquet(path).rows()
    return pl.read_ipc(path).rows()


@pytest.mark.parametrize("out", [*KINDS, "json"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_format_is_read_and_written(kind: str, out: str) -> None:
    run = autograd("map", PROGRAM, written(kind), "--output", f"out.{out}")
    assert (run.status, run.out, run.err) == (0, "", "")
    expected = [
        (name, *row, *results) for name, row, results in zip("abc", ROWS, RESULTS, strict=True)
    ]
    assert found_in(f"out.{out}", out) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_a_format_comes_from_standard_input_and_goes_to_standard_output(kind: str) -> None:
    data = Path(written(kind)).read_bytes()
    run = autograd("map", PROGRAM, "--from", kind, stdin=data)
    assert run.status == 0
    path = Path("out")
    path.write_text(run.out)
    expected = [(name, *row, *res) for name, row, res in zip("abc", ROWS, RESULTS, strict=True)]
    assert found_in("out", "csv" if kind in BINARY else kind) == expected


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_columns_of_files_with_types_keep_them(kind: str) -> None:
    import datetime

    table = pl.DataFrame(
        {
            "n": [1, None], "x": [1.5, 2.5], "day": [datetime.date(2026, 1, 2), None],
            "list": [[1], []], "flag": [True, False],
        }
    )  # fmt: skip
    getattr(table, "write_parquet" if kind == "parquet" else "write_ipc")(f"t.{kind}")
    autograd("map", "x*flag", f"t.{kind}", "--output", f"o.{kind}")
    out = pl.read_parquet("o.parquet") if kind == "parquet" else pl.read_ipc("o.arrow")
    assert out.select(table.columns).equals(table)
    assert out["value"].to_list() == [1.5, 0.0]
    run = refused("x", f"t.{kind}", "--to", "csv")
    assert "'list' is of type List" in first_line(run)
    assert mapped("x^2", f"t.{kind}", "--keep", "n,day,flag")[1:] == [
        ["1", "2026-01-02", "true", "2.25", "3.0"],
        ["", "", "false", "6.25", "5.0"],
    ]
    assert "holds no numbers: it is of type Date" in first_line(
        refused("day", f"t.{kind}", "--only")
    )


def test_rows_of_json_lines_keep_every_letter_and_gain_fields() -> None:
    lines = [
        '{"x": 1.50, "deep": {"a": [1, {"b": null}]}, "big": 123456789012345678901234567890}',
        '  {"x":2e0,"t":"\\u00e9 \\"q\\"","x2":true}  ',
        '{"t": "no x"}',
        "{}",
        '{"x": null}',
        '{"x": "4"}',
    ]
    run = autograd("map", "x^2", "--from", "jsonl", stdin="\n".join([*lines, "", ""]))
    assert run.status == 0
    for line, out in zip(lines, run.lines, strict=True):
        assert out.startswith(line.strip().removesuffix("}"))
        assert {**json.loads(line), **json.loads(out)} == json.loads(out)
    assert [json.loads(out)["value"] for out in run.lines] == [2.25, 4.0, None, None, None, 16.0]


def test_a_field_twice_in_a_line_is_refused_wherever_it_stands() -> None:
    with mock.patch.object(chunks, "CHUNK", 64):
        for before in (0, 40):
            lines = ['{"x": 1, "t": {"x": 1, "y": "x"}}'] * before + ['{"x": 1, "t": 2, "x": 3}']
            run = autograd("map", "x^2", "--from", "jsonl", stdin="\n".join(lines))
            assert run.status == 2
            assert f"row {before + 1} has two fields called 'x'" in run.err
            assert len(run.out.splitlines()) <= before


def test_numbers_of_json_lines_that_are_not_finite_are_texts() -> None:
    run = autograd("map", "1/x", "--from", "jsonl", stdin='{"x": 0}\n{"x": "nan"}\n{"x": "-inf"}\n')
    assert [json.loads(line)["value"] for line in run.lines] == ["inf", "nan", -0.0]


def test_fields_that_are_kept_come_alone() -> None:
    table = '{"x": 1, "a": "p", "b": [1]}\n{"x": 2, "b": {"c": 3}}\n'
    run = autograd("map", "x^2", "--from", "jsonl", "--keep", "b,a", stdin=table)
    assert [json.loads(line) for line in run.lines] == [
        {"b": [1], "a": "p", "value": 1.0, "d_x": 2.0},
        {"b": {"c": 3}, "a": None, "value": 4.0, "d_x": 4.0},
    ]


def test_cells_of_tab_separated_tables_are_taken_as_they_are() -> None:
    table = 'x\tt\n2\t"quoted", \\n\n'
    run = autograd("map", "x^2", "--from", "tsv", stdin=table)
    assert run.out == 'x\tt\tvalue\td_x\n2\t"quoted", \\n\t4.0\t4.0\n'
    run = autograd("map", "x^2", "--to", "tsv", stdin='x,t\n2,"a\tb\nc"\n')
    assert run.out == "x\tt\tvalue\td_x\n2\ta\\tb\\nc\t4.0\t4.0\n"


# several tables ----------------------------------------------------------------------------------


def test_several_files_and_patterns_are_one_table_in_order() -> None:
    for k in (1, 2, 10):
        Path(f"p{k}.csv").write_text(f"x,k\n{k},a\n")
    Path("other.csv").write_text("k,x\nb,5\n")
    assert [row[0] for row in mapped("x^2", "p*.csv")[1:]] == ["1", "10", "2"]
    rows = mapped("x^2", "p2.csv", "other.csv", "p1.csv")
    assert rows == [
        ["x", "k", "value", "d_x"], ["2", "a", "4.0", "4.0"], ["5", "b", "25.0", "10.0"],
        ["1", "a", "1.0", "2.0"],
    ]  # fmt: skip


def test_several_files_have_the_same_columns() -> None:
    Path("a.csv").write_text("x,k\n1,2\n")
    Path("b.csv").write_text("x\n1\n")
    Path("c.csv").write_text("x,k,z\n1,2,3\n")
    for second, said in (("b.csv", "b.csv has no column 'k'"), ("c.csv", "c.csv has a column 'z'")):
        run = autograd("map", "x^2", "a.csv", second)
        assert run.status == 2
        assert said in run.err
        assert autograd("map", "x^2", "a.csv", second, "--only").status == 0


def test_a_pattern_that_fits_nothing_is_an_error_that_says_so() -> None:
    run = refused("x", "no/*.csv", status=3)
    assert first_line(run) == "no file fits no/*.csv"


# where rows go -----------------------------------------------------------------------------------


def test_a_file_is_written_whole_or_not_at_all() -> None:
    good, bad = "x\n" + "1\n" * 5_000, "x\n" + "1\n" * 5_000 + "oops\n"
    for kind in (*KINDS, "json"):
        path = Path(f"out.{kind}")
        with mock.patch.object(chunks, "CHUNK", 512):
            assert autograd("map", "x^2", "--output", str(path), stdin=bad).status == 2
            assert not path.exists()
            assert autograd("map", "x^2", "--output", str(path), stdin=good).status == 0
            before = path.read_bytes()
            assert autograd("map", "x^2", "--output", str(path), stdin=bad).status == 2
        assert path.read_bytes() == before
    assert sorted(path.name for path in Path().iterdir()) == sorted(
        f"out.{kind}" for kind in (*KINDS, "json")
    )


def test_a_table_may_be_written_over_itself() -> None:
    Path("t.csv").write_text("x\n1\n2\n")
    assert autograd("map", "x^2", "t.csv", "--output", "t.csv").status == 0
    assert Path("t.csv").read_text() == "x,value,d_x\n1,1.0,2.0\n2,4.0,4.0\n"


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_rows_with_a_status_go_to_a_file_of_their_own_as_well(kind: str) -> None:
    table = "x,t\n1,a\n0,b\n,c\n-1,d\n"
    run = autograd("map", "sqrt(x)", "--where-status", f"odd.{kind}", stdin=table)
    assert (run.status, "status" in run.lines[0], len(run.lines)) == (1, False, 5)
    assert "2 of 4 rows are not ok: 1 singular, 1 domain" in run.err
    odd = {"csv": pl.read_csv, "jsonl": pl.read_ndjson, "parquet": pl.read_parquet}[kind]
    assert odd(f"odd.{kind}")["t"].to_list() == ["b", "d"]
    assert odd(f"odd.{kind}")["status"].to_list() == ["singular", "domain"]


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@needs_full
@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_is_named_and_ends_with_3(kind: str) -> None:
    table = "x\n" + "1.5\n" * 1_000
    run = refused("x^2", "--output", "/dev/full", "--to", kind, stdin=table, status=3)
    assert first_line(run) == "cannot write /dev/full: No space left on device"
    run = autograd("map", "x^2", "--where-status", f"no/such.{kind}", stdin=table)
    assert (run.status, first_line(run)) == (
        3,
        f"cannot write no/such.{kind}: No such file or directory",
    )


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    for option in ("--output", "--where-status"):
        run = refused("x^2", option, str(tmp_path), stdin="x\n1\n", status=3)
        assert first_line(run) == f"{tmp_path} is a folder"
        assert "name a file in it" in run.err


def started(*words: str, **streams: object) -> subprocess.Popen[bytes]:
    kinds = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(  # a context that closes its pipes
        [sys.executable, "-m", "autograd_cli", "map", *words],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
        **(kinds | streams),  # type: ignore[call-overload]
    )


def test_a_row_is_answered_before_the_next_one_comes() -> None:
    with started("x^2") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"x\n3\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"x,value,d_x\n"
        assert process.stdout.readline() == b"3,9.0,6.0\n"
        process.stdin.write(b"4\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"4,16.0,8.0\n"
        assert process.communicate()[0] == b""
    assert process.returncode == 0


def test_a_reader_that_leaves_ends_the_run_but_not_a_file() -> None:
    Path("t.csv").write_text("x\n" + "0\n" * 300_000)
    for words, file in (([], None), (["--where-status", "odd.csv"], "odd.csv")):
        with started("1/x", "t.csv", *words, stdin=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            process.stdout.readline()
            process.stdout.close()
            assert process.stderr is not None
            assert b"error" not in process.stderr.read()
        assert process.returncode == 0
        if file:
            assert Path(file).read_bytes().count(b"\n") == 300_001


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_an_interrupt_leaves_no_file(kind: str) -> None:
    with started("x^2", "--output", f"out.{kind}") as process:
        assert process.stdin is not None
        process.stdin.write(b"x\n3\n")
        process.stdin.flush()
        for _ in range(6_000):
            if list(Path().glob("out*.part")):
                break
            time.sleep(0.05)
        assert list(Path().glob("out*.part"))
        process.send_signal(signal.SIGINT)
        process.wait(300)
    assert process.returncode == -signal.SIGINT
    assert list(Path().iterdir()) == []


# errors ------------------------------------------------------------------------------------------


ERRORS = {  # @ is standard input
    "empty": ("x", b"", "@ is empty: it has no names of columns"),
    "blank": ("x", b"\n \n", "@ is empty: it has no names of columns"),
    "no column": ("spot*K", b"Spot,K\n1,2\n", "@ has no column spot, and no value is given"),
    "no column in use": ("x", b"a\n1\n", "@ has no column x, and no value is given"),
    "two columns": ("x", b"x,y,x\n1,2,3\n", "@ has two columns called 'x'"),
    "two alike": ("x", b"x, x\n1,2\n", "@ has two columns for x: 'x' and ' x'"),
    "too long": (
        "x",
        b"x,y\n1,2\n1,2,3\n",
        "@, row 2 (line 3): 3 cells, and the first line names 2 columns",
    ),
    "too short": (
        "x",
        b'x,y\n"1",2\n1\n',
        "@, row 2 (line 3): 1 cell, and the first line names 2 columns",
    ),
    "text": ("x", b"x,y\n1,2\nabc,2\n", "@, row 2 (line 3), column 'x': 'abc' is no number"),
    "text behind a line break": (
        "x",
        b'y,x\n"a\nb",2\nc,1 0\n',
        "@, row 2 (line 4), column 'x': '1 0' is no number",
    ),
    "decimal comma": ("x", b'x,y\n"1,5",2\n', "@, row 1 (line 2), column 'x': '1,5' is no number"),
    "unclosed": (
        "x",
        b'x,y\n1,"2\n3,4\n',
        '@, row 1 (line 2): a " stands within a cell, or is not closed',
    ),
    "stray quote": (
        "x",
        b'x,y\n1,5" pipe\n',
        '@, line 2: a " stands within a cell, or is not closed',
    ),
    "value there": ("x", b"x,value\n1,2\n", "@ has a column 'value' already"),
    "slope there": ("x", b"x,d_x\n1,2\n", "@ has a column 'd_x' already"),
    "not UTF-8": ("x", b"x,t\n1,\xe9\n", "@, line 2, is not UTF-8 (byte 0xE9)"),
    "UTF-16": ("x", "x\n1\n".encode("utf-16"), "@, line 1, is not UTF-8 (byte 0xFF)"),
    "old Mac": (
        "x",
        b"x,y\r1,2\r",
        "the lines of @ end as on old Macs, with a carriage return alone",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_is_wrong_with_a_table_is_said_where_it_is(case: str) -> None:
    program, table, said = ERRORS[case]
    run = refused(program, stdin=table)
    assert first_line(run) == said.replace("@", "standard input")
    assert hint(run)


JSON_ERRORS = {
    "no JSON": (b'{"x": 1}\n{"x": }\n', "@, row 2: it is no JSON: Expecting value"),
    "no object": (b'{"x": 1}\n[1]\n', "@, row 2: it is no object"),
    "text": (b'{"x": 1}\n\n{"x": "a"}\n', "@, row 2 (line 3), column 'x': 'a' is no number"),
    "list": (b'{"x": [1]}\n', "@, row 1 (line 1), column 'x': '[1]' is no number"),
    "flag": (b'{"x": true}\n', "@, row 1 (line 1), column 'x': 'true' is no number"),
    "empty": (b"\n", "@ is empty: it has no rows"),
}


@pytest.mark.parametrize("case", JSON_ERRORS)
def test_what_is_wrong_with_json_lines_is_said_where_it_is(case: str) -> None:
    table, said = JSON_ERRORS[case]
    assert first_line(refused("x", "--from", "jsonl", stdin=table)) == said.replace(
        "@", "standard input"
    )


@pytest.mark.parametrize("kind", BINARY)
def test_a_file_of_another_format_is_no_file_that_can_be_read(kind: str) -> None:
    Path(f"t.{kind}").write_text("x\n1\n")
    assert f"t.{kind} is no " in first_line(refused("x", f"t.{kind}"))


def test_a_row_far_down_is_named_too() -> None:
    table = "x,y\n" + "1,2\n" * 4_321 + "1,zwei\n"
    with mock.patch.object(chunks, "CHUNK", 256):
        run = autograd("map", "x*y", "--to", "jsonl", stdin=table)
    assert run.status == 2
    place = "standard input, row 4,322 (line 4,323), column 'y'"
    assert first_line(run) == f"{place}: 'zwei' is no number"


SUGGESTIONS = {
    (
        "S",
        "spot,K\n1,2\n",
    ): "its columns are 'spot', 'K'; --rename S=COLUMN takes one, --S=1 is a value",
    (
        "spt",
        "spot,K\n1,2\n",
    ): "did you mean the column 'spot'? --rename spt=spot; or a value, --spt=1",
    ("x", "x;y\n1;2\n"): "its first line has ';' between the names: --delimiter ';'",
}


@pytest.mark.parametrize(("program", "table"), SUGGESTIONS)
def test_a_missing_column_comes_with_what_to_do(program: str, table: str) -> None:
    assert hint(refused(program, stdin=table)) == SUGGESTIONS[program, table]


@pytest.mark.parametrize(("name", "text"), [
    ("t.csv.gz", "x,y\n1,2\n3,4\n"), ("t.TSV.GZ", "x\ty\n1\t2\n3\t4\n"),
    ("t.jsonl.gz", '{"x": 1, "y": 2}\n{"x": 3, "y": 4}\n'),
])  # fmt: skip
def test_a_table_that_gzip_has_packed_is_read(name: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()))
    run = autograd("map", "x*y", str(path), "--only", "--to", "csv", "--wrt", "x")
    assert (run.status, run.out) == (0, "value,d_x\n2.0,2.0\n12.0,4.0\n")
    total = autograd("eval", "x*y", "--data", str(path), "--reduce", "sum", "--get", "value")
    assert total.out == "14.0\n"


@pytest.mark.parametrize("damage", [lambda packed: packed[:-20], lambda packed: b"x\n1\n"])
def test_a_damaged_packed_table_is_told(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    rows = "".join(f"{row * 7919 % 1009}\n" for row in range(500))
    path.write_bytes(damage(gzip.compress(f"x\n{rows}".encode())))
    run = refused("x", str(path))
    assert first_line(run) == f"{path} is no whole file of gzip"
    assert hint(run) == f"gzip -t {path} tests it"


REFUSED: dict[str, tuple[list[str], str]] = {
    "packed output": (
        ["x", "--output", "o.csv.gz"],
        "o.csv.gz would be packed, and tables are written as they are",
    ),
    "packed Parquet": (
        ["x", "t.parquet.gz"],
        "the format of t.parquet.gz is not known: '.gz' is no extension of a table",
    ),
    "unknown format": (
        ["x", "table.xlsx"],
        "the format of table.xlsx is not known: '.xlsx' is no extension of a table",
    ),
    "no extension": (["x", "table"], "the format of table is not known: it has no extension"),
    "unknown output": (
        ["x", "--output", "o.xlsx"],
        "the format of o.xlsx is not known: '.xlsx' is no extension of a table",
    ),
    "only and keep": (
        ["x", "--only", "--keep=x"],
        "--keep does not go with --only, which keeps no column",
    ),
    "one file for two": (
        ["x", "--output", "o.csv", "--where-status", "o.csv"],
        "--where-status and --output name the same file",
    ),
    "rename nothing": (["x", "--rename", "x"], "--rename takes NAME=COLUMN, not 'x'"),
    "rename twice": (["x", "--rename", "x=y", "--rename", "x=x"], "--rename gives x two columns"),
    "rename what is not there": (
        ["x", "--rename", "z=y"],
        "--rename gives 'z' a column, and the program has no such input",
    ),
    "rename to nothing": (["x", "--rename", "x=z"], "@ has no column 'z'"),
    "rename and value": (
        ["x*y", "--rename", "x=y", "--x=2"],
        "--rename gives x a column, and --x a value",
    ),
    "keep what is not there": (["x", "--keep", "z"], "@ has no column 'z'"),
    "long delimiter": (["x", "--delimiter", "::"], "--delimiter takes one sign, not '::'"),
    "twice": (["x", "-", "-"], "@ can be read only once"),
    "values for all": (["x", "--x=2"], "no column of @ is called like an input that has no value"),
    "drawn to a file": (
        ["x", "--to", "table", "--output", "o.csv"],
        "--output is for data, and here table comes out",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_is_refused(case: str) -> None:
    words, said = REFUSED[case]
    there = {"t.parquet.gz", "table.xlsx", "table"} & {words[1]}
    for name in there:
        Path(name).touch()
    run = refused(*words, stdin="x,y\n1,2\n")
    assert first_line(run) == said.replace("@", "standard input")
    assert hint(run)
    assert {path.name for path in Path().iterdir()} == there


def test_files_that_cannot_be_read_end_with_3() -> None:
    Path("folder.csv").mkdir()
    assert first_line(refused("x", "no.csv", status=3)) == "there is no file no.csv"
    said = "there is no table in the folder folder.csv"
    assert first_line(refused("x", "folder.csv", status=3)) == said
    assert first_line(refused("x", "no.parquet", status=3)) == "there is no file no.parquet"


def test_binary_formats_are_not_for_a_screen() -> None:
    run = autograd("map", "x", "--to", "parquet", stdin="x\n1\n", terminal=True)
    assert (run.status, run.out) == (2, "")
    assert "parquet is not for a screen" in run.err


def test_a_library_that_is_missing_is_named_with_the_command_that_installs_it() -> None:
    with mock.patch.object(extras, "find_spec", return_value=None):
        run = refused("x", stdin="x\n1\n")
    assert first_line(run) == "autograd map needs numpy and polars, which are not installed"
    assert hint(run) == 'pip install "autograd-cli[tables]"'


def test_programs_come_from_files_and_from_standard_input_too() -> None:
    Path("t.csv").write_text("x\n3\n")
    Path("p.expr").write_text("x^2\n")
    expected = autograd("map", "x^2", "t.csv")
    assert autograd("map", "-f", "p.expr", "t.csv") == expected
    assert autograd("map", "-", "t.csv", stdin="x^2") == expected
    assert autograd("map", "t.csv", "-f", "p.expr") == expected
    assert "so it is no table" in first_line(refused("-", stdin="x^2"))


# on a screen -------------------------------------------------------------------------------------


def test_a_terminal_gets_a_drawing_of_the_first_and_the_last_rows() -> None:
    table = "x,t\n" + "".join(f"{k},row {k}\n" for k in range(1_000))
    run = autograd("map", "x^2", "--from", "csv", "-", stdin=table, terminal=True)
    assert run.status == 0
    for k in (0, 9, 990, 999):
        assert f"row {k} " in run.out
    assert "row 10 " not in run.out
    assert "1,000 rows: --to csv has all" in run.out


@pytest.mark.parametrize("width", [30, 60, 80, 200])
def test_a_drawing_fits_and_names_the_columns_that_do_not(width: int) -> None:
    names = ["x", "a long name", "another one", "ünïcode"]
    table = ",".join(names) + "\n" + "1.25,text text text,12345678,é\n" * 3
    run = autograd("map", "x^2", "--to", "table", stdin=table, env={"COLUMNS": str(width)})
    assert all(len(line) <= width for line in run.lines)
    assert all(name in " ".join(run.out.split()) for name in ("value", "d_x"))
    if "a long name" not in run.out.partition("no room")[0]:
        assert "no room for" in run.out


def test_text_of_a_table_cannot_control_the_screen() -> None:
    run = autograd("map", "x^2", "--to", "table", stdin="x,\x1b[31mt\n1,\x1b]0;title\x07\n")
    assert "\x1b" not in run.out


# from Python -------------------------------------------------------------------------------------


def test_frames_come_one_by_one_from_python_and_go_to_a_file() -> None:
    Path("t.csv").write_text("x,t\n1,a\n2,b\n")
    rows = ag.compile("x^2").map_files("t.csv", status=True)
    (only,) = list(rows)
    assert only.rows() == [(1.0, "a", 1.0, 2.0, "ok"), (2.0, "b", 4.0, 4.0, "ok")]
    assert rows.tally.rows == 2
    ag.compile("x^2").map_files("t.csv", keep=["t"]).write("out.parquet")
    assert pl.read_parquet("out.parquet").rows() == [("a", 1.0, 2.0), ("b", 4.0, 4.0)]
