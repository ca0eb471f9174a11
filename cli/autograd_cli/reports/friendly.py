"""Numbers to calculate with by hand: small whole ones at which nothing is awkward."""

from __future__ import annotations

from math import isfinite
from random import Random

from autograd_cli.program import Program
from autograd_cli.reports.evaluation import run
from autograd_graph import ProgramError
from autograd_graph.status import OK, UNUSED

_TRIES = 400
_ENOUGH = 12
"""Among so many points whose numbers can be read the best one is taken."""
_PLENTY = 120
"""Among so many at which all is well there is none more to be hoped for."""
_LARGE = 2_000
"""For a program of more nodes the first point has to do."""

_WHOLE = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)
_PARTS = (0.5, -0.5, 1.5, 0.25, 0.1, 0.2, -0.1)
"""What is drawn beside them once whole numbers have failed."""

_SMALL = 1e-3
"""Below it a number is what saturation leaves, and hard to calculate with."""

_DULL = 12
"""What a 0, a 1 or a number that is there twice counts, in characters: it teaches little."""


def friendly(program: Program, seed: int) -> dict[str, float]:
    """A number for each input that has none from outside, the same for the same seed.

    Points are drawn until there are some at which every value and derivative is finite and no
    status but ``ok`` is met; of these it is one with the fewest numbers that mislead, and of those
    the one whose numbers are the shortest to write. Raises :class:`ProgramError` (``bad-value``) if
    there is none.
    """
    tape = program.tape
    names = [n for n, node in tape.graph.inputs.items() if n not in program.given]
    random = Random(seed)
    once = len(tape.graph) > _LARGE or not names
    enough, plenty = (1, 1) if once else (_ENOUGH, _PLENTY)
    readable = 0
    found: list[tuple[tuple[int, int], dict[str, float]]] = []
    for attempt in range(_TRIES):
        pool = _WHOLE if attempt < _TRIES // 2 else _WHOLE + _PARTS
        point = {name: float(random.choice(pool)) for name in names}
        cost = _cost(program, point)
        if cost is not None:
            found.append((cost, point))
            readable += cost[0] == 0
        if readable == enough or len(found) == plenty:
            break
    if not found:
        raise ProgramError(
            f"among {_TRIES} points with small numbers there is none at which all is well",
            code="bad-value",
            hint="give some inputs values of their own, or try another --seed",
        )
    return min(found, key=lambda each: each[0])[1]


def _cost(program: Program, point: dict[str, float]) -> tuple[int, int] | None:
    """How many numbers mislead at a point, then how much there is to write of all of them.

    ``None`` where something is awkward there.
    """
    passes = run(program.tape, program.given | point)
    found = {status for status in passes.statuses.values() if status != UNUSED}
    values = [v for v, seen in zip(passes.values, program.tape.reached, strict=True) if seen]
    slopes = [adjoint for adjoint in passes.adjoints if adjoint is not None]
    numbers = (*values, *slopes)
    if found - {OK} or not all(map(isfinite, numbers)):
        return None
    dull = slopes.count(0.0) + sum(abs(n) == 1 for n in point.values())
    dull += len(point) - len(set(point.values()))
    length = sum(len(_written(n)) for n in numbers)
    return sum(map(_misleads, numbers)), length + _DULL * dull


def _written(number: float) -> str:
    return f"{number:.6g}"


def _misleads(number: float) -> bool:
    """Whether a number is almost whole, as of a saturated ``tanh``: ``1 - x`` of it seems 0."""
    if number.is_integer():
        return False
    return abs(number) < _SMALL or float(_written(number)).is_integer()
