"""The names and versions of JSON documents, which each document has in its field ``schema``.

``autograd schema NAME`` prints the schema of a document. Any field that is added, removed or
changed makes a new version, because a reader may validate documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

IDENTIFIERS = {
    name: f"autograd.{name}/{version}"
    for name, version in {
        "eval": 1,
        "explain": 2,
        "diff": 1,
        "graph": 2,
        "flow": 2,
        "cost": 1,
        "descend": 1,
        "descend-step": 1,
        "plot": 1,
        "fit": 1,
        "batch": 1,
        "total": 1,
        "partial": 1,
        "functions": 1,
        "samples": 1,
    }.items()
}
"""Each document's identifier by its name."""


def document(name: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The document of that name and content."""
    return {"schema": IDENTIFIERS[name], **content}
