"""Replaying a recording on blocks of rows, in buffers that are planned once.

A buffer holds a column from the call that makes it to the last call that needs it, and then the
next one. So few rows are worked on together that all buffers stay in the processor's cache.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd_graph.rows.arrays import WRITING, choose, copy, put
from autograd_graph.rows.recording import Call, Column, Recording

CACHE = 4 * 1024 * 1024
"""Bytes that buffers and the blocks of columns and results should take together."""

MOST_ROWS = 32768
LEAST_ROWS = 2048
"""With fewer, calling a function takes longer than what it does."""

_MANY_USES = 8


class Plan:
    """Which calls compute the ``outputs``, and in which buffers.

    ``prologue`` are the calls on numbers that hold for all rows, ``body`` those for each block.
    ``place`` is the buffer of each column that has one, ``buffers`` how many there are of each
    kind, ``rows`` how many rows are worked on together.
    """

    def __init__(self, recording: Recording, outputs: Sequence[Any]) -> None:
        self.recording = recording
        columns = recording.columns
        results = [o if isinstance(o, Column) else recording.constant(o) for o in outputs]
        needed = _needed(recording, [column.number for column in results])
        self.kinds = [column.kind for column in results]
        self.prologue = [call for call in needed if columns[call.results[0]].uniform]
        self.body = [call for call in needed if not columns[call.results[0]].uniform]
        made = {number for call in self.body for number in call.results}
        self.output_of: dict[int, int] = {}
        self.copied: list[tuple[int, int]] = []
        for n, column in enumerate(results):
            if column.number in made and column.number not in self.output_of:
                self.output_of[column.number] = n
            else:
                self.copied.append((column.number, n))
        self.place: dict[int, tuple[str, int]] = {}
        self.buffers = {"float": 0, "bool": 0}
        self.loaded = self._much_used()
        for n, name in enumerate(self.loaded):
            self.place[recording.inputs[name].number] = "float", n
        self.buffers["float"] = len(self.loaded)
        self._allocate()
        floats = self.buffers["float"] + len(recording.inputs) + self.kinds.count("float")
        fits = CACHE // (8 * floats + self.buffers["bool"] + 1)
        self.rows = max(min(fits, MOST_ROWS) // 64 * 64, LEAST_ROWS)

    def _much_used(self) -> list[str]:
        """The columns to copy for every block, rather than bind all their calls again."""
        uses = Counter(number for call in self.body for number in call.operands)
        inputs = self.recording.inputs.items()
        return [name for name, column in inputs if uses[column.number] > _MANY_USES]

    def _allocate(self) -> None:
        """Give each column of the body a buffer, from the call that makes it to its last use."""
        columns = self.recording.columns
        last: dict[int, int] = {}
        for n, call in enumerate(self.body):
            for number in call.operands:
                last[number] = n
        for number, _ in self.copied:
            last[number] = len(self.body)
        free: dict[str, list[int]] = {"float": [], "bool": []}
        kept = set(self.place)
        for n, call in enumerate(self.body):
            dying = [
                number
                for number in set(call.operands)
                if last[number] == n and number in self.place and number not in kept
            ]
            keep = _not_in_place(call)
            early = [number for number in dying if number not in keep]
            for number in early:
                kind, buffer = self.place[number]
                free[kind].append(buffer)
            for number in call.results:
                if number in self.output_of:
                    continue
                kind = columns[number].kind
                if free[kind]:
                    buffer = free[kind].pop()
                else:
                    buffer = self.buffers[kind]
                    self.buffers[kind] += 1
                self.place[number] = kind, buffer
                if number not in last:  # one of several results that nobody needs
                    free[kind].append(buffer)
            for number in dying:
                if number in keep:
                    kind, buffer = self.place[number]
                    free[kind].append(buffer)


def _not_in_place(call: Call) -> set[int]:
    """The operands whose buffer must not take the result."""
    if isinstance(call.function, np.ufunc):
        return set()
    if call.function is choose:
        bits, _, b = call.operands
        return {bits, b}
    if call.function is put:
        return set(call.operands[:2])
    return set(call.operands)


def _needed(recording: Recording, outputs: Sequence[int]) -> list[Call]:
    """The calls that some outputs need, in the order of their moments."""
    wanted = bytearray(len(recording.columns))
    for number in outputs:
        wanted[number] = 1
    needed: list[Call] = []
    for call in reversed(recording.calls):
        if any(wanted[number] for number in call.results):
            needed.append(call)
            for number in call.operands:
                wanted[number] = 1
    needed.reverse()
    needed.sort(key=lambda call: recording.columns[call.results[0]].moment)
    return needed


class Replay:
    """A plan with buffers of its own: what one thread runs.

    The calls are bound to their arrays once for each length of a block; only those that read a
    column or write a result are bound again for every block.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._floats = _aligned(plan.buffers["float"], plan.rows, np.dtype(np.float64))
        self._bools = _aligned(plan.buffers["bool"], plan.rows, np.dtype(np.bool_))
        recording = plan.recording
        self._uniform: dict[int, Any] = {
            number: np.array(value) for number, value in recording.constants.items()
        }
        self._parameters = {
            name: self._uniform.setdefault(column.number, np.zeros(()))
            for name, column in recording.parameters.items()
        }
        for call in plan.prologue:
            for number in call.results:
                truth = recording.columns[number].kind == "bool"
                self._uniform[number] = np.zeros((), bool if truth else float)
        self._programs: dict[int, _Program] = {}

    def begin(self, parameters: Mapping[str, float]) -> None:
        """Compute what holds for all rows."""
        for name, cell in self._parameters.items():
            cell[...] = parameters[name]
        for call in self.plan.prologue:
            function, arguments = _bound(call, self._uniform)
            function(*arguments)

    def block(self, inputs: Mapping[str, Any], outputs: Sequence[Any]) -> None:
        """Run on one block: arrays of columns by name, and arrays for the results."""
        count = len(outputs[0])
        bound = self._programs.get(count)
        if bound is None:
            for length in self._programs.keys() - {self.plan.rows}:
                del self._programs[length]  # of the last, shorter blocks only the latest is kept
            bound = self._programs[count] = self._bind(count)
        bound.run(inputs, outputs)

    def let_go(self) -> None:
        """Let go of the arrays of the last run, which may be large."""
        for program in self._programs.values():
            program.let_go()

    def _bind(self, count: int) -> _Program:
        cells: dict[int, Any] = dict(self._uniform)
        views = {
            "float": [buffer[:count] for buffer in self._floats],
            "bool": [buffer[:count] for buffer in self._bools],
        }
        for number, (kind, buffer) in self.plan.place.items():
            cells[number] = views[kind][buffer]
        return _Program(self.plan, cells)


