"""The schema of each document, by its name."""

from __future__ import annotations

from typing import get_args

from autograd_cli.documents import IDENTIFIERS
from autograd_cli.fitting.verdict import Kind as FitKind
from autograd_cli.reports.curves import WORDS
from autograd_cli.schemas.parts import ERROR, GRAINS, NODE, OUTPUT, ROLE, STATUS, SUMMARY
from autograd_cli.schemas.shapes import (
    COUNT,
    FINITE,
    FLAG,
    NUMBER,
    TEXT,
    Schema,
    by_name,
    document,
    fields,
    many,
    marked,
    maybe,
    one_of,
    pair,
    whole,
)
from autograd_cli.stream.requests import RESERVED
from autograd_graph.descent.verdict import Kind
from autograd_graph.steps.flow import Verdict

_EVAL = document(
    "eval",
    "What `autograd eval` says of a program at a point.",
    {**SUMMARY, "nodes": many(NODE)},
    {
        "hessian": fields(
            {
                "inputs": many(TEXT),
                "matrix": many(many(NUMBER)),
                "eigenvalues": maybe(many(NUMBER)),
                "shape": maybe(TEXT),
                "underflow": many(pair(TEXT)),
            }
        ),
        "along": fields({"direction": by_name(NUMBER), "value": NUMBER, "underflow": FLAG}),
    },
)

_LOCAL: dict[str, Schema] = {
    "local_expression": maybe(TEXT),
    "local_substituted": maybe(TEXT),
    "local": NUMBER,
    "product": NUMBER,
}
_RULES = {"rules": many(TEXT)}

_EXPLAIN = document(
    "explain",
    "Both passes step by step, or forward mode along a direction, from `autograd explain`.",
    {
        "forward": many(
            fields({"name": TEXT, "expression": TEXT, "substituted": TEXT, "value": NUMBER})
        ),
        "backward": many(
            fields(
                {
                    "of": TEXT,
                    "by": TEXT,
                    "terms": many(fields({"through": TEXT, "upstream": NUMBER, **_LOCAL}, _RULES)),
                    "expression": maybe(TEXT),
                    "value": NUMBER,
                }
            )
        ),
    },
    {
        "along": fields(
            {
                "direction": by_name(NUMBER),
                "tangents": many(
                    fields(
                        {
                            "of": TEXT,
                            "terms": many(
                                fields({"source": TEXT, "tangent": NUMBER, **_LOCAL}, _RULES)
                            ),
                            "value": NUMBER,
                        }
                    )
                ),
            }
        ),
        "nudges": many(
            fields(
                {
                    "input": TEXT,
                    "by": NUMBER,
                    "gradient": NUMBER,
                    "predicted": NUMBER,
                    "actual": NUMBER,
                    "before": NUMBER,
                    "after": NUMBER,
                }
            )
        ),
        "notes": many(fields({"status": STATUS, "message": TEXT})),
    },
)

_DIFF = document(
    "diff",
    "Derivatives as expressions of the language, from `autograd diff`.",
    {"value": TEXT, "derivatives": by_name(TEXT)},
    {"second": by_name(TEXT), "steps": by_name(TEXT), "notes": many(TEXT)},
)

_GRAPH = document(
    "graph",
    "The computation graph, from `autograd graph`; an edge goes from a node to its user.",
    {
        "by": one_of(GRAINS),
        "output": COUNT,
        "nodes": many(
            fields(
                {
                    "node": COUNT,
                    "label": TEXT,
                    "name": maybe(TEXT),
                    "role": ROLE,
                    "expression": maybe(TEXT),
                    "arguments": many(COUNT),
                    "value": maybe(NUMBER),
                    "gradient": maybe(NUMBER),
                    "status": STATUS,
                }
            )
        ),
        "edges": many(pair(COUNT)),
    },
    {
        "wires": many(
            fields(
                {
                    "from": COUNT,
                    "to": COUNT,
                    "local": NUMBER,
                    "local_expression": maybe(TEXT),
                    "gradient": NUMBER,
                }
            )
        ),
    },
)

