"""Where programs come from, where results go: files, pipes, encodings, colour."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support_cli import ROOT, Run, autograd, hint, many_statements, plain

KINKED = ["eval", "abs(x) - 1", "--x=0", "--format", "table"]


def command(*words: str, stdin: bytes = b"", **env: str) -> Run:
    """The command in a process of its own."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)} | env
    done = subprocess.run(
        [sys.executable, "-m", "autograd_cli", *words],
        input=stdin, capture_output=True, env=environment, timeout=60, check=False,
    )  # fmt: skip
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


# programs from files and from standard input -----------------------------------------------------


@pytest.mark.parametrize("words", [["-"], ["-f", "-"], ["--file=-"], []])
def test_program_is_read_from_standard_input(words: list[str]) -> None:
    run = autograd("eval", *words, "--x=3", "--get", "value", stdin="y = x^2 # a comment\ny + 1\n")
    assert (run.status, run.out, run.err) == (0, "10.0\n", "")


def test_program_on_the_line_leaves_standard_input_alone() -> None:
    assert autograd("eval", "x", "--x=1", "--get", "value", stdin="2x").out == "1.0\n"


@pytest.mark.parametrize(
    "content", [b"x^2", b"x^2\n", b"\xef\xbb\xbfx^2", b"# squares\r\n\r\nx^2\r\n", b"y = 1\rx^2"]
)
def test_program_is_read_from_a_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "square.expr"
    path.write_bytes(content)
    for words in (["-f", str(path)], ["--file", str(path)], [f"--file={path}"]):
        assert autograd("eval", *words, "--x=3", "--get", "value").out == "9.0\n"


def test_place_of_an_error_in_a_file_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "costs.expr"
    path.write_text("w = 1\nw + 2x\n")
    assert f"  at {path}:2:6\n  2 | w + 2x\n           ^\n" in autograd("eval", "-f", str(path)).err
    path.write_text("w = 1\nw + x\n")
    assert f"  at {path}:2:5\n" in autograd("eval", "-f", str(path)).err


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/no/such.expr", "there is no file /no/such.expr"),
        ("/", "/ is a directory, not a file"),
        ("", "there is no file "),
    ],
)
def test_file_that_cannot_be_read_is_named(path: str, says: str) -> None:
    run = autograd("eval", "-f", path)
    assert (run.status, run.out) == (3, "")
    assert run.err.startswith(f"error: {says}")


def test_program_and_file_are_one_too_many(tmp_path: Path) -> None:
    run = autograd("eval", "x", "-f", "costs.expr")
    assert run.status == 2
    assert "give one of them" in run.err


@pytest.mark.parametrize("text", ["", " \n\n", "# nothing\n", ";;", "\ufeff"])
def test_program_that_is_empty_is_an_error(text: str) -> None:
    run = autograd("eval", stdin=text)
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("error: the program is empty")


@pytest.mark.parametrize("where", ["file", "stdin"])
def test_bytes_that_are_no_utf8_are_named_with_their_line(tmp_path: Path, where: str) -> None:
    data = b"w = 1\ncaf\xe9 = 2\n"
    path = tmp_path / "latin.expr"
    path.write_bytes(data)
    run = autograd("eval", "-f", str(path)) if where == "file" else autograd("eval", stdin=data)
    assert (run.status, run.out) == (2, "")
    assert "is not valid UTF-8 (byte 0xE9 in line 2)" in run.err


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\0", "NUL"),
        ("\x1b", "U+001B"),
        ("\x7f", "U+007F"),
        ("\u202e", "U+202E"),
        ("\u2066", "U+2066"),
    ],
)
def test_characters_that_do_not_show_are_named_and_never_sent_to_the_terminal(
    character: str, name: str
) -> None:
    run = autograd("eval", "-", stdin=f"x + {character}1")
    assert (run.status, run.out) == (2, "")
    assert name in run.err
    assert character not in run.err
    escape = f"\\u{ord(character):04x}"
    assert f"  x + {escape}1\n      {'^' * 6}\n" in run.err


def test_argument_that_is_no_utf8_is_an_error_and_not_a_traceback() -> None:
    run = command("eval", os.fsdecode(b"caf\xe9 + 1"))
    assert (run.status, run.out) == (2, "")
    assert "the program is not valid UTF-8" in run.err
    assert "  caf\\udce9 + 1\n     ^^^^^^\n" in run.err


# user text and markup ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["[bold]", "[/b]", "[red]x[/red]", "x[0] + y[a]", "[link=x]", ":smile:"]
)
def test_user_text_is_never_read_as_markup(text: str) -> None:
    run = autograd("eval", text, terminal=True)
    assert run.status == 2
    assert f"  {text}\n" in plain(run.err)
    run = autograd("eval", "-f", text)
    assert f"there is no file {text}\n" in run.err
    run = autograd("eval", "x", "--x=1", "--get", text)
    assert f"--get finds no {text!r}\n" in run.err


# encodings --------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_what_the_encoding_lacks_is_escaped(encoding: str) -> None:
    words = ["eval", "θ^2", "--θ=3"]
    run = autograd(*words, "--format", "table", encoding=encoding)
    assert (run.status, run.err) == (0, "")
    assert run.out.isascii()
    assert "| \\u03b8 | input     |     3 |        6 |" in run.out
    assert "df/dnode" in run.out
    run = autograd(*words, encoding=encoding)
    assert run.rows[0]["name"] == "\\u03b8"
    run = autograd("eval", "𝛼 + θ", "--𝛼=1", "--θ=3", "--format", "json", encoding=encoding)
    assert run.out.isascii()
    assert json.loads(run.out)["gradients"] == {"𝛼": 1.0, "θ": 1.0}


