"""`autograd batch`: what comes back for each line, in which form, and how a run ends."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from support_cli import SAMPLES, Run, autograd

from autograd_cli.line import sources


def records(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.lines]


def error(program: str, *words: str) -> dict[str, Any]:
    """The error of a stream of one line."""
    run = autograd("batch", *words, stdin=program + "\n")
    assert run.status == 1, run
    (record,) = records(run)
    assert set(record) <= {"schema", "source", "line", "id", "error"}
    assert set(record["error"]) == {"code", "message", "hint", "column"}
    found: dict[str, Any] = record["error"]
    return found


# lines -------------------------------------------------------------------------------------------


def test_each_line_is_a_program_and_each_record_has_its_value_and_gradients() -> None:
    run = autograd("batch", "--x=3", "--w=2", stdin="x^2\nc = w*x; c - 1\n")
    assert (run.status, run.err) == (0, "")
    assert records(run) == [
        {
            "schema": "autograd.batch/1", "source": "stdin", "line": 1,
            "output": {"node": 2, "name": None, "value": 9.0, "status": "ok"},
            "gradients": {"x": 6.0}, "gradient_status": {},
        },
        {
            "schema": "autograd.batch/1", "source": "stdin", "line": 2,
            "output": {"node": 4, "name": None, "value": 5.0, "status": "ok"},
            "gradients": {"w": 3.0, "x": 2.0}, "gradient_status": {},
        },
    ]  # fmt: skip


def test_blank_lines_and_comments_give_nothing_and_count_as_lines() -> None:
    text = "# first\n\n  \t\nx\n   # indented\nx + 1 # at the end\n"
    assert [r["line"] for r in records(autograd("batch", "--x=1", stdin=text))] == [4, 6]


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "\n\n# nothing"])
def test_stream_without_programs_gives_nothing(text: str) -> None:
    assert autograd("batch", stdin=text) == Run(0, "", "")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_and_byte_order_mark_are_no_part_of_a_program(
    end: str, mark: str, last: bool
) -> None:
    text = mark + end.join(["x", "2*x"]) + (end if last else "")
    found = records(autograd("batch", "--x=5", stdin=text))
    assert [r["output"]["value"] for r in found] == [5.0, 10.0]


def test_lines_longer_than_a_read_and_characters_across_two_of_them() -> None:
    long = " + ".join(["ξ"] * 20_000)
    found = records(autograd("batch", "--ξ=0.5", stdin=f"ξ\n{long}\nξ^2\n"))
    assert [r["line"] for r in found] == [1, 2, 3]
    assert [r["output"]["value"] for r in found] == [0.5, 10_000.0, 0.25]
    assert found[1]["gradients"] == {"ξ": 20_000.0}


def test_files_come_in_the_order_of_the_line_and_dash_is_standard_input(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).write_text(f"1\n{ord(name)}")
    first, last = str(tmp_path / "b"), str(tmp_path / "a")
    found = records(autograd("batch", first, "-", last, stdin="7\n"))
    assert [(r["source"], r["line"], r["output"]["value"]) for r in found] == [
        (first, 1, 1.0), (first, 2, 98.0), ("stdin", 1, 7.0), (last, 1, 1.0), (last, 2, 97.0),
    ]  # fmt: skip


def test_one_record_is_what_eval_says_of_the_same_program() -> None:
    for path in sorted(SAMPLES.glob("*.expr"))[:20]:
        whole = autograd("batch", "--whole", "--nodes", str(path))
        single = autograd("eval", "-f", str(path), "--format", "json")
        if single.status == 2:
            assert "error" in records(whole)[0]
            continue
        (record,) = records(whole)
        assert [record.pop(name) for name in ("schema", "source", "line")] == [
            "autograd.batch/1", str(path), 1,
        ]  # fmt: skip
        assert {"schema": "autograd.eval/1", **record} == json.loads(single.out)
        assert whole.status == single.status


def test_a_table_has_the_worst_status_of_the_output_and_the_gradients_reported() -> None:
    words = ("batch", "--x=400", "--y=0", "--wrt", "x")
    lines = "1/exp(x)\nabs(y)\nsqrt(y)/exp(x)\nx + y\n"
    found = records(autograd(*words, stdin=lines))
    assert [r["output"]["status"] for r in found] == ["ok", "kink", "singular", "ok"]
    assert found[0]["gradient_status"] == {"x": "underflow"}
    expected = ["underflow", "kink", "singular", "ok"]
    for form in ("tsv", "csv", "table"):
        run = autograd(*words, "--format", form, stdin=lines)
        found = [next(s for s in (*expected, "ok") if s in line) for line in run.lines[-4:]]
        assert found == expected


# values ------------------------------------------------------------------------------------------


def test_values_on_the_line_are_offers_to_every_program() -> None:
    run = autograd("batch", "--x=2", "--set", "y=5", stdin="x\ny\nz = 3; z\n")
    assert [r["output"]["value"] for r in records(run)] == [2.0, 5.0, 3.0]


def test_values_of_a_record_win_over_the_line_and_may_be_expressions() -> None:
    lines = '{"program": "x + y", "at": {"x": "pi/4"}}\nx + y\n{"program": "x", "at": {"x": -1}}\n'
    run = autograd("batch", "--x=10", "--y=1", stdin=lines)
    assert [r["output"]["value"] for r in records(run)] == [1.7853981633974483, 11.0, -1.0]


def test_values_come_from_files_too(tmp_path: Path) -> None:
    path = tmp_path / "values.json"
    path.write_text('{"x": 4}')
    assert records(autograd("batch", "--vars", str(path), stdin="x"))[0]["output"]["value"] == 4.0


def test_value_that_no_program_takes_is_told_with_the_option_that_was_meant() -> None:
    run = autograd("batch", "--x=1", "--jbos", "2", stdin="x\n")
    assert run.status == 0
    assert run.err.startswith("note: no program has an input 'jbos'; did you mean --jobs")


def test_name_for_wrt_that_no_program_has_is_told() -> None:
    run = autograd("batch", "--x=2", "--wrt", "q,x", stdin="x^2\nx\n")
    assert (run.status, run.err) == (0, "note: no program has an input 'q'\n")
    assert autograd("batch", "--x=2", "--q=1", "--wrt=q,x", stdin="q*x\nx\n").err == ""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_a_program_has_is_not_told_to_be_nowhere_because_it_failed(jobs: str) -> None:
    run = autograd("batch", "--x=2", "--of", "q", "--jobs", jobs, stdin="x^2")
    assert run.status == 1
    assert "no program has" not in run.err
    run = autograd("batch", "--x=2", "--jobs", jobs, stdin="x*y\n")
    assert "1 missing-value" in run.err
    assert "no program" not in run.err


def test_of_programs_that_could_not_be_read_nothing_is_told() -> None:
    assert "no program" not in autograd("batch", "--x=2", "--wrt", "x", stdin="x^\n").err
    told = autograd("batch", "--x=2", "--q=2", stdin="x^\nx\n").err
    assert "note: no program that could be read has an input 'q'" in told


# records -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mark", ['"k"', "7", "-0.5", "null", "true", '[1, {"a": "é"}]', '"\\ud800"']
)
def test_id_comes_back_as_it_was_with_results_and_with_errors(mark: str) -> None:
    lines = "".join(f'{{"id": {mark}, "program": "{p}"}}\n' for p in ("1 + 1", "1 +", "x"))
    found = records(autograd("batch", stdin=lines))
    assert [json.dumps(r["id"]) for r in found] == [json.dumps(json.loads(mark))] * 3
    assert ["error" in r for r in found] == [False, True, True]


def test_a_record_without_an_id_has_none_in_its_reply() -> None:
    assert "id" not in records(autograd("batch", stdin='{"program": "1"}'))[0]


CARRIED = {
    "zeta": "é\n",
    "id": 7,
    "alpha": [1, {"b": None, "a": 0.1}],
    "count": 10**30,
    "on": False,
    "Program": "x",
}
"""Fields of a sender's own, in an order of their own."""


