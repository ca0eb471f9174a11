"""What schemas are made of: numbers, texts, lists, objects, documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf, nan
from typing import Any

from autograd_cli.documents import IDENTIFIERS
from autograd_cli.formats import json_number

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_NUMBER: Schema = {"anyOf": [{"type": "number"}, {"enum": [*map(json_number, (inf, -inf, nan))]}]}
"""A number as strict JSON has it; every document carries this once."""

NUMBER: Schema = {"$ref": "#/$defs/number"}
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}


def one_of(words: Iterable[str]) -> Schema:
    """One of these words."""
    return {"enum": list(words)}


def maybe(schema: Schema) -> Schema:
    """That, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema) -> Schema:
    """A list of them."""
    return {"type": "array", "items": schema}


def pair(schema: Schema) -> Schema:
    """A list of two of them."""
    return many(schema) | {"minItems": 2, "maxItems": 2}


def by_name(schema: Schema) -> Schema:
    """An object whose field names are the program's, with one of them for each."""
    return {"type": "object", "additionalProperties": schema}


def fields(needed: Mapping[str, Schema], more: Mapping[str, Schema] | None = None) -> Schema:
    """An object with these fields, perhaps with some ``more``, and with no others."""
    return {
        "type": "object",
        "properties": {**needed, **(more or {})},
        "required": list(needed),
        "additionalProperties": False,
    }


def document(
    name: str, about: str, needed: Mapping[str, Schema], more: Mapping[str, Schema] | None = None
) -> Schema:
    """The schema of a whole document, which says in its field ``schema`` what it is."""
    return whole(IDENTIFIERS[name], about, fields({"schema": marked(name), **needed}, more))


def marked(name: str) -> Schema:
    """The field ``schema`` of a document of that name."""
    return {"const": IDENTIFIERS[name]}


def whole(title: str, about: str, shape: Schema) -> Schema:
    """A schema that can stand alone."""
    return {
        "$schema": DIALECT,
        "title": title,
        "description": about,
        **shape,
        "$defs": {"number": _NUMBER},
    }
