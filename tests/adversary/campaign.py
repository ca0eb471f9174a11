"""A campaign: programs by family, judged, their differences made small and kept once each."""

from __future__ import annotations

import json
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import nan
from pathlib import Path
from random import Random
from typing import Any

from autograd_graph import ProgramError

from . import routes
from .families import FAMILIES
from .judge import Difference, Verdicts, differences
from .minimise import smallest
from .points import points
from .programs import Program, shape
from .routes import Subject

POINTS = 3
"""At how many points a program is asked."""

PATIENCE = 20
"""Seconds for a program at a point; the oracle gives up on some."""

TOGETHER = 40
"""So many programs make one C file and one stream."""

TRIES = 120


class TooLong(BaseException):
    """The time for one program is over; no handler of errors on the way may take it for one."""


@dataclass
class Finding:
    """A silent difference, made small, and where it came from."""

    family: str
    seed: int
    program: str
    point: Mapping[str, float]
    found_in: str
    difference: Difference

    def line(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), default=str)


@dataclass
class Tally:
    """What a campaign did."""

    programs: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    too_long: int = 0

    def __str__(self) -> str:
        lines = [
            f"{name:18} {self.programs[name]:8} programs {self.points[name]:9} points "
            f"{self.compared[name]:10} comparisons {self.findings[name]:5} findings"
            for name in FAMILIES
            if self.programs[name]
        ]
        total = [sum(c.values()) for c in (self.programs, self.points, self.compared)]
        lines.append(
            f"{'all':18} {total[0]:8} programs {total[1]:9} points {total[2]:10} comparisons "
            f"{sum(self.findings.values()):5} findings; {self.refused} refused by the language, "
            f"{self.too_long} over {PATIENCE} s"
        )
        return "\n".join(lines)