_VERDICTS = get_args(Verdict)

_FLOW = document(
    "flow",
    "How the gradient fares layer by layer, from `autograd flow`.",
    {
        "output": TEXT,
        "by": one_of([*GRAINS, "depth"]),
        "verdict": one_of(_VERDICTS),
        "threshold": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "layers": many(
            fields(
                {
                    "layer": TEXT,
                    "nodes": many(COUNT),
                    "gradient": NUMBER,
                    "factor": maybe(NUMBER),
                    "to_inputs": maybe(NUMBER),
                    "clipped": maybe(NUMBER),
                }
            )
        ),
        "findings": many(
            fields(
                {
                    "kind": one_of(kind for kind in _VERDICTS if kind != "healthy"),
                    "layer": TEXT,
                    "message": TEXT,
                }
            )
        ),
        "remedies": many(TEXT),
        "clipping": maybe(
            fields({"norm": NUMBER, "before": NUMBER, "after": NUMBER, "scale": NUMBER})
        ),
    },
)

_COST = document(
    "cost",
    "What a gradient costs, method by method, from `autograd cost`.",
    {
        "nodes": COUNT,
        "inputs": COUNT,
        "methods": many(
            fields(
                {
                    "method": one_of(
                        ["evaluation", "reverse mode", "forward mode", "finite differences"]
                    ),
                    "passes": COUNT,
                    "formula": TEXT,
                    "visits": COUNT,
                    "operations": COUNT,
                    "seconds": maybe({"type": "number", "minimum": 0}),
                    "timed_passes": maybe(COUNT),
                }
            )
        ),
    },
)

_PLACE: dict[str, Schema] = {"parameters": by_name(NUMBER), "gradients": by_name(NUMBER)}

_DESCEND = document(
    "descend",
    "Where a descent led, from `autograd descend --format json`.",
    {
        "steps": COUNT,
        "verdict": one_of(get_args(Kind)),
        "message": TEXT,
        "output": OUTPUT,
        **_PLACE,
        "norm": NUMBER,
        "start": fields({"output": NUMBER, **_PLACE}),
        "held": by_name(NUMBER),
    },
    {"rows": COUNT, "missing": COUNT},
)

_DESCEND_STEP = document(
    "descend-step",
    "One state of a descent, a line of `autograd descend --format jsonl`.",
    {
        "step": COUNT,
        "output": NUMBER,
        **_PLACE,
        "norm": NUMBER,
        "rate": maybe(NUMBER),
        "clipped": maybe(NUMBER),
        "predicted": maybe(NUMBER),
        "change": maybe(NUMBER),
    },
    {"flow": by_name(NUMBER)},
)

_FIT = document(
    "fit",
    "The parameters that are best for a table, from `autograd fit`.",
    {
        "verdict": one_of(get_args(FitKind)),
        "message": TEXT,
        "warnings": many(TEXT),
        "target": maybe(TEXT),
        "total": NUMBER,
        "parameters": by_name(
            fields(
                {
                    "value": NUMBER,
                    "error": maybe(NUMBER),
                    "start": NUMBER,
                    "lower": maybe(NUMBER),
                    "upper": maybe(NUMBER),
                    "at_bound": FLAG,
                    "determined": FLAG,
                }
            )
        ),
        "held": by_name(NUMBER),
        "correlations": many(many(maybe(NUMBER))),
        "condition": NUMBER,
        "residuals": maybe(
            fields({"deviation": maybe(NUMBER), "freedom": COUNT, "r_squared": maybe(NUMBER)})
        ),
        "rows": COUNT,
        "missing": COUNT,
        "statuses": by_name(COUNT),
        "way": TEXT,
        "passes": COUNT,
    },
)


_PLACED: dict[str, Schema] = {"at": by_name(NUMBER), "value": NUMBER}

