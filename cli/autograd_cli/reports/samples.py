"""The samples that come with the package: programs to start from, each saying what comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograd_cli.documents import document
from autograd_cli.formats import Report, Row
from autograd_cli.line import sources
from autograd_grammar.suggestions import did_you_mean
from autograd_graph import ProgramError

_PACKAGE = Path(__file__).parents[1]
_SUFFIX = ".expr"
_ERRORS = "errors/"
"""Programs that are wrong, each in its own way: they are read by name and not listed."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A program by its name, with its first sentence."""

    name: str
    text: str

    @property
    def about(self) -> str:
        """The first sentence of its first comment."""
        lines = [line.lstrip("# ") for line in self.text.splitlines() if line.startswith("#")]
        end = next((n for n, line in enumerate(lines) if not line), len(lines))
        first, dot, _ = " ".join(lines[:end]).partition(". ")
        return first + dot.strip()


@dataclass(frozen=True, slots=True)
class Samples(Report):
    """All samples, or the one that was asked for."""

    samples: list[Sample]
    single: bool

    columns = ("name", "about")

    def rows(self) -> Iterable[Row]:
        """A row for each sample."""
        return [(sample.name, sample.about) for sample in self.samples]

    def as_object(self) -> Any:
        """All samples, or the one."""
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
        """The program itself, or the names of all."""
        if self.single:
            return self.samples[0].text
        return "".join(f"{sample.name}\n" for sample in self.samples)


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
    """Where they are: in an installed package, or beside the packages in the repository."""
    installed = _PACKAGE / "samples"
    return installed if installed.is_dir() else _PACKAGE.parents[1] / "samples"
