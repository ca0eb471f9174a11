"""Formulas as one line of text with the signs of mathematics, for boxes and names of rules."""

from __future__ import annotations

from autograd_graph.formula import Formula

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def signs(formula: Formula) -> str:
    """A formula's text: ``1/2·d²``, ``sigmoid′ = sigmoid·(1 − sigmoid)``."""
    found: list[str] = []
    tokens = formula.tokens
    for n, (text, kind) in enumerate(tokens):
        raised = n and tokens[n - 1].text == "^" and kind == "number" and text.isdigit()
        if raised:
            found[-1] = text.translate(_SUPERSCRIPTS)
        elif kind == "operator":
            sign = {"-": "−", "*": "·"}.get(text, text)
            found.append(sign if text in "*/^" else f" {sign} ")
        elif kind in ("sign", "number"):
            found.append(text.replace("-", "−") if "e" not in text else text)
        else:
            found.append(", " if kind == "comma" else text.replace("'", "′"))
    return "".join(found).strip()