@pytest.mark.parametrize("program", ["1 + 1", "1 +", "x", "log(-1)"])
@pytest.mark.parametrize("words", [[], ["--nodes"], ["--jobs", "2"], ["--format", "json"]])
def test_other_fields_come_back_as_they_were_with_results_and_with_errors(
    program: str, words: list[str]
) -> None:
    line = json.dumps({"zeta": CARRIED["zeta"], "program": program, "at": {}} | CARRIED)
    run = autograd("batch", *words, stdin=line)
    (record,) = json.loads(run.out) if "json" in words else records(run)
    back = {name: value for name, value in record.items() if name in CARRIED}
    assert list(back.items()) == list(CARRIED.items())
    assert list(record)[:9] == ["schema", "source", "line", *CARRIED]


@pytest.mark.parametrize(
    "name",
    ["schema", "source", "line", "output", "gradients", "gradient_status", "nodes", "error"],
)
def test_field_with_the_name_of_one_in_the_reply_is_a_bad_record_that_names_it(name: str) -> None:
    line = json.dumps({"program": "1", name: "mine", "id": 3, "note": "k"})
    (record,) = records(autograd("batch", stdin=line))
    assert record["error"]["code"] == "bad-record"
    assert repr(name) in record["error"]["message"]
    assert (record["id"], record["note"]) == (3, "k")
    assert (record["schema"], record["source"], record["line"]) == ("autograd.batch/1", "stdin", 1)


