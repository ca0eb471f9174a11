"""Formulas with the signs of books: ``2*x^2 - 1`` as ``2 · x^2 − 1``, or with plain signs.

Powers stay as they are typed, on every screen.
"""

from __future__ import annotations

import re

from autograd_cli.output import Output


def formula(text: str, output: Output) -> str:
    """Text of the language, or names of rules, in signs that the output has."""
    text = re.sub(r"(\d[\d.]*e[+-]\d+)\^", r"(\1)^", text)  # the exponent is not part of it
    text = re.sub(r" ?\* ?", " * ", text)
    if output.plain:
        return output.shown(text)
    text = re.sub(r"(?<!\de)-", "−", text)
    return output.shown(text.replace(" * ", " · ").replace("'", "′"))


def factor(text: str) -> str:
    """An expression as a factor: in parentheses if it is a sum or begins with a sign."""
    outside = 0
    for character in text:
        outside += (character == "(") - (character == ")")
        if not outside and character == " ":  # only sums and comparisons have spaces
            return f"({text})"
    return f"({text})" if text.startswith("-") else text
