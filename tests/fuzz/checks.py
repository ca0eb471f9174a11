"""What must hold of any text and of any command line."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

from support_cli import Run, autograd

from autograd_grammar import ProgramError, parse
from autograd_graph.errors import CODES, Span

MOST_NODES = 20_000
"""The limit for fuzzed programs: what is larger is an error of its own."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_COLOUR = re.compile("\x1b\\[[0-9;]*m")


def check_text(text: str) -> str:
    """A text is a program or an error at a place in it; the error's code, or ``""``."""
    try:
        graph = parse(text, max_nodes=MOST_NODES)
    except ProgramError as error:
        return _check_error(error, text)
    graph.check()
    assert all(_is_within(span, text) for span in graph.spans if span is not None)
    return ""


def _check_error(error: ProgramError, text: str) -> str:
    assert error.code in CODES
    assert error.message
    assert error.span is None or _is_within(error.span, text + " "), error.span
    assert str(error)
    return error.code


def _is_within(span: Span, text: str) -> bool:
    return 0 <= span[0] <= span[1] <= len(text)


def check_line(words: list[str], stdin: str) -> int:
    """A command line gives a result or an error, in the form that it says; the exit status."""
    run = autograd(*words, stdin=stdin.encode("utf-8", "replace"))
    assert run.status in (0, 1, 2, 3), run.status
    assert "should not have happened" not in run.err, run.err
    assert "Traceback" not in run.err, run.err
    if run.status in (2, 3):
        assert "error: " in run.err
    for stream in (run.out, run.err):
        odd = _CONTROL.search(_COLOUR.sub("", stream))
        assert odd is None or odd[0] == "\r", ascii(odd[0])
    _check_form(words, run)
    return run.status


def _check_form(words: list[str], run: Run) -> None:
    if run.status in (2, 3) or not run.out or run.out.startswith("Usage: "):
        return
    form = _last_format(words)
    if form == "json":
        json.loads(run.out, parse_constant=_not_strict)
    elif form == "jsonl":
        for line in run.out.splitlines():
            json.loads(line, parse_constant=_not_strict)
    elif form in ("csv", "tsv"):
        rows = list(csv.reader(io.StringIO(run.out), delimiter="," if form == "csv" else "\t"))
        if form == "csv":
            assert len({len(row) for row in rows}) == 1, run.out[:200]


def _last_format(words: list[str]) -> str:
    form = ""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--format":
            form = following
        elif word.startswith("--format="):
            form = word.removeprefix("--format=")
    return form


def _not_strict(word: str) -> Any:
    raise AssertionError(f"{word} is not strict JSON")
