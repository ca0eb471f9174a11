"""The drawing of an evaluation: tables of its nodes and inputs, and notes. Nothing is printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from autograd_cli.diagnostics import excerpt
from autograd_cli.drawing.folding import telling
from autograd_cli.drawing.symbols import derivative
from autograd_cli.drawing.tables import (
    BAR_WIDTH,
    STATUS_STYLES,
    bar,
    digits_said,
    fewer_digits,
    fit,
    remarks,
    table,
)
from autograd_cli.output import Output
from autograd_cli.reports.evaluation import Evaluation, InputRow, Note
from autograd_cli.reports.nodes import NodeRow

MANY = 60
"""Tables of more rows than this are folded; named nodes and nodes with a status are kept first."""

KEPT = 40
"""How many rows of a folded table are shown."""

_SHORT_BAR = 5

_SHORT_FORMULA = len("operation")
"""The smallest useful width of a column of formulas."""

_LONGEST_WORD = 20
"""Longer words of a formula may be wrapped, even numbers."""


def evaluation(
    report: Evaluation, output: Output, *, everything: bool, width: int
) -> list[RenderableType]:
    """The tables of one evaluation and the notes under them."""
    parts: list[RenderableType] = [_node_table(report, output, everything, width)]
    if report.inputs:
        parts.append(_input_table(report, output, everything, width))
    parts.append(_result(report, output))
    return [*parts, *notes(report, output, width)]


def total(
    report: Evaluation, said: str, output: Output, *, everything: bool, width: int
) -> list[RenderableType]:
    """The inputs and the output of a total, and what ``said`` tells of its rows."""
    parts: list[RenderableType] = []
    if report.inputs:
        parts.append(_input_table(report, output, everything, width))
    line = _result(report, output)
    return [*parts, line.append(f"  {said}", "dim")]


def notes(report: Evaluation, output: Output, width: int) -> list[RenderableType]:
    """The notes of an evaluation, each with its place in the program."""
    return [drawn_note(note, report.text, output, width) for note in _first_of_each(report.notes)]


def _first_that_fits(
    ways: Sequence[Callable[[Output], tuple[Table, bool]]], output: Output
) -> Table:
    """The first table that fits, trying each way with all digits, then fewer; else the last."""
    for way in ways:
        for fewer in fewer_digits(output):
            drawn, fits = way(fewer)
            if fits:
                return drawn
    return drawn


def _node_table(report: Evaluation, output: Output, everything: bool, width: int) -> Table:
    """The nodes; on a narrow screen with fewer digits, or else without the operations."""
    rows, hidden = _shown(report, everything)

    def way(operations: bool) -> Callable[[Output], tuple[Table, bool]]:
        most = None if everything else 3 * width
        return lambda fewer: _nodes(report, rows, hidden, fewer, output, most, width, operations)

    return _first_that_fits([way(True), way(False)], output)


def _shown(report: Evaluation, everything: bool) -> tuple[list[NodeRow | None], int]:
    """The rows of nodes, ``None`` where some are left out, and the number of these.

    Numbers have none, unless something is wrong with one. Unless ``everything`` is wanted, those
    of unnamed nodes without a status are left out first, and of a large program only the others
    are kept.
    """
    output = report.summary.node
    numbers: list[int] = []
    tells: set[int] = set()
    for row in report.nodes:
        if row.number and row.status in ("ok", "unused"):
            continue
        numbers.append(row.node)
        if row.node == output or row.name or row.status not in ("ok", "unused"):
            tells.add(row.node)
    kept = [*numbers] if everything else telling(numbers, MANY, KEPT, tells.__contains__)
    rows = [None if n is None else report.nodes[n] for n in kept]
    return rows, len(numbers) - sum(row is not None for row in rows)


def _nodes(
    report: Evaluation,
    rows: list[NodeRow | None],
    hidden: int,
    output: Output,
    wanted: Output,
    most: int | None,
    width: int,
    operations: bool,
) -> tuple[Table, bool]:
    """A table of the nodes, and whether there is room for it.

    ``hidden`` nodes have no row, and an operation is cut to ``most`` characters.
    """
    output_node = report.summary.node
    marked = any(row.status != "ok" for row in rows if row is not None)
    nodes = table(output)
    nodes.add_column("node")
    if operations:
        nodes.add_column("operation")
    nodes.add_column("value", justify="right")
    nodes.add_column(
        derivative(output, report.output_name, "node", width, total=True), justify="right"
    )
    if marked:
        nodes.add_column("status")
    dots = output.glyphs.dots
    longest = 0
    for row in rows:
        if row is None:
            nodes.add_row(*[Text(dots, "dim")] * len(nodes.columns))
            continue
        label = report.output_name if row.node == output_node else row.label
        operation = _operation(row, output)
        if most is not None and len(operation) > most:
            operation = operation[:most] + dots
        longest = max(longest, _longest_number(operation))
        cells = [
            Text(output.shown(label), _name_style(row)),
            *([Text(operation, "dim" if row.status == "unused" else "")] if operations else []),
            _value(row.value, output, row.status),
            _value(row.gradient, output, row.status),
        ]
        if marked:
            cells.append(Text("" if row.status == "ok" else row.status, STATUS_STYLES[row.status]))
        nodes.add_row(*cells, style="bold" if row.node == output_node else "")
    said = [f"{hidden} nodes are folded: --all shows them"] if hidden else []
    said += [] if operations else ["no room for operations: a wider terminal shows them"]
    remarks(nodes, said + digits_said(output, wanted))
    least = [6, *([max(_SHORT_FORMULA, longest)] if operations else []), 0, 0, 0]
    return nodes, fit(nodes, width, least[: len(nodes.columns)])


def _longest_number(operation: str) -> int:
    """The width of the longest word with a number, which should not be wrapped."""
    words = (word for word in operation.split() if re.search(r"\d[\d.]", word))
    return min(max(map(cell_len, words), default=0), _LONGEST_WORD)


def _operation(row: NodeRow, output: Output) -> str:
    """The operation of a node; for a leaf, its kind."""
    if row.operator in ("input", "constant"):
        return row.operator
    expression, glyphs = row.expression, output.glyphs
    signs = ((" ^ ", "^"), (" * ", f" {glyphs.times} "), (" - ", f" {glyphs.minus} "))
    for typed, sign in signs:
        expression = expression.replace(typed, sign)
    return output.shown(expression)


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


def _input_table(report: Evaluation, output: Output, everything: bool, width: int) -> Table:
    """The inputs; on a narrow screen without bars, with fewer digits, then without meanings.

    Bars are left out before digits are.
    """
    rows = list(report.inputs) if everything else _largest(report.inputs)

    def way(bars: bool, meanings: bool) -> Callable[[Output], tuple[Table, bool]]:
        return lambda fewer: _inputs(report, rows, fewer, output, width, bars, meanings)

    drawn, fits = way(True, True)(output)
    return drawn if fits else _first_that_fits([way(False, True), way(False, False)], output)


def _largest(inputs: Sequence[InputRow]) -> list[InputRow]:
    """The rows with the largest gradients if there are many."""
    if len(inputs) <= MANY:
        return list(inputs)
    shares = [row.share for row in inputs]
    by_size = sorted(range(len(shares)), key=shares.__getitem__, reverse=True)
    return [inputs[n] for n in sorted(by_size[:KEPT])]


def _inputs(
    report: Evaluation,
    rows: list[InputRow],
    output: Output,
    wanted: Output,
    width: int,
    bars: bool,
    meanings: bool,
) -> tuple[Table, bool]:
    """A table of the inputs, and whether there is room for it."""
    marked = any(row.status != "ok" for row in rows)
    inputs = table(output)
    inputs.add_column("input")
    inputs.add_column("value", justify="right")
    inputs.add_column(derivative(output, report.output_name, "input", width), justify="right")
    if bars:
        inputs.add_column("size")
    if meanings:
        inputs.add_column("meaning")
    if marked:
        inputs.add_column("status")
    for row in rows:
        cells = [
            Text(output.shown(row.name), "cyan"),
            _value(row.value, output, "ok"),
            _value(row.gradient, output, row.status),
        ]
        if bars:
            length = BAR_WIDTH if width >= 80 else _SHORT_BAR
            cells.append(Text(bar(row.share, output, length), _bar_style(row)))
        if meanings:
            cells.append(Text(output.shown(row.meaning), "" if row.gradient else "dim"))
        if marked:
            cells.append(Text("" if row.status == "ok" else row.status, STATUS_STYLES[row.status]))
        inputs.add_row(*cells)
    hidden = len(report.inputs) - len(rows)
    said = []
    if hidden:
        said.append(f"{hidden} inputs with smaller gradients are folded: --all shows them")
    if not meanings:
        said.append("no room for size and meaning: a wider terminal shows them")
    elif not bars:
        said.append("no room for size: a wider terminal shows it")
    remarks(inputs, said + digits_said(output, wanted))
    meaning = max(len(word) for row in rows for word in row.meaning.split())
    if width >= 72 or bars:
        meaning = 14 if width >= 72 else max(len(row.meaning) for row in rows)
    least = [6, 0, 0, *([0] if bars else []), *([meaning] if meanings else []), 0]
    return inputs, fit(inputs, width, least[: len(inputs.columns)])


def _bar_style(row: InputRow) -> str:
    return "red" if row.status != "ok" else ("green" if row.gradient < 0 else "magenta")


def _result(report: Evaluation, output: Output) -> Text:
    status = report.output.status
    line = Text.assemble(
        (output.shown(report.output_name), "bold green"),
        " = ",
        (output.number(report.output.value), "bold"),
    )
    if status != "ok":
        line.append(f"  {status}", STATUS_STYLES[status])
    return line


def _first_of_each(notes: list[Note]) -> list[Note]:
    """The first three notes of each status, and how many more there are."""
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


def drawn_note(note: Note, text: str, output: Output, width: int) -> RenderableType:
    """A note, with the excerpt of the program's text that it refers to."""
    style = STATUS_STYLES.get(note.status, "") or "dim"
    line = Text.assemble(("note: ", "bold yellow"), output.shown(note.message))
    if note.span is None or not text:
        return line
    return Group(line, excerpt(text, note.span, style, width, output.shown))
