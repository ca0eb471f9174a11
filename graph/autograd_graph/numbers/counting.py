"""How many arithmetic operations a formula is, found by running it.

The rows of the operator table are written over a number system. Over this one a number does
nothing but count what is done with it: ``+ - * /``, a sign, an elementary function and a
comparison are one operation each, wherever the formula uses them; choosing between two numbers is
none. A reduction is what it does to its list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_graph.numbers.system import Routed
from autograd_graph.op import Op


class Counted:
    """A number that counts. All results of one run count together."""

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
"""Choices: they move numbers, and compute none."""

_OF_LISTS: dict[str, Callable[[int], int]] = {
    "sum": lambda n: n - 1,
    "mean": lambda n: n,
    "prod": lambda n: n - 1,
    "cofactors": lambda n: 3 * n,
    "dot": lambda n: n - 1,
    "hypot": lambda n: 2 * n,
    "direction": lambda n: n - 1,
    "logsumexp": lambda n: 2 * n,
    "softmax": lambda n: 2,
    "max": lambda n: n - 1,
    "min": lambda n: n - 1,
    "angle_slopes": lambda n: 6,
}
"""What a function of ``n`` numbers does: ``dot`` multiplies n/2 times and adds n/2 - 1 times."""

_RESULTS: dict[str, Callable[[int], int]] = {
    "cofactors": lambda n: n,
    "direction": lambda n: n - 1,
    "angle_slopes": lambda n: 2,
}
"""How many results those functions have that have several."""


class CountingSystem(Routed):
    """A number system whose functions count themselves."""

    pi = ln2 = ln10 = two_over_root_pi = nan = 1.0

    def __init__(self) -> None:
        self.operations = 0

    def call(self, name: str, *operands: Any) -> Any:
        """The function's result, or its results, of which nothing is known."""
        count = len(operands)
        if name not in _FREE:
            self.operations += _OF_LISTS[name](count) if name in _OF_LISTS else 1
        if name in _RESULTS:
            return (Counted(self),) * _RESULTS[name](count)
        return Counted(self)


def of_value(row: Op, arity: int) -> int:
    """The operations of a row's value with so many arguments."""
    system = CountingSystem()
    row.value(system, *(Counted(system) for _ in range(arity)))
    return system.operations


def of_slopes(row: Op, constant: tuple[bool, ...]) -> int:
    """The operations of a row's partial derivatives; ``constant`` tells arguments without one."""
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
