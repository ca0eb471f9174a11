"""The LALR table of the grammar: built by Lark, shipped beside it, loaded in a millisecond.

Importing Lark and analysing the grammar costs more than everything else an `autograd eval`
does, so the table comes with the package as JSON (`table.json`) together with a checksum of the
grammar it was made from and of itself. A table that is missing, damaged or made from another
grammar is built again in memory: that costs time, never an answer.

``python -m autograd_grammar.build_table`` writes the file anew; a test holds it to the grammar.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass

from autograd_grammar import files

END = "$END"


@dataclass(frozen=True, slots=True)
class Table:
    """An LALR(1) automaton and the patterns of its terminals.

    ``actions[state][terminal]`` is the state to shift to, or ``~rule`` to reduce by. A rule is
    ``(size, nonterminal, name)``. ``landings[state][nonterminal][terminal]`` is the state after
    that nonterminal was recognised on top of ``state`` with ``terminal`` next: the goto of the
    textbooks with the chains of single-child rules (atom, power, sign, product, …) that would
    follow already walked. Those rules do nothing but climb, and walking them once here instead
    of at every atom is worth a third of the parsing time (unit production elimination: Grune
    and Jacobs, *Parsing Techniques*, 2nd ed., §9.10).
    """

    terminals: dict[str, str]
    ignored: list[str]
    rules: list[tuple[int, str, str]]
    actions: list[dict[str, int]]
    landings: list[dict[str, dict[str, int]]]
    start: int
    accept: int


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


def sealed(grammar: bytes, body: bytes) -> bytes:
    """What stands before a table's ``body`` in the file: a checksum over it and the grammar."""
    return b'{"checksum": %d' % zlib.crc32(body.strip(), zlib.crc32(grammar))
