"""The LALR table of the grammar: built by Lark, shipped beside it, loaded in a millisecond.

Importing Lark and analysing the grammar costs more than everything else an `autograd eval`
does, so the table comes with the package as JSON (`table.json`) together with a checksum of the
grammar it was made from and of itself. A table that is missing, damaged or made from another
grammar is built again in memory: that costs time, never an answer.

``python -m autograd_grammar.build_table`` writes the file anew; a test holds it to the grammar.
"""

from __future__ import annotations

import json

from autograd_grammar import files
from autograd_grammar.automaton import Table
from autograd_grammar.sealing import sealed


def load() -> Table:
    """The grammar's table: the shipped one if it is whole and belongs to the grammar."""
    grammar = files.read(files.GRAMMAR)
    try:
        head, _, body = files.read(files.TABLE).partition(b",")
        if head == sealed(grammar, body):
            return Table(**json.loads(b"{" + body))
    except OSError:
        pass  # no shipped table to be had: building one is slower and otherwise the same
    from autograd_grammar.build_table import build

    return build(grammar)
