"""The error for an exception that no part of the program expects: a mistake of its own."""

from __future__ import annotations

from autograd_graph import ProgramError


def unforeseen(error: Exception) -> ProgramError:
    """An error with code ``internal`` that names the exception."""
    try:
        told = str(error)
    except Exception as second:  # a text of Java's is asked of a Java that may be gone
        told = f"it has no text ({type(second).__name__})"
    return ProgramError(
        f"this should not have happened: {type(error).__name__}: {told}",
        code="internal",
        hint="please report it with what --debug shows",
    )
