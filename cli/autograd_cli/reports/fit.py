"""The report on a fit: the parameters and how certain they are, the residuals, the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any

from autograd_cli import formats
from autograd_cli.documents import document
from autograd_cli.fitting.verdict import Kind
from autograd_cli.reports.evaluation import Note
from autograd_cli.reports.trace import Trace
from autograd_graph.status import Status

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output

MANY_PARAMETERS = 100
"""Correlations of more parameters than this are not reported, as there are so many of them."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A parameter: its value, its standard error (nan: none), its start and its bounds."""

    name: str
    value: float
    error: float
    start: float
    lower: float
    upper: float
    at_bound: bool
    determined: bool

    def as_object(self) -> dict[str, Any]:
        """The parameter as JSON; ``null`` for an error that there is not and for no bound."""
        return {
            "value": formats.json_number(self.value),
            "error": None if isnan(self.error) else formats.json_number(self.error),
            "start": formats.json_number(self.start),
            "lower": self.lower if isfinite(self.lower) else None,
            "upper": self.upper if isfinite(self.upper) else None,
            "at_bound": self.at_bound,
            "determined": self.determined,
        }


@dataclass(frozen=True, slots=True)
class Residuals:
    """What least squares leave: ``deviation`` is the standard deviation of the residuals.

    ``freedom`` counts the rows beyond the number of parameters; without any, the deviation is nan.
    ``r_squared`` is the share of the target's spread that the program accounts for, nan if it has
    none.
    """

    deviation: float
    freedom: int
    r_squared: float

    def as_object(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "deviation": _number(self.deviation),
            "freedom": self.freedom,
            "r_squared": _number(self.r_squared),
        }


@dataclass(frozen=True, slots=True)
class Scatter:
    """Some rows, for a picture: what the program predicts, what it leaves, and where.

    ``across`` has the numbers of the only column in use, and ``curve`` what the program predicts
    at evenly spaced ones from the least to the largest; ``None`` where there are several.
    """

    predicted: list[float]
    residuals: list[float]
    across: list[float] | None
    curve: list[float]
    column: str


@dataclass(frozen=True, slots=True, repr=False)
class FitReport(formats.Report):
    """The report on a fit.

    ``total`` is the sum of the squared residuals, or of the losses where there are no
    ``residuals``; ``statuses`` counts the rows by their status at the end. ``note`` points at the
    node that is not finite, if that is the verdict.
    """

    text: str
    output: str
    target: str | None
    estimates: list[Estimate]
    held: dict[str, float]
    correlations: list[list[float]]
    total: float
    residuals: Residuals | None
    condition: float
    used: int
    missing: int
    statuses: Mapping[Status, int]
    kind: Kind
    message: str
    interrupted: bool
    warnings: list[str]
    way: str
    passes: int
    note: Note | None
    trace: Trace
    scatter: Scatter | None

    @property
    def converged(self) -> bool:
        """Whether the verdict is ``converged``."""
        return self.kind == "converged"

    @property
    def final(self) -> dict[str, float]:
        """All parameters at the end, those on hold among them."""
        return {estimate.name: estimate.value for estimate in self.estimates} | self.held

    @property
    def errors(self) -> dict[str, float]:
        """The standard error of each parameter; nan where there is none."""
        return {estimate.name: estimate.error for estimate in self.estimates}

    @property
    def columns(self) -> Sequence[str]:
        """The columns of a table of parameters; ``r.NAME`` are the correlations with NAME."""
        with_others = [estimate.name for estimate in self.estimates] if self.correlations else []
        fixed = ["parameter", "value", "error", "start", "lower", "upper"]
        return [*fixed, *(f"r.{name}" for name in with_others)]

    def rows(self) -> Iterable[formats.Row]:
        """A row for each parameter."""
        for number, each in enumerate(self.estimates):
            limits = [x if isfinite(x) else None for x in (each.lower, each.upper)]
            error = None if isnan(each.error) else each.error
            numbers = [each.value, error, each.start, *limits]
            if self.correlations:
                numbers += [None if isnan(r) else r for r in self.correlations[number]]
            yield (each.name, *map(formats.number, numbers))

    def as_object(self) -> dict[str, Any]:
        """The result as JSON."""
        content = {
            "verdict": self.kind,
            "message": self.message,
            "warnings": self.warnings,
            "target": self.target,
            "total": formats.json_number(self.total),
            "parameters": {each.name: each.as_object() for each in self.estimates},
            "held": {name: formats.json_number(x) for name, x in self.held.items()},
            "correlations": [list(map(_number, row)) for row in self.correlations],
            "condition": formats.json_number(self.condition),
            "residuals": None if self.residuals is None else self.residuals.as_object(),
            "rows": self.used,
            "missing": self.missing,
            "statuses": dict(self.statuses),
            "way": self.way,
            "passes": self.passes,
        }
        return document("fit", content)

    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """The trace, the parameters, the pictures of the fit and its residuals, the verdict."""
        from autograd_cli.views.fit import fit_view

        return fit_view(self, output, width)


def _number(value: float) -> float | str | None:
    return None if isnan(value) else formats.json_number(value)
