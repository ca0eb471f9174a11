"""Evaluating a stream's programs, chunk by chunk.

Nothing but an interrupt crosses the boundary of a record: what it raises becomes its error.
"""

from __future__ import annotations

import shlex
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from autograd_cli.line import sources
from autograd_cli.line.point import Point
from autograd_cli.line.words import value_words
from autograd_cli.program import inputs_named, missing_values, named_node
from autograd_cli.reports import evaluation as report
from autograd_cli.stream.chunks import Chunk
from autograd_cli.stream.deadline import Deadline, TimeUp
from autograd_cli.stream.programs import Programs
from autograd_cli.stream.replies import Form, Reply
from autograd_cli.stream.requests import Limits, Request, read, requests
from autograd_cli.stream.tally import Tally
from autograd_cli.stream.watch import Watch
from autograd_cli.unforeseen import unforeseen
from autograd_graph import Graph, ProgramError, Tape, missing
from autograd_graph.collector import collector_patient, collector_paused


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
    limits: Limits
    timeout: float
    """The seconds that a record may take."""
    debug: bool
    """Whether the traceback of an unforeseen error is printed."""
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


class Engine:
    """Evaluates chunks by its settings."""

    def __init__(self, settings: Settings, watch: Watch) -> None:
        self._watch = watch
        collector_patient()
        self._settings = settings
        self._programs = Programs(self._bind, own=settings.nodes)
        self._deadline = Deadline(settings.timeout)
        self._asked = {*settings.point.offered, *(settings.wrt or ())}
        self._had: set[str] = set()
        self._unread = 0

    def __call__(self, chunk: Chunk) -> Answer:
        """The replies to the programs of a chunk; with ``fail_fast``, up to the first failure."""
        settings, tally = self._settings, Tally(had=self._had)
        self._unread = 0
        replies: list[Reply] = []
        with collector_paused():
            for request, data in requests(chunk, settings.whole):
                self._watch.begin(request.line)
                if request.line in chunk.given_up:
                    replies.append(Reply(request, error=_fatal()))
                else:
                    replies.append(self._reply(request, data))
                if replies[-1].error is not None and settings.fail_fast:
                    break
            self._watch.end()
            replies, text = self._written(replies)
            for reply in replies:
                self._count(reply, tally)
            tally.unread = self._unread
        return Answer(text, tally)

    def _count(self, reply: Reply, tally: Tally) -> None:
        tally.done += 1
        tally.carry(reply.request.carried)
        if reply.error is not None:
            tally.failed[reply.error.code] += 1
            tally.first_failed = tally.first_failed or reply.place
            tally.first_message = tally.first_message or f"{reply.place}: {reply.error.message}"
        elif not reply.sound(self._settings.strict):
            tally.undefined += 1
            tally.first_undefined = tally.first_undefined or reply.place

    def _written(self, replies: list[Reply]) -> tuple[list[Reply], bytes]:
        """The replies and their text; one that cannot be written becomes an error."""
        settings, form = self._settings, self._settings.form
        try:
            return replies, settings.encoded(form.text(replies))
        except Exception:  # one of them is at fault: which one?
            pass
        written, texts = [], []
        for reply in replies:
            try:
                texts.append(form.text([reply]))
            except Exception as error:
                bare = Request(reply.request.source, reply.request.line, reply.request.whole)
                reply = Reply(bare, error=self._unforeseen(error))
                texts.append(form.text([reply]))
            written.append(reply)
            if reply.error is not None and settings.fail_fast:
                break
        return written, settings.encoded(form.between.join(texts))

    def _bind(self, text: str) -> Tape:
        try:
            graph = sources.parse_program(text, "", self._settings.limits.nodes)
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

    def _reply(self, request: Request, data: bytes) -> Reply:
        try:
            return self._deadline.run(lambda: self._answered(request, data))
        except ProgramError as error:
            error.__traceback__ = error.__context__ = None  # their frames form a cycle
            return Reply(request, error=error)
        except TimeUp:
            return Reply(request, error=too_slow(self._settings.timeout))
        except MemoryError:
            self._programs.clear()
            scarce = ProgramError("there is not enough memory for this", code="limit")
            return Reply(request, error=scarce)
        except Exception as error:
            return Reply(request, error=self._unforeseen(error))

    def _unforeseen(self, error: Exception) -> ProgramError:
        if self._settings.debug:
            import traceback

            with suppress(OSError):  # of standard error itself
                traceback.print_exception(error)
        return unforeseen(error)

    def _answered(self, request: Request, data: bytes) -> Reply:
        read(request, data, self._settings.limits)
        if request.error is not None:
            self._unread += 1
            return Reply(request, error=request.error)
        tape = self._programs[request.program]
        try:
            return self._evaluated(request, tape)
        except ProgramError:
            if tape.graph.text == request.program:
                raise
        return self._evaluated(request, self._bind(request.program))  # an error has a place in it

    def _evaluated(self, request: Request, tape: Tape) -> Reply:
        settings = self._settings
        point = settings.point
        if request.at:
            point = Point(named=request.at, offered=point.offered)
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


def too_slow(seconds: float) -> ProgramError:
    """The error of a record that took more than ``seconds``."""
    return ProgramError(
        f"it took more than {seconds:g} seconds",
        code="limit",
        hint="raise the limit with --timeout",
    )


def _fatal() -> ProgramError:
    """The error of a record that took its process along."""
    return ProgramError(
        "the process that worked on it did not return or was ended from outside",
        code="limit",
        hint="perhaps it takes too much time or memory",
    )


def _known(graph: Graph, wrt: tuple[str, ...]) -> list[str]:
    """Those of ``wrt`` that the program has; the others are ignored, as values are."""
    return inputs_named(graph, [n for n in wrt if n in graph.inputs or n in graph.bindings])
