"""Counts of a stream of programs so far: done, failed, undefined, and the first of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

_ENOUGH = 5
"""When so many names of carried fields are known, no more are kept."""


@dataclass(slots=True)
class Tally:
    """Counts of programs. The tallies of chunks add up to the tally of the stream."""

    done: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    """Failures by their error's code."""
    first_failed: str = ""
    first_message: str = ""
    """Where the first failure is, and its error's message."""
    undefined: int = 0
    """Programs whose value or gradient is nan; with ``--strict``, whose status is not ok."""
    first_undefined: str = ""
    unread: int = 0
    """The number of programs that could not be parsed."""
    carried: dict[str, None] = field(default_factory=dict)
    """The names of the records' own fields, in order; if there are many, the first of them."""
    had: set[str] = field(default_factory=set)
    """Names from the command line that some program has."""

    @property
    def sound(self) -> bool:
        """Whether nothing failed and no result is undefined."""
        return not self.failed and not self.undefined

    def add(self, later: Tally) -> None:
        """Add the counts of a later part."""
        self.done += later.done
        self.failed += later.failed
        self.undefined += later.undefined
        self.unread += later.unread
        self.had |= later.had
        self.carry(later.carried)
        self.first_failed = self.first_failed or later.first_failed
        self.first_message = self.first_message or later.first_message
        self.first_undefined = self.first_undefined or later.first_undefined

    def carry(self, names: Iterable[str]) -> None:
        """Add names of carried fields, until there are enough to name."""
        if len(self.carried) < _ENOUGH:
            self.carried |= dict.fromkeys(names)

    def failures(self) -> str:
        """The sentence ``3 of 10,000 failed: 2 syntax, 1 missing-value; first at stdin:17``."""
        sentence = f"{self.failed.total():,} of {self.done:,} failed"
        if self.failed:
            kinds = ", ".join(f"{count:,} {code}" for code, count in self.failed.most_common())
            sentence += f": {kinds}; first at {self.first_failed}"
        return sentence

    def doubts(self, strict: bool) -> str:
        """The sentence ``1 of 3 gave nan; first at stdin:2``; "" if there are none."""
        if not self.undefined:
            return ""
        what = "are not ok" if strict else "gave nan"
        return f"{self.undefined:,} of {self.done:,} {what}; first at {self.first_undefined}"
