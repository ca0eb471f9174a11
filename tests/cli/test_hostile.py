"""A hostile world: no record stops a stream, none takes more than its share."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from support_cli import Run, autograd

from autograd_cli import whole
from autograd_cli.commands import batch
from autograd_cli.reports import evaluation
from autograd_cli.stream import engine, replies
from autograd_cli.whole import written_whole
from autograd_graph import ProgramError

SOUND = "s = 2; s^2\n"


def error(line: str | bytes, *words: str) -> dict[str, Any]:
    """The error of a record before which and after which there are sound ones."""
    data = line if isinstance(line, bytes) else line.encode("utf-8", "surrogateescape")
    run = autograd("batch", *words, stdin=SOUND.encode() + data + b"\n" + SOUND.encode())
    found = records(run)
    assert [record["line"] for record in found] == [1, 2, 3]
    assert [found[n]["output"]["value"] for n in (0, 2)] == [4.0, 4.0]
    assert run.status == 1
    assert run.err.startswith(f"1 of 3 failed: 1 {found[1]['error']['code']}; first at stdin:2\n")
    failure: dict[str, Any] = found[1]["error"]
    return failure


def records(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.lines]


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


# causes ------------------------------------------------------------------------------------------

NUMBERS = [
    ("0x" + "f" * 3572, "syntax"),
    ("0b" + "1" * 20_000, "syntax"),
    ("0o" + "7" * 6_000, "syntax"),
    ("9" * 5_000, "syntax"),
    ("x^" + "1" * 5_000, "syntax"),
    ("x*1e" + "9" * 5_000, "syntax"),
]
"""Programs with numbers of more digits than Python converts, and what is said of them."""


@pytest.mark.parametrize("command", ["eval", "diff", "explain", "batch"])
@pytest.mark.parametrize(("text", "code"), NUMBERS, ids=[text[:4] for text, _ in NUMBERS])
def test_number_of_thousands_of_digits_is_an_error_of_its_program(
    command: str, text: str, code: str
) -> None:
    if command == "batch":
        assert error(text, "--set=x=1")["code"] == code
        return
    run = autograd(command, "-", "--set", "x=1", stdin=text)
    assert (run.status, run.out) == (2, "")
    assert "should not have happened" not in run.err
    assert ("decimal" in run.err) == (text[1] in "xbo")


def test_literal_of_thousands_of_digits_is_the_double_nearest_to_it() -> None:
    text = "x*0." + "3" * 5_000
    assert autograd("diff", "-", stdin=text).out.endswith("0.3333333333333333\n")
    for command in ("eval", "explain", "batch"):
        assert autograd(command, "-", "--set", "x=1", stdin=text).status == 0


def test_short_number_of_another_base_is_still_converted() -> None:
    assert error("0x1F")["hint"] == "write 31"


@pytest.mark.parametrize("depth", [10, 300, *range(900, 1_000, 3), 100_000])
@pytest.mark.parametrize("field", ['"program": "x", "at": {"x": %s}', '"program": "1 +", "id": %s'])
def test_list_of_any_depth_is_an_error_of_its_record(field: str, depth: int) -> None:
    found = error("{" + field % nested(depth) + "}")
    assert found["code"] in ("bad-value", "bad-record", "syntax")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("v.toml", "x = 0x" + "f" * 3572, "no number that a double can hold"),
        ("v.toml", "x = [0x" + "f" * 3572 + "]", "no number: a list"),
        ("v.toml", "x = 1e999", "too large for a double"),
        ("v.json", '{"x": 1e999}', "no number that a double can hold"),
        ("v.json", '{"x": NaN}', "no number that a double can hold"),
        ("v.json", '{"x": ' + nested(970) + "}", ""),
    ],
)
def test_file_of_values_may_hold_anything(tmp_path, name: str, text: str, says: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    run = autograd("eval", "x", "--vars", str(path))
    assert (run.status, run.out) == (2, "")
    assert says in run.err
    assert "should not have happened" not in run.err


def test_words_of_toml_for_what_is_not_finite_are_values(tmp_path) -> None:
    path = tmp_path / "v.toml"
    path.write_text("x = -inf\ny = nan\nz = +inf\n")
    run = autograd("eval", "x*0 + y + z", "--vars", str(path), "--format", "json")
    assert [n["value"] for n in json.loads(run.out)["nodes"] if n["name"]] == ["-inf", "nan", "inf"]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_value_that_is_not_finite_is_a_text_or_a_bad_value(value: str) -> None:
    found = error('{"program": "x", "at": {"x": ' + value + "}}")
    assert found["code"] == "bad-value"
    assert '"inf"' in found["hint"]


@pytest.mark.parametrize(
    "line",
    [b"x\0", b"\xff", '{"program": "\\ud800"}', '{"program": "x", "at": {"\\ud800": 1}}',
     '{"program": "x", "at": {"x": "\\u0000"}}', '{"program": "1", "id": %s}' % ("9" * 5_000)],
)  # fmt: skip
@pytest.mark.parametrize("words", [[], ["--jobs", "2"]])
def test_characters_that_no_program_has_are_an_error_of_their_record(line, words) -> None:
    assert error(line, *words)["code"] != "internal"


def test_accents_by_the_thousand_are_refused_before_they_are_sorted() -> None:
    marks = "\u0300\u0316" * 100_000
    began = time.monotonic()
    for line in (f"a{marks}", json.dumps({"program": "1", "at": {f"a{marks}": 1}})):
        assert error(line)["code"] == "limit"
    assert time.monotonic() - began < 10
    assert autograd("eval", "o" + "\u0302\u0301" + " + 1", "--set", "\u1ed1=1").status == 0


# the boundary ------------------------------------------------------------------------------------

PLANTED = [RecursionError("too deep"), ValueError("bad"), AssertionError(), KeyError("k")]


@pytest.fixture(params=PLANTED, ids=lambda planted: type(planted).__name__)
def planted(request, monkeypatch: pytest.MonkeyPatch) -> Exception:
    """A pass that fails on programs with an input ``q``."""
    plain = evaluation.run

    def failing(tape, given):
        if "q" in tape.graph.inputs:
            raise request.param
        return plain(tape, given)

    monkeypatch.setattr(engine.report, "run", failing)
    fault: Exception = request.param
    return fault


@pytest.mark.parametrize("words", [[], ["--jobs", "2"]])
def test_what_nobody_foresaw_is_an_error_of_its_record(planted: Exception, words) -> None:
    found = error("q = 1; q", *words)
    assert found["code"] == "internal"
    assert type(planted).__name__ in found["message"]
    assert "--debug" in found["hint"]


def test_debug_shows_where_it_was(planted: Exception) -> None:
    run = autograd("batch", "--debug", stdin="q = 1; q\n")
    assert "Traceback" in run.err
    assert "in failing" in run.err
    assert "Traceback" not in autograd("batch", stdin="q = 1; q\n").err


def test_record_without_enough_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(tape, given):
        if "q" in tape.graph.inputs:
            raise MemoryError
        return plain(tape, given)

    plain = evaluation.run
    monkeypatch.setattr(engine.report, "run", greedy)
    found = error("q = 1; q")
    assert (found["code"], found["message"]) == ("limit", "there is not enough memory for this")


@pytest.mark.parametrize("form", ["jsonl", "json", "csv"])
def test_reply_that_cannot_be_written_is_an_error_of_its_record(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = replies.Reply.sound
    monkeypatch.setattr(replies, "number", failing_number)
    monkeypatch.setattr(evaluation.Summary, "as_object", failing_summary(evaluation.Summary))
    run = autograd("batch", "--wrt", "x", "--format", form, stdin=f"{SOUND}x = 7; x\n{SOUND}")
    assert run.status == 1
    assert "1 of 3 failed: 1 internal; first at stdin:2" in run.err
    assert run.out.count("should not have happened") == 1
    assert plain


def failing_number(value: float | None) -> str:
    if value == 7.0:
        raise ValueError("seven")
    return "" if value is None else repr(value)


def failing_summary(kind):
    plain = kind.as_object

    def as_object(self):
        if self.value == 7.0:
            raise RecursionError
        return plain(self)

    return as_object


# bounds ------------------------------------------------------------------------------------------

WIDE = "f(u)=u+u+u+u+u+u+u+u+u;g(u)=f(f(f(f(u))));h(u)=g(g(g(g(u))));h(1)"
"""A short expression of 128 nodes."""


@pytest.mark.parametrize(
    "words",
    [[f"--x={WIDE}"], ["--set", f"x={WIDE}"], ["--vars", "v.json"], ["--nudge", f"x={WIDE}"]],
)
def test_limit_of_nodes_holds_for_values_too(words: list[str], tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "v.json").write_text(json.dumps({"x": WIDE}))
    for command in ["explain"] if "--nudge" in words else ["eval", "batch"]:
        text = "x = 1; x + 1" if "--nudge" in words else "x + 1"
        run = autograd(command, *words, "--max-nodes", "100", stdin=text)
        assert (run.status, run.out) == (2, "")
        assert "limit" in run.err
        assert "--max-nodes" in run.err


def test_limit_of_nodes_holds_for_values_of_records() -> None:
    line = json.dumps({"program": "x", "at": {"x": WIDE}})
    assert error(line, "--max-nodes", "100")["code"] == "limit"
    line = json.dumps({"program": "x", "at": {"x": "+".join("1" * 60_000)}})
    assert error(line, "--max-nodes", "100")["code"] == "limit"


def test_statement_is_not_read_to_its_end_beyond_the_limit() -> None:
    run = autograd("eval", "-", "--max-nodes", "10", "--set=x=1", stdin="x" + "+1" * 100_000)
    assert "nodes here" in run.err


@pytest.mark.parametrize("words", [[], ["--jobs", "2"]])
def test_line_over_the_limit_is_skipped_and_the_stream_goes_on(words: list[str]) -> None:
    for size in (101, 20_000, 500_000):
        found = error("1" + " " * (size - 2) + "1", "--max-line", "100", *words)
        assert (found["code"], found["message"]) == ("limit", "the line is longer than 100 bytes")
    run = autograd(
        "batch", "--max-line", "100", stdin="#" * 50_000 + "\n" + "1" * 100 + "\n" + SOUND
    )
    assert [(r["line"], "error" in r) for r in records(run)] == [(2, False), (3, False)]


def test_line_at_the_limit_of_every_read_is_whole() -> None:
    for size in (16_383, 16_384, 16_385, 32_768):
        line = "1" + " " * (size - 3) + "+1"
        run = autograd("batch", "--max-line", str(size), stdin=f"{line}\n{line} \n{SOUND}")
        assert ["error" in r for r in records(run)] == [False, True, False]


@pytest.mark.parametrize("words", [[], ["--jobs", "2"]])
def test_record_that_takes_too_long_is_given_up(words, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = evaluation.run

    def slow(tape, given):
        while "q" in tape.graph.inputs:
            pass
        return plain(tape, given)

    monkeypatch.setattr(engine.report, "run", slow)
    found = error("q = 1; q", "--timeout", "0.3", *words)
    assert (found["code"], found["message"]) == ("limit", "it took more than 0.3 seconds")


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e300", "x"])
def test_time_that_no_alarm_can_be_set_to_is_refused(seconds: str) -> None:
    run = autograd("batch", "--timeout", seconds, stdin="1\n")
    assert (run.status, run.out) == (2, "")
    assert "--timeout" in run.err


def test_time_as_short_as_can_be_is_a_limit() -> None:
    run = autograd("batch", "--timeout", "1e-9", stdin="+".join("1" * 20_000) + "\n")
    assert records(run)[0]["error"]["message"] == "it took more than 1e-09 seconds"


def test_more_processes_than_are_of_use_are_refused() -> None:
    run = autograd("batch", "--jobs", "100000", stdin="1\n")
    assert (run.status, run.out) == (2, "")
    assert "--jobs 100000 is more than 8 for each of the" in run.err


@pytest.mark.parametrize("how", ["stuck", "killed"])
def test_process_that_a_record_takes_along_is_replaced(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = evaluation.run

    def fatal(tape, given):
        if "q" in tape.graph.inputs:
            if how == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])  # as code in C does
            time.sleep(60)
        return plain(tape, given)

    monkeypatch.setattr(engine.report, "run", fatal)
    monkeypatch.setattr(batch, "GRACE", 0.5)
    words = ["--timeout", "20" if how == "killed" else "1.5", "--jobs", "2"]
    found = error("q = 1; q", *words)
    assert found["code"] == "limit"
    assert "did not return or was ended" in found["message"]
    lines = [f"q = {n}; q" if n % 5_000 == 1_000 else f"s = {n}; s + 1" for n in range(10_000)]
    run = autograd("batch", *words, stdin="\n".join(lines))
    assert [r["line"] for r in records(run)] == [*range(1, 10_001)]
    assert ["error" in r for r in records(run)] == [line[0] == "q" for line in lines]


@pytest.mark.parametrize("words", [[], ["--jobs", "2"]])
def test_memory_does_not_grow_with_what_a_stream_holds(words: list[str]) -> None:
    sizes = []
    for count in (18, 54):
        with process("batch", "--x=1", *words, **PIPES) as run:
            assert run.stdin is not None
            assert run.stdout is not None
            for n in range(count):
                kinds = (f"x + {n} # {n}" + "c" * 900_000, f"{n} " * 300_000, f"y{n} * " * 90_000)
                run.stdin.write(kinds[n % 3].encode() + b"\n")
                assert run.stdout.readline()
            sizes.append(largest_size(run.pid))
    assert sizes[1] <= sizes[0] * 1.1 + 4_000, sizes
    assert sizes[1] < 250_000, sizes


PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}


def largest_size(pid: int) -> int:
    """The largest resident size, in kilobytes, of a process and of those that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        pytest.skip("needs Linux's /proc")
    found = 0
    for one in [pid, *map(int, children.read_text().split())]:
        status = Path(f"/proc/{one}/status").read_text()
        found = max(found, int(status.partition("VmHWM:")[2].split()[0]))
    return found


