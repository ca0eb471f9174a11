"""Making a finding small: as long as the difference stays, cut the program and round the point."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from .programs import Program, smaller_programs

Point = Mapping[str, float]


def smallest(
    program: Program, point: Point, differs: Callable[[Program, Point], bool], tries: int
) -> tuple[Program, Point]:
    """The smallest program and the plainest point found within ``tries`` that still differ."""
    progress = True
    while progress and tries > 0:
        progress = False
        for smaller, plainer in _simpler(program, point):
            if tries <= 0:
                break
            tries -= 1
            if differs(smaller, plainer):
                program, point, progress = smaller, plainer, True
                break
    return program, point


def _simpler(program: Program, point: Point) -> Iterator[tuple[Program, Point]]:
    for smaller in smaller_programs(program):
        if smaller.size < program.size or len(str(smaller)) < len(str(program)):
            yield smaller, point
    for name, value in point.items():
        for plainer in (1.0, 2.0, float(f"{value:.1g}"), float(f"{value:.3g}")):
            if len(repr(plainer)) < len(repr(value)):
                yield program, {**point, name: plainer}