_PLOT = document(
    "plot",
    "A program over ranges of its inputs, from `autograd plot`; `path` is that of a descent. Over "
    "one range: where it is awkward, with the value there (of what is undefined the limit, null if "
    "there is none), and between which numbers it has no finite value. `searched`: whether all of "
    "that was looked for everywhere.",
    {
        "output": TEXT,
        "ranges": by_name(pair(FINITE)),
        "points": many(fields({**_PLACED, "gradients": by_name(NUMBER)})),
        "searched": FLAG,
    },
    {
        "awkward": many(
            fields({"kind": one_of(WORDS.values()), "at": FINITE, "value": maybe(FINITE)})
        ),
        "no_finite_value": many(pair(FINITE)),
        "path": many(fields(_PLACED)),
    },
)


def _batch() -> Schema:
    """The schema of a reply: a result or an error, and any fields that the record carried."""
    place = {"schema": marked("batch"), "source": TEXT, "line": {"type": "integer", "minimum": 1}}
    result, error = SUMMARY | {"nodes": many(NODE)}, {"error": ERROR}
    assert {*place, *result, *error} == {*RESERVED}
    shape = {
        "type": "object",
        "properties": place | result | error,
        "required": list(place),
        "oneOf": [
            {"required": list(SUMMARY), "properties": dict.fromkeys(error, False)},
            {"required": list(error), "properties": dict.fromkeys(result, False)},
        ],
    }
    about = (
        "What `autograd batch` says of one program: a line of jsonl, an element of json's array. "
        "Other fields are those of the sender's record, as they came."
    )
    return whole(IDENTIFIERS["batch"], about, shape)


_ROWS: dict[str, Schema] = {
    "rows": COUNT,
    "missing": COUNT,
    "awkward": by_name(COUNT),
}
"""How many rows there are, how many lack a value, how many have a status other than ok."""

_TOTAL = document(
    "total",
    "The sum or the mean over the rows of a table, from `autograd eval --data`.",
    {**SUMMARY, "reduce": one_of(["sum", "mean"]), "at": by_name(NUMBER), **_ROWS},
)

_SUM = fields(
    {"count": COUNT, "sum": TEXT, "special": many(one_of(["nan", "inf", "-inf"]))},
)
"""An exact sum: a whole number in hexadecimal times a power of 2, like 0x3p-1."""

_PARTIAL = document(
    "partial",
    "Exact sums over some rows, from `autograd eval --partial`, for `--merge`.",
    {
        "program": TEXT,
        "output": COUNT,
        "at": by_name(NUMBER),
        **_ROWS,
        "value": _SUM,
        "gradients": by_name(_SUM),
    },
)

_FUNCTIONS = document(
    "functions",
    "One function of the language, from `autograd functions`.",
    {
        "name": TEXT,
        "signature": TEXT,
        "aliases": many(TEXT),
        "summary": TEXT,
        "derivative": many(TEXT),
        "domain": TEXT,
        "definition": TEXT,
        "accuracy": TEXT,
        "places": many(TEXT),
        "awkward": many(fields({"at": TEXT, "value": TEXT, "slope": TEXT, "status": STATUS})),
    },
)

_SAMPLES = document(
    "samples",
    "One sample program, from `autograd samples`.",
    {"name": TEXT, "about": TEXT, "program": TEXT},
)

_ERROR = whole("error", "The field `error` of a record of `autograd batch`.", ERROR)

SCHEMAS: dict[str, Schema] = {
    "eval": _EVAL,
    "explain": _EXPLAIN,
    "diff": _DIFF,
    "graph": _GRAPH,
    "flow": _FLOW,
    "cost": _COST,
    "descend": _DESCEND,
    "descend-step": _DESCEND_STEP,
    "plot": _PLOT,
    "fit": _FIT,
    "batch": _batch(),
    "total": _TOTAL,
    "partial": _PARTIAL,
    "functions": _FUNCTIONS,
    "samples": _SAMPLES,
    "error": _ERROR,
}
