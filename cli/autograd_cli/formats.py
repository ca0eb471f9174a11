"""Data formats: JSON, CSV, TSV. The one place that knows how a number is written in them.

Doubles are written so that they read back to the same bits. JSON is strict: a number that is
not finite is the string "inf", "-inf" or "nan".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

from autograd_cli.report import Evaluation, NodeRow, Summary
from autograd_graph.status import OK, worst

NODE_COLUMNS = ("node", "name", "role", "expression", "value", "gradient", "status")


def json_number(value: float | None) -> float | str | None:
    """A number as strict JSON has it."""
    return value if value is None or isfinite(value) else number(value)


def number(value: float | None) -> str:
    """A number as CSV, TSV and ``--get`` have it: the shortest text that reads back the same."""
    return "" if value is None else repr(float(value))


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def to_json(value: Any) -> str:
    """Strict JSON of a value whose numbers went through :func:`json_number`."""
    return _encode(value)


def summary_object(summary: Summary) -> dict[str, Any]:
    """An output and its gradients as JSON."""
    return {
        "output": {
            "node": summary.node,
            "name": summary.name or None,
            "value": json_number(summary.value),
            "status": summary.status,
        },
        "gradients": {name: json_number(slope) for name, slope in summary.gradients.items()},
        "gradient_status": summary.gradient_status,
    }


def node_object(row: NodeRow) -> dict[str, Any]:
    """One node as JSON."""
    return {
        "node": row.node,
        "name": row.name or None,
        "label": row.label,
        "role": row.role,
        "operator": row.operator,
        "arguments": list(row.arguments),
        "expression": row.expression,
        "value": json_number(row.value),
        "gradient": json_number(row.gradient),
        "status": row.status,
        "span": list(row.span) if row.span else None,
    }


def evaluation_json(evaluation: Evaluation) -> dict[str, Any]:
    """A whole evaluation as JSON."""
    nodes = [node_object(row) for row in evaluation.nodes]
    return summary_object(evaluation.summary) | {"nodes": nodes}


def evaluation_rows(evaluation: Evaluation) -> Iterable[Sequence[str]]:
    """An evaluation as rows of text under :data:`NODE_COLUMNS`.

    The status of an input is the worse of its own and its gradient's.
    """
    of_gradients = {row.name: row.status for row in evaluation.inputs}
    for row in evaluation.nodes:
        slope = of_gradients.get(row.name, OK) if row.role == "input" else OK
        yield (
            str(row.node),
            row.name or (row.label if row.role == "step" else ""),
            row.role,
            row.expression,
            number(row.value),
            number(row.gradient),
            row.status if slope == OK else worst((row.status, slope)),
        )


def separated(columns: Sequence[str], rows: Iterable[Sequence[str]], format_name: str) -> str:
    """CSV or TSV with a header line."""
    return separated_rows((columns, *rows), format_name)


def separated_rows(rows: Iterable[Sequence[str]], format_name: str) -> str:
    r"""Rows of CSV or TSV. What would end a field of TSV early is escaped: ``\t``, ``\n``."""
    if format_name == "tsv":
        return "".join("\t".join([cell.translate(_ESCAPES) for cell in row]) + "\n" for row in rows)
    import csv
    import io

    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


_ESCAPES = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\"})
