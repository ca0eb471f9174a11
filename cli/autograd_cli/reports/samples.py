"""The samples that come with the package: programs to start from, each with a description."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd_cli.documents import document
from autograd_cli.formats import Report, Row
from autograd_cli.line import sources
from autograd_grammar.suggestions import did_you_mean
from autograd_graph import ProgramError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from autograd_cli.output import Output

_PACKAGE = Path(__file__).parents[1]
_SUFFIX = ".expr"
_ERRORS = "errors/"
"""Programs with errors: they are read by name and not listed."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A program with its name."""

    name: str
    text: str

    @property
    def about(self) -> str:
        """The first sentence of its first comment."""
        lines = [line.lstrip("# ") for line in self.text.splitlines() if line.startswith("#")]
        end = next((n for n, line in enumerate(lines) if not line), len(lines))
        first, dot, _ = " ".join(lines[:end]).partition(". ")
        return first + dot.strip()


@dataclass(frozen=True, slots=True, repr=False)
class Samples(Report):
    """All samples, or the single one that was asked for."""

    samples: list[Sample]
    single: bool

    columns = ("name", "about")

    def rows(self) -> Iterable[Row]:
        """A row for each sample."""
        return [(sample.name, sample.about) for sample in self.samples]

    def as_object(self) -> Any:
        """All samples, or the single one, as JSON."""
        records = self.records()
        return records[0] if self.single else records

    def records(self) -> list[Any]:
        """An object for each sample."""
        return [
            document(
                "samples", {"name": sample.name, "about": sample.about, "program": sample.text}
            )
            for sample in self.samples
        ]

    def text(self) -> str:
        """The program of the single sample, or the names of all."""
        if self.single:
            return self.samples[0].text
        return "".join(f"{sample.name}\n" for sample in self.samples)

    def draw(
        self, output: Output, width: int, everything: bool = False
    ) -> Sequence[RenderableType]:
        """A table of all samples, or the text of one."""
        from autograd_cli.views.samples import overview

        if self.single:
            return [output.shown(self.text())]
        return overview(self, output)


def samples(name: str | None) -> Samples:
    """The sample called ``name``, or all. Raises :class:`ProgramError` with a suggestion."""
    folder = _folder()
    paths = {path.relative_to(folder).as_posix().removesuffix(_SUFFIX): path
             for path in sorted(folder.rglob(f"*{_SUFFIX}"))}  # fmt: skip
    if name is None:
        listed = (key for key in paths if not key.startswith(_ERRORS))
        found = [Sample(key, sources.read_file(str(paths[key]))) for key in listed]
        return Samples(found, single=False)
    key = name.removeprefix("samples/").removesuffix(_SUFFIX)
    if key not in paths:
        near = did_you_mean(key, paths)
        hint = f"did you mean {near}?" if near else "autograd samples lists them"
        raise ProgramError(f"there is no sample {name!r}", code="unknown-name", hint=hint)
    return Samples([Sample(key, sources.read_file(str(paths[key])))], single=True)


def _folder() -> Path:
    """The folder of the samples: in an installed package, or in the repository."""
    installed = _PACKAGE / "samples"
    return installed if installed.is_dir() else _PACKAGE.parents[1] / "samples"
