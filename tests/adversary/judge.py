"""Which differences count: those that rounding does not explain and nothing marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan
from random import Random
from typing import Any

from mpmath import mp, mpf, workdps

from autograd_graph.export import find

from . import oracle, routes
from .oracle import CHOICES, Key, Undefined, Unknown
from .programs import Program
from .routes import Answer, Numbers, Subject
from .tapes import Tape, tape_of, tape_of_graph

LARGEST = mpf(2) ** 1023
SMALLEST = mpf(2) ** -1021
MARGIN = 8
"""How many times what noise does is still taken for rounding."""

RUNS = 3
CONFIRMING = 24
SLACK = mpf(2) ** -46
SLACK_OF_SECOND = mpf(2) ** -42
LEAST = mpf(2) ** -1067
"""128 subnormal numbers."""
RELATIVE_TO_ONE = 2.0**-50
"""Exported code holds results that are next to 0 relative to 1; what is not finite shows."""

SAME = mpf(10) ** -18
"""Formulas whose exact values are closer than this are the same function."""


@dataclass(frozen=True)
class Difference:
    """A silent difference: a route's number for a quantity, and what it should be."""

    route: str
    key: Key
    got: float
    wanted: str


class Verdicts:
    """All differences of one program at one point."""

    def __init__(
        self, program: Program, subject: Subject, point: Mapping[str, float], thorough: bool
    ) -> None:
        self.subject, self.point = subject, point
        self.draw = Random(1)
        self.tape = tape_of(program)
        self.chooses = any(name in CHOICES for name, _ in self.tape.operations)
        self.leaves = subject.leaves(point)
        self.truth = oracle.truth(self.tape, subject.given(point), subject.wrt, thorough)
        self.thorough = thorough
        self.differences: list[Difference] = []
        self.compared = 0

    def run(self) -> None:
        """Hold every route that runs in this process to the truth, or to another route."""
        subject, point = self.subject, self.point
        by_eval = routes.by_eval(subject, point)
        self.by_eval = by_eval
        self._to_truth("eval", by_eval)
        self._to_truth("hessian", routes.by_hessian(subject, point))
        self._along(by_eval)
        for order in (1, 2):
            self._formula(order)

    # -- the passes ------------------------------------------------------------------------------

    def _to_truth(self, route: str, answer: Answer) -> None:
        for key, got in answer.numbers.items():
            wanted = self.truth.numbers.get(
                tuple(sorted(key, key=self.subject.wrt.index)), _UNASKED
            )
            if wanted is _UNASKED or key not in answer.silent:
                continue
            self.compared += 1
            if wanted is None:
                # a choice may pass over what is undefined
                if (
                    isfinite(got)
                    and len(key) < 2
                    and not self.chooses
                    and self._stays_undefined(key)
                ):
                    self._differs(route, key, got, "undefined")
            elif len(key) == 2 and abs(got - wanted) <= SLACK_OF_SECOND * abs(wanted):
                continue
            elif not self._close(got, wanted, lambda runs, k=key: self._room(k, runs)):
                self._differs(route, key, got, mp.nstr(wanted, 20))

    def _close(self, got: float, wanted: Any, room: Any) -> bool:
        """Whether a number is right to rounding; ``room`` tells how far that reaches."""
        if not isfinite(got):
            return bool(abs(wanted) > LARGEST / 4) or room(RUNS) > LARGEST / 4
        off = abs(mpf(got) - wanted)
        return bool(
            off <= SLACK * abs(wanted) + LEAST
            or any(
                off <= MARGIN * moved or abs(wanted) <= MARGIN * moved  # no digit is left
                for moved in map(room, (RUNS, CONFIRMING))
            )
        )

    def _room(self, key: Key, runs: int) -> Any:
        names = self.subject.wrt
        key = tuple(sorted(key, key=names.index))
        order = len(key)
        wanted = oracle.keys(names, order)
        numbers = [self.truth.numbers.get(k) for k in wanted]
        given = self.subject.given(self.point)
        digits = self.truth.digits
        args = (self.tape, given, names, order, numbers, runs, digits, self.draw)
        return oracle.rooms(*args)[wanted.index(key)]

    def _stays_undefined(self, key: Key) -> bool:
        """Whether a number that does not exist does not exist in doubles either."""
        given = self.subject.given(self.point)
        with workdps(self.truth.digits):
            rounded = oracle.Evaluation(
                self.tape, given, self.subject.wrt, len(key), rounded=True
            ).run()
        return isinstance(rounded[0], Undefined)

    def _along(self, by_eval: Answer) -> None:
        names = self.subject.wrt
        slopes = {(name,): self.truth.numbers.get((name,)) for name in names}
        if not names or self.truth.tied or any(slope is None for slope in slopes.values()):
            return
        way = routes.direction(self.draw, names)
        number, silent = routes.by_tangent(self.subject, self.point, way)
        if not silent or not frozenset(slopes) <= by_eval.silent:
            return
        self.compared += 1
        wanted = mp.fsum(way[key[0]] * slope for key, slope in slopes.items())

        def room(runs: int) -> Any:
            return mp.fsum(2 * self._room(key, runs) for key in slopes)

        if not self._close(number, wanted, room):
            self._differs("tangent", tuple(names), number, mp.nstr(wanted, 20))

    # -- the formulas ----------------------------------------------------------------------------

    def _formula(self, order: int) -> None:
        """The derivative is the same function, and its text is it too."""
        formula = self.subject.derivatives(order)
        if order == 2 and self.truth.tied:
            return
        keys = [key for key in formula.roots if len(key) == order or (not key and order == 1)]
        tape = tape_of_graph(formula.graph, [formula.roots[key] for key in keys])
        exact, digits, tied = oracle.settled(tape, self.leaves, [], 0, self.thorough)
        exact = [n if isinstance(n, Exception) or mp.isfinite(n) else Unknown() for n in exact]
        answer = routes.by_formula(formula, self.leaves)
        text = routes.by_text(formula, self.leaves)
        for place, (key, number) in enumerate(zip(keys, exact, strict=True)):
            wanted = self.truth.numbers.get(key)

            def room(runs: int, place: int = place, tape: Tape = tape, digits: int = digits) -> Any:
                return oracle.rooms(
                    tape, self.leaves, [], 0, exact, runs, digits, self.draw
                )[place]  # fmt: skip

            if not tied and wanted is not None and not isinstance(number, Exception):
                self.compared += 1
                self._same_function(f"diff{order}", formula.marked, key, number, wanted, room)
            if key in answer.silent and not isinstance(number, (Undefined, Unknown)) and not tied:
                self.compared += 1
                if not self._close(answer.numbers[key], number, room):
                    got = answer.numbers[key]
                    self._differs(f"diff{order} evaluated", key, got, mp.nstr(number, 20))
            if key in answer.silent and key in text.silent:
                self.compared += 1
                self._reads_back(f"diff{order} | eval", key, answer, text, room)

    def _same_function(
        self, route: str, marked: bool, key: Key, number: Any, wanted: Any, room: Any
    ) -> None:
        """A formula's exact value is that of the program, but for constants that were rounded."""
        if marked or abs(number - wanted) <= SAME * abs(wanted) + LEAST:
            return
        for runs in (RUNS, CONFIRMING):
            allowed = MARGIN * (room(runs) + self._room(key, runs))
            if abs(number - wanted) <= allowed:
                return
        self._differs(route, key, float(number), mp.nstr(wanted, 20))

    def _reads_back(self, route: str, key: Key, answer: Answer, text: Answer, room: Any) -> None:
        a, b = answer.numbers[key], text.numbers[key]
        if a == b or (isnan(a) and isnan(b)):
            return
        if isfinite(a) and isfinite(b) and self._close(b, mpf(a), room):
            return
        self._differs(route, key, b, repr(a))

    # -- exported code and the stream ------------------------------------------------------------

    def code(self, target: str, numbers: Numbers | None) -> None:
        """An exported text computes what ``eval`` does, or what ``diff`` says in exact numbers."""
        if numbers is None:
            return
        if find(target).computes:
            loud = {key for key, got in numbers.items() if not isfinite(got)}
            self._to_truth(target, Answer(numbers, self.by_eval.silent - loud))
            return
        formula = self.subject.derivatives(1)
        answer = routes.by_formula(formula, self.leaves)
        for key, got in numbers.items():
            wanted = answer.numbers[key]
            if not isfinite(wanted) or key not in answer.silent:
                continue
            if not isfinite(got) or abs(got - wanted) <= RELATIVE_TO_ONE:
                continue
            self.compared += 1
            tape = tape_of_graph(formula.graph, [formula.roots[key]])
            exact, digits, _ = oracle.settled(tape, self.leaves, [], 0, self.thorough)

            def room(runs: int, tape: Tape = tape, exact: Any = exact, digits: int = digits) -> Any:
                found = oracle.rooms(tape, self.leaves, [], 0, exact, runs, digits, self.draw)
                return found[0]

            if got != wanted and not (
                isfinite(got) and self._close(got, mpf(wanted), lambda runs: 4 * room(runs))
            ):
                self._differs(target, key, got, repr(wanted))

    def batch(self, reply: Mapping[str, Any]) -> None:
        """The stream says the same as ``eval``, to the last bit."""
        numbers: Numbers = {(): reply["output"]["value"]}
        numbers |= {(name,): slope for name, slope in reply["gradients"].items()}
        for key, got in numbers.items():
            self.compared += 1
            wanted = self.by_eval.numbers[key]
            if got != wanted and isfinite(wanted):
                self._differs("batch", key, got, repr(wanted))

    def _differs(self, route: str, key: Key, got: float, wanted: str) -> None:
        self.differences.append(Difference(route, key, got, wanted))


_UNASKED = object()


def differences(program: Program, point: Mapping[str, float], targets: Sequence[str]) -> Verdicts:
    """Send a program through every route in this process, and the exports ``targets``.

    A difference has to stay when the oracle takes all the digits there are.
    """
    subject = Subject(str(program))
    verdicts = _judged(program, subject, point, targets, False)
    if verdicts.differences:
        compared = verdicts.compared
        verdicts = _judged(program, subject, point, targets, True)
        verdicts.compared = compared
    return verdicts


def _judged(
    program: Program,
    subject: Subject,
    point: Mapping[str, float],
    targets: Sequence[str],
    thorough: bool,
) -> Verdicts:
    verdicts = Verdicts(program, subject, point, thorough)
    verdicts.run()
    for target in targets:
        text = routes.code(subject, target)
        if text is not None:
            verdicts.code(target, routes.by_code(subject, text, target, verdicts.leaves))
    return verdicts
