"""``python -m corpus.make`` in ``tests/``: write the corpus anew.

Programs are drawn by the adversary's families, those that do not change when an operator is added,
and kept where value, gradient and Hessian exist, are of moderate size and not ill-conditioned. The
references are jets in mpmath, in digits enough that more of them change nothing
(:mod:`adversary.oracle`); ``f64abs`` is how far noise of a few units in the last place on every
operation moves a number.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import mpmath
from adversary import oracle
from adversary.families import FAMILIES
from adversary.tapes import tape_of

FILE = Path(__file__).parent / "programs.jsonl"
DRAWN = (
    "powers-of-sums", "nested-quotients", "towers", "shared-steps", "choices", "folded-constants",
    "own-functions", "magnitudes",
)  # fmt: skip
EACH = 60
"""How many programs of each family are kept."""

LONGEST = 160
SIZES = 1e-12, 1e12
CONDITION = 1e-10
"""The largest noise that is kept, relative to a number."""


def case(family: str, seed: int) -> dict[str, Any] | None:
    """The program that a seed draws, with its references; ``None`` for one that is not kept."""
    draw = Random(seed)
    program = FAMILIES[family](draw)
    text = str(program)
    tape = tape_of(program)
    names = [name for name in tape.inputs if name not in tape.defaults]
    if len(text) > LONGEST or not names:
        return None
    low = 0.1 if draw.random() < 0.6 else -3.0
    point = {name: round(draw.uniform(low, 3.0) * 64) / 64 for name in names}
    truth = oracle.truth(tape, point, names)
    keys = oracle.keys(names, 2)
    numbers = [truth.numbers.get(key) for key in keys]
    if truth.tied or any(number is None or not _moderate(number) for number in numbers):
        return None
    noise = oracle.rooms(tape, point, names, 2, numbers, 3, truth.digits, Random(seed))
    pairs = list(zip(numbers, noise, strict=True))
    if any(room > CONDITION * max(abs(number), 1) for number, room in pairs):
        return None
    found = dict(zip(keys, pairs, strict=True))
    return {
        "id": f"{family}-{seed}",
        "program": text,
        "point": point,
        "value": float(found[()][0]),
        "grad": {name: float(found[name,][0]) for name in names},
        "hessian": {",".join(key): float(found[key][0]) for key in keys if len(key) == 2},
        "f64abs": {
            "value": _bound(*found[()]),
            "grad": {name: _bound(*found[name,]) for name in names},
        },
    }


def _moderate(number: Any) -> bool:
    return bool(number == 0 or SIZES[0] < abs(number) < SIZES[1])


def _bound(number: Any, room: Any) -> float:
    """The noise, and the rounding of the result itself, to two digits."""
    return float(mpmath.nstr(room + abs(number) * mpmath.mpf(2) ** -53, 2))


def cases(family: str) -> Iterator[dict[str, Any]]:
    """The corpus's cases of one family."""
    seed, kept = 10_000 * DRAWN.index(family), 0
    while kept < EACH:
        found = case(family, seed)
        if found is not None:
            kept += 1
            yield found
        seed += 1


def main() -> None:
    """Write the file."""
    with FILE.open("w", encoding="utf-8") as file:
        for family in DRAWN:
            for each in cases(family):
                file.write(json.dumps(each, ensure_ascii=False) + "\n")
            sys.stdout.write(f"{family}\n")


if __name__ == "__main__":
    main()
