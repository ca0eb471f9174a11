"""What most languages write alike: arithmetic and comparisons, with the operators in between."""

from __future__ import annotations

from autograd_graph.export.target import Template

COMPARISONS: dict[str, Template] = {
    "lt": ("comparison", "<0:sum> < <1:sum>"),
    "le": ("comparison", "<0:sum> <= <1:sum>"),
    "gt": ("comparison", "<0:sum> > <1:sum>"),
    "ge": ("comparison", "<0:sum> >= <1:sum>"),
    "eq": ("comparison", "<0:sum> == <1:sum>"),
    "ne": ("comparison", "<0:sum> != <1:sum>"),
}


def _arithmetic(times: str, over: str) -> dict[str, Template]:
    return {
        "add": ("sum", "<0:sum> + <1:product>"),
        "sub": ("sum", "<0:sum> - <1:product>"),
        "mul": ("product", f"<0:product>{times}<1:sign>"),
        "div": ("product", f"<0:product>{over}<1:sign>"),
        "square_of": ("product", f"<0:product>{times}<0:sign>"),
        "cube_of": ("product", f"<0:product>{times}<0:sign>{times}<0:sign>"),
    }


TIGHT = _arithmetic("*", "/")
"""Products and quotients without blanks, as Python's and C's users write them."""

SPACED = _arithmetic(" * ", " / ")
"""With blanks around every operator, as the formatters of other languages do."""