def test_a_reply_may_be_sent_again_once_its_fields_have_other_names() -> None:
    found = autograd("batch", stdin='{"program": "1 + 1", "id": 1, "note": "k"}\n')
    assert records(autograd("batch", stdin=found.out))[0]["error"]["code"] == "bad-record"


@pytest.mark.parametrize("form", ["csv", "tsv", "markdown"])
def test_tables_of_data_leave_other_fields_out_and_say_so(form: str) -> None:
    lines = '{"program": "x", "id": "k", "note": 1}\n{"program": "x", "tag": 2}\n'
    words = ["batch", "--x=1", "--wrt=x", "--format", form]
    run = autograd(*words, stdin=lines)
    assert run.out == autograd(*words, stdin='{"program": "x", "id": "k"}\nx\n').out
    assert (run.status, run.err) == (
        0,
        f"note: {form} leaves out the records' own fields (note, tag); json and jsonl have them\n",
    )


def test_of_many_fields_left_out_the_first_are_named() -> None:
    lines = "".join(f'{{"program": "x", "f{n}": 1}}\n' for n in range(3000))
    run = autograd("batch", "--x=1", "--wrt=x", "--format", "csv", stdin=lines)
    assert "(f0, f1, f2, f3, f4)" in run.err


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("{", 2),
        ('{"program": "x"', 16),
        ('{"program" "x"}', 12),
        ('{"program": x}', 13),
        ('{"program": "x"} {}', 18),
        ("{}", None),
        ('{"program": 1}', None),
        ('{"program": null}', None),
        ('{"program": ["x"]}', None),
        ('{"program": "1", "at": [1]}', None),
        ('{"program": "1", "id": NaN}', None),
        ('{"program": "1", "id": Infinity}', None),
        ('{"program": "1", "id": 1e999}', None),
        ('{"program": "1", "note": Infinity}', None),
        ('{"program": "1", "note": [1e999]}', None),
        ('{"program": "1", "line": 1}', None),
        ('{"program": "1", "id": ' + "[" * 100_000 + "]" * 100_000 + "}", None),
    ],
)
def test_record_that_cannot_be_read_is_a_bad_record(line: str, column: int | None) -> None:
    found = error(line)
    assert (found["code"], found["column"]) == ("bad-record", column)


