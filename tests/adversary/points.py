"""Where programs are evaluated: ordinary numbers, far out, next to 0, on zeros and ties."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

Draw = Callable[[Random], float]


def _signed(draw: Random, size: float) -> float:
    return draw.choice((-1.0, 1.0)) * size


KINDS: dict[str, Draw] = {
    "positive": lambda draw: round(draw.uniform(0.1, 3.0), draw.choice((1, 2, 15))),
    "ordinary": lambda draw: draw.uniform(-4.0, 4.0),
    "whole": lambda draw: float(draw.choice((-3, -2, -1, 0, 0, 1, 1, 2, 3))),
    "decimal": lambda draw: draw.choice((0.1, 0.2, 0.3, 0.5, 0.7, 1.5, -0.1, -0.5, 2.5)),
    "zero": lambda draw: draw.choice((0.0, 0.0, -0.0, 1.0)),
    "medium": lambda draw: _signed(draw, draw.uniform(5.0, 800.0)),
    "large": lambda draw: _signed(draw, draw.uniform(1, 10) * 10.0 ** draw.randint(4, 30)),
    "small": lambda draw: _signed(draw, draw.uniform(1, 10) * 10.0 ** draw.randint(-30, -4)),
    "extreme": lambda draw: _signed(
        draw, draw.uniform(1, 10) * 10.0 ** draw.choice((-1, 1)) ** draw.randint(1, 2)
        * 10.0 ** draw.choice((-300, -200, -160, -100, 100, 150, 200, 299)),
    ),
    "subnormal": lambda draw: _signed(
        draw, draw.choice((5e-324, 1e-320, 1e-310, 2.2250738585072014e-308, 3e-308))
    ),
    "near one": lambda draw: _signed(
        draw, 1.0 + draw.uniform(-1, 1) * 10.0 ** -draw.randint(3, 15)
    ),
}  # fmt: skip
"""A way to draw a number, by what it is called."""

_OFTEN = ("positive", "positive", "positive", "ordinary", "ordinary", "whole", "decimal")


def points(draw: Random, names: Sequence[str], count: int) -> list[dict[str, float]]:
    """Some points: of one kind, of a kind for each input, or one number for all (ties)."""
    found = []
    for _ in range(count):
        way = draw.random()
        if way < 0.45:
            kind = KINDS[draw.choice(_OFTEN)]
            point = {name: kind(draw) for name in names}
        elif way < 0.65:
            kind = KINDS[draw.choice(list(KINDS))]
            point = {name: kind(draw) for name in names}
        elif way < 0.85:
            point = {name: KINDS[draw.choice(list(KINDS))](draw) for name in names}
        else:
            number = KINDS[draw.choice(list(KINDS))](draw)
            point = dict.fromkeys(names, number)
        found.append(point)
    return found
