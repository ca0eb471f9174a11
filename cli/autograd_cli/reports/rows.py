"""Rows of a report that are made when they are asked for: a large program has very many."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar, overload

Row = TypeVar("Row")


class Rows(Sequence[Row]):
    """A sequence of rows; each is made when it is taken, and none is kept."""

    @abstractmethod
    def take(self, numbers: Iterable[int]) -> Iterator[Row]:
        """The rows of those numbers."""

    @overload
    def __getitem__(self, number: int) -> Row: ...

    @overload
    def __getitem__(self, number: slice) -> list[Row]: ...

    def __getitem__(self, number: int | slice) -> Row | list[Row]:
        if isinstance(number, slice):
            return list(self.take(range(*number.indices(len(self)))))
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        return next(self.take([number % len(self)]))

    def __iter__(self) -> Iterator[Row]:
        return self.take(range(len(self)))

    def __reduce__(self) -> tuple[Callable[[list[Row]], list[Row]], tuple[list[Row]]]:
        """A pickle holds the rows themselves: what they are made from has functions in it."""
        return list, (list(self),)
