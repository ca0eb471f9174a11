"""The operator table: one row for each operator, looked up by name.

To add a function, add a row to the module of its family: the grammar, the help, the tests and
the passes pick it up from here.
"""

from __future__ import annotations

from functools import lru_cache

from autograd_graph.op import Op
from autograd_graph.operators import (
    activations,
    arithmetic,
    choice,
    hyperbolic,
    powers,
    reductions,
    special,
    trigonometric,
)

OPERATORS: dict[str, Op] = {
    row.name: row
    for family in (
        arithmetic,
        powers,
        trigonometric,
        hyperbolic,
        activations,
        special,
        choice,
        reductions,
    )
    for row in family.OPERATORS
}
"""Every row by its name, in the order in which a reader would look for them."""

ROWS: dict[str, Op] = {
    spelling: row for row in OPERATORS.values() for spelling in (row.name, *row.aliases)
}
"""Every row by each of its spellings."""


def find(name: str, count: int) -> Op | None:
    """The row that ``name`` called with ``count`` arguments means; ``None``: no such function.

    Where the name exists but not with that many arguments, its row is the answer all the same:
    the caller compares :meth:`Op.takes`.
    """
    row = ROWS.get(name)
    if row is None or not row.function:
        return None
    return _taking(row, count)


@lru_cache(1_000)
def _taking(row: Op, count: int) -> Op:
    return next((other for other in overloads(row) if other.takes(count)), row)


def overloads(row: Op) -> list[Op]:
    """The rows that are called by the same name as a row, itself included."""
    return [other for other in OPERATORS.values() if other.spelling == row.spelling]
