"""The files that come with the package: the grammar, its table, the prelude.

Plain paths and ``open``: pathlib would cost every start its import.
"""

from __future__ import annotations

import os

_HERE = os.path.dirname(__file__)
GRAMMAR = os.path.join(_HERE, "expr.lark")
TABLE = os.path.join(_HERE, "table.json")
PRELUDE = os.path.join(_HERE, "prelude.expr")


def read(path: str) -> bytes:
    """A file's content."""
    with open(path, "rb") as file:
        return file.read()