# screens -----------------------------------------------------------------------------------------

HARMFUL = "\x1b]0;title\x07\x9b2J\u202e\u2066\x7f\x85"
INVISIBLE = ("\u3164", "\uffa0", "\u115f", "\u1160", "\u200b", "\u2060", "\u00ad")


@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "tsv", "markdown", "table"])
def test_nothing_that_a_record_carries_reaches_the_screen_as_a_command(form: str) -> None:
    line = json.dumps({"program": "s = 1; s", "id": HARMFUL, f"k{HARMFUL}": 1}, ensure_ascii=False)
    line += "\n" + json.dumps({"program": "x", "at": {f"y{HARMFUL}": 1}, "id": HARMFUL})
    run = autograd("batch", "--wrt", "s", "--format", form, stdin=line)
    assert not set(HARMFUL) & set(run.out + run.err) - set("]0;title2J")
    if form == "jsonl":
        assert [r["id"] for r in records(run)] == [HARMFUL, HARMFUL]
    elif form != "table":
        assert "json" if form == "json" else "\\u001b" in run.out


def test_name_of_a_file_does_not_reach_the_screen_as_a_command(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b]0;pwn\x07.txt"
    path.write_text("x +\n")
    for form in ("jsonl", "table"):
        run = autograd("batch", str(path), str(path) + "no", "--format", form)
        assert "first at" in run.err
        assert not {"\x1b", "\x07"} & set(run.out + run.err)


