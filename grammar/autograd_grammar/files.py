"""The files that come with the package: the grammar, its table, the prelude.

Paths are plain strings: importing pathlib would slow down every start.
"""

from __future__ import annotations

import os

_HERE = os.path.dirname(__file__)
GRAMMAR = os.path.join(_HERE, "expr.lark")
TABLE = os.path.join(_HERE, "table.json")
PRELUDE = os.path.join(_HERE, "prelude.expr")


def read(path: str) -> bytes:
    """The content of a file."""
    with open(path, "rb") as file:
        return file.read()
