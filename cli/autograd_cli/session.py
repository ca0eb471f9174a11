"""What was asked of the whole run, before any command."""

from __future__ import annotations

from typing import NamedTuple


class Session(NamedTuple):
    """The object of click's contexts: whether tracebacks are shown."""

    debug: bool