@pytest.mark.parametrize("value", ['"1 +"', '"y"', "[1]", "true", "null", "{}", '""'])
def test_value_of_a_record_that_is_no_number_is_a_bad_value(value: str) -> None:
    found = error(f'{{"program": "x", "at": {{"x": {value}}}}}')
    assert found["code"] == "bad-value"


def test_value_of_a_record_has_to_fit_its_program() -> None:
    assert error('{"program": "x", "at": {"z": 1}}', "--x=1")["code"] == "unknown-name"
    assert error('{"program": "x = 2*y; x", "at": {"x": 1}}')["code"] == "not-an-input"


# errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "code", "column"),
    [
        ("x + ", "syntax", 3),
        ("  2x", "syntax", 4),
        ("sni(x)", "unknown-function", 1),
        ("1 + sin(1, 2)", "arity", 5),
        ("f(x) = f(x); f(1)", "recursion", 8),
        ("y = x; x = 2", "use-before-binding", 5),
        ("1 + z", "missing-value", 5),
        ("1 + 1e999", "syntax", 5),
    ],
)
def test_errors_have_their_code_and_the_column_in_the_line(
    program: str, code: str, column: int
) -> None:
    found = error(program)
    assert found["code"] == code
    assert found["column"] == column
    assert found["message"]


def test_limit_and_unknown_nodes_are_errors_of_their_line() -> None:
    assert error("x + x + x", "--x=1", "--max-nodes", "2")["code"] == "limit"
    assert error("x", "--x=1", "--of", "J")["code"] == "unknown-name"
    assert error("c = x*2; c", "--x=1", "--wrt", "c")["code"] == "not-an-input"


def test_bytes_that_are_no_utf8_are_an_error_of_their_line_alone() -> None:
    run = autograd("batch", "--x=1", stdin=b"x\nx + \xe9\nx*2\n")
    found = records(run)
    assert [r["line"] for r in found] == [1, 2, 3]
    assert found[1]["error"]["code"] == "encoding"
    assert found[2]["output"]["value"] == 2.0


def test_missing_values_are_named_together_with_the_words_that_give_them() -> None:
    found = error("x*y*z*format", "--x=1")
    assert "y, z, format" in found["message"]
    assert "autograd batch --y=1 --z=1 --set format=1" in found["hint"]


def test_summary_counts_failures_by_kind_and_names_the_first() -> None:
    run = autograd("batch", "--x=1", stdin="x\nx +\ny\n\nx -\n")
    assert run.status == 1
    assert run.err == "3 of 4 failed: 2 syntax, 1 missing-value; first at stdin:2\n"


def test_summary_writes_large_numbers_with_commas() -> None:
    run = autograd("batch", "--x=1", stdin="x\n" * 1234 + "x +\n")
    assert run.err == "1 of 1,235 failed: 1 syntax; first at stdin:1235\n"


def test_results_that_are_nan_are_told_and_end_with_1() -> None:
    run = autograd("batch", "--x=-1", stdin="x\nlog(x)\nsqrt(x)\n")
    assert (run.status, run.err) == (1, "2 of 3 gave nan; first at stdin:2\n")
    assert [r["output"]["value"] for r in records(run)] == [-1.0, "nan", "nan"]
    assert records(run)[1]["gradient_status"] == {"x": "domain"}


def test_strict_minds_infinities_and_kinks() -> None:
    assert autograd("batch", "--x=0", stdin="abs(x)\n").status == 0
    run = autograd("batch", "--x=0", "--strict", stdin="x\nabs(x)\n1/x\n")
    assert (run.status, run.err) == (1, "2 of 3 are not ok; first at stdin:2\n")


def test_fail_fast_stops_at_the_first_failure() -> None:
    for jobs in ("1", "2"):
        run = autograd("batch", "--x=1", "--fail-fast", "--jobs", jobs, stdin="x\ny\nx\nz\n")
        assert run.status == 1
        assert [r["line"] for r in records(run)] == [1, 2]
        assert run.err == "1 of 2 failed: 1 missing-value; first at stdin:2\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--format", "csv"], "--wrt"),
        (["--format", "tsv"], "--wrt"),
        (["--nodes", "--format", "csv", "--wrt", "x"], "--nodes"),
        (["--nodes", "--format", "table"], "--nodes"),
        (["--jobs", "0"], "--jobs"),
        (["--x=1 +"], "the value of x"),
    ],
)
def test_command_line_that_makes_no_sense_ends_with_2_and_no_output(
    words: list[str], says: str
) -> None:
    run = autograd("batch", *words, stdin="x\n")
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("error: ")
    assert says in run.err


