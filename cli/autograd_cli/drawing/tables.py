"""Tables in the common style, and the bars and remarks in and under them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from autograd_cli.output import Output

STATUS_STYLES = {
    "ok": "",
    "kink": "yellow",
    "jump": "yellow",
    "singular": "bold red",
    "domain": "bold red",
    "overflow": "red",
    "underflow": "yellow",
    "unused": "dim",
}

BAR_WIDTH = 8

_LEAST_DIGITS = 3
"""Numbers are never shown with fewer digits than this."""


def table(output: Output) -> Table:
    """An empty table in the common style."""
    return Table(
        box=box.ROUNDED if output.glyphs.rounded else box.ASCII2,
        border_style="dim",
        header_style="bold",
        title_justify="left",
        title_style="bold",
        safe_box=False,
    )


def fit(drawn: Table, width: int, least: Sequence[int]) -> bool:
    """Set the width of each column: words wrap; numbers do not, as long as there is room.

    ``least`` is the smallest width of each column; 0 stands for its longest cell. Rich by itself
    would truncate numbers, which changes their value. Returns whether there was enough room.
    """
    wanted: list[int] = []
    firm: list[int] = []
    for column, floor in zip(drawn.columns, least, strict=True):
        title = cell_len(str(column.header))
        longest = min(max((cell_len(str(cell)) for cell in column.cells), default=0), width)
        wanted.append(max(longest, title))
        firm.append(min(floor, wanted[-1]) or max(longest, min(title, 8)))
    room = width - 3 * len(wanted) - 1
    for bounds in (firm, [4] * len(wanted)):
        while sum(wanted) > room:
            loose = [n for n, length in enumerate(wanted) if length > bounds[n]]
            if not loose:
                break
            wanted[max(loose, key=wanted.__getitem__)] -= 1
    for column, length in zip(drawn.columns, wanted, strict=True):
        column.width = length
        column.overflow = "fold"
    return sum(firm) <= room


def fewer_digits(output: Output) -> Iterator[Output]:
    """The output as it is, and with ever fewer digits, for tables that are too wide."""
    yield output
    for digits in range(output.precision - 1, _LEAST_DIGITS - 1, -1):
        yield output.replaced(precision=digits)


def digits_said(shown: Output, output: Output) -> list[str]:
    """The remark under a table that numbers have fewer digits than asked for; empty if not."""
    if shown.precision == output.precision:
        return []
    return [f"numbers have {shown.precision} digits: a wider terminal shows more"]


def remarks(under: Table, said: Sequence[str]) -> None:
    """Add lines under a table, if there are any."""
    if said:
        remark(under, "\n".join(said))


def remark(under: Table, text: str) -> None:
    """Add a line under a table."""
    under.caption = Text(text, "dim")
    under.caption_justify = "left"


def bar(share: float, output: Output, width: int = BAR_WIDTH) -> str:
    """A bar for a number from 0 to 1; at least one step long if the number is not 0."""
    if share <= 0.0:
        return ""
    bars = output.glyphs.bars
    parts = len(bars) - 1
    whole, rest = divmod(max(1, round(share * width * parts)), parts)
    return bars[-1] * whole + (bars[rest] if rest else "")
