"""Schemas that several documents share: an output and its gradients, a node, an error."""

from __future__ import annotations

from typing import get_args

from autograd_cli.schemas.shapes import (
    COUNT,
    NUMBER,
    TEXT,
    Schema,
    by_name,
    fields,
    many,
    maybe,
    one_of,
    pair,
)
from autograd_graph.errors import CODES
from autograd_graph.graph import Role
from autograd_graph.status import OK, Status
from autograd_graph.steps.steps import Grain

STATUS = one_of(get_args(Status))
ROLE = one_of(get_args(Role))
GRAINS = get_args(Grain)

OUTPUT = fields({"node": COUNT, "name": maybe(TEXT), "value": NUMBER, "status": STATUS})

SUMMARY: dict[str, Schema] = {
    "output": OUTPUT,
    "gradients": by_name(NUMBER),
    "gradient_status": by_name(one_of(status for status in get_args(Status) if status != OK)),
}
"""The fields of an evaluation in short."""

NODE = fields(
    {
        "node": COUNT,
        "name": maybe(TEXT),
        "label": TEXT,
        "role": ROLE,
        "operator": TEXT,
        "arguments": many(COUNT),
        "expression": TEXT,
        "value": maybe(NUMBER),
        "gradient": maybe(NUMBER),
        "status": STATUS,
        "span": maybe(pair(COUNT)),
    }
)

ERROR = fields(
    {
        "code": one_of(sorted(CODES)),
        "message": TEXT,
        "hint": TEXT,
        "column": maybe({"type": "integer", "minimum": 1}),
    }
)
