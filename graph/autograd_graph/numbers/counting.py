"""How many arithmetic operations a formula takes, found by running it.

The rows of the operator table are written over a number system. In this one a number has no value
and only counts the operations on it: ``+ - * /``, a sign, an elementary function and a comparison
are one operation each; a choice between two numbers is none. A reduction counts what it does to its
operands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_graph.numbers.system import SEVERAL, Routed
from autograd_graph.op import Op


class Counted:
    """A number that counts the operations on it, in its system's counter."""

    __slots__ = ("system",)

    def __init__(self, system: CountingSystem) -> None:
        self.system = system

    def _one(self, other: Any = None) -> Counted:
        self.system.operations += 1
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _one
    __truediv__ = __rtruediv__ = __pow__ = _one

    def __neg__(self) -> Counted:
        return self._one()

    def __abs__(self) -> Counted:
        return self._one()


_FREE = frozenset({"where", "mask", "select", "both", "neither"})
"""Choices, which cost nothing: they select numbers and compute none."""

_OF_LISTS: dict[str, Callable[[int], int]] = {
    "sum": lambda n: n - 1,
    "mean": lambda n: n,
    "prod": lambda n: n - 1,
    "cofactors": lambda n: 3 * n,
    "dot": lambda n: n - 1,
    "hypot": lambda n: 2 * n,
    "direction": lambda n: n - 1,
    "logsumexp": lambda n: 2 * n,
    "softmax": lambda n: 2 * n,
    "max": lambda n: n - 1,
    "min": lambda n: n - 1,
    "angle_slopes": lambda n: 6,
}
"""The operations of a function of ``n`` numbers: ``dot`` has n/2 products and n/2 - 1 sums."""


class CountingSystem(Routed):
    """A number system that counts ``operations``."""

    pi = ln2 = ln10 = two_over_root_pi = nan = 1.0

    def __init__(self) -> None:
        self.operations = 0

    def call(self, name: str, *operands: Any) -> Any:
        """Count the function; its result, or its tuple of results, has no value."""
        count = len(operands)
        if name not in _FREE:
            self.operations += _OF_LISTS[name](count) if name in _OF_LISTS else 1
        if name in SEVERAL:
            return (Counted(self),) * SEVERAL[name](count)
        return Counted(self)


def of_value(row: Op, arity: int) -> int:
    """The number of operations in a row's value with ``arity`` arguments."""
    system = CountingSystem()
    row.value(system, *(Counted(system) for _ in range(arity)))
    return system.operations


def of_slopes(row: Op, constant: tuple[bool, ...]) -> int:
    """The number of operations in a row's partials; ``constant`` marks arguments without one."""
    system = CountingSystem()
    arguments = [Counted(system) for _ in constant]
    if row.shares is not None:
        row.shares(system, Counted(system), Counted(system), constant, *arguments)
        return system.operations
    last = row.constant_last if len(constant) == 2 and constant[1] else None
    formula = last or row.partials
    if formula is not None:
        formula(system, Counted(system), *arguments)
    return system.operations