@pytest.mark.parametrize("character", INVISIBLE)
def test_invisible_name_is_refused_with_a_hint(character: str) -> None:
    for text in (f"{character} + 1", f"x{character} + 1"):
        run = autograd("eval", text, "--set", "x=1")
        assert run.status == 2
        assert f"U+{ord(character):04X}" in run.err
        assert "it does not show" in run.err


@pytest.mark.parametrize(
    "text",
    ["x + \u0301", "\u0301", "x + \u0344", "é\u0344 + 2x", "o\u0302\u0301 + \u0301", "2\u0301"],
)
def test_caret_stands_under_something(text: str) -> None:
    run = autograd("eval", text, "--set", "x=1")
    line, carets = run.err.splitlines()[2:4]
    assert set(carets) == {" ", "^"}
    cells = [c for c in line if not unicodedata.combining(c)]
    assert cells[carets.index("^")] in "◌2é", run.err


# files -------------------------------------------------------------------------------------------


def process(*words: str, **how: Any) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-m", "autograd_cli", *words], env=environment, **how)


@pytest.mark.parametrize("form", ["jsonl", "csv", "table", "json"])
def test_descent_is_saved_though_the_reader_has_left(form: str, tmp_path: Path) -> None:
    target = tmp_path / "saved.json"
    read, write = os.pipe()
    os.close(read)
    text = "w=3;v=2;(w-1)^2+(v-1)^4*(w-2)^2"
    words = ["descend", text, "--lr", "0.001", "--steps", "500", "--format", form]
    run = process(*words, "--save", str(target), stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    _, err = run.communicate(timeout=60)
    assert (run.returncode, b"error" in err) == (0, False)
    assert json.loads(target.read_bytes())["w"] < 3


def test_batch_is_written_though_every_reader_has_left(tmp_path: Path) -> None:
    target = tmp_path / "o.jsonl"
    read, write = os.pipe()
    os.close(read)
    run = process(
        "batch", "no/such", "-", "--q=1", "--output", str(target), stdin=subprocess.PIPE,
        stdout=write, stderr=write,
    )  # fmt: skip
    os.close(write)
    run.communicate(b"s = 1; s\nx +\n", timeout=60)
    assert run.returncode == 3
    assert target.read_bytes().count(b"\n") == 2


@pytest.mark.parametrize("command", ["batch", "batch --jobs 2"])
def test_terminated_run_leaves_no_partial_file(command: str, tmp_path: Path) -> None:
    target = tmp_path / "o.jsonl"
    target.write_text("old")
    others = tmp_path / f"o.jsonl.{os.getpid()}.part"
    others.write_text("of someone else")
    words = [*command.split(), "--output", str(target)]
    run = process(*words, stdin=subprocess.PIPE)
    assert run.stdin is not None
    run.stdin.write(b"s = 1; s\n")
    run.stdin.flush()
    end = time.monotonic() + 30
    while len(list(tmp_path.iterdir())) < 3:
        assert time.monotonic() < end
        time.sleep(0.01)
    run.send_signal(signal.SIGTERM)
    assert run.wait(30) == 143
    run.stdin.close()
    assert {path.name for path in tmp_path.iterdir()} == {"o.jsonl", others.name}
    assert (target.read_text(), others.read_text()) == ("old", "of someone else")


def test_partial_file_has_a_name_that_cannot_be_guessed_and_the_mode_of_its_target(
    tmp_path: Path,
) -> None:
    target = tmp_path / "o"
    names = set()
    for _ in range(2):
        with written_whole(str(target)) as file:
            (part,) = (path for path in tmp_path.iterdir() if path != target)
            names.add(part.name)
            if target.exists():
                assert part.stat().st_mode & 0o777 == 0o604
            file.write(b"x")
        target.chmod(0o604)
    assert len(names) == 2
    assert str(os.getpid()) not in {name.split(".")[1] for name in names}


def test_file_that_takes_the_partial_name_is_not_deleted(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(whole, "unguessable", lambda: "taken")
    taken = tmp_path / "o.taken.part"
    taken.write_text("mine")
    with pytest.raises(ProgramError), written_whole(str(tmp_path / "o")):
        pass
    assert taken.read_text() == "mine"


@pytest.mark.parametrize("kilobytes", range(120_000, 420_000, 50_000))
def test_memory_that_runs_out_is_an_error_that_says_so(kilobytes: int, tmp_path: Path) -> None:
    path = tmp_path / "large.expr"
    path.write_text("+".join("x" * 200_000))
    command = f"{sys.executable} -m autograd_cli eval -f {path} --x=1 --get value"
    script = f"ulimit -v {kilobytes}; exec {command}"
    run = subprocess.run(["bash", "-c", script], capture_output=True, timeout=60, check=False)
    assert b"Traceback" not in run.stderr
    if run.returncode:
        assert run.returncode == 2
        assert run.stderr.startswith(b"error: there is not enough memory for this")
