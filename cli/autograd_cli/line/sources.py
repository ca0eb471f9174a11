"""Reading programs and values from the command line, files and standard input."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import inf, isfinite, nan
from typing import Any

from autograd_grammar import MAX_NODES, parse
from autograd_graph import Graph, ProgramError, Tape, forward

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
"""A number literal that is the same in Python and in the language."""

_NOT_ZERO = r"[+-]?[0.]*[1-9]"

_NOT_FINITE = {"inf": inf, "+inf": inf, "-inf": -inf, "nan": nan, "+nan": nan, "-nan": nan}


_VALUES = """--vars takes one JSON or TOML object of names and values, like {"x": 2, "w": "pi/4"}"""


def read_file(path: str) -> str:
    """The text of a file. Raises :class:`ProgramError` (``io``, ``encoding``) naming the file."""
    try:
        with open(path, "rb") as file:
            return decode(file.read(), path)
    except IsADirectoryError:
        raise ProgramError(f"{path} is a directory, not a file", code="io") from None
    except FileNotFoundError:
        raise ProgramError(f"there is no file {path}", code="io") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProgramError(f"cannot read {path}: {reason}", code="io") from None


def read_stdin() -> str:
    """The whole text of standard input. Raises :class:`ProgramError` (``io``, ``encoding``)."""
    try:
        data = sys.stdin.buffer.read() if sys.stdin is not None else b""
    except OSError as error:
        raise ProgramError(f"cannot read standard input: {error.strerror}", code="io") from None
    return decode(data, "standard input")


def decode(data: bytes, origin: str) -> str:
    """Decode UTF-8, a byte order mark aside. Raises :class:`ProgramError` (``encoding``)."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ProgramError(
            f"{origin} is not valid UTF-8 (byte 0x{data[error.start]:02X} in line {line})",
            code="encoding",
            hint="save it as UTF-8",
        ) from None


def number(name: str, text: str, origin: str = "", *, max_nodes: int = MAX_NODES) -> float:
    """An input's value: a number or a constant expression (``pi/4``, ``-1/3``, ``inf``).

    Raises :class:`ProgramError` with the text and the place in it: ``limit`` for an expression of
    more than ``max_nodes`` nodes, otherwise ``bad-value``.
    """
    plain = text.strip()
    if _PLAIN.fullmatch(plain):
        value = float(plain)
        if isfinite(value) and (value or not re.match(_NOT_ZERO, plain)):
            return value
    if plain.lower() in _NOT_FINITE:
        return _NOT_FINITE[plain.lower()]
    if not plain:
        raise ProgramError(f"{name} has no value", code="bad-value", hint=f"write --{name}=2")
    parts = plain.split(",")
    if len(parts) > 2 and not any(bracket in plain for bracket in "()"):
        raise _several(name, plain, parts, origin)
    try:
        graph = parse(plain, max_nodes=max_nodes)
    except ProgramError as error:
        if error.code == "limit":
            error.origin = origin or f"--{name}"
            _show_way_out(error)
            raise
        infinite = "-inf" if plain.startswith(("-", "−")) else "inf"
        raise ProgramError(
            f"the value of {name} is no number: {error.message}",
            code="bad-value",
            span=error.span,
            hint=f"write --{name}={infinite}" if error.hint.endswith(" 1/0") else error.hint,
            text=plain,
            origin=origin or f"--{name}",
        ) from None
    if graph.inputs:
        unknown = next(iter(graph.inputs))
        raise ProgramError(
            f"the value of {name} is no number: {unknown!r} has none itself",
            code="bad-value",
            span=graph.spans[graph.inputs[unknown]],
            hint="a value is a number or an expression of numbers, like 2, -1/3, pi/4, inf",
            text=plain,
            origin=origin or f"--{name}",
        )
    return forward(Tape(graph))[graph.output]


def _several(name: str, text: str, parts: list[str], origin: str) -> ProgramError:
    """The error for a list where one number is expected."""
    whole = "".join(parts)
    if whole.isdigit() and all(len(part) == 3 for part in parts[1:]):
        hint = f"write {whole}, without the commas"
    else:
        record = '{"program": "x^2", "at": {"x": 1}}'
        hint = f"a run is at one point; autograd batch takes many, each a line like {record}"
    return ProgramError(
        f"{name} takes one number, not {len(parts)}",
        code="bad-value",
        span=(0, len(text)),
        hint=hint,
        text=text,
        origin=origin or f"--{name}",
    )