class Campaign:
    """Draws, asks, judges. ``tell`` is given each new finding.

    ``compiled`` are the targets that are asked by many programs in one file.
    """

    def __init__(
        self,
        seed: int,
        families: Sequence[str],
        tell: Callable[[Finding], None],
        compiled: Sequence[str] = ("c",),
    ) -> None:
        self.seed, self.families, self.tell = seed, list(families), tell
        self.compiled = compiled
        self.tally = Tally()
        self.known: set[tuple[str, str]] = set()
        self.waiting: list[tuple[str, int, Program, Verdicts]] = []

    def run(self, going_on: Callable[[int], bool]) -> Tally:
        """Ask one program after the other as long as ``going_on(number of programs)``."""
        number = 0
        while going_on(number):
            family = self.families[number % len(self.families)]
            self._one(family, self.seed + number)
            number += 1
            if len(self.waiting) >= TOGETHER:
                self._together()
        self._together()
        return self.tally

    def _one(self, family: str, seed: int) -> None:
        draw = Random(seed)
        program = FAMILIES[family](draw)
        try:
            subject = Subject(str(program))
        except ProgramError:
            self.tally.refused += 1
            return
        self.tally.programs[family] += 1
        free = [n for n in subject.wrt if not subject.graph.args[subject.graph.inputs[n]]]
        targets = [*routes.RUN_AT_ONCE]
        targets += [t for t, often in routes.RUN_SELDOM.items() if draw.randrange(often) == 0]
        for n, point in enumerate(points(draw, free, POINTS if free else 1)):
            verdicts = self._asked(program, point, targets if n == 0 else ["python"])
            if verdicts is None:
                continue
            self.tally.points[family] += 1
            self._judged(family, seed, program, verdicts)
            if n == 0 and isinstance(verdicts, Verdicts):
                self.waiting.append((family, seed, program, verdicts))

    def _asked(
        self, program: Program, point: Mapping[str, float], targets: Sequence[str]
    ) -> Verdicts | _Crashed | None:
        try:
            with _Patience():
                return differences(program, point, targets)
        except TooLong:
            self.tally.too_long += 1
            return None
        except ProgramError:
            raise
        except Exception as error:
            if not _is_ours(error):
                raise
            return _Crashed(point, [Difference("crash", (), nan, repr(error))])

    def _judged(
        self, family: str, seed: int, program: Program, verdicts: Verdicts | _Crashed
    ) -> None:
        self.tally.compared[family] += verdicts.compared
        verdicts.compared = 0
        told, verdicts.differences = verdicts.differences, []
        for route in dict.fromkeys(each.route for each in told):
            first = next(each for each in told if each.route == route)
            self._found(family, seed, program, verdicts.point, first)

    def _found(
        self, family: str, seed: int, program: Program, point: Mapping[str, float], d: Difference
    ) -> None:
        targets = [d.route] if d.route in ("python", "numpy", "js", "sql", "sympy") else []
        alone = d.route not in (*self.compiled, "batch")  # these are asked many at a time
        last = [d]

        def differs(smaller: Program, plainer: Mapping[str, float]) -> bool:
            try:
                verdicts = self._asked(smaller, plainer, targets)
            except ProgramError:
                return False
            found = [e for e in verdicts.differences if e.route == d.route] if verdicts else []
            last[:] = found[:1] or last
            return bool(found)

        if alone:
            small, at = smallest(program, point, differs, TRIES)
        else:
            small, at = program, point
        kind = (d.route, shape(small))
        if kind in self.known:
            return
        self.known.add(kind)
        self.tally.findings[family] += 1
        self.tell(Finding(family, seed, str(small), dict(at), str(program), last[0]))

    def _together(self) -> None:
        """The routes that many programs take at once: compiled code, and the stream."""
        waiting, self.waiting = self.waiting, []
        if not waiting:
            return
        for target in self.compiled:
            self._compiled(target, [verdicts for *_, verdicts in waiting])
        replies = routes.by_batch([w[3].subject for w in waiting], [w[3].point for w in waiting])
        for (family, seed, program, verdicts), reply in zip(waiting, replies, strict=True):
            verdicts.batch(reply)
            self._judged(family, seed, program, verdicts)

    def _compiled(self, target: str, waiting: Sequence[Verdicts]) -> None:
        texts = [(each, routes.code(each.subject, target)) for each in waiting]
        written = [(each, text) for each, text in texts if text is not None]
        if not written:
            return
        with tempfile.TemporaryDirectory() as folder:
            results = routes.by_compiled(
                target,
                [each.subject for each, _ in written],
                [text for _, text in written],
                [each.leaves for each, _ in written],
                Path(folder),
            )
        for (each, _), numbers in zip(written, results, strict=True):
            each.code(target, numbers)


@dataclass
class _Crashed:
    """A program at a point that ended in an exception of the project's."""

    point: Mapping[str, float]
    differences: list[Difference]
    compared: int = 0


def _is_ours(error: Exception) -> bool:
    """Whether an exception was raised in the project's code, not in the adversary's."""
    frames = traceback.extract_tb(error.__traceback__)
    rooms = ["adversary" if "adversary" in Path(f.filename).parts else f.filename for f in frames]
    last = max(n for n, room in enumerate(rooms) if room == "adversary")
    return any("autograd_" in room for room in rooms[last + 1 :])


class _Patience:
    """Raises :class:`TooLong` in the body when the time is over."""

    def __enter__(self) -> None:
        def over(*_: Any) -> None:
            raise TooLong

        self.before = signal.signal(signal.SIGALRM, over)
        signal.alarm(PATIENCE)

    def __exit__(self, *_: Any) -> None:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, self.before)


def for_minutes(minutes: float) -> Callable[[int], bool]:
    """Go on until the time is over."""
    end = time.monotonic() + 60.0 * minutes
    return lambda number: time.monotonic() < end


def for_programs(count: int) -> Callable[[int], bool]:
    """Go on for a number of programs, however long that takes."""
    return lambda number: number < count


def findings_in(path: Path) -> Iterator[dict[str, Any]]:
    """The findings that a campaign wrote."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
