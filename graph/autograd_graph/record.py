"""Values with named parts, for what every run imports.

A dataclass has its methods compiled when its module is imported, which takes about a millisecond
each: more than evaluating a program.
"""

from __future__ import annotations

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
            named.update(zip(self._positional, values, strict=False))
        if not self._needed <= named.keys() <= self._known or len(values) > len(self._positional):
            wrong = sorted({*named} - self._known) or sorted(self._needed - {*named})
            raise TypeError(f"{type(self).__name__}: wrong or missing: {', '.join(wrong)}")
        vars(self).update(named)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be set")

    def __repr__(self) -> str:
        parts = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({parts})"

    def replaced(self, **changes: Any) -> Self:
        """The same with other parts."""
        kept = {name: part for name, part in vars(self).items() if name in self._known}
        return type(self)(**(kept | changes))
