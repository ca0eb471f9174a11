"""Functions that are compositions of others, defined in the language itself.

`prelude.expr` is parsed when a program first calls one of them, not before: a program that uses
only operators does not pay for it.
"""

from __future__ import annotations

from functools import cache

from autograd_grammar import files
from autograd_grammar.functions import Function


@cache
def functions() -> dict[str, Function]:
    """The prelude's functions by name. They see nothing of the program that calls them."""
    from autograd_grammar.parser import definitions

    defined = definitions(files.read(files.PRELUDE).decode())
    for function in defined.values():
        function.closed = True
    return defined


@cache
def sources() -> dict[str, str]:
    """The line of the prelude that defines each function, as it is written there."""
    lines = files.read(files.PRELUDE).decode().splitlines()
    return {
        line.split("(")[0]: line.split("#")[0].rstrip()
        for line in lines
        if line and not line.startswith("#")
    }


@cache
def summaries() -> dict[str, str]:
    """What each of the prelude's functions is, from the comment behind its definition."""
    lines = files.read(files.PRELUDE).decode().splitlines()
    return {
        line.split("(")[0]: line.partition("#")[2].strip()
        for line in lines
        if line and not line.startswith("#")
    }
