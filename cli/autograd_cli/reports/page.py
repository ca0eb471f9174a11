"""A page about a program: one HTML file that runs both passes in a browser."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from autograd_cli.program import Program
from autograd_cli.reports.evaluation import summary
from autograd_cli.whole import written_whole

if TYPE_CHECKING:
    from autograd_graph.steps.steps import Grain

DIGITS = 5
"""The significant digits of a page's numbers, unless others are asked for."""

_HEIGHT = 900
"""The height of a page in a notebook, in pixels."""


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """The text of a page, to be saved or shown in a notebook.

    ``sound`` is whether the output and the gradients at its start are not nan; ``steps`` and
    ``inputs`` are how many of each it shows. ``note`` tells if its operators were too many, so that
    they are grouped.
    """

    html: str
    title: str
    steps: int
    inputs: int
    sound: bool
    note: str

    def save(self, path: str) -> None:
        """Write the page to a file, which appears once it is complete.

        Raises :class:`ProgramError` (``io``) if it cannot be written.
        """
        with written_whole(path) as file:
            file.write(self.html.encode())

    def __str__(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return f"<Page {self.title!r} of {self.steps} steps, {len(self.html):,} characters>"

    def _repr_html_(self) -> str:
        return (
            f'<iframe title="{escape(self.title)}" sandbox="allow-scripts" '
            f'srcdoc="{escape(self.html)}" width="100%" height="{_HEIGHT}" '
            'style="border: 0"></iframe>'
        )


def page(
    program: Program,
    *,
    by: Grain | None = None,
    title: str | None = None,
    first: bool = False,
    embed: bool = False,
    digits: int = DIGITS,
) -> Page:
    """The page of a program at a point.

    It starts where both passes are done, or at the ``first`` step; with ``embed`` it is a fragment
    for another page. Raises :class:`ProgramError`: ``missing-value``; ``limit`` for a program of
    too many steps; ``unsupported`` for an operator that JavaScript cannot express.
    """
    from autograd_cli.page.document import html
    from autograd_cli.page.model import model

    found = model(program, by)
    name = title if title is not None else f"{found.output.label}: values and gradients"
    leaves = sum(part.formula is None for part in found.parts)
    return Page(
        html=html(found, title=name, digits=digits, first=first, embed=embed),
        title=name,
        steps=len(found.parts) - leaves,
        inputs=leaves,
        note=found.note,
        sound=summary(found.passes, program.wrt).sound(strict=False),
    )
