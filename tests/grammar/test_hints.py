"""A hint that contains a program or a command can be followed: it is read, and does what it says.

The hints are those of every mistake in the tables of `tests/support_mistakes.py`, of the
samples of errors, and of the command lines below.
"""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Iterator
from statistics import NormalDist

import pytest
from support_cli import SAMPLES, autograd, hint
from support_grammar import refusal, value
from support_mistakes import MISTAKES

from autograd_grammar import ProgramError, parse

LEADS = (
    "to compare, write", "write an expression, like", "write", "multiply them:", "nest them:",
    "the factorial is", "the absolute value is",
    "the remainder is", "a choice is", "a whole quotient is",
    "a percentage is", "a remainder",
    "the opposite of a condition is", "to compare,", "bind one name a statement:", "like",
    "last statement:", "without it:", "anyway:", "defined with", "is written", "calls it:",
    "infinity is",
)  # fmt: skip
"""What a program follows on in a hint."""

ENDS = (
    "or nest them:", "for the inverse,", "for the reciprocal", "and a comment", "a remainder",
    "and either of two conditions", "if it parts thousands", "for one number", "to compare,",
    "for both of two conditions,", "the share of", "for either,", "for not", "steps out,",
    "or 1000", r"for \\\S+, .*",
)  # fmt: skip
"""What may follow on a program in a hint."""

_PROGRAM = re.compile(
    rf"(?:^|[ ;,])(?:{'|'.join(LEADS)}) (?!autograd )(.+?)(?=[,;]? (?:{'|'.join(ENDS)})|$)"
)
_COMMAND = re.compile(r"autograd [a-z]+ .*")
_SHAPES = re.compile(r"\.\.\.|signature|by their places|\* or ·|inf as|^an? [a-z]+ |--")


def programs(text: str) -> list[str]:
    return [found for found in _PROGRAM.findall(text) if not _SHAPES.search(found)]


def _hints() -> Iterator[tuple[str, str]]:
    for mistake in MISTAKES:
        yield mistake.text, refusal(mistake.text).hint
    for path in sorted((SAMPLES / "errors").glob("*.expr")):
        text = path.read_bytes().decode("utf-8", errors="replace")
        try:
            parse(text)
        except ProgramError as error:
            yield text, error.hint


HINTS = dict(_hints())
WITH_PROGRAMS = {text: said for text, said in HINTS.items() if programs(said)}
WITH_COMMANDS = {text: said for text, said in HINTS.items() if _COMMAND.search(said)}


def test_no_hint_that_looks_like_a_program_is_passed_over() -> None:
    """A hint with an operator in it was found, is a shape (`f(x) = ...`), or is known here."""
    words = re.compile(r"[\w)] ?[*/^=<>] ?[\w(]|\w\(")
    others = {
        said
        for text, said in HINTS.items()
        if words.search(said) and text not in WITH_PROGRAMS and text not in WITH_COMMANDS
    }
    assert {said for said in others if not _SHAPES.search(said)} == set()


@pytest.mark.parametrize("text", WITH_PROGRAMS, ids=ascii)
def test_the_program_in_a_hint_is_read(text: str) -> None:
    for program in programs(WITH_PROGRAMS[text]):
        # of a part of a program: what it names stands elsewhere
        assert _code(program) in ("", "unknown-function", "use-before-binding"), program


def _code(program: str) -> str:
    """The code of the error that a program is refused with; "" for one that is read."""
    try:
        parse(program)
    except ProgramError as error:
        return error.code
    return ""


