"""Mathematical notation on a terminal."""

from __future__ import annotations

from autograd_cli.output import Output


def derivative(output: Output, of: str, by: str, width: int = 80) -> str:
    """``∂J/∂w``; if the output's name is too long for that, just ``gradient``."""
    if len(of) > max(5, (width - 40) // 5):
        return "gradient"
    of = output.shown(of)
    d = output.glyphs.partial
    return f"{d}{of}/{d}{by}"
