"""What a fit has to say in words: its verdict, and what a reader should know of the result."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from math import inf, isfinite, log10, sqrt

from autograd_cli.fitting.certainty import ROUNDING
from autograd_cli.fitting.ending import Ending
from autograd_cli.fitting.parameters import START, Parameters
from autograd_cli.fitting.source import Source
from autograd_cli.fitting.verdict import Kind
from autograd_graph.status import OK, Status

ILL = 1e7
"""A condition beyond which few digits of the parameters are left."""

_MANY = 8
"""So many names are listed."""

_EXACT = 1e-12
"""Residuals that are so small beside the target are those of rounding."""


def message(ending: Ending, what: str, passes: int) -> str:
    """The verdict in a sentence. ``what`` is what is minimised: ``the sum of squares``."""
    looked = f"after {passes:,} passes over the rows"
    ahead, size = "", ending.next_step
    if isfinite(size):
        ahead = f", though the next step would change a parameter by {size:.2g} of its size"
    said: dict[Kind, str] = {
        "converged": f"no step lowers {what} any more, {looked}",
        "falling": f"{what} still falls, {looked}; --steps allows more",
        "stuck": f"no step was found that lowers {what}, {looked}{ahead}; another --start may help",
        "kink": f"the slope of {what} jumps here, {looked}: it may be the least, but nothing tells",
        "unbounded": f"{what} falls for ever as parameters go on the way they went, {looked}: it "
        "has no least there; --bounds keep them, another --start may help",
        "saddle": f"{what} curves down in some direction here, {looked}; move --start a little",
        "flat": f"{what} does not depend on the parameters here, {looked}; "
        "another --start may help",
        "not-finite": "a row is not finite at the start",
    }
    return said[ending.kind]


def warnings(
    source: Source,
    target: str | None,
    parameters: Parameters,
    ending: Ending,
    statuses: Mapping[Status, int],
    deciding: Container[str] = (),
) -> list[str]:
    """Sentences on what makes the result doubtful, the gravest first.

    ``deciding`` are parameters that a jump or a choice hangs on.
    """
    return [
        *_of_parameters(parameters, ending, deciding),
        *_of_rows(source, target, len(parameters.names), ending, statuses),
    ]


def _of_parameters(parameters: Parameters, ending: Ending, deciding: Container[str]) -> list[str]:
    names, found = parameters.names, ending.certainty
    loose = [names[number] for number in found.undetermined]
    jumping = [name for name in loose if name in deciding]
    loose = [name for name in loose if name not in deciding]
    said = []
    if jumping:
        verb = "decide" if len(jumping) > 1 else "decides"
        said.append(
            f"{_shortened(jumping)} {verb} where rows jump, and no slope tells how to move that: "
            "try several --start, and compare the sums"
        )
    if loose:
        said.append(
            f"the rows do not determine {_shortened(loose)}: other values fit as well; --hold one "
            "of them, or write the program with fewer"
        )
    elif ILL < found.condition < inf:
        digits = max(int(-log10(ROUNDING * found.condition)), 1)
        said.append(
            f"the parameters are hard to tell apart (condition {found.condition:.1e}): about "
            f"{digits} digits of them are certain"
        )
    if found.at_bound:
        said.append(f"at a bound, and so without an error: {_listed(names, found.at_bound)}")
    known = {names[number] for number in ending.linear}
    assumed = [name for name in parameters.assumed if name not in known]
    if assumed:
        verb = "begin" if len(assumed) > 1 else "begins"
        said.append(
            f"{_shortened(assumed)} {verb} at {START:g}, as nothing else is said: another --start "
            "may lead elsewhere"
        )
    return said


def _of_rows(
    source: Source,
    target: str | None,
    count: int,
    ending: Ending,
    statuses: Mapping[Status, int],
) -> list[str]:
    said = []
    rows = len(source)
    if ending.kind != "not-finite" and target is not None and ending.place.total == inf:
        said.append(
            "the sum of squares is too large for a double; the parameters and errors are right, as "
            "it was worked out in a larger unit"
        )
    ratio = f"{count} parameter{'s' if count > 1 else ''} from {rows} row{'s' if rows > 1 else ''}"
    if rows < count:
        said.append(f"{ratio}: many other values fit as well")
    elif rows == count and target is not None:
        said.append(f"{ratio}: nothing is left to judge errors by")
    elif target is not None and _is_rounding(source, ending.place.total):
        said.append(
            "the residuals are as small as rounding errors, and so are the errors of the parameters"
        )
    said += source.left_out
    awkward = {status: number for status, number in statuses.items() if status != OK}
    if awkward:
        kinds = ", ".join(f"{number:,} {status}" for status, number in awkward.items())
        said.append(f"{sum(awkward.values()):,} of {rows:,} rows are not ok at the end: {kinds}")
    return said


def _is_rounding(source: Source, total: float) -> bool:
    height = source.census.height
    return 0.0 < height < inf and sqrt(total / len(source)) < _EXACT * height


def _listed(names: Sequence[str], numbers: Sequence[int]) -> str:
    return _shortened([names[number] for number in numbers])


def _shortened(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MANY:,} more" if len(names) > _MANY else ""
    return ", ".join(names[:_MANY]) + more
