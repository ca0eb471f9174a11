"""Formulas for the screen: ``2*x^2 - 1`` as ``2 · x^2 − 1``, or with ASCII signs.

Powers are shown as they are typed.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograd_cli.output import Output
from autograd_graph.formula import Formula, Token


@dataclass(frozen=True, slots=True)
class Written:
    """A formula as it is shown: its addends, each but the first with its sign."""

    addends: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(self.addends)

    def cut(self, most: int, dots: str) -> Written:
        """The formula, cut after ``most`` characters, with ``dots`` where it was cut."""
        if len(str(self)) <= most:
            return self
        kept: list[str] = []
        for addend in self.addends:
            room = most - sum(len(before) + 1 for before in kept)
            if len(addend) >= room:
                return Written((*kept, addend[:room] + dots))
            kept.append(addend)
        return self


def written(formula: Formula, output: Output, *, close: bool = False) -> Written:
    """A formula in the output's signs; ``close`` leaves out the spaces around ``*``."""
    return Written(
        tuple(_signs(addend, output, close).strip() for addend in formula.addends)
    )  # fmt: skip


def one_line(formula: Formula, output: Output, *, close: bool = False) -> str:
    """The same as one string."""
    return str(written(formula, output, close=close))


def _signs(formula: Formula, output: Output, close: bool) -> str:
    return "".join(pieces(formula, output, close))


def pieces(formula: Formula, output: Output, close: bool) -> list[str]:
    """The text of each token, with the spaces around it."""
    glyphs = output.glyphs
    tokens = formula.tokens
    pieces: list[str] = []
    for n, (text, kind) in enumerate(tokens):
        match kind:
            case "operator":
                sign = {"-": glyphs.minus, "*": glyphs.times}.get(text, text)
                tight = text in "/^" or (text == "*" and close)
                pieces.append(sign if tight else f" {sign} ")
            case "sign":
                pieces.append(glyphs.minus if text == "-" else text)
            case "number":
                power = n + 1 < len(tokens) and tokens[n + 1] == _POWER
                pieces.append(_number(text, output, power))
            case "comma":
                pieces.append(", ")
            case "total" | "local":
                sign = "d" if kind == "total" else glyphs.local
                pieces.append("/".join(f"{sign}{output.shown(part)}" for part in text.split("/")))
            case "change":
                pieces.append(f"{glyphs.delta}{output.shown(text)}")
            case _:
                pieces.append(output.shown(text).replace("'", glyphs.prime))
    return pieces


_POWER = Token("^", "operator")


def _number(text: str, output: Output, power: bool) -> str:
    """A number; in parentheses before a power if it has an exponent: ``(1e+20)^2``."""
    shown = output.glyphs.minus + text[1:] if text.startswith("-") else text
    return f"({shown})" if power and "e" in text else shown