@pytest.mark.parametrize("text", WITH_COMMANDS, ids=ascii)
def test_the_command_in_a_hint_runs(text: str) -> None:
    found = _COMMAND.search(WITH_COMMANDS[text])
    assert found is not None
    words = shlex.split(found[0])[1:]
    if words[0] != "functions":
        run = autograd(*words)
        assert (run.status, run.err) == (0, ""), words


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("sin^2(x)", math.sin(0.7) ** 2),
        ("1 + 2*sin^2(x + 1)*x", 1 + 2 * math.sin(1.7) ** 2 * 0.7),
        ("sin² x", math.sin(0.7) ** 2),
        ("sin^-1(x)", math.asin(0.7)),
        ("cosh^-1(x + 1)", math.acosh(1.7)),
        ("np.maximum(x, 3)", 3.0),
        ("torch.nn.functional.relu(x)", 0.7),
        ("2*math.pi*x", 1.4 * math.pi),
        ("normcdf(x)", NormalDist().cdf(0.7)),
        ("normcdf(x - 3)", NormalDist().cdf(-2.3)),
        ("normpdf(x)", NormalDist().pdf(0.7)),
        ("normpdf(x - 3)", NormalDist().pdf(-2.3)),
        ("factorial(5)", 120.0),
        ("inv(x + 1)", 1 / 1.7),
        ("\\frac{x}{2}", 0.35),
        ("\\frac{x + 1}{2} \\cdot \\sqrt{x}", 0.85 * math.sqrt(0.7)),
        ("$e^{-x}$", math.exp(-0.7)),
        ("5!", 120.0),
        ("|x - 1|", 0.3),
        ("7 % 4", 3.0),
        ("sin(90°)", 1.0),
        ("2*x°", 1.4 * math.pi / 180),
        ("softmax(x, 2)", math.exp(0.7) / (math.exp(0.7) + math.exp(2))),
        ("2x", 1.4),
        ("x > 0 && x < 1", 1.0),
        ("x = 1,5", 1.5),
    ],
)
def test_the_program_in_a_hint_does_what_was_meant(text: str, true: float) -> None:
    program = programs(refusal(text).hint)[0]
    given = {"x": 0.7} if "x" in parse(program).inputs and "x =" not in program else {}
    assert value(program, **given) == pytest.approx(true, rel=1e-13)


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("d/dx(x^3)", "3*x^2\n"),
        ("d/dx x^3 + y", "3*x^2\n"),
        ("dy/dx = 2*x", "2*x\n"),
        ("grad(x^2)", "2*x\n"),
        ("diff(x*y, y)", "x\n"),
        ("f'(t)", "2*x\n"),
        ("y'", "2*x\n"),
    ],
)
def test_the_diff_command_in_a_hint_prints_the_derivative(text: str, out: str) -> None:
    found = _COMMAND.search(refusal(text).hint)
    assert found is not None
    run = autograd(*shlex.split(found[0])[1:])
    assert (run.status, run.out, run.err) == (0, out, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["eval", "1", "--json"], "write --format json"),
        (["eval", "x^2", "--x=1", "--csv"], "write --format csv"),
        (["eval", "--json", "x^2", "--x=1"], "write --format json"),
        (["descend", "x^2", "--x=1", "--jsonl"], "write --format jsonl"),
        (["eval", "x^2", "-x=3"], "to give x a value, write --x=3"),
        (["eval", "-x=3", "x^2"], "to give x a value, write --x=3"),
        (["eval", "x^2", "-x", "3"], "to give x a value, write --x=3"),
        (["eval", "x^2", "at", "x=3"], "to give x a value, write --x=3"),
        (["eval", "all^2", "--all=2"], "to give the input 'all' a value, write --set all=2"),
        (["eval", "--", "-x", "--x=2"], "behind -- nothing is an option: put --x=2 before it"),
        (["eval", "x^2", "--", "--x=3"], "behind -- nothing is an option: put --x=3 before it"),
        (["eval", "x", "--", "--all"], "behind -- nothing is an option: put --all before it"),
        (["eval", "x^2", "--x=1e400"], "write --x=inf"),
        (["eval", "x^2", "--x=-1e400"], "write --x=-inf"),
        (["eval", "x^2", "--x=∞"], "write --x=inf"),
        (["eval", "x^2", "--set", "x=1e400"], "write --x=inf"),
        (["eval", "x^2 --x=3"], "an option stands outside the quotes: autograd eval 'x^2' --x=3"),
        (
            ["eval", "x*y --x=3 --y=-4"],
            "an option stands outside the quotes: autograd eval 'x*y' --x=3 --y=-4",
        ),
        (["eval", "x^2 --x 3"], "an option stands outside the quotes: autograd eval 'x^2' --x=3"),
        (["functions", "heaviside"], "did you mean step?"),
        (["functions", "Heaviside"], "did you mean step?"),
        (["functions", "softmax"], "write exp(x - logsumexp(x, y)), the share of x in x, y"),
        (["functions", "factorial"], "write gamma(x + 1)"),
        (["functions", "sihn"], "did you mean sin or sinh or sinc?"),
        (["eval", "x^2", "--x=1,5"], "write 1.5"),
        (["eval", "x^2", "--x=1,000,000"], "write 1000000, without the commas"),
    ],
)
def test_a_command_line_is_mended_by_its_hint(words: list[str], said: str) -> None:
    run = autograd(*words)
    assert (run.status, run.out) == (2, "")
    assert hint(run) == said


def test_several_values_for_one_input_are_sent_to_batch() -> None:
    run = autograd("eval", "x^2", "--x=1,2,3")
    assert run.status == 2
    assert "x takes one number, not 3" in run.err
    record = hint(run).partition("like ")[2]
    assert '"value": 1.0' in autograd("batch", stdin=record).out


def test_a_call_over_the_limit_says_what_is_there_and_what_it_adds() -> None:
    text = "f(x) = x + x + x\ny = x*x*x*x*x\nf(y)"
    message = refusal(text, max_nodes=9).message
    assert message.startswith("the program has 5 nodes before 'f' is called")
    assert "5 steps" in message
    assert "limit of 9" in message
