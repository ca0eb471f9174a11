"""Parsing one program of a stream from a line of text or a JSON record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from autograd_cli.formats import to_json
from autograd_cli.line import sources
from autograd_cli.program import normal
from autograd_cli.stream.chunks import Chunk
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


def requests(chunk: Chunk, whole: bool) -> Iterator[Request]:
    """The programs of a chunk: one for each line that is neither blank nor a comment."""
    if whole:
        yield _read(chunk.source, chunk.line, chunk.data, whole)
        return
    for line, data in enumerate(chunk.data.split(b"\n"), start=chunk.line):
        bare = data.strip()
        if bare and not bare.startswith(b"#"):
            yield _read(chunk.source, line, data, whole)


def _read(source: str, line: int, data: bytes, whole: bool) -> Request:
    request = Request(source, line, whole)
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
        return request
    if not whole and text.lstrip().startswith("{"):
        try:
            _read_record(request, text)
        except ProgramError as error:
            request.error = error
    else:
        request.program = text
    return request


def _read_record(request: Request, text: str) -> None:
    """Parse the fields of a JSON record. Carried fields are kept even if another is invalid."""
    request.program = text
    try:
        record = _DECODER.decode(text)
        for name, value in record.items():
            if name not in OWN and name not in RESERVED:
                to_json(value)  # a number beyond a double's range could not be returned
                request.carried[name] = value
    except RecursionError:
        raise _bad_record("the record is nested too deeply") from None
    except json.JSONDecodeError as error:
        bad = _bad_record(f"the record is no JSON: {error.msg}", _EXAMPLE)
        bad.text, bad.span = text, (error.pos, error.pos + 1)
        raise bad from None
    except ValueError as error:
        raise _bad_record(f"the record is no JSON: {error}") from None
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
    request.at = {normal(name): sources.value_of(name, value, "at") for name, value in at.items()}


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"it has no {word}; a value may be the text {_CONSTANTS[word]}")


_CONSTANTS = {"NaN": '"nan"', "Infinity": '"inf"', "-Infinity": '"-inf"'}
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
_EXAMPLE = 'a record looks like {"program": "w*x", "at": {"w": 2, "x": 3}, "id": 7}'


def _bad_record(message: str, hint: str = "") -> ProgramError:
    return ProgramError(message, code="bad-record", hint=hint)
