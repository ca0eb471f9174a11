"""Assignments as numbers: a formula that is evaluated on them writes down, in Python, what it does.

What runs later calls the functions of floats on the same doubles in the same order, so it has the
same bits. Names are made here, and literals are doubles: nothing that a user wrote is in the code.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from math import inf, nan
from typing import Any

from autograd_graph.numbers import floats
from autograd_graph.numbers.system import SEVERAL, Routed
from autograd_graph.op import Op

_SIGNS: dict[Any, str] = {
    operator.add: "{} + {}",
    operator.sub: "{} - {}",
    operator.mul: "{} * {}",
    operator.truediv: "{} / {}",
    operator.neg: "-{}",
    operator.pos: "{}",
}


def _both_ways(function: Any) -> tuple[Callable[..., Target], Callable[..., Target]]:
    """An operator of Python, and the same with its operands exchanged."""
    return (
        lambda a, b: a.writer.write(function, a, b),
        lambda a, b: a.writer.write(function, b, a),
    )


class Target:
    """A number that the code assigns; a literal, which is its own name, is not assigned.

    One that ``may_lack`` is ``None`` where nothing flows: it is an adjoint behind a choice.
    """

    __slots__ = ("code", "may_lack", "name", "operands", "writer")

    def __init__(
        self, writer: Assignments, name: str, code: str, operands: Sequence[Target], may_lack: bool
    ) -> None:
        self.writer = writer
        self.name = name
        self.code = code
        self.operands = operands
        self.may_lack = may_lack

    __sub__, __rsub__ = _both_ways(operator.sub)
    __mul__, __rmul__ = _both_ways(operator.mul)
    __truediv__, __rtruediv__ = _both_ways(operator.truediv)

    def __add__(self, other: Any) -> Target:
        return self.writer.add(self, other)

    def __radd__(self, other: Any) -> Target:
        return self.writer.add(other, self)

    def __neg__(self) -> Target:
        return self.writer.write(operator.neg, self)

    def __abs__(self) -> Target:
        return self.writer.write(abs, self)

    def __bool__(self) -> bool:
        raise TypeError("a formula asks which number it was given")


class Assignments(Routed):
    """The number system of assignments.

    ``targets`` are in the order of the code, which finds the functions that it calls in ``scope``.
    """

    nan, pi, ln2, ln10 = floats.nan, floats.pi, floats.ln2, floats.ln10
    two_over_root_pi = floats.two_over_root_pi

    def __init__(self) -> None:
        self.targets: list[Target] = []
        self.scope: dict[str, Any] = {"__builtins__": {}, "inf": inf, "nan": nan}
        self._names: dict[Any, str] = {}

    def number(self, double: float) -> Target:
        """A literal."""
        return Target(self, repr(float(double)), "", (), False)

    def assign(self, code: str, operands: Sequence[Target] = (), may_lack: bool = False) -> Target:
        """The target of an assignment; without ``code``, of one that is made elsewhere."""
        self.targets.append(Target(self, f"n{len(self.targets)}", code, operands, may_lack))
        return self.targets[-1]

    def value(self, row: Op, arguments: Sequence[Any]) -> Target:
        """The value of an operator, as :attr:`Op.run` computes it."""
        return row.value(self, *arguments) if row.fast is None else self.write(row.fast, *arguments)

    def call(self, name: str, *operands: Any) -> Any:
        """Call the floats' function of that name."""
        found = self.write(getattr(floats, name), *operands)
        if name not in SEVERAL:
            return found
        count = SEVERAL[name](len(operands))
        return [self.assign(f"{found.name}[{n}]", (found,)) for n in range(count)]

    def write(self, function: Any, *operands: Any) -> Target:
        """Call a function of floats; where an operand is lacking, so is the result."""
        numbers = [self._known(operand) for operand in operands]
        names = [number.name for number in numbers]
        if function is operator.mul and "1.0" in names:  # the other factor has the same bits
            return numbers[1] if names[0] == "1.0" else numbers[0]
        sign = _SIGNS.get(function)
        code = sign.format(*names) if sign else f"{self._called(function)}({', '.join(names)})"
        lacking = [number.name for number in numbers if number.may_lack]
        for name in lacking:
            code = f"None if {name} is None else {code}"
        return self.assign(code, numbers, bool(lacking) or function is floats.select)

    def add(self, one: Any, other: Any) -> Target:
        """Add two numbers; where one is lacking, the sum is the other."""
        a, b = self._known(one), self._known(other)
        code = f"{a.name} + {b.name}"
        if a.may_lack:
            code = f"{b.name} if {a.name} is None else {code}"
        if b.may_lack:
            code = f"{a.name} if {b.name} is None else {code}"
        return self.assign(code, (a, b), a.may_lack and b.may_lack)

    def needed(self, results: Iterable[Target]) -> list[Target]:
        """The targets on which some results depend, in order."""
        found: set[Target] = set()
        pending = list(results)
        while pending:
            target = pending.pop()
            if target not in found:
                found.add(target)
                pending.extend(target.operands)
        return [target for target in self.targets if target in found]

    def _known(self, operand: Any) -> Target:
        return operand if isinstance(operand, Target) else self.number(operand)

    def _called(self, function: Any) -> str:
        name = self._names.setdefault(function, f"f{len(self._names)}")
        self.scope[name] = function
        return name
