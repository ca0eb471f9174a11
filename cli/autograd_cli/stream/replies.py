"""The reply to each program of a stream, and the formats in which replies are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from autograd_cli.documents import document
from autograd_cli.formats import body, head, number, to_json
from autograd_cli.reports.evaluation import Summary
from autograd_cli.reports.nodes import NodeRow
from autograd_cli.stream.requests import Request
from autograd_graph import ProgramError
from autograd_graph.places import position


@dataclass(frozen=True, slots=True)
class Reply:
    """The result of a request: a summary, perhaps with all nodes, or an error."""

    request: Request
    summary: Summary | None = None
    nodes: list[NodeRow] | None = None
    error: ProgramError | None = None

    def sound(self, strict: bool) -> bool:
        """Whether there is a result and it is not nan; with ``strict``, also finite and ``ok``."""
        return self.summary is not None and self.summary.sound(strict)

    @property
    def position(self) -> tuple[int, int | None]:
        """The line of the program or of its error, and the error's column if it has one."""
        error, request = self.error, self.request
        if error is None or error.span is None or error.text != request.program:
            return request.line, None
        line, column = position(error.text, error.span[0])
        return request.line + line - 1 if request.whole else request.line, column

    @property
    def place(self) -> str:
        """The source and line: ``stdin:17``."""
        return f"{self.request.source}:{self.position[0]}"


class Form(Protocol):
    """A format of replies, which are written several at a time."""

    @property
    def head(self) -> str:
        """The text before all replies."""

    @property
    def between(self) -> str:
        """The text between two groups of replies."""

    @property
    def foot(self) -> str:
        """The text after all replies."""

    def text(self, replies: Sequence[Reply]) -> str:
        """The text of a group of replies."""


class JsonLines:
    """A JSON object for each program, one per line."""

    head = between = foot = ""

    def text(self, replies: Sequence[Reply]) -> str:
        """The replies' objects."""
        return "".join([to_json(reply_object(reply)) + "\n" for reply in replies])


class JsonArray:
    """One JSON array with an object for each program, one per line."""

    head, between, foot = "[\n", ",\n", "\n]\n"

    def text(self, replies: Sequence[Reply]) -> str:
        """The replies' objects."""
        return self.between.join([to_json(reply_object(reply)) for reply in replies])


def reply_object(reply: Reply) -> dict[str, Any]:
    """A reply as JSON."""
    request, error = reply.request, reply.error
    line, column = reply.position
    record = document("batch", {"source": request.source, "line": line, **request.carried})
    if reply.summary is not None:
        record |= reply.summary.as_object()
    if reply.nodes is not None:
        record["nodes"] = [row.as_object() for row in reply.nodes]
    if error is not None:
        record["error"] = {
            "code": error.code, "message": error.message, "hint": error.hint, "column": column,
        }  # fmt: skip
    return record


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of data with one row per program."""

    format_name: str
    wrt: tuple[str, ...]
    header: bool = True
    between: str = ""
    foot: str = ""

    @property
    def head(self) -> str:
        """The names of the columns, if they are wanted."""
        if not self.header:
            return ""
        columns = ["source", "line", "id", "value", "status"]
        columns += [f"grad.{name}" for name in self.wrt]
        return head([*columns, "error"], self.format_name)

    def text(self, replies: Sequence[Reply]) -> str:
        """The replies' rows. A gradient by a name that the program does not have is empty."""
        return body([self._row(reply) for reply in replies], self.format_name)

    def _row(self, reply: Reply) -> list[str]:
        request, summary, error = reply.request, reply.summary, reply.error
        mark = request.carried.get("id", "")
        if not isinstance(mark, str):
            mark = to_json(mark)
        row = [request.source, str(reply.position[0]), mark]
        if summary is not None:
            slopes = (number(summary.gradients.get(name)) for name in self.wrt)
            return [*row, number(summary.value), summary.worst, *slopes, ""]
        assert error is not None
        return [*row, "", "", *("" for _ in self.wrt), f"{error.code}: {error.message}"]
