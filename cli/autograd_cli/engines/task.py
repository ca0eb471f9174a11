"""Work on its way to a worker."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import cached_property, lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Generic, TypeVar

from autograd_graph import ProgramError

Value = TypeVar("Value")


class Shared(Generic[Value]):
    """A value of which a process makes one copy, however many tasks bring it along."""

    def __init__(self, value: Value) -> None:
        self.value = value

    @cached_property
    def _packed(self) -> bytes:
        return pickle.dumps(self.value)

    def __reduce__(self) -> tuple[Callable[[bytes], Shared[Any]], tuple[bytes]]:
        return _unpacked, (self._packed,)


@lru_cache(maxsize=8)
def _unpacked(packed: bytes) -> Shared[Any]:
    return Shared(pickle.loads(packed))


class Task:
    """Work that is unpacked where the package is the same as where it was packed."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self._version = installed()
        self._packed = pickle.dumps(Shared(work))

    def __call__(self, part: Any) -> Any:
        """Work on a part. Raises :class:`ProgramError` on a worker of another version."""
        check_version(installed(), self._version)
        return pickle.loads(self._packed).value(part)


def check_version(there: str, here: str | None = None) -> None:
    """Raise :class:`ProgramError` (``unsupported``) where a worker has another version."""
    here = here or installed()
    if there != here:
        raise ProgramError(
            f"a worker has autograd-cli {there}, and here is {here}",
            code="unsupported",
            hint=f'where it runs: pip install "autograd-cli=={here}"',
        )


def installed() -> str:
    """The version of the package in this process."""
    try:
        return version("autograd-cli")
    except PackageNotFoundError:  # it runs from its sources
        return "without a version"
