"""What is fitted: which names, from where, within which bounds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, isnan
from typing import Any, NamedTuple

import numpy as np

from autograd_cli.fitting.gram import Array
from autograd_cli.interface.values import known, number, shortened
from autograd_cli.program import Program, inputs_named, normal
from autograd_graph import ProgramError

START = 1.0
"""Where a parameter begins that nothing is said of."""

Range = tuple[float | None, float | None]
"""The least and the largest value; ``None`` where there is no bound."""


class Bounds(NamedTuple):
    """The least and the largest value of each parameter."""

    lower: Array
    upper: Array

    @property
    def any(self) -> bool:
        """Whether there is a bound at all."""
        return bool(np.isfinite(self.lower).any() or np.isfinite(self.upper).any())

    def beyond(self, point: Array) -> bool:
        """Whether a point does not keep to them."""
        return bool((point < self.lower).any() or (point > self.upper).any())

    def reached(self, point: Array) -> list[int]:
        """The numbers of the parameters that lie at a bound."""
        at = (point <= self.lower) | (point >= self.upper)
        return [int(number) for number in np.flatnonzero(at)]


@dataclass(frozen=True)
class Parameters:
    """The parameters by name, in the order of the program, and the other inputs without a column.

    ``assumed`` are those that begin at :data:`START` because nothing is said of them.
    """

    names: list[str]
    start: Array
    bounds: Bounds
    held: dict[str, float]
    assumed: list[str]


def parameters(
    program: Program,
    columns: Collection[str],
    start: Mapping[str, float],
    bounds: Mapping[str, Range],
    hold: Sequence[str],
    fixed: Collection[str] = (),
) -> Parameters:
    """The parameters of a program over columns: the inputs that are none, except those on hold.

    Those that are ``fixed`` have a column, and a value that takes its place. ``Program.wrt`` names
    the parameters instead. They begin where ``start`` says, else at the value
    that was given or the program's own. Raises :class:`ProgramError` where there is none, for names
    that are no parameters, and for a start out of bounds.
    """
    graph = program.graph
    inputs = [
        name
        for name, node in graph.inputs.items()
        if name not in columns and program.tape.reached[node]
    ]
    on_hold = set(_inputs(program, hold, columns, "held"))
    free = [name for name in inputs if name not in fixed]
    wanted = free if program.wrt is None else _inputs(program, program.wrt, columns, "fitted")
    names = [name for name in dict.fromkeys(wanted) if name not in on_hold]
    begin = {normal(name): number(name, value) for name, value in start.items()}
    ranges = {normal(name): _range(name, limits) for name, limits in bounds.items()}
    for what, given in (("begins somewhere", begin), ("has bounds", ranges)):
        for name in _inputs(program, list(given), columns, "fitted"):
            if name not in names and not (given is begin and name in inputs):
                raise ProgramError(
                    f"{name} {what}, and it is not fitted",
                    code="bad-value",
                    hint=f"the parameters are {', '.join(names) or 'none'}",
                )
    if not names:
        raise _nothing_to_fit(program, inputs)
    there = known(program) | begin
    held = _held(program, [name for name in inputs if name not in names], there)
    assumed = [name for name in names if there[name] is None]
    point = np.array([_start(name, there[name]) for name in names])
    limits = Bounds(*(np.array(side) for side in _sides(names, ranges)))
    for name, value, lower, upper in zip(names, point, *limits, strict=True):
        _check(name, float(value), lower, upper, name in assumed)
    return Parameters(names, point, limits, held, assumed)


def _inputs(
    program: Program, names: Sequence[str], columns: Collection[str], what: str
) -> list[str]:
    found = inputs_named(program.graph, [normal(name) for name in names])
    for name in found:
        if name in columns:
            raise ProgramError(
                f"{name} is a column of the table, and cannot be {what}",
                code="bad-value",
                hint=f"a value of its own takes its place: --{name}=1, or rename the column",
            )
    return found


def _range(name: str, limits: Any) -> Range:
    """A pair of bounds. Raises :class:`ProgramError` for what is none."""
    if not isinstance(limits, (tuple, list)) or len(limits) != 2:
        raise ProgramError(
            f"the bounds of {name} are two numbers, not {shortened(repr(limits))}",
            code="bad-value",
            hint="None is no bound: (0, None)",
        )
    low, high = (None if limit is None else number(name, limit) for limit in limits)
    return low, high


def _nothing_to_fit(program: Program, inputs: list[str]) -> ProgramError:
    if inputs:
        return ProgramError(
            "every parameter is held, so there is nothing to move",
            code="bad-value",
            hint=f"free one of {', '.join(inputs)}",
        )
    return ProgramError(
        "there is nothing to move: every name of the program is a column of the table",
        code="missing-value",
        hint="a parameter is a name that is no column: a*x + b",
        text=program.graph.text,
    )


def _held(
    program: Program, names: list[str], there: Mapping[str, float | None]
) -> dict[str, float]:
    held: dict[str, float] = {}
    for name in names:
        value = there[name]
        if value is None:
            raise ProgramError(
                f"{name} is held, and has no value",
                code="missing-value",
                span=program.graph.spans[program.graph.inputs[name]],
                hint=f"give it one: --{name}=1",
                text=program.graph.text,
            )
        held[name] = value
    return held


def _start(name: str, value: float | None) -> float:
    if value is None:
        return START
    if not isfinite(value):
        raise ProgramError(f"{name} cannot begin at {value}", code="bad-value", hint=f"--{name}=1")
    return value


def _sides(names: Sequence[str], ranges: Mapping[str, Range]) -> tuple[list[float], list[float]]:
    pairs = [ranges.get(name, (None, None)) for name in names]
    lower = [-inf if low is None else low for low, _ in pairs]
    return lower, [inf if high is None else high for _, high in pairs]


def _check(name: str, start: float, lower: float, upper: float, assumed: bool) -> None:
    if isnan(lower) or isnan(upper) or not lower < upper:
        raise ProgramError(
            f"the bounds of {name} leave no room: from {lower:g} to {upper:g}",
            code="bad-value",
            hint=f"to keep it at a value: --start {name}={lower:g} --hold {name}",
        )
    if not lower <= start <= upper:
        begins = f"it begins at {start:g}" + (", as nothing else is said" if assumed else "")
        raise ProgramError(
            f"{name} has to be from {lower:g} to {upper:g}, and {begins}",
            code="bad-value",
            hint=f"say where it begins: --start {name}={_inside(lower, upper):g}",
        )


def _inside(lower: float, upper: float) -> float:
    """A number between two bounds, of which one is finite."""
    if isfinite(lower) and isfinite(upper):
        return (lower + upper) / 2.0
    return lower + 1.0 if isfinite(lower) else upper - 1.0
