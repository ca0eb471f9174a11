"""autograd-cli: ``import autograd_cli as ag; f = ag.compile("J = 1/2*(w*x + b - y)^2")``.

Public names are imported on first use, so that they do not slow down the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograd_cli.engines.engine import connected
    from autograd_cli.interface.function import Function, compile  # noqa: A004
    from autograd_graph import ProgramError

__all__ = ["Function", "ProgramError", "compile", "connected"]

_HOMES = {
    "Function": "autograd_cli.interface.function",
    "ProgramError": "autograd_graph.errors",
    "compile": "autograd_cli.interface.function",
    "connected": "autograd_cli.engines.engine",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
