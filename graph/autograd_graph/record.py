"""Values with named parts, for what every run imports.

A dataclass has its methods compiled when its module is imported, which takes about a millisecond
each: more than evaluating a program.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self, dataclass_transform


@dataclass_transform(frozen_default=True, eq_default=False)
class Record:
    """What a frozen dataclass is to those who use it: its parts are the annotations of its class.

    With ``kw_only`` those of a class are given by keyword only. A default has to be a value that
    nothing changes.
    """

    _positional: ClassVar[tuple[str, ...]] = ()
    _needed: ClassVar[frozenset[str]] = frozenset()
    _known: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, *, kw_only: bool = False) -> None:
        super().__init_subclass__()
        own = [name for name in vars(cls).get("__annotations__", ()) if name[0] != "_"]
        cls._known |= {*own}
        cls._needed |= {name for name in own if name not in vars(cls)}
        if not kw_only:
            cls._positional += tuple(own)

    def __init__(self, *values: Any, **named: Any) -> None:
        if values:
            names = self._positional[: len(values)]
            if len(values) > len(names):
                raise TypeError(f"{type(self).__name__} takes at most {len(names)} values")
            if not named.keys().isdisjoint(names):
                raise self._wrong({*names} & {*named}, "given twice")
            named.update(zip(names, values, strict=True))
        if not self._needed <= named.keys():
            raise self._wrong(self._needed - {*named}, "missing")
        if not named.keys() <= self._known:
            raise self._wrong({*named} - self._known, "unknown")
        vars(self).update(named)

    def _wrong(self, names: Iterable[str], how: str) -> TypeError:
        return TypeError(f"{type(self).__name__}: {how}: {', '.join(sorted(names))}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be set")

    def __repr__(self) -> str:
        parts = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({parts})"

    def replaced(self, **changes: Any) -> Self:
        """The same with other parts."""
        kept = {name: part for name, part in vars(self).items() if name in self._known}
        return type(self)(**(kept | changes))
