"""Libraries that only some commands need, and how they are installed."""

from __future__ import annotations

from importlib.util import find_spec

from autograd_graph import ProgramError

EXTRAS = {
    "tables": ("numpy", "polars"),
    "fit": ("numpy", "polars", "scipy"),
    "dask": ("distributed",),
    "spark": ("pyspark",),
}
"""The libraries of each extra of the package."""


def require(extra: str, what: str) -> None:
    """Raise :class:`ProgramError` (``unsupported``) where a library is missing for ``what``."""
    absent = [library for library in EXTRAS[extra] if find_spec(library) is None]
    if absent:
        raise ProgramError(
            f"{what} needs {' and '.join(absent)}, which {'is' if len(absent) == 1 else 'are'} "
            "not installed",
            code="unsupported",
            hint=f'pip install "autograd-cli[{extra}]"',
        )
