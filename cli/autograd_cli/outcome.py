"""How a run that looks for parameters ends: values for a file, a verdict beside the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from autograd_cli import formats
from autograd_cli.whole import written_whole

if TYPE_CHECKING:
    from autograd_cli.output import Output
    from autograd_cli.reports.evaluation import Note


class Outcome(Protocol):
    """The report on such a run."""

    @property
    def text(self) -> str:
        """The program, in which the note has its place."""

    @property
    def message(self) -> str:
        """What is to be said of the verdict."""

    @property
    def warnings(self) -> Sequence[str]:
        """What a reader should know besides."""

    @property
    def note(self) -> Note | None:
        """What stopped the run, if a node did."""

    @property
    def final(self) -> Mapping[str, float]:
        """All parameters at the end, those on hold among them."""


def save(report: Outcome, path: str) -> None:
    """Write the parameters as JSON, for ``--vars``."""
    values = {name: formats.json_number(value) for name, value in report.final.items()}
    with written_whole(path) as file:
        file.write(formats.to_json(values).encode() + b"\n")


def tell(report: Outcome, kind: str, output: Output) -> None:
    """Print the verdict and what belongs to it on standard error, beside the data."""
    output.note(f"{kind}: {report.message}")
    for warning in report.warnings:
        output.note(warning)
    if report.note is not None:
        output.note(report.note.message, report.text, report.note.span)
