"""The command line as the tests run it: in this process, with streams of its own."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

from autograd_cli.app import main

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"

WITHOUT_REPORT = ("page", "schema", "man", "completion")
"""The commands that write one thing for one purpose, and so have no formats."""

CELL = ["c = w*x; J = 1/2*(c + b - y)^2", "--x=-2", "--w=2", "--b=8", "--y=2"]

SHOWN = {
    "eval": (["eval", *CELL], ""),
    "eval beyond": (["eval", *CELL, "--hessian", "--along=w=1"], ""),
    "eval over rows": (["eval", "w = 2; w*x", "--data=-", "--reduce=sum"], "x\n1\n2\n"),
    "explain": (["explain", *CELL], ""),
    "diff": (["diff", "x^2*y"], ""),
    "diff second": (["diff", "x^2*y", "--order=2"], ""),
    "graph": (["graph", *CELL, "--grad"], ""),
    "flow": (["flow", *CELL], ""),
    "cost": (["cost", *CELL], ""),
    "descend": (["descend", "w = 3; (w - 1)^2", "--lr=0.1", "--steps=2"], ""),
    "plot": (["plot", "x^2", "--x=-1:2"], ""),
    "contour": (["plot", "x^2 + y^2", "--from=x=1", "--from=y=2", "--lr=0.1"], ""),
    "batch": (["batch", "--x=1", "--wrt=x"], "x^2\nsin(x)\n"),
    "map": (["map", "x^2*y"], "x,y\n1,2\n3,4\n"),
    "fit": (["fit", "a*x + b", "--target=y"], "x,y\n1,2\n2,3\n3,5\n"),
    "functions": (["functions"], ""),
    "function": (["functions", "tanh"], ""),
    "samples": (["samples"], ""),
    "sample": (["samples", "cost_function"], ""),
}
"""A run of every command that reports."""

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_ENVIRONMENT = {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "50", "PYTHONUTF8": "1"}
_UNSET = ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "CLICOLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE",
          "AUTOGRAD_FORMAT", "AUTOGRAD_COLOR")  # fmt: skip


@dataclass(frozen=True)
class Run:
    """What a run of the command left behind."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def rows(self) -> list[dict[str, str]]:
        """Standard output as TSV with a header."""
        header, *rows = (line.split("\t") for line in self.lines)
        return [dict(zip(header, row, strict=True)) for row in rows]


class Stream(io.TextIOWrapper):
    """A standard stream that may pretend to be a terminal."""

    def __init__(self, data: bytes = b"", *, terminal: bool = False, encoding: str = "utf-8"):
        super().__init__(io.BytesIO(data), encoding=encoding, newline="", write_through=True)
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def text(self) -> str:
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode(self.encoding, "surrogateescape")


def autograd(
    *words: str,
    stdin: bytes | str | None = b"",
    terminal: bool = False,
    encoding: str = "utf-8",
    env: Mapping[str, str] | None = None,
) -> Run:
    """Run ``autograd WORDS…`` in this process. ``stdin=None``: a terminal where nobody types.

    ``terminal`` tells whether standard output and standard error are one.
    """
    data = stdin.encode() if isinstance(stdin, str) else stdin or b""
    streams = {
        "stdin": Stream(data, terminal=stdin is None),
        "stdout": Stream(terminal=terminal, encoding=encoding),
        "stderr": Stream(terminal=terminal, encoding=encoding),
    }
    kept = {name: value for name, value in os.environ.items() if name not in _UNSET}
    environment = kept | _ENVIRONMENT | dict(env or {})
    with (
        mock.patch.multiple(sys, argv=["autograd", *words], **streams),
        mock.patch.dict(os.environ, environment, clear=True),
        pytest.raises(SystemExit) as end,
    ):
        main()
    assert isinstance(end.value.code, int)
    return Run(end.value.code, streams["stdout"].text(), streams["stderr"].text())


def table(*words: str, width: int = 80, **how: object) -> str:
    """What ``autograd eval WORDS… --format table`` draws without colour at a width."""
    run = autograd("eval", *words, "--format", "table", env={"COLUMNS": str(width)}, **how)  # type: ignore[arg-type]
    assert run.err == ""
    return run.out


def cells(drawing: str, column: str = "") -> dict[str, list[str]]:
    """The rows of drawn tables by their first cell: the cells behind it.

    ``column`` picks the table with that header; without it, all tables count, later ones last.
    """
    rows: dict[str, list[str]] = {}
    wanted = not column
    for line in drawing.splitlines():
        if not line.startswith(("│", "|")):
            continue
        first, *rest = (cell.strip() for cell in re.split("[│|]", line)[1:-1])
        if first in ("node", "input"):
            wanted = not column or first == column
        elif wanted:
            rows[first] = rest
    return rows


def plain(text: str) -> str:
    """Text without the escape sequences that colour it."""
    return _ESCAPE.sub("", text)


def hint(run: Run) -> str:
    """The hint under an error."""
    return run.err.partition("hint: ")[2].rstrip("\n")


def many_statements(count: int) -> str:
    """A program of ``count`` unnamed steps under one name: x + 1 + 1 + …"""
    return "y = x" + " + 1" * count


def many_inputs(names: Sequence[str]) -> str:
    """A program that adds up its inputs, each with a gradient of its own size."""
    return " + ".join(f"{k}*{name}" for k, name in enumerate(names, 1))
