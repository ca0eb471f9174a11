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
"""Among so many points at which all is well the best one is taken."""
_LARGE = 2_000
"""For a program of more nodes the first point has to do."""

_WHOLE = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)
_PARTS = (0.5, -0.5, 1.5, 0.25, 0.1, 0.2, -0.1)
"""What is drawn beside them once whole numbers have failed."""

_DULL = 12
"""What a 0, a 1 or a number that is there twice counts, in characters: it teaches little."""


def friendly(program: Program, seed: int) -> dict[str, float]:
    """A number for each input that has none from outside, the same for the same seed.

    Points are drawn until there are some at which every value and derivative is finite and no
    status but ``ok`` is met; of these it is the one whose numbers are the shortest to write. Raises
    :class:`ProgramError` (``bad-value``) if there is none.
    """
    tape = program.tape
    names = [n for n, node in tape.graph.inputs.items() if n not in program.given]
    random = Random(seed)
    enough = 1 if len(tape.graph) > _LARGE or not names else _ENOUGH
    found: list[tuple[int, dict[str, float]]] = []
    for attempt in range(_TRIES):
        pool = _WHOLE if attempt < _TRIES // 2 else _WHOLE + _PARTS
        point = {name: float(random.choice(pool)) for name in names}
        length = _length(program, point)
        if length is not None:
            found.append((length, point))
        if len(found) == enough:
            break
    if not found:
        raise ProgramError(
            f"among {_TRIES} points with small numbers there is none at which all is well",
            code="bad-value",
            hint="give some inputs values of their own, or try another --seed",
        )
    return min(found, key=lambda each: each[0])[1]


def _length(program: Program, point: dict[str, float]) -> int | None:
    """How much there is to write at a point; ``None`` where something is awkward there."""
    passes = run(program.tape, program.given | point)
    found = {status for status in passes.statuses.values() if status != UNUSED}
    numbers = [v for v, seen in zip(passes.values, program.tape.reached, strict=True) if seen]
    slopes = [adjoint for adjoint in passes.adjoints if adjoint is not None]
    if found - {OK} or not all(map(isfinite, (*numbers, *slopes))):
        return None
    dull = slopes.count(0.0) + sum(abs(n) == 1 for n in point.values())
    dull += len(point) - len(set(point.values()))
    return sum(len(f"{n:.6g}") for n in (*numbers, *slopes)) + _DULL * dull
