"""The operator table and the prelude as entries for users: signature, derivative, domain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from autograd_cli.documents import document
from autograd_cli.formats import Report, Row
from autograd_cli.program import Program
from autograd_cli.reports.diff import differentiate, written
from autograd_grammar import parse, prelude
from autograd_grammar.parser import library
from autograd_grammar.suggestions import did_you_mean, function_elsewhere
from autograd_graph import OPERATORS, ProgramError, Status, Tape
from autograd_graph.op import Edge, Op
from autograd_graph.symbolic.textbook import slopes

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output

_AWKWARD = ("kink", "jump", "singular", "domain")
"""The statuses that make a point awkward; overflow and underflow do not."""


@dataclass(frozen=True, slots=True)
class Awkward:
    """The value, slope and status at an awkward point."""

    at: str
    value: str
    slope: str
    status: Status


@dataclass(frozen=True, slots=True)
class Entry:
    """One function for display. ``derivative`` has a line for each argument."""

    name: str
    signature: str
    aliases: tuple[str, ...]
    summary: str
    derivative: tuple[str, ...]
    domain: str
    definition: str
    accuracy: str
    places: tuple[str, ...]
    """Where it has a kink, a jump or a pole, in words, if ``awkward`` does not list the points."""
    awkward: tuple[Awkward, ...]

    def points(self) -> list[str]:
        """Where it is not differentiable, in a few words; domain errors are left to ``domain``."""
        not_smooth = [edge for edge in self.awkward if edge.status in ("kink", "jump", "singular")]
        return list(self.places) or [f"{edge.status} at {edge.at}" for edge in not_smooth]

    def as_row(self) -> tuple[str, ...]:
        """The cells of the entry in the order of the catalogue's columns."""
        aliases = " ".join(self.aliases)
        derivative = "; ".join(self.derivative)
        return self.name, self.signature, aliases, derivative, self.domain, self.summary

    def as_object(self) -> dict[str, Any]:
        """The entry as JSON."""
        return document("functions", asdict(self))


@dataclass(frozen=True, slots=True, repr=False)
class Catalogue(Report):
    """A list of functions, or the single one that was asked for."""

    entries: list[Entry]
    single: bool

    columns = ("name", "signature", "aliases", "derivative", "domain", "summary")

    def rows(self) -> Iterable[Row]:
        """A row for each function."""
        return [entry.as_row() for entry in self.entries]

    def as_object(self) -> Any:
        """All functions, or the single one, as JSON."""
        return self.entries[0].as_object() if self.single else self.records()

    def records(self) -> list[Any]:
        """An object for each function."""
        return [entry.as_object() for entry in self.entries]

    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """The table of all functions, or the card of one."""
        from autograd_cli.views.functions import card, overview

        if self.single:
            return card(self.entries[0], output, width)
        return [overview(self.entries, output, width)]


def catalogue() -> list[Entry]:
    """Every operator and function: the table's rows, then the prelude."""
    rows = [_of_row(row) for row in OPERATORS.values() if row.name != "identity"]
    return rows + [_of_prelude(name) for name in library()]


def entry_named(name: str) -> Entry:
    """The function or operator of that name. Raises :class:`ProgramError` with a suggestion."""
    entries = catalogue()
    for entry in entries:
        if name in (entry.name, *entry.aliases) or entry.signature.startswith(f"x {name} y"):
            return entry
    spellings = [spelling for entry in entries for spelling in (entry.name, *entry.aliases)]
    near = did_you_mean(name, spellings)
    hint = f"did you mean {near}?" if near else "autograd functions lists them all"
    raise ProgramError(
        f"there is no function {name!r}",
        code="unknown-function",
        hint=function_elsewhere(name) or hint,
    )


def _of_row(row: Op) -> Entry:
    value, partials = row.ulps
    return Entry(
        name=row.name,
        signature=_signature(row),
        aliases=row.aliases,
        summary=row.summary,
        derivative=_derivative(row),
        domain=row.domain,
        definition="",
        accuracy=f"value within {value:g} ulp, slope within {partials:g} ulp",
        places=row.places,
        awkward=tuple(_awkward(row, edge) for edge in row.edges if edge.status in _AWKWARD),
    )


def _of_prelude(name: str) -> Entry:
    function = library()[name]
    return Entry(
        name=name,
        signature=function.signature,
        aliases=(),
        summary=prelude.summaries()[name],
        derivative=_composed(name, len(function.parameters)),
        domain="",
        definition=prelude.sources()[name],
        accuracy="",
        places=(),
        awkward=(),
    )


def _composed(name: str, count: int) -> tuple[str, ...]:
    """The derivative of a function of the prelude by each parameter, as `diff` prints it."""
    parameters = library()[name].parameters
    graph = parse(f"{name}({', '.join(parameters)})")
    found = differentiate(Program(graph, Tape(graph), {}, None), order=1)
    texts = written(found, cse=False).first
    return tuple(text if count == 1 else f"by {by}: {text}" for by, text in texts.items())


def _signature(row: Op) -> str:
    if row.infix and row.name != "pow":
        return f"x {row.infix} y" if len(row.arguments.names) == 2 else f"{row.infix}x"
    return f"x ^ y, {row.signature}" if row.infix else row.signature


def _derivative(row: Op) -> tuple[str, ...]:
    """The textbook derivative by each argument, printed from the formula that computes it."""
    if row.flat:
        return ("0",)
    if row.slope:
        return (row.slope,)
    found = slopes(row)
    alone = len(row.arguments.names) == 1
    return tuple(str(slope) if alone else f"by {name}: {slope}" for name, slope in found)


def _awkward(row: Op, edge: Edge) -> Awkward:
    names: Sequence[str] = ("x", "y") if row.infix else row.arguments.names
    if len(names) != len(edge.at) or row.arguments.lists:
        names = [f"x{n}" for n in range(1, len(edge.at) + 1)]
    at = ", ".join(f"{name} = {value:g}" for name, value in zip(names, edge.at, strict=True))
    if edge.constant and len(edge.constant) < len(names):
        at += f"; {', '.join(names[n] for n in edge.constant)} constant"
    slopes = ", ".join("0" if slope is None else f"{slope:g}" for slope in edge.partials)
    return Awkward(at=at, value=f"{edge.value:g}", slope=slopes, status=edge.status)
