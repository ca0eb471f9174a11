"""Derivatives as equations, or second derivatives as a matrix."""

from __future__ import annotations

from itertools import islice

from rich.console import RenderableType
from rich.text import Text

from autograd_cli.drawing.tables import table
from autograd_cli.output import Output
from autograd_cli.reports.diff import NOTHING, Written, entry

_MOST_LISTED = 10_000
"""Of more second derivatives than this the first are drawn."""


def derivatives(text: Written, output: Output, as_matrix: bool) -> list[RenderableType]:
    """The steps and the derivatives, one per line, or second derivatives as a matrix."""
    d, squared = output.glyphs.partial, output.glyphs.squared
    lines: list[RenderableType] = [_equation(name, value) for name, value in text.steps.items()]
    if not text.first:
        lines.append(Text(NOTHING, "dim"))
    if text.second and as_matrix:
        lines.append(_matrix(text, output))
    elif text.second:
        for (a, b), value in islice(text.second.items(), _MOST_LISTED):
            by = f"{d}{a}{squared}" if a == b else f"{d}{a} {d}{b}"
            lines.append(_equation(f"{d}{squared}{text.name}/{by}", value))
        if len(text.second) > _MOST_LISTED:
            hidden = (
                f"{_MOST_LISTED:,} of {len(text.second):,} second derivatives are shown; "
                "--format csv has all, --wrt picks some"
            )
            lines.append(Text(hidden, "dim"))
    else:
        lines += [_equation(f"{d}{text.name}/{d}{by}", value) for by, value in text.first.items()]
    lines += [Text.assemble(("note: ", "bold yellow"), caveat) for caveat in text.caveats]
    return lines


def fits(text: Written, width: int) -> bool:
    """Whether the matrix of second derivatives fits; otherwise they are listed."""
    names = list(text.first)
    if len(names) > width:
        return False
    columns = [max(len(b), *(len(entry(text.second, a, b)) for a in names)) for b in names]
    return max(map(len, names), default=0) + sum(columns) + 3 * len(columns) + 4 <= width


def _equation(name: str, value: str) -> RenderableType:
    return Text.assemble((name, "bold cyan"), " = ", value)


def _matrix(text: Written, output: Output) -> RenderableType:
    names = list(text.first)
    matrix = table(output)
    matrix.add_column("")
    for name in names:
        matrix.add_column(Text(name, "cyan"), overflow="fold")
    for a in names:
        cells = [Text(entry(text.second, a, b)) for b in names]
        matrix.add_row(Text(a, "bold cyan"), *cells)
    return matrix
