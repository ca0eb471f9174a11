"""Evaluating a stream's programs, chunk by chunk."""

from __future__ import annotations

import shlex
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from autograd_cli.line import sources
from autograd_cli.line.point import Point
from autograd_cli.line.words import value_words
from autograd_cli.program import inputs_named, missing_values, named_node
from autograd_cli.reports import evaluation as report
from autograd_cli.stream.chunks import Chunk
from autograd_cli.stream.replies import Form, Reply
from autograd_cli.stream.requests import Request, requests
from autograd_cli.stream.tally import Tally
from autograd_graph import Graph, ProgramError, Tape, missing
from autograd_graph.collector import collector_patient, collector_paused

_ROOM = 100_000
"""The number of nodes of cached programs: some 40 megabytes."""
_FIXED = 16
"""The overhead of a cached program, in nodes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings for every program of a stream."""

    point: Point
    of: str | None
    wrt: tuple[str, ...] | None
    nodes: bool
    whole: bool
    strict: bool
    fail_fast: bool
    max_nodes: int
    options: frozenset[str]
    """The command's own options; inputs with such a name need ``--set``."""
    form: Form
    encoding: str

    def encoded(self, text: str) -> bytes:
        """Text as bytes; characters that the encoding lacks are escaped as in JSON."""
        return text.encode(self.encoding, "escape")


class Answer(NamedTuple):
    """A chunk's replies as bytes, and their tally."""

    data: bytes
    tally: Tally


class Programs:
    """A cache of programs bound to their outputs, by text, least recently used dropped first."""

    def __init__(self, bind: Callable[[str], Tape], room: int = _ROOM) -> None:
        self._bind = bind
        self._room = room
        self._kept: OrderedDict[str, Tape] = OrderedDict()

    def __getitem__(self, text: str) -> Tape:
        """The program of that text. Raises :class:`ProgramError` if it cannot be parsed."""
        tape = self._kept.get(text)
        if tape is not None:
            self._kept.move_to_end(text)
            return tape
        tape = self._kept[text] = self._bind(text)
        self._room -= len(tape.graph) + _FIXED
        while self._room < 0:
            _, oldest = self._kept.popitem(last=False)
            self._room += len(oldest.graph) + _FIXED
        return tape


class Engine:
    """Evaluates chunks by its settings."""

    def __init__(self, settings: Settings) -> None:
        collector_patient()
        self._settings = settings
        self._programs = Programs(self._bind)
        self._asked = {*settings.point.offered, *(settings.wrt or ())}
        self._had: set[str] = set()
        self._unread = 0

    def __call__(self, chunk: Chunk) -> Answer:
        """The replies to the programs of a chunk; with ``fail_fast``, up to the first failure."""
        settings, tally = self._settings, Tally(had=self._had)
        self._unread = 0
        replies: list[Reply] = []
        with collector_paused():
            for request in requests(chunk, settings.whole):
                reply = self._reply(request)
                replies.append(reply)
                tally.done += 1
                tally.carry(request.carried)
                if reply.error is not None:
                    tally.failed[reply.error.code] += 1
                    tally.first_failed = tally.first_failed or reply.place
                    if settings.fail_fast:
                        break
                elif not reply.sound(settings.strict):
                    tally.undefined += 1
                    tally.first_undefined = tally.first_undefined or reply.place
            tally.unread = self._unread
            data = settings.encoded(settings.form.text(replies))
        return Answer(data, tally)

    def _bind(self, text: str) -> Tape:
        try:
            graph = sources.parse_program(text, "", self._settings.max_nodes)
        except ProgramError:
            self._unread += 1
            raise
        self._had |= self._asked & {*graph.inputs, *graph.constants, *graph.bindings}
        of = self._settings.of
        return Tape(graph, None if of is None else named_node(graph, of))

    def _command(self, names: list[str]) -> str:
        """A ``batch`` command that gives values to inputs, for hints."""
        options = self._settings.options
        values = chain(*(value_words(name, "1", options) for name in names))
        return shlex.join(["autograd", "batch", *values])

    def _reply(self, request: Request) -> Reply:
        if request.error is not None:
            self._unread += 1
            return Reply(request, error=request.error)
        try:
            return self._evaluated(request)
        except ProgramError as error:
            error.__traceback__ = error.__context__ = None  # their frames form a cycle
            return Reply(request, error=error)
        except MemoryError:
            scarce = ProgramError("there is not enough memory for this", code="limit")
            return Reply(request, error=scarce)

    def _evaluated(self, request: Request) -> Reply:
        settings = self._settings
        tape = self._programs[request.program]
        point = replace(settings.point, named=request.at) if request.at else settings.point
        given = point.given(tape.graph)
        absent = missing(tape, given)
        if absent:
            raise missing_values(tape.graph, absent, self._command(absent))
        passes = report.run(tape, given)
        wrt = None if settings.wrt is None else _known(tape.graph, settings.wrt)
        if settings.nodes:
            account = report.account(passes, wrt)
            return Reply(request, account.summary, list(account.nodes))
        return Reply(request, report.summary(passes, wrt))


def _known(graph: Graph, wrt: tuple[str, ...]) -> list[str]:
    """Those of ``wrt`` that the program has; the others are ignored, as values are."""
    return inputs_named(graph, [n for n in wrt if n in graph.inputs or n in graph.bindings])
