"""Building blocks of schemas: numbers, texts, lists, objects, documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf, nan
from typing import Any

from autograd_cli.documents import IDENTIFIERS
from autograd_cli.formats import json_number

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_NUMBER: Schema = {"anyOf": [{"type": "number"}, {"enum": [*map(json_number, (inf, -inf, nan))]}]}
"""A number in strict JSON, defined once in every schema."""

NUMBER: Schema = {"$ref": "#/$defs/number"}
FINITE: Schema = {"type": "number"}
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}


def one_of(words: Iterable[str]) -> Schema:
    """The schema of one of several words."""
    return {"enum": list(words)}


def maybe(schema: Schema) -> Schema:
    """The schema of a value or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema) -> Schema:
    """The schema of a list."""
    return {"type": "array", "items": schema}


def pair(schema: Schema) -> Schema:
    """The schema of a list of two."""
    return many(schema) | {"minItems": 2, "maxItems": 2}


def by_name(schema: Schema) -> Schema:
    """The schema of an object whose field names come from the program."""
    return {"type": "object", "additionalProperties": schema}


def fields(needed: Mapping[str, Schema], more: Mapping[str, Schema] | None = None) -> Schema:
    """The schema of an object with the ``needed`` fields, optional ``more``, and no others."""
    return {
        "type": "object",
        "properties": {**needed, **(more or {})},
        "required": list(needed),
        "additionalProperties": False,
    }


def document(
    name: str, about: str, needed: Mapping[str, Schema], more: Mapping[str, Schema] | None = None
) -> Schema:
    """The schema of a document, whose field ``schema`` has its name and version."""
    return whole(IDENTIFIERS[name], about, fields({"schema": marked(name), **needed}, more))


def marked(name: str) -> Schema:
    """The schema of the field ``schema`` in a document of that name."""
    return {"const": IDENTIFIERS[name]}


def whole(title: str, about: str, shape: Schema) -> Schema:
    """A self-contained schema."""
    return {
        "$schema": DIALECT,
        "title": title,
        "description": about,
        **shape,
        "$defs": {"number": _NUMBER},
    }
