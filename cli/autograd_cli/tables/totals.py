"""The exact sum of a program over the rows of tables: a state that merges with those of other rows.

Sums are rounded once, at the end, so they are the same whatever the parts, and in any order.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from autograd_cli.documents import document
from autograd_cli.formats import json_number, to_json
from autograd_cli.line.sources import read_file
from autograd_cli.program import Program
from autograd_cli.tables import sources
from autograd_cli.tables.binding import Binding, Reading
from autograd_cli.tables.listing import expanded
from autograd_cli.tables.part import File, Headed, Part, Table
from autograd_cli.tables.tally import Tally
from autograd_graph import ProgramError
from autograd_graph.rows.kernel import Kernel, Totals
from autograd_graph.rows.totals import ExactSum
from autograd_graph.status import OK, SEVERITY

Told = Callable[[Tally, float | None], None]
"""Is told how far a run is: the rows so far, and the share of the files that was read."""


@dataclass(slots=True)
class Total:
    """The sums of a program's value and of its derivatives over some rows.

    ``at`` are the values of everything that is no column. Totals of one program at one point merge.
    """

    program: str
    output: int
    at: dict[str, float]
    value: ExactSum
    gradients: dict[str, ExactSum]
    tally: Tally = field(default_factory=Tally)

    @property
    def sums(self) -> Totals:
        """The sums alone, to which others can be added."""
        return Totals(self.value, self.gradients)

    def merge(self, other: Total, name: str = "a part") -> None:
        """Add the rows of another total, which is called ``name``.

        Raises :class:`ProgramError` (``bad-record``) for one of another program or point.
        """
        differs = ""
        if (self.program, self.output) != (other.program, other.output):
            raise _of_another_program(name)
        if self.gradients.keys() != other.gradients.keys():
            differs = "has other derivatives: " + ", ".join(other.gradients)
        elif self.at.keys() != other.at.keys():
            differs = "has other columns: " + ", ".join(sorted(self.at.keys() ^ other.at.keys()))
        elif odd := [n for n in self.at if json_number(self.at[n]) != json_number(other.at[n])]:
            differs = f"is at {odd[0]} = {other.at[odd[0]]}, and not at {self.at[odd[0]]}"
        if differs:
            raise ProgramError(
                f"{name} {differs}",
                code="bad-record",
                hint="partial sums merge if they are of one program at one point",
            )
        self.sums.merge(other.sums)
        self.tally.merge(other.tally)

    def as_object(self) -> dict[str, Any]:
        """The state as JSON."""
        tally = self.tally
        return document(
            "partial",
            {
                "program": self.program,
                "output": self.output,
                "at": {name: json_number(number) for name, number in self.at.items()},
                "rows": tally.rows,
                "missing": tally.missing,
                "awkward": dict(sorted(tally.awkward.items())),
                "value": self.value.as_object(),
                "gradients": {name: s.as_object() for name, s in self.gradients.items()},
            },
        )

    def text(self) -> str:
        """The state as a line of JSON."""
        return to_json(self.as_object()) + "\n"


def read_total(text: str, name: str) -> Total:
    """A total from the text of its state. Raises :class:`ProgramError` (``bad-record``)."""
    try:
        state = json.loads(text)
        if state["schema"] != document("partial", {})["schema"]:
            raise ValueError
        total = Total(
            str(state["program"]),
            int(state["output"]),
            {name: float(number) for name, number in state["at"].items()},
            ExactSum.from_object(state["value"]),
            {name: ExactSum.from_object(s) for name, s in state["gradients"].items()},
            Tally(
                rows=_count(state["rows"]),
                missing=_count(state["missing"]),
                awkward=Counter({status: _count(n) for status, n in state["awkward"].items()}),
            ),
        )
        if not _consistent(total):
            raise ValueError
        return total
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ProgramError(
            f"{name} holds no partial sum",
            code="bad-record",
            hint="--partial FILE writes one that --merge takes",
        ) from None


def _count(number: object) -> int:
    """A number of rows. Raises :class:`ValueError` for anything else."""
    if type(number) is not int or number < 0:
        raise ValueError
    return number


def _consistent(total: Total) -> bool:
    """Whether each sum is over the rows that the tally has, by inputs that have a value."""
    tally = total.tally
    present = tally.rows - tally.missing
    return (
        all(found.count == present for found in (total.value, *total.gradients.values()))
        and total.gradients.keys() <= total.at.keys()
        and tally.awkward.keys() <= SEVERITY.keys() - {OK}
        and tally.awkward.total() <= present
    )


@dataclass
class Summing:
    """What sums a program over the rows of tables that have the columns of ``header``.

    ``known`` are the values of the program's inputs.
    """

    program: Program
    known: Mapping[str, float | None]
    header: Headed
    reading: Reading

    def __call__(self, file: File) -> Total:
        """The total over one file."""
        total = self.nothing()
        total.tally.part = file.number
        with sources.opened(file.path, self.reading) as table:
            for _ in self.parts(table, total):
                pass
        return total

    def parts(self, table: Table, total: Total) -> Iterator[Part]:
        """The parts of a table, once they have been added to the total.

        Rows without a value that matters are left out. Raises :class:`ProgramError` for everything
        that is wrong with the table.
        """
        binding = self._binding
        binding.check(table)
        for part in table.parts(binding.columns, binding.as_numbers, None):
            given, present = binding.values(binding.numbers(part, table))
            found = self._kernel.run(given)
            total.sums.add(found)
            total.tally.add(found, present, _placing(table.name, part))
            yield part

    def nothing(self) -> Total:
        """The total over no rows. Raises :class:`ProgramError` for a derivative by a column."""
        program, names = self.program, self._binding.names
        at = {n: x for n, x in self.known.items() if n not in names and x is not None}
        at |= {n: x for n, x in program.given.items() if n in program.graph.constants}
        return Total(program.graph.text, program.tape.output, at, *self._kernel.no_totals())

    @cached_property
    def _binding(self) -> Binding:
        return Binding(self.program, self.header, self.reading)

    @cached_property
    def _kernel(self) -> Kernel:
        return _kernel(self.program, self._binding)


def summed(
    program: Program,
    known: Mapping[str, float | None],
    paths: Sequence[str],
    reading: Reading,
    told: Told,
) -> Total:
    """The total over the rows of tables; rows without a value that matters are left out.

    ``known`` are the values of the program's inputs. Raises :class:`ProgramError` for everything
    that is wrong with the tables, and for a derivative by a column.
    """
    files = expanded(paths, reading.kind)
    sizes = sources.sizes(files)
    summing: Summing | None = None
    for number, path in enumerate(files):
        with sources.opened(path, reading) as table:
            if summing is None:
                summing = Summing(program, known, table, reading)
                total = summing.nothing()
            for _ in summing.parts(table, total):
                told(total.tally, None if sizes is None else sources.share(sizes, number, table))
    return total


def joined(program: Program, paths: Sequence[str]) -> Total:
    """The total of the partial sums in files, which are of this program.

    Raises :class:`ProgramError` for files that hold no partial sum of it, or do not merge, and for
    one that is named twice. Two files with the same bytes do merge: so do parts that have the same
    rows, or none.
    """
    whole: Total | None = None
    for path in expanded(paths, asked="json"):
        total = read_total(read_file(path), path)
        same = (total.program, total.output) == (program.graph.text, program.tape.output)
        if not (same and total.gradients.keys() <= program.graph.inputs.keys()):
            raise _of_another_program(path)
        for name, number in program.given.items():
            if json_number(total.at.get(name)) != json_number(number):
                raise ProgramError(
                    f"{path} is not at {name} = {number:g}",
                    code="bad-record",
                    hint=f"partial sums keep their values: leave --{name} out",
                )
        if whole is None:
            whole = total
        else:
            whole.merge(total, path)
    assert whole is not None
    return whole


def _of_another_program(name: str) -> ProgramError:
    return ProgramError(
        f"{name} is of another program",
        code="bad-record",
        hint="partial sums merge if they are of one program at one point",
    )


def _placing(name: str, part: Part) -> Callable[[int], str]:
    return lambda row: f"{name}, {part.place(row)}"


def _kernel(program: Program, binding: Binding) -> Kernel:
    graph = program.graph
    wrt = program.wrt
    if wrt is None:
        wrt = [name for name in graph.inputs if name not in binding.names]
    for name in wrt:
        if name in binding.names:
            raise ProgramError(
                f"{name} is a column: its derivative differs from row to row",
                code="bad-value",
                hint="autograd map has it for each row",
            )
    return Kernel(
        graph,
        program.tape.output,
        binding.names,
        wrt=list(dict.fromkeys(wrt)),
        given=program.given,
        statuses=True,
    )
