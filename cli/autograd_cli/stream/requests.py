"""Parsing one program of a stream from a line of text or a JSON record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from autograd_cli.formats import to_json
from autograd_cli.line import sources
from autograd_cli.program import normal
from autograd_cli.stream.chunks import Chunk
from autograd_grammar.builder import MAX_DIGITS
from autograd_graph import ProgramError

OWN = ("program", "at")
"""The fields of a JSON record that are read: the program, and values of its inputs."""

RESERVED = (
    "schema", "source", "line", "output", "gradients", "gradient_status", "nodes", "error",
)  # fmt: skip
"""The fields of a reply, which a record cannot carry."""


@dataclass(slots=True)
class Request:
    """A program, its place in the stream, its own values, and the fields that are returned."""

    source: str
    line: int
    whole: bool = False
    """Whether the program is the whole source, with several lines."""
    program: str = ""
    at: dict[str, float] = field(default_factory=dict)
    carried: dict[str, Any] = field(default_factory=dict)
    """The other fields of the record, such as ``id``, in their order."""
    error: ProgramError | None = None
    """Why the program cannot be read, if so."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a record may take: the bytes of its line and the nodes of each expression in it."""

    line: int
    nodes: int


def requests(chunk: Chunk, whole: bool) -> Iterator[tuple[Request, bytes]]:
    """The programs of a chunk, not read yet, with their data.

    There is one for each line that is neither blank nor a comment.
    """
    if whole:
        yield Request(chunk.source, chunk.line, whole), chunk.data
        return
    for line, data in enumerate(chunk.data.split(b"\n"), start=chunk.line):
        bare = data.strip()
        if bare and not bare.startswith(b"#"):
            yield Request(chunk.source, line), data


def read(request: Request, data: bytes, limits: Limits) -> None:
    """Fill in a request from its data, perhaps with the error that makes it unreadable."""
    whole, line = request.whole, request.line
    if not whole and len(data) > limits.line:
        request.error = ProgramError(
            f"the line is longer than {limits.line:,} bytes",
            code="limit",
            hint="raise the limit with --max-line",
        )
        return
    try:
        text = data.decode().removesuffix("\r")
    except UnicodeDecodeError as error:
        line += data.count(b"\n", 0, error.start)
        request.error = ProgramError(
            f"the {'file' if whole else 'line'} is not valid UTF-8 "
            f"(byte 0x{data[error.start]:02X} in line {line})",
            code="encoding",
            hint="save or send it as UTF-8",
        )
        return
    if not whole and text.lstrip().startswith("{"):
        try:
            _read_record(request, text, limits.nodes)
        except ProgramError as error:
            request.error = error
    else:
        request.program = text


def _read_record(request: Request, text: str, max_nodes: int) -> None:
    """Parse the fields of a JSON record. Carried fields are kept even if another is invalid."""
    request.program = text
    try:
        record = _DECODER.decode(text)
        for name, value in record.items():
            if name not in OWN and name not in RESERVED:
                _check_returnable(name, value)
                request.carried[name] = value
    except RecursionError:
        raise _bad_record("the record is nested too deeply") from None
    except json.JSONDecodeError as error:
        ends_early = error.pos >= len(text.rstrip())
        hint = "a record stands on one line: jq -c writes it so" if ends_early else _EXAMPLE
        bad = _bad_record(f"the record is no JSON: {error.msg}", hint)
        bad.text, bad.span = text, (error.pos, error.pos + 1)
        raise bad from None
    for name in RESERVED:
        if name in record:
            raise _bad_record(
                f"the record's field {name!r} has the name of one in the reply",
                "give it another name; any but these comes back: " + ", ".join(RESERVED),
            )
    program, at = record.get("program"), record.get("at", {})
    if not isinstance(program, str):
        what = "is no text" if "program" in record else "is missing"
        raise _bad_record(f"the record's program {what}", _EXAMPLE)
    if not isinstance(at, dict):
        raise _bad_record("the record's at holds no values", 'write it like {"x": 2, "w": "pi/4"}')
    request.program = program
    request.at = {
        normal(name): sources.value_of(name, value, "at", max_nodes=max_nodes)
        for name, value in at.items()
    }


def _check_returnable(name: str, value: Any) -> None:
    """Raise :class:`ProgramError` for a field with a number that JSON cannot carry back."""
    try:
        to_json(value)
    except ValueError:
        raise _bad_record(
            f"the record's field {name!r} has a number that is not finite",
            'JSON has no such number: write a text, like "inf"',
        ) from None


def _integer(text: str) -> int:
    """An integer of JSON, of no more digits than Python converts."""
    if len(text) > MAX_DIGITS:
        raise _bad_record(
            f"a number of the record has {len(text):,} digits, more than the {MAX_DIGITS:,} it "
            "may have",
            "write it as a text",
        )
    return int(text)


_DECODER = json.JSONDecoder(parse_int=_integer)
_EXAMPLE = 'a record looks like {"program": "w*x", "at": {"w": 2, "x": 3}, "id": 7}'


def _bad_record(message: str, hint: str = "") -> ProgramError:
    return ProgramError(message, code="bad-record", hint=hint)
