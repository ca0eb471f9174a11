"""The LALR table of the grammar: built by Lark, shipped as a file, loaded in a millisecond.

Importing Lark and analysing the grammar costs more than everything else an `autograd eval` does, so
the package contains the table as JSON (`table.json`) with a checksum over the grammar that it was
made from and the table. A table that is missing, damaged or made from another grammar is built
again in memory, which is slower but gives the same result.

``python -m autograd_grammar.build_table`` writes the file; a test compares it with the grammar.
"""

from __future__ import annotations

import json

from autograd_grammar import files
from autograd_grammar.automaton import Table
from autograd_grammar.sealing import sealed


def load() -> Table:
    """The grammar's table: the shipped one if it is intact and belongs to the grammar."""
    grammar = files.read(files.GRAMMAR)
    try:
        head, _, body = files.read(files.TABLE).partition(b",")
        if head == sealed(grammar, body):
            return Table(**json.loads(b"{" + body))
    except OSError:
        pass  # no shipped table: building one is slower, with the same result
    from autograd_grammar.build_table import build

    return build(grammar)
