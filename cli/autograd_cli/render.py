"""Reports drawn as Rich renderables. Nothing here prints."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from autograd_cli.diagnostics import excerpt
from autograd_cli.output import Output
from autograd_cli.report import Evaluation, InputRow, NodeRow, Note

MANY = 40
"""More rows than this are folded: named nodes, and what has a status, stay longest."""

STATUS_STYLES = {
    "ok": "",
    "kink": "yellow",
    "jump": "yellow",
    "singular": "bold red",
    "domain": "bold red",
    "overflow": "red",
    "unused": "dim",
}

_BLOCKS = " ▏▎▍▌▋▊▉█"
_BAR_WIDTH = 8


def evaluation(
    report: Evaluation, output: Output, *, everything: bool, width: int
) -> list[RenderableType]:
    """The tables of one evaluation and the notes under them."""
    parts: list[RenderableType] = [_node_table(report, output, everything, width)]
    if report.inputs:
        parts.append(_input_table(report, output, everything, width))
    parts.append(_result(report, output))
    parts.extend(_note(note, report.text, width) for note in _told(report.notes))
    return parts


def table(output: Output) -> Table:
    """An empty table in the house's style."""
    return Table(
        box=box.ASCII2 if output.plain else box.ROUNDED,
        border_style="dim",
        header_style="bold",
        title_justify="left",
        title_style="bold",
        safe_box=False,
    )


def partial_symbol(output: Output) -> str:
    """``∂``, or what stands for it without Unicode."""
    return "d" if output.plain else "∂"


def derivative(output: Output, of: str, by: str) -> str:
    """``∂J/∂w``."""
    d = partial_symbol(output)
    return f"{d}{of}/{d}{by}"


