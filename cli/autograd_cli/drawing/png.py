"""Pictures as PNG: an SVG drawn by resvg, which is a wheel and needs no library of the system."""

from __future__ import annotations

import re

from autograd_graph import ProgramError

_ZOOM = 2
"""The pixels of the PNG for each unit of the SVG."""

_LARGEST = 16_000
"""The most pixels from side to side."""

_LETTER = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" font-family="monospace">'
    '<text y="15">{}</text></svg>'
)


_SIZE = re.compile(r'<svg[^>]* width="(\d+)" height="(\d+)"')


def png(svg: str) -> bytes:
    """The bytes of a PNG of an SVG, on white.

    Raises :class:`ProgramError`: ``unsupported`` without the library or without any font, with
    which the texts would be missing; ``limit`` for a picture that is too large.
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise ProgramError(
            "PNG needs the library resvg-py, which is not installed",
            code="unsupported",
            hint="pip install 'autograd-cli[png]'; or take --to svg",
        ) from None
    found = _SIZE.search(svg)
    assert found is not None
    width, height = int(found[1]), int(found[2])
    if max(width, height) > _LARGEST:
        raise ProgramError(
            f"a picture of {width:,} by {height:,} pixels is too large for PNG",
            code="limit",
            hint="take --to svg",
        )
    if svg_to_bytes(svg_string=_LETTER.format("M")) == svg_to_bytes(svg_string=_LETTER.format("")):
        raise ProgramError(
            "PNG needs a font, and there is none on this machine",
            code="unsupported",
            hint="install one, such as DejaVu Sans Mono; or take --to svg",
        )
    zoom = min(_ZOOM, _LARGEST / max(width, height))
    return bytes(svg_to_bytes(svg_string=svg, background="#ffffff", zoom=zoom))
