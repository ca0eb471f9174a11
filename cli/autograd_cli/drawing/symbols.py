"""Mathematical notation on a terminal."""

from __future__ import annotations

from autograd_cli.output import Output


def derivative(output: Output, of: str, by: str, width: int = 80, *, total: bool = False) -> str:
    """``∂J/∂w``; if the output's name is too long for that, just ``gradient``.

    By an input it is the partial derivative of a function of all inputs; by a node on the way it
    is ``total``, ``dJ/dnode``, through every path from the node on.
    """
    if len(of) > max(5, (width - 40) // 5):
        return "gradient"
    of = output.shown(of)
    d = "d" if total else output.glyphs.partial
    return f"{d}{of}/{d}{by}"