def _node_table(report: Evaluation, output: Output, everything: bool, width: int) -> Table:
    shown = [row for row in report.nodes if not row.literal or row is report.output]
    kept = shown if everything else _folded(shown, report.output)
    marked = any(row.status not in ("ok",) for row in kept if row is not None)
    nodes = table(output)
    nodes.add_column("node", no_wrap=True, max_width=max(width // 4, 8))
    nodes.add_column("operation", no_wrap=True, overflow="ellipsis", min_width=9)
    nodes.add_column("value", justify="right", no_wrap=True)
    nodes.add_column(derivative(output, report.output_name, "node"), justify="right", no_wrap=True)
    if marked:
        nodes.add_column("status", no_wrap=True)
    for row in kept:
        if row is None:
            count = len(shown) - len(kept) + 1
            dots = "..." if output.plain else "…"
            nodes.add_row(Text(dots, "dim"), Text(f"{count} more: --all shows them", "dim"))
            continue
        cells = [
            Text(row.label, _name_style(row)),
            Text(_operation(row, output), "dim" if row.status == "unused" else ""),
            _value(row.value, output, row.status),
            _value(row.gradient, output, row.status),
        ]
        if marked:
            cells.append(Text("" if row.status == "ok" else row.status, STATUS_STYLES[row.status]))
        nodes.add_row(*cells, style="bold" if row is report.output else "")
    return nodes


def _operation(row: NodeRow, output: Output) -> str:
    """What a node does; for a leaf, what it is."""
    if row.operator in ("input", "constant"):
        return row.operator
    if output.plain:
        return row.expression
    return row.expression.replace(" * ", " · ").replace(" - ", " − ")


def _name_style(row: NodeRow) -> str:
    if row.status == "unused":
        return "dim"
    if row.role == "output":
        return "bold green"
    return "cyan" if row.name else "dim"


def _value(value: float | None, output: Output, status: str) -> Text:
    style = "dim" if status == "unused" else ""
    if value is not None and value - value != 0.0:
        style = "bold red"
    return Text(output.number(value), style)


def _folded(rows: list[NodeRow], last: NodeRow) -> list[NodeRow | None]:
    """At most about ``MANY`` rows, with one ``None`` where rows were left out.

    Rows with a name or a status are worth more than the rest; of those too many, the first and
    the last stay.
    """
    if len(rows) <= MANY:
        return list(rows)
    telling = [row for row in rows if row is last or row.name or row.status not in ("ok", "unused")]
    if len(telling) > MANY:
        telling = telling[: MANY // 2] + telling[-MANY // 2 :]
    gaps = [n for n in range(1, len(telling)) if telling[n].node - telling[n - 1].node > 1]
    at = max(gaps, key=lambda n: telling[n].node - telling[n - 1].node, default=len(telling) // 2)
    return [*telling[:at], None, *telling[at:]]


def _input_table(report: Evaluation, output: Output, everything: bool, width: int) -> Table:
    rows = list(report.inputs)
    hidden = 0
    if not everything and len(rows) > MANY:
        largest = sorted(rows, key=lambda row: row.share, reverse=True)[:MANY]
        hidden = len(rows) - MANY
        rows = [row for row in rows if row in largest]
    marked = any(row.status != "ok" for row in rows)
    inputs = table(output)
    inputs.add_column("input", no_wrap=True, max_width=max(width // 4, 8))
    inputs.add_column("value", justify="right", no_wrap=True)
    inputs.add_column(
        derivative(output, report.output_name, "input"), justify="right", no_wrap=True
    )
    if width >= 72:
        inputs.add_column("size", no_wrap=True, min_width=_BAR_WIDTH)
    inputs.add_column("meaning", no_wrap=True, overflow="ellipsis")
    if marked:
        inputs.add_column("status", no_wrap=True)
    for row in rows:
        cells = [
            Text(row.name, "cyan"),
            _value(row.value, output, "ok"),
            _value(row.gradient, output, row.status),
        ]
        if width >= 72:
            cells.append(Text(bar(row.share, output), _bar_style(row)))
        cells.append(Text(row.meaning, "" if row.gradient else "dim"))
        if marked:
            cells.append(Text("" if row.status == "ok" else row.status, STATUS_STYLES[row.status]))
        inputs.add_row(*cells)
    if hidden:
        inputs.caption = f"{hidden} inputs with smaller gradients are folded: --all shows them"
        inputs.caption_justify = "left"
    return inputs


def bar(share: float, output: Output, width: int = _BAR_WIDTH) -> str:
    """A bar for a number from 0 to 1; what is not 0 shows."""
    if share <= 0.0:
        return ""
    if output.plain:
        return "#" * max(1, round(share * width))
    eighths = max(1, round(share * width * 8))
    return _BLOCKS[8] * (eighths // 8) + (_BLOCKS[eighths % 8] if eighths % 8 else "")


def _bar_style(row: InputRow) -> str:
    return "red" if row.status != "ok" else ("green" if row.gradient < 0 else "magenta")


def _result(report: Evaluation, output: Output) -> Text:
    status = report.output.status
    line = Text.assemble(
        (report.output_name, "bold green"),
        " = ",
        (output.number(report.output.value), "bold"),
    )
    if status != "ok":
        line.append(f"  {status}", STATUS_STYLES[status])
    return line


def _told(notes: list[Note]) -> list[Note]:
    """The first few notes of each kind: the hundredth kink has nothing to add."""
    told: list[Note] = []
    counts: dict[str, int] = {}
    for note in notes:
        counts[note.status] = counts.get(note.status, 0) + 1
        if counts[note.status] <= 3:
            told.append(note)
    for status, count in counts.items():
        if count > 3:
            told.append(Note(f"{count - 3} more with status {status}", None, "ok"))
    return told


def _note(note: Note, text: str, width: int) -> RenderableType:
    style = STATUS_STYLES.get(note.status, "") or "dim"
    line = Text.assemble(("note: ", "bold yellow"), note.message)
    if note.span is None or not text:
        return line
    return Group(line, excerpt(text, note.span, style, width))