class _Program:
    """The calls of a plan, bound to the arrays of one length of block."""

    def __init__(self, plan: Plan, cells: dict[int, Any]) -> None:
        self.plan = plan
        self.cells = cells
        self.code: list[Any] = []
        self.moving: list[tuple[int, Call]] = []
        for n, call in enumerate(plan.body):
            if all(number in cells for number in (*call.operands, *call.results)):
                self.code.append(_bound(call, cells))
            else:
                self.code.append(None)
                self.moving.append((n, call))

    def run(self, inputs: Mapping[str, Any], outputs: Sequence[Any]) -> None:
        cells, code, plan = self.cells, self.code, self.plan
        for name, column in plan.recording.inputs.items():
            if column.number in plan.place:
                copy(inputs[name], cells[column.number])
            else:
                cells[column.number] = inputs[name]
        for number, n in plan.output_of.items():
            cells[number] = outputs[n]
        for n, call in self.moving:
            code[n] = _bound(call, cells)
        for function, arguments in code:
            function(*arguments)
        for number, n in plan.copied:
            copy(cells[number], outputs[n])

    def let_go(self) -> None:
        """Let go of the arrays of columns and results."""
        plan = self.plan
        for n, _ in self.moving:
            self.code[n] = None
        moving = [column.number for column in plan.recording.inputs.values()]
        for number in (*moving, *plan.output_of):
            if number not in plan.place:
                self.cells.pop(number, None)


def _bound(call: Call, cells: Mapping[int, Any]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """A call with its arrays: those of the operands, then that of the result, or of all results.

    By position, which is faster than by name.
    """
    function, operands, results = call
    out = cells[results[0]] if len(results) == 1 else tuple(cells[n] for n in results)
    return WRITING.get(function, function), (*(cells[number] for number in operands), out)


def _aligned(count: int, rows: int, dtype: np.dtype[Any]) -> list[Any]:
    """Buffers that begin at lines of the cache, and not all at the same place in it."""
    line = 64 // dtype.itemsize
    stride = (rows + line - 1) // line * line + line
    whole = np.empty((count * stride + line) * dtype.itemsize, np.uint8)
    begin = -whole.ctypes.data % 64
    flat = whole[begin : begin + count * stride * dtype.itemsize].view(dtype)
    return [flat[n * stride : n * stride + rows] for n in range(count)]