# what is asked -----------------------------------------------------------------------------------


def test_of_differentiates_the_named_node_of_every_program() -> None:
    run = autograd("batch", "--of", "c", "--x=3", stdin="c = x^2; d = c + 1\nc = 2*x; c*c\n")
    assert [r["output"]["name"] for r in records(run)] == ["c", "c"]
    assert [r["gradients"] for r in records(run)] == [{"x": 6.0}, {"x": 2.0}]


def test_wrt_limits_gradients_to_those_that_a_program_has() -> None:
    run = autograd(
        "batch", "--wrt", "x, w", "--set", "y=1", "--x=2", "--w=3", stdin="x*y\nw*x\ny\n"
    )
    assert [r["gradients"] for r in records(run)] == [{"x": 1.0}, {"x": 3.0, "w": 2.0}, {}]


def test_nodes_adds_every_node_to_a_record() -> None:
    (record,) = records(autograd("batch", "--nodes", "--x=3", stdin="c = x*x\n"))
    assert [(n["name"], n["value"], n["gradient"]) for n in record["nodes"]] == [
        ("x", 3.0, 6.0), ("c", 9.0, 1.0),
    ]  # fmt: skip


def test_whole_takes_each_file_as_one_program(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.expr", tmp_path / "bad.expr"
    good.write_text("# costs\nc = x^2\n\nc + 1\n")
    bad.write_text("c = x^2\nc + 2x\n")
    run = autograd("batch", "--whole", "--x=2", str(good), str(bad))
    first, second = records(run)
    assert (first["line"], first["output"]["value"]) == (1, 5.0)
    assert (second["source"], second["line"], second["error"]["column"]) == (str(bad), 2, 6)
    assert run.err == f"1 of 2 failed: 1 syntax; first at {bad}:2\n"


def test_whole_standard_input_is_one_program() -> None:
    assert records(autograd("batch", "--whole", "--x=2", stdin="a = x\na*a\n"))[0]["gradients"] == {
        "x": 4.0
    }


# forms -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "separator"), [("csv", ","), ("tsv", "\t")])
def test_rows_have_the_documented_columns(form: str, separator: str) -> None:
    lines = 'x*w\n{"program": "w", "id": "k"}\n{"program": "x +", "id": [1, 2]}\nlog(x)\n'
    run = autograd("batch", "--x=0", "--w=2", "--wrt", "w,x", "--format", form, stdin=lines)
    header, *rows = csv.reader(run.lines, delimiter=separator)
    assert header == ["source", "line", "id", "value", "status", "grad.w", "grad.x", "error"]
    assert rows[0] == ["stdin", "1", "", "0.0", "ok", "0.0", "2.0", ""]
    assert rows[1] == ["stdin", "2", "k", "2.0", "ok", "1.0", "", ""]
    assert rows[2][:7] == ["stdin", "3", "[1, 2]", "", "", "", ""]
    assert rows[2][7].startswith("syntax: ")
    assert rows[3] == ["stdin", "4", "", "-inf", "singular", "", "inf", ""]
    assert run.status == 1


def test_header_of_rows_is_there_even_without_programs() -> None:
    run = autograd("batch", "--wrt", "x", "--format", "tsv", stdin="")
    assert run.out == "source\tline\tid\tvalue\tstatus\tgrad.x\terror\n"


def test_ids_with_tabs_and_quotes_stay_in_their_cell() -> None:
    line = json.dumps({"program": "x", "id": 'a\tb\n"c",\\'}) + "\n"
    (_, row) = csv.reader(
        autograd("batch", "--x=1", "--wrt", "x", "--format", "csv", stdin=line).out.splitlines(True)
    )
    assert row[2] == 'a\tb\n"c",\\'
    run = autograd("batch", "--x=1", "--wrt", "x", "--format", "tsv", stdin=line)
    assert run.lines[1].split("\t")[2] == 'a\\tb\\n"c",\\\\'


def test_doubles_read_back_to_the_same_bits() -> None:
    found = records(autograd("batch", "--x=0.1", stdin="x + 0.2\n"))
    assert found[0]["output"]["value"] == 0.1 + 0.2


# the cache ---------------------------------------------------------------------------------------


def test_the_same_text_again_costs_no_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    plain = sources.parse

    def counted(text: str, **options: int) -> Any:
        parsed.append(text)
        return plain(text, **options)

    monkeypatch.setattr(sources, "parse", counted)
    lines = "".join(f'{{"program": "x^2", "at": {{"x": {n}}}}}\nx + 1\n' for n in range(50))
    run = autograd("batch", "--set", "x=1", stdin=lines)
    assert [r["output"]["value"] for r in records(run)][:4] == [0.0, 2.0, 1.0, 2.0]
    assert [text for text in parsed if "x" in text] == ["x^2", "x + 1"] * 2  # kept from then on


def test_programs_that_were_kept_make_room_for_new_ones() -> None:
    from autograd_cli.stream.programs import Programs, _Kept, _size
    from autograd_grammar import parse
    from autograd_graph import Tape

    bound: list[str] = []

    def bind(text: str) -> Tape:
        bound.append(text)
        return Tape(parse(text))

    programs = Programs(bind, room=2 * _size(_Kept(Tape(parse("x*y")), [])))
    for text in ("x*y", "x+y", "a-b"):  # once each, and nothing is kept
        assert programs[text].graph.text == text
    bound.clear()
    for text in ("x*y", "x+y", "x*y", "a-b", "x*y", "x+y"):
        assert programs[text].graph.text == text
    assert bound == ["x*y", "x+y", "a-b", "x+y"]
    large = "+".join(["x"] * 50)
    for _ in range(3):
        assert programs[large].graph.text == large
        assert programs["x*y"].graph.text == "x*y"


@pytest.mark.parametrize(
    ("width", "said"),
    [(40, "no room for gradients and status: "), (60, "no room for status: "), (100, "")],
)
def test_table_says_which_columns_it_has_no_room_for(width, said):
    run = autograd("batch", "--format", "table", stdin="x = 2; x^2\n", env={"COLUMNS": str(width)})
    assert run.out.startswith(said)
    assert ("no room" in run.out) == bool(said)


def test_standard_input_is_read_once() -> None:
    run = autograd("batch", "-", "-", "--x=1", stdin="x\n")
    assert (run.status, run.out) == (2, "")
    assert "only once" in run.err
    assert "write - once" in run.err


def test_a_run_that_fails_fast_says_why_where_no_file_will(tmp_path: Path) -> None:
    run = autograd("batch", "--fail-fast", "--output", str(tmp_path / "f"), stdin="x*\n")
    assert run.status == 1
    assert run.err.startswith("stdin:1: an operand is missing after '*'\n")
    assert list(tmp_path.iterdir()) == []


def test_a_record_on_several_lines_is_told_to_stand_on_one() -> None:
    run = autograd("batch", stdin='{\n  "program": "x^2"\n}\n')
    first = json.loads(run.lines[0])
    assert first["error"]["code"] == "bad-record"
    assert "jq -c" in first["error"]["hint"]


def test_a_format_by_the_environment_that_needs_more_than_there_is_changes_nothing() -> None:
    env, words = {"AUTOGRAD_FORMAT": "csv"}, ["batch", "--x=1"]
    assert autograd(*words, stdin="x\n", env=env) == autograd(*words, stdin="x\n")
    assert autograd(*words, "--wrt=x", stdin="x\n", env=env).lines[0].startswith("source,")