def read_values(path: str, *, max_nodes: int = MAX_NODES) -> dict[str, float]:
    """The values in a JSON or TOML file: an object of numbers and constant expressions.

    Raises :class:`ProgramError`: ``io``, ``encoding``, ``bad-value``, and ``limit`` for an
    expression of more than ``max_nodes`` nodes.
    """
    text = read_file(path)
    try:
        if path.endswith(".toml"):
            import tomllib

            content: Any = tomllib.loads(text, parse_float=_toml_number)
        else:
            import json

            content = json.loads(text)
    except RecursionError:
        raise ProgramError(f"{path} is nested too deeply", code="bad-value") from None
    except ValueError as error:
        at = _place_in(text, error)
        raise ProgramError(
            f"{path} is not {'TOML' if path.endswith('.toml') else 'JSON'}",
            code="bad-value",
            span=(at, at + 1),
            hint=_VALUES,
            text=text,
            origin=path,
        ) from None
    if not isinstance(content, Mapping):
        raise ProgramError(
            f"{path} holds no object of names and values", code="bad-value", hint=_VALUES
        )
    values = content.values()
    if all(type(value) is float for value in values) and all(map(isfinite, values)):
        return dict(content)
    return {n: value_of(n, value, path, max_nodes=max_nodes) for n, value in content.items()}


def _toml_number(text: str) -> float | str:
    """A number of TOML; ``inf``, ``nan`` and what is too large remain the text that they are."""
    value = float(text)
    return value if isfinite(value) else text


def _place_in(text: str, error: ValueError) -> int:
    """The offset at which a decoder stopped: JSON has it as ``pos``, TOML in its message."""
    at: int | None = getattr(error, "pos", None)
    if at is not None:
        return at
    found = re.search(r"at line (\d+), column (\d+)\)$", str(error))
    if found is None:  # "at end of document"
        return len(text)
    line, column = int(found[1]), int(found[2])
    return sum(len(before) + 1 for before in text.split("\n")[: line - 1]) + column - 1


def value_of(name: str, value: Any, origin: str, *, max_nodes: int = MAX_NODES) -> float:
    """A value from JSON or TOML: a number, or a string that :func:`number` parses.

    Raises :class:`ProgramError`: ``bad-value`` for anything else and for a number that is not
    finite, ``limit`` for an expression of more than ``max_nodes`` nodes.
    """
    if isinstance(value, str):
        return number(name, value, f"--vars {origin}", max_nodes=max_nodes)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            finite = float(value)
        except OverflowError:
            finite = inf
        if isfinite(finite):
            return finite
        raise ProgramError(
            f"{origin}: the value of {name} is no number that a double can hold",
            code="bad-value",
            hint='a value that is not finite is the text "inf", "-inf" or "nan"',
        )
    raise ProgramError(
        f"{origin}: the value of {name} is no number: {_as_json(value)}",
        code="bad-value",
        hint='a value is a number or a text like "pi/4"',
    )


def _as_json(value: Any) -> str:
    """A value that is no number, for an error; one that has others in it may be of any depth."""
    import json

    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (RecursionError, ValueError):  # nested too deeply, or an integer of too many digits
        return "a list" if isinstance(value, list) else "an object"
    return text if len(text) <= 60 else text[:60] + "..."


@contextmanager
def named(origin: str) -> Iterator[None]:
    """Adds ``origin`` to errors about a program's text."""
    try:
        yield
    except ProgramError as error:
        error.origin = error.origin or origin
        raise


def _show_way_out(error: ProgramError) -> None:
    """Hint at the option, if the error is about a limit that has no hint of its own."""
    if error.code == "limit" and not error.hint:
        error.hint = "raise the limit with --max-nodes if the machine has the memory"


def parse_program(text: str, origin: str, max_nodes: int) -> Graph:
    """The program's graph; errors contain ``origin``, where the text came from."""
    with named(origin):
        try:
            return parse(text, max_nodes=max_nodes)
        except ProgramError as error:
            _show_way_out(error)
            raise