def test_caret_stands_right_where_the_encoding_lacks_characters() -> None:
    run = autograd("eval", "θ + 2β", encoding="ascii")
    assert "  \\u03b8 + 2\\u03b2\n            ^^^^^^\n" in run.err


def test_ascii_draws_without_unicode_and_is_what_a_poor_encoding_gets() -> None:
    asked = autograd(*KINKED, "--ascii")
    assert asked.out.isascii()
    assert "|" in asked.out
    assert asked.out == autograd(*KINKED, encoding="ascii").out
    assert not autograd(*KINKED).out.isascii()


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=["C", "C without UTF-8 mode", "ascii", "latin-1"],
)
def test_program_with_greek_names_runs_in_every_environment(env: dict[str, str]) -> None:
    run = command("eval", "θ^2 + abs(θ)", "--θ=0", "--format", "table", **env)
    assert (run.status, run.err) == (0, "")
    assert "kink" in run.out
    assert command("eval", "θ^2", "--θ=3", "--get", "grad.θ", **env).out == "6.0\n"


# colour -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terminal", "words", "env", "coloured"),
    [
        (True, [], {}, True),
        (True, [], {"NO_COLOR": "1"}, False),
        (True, [], {"NO_COLOR": ""}, True),
        (True, [], {"TERM": "dumb"}, False),
        (True, ["--color=never"], {}, False),
        (True, ["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (True, ["--color=always"], {"NO_COLOR": "1"}, True),
        (True, ["--color=always"], {"TERM": "dumb"}, True),
        (False, [], {}, False),
        (False, [], {"FORCE_COLOR": "1"}, True),
        (False, [], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (False, ["--color=always"], {}, True),
        (False, ["--color", "auto"], {}, False),
    ],
)
def test_colour_of_tables_and_errors(
    terminal: bool, words: list[str], env: dict[str, str], coloured: bool
) -> None:
    run = autograd(*KINKED, *words, terminal=terminal, env=env)
    assert ("\x1b[36m" in run.out) is coloured
    run = autograd("eval", "2x", *words, terminal=terminal, env=env)
    assert ("\x1b[1;31m" in run.err) is coloured


def test_never_means_no_escape_at_all() -> None:
    for words in (KINKED, ["eval", "2x"], ["functions", "tanh"]):
        run = autograd(*words, "--color=never", terminal=True)
        assert "\x1b" not in run.out + run.err


def test_colour_adds_nothing_but_colour() -> None:
    assert plain(autograd(*KINKED, "--color=always").out) == autograd(*KINKED).out


@pytest.mark.parametrize("form", ["json", "csv", "tsv"])
def test_data_is_never_coloured(form: str) -> None:
    words = ["eval", "x^2", "--x=1", "--format", form]
    assert "\x1b" not in autograd(*words, "--color=always", env={"FORCE_COLOR": "1"}).out


def test_results_and_remarks_do_not_mix() -> None:
    run = autograd("eval", "2*format", "--format", "json", "--set", "format=3")
    assert json.loads(run.out)["output"]["value"] == 6
    assert run.err.startswith("note: ")


# pipes that close -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["tsv", "json", "table --all"])
def test_reader_that_goes_early_ends_the_run_quietly(tmp_path: Path, form: str) -> None:
    path = tmp_path / "long.expr"
    path.write_text(many_statements(3000))
    script = (
        f"{sys.executable} -m autograd_cli eval -f {path} --x=1 --format {form}"
        " | head -c 20 > /dev/null; echo ${PIPESTATUS[0]}"
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == (b"0\n", b"")


@pytest.mark.parametrize(("redirection", "status"), [("<&-", 0), ("2>&-", 0), ("2>&- <&-", 0)])
def test_streams_that_the_caller_closed_are_no_reason_to_fail(
    redirection: str, status: int
) -> None:
    script = f"{sys.executable} -m autograd_cli eval x --x=1 --format table {redirection}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, timeout=60, check=False)
    assert done.returncode == status
    assert b"error" not in done.stdout + done.stderr


@pytest.mark.parametrize("form", ["table", "json", "tsv", "table --ascii"])
@pytest.mark.parametrize("more", ["", " <&-"])
def test_result_that_has_no_place_is_an_error(form: str, more: str) -> None:
    for words in (f"eval x --x=1 --format {form}", "batch --wrt=s <<<'s=1;s'", "--help", "man"):
        script = f"{sys.executable} -m autograd_cli {words} >&-" + more * ("<<<" not in words)
        done = subprocess.run(["bash", "-c", script], capture_output=True, timeout=60, check=False)
        assert done.returncode == 3, done
        assert done.stderr.startswith(b"error: cannot write the result: ")


def test_file_is_written_even_if_standard_output_is_closed(tmp_path: Path) -> None:
    target = tmp_path / "o.jsonl"
    script = f"{sys.executable} -m autograd_cli batch --output {target} <<<'s=1;s' >&-"
    assert subprocess.run(["bash", "-c", script], timeout=60, check=False).returncode == 0
    assert target.stat().st_size


# the command itself -----------------------------------------------------------------------------


def test_module_runs_as_the_command_does() -> None:
    run = command("eval", "x^2", "--x=3", "--get", "grad.x")
    assert (run.status, run.out, run.err) == (0, "6.0\n", "")


def test_version_is_that_of_the_distribution() -> None:
    from importlib.metadata import version

    assert autograd("--version").out == f"autograd {version('autograd-cli')}\n"
    assert ROOT.joinpath("pyproject.toml").read_text().count(version("autograd-cli")) >= 1


def test_hint_is_the_last_line_of_an_error() -> None:
    run = autograd("eval", "2x + 1")
    assert hint(run) == run.err.splitlines()[-1].removeprefix("hint: ")
